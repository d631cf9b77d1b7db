"""Database work of an exchange in threads, so that neither a connection nor a thread is held while a model speaks."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import SyncToAsync, sync_to_async
from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")


async def to_its_end(running: asyncio.Future[T]) -> T:
    """The result of `running`. A caller that is cancelled waits for its end too, and is cancelled only then."""
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        running.exception()  # nobody is left to hear of it
        raise


async def in_database(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `call` in a thread, and give its connection back at once: none is held while the model answers."""

    def run() -> T:
        try:
            return call(*args, **kwargs)
        finally:
            close_old_connections()

    return await sync_to_async(run)()


def let_thread_go() -> None:
    """End the thread that Django keeps for this request: it would wait, idle, as long as the answer takes.

    The next call of `in_database` finds another. Outside a request at the public door there is none.
    """
    context = SyncToAsync.thread_sensitive_context.get(None)
    if context and (thread := SyncToAsync.context_to_thread_executor.pop(context, None)):
        thread.shutdown(wait=False)
