"""Profile → Add workspace: name → member → resources, in place or with whole pages, and every kind of bad input."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail as postbox
from django.test import Client

from agencies.models import Agency, User
from tests.racing import at_once
from workspaces import drafts, lifecycle
from workspaces.models import Invitation, Workspace

HTMX = {"HX-Request": "true"}


@pytest.fixture
def typed() -> dict[str, str]:
    return {
        "name": "Florist",
        "email": "flo@florist.example",
        "role": "editor",
        "message_cap": "2,000",
        "source_cap": "",
        "seat_cap": "3",
        "request_key": str(uuid4()),
    }


@pytest.fixture
def browser(ada: User, sign_in: Any) -> Client:
    """Ada's."""
    return sign_in(ada)


@pytest.fixture
def at(northwind: Agency) -> str:
    return f"/agencies/{northwind.pk}/workspaces/new/"


def carried(answer: Any) -> dict[str, Any]:
    """What the form of this page would send: the step's fields and those that travel along hidden."""
    form = answer.context["form"]
    fields = [form[name] for name in form.STEPS[answer.context["step"]]] + answer.context["hidden"]
    return {field.name: field.value() for field in fields} | {"request_key": str(form["request_key"].value())}


def sub_workspaces(agency: Agency) -> list[str]:
    return list(agency.workspaces.filter(is_main=False).values_list("name", flat=True))


# --- the way through -------------------------------------------------------------------------------------------------


def test_the_last_step_opens_the_workspace_and_invites(
    browser: Client, at: str, northwind: Agency, typed: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(at + "create/", typed)
    florist = northwind.workspaces.get(name="Florist")
    assert answer.url == f"/agencies/{northwind.pk}/workspaces/"
    assert (florist.message_cap, florist.source_cap, florist.seat_cap) == (2000, None, 3)
    assert florist.invitations.get().role == "editor"
    assert [letter.to for letter in postbox.outbox] == [["flo@florist.example"]]


def test_a_name_is_enough(browser: Client, at: str, northwind: Agency) -> None:
    browser.post(at + "create/", {"name": "Florist", "role": "manager", "request_key": str(uuid4())})
    florist = northwind.workspaces.get(name="Florist")
    assert (florist.message_cap, florist.source_cap, florist.seat_cap) == (None, None, None)
    assert not florist.invitations.exists()


@pytest.mark.parametrize("step", ["name", "member", "resources"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["whole page", "in place"])
def test_going_back_and_forth_loses_nothing(browser: Client, at: str, typed: Any, step: str, headers: Any) -> None:
    answer = browser.post(f"{at}{step}/", typed, headers=headers, follow=True)
    assert answer.context["step"] == step
    assert carried(answer) == typed


@pytest.mark.parametrize("step", ["name", "member", "resources"])
def test_each_step_has_an_address_that_back_and_reload_come_to_again(
    browser: Client, at: str, typed: Any, step: str
) -> None:
    there = browser.post(f"{at}{step}/", typed, headers=HTMX)["HX-Push-Url"]
    again = browser.get(there, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert b"<html" in again.content
    assert again.context["step"] == step
    assert carried(again) == typed


def test_what_was_typed_is_forgotten_once_the_workspace_is_open(browser: Client, at: str, typed: Any) -> None:
    there = browser.post(at + "resources/", typed, headers=HTMX)["HX-Push-Url"]
    browser.post(at + "create/", typed)
    assert browser.get(there).context["form"]["name"].value() is None


def test_only_the_last_few_forms_are_kept(browser: Client, at: str, typed: Any) -> None:
    for _ in range(7):
        browser.post(at + "member/", {**typed, "request_key": str(uuid4())})
    assert len(browser.session[drafts.KEPT]) == drafts.MOST


def test_going_back_keeps_what_is_still_wrong_further_on(browser: Client, at: str, typed: Any) -> None:
    answer = browser.post(at + "name/", {**typed, "email": "not an address", "seat_cap": "many"}, follow=True)
    assert answer.status_code == 200
    assert carried(answer)["email"] == "not an address"
    assert carried(answer)["seat_cap"] == "many"


def test_a_step_is_shown_in_place_or_as_a_whole_page(browser: Client, at: str, typed: Any) -> None:
    in_place = browser.post(at + "member/", typed, headers=HTMX)
    whole = browser.post(at + "member/", typed, follow=True)
    assert b"<html" not in in_place.content
    assert b"<html" in whole.content
    assert b"Florist" in in_place.content


def test_created_in_place_leads_to_the_list(browser: Client, at: str, northwind: Agency, typed: Any) -> None:
    answer = browser.post(at + "create/", typed, headers=HTMX)
    assert answer["HX-Redirect"] == f"/agencies/{northwind.pk}/workspaces/"


def test_looking_opens_nothing(browser: Client, at: str, northwind: Agency, typed: Any) -> None:
    for page in ("", "name/", "member/", "resources/", "create/"):
        assert browser.get(at + page, typed, follow=True).status_code == 200
    assert sub_workspaces(northwind) == []


def test_there_is_no_fourth_step(browser: Client, at: str, typed: Any) -> None:
    assert browser.post(at + "payment/", typed).status_code == 404


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("bakery")
@pytest.mark.parametrize(
    ("step", "field", "value"),
    [
        ("name", "name", ""),
        ("name", "name", "   "),
        ("name", "name", "​‎"),
        ("name", "name", "x" * 300),
        ("name", "name", "Bakery"),
        ("name", "name", "bAKERY"),
        ("name", "name", "  BAKERY "),
        ("name", "name", "northwind"),
        ("member", "email", "not an address"),
        ("member", "email", "flo@localhost@florist.example"),
        ("member", "email", "x" * 300 + "@florist.example"),
        ("member", "email", "ada@example.com"),
        ("member", "email", "ADA@Example.com"),
        ("member", "role", "owner"),
        ("resources", "message_cap", "-1"),
        ("resources", "message_cap", "9" * 30),
        ("resources", "message_cap", "9" * 5000),
        ("resources", "message_cap", "many"),
        ("resources", "message_cap", "1,5"),
        ("resources", "message_cap", "10.0"),
        ("resources", "message_cap", "1.5"),
        ("resources", "source_cap", "1e3"),
        ("resources", "source_cap", "-0.5"),
        ("resources", "seat_cap", "NaN"),
        ("resources", "seat_cap", "2147483648"),
    ],
)
def test_bad_input_is_refused_at_its_field_in_its_step(
    browser: Client, at: str, northwind: Agency, typed: Any, step: str, field: str, value: str
) -> None:
    answer = browser.post(at + "create/", {**typed, field: value}, headers=HTMX)
    assert answer.status_code == 422
    assert answer.context["step"] == step
    assert list(answer.context["form"].errors) == [field]
    assert sub_workspaces(northwind) == ["Bakery"]
    assert not Invitation.objects.exists()


def test_a_wrong_name_lets_nobody_past_the_first_step(browser: Client, at: str, typed: Any) -> None:
    answer = browser.post(at + "resources/", {**typed, "name": " "}, headers=HTMX)
    assert (answer.status_code, answer.context["step"]) == (422, "name")
    assert b"Please enter a name." in answer.content


@pytest.mark.parametrize("name", ["مخبز النور", "🥐", "パン屋", "<b>Florist</b>", "x" * 80, "Robert'); DROP TABLE--"])
def test_any_visible_name_will_do_and_shows_as_text(
    browser: Client, at: str, northwind: Agency, typed: Any, name: str
) -> None:
    browser.post(at + "create/", {**typed, "name": name})
    assert sub_workspaces(northwind) == [name]
    assert b"<b>Florist" not in browser.get(f"/agencies/{northwind.pk}/workspaces/").content


@pytest.mark.parametrize(("first", "second"), [("istanbul", "İstanbul"), ("straße", "STRAẞE"), ("ΣΟΦΟΣ", "σοφος")])
def test_letters_with_odd_capitals_are_opened_or_refused_in_words(
    browser: Client, at: str, typed: Any, first: str, second: str
) -> None:
    browser.post(at + "create/", {**typed, "name": first, "email": ""})
    answer = browser.post(at + "create/", {**typed, "name": second, "email": "", "request_key": str(uuid4())})
    assert answer.status_code in (302, 422)


@pytest.mark.parametrize(
    ("typed_cap", "cap"),
    [("0", 0), ("1,000", 1000), ("1 000", 1000), ("1.000", 1000), ("", None), ("  7 ", 7)],
)
def test_a_cap_is_a_whole_number_or_nothing(
    browser: Client, at: str, northwind: Agency, typed: Any, typed_cap: str, cap: int | None
) -> None:
    browser.post(at + "create/", {**typed, "message_cap": typed_cap})
    assert northwind.workspaces.get(name="Florist").message_cap == cap


def test_the_same_name_is_free_in_another_agency(
    browser: Client, at: str, northwind: Agency, kiosk: Workspace, typed: Any
) -> None:
    browser.post(at + "create/", {**typed, "name": kiosk.name})
    assert sub_workspaces(northwind) == ["Kiosk"]


@pytest.mark.parametrize("key", ["", "not-a-key", "4e27c247-1e7d-4297-ac78-b5e969063d4"])
def test_a_spoilt_request_key_opens_nothing(browser: Client, at: str, northwind: Agency, typed: Any, key: str) -> None:
    assert browser.post(at + "create/", {**typed, "request_key": key}).status_code == 422
    assert sub_workspaces(northwind) == []


@pytest.mark.usefixtures("kiosk")
def test_nobody_chooses_the_agency_by_posting_it(
    browser: Client, at: str, northwind: Agency, rival: Agency, typed: Any
) -> None:
    browser.post(at + "create/", {**typed, "agency": rival.pk, "agency_id": rival.pk, "is_main": "1"})
    assert sub_workspaces(northwind) == ["Florist"]
    assert sub_workspaces(rival) == ["Kiosk"]


# --- refusals, and nothing half-saved --------------------------------------------------------------------------------


def test_a_plain_account_is_refused_and_told_what_unlocks_it(newcomer: Agency, nina: User, sign_in: Any) -> None:
    sent = {"name": "Florist", "role": "manager", "request_key": str(uuid4())}
    answer = sign_in(nina).post(f"/agencies/{newcomer.pk}/workspaces/new/create/", sent)
    assert answer.status_code == 422
    assert b"once support has approved" in answer.content
    assert sub_workspaces(newcomer) == []


@pytest.mark.usefixtures("bakery")
def test_at_the_workspace_limit_no_further_one_opens(browser: Client, at: str, northwind: Agency, typed: Any) -> None:
    Agency.objects.filter(pk=northwind.pk).update(workspace_limit=1)
    answer = browser.post(at + "create/", typed)
    assert answer.status_code == 422
    assert b"Your plan holds 1 sub-workspaces" in answer.content
    assert sub_workspaces(northwind) == ["Bakery"]


@pytest.mark.parametrize("lacking", ["pool", "cap"])
def test_without_a_seat_for_the_invited_nothing_is_saved(
    browser: Client, at: str, northwind: Agency, typed: Any, lacking: str
) -> None:
    if lacking == "pool":
        Agency.objects.filter(pk=northwind.pk).update(seat_limit=0)
    answer = browser.post(at + "create/", {**typed, "seat_cap": "0" if lacking == "cap" else ""})
    assert (answer.status_code, answer.context["step"]) == (422, "member" if lacking == "pool" else "resources")
    assert sub_workspaces(northwind) == []
    assert not Invitation.objects.exists()


def test_an_analyst_may_look_and_not_open(northwind: Agency, analyst: User, sign_in: Any, at: str, typed: Any) -> None:
    assert sign_in(analyst).post(at + "create/", typed).status_code == 403
    assert sub_workspaces(northwind) == []


# --- the same thing twice, and at once -------------------------------------------------------------------------------


def test_a_double_click_opens_one(browser: Client, at: str, northwind: Agency, typed: Any) -> None:
    first, second = browser.post(at + "create/", typed), browser.post(at + "create/", typed)
    assert first.url == second.url
    assert sub_workspaces(northwind) == ["Florist"]
    assert Invitation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_at_the_same_moment_opens_one(northwind: Agency, ada: User, now: datetime) -> None:
    key = uuid4()

    def click(_: int) -> Workspace:
        return lifecycle.open_sub_workspace(northwind, name="Florist", by=ada, now=now, request_key=key)

    opened = at_once(click, people=8)
    assert set(opened) == {northwind.workspaces.get(name="Florist")}


@pytest.mark.django_db(transaction=True)
def test_two_people_choosing_the_same_name_get_one_workspace(northwind: Agency, ada: User, now: datetime) -> None:
    def choose(_: int) -> Workspace:
        return lifecycle.open_sub_workspace(northwind, name="Florist", by=ada, now=now, request_key=uuid4())

    results = at_once(choose, people=8)
    assert sum(isinstance(result, Workspace) for result in results) == 1
    assert sum(isinstance(result, lifecycle.NameTaken) for result in results) == 7


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_pass_the_workspace_limit(northwind: Agency, ada: User, now: datetime) -> None:
    Agency.objects.filter(pk=northwind.pk).update(workspace_limit=3)

    def open_one(number: int) -> Workspace:
        return lifecycle.open_sub_workspace(northwind, name=f"Client {number}", by=ada, now=now)

    results = at_once(open_one)
    assert sum(isinstance(result, Workspace) for result in results) == 3
    assert len(sub_workspaces(northwind)) == 3
