"""Closing a month: it reconciles with the ledger, stays as it is, and later changes are adjustments."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Sum

from agencies.models import Agency, AuditEntry, User
from billing import corrections, periods, pools, refunds, subscriptions
from billing.models import LedgerEntry, Plan, PlanSince, Receipt, Statement, Subscription, Way
from billing.receipts import Moved
from billing.revenue import adjusting, books, calendars, clients, closing, months, sums, terms
from billing.revenue.sums import Priced
from billing.units import Charge
from tests import queries
from tests.billing import selling
from tests.conftest import client_workspace
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db
FLAT = Priced(Way.FLAT, fee=20_000, included=10, extra_price=2_000)


@pytest.fixture
def begun(northwind: Agency, now: datetime) -> datetime:
    """Northwind's plan costs 99 EUR; the first moment of its period, five days ago."""
    Plan.objects.filter(code="agency").update(price=9_900)
    return periods.current(northwind, now).start


def speak(workspace: Workspace, at: datetime, units: int = 2) -> LedgerEntry:
    """A row of the ledger, as an exchange leaves it."""
    number = LedgerEntry.objects.count() + 1
    held = pools.hold(workspace, chatbot_id=1, key=f"key {number}", fingerprint="f", units=units, now=at)
    pools.settle(held, {number: Charge("ai", 10, units, "AI reply")}, now=at)
    return LedgerEntry.objects.latest("pk")


def set_terms(workspace: Workspace, day: datetime, priced: Priced, by: User) -> None:
    terms.set_for(workspace.agency, workspace, since=day.date(), priced=priced, by=by, now=day)


def close(agency: Agency, by: User) -> Statement:
    month = calendars.of(agency).next_to_close()
    assert month
    return closing.close(agency, start=month.start, by=by, now=month.end + timedelta(hours=1))


def test_a_closed_month_is_the_ledger_to_the_unit_and_the_plan_to_the_cent(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, ada: User, begun: datetime
) -> None:
    set_terms(bakery, begun, FLAT, ada)
    for place, times in ((bakery, 7), (bookshop, 3)):
        for n in range(times):
            speak(place, begun + timedelta(days=1, minutes=n))
    statement = close(northwind, ada)
    spoken = dict(LedgerEntry.objects.values_list("workspace_id").annotate(units=Sum("units")))
    lines = dict(statement.lines.values_list("workspace_id").annotate(units=Sum("units")).exclude(units=0).order_by())
    assert lines == spoken
    assert (statement.units, statement.cost, statement.revenue) == (20, 9_900, 20_000 + 8)
    costs = dict(statement.lines.values_list("workspace_id").annotate(cost=Sum("cost")).order_by())
    assert costs[bakery.pk] == 6_930
    assert AuditEntry.objects.get(action="money.month_closed").workspace_id is None


def test_a_closed_month_cannot_be_changed(northwind: Agency, bakery: Workspace, ada: User, begun: datetime) -> None:
    set_terms(bakery, begun, FLAT, ada)
    statement = close(northwind, ada)
    for change in (statement.delete, lambda: Statement.objects.update(cost=0), lambda: statement.lines.update(cost=0)):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(books.InAClosedMonth):
        set_terms(bakery, begun + timedelta(days=9), FLAT, ada)
    set_terms(bakery, statement.end, FLAT, ada)  # the day on which the next one begins


def test_what_is_corrected_later_is_an_adjustment_in_the_next_month(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, ada: User, support: User, begun: datetime
) -> None:
    set_terms(bakery, begun, FLAT, ada)
    for n in range(10):
        entry = speak(bakery, begun + timedelta(days=1, minutes=n))
    speak(bookshop, begun + timedelta(days=1))
    first = close(northwind, ada)
    corrections.correct(entry, units=2, reason="Ours", by=support, now=first.end + timedelta(hours=2))
    second = close(northwind, ada)
    adjusted = {line.workspace_id: line for line in first.adjustments.all()}
    assert (adjusted[bakery.pk].units, adjusted[bakery.pk].revenue, adjusted[bakery.pk].cost) == (-2, -4, -90)
    assert adjusted[bookshop.pk].cost == 90
    assert second.units == -2
    assert sum(adjusting.booked_of(first)[0].values(), sums.Sum()).units == 20
    assert close(northwind, ada).units == 0  # once


def test_terms_that_change_in_mid_month_are_billed_from_the_ledger_of_their_days(
    northwind: Agency, bakery: Workspace, ada: User, support: User, begun: datetime
) -> None:
    set_terms(bakery, begun, Priced(Way.FLAT, extra_price=1_000_000), ada)
    set_terms(bakery, begun + timedelta(days=2), Priced(Way.FLAT, extra_price=3_000_000), ada)
    early = speak(bakery, begun + timedelta(days=1, hours=23))
    speak(bakery, begun + timedelta(days=2))
    corrections.correct(early, units=1, reason="Ours", by=support, now=begun + timedelta(days=3))
    statement = close(northwind, ada)
    extra = statement.lines.filter(kind="extra").values_list("units", "quantity", "revenue")
    assert [line[1:] for line in extra] == [(1, 1_000), (2, 6_000)]


def test_a_refund_lowers_the_cost_of_the_month_in_which_it_happens(
    northwind: Agency, bakery: Workspace, ada: User, begun: datetime
) -> None:
    set_terms(bakery, begun, FLAT, ada)
    order = selling.granted(northwind, ada, begun + timedelta(days=1))
    first = close(northwind, ada)
    back = Moved(order.price, first.end + timedelta(days=1))
    refunds.take_back(order, back, kind=Receipt.Kind.REFUND, now=back.at)
    second = close(northwind, ada)
    assert (first.cost, second.cost) == (9_900 + order.price, 9_900 - order.price)
    assert close(northwind, ada).cost == 9_900


def test_costs_in_another_currency_need_a_rate(
    northwind: Agency, bakery: Workspace, ada: User, begun: datetime
) -> None:
    books.set_currency(northwind, currency="JPY", by=ada, now=begun)
    set_terms(bakery, begun, Priced(Way.MULTIPLE, multiple=200), ada)
    speak(bakery, begun + timedelta(days=1))
    with pytest.raises(closing.Incomplete, match="1 EUR"):
        close(northwind, ada)
    books.set_rate(northwind, currency="EUR", since=begun.date(), rate=Decimal("162.5"), by=ada, now=begun)
    statement = close(northwind, ada)
    assert (statement.currency, statement.cost, statement.revenue) == ("JPY", 16_088, 32_176)


def test_a_month_is_closed_once_it_is_over_and_only_once(
    northwind: Agency, bakery: Workspace, ada: User, begun: datetime, now: datetime
) -> None:
    with pytest.raises(closing.NothingToClose):
        closing.close(northwind, start=begun, by=ada, now=now)
    set_terms(bakery, begun, FLAT, ada)
    with pytest.raises(closing.NotOver):
        closing.close(northwind, start=begun, by=ada, now=now)
    statement = close(northwind, ada)
    with pytest.raises(closing.ClosedMeanwhile):
        closing.close(northwind, start=begun, by=ada, now=statement.end + timedelta(days=40))


def test_an_open_hold_keeps_its_month_open(northwind: Agency, bakery: Workspace, ada: User, begun: datetime) -> None:
    set_terms(bakery, begun, FLAT, ada)
    pools.hold(bakery, chatbot_id=1, key="late", fingerprint="f", units=3, now=begun + timedelta(days=1))
    with pytest.raises(closing.NotOver):
        close(northwind, ada)


def test_a_plan_counts_by_the_days_on_which_the_agency_was_on_it(
    northwind: Agency, bakery: Workspace, ada: User, support: User, begun: datetime, now: datetime
) -> None:
    set_terms(bakery, begun, FLAT, ada)
    dear = Plan.objects.create(code="dear", name="Dear", price=30_000)
    subscriptions.subscribe(
        northwind, plan=dear, started_at=periods.anchor_of(northwind), now=begun + timedelta(days=10), by=support
    )
    days = (periods.current(northwind, now).end - begun).days
    assert close(northwind, ada).cost == 9_900 * 10 // days + 30_000 - 30_000 * 10 // days


def test_margins_are_those_of_the_running_month(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, ada: User, begun: datetime, now: datetime
) -> None:
    set_terms(bakery, begun, FLAT, ada)
    speak(bakery, now)
    speak(bookshop, now)
    found = clients.running(northwind, now)
    assert (found[bakery.pk].sum.revenue, found[bakery.pk].sum.cost) == (20_000, 4_950)
    assert found[bookshop.pk].margin is None
    assert not found[bookshop.pk].loses


def test_a_month_costs_the_same_queries_however_many_clients_there_are(
    northwind: Agency, bakery: Workspace, ada: User, begun: datetime, now: datetime
) -> None:
    set_terms(bakery, begun, FLAT, ada)
    few = len(queries.sent_by(lambda: months.running(northwind, now)))
    for n in range(5):
        place = client_workspace(northwind, f"Client {n}")
        set_terms(place, begun, FLAT, ada)
        speak(place, now)
    assert len(queries.sent_by(lambda: months.running(northwind, now))) == few


def test_a_month_longer_than_the_one_before_costs_its_fee_and_its_plan_once(
    northwind: Agency, bakery: Workspace, ada: User
) -> None:
    """Of an account begun on the 31st: 30 September – 30 October has 31 days, and a month from its first day has 30."""
    Plan.objects.filter(code="agency").update(price=9_900)
    begun = datetime(2026, 8, 31, 12, tzinfo=UTC)
    Agency.objects.update(created_at=begun)
    Subscription.objects.update(started_at=begun)
    PlanSince.objects.update(since=begun)
    agency, client = Agency.objects.get(pk=northwind.pk), Workspace.objects.get(pk=bakery.pk)
    set_terms(client, begun, FLAT, ada)
    closed = [close(agency, ada) for _ in range(3)]
    assert [(each.end - each.start).days for each in closed] == [30, 31, 30]
    assert {(each.revenue, each.cost) for each in closed} == {(20_000, 9_900)}


def test_terms_are_taken_back_once(northwind: Agency, bakery: Workspace, ada: User, now: datetime) -> None:
    set_terms(bakery, now, FLAT, ada)
    version = bakery.terms.get()
    terms.withdraw(northwind, version, by=ada, now=now)
    with pytest.raises(terms.TakenBack):
        terms.withdraw(northwind, version, by=ada, now=now)
    assert AuditEntry.objects.filter(action="money.terms_withdrawn").count() == 1


def test_no_period_begins_within_a_closed_month(northwind: Agency, bakery: Workspace, ada: User, support: User) -> None:
    """Its units would be adjustments of the closed month, and the month after it would have none."""
    begun = datetime(2026, 7, 20, 12, tzinfo=UTC)
    Agency.objects.update(created_at=begun)
    Subscription.objects.update(started_at=begun)
    agency, client = Agency.objects.get(pk=northwind.pk), Workspace.objects.get(pk=bakery.pk)
    set_terms(client, begun, FLAT, ada)
    first = close(agency, ada)  # up to 20 August
    moved = {"plan": agency.subscription.plan, "now": first.end + timedelta(days=5), "by": support}
    with pytest.raises(subscriptions.WrongStart, match="closed its months up to 19 August"):
        subscriptions.subscribe(agency, started_at=first.end - timedelta(days=15), **moved)
    subscriptions.subscribe(agency, started_at=first.end + timedelta(days=2), **moved)
