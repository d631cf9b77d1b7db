"""Pausing, archiving, restoring and deleting a sub-workspace: what stays, what is freed, and the ways back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from agencies.models import Action, Agency, AuditEntry, User
from billing import invariants as units
from billing.models import LedgerEntry
from chatbots import invariants as talks
from chatbots import tasks
from chatbots.closing import closing as floor
from chatbots.knowledge import sources
from chatbots.models import Chatbot, Conversation
from tests.conftest import Visitor, chatbot, client_workspace, member
from workspaces import closing, invitations, lifecycle, seats
from workspaces import invariants as people
from workspaces.models import Membership, Workspace

OPENING = "When does the bakery open in the morning?"


@pytest.fixture
def page(bakery: Workspace) -> str:
    return f"/workspaces/{bakery.pk}/"


@pytest.fixture
def browser(ada: User, sign_in: Any) -> Client:
    return sign_in(ada)


@pytest.fixture
def archived(bakery: Workspace, baker: Chatbot, bo: User, ada: User, now: datetime) -> Workspace:
    """Bakery, with a member, a chatbot and a source."""
    closing.archive(bakery, by=ada, now=now)
    return fresh(bakery)


@pytest.fixture
def deleted(archived: Workspace, ada: User, now: datetime) -> Workspace:
    closing.delete(archived, typed="Bakery", by=ada, now=now)
    return fresh(archived)


def fresh(workspace: Workspace) -> Workspace:
    return Workspace.objects.get(pk=workspace.pk)


# --- paused ----------------------------------------------------------------------------------------------------------


def test_a_paused_workspaces_chatbots_answer_with_a_notice_and_cost_nothing(
    browser: Client, page: str, visitor: Visitor, baker: Chatbot
) -> None:
    browser.post(f"{page}pause/")
    answer = visitor.ask(baker, OPENING)
    assert answer.status_code == 503
    assert b"I am resting" in answer.content
    assert b"I am resting" in visitor.get(f"/c/{baker.public_id}/").content
    assert not LedgerEntry.objects.exists()


def test_a_paused_workspace_stays_open_for_its_people_and_resumes(
    browser: Client, page: str, visitor: Visitor, baker: Chatbot, bo: User, sign_in: Any
) -> None:
    browser.post(f"{page}pause/")
    assert b"Paused" in sign_in(bo).get(page).content
    browser.post(f"{page}resume/")
    assert b"seven in the morning" in visitor.ask(baker, OPENING).content


def test_a_pause_stops_no_sibling(
    browser: Client, page: str, visitor: Visitor, bookworm: Chatbot, bookshop: Workspace
) -> None:
    browser.post(f"{page}pause/")
    assert visitor.ask(bookworm, "May books be returned within thirty days?").status_code == 200


# --- archived --------------------------------------------------------------------------------------------------------


def test_the_archive_page_says_before_what_becomes_free(browser: Client, page: str, baker: Chatbot, bo: User) -> None:
    told = browser.get(f"{page}archive/").content.decode() + browser.get(f"{page}frees/").content.decode()
    assert "1 person sees nothing of it any more" in told
    assert "1 chatbot" in told
    assert "1 data source" in told


def test_archiving_frees_seats_sources_chatbots_and_the_place(archived: Workspace, northwind: Agency) -> None:
    assert seats.of_agency(northwind, now=timezone.now()).used == 0
    assert sources.used_by(northwind) == 0
    Agency.objects.filter(pk=northwind.pk).update(workspace_limit=1, chatbot_limit=1)
    assert chatbot(client_workspace(fresh_agency(northwind), "Butcher"), "Meat")


def fresh_agency(agency: Agency) -> Agency:
    return Agency.objects.get(pk=agency.pk)


def test_an_archived_workspace_is_gone_for_its_members_and_read_by_staff(
    archived: Workspace, page: str, bo: User, analyst: User, browser: Client, sign_in: Any
) -> None:
    assert sign_in(bo).get(page).status_code == 404
    assert sign_in(analyst).get(page).status_code == browser.get(page).status_code == 200
    for change in ("rename/", "members/invite/", "chatbots/new/"):
        assert browser.post(page + change).status_code == 403


def test_archiving_withdraws_invitations(bakery: Workspace, ada: User, now: datetime, client: Client) -> None:
    invited = invitations.invite(bakery, email="flo@example.com", role="editor", by=ada, now=now)
    closing.archive(bakery, by=ada, now=now)
    invited.refresh_from_db()
    assert invited.revoked_at == now


def test_an_archived_chatbot_answers_with_a_notice(archived: Workspace, visitor: Visitor, baker: Chatbot) -> None:
    answer = visitor.ask(Chatbot.objects.select_related("workspace").get(pk=baker.pk), OPENING)
    assert (answer.status_code, b"I am resting" in answer.content) == (503, True)


def test_restoring_brings_everything_back(
    archived: Workspace, page: str, browser: Client, bo: User, sign_in: Any
) -> None:
    browser.post(f"{page}restore/")
    assert sign_in(bo).get(page).status_code == 200
    assert fresh(archived).archived_at is None


@pytest.mark.parametrize("limit", ["seat_limit", "source_limit", "chatbot_limit", "workspace_limit"])
def test_what_does_not_fit_any_more_stays_archived(
    archived: Workspace, page: str, browser: Client, northwind: Agency, limit: str
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(**{limit: 0})
    answer = browser.post(f"{page}restore/", follow=True)
    assert "stays archived" in answer.content.decode()
    assert fresh(archived).archived_at


@pytest.mark.parametrize("step", ["pause", "archive", "delete"])
def test_the_main_workspace_stays_open(northwind: Agency, browser: Client, step: str) -> None:
    main = northwind.workspaces.get(is_main=True)
    browser.post(f"/workspaces/{main.pk}/{step}/", {"typed": main.name})
    main.refresh_from_db()
    assert (main.paused_at, main.archived_at, main.deleted_at) == (None, None, None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Workspace.objects.filter(pk=main.pk).update(archived_at=timezone.now())


# --- deleted ---------------------------------------------------------------------------------------------------------


def test_only_an_archived_workspace_is_deleted(page: str, bakery: Workspace, browser: Client) -> None:
    assert browser.post(f"{page}delete/", {"typed": "Bakery"}).status_code == 422
    assert fresh(bakery).deleted_at is None


@pytest.mark.parametrize("typed", ["", "bakery", "Bookshop", "Bakery!"])
def test_another_name_deletes_nothing(archived: Workspace, page: str, browser: Client, typed: str) -> None:
    assert browser.post(f"{page}delete/", {"typed": typed}).status_code == 422
    assert fresh(archived).deleted_at is None


def test_its_name_deletes_it(archived: Workspace, page: str, browser: Client) -> None:
    assert browser.post(f"{page}delete/", {"typed": " Bakery "}).status_code == 302
    assert fresh(archived).deleted_at


def test_a_deleted_workspace_is_gone_for_everybody(
    deleted: Workspace, page: str, browser: Client, bo: User, analyst: User, sign_in: Any
) -> None:
    assert sign_in(bo).get(page).status_code == sign_in(analyst).get(page).status_code == 404
    assert browser.get(page).status_code == 403
    assert b"Bakery" not in browser.get("/switch/").content


def test_a_deleted_workspaces_chatbots_are_gone(deleted: Workspace, baker: Chatbot, visitor: Visitor) -> None:
    assert visitor.get(f"/c/{baker.public_id}/").status_code == 404
    assert visitor.ask(baker, OPENING).status_code == 404


def test_a_deletion_is_taken_back_in_thirty_days(deleted: Workspace, page: str, browser: Client) -> None:
    browser.post(f"{page}undelete/")
    assert fresh(deleted).deleted_at is None
    assert fresh(deleted).archived_at


def test_a_name_taken_meanwhile_keeps_the_deletion(
    deleted: Workspace, page: str, browser: Client, northwind: Agency
) -> None:
    client_workspace(northwind, "BAKERY")
    answer = browser.post(f"{page}undelete/", follow=True)
    assert "You have a workspace named BAKERY already" in answer.content.decode()
    assert fresh(deleted).deleted_at


def test_it_is_erased_after_thirty_days_and_its_numbers_stay(
    bakery: Workspace, baker: Chatbot, bo: User, ada: User, visitor: Visitor, now: datetime
) -> None:
    visitor.ask(baker, OPENING)
    closing.archive(bakery, by=ada, now=now)
    closing.delete(bakery, typed="Bakery", by=ada, now=now)
    Workspace.objects.filter(pk=bakery.pk).update(deleted_at=now - timedelta(days=30))
    tasks.erase_deleted()
    assert not Chatbot.objects.exists()
    assert not Conversation.objects.exists()
    assert not Membership.objects.exists()
    assert fresh(bakery).name == f"Erased workspace {bakery.pk}"
    assert sum(LedgerEntry.objects.values_list("units", flat=True)) == 2
    assert [*people.breaches(), *units.breaches(), *talks.breaches()] == []


def test_nothing_is_erased_a_moment_too_early_or_twice(deleted: Workspace, now: datetime) -> None:
    assert closing.due(now + timedelta(days=30) - timedelta(seconds=1)) == []
    with pytest.raises(closing.OtherwiseMeanwhile):
        floor.erase(deleted, now=now + timedelta(days=29))
    floor.erase(deleted, now=now + timedelta(days=30))
    with pytest.raises(closing.OtherwiseMeanwhile):
        floor.erase(deleted, now=now + timedelta(days=30))


def test_what_was_erased_does_not_come_back(deleted: Workspace, page: str, browser: Client, now: datetime) -> None:
    floor.erase(deleted, now=now + timedelta(days=31))
    browser.post(f"{page}undelete/")
    assert fresh(deleted).deleted_at


# --- who, and what is written down -----------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["pause", "resume", "archive", "restore", "delete", "undelete"])
def test_clients_and_analysts_close_nothing(
    page: str, bakery: Workspace, bo: User, analyst: User, sign_in: Any, step: str
) -> None:
    for person in (bo, analyst):
        assert sign_in(person).post(f"{page}{step}/", {"typed": "Bakery"}).status_code == 403


def test_each_step_is_written_down(page: str, bakery: Workspace, browser: Client) -> None:
    for step in ("pause", "resume", "archive", "restore", "archive", "delete", "undelete"):
        browser.post(f"{page}{step}/", {"typed": "Bakery"})
    told = AuditEntry.objects.filter(workspace_id=bakery.pk, action__startswith="workspace.").order_by("pk")
    assert [Action(entry.action).name.removeprefix("WORKSPACE_") for entry in told] == [
        "OPENED",
        "PAUSED",
        "RESUMED",
        "ARCHIVED",
        "RESTORED",
        "ARCHIVED",
        "DELETED",
        "UNDELETED",
    ]


def test_a_step_taken_twice_is_written_down_once(bakery: Workspace, ada: User, now: datetime) -> None:
    for step in (closing.pause, closing.archive):
        for _ in range(2):
            step(bakery, by=ada, now=now)
    with pytest.raises(closing.OtherwiseMeanwhile):
        closing.resume(bakery, by=ada, now=now)
    assert AuditEntry.objects.filter(action__in=[Action.WORKSPACE_PAUSED, Action.WORKSPACE_ARCHIVED]).count() == 2


def test_a_full_agency_opens_no_other(archived: Workspace, northwind: Agency, ada: User, now: datetime) -> None:
    Agency.objects.filter(pk=northwind.pk).update(workspace_limit=1)
    client_workspace(fresh_agency(northwind), "Butcher")
    with pytest.raises(lifecycle.WorkspaceLimitReached):
        floor.restore(archived, by=ada, now=now)


def test_the_seats_of_who_is_elsewhere_too_stay(
    bakery: Workspace, bookshop: Workspace, ada: User, now: datetime
) -> None:
    flo = member("Flo", bakery, "editor")
    Membership.objects.create(workspace=bookshop, user=flo, role="viewer")
    closing.archive(bakery, by=ada, now=now)
    assert seats.of_agency(bakery.agency, now=now).used == 1
