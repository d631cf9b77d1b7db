"""`python -m tests.bench.answers`: asks the questions of all corpora in the folder CORPUS, then prints the figures."""

import logging
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import bm25s
from django.test import override_settings

from tests.bench import database
from tests.bench.answers import corpora, house
from tests.bench.answers.corpora import Corpus, Question
from tests.bench.answers.house import Pupil, Reply
from workspaces.models import Workspace

MARKS = {  # figure → language → its mark; the last two at most
    "first": {"en": 0.94, "de": 0.92, "zh": 0.92},
    "quote_has_gold": {"en": 0.80},
    "unanswerable_answered": {"en": 0.20},
    "wrongly_refused": {"en": 0.10},
}
AT_MOST = {"unanswerable_answered", "wrongly_refused"}
DEFAULT = "../shared/corpora"
DEPTH = 3


def main() -> None:
    files = corpora.found_in(Path(os.environ.get("CORPUS") or DEFAULT))
    logging.getLogger("bm25s").setLevel(logging.WARNING)
    figures = {}
    with database.of_its_own("answers"), override_settings(LLM_BASE_URL=""):
        workspace = house.open_one()
        for file in files:
            corpus = corpora.read(file)
            print(f"{file.name}: {len(corpus.paragraphs)} paragraphs, {len(corpus.questions):,} questions", flush=True)
            figures[corpus.language] = whole(workspace, corpus) | halved(workspace, corpus)
    show(figures)


def whole(workspace: Workspace, corpus: Corpus) -> dict[str, float]:
    """Where the right paragraph comes, and whether the answer's words are quoted, with all paragraphs learned."""
    pupil = Pupil(workspace, corpus, range(len(corpus.paragraphs)))
    replies = [pupil.ask(question.text) for question in corpus.questions]
    pairs = list(zip(corpus.questions, replies, strict=True))
    return {
        "first": share([question.paragraph in reply.found[:1] for question, reply in pairs]),
        "first3": share([question.paragraph in reply.found[:DEPTH] for question, reply in pairs]),
        "first_bm25s": plain_bm25s(pupil, corpus.questions),
        "quote_has_gold": share([quotes(question, reply) for question, reply in pairs]),
    }


def halved(workspace: Workspace, corpus: Corpus) -> dict[str, float]:
    """With the odd articles learned: even ones' questions answered all the same, and odd ones' refused."""
    odd = [number for number, (article, _) in enumerate(corpus.paragraphs) if article % 2]
    pupil = Pupil(workspace, corpus, odd)
    known = set(odd)
    answered = {True: [], False: []}  # type: dict[bool, list[bool]]
    for question in corpus.questions:
        answered[question.paragraph in known].append(pupil.ask(question.text).answer.found)
    return {"unanswerable_answered": share(answered[False]), "wrongly_refused": 1 - share(answered[True])}


def plain_bm25s(pupil: Pupil, questions: Sequence[Question]) -> float:
    """The share of questions whose paragraph bm25s puts first, over the same passages, as it comes."""
    passages = pupil.passages()
    ranking = bm25s.BM25()
    ranking.index(bm25s.tokenize([text for _, text in passages], show_progress=False), show_progress=False)
    asked = bm25s.tokenize([question.text for question in questions], show_progress=False)
    best, _ = ranking.retrieve(asked, k=1, show_progress=False)
    return share([passages[n][0] == question.paragraph for n, question in zip(best[:, 0], questions, strict=True)])


def quotes(question: Question, reply: Reply) -> bool:
    said = plain(reply.answer.text)
    return reply.answer.found and any(plain(answer) in said for answer in question.answers)


def plain(text: str) -> str:
    """White space alone differs between a paragraph and what is quoted of it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def share(true: Sequence[bool]) -> float:
    return sum(true) / len(true)


def show(figures: dict[str, dict[str, float]]) -> None:
    names = list(next(iter(figures.values())))
    print(
        "\nShares of all questions. first: the right paragraph is the first one found; first_bm25s: with plain bm25s;"
    )
    print("quote_has_gold: the quoted answer holds a right one; the last two with every other article learned.\n")
    print(f"  {'':4}" + "".join(f"{name:>23}" for name in names))
    for language, each in figures.items():
        print(
            f"  {language:4}"
            + "".join(f"{each[name]:.3f}{missed(language, name, each[name])}".rjust(23) for name in names)
        )
    print()
    for language, each in figures.items():
        for name, figure in each.items():
            print(f"figure: answers {language} {name} = {figure:.3f}")


def missed(language: str, name: str, figure: float) -> str:
    mark = MARKS.get(name, {}).get(language)
    if mark is None:
        return ""
    met = figure <= mark if name in AT_MOST else figure >= mark
    return f" (mark {mark}{'' if met else ', missed'})"


if __name__ == "__main__":
    main()
