"""The lines that tell a person how far the start has come."""

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import TextIO


def say(line: str) -> None:
    _write(sys.stdout, line)


def complain(line: str) -> None:
    _write(sys.stderr, line)


@contextlib.contextmanager
def step(done: str) -> Iterator[dict[str, object]]:
    """Say `done`, with the seconds it took, when the block ends without an error.

    The block may fill the yielded dictionary with what `done` names in braces.
    """
    began = time.monotonic()
    words: dict[str, object] = {}
    yield words
    say(f"{done.format(**words)} ({time.monotonic() - began:.1f} s)")


def _write(stream: TextIO, line: str) -> None:
    # A closed terminal or pipe must not stop the clean-up that is being told about.
    with contextlib.suppress(OSError):
        print(line, file=stream, flush=True)
