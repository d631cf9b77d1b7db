"""What came with a message about the visitor, and telling a page's script that a signature did not count."""

from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from chatbots.embed.identity import Visitor
from chatbots.models import Chatbot
from chatbots.public import arrivals
from chatbots.public.arrivals import Arrival

R = TypeVar("R", bound=HttpResponseBase)


@dataclass(frozen=True)
class Coming:
    """A visitor's arrival at a chatbot. It is written down once there is a conversation to write it to."""

    chatbot: Chatbot
    token: str
    arrival: Arrival
    visitor: Visitor | None
    is_refused: bool

    @classmethod
    def of(cls, request: HttpRequest, chatbot: Chatbot, *, token: str) -> "Coming":
        visitor = arrivals.visitor_of(chatbot, request.POST)
        is_refused = visitor is None and arrivals.claims(request.POST)
        return cls(chatbot, token, Arrival.told_by(request.POST), visitor, is_refused)

    def note(self) -> None:
        arrivals.note(self.chatbot, token=self.token, arrival=self.arrival, visitor=self.visitor, now=timezone.now())

    def marked(self, response: R) -> R:
        if self.is_refused:
            response["X-Identity"] = "refused"
        return response
