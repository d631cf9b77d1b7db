"""The forecast: when the pool ends by the pattern of the week, with a band, and silence where the data are too thin."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.models import Agency, User
from billing import advice, forecast, periods
from billing.forecast import WhatIf
from billing.models import Pack, PoolPeriod, Subscription, UsageDay, WorkspacePeriod
from tests.queries import sent_by
from workspaces.models import Workspace

NOW = datetime(2026, 11, 11, tzinfo=UTC)  # a Wednesday, as it begins: the tenth was the last whole day
Week = tuple[int, ...]
EVEN: Week = (100,) * 7
SHOP: Week = (100, 100, 100, 100, 100, 300, 0)  # closed on Sundays


@pytest.fixture
def agency(northwind: Agency) -> Agency:
    """Northwind, whose period began on the first of November."""
    Subscription.objects.filter(agency=northwind).update(started_at=datetime(2026, 11, 1, tzinfo=UTC))
    return Agency.objects.get(pk=northwind.pk)


def use(workspace: Workspace, week: Week, *, days: int = 28) -> None:
    """Every Monday so much, every Tuesday so much, for so many days before NOW; the same each week."""
    for n in range(1, days + 1):
        day = (NOW - timedelta(days=n)).date()
        units = {"units": week[day.weekday()], "messages": 1, "kind": "ai", "chatbot_id": 1}
        UsageDay.objects.create(agency=workspace.agency, workspace=workspace, day=day, **units)


def fill(agency: Agency, *, used: int, quota: int | None, of: dict[Workspace, int] | None = None) -> None:
    period = periods.current(agency, NOW)
    PoolPeriod.objects.create(agency=agency, start=period.start, end=period.end, used=used, quota=quota)
    for workspace, taken in (of or {}).items():
        WorkspacePeriod.objects.create(agency=agency, workspace=workspace, start=period.start, used=taken)


def ends(agency: Agency, **what_if: int) -> date | None:
    seen = forecast.of(agency, now=NOW, what_if=WhatIf(**what_if))
    assert seen is not None
    return seen.ends_on


def november(day: int) -> date:
    return date(2026, 11, day)


def test_the_pool_ends_on_the_day_on_which_the_week_says_so(agency: Agency, bakery: Workspace) -> None:
    use(bakery, SHOP)
    fill(agency, used=1000, quota=1600)  # Wednesday to Friday 300, Saturday 300: used up with the fourteenth
    seen = forecast.of(agency, now=NOW)
    assert seen is not None
    assert (seen.ends_on, seen.days_early) == (november(14), 17)
    assert (seen.earliest, seen.latest) == (november(14), november(14))  # every week was the same: there is no band
    assert seen.by_the_end == 1000 + 3 * 100 + 2 * 800 + 300 + 0 + 100  # to Saturday, two weeks; the last is a Monday
    assert seen.short == seen.by_the_end - 1600


def test_a_pool_that_lasts_has_no_end(agency: Agency, bakery: Workspace) -> None:
    use(bakery, EVEN)
    fill(agency, used=1000, quota=3001)  # twenty days to go
    assert ends(agency) is None


def test_uneven_days_widen_the_band(agency: Agency, bakery: Workspace) -> None:
    use(bakery, EVEN)
    UsageDay.objects.filter(day__in=[november(2), november(5), november(7)]).update(units=400)
    fill(agency, used=1000, quota=2500)
    seen = forecast.of(agency, now=NOW)
    assert seen is not None
    assert seen.earliest is not None
    assert seen.ends_on is not None
    assert seen.earliest < seen.ends_on
    assert seen.latest is None or seen.latest > seen.ends_on


@pytest.mark.parametrize(("days", "units", "speaks"), [(13, 100, False), (14, 100, True), (28, 3, False)])
def test_too_few_days_or_units_say_nothing(
    agency: Agency, bakery: Workspace, days: int, units: int, speaks: bool
) -> None:
    use(bakery, (units,) * 7, days=days)
    fill(agency, used=1000, quota=2500)
    assert (forecast.of(agency, now=NOW) is not None) == speaks


def test_an_unlimited_pool_has_no_forecast(agency: Agency, bakery: Workspace) -> None:
    use(bakery, EVEN)
    fill(agency, used=1000, quota=None)
    assert forecast.of(agency, now=NOW) is None


def test_who_is_how_much_of_the_pace_and_what_doubling_buying_and_a_cap_change(
    agency: Agency, bakery: Workspace, bookshop: Workspace
) -> None:
    use(bakery, (150,) * 7)
    use(bookshop, (50,) * 7)
    fill(agency, used=1000, quota=2000, of={bakery: 800, bookshop: 200})
    seen = forecast.of(agency, now=NOW)
    assert seen is not None
    assert [(part.workspace, part.share) for part in seen.parts] == [(bakery, 0.75), (bookshop, 0.25)]
    assert ends(agency) == november(15)  # 200 a day
    assert ends(agency, doubles=bookshop.pk) == november(14)  # 250 a day
    assert ends(agency, bought=1000) == november(20)
    assert ends(agency, capped=bakery.pk, cap=950) == november(27)  # 150 more of Bakery's, and 50 a day
    assert ends(agency, capped=bakery.pk, cap=800) is None  # twenty times 50 are left, and taken


def test_a_cap_that_stands_stops_its_client_and_one_who_rests_takes_nothing(
    agency: Agency, bakery: Workspace, bookshop: Workspace
) -> None:
    use(bakery, (150,) * 7)
    use(bookshop, (50,) * 7)
    fill(agency, used=1000, quota=2200, of={bakery: 800, bookshop: 200})
    assert ends(agency) == november(16)
    Workspace.objects.filter(pk=bakery.pk).update(message_cap=900)
    assert ends(agency) is None  # 100 and twenty times 50
    Workspace.objects.filter(pk=bakery.pk).update(message_cap=None, paused_at=NOW)
    assert ends(agency) is None
    assert [part.workspace for part in forecast.of(agency, now=NOW).parts] == [bookshop]  # type: ignore[union-attr]


def test_later_weeks_count_more(agency: Agency, bakery: Workspace) -> None:
    use(bakery, EVEN)
    UsageDay.objects.filter(day__gte=november(4)).update(units=200)
    fill(agency, used=0, quota=100_000)
    assert forecast.of(agency, now=NOW).by_the_end == 20 * 140  # type: ignore[union-attr] # (4 × 200 + 6 × 100) / 10


def test_the_add_ons_page_says_the_same(agency: Agency, bakery: Workspace) -> None:
    use(bakery, SHOP)
    fill(agency, used=1000, quota=1600)
    said, seen = advice.for_agency(agency, NOW), forecast.of(agency, now=NOW)
    assert said is not None
    assert seen is not None
    assert (said.ends_on, said.short) == (seen.ends_on, seen.short)


def test_more_clients_take_no_more_queries(agency: Agency, bakery: Workspace, bookshop: Workspace) -> None:
    use(bakery, EVEN)
    fill(agency, used=1000, quota=2000)
    few = sent_by(lambda: forecast.of(agency, now=NOW))
    use(bookshop, EVEN)
    assert len(sent_by(lambda: forecast.of(agency, now=NOW))) == len(few)


def test_the_page_answers_what_if_and_says_what_makes_no_sense(
    agency: Agency, bakery: Workspace, kiosk: Workspace, ada: User, sign_in: Callable[[User], Client]
) -> None:
    for n in range(1, 29):
        day, units = (datetime.now(UTC) - timedelta(days=n)).date(), {"units": 300, "messages": 1, "kind": "ai"}
        UsageDay.objects.create(agency=agency, workspace=bakery, day=day, chatbot_id=1, **units)
    pack = Pack.objects.create(resource="messages", name="5,000 messages", amount=5000, price=9500, lasts="period")
    browser, page = sign_in(ada), f"/agencies/{agency.pk}/forecast/"
    assert "At this pace the pool" in browser.get(page).content.decode()
    assert "Buy this pack" in browser.get(page, {"pack": pack.pk}).content.decode()
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"capped": bakery.pk}, "how many messages"),
        ({"cap": 5}, "who gets this cap"),
        ({"capped": bakery.pk, "cap": "-1"}, "whole number of 0 or more"),
        ({"capped": bakery.pk, "cap": "9" * 12}, "more than any pool holds"),
        ({"doubles": kiosk.pk}, "is not one of the available choices"),
    )
    for query, words in wrong:
        answer = browser.get(page, query).content.decode()
        assert words in answer
        assert ">Then</th>" not in answer


def test_the_day_on_which_a_cap_stops_its_client_is_said(agency: Agency, bakery: Workspace) -> None:
    use(bakery, EVEN)
    Workspace.objects.filter(pk=bakery.pk).update(message_cap=1250)
    fill(agency, used=1000, quota=5000, of={bakery: 1000})
    seen = forecast.of(agency, now=NOW)
    assert seen is not None
    assert forecast.capped_on(seen, seen.parts[0]) == november(13)


def test_a_pool_that_is_used_up_is_called_so(agency: Agency, bakery: Workspace) -> None:
    use(bakery, EVEN)
    fill(agency, used=1000, quota=1000)
    seen = forecast.of(agency, now=NOW)
    assert seen is not None
    assert (seen.is_used_up, seen.ends_on) == (True, NOW.date())
