"""Answers in OpenAI's shapes. `usage` is left out: Bureau counts message units, and says them under its own name."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing import units
from chatbots.models import Chatbot, Message

DONE = "data: [DONE]\n\n"


@dataclass(frozen=True)
class Shape:
    """What all parts of one answer have in common."""

    id: str
    model: str
    text: str  # the question
    at: datetime

    def completion(self, reply: Message) -> dict[str, Any]:
        message = {"role": "assistant", "content": reply.text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reason(reply)}
        return self.head("chat.completion") | {"choices": [choice]} | self.besides(reply)

    def first(self, words: str) -> str:
        return self.chunk({"role": "assistant", "content": words})

    def more(self, words: str) -> str:
        return self.chunk({"content": words})

    def last(self, reply: Message) -> str:
        return self.chunk({}, reason(reply), self.besides(reply))

    def chunk(self, delta: dict[str, str], ended: str | None = None, besides: dict[str, Any] | None = None) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": ended}
        return event(self.head("chat.completion.chunk") | {"choices": [choice]} | (besides or {}))

    def head(self, kind: str) -> dict[str, Any]:
        return {"id": f"chatcmpl-{self.id}", "object": kind, "created": int(self.at.timestamp()), "model": self.model}

    def besides(self, reply: Message) -> dict[str, Any]:
        """What OpenAI's answers do not have: what this one took, and where it is from."""
        charged = units.visitor(self.text).units + units.ai(reply.text).units
        citations = [{"title": title, "url": url or None} for title, url in reply.sources]
        return {
            "message_units": charged if reply.hold_id else 0,
            "citations": citations,
            "found": reply.found,
            "mishap": reply.mishap or None,
        }


def reason(reply: Message) -> str:
    return "length" if reply.mishap == Message.Mishap.BROKE_OFF else "stop"


def event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data)}\n\n"


def models(chatbots: Iterable[Chatbot]) -> dict[str, Any]:
    data = [
        {
            "id": chatbot.public_id,
            "object": "model",
            "created": int(chatbot.created_at.timestamp()),
            "owned_by": "bureau",
            "name": chatbot.name,
        }
        for chatbot in chatbots
    ]
    return {"object": "list", "data": data}


def error(text: str, *, kind: str, code: str, field: str | None = None) -> dict[str, Any]:
    return {"error": {"message": text, "type": kind, "param": field, "code": code}}
