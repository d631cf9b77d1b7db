"""Cuts a text into passages that follow its headings and paragraphs, and sentences out of them.

Paragraphs are separated by blank lines; a line of its own that begins with one to six `#` is a heading.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 160  # words of one passage
WIDEST = 1200  # characters of one passage: words can be long, and some languages write none
FEW_WORDS, FEW_CHARACTERS = 10, 100  # below both, a paragraph is a title or a line of a list
PATH = 300  # characters of a heading with those above it
BETWEEN = " › "

HEADING = re.compile(r"(#{1,6})\s+(.*)")
WORD = re.compile(rf"\S{{1,{WIDEST}}}\s*")

# A sentence ends at these marks, with what closes a quotation. White space follows, unless the script writes none.
# A row of marks is looked at from its first one only: a page of nothing but full stops would take hours.
END = re.compile(r"(?:(?<![.!?…])[.!?…]+[\"'”’»)\]]*(?=\s)|[؟۔।॥።]+[\"'”’»)\]]*|[。！？｡]+[”’」』）]*|\n+)\s*")
# After these no sentence ends: an initial, a title, a number of an order.
GOES_ON = re.compile(
    r"(?:^|[\s(\"“„«'])(?:\w|[A-Z]\.\w|[A-ZÄÖÜ][a-zäöü]{0,2}|[a-z]\.\s?[a-z]|\d{1,2}|bzw|ca|etc|inkl|usw|vgl|approx)\.$"
)


@dataclass(frozen=True)
class Piece:
    """A passage, and the headings above it, outermost first."""

    text: str
    heading: str = ""


def cut(text: str) -> list[Piece]:
    """The passages of a text, in order. Short lines stay with what follows them under the same heading."""
    pieces = [Piece(part, path) for path, blocks in sections(text) for part in join_short(blocks)]
    if not pieces and (
        headings := [each[2] for line in text.splitlines() if (each := HEADING.fullmatch(line.strip()))]
    ):
        pieces = [Piece(part) for part in pack("\n".join(headings))]
    return pieces


def sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """What stands between two headings, in pieces that fit, with the path of headings above it."""
    above: list[tuple[int, str]] = []
    lines: list[str] = []
    for line in [*text.splitlines(), None]:
        heading = HEADING.fullmatch(line.strip()) if line is not None else None
        if line is not None and not heading:
            lines.append(line)
            continue
        blocks = [piece for block in re.split(r"\n\s*\n", "\n".join(lines).strip()) for piece in pack(block)]
        if blocks:
            yield path(above), blocks
        lines = []
        if heading:
            level = len(heading[1])
            above = [*((depth, title) for depth, title in above if depth < level), (level, heading[2].strip("# \t"))]


def path(above: list[tuple[int, str]]) -> str:
    """The headings, joined; of too long a path the innermost ones."""
    titles = [title for _, title in above if title]
    while len(titles) > 1 and len(BETWEEN.join(titles)) > PATH:
        titles = titles[1:]
    return BETWEEN.join(titles)[:PATH]


def pack(block: str) -> list[str]:
    """One paragraph as pieces of up to LONGEST words and WIDEST characters, of about the same length."""
    pieces = [""]
    for sentence in sentences(block):
        for part in [sentence] if fits(sentence) else parts(sentence):
            if fits(pieces[-1] + part):
                pieces[-1] += part
            else:
                pieces.append(part)
    return [piece.strip() for piece in pieces if piece.strip()]


def sentences(block: str) -> Iterator[str]:
    """Every sentence, its white space made single spaces, with one at its end if one was there; lines stay lines."""
    start = 0
    for match in END.finditer(block):
        if goes_on(block, start, match):
            continue
        yield from spaced(block[start : match.end()])
        start = match.end()
    yield from spaced(block[start:])


def goes_on(block: str, start: int, end: re.Match[str]) -> bool:
    """Whether the full stop is one of an abbreviation, or small letters follow it."""
    if "\n" in end[0]:
        return False
    return block[end.end() : end.end() + 1].islower() or bool(
        GOES_ON.search(block[max(start, end.start() - 12) : end.start() + 1])
    )


def spaced(sentence: str) -> Iterator[str]:
    if sentence.strip():
        after = "\n" if "\n" in sentence[len(sentence.rstrip()) :] else " "
        yield " ".join(sentence.split()) + (after if sentence[-1].isspace() else "")


def parts(sentence: str) -> Iterator[str]:
    """A sentence that fits no passage, cut at a word, or inside a word that is too long itself."""
    part = ""
    for word in WORD.findall(sentence):
        if not fits(part + word):
            yield part
            part = ""
        part += word
    yield part


def fits(text: str) -> bool:
    return len(text.strip()) <= WIDEST and len(text.split()) <= LONGEST


def join_short(blocks: list[str]) -> list[str]:
    """Put short lines before the next passage."""
    joined: list[str] = []
    short = ""
    for block in blocks:
        whole = f"{short}\n{block}".strip()
        if len(whole.split()) < FEW_WORDS and len(whole) < FEW_CHARACTERS:
            short = whole
            continue
        joined.append(whole)
        short = ""
    return [*joined, short] if short else joined
