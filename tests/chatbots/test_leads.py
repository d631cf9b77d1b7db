"""What visitors leave for the team: taken once, told by mail, read and handled by those who may, and erased."""

import csv
from datetime import datetime, timedelta
from importlib import import_module
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client

from agencies.models import Action, AgencyUserObjectPermission, AuditEntry, Mail, User
from agencies.permissions import Can
from billing.models import Hold, PoolPeriod
from chatbots import invariants
from chatbots.bots import bots, moving
from chatbots.closing import closing as floor
from chatbots.conversations import leads, tasks
from chatbots.models import Chatbot, Conversation, Lead
from chatbots.public import limits
from tests import queries
from tests.conftest import TOKEN, Visitor, member
from tests.racing import at_once
from workspaces import closing
from workspaces import invariants as people
from workspaces.models import AtLimit, Workspace, WorkspaceUserObjectPermission

OPENING = "When does the bakery open in the morning?"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture(params=[AtLimit.LEAD, AtLimit.PERSON])
def bot(request: pytest.FixtureRequest, baker: Chatbot) -> Chatbot:
    """Bakery's chatbot, whose workspace takes messages: as they are, or for a person who writes back."""
    return taking(baker, request.param)


@pytest.fixture
def taker(baker: Chatbot) -> Chatbot:
    return taking(baker, AtLimit.LEAD)


def taking(baker: Chatbot, choice: str) -> Chatbot:
    Workspace.objects.filter(pk=baker.workspace_id).update(at_limit=choice)
    return Chatbot.objects.select_related("workspace__agency").get(pk=baker.pk)


def typed(**other: str) -> dict[str, str]:
    words = {"name": "Vera", "email": "vera@mail.example", "text": "Do you bake for weddings?"}
    return {"token": TOKEN, "request_key": str(uuid4()), **words, **other}


def send(visitor: Visitor, bot: Chatbot, sent: dict[str, str], **extra: Any) -> Any:
    return visitor.post(f"/c/{bot.public_id}/leave/", sent, **extra)


def left(bot: Chatbot, now: datetime, *, times: int = 1, **other: Any) -> Lead:
    """The last of some leads."""
    for _ in range(times):
        words = {"name": "Vera", "email": "vera@mail.example", "text": "For weddings?", "token": TOKEN, **other}
        lead = leads.leave(bot, request_key=uuid4(), now=now, **words)
    return lead


def shown(answer: Any) -> str:
    return answer.content.decode()


# --- leaving a message -----------------------------------------------------------------------------------------------


def test_it_is_kept_with_its_conversation_and_takes_no_unit(visitor: Visitor, bot: Chatbot) -> None:
    visitor.ask(bot, OPENING)
    used = PoolPeriod.objects.values_list("used", "held").get()
    answer = send(visitor, bot, typed())
    assert (answer.status_code, "Thank you." in shown(answer)) == (200, True)
    lead = Lead.objects.get()
    assert (lead.name, lead.email, lead.text) == ("Vera", "vera@mail.example", "Do you bake for weddings?")
    assert (lead.workspace_id, lead.chatbot, lead.conversation) == (bot.workspace_id, bot, Conversation.objects.get())
    assert lead.kind == ("handover" if bot.workspace.at_limit == AtLimit.PERSON else "message")
    assert PoolPeriod.objects.values_list("used", "held").get() == used
    assert invariants.breaches() == []


def test_without_a_conversation_it_is_kept_too_and_begins_none(visitor: Visitor, taker: Chatbot) -> None:
    send(visitor, taker, typed(name=""))
    assert (Lead.objects.get().name, Lead.objects.get().conversation) == ("", None)
    assert not Conversation.objects.exists()
    assert not Hold.objects.exists()


def test_the_form_sent_twice_is_one_message(visitor: Visitor, taker: Chatbot) -> None:
    sent = typed()
    for _ in range(2):
        assert "Thank you." in shown(send(visitor, taker, sent))
    assert Lead.objects.count() == 1


def test_the_same_form_with_other_words_is_refused_and_works_under_a_new_key(visitor: Visitor, taker: Chatbot) -> None:
    sent = typed()
    send(visitor, taker, sent)
    refused = send(visitor, taker, sent | {"text": "And for birthdays?"})
    assert (refused.status_code, refused.context["leaving"]["text"].value()) == (409, "And for birthdays?")
    again = {name: refused.context["leaving"][name].value() for name in sent}
    assert send(visitor, taker, again).status_code == 200
    assert sorted(Lead.objects.values_list("text", flat=True)) == ["And for birthdays?", "Do you bake for weddings?"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": ""},
        {"email": "vera"},
        {"email": "vera@mail.example\nBcc: all@mail.example"},
        {"email": f"{'v' * 250}@mail.example"},
        {"text": " "},
        {"text": "x" * 2001},
        {"text": "a\x00b"},
        {"name": "x" * 81},
        {"request_key": "mine"},
        {"token": "short"},
    ],
    ids=str,
)
@pytest.mark.parametrize("headers", [{}, {"X-Fragment": "leave"}], ids=["page", "fragment"])
def test_what_is_mended_keeps_what_was_typed(
    visitor: Visitor, taker: Chatbot, wrong: dict[str, str], headers: dict[str, str]
) -> None:
    answer = send(visitor, taker, typed() | wrong, headers=headers)
    form = answer.context["leaving"]
    assert (answer.status_code, list(form.errors)) == (422, list(wrong))
    assert [form[name].value() for name in ("name", "email", "text")] == [
        (typed() | wrong)[name] for name in ("name", "email", "text")
    ]
    assert "leave_email" in shown(answer)
    assert not Lead.objects.exists()


def test_the_page_after_it_shows_the_conversation_so_far(visitor: Visitor, taker: Chatbot) -> None:
    visitor.ask(taker, OPENING)
    for sent in (typed(), typed(email="")):
        assert "opens at seven" in shown(send(visitor, taker, sent))
    assert "opens at seven" not in shown(send(visitor, taker, typed(token="w" * 43)))


@pytest.mark.parametrize("choice", [AtLimit.NOTICE, AtLimit.QA])
def test_a_workspace_that_takes_no_messages_gets_none(visitor: Visitor, baker: Chatbot, choice: str) -> None:
    answer = send(visitor, taking(baker, choice), typed())
    assert (answer.status_code, "No messages can be left here" in shown(answer)) == (409, True)
    assert answer.context["leaving"]["text"].value() == typed()["text"]
    assert not Lead.objects.exists()


@pytest.mark.parametrize("closed", ["paused_at", "archived_at"])
def test_a_closed_workspace_takes_none(visitor: Visitor, taker: Chatbot, now: datetime, closed: str) -> None:
    Workspace.objects.filter(pk=taker.workspace_id).update(**{closed: now})
    assert send(visitor, taker, typed()).status_code == 503
    assert not Lead.objects.exists()


def test_looking_leaves_nothing_and_a_chatbot_that_is_not_there_takes_nothing(visitor: Visitor, taker: Chatbot) -> None:
    assert visitor.get(f"/c/{taker.public_id}/leave/", typed()).url == f"/c/{taker.public_id}/"
    assert visitor.post("/c/unknown/leave/", typed()).status_code == 404
    assert visitor.put(f"/c/{taker.public_id}/leave/").status_code == 405
    assert not Lead.objects.exists()


def test_limits_come_before_anything(visitor: Visitor, taker: Chatbot) -> None:
    for _ in range(limits.PER_VISITOR):
        send(visitor, taker, typed(email=""))
    answer = send(visitor, taker, typed())
    assert (answer.status_code, answer.context["leaving"]["text"].value()) == (429, typed()["text"])
    assert not Lead.objects.exists()


def test_another_chatbots_conversation_is_not_named(visitor: Visitor, taker: Chatbot, bookworm: Chatbot) -> None:
    visitor.ask(bookworm, "May books be returned?")
    foreign = {"workspace": bookworm.workspace_id, "chatbot": bookworm.pk, "kind": "handover", "handled_by": "1"}
    send(visitor, taker, typed() | foreign | {"conversation": str(Conversation.objects.get().pk)})
    lead = Lead.objects.get()
    assert (lead.conversation, lead.chatbot, lead.kind, lead.handled_by) == (None, taker, "message", None)


def test_words_from_outside_are_shown_as_text(visitor: Visitor, bot: Chatbot, bo: User, sign_in: Any) -> None:
    evil, refused = {"name": EVIL, "text": EVIL}, [EVIL, '"<b>x</b>"@mail.example']
    pages = [send(visitor, bot, typed(**evil) | email) for email in ({}, *({"email": each} for each in refused))]
    for page in [*pages, sign_in(bo).get(f"/workspaces/{bot.workspace_id}/leads/")]:
        assert not [tag for tag in ("<script>alert", "<img src=x", "<b>x") if tag in shown(page)]
    assert "&lt;script&gt;" in shown(page)


def test_the_door_knows_no_cookie_and_no_cache_keeps_what_was_left(visitor: Visitor, taker: Chatbot) -> None:
    answer = send(visitor, taker, typed())
    assert (answer["Cache-Control"], dict(answer.cookies)) == ("no-store", {})
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.django_db(transaction=True)
def test_ten_forms_at_once_under_one_key_are_one_message(taker: Chatbot, now: datetime) -> None:
    key, words = uuid4(), {"token": TOKEN, "name": "", "email": "vera@mail.example", "text": "For weddings?"}
    results = at_once(lambda _: leads.leave(taker, request_key=key, now=now, **words), people=10)
    assert {result.pk for result in results} == {Lead.objects.get().pk}


# --- telling of it ---------------------------------------------------------------------------------------------------


def told(lead: Lead, now: datetime) -> list[str]:
    leads.tell(lead.workspace, lead.pk, now=now)
    return sorted(Mail.objects.values_list("recipient", flat=True))


def test_managers_and_agents_are_told_once(bot: Chatbot, bo: User, vi: User, ada: User, now: datetime) -> None:
    agent = member("Agnes", bot.workspace, "agent")
    member("Edith", bot.workspace, "editor")
    lead = left(bot, now, text=f"For weddings? {EVIL}")
    Mail.objects.all().delete()
    assert told(lead, now) == sorted([bo.email, agent.email])
    mail = Mail.objects.first()
    assert (EVIL in mail.text, "vera@mail.example" in mail.text, mail.html) == (True, True, "")
    assert f"/workspaces/{bot.workspace_id}/leads/" in mail.text
    assert "vera" not in mail.subject.lower()
    assert told(lead, now) == sorted([bo.email, agent.email])


def test_without_them_the_agencys_owner_and_admins_are_told(
    taker: Chatbot, vi: User, ada: User, admin: User, analyst: User, now: datetime
) -> None:
    User.objects.filter(pk=member("Gone", taker.workspace, "manager").pk).update(is_active=False)
    lead = left(taker, now)
    Mail.objects.all().delete()
    assert told(lead, now) == sorted([ada.email, admin.email])


def test_a_flood_fills_the_page_and_not_the_mailboxes(taker: Chatbot, bo: User, now: datetime) -> None:
    left(taker, now, times=leads.TOLD_AN_HOUR + 5)
    Mail.objects.all().delete()
    for lead in Lead.objects.order_by("pk"):
        leads.tell(lead.workspace, lead.pk, now=now)
    assert Mail.objects.count() == leads.TOLD_AN_HOUR
    assert not Lead.objects.filter(told_at=None).exists()
    later = now + timedelta(hours=1, seconds=1)
    assert len(told(left(taker, later), later)) == leads.TOLD_AN_HOUR + 1


@pytest.mark.django_db(transaction=True)
def test_the_mail_follows_the_commit(taker: Chatbot, bo: User, now: datetime) -> None:
    left(taker, now)
    assert Mail.objects.filter(recipient=bo.email).count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_no_task_has_told_of_the_schedule_tells(taker: Chatbot, bo: User, now: datetime) -> None:
    left(taker, now - timedelta(minutes=2))
    Mail.objects.all().delete()
    Lead.objects.update(told_at=None)
    for _ in range(2):
        tasks.tell_of_leads()
    assert Mail.objects.filter(recipient=bo.email).count() == 1


# --- the page --------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(taker: Chatbot) -> str:
    return f"/workspaces/{taker.workspace_id}/leads/"


@pytest.fixture
def browser(bo: User, sign_in: Any) -> Client:
    return sign_in(bo)


def test_it_shows_who_left_what_where_and_the_last_lines(
    visitor: Visitor, page: str, browser: Client, bot: Chatbot, now: datetime
) -> None:
    for number in range(4):
        visitor.ask(bot, f"Question {number}: when does the bakery open?")
    left(bot, now)
    shows = shown(browser.get(page))
    assert all(words in shows for words in ("Vera", "vera@mail.example", "For weddings?", "Baker", "Question 3"))
    assert "Question 0" not in shows
    assert ("Waits for a person" in shows) == (bot.workspace.at_limit == AtLimit.PERSON)


def test_done_and_open_again_say_by_whom(page: str, browser: Client, taker: Chatbot, bo: User, now: datetime) -> None:
    lead = left(taker, now)
    browser.post(f"{page}{lead.pk}/done/")
    assert "Nobody waits" in shown(browser.get(page))
    assert "Done by Bo" in shown(browser.get(page, {"show": "done"}))
    browser.post(f"{page}{lead.pk}/open/")
    assert "For weddings?" in shown(browser.get(page))
    assert "Nothing is done yet" in shown(browser.get(page, {"show": "done"}))
    rows = AuditEntry.objects.filter(action__startswith="lead.").order_by("pk")
    assert [row.action for row in rows] == [Action.LEAD_HANDLED, Action.LEAD_REOPENED]
    assert {(row.actor, row.workspace_id, row.target) for row in rows} == {(bo, taker.workspace_id, f"{lead} at Baker")}


def test_the_audit_log_which_stays_holds_nothing_of_the_visitor(
    page: str, browser: Client, taker: Chatbot, now: datetime
) -> None:
    browser.post(f"{page}{left(taker, now).pk}/done/")
    rows = str(list(AuditEntry.objects.values()))
    assert not [words for words in ("Vera", "vera@", "weddings") if words in rows]


def test_done_twice_is_done_once(page: str, browser: Client, taker: Chatbot, now: datetime) -> None:
    lead = left(taker, now)
    for _ in range(2):
        assert browser.post(f"{page}{lead.pk}/done/").status_code == 302
    assert AuditEntry.objects.filter(action=Action.LEAD_HANDLED).count() == 1


def test_looking_at_a_button_presses_nothing(page: str, browser: Client, taker: Chatbot, now: datetime) -> None:
    lead = left(taker, now)
    assert browser.get(f"{page}{lead.pk}/done/").status_code == 302
    assert Lead.objects.get().handled_at is None


@pytest.mark.parametrize("role", ["manager", "editor", "agent", "viewer"])
def test_members_who_answer_read_it_and_viewers_do_not(
    page: str, taker: Chatbot, sign_in: Any, now: datetime, role: str
) -> None:
    lead, theirs = left(taker, now), sign_in(member("Mem", taker.workspace, role))
    allowed = role != "viewer"
    assert theirs.get(page).status_code == (200 if allowed else 403)
    assert theirs.post(f"{page}{lead.pk}/done/").status_code == (302 if allowed else 403)
    overview = shown(theirs.get(f"/workspaces/{taker.workspace_id}/"))
    assert (page in overview) == allowed


@pytest.mark.usefixtures("bo", "vi", "sue", "admin", "analyst", "rival")
def test_whoever_was_here_before_the_permission_holds_it_too() -> None:
    for grants in (AgencyUserObjectPermission, WorkspaceUserObjectPermission):
        grants.objects.filter(permission__codename=Can.HANDLE_CONVERSATIONS).delete()
    assert len(people.breaches()) == 5  # two managers, two owners, an admin
    for _ in range(2):
        import_module("workspaces.migrations.0006_handle_conversations").grant_all(apps, None)
        assert people.breaches() == []


def test_nobody_of_another_workspace_reads_or_handles_it(
    page: str, taker: Chatbot, sue: User, mallory: User, bookshop: Workspace, sign_in: Any, now: datetime
) -> None:
    lead = left(taker, now)
    theirs = sign_in(sue)
    assert theirs.get(page).status_code == 404
    assert theirs.post(f"/workspaces/{bookshop.pk}/leads/{lead.pk}/done/").status_code == 404
    assert "vera@" not in shown(theirs.get(f"/workspaces/{bookshop.pk}/leads/"))
    assert Lead.objects.get().handled_at is None


def test_the_navigation_counts_what_is_open(page: str, browser: Client, taker: Chatbot, now: datetime) -> None:
    overview = f"/workspaces/{taker.workspace_id}/"
    assert 'class="count"' not in shown(browser.get(overview))
    browser.post(f"{page}{left(taker, now, times=3).pk}/done/")
    assert '<span class="count">2<' in shown(browser.get(overview))


def test_fifty_fill_a_page_with_as_many_queries_as_one(
    visitor: Visitor, page: str, browser: Client, taker: Chatbot, now: datetime
) -> None:
    visitor.ask(taker, OPENING)
    left(taker, now)
    browser.get(page)
    one = len(queries.sent_by(lambda: browser.get(page)))
    left(taker, now, times=50)
    assert len(queries.sent_by(lambda: browser.get(page))) <= one + 1  # the paginator asks how many there are
    assert "Page 1 of 2" in shown(browser.get(page))
    assert browser.get(page, {"page": "2"}).content.count(b"vera@mail.example</bdi>") == 1
    assert browser.get(page, {"page": "x"}).status_code == 200


def test_the_export_is_what_the_filter_shows_and_runs_no_formula(
    page: str, browser: Client, taker: Chatbot, now: datetime
) -> None:
    done = left(taker, now, text="Done already")
    left(taker, now, name="=1+1", text="@SUM(A1)")
    browser.post(f"{page}{done.pk}/done/")
    answer = browser.get(f"{page}export/")
    rows = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode().removeprefix("\ufeff"))))
    assert len(rows) == 2
    assert rows[1][1:6] == ["Message", "Baker", "'=1+1", "vera@mail.example", "'@SUM(A1)"]
    assert b"Done already" in b"".join(browser.get(f"{page}export/", {"show": "done"}).streaming_content)


# --- where it goes with its chatbot ----------------------------------------------------------------------------------


def test_it_moves_with_its_chatbot_and_is_handled_there(
    visitor: Visitor, taker: Chatbot, bookshop: Workspace, ada: User, bo: User, sue: User, sign_in: Any, now: datetime
) -> None:
    visitor.ask(taker, OPENING)
    seen, plain = left(taker, now), left(taker, now, token="w" * 43)
    moving.move(taker, to=bookshop, by=ada, now=now)
    connection.check_constraints()
    assert set(Lead.objects.values_list("pk", "workspace_id")) == {(seen.pk, bookshop.pk), (plain.pk, bookshop.pk)}
    with pytest.raises(leads.Gone):
        leads.handle(seen, by=bo, now=now)
    assert sign_in(bo).post(f"/workspaces/{seen.workspace_id}/leads/{seen.pk}/done/").status_code == 404
    assert sign_in(sue).post(f"/workspaces/{bookshop.pk}/leads/{seen.pk}/done/").status_code == 302
    assert invariants.breaches() == []


def test_it_is_gone_with_its_chatbot(taker: Chatbot, ada: User, now: datetime) -> None:
    lead = left(taker, now)
    bots.delete(taker, by=ada, now=now)
    assert not Lead.objects.exists()
    with pytest.raises(leads.Gone):
        leads.handle(lead, by=ada, now=now)


def test_it_is_erased_with_its_workspace(taker: Chatbot, ada: User, now: datetime) -> None:
    left(taker, now)
    closing.archive(taker.workspace, by=ada, now=now)
    closing.delete(taker.workspace, typed="Bakery", by=ada, now=now)
    floor.erase(taker.workspace, now=now + closing.KEPT_FOR)
    assert not Lead.objects.exists()


def test_no_query_can_name_another_workspaces_conversation(
    visitor: Visitor, taker: Chatbot, bookworm: Chatbot, now: datetime
) -> None:
    visitor.ask(bookworm, "May books be returned?")
    left(taker, now)
    Lead.objects.update(conversation=Conversation.objects.get())
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.check_constraints()
    Lead.objects.update(conversation=None)
