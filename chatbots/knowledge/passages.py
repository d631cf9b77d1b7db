"""Cuts a text into passages: whole sentences, about eighty words, never across a blank line unless both are short."""

import re

LONGEST = 80  # words of one passage
SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+|\n+")


def cut(text: str) -> list[str]:
    """The passages of a text, in order. Headings and short lines stay with what follows them."""
    passages: list[str] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        passages.extend(pack(block))
    return join_short(passages)


def pack(block: str) -> list[str]:
    """One paragraph as pieces of up to LONGEST words; a longer sentence is cut at a word."""
    pieces: list[list[str]] = [[]]
    for sentence in SENTENCE.split(block.strip()):
        words = sentence.split()
        while words:
            room = LONGEST - len(pieces[-1])
            if pieces[-1] and len(words) > room:
                pieces.append([])
                continue
            pieces[-1].extend(words[:LONGEST])
            words = words[LONGEST:]
    return [" ".join(piece) for piece in pieces if piece]


def join_short(passages: list[str]) -> list[str]:
    """Put a passage of under ten words, such as a heading, before the next one."""
    joined: list[str] = []
    heading = ""
    for passage in passages:
        whole = f"{heading} {passage}".strip()
        if len(whole.split()) < 10:
            heading = whole
            continue
        joined.append(whole)
        heading = ""
    return [*joined, heading] if heading else joined
