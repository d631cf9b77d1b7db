"""What a program asks for, in OpenAI's words: read strictly where it matters, and leniently elsewhere."""

import json
from dataclasses import dataclass
from typing import Any

from chatbots.answers import llm, storing

LONGEST_QUESTION = 2000  # characters, as on the chat page
SPEAKERS = ("user", "assistant")
INSTRUCTIONS = ("system", "developer")  # the chatbot has its own


class Malformed(Exception):
    """The text says what is wrong; `field` is where."""

    def __init__(self, text: str, field: str | None = None) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True)
class Wanted:
    """A question to one chatbot, with the lines before it, as far as a model will see them."""

    model: str
    text: str
    history: list[llm.Line]
    stream: bool
    user: str
    body: str  # all that was said, which makes the same question the same


def read(body: bytes) -> Wanted:
    """Raises Malformed."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is not valid JSON.") from error
    if not isinstance(sent, dict):
        raise Malformed("The body is not a JSON object.")
    refuse_unsupported(sent)
    *history, question = lines_of(sent.get("messages"))
    text = question["content"].strip()
    if question["role"] != "user" or not text:
        raise Malformed("The last message must be the user's, and not empty.", "messages")
    if len(text) > LONGEST_QUESTION:
        raise Malformed(f"The question is longer than {LONGEST_QUESTION:,} characters.", "messages")
    said, stream = json.dumps([history, text]), sent.get("stream") is True
    return Wanted(text_of(sent, "model"), text, remembered(history), stream, text_of(sent, "user"), said)


def refuse_unsupported(sent: dict[str, Any]) -> None:
    if sent.get("n") not in (None, 1):
        raise Malformed("One answer is given to a question: n must be 1.", "n")
    if sent.get("tools") or sent.get("functions"):
        raise Malformed("Chatbots call no tools.", "tools")


def text_of(sent: dict[str, Any], field: str) -> str:
    value = sent.get(field) or ""
    if not isinstance(value, str):
        raise Malformed(f"{field} must be text.", field)
    return llm.storable(value)[:200]


def lines_of(messages: Any) -> list[llm.Line]:
    """The lines of the conversation, without instructions. Raises Malformed."""
    if not isinstance(messages, list) or not messages:
        raise Malformed("messages must be a list that is not empty.", "messages")
    lines = [line_of(message, f"messages[{number}]") for number, message in enumerate(messages)]
    spoken = [line for line in lines if line["role"] in SPEAKERS]
    if not spoken:
        raise Malformed("The last message must be the user's, and not empty.", "messages")
    return spoken


def line_of(message: Any, where: str) -> llm.Line:
    if not isinstance(message, dict) or message.get("role") not in (*SPEAKERS, *INSTRUCTIONS):
        raise Malformed("A message has a role: user, assistant or system.", where)
    content = message.get("content")
    if isinstance(content, list):
        content = "\n".join(part_of(part, where) for part in content)
    if not isinstance(content, str):
        raise Malformed("A message's content is text.", where)
    return {"role": message["role"], "content": llm.storable(content)}


def part_of(part: Any, where: str) -> str:
    if not isinstance(part, dict) or part.get("type") != "text" or not isinstance(part.get("text"), str):
        raise Malformed("Only parts of type text are read.", where)
    return str(part["text"])


def remembered(history: list[llm.Line]) -> list[llm.Line]:
    """As much as of a conversation on the chat page."""
    last = [line for line in history if line["content"].strip()][-storing.REMEMBERED :]
    return [{"role": line["role"], "content": line["content"][: llm.LONGEST_TEXT]} for line in last]
