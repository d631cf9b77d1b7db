"""`python -m tests.bench.revenue`: how long it takes to close a month of 100 and 1,000 clients, and to show one.

Every workspace has terms, one in ten changes them in mid-month, and each has 100 rows in the ledger.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection
from django.utils import timezone

from agencies.models import Agency, User
from billing import periods, subscriptions
from billing.models import ClientTerms, ModelUse, Plan, PoolPeriod, Way, WorkspacePeriod
from billing.revenue import calendars, closing, months
from tests.bench import database
from workspaces.models import Workspace

SIZES, ROUNDS, ROWS = (100, 1_000), 3, 100
LEDGER = """
    INSERT INTO billing_ledgerentry
        (agency_id, workspace_id, chatbot_id, hold_id, message_id, kind, words, units, rule,
         period_start, at, pool_after, speaker, reason)
    SELECT w.agency_id, w.id, w.id, h.id, h.id, 'ai', 10, 1, 'A rule', %(start)s, h.held_at, 0, '', ''
    FROM billing_hold h JOIN workspaces_workspace w ON w.id = h.workspace_id WHERE w.agency_id = %(agency)s
"""
HOLDS = """
    INSERT INTO billing_hold
        (agency_id, workspace_id, chatbot_id, period_start, key, fingerprint, units, held_at, settled_at)
    SELECT agency_id, id, id, %(start)s, concat_ws(':', id, n, %(start)s::date), '', 1,
           %(start)s + n * interval '6 hours', %(start)s
    FROM workspaces_workspace, generate_series(1, %(rows)s) n WHERE agency_id = %(agency)s AND NOT is_main
"""


def main() -> None:
    with database.of_its_own("revenue"):
        owner = User.objects.create(email="owner@example.com")
        agencies = {size: make(size, owner) for size in SIZES}
        database.settle()
        running = {size: timed(lambda a=agency: months.running(a, timezone.now())) for size, agency in agencies.items()}
        closed = {size: timed(lambda a=agency: close(a, owner)) for size, agency in agencies.items()}
    show(running, closed)


def make(size: int, owner: User) -> Agency:
    """An agency with so many clients, four months ago; each month has used something."""
    now = timezone.now()
    began = periods.midnight((now - timedelta(days=130)).date())
    agency = Agency.objects.create(name=f"Agency of {size}", created_at=began, approved_at=began, approved_by=owner)
    plan, _ = Plan.objects.get_or_create(code="bench", defaults={"name": "Bench", "price": 99_900})
    subscriptions.subscribe(agency, plan=plan, started_at=began, now=now)
    agency = Agency.objects.get(pk=agency.pk)
    Workspace.objects.create(agency=agency, name="Main", is_main=True)
    clients = Workspace.objects.bulk_create(Workspace(agency=agency, name=f"Client {n}") for n in range(size))
    start = began
    while start < now:
        fill(agency, clients, calendars.of(agency).month_from(start))
        start = calendars.of(agency).month_from(start).end
    return agency


def fill(agency: Agency, clients: list[Workspace], period: periods.Period) -> None:
    day, place = period.start.date(), {"agency": agency, "start": period.start}
    told: dict[str, Any] = {"agency": agency.pk, "start": period.start, "rows": ROWS}
    PoolPeriod.objects.create(**place, end=period.end, used=ROWS * len(clients))
    WorkspacePeriod.objects.bulk_create(WorkspacePeriod(**place, workspace=each, used=ROWS) for each in clients)
    with connection.cursor() as cursor:
        cursor.execute(HOLDS, told)
        cursor.execute(LEDGER + " AND h.period_start = %(start)s", told)
    flat = {"agency": agency, "way": Way.FLAT, "fee": 9_900, "included": 50, "extra_price": 2_000}
    versions = [ClientTerms(**flat, workspace=each, since=day) for each in clients]
    versions += [ClientTerms(**flat, workspace=each, since=day + timedelta(days=12)) for each in clients[::10]]
    ClientTerms.objects.bulk_create(versions)
    used = {"agency": agency, "model": "a model", "answers": 9, "estimated": 0, "input_tokens": 90, "output_tokens": 9}
    days = [day + timedelta(days=n) for n in range(28)]
    ModelUse.objects.bulk_create(
        ModelUse(**used, workspace=each, chatbot_id=each.pk, day=day) for each in clients[::10] for day in days
    )


def close(agency: Agency, owner: User) -> None:
    """The next month, with the look for changes in those before it."""
    period = calendars.of(agency).next_to_close()
    if period is None:
        raise RuntimeError("There is no month to close.")
    closed_at: datetime = period.end + timedelta(hours=1)
    statement = closing.close(agency, start=period.start, by=owner, now=closed_at)
    if statement.units != ROWS * (agency.workspaces.count() - 1):
        raise RuntimeError(f"{statement} does not say what the ledger says.")


def timed(call: Callable[[], object]) -> list[float]:
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        found.append(time.perf_counter() - began)
    return found


def show(running: dict[int, list[float]], closed: dict[int, list[float]]) -> None:
    print(f"\n{ROUNDS} rounds, {ROWS} ledger rows a client and month, one client in ten changes its terms: seconds")
    print(f"  {'clients':>10}{'running month':>16}{'closing':>12}{'slowest':>12}")
    for size in SIZES:
        print(f"  {size:10,}{median(running[size]):16.2f}{median(closed[size]):12.2f}{max(closed[size]):12.2f}")
    print()
    for size in SIZES:
        print(f"figure: revenue closing_{size}_seconds = {median(closed[size]):.2f}")
    print(f"figure: revenue running_{SIZES[-1]}_seconds = {median(running[SIZES[-1]]):.2f}")


if __name__ == "__main__":
    main()
