"""The ledger's pages and their CSV: every unit with its reason, and from every total one click to its rows."""

import csv
import re
from datetime import datetime, timedelta
from html import unescape
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from agencies import sheets
from agencies.models import Agency, User
from billing import corrections, ledger, pools, rollups, units
from billing.ledger import Wanted
from billing.models import LedgerEntry
from chatbots.bots import bots, moving
from chatbots.models import Chatbot
from tests.billing import books
from tests.billing.books import Said
from tests.queries import sent_by
from workspaces import access
from workspaces.models import Workspace

TOTAL_LINK = re.compile(r'<a href="(/[^"]*/ledger/\?[^"]*)">(?:<b>)?(-?[\d,]+)<')


def talk(bot: Chatbot, at: datetime, *, number: int, words: int = 214) -> None:
    """A visitor's message and a reply, in a conversation of their own."""
    held = pools.hold(bot.workspace, chatbot_id=bot.pk, key=f"{number}", fingerprint="", units=3, now=at)
    lines = {number * 2: units.visitor("when?"), number * 2 + 1: units.ai("word " * words)}
    pools.settle(held, lines, now=at, conversation_id=number)


def reply(number: int) -> LedgerEntry:
    """The row of the reply in that talk."""
    return LedgerEntry.objects.get(message_id=number * 2 + 1)


def of_agency(agency: Agency, query: str = "") -> str:
    return f"/agencies/{agency.pk}/ledger/{query}"


def of_workspace(workspace: Workspace, query: str = "") -> str:
    return f"/workspaces/{workspace.pk}/ledger/{query}"


def shown(answer: Any) -> list[int]:
    """The ids of the rows on a page."""
    return [line.entry.pk for line in answer.context["lines"]]


def read(answer: Any) -> str:
    """A page as text."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def sheet_of(browser: Client, address: str) -> list[dict[str, str]]:
    text = browser.get(address).getvalue().decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


@pytest.fixture
def busy(baker: Chatbot, bookworm: Chatbot, support: User, now: datetime) -> Agency:
    """Northwind after sixty talks of two clients in two months, with a few corrections, rolled up."""
    for number in range(60):
        bot = (baker, bookworm)[number % 3 == 0]
        talk(bot, now - timedelta(days=number % 20 * 3, minutes=number), number=number, words=number * 7)
    for number in (0, 1, 31, 45):
        corrections.correct(reply(number), units=1, reason="A test of ours", by=support, now=now)
    rollups.roll_up()
    return baker.workspace.agency


# --- from a total to its rows ----------------------------------------------------------------------------------------


def follow_all(browser: Client, panel: str) -> int:
    """Follow each number of a panel into the ledger, which must say the same; how many there were."""
    links = TOTAL_LINK.findall(browser.get(panel).content.decode())
    for link, number in links:
        page = browser.get(unescape(link))
        total, stands = page.context["total"], int(number.replace(",", ""))
        assert (total.units, not page.context["form"].errors) == (stands, True), link
        assert f"{stands:,} unit{'s' if stands != 1 else ''} in {total.rows:,} row" in read(page)
        assert rows_behind(browser, page) == (total.units, total.rows), link
    return len(links)


def rows_behind(browser: Client, page: Any) -> tuple[int, int]:
    """(units, rows) on this page and all that follow."""
    lines = list(page.context["lines"])
    while page.context["older"]:
        page = browser.get(f"?{page.context['older']}".join([page.request["PATH_INFO"], ""]))
        lines += page.context["lines"]
    return sum(line.entry.units for line in lines), len(lines)


@pytest.mark.parametrize(("panel", "at_least"), [("pool", 4), ("clients", 6), ("days", 20), ("chatbots", 2)])
def test_every_number_of_the_dashboard_leads_to_its_rows(
    busy: Agency, ada: User, sign_in: Any, panel: str, at_least: int
) -> None:
    assert follow_all(sign_in(ada), f"/agencies/{busy.pk}/{panel}/") >= at_least


@pytest.mark.parametrize(("panel", "at_least"), [("use", 1), ("days", 6), ("chatbots", 1)])
@pytest.mark.parametrize("who", ["bo", "ada"])
def test_every_number_of_a_workspace_leads_to_its_rows(
    busy: Agency, bakery: Workspace, request: Any, sign_in: Any, who: str, panel: str, at_least: int
) -> None:
    browser = sign_in(request.getfixturevalue(who))
    assert follow_all(browser, f"/workspaces/{bakery.pk}/{panel}/") >= at_least


# --- the page --------------------------------------------------------------------------------------------------------


def test_a_row_says_when_where_who_and_by_which_rule(
    baker: Chatbot, northwind: Agency, ada: User, now: datetime, sign_in: Any
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(time_zone="Asia/Tokyo")
    at = now.replace(year=2026, month=7, day=1, hour=20, minute=5, second=9)
    talk(baker, at, number=71)
    said = read(sign_in(ada).get(of_agency(northwind)))
    assert "2 Jul 2026, 05:05:09 Bakery Baker Conversation # 71 Baker 214 words → 2 units 2 units pool after 3" in said
    assert "2 Jul 2026, 05:05:09 Bakery Baker Conversation # 71 Visitor A visitor message → 1 unit 1 unit" in said
    assert "3 units in 2 rows" in said


def test_a_human_reply_names_the_person(baker: Chatbot, ada: User, now: datetime, sign_in: Any) -> None:
    held = pools.hold(baker.workspace, chatbot_id=baker.pk, key="a", fingerprint="", units=1, now=now)
    pools.settle(held, {1: units.Charge("human", 3, 1, "A human reply → 1 unit", speaker="Bo of Bakery")}, now=now)
    (line,) = sign_in(ada).get(of_agency(baker.workspace.agency)).context["lines"]
    assert line.who == "Bo of Bakery"


def test_a_correction_and_its_row_lead_to_each_other(
    baker: Chatbot, support: User, bo: User, now: datetime, sign_in: Any
) -> None:
    talk(baker, now, number=1)
    made = corrections.correct(reply(1), units=1, reason="Answered twice", by=support, now=now)
    browser, address = sign_in(bo), of_workspace(baker.workspace)
    page = browser.get(address)
    assert f"Sam Correction: 214 words → 2 units “ Answered twice ” Row {reply(1).pk} −1" in read(page)
    assert "Corrected: −1" in read(page)
    assert f'href="?entry={reply(1).pk}"' in page.content.decode()
    alone = browser.get(f"{address}?entry={reply(1).pk}")
    assert shown(alone) == [made.pk, reply(1).pk]
    assert "1 unit in 2 rows" in read(alone)


def test_a_deleted_chatbot_keeps_its_rows(
    baker: Chatbot, northwind: Agency, ada: User, now: datetime, sign_in: Any
) -> None:
    talk(baker, now, number=1)
    gone = baker.pk
    bots.delete(baker, by=ada, now=now)
    page = sign_in(ada).get(of_agency(northwind, f"?chatbot={gone}"))
    assert {line.chatbot for line in page.context["lines"]} == {f"Deleted chatbot {gone}"}
    assert f'<option value="{gone}" selected>Deleted chatbot {gone}</option>' in page.content.decode()


def test_an_older_page_follows_the_newest(busy: Agency, ada: User, sign_in: Any) -> None:
    browser = sign_in(ada)
    first = browser.get(of_agency(busy))
    following = browser.get(of_agency(busy, f"?{first.context['older']}"))
    assert [len(shown(first)), len(shown(following))] == [50, 50]
    assert [*shown(first), *shown(following)] == [row.pk for row in ledger.page(Wanted(busy), size=100)]
    assert first.context["total"] == following.context["total"]


def test_a_long_page_asks_no_more_of_the_database_than_a_short_one(busy: Agency, ada: User, sign_in: Any) -> None:
    browser = sign_in(ada)
    browser.get(of_agency(busy))
    short = sent_by(lambda: browser.get(of_agency(busy, "?conversation=1")))
    long = sent_by(lambda: browser.get(of_agency(busy)))
    assert len(long) <= len(short) + 1  # the corrected rows


# --- filters ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", 9),
        ("workspace={bakery}", 7),
        ("chatbot={bookworm}", 2),
        ("workspace={bakery}&chatbot={bookworm}", 0),
        ("kind=visitor", 4),
        ("kind=ai", 5),
        ("kind=human", 0),
        ("conversation=2", 3),
        ("period=current", 6),
        ("period=previous", 3),
        ("period={current}", 6),
        ("period={previous}&kind=visitor", 1),
        ("start={today}", 5),
        ("end={today}", 9),
        ("start={long_ago}&end={long_ago}", 2),
        ("workspace={bakery}&kind=ai&start={today}&end={today}&period=current", 1),
    ],
)
def test_filters_stand_in_the_address_and_may_be_combined(
    baker: Chatbot, bookworm: Chatbot, support: User, ada: User, now: datetime, sign_in: Any, query: str, rows: int
) -> None:
    """Four talks: three of Bakery's, one of them a month ago and corrected today; and one of Bookshop's."""
    agency, long_ago = baker.workspace.agency, now - timedelta(days=31)
    talk(baker, now, number=1)
    talk(baker, long_ago, number=2)
    talk(bookworm, now, number=3)
    talk(baker, now - timedelta(days=1), number=4)
    corrections.correct(reply(2), units=1, reason="A test of ours", by=support, now=now)
    values = {"bakery": baker.workspace_id, "bookworm": bookworm.pk, "today": now.date(), "long_ago": long_ago.date()}
    values |= {name: f"{reply(n).period_start:%Y-%m-%d}" for name, n in {"current": 1, "previous": 2}.items()}
    page = sign_in(ada).get(of_agency(agency, "?" + query.format(**values)))
    assert page.context["form"].errors == {}
    assert (len(shown(page)), page.context["total"].rows) == (rows, rows)


@pytest.mark.parametrize(
    "query",
    [
        "workspace=x",
        "workspace=-1",
        "workspace=987654321",
        "chatbot=1.5",
        "kind=nothing",
        "conversation=" + "9" * 40,
        "entry=row",
        "before=x",
        "period=2001-01-01",
        "period=next",
        "start=yesterday",
        "end=9999-12-31",
        "start=2026-02-02&end=2026-02-01",
    ],
)
def test_a_filter_that_makes_no_sense_shows_no_row_and_says_so(
    busy: Agency, ada: User, sign_in: Any, query: str
) -> None:
    browser = sign_in(ada)
    page = browser.get(of_agency(busy, f"?{query}"))
    assert (page.status_code, bool(page.context["form"].errors)) == (200, True)
    assert "Nothing is shown until the filters make sense" in read(page)
    assert "0 units in 0 rows" in read(page)
    assert sheet_of(browser, of_agency(busy, f"export/?{query}")) == []


@pytest.mark.parametrize(
    "query", ["workspace={workspace}", "chatbot={chatbot}", "conversation=500", "entry={entry}", "before={entry}"]
)
def test_what_is_another_agencys_is_found_as_little_as_what_never_was(
    busy: Agency, crier: Chatbot, ada: User, now: datetime, sign_in: Any, query: str
) -> None:
    talk(crier, now, number=500)
    foreign = {"workspace": crier.workspace_id, "chatbot": crier.pk, "entry": reply(500).pk}
    browser = sign_in(ada)
    page = browser.get(of_agency(busy, "?" + query.format(**foreign)))
    nothing = browser.get(of_agency(busy, "?" + query.format(**dict.fromkeys(foreign, 987654321))))
    assert shown(page) == shown(nothing) == []
    assert re.sub(r"\d+", "", read(page)) == re.sub(r"\d+", "", read(nothing))


def test_the_second_page_of_a_workspace_does_not_go_on_after_a_row_of_its_sibling(
    busy: Agency, bakery: Workspace, bo: User, sign_in: Any
) -> None:
    sibling = reply(0)
    assert sibling.workspace_id != bakery.pk
    assert shown(sign_in(bo).get(of_workspace(bakery, f"?before={sibling.pk}"))) == []


# --- what a client sees ----------------------------------------------------------------------------------------------


def test_a_client_sees_the_own_rows_and_never_the_pool(
    busy: Agency, bakery: Workspace, bookshop: Workspace, bookworm: Chatbot, bo: User, sign_in: Any
) -> None:
    browser = sign_in(bo)
    for query in ("", f"?workspace={bookshop.pk}", "?period=current"):
        page = browser.get(of_workspace(bakery, query))
        assert {line.entry.workspace_id for line in page.context["lines"]} == {bakery.pk}
        assert not [word for word in ("Bookshop", "Bookworm", "ool after", "Main") if word in read(page)]
    assert shown(browser.get(of_workspace(bakery, f"?chatbot={bookworm.pk}"))) == []
    assert browser.get(of_agency(busy)).status_code == 404


def test_a_client_does_not_learn_what_became_of_a_chatbot_that_moved_away(
    baker: Chatbot, bookshop: Workspace, bo: User, ada: User, now: datetime, sign_in: Any
) -> None:
    talk(baker, now, number=1)
    bakery = baker.workspace
    moving.move(baker, to=bookshop, by=ada, now=now)
    Chatbot.objects.update(name="Renamed there")
    moved = read(sign_in(bo).get(of_workspace(bakery)))
    assert f"Former chatbot {baker.pk}" in moved
    assert "Renamed there" not in moved
    assert "Renamed there" in read(sign_in(ada).get(of_workspace(bakery)))
    Chatbot.objects.all().delete()
    assert read(sign_in(bo).get(of_workspace(bakery))) == moved


def test_who_may_not_see_the_numbers_sees_no_ledger(
    busy: Agency, bakery: Workspace, bo: User, ada: User, now: datetime, sign_in: Any
) -> None:
    access.narrow(bakery, withheld=["see_analytics"], by=ada, now=now)
    browser = sign_in(bo)
    assert browser.get(of_workspace(bakery)).status_code == 403
    assert browser.get(of_workspace(bakery, "export/")).status_code == 403
    assert "/ledger/" not in browser.get(f"/workspaces/{bakery.pk}/").content.decode()


# --- CSV -------------------------------------------------------------------------------------------------------------

FILTERS = st.fixed_dictionaries(
    {
        "workspace": books.seldom(st.sampled_from(["{bakery}", "{bookshop}", "{kiosk}"])),
        "chatbot": books.seldom(st.integers(1, 4)),
        "kind": books.seldom(st.sampled_from(LedgerEntry.Kind.values)),
        "conversation": books.seldom(st.integers(1, 5)),
        "period": st.none() | st.sampled_from(["current", "previous"]),
        "start": books.seldom(st.integers(0, books.DAYS)),
        "end": books.seldom(st.integers(0, books.DAYS)),
    }
).map(lambda filters: {name: value for name, value in filters.items() if value is not None})


@books.some_books
@given(every=books.books, zone=st.sampled_from(books.ZONES), rolled_up=st.integers(0, 15), filters=FILTERS)
def test_the_units_of_the_csv_add_up_to_the_page_and_to_the_ledger(
    bakery: Workspace,
    bookshop: Workspace,
    kiosk: Workspace,
    ada: User,
    support: User,
    now: datetime,
    sign_in: Any,
    every: list[Said],
    zone: str,
    rolled_up: int,
    filters: dict[str, Any],
) -> None:
    with books.undone():
        places = books.rezoned([bakery, bookshop, kiosk], zone)
        books.write(every, places, by=support, now=now, rolled_up=rolled_up)
        query, browser = asked(filters, places, now), sign_in(ada)
        page = browser.get(of_agency(bakery.agency), query)
        rows = sheet_of(browser, of_agency(bakery.agency, f"export/?{urlencode(query)}"))
        entries = LedgerEntry.objects.in_bulk([int(row["Row"]) for row in rows])
        total = page.context["total"]
        assert sum(int(row["Units"]) for row in rows) == sum(e.units for e in entries.values()) == total.units
        assert len(rows) == len(entries) == total.rows
        assert [int(row["Row"]) for row in rows] == shown(page)
        assert {entry.agency_id for entry in entries.values()} <= {bakery.agency_id}


def asked(filters: dict[str, Any], places: list[Workspace], now: datetime) -> dict[str, str]:
    """The filters as they stand in an address; days in the right order."""
    keys = {place.name.lower(): place.pk for place in places}
    days = {name: (now - timedelta(days=filters[name])).date() for name in ("start", "end") if name in filters}
    ordered = dict(zip(days, sorted(days.values()), strict=True))
    return {name: str(value).format(**keys) for name, value in (filters | ordered).items()}


def test_the_csv_has_the_columns_of_the_page_with_exact_times(
    baker: Chatbot, northwind: Agency, support: User, ada: User, now: datetime, sign_in: Any
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(time_zone="Asia/Tokyo")
    talk(baker, now.replace(year=2026, month=7, day=1, hour=20, minute=5, second=9), number=71)
    made = corrections.correct(reply(71), units=2, reason="=HYPERLINK(0)", by=support, now=now)
    first, second, _ = sheet_of(sign_in(ada), of_agency(northwind, "export/"))
    assert second == {
        "Row": str(reply(71).pk),
        "When": "2026-07-02T05:05:09+09:00",
        "Workspace": "Bakery",
        "Chatbot": "Baker",
        "Conversation": "71",
        "Who": "Baker",
        "Rule": "214 words → 2 units",
        "Units": "2",
        "Pool after": "3",
        "Corrects row": "",
        "Reason": "",
    }
    assert (first["Row"], first["Units"], first["Corrects row"]) == (str(made.pk), "-2", str(reply(71).pk))
    assert (first["Who"], first["Reason"]) == ("Sam", "'=HYPERLINK(0)")


def test_a_clients_csv_says_nothing_of_the_pool_or_of_siblings(
    busy: Agency, bakery: Workspace, bo: User, sign_in: Any
) -> None:
    rows = sheet_of(sign_in(bo), of_workspace(bakery, "export/"))
    assert not {"Pool after", "Workspace"} & set(rows[0])
    own = LedgerEntry.objects.filter(workspace=bakery)
    assert {int(row["Row"]) for row in rows} == {entry.pk for entry in own}


def test_the_csv_is_sent_while_it_is_read_and_kept_by_no_cache(
    busy: Agency, ada: User, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "AT_ONCE", 10)
    monkeypatch.setattr(sheets, "PIECE", 1)  # each line by itself
    answer = sign_in(ada).get(of_agency(busy, "export/"))
    assert answer.streaming
    assert "no-store" in answer["Cache-Control"]
    lines = iter(answer.streaming_content)
    assert len(sent_by(lambda: [next(lines) for _ in range(11)])) == 3  # two for rows, one for corrections
    assert len([*lines]) == LedgerEntry.objects.filter(agency=busy).count() - 10
