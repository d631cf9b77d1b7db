"""Reports that are sent by themselves, each month on its client's day, in the agency's time zone.

Celery asks every quarter of an hour what is due. Each is sent once: the month's report says that it was, and its row
is locked meanwhile. What nobody has approved waits, unless the agency has said that it need not.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from agencies import audit
from agencies.models import Action, Agency, User
from billing import usage
from chatbots.models import Report, ReportRule
from chatbots.models.reports import LAST_DAY, MOST_RECIPIENTS
from chatbots.reports import months, reports
from workspaces.models import Workspace

MORNING = time(8)  # when nobody's numbers of the month before are on their way any more
LOOKS_BACK = timedelta(days=7)  # after its day; what was not approved by then waits for a person


class WrongRule(reports.Refused):
    def __init__(self) -> None:
        super().__init__(f"Please choose a day from 1 to {LAST_DAY}, and 1 to {MOST_RECIPIENTS} addresses.")


@transaction.atomic
def schedule(
    workspace: Workspace, *, day: int | None, recipients: Sequence[str], unread: bool, by: User, now: datetime
) -> None:
    """Send this client's reports on that day of each month; None ends it. Raises WrongRule."""
    Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    before = ReportRule.objects.filter(workspace=workspace).first()
    people = list(dict.fromkeys(email.strip().lower() for email in recipients))
    if day is None:
        ReportRule.objects.filter(workspace=workspace).delete()
    elif not 1 <= day <= LAST_DAY or not 1 <= len(people) <= MOST_RECIPIENTS:
        raise WrongRule
    else:
        wanted = {"day": day, "recipients": people, "unread": unread}
        ReportRule.objects.update_or_create(
            workspace=workspace, defaults=wanted, create_defaults=wanted | {"since": now}
        )
    then, after = words(before), words(ReportRule.objects.filter(workspace=workspace).first())
    if then != after:
        place: dict[str, Any] = {"agency_id": workspace.agency_id, "workspace_id": workspace.pk}
        audit.record(Action.REPORTS_SCHEDULED, by=by, at=now, target=workspace, before=then, after=after, **place)


def words(rule: ReportRule | None) -> dict[str, str]:
    """The rule as the audit log tells it."""
    if rule is None:
        return {"sent": "by hand"}
    until = "approved or not" if rule.unread else "once approved"
    return {"sent": f"on day {rule.day}, {until}", "to": ", ".join(rule.recipients)}


def due(now: datetime) -> list[int]:
    """The ids of workspaces whose report of the last month is to be sent now."""
    rules = ReportRule.objects.filter(workspace__archived_at=None, workspace__agency__suspended_at=None)
    found = []
    for rule in rules.select_related("workspace__agency").order_by("pk"):
        if is_its_turn(rule, now):
            found.append(rule.workspace_id)
    sent = Report.objects.filter(workspace__in=found, sent_at__isnull=False).select_related("workspace__agency")
    done = {each.workspace_id for each in sent if each.month == months.last(each.workspace.agency, now)}
    return [pk for pk in found if pk not in done]


def is_its_turn(rule: ReportRule, now: datetime) -> bool:
    """From the morning of its day on, for a week; a rule that was made after that day begins with the next month."""
    agency = rule.workspace.agency
    here = now.astimezone(ZoneInfo(agency.time_zone))
    day = here.date().replace(day=rule.day)
    turn = datetime.combine(day, MORNING, ZoneInfo(agency.time_zone))
    return turn <= here < turn + LOOKS_BACK and usage.today(agency, rule.since) <= day


@transaction.atomic
def send_due(workspace: Workspace, *, now: datetime) -> bool:
    """Draw up the report of the last month, and send it if it may be sent. Whether it was."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    rule = ReportRule.objects.filter(workspace=workspace, workspace__archived_at=None).first()
    if rule is None or agency.suspended_at:
        return False
    report = reports.draw_up(workspace, month=months.last(agency, now), by=None, now=now)
    if report.sent_at or not (report.approved_at or rule.unread):
        return False
    reports.send(report, to=rule.recipients, by=None, now=now)
    return True


def unread(agency: Agency, *, now: datetime) -> list[Report]:
    """Reports whose turn has come, and that wait for somebody to approve them."""
    rows = Report.objects.filter(workspace__agency=agency, workspace__archived_at=None, month=months.last(agency, now))
    rows = rows.filter(approved_at=None, sent_at=None, workspace__report_rule__unread=False)
    rules = rows.select_related("workspace__report_rule", "workspace__agency").order_by("workspace__name")
    return [each for each in rules if is_its_turn(each.workspace.report_rule, now)]
