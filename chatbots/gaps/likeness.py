"""Which questions are alike: by the stems that say what they are about, whatever the other words."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from typing import TypeVar

from chatbots.conversations.unanswered import Key

ALIKE = Fraction(3, 5)  # of all their stems, that two questions have in common
Place = TypeVar("Place", bound=Hashable)


def alike(one: Iterable[str], other: Iterable[str]) -> bool:
    one, other = set(one), set(other)
    return bool(one) and Fraction(len(one & other), len(one | other)) >= ALIKE


def grouped(times: Mapping[tuple[Place, Key], int]) -> dict[tuple[Place, Key], tuple[Place, Key]]:
    """{each: the one that stands for its group} of questions by place and stems, with how often each came.

    The most frequent stand for the others, and each joins the one it is most like. Only with these it is compared, so
    that no chain of small steps leads from one question to quite another.
    """
    stands: dict[tuple[Place, Key], tuple[Place, Key]] = {}
    by_stem: dict[tuple[Place, str], list[tuple[Place, Key]]] = defaultdict(list)
    for each in sorted(times, key=lambda each: (-times[each], each[1])):
        place, key = each
        common = Counter(other for stem in key for other in by_stem[place, stem])
        close = [(Fraction(n, len({*key, *other[1]})), other) for other, n in common.items()]
        best = max(close, key=lambda found: (found[0], times[found[1]]), default=None)
        if best and best[0] >= ALIKE:
            stands[each] = best[1]
        else:
            stands[each] = each
            for stem in key:
                by_stem[place, stem].append(each)
    return stands
