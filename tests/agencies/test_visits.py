"""Support looks at an agency's pages: with a reason, for 30 minutes, reading only, and the agency sees it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from agencies import visits
from agencies.models import Action, Agency, AuditEntry, SupportVisit, User
from workspaces.models import Workspace

REASON = "The owner asked why the pool is empty."


@pytest.fixture
def visit(northwind: Agency, support: User, now: datetime) -> SupportVisit:
    return visits.enter(northwind, by=support, reason=REASON, now=now)


@pytest.fixture
def browser(support: User, sign_in: Any) -> Client:
    return sign_in(support)


def status_of(browser: Client, *pages: str) -> set[int]:
    return {browser.get(page).status_code for page in pages}


def test_a_visit_shows_the_agency_and_its_workspaces(visit: SupportVisit, browser: Client, bakery: Workspace) -> None:
    home = f"/agencies/{visit.agency_id}/"
    assert status_of(browser, home, f"{home}team/", f"/workspaces/{bakery.pk}/") == {200}
    assert REASON in browser.get(home).content.decode()


@pytest.mark.usefixtures("visit")
def test_a_visit_opens_no_other_agency(browser: Client, rival: Agency, kiosk: Workspace) -> None:
    assert status_of(browser, f"/agencies/{rival.pk}/", f"/workspaces/{kiosk.pk}/") == {404}


@pytest.mark.usefixtures("visit")
def test_a_visit_changes_nothing(browser: Client, bakery: Workspace, bo: User) -> None:
    for action in ("rename/", "pause/", "members/invite/", "members/leave/", "visit/leave/"):
        assert browser.post(f"/workspaces/{bakery.pk}/{action}", {"name": "Taken"}).status_code == 403
    assert Workspace.objects.get(pk=bakery.pk).name == "Bakery"


def test_a_visit_ends_after_half_an_hour(visit: SupportVisit, browser: Client) -> None:
    SupportVisit.objects.update(ends_at=visit.began_at + timedelta(microseconds=1))
    assert status_of(browser, f"/agencies/{visit.agency_id}/") == {404}


def test_leaving_ends_it_at_once(visit: SupportVisit, browser: Client) -> None:
    browser.post("/agencies/visit/leave/")
    assert status_of(browser, f"/agencies/{visit.agency_id}/") == {404}


@pytest.mark.parametrize("loss", [{"is_staff": False}, {"is_active": False}])
def test_who_is_no_support_any_more_is_out(
    visit: SupportVisit, browser: Client, support: User, loss: dict[str, bool]
) -> None:
    User.objects.filter(pk=support.pk).update(**loss)
    assert status_of(browser, f"/agencies/{visit.agency_id}/") <= {302, 404}


def test_nobody_else_visits(northwind: Agency, mallory: User, now: datetime) -> None:
    with pytest.raises(visits.NotSupport):
        visits.enter(northwind, by=mallory, reason=REASON, now=now)


def test_the_agency_reads_the_visit_and_its_reason(visit: SupportVisit, ada: User, sign_in: Any) -> None:
    page = sign_in(ada).get(f"/agencies/{visit.agency_id}/audit/").content.decode()
    assert "sam@example.com" in page
    assert REASON in page


def test_the_client_reads_that_support_was_there(
    visit: SupportVisit, browser: Client, bakery: Workspace, vi: User, sign_in: Any
) -> None:
    browser.get(f"/workspaces/{bakery.pk}/")
    page = sign_in(vi).get(f"/workspaces/{bakery.pk}/access/").content.decode()
    assert "sam@example.com" in page
    assert "Support" in page


def test_a_second_visit_ends_the_first(visit: SupportVisit, rival: Agency, support: User, now: datetime) -> None:
    visits.enter(rival, by=support, reason="Another question.", now=now + timedelta(minutes=5))
    visit.refresh_from_db()
    assert visit.left_at == now + timedelta(minutes=5)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupportVisit.objects.filter(pk=visit.pk).update(left_at=None)


def test_support_enters_through_the_admin_with_a_reason(browser: Client, northwind: Agency) -> None:
    page = f"/admin/agencies/agency/{northwind.pk}/visit/"
    assert browser.post(page, {"reason": "  "}).status_code == 422
    assert not SupportVisit.objects.exists()
    assert browser.post(page, {"reason": REASON}).url == f"/agencies/{northwind.pk}/"
    assert AuditEntry.objects.get(action=Action.SUPPORT_ENTERED).reason == REASON


def test_looking_at_the_admins_form_begins_no_visit(browser: Client, northwind: Agency) -> None:
    assert browser.get(f"/admin/agencies/agency/{northwind.pk}/visit/").status_code == 200
    assert not SupportVisit.objects.exists()
