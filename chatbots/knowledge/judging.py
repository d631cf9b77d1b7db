"""How much of what a question asks for a text holds: its words weighed by their rarity, other forms and slips allowed.

Words of scripts without spaces are not known, so there every character counts that a common piece covers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chatbots.knowledge import languages, words

ALIKE = 0.65  # of two words' neighbouring letters; below it they are two words
SHORTEST = 4  # letters of a word that may be written in another way
IN_COMMON = 2  # neighbouring letters that two such words share at least
INSIDE = 0.9  # how much a word counts that is a part of a longer one


@dataclass(frozen=True)
class Wanted:
    """A word that a question asks for, as its stem would be in each language of the passages, and what it weighs."""

    forms: tuple[str, ...]
    weight: float


def content(folded: str, spoken: Iterable[str]) -> list[str]:
    """The words of a question that say what it is about, each once."""
    silent, pieces = silent_words(frozenset(spoken))
    if not folded.isascii():
        for piece in pieces:
            folded = folded.replace(piece, " ")
    found = (word for word in words.words(folded) if word not in silent and words.unaccent(word) not in silent)
    return list(dict.fromkeys(found))


@lru_cache(maxsize=100)
def silent_words(spoken: frozenset[str]) -> tuple[frozenset[str], list[str]]:
    """The function words of these languages; and those that no space sets apart, the longest first."""
    silent = frozenset().union(*map(languages.function_words, spoken))
    return silent, sorted(filter(is_unspaced, silent), key=lambda word: (-len(word), word))


def is_unspaced(word: str) -> bool:
    return bool(words.DENSELY.match(word) or words.LOOSELY.match(word))


def covers(wanted: Sequence[Wanted], held: Iterable[str]) -> float:
    """The share of the question's weight, 0 to 1, that these stems of a text cover."""
    held = frozenset(held)
    return covered(wanted, [max(match(form, held) for form in each.forms) for each in wanted])


def covered(wanted: Sequence[Wanted], matches: list[float]) -> float:
    """The share of the question's weight, 0 to 1, when its words are matched that far."""
    whole = sum(each.weight for each in wanted)
    return sum(each.weight * share for each, share in zip(wanted, spread(wanted, matches), strict=True)) / (whole or 1)


def spread(wanted: Sequence[Wanted], matches: list[float]) -> list[float]:
    """Of pieces that overlap, one that is not held counts as far as its neighbours cover its characters."""
    shares = list(matches)
    for n, each in enumerate(wanted):
        if not matches[n] and is_unspaced(each.forms[0]):
            around = [other for other in (n - 1, n + 1) if 0 <= other < len(wanted) and overlap(wanted, n, other)]
            shares[n] = sum(matches[other] for other in around) / 2
    return shares


def overlap(wanted: Sequence[Wanted], one: int, other: int) -> bool:
    first, second = (wanted[n].forms[0] for n in sorted((one, other)))
    return len(first) > 1 and first[1:] == second[: len(first) - 1]


def match(form: str, held: frozenset[str]) -> float:
    """1 for a word that is held, less for one that is written alike or is a part of another, 0 for none."""
    if form in held:
        return 1.0
    if not may_be_written_otherwise(form):
        return 0.0
    these = neighbours(form)
    near = [word for word in held if len(these & neighbours(word)) >= IN_COMMON and len(word) >= SHORTEST]
    return max((alike(form, word) for word in near), default=0.0)


def may_be_written_otherwise(form: str) -> bool:
    return len(form) >= SHORTEST and not form.isdigit() and not is_unspaced(form)


def alike(one: str, other: str) -> float:
    """How far two words are the same: by their neighbouring letters, or because one is a part of the other."""
    these, those = neighbours(one), neighbours(other)
    common = len(these & those)
    if common + 1 >= min(len(one), len(other)):  # or none can be a part of the other
        if one in other:
            return INSIDE
        if other in one:
            return len(other) / len(one)
    share = 2 * common / (len(these) + len(those))
    if share < ALIKE and len(one) == len(other) and one[0] == other[0] and sorted(one) == sorted(other):
        return ALIKE  # two letters changed places
    return share if share >= ALIKE else 0.0


@lru_cache(maxsize=50_000)
def neighbours(word: str) -> frozenset[str]:
    return frozenset(map("".join, zip(f" {word}", f"{word} ", strict=True)))
