"""Asking for the agency model, support's decision, and withdrawing. Whoever comes first decides, once."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower

from agencies import audit, mail, support
from agencies.models import Action, Agency, Application, Meeting, Staff, User
from agencies.permissions import StaffRole


class Refused(Exception):
    """An application cannot take this step; the text says why, for the user's eyes."""


class AlreadyWaiting(Refused):
    def __init__(self) -> None:
        super().__init__("Your application is already with us. We answer it by mail.")


class AlreadyApproved(Refused):
    def __init__(self) -> None:
        super().__init__("This account is an agency already.")


class NothingWaits(Refused):
    def __init__(self) -> None:
        super().__init__("No application of yours is with us any more. Nothing was changed.")


class NotWaiting(Refused):
    def __init__(self, application: Application) -> None:
        super().__init__(
            f"{application.agency} is not waiting any more: it was {application.get_decision_display().lower()} on "
            f"{application.decided_at:%d %B %Y} by {application.decided_by}."
        )


class OfSuspended(Refused):
    def __init__(self, agency: Agency) -> None:
        super().__init__(f"{agency} is suspended. Lift that first, or decline.")


@transaction.atomic
def submit(
    agency: Agency, *, by: User, website: str, clients: int, messages: int, goals: str, now: datetime
) -> Application:
    """Ask for the agency model; the owners and support get a mail. Raises AlreadyApproved or AlreadyWaiting."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if agency.is_approved:
        raise AlreadyApproved
    wish = {"website": website, "clients": clients, "messages": messages, "goals": goals}
    try:
        with transaction.atomic():
            application = Application.objects.create(agency=agency, submitted_by=by, submitted_at=now, **wish)
    except IntegrityError as error:
        raise AlreadyWaiting from error
    audit.record(Action.APPLIED, agency_id=agency.pk, by=by, at=now, target=agency)
    adopt_meetings(application)
    tell_owners(agency, "application_received", at="agencies:apply")
    tell_support(application, "application_waits", who=by)
    return application


def wish_before(agency: Agency, *, by: User) -> dict[str, object]:
    """What the form begins with: the last application's words, else those of the meeting that this person booked."""
    last: Application | Meeting | None = agency.applications.order_by("-submitted_at", "-pk").first()
    last = last or meetings_of(by).order_by("-booked_at").first()
    return {name: getattr(last, name) for name in ("website", "clients", "messages", "goals")} if last else {}


def meetings_of(user: User) -> QuerySet[Meeting]:
    """Those booked, with or without an account, with an address that is verified as this person's."""
    # By the relation: the public door, which has no logins, imports this module too.
    theirs = user.emailaddress_set.filter(verified=True).values_list("email", flat=True)  # type: ignore[attr-defined]
    return Meeting.objects.annotate(to=Lower("email")).filter(to__in=[email.lower() for email in theirs])


def adopt_meetings(application: Application) -> None:
    """Meetings that the applicant booked before there was an account."""
    by = application.submitted_by
    for meeting in meetings_of(by).filter(agency=None):
        meeting.agency, meeting.application, meeting.booked_by = application.agency, application, by
        meeting.save(update_fields=["agency", "application", "booked_by"])


@transaction.atomic
def approve(application: Application, *, by: User, now: datetime) -> Agency:
    """Turn the account into an agency and tell its owners.

    Raises NotWaiting when it was decided before, and OfSuspended: a suspended account could do nothing with it.
    """
    if Agency.objects.select_for_update(no_key=True).get(pk=application.agency_id).suspended_at:
        raise OfSuspended(application.agency)
    agency = decide(application, Application.Decision.APPROVED, by=by, now=now)
    agency.approved_at, agency.approved_by = now, by
    agency.save(update_fields=["approved_at", "approved_by"])
    audit.record(Action.APPROVED, agency_id=agency.pk, by=by, at=now, target=agency)
    tell_owners(agency, "application_approved")
    return agency


@transaction.atomic
def decline(application: Application, *, by: User, reason: str, now: datetime) -> Agency:
    """Decline with a reason that the applicant reads. Raises NotWaiting when it was decided before."""
    agency = decide(application, Application.Decision.DECLINED, by=by, now=now, reason=reason)
    audit.record(Action.DECLINED, agency_id=agency.pk, by=by, at=now, target=agency, reason=reason)
    tell_owners(agency, "application_declined", at="agencies:apply", reason=reason)
    return agency


@transaction.atomic
def withdraw(agency: Agency, *, by: User, now: datetime) -> Application:
    """The applicant takes it back, and may ask again. Raises NothingWaits; NotWaiting when support was faster."""
    latest = agency.applications.order_by("-submitted_at").first()
    if latest is None:
        raise NothingWaits
    decide(latest, Application.Decision.WITHDRAWN, by=by, now=now)
    audit.record(Action.WITHDRAWN, agency_id=agency.pk, by=by, at=now, target=agency)
    tell_support(latest, "application_withdrawn", who=by)
    return latest


def decide(application: Application, decision: str, *, by: User, now: datetime, reason: str = "") -> Agency:
    """Write the decision, if nobody else did meanwhile: the agency's row is locked, so of two one waits and is told."""
    still_waiting(application)
    change = {"decision": decision, "reason": reason, "decided_by": by, "decided_at": now}
    Application.objects.filter(pk=application.pk).update(**change)
    application.refresh_from_db()
    return application.agency


def still_waiting(application: Application) -> Application:
    """The application as it stands, with its agency's row locked. Raises NotWaiting."""
    Agency.objects.select_for_update(no_key=True).get(pk=application.agency_id)
    latest = Application.objects.select_related("agency", "decided_by").get(pk=application.pk)
    if not latest.is_waiting:
        raise NotWaiting(latest)
    return latest


def waiting_of(agency: Agency) -> Application:
    """The agency's application that waits, locked in the same way. Raises NothingWaits."""
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    waiting = agency.applications.select_related("agency").filter(decided_at=None).first()
    if waiting is None:
        raise NothingWaits
    return waiting


def tell_owners(agency: Agency, template: str, *, at: str = "agencies:dashboard", **context: object) -> None:
    """Mail every owner of the agency, with a link to one of its pages."""
    for staff in Staff.objects.filter(agency=agency, role=StaffRole.OWNER).select_related("user"):
        mail.send(template, to=staff.user.email, agency=agency, url=mail.link(at, agency.pk), **context)


def tell_support(application: Application, template: str, **context: object) -> None:
    """Mail everybody of support who may decide applications, with a link to this one."""
    url = mail.link("admin:agencies_application_change", application.pk)
    for address in support.addresses("agencies.change_application"):
        mail.send(template, to=address, agency=application.agency, application=application, url=url, **context)
