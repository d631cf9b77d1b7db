"""One child process: started so that it cannot outlive its parent, ended with patience and then without."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config.local import CannotStart
from config.local.identities import MYSELF, Identity

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Command:
    """`stop_signal` asks the program to end in its own good way."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    identity: Identity = MYSELF
    stop_signal: signal.Signals = signal.SIGTERM
    stdin: bytes = b""
    shows_output: bool = False


@dataclass
class Child:
    command: Command
    process: subprocess.Popen[bytes]
    log: Path | None

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def ask_to_end(self) -> None:
        if not self.ended:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.command.stop_signal)

    def end(self) -> None:
        """Kill what is left of it; a child with a log leads a process group of its own, which goes with it."""
        if self.log is None:
            self.process.kill()
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_lines(self, count: int = 15) -> list[str]:
        if self.log is None or not self.log.exists():
            return []
        return self.log.read_text(errors="replace").splitlines()[-count:]


def in_background(command: Command, log: Path) -> Child:
    """Start `command` in a session of its own, so that the terminal's Ctrl-C reaches its parent only."""
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))
    with log.open("wb") as output, _input(command.stdin) as given:
        process = subprocess.Popen(
            [*command.identity.prefix, *command.arguments],
            env=dict(command.environment),
            stdin=given,
            stdout=None if command.shows_output else output,
            stderr=output,
            start_new_session=True,
            user=command.identity.uid,
            group=command.identity.gid,
            extra_groups=[] if command.identity.is_other_user else None,
            preexec_fn=_end_with_parent(command.stop_signal),  # safe: this process has one thread
        )
    return Child(command, process, log)


def in_foreground(command: Command) -> Child:
    """Start `command` on this terminal, with its input, output and Ctrl-C."""
    try:
        process = subprocess.Popen(
            list(command.arguments), env=dict(command.environment), preexec_fn=_end_with_parent(command.stop_signal)
        )
    except OSError as error:
        raise CannotStart(
            f"The command {command.arguments[0]} cannot run: {error.strerror}. Check its name and that it is installed."
        ) from error
    return Child(command, process, None)


def _input(content: bytes) -> IO[bytes]:
    given = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
    given.write(content)
    given.seek(0)
    return given


def _end_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """What the child does before it becomes its program: ask the kernel for `stop_signal` when its parent dies."""
    parent = os.getpid()

    def arrange() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel was asked
            os._exit(1)

    return arrange
