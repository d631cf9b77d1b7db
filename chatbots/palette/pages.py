"""The pages and actions of an agency, a workspace and a chatbot, as a person may open them.

Who may open one is not said here: it is what its view declares.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import resolve, reverse

from agencies.models import Agency
from chatbots.models import Chatbot
from workspaces.models import Workspace

# (what it is called, the URL's name, other words that people look for it by)
Known = tuple[str, str, str]
OF_AGENCY: tuple[Known, ...] = (
    ("Dashboard", "agencies:dashboard", "home pool quota today"),
    ("Overview of all clients", "chatbots:overview", "table compare margin"),
    ("Analytics", "chatbots:agency-analytics", "metrics numbers charts"),
    ("Forecast", "billing:forecast", "run out pace what if"),
    ("Conversations of all clients", "chatbots:all-conversations", "inbox"),
    ("Gap board", "chatbots:gaps", "unanswered questions"),
    ("Reports", "chatbots:reports", "client month pdf"),
    ("Money", "billing:money", "revenue cost profit margin prices"),
    ("Closed months", "billing:months", "statements history"),
    ("Resell or refer", "billing:compare", "price break-even"),
    ("Partner programme", "billing:partner", "tier rate commission"),
    ("Allocation", "billing:allocation", "caps guarantees messages limits"),
    ("Allocation of seats", "billing:seats-allocation", "caps people"),
    ("Allocation of data sources", "chatbots:sources-allocation", "caps"),
    ("Ledger", "chatbots:ledger", "units messages charges"),
    ("Add-ons", "billing:add-ons", "buy packs orders receipts plan"),
    ("Profile", "workspaces:profile", "clients workspaces"),
    ("Team", "workspaces:team", "staff colleagues invite"),
    ("Seats", "workspaces:seats", "people"),
    ("Alerts", "billing:alerts", "thresholds mail"),
    ("Blueprints", "chatbots:blueprints", "push settings"),
    ("Time zone", "billing:time-zone", "clock calendar days profile"),
    ("Model provider", "chatbots:agency-provider", "llm key"),
    ("Audit log", "workspaces:agency-audit", "history who"),
    ("Onboarding", "chatbots:onboarding", "steps launch"),
    ("Add workspace", "workspaces:add", "new client create open"),
)
OF_WORKSPACE: tuple[Known, ...] = (
    ("Overview", "workspaces:show", "home"),
    ("Chatbots", "chatbots:of-workspace", "bots"),
    ("Conversations", "chatbots:conversations", "inbox"),
    ("Unanswered questions", "chatbots:unanswered", "gaps"),
    ("Left messages", "chatbots:leads", "leads"),
    ("Analytics of the workspace", "chatbots:workspace-analytics", "metrics numbers charts"),
    ("Members", "workspaces:members", "invite people contacts"),
    ("Access history", "workspaces:access-history", "visits"),
    ("Audit log", "workspaces:audit", "history who"),
    ("Ledger", "chatbots:workspace-ledger", "units messages charges"),
    ("API keys", "chatbots:keys", "programs"),
    ("Settings of the workspace", "workspaces:settings", "caps rename pause archive"),
    ("Create chatbot", "chatbots:create", "new bot add"),
)
OF_CHATBOT: tuple[Known, ...] = (
    ("Preview", "chatbots:preview", "try address"),
    ("Identity", "chatbots:identity", "settings name picture language"),
    ("Behaviour", "chatbots:behaviour", "settings instructions prompt model"),
    ("Look", "chatbots:look", "settings colours launcher"),
    ("Availability", "chatbots:availability", "settings hours domains limits pause"),
    ("Data Sources", "chatbots:sources", "learn knowledge"),
    ("Analytics of the chatbot", "chatbots:analytics", "metrics numbers charts"),
    ("Embed", "chatbots:embed", "widget site code"),
    ("Add a text", "chatbots:add-text", "data source teach"),
    ("Add a question with its answer", "chatbots:add-qa", "data source teach faq"),
    ("Add a website", "chatbots:add-website", "data source teach crawl"),
    ("Add files", "chatbots:add-files", "data source teach upload pdf"),
    ("Move to another workspace", "chatbots:move", "chatbot"),
    ("Clone", "chatbots:clone", "copy duplicate chatbot"),
)


@dataclass(frozen=True)
class Here:
    """Where somebody is, as far as it is theirs, and what they may do there."""

    agency: Agency | None = None
    workspace: Workspace | None = None
    chatbot: Chatbot | None = None
    may: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Destination:
    """One page, and whose it is."""

    label: str
    url: str
    of: str
    words: str

    def is_meant_by(self, typed: Sequence[str]) -> bool:
        """Whether each typed word begins one of its own; whose it is alone means no page, but the thing itself."""
        own, of = f"{self.label} {self.words}".casefold().split(), self.of.casefold().split()
        named = [part for part in typed if begins(part, own)]
        return not typed or (bool(named) and all(part in named or begins(part, of) for part in typed))


def begins(part: str, words: Sequence[str]) -> bool:
    return any(word.startswith(part) for word in words)


def matching(here: Here, typed: str) -> list[Destination]:
    """The closest first: the chatbot's, the workspace's, the agency's. With nothing typed, all of them."""
    words = typed.casefold().split()
    return [each for each in reachable(here) if each.is_meant_by(words)]


def reachable(here: Here) -> Iterator[Destination]:
    if here.chatbot and here.workspace:
        yield from opened(OF_CHATBOT, here, here.chatbot.name, here.workspace.pk, here.chatbot.pk)
    if here.workspace:
        yield from opened(OF_WORKSPACE, here, here.workspace.name, here.workspace.pk)
    if here.agency:
        yield from opened(OF_AGENCY, here, here.agency.name, here.agency.pk)


def opened(pages: Sequence[Known], here: Here, of: str, *keys: int) -> Iterator[Destination]:
    for label, name, words in pages:
        url = reverse(name, args=keys)
        if resolve(url).func.access.permission in here.may:  # type: ignore[attr-defined]
            yield Destination(label, url, of, words)
