"""What an agency does best next, from its own numbers: only what can be computed, each with the way to do it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef

from agencies.models import Agency, Staff
from billing import advice
from billing.usage import Standing
from chatbots.conversations import unanswered
from chatbots.models import Chatbot, DataSource
from chatbots.onboarding.progress import clients
from workspaces import freeing
from workspaces.models import Membership

NAMED = 5  # of each kind
ENOUGH_ASKED = 2  # times, before a question without an answer is worth a person's


@dataclass(frozen=True)
class Way:
    """One thing to open: what it is called, a page's name, the ids in its address, and a query behind it."""

    label: str
    page: str
    place: tuple[int, ...]
    query: str = ""
    note: str = ""


@dataclass(frozen=True)
class Next:
    """One thing to do, why, and where; `more` counts those that are not named."""

    title: str
    why: str
    ways: list[Way] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True)
class Stand:
    """The message pool as it stands. `limit` None is unlimited."""

    used: int
    limit: int | None
    days_left: int
    ends: datetime

    @property
    def share(self) -> int | None:
        return self.used * 100 // self.limit if self.limit else None


def stand_of(standing: Standing, *, now: datetime) -> Stand:
    ends = standing.period.end
    return Stand(standing.used, standing.limit, max((ends - now).days, 0), ends)


def of(agency: Agency, *, reads_conversations: bool, now: datetime, standing: Standing | None = None) -> list[Next]:
    """What is worth doing now, the most pressing first; empty: all is well."""
    found = [*pool(agency, standing, now), *without_sources(agency), *without_contact(agency)]
    if reads_conversations:
        found += asked_most(agency, now)
    return [*found, *idle_seats(agency, now)]


def pool(agency: Agency, standing: Standing | None, now: datetime) -> Iterator[Next]:
    told = advice.for_agency(agency, now, pool=standing)
    if told and told.ends_on:
        why = (
            f"At the pace of the last days it is used up on {told.ends_on:%-d %B}. It takes {told.short:,} more units."
        )
        yield Next("Widen the pool of messages", why, [Way("Add-ons", "billing:add-ons", (agency.pk,))])


def without_sources(agency: Agency) -> Iterator[Next]:
    """Chatbots that know nothing: they can only say that they do not."""
    trained = DataSource.objects.filter(chatbot=OuterRef("pk"), passages__isnull=False)
    every = Chatbot.objects.filter(~Exists(trained), workspace__in=clients(agency))
    bots = every.order_by("workspace__name", "name", "pk").values_list("pk", "name", "workspace_id", "workspace__name")
    ways = [Way(name, "chatbots:sources", (place, pk), note=client) for pk, name, place, client in bots]
    if ways:
        yield some("Teach chatbots that know nothing yet", "Without a data source they answer no question.", ways)


def without_contact(agency: Agency) -> Iterator[Next]:
    """Clients of whom nobody can log in."""
    team = Staff.objects.filter(agency=agency).values("user")
    contacts = Membership.objects.filter(workspace=OuterRef("pk")).exclude(user__in=team)
    alone = clients(agency).filter(~Exists(contacts)).order_by("name", "pk").values_list("pk", "name")
    ways = [Way(name, "workspaces:members", (pk,)) for pk, name in alone]
    if ways:
        why = "They see what their chatbots do, and answer visitors themselves, once somebody can log in."
        yield some("Invite a contact of these clients", why, ways)


def asked_most(agency: Agency, now: datetime) -> Iterator[Next]:
    """Questions that came more than once and had no answer."""
    every = [each for each in unanswered.of_clients(clients(agency), now=now) if each.times >= ENOUGH_ASKED]
    ways = [
        Way(
            each.text,
            "chatbots:unanswered",
            (each.chatbot.workspace_id,),
            query=urlencode({"chatbot": each.chatbot.pk}),
            note=f"asked {each.times:,} times, {each.chatbot.name}",
        )
        for each in every
    ]
    if ways:
        yield some("Answer what visitors asked in vain", "One right answer is known from then on.", ways)


def idle_seats(agency: Agency, now: datetime) -> Iterator[Next]:
    idle = [holder for holder in freeing.holders(agency, now=now) if holder.idle]
    if idle:
        seats = "1 seat is" if len(idle) == 1 else f"{len(idle):,} seats are"
        why = f"{seats} held by people who did not come for a while. A freed one can be given back for seven days."
        yield Next("Free idle seats", why, [Way("Seats", "workspaces:seats", (agency.pk,))])


def some(title: str, why: str, ways: list[Way]) -> Next:
    return Next(title, why, ways[:NAMED], max(len(ways) - NAMED, 0))
