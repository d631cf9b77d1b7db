"""What visitors ask and what the chatbots reply, drawn from a seed: the words of their sources, and where they end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from billing import units
from billing.units import Charge
from chatbots.answers.answering import UNKNOWN_OTHERWISE
from chatbots.models import Chatbot
from config.demo.texts import Bot

BEYOND = 0.06  # of the questions; the sources cannot answer them
LENGTHS = {1: 30, 2: 27, 3: 19, 4: 12, 5: 7, 6: 5}  # exchanges in a conversation: so many in a hundred
CARELESS = 0.15  # of the visitors write small letters and no question mark


@dataclass(frozen=True)
class Line:
    """A question, the chatbot's reply, and what both cost."""

    question: str
    reply: str
    cited: tuple[str, ...]
    asked: Charge
    answered: Charge

    @property
    def units(self) -> int:
        return self.asked.units + self.answered.units


@dataclass(frozen=True)
class Repertoire:
    """Everything one chatbot is asked: by source, the most popular first, and what none of them answers."""

    chatbot: Chatbot
    share: float
    topics: tuple[tuple[Line, ...], ...]
    beyond: tuple[Line, ...]

    def of_units(self, wanted: int) -> list[Line]:
        return [line for topic in self.topics for line in topic if line.units == wanted]

    def pick(self, rng: Random) -> Line:
        if rng.random() < BEYOND:
            return rng.choice(self.beyond)
        popularity = [1 / (rank + 2) for rank in range(len(self.topics))]
        return rng.choice(rng.choices(self.topics, popularity)[0])


@dataclass(frozen=True)
class Talk:
    """One visitor's conversation."""

    chatbot: Chatbot
    lines: tuple[Line, ...]


def repertoire(chatbot: Chatbot, bot: Bot) -> Repertoire:
    """What visitors of `bot` ask, and the replies that its sources give."""
    topics = tuple(
        tuple(line(question, each.text, source.title) for each in source.parts for question in each.questions)
        for source in bot.sources
    )
    return Repertoire(chatbot, bot.share, topics, tuple(line(question, UNKNOWN_OTHERWISE) for question in bot.beyond))


def line(question: str, reply: str, *cited: str) -> Line:
    return Line(question, reply, cited, units.visitor(question), units.ai(reply))


def draw(rng: Random, repertoires: Sequence[Repertoire], total: int) -> Iterator[Talk]:
    """Conversations that cost `total` units together, to the unit."""
    left = total
    while left > 0:
        chosen = rng.choices(repertoires, [each.share for each in repertoires])[0]
        lines: dict[str, Line] = {}
        for _ in range(rng.choices(list(LENGTHS), list(LENGTHS.values()))[0]):
            if left > 0 and (asked := fitting(rng, chosen, left)).question not in lines:
                lines[asked.question] = asked
                left -= asked.units
        yield Talk(chosen.chatbot, tuple(lines.values()))


def fitting(rng: Random, chosen: Repertoire, left: int) -> Line:
    """A next question. An exchange costs 2 or 3 units: the last ones are chosen so that none is left over."""
    if left > 4:
        return chosen.pick(rng)
    return rng.choice(chosen.of_units(3 if left == 3 else 2))


def typed(rng: Random, question: str) -> str:
    """The question as some visitor types it; the same words in the same order."""
    return question.rstrip("?").lower() if rng.random() < CARELESS else question
