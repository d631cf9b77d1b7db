"""All child processes together: while one of them is missing or the person wants to stop, nothing goes on."""

import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from config.local import CannotStart, spawning
from config.local.spawning import Child, Command

GRACE = 10.0  # seconds between asking a process to end and killing it
PAUSE = 0.05  # seconds between two looks
SECOND_THOUGHT = 1.0  # seconds: make passes signals on, so only a later one means "now"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(Exception):
    """The person, or the system, asked this process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class ChildEnded(Exception):
    """A child process ended that should have gone on, or failed at what it should have done."""

    def __init__(self, child: Child) -> None:
        lines = "".join(f"\n    {line}" for line in child.last_lines())
        where = f" The last lines of {child.log}:{lines}" if lines else f" Its log, {child.log}, is empty."
        super().__init__(f"{child.command.name} ended unexpectedly ({_outcome(child.process.returncode)}).{where}")


def _outcome(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


class Supervisor:
    """Starts child processes, watches them, and ends every one of them when its `with` block ends."""

    def __init__(self, logs: Path, *, grace: float = GRACE) -> None:
        self._logs = logs
        self._grace = grace
        self._waves: list[list[Child]] = [[]]
        self._asked: tuple[int, float] | None = None
        self._in_a_hurry = False
        self._terminal = _terminal_of_make()

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        self._before = {number: signal.signal(number, self._ask) for number in STOP_SIGNALS if _is_wanted(number)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._asked is None:
            self._asked = (number, now)
        elif now - self._asked[1] > SECOND_THOUGHT:
            self._in_a_hurry = True

    def start(self, command: Command) -> Child:
        child = spawning.in_background(command, self._logs / f"{command.name}.log")
        self._waves[-1].append(child)
        return child

    def begin_wave(self) -> None:
        """What starts from here on needs what runs already, so it ends before that."""
        self._waves.append([])

    def run(self, command: Command) -> None:
        """Run a command that should end by itself, and well."""
        child = self.start(command)
        while not child.ended:
            self._look(besides=child)
            time.sleep(PAUSE)
        child.end()
        self._waves[-1].remove(child)
        if child.process.returncode != 0:
            raise ChildEnded(child)

    def run_in_foreground(self, command: Command) -> int:
        """Run a command on this terminal and return its exit code, or 128 and the signal's number."""
        child = spawning.in_foreground(command)
        self._waves[-1].append(child)
        while not child.ended:
            self._look_for_the_foreground(child)
            time.sleep(PAUSE)
        code = child.process.returncode
        return code if code >= 0 else 128 - code

    def _look_for_the_foreground(self, child: Child) -> None:
        """Ctrl-C reaches the command by itself, and it may want to say something before it ends."""
        if self._asked and self._asked[0] == signal.SIGINT and time.monotonic() < self._asked[1] + self._grace:
            return
        self._look(besides=child)

    def wait_until(self, ready: Callable[[], bool], *, seconds: float, otherwise: str) -> None:
        """Wait while every child lives. Raises CannotStart with `otherwise` when `seconds` are over."""
        deadline = time.monotonic() + seconds
        while not ready():
            self._look()
            if time.monotonic() > deadline:
                raise CannotStart(otherwise)
            time.sleep(PAUSE)

    def watch(self) -> None:
        """Return never: raises StopRequested or ChildEnded."""
        while True:
            self._look()
            time.sleep(PAUSE * 4)

    def _look(self, *, besides: Child | None = None) -> None:
        if self._asked is None and self._terminal and self._terminal.poll(0):
            self._ask(signal.SIGHUP, None)
        if self._asked:
            raise StopRequested(self._asked[0])
        for child in self._children():
            if child is not besides and child.ended:
                raise ChildEnded(child)

    def _children(self) -> Sequence[Child]:
        return [child for wave in self._waves for child in wave]

    def stop(self) -> None:
        """End every child, the last wave first: ask, wait for the grace period, kill."""
        while self._waves:
            wave = self._waves.pop()
            for child in wave:
                child.ask_to_end()
            deadline = time.monotonic() + self._grace
            while not all(child.ended for child in wave) and time.monotonic() < deadline and not self._in_a_hurry:
                time.sleep(PAUSE)
            for child in wave:
                child.end()


def _terminal_of_make() -> "select.poll | None":
    """The terminal, if `make` is the only program on it (`ssh -t host make demo`).

    When such a terminal goes away, make alone hears of it, and waits for us. A shell would pass the signal on.
    """
    if os.getsid(0) != os.getppid() or not os.isatty(0):
        return None
    terminal = select.poll()
    terminal.register(0, 0)
    return terminal


def _is_wanted(number: signal.Signals) -> bool:
    """Who started us under nohup wants us to stay when the terminal goes."""
    return number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN
