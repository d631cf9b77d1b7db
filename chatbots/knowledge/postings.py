"""BM25 in memory over terms that are numbers: each term's passages with its weight in them, computed beforehand.

Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009; k1 1.5, b 0.75, and an inverse document
frequency that stays above zero.
"""

import math
from dataclasses import dataclass

import numpy as np

from chatbots.knowledge.terms import Numbers, Terms

K1, B = 1.5, 0.75


@dataclass(frozen=True)
class Postings:
    """Terms in rising order; of the n-th, the passages `held[starts[n]:starts[n + 1]]` and its weight in each."""

    passages: int
    terms: Numbers
    starts: Numbers
    held: Numbers
    weights: Numbers

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return int(sum(part.nbytes for part in (self.terms, self.starts, self.held, self.weights)))

    def holding(self, terms: Numbers) -> Numbers:
        """How many passages hold each of these terms."""
        if not len(self.terms):
            return np.zeros(len(terms), np.int64)
        at = np.searchsorted(self.terms, terms)
        at[at == len(self.terms)] = 0
        return np.where(self.terms[at] == terms, self.starts[at + 1] - self.starts[at], 0)

    def scores(self, terms: Numbers, *, most: int) -> Numbers:
        """The passages' scores for these terms; of many, the rarest, which are held `most` times all together."""
        if not len(self.terms):
            return np.zeros(self.passages)
        at = np.searchsorted(self.terms, terms)
        at[at == len(self.terms)] = 0
        at = at[self.terms[at] == terms]
        counts = self.starts[at + 1] - self.starts[at]
        order = np.argsort(counts, kind="stable")
        read = at[order[np.cumsum(counts[order]) <= max(most, counts.min(initial=0))]]
        parts = [slice(self.starts[n], self.starts[n + 1]) for n in read]
        held = np.concatenate([self.held[part] for part in parts] or [self.held[:0]])
        weights = np.concatenate([self.weights[part] for part in parts] or [self.weights[:0]])
        return np.bincount(held, weights, minlength=self.passages)


def rarity(holding: int, passages: int) -> float:
    """Inverse document frequency of a term that so many of the passages hold."""
    return math.log1p((passages - holding + 0.5) / (holding + 0.5))


def build(found: Terms, passages: int) -> Postings:
    """From each occurrence of a term, and the number of the passage that it occurs in.

    One sort of both in one number does it: of millions of rows of characters, anything else takes seconds.
    """
    both = found.terms.astype(np.uint64) << np.uint64(32) | found.of.astype(np.uint64)
    both.sort()
    firsts = changes(both)
    times = np.diff(np.append(firsts, len(both)))
    pairs = both[firsts]
    terms, held = (pairs >> np.uint64(32)).astype(np.uint32), pairs.astype(np.uint32).astype(np.int32)
    starts = changes(terms)
    holding = np.diff(np.append(starts, len(terms)))
    rare = np.log1p((passages - holding + 0.5) / (holding + 0.5))
    lengths = np.bincount(found.of, minlength=passages)
    damping = K1 * (1 - B + B * lengths / max(lengths.mean() if passages else 1, 1e-9))
    weights = np.repeat(rare, holding) * times * (K1 + 1) / (times + damping[held])
    return Postings(passages, terms[starts], np.append(starts, len(terms)), held, weights.astype(np.float32))


def changes(rising: Numbers) -> Numbers:
    """Where another number begins."""
    return np.flatnonzero(np.concatenate([[True], rising[1:] != rising[:-1]])[: len(rising)])
