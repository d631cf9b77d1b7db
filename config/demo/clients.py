"""The clients of the two agencies: their workspaces and chatbots, how much they use, and when."""

from dataclasses import dataclass
from datetime import datetime

from agencies.models import Agency, User
from chatbots.bots import bots
from chatbots.knowledge import sources
from chatbots.models import Chatbot
from config.demo import bakery, bicycles, bookshop, cakes, garden, looks, papers
from config.demo.rhythm import Rhythm
from config.demo.texts import Bot
from workspaces import lifecycle
from workspaces.lifecycle import Caps
from workspaces.models import AtLimit, Workspace


@dataclass(frozen=True)
class Client:
    """One client; `units` is what it has used in the present billing period."""

    name: str
    units: int
    rhythm: Rhythm
    bots: tuple[Bot, ...]
    message_cap: int | None = None
    at_limit: AtLimit = AtLimit.NOTICE


BAKERY = Client(
    "Bakery",
    7000,
    # Busy before work and on the morning of Saturday; on Sunday the shop opens for three hours.
    Rhythm(week="5567894", hours="000014798765443332211000"),
    (bakery.COUNTER, cakes.CAKES),
    message_cap=8000,
    at_limit=AtLimit.QA,
)
BOOKSHOP = Client(
    "Bookshop",
    2000,
    Rhythm(week="5568783", hours="100000012345556788876532"),  # after work, most of all on the long Thursday
    (bookshop.BOOKSELLER,),
    at_limit=AtLimit.LEAD,
)
GARDEN_CENTRE = Client(
    "Garden centre",
    1000,
    Rhythm(week="3333598", hours="000000136898766675432100"),  # weekends
    (garden.GARDENER,),
)
WORKSHOP = Client(
    "Bicycle workshop",
    160,
    Rhythm(week="1666650", hours="000000037876556664210000"),
    (bicycles.MECHANIC,),
)


def open_workspace(agency: Agency, client: Client, *, by: User, now: datetime) -> tuple[Workspace, list[Chatbot]]:
    """The client's workspace, with chatbots that have learned their sources."""
    caps = Caps(messages=client.message_cap)
    workspace = lifecycle.open_sub_workspace(agency, name=client.name, by=by, now=now, caps=caps)
    workspace.at_limit = client.at_limit
    workspace.save(update_fields=["at_limit"])
    return workspace, [teach(workspace, bot, by=by, now=now) for bot in client.bots]


def teach(workspace: Workspace, bot: Bot, *, by: User, now: datetime) -> Chatbot:
    """One chatbot and its sources."""
    language = Chatbot.Language.ENGLISH
    chatbot = bots.create(workspace, name=bot.name, language=language, by=by, now=now)
    bots.configure(chatbot, by=by, now=now, first_message=bot.first_message)
    looks.dress(chatbot, by=by, now=now)
    for source in bot.sources:
        if source.where:
            papers.hand_over(chatbot, source, by=by, now=now)
        else:
            sources.add(chatbot, kind=source.kind, title=source.title, text=source.text, by=by, now=now)
    return chatbot
