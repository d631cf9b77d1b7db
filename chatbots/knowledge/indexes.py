"""An index of one chatbot's passages in this process's memory, made anew when they have changed.

The database gives the chatbot's row another `edition` with every change of its passages and their titles, in the same
transaction (migration 0006). So whatever process changes them, the next question sees it, and nobody has to call.
"""

from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from chatbots.knowledge import languages, postings, terms, words
from chatbots.knowledge.postings import Postings
from chatbots.knowledge.terms import Numbers
from chatbots.models import Chatbot, DataSource, Passage

MOST = 256 * 2**20  # bytes of all indexes together in one process; the one that was asked longest ago goes first
SHARE = 10  # a language that fewer than one in so many passages is in is stemmed as the most common one
COLUMNS = ("pk", "source__kind", "page__title", "source__title", "heading", "text")
building = [Lock() for _ in range(64)]  # nobody makes the same index twice at once


@dataclass(frozen=True)
class Index:
    """Of `version`: the passages' ids in rising order, which are a Q&A, and where stems and rows of characters are."""

    version: Any
    languages: tuple[str, ...]
    ids: Numbers
    is_qa: Numbers
    stems: Postings
    grams: Postings

    @property
    def size(self) -> int:
        return self.stems.size + self.grams.size + self.ids.nbytes


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
    version = Chatbot.objects.filter(pk=chatbot.pk).values_list("edition", "language").first()
    if version is None:
        return None
    if index := shelf.find(chatbot.pk, version):
        return index
    with building[chatbot.pk % len(building)]:
        if index := shelf.find(chatbot.pk, version):
            return index
        index = make(chatbot.pk, version=version, usual=version[1])  # it was read first, so it is never too new
        shelf.put(chatbot.pk, index)
    return index


def make(chatbot_id: int, *, version: Any, usual: str) -> Index:
    """Read and index the passages of a chatbot."""
    rows = list(Passage.objects.filter(chatbot_id=chatbot_id).order_by("pk").values_list(*COLUMNS))
    texts = [words.fold(indexed(page or source, heading, text)) for _, _, page, source, heading, text in rows]
    spoken = spoken_in(texts, usual=usual)
    known = tuple(dict.fromkeys([main(spoken, usual=usual), *spoken]))
    found = [words.stems(list(words.words(text)), language) for text, language in zip(texts, spoken, strict=True)]
    for stems, text in zip(found, texts, strict=True):
        stems.extend(words.joined(text))
    return Index(
        version=version,
        languages=known,
        ids=np.array([row[0] for row in rows], np.int64),
        is_qa=np.array([row[1] == DataSource.Kind.QA for row in rows], bool),
        stems=postings.build(terms.of_stems(found), len(rows)),
        grams=postings.build(terms.grams(texts), len(rows)),
    )


def indexed(title: str, heading: str, text: str) -> str:
    """What a passage is found by. Its title counts twice: people name things by their titles."""
    return f"{title}\n{title}\n{heading}\n{text}"


def spoken_in(texts: Sequence[str], *, usual: str) -> list[str]:
    """The language of each text, but the few that some passages only seem to be in."""
    each = [languages.of_text(text, usual=usual) for text in texts]
    often = {language for language, count in Counter(each).items() if count * SHARE >= len(each)}
    most = main(each, usual=usual)
    return [language if language in often else most for language in each]


def main(spoken: Sequence[str], *, usual: str) -> str:
    return Counter(spoken).most_common(1)[0][0] if spoken else usual
