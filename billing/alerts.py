"""Alerts: how much of each pool and cap is used, which thresholds that passes, and who is told of it.

A threshold is raised once in a billing period for each pool and cap. Raising locks the agency row, so of two workers
one raises; a unique constraint holds it a second time. How many data sources there are the floor above passes in.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from agencies import audit, mail
from agencies.models import Action, Agency, User
from agencies.permissions import Can, MemberRole
from billing import uses
from billing.models import Alert, AlertRule, usual_thresholds
from billing.uses import Key, Use
from workspaces import asking
from workspaces.models import Membership

log = logging.getLogger(__name__)

MOST = 6  # thresholds of one agency
AT_ONCE = 200  # agencies that are looked at together
LOUD = 90  # per cent, from which on a page warns


class WrongThresholds(Exception):
    """These cannot be thresholds; the text is for the user's eyes."""

    def __init__(self) -> None:
        super().__init__(f"Please enter up to {MOST} whole numbers from 1 to 100, such as 50, 75, 90, 100.")


@dataclass(frozen=True)
class Standing:
    """The highest threshold that was raised in the running period, and is passed still."""

    use: Use
    threshold: int

    @property
    def tone(self) -> str:
        """How loud the page says it."""
        return "error" if self.threshold == 100 else "warning" if self.threshold >= LOUD else ""


def thresholds_of(agencies: Collection[int]) -> dict[int, list[int]]:
    """{agency id: its thresholds in per cent}; an empty list means no alerts."""
    own = dict(AlertRule.objects.filter(agency__in=agencies).values_list("agency_id", "thresholds"))
    return {pk: own.get(pk, usual_thresholds()) for pk in agencies}


@transaction.atomic
def set_thresholds(agency: Agency, thresholds: Collection[int], *, by: User, now: datetime) -> None:
    """Raise alerts at these per cents from now on; none turns them off. Raises WrongThresholds."""
    wanted = sorted(set(thresholds))
    if len(wanted) > MOST or not all(1 <= share <= 100 for share in wanted):
        raise WrongThresholds
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    before = thresholds_of([agency.pk])[agency.pk]
    AlertRule.objects.update_or_create(agency=agency, defaults={"thresholds": wanted})
    if wanted != before:
        then, after = {"alerts at": in_words(before)}, {"alerts at": in_words(wanted)}
        audit.record(Action.ALERTS_CHANGED, agency_id=agency.pk, by=by, at=now, before=then, after=after)


def in_words(thresholds: Collection[int]) -> str:
    return ", ".join(f"{share} %" for share in thresholds) or "never"


def raise_due(agency_ids: Sequence[int], *, now: datetime) -> None:
    """Raise what these agencies' counters of messages pass. Call it when they have moved."""
    for agencies in batches(agency_ids):
        raise_passed(uses.of_messages(agencies, uses.capped(agencies, now=now), now=now), now=now)


def raise_all(*, now: datetime) -> None:
    """Raise what any agency's messages and seats pass, also when only a limit, a cap or a threshold was changed."""
    for agencies in batches(everybody()):
        capped = uses.capped(agencies, now=now)
        passed = [*uses.of_messages(agencies, capped, now=now), *uses.of_seats(agencies, capped, now=now)]
        raise_passed(passed, now=now)


def everybody() -> list[int]:
    """The ids of all agencies."""
    return list(Agency.objects.order_by("pk").values_list("pk", flat=True))


def batches(agency_ids: Sequence[int]) -> Iterator[list[Agency]]:
    """The agencies, as many at once as are looked at together."""
    for begin in range(0, len(agency_ids), AT_ONCE):
        some = Agency.objects.filter(pk__in=agency_ids[begin : begin + AT_ONCE])
        yield list(some.select_related("subscription").order_by("pk"))


def raise_passed(used: Sequence[Use], *, now: datetime) -> None:
    """Raise every threshold that these uses pass and that was not raised in the running period.

    Of several that are passed at once the highest is mailed. An agency whose alerts cannot be raised stops no other.
    """
    of_agency: dict[int, list[Use]] = defaultdict(list)
    for use in used:
        of_agency[use.agency.pk].append(use)
    for agency_id in sorted({alert.agency_id for alert in not_raised(used, raised(used), now=now)}):
        try:
            raise_in(of_agency[agency_id][0].agency, of_agency[agency_id], now=now)
        except DatabaseError:
            log.exception("Alerts of agency %s cannot be raised.", agency_id)


@transaction.atomic
def raise_in(agency: Agency, used: Sequence[Use], *, now: datetime) -> None:
    """The same of one agency, whose row is locked: another worker that looked at the same numbers finds them raised."""
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    before = raised(used)
    fresh = not_raised(used, before, now=now)
    Alert.objects.bulk_create(fresh, ignore_conflicts=True)
    highest = {(each.agency_id, each.workspace_id, each.resource): each.threshold for each in fresh}  # rising in each
    news = [use for use in used if highest.get(use.key, 0) > max(before[use.key], default=0)]
    if news:
        tell_agency(agency, news)
        tell_clients(agency, [use for use in news if use.workspace])


def raised(used: Sequence[Use]) -> dict[Key, set[int]]:
    """What was raised in the running periods, by what it is the use of. One query."""
    starts = {use.agency.pk: use.period.start for use in used}
    found: dict[Key, set[int]] = defaultdict(set)
    for alert in Alert.objects.filter(agency__in=starts, period_start__in=set(starts.values())):
        if alert.period_start == starts[alert.agency_id]:
            found[alert.agency_id, alert.workspace_id, alert.resource].add(alert.threshold)
    return found


def not_raised(used: Sequence[Use], before: Mapping[Key, set[int]], *, now: datetime) -> list[Alert]:
    """What these uses pass besides, to be written; of each the lowest threshold first."""
    thresholds = thresholds_of({use.agency.pk for use in used})
    return [
        Alert(
            agency_id=use.agency.pk,
            workspace=use.workspace,
            resource=use.resource,
            threshold=threshold,
            period_start=use.period.start,
            used=use.used,
            limit=min(use.limit or 0, asking.MOST),
            raised_at=now,
        )
        for use in used
        if use.agency.suspended_at is None  # its people can do nothing about it now
        for threshold in thresholds[use.agency.pk]
        if is_running(use) and use.reaches(threshold) and threshold not in before.get(use.key, ())
    ]


def is_running(use: Use) -> bool:
    """Nobody needs to be told of a workspace that is paused or archived: it uses nothing."""
    return use.workspace is None or (use.workspace.paused_at is None and use.workspace.archived_at is None)


def tell_agency(agency: Agency, news: Sequence[Use]) -> None:
    """One mail for each owner and admin, whatever the number of alerts."""
    url = mail.link("billing:alerts", agency.pk)
    for email in asking.deciders(agency):
        mail.send("alerts", to=email, agency=agency, news=news, until=news[0].period.last_day, url=url)


def tell_clients(agency: Agency, news: Sequence[Use]) -> None:
    """One mail for each manager, of their own workspace alone; where the agency withholds the numbers, none."""
    shown: dict[int, list[Use]] = defaultdict(list)
    for use in news:
        if use.workspace and Can.SEE_ANALYTICS.value not in use.workspace.withheld:
            shown[use.workspace.pk].append(use)
    managers = Membership.objects.filter(workspace__in=shown, role=MemberRole.MANAGER, user__is_active=True)
    managers = managers.exclude(user__staff_of__agency=agency).select_related("user").order_by("pk")
    for membership in managers:
        own = shown[membership.workspace_id]
        url = mail.link("workspaces:show", membership.workspace_id)
        mail.send("cap_alerts", to=membership.user.email, news=own, until=own[0].period.last_day, url=url)


def standing(used: Sequence[Use]) -> list[Standing]:
    """Of each pool and cap the highest alert of the running period that is true still, the loudest first."""
    before, thresholds = raised(used), thresholds_of({use.agency.pk for use in used})
    found = []
    for use in filter(is_running, used):
        passed = {share for share in thresholds[use.agency.pk] if use.reaches(share)} & before.get(use.key, set())
        if passed:
            found.append(Standing(use, max(passed)))
    return sorted(found, key=lambda each: (-each.threshold, each.use.workspace is not None))


def history(agency: Agency) -> QuerySet[Alert]:
    """Every alert that was raised, the latest first."""
    return agency.alerts.select_related("workspace")
