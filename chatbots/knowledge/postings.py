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
        scores = np.zeros(self.passages, np.float32)
        if not len(self.terms):
            return scores
        at = np.searchsorted(self.terms, terms)
        at[at == len(self.terms)] = 0
        at = at[self.terms[at] == terms]
        counts = self.starts[at + 1] - self.starts[at]
        order = np.argsort(counts, kind="stable")
        for n in order[np.cumsum(counts[order]) <= max(most, counts.min(initial=0))]:
            part = slice(self.starts[at[n]], self.starts[at[n] + 1])
            scores[self.held[part]] += self.weights[part]
        return scores


def rarity(holding: int, passages: int) -> float:
    """Inverse document frequency of a term that so many of the passages hold."""
    return math.log1p((passages - holding + 0.5) / (holding + 0.5))


def build(found: Terms, passages: int) -> Postings:
    """From each occurrence of a term, and the number of the passage that it occurs in."""
    known, term = np.unique(found.terms, return_inverse=True)
    pairs, times = np.unique(term.astype(np.int64) * passages + found.of, return_counts=True)
    term, held = pairs // max(passages, 1), pairs % max(passages, 1)
    holding = np.bincount(term, minlength=len(known))
    rare = np.log1p((passages - holding + 0.5) / (holding + 0.5))
    lengths = np.bincount(found.of, minlength=passages)
    damping = K1 * (1 - B + B * lengths / max(lengths.mean() if passages else 1, 1e-9))
    weights = rare[term] * times * (K1 + 1) / (times + damping[held])
    starts = np.concatenate([[0], np.cumsum(holding)])
    return Postings(passages, known, starts.astype(np.int64), held.astype(np.int32), weights.astype(np.float32))
