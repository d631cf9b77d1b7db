"""Cuts a text into passages: whole sentences, about eighty words, never across a blank line unless both are short."""

import re
from collections.abc import Iterator

LONGEST = 80  # words of one passage
WIDEST = 700  # characters of one passage: words can be long, and some languages write none
FEW_WORDS, FEW_CHARACTERS = 10, 100  # below both, a passage is a heading

# A sentence with the white space after it. The full stops of Chinese and Japanese are followed by none.
SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+|\n+|(?<=[。！？])")
WORD = re.compile(rf"\S{{1,{WIDEST}}}\s*")


def cut(text: str) -> list[str]:
    """The passages of a text, in order. Headings and short lines stay with what follows them."""
    passages: list[str] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        passages.extend(pack(block))
    return join_short(passages)


def pack(block: str) -> list[str]:
    """One paragraph as pieces of up to LONGEST words and WIDEST characters."""
    pieces = [""]
    for sentence in sentences(block):
        for part in [sentence] if fits(sentence) else parts(sentence):
            if fits(pieces[-1] + part):
                pieces[-1] += part
            else:
                pieces.append(part)
    return [piece.strip() for piece in pieces if piece.strip()]


def sentences(block: str) -> Iterator[str]:
    """Every sentence, its white space made single spaces, with one at its end if one was there."""
    start = 0
    for end in [*(match.end() for match in SENTENCE.finditer(block)), len(block)]:
        sentence = block[start:end]
        if sentence.strip():
            yield " ".join(sentence.split()) + (" " if sentence[-1].isspace() else "")
        start = end


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


def join_short(passages: list[str]) -> list[str]:
    """Put a heading before the next passage."""
    joined: list[str] = []
    heading = ""
    for passage in passages:
        whole = f"{heading} {passage}".strip()
        if len(whole.split()) < FEW_WORDS and len(whole) < FEW_CHARACTERS:
            heading = whole
            continue
        joined.append(whole)
        heading = ""
    return [*joined, heading] if heading else joined
