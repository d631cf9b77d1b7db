"""A client's report: drawn up, read and commented by the agency, approved, sent with a link that ends.

Each step locks the agency before the report, as everywhere. Before it is sent the figures are those of the rollup;
what was sent stays as it was.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from agencies import audit, mail
from agencies.models import Action, Agency, User
from agencies.permissions import Can, MemberRole
from chatbots.models import Report
from chatbots.models.reports import MOST_RECIPIENTS
from chatbots.reports import figures, months
from chatbots.reports.figures import Figures
from workspaces.models import Workspace

VALID_FOR = timedelta(days=60)
SEND_AGAIN_AFTER = timedelta(minutes=1)


class Refused(Exception):
    """The text says why, for the user's eyes."""


class NotOver(Refused):
    def __init__(self) -> None:
        super().__init__("A report is about a whole month that is over. Please choose another one.")


class NotOpen(Refused):
    def __init__(self) -> None:
        super().__init__("This workspace is closed, so nothing is reported of it. Restore it first.")


class NobodyToTell(Refused):
    def __init__(self) -> None:
        super().__init__(f"Please name whom to send it to: 1 to {MOST_RECIPIENTS} addresses.")


class JustSent(Refused):
    def __init__(self) -> None:
        super().__init__("It was sent a moment ago. Please wait a minute before you send it again.")


class OtherwiseMeanwhile(Refused):
    def __init__(self) -> None:
        super().__init__("The report was commented meanwhile. Please read it once more before you approve it.")


def of_agency(agency: Agency) -> QuerySet[Report]:
    """The reports of its workspaces, but of deleted ones, which can only be brought back."""
    return Report.objects.filter(workspace__agency=agency, workspace__deleted_at=None).select_related(
        "workspace__agency"
    )


@transaction.atomic
def draw_up(workspace: Workspace, *, month: date, by: User | None, now: datetime) -> Report:
    """The report of that month, which is made once. Raises NotOver, NotOpen."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    if month not in months.offered(agency, now):
        raise NotOver
    if not Workspace.objects.filter(pk=workspace.pk, archived_at=None).exists():
        raise NotOpen
    begun = {"made_at": now, "made_by": by}
    report, is_new = Report.objects.get_or_create(workspace=workspace, month=month, defaults=begun)
    if is_new:
        record(report, Action.REPORT_DRAWN_UP, by=by, now=now)
    return report


@transaction.atomic
def comment(report: Report, *, text: str, by: User, now: datetime) -> None:
    """Write what the agency says to it. Another comment is to be approved anew. Raises NotOpen.

    The audit entry is the agency's alone: the client reads what was sent, and not what was struck out before.
    """
    held, text = open_one(report), in_lines(text)
    if held.comment == text:
        return
    Report.objects.filter(pk=held.pk).update(comment=text, approved_at=None, approved_by=None)
    change: dict[str, Any] = audit.changes({"comment": held.comment}, {"comment": text})
    told: dict[str, Any] = {"target": f"{held.workspace}: {held}", **change}
    audit.record(Action.REPORT_COMMENTED, agency_id=held.workspace.agency_id, by=by, at=now, **told)


@transaction.atomic
def approve(report: Report, *, read: str, by: User, now: datetime) -> None:
    """It may be sent as it was read, with the comment `read`. Raises OtherwiseMeanwhile, NotOpen."""
    held = open_one(report)
    if in_lines(held.comment) != in_lines(read):
        raise OtherwiseMeanwhile
    if held.approved_at is None:
        Report.objects.filter(pk=held.pk).update(approved_at=now, approved_by=by)
        record(held, Action.REPORT_APPROVED, by=by, now=now)


@transaction.atomic
def send(report: Report, *, to: Sequence[str], by: User | None, now: datetime) -> None:
    """Mail a new link; the one before is dead. Whoever sends it by hand approves it.

    Raises NobodyToTell, NotOpen, JustSent; NotOver where the agency's days begin later than they did.
    """
    held, token = open_one(report), secrets.token_urlsafe(32)
    people = list(dict.fromkeys(email.strip().lower() for email in to))
    if not 1 <= len(people) <= MOST_RECIPIENTS:
        raise NobodyToTell
    if held.month > months.last(held.workspace.agency, now):
        raise NotOver
    if held.sent_at and now - held.sent_at < SEND_AGAIN_AFTER:
        raise JustSent
    Report.objects.filter(pk=held.pk).update(
        sent_at=now,
        sent_to=people,
        figures=figures_of(held),
        token_hash=hash_of(token),
        link_ends_at=now + VALID_FOR,
        approved_at=held.approved_at or now,
        approved_by=held.approved_by if held.approved_at else by,
    )
    url = mail.link("chatbots:client-report", token)
    for email in people:
        mail.send("client_report", to=email, report=held, agency=held.workspace.agency, until=now + VALID_FOR, url=url)
    record(held, Action.REPORT_SENT, by=by, now=now, after={"to": ", ".join(people)})


@transaction.atomic
def close(report: Report, *, by: User, now: datetime) -> None:
    """End its link before its time. One that has ended stays so."""
    held = locked(report)
    if held.token_hash:
        Report.objects.filter(pk=held.pk).update(token_hash=None)
        record(held, Action.REPORT_CLOSED, by=by, now=now)


def opened(token: str) -> Report | None:
    """The report of a mailed link, also one whose time is over; None of one that was ended, or never was."""
    rows = Report.objects.filter(token_hash=hash_of(token), workspace__erased_at=None)
    return rows.select_related("workspace__agency").first()


def is_over(report: Report, *, now: datetime) -> bool:
    """Whether its link's time has come. A workspace that is closed shows nothing any more."""
    return report.link_ends_at is None or report.link_ends_at <= now or report.workspace.archived_at is not None


def figures_of(report: Report) -> Figures:
    """Those that were sent, or as they stand."""
    return report.figures or figures.of(report.workspace, report.month)


def usual_recipients(workspace: Workspace) -> list[str]:
    """The client's managers who may see its numbers; the agency's own people read them anyway."""
    if Can.SEE_ANALYTICS.value in workspace.withheld:
        return []
    managers = workspace.memberships.filter(role=MemberRole.MANAGER, user__is_active=True)
    people = managers.exclude(user__staff_of__agency=workspace.agency_id).order_by("pk")
    return list(people.values_list("user__email", flat=True)[:MOST_RECIPIENTS])


def locked(report: Report) -> Report:
    """As it stands now; its agency is locked before it."""
    Agency.objects.select_for_update(no_key=True).get(pk=report.workspace.agency_id)
    rows = Report.objects.select_for_update(of=("self",), no_key=True).select_related("workspace__agency")
    return rows.get(pk=report.pk)


def open_one(report: Report) -> Report:
    """The same, of a workspace that is not closed. Raises NotOpen."""
    held = locked(report)
    if held.workspace.archived_at:
        raise NotOpen
    return held


def in_lines(text: str) -> str:
    """With the line ends of this house: browsers send others, and not all of them the same."""
    return text.replace("\r\n", "\n")


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def record(report: Report, action: Action, *, by: User | None, now: datetime, **what: dict[str, str]) -> None:
    place: dict[str, Any] = {"agency_id": report.workspace.agency_id, "workspace_id": report.workspace_id, **what}
    audit.record(action, by=by, at=now, target=report, **place)
