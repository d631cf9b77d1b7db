"""`python -m tests.bench.streaming.model`: a model provider that speaks a word at a time, until it is told to end.

It prints its port. Any GET ends the answers that are being given.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from functools import partial

PACE = 0.5  # seconds between two words of one answer
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def chunk(delta: dict[str, str], end: str | None = None) -> bytes:
    choices = [{"index": 0, "delta": delta, "finish_reason": end}]
    said = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
    return f"data: {json.dumps(said)}\n\n".encode()


async def answer(rounds: list[asyncio.Event], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    asked = await reader.readuntil(b"\r\n\r\n")
    writer.write(HEAD)
    if asked.startswith(b"GET"):
        rounds.append(asyncio.Event())
        rounds[-2].set()
    else:
        await speak(rounds[-1], writer.write)
    await writer.drain()
    writer.close()


async def speak(over: asyncio.Event, write: Callable[[bytes], None]) -> None:
    while not over.is_set():
        write(chunk({"content": "word "}))
        try:
            await asyncio.wait_for(over.wait(), PACE)
        except TimeoutError:
            continue
    write(chunk({}, "stop") + b"data: [DONE]\n\n")


async def serve() -> None:
    server = await asyncio.start_server(partial(answer, [asyncio.Event()]), "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    sys.exit(asyncio.run(serve()))
