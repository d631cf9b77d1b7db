"""What an agency may use: plan, support's exceptions and add-ons. The only writer of the limits on the Agency row."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Q, Sum

from agencies.models import Agency
from billing import periods
from billing.models import AddOn, Lasts, LimitException, Plan, PoolPeriod, Resource, Subscription

MOST = 2_000_000_000  # the columns hold a little more; plan and add-ons together may not pass it


@dataclass(frozen=True)
class Limits:
    """What follows from plan, exceptions and open-ended packs; None is unlimited. Messages are per period."""

    messages: int | None
    sources: int | None
    seats: int | None
    workspaces: int | None
    chatbots: int | None


@dataclass(frozen=True)
class LimitLine:
    """One limit, and what it is made of; None is unlimited."""

    limit: LimitException.Limit
    plan: int | None
    exception: LimitException | None  # support's, with its reason: its amount stands in the plan's place
    packs: int  # of the packs that run; of messages, those that count in this period
    ending: int  # so many of these end; packs of messages end with the period
    stock: int = 0  # messages that never lapse, as many as were there when the period began
    kept: int = 0  # messages used in this period before its quota became smaller: they stay, and none is added

    @property
    def label(self) -> str:
        return str(self.limit.label)

    @property
    def base(self) -> int | None:
        """The plan's amount, or the exception's in its place."""
        return self.exception.amount if self.exception else self.plan

    @property
    def given(self) -> int | None:
        """What plan, exception and packs make, however much was used before."""
        return None if self.base is None else min(self.base + self.packs, MOST) + self.stock

    @property
    def total(self) -> int | None:
        """The limit that holds."""
        return None if self.given is None else self.given + self.kept


def plan_of(agency: Agency) -> Plan:
    """The subscribed plan; without one, the trial plan for an approved agency and the free plan for an account.

    Of these two, the version that was the newest when the agency came to it.
    """
    subscription = Subscription.objects.filter(agency=agency).select_related("plan").first()
    if subscription:
        return subscription.plan
    code, came = (Plan.TRIAL, agency.approved_at) if agency.is_approved else (Plan.FREE, agency.created_at)
    versions = Plan.objects.filter(code=code)
    return versions.filter(since__lte=came).order_by("-version").first() or versions.earliest("version")


@transaction.atomic
def apply(agency: Agency, *, now: datetime) -> Agency:
    """Write the limits that hold at `now`, and those of the running period. Call it whenever one of them changes."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    limits = limits_of(agency, now)
    agency.message_limit = limits.messages
    agency.source_limit = limits.sources
    agency.seat_limit = limits.seats
    agency.workspace_limit = limits.workspaces
    agency.chatbot_limit = limits.chatbots
    agency.save(update_fields=["message_limit", "source_limit", "seat_limit", "workspace_limit", "chatbot_limit"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT billing_refresh_periods(%s, %s)", [agency.pk, now])
    return agency


def limits_of(agency: Agency, now: datetime) -> Limits:
    """The limits at `now`. Messages of packs that end, or never lapse, are counted by the period, in the database."""
    base, packs = base_of(agency), packs_of(agency, now)
    return Limits(
        messages=widen(base.messages, packs[Resource.MESSAGES]),
        sources=widen(base.sources, packs[Resource.SOURCES]),
        seats=widen(base.seats, packs[Resource.SEATS]),
        workspaces=base.workspaces,
        chatbots=base.chatbots,
    )


def base_of(agency: Agency) -> Limits:
    """The plan's limits, with the agency's exceptions in their place."""
    plan = plan_of(agency)
    base: dict[str, int | None] = {name: getattr(plan, name) for name in Plan.LIMITS}
    base.update(LimitException.objects.filter(agency=agency, ended_at=None).values_list("limit", "amount"))
    return Limits(**base)


def packs_of(agency: Agency, now: datetime) -> Counter[str]:
    """How much the running add-ons add, by resource."""
    running = AddOn.objects.filter(agency=agency, added_at__lte=now).filter(Q(ends_at=None) | Q(ends_at__gt=now))
    counted_by_period = Q(resource=Resource.MESSAGES) & (Q(lasts=Lasts.FOREVER) | Q(ends_at__isnull=False))
    sums = running.exclude(counted_by_period).values_list("resource")
    return Counter(dict(sums.annotate(total=Sum(F("amount") - F("returned"))).order_by()))


def widen(base: int | None, by: int) -> int | None:
    """The plan's amount and the packs'; unlimited stays unlimited."""
    return None if base is None else min(base + by, MOST)


def explain(agency: Agency, now: datetime) -> list[LimitLine]:
    """Every limit and what it is made of, for people to read: messages of the running period, the others at `now`."""
    plan, period = plan_of(agency), periods.current(agency, now)
    excepted = {each.limit: each for each in LimitException.objects.filter(agency=agency, ended_at=None)}
    packs, ending = packs_in(agency, period, now)
    lines = [
        LimitLine(limit, getattr(plan, limit), excepted.get(limit), packs[limit], ending[limit])
        for limit in LimitException.Limit
    ]
    return [counted(line, agency, period) if line.limit is LimitException.Limit.MESSAGES else line for line in lines]


def packs_in(agency: Agency, period: periods.Period, now: datetime) -> tuple[Counter[str], Counter[str]]:
    """How much the packs add by resource, and how much of that ends. The stock of messages is not in it."""
    of_messages = Q(resource=Resource.MESSAGES)
    with_period = of_messages & Q(added_at__lt=period.end, ends_at__gte=period.end)
    running = Q(added_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now) & ~of_messages)
    rows = AddOn.objects.filter(running | with_period, agency=agency).exclude(of_messages, lasts=Lasts.FOREVER)
    packs, ending = Counter[str](), Counter[str]()
    for resource, amount, ends_at in rows.values_list("resource", F("amount") - F("returned"), "ends_at"):
        packs[resource] += amount
        ending[resource] += amount if ends_at else 0
    return packs, ending


def counted(line: LimitLine, agency: Agency, period: periods.Period) -> LimitLine:
    """The line of messages, with the stock and with what the period's counter keeps."""
    query = "SELECT billing_quota(%(agency)s, %(end)s), billing_stock(%(agency)s, %(start)s)"
    with connection.cursor() as cursor:
        cursor.execute(query, {"agency": agency.pk, "start": period.start, "end": period.end})
        quota, stock = cursor.fetchone()
    counter = PoolPeriod.objects.filter(agency=agency, start=period.start).first()
    if counter is None:
        return replace(line, stock=stock)
    kept = 0 if quota is None or counter.quota is None else max(counter.quota - quota, 0)
    return replace(line, stock=counter.stock, kept=kept)


def lapse(now: datetime, *, since: datetime) -> int:
    """Write anew the limits of agencies whose packs ended after `since`; how many. Twice changes nothing.

    Messages need no such job: a period's counter knows which packs belong to it.
    """
    ended = AddOn.objects.filter(ends_at__gt=since, ends_at__lte=now).exclude(resource=Resource.MESSAGES)
    agencies = Agency.objects.filter(pk__in=ended.values("agency_id")).order_by("pk")
    for agency in agencies:
        apply(agency, now=now)
    return len(agencies)
