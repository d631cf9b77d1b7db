"""Support's decision. It is taken once, and the owner hears of it."""

from typing import Any

import pytest
from django.core import mail as postbox
from django.test import Client
from django.utils import timezone

from agencies import applications
from agencies.models import Agency, Application, User
from billing import subscriptions

AT = "/admin/agencies/application/"


@pytest.fixture
def wish(newcomer: Agency, nina: User) -> Application:
    return applications.submit(newcomer, by=nina, now=timezone.now(), website="", clients=3, messages=5000, goals="")


@pytest.fixture
def desk(support: User, sign_in: Any) -> Client:
    """Support's browser."""
    return sign_in(support)


def test_approval_makes_an_agency_on_the_trial_plan(wish: Application, support: User, now: Any) -> None:
    approved = subscriptions.approve(wish, by=support, now=now)
    approved.refresh_from_db()
    assert (approved.approved_at, approved.approved_by) == (now, support)
    assert (approved.message_limit, approved.workspace_limit) == (1000, 3)


def test_an_application_is_decided_once(wish: Application, support: User, superuser: User, now: Any) -> None:
    subscriptions.approve(wish, by=support, now=now)
    with pytest.raises(applications.NotWaiting, match=r"approved on .* by Sam"):
        subscriptions.approve(wish, by=superuser, now=now)
    with pytest.raises(applications.NotWaiting):
        applications.decline(wish, by=superuser, reason="Changed my mind.", now=now)
    wish.refresh_from_db()
    assert (wish.decision, wish.decided_by) == ("approved", support)


def test_a_declined_application_is_not_approved_afterwards(wish: Application, support: User, now: Any) -> None:
    applications.decline(wish, by=support, reason="No website.", now=now)
    with pytest.raises(applications.NotWaiting, match="declined"):
        subscriptions.approve(wish, by=support, now=now)
    wish.agency.refresh_from_db()
    assert not wish.agency.is_approved


def test_the_list_shows_who_waits(wish: Application, desk: Client, support: User, now: Any) -> None:
    assert b"Newcomer" in desk.get(AT).content
    subscriptions.approve(wish, by=support, now=now)
    assert b"Newcomer" not in desk.get(AT).content
    assert b"Newcomer" in desk.get(AT + "?state=approved").content


def test_the_action_approves_and_the_owner_gets_a_mail(
    wish: Application, desk: Client, nina: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(AT, {"action": "approve_as_agency", "_selected_action": [wish.pk]})
    wish.agency.refresh_from_db()
    assert wish.agency.is_approved
    assert [letter.to for letter in postbox.outbox] == [[nina.email]]


def test_the_action_twice_approves_once_and_says_so(
    wish: Application, desk: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            answer = desk.post(AT, {"action": "approve_as_agency", "_selected_action": [wish.pk]}, follow=True)
    assert b"is not waiting any more" in answer.content
    assert len(postbox.outbox) == 1


def test_declining_needs_a_reason_and_the_owner_reads_it(
    wish: Application, desk: Client, django_capture_on_commit_callbacks: Any
) -> None:
    assert desk.post(f"{AT}{wish.pk}/decline/", {"reason": "  "}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(f"{AT}{wish.pk}/decline/", {"reason": "Your website does not answer."})
    wish.refresh_from_db()
    assert wish.decision == "declined"
    assert "Your website does not answer." in postbox.outbox[0].body


def test_a_reason_with_markup_reaches_the_owner_as_it_was_written(
    wish: Application, support: User, now: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        applications.decline(wish, by=support, reason="Ada & Bo's <site> isn't up.", now=now)
    assert "Ada & Bo's <site> isn't up." in postbox.outbox[0].body


def test_looking_at_the_approval_changes_nothing(wish: Application, desk: Client) -> None:
    desk.get(f"{AT}{wish.pk}/approve/")
    desk.get(f"{AT}{wish.pk}/decline/")
    wish.refresh_from_db()
    assert wish.is_waiting


@pytest.mark.parametrize("who", ["nina", "ada", "mallory"])
def test_nobody_but_support_decides(wish: Application, who: str, sign_in: Any, request: pytest.FixtureRequest) -> None:
    stranger = sign_in(request.getfixturevalue(who))
    stranger.post(f"{AT}{wish.pk}/approve/")
    stranger.post(f"{AT}{wish.pk}/decline/", {"reason": "No."})
    wish.refresh_from_db()
    assert wish.is_waiting


def test_support_that_may_only_look_does_not_decide(wish: Application, support: User, sign_in: Any) -> None:
    support.user_permissions.set(support.user_permissions.filter(codename="view_application"))
    assert sign_in(support).post(f"{AT}{wish.pk}/approve/").status_code == 404
    wish.refresh_from_db()
    assert wish.is_waiting


@pytest.mark.parametrize("query", ["state=nonsense", "state=", "state=%00", "state=approved%00", "decision__exact=%00"])
def test_a_filter_that_is_none_breaks_no_list(wish: Application, desk: Client, query: str) -> None:
    assert desk.get(f"{AT}?{query}").status_code < 500
    assert desk.get(f"/admin/billing/addon/?{query.replace('state', 'resource__exact')}").status_code < 500


def test_the_page_of_an_application_offers_both_decisions_until_it_is_taken(
    wish: Application, desk: Client, support: User, now: Any
) -> None:
    page = desk.get(f"{AT}{wish.pk}/change/").content.decode()
    assert f'<form id="approve" method="post" action="{AT}{wish.pk}/approve/">' in page
    assert f'href="{AT}{wish.pk}/decline/"' in page
    subscriptions.approve(wish, by=support, now=now)
    decided = desk.get(f"{AT}{wish.pk}/change/").content.decode()
    assert "Approved on" in decided
    assert 'id="approve"' not in decided
