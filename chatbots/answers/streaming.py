"""An answer as it comes: piece by piece, and last as it is to be stored.

A configured model says what the sources hold; where it fails, they are quoted, and the conversation says so.
"""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from chatbots.answers import llm
from chatbots.answers.answering import Answer
from chatbots.answers.providers import Provider
from chatbots.answers.spending import Meter
from chatbots.knowledge.retrieval import Hit
from chatbots.models import Chatbot, Message

SENTENCE = re.compile(r".*?(?:[.!?…。！？]+\s*|\n+|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Found:
    """What an answer may draw on: passages, the conversation so far, what is said without a model, and whom to ask.

    `links`: {title: address} of the sources that are on the web.
    """

    hits: list[Hit]
    history: list[llm.Line]
    plain: Answer
    providers: list[Provider] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    meter: Meter = field(default_factory=Meter)


async def stream(chatbot: Chatbot, *, question: str, found: Found) -> AsyncGenerator[str | Answer, None]:
    """The pieces of the text, then the whole answer. What a broken-off model has said stays the answer."""
    plain = found.plain
    if found.providers:
        passages = [hit.passage for hit in found.hits]
        asked = llm.stream(
            chatbot,
            question=question,
            passages=passages,
            history=found.history,
            providers=found.providers,
            meter=found.meter,
        )
        text, mishap = "", Message.Mishap.NONE
        try:
            async with aclosing(asked) as pieces:
                async for piece in pieces:
                    text += piece
                    yield piece
        except llm.BrokeOff:
            mishap = Message.Mishap.BROKE_OFF
        except llm.Unavailable:
            plain = replace(plain, mishap=Message.Mishap.QUOTED)
        if text:
            cited = list(dict.fromkeys(passage.cited for passage in passages))
            yield Answer(text.rstrip(), cited, mishap=mishap)
            return
    for sentence in SENTENCE.findall(plain.text):
        yield sentence
        await asyncio.sleep(0)  # whoever listens shows this much already
    yield plain
