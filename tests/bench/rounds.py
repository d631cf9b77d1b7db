"""Timing several things in turn, so that a busy moment of the machine falls on all of them alike."""

import gc
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

Calls = dict[str, Callable[[], Any]]
Times = dict[str, list[float]]


def in_turn(calls: Calls, *, rounds: int) -> Times:
    """Seconds of each call in each round; the order is turned around after every round."""
    times: Times = {name: [] for name in calls}
    for call in calls.values():
        call()  # warm: plans, caches and connections are nobody's cost
    for turn in range(rounds):
        gc.collect()
        for name in list(calls)[:: -1 if turn % 2 else 1]:
            times[name].append(seconds(calls[name]))
    return times


def seconds(call: Callable[[], Any]) -> float:
    began = perf_counter()
    call()
    return perf_counter() - began


def ratio(times: Times, name: str, to: str) -> float:
    """How many times as long `name` took as `to`: the median over the rounds."""
    return median(one / other for one, other in zip(times[name], times[to], strict=True))


def milliseconds(times: Times, name: str) -> float:
    return 1000 * median(times[name])
