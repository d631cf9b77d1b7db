"""Databases with so many passages in all, of chatbots with a hundred each, and one with a very large chatbot."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from django.db import connection
from django.utils import timezone

from agencies.models import Agency
from chatbots.knowledge import indexes
from chatbots.models import Chatbot, DataSource, Passage
from tests.bench import database
from workspaces.models import Workspace

EACH, LOOKED_AT = 100, 10  # passages of a chatbot; chatbots that are asked
WORDS, VOCABULARY = 80, 20_000  # of a passage; of the language
BATCH = 2_000
ONSETS = ("b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "br", "ch", "st", "tr")
VOWELS, ENDS = ("a", "e", "i", "o", "u", "ai", "ea"), ("", "n", "r", "l", "s", "t", "m")


@dataclass(frozen=True)
class Database:
    """One by its name, and the ids of the chatbots that are asked."""

    name: str
    chatbots: tuple[int, ...]

    def use(self) -> None:
        """Point this process to it, and forget what it knows of the others, whose ids are the same."""
        connection.close()
        connection.settings_dict["NAME"] = self.name
        indexes.shelf.indexes.clear()


class Writer:
    """Makes up sentences of a made-up language, some of whose words are common and most are rare."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        made = Random(1)
        syllables = [onset + vowel + end for onset in ONSETS for vowel in VOWELS for end in ENDS]
        self.words = ["".join(made.choices(syllables, k=made.randint(1, 3))) for _ in range(VOCABULARY)]
        self.weights = list(accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))

    def text(self, words: int) -> str:
        return " ".join(self.rng.choices(self.words, cum_weights=self.weights, k=words)).capitalize() + "."


@contextmanager
def of_its_own(passages: int, *, large: int = 0) -> Iterator[Database]:
    """A database of `passages` in all; with `large` so many of one chatbot, which is asked too, as the last one."""
    original = connection.settings_dict["NAME"]
    with database.of_its_own(f"retrieval_{passages}_{large}"):
        sizes = [EACH] * ((passages - large) // EACH) + [large] * bool(large)
        chatbots = fill(sizes)
        database.settle()
        asked = tuple(chatbots[:LOOKED_AT] + chatbots[-1:] * bool(large))
        made = Database(connection.settings_dict["NAME"], asked)
        connection.close()
        connection.settings_dict["NAME"] = original
        yield made
        made.use()


def fill(sizes: list[int]) -> list[int]:
    """A chatbot for each size, with one data source; their ids."""
    agency = Agency.objects.create(name="Bench", approved_at=timezone.now())
    place = Workspace.objects.create(agency=agency, name="Bench")
    bots = Chatbot.objects.bulk_create([Chatbot(workspace=place, name=f"Bot {n}") for n in range(len(sizes))])
    kind = DataSource.Kind.TEXT
    sources = DataSource.objects.bulk_create(
        [DataSource(workspace=place, chatbot=bot, kind=kind, title=f"Text {bot.pk}") for bot in bots]
    )
    writer = Writer(7)
    rows = (
        Passage(workspace=place, chatbot_id=source.chatbot_id, source=source, position=n, text=writer.text(WORDS))
        for source, size in zip(sources, sizes, strict=True)
        for n in range(size)
    )
    Passage.objects.bulk_create(rows, batch_size=BATCH)
    return [bot.pk for bot in bots]
