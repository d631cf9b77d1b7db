"""An answer as it comes: piece by piece, and last as it is to be stored.

A configured model says what the sources hold; where it fails, they are quoted, and the conversation says so.
"""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from django.conf import settings

from chatbots.answers import answering, llm
from chatbots.answers.answering import Answer
from chatbots.knowledge.retrieval import Hit
from chatbots.models import Chatbot, Message

SENTENCE = re.compile(r".*?(?:[.!?…。！？]+\s*|\n+|\Z)", re.DOTALL)


async def stream(
    chatbot: Chatbot, *, question: str, hits: list[Hit], history: list[llm.Line]
) -> AsyncGenerator[str | Answer, None]:
    """The pieces of the text, then the whole answer. What a broken-off model has said stays the answer."""
    quoted = await answering.answer(chatbot, question=question, hits=hits, history=history)
    if quoted.for_model and settings.LLM_BASE_URL:
        passages = [hit.passage for hit in hits]
        asked = llm.stream(chatbot, question=question, passages=passages, history=history)
        text, mishap = "", Message.Mishap.NONE
        try:
            async with aclosing(asked) as pieces:
                async for piece in pieces:
                    text += piece
                    yield piece
        except llm.BrokeOff:
            mishap = Message.Mishap.BROKE_OFF
        except llm.Unavailable:
            quoted = replace(quoted, mishap=Message.Mishap.QUOTED)
        if text:
            cited = list(dict.fromkeys(hit.passage.source.title for hit in hits))
            yield Answer(text.rstrip(), cited, mishap=mishap)
            return
    for sentence in SENTENCE.findall(quoted.text):
        yield sentence
        await asyncio.sleep(0)  # whoever listens shows this much already
    yield quoted
