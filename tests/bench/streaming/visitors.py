"""Visitors of the chat page, each with a token and an address of its own. Plain sockets, so that they cost little."""

import asyncio
from dataclasses import dataclass
from itertools import count
from time import perf_counter
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

numbers = count(1)


@dataclass
class Stream:
    """An answer that is coming: when its first words were there, and all that came."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    waited: float  # seconds from the question to the first words

    async def rest(self) -> bytes:
        """What comes until the end."""
        told = await self.reader.read()
        self.writer.close()
        return told


async def ask(origin: str, public_id: str, text: str) -> Stream:
    """Send a question and wait for the first words. Raises RuntimeError when there is no stream."""
    number, there = next(numbers), urlsplit(origin)
    body = urlencode({"token": f"{number:043}", "message_id": uuid4(), "text": text})
    lines = [
        f"POST /c/{public_id}/messages/ HTTP/1.1",
        f"Host: {there.netloc}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Accept: text/event-stream",
        f"X-Forwarded-For: 10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        "Connection: close",
    ]
    reader, writer = await asyncio.open_connection(there.hostname, there.port)
    began = perf_counter()
    writer.write("\r\n".join([*lines, "", body]).encode())
    came = b""
    while b"event: words" not in came:
        more = await reader.read(65536)
        if not more:
            raise RuntimeError(f"No stream came: {came[-600:]!r}")
        came += more
    return Stream(reader, writer, perf_counter() - began)


async def crowd(origin: str, public_id: str, text: str, *, people: int) -> list[Stream]:
    """So many at once, thirty at a time at the door."""
    door = asyncio.Semaphore(30)

    async def one() -> Stream:
        async with door:
            return await ask(origin, public_id, text)

    return list(await asyncio.gather(*(one() for _ in range(people))))
