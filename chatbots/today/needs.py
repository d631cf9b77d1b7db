"""What needs the agency today: exceptions only, each with the way to settle it. Where all is well, nothing.

Whoever may not do a thing reads of it, and is led nowhere. What hangs on words of visitors is told to those alone who
may read them. The number of queries is the same whatever the number of clients.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, F, QuerySet

from agencies.models import Agency
from agencies.permissions import Can
from billing import forecast, usage
from billing.models import LedgerEntry, Resource, UsageDay
from billing.revenue import clients
from billing.uses import Use
from chatbots.models import Chatbot, Conversation, DataSource
from chatbots.reports import scheduling
from chatbots.today import shares
from chatbots.use import uses
from workspaces.models import Invitation, Workspace

NAMED = 5  # of each kind
SILENT_FOR = timedelta(hours=48)
LOOKS_BACK, BUSY_DAYS = 14, 7  # a chatbot that spoke on fewer of these days may be silent
EXPIRED_SINCE = timedelta(days=30)  # who did not come for longer is not waited for
WIDENED = {  # where a cap is changed
    Resource.MESSAGES: "billing:allocate-messages",
    Resource.SOURCES: "chatbots:allocate-sources",
    Resource.SEATS: "billing:allocate-seats",
}


@dataclass(frozen=True)
class Way:
    """One of those concerned, and where it is settled: a page's name and the ids in its address, or none of it."""

    label: str
    page: str = ""
    place: tuple[int, ...] = ()
    query: str = ""
    note: str = ""


@dataclass(frozen=True)
class Need:
    """One exception: what happened, what to do, whom it concerns; `more` counts those that are not named."""

    kind: str
    title: str
    action: str
    ways: list[Way] = field(default_factory=list)
    more: int = 0


def of(agency: Agency, *, may: frozenset[str], now: datetime) -> list[Need]:
    """What is not as it should be, the most pressing first; empty: all is well."""
    found = [*waiting(agency, may), *at_the_limit(agency, may, now), *ends_early(agency, may, now)]
    found += [*silent(agency, may, now), *failed(agency), *worse(agency, may, now), *losing(agency, now)]
    return [*found, *unread(agency, may, now), *expired(agency, may, now)]


def at_work(agency: Agency) -> QuerySet[Workspace]:
    """The workspaces whose chatbots are meant to speak."""
    return Workspace.objects.filter(agency=agency, archived_at=None, paused_at=None)


def waiting(agency: Agency, may: frozenset[str]) -> Iterator[Need]:
    """Visitors who wait for a person."""
    if Can.HANDLE_CONVERSATIONS not in may:
        return
    talks = Conversation.objects.filter(workspace__in=at_work(agency), wanted_at__isnull=False)
    rows = talks.values_list("workspace_id", "workspace__name").annotate(count=Count("pk"))
    page, query = "chatbots:conversations", "state=pending"
    most = rows.order_by("-count", "workspace__name")
    ways = [Way(name, page, (pk,), query, note=f"{count:,} waiting") for pk, name, count in most]
    if ways:
        yield need("waiting", "Visitors wait for a person", "Answer them", ways)


def at_the_limit(agency: Agency, may: frozenset[str], now: datetime) -> Iterator[Need]:
    """Pools and caps that are used up. A cap of nothing is somebody's will."""
    full = [use for use in uses.of_agency(agency, now=now) if use.limit and use.used >= use.limit]
    pools = [pool_of(use, may) for use in full if use.workspace is None]
    capped = [cap_of(use, use.workspace, may) for use in full if use.workspace and use.workspace.paused_at is None]
    if pools:
        yield need("pool", "A pool is used up", "Widen it", pools)
    if capped:
        yield need("cap", "Clients have reached their cap", "Look at the cap", capped)


def pool_of(use: Use, may: frozenset[str]) -> Way:
    label = Resource(use.resource).label
    return Way(label, *to(Can.BUY in may, "billing:add-ons", use.agency.pk), note=f"{use.used:,} of {use.limit:,}")


def cap_of(use: Use, workspace: Workspace, may: frozenset[str]) -> Way:
    resource = Resource(use.resource)
    there = to(Can.MANAGE_WORKSPACES in may, WIDENED[resource], use.agency.pk, workspace.pk)
    return Way(workspace.name, *there, note=f"{use.used:,} of {use.limit:,} {resource.label.lower()}")


def ends_early(agency: Agency, may: frozenset[str], now: datetime) -> Iterator[Need]:
    """The pool of messages, where the forecast says so; one that is used up already stands above."""
    seen = forecast.of(agency, now=now)
    if seen is None or seen.ends_on is None or seen.is_used_up:
        return
    early = f", {seen.days_early} day{'' if seen.days_early == 1 else 's'} early" if seen.days_early else ""
    ways = [Way("Forecast", "billing:forecast", (agency.pk,), note=f"{seen.short:,} units are missing")]
    if Can.BUY in may:
        ways.append(Way("Add-ons", "billing:add-ons", (agency.pk,)))
    yield need("pool", f"The pool of messages ends on {seen.ends_on:%-d %B}{early}", "See what would help", ways)


def silent(agency: Agency, may: frozenset[str], now: datetime) -> Iterator[Need]:
    """Chatbots that spoke on most days, and to nobody for two: perhaps they are not on their site any more."""
    today = usage.today(agency, now)
    since = today - timedelta(days=LOOKS_BACK)
    days = UsageDay.objects.filter(agency=agency, day__gte=since, day__lt=today, kind=LedgerEntry.Kind.VISITOR)
    counted = days.filter(messages__gt=0).values_list("chatbot_id").annotate(count=Count("pk")).order_by()
    busy = [chatbot_id for chatbot_id, _ in counted.filter(count__gte=BUSY_DAYS)]
    heard = Conversation.objects.filter(workspace__in=at_work(agency), last_at__gt=now - SILENT_FOR)
    bots = Chatbot.objects.filter(pk__in=busy, workspace__in=at_work(agency), paused_at=None)
    quiet = bots.exclude(pk__in=heard.values("chatbot")).select_related("workspace").order_by("workspace__name", "name")
    ways = [about(bot, to(Can.EMBED in may, "chatbots:embed", bot.workspace_id, bot.pk)) for bot in quiet]
    if ways:
        yield need("silent", "Chatbots are silent for 48 hours", "Look whether it is still on its site", ways)


def failed(agency: Agency) -> Iterator[Need]:
    """Data sources that could not be learned, or not anew."""
    broken = DataSource.objects.filter(workspace__in=at_work(agency), failed_at__isnull=False)
    count = dict(broken.values_list("chatbot_id").annotate(count=Count("pk")).order_by())
    bots = Chatbot.objects.filter(pk__in=count).select_related("workspace").order_by("workspace__name", "name")
    ways = [
        about(
            bot,
            ("chatbots:sources", (bot.workspace_id, bot.pk)),
            note=f"{count[bot.pk]:,} source{'' if count[bot.pk] == 1 else 's'}",
        )
        for bot in bots
    ]
    if ways:
        yield need("failed", "Data sources failed", "Look why", ways)


def worse(agency: Agency, may: frozenset[str], now: datetime) -> Iterator[Need]:
    """Chatbots whose part of unanswered questions has doubled."""
    found = shares.doubled(agency, now=now)
    bots = Chatbot.objects.filter(pk__in=found, workspace__in=at_work(agency)).select_related("workspace")
    may_read = Can.HANDLE_CONVERSATIONS in may
    ways = [
        about(
            bot,
            to(may_read, "chatbots:gaps", agency.pk),
            query=f"workspace={bot.workspace_id}" if may_read else "",
            note=str(found[bot.pk]),
        )
        for bot in bots.order_by("workspace__name", "name")
    ]
    if ways:
        yield need("unanswered", "Twice as many questions find no answer", "Write the answers", ways)


def losing(agency: Agency, now: datetime) -> Iterator[Need]:
    """Clients that are billed, and cost more in the running month than they bring."""
    rows = [row for row in clients.running(agency, now).values() if row.loses]
    ways = [
        Way(row.name, "billing:money-client", (agency.pk, row.workspace_id), note=margin_of(row))
        for row in sorted(rows, key=lambda row: (row.sum.profit, row.name.lower()))
    ]
    if ways:
        yield need("margin", "Clients cost more than they bring", "Look at their price", ways)


def margin_of(row: clients.Row) -> str:
    return "no revenue yet" if row.margin is None else f"margin {row.margin:.0%}".replace("-", "−")


def unread(agency: Agency, may: frozenset[str], now: datetime) -> Iterator[Need]:
    """Reports that were to be sent by now, and that nobody has approved."""
    ways = [
        Way(each.workspace.name, "chatbots:report", (agency.pk, each.pk), note=str(each))
        for each in scheduling.unread(agency, now=now)
    ]
    if ways and Can.MANAGE_WORKSPACES in may:
        yield need("report", "Reports wait to be approved", "Read them, and they are sent", ways)


def expired(agency: Agency, may: frozenset[str], now: datetime) -> Iterator[Need]:
    """Invitations that nobody took up."""
    late = Invitation.objects.filter(agency=agency, accepted_at=None, revoked_at=None, expires_at__lte=now)
    late = late.filter(expires_at__gt=now - EXPIRED_SINCE).exclude(workspace__archived_at__isnull=False)
    ways = [
        Way(each.email, *invited_to(each, may), note=each.place)
        for each in late.select_related("workspace", "agency").order_by(F("expires_at").desc(), "pk")
    ]
    if ways:
        yield need("expired", "Invitations have expired", "Send them again", ways)


def invited_to(invitation: Invitation, may: frozenset[str]) -> tuple[str, tuple[int, ...]]:
    if invitation.workspace_id:
        return to(Can.MANAGE_MEMBERS in may, "workspaces:members", invitation.workspace_id)
    return to(Can.MANAGE_STAFF in may, "workspaces:team", invitation.agency_id)


def about(bot: Chatbot, there: tuple[str, tuple[int, ...]], *, query: str = "", note: str = "") -> Way:
    """A chatbot, with the name of its client."""
    return Way(bot.name, *there, query, ", ".join(part for part in (bot.workspace.name, note) if part))


def to(is_allowed: bool, page: str, *place: int) -> tuple[str, tuple[int, ...]]:
    """A page for whoever may use it; nowhere for the others."""
    return (page, place) if is_allowed else ("", ())


def need(kind: str, title: str, action: str, ways: Sequence[Way]) -> Need:
    return Need(kind, title, action, list(ways[:NAMED]), max(len(ways) - NAMED, 0))
