"""The process that reads. It takes one file on its input, writes what it found as JSON, and ends.

Try a file by hand: (echo '{"task": "read", "name": "x.pdf"}'; cat x.pdf) | python -m chatbots.knowledge.reading
"""

import json
import resource
import signal
import sys
from contextlib import suppress

MEMORY = 256 * 1024 * 1024  # bytes of address space
SECONDS = 30  # of processor time
WRITTEN = 16_000_000  # bytes
# Elsewhere not every limit can be set, which is good enough for developing; on Linux each has to be.
OTHER_SYSTEMS = () if sys.platform == "linux" else (OSError, ValueError)


def limit() -> None:
    """What a hostile file may take. These limits are hard: nothing in here can lift them again."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, WRITTEN),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 0),  # it starts nothing
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(*OTHER_SYSTEMS):
            resource.setrlimit(what, (most, most))
    signal.alarm(2 * SECONDS)  # should whoever started it be gone


def main() -> int:
    limit()
    from chatbots.knowledge.reading import tasks

    asked = json.loads(sys.stdin.buffer.readline(65_536))
    answer = tasks.answer(asked.pop("task"), sys.stdin.buffer.read(), asked)
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MemoryError:
        sys.exit(3)
