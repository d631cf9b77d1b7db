"""The steps of onboarding: three chapters, what each step asks for, and how one knows that it happened.

Nobody ticks anything. What happened stands in the audit log, which keeps its first time whatever is deleted later; an
answer stands in its conversation. All steps are about clients: what is made in the main workspace is no step.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Q, QuerySet

from agencies.models import Action, Agency, AuditEntry
from agencies.permissions import Can
from chatbots.models import Message
from chatbots.models.onboarding import OnboardingStep
from workspaces.models import Workspace

Key = OnboardingStep.Key
CAPS = ["messages", "sources", "seats"]  # as Profile → Add workspace writes down what it was given


@dataclass(frozen=True)
class Step:
    """One step: what to do, on which page, and who may. `on` is the word by which that page asks whether it is next."""

    key: Key
    guide: str
    button: str
    page: str  # the name of its URL
    on: str
    needs: Can

    @property
    def title(self) -> str:
        return str(self.key.label)


@dataclass(frozen=True)
class Chapter:
    title: str
    about: str
    steps: tuple[Step, ...]


CHAPTERS = (
    Chapter(
        "Tools for creating sub-workspaces and chatbots",
        "Each client gets a workspace that no other client sees. You reach all of them, and all draw on one pool.",
        (
            Step(
                Key.WORKSPACE,
                "Open a workspace for a client: a name is enough. Their people and caps can come later.",
                "Add workspace",
                "workspaces:add",
                "add",
                Can.MANAGE_WORKSPACES,
            ),
            Step(
                Key.CHATBOT,
                "Create a chatbot in that workspace. It answers at once, and says so where it knows nothing yet.",
                "Create chatbot",
                "chatbots:create",
                "create",
                Can.CREATE_CHATBOTS,
            ),
        ),
    ),
    Chapter(
        "Customizing chatbots for clients",
        "A client's visitors should meet the client: its name, its colours, its knowledge.",
        (
            Step(
                Key.CUSTOMIZED,
                "Give the chatbot the client's name, first message, colours and hours. Each change can be undone.",
                "Open its settings",
                "chatbots:settings",
                "settings",
                Can.MANAGE_SETTINGS,
            ),
            Step(
                Key.SOURCE,
                "Teach it: a website, files, a text, or questions with their answers.",
                "Add a data source",
                "chatbots:sources",
                "sources",
                Can.MANAGE_SOURCES,
            ),
            Step(
                Key.ANSWER,
                "Ask it something that its sources tell. The answer names the source that it came from.",
                "Try the chatbot",
                "chatbots:preview",
                "preview",
                Can.SEE,
            ),
        ),
    ),
    Chapter(
        "Allocation and analytics",
        "The pool is shared, not divided. You decide how far one client may go, and see where every unit went.",
        (
            Step(
                Key.ALLOCATION,
                "Give a client a cap, which is a ceiling, or a guarantee, which the others cannot use up.",
                "Open Allocation",
                "billing:allocation",
                "allocation",
                Can.MANAGE_WORKSPACES,
            ),
            Step(
                Key.LOOK,
                "Look at the ledger: every message, in which workspace, by which rule, and what the pool was after it.",
                "Open the ledger",
                "chatbots:ledger",
                "ledger",
                Can.SEE_AGENCY,
            ),
        ),
    ),
)
STEPS = tuple(step for chapter in CHAPTERS for step in chapter.steps)

LOGGED = {
    Key.WORKSPACE: Q(action=Action.WORKSPACE_OPENED),
    Key.CHATBOT: Q(action__in=[Action.CHATBOT_CREATED, Action.CHATBOT_CLONED, Action.CHATBOT_MOVED_IN]),
    Key.CUSTOMIZED: Q(action=Action.CHATBOT_CONFIGURED),
    Key.SOURCE: Q(action__in=[Action.SOURCE_ADDED, Action.SOURCES_ADDED]),
    Key.ALLOCATION: Q(action=Action.CAPS_CHANGED) | Q(action=Action.WORKSPACE_OPENED, after__has_any_keys=CAPS),
}


def happened(agency: Agency, wanted: Collection[str]) -> dict[str, datetime]:
    """When each of the wanted steps happened first, as far as it did, in two queries at most.

    A look leaves nothing behind but the row that remembers it, so it is never found here.
    """
    found: dict[str, datetime | None] = {}
    if Key.APPROVED in wanted:
        found[Key.APPROVED] = agency.approved_at
    if logged := {key: of for key, of in LOGGED.items() if key in wanted}:
        firsts = {key.value: Min("at", filter=of) for key, of in logged.items()}
        found |= logged_at_clients(agency).filter(any_of(logged.values())).aggregate(**firsts)
    if Key.ANSWER in wanted:
        found[Key.ANSWER] = first_answer(agency)
    return {str(key): at for key, at in found.items() if at}


def logged_at_clients(agency: Agency) -> QuerySet[AuditEntry]:
    clients = Workspace.objects.filter(agency=agency, is_main=False)
    return AuditEntry.objects.filter(agency=agency, workspace_id__in=clients.values("pk"))


def any_of(conditions: Collection[Q]) -> Q:
    either = Q()
    for condition in conditions:
        either |= condition
    return either


def first_answer(agency: Agency) -> datetime | None:
    """When a client's chatbot first gave an answer out of its sources."""
    lines = Message.objects.filter(workspace__agency=agency, workspace__is_main=False, author=Message.Author.AI)
    first: datetime | None = lines.filter(found=True).exclude(cited=[]).aggregate(first=Min("at"))["first"]
    return first
