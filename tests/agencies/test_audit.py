"""The audit log: what is done stands there under its doer's name, stays as it is, and is read by whom it concerns."""

import csv
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from agencies import audit, sheets
from agencies.models import Action, Agency, AuditEntry, User
from chatbots.bots import bots, moving
from chatbots.models import Chatbot
from workspaces import access, lifecycle
from workspaces.models import Workspace


def last(action: Action) -> AuditEntry:
    return AuditEntry.objects.filter(action=action).first()


@pytest.fixture
def renamed(bakery: Workspace, admin: User, now: datetime) -> AuditEntry:
    lifecycle.rename(bakery, name="Bakery & Son", by=admin, now=now)
    return last(Action.WORKSPACE_RENAMED)


def test_an_entry_says_who_as_whom_what_before_and_after(renamed: AuditEntry, admin: User, bakery: Workspace) -> None:
    assert (renamed.actor, renamed.actor_name, renamed.acting_as) == (admin, "al@example.com", "Admin")
    assert (renamed.agency_id, renamed.workspace_id, renamed.target) == (bakery.agency_id, bakery.pk, "Bakery & Son")
    assert (renamed.before, renamed.after) == ({"name": "Bakery"}, {"name": "Bakery & Son"})


def test_a_member_acts_as_a_member_and_bureau_as_itself(bo: User, bakery: Workspace, now: datetime) -> None:
    own = audit.record(Action.LEFT, agency_id=bakery.agency_id, workspace_id=bakery.pk, by=bo, at=now)
    itself = audit.record(Action.WORKSPACE_ERASED, agency_id=bakery.agency_id, by=None, at=now)
    assert (own.acting_as, itself.acting_as, itself.actor_name) == ("Member", "System", "Bureau")


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_an_entry(renamed: AuditEntry, change: str) -> None:
    entries = AuditEntry.objects.filter(pk=renamed.pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entries.update(target="") if change == "update" else entries._raw_delete(using="default")
    assert entries.exists()


def test_the_database_refuses_an_entry_about_another_agencys_workspace(
    northwind: Agency, kiosk: Workspace, ada: User, now: datetime
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        audit.record(Action.LEFT, agency_id=northwind.pk, workspace_id=kiosk.pk, by=ada, at=now)


def test_what_failed_is_not_written_down(bakery: Workspace, bookshop: Workspace, ada: User, now: datetime) -> None:
    with pytest.raises(lifecycle.NameTaken):
        lifecycle.rename(bakery, name="Bookshop", by=ada, now=now)
    assert last(Action.WORKSPACE_RENAMED) is None


def test_each_role_change_and_removal_is_written_down(vi: User, bo: User, bakery: Workspace, now: datetime) -> None:
    access.change_role(vi.memberships.get(), role="editor", by=bo, now=now)
    access.remove(vi.memberships.get(), by=bo, now=now)
    changed, removed = last(Action.MEMBER_ROLE_CHANGED), last(Action.MEMBER_REMOVED)
    assert (changed.before, changed.after) == ({"role": "viewer"}, {"role": "editor"})
    assert (removed.target, removed.actor, removed.before) == ("vi@example.com", bo, {"role": "editor"})


def test_a_move_names_the_sibling_to_the_agency_only(
    baker: Chatbot, bookshop: Workspace, ada: User, now: datetime
) -> None:
    moving.move(baker, to=bookshop, by=ada, now=now)
    told = {entry.workspace_id: f"{entry.before} {entry.after}" for entry in AuditEntry.objects.order_by("pk")}
    assert "Bookshop" in told[None]
    assert "Bookshop" not in told[baker.workspace_id]
    assert "Bakery" not in told[bookshop.pk]


# --- the pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def log(bakery: Workspace) -> str:
    return f"/workspaces/{bakery.pk}/audit/"


def test_a_manager_reads_what_staff_did_in_the_own_workspace(
    renamed: AuditEntry, log: str, bo: User, bookshop: Workspace, sign_in: Any
) -> None:
    page = sign_in(bo).get(log).content.decode()
    assert "al@example.com" in page
    assert "Bakery &amp; Son" in page
    assert "Bookshop" not in page


def test_a_moment_is_told_in_the_agencys_zone_and_a_text_that_looks_like_one_as_it_stands(
    log: str, bakery: Workspace, bo: User, now: datetime, sign_in: Any
) -> None:
    Agency.objects.update(time_zone="Asia/Tokyo")
    after = {"starts_at": "2026-12-01T20:30:00+00:00", "name": "2026-99-99T20:30:00+00:00"}
    audit.record(Action.LEFT, agency_id=bakery.agency_id, workspace_id=bakery.pk, by=bo, at=now, after=after)
    page = sign_in(bo).get(log).content.decode()
    assert "2 Dec 2026, 05:30" in page
    assert "2026-99-99T20:30:00+00:00" in page


def test_a_viewer_reads_the_access_history_and_not_the_log(log: str, vi: User, bakery: Workspace, sign_in: Any) -> None:
    browser = sign_in(vi)
    assert browser.get(log).status_code == 403
    assert browser.get(f"/workspaces/{bakery.pk}/access/").status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("who=AL@", True),
        ("who=bo@", False),
        ("action=workspace.renamed", True),
        ("action=member.left", False),
        ("since={today}&until={today}", True),
        ("until={yesterday}", False),
        ("since={tomorrow}", False),
    ],
)
def test_filters_stand_in_the_address(
    renamed: AuditEntry, log: str, ada: User, now: datetime, sign_in: Any, query: str, found: bool
) -> None:
    days = {"yesterday": -1, "today": 0, "tomorrow": 1}
    dates = {name: f"{now + timedelta(days=n):%Y-%m-%d}" for name, n in days.items()}
    page = sign_in(ada).get(f"{log}?{query.format(**dates)}")
    assert (renamed in [entry for entry, _ in page.context["rows"]]) is found


@pytest.mark.parametrize(
    "query", ["since=yesterday", "until=9999-12-31", "action=nothing", "before=x", "before=" + "9" * 40]
)
def test_a_filter_that_makes_no_sense_says_so_and_fails_nothing(
    renamed: AuditEntry, log: str, ada: User, sign_in: Any, query: str
) -> None:
    page = sign_in(ada).get(f"{log}?{query}")
    assert page.status_code == 200
    assert page.context["form"].errors


def test_a_long_log_comes_in_pages(bakery: Workspace, log: str, ada: User, now: datetime, sign_in: Any) -> None:
    for number in range(120):
        lifecycle.rename(bakery, name=f"Bakery {number}", by=ada, now=now)
    browser, met, query = sign_in(ada), [], ""
    while True:
        page = browser.get(f"{log}?action=workspace.renamed&{query}")
        met += [entry.pk for entry, _ in page.context["rows"]]
        if not (query := page.context["older"]):
            break
    assert len(met) == len(set(met)) == 120


def sheet_of(browser: Client, address: str) -> list[dict[str, str]]:
    text = browser.get(address).getvalue().decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


def test_the_export_holds_what_the_filter_leaves(renamed: AuditEntry, log: str, ada: User, sign_in: Any) -> None:
    (row,) = sheet_of(sign_in(ada), f"{log}export/?action=workspace.renamed")
    assert (row["Who"], row["As"], row["Before"]) == ("al@example.com", "Admin", "name: Bakery")


def test_the_export_runs_no_formula(baker: Chatbot, ada: User, log: str, now: datetime, sign_in: Any) -> None:
    bots.delete(Chatbot.objects.create(workspace=baker.workspace, name=" =HYPERLINK(0)"), by=ada, now=now)
    (row,) = sheet_of(sign_in(ada), f"{log}export/?action=chatbot.deleted")
    assert row["On what"] == "' =HYPERLINK(0)"


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t1", "\r1", "  =1", "\xa0=1", "\x1c=1", "\u3000=1", "＝1"])
def test_a_cell_that_would_be_a_formula_is_quoted(cell: str) -> None:
    assert sheets.quoted(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["a=1", "", None, -5, 1.5])
def test_other_cells_stay_as_they_are(cell: object) -> None:
    assert sheets.quoted(cell) == ("" if cell is None else str(cell))


def test_a_long_sheet_comes_in_few_pieces_and_whole() -> None:
    pieces = [*sheets.lines(["Number"], ([number] for number in range(30_000)))]
    assert "".join(pieces) == "\ufeffNumber\r\n" + "".join(f"{number}\r\n" for number in range(30_000))
    assert 1 < len(pieces) < 10
