"""A text as numbers to be found by: stems, and short rows of characters.

Numbers are hashes of 32 bits, good in one process only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chatbots.knowledge import words

FACTOR = np.uint64(0x9E3779B97F4A7C15)
END = "\n"
DENSE = ((0x3005, 0x3006), (0x3041, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
Numbers = NDArray[Any]


@dataclass(frozen=True)
class Terms:
    """The terms of several texts, and of each the number of the text that it is in."""

    terms: Numbers
    of: Numbers


def hashes(found: Iterable[str]) -> Numbers:
    return np.fromiter((hash(word) & 0xFFFFFFFF for word in found), np.uint32)


def of_stems(stems: Sequence[Sequence[str]]) -> Terms:
    of = np.repeat(np.arange(len(stems), dtype=np.uint32), [len(each) for each in stems])
    return Terms(hashes(stem for each in stems for stem in each), of)


def grams(texts: Sequence[str]) -> Terms:
    """Every four characters of the texts' words and the spaces between; of Han, Kana and Hangul every two."""
    codes = np.frombuffer(END.join(map(plain, texts)).encode("utf-32-le"), np.uint32).astype(np.uint64)
    of = np.cumsum(codes == ord(END), dtype=np.uint32)
    dense = is_dense(codes)
    four = rows(codes, 4)
    ends = dense | (codes == ord(END))
    clear = ~(ends[:-3] | ends[1:-2] | ends[2:-1] | ends[3:]) if len(codes) > 3 else np.zeros(0, bool)
    two = rows(codes, 2)
    both = dense[:-1] & dense[1:]
    return Terms(
        np.concatenate([four[clear], two[both]]), np.concatenate([of[: len(four)][clear], of[: len(two)][both]])
    )


def plain(text: str) -> str:
    """The words of a folded text without accents, one space around each."""
    return f" {' '.join(words.WORD.findall(words.unaccent(text)))} "


def is_dense(codes: Numbers) -> Numbers:
    """Where a character is one of Han, Kana or Hangul."""
    dense = np.zeros(len(codes), bool)
    for first, last in DENSE:
        dense |= (codes >= first) & (codes <= last)
    return dense


def rows(codes: Numbers, size: int) -> Numbers:
    """A number for each `size` codes in a row."""
    if len(codes) < size:
        return np.zeros(0, np.uint32)
    many = len(codes) - size + 1
    number = np.full(many, size, np.uint64)
    for offset in range(size):
        number = number * FACTOR + codes[offset : offset + many]
    return (number * FACTOR >> np.uint64(32)).astype(np.uint32)  # the upper half is where the last code arrives too
