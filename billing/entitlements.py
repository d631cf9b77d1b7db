"""What an agency may use: plan, support's exceptions and add-ons. The only writer of the limits on the Agency row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from agencies.models import Agency
from billing import limits, periods
from billing.limits import Limit, LimitLine, Over, Place
from billing.models import AddOn, Plan, Resource, Subscription

COLUMNS = {
    Limit.MESSAGES: "message_limit",
    Limit.SOURCES: "source_limit",
    Limit.SEATS: "seat_limit",
    Limit.WORKSPACES: "workspace_limit",
    Limit.CHATBOTS: "chatbot_limit",
}

WITH_SLACK = """
    SELECT c.agency_id FROM billing_poolperiod c JOIN agencies_agency a ON a.id = c.agency_id
    WHERE c."end" > %s AND c.quota > a.message_limit AND c.quota > c.used + c.held
      AND c.quota > billing_quota(c.agency_id, c."end")
"""


def plan_of(agency: Agency) -> Plan:
    """The subscribed plan; without one, the trial plan for an approved agency and the free plan for an account."""
    subscription = Subscription.objects.filter(agency=agency).select_related("plan").first()
    if subscription is None:
        return plan_without_subscription(agency)
    subscription.agency = agency  # which knows it now: its periods are counted from it
    return subscription.plan


def plan_without_subscription(agency: Agency) -> Plan:
    """The trial plan or the free one, in the version that was the newest when the agency came to it."""
    code, came = (Plan.TRIAL, agency.approved_at) if agency.is_approved else (Plan.FREE, agency.created_at)
    versions = Plan.objects.filter(code=code)
    return versions.filter(since__lte=came).order_by("-version").first() or versions.earliest("version")


@transaction.atomic
def apply(agency: Agency, *, now: datetime) -> Agency:
    """Write the limits that hold at `now`, and those of the running period. Call it whenever one of them changes.

    On the agency's row messages are those of the plan and of packs without an end: packs that end, or never lapse,
    are counted by the period, in the database.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    for line in limits.made([place_of(agency, now)], now)[agency.pk]:
        setattr(agency, COLUMNS[line.limit], line.for_good if line.limit == Limit.MESSAGES else line.given)
    agency.save(update_fields=list(COLUMNS.values()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT billing_refresh_periods(%s, %s)", [agency.pk, now])
    return agency


def explain(agency: Agency, now: datetime) -> list[LimitLine]:
    """Every limit and what it is made of, for people to read: messages of the running period, the others at `now`."""
    return limits.of([place_of(agency, now)], now)[agency.pk]


def over(agency: Agency, now: datetime) -> list[Over]:
    """What of messages, seats and sub-workspaces is in use beyond what is given; nothing new of these is granted."""
    return standing(agency, now)[1]


def standing(agency: Agency, now: datetime) -> tuple[list[LimitLine], list[Over]]:
    """What `explain` and `over` say, read at once."""
    places = [place_of(agency, now)]
    counters = limits.counters_of(places)
    lines = limits.of(places, now, counters)[agency.pk]
    return lines, limits.over(lines, limits.used(places, now, counters)[agency.pk])


def place_of(agency: Agency, now: datetime) -> Place:
    return Place(agency, plan_of(agency), periods.current(agency, now))


@dataclass(frozen=True)
class Change:
    """Each limit before and after a step, and what would be in use beyond it."""

    pairs: list[tuple[LimitLine, LimitLine]]
    over: list[Over]

    @property
    def stamp(self) -> str:
        """The consequences in a word: what is saved is what was seen, also when something changed meanwhile."""
        return " ".join(f"{before.given}-{after.given}" for before, after in self.pairs)


def preview(agency: Agency, step: Callable[[], object], *, now: datetime) -> Change:
    """What a step would make of the limits: it is taken, read, and undone, so that what is shown is what happens.

    Raises whatever the step raises.
    """
    with transaction.atomic():
        before = explain(agency, now)
        step()
        after, beyond = standing(agency, now)
        change = Change(list(zip(before, after, strict=True)), beyond)
        transaction.set_rollback(True)
    return change


def lapse(now: datetime, *, since: datetime) -> int:
    """Write anew the limits of agencies whose packs ended after `since`; how many. Twice changes nothing.

    Messages need no such job: a period's counter knows which packs belong to it. Of these it takes back the few units
    that were held while their quota became smaller, and then released.
    """
    ended = AddOn.objects.filter(ends_at__gt=since, ends_at__lte=now).exclude(resource=Resource.MESSAGES)
    agencies = Agency.objects.filter(Q(pk__in=ended.values("agency_id")) | Q(pk__in=with_slack(now))).order_by("pk")
    for agency in agencies:
        apply(agency, now=now)
    return len(agencies)


def with_slack(now: datetime) -> list[int]:
    """Agencies whose running quota was kept larger than it is now for units that are not in use any more."""
    with connection.cursor() as cursor:
        cursor.execute(WITH_SLACK, [now])
        return [agency for (agency,) in cursor.fetchall()]
