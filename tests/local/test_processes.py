"""Processes that were started together end together."""

import os
import pty
import signal
import sys
from pathlib import Path

import pytest

from config.local import CannotStart
from config.local.processes import ChildEnded
from config.local.spawning import Command
from tests.local.starts import CHECKOUT, LAUNCHER, Launch, is_alive, supervised, wait_for


def shell(name: str, script: str) -> Command:
    return Command(name, ["sh", "-c", script], os.environ)


def test_a_dead_child_is_named_with_its_last_words_and_stops_the_others(data: Path) -> None:
    with supervised(data) as group:
        other = group.start(shell("console", "sleep 60"))
        group.start(shell("worker", "echo 'no broker' >&2; exit 3"))
        with pytest.raises(ChildEnded, match=r"(?s)worker ended unexpectedly \(exit code 3\).*no broker"):
            group.watch()
    assert not is_alive(other.process.pid)


def test_a_command_that_fails_says_so(data: Path) -> None:
    with pytest.raises(ChildEnded, match="killed by SIGKILL"), supervised(data) as group:
        group.run(shell("prepare", "kill -9 $$"))


def test_waiting_in_vain_ends_with_the_sentence(data: Path) -> None:
    with pytest.raises(CannotStart, match="nobody came"), supervised(data) as group:
        group.wait_until(lambda: False, seconds=0.1, otherwise="nobody came")


def test_what_started_last_ends_first(data: Path) -> None:
    script = "trap 'echo {0} >> %s; exit' TERM; echo up; while :; do sleep 0.05; done" % (data / "order")
    with supervised(data) as group:
        service = group.start(shell("service", script.format("service")))
        group.begin_wave()
        app = group.start(shell("app", script.format("app")))
        wait_for(lambda: service.last_lines() and app.last_lines())
    assert (data / "order").read_text().split() == ["app", "service"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_ends_even_a_child_that_will_not_listen(data: Path, launch: Launch, number: int) -> None:
    launcher = launch("stubborn")
    child = int(launcher.stdout.readline())
    launcher.send_signal(number)
    launcher.wait(timeout=10)
    assert not is_alive(child)


def test_children_do_not_outlive_a_killed_launcher(data: Path, launch: Launch) -> None:
    launcher = launch("child")
    child = int(launcher.stdout.readline())
    assert is_alive(child)
    launcher.kill()
    wait_for(lambda: not is_alive(child))


def test_grandchildren_end_too(data: Path) -> None:
    with supervised(data) as group:
        child = group.start(shell("console", "sleep 60 & echo $!; wait"))
        wait_for(child.last_lines)
        grandchild = int(child.last_lines()[0])
    wait_for(lambda: not is_alive(grandchild))


def test_a_terminal_that_goes_away_under_make_ends_everything(data: Path) -> None:
    makefile = data / "Makefile"
    makefile.write_text(f"all:\n\t@{sys.executable} {LAUNCHER} child {data / 'new'}\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    make, terminal = pty.fork()
    if make == 0:
        os.execvpe("make", ["make", "-f", str(makefile)], environment | {"PYTHONPATH": str(CHECKOUT)})
    child = int(os.read(terminal, 100))
    os.close(terminal)
    wait_for(lambda: not is_alive(child))
    wait_for(lambda: os.waitpid(make, os.WNOHANG)[0] == make)
