"""Starting things in a test, and waiting for what then happens: with patience, never with a fixed pause."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from config.local import folders
from config.local.processes import Supervisor

CHECKOUT = Path(__file__).resolve().parents[2]
LAUNCHER = Path(__file__).with_name("launcher.py")
Launch = Callable[[str], "subprocess.Popen[str]"]


def wait_for(condition: Callable[[], object], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} seconds in vain"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    """A process that ended but was not collected by its parent yet is not alive."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def supervised(data: Path) -> Iterator[Supervisor]:
    with folders.claim(data), Supervisor(data / "logs", grace=5) as supervisor:
        yield supervisor
