"""kill -9 in the middle of work: what was acknowledged is there, once; what was not is there once or not at all.

`make faults` kills twenty times, `make test` twice.
"""

import os
import signal
from random import Random
from typing import Any

import pytest

from tests.faults.conftest import WORKERS, Cluster, House
from tests.local.test_postgres import query

pytestmark = pytest.mark.slow

TIMES = range(int(os.environ.get("FAULTS", "2")))


def under_load(house: House, name: str, *, acknowledged: int) -> tuple[list[int], list[str]]:
    """Workers that charge, and what they said until so many charges were acknowledged."""
    pids = []
    said: list[str] = []
    for number in range(WORKERS):
        house.tell("work", name, number)
        lines = house.until("forked")
        pids.append(int(lines[-1].split()[1]))
        said += lines
    return pids, said + house.until("charged", times=acknowledged)


def keys(said: list[str], word: str) -> set[str]:
    return {line.split()[1] for line in said if line.startswith(f"{word} ")}


def nothing_is_lost_or_doubled(found: Any, said: list[str], name: str) -> None:
    charged = {key for key in found["charged"] if key.startswith(f"{name}-")}
    assert keys(said, "charged") <= charged
    assert keys(said, "held") <= set(found["held"])
    assert len(charged - keys(said, "charged")) <= WORKERS  # one for each was on its way
    assert set(found["charged"].values()) == {2}  # a visitor's line and a reply, once
    assert (found["open"], found["breaches"]) == (0, [])


def moment(turn: int) -> int:
    """After how many charges to kill: another one each time, the same ones in each run."""
    return Random(turn).randint(40, 400)


@pytest.mark.usefixtures("house")
def test_the_faults_are_real(cluster: Cluster) -> None:
    """A database that does not wait for its disk would prove nothing."""
    settings = [query(cluster.url, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")]
    assert settings == ["on", "on", "on"]


@pytest.mark.parametrize("turn", TIMES)
def test_a_killed_database_has_lost_no_charge_that_was_acknowledged(cluster: Cluster, house: House, turn: int) -> None:
    name = f"database{turn}"
    _, said = under_load(house, name, acknowledged=moment(turn))
    cluster.kill()
    said += house.wait()
    assert said[-1] == "ended" + " 0" * WORKERS
    cluster.start()
    nothing_is_lost_or_doubled(house.ask("look"), said, name)


@pytest.mark.parametrize("turn", TIMES)
def test_killed_workers_have_lost_no_charge_and_leave_no_hold(house: House, turn: int) -> None:
    name = f"workers{turn}"
    pids, said = under_load(house, name, acknowledged=moment(turn))
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    ended = house.wait()
    assert ended[-1] == "ended" + f" {-signal.SIGKILL}" * WORKERS
    nothing_is_lost_or_doubled(house.ask("look"), said + ended, name)


@pytest.mark.parametrize("turn", TIMES)
def test_a_rollup_that_was_killed_counts_each_row_once_when_it_runs_again(house: House, turn: int) -> None:
    pids, _ = under_load(house, f"rollup{turn}", acknowledged=40)
    killed = house.order("roll_up", "stop")
    house.until("written")
    for pid in [killed, *pids]:
        os.kill(pid, signal.SIGKILL)
    house.wait()
    for _ in range(2):
        house.order("roll_up", "on")  # two at once
    assert house.wait()[-1] == "ended 0 0"
    found = house.ask("days")
    assert (found["marks"], found["breaches"]) == (0, [])
    house.order("roll_up", "on")
    house.wait()
    assert house.ask("days") == found
