"""`manage.py verify` finds what does not add up, and nothing on a healthy house."""

from collections.abc import Callable
from datetime import datetime
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from guardian.shortcuts import assign_perm, remove_perm

from agencies.models import Agency, User
from agencies.permissions import Can
from billing import invariants as billing
from billing import rollups
from billing.models import Hold, LedgerEntry, PoolPeriod, Unrolled, UsageDay, WorkspacePeriod
from chatbots import invariants as chatbots
from chatbots.models import Chatbot, Conversation, DataSource, Lead, Message, Page, Passage, Upload
from workspaces import invariants as workspaces
from workspaces.models import Workspace


def all_breaches() -> list[str]:
    return [*workspaces.breaches(), *billing.breaches(), *chatbots.breaches()]


@pytest.fixture
def answered(baker: Chatbot, visitor: Any) -> Message:
    """One exchange, charged and rolled up; what its visitor left for the team; and a file with its page."""
    visitor.ask(baker, "When does the bakery open?")
    rollups.roll_up()
    talk = baker.conversations.get()
    Lead.objects.create(
        workspace=baker.workspace, chatbot=baker, conversation=talk, kind="message", request_key=uuid4()
    )
    talk.notes.create(workspace=baker.workspace, text="A note", request_key=uuid4())
    talk.readings.create(workspace=baker.workspace, user=User.objects.earliest("pk"))
    paper = DataSource.objects.create(workspace=baker.workspace, chatbot=baker, kind="file", title="a.txt")
    for part in (Page(url="a.txt"), Upload(name="a.txt", data=b"Words.")):
        part.workspace, part.source = baker.workspace, paper
        part.save()
    baker.right_answers.create(workspace=baker.workspace, source=paper)
    return Message.objects.get(author=Message.Author.AI)


def an_entry() -> LedgerEntry:
    return LedgerEntry.objects.filter(kind="ai").latest("pk")


def without_guard(table: str, statement: str) -> None:
    """What only somebody with the database in hand could do: past the append-only trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.usefixtures("answered", "ada", "bo", "vi", "sue", "mallory")
def test_a_healthy_house_has_no_breach() -> None:
    assert all_breaches() == []


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda: PoolPeriod.objects.update(used=1), "1 used, ledger 2"),
        (lambda: WorkspacePeriod.objects.update(used=7), "workspaces 7"),
        (lambda: PoolPeriod.objects.update(held=3), "3 held, open holds 0"),
        (lambda: PoolPeriod.objects.all().delete(), "charges without a counter"),
        (lambda: Hold.objects.update(settled_at=None, held_at=datetime(2020, 1, 1).astimezone()), "is open since"),
        (lambda: Hold.objects.update(settled_at=None), "stands on no settled hold"),
        (lambda: UsageDay.objects.filter(kind="ai").update(units=9), "the rollup says 9 units, the ledger 1"),
        (lambda: UsageDay.objects.filter(kind="ai").update(day="2020-02-02"), "the rollup says 1 units, the ledger 0"),
        (lambda: Unrolled.objects.create(agency_id=an_entry().agency_id, entry=an_entry()), "the rollup says 1 units"),
        (lambda: Message.objects.filter(author="ai").update(text=""), "a charge without its message"),
        (lambda: Message.objects.filter(author="ai").delete(), "a charge without its message"),
    ],
)
@pytest.mark.usefixtures("answered")
def test_what_does_not_add_up_is_said(spoil: Callable[[], object], said: str) -> None:
    spoil()
    assert any(said in breach for breach in all_breaches()), all_breaches()


def test_a_line_that_nobody_paid_for_is_said(answered: Message) -> None:
    without_guard("billing_ledgerentry", f"DELETE FROM billing_ledgerentry WHERE message_id = {answered.pk}")
    assert f"a message without its charge: {answered.pk}" in chatbots.breaches()


@pytest.mark.parametrize(
    ("free", "said"),
    [
        ({"author": "visitor", "free_key": "one"}, "a free line that is no question with its answer"),
        ({"author": "ai", "free_key": "one", "cited": ["A"]}, "a free line that is no question with its answer"),
        ({"author": "ai", "free_key": "of a hold", "cited": ["A"]}, "a free answer to a message that was held for"),
    ],
    ids=["no answer", "no question", "held for"],
)
def test_a_free_line_that_is_no_answer_at_the_limit_is_said(answered: Message, free: dict[str, Any], said: str) -> None:
    Hold.objects.update(key="of a hold")
    line = {"workspace_id": answered.workspace_id, "conversation_id": answered.conversation_id, "text": "Words"}
    Message.objects.create(**line, **free)
    assert any(said in breach for breach in chatbots.breaches())


def test_a_free_line_is_known_by_its_key_alone(answered: Message) -> None:
    for wrong in ({"free_key": "both"}, {"hold_id": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(pk=answered.pk).update(**wrong)


def test_a_left_message_of_another_chatbots_conversation_is_said(answered: Message, bakery: Workspace) -> None:
    Lead.objects.update(chatbot=Chatbot.objects.create(workspace=bakery, name="Other"))
    assert any("another chatbot's conversation" in breach for breach in chatbots.breaches())


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize("child", [DataSource, Page, Upload, Passage, Conversation, Message, Lead])
def test_no_query_can_put_a_child_into_another_workspace(child: Any, bookshop: Workspace) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        child.objects.update(workspace=bookshop)


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize("row", [WorkspacePeriod, Hold, UsageDay])
def test_no_query_can_put_a_unit_into_another_agency(row: Any, kiosk: Workspace) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        row.objects.update(agency=kiosk.agency_id)


@pytest.mark.usefixtures("answered")
def test_what_belongs_to_a_chatbot_moves_with_it(baker: Chatbot, bookshop: Workspace) -> None:
    Chatbot.objects.filter(pk=baker.pk).update(workspace=bookshop)
    for child in (DataSource, Page, Upload, Passage, Conversation, Message, Lead):
        assert set(child.objects.values_list("workspace", flat=True)) == {bookshop.pk}


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize("child", chatbots.PARENTS)
def test_a_child_in_another_workspace_than_its_parent_is_said(child: str, bookshop: Workspace) -> None:
    """As a restore without its constraints might leave it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in chatbots.PARENTS:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_tenancy")
        cursor.execute("ALTER TABLE chatbots_lead DROP CONSTRAINT chatbots_lead_talk_tenancy")
        cursor.execute(f"UPDATE {child} SET workspace_id = %s", [bookshop.pk])
    assert any("another workspace than its parent's" in breach for breach in chatbots.breaches())


def test_a_grant_that_no_role_gives_and_one_that_is_missing_are_said(bakery: Workspace, vi: User, bo: User) -> None:
    assign_perm(Can.MANAGE_SOURCES, vi, bakery)
    remove_perm(Can.SEE, bo, bakery)
    extra, missing = workspaces.breaches()
    assert extra == f"user {vi.pk} holds 'manage_sources' on workspace {bakery.pk}, and no role gives it"
    assert missing == f"user {bo.pk} lacks 'see' on workspace {bakery.pk}"


def test_a_grant_of_staff_is_looked_at_too(northwind: Agency, mallory: User) -> None:
    assign_perm(Can.SEE_AGENCY, mallory, northwind)
    assert workspaces.breaches() == [
        f"user {mallory.pk} holds 'see_agency' on agency {northwind.pk}, and no role gives it"
    ]


@pytest.mark.django_db(transaction=True)
def test_the_command_ends_with_an_error_and_a_line_for_each_breach(baker: Chatbot, vi: User) -> None:
    call_command("verify", stdout=StringIO())
    assign_perm(Can.MANAGE_SOURCES, vi, baker.workspace)
    said = StringIO()
    with pytest.raises(CommandError, match="1 breaches"):
        call_command("verify", stdout=said)
    assert "no role gives it" in said.getvalue()
