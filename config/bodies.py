"""What may come in at the public door: bodies of up to 64 kB.

Django would write a body of any size to the disk before a view could refuse it.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

LARGEST = 64 * 1024  # bytes; the longest message takes 24,000 when it is all emoji
SENTENCE = "This is too much at once. Please send a shorter message."


class TooLarge(Exception):
    """The body is above LARGEST; at LARGEST it still passes."""


def bounded(application: Application) -> Application:
    """`application`, which is called only once a body that it may read has arrived whole."""

    async def guarded(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await application(scope, receive, send)
        try:
            first = await whole(scope["headers"], receive)
        except TooLarge:
            return await refuse(send)
        await application(scope, after(first, receive), send)

    return guarded


async def whole(headers: Iterable[tuple[bytes, bytes]], receive: Receive) -> Message:
    """The body as one message, or the visitor's leaving. Raises TooLarge before more than LARGEST is kept."""
    for name, value in headers:
        if name.lower() == b"content-length" and not (value.isdigit() and len(value) < 10 and int(value) <= LARGEST):
            raise TooLarge
    body = bytearray()
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if len(body) > LARGEST:
            raise TooLarge
        if not message.get("more_body", False):
            return {"type": "http.request", "body": bytes(body), "more_body": False}
    return message


def after(first: Message, receive: Receive) -> Receive:
    """`first`, and from then on what `receive` brings."""
    waiting = [first]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message


async def refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    status = int(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": SENTENCE.encode()})
