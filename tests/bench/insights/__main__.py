"""`python -m tests.bench.insights`: measures, then prints a table and the figures."""

from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from django.conf import settings
from django.test import Client, override_settings

from agencies.models import Agency, User
from tests.bench.access import NO_STATIC_FILES
from tests.bench.insights import databases, reading
from tests.bench.pool.databases import Database
from workspaces.models import Workspace

LEDGERS = (1_000_000, 3_000_000, 10_000_000)
ROUNDS = 7
MARK = 1.2  # of 10 million rows to 1 million
Pages = dict[str, Callable[[], Any]]


def main() -> None:
    print(f"Making 1,000 clients with 5,000 chatbots and {databases.DAYS} days, and three ledgers, takes minutes ...")
    with override_settings(**NO_STATIC_FILES), databases.of_ledgers(*LEDGERS) as made:
        times, rows = measure(made)
    show(times, rows)


def measure(made: dict[int, Database]) -> tuple[dict[str, dict[int, list[float]]], dict[str, dict[int, Any]]]:
    """Seconds of each page in each database, in turn; and the queries it sends and the rows they read."""
    times: dict[str, dict[int, list[float]]] = {}
    rows: dict[str, dict[int, Any]] = {}
    for turn in range(ROUNDS):
        for size in list(made)[:: -1 if turn % 2 else 1]:
            made[size].use()
            for name, page in pages().items():
                page()  # warm: what the last database left is nobody's cost
                began = perf_counter()
                page()
                times.setdefault(name, {}).setdefault(size, []).append(perf_counter() - began)
                if not turn:
                    rows.setdefault(name, {})[size] = reading.rows_of(page)
        print(f"  round {turn + 1} of {ROUNDS}", flush=True)
    return times, rows


def pages() -> Pages:
    agency = Agency.objects.get(name="Large")
    place = Workspace.objects.filter(agency=agency).order_by("pk")[1]
    paths = {
        "overview": f"/agencies/{agency.pk}/overview/",
        "agency": f"/agencies/{agency.pk}/analytics/?period=30",
        "agency_90": f"/agencies/{agency.pk}/analytics/?period=90",
        "workspace_90": f"/workspaces/{place.pk}/analytics/?period=90",
        "chatbot_90": f"/workspaces/{place.pk}/chatbots/{place.chatbots.earliest('pk').pk}/analytics/?period=90",
    }
    client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    client.force_login(User.objects.get())
    return {name: partial(opened, client, path) for name, path in paths.items()}


def opened(client: Client, path: str) -> None:
    """Raises unless the page comes."""
    answer = client.get(path, secure=settings.SECURE)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered with {answer.status_code}")


def show(times: dict[str, dict[int, list[float]]], rows: dict[str, dict[int, Any]]) -> None:
    print(f"\nPages with 1,000 clients and 5,000 chatbots: medians of {ROUNDS} rounds in turn, and rows read")
    print(
        f"  {'page':14}"
        + "".join(f"{f'{size // 10**6} million':>20}" for size in LEDGERS)
        + f"{'queries':>10}{'ratio':>8}"
    )
    least, *_, most = LEDGERS
    figures = {}
    for name, each in times.items():
        ratio = median(many / few for many, few in zip(each[most], each[least], strict=True))
        figures[f"{name}_growth"] = ratio
        figures[f"{name}_rows_growth"] = rows[name][most][1] / rows[name][least][1]
        cells = (f"{1000 * median(each[size]):.0f} ms, {rows[name][size][1]:,} r" for size in LEDGERS)
        print(f"  {name:14}" + "".join(f"{cell:>20}" for cell in cells) + f"{rows[name][most][0]:10}{ratio:8.2f}")
    print(f"\nTen million ledger rows to one million; mark: at most {MARK}.\n")
    for name, figure in figures.items():
        print(f"figure: insights {name} = {round(figure, 2):g}{'' if figure <= MARK else ', missed'}")


if __name__ == "__main__":
    main()
