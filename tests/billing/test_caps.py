"""Caps: optional ceilings. One below what is used takes nothing back, and the page says beforehand what happens."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from agencies.models import Agency, User
from billing import pools, units, usage
from billing.models import UsageDay
from tests.conftest import member
from workspaces import caps
from workspaces.models import CapRequest, Workspace

EMPTY = {"cap": "", "guarantee": "", "at_limit": "notice"}
COLUMNS = {"messages": "message_cap", "sources": "source_cap", "seats": "seat_cap"}


@pytest.fixture
def browser(ada: User, sign_in: Any) -> Client:
    return sign_in(ada)


@pytest.fixture
def page(northwind: Agency, bakery: Workspace) -> str:
    return f"/agencies/{northwind.pk}/allocation/{bakery.pk}/"


@pytest.fixture
def used(bakery: Workspace, now: datetime) -> int:
    """Bakery has used two units."""
    held = pools.hold(bakery, chatbot_id=1, key="a", fingerprint="", units=3, now=now)
    return pools.settle(held, {1: units.visitor("?"), 2: units.ai("!")}, now=now)


def preview(browser: Client, page: str, resource: str = "messages", **typed: str) -> str:
    answer = browser.post(f"{page}{resource}/preview/", EMPTY | typed)
    assert answer.status_code == 200, answer.context["form"].errors
    return " ".join(answer.context["sentences"])


def capped(workspace: Workspace) -> tuple[int | None, ...]:
    return Workspace.objects.values_list(*COLUMNS.values()).get(pk=workspace.pk)


# --- setting them ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("resource", COLUMNS)
def test_a_cap_is_set_and_emptied_for_one_resource_alone(
    browser: Client, page: str, bakery: Workspace, resource: str
) -> None:
    assert browser.post(f"{page}{resource}/", EMPTY | {"cap": "2,000"}).status_code == 302
    assert capped(bakery) == tuple(2000 if name == resource else None for name in COLUMNS)
    browser.post(f"{page}{resource}/", EMPTY)
    assert capped(bakery) == (None, None, None)


@pytest.mark.parametrize("cap", [0, 1, 2])
def test_a_cap_at_or_below_what_is_used_is_allowed_and_refuses_the_next(
    browser: Client, page: str, bakery: Workspace, used: int, cap: int, now: datetime
) -> None:
    assert browser.post(f"{page}messages/", EMPTY | {"cap": str(cap)}).status_code == 302
    with pytest.raises(pools.CapReached):
        pools.hold(bakery, chatbot_id=1, key="b", fingerprint="", units=1, now=now)
    assert usage.meter(bakery, now).used == used


@pytest.mark.parametrize("resource", COLUMNS)
@pytest.mark.parametrize("field", ["cap", "guarantee"])
@pytest.mark.parametrize("value", ["-1", "1.5", "many", "9" * 30, "1000000000000", "2147483648", "NaN", "0x10", "١٢x"])
def test_what_is_no_such_number_is_refused_at_its_field(
    browser: Client, page: str, bakery: Workspace, resource: str, field: str, value: str
) -> None:
    for ending in ("", "preview/"):
        answer = browser.post(f"{page}{resource}/{ending}", EMPTY | {field: value})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
    assert capped(bakery) == (None, None, None)


@pytest.mark.parametrize("who", ["bo", "vi", "analyst", "mallory"])
def test_a_client_does_not_lift_its_own_cap(
    page: str, bakery: Workspace, who: str, sign_in: Any, request: pytest.FixtureRequest
) -> None:
    theirs = sign_in(request.getfixturevalue(who))
    for ending in ("messages/", "seats/", "sources/", "messages/preview/"):
        assert theirs.post(page + ending, EMPTY | {"cap": "999"}).status_code in (403, 404)
    assert capped(bakery) == (None, None, None)


@pytest.mark.parametrize("where", ["kiosk", "archived", "nowhere"])
def test_only_an_open_workspace_of_the_agency_is_allocated(
    browser: Client, northwind: Agency, bookshop: Workspace, kiosk: Workspace, now: datetime, where: str
) -> None:
    Workspace.objects.filter(pk=bookshop.pk).update(archived_at=now)
    there = {"kiosk": kiosk.pk, "archived": bookshop.pk, "nowhere": 10**17}[where]
    for resource in COLUMNS:
        page = f"/agencies/{northwind.pk}/allocation/{there}/{resource}/"
        assert browser.post(page, EMPTY | {"cap": "1"}).status_code == browser.get(page).status_code == 404
    assert capped(kiosk) == (None, None, None)


# --- a cap that was widened for a while ------------------------------------------------------------------------------


@pytest.fixture
def granted(bakery: Workspace, ada: User, now: datetime) -> CapRequest:
    """Bakery has a cap of 5 on everything, and for a day 2 more messages."""
    Workspace.objects.filter(pk=bakery.pk).update(message_cap=5, source_cap=5, seat_cap=5)
    return CapRequest.objects.create(
        workspace=bakery,
        resource="messages",
        granted=2,
        ends_at=now + timedelta(days=1),
        decided_at=now,
        decided_by=ada,
    )


def test_a_grant_widens_the_cap_until_its_end(bakery: Workspace, granted: CapRequest, now: datetime) -> None:
    bakery.refresh_from_db()
    ends_at = granted.ends_at or now
    assert caps.at_most(bakery, "messages", now=now) == 7
    assert caps.at_most(bakery, "messages", now=ends_at) == 5
    assert caps.at_most(bakery, "seats", now=now) == 5


def test_the_last_day_of_a_grant_is_the_periods_or_one_of_the_agencys_calendar() -> None:
    for zone in ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland"):
        assert caps.last_day(datetime(2026, 12, 5, tzinfo=UTC), zone) == date(2026, 12, 4)
        tenth = datetime(2026, 12, 11, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        assert caps.last_day(tenth, zone) == date(2026, 12, 10)


@pytest.mark.parametrize("undecided", [{"granted": None, "ends_at": None}, {"granted": None, "decided_at": None}])
def test_what_was_not_granted_widens_nothing(
    bakery: Workspace, granted: CapRequest, now: datetime, undecided: dict[str, Any]
) -> None:
    CapRequest.objects.update(**{"ends_at": None} | undecided)
    bakery.refresh_from_db()
    assert caps.at_most(bakery, "messages", now=now) == 5


def test_python_and_the_database_know_the_same_cap(bakery: Workspace, granted: CapRequest, now: datetime) -> None:
    for number in (1, 2):
        pools.hold(bakery, chatbot_id=1, key=str(number), fingerprint="", units=3, now=now)
    pools.hold(bakery, chatbot_id=1, key="last", fingerprint="", units=1, now=now)
    with pytest.raises(pools.CapReached):
        pools.hold(bakery, chatbot_id=1, key="one more", fingerprint="", units=1, now=now)


def test_a_widened_cap_is_shown_with_its_end(
    browser: Client, northwind: Agency, bo: User, bakery: Workspace, granted: CapRequest, sign_in: Any
) -> None:
    shown = browser.get(f"/agencies/{northwind.pk}/allocation/").content.decode()
    assert f"+2 until {granted.ends_at:%-d %b}" in shown
    assert '/messages/">7' in browser.get(f"/agencies/{northwind.pk}/clients/").content.decode()
    assert "of 7 units, this workspace" in sign_in(bo).get(f"/workspaces/{bakery.pk}/use/").content.decode()


# --- in words, before it is saved ------------------------------------------------------------------------------------


def test_a_preview_saves_nothing(browser: Client, page: str, bakery: Workspace) -> None:
    preview(browser, page, cap="7", guarantee="3")
    bakery.refresh_from_db()
    assert (bakery.message_cap, bakery.message_guarantee) == (None, None)


@pytest.mark.parametrize(
    ("cap", "words"),
    [
        ("0", "or until the cap is raised, its visitors get a notice. Nothing is taken back."),
        ("2", "Bakery has used 2 and would be at its cap at once"),
        ("4", "Bakery has used 2 and would be at its cap at once"),  # an exchange may cost 3
        ("1,002", "Bakery may use 1,000 more messages in this period"),
        ("", "draws on the shared pool: 9,998 are left for it"),
    ],
)
def test_the_preview_says_who_would_be_over(browser: Client, page: str, used: int, cap: str, words: str) -> None:
    assert words in preview(browser, page, cap=cap)


def use_daily(workspace: Workspace, amount: int, now: datetime, *, days: int = 7) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(created_at=now - timedelta(days=50))
    last = usage.today(workspace.agency, now)
    for ago in range(days):
        fields = {"chatbot_id": 1, "kind": "ai", "messages": 1, "units": amount}
        UsageDay.objects.create(
            agency=workspace.agency, workspace=workspace, day=last - timedelta(days=ago + 1), **fields
        )


def test_the_preview_says_from_when_at_the_present_pace(
    browser: Client, page: str, bakery: Workspace, used: int, now: datetime
) -> None:
    use_daily(bakery, 140, now)
    day = usage.today(bakery.agency, now) + timedelta(days=5)
    told = preview(browser, page, cap="800", at_limit="lead")  # 798 are left, for five days and a part of the sixth
    assert f"At its pace of 140 a day it would be at its cap from {day:%-d %B}" in told
    assert "a form to leave a message" in told
    for cap in ("900,000", "1,000,000,000"):  # the latter for longer than a calendar goes
        assert "the cap lasts until the next period begins on" in preview(browser, page, cap=cap)


def test_a_pace_is_the_mean_of_whole_days_since_the_workspace_is_open(
    bakery: Workspace, bookshop: Workspace, now: datetime
) -> None:
    use_daily(bakery, 70, now, days=3)  # idle on four days of the week
    use_daily(bookshop, 70, now, days=2)
    Workspace.objects.filter(pk=bookshop.pk).update(created_at=now - timedelta(days=2))
    assert usage.paces(bakery.agency, now) == {bakery.pk: 30, bookshop.pk: 70}


def test_a_week_in_which_more_was_taken_back_than_used_has_no_pace(
    browser: Client, page: str, bakery: Workspace, now: datetime
) -> None:
    use_daily(bakery, -7, now)
    assert usage.paces(bakery.agency, now) == {bakery.pk: 0}
    assert "At its pace" not in preview(browser, page, cap="800")


def test_the_preview_says_what_is_left_for_the_others(
    browser: Client, page: str, bookshop: Workspace, used: int, now: datetime
) -> None:
    pools.hold(bookshop, chatbot_id=1, key="b", fingerprint="", units=3, now=now)
    told = preview(browser, page, guarantee="4,200")
    assert "The others could use at most 5,800 messages together, and have used 3." in told
    use_daily(bookshop, 1000, now)
    day = usage.today(bookshop.agency, now) + timedelta(days=5)
    assert f"they would find nothing left from {day:%-d %B}" in preview(browser, page, guarantee="4,200")


@pytest.mark.usefixtures("baker")
@pytest.mark.parametrize(
    ("cap", "words"),
    [
        ("0", "would be over at once: what is there stays, and nothing new comes in until the cap is raised."),
        ("1", "would be at its cap at once"),
        ("3", "Bakery may have 2 data sources more, of which the pool has 1 for it now"),
        ("", "draws on the shared pool: 1 is left for it"),
    ],
)
def test_the_preview_of_data_sources_counts_what_is_there(
    browser: Client, page: str, northwind: Agency, cap: str, words: str
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(source_limit=2)
    assert words in preview(browser, page, "sources", cap=cap)


@pytest.mark.usefixtures("bo", "sue")
def test_the_preview_of_seats_says_what_others_hold_already(
    browser: Client, page: str, northwind: Agency, bookshop: Workspace
) -> None:
    member("Sid", bookshop, "viewer")
    Agency.objects.filter(pk=northwind.pk).update(seat_limit=3)
    told = preview(browser, page, "seats", guarantee="3")
    assert "The others could use at most 0 seats together, and have used 2." in told
    assert "2 of the guarantee are used by others already, and are not taken away" in told


# --- what a client sees ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("used")
def test_at_the_cap_a_client_reads_what_its_visitors_get(bo: User, bakery: Workspace, sign_in: Any) -> None:
    Workspace.objects.filter(pk=bakery.pk).update(message_cap=2, at_limit="lead")
    shown = sign_in(bo).get(f"/workspaces/{bakery.pk}/use/").content.decode()
    assert "or until the cap is raised, visitors get a form to leave a message." in shown


@pytest.mark.usefixtures("used", "baker")
@pytest.mark.parametrize("panel", ["use/", "owned/"])
def test_a_client_sees_its_own_use_and_nothing_of_the_pool_or_of_siblings(
    bo: User, bakery: Workspace, bookshop: Workspace, sign_in: Any, panel: str
) -> None:
    Workspace.objects.filter(pk=bookshop.pk).update(message_guarantee=4321, source_guarantee=4322, seat_guarantee=4323)
    Workspace.objects.filter(pk=bakery.pk).update(
        message_cap=77, source_cap=78, seat_cap=79, message_guarantee=11, source_guarantee=12, seat_guarantee=13
    )
    shown = sign_in(bo).get(f"/workspaces/{bakery.pk}/{panel}", headers={"HX-Request": "true"}).content.decode()
    assert any(own in shown for own in ("of 77 units", "of 78, this workspace"))
    assert "guaranteed to this workspace" in shown
    for foreign in ("10,000", "200 ", "4,32", "Northwind", "Bookshop", "shared"):
        assert foreign not in shown
