"""Who speaks in a conversation: a person takes over and the chatbot is silent, until it has it again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from agencies.models import Action, Agency, AuditEntry, User
from agencies.permissions import MemberRole
from billing import invariants as units
from billing.models import LedgerEntry, PoolPeriod
from chatbots import invariants
from chatbots.conversations import replying, takeover, tasks
from chatbots.models import Chatbot, Conversation, Lead, Message
from tests.chatbots.people import EVIL, OPENING, claimed, on_duty, post, reply_form, talk_of, url
from tests.conftest import TOKEN, Visitor, client_workspace, member
from tests.conftest import chatbot as a_chatbot
from tests.racing import at_once
from workspaces.models import Workspace


def used() -> int:
    return PoolPeriod.objects.get().used


def kinds() -> list[tuple[str, int]]:
    return list(LedgerEntry.objects.order_by("pk").values_list("kind", "units"))


def healthy() -> bool:
    return [*units.breaches(), *invariants.breaches()] == []


# --- taking over -----------------------------------------------------------------------------------------------------


def test_while_a_person_has_it_the_chatbot_is_silent_and_a_message_takes_one_unit(
    visitor: Visitor, baker: Chatbot, bo: User, now: datetime
) -> None:
    claimed(visitor, baker, bo, now)
    before, message_id = used(), str(uuid4())
    for _ in range(2):  # sent again after a lost connection, it is the same message
        answer = visitor.ask(baker, "Are you there?", message_id=message_id, headers={"X-Fragment": "1"})
        assert (answer.status_code, answer.context["told"].text) == (200, "Are you there?")
        assert "reply" not in answer.context
    assert used() == before + 1
    assert talk_of(baker).waits_since is not None
    assert Message.objects.filter(author="ai").count() == 1
    assert healthy()


def test_the_stream_of_a_told_message_ends_without_a_reply(
    visitor: Visitor, baker: Chatbot, bo: User, now: datetime
) -> None:
    claimed(visitor, baker, bo, now)
    from tests.chatbots.test_streaming import streamed

    [(name, markup)] = streamed(visitor, baker, "Hello?")
    assert name == "turn"
    assert "bubble ai" not in markup


def test_a_reply_is_charged_once_and_heard_by_the_visitor(
    visitor: Visitor, baker: Chatbot, bo: User, sign_in: Callable[[User], Client], now: datetime
) -> None:
    talk = claimed(visitor, baker, bo, now)
    before, form, browser = used(), reply_form(EVIL), sign_in(bo)
    last = Message.objects.latest("pk").pk
    for _ in range(2):
        assert browser.post(url(talk, "reply/"), form).status_code == 302
    assert (used(), kinds()[-1]) == (before + 1, ("human", 1))
    assert LedgerEntry.objects.latest("pk").speaker == "Bo"
    news = post(visitor, baker, "news", after=last).json()
    [line] = news["lines"]
    assert "<script>" not in line
    assert "&lt;script&gt;" in line
    assert (news["state"], news["last"]) == ("claimed", Message.objects.latest("pk").pk)
    assert healthy()


def test_without_units_a_reply_is_refused_and_its_words_stay(
    visitor: Visitor, baker: Chatbot, bo: User, sign_in: Callable[[User], Client], now: datetime
) -> None:
    talk = claimed(visitor, baker, bo, now)
    PoolPeriod.objects.update(quota=used())
    answer = sign_in(bo).post(url(talk, "reply/"), reply_form("We open at seven."))
    assert (answer.status_code, "No message units are left" in answer.content.decode()) == (422, True)
    assert answer.context["reply"]["text"].value() == "We open at seven."
    assert not Message.objects.filter(author="person").exists()


def test_who_has_not_taken_over_cannot_reply(
    visitor: Visitor, baker: Chatbot, bo: User, ada: User, now: datetime
) -> None:
    talk = claimed(visitor, baker, bo, now)
    with pytest.raises(replying.NotYours, match="Bo has this conversation"):
        replying.reply(talk, text="Hello", request_key=uuid4(), by=ada, now=now)
    takeover.hand_back(talk, by=ada, now=now)
    with pytest.raises(replying.NotYours, match="The chatbot has"):
        replying.reply(talk, text="Hello", request_key=uuid4(), by=bo, now=now)


def test_the_second_person_is_told_who_has_it(
    visitor: Visitor, baker: Chatbot, bo: User, ada: User, sign_in: Callable[[User], Client], now: datetime
) -> None:
    talk = claimed(visitor, baker, bo, now)
    page = sign_in(ada).post(url(talk, "claim/"), follow=True).content.decode()
    assert "Bo has taken over this conversation already" in page
    takeover.claim(talk, by=bo, now=now)  # one's own button twice
    assert talk_of(baker).claimed_by == bo
    assert Message.objects.filter(author="notice").count() == 1
    assert AuditEntry.objects.filter(action=Action.CONVERSATION_CLAIMED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_people_at_once_one_gets_it(visitor: Visitor, baker: Chatbot, bakery: Workspace, now: datetime) -> None:
    visitor.ask(baker, OPENING)
    people = [member(f"Agent {n}", bakery, MemberRole.AGENT) for n in range(6)]
    talk = talk_of(baker)
    results = at_once(lambda n: takeover.claim(talk, by=people[n], now=now), people=6)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", *["Taken"] * 5]
    assert Message.objects.filter(author="notice").count() == 1


def test_handed_back_the_chatbot_answers_and_knows_what_was_said(
    visitor: Visitor, baker: Chatbot, bo: User, now: datetime
) -> None:
    talk = claimed(visitor, baker, bo, now)
    replying.reply(talk, text="A person's words", request_key=uuid4(), by=bo, now=now)
    takeover.hand_back(talk, by=bo, now=now)
    assert visitor.ask(baker, OPENING).context["reply"].author == "ai"
    from chatbots.answers.storing import history_of

    said = [line["content"] for line in history_of(baker, TOKEN)]
    assert "A person's words" in said
    assert not any("person from the team" in words for words in said)


def test_resolved_it_opens_again_when_the_visitor_writes(
    visitor: Visitor, baker: Chatbot, bo: User, sign_in: Callable[[User], Client], now: datetime
) -> None:
    talk = claimed(visitor, baker, bo, now)
    sign_in(bo).post(url(talk, "resolve/"))
    assert talk_of(baker).state == "resolved"
    assert visitor.ask(baker, OPENING).context["reply"].author == "ai"
    assert talk_of(baker).state == "bot"
    with pytest.raises(takeover.OtherwiseMeanwhile):
        takeover.reopen(talk, by=bo, now=now)


def test_a_program_is_answered_whoever_has_the_conversation(
    baker: Chatbot, bo: User, visitor: Visitor, now: datetime
) -> None:
    from asgiref.sync import async_to_sync

    from chatbots.answers import exchange

    claimed(visitor, baker, bo, now)
    started = async_to_sync(exchange.start)(baker, token=TOKEN, message_id="m", text=OPENING, history=[])
    assert isinstance(started, exchange.Running)


# --- asking for a person ---------------------------------------------------------------------------------------------


def test_a_visitor_who_asks_for_a_person_waits_and_those_on_duty_are_told_once(
    visitor: Visitor,
    baker: Chatbot,
    bo: User,
    now: datetime,
    mailoutbox: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    on_duty(baker, bo, now=now)
    visitor.ask(baker, f"Do you bake {EVIL}?")
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(visitor, baker, "person")
        post(visitor, baker, "person")
    assert "I have called a person" in answer.content.decode()
    talk = talk_of(baker)
    assert (talk.state, talk.waits_since is not None) == ("pending", True)
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == ([bo.email], "A visitor waits for a person at Baker")
    assert EVIL in mail.body
    [html] = mail.alternatives
    assert (EVIL in str(html[0]), f"/conversations/{talk.pk}/" in mail.body) == (False, True)
    assert Message.objects.filter(author="notice").count() == 1


def test_with_nobody_on_duty_the_visitor_may_leave_a_message(
    visitor: Visitor, baker: Chatbot, vi: User, now: datetime
) -> None:
    on_duty(baker, vi, now=now)  # who may not handle conversations is no help
    answer = post(visitor, baker, "person")
    assert (answer.status_code, answer.context["is_handover"]) == (200, True)
    assert talk_of(baker).state == "bot"
    words = {"name": "", "email": "vera@mail.example", "text": "Please call", "request_key": str(uuid4())}
    assert post(visitor, baker, "leave", **words).status_code == 200
    assert (Lead.objects.get().kind, Lead.objects.get().conversation) == ("handover", talk_of(baker))


def test_nobody_is_called_at_a_closed_workspace(visitor: Visitor, baker: Chatbot, bo: User, now: datetime) -> None:
    on_duty(baker, bo, now=now)
    Workspace.objects.filter(pk=baker.workspace_id).update(paused_at=now)
    assert post(visitor, baker, "person").status_code == 503
    assert not Conversation.objects.exists()


def test_a_member_without_the_right_any_more_is_off_duty(baker: Chatbot, bo: User, now: datetime) -> None:
    from chatbots.conversations import duty
    from workspaces.access import set_role

    on_duty(baker, bo, now=now)
    assert list(duty.people(baker.workspace)) == [bo]
    set_role(baker.workspace, user=bo, role=MemberRole.VIEWER)
    assert list(duty.people(baker.workspace)) == []


# --- nobody in time --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_a_person", [False, True])
def test_without_a_reply_in_time_the_chatbot_has_it_again_and_says_so_once(
    visitor: Visitor, baker: Chatbot, bo: User, now: datetime, with_a_person: bool
) -> None:
    on_duty(baker, bo, now=now)
    visitor.ask(baker, OPENING)
    post(visitor, baker, "person")
    if with_a_person:
        takeover.claim(talk_of(baker), by=bo, now=now)
    tasks.look_after_waiting()
    assert talk_of(baker).state == ("claimed" if with_a_person else "pending")
    Conversation.objects.update(waits_since=now - timedelta(minutes=11))
    for _ in range(2):
        tasks.look_after_waiting()
    assert talk_of(baker).state == "bot"
    notices = Message.objects.filter(author="notice").values_list("text", flat=True)
    assert [words for words in notices if words.startswith("Nobody is free")] == [notices.last()]
    assert AuditEntry.objects.filter(action=Action.CONVERSATION_LATE, actor=None).count() == 1


def test_who_has_replied_keeps_it_until_the_visitor_waits_again(
    visitor: Visitor, baker: Chatbot, bo: User, now: datetime
) -> None:
    talk = claimed(visitor, baker, bo, now - timedelta(hours=1))
    replying.reply(talk, text="Seven", request_key=uuid4(), by=bo, now=now - timedelta(minutes=30))
    tasks.look_after_waiting()
    assert talk_of(baker).state == "claimed"
    visitor.ask(baker, "Thank you. And on Sundays?")
    Conversation.objects.update(waits_since=now - timedelta(minutes=11))
    tasks.look_after_waiting()
    assert talk_of(baker).state == "bot"


def test_the_database_knows_one_state_at_a_time(visitor: Visitor, baker: Chatbot, bo: User, now: datetime) -> None:
    claimed(visitor, baker, bo, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Conversation.objects.update(resolved_at=now)


# --- the visitor's token ---------------------------------------------------------------------------------------------


def test_a_foreign_token_hears_and_rates_nothing(
    visitor: Visitor, baker: Chatbot, bo: User, northwind: Agency, now: datetime
) -> None:
    talk = claimed(visitor, baker, bo, now)
    line = talk.messages.get(author="ai")
    elsewhere = a_chatbot(client_workspace(northwind, "Mill"), "Miller")
    for bot, token in ((baker, "w" * 43), (elsewhere, TOKEN)):
        news = post(visitor, bot, "news", token, after=0).json()
        assert (news["lines"], news["state"]) == ([], "bot")
        assert post(visitor, bot, "rate", token, line=line.pk, rating="down").status_code == 404
    assert talk.messages.get(author="ai").rating is None
    assert post(visitor, baker, "news", "short", after=0).status_code == 422


def test_a_visitor_rates_answers_of_the_own_conversation(visitor: Visitor, baker: Chatbot) -> None:
    visitor.ask(baker, OPENING)
    asked, line = Message.objects.order_by("pk")
    for rating, stored in (("down", -1), ("up", 1), ("none", None)):
        assert post(visitor, baker, "rate", line=line.pk, rating=rating).status_code == 204
        assert Message.objects.get(pk=line.pk).rating == stored
    assert post(visitor, baker, "rate", line=asked.pk, rating="up").status_code == 404
    assert post(visitor, baker, "rate", line=line.pk, rating="wow").status_code == 422
    assert visitor.get(f"/c/{baker.public_id}/rate/").status_code == 405


def test_looking_for_news_has_a_limit_of_its_own(visitor: Visitor, baker: Chatbot) -> None:
    answers = {post(visitor, baker, "news", after=0).status_code for _ in range(60)}
    assert answers == {200}
    assert post(visitor, baker, "news", after=0).status_code == 429
    assert visitor.ask(baker, OPENING).status_code == 200
