"""Starts the process that reads, and takes what it found. Whatever happens in there ends within its limits.

The child knows no settings, no database and no secrets: its environment is empty. What it may take stands in
`__main__.py`. It reads from a file without a name and writes to another, so no pipe can stand still and nothing that
it writes has to be believed to end.
"""

import json
import logging
import os
import signal
import subprocess  # our own interpreter with fixed arguments
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from chatbots.knowledge.reading.documents import DAMAGED, EMPTY, TOO_COMPLEX, Unreadable

HOUSE = Path(__file__).resolve().parents[3]
SECONDS = 30.0  # on the clock; the child's processor time has the same limit
MOST_WRITTEN = 16_000_000  # bytes: the longest text in JSON's widest spelling, and its links
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"}
SLOW = "The file took longer than {seconds:g} seconds to read. Split it into parts, or save it as plain text."
log = logging.getLogger(__name__)


def run(task: str, data: bytes, *, seconds: float = SECONDS, **hints: str) -> dict[str, Any]:
    """What the child found. Raises Unreadable for what it refuses, and when it dies or takes too long."""
    if not data.strip():
        raise Unreadable(EMPTY)
    with TemporaryFile() as given, TemporaryFile() as taken:
        given.write(json.dumps({"task": task, **hints}).encode() + b"\n")
        given.write(data)
        given.seek(0)
        code = ended(given, taken, seconds)
        taken.seek(0)
        written = taken.read(MOST_WRITTEN + 1)
    if code == 0 and len(written) <= MOST_WRITTEN:
        return found(written)
    log.warning("Reading failed: task %s, %s bytes, exit code %s", task, len(data), code)
    raise Unreadable(TOO_COMPLEX if code in TOO_MUCH else DAMAGED)


TOO_MUCH = {3, -signal.SIGXCPU, -signal.SIGKILL, -signal.SIGXFSZ}  # 3 is a MemoryError, see __main__.py


def ended(given: IO[bytes], taken: IO[bytes], seconds: float) -> int:
    """Run the child to its end, and end it with all that it may have started when it is late."""
    command = [sys.executable, "-s", "-B", "-m", "chatbots.knowledge.reading"]
    child = subprocess.Popen(  # noqa: S603
        command,
        stdin=given,
        stdout=taken,
        stderr=subprocess.DEVNULL,  # parsers quote the file in their complaints, and a log is no place for it
        cwd=HOUSE,
        env=ENVIRONMENT,
        start_new_session=True,
    )
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise Unreadable(SLOW.format(seconds=seconds)) from error
    finally:
        if child.returncode is None:  # not waited for yet, so its number is still its own
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def found(written: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise Unreadable(DAMAGED) from error
    if not isinstance(answer, dict):
        raise Unreadable(DAMAGED)
    if "refusal" in answer:
        raise Unreadable(str(answer["refusal"])[:300])
    return answer
