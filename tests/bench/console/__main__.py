"""`python -m tests.bench.console`: opens every page of the console in the demo, then with 1,000 clients.

From the environment: `ROUNDS`, and `PAGES`, a part of the names of the pages to look at, such as `billing:`.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from config.demo import load
from tests import places, queries
from tests.bench import database, rounds
from tests.bench.access import NO_STATIC_FILES
from tests.bench.console import growing, weight
from tests.bench.console.urls import BARE
from tests.places import Place

ROUNDS, PAGES = int(os.environ.get("ROUNDS") or 5), os.environ.get("PAGES", "")
CLIENTS = 1_000
DASHBOARD = "agencies:dashboard"
MARKS = {
    "dashboard_vs_bare": 6,
    "queries_max": 12,
    "growth": 2,
    "query_growth": 0,
    "first_kb": 120,
    "first_requests": 15,
    "later_kb": 25,
}
DJANGOS_OWN = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
Figures = dict[str, float]


@dataclass(frozen=True)
class Cost:
    """One page: its queries, and how many times as long it takes as the bare page of the same rounds."""

    name: str
    queries: int
    times: float
    milliseconds: float


def main() -> None:
    began = perf_counter()
    open_to = {"ALLOWED_HOSTS": ["testserver"], "ROOT_URLCONF": "tests.bench.console.urls"}
    with database.of_its_own("console"), override_settings(**NO_STATIC_FILES, **open_to):
        load.load(timezone.now())
        place = places.northwind()
        browser, bare = signed_in(place), bare_page(place)
        say("The demo is made", began)
        small = measured(place, browser, bare)
        say(f"{len(small)} pages opened in the demo", began)
        figures = {} if PAGES else weighed(place)
        growing.grow(place.agency, to=CLIENTS, now=timezone.now())
        say(f"{CLIENTS:,} clients made", began)
        large = measured(place, browser, bare)
        say(f"{len(large)} pages opened with them", began)
    show(small, large)
    show_figures(compared(small, large) | figures)


def say(what: str, began: float) -> None:
    print(f"{perf_counter() - began:6.0f} s  {what}", flush=True)


def signed_in(place: Place) -> Client:
    browser = Client()
    browser.force_login(place.owner)
    return browser


def bare_page(place: Place) -> Callable[[], Any]:
    """Opens a page behind Django's own middleware: it is loaded once, with the first request."""
    browser = signed_in(place)
    with override_settings(MIDDLEWARE=DJANGOS_OWN):
        browser.get(BARE, secure=settings.SECURE)
    return lambda: browser.get(BARE, secure=settings.SECURE)


def measured(place: Place, browser: Client, bare: Callable[[], Any]) -> dict[str, Cost]:
    """Every page that comes as HTML, in turn with the bare one."""
    database.settle()
    opened = {}
    for name, path in chosen(place):
        answer = browser.get(path, secure=settings.SECURE)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html") and not answer.streaming:
            opened[name] = lambda path=path: browser.get(path, secure=settings.SECURE)
    counts = {name: len(queries.sent_by(call)) for name, call in opened.items()}
    times = rounds.in_turn({"": bare} | opened, rounds=ROUNDS)
    return {
        name: Cost(name, counts[name], rounds.ratio(times, name, ""), rounds.milliseconds(times, name))
        for name in opened
    }


def chosen(place: Place) -> Iterator[tuple[str, str]]:
    """The pages that were asked for, and the dashboard, which is a figure of its own."""
    return ((name, path) for name, path in places.pages(place) if PAGES in name or name == DASHBOARD)


def compared(small: dict[str, Cost], large: dict[str, Cost]) -> Figures:
    both = [(small[name], large[name]) for name in small if name in large]
    return {
        "dashboard_vs_bare": small[DASHBOARD].times,
        "queries_max": max(cost.queries for cost in small.values()),
        "growth": max(after.times / before.times for before, after in both),
        "query_growth": max(after.queries - before.queries for before, after in both),
    }


def weighed(place: Place) -> Figures:
    browser = weight.Browser(signed_in(place))
    first = browser.visit(f"/agencies/{place.agency.pk}/")
    later = {path: sum(browser.visit(path).values()) for _, path in list(places.pages(place)) if is_page(browser, path)}
    print("\nA first visit, the dashboard: bytes, compressed")
    for what, size in sorted(first.items(), key=lambda each: -each[1]):
        print(f"  {size:8,}  {what}")
    heaviest = max(later, key=lambda path: later[path])
    print(f"The heaviest page afterwards, with its panels: {heaviest}")
    return {
        "first_kb": sum(first.values()) / 1000,
        "first_requests": len(first),
        "later_kb": later[heaviest] / 1000,
    }


def is_page(browser: weight.Browser, path: str) -> bool:
    answer = browser.client.get(path, secure=True)
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")


def show(small: dict[str, Cost], large: dict[str, Cost]) -> None:
    print(f"\n{len(small)} pages: queries / milliseconds / times a bare page, medians of {ROUNDS} rounds in turn")
    print(f"  {'page':32}{'the demo':>24}{f'{CLIENTS:,} clients':>24}{'growth':>8}  over its mark")
    for name, before in sorted(small.items(), key=lambda each: -each[1].queries):
        after = large.get(name, before)
        growth = after.times / before.times
        over = [
            f"{before.queries} queries" if before.queries > MARKS["queries_max"] else "",
            f"{after.queries - before.queries} queries more" if after.queries > before.queries else "",
            f"{growth:.1f} times as long" if growth > MARKS["growth"] else "",
        ]
        cells = "".join(f"{c.queries:4} / {c.milliseconds:6.1f} / {c.times:5.1f}".rjust(24) for c in (before, after))
        print(f"  {name:32}{cells}{growth:8.2f}  {', '.join(filter(None, over))}")


def show_figures(figures: Figures) -> None:
    print("\ndashboard_vs_bare: the dashboard's page; its panels are rows above. growth: of times a bare page.\n")
    for name, figure in figures.items():
        met = "" if figure <= MARKS[name] else ", missed"
        print(f"  {name:20}{figure:8.2f}   mark: at most {MARKS[name]}{met}")
    print()
    for name, figure in figures.items():
        print(f"figure: pages {name} = {round(figure, 2):g}")


if __name__ == "__main__":
    main()
