"""An index of one chatbot's passages in this process's memory, made anew when they have changed.

The database gives the chatbot's row another `edition` with every change of its passages and their titles, in the same
transaction (migration 0006). So whatever process changes them, the next question sees it, and nobody has to call.
"""

import logging
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain
from threading import Lock
from typing import Any

import numpy as np
from django.db import connection

from chatbots.knowledge import languages, postings, terms, vocabulary, words
from chatbots.knowledge.postings import Postings
from chatbots.knowledge.terms import Numbers
from chatbots.knowledge.vocabulary import Vocabulary
from chatbots.models import Chatbot, DataSource, Passage

MOST = 256 * 2**20  # bytes of all indexes together in one process; the one that was asked longest ago goes first
MOST_TEXT = 15_000_000  # characters of one chatbot that are found: making an index takes a hundred bytes for each
LARGE = 1_000_000  # characters; indexes of more are made one after the other
A_PASSAGE = 200  # bytes beside its text
SHARE = 10  # a language that fewer than one in so many passages is in is stemmed as the most common one
SOURCE = ("source_id", "source__kind", "source__title", "source__url")
PAGE = ("page_id", "page__title", "page__url")
building = [Lock() for _ in range(64)]  # nobody makes the same index twice at once
large_ones = Lock()
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KnownSource:
    """What an answer tells of a data source."""

    pk: int
    kind: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class KnownPage:
    """What an answer tells of a page of a website."""

    pk: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Known:
    """A passage as it is kept in memory."""

    pk: int
    heading: str
    text: str
    source: KnownSource
    page: KnownPage | None

    @property
    def title(self) -> str:
        return (self.page.title if self.page else "") or self.source.title

    @property
    def cited(self) -> str:
        """What an answer calls its source: of a website the page."""
        return self.title if self.source.kind == DataSource.Kind.WEBSITE else self.source.title

    @property
    def indexed(self) -> str:
        """What it is found by. Its title counts twice: people name things by their titles."""
        return f"{self.title}\n{self.title}\n{self.heading}\n{self.text}"


@dataclass(frozen=True)
class Index:
    """Of `version`: the passages, which of them are a Q&A, where stems and rows of characters are.

    `held` are the stems of each passage in every one of the languages, which judge what it covers.
    """

    version: Any
    languages: tuple[str, ...]
    passages: tuple[Known, ...]
    is_qa: Numbers
    stems: Postings
    grams: Postings
    held: Vocabulary

    @property
    def size(self) -> int:
        """Bytes in memory, about."""
        words_of_them = sum(len(known.text) for known in self.passages) + A_PASSAGE * len(self.passages)
        return self.stems.size + self.grams.size + self.held.size + words_of_them


class Shelf:
    """Indexes by their chatbot's id, `most` bytes of them, or one that is larger."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.indexes: OrderedDict[int, Index] = OrderedDict()
        self.lock = Lock()

    def find(self, chatbot_id: int, version: Any) -> Index | None:
        with self.lock:
            index = self.indexes.get(chatbot_id)
            if index is None or index.version != version:
                return None
            self.indexes.move_to_end(chatbot_id)
            return index

    def put(self, chatbot_id: int, index: Index) -> None:
        with self.lock:
            self.indexes[chatbot_id] = index
            self.indexes.move_to_end(chatbot_id)
            while len(self.indexes) > 1 and sum(each.size for each in self.indexes.values()) > self.most:
                self.indexes.popitem(last=False)


shelf = Shelf(MOST)


def of(chatbot: Chatbot) -> Index | None:
    """The index of the chatbot's passages as they are now; None when the chatbot was deleted meanwhile."""
    version = version_of(chatbot)
    if version is None:
        return None
    if index := shelf.find(chatbot.pk, version):
        return index
    with turn(building[chatbot.pk % len(building)]):
        if index := shelf.find(chatbot.pk, version):
            return index
        index = make(chatbot.pk, version=version, usual=version[1])  # it was read first, so it is never too new
        shelf.put(chatbot.pk, index)
    return index


@contextmanager
def turn(lock: Lock) -> Iterator[None]:
    """The lock."""
    if not lock.acquire(blocking=False):
        let_connection_go()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def let_connection_go() -> None:
    """Keep no database connection while an index is made: those who wait for it would take those of all others."""
    if not connection.in_atomic_block:
        connection.close()


def version_of(chatbot: Chatbot) -> tuple[Any, str] | None:
    """What every question asks first, so it is asked in few words."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT edition, language FROM chatbots_chatbot WHERE id = %s", [chatbot.pk])
        row = cursor.fetchone()
    return row and (row[0], row[1])


def make(chatbot_id: int, *, version: Any, usual: str) -> Index:
    """Read and index the passages of a chatbot, as far as MOST_TEXT goes: the process belongs to all tenants."""
    passages, characters = read(chatbot_id)
    let_connection_go()
    with turn(large_ones) if characters > LARGE else nullcontext():
        return indexed(passages, version=version, usual=usual)


def read(chatbot_id: int) -> tuple[list[Known], int]:
    """The passages that were learned first, and how many characters they are found by, up to MOST_TEXT."""
    passages: list[Known] = []
    characters = 0
    for known in known_of(chatbot_id):
        characters += len(known.indexed)
        if characters > MOST_TEXT:
            log.warning("Chatbot %s has learned more than can be found: %s passages can", chatbot_id, len(passages))
            return passages, MOST_TEXT
        passages.append(known)
    return passages, characters


def indexed(passages: Sequence[Known], *, version: Any, usual: str) -> Index:
    texts = [words.fold(known.indexed) for known in passages]
    spoken = spoken_in(texts, usual=usual)
    known = tuple(dict.fromkeys([main(spoken, usual=usual), *spoken]))
    found, held = [], []
    for text, language in zip(texts, spoken, strict=True):
        plain, codes = list(words.words(text)), list(words.joined(text))
        stems = {each: words.stems(plain, each) for each in known}
        found.append(stems[language] + codes)
        held.append([*chain.from_iterable(stems.values()), *codes])
    return Index(
        version=version,
        languages=known,
        passages=tuple(passages),
        is_qa=np.array([known.source.kind == DataSource.Kind.QA for known in passages], bool),
        stems=postings.build(terms.of_stems(found), len(passages)),
        grams=postings.build(terms.grams(texts), len(passages)),
        held=vocabulary.build(held),
    )


def known_of(chatbot_id: int) -> Iterator[Known]:
    sources: dict[int, KnownSource] = {}
    pages: dict[int, KnownPage] = {}
    rows = Passage.objects.filter(chatbot_id=chatbot_id).order_by("pk")
    for pk, heading, text, *rest in rows.values_list("pk", "heading", "text", *SOURCE, *PAGE).iterator():
        source = sources.setdefault(rest[0], KnownSource(*rest[:4]))
        page = pages.setdefault(rest[4], KnownPage(*rest[4:])) if rest[4] else None
        yield Known(pk, heading, text, source, page)


def spoken_in(texts: Sequence[str], *, usual: str) -> list[str]:
    """The language of each text, but the few that some passages only seem to be in."""
    each = [languages.of_text(text, usual=usual) for text in texts]
    often = {language for language, count in Counter(each).items() if count * SHARE >= len(each)}
    most = main(each, usual=usual)
    return [language if language in often else most for language in each]


def main(spoken: Sequence[str], *, usual: str) -> str:
    return Counter(spoken).most_common(1)[0][0] if spoken else usual
