"""How far an agency came. A page adds what happened to what is remembered; a task remembers it, so that it stays."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery

from agencies.models import Agency
from chatbots.models import Chatbot, OnboardingStep
from chatbots.onboarding import steps
from chatbots.onboarding.steps import CHAPTERS, STEPS, Chapter, Key, Step
from workspaces.models import Workspace

STALLED_AFTER = timedelta(days=7)  # without a new step


@dataclass(frozen=True)
class Stand:
    """One step as it stands: since when it is done, and the ids that lead to its page; None where there is none yet."""

    step: Step
    done_at: datetime | None
    place: tuple[int, ...] | None


@dataclass(frozen=True)
class Progress:
    """All steps of one agency, in their order."""

    stands: tuple[Stand, ...]

    @property
    def done(self) -> int:
        return sum(stand.done_at is not None for stand in self.stands)

    @property
    def of(self) -> int:
        return len(self.stands)

    @property
    def next(self) -> Stand | None:
        """The first one that did not happen yet."""
        return next((stand for stand in self.stands if stand.done_at is None), None)

    @property
    def chapters(self) -> list[tuple[Chapter, list[Stand]]]:
        return [(chapter, [stand for stand in self.stands if stand.step in chapter.steps]) for chapter in CHAPTERS]


def of(agency: Agency) -> Progress:
    """As it stands now, in five queries at most."""
    done = remembered(agency)
    done |= steps.happened(agency, [step.key for step in STEPS if step.key not in done])
    workspace, chatbot = first_places(agency)
    return Progress(tuple(Stand(step, done.get(step.key), place(step, agency, workspace, chatbot)) for step in STEPS))


def remembered(agency: Agency) -> dict[str, datetime]:
    return dict(OnboardingStep.objects.filter(agency=agency).values_list("key", "done_at"))


def first_places(agency: Agency) -> tuple[Workspace | None, Chatbot | None]:
    """The client's workspace that onboarding leads to, one with a chatbot rather than one without; and that chatbot."""
    here = clients(agency)
    chatbot = Chatbot.objects.filter(workspace__in=here).select_related("workspace").order_by("pk").first()
    return (chatbot.workspace, chatbot) if chatbot else (here.order_by("pk").first(), None)


def clients(agency: Agency) -> QuerySet[Workspace]:
    """The workspaces of its clients that are open."""
    return Workspace.objects.filter(agency=agency, is_main=False, archived_at=None)


def place(step: Step, agency: Agency, workspace: Workspace | None, chatbot: Chatbot | None) -> tuple[int, ...] | None:
    """The ids in the address of the step's page."""
    if step.key == Key.CHATBOT:
        return (workspace.pk,) if workspace else None
    if step.key in (Key.CUSTOMIZED, Key.SOURCE, Key.ANSWER):
        return (chatbot.workspace_id, chatbot.pk) if chatbot else None
    return (agency.pk,)


def remember(agency: Agency) -> list[str]:
    """Write down what happened and is not remembered yet; twice at once is once. Returns the keys."""
    known = remembered(agency)
    found = steps.happened(agency, [key for key in Key.values if key not in known])
    rows = [OnboardingStep(agency=agency, key=key, done_at=at) for key, at in found.items()]
    OnboardingStep.objects.bulk_create(rows, ignore_conflicts=True)
    return list(found)


def look(agency: Agency, *, now: datetime) -> None:
    """Somebody of the agency looks at its numbers: remembered once, while it is on its way."""
    if agency.is_on_its_way and not OnboardingStep.objects.filter(agency=agency, key=Key.LOOK).exists():
        OnboardingStep.objects.bulk_create(
            [OnboardingStep(agency=agency, key=Key.LOOK, done_at=now)], ignore_conflicts=True
        )


def on_their_way() -> list[Agency]:
    """The agencies that are led through onboarding now."""
    return list(Agency.objects.filter(approved_at__isnull=False, launched_at=None).order_by("pk"))


def last_steps(rows: QuerySet[OnboardingStep] | None = None) -> QuerySet[OnboardingStep]:
    """One row an agency: its last step, with the `keys` of all."""
    of_agency = OnboardingStep.objects.filter(agency=OuterRef("agency")).order_by("-done_at", "-pk")
    every = OnboardingStep.objects.all() if rows is None else rows
    return every.filter(pk=Subquery(of_agency.values("pk")[:1])).annotate(keys=ArraySubquery(of_agency.values("key")))


def stalled(*, now: datetime) -> QuerySet[OnboardingStep]:
    """The last step of each agency on its way that had no new one for a week, the longest first."""
    rows = last_steps().filter(agency__launched_at=None, agency__suspended_at=None, done_at__lte=now - STALLED_AFTER)
    return rows.select_related("agency").order_by("done_at")


def next_title(step: OnboardingStep) -> str:
    """What its agency is to do next. `step` is a row of `last_steps`."""
    if step.agency.launched_at:
        return "Scale"
    return next((each.title for each in STEPS if each.key not in step.keys), "Launch")  # type: ignore[attr-defined]
