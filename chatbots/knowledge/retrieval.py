"""Finds the passages of one chatbot that answer a question.

Three lists, each scaled to its best, are added up: BM25 over the stems of the question's words, BM25 over rows of
characters, which find other forms, slips and scripts without spaces, and how much of the question a passage covers.
Whoever changes passages need not tell: see `indexes`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from chatbots.knowledge import indexes, judging, languages, postings, terms, words
from chatbots.knowledge.indexes import Index, Known
from chatbots.knowledge.judging import Wanted
from chatbots.knowledge.terms import Numbers
from chatbots.models import Chatbot, DataSource

ENOUGH = 0.45  # of the question's weight, by rarity, that a passage must cover to be an answer
PLAUSIBLE = 0.2  # below it, it is not even shown to a model
CLOSE = 0.7  # how far a question and that of a Q&A must cover each other to be the same
BEST, LOOKED_AT = 4, 5
LONGEST = 2000  # characters of a question that are looked at
MOST_WORDS = 32  # of a question, the rarest
MOST_READ = 50_000  # entries of an index that one question may read
UNSEEN = 20  # passages that are thought to be there besides: with few, rarity says little
OF_CONTEXT = 0.5  # how much a word of the question before counts


@dataclass(frozen=True)
class Asked:
    """A question taken apart: the words it wants, and in which languages' stems they and the passages are."""

    wanted: tuple[Wanted, ...] = ()
    languages: tuple[str, ...] = ()

    def covers(self, text: str) -> float:
        """The share of the question's weight, 0 to 1, that a text covers."""
        return judging.covers(self.wanted, held_by(text, self.languages))


@dataclass(frozen=True)
class Hit:
    """A passage, its score, and how much of the question's weight it covers (0 to 1).

    `close` is how far the question is that of a Q&A; `asked` tells which sentences answer.
    """

    passage: Known
    score: float
    covers: float
    close: float = 0.0
    asked: Asked = field(default_factory=Asked, repr=False)

    @property
    def sure(self) -> bool:
        """Whether it counts as an answer without a model that judges."""
        return self.covers >= ENOUGH

    @property
    def is_the_question(self) -> bool:
        """Whether it is a Q&A of the very question."""
        return self.close >= CLOSE


def search(chatbot: Chatbot, question: str, *, kind: str = "", context: str = "") -> list[Hit]:
    """The best passages for a question, best first; empty when the chatbot's sources hold nothing of it.

    Only a hit that is `sure` counts as an answer. With `kind`, a Q&A's, those of such sources only. A question that
    follows another one is searched with its words too, as `context`; its own must be covered all the same.
    """
    question, context = question[:LONGEST], context[:LONGEST]
    index = indexes.of(chatbot)
    if index is None or not len(index.passages):
        return []
    own = ask(index, question)
    around = Asked(tuple(less(ask(index, context).wanted, own.wanted)), own.languages)
    if not own.wanted and not around.wanted:
        return []
    scores = rank(index, f"{question} {context}".strip(), own.wanted + around.wanted)
    if kind:
        scores[index.is_qa != (kind == DataSource.Kind.QA)] = 0
    return judged(index, best_of(scores), question, own, around)


def ask(index: Index, question: str) -> Asked:
    """The question's words by their rarity among this chatbot's passages."""
    folded = words.fold(question)
    spoken = {*index.languages, languages.of_text(question, usual=index.languages[0])}
    found = judging.content(folded, spoken)
    forms = list(zip(*(words.stems(found, language) for language in index.languages), strict=True))
    wanted = [Wanted(tuple(dict.fromkeys(each)), weigh(index, each)) for each in forms]
    least = sorted((each.weight for each in wanted), reverse=True)[:MOST_WORDS][-1:]
    return Asked(tuple(each for each in wanted if each.weight >= least[0])[:MOST_WORDS], index.languages)


def weigh(index: Index, forms: Sequence[str]) -> float:
    """Inverse document frequency of a word, above zero also for one that every passage holds."""
    holding = int(index.stems.holding(terms.hashes(forms)).max(initial=0))
    return postings.rarity(holding, len(index.passages) + UNSEEN)


def less(wanted: Sequence[Wanted], known: Sequence[Wanted]) -> list[Wanted]:
    """The words of the question before that are not asked for again."""
    again = {each.forms for each in known}
    return [Wanted(each.forms, OF_CONTEXT * each.weight) for each in wanted if each.forms not in again]


def rank(index: Index, question: str, wanted: Sequence[Wanted]) -> Numbers:
    """A score for every passage, by stems and by rows of characters."""
    folded = words.fold(question)
    forms = dict.fromkeys([form for each in wanted for form in each.forms] + list(words.joined(folded)))
    by_stems = index.stems.scores(terms.hashes(forms), most=MOST_READ)
    by_grams = index.grams.scores(np.unique(terms.grams([folded]).terms), most=MOST_READ)
    return scaled(by_stems) + scaled(by_grams)


def scaled(scores: Numbers) -> Numbers:
    """The best one is 1."""
    return scores / (scores.max(initial=0) or 1)


def best_of(scores: Numbers) -> dict[int, float]:
    """The numbers of the LOOKED_AT best passages, each with its score."""
    some = min(LOOKED_AT, len(scores))
    best = np.argpartition(-scores, some - 1)[:some]
    return {int(n): float(scores[n]) for n in best if scores[n] > 0}


def judged(index: Index, best: dict[int, float], question: str, own: Asked, around: Asked) -> list[Hit]:
    """The passages by their score and how much of the question they cover."""
    if not best:
        return []
    whole = Asked(own.wanted + around.wanted, own.languages)
    forms = dict.fromkeys(form for each in whole.wanted for form in each.forms)
    matches = index.held.matches(forms, passages=best)
    hits = []
    for n, score in best.items():
        passage = index.passages[n]
        covered = min(
            judging.covered(asked.wanted, [max(matches[form][n] for form in each.forms) for each in asked.wanted])
            for asked in (whole, own)
            if asked.wanted
        )
        close = closeness(index, question, own, passage) if passage.source.kind == DataSource.Kind.QA else 0.0
        hits.append(Hit(passage, score + covered, covered, close, whole))
    hits.sort(key=lambda hit: (-hit.score, hit.passage.pk))
    return [hit for hit in hits if hit.covers >= PLAUSIBLE][:BEST]


@lru_cache(maxsize=2000)
def held_by(text: str, spoken: tuple[str, ...]) -> frozenset[str]:
    """The stems of a text, in each of these languages, and its codes and numbers. What is asked often is kept."""
    folded = words.fold(text)
    found = list(words.words(folded))
    return frozenset(words.joined(folded)).union(*(words.stems(found, language) for language in spoken))


def closeness(index: Index, question: str, own: Asked, passage: Known) -> float:
    """How far the question and the Q&A's cover each other, 0 to 1: the harmonic mean of both ways."""
    there, back = own.covers(passage.source.title), ask(index, passage.source.title).covers(question)
    return 2 * there * back / ((there + back) or 1)
