"""The allocation page: all clients side by side, edited in place, with a history and a way back."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.models import Action, Agency, AuditEntry, User
from billing import allocation, clients, pools, usage
from billing.models import PoolPeriod, WorkspacePeriod
from tests.conftest import member, teach
from tests.queries import sent_by
from tests.racing import at_once
from workspaces import caps, closing, lifecycle
from workspaces.access import set_role
from workspaces.models import Resource, Workspace

HTMX = {"HX-Request": "true"}
TABS = {"messages": "", "sources": "sources/", "seats": "seats/"}


@pytest.fixture
def browser(ada: User, sign_in: Any) -> Client:
    return sign_in(ada)


@pytest.fixture
def page(northwind: Agency) -> str:
    return f"/agencies/{northwind.pk}/allocation/"


def allocate(workspace: Workspace, now: datetime, resource: str = "messages", **wanted: Any) -> list[AuditEntry]:
    owner = workspace.agency.staff.get(role="owner").user
    return allocation.allocate(
        workspace, resource=resource, by=owner, now=now, **{"cap": None, "guarantee": None} | wanted
    )


def use(workspace: Workspace, amount: int, now: datetime) -> None:
    pools.hold(workspace, chatbot_id=1, key=f"{workspace.pk}", fingerprint="", units=amount, now=now)
    WorkspacePeriod.objects.filter(workspace=workspace).update(used=amount, held=0)
    PoolPeriod.objects.update(used=sum(WorkspacePeriod.objects.values_list("used", flat=True)), held=0)


def text(answer: Any) -> str:
    """What a reader sees, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def names(answer: Any) -> list[str]:
    return [row.workspace.name for row in answer.context["rows"]]


# --- side by side ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tab", TABS.values())
def test_every_tab_says_that_the_pool_is_shared_and_not_divided(browser: Client, page: str, tab: str) -> None:
    shown = text(browser.get(page + tab))
    assert "shared, not divided" in shown
    assert "No client has a cap: all draw on the shared pool." in shown
    assert "Nothing is guaranteed to anybody." in shown


def test_caps_above_the_pool_are_allowed_and_said(
    browser: Client, page: str, bakery: Workspace, bookshop: Workspace, now: datetime
) -> None:
    allocate(bakery, now, cap=8000, guarantee=3000)
    allocate(bookshop, now, cap=6000)
    use(bakery, 1000, now)
    shown = text(browser.get(page))
    assert "Caps add up to 14,000, more than the pool of 10,000: that is allowed, the pool is shared." in shown
    assert "Guarantees add up to 3,000; 2,000 of them are not used yet, and reserved." in shown
    assert "Left for everybody 7,000" in shown


def test_a_plan_that_holds_less_than_is_used_says_what_is_over(
    browser: Client, page: str, northwind: Agency, bakery: Workspace, bo: User, sue: User, now: datetime
) -> None:
    allocate(bakery, now, "seats", guarantee=2)
    Agency.objects.filter(pk=northwind.pk).update(seat_limit=1)
    shown = text(browser.get(page + "seats/"))
    assert "2 seats are used, and the pool holds 1: 1 too many. Nothing is deleted" in shown
    assert "Guarantees add up to 2, more than the pool of 1." in shown


def test_each_tab_counts_its_own_resource(
    browser: Client, page: str, bakery: Workspace, bookshop: Workspace, baker: Any, bo: User, now: datetime
) -> None:
    teach(baker, "Second", "Words.")
    member("Ben", bakery, "viewer")
    member("Bea", bakery, "viewer")
    use(bakery, 7, now)
    for tab, used in (("", 7), ("sources/", 2), ("seats/", 3)):
        answer = browser.get(page + tab)
        assert (answer.context["allocation"].used, answer.context["rows"][0].used) == (used, used)
        assert names(answer) == ["Bakery", "Bookshop", "Northwind"]


def test_a_person_in_two_workspaces_counts_in_both_and_once_in_the_pool(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, sue: User, browser: Client, page: str
) -> None:
    set_role(bakery, user=sue, role="viewer")
    found = browser.get(page + "seats/").context["allocation"]
    assert (found.used, [row.used for row in found.rows][:2]) == (1, [1, 1])
    assert sum(row.drawn for row in found.rows) == 1


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("used", ["Bookshop", "Bakery", "Northwind"]),
        ("name", ["Bakery", "Bookshop", "Northwind"]),
        ("cap", ["Northwind", "Bakery", "Bookshop"]),
        ("nonsense", ["Bookshop", "Bakery", "Northwind"]),
    ],
)
def test_the_table_is_sorted_by_the_address(
    browser: Client,
    page: str,
    northwind: Agency,
    bakery: Workspace,
    bookshop: Workspace,
    now: datetime,
    sort: str,
    order: list[str],
) -> None:
    allocate(northwind.workspaces.get(is_main=True), now, cap=9)
    allocate(bakery, now, cap=5)
    use(bookshop, 3, now)
    assert names(browser.get(page, {"sort": sort})) == order
    assert names(browser.get(page, {"sort": sort, "q": "book"})) == ["Bookshop"]


@pytest.mark.parametrize(
    "query", ["page=9999", "page=x", "saved=x", f"saved={10**40}", "saved=1", "q=%2B", "sort=", "q=zzz"]
)
def test_any_address_shows_a_page(browser: Client, page: str, bakery: Workspace, query: str) -> None:
    assert browser.get(f"{page}?{query}").status_code == 200


def test_an_archived_client_stays_in_the_sum_of_the_period_and_is_not_edited(
    browser: Client, page: str, bakery: Workspace, ada: User, now: datetime
) -> None:
    use(bakery, 5, now)
    closing.archive(bakery, by=ada, now=now)
    answer = browser.get(page)
    assert names(answer) == ["Bakery", "Northwind"]
    assert f"/allocation/{bakery.pk}/" not in answer.content.decode()
    assert names(browser.get(page + "seats/")) == ["Northwind"]


def fill(agency: Agency, amount: int) -> None:
    Workspace.objects.bulk_create(
        Workspace(agency=agency, name=f"{number:04} ".ljust(80, "n"), message_cap=number + 1, message_guarantee=1)
        for number in range(amount)
    )


@pytest.mark.parametrize("tab", TABS.values())
def test_a_thousand_clients_with_long_names_take_no_more_queries_than_three(
    browser: Client, page: str, northwind: Agency, tab: str
) -> None:
    fill(northwind, 2)
    browser.get(page + tab)
    few = len(sent_by(lambda: browser.get(page + tab)))
    Workspace.objects.filter(is_main=False).delete()
    fill(northwind, 1000)
    assert len(sent_by(lambda: browser.get(page + tab))) == few
    answer = browser.get(page + tab, {"page": 21})
    assert (len(answer.context["rows"]), answer.context["rows"].paginator.count) == (1, 1001)


def test_editing_one_of_a_thousand_asks_no_more_either(browser: Client, page: str, northwind: Agency) -> None:
    fill(northwind, 1000)
    one = northwind.workspaces.filter(is_main=False).latest("pk")
    typed = {"cap": "5000", "guarantee": "2", "at_limit": "notice"}
    assert len(sent_by(lambda: browser.post(f"{page}{one.pk}/messages/preview/", typed, headers=HTMX))) < 30
    assert len(sent_by(lambda: browser.post(f"{page}{one.pk}/messages/", typed, headers=HTMX))) < 50


@pytest.mark.parametrize("who", ["bo", "vi", "mallory", "nina"])
def test_only_the_agency_sees_it(page: str, who: str, sign_in: Any, bakery: Workspace, request: Any) -> None:
    theirs = sign_in(request.getfixturevalue(who))
    assert {theirs.get(page + tab).status_code for tab in TABS.values()} == {404}


def test_an_analyst_looks_and_changes_nothing(page: str, analyst: User, bakery: Workspace, sign_in: Any) -> None:
    theirs = sign_in(analyst)
    shown = theirs.get(page)
    assert shown.status_code == 200
    assert "Edit" not in text(shown)
    assert theirs.get(f"{page}{bakery.pk}/messages/").status_code == 403


def test_every_total_of_messages_leads_to_its_ledger_rows(
    browser: Client, page: str, northwind: Agency, bakery: Workspace, now: datetime
) -> None:
    use(bakery, 3, now)
    shown = browser.get(page).content.decode()
    ledger = f"/agencies/{northwind.pk}/ledger/?"
    assert f'<a href="{ledger}period=current">3</a>' in shown
    assert shown.count(f"{ledger}workspace={bakery.pk}&amp;period=current") == 2  # in the legend, and in its row
    for there in (f"{ledger}period=current", f"{ledger}workspace={bakery.pk}&period=current"):
        assert browser.get(there).status_code == 200


@pytest.mark.parametrize("panel", ["pool/", "pool/seats/", "pool/sources/"])
@pytest.mark.usefixtures("baker", "bo")
def test_the_dashboards_meters_are_stacked_by_client_and_shared(
    browser: Client, northwind: Agency, bakery: Workspace, now: datetime, panel: str
) -> None:
    use(bakery, 3, now)
    for resource in TABS:
        allocate(bakery, now, resource, guarantee=9)
    shown = text(browser.get(f"/agencies/{northwind.pk}/{panel}", headers=HTMX))
    assert "shared, not divided" in shown
    assert re.search(r"Bakery \d", shown)
    assert re.search(r"Reserved \d", shown)


# --- in its row, and on a page of its own ----------------------------------------------------------------------------


@pytest.mark.parametrize("resource", TABS)
def test_a_row_becomes_a_form_and_a_row_again(browser: Client, page: str, bakery: Workspace, resource: str) -> None:
    there = f"{page}{bakery.pk}/{resource}/"
    form = browser.get(there, headers=HTMX).content.decode()
    assert form.count(f'id="client-{bakery.pk}"') == 1
    assert ("At the limit visitors get" in form) is (resource == "messages")
    closed = browser.get(there + "?closed=1", headers=HTMX).content.decode()
    assert "<form" not in closed
    assert f'hx-get="{there}"' in closed


def test_saving_in_a_row_answers_with_the_row_and_a_way_back(
    browser: Client, page: str, bakery: Workspace, now: datetime
) -> None:
    typed = {"cap": "5,000", "guarantee": "", "at_limit": "lead"}
    answer = browser.post(f"{page}{bakery.pk}/messages/", typed, headers=HTMX)
    assert answer.headers["HX-Trigger"] == '{"allocated": {}}'
    assert "Saved. Bakery : cap none → 5,000" in text(answer)
    assert "limit a notice → a form to leave a message" in text(answer)
    assert answer.content.decode().count("/allocation/undo/") == 2
    assert "Nothing was changed" in text(browser.post(f"{page}{bakery.pk}/messages/", typed, headers=HTMX))


@pytest.mark.parametrize("resource", TABS)
def test_without_script_the_form_has_a_page_and_saving_leads_back_with_a_way_back(
    browser: Client, page: str, bakery: Workspace, resource: str
) -> None:
    there = f"{page}{bakery.pk}/{resource}/"
    assert "<h1><bdi>Bakery</bdi></h1>" in browser.get(there).content.decode()
    shown = browser.post(f"{there}preview/", {"cap": "3", "guarantee": "", "at_limit": "notice"})
    assert 'value="3"' in shown.content.decode()
    assert "Bakery may" in text(shown) or "at its cap" in text(shown)
    answer = browser.post(there, {"cap": "3", "guarantee": "", "at_limit": "notice"}, follow=True)
    assert answer.redirect_chain[0][0].startswith(page + TABS[resource])
    assert "Saved. Bakery : cap none → 3" in text(answer)


def test_the_way_back_is_shown_for_no_entry_of_others(
    browser: Client, page: str, kiosk: Workspace, bakery: Workspace, now: datetime
) -> None:
    (foreign,) = allocate(kiosk, now, cap=4321)
    assert "Saved" not in text(browser.get(page, {"saved": foreign.pk}))
    assert "4,321" not in text(browser.get(page))


@pytest.mark.parametrize("resource", TABS)
def test_of_two_tabs_the_later_one_hears_what_the_other_has_saved(
    browser: Client, page: str, bakery: Workspace, now: datetime, resource: str
) -> None:
    there, column = f"{page}{bakery.pk}/{resource}/", caps.cap_column(resource)
    typed = {"cap": "", "guarantee": "7", "at_limit": "notice"}
    typed["seen"] = browser.get(there).context["form"]["seen"].value()
    allocate(bakery, now, resource, cap=9)
    refused = browser.post(there, typed)
    assert refused.status_code == 422
    assert "was changed meanwhile: its cap is 9, and nothing is guaranteed." in text(refused)
    assert Workspace.objects.values_list(column, flat=True).get(pk=bakery.pk) == 9
    again = {field.name: field.value() for field in refused.context["form"]}
    assert browser.post(there, again).status_code == 302
    assert Workspace.objects.values_list(column, flat=True).get(pk=bakery.pk) is None


def test_what_visitors_get_at_the_limit_is_chosen_and_written_down(
    browser: Client, page: str, bakery: Workspace
) -> None:
    there = f"{page}{bakery.pk}/messages/"
    assert browser.post(there, {"cap": "", "guarantee": "", "at_limit": "a bribe"}).status_code == 422
    browser.post(there, {"cap": "", "guarantee": "", "at_limit": "person"})
    bakery.refresh_from_db()
    entry = AuditEntry.objects.get(action=Action.AT_LIMIT_CHANGED)
    assert (bakery.at_limit, entry.before, entry.after) == ("person", {"at_limit": "notice"}, {"at_limit": "person"})
    browser.post(there, {"cap": "", "guarantee": "", "at_limit": "qa"})
    assert "at the limit a person, who writes back → answers from Q&amp;A only" in text(browser.get(page))


def test_a_refused_guarantee_saves_not_even_the_other_half(bakery: Workspace, ada: User, now: datetime) -> None:
    with pytest.raises(caps.GuaranteesAbovePool):
        allocate(bakery, now, cap=None, guarantee=10_001, at_limit="lead")
    assert Workspace.objects.get(pk=bakery.pk).at_limit == "notice"
    with pytest.raises(ValueError, match="bribe"):
        allocate(bakery, now, cap=5, at_limit="bribe")
    assert Workspace.objects.get(pk=bakery.pk).message_cap is None


# --- the history, and undoing ----------------------------------------------------------------------------------------


def test_the_history_says_who_when_and_what_in_each_tab_its_own(
    browser: Client, page: str, bakery: Workspace, now: datetime
) -> None:
    allocate(bakery, now, cap=8000)
    allocate(bakery, now + timedelta(minutes=1), cap=4000, guarantee=1000)
    allocate(bakery, now, "seats", cap=3)
    told = [change.differences for change in browser.get(page).context["history"]]
    assert told == [[("cap", 8000, 4000), ("guarantee", None, 1000)], [("cap", None, 8000)]]
    assert [c.differences for c in browser.get(page + "seats/").context["history"]] == [[("cap", None, 3)]]
    assert "ada@example.com" in text(browser.get(page))


def test_an_entry_is_undone_and_that_is_an_entry_itself(
    browser: Client, page: str, bakery: Workspace, now: datetime
) -> None:
    allocate(bakery, now, cap=8000)
    (entry,) = allocate(bakery, now, cap=4000, guarantee=1000)
    answer = browser.post(f"{page}undo/{entry.pk}/", follow=True)
    assert "It is undone" in text(answer)
    bakery.refresh_from_db()
    assert (bakery.message_cap, bakery.message_guarantee) == (8000, None)
    newest = AuditEntry.objects.filter(action=Action.CAPS_CHANGED).first()
    assert newest.after == {"message_cap": 8000, "message_guarantee": None}
    browser.post(f"{page}undo/{newest.pk}/")  # and back again
    bakery.refresh_from_db()
    assert (bakery.message_cap, bakery.message_guarantee) == (4000, 1000)


def test_what_was_changed_since_is_not_undone(browser: Client, page: str, bakery: Workspace, now: datetime) -> None:
    (first,) = allocate(bakery, now, cap=8000)
    allocate(bakery, now, cap=4000)
    assert "was changed since" in text(browser.post(f"{page}undo/{first.pk}/", follow=True))
    assert Workspace.objects.get(pk=bakery.pk).message_cap == 4000
    assert [change.stands for change in browser.get(page).context["history"]] == [True, False]


def test_an_undo_leaves_what_the_entry_did_not_change(
    bakery: Workspace, northwind: Agency, ada: User, now: datetime
) -> None:
    allocate(bakery, now, guarantee=5)
    (entry,) = allocate(bakery, now, cap=10, guarantee=5)
    allocate(bakery, now, cap=10, guarantee=7)
    allocation.undo(northwind, entry, by=ada, now=now)
    bakery.refresh_from_db()
    assert (bakery.message_cap, bakery.message_guarantee) == (None, 7)


def test_an_undo_that_does_not_fit_any_more_is_refused_in_words(
    browser: Client, page: str, bakery: Workspace, bookshop: Workspace, now: datetime
) -> None:
    allocate(bakery, now, guarantee=6000)
    (entry,) = allocate(bakery, now, guarantee=None)
    allocate(bookshop, now, guarantee=5000)
    told = text(browser.post(f"{page}undo/{entry.pk}/", follow=True))
    assert "Guarantees would add up to 11,000 of 10,000 messages" in told
    assert Workspace.objects.get(pk=bakery.pk).message_guarantee is None


def test_the_choice_at_the_limit_is_undone_too(bakery: Workspace, northwind: Agency, ada: User, now: datetime) -> None:
    (entry,) = allocate(bakery, now, at_limit="qa")
    allocation.undo(northwind, entry, by=ada, now=now)
    assert Workspace.objects.get(pk=bakery.pk).at_limit == "notice"


def test_only_entries_of_the_agency_about_its_allocation_are_undone(
    browser: Client, page: str, northwind: Agency, bakery: Workspace, kiosk: Workspace, ada: User, now: datetime
) -> None:
    (foreign,) = allocate(kiosk, now, cap=5)
    assert browser.post(f"{page}undo/{foreign.pk}/").status_code == 404
    with pytest.raises(allocation.NothingToUndo):
        allocation.undo(northwind, foreign, by=ada, now=now)
    opened = AuditEntry.objects.filter(action=Action.WORKSPACE_OPENED, workspace_id=bakery.pk).get()
    assert "nothing to undo" in text(browser.post(f"{page}undo/{opened.pk}/", follow=True))
    assert Workspace.objects.get(pk=kiosk.pk).message_cap == 5


def test_an_entry_from_before_guarantees_is_undone_as_a_whole(
    northwind: Agency, bakery: Workspace, ada: User, now: datetime
) -> None:
    Workspace.objects.filter(pk=bakery.pk).update(message_cap=7, seat_cap=2)
    change = {"before": {"messages": None, "seats": 9}, "after": {"messages": 7, "seats": 2}}
    entry = lifecycle.record(bakery, Action.CAPS_CHANGED, by=ada, now=now, **change)
    assert allocation.differences(entry) == [("message cap", None, 7), ("seat cap", 9, 2)]
    allocation.undo(northwind, entry, by=ada, now=now)
    bakery.refresh_from_db()
    assert (bakery.message_cap, bakery.seat_cap) == (None, 9)


def test_looking_at_undo_changes_nothing(browser: Client, page: str, bakery: Workspace, now: datetime) -> None:
    (entry,) = allocate(bakery, now, cap=5)
    assert "press the button again" in text(browser.get(f"{page}undo/{entry.pk}/", follow=True))
    assert Workspace.objects.get(pk=bakery.pk).message_cap == 5


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_undone_once(northwind: Agency, bakery: Workspace, ada: User, now: datetime) -> None:
    (entry,) = allocate(bakery, now, cap=5)
    results = at_once(lambda _: allocation.undo(northwind, entry, by=ada, now=now), people=8)
    assert sum(isinstance(result, list) for result in results) == 1
    assert sum(isinstance(result, allocation.ChangedSince) for result in results) == 7


# --- plain values ----------------------------------------------------------------------------------------------------


def test_an_unlimited_pool_has_no_left_and_no_over(northwind: Agency, bakery: Workspace, now: datetime) -> None:
    counted = caps.Counted(Resource.SEATS, None, 3, {bakery.pk: 3})
    found = clients.of(northwind, counted, now=now)
    assert (found.limit, found.left, found.for_everybody, found.over) == (None, None, None, 0)


def test_what_is_held_counts_as_taken_and_not_as_used(northwind: Agency, bakery: Workspace, now: datetime) -> None:
    allocate(bakery, now, cap=3, guarantee=3)
    pools.hold(bakery, chatbot_id=1, key="a", fingerprint="", units=3, now=now)
    row = clients.of(northwind, usage.counted(northwind, now), now=now).row_of(bakery)
    assert (row.used, row.taken, row.reserved, row.is_reached, row.is_over) == (0, 3, 0, True, False)
