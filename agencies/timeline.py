"""An application as the applicant follows it: each step, its state, whose turn it is, since when, and what to do."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.urls import reverse

from agencies import questions
from agencies.meetings import links
from agencies.models import Agency, Application, ApplicationEntry, Meeting, User

APPLICANT, SUPPORT = "You", "Support"  # as the applicant reads it
Kind, Decision = ApplicationEntry.Kind, Application.Decision


class State(TextChoices):
    """How far a step is."""

    DONE = "done", "Done"
    NOW = "now", "Now"
    LATER = "later", "Later"
    REFUSED = "refused", "Not this time"


@dataclass(frozen=True)
class Step:
    """One step. `at` is when it was done; of the present one, since when it waits for `who`."""

    title: str
    state: State
    at: datetime | None = None
    who: str = ""
    what: str = ""  # to do, or that nothing is
    url: str = ""  # where that is done
    does: str = ""  # what the link says
    said: list[ApplicationEntry] = field(default_factory=list)


@dataclass(frozen=True)
class Timeline:
    """All steps of one application. `stamp` is another one once anything of it has changed."""

    application: Application
    steps: list[Step]
    open_questions: list[ApplicationEntry]
    stamp: str

    @property
    def present(self) -> Step | None:
        """The step at which it stands; None once it is decided."""
        return next((step for step in self.steps if step.state == State.NOW), None)


def of(agency: Agency, *, now: datetime, reader: User | None = None) -> Timeline | None:
    """The timeline of the agency's latest application; None when it never asked. Only `reader` gets links of theirs."""
    latest = agency.applications.select_related("submitted_by", "decided_by").order_by("-submitted_at", "-pk").first()
    return made(latest, now=now, reader=reader) if latest else None


def made(application: Application, *, now: datetime, reader: User | None = None) -> Timeline:
    """Without notes: these are support's alone."""
    said = list(application.entries.exclude(kind=Kind.NOTE).select_related("by"))
    asked = questions.open_questions(said) if application.is_waiting else []
    last = said[-1].pk if said else 0
    met = application.agency.meetings.filter(cancelled_at=None).order_by("starts_at").last()
    steps = [sent(application), *meeting(application, met, now, reader), *talk(said, asked)]
    steps += [*looked_at(application, said, asked), decided(application)]
    state = "suspended" if application.agency.suspended_at else application.decision or "waiting"
    stamp = f"{application.pk}-{last}-{state}"
    return Timeline(application, steps, asked, f"{stamp}-{met.pk}.{met.sequence}" if met else stamp)


def sent(application: Application) -> Step:
    return Step("Application sent", State.DONE, application.submitted_at, str(application.submitted_by))


def meeting(application: Application, met: Meeting | None, now: datetime, reader: User | None) -> list[Step]:
    """The initial meeting, where there is or was one; while the application waits, that there can be."""
    title = "Initial meeting"
    if met and met.ends_at <= now:
        return [Step(title, State.DONE, met.ends_at, f"{met.name or met.booked_by} and support")]
    if met:
        at = met.starts_at.astimezone(ZoneInfo(met.time_zone))
        what = f"{at:%A, %-d %B %Y, %H:%M} ({met.time_zone})."
        if reader and met.booked_by_id == reader.pk:
            url = reverse("meetings:show", args=[links.key_of(met)])
            return [Step(title, State.LATER, what=what, url=url, does="Move or cancel it")]
        return [Step(title, State.LATER, what=f"{what} The mail with the invitation moves or cancels it.")]
    if not application.is_waiting:
        return []
    what = "If you like: half an hour with support, before or while it looks at your application."
    return [Step(title, State.LATER, what=what, url=reverse("meetings:schedule"), does="Schedule a meeting")]


def talk(said: list[ApplicationEntry], asked: list[ApplicationEntry]) -> list[Step]:
    """What support asked and got to know; that it waits for an answer."""
    known = [entry for entry in said if entry not in asked]
    steps = [Step("Questions answered", State.DONE, known[-1].at, str(known[-1].by), said=known)] if known else []
    if asked:
        what = "Answer below: support goes on as soon as it has your answer."
        steps.append(Step("A question from support", State.NOW, asked[0].at, APPLICANT, what, said=asked))
    return steps


def looked_at(application: Application, said: list[ApplicationEntry], asked: list[ApplicationEntry]) -> list[Step]:
    """Support's turn: since it was asked, or got its answer."""
    title = "Support looks at it"
    if not application.is_waiting:
        return []
    if asked:
        return [Step(title, State.LATER, what="It goes on with your answer.")]
    since = said[-1].at if said else application.submitted_at
    return [Step(title, State.NOW, since, SUPPORT, "Nothing is left for you to do. We answer by mail, and here.")]


def decided(application: Application) -> Step:
    """How it ended, or what comes then."""
    at, by = application.decided_at, str(application.decided_by)
    match application.decision:
        case Decision.APPROVED:
            return Step("Approved", State.DONE, at, by, "Open a workspace for each of your clients.")
        case Decision.DECLINED:
            what = "You can ask again at any time, with the form on the Agency page, once that has changed."
            return Step("Declined", State.REFUSED, at, by, what)
        case Decision.WITHDRAWN:
            return Step("Withdrawn", State.REFUSED, at, by, "You can ask again at any time, on the Agency page.")
    return Step("Decision", State.LATER, what="Approved, client workspaces unlock at once, in this page too.")


def next_turn(application: Application, entries: list[ApplicationEntry]) -> tuple[str, datetime]:
    """Whose turn it is with a waiting application, and since when: support's queue, by the same rule."""
    said = [entry for entry in entries if entry.kind != Kind.NOTE]
    if asked := questions.open_questions(said):
        return APPLICANT, asked[0].at
    return SUPPORT, said[-1].at if said else application.submitted_at
