"""Reads questions with their paragraphs and answers, as SQuAD writes them, from a folder's xquad.<language>.json."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Question:
    """A question, the number of the paragraph that answers it, and the answers that count as right."""

    text: str
    paragraph: int
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Corpus:
    """A language's paragraphs, each with the number of its article from one on, and the questions about them."""

    language: str
    paragraphs: tuple[tuple[int, str], ...]
    questions: tuple[Question, ...]


def found_in(folder: Path) -> list[Path]:
    """The corpora of a folder. Says what is missing, and ends the benchmark, when there is none."""
    files = sorted(folder.glob("xquad.*.json"))
    if not files:
        raise SystemExit(
            f"There is no xquad.<language>.json in {folder.resolve()}. Name a folder that has such files: "
            "make bench-answers CORPUS=folder. XQuAD is at https://github.com/google-deepmind/xquad."
        )
    return files


def read(file: Path) -> Corpus:
    articles = json.loads(file.read_text(encoding="utf-8"))["data"]
    blocks = [(number, block) for number, each in enumerate(articles, 1) for block in each["paragraphs"]]
    paragraphs = tuple((number, block["context"]) for number, block in blocks)
    questions = tuple(asked for place, (_, block) in enumerate(blocks) for asked in of_block(place, block["qas"]))
    return Corpus(file.name.split(".")[1], paragraphs, questions)


def of_block(place: int, asked: list[dict[str, object]]) -> Iterator[Question]:
    for each in asked:
        right = tuple(str(answer["text"]) for answer in each["answers"])  # type: ignore[attr-defined, index]
        yield Question(str(each["question"]), place, right)
