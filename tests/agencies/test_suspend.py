"""A suspended account: read only everywhere, its chatbots give a notice, its background work rests, nothing is lost."""

from datetime import datetime, timedelta
from typing import Any

import openai
import pytest
from django.core import mail as postbox
from django.db import IntegrityError, transaction

from agencies import suspension
from agencies.models import Action, Agency, AuditEntry, User
from billing.models import Hold
from chatbots.conversations import leads, takeover
from chatbots.knowledge import learning
from chatbots.models import Chatbot, Conversation, DataSource, Lead
from tests.chatbots.test_api import OPENING, program, said, secret  # noqa: F401 - fixtures
from tests.conftest import TOKEN, Visitor
from workspaces import accepting, closing, invitations
from workspaces.models import Workspace


def suspend(agency: Agency, by: User, now: datetime) -> None:
    suspension.suspend(agency, by=by, reason="Unpaid since May.", now=now)


def test_the_owners_are_told_and_it_is_written_down(
    northwind: Agency, ada: User, support: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        suspend(northwind, support, now)
        suspension.lift(northwind, by=support, now=now)
    told, lifted = postbox.outbox
    assert (told.to, lifted.to) == ([ada.email], [ada.email])
    assert "Unpaid since May." in told.body
    found = AuditEntry.objects.filter(agency=northwind, action__in=[Action.SUSPENDED, Action.LIFTED])
    assert [(each.action, each.actor) for each in found] == [(Action.LIFTED, support), (Action.SUSPENDED, support)]


def test_twice_is_refused_in_words(northwind: Agency, support: User, now: datetime) -> None:
    with pytest.raises(suspension.NotSuspended):
        suspension.lift(northwind, by=support, now=now)
    suspend(northwind, support, now)
    with pytest.raises(suspension.AlreadySuspended, match=r"since .* by Sam"):
        suspend(northwind, support, now)


def test_the_database_knows_no_suspension_without_a_reason(northwind: Agency, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Agency.objects.filter(pk=northwind.pk).update(suspended_at=now)


def test_pages_are_read_and_nothing_is_changed(
    northwind: Agency, bakery: Workspace, ada: User, support: User, now: datetime, sign_in: Any
) -> None:
    suspend(northwind, support, now)
    browser = sign_in(ada)
    assert "Unpaid since May." in browser.get(f"/agencies/{northwind.pk}/").content.decode()
    refused = browser.post(f"/workspaces/{bakery.pk}/pause/")
    assert refused.status_code == 403
    assert "Northwind is suspended" in refused.content.decode()
    assert Workspace.objects.get(pk=bakery.pk).paused_at is None
    suspension.lift(northwind, by=support, now=now)
    browser.post(f"/workspaces/{bakery.pk}/pause/")
    assert Workspace.objects.get(pk=bakery.pk).paused_at


def test_a_client_learns_of_it_and_not_why(
    northwind: Agency, bakery: Workspace, bo: User, support: User, now: datetime, sign_in: Any
) -> None:
    suspend(northwind, support, now)
    page = sign_in(bo).get(f"/workspaces/{bakery.pk}/").content.decode()
    assert "Pages are only read at the moment" in page
    assert "Unpaid" not in page


def test_leaving_signing_out_and_ones_own_login_stay_possible(
    northwind: Agency, bakery: Workspace, bo: User, support: User, now: datetime, sign_in: Any
) -> None:
    suspend(northwind, support, now)
    browser = sign_in(bo)
    assert browser.get("/accounts/").status_code == 200
    assert browser.post(f"/workspaces/{bakery.pk}/members/leave/").status_code == 302
    assert not bakery.memberships.filter(user=bo).exists()
    browser.post("/accounts/logout/")
    assert "_auth_user_id" not in browser.session


def test_visitors_get_a_notice_and_nothing_is_taken(
    visitor: Visitor, baker: Chatbot, northwind: Agency, support: User, now: datetime
) -> None:
    suspend(northwind, support, now)
    assert "I am resting" in visitor.get(f"/c/{baker.public_id}/").content.decode()
    answer = visitor.ask(baker, OPENING)
    assert (answer.status_code, "I am resting" in answer.content.decode()) == (503, True)
    sent = {"token": TOKEN, "text": "Hello", "name": "V", "email": "v@example.com"}
    visitor.post(f"/c/{baker.public_id}/leave/", sent)
    assert [table.objects.count() for table in (Hold, Lead, Conversation)] == [0, 0, 0]
    suspension.lift(northwind, by=support, now=now)
    assert visitor.ask(baker, OPENING).status_code == 200


def test_a_program_is_refused_in_openais_shape(
    program: Any,  # noqa: F811
    secret: str,  # noqa: F811
    baker: Chatbot,
    northwind: Agency,
    support: User,
    now: datetime,
) -> None:
    suspend(northwind, support, now)
    with pytest.raises(openai.InternalServerError) as refused:
        program(secret).chat.completions.create(model=baker.public_id, messages=said(OPENING))
    assert refused.value.code == "account_suspended"
    assert not Hold.objects.exists()


def test_background_work_rests_and_goes_on_afterwards(
    baker: Chatbot, northwind: Agency, support: User, now: datetime
) -> None:
    long_ago, place = now - timedelta(days=40), baker.workspace
    DataSource.objects.filter(chatbot=baker).update(due_at=long_ago)
    talk = Conversation.objects.create(
        chatbot=baker, workspace=place, token_hash="x", wanted_at=long_ago, waits_since=long_ago
    )
    Workspace.objects.filter(pk=place.pk).update(deleted_at=long_ago, archived_at=long_ago)

    def due() -> list[bool]:
        return [bool(found) for found in (takeover.untold(now), takeover.late(now), closing.due(now))]

    suspend(northwind, support, now)
    assert due() == [False, False, False]
    suspension.lift(northwind, by=support, now=now)
    assert due() == [True, True, True]
    assert Conversation.objects.get(pk=talk.pk).wanted_at == long_ago


def test_nothing_is_fetched_anew_meanwhile(baker: Chatbot, northwind: Agency, support: User, now: datetime) -> None:
    DataSource.objects.filter(chatbot=baker).update(due_at=now - timedelta(days=1))
    assert learning.due(now)
    suspend(northwind, support, now)
    assert not learning.due(now)
    assert not leads.untold(now)


def test_nobody_joins_meanwhile(northwind: Agency, bakery: Workspace, ada: User, support: User, now: datetime) -> None:
    invitation = invitations.invite(bakery, email="new@example.com", role="viewer", by=ada, now=now)
    token = "t" * 43
    type(invitation).objects.filter(pk=invitation.pk).update(token_hash=invitations.hash_of(token))
    suspend(northwind, support, now)
    with pytest.raises(invitations.AccountSuspended):
        accepting.accept_as_new(token, name="New", password="a long password", now=now)
    assert not User.objects.filter(email="new@example.com").exists()
