"""The words of a chatbot's passages as numbers: which are in each passage, and which are written like another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from chatbots.knowledge import judging
from chatbots.knowledge.terms import Numbers

REMEMBERED = 5000  # words whose likes are kept
BYTES_A_WORD = 150  # about so many, with its string and its place in the dictionary


BYTES_A_WORD = 150  # about so many, with its string and its place in the dictionary


@dataclass(frozen=True)
class Vocabulary:
    """Words by number; `held[starts[n]:starts[n + 1]]` are those of the n-th passage, each once.

    Two neighbouring letters have a number too; `pairs` and `begins` do the same for those of each word.
    """

    numbers: dict[str, int]
    words: Sequence[str]
    held: Numbers
    starts: Numbers
    beside: dict[str, int]
    pairs: Numbers
    begins: Numbers
    lengths: Numbers

    @property
    def size(self) -> int:
        """Bytes in memory, about."""
        arrays = (self.held, self.starts, self.pairs, self.begins, self.lengths)
        return int(sum(part.nbytes for part in arrays)) + BYTES_A_WORD * len(self.words)

    def matches(self, forms: Iterable[str], *, passages: Iterable[int]) -> dict[str, dict[int, float]]:
        """How far each of these passages, by its place, holds each word: see `judging.match`."""
        held = {n: self.held[self.starts[n] : self.starts[n + 1]] for n in passages}
        sets = {n: set(words.tolist()) for n, words in held.items()}
        found = {form: {same: 1.0} if (same := self.numbers.get(form)) is not None else {} for form in forms}
        unsure = [
            form
            for form, same in found.items()
            if judging.may_be_written_otherwise(form) and not all(same.keys() & words for words in sets.values())
        ]
        for form, near in zip(unsure, self.near(unsure, np.unique(np.concatenate(list(held.values())))), strict=True):
            for word in near:
                found[form].setdefault(word, judging.alike(form, self.words[word]))
        return {
            form: {n: max((like[word] for word in like.keys() & words), default=0.0) for n, words in sets.items()}
            for form, like in found.items()
        }

    def near(self, forms: Sequence[str], words: Numbers) -> list[list[int]]:
        """For each form the few of these words that may be alike: for all others `judging.alike` would say no."""
        counts, lengths = self.begins[words + 1] - self.begins[words], self.lengths[words]
        ends = np.cumsum(counts)
        of_words = self.pairs[np.repeat(self.begins[words] - ends + counts, counts) + np.arange(counts.sum())]
        wanted = np.zeros((len(forms), len(self.beside)), np.int32)
        sizes = np.array([[len(judging.neighbours(form)), len(form)] for form in forms]).reshape(-1, 2)
        for n, form in enumerate(forms):
            wanted[n, [self.beside[pair] for pair in judging.neighbours(form) if pair in self.beside]] = 1
        common = np.add.reduceat(wanted[:, of_words], ends - counts, axis=1)
        much = 2 * common >= judging.ALIKE * (counts + sizes[:, :1])
        part = common + 1 >= np.minimum(lengths, sizes[:, 1:])
        near = (common >= judging.IN_COMMON) & (lengths >= judging.SHORTEST) & (much | part | (lengths == sizes[:, 1:]))
        return [words[of_form].tolist() for of_form in near]


def build(held: Sequence[Sequence[str]]) -> Vocabulary:
    """From the words that each passage holds."""
    numbers: dict[str, int] = {}
    each = [{numbers.setdefault(word, len(numbers)) for word in found} for found in held]
    beside: dict[str, int] = {}
    pairs = [{beside.setdefault(pair, len(beside)) for pair in judging.neighbours(word)} for word in numbers]
    return Vocabulary(
        numbers=numbers,
        words=tuple(numbers),
        held=np.fromiter(chain.from_iterable(each), np.int32),
        starts=np.cumsum([0, *map(len, each)]),
        beside=beside,
        pairs=np.fromiter(chain.from_iterable(pairs), np.int32),
        begins=np.cumsum([0, *map(len, pairs)]),
        lengths=np.fromiter(map(len, numbers), np.int32),
    )
