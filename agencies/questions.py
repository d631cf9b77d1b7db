"""What support asks about an application, what the applicant answers, and support's notes, which nobody else reads."""

from datetime import datetime

from django.db import transaction

from agencies import applications, audit, mail, support
from agencies.models import Action, Agency, Application, ApplicationEntry, User

Kind = ApplicationEntry.Kind


class NothingAsked(applications.Refused):
    def __init__(self) -> None:
        super().__init__("There is no question left to answer: somebody of your account was faster. Nothing was sent.")


class AskedMore(applications.Refused):
    def __init__(self) -> None:
        super().__init__("Support has asked something else meanwhile. Please read it above, and answer both.")


@transaction.atomic
def ask(application: Application, *, text: str, by: User, now: datetime) -> ApplicationEntry:
    """Support asks; the owners get a mail. What was asked last is not asked again. Raises applications.NotWaiting."""
    waiting = applications.still_waiting(application)
    if said := said_last(waiting, Kind.QUESTION, text=text, by=by):
        return said
    entry = write(waiting, Kind.QUESTION, text=text, by=by, now=now)
    audit.record(Action.QUESTION_ASKED, agency_id=entry.agency_id, by=by, at=now, target=waiting.agency, reason=text)
    applications.tell_owners(waiting.agency, "application_question", at="agencies:apply", question=text)
    return entry


@transaction.atomic
def answer(agency: Agency, *, text: str, seen: int, by: User, now: datetime) -> ApplicationEntry:
    """The applicant answers all that was asked, up to the entry `seen`. Whoever asked gets a mail, else all of support.

    Raises applications.NothingWaits, NothingAsked, and AskedMore when there is a question after `seen`.
    """
    waiting = applications.waiting_of(agency)
    asked = open_questions(list(waiting.entries.select_related("by")))
    if not asked:
        raise NothingAsked
    if asked[-1].pk > seen:
        raise AskedMore
    entry = write(waiting, Kind.ANSWER, text=text, by=by, now=now)
    audit.record(Action.QUESTION_ANSWERED, agency_id=entry.agency_id, by=by, at=now, target=waiting.agency)
    url = mail.link("admin:agencies_application_change", waiting.pk)
    askers = {question.by.email for question in asked if question.by.is_active and question.by.is_staff}
    for email in sorted(askers) or support.addresses("agencies.change_application"):
        mail.send("application_answer", to=email, agency=waiting.agency, answer=text, who=by, url=url)
    return entry


@transaction.atomic
def note(application: Application, *, text: str, by: User, now: datetime) -> ApplicationEntry:
    """Support writes something down for support, also about a decided application.

    The row itself says who and when. The audit log is the agency's to read, so a note is not in it.
    """
    Agency.objects.select_for_update(no_key=True).get(pk=application.agency_id)
    if said := said_last(application, Kind.NOTE, text=text, by=by):
        return said
    return write(application, Kind.NOTE, text=text, by=by, now=now)


def said_last(application: Application, kind: str, *, text: str, by: User) -> ApplicationEntry | None:
    """The application's last entry, if it is this very one: a form that was sent twice. Its agency's row is locked."""
    last = application.entries.order_by("-pk").first()
    return last if last and (last.kind, last.text, last.by_id) == (kind, text, by.pk) else None


def write(application: Application, kind: str, *, text: str, by: User, now: datetime) -> ApplicationEntry:
    return ApplicationEntry.objects.create(
        agency_id=application.agency_id, application=application, kind=kind, text=text, by=by, at=now
    )


def open_questions(entries: list[ApplicationEntry]) -> list[ApplicationEntry]:
    """Those of an application's entries, in their order, that nobody has answered."""
    asked: list[ApplicationEntry] = []
    for entry in entries:
        if entry.kind == Kind.QUESTION:
            asked.append(entry)
        elif entry.kind == Kind.ANSWER:
            asked = []
    return asked
