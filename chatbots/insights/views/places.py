"""Where the numbers of a scope are shown, and where the rows behind them are listed."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from agencies.permissions import Can
from chatbots.insights.numbers import Scope, Span


@dataclass(frozen=True)
class Place:
    """A scope, and what its reader may do there: without a permission there is no link."""

    scope: Scope
    may: frozenset[str]

    def at(self, use: str = "") -> str:
        """A page of this scope: its numbers, or another use of them."""
        prefix, ids = "agency-", [self.scope.agency.pk]
        if self.scope.workspace:
            prefix, ids = "workspace-", [self.scope.workspace.pk]
        if self.scope.chatbot_id:
            prefix, ids = "", [*ids, self.scope.chatbot_id]
        return reverse(f"chatbots:{prefix}analytics{use and f'-{use}'}", args=ids)

    @property
    def questions(self) -> str:
        """What visitors asked, for those who may read it."""
        return self.at("questions") if Can.HANDLE_CONVERSATIONS in self.may else ""

    def ledger(self, span: Span, **only: Any) -> str:
        """The ledger's rows of these days."""
        return self.listed("ledger", "workspace-ledger", span, only)

    def conversations(self, span: Span, **only: Any) -> str:
        """The conversations whose last line is of these days."""
        if Can.HANDLE_CONVERSATIONS not in self.may:
            return ""
        return self.listed("all-conversations", "conversations", span, only)

    def listed(self, of_agency: str, of_workspace: str, span: Span, only: dict[str, Any]) -> str:
        place = self.scope.workspace
        to = reverse(f"chatbots:{of_workspace if place else of_agency}", args=[(place or self.scope.agency).pk])
        query = {"start": span.first, "end": span.last, "chatbot": self.scope.chatbot_id, **only}
        return f"{to}?{urlencode({name: value for name, value in query.items() if value})}"
