"""What is taken out of the inbox: files, what is kept long enough, one visitor's data, and right answers put in."""

import csv
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from agencies.models import Action, Agency, AuditEntry, User
from billing import invariants as units
from billing.models import LedgerEntry, PoolPeriod
from chatbots import invariants
from chatbots.conversations import mending, tasks
from chatbots.models import Chatbot, Conversation, DataSource, Forgotten, Lead, Message, RightAnswer
from tests.chatbots.people import EVIL, NOWHERE, OPENING, talk_of, url
from tests.conftest import TOKEN, Visitor, content_of
from workspaces.models import Workspace


@pytest.fixture
def desk(bo: User, sign_in: Callable[[User], Client]) -> Client:
    return sign_in(bo)


def leave(bot: Chatbot, talk: Conversation | None, email: str = "vera@mail.example", **other: Any) -> Lead:
    fields = {"kind": "message", "email": email, "text": "Call me", "request_key": uuid4(), **other}
    return Lead.objects.create(workspace=bot.workspace, chatbot=bot, conversation=talk, **fields)


def healthy() -> bool:
    return [*units.breaches(), *invariants.breaches()] == []


def export(desk: Client, bot: Chatbot, query: str = "") -> str:
    return content_of(desk.get(f"/workspaces/{bot.workspace_id}/conversations/export/?{query}")).decode()


# --- files -----------------------------------------------------------------------------------------------------------


def test_the_sheet_has_every_line_under_the_filters_and_runs_no_formula(
    visitor: Visitor, baker: Chatbot, desk: Client
) -> None:
    visitor.ask(baker, "=HYPERLINK(1)")
    visitor.ask(baker, NOWHERE, token="w" * 43)
    Conversation.objects.update(visitor_name="@SUM(1)", page_url="javascript:alert(1)")
    rows = list(csv.DictReader(StringIO(export(desk, baker).removeprefix("\ufeff"))))
    assert len(rows) == 4
    assert {row["Text"] for row in rows if row["Who"] == "Visitor"} == {"'=HYPERLINK(1)", NOWHERE}
    assert {(row["Visitor"], row["Units"]) for row in rows} == {("'@SUM(1)", "1")}
    assert len(list(csv.DictReader(StringIO(export(desk, baker, "q=bicycles"))))) == 2
    assert len(export(desk, baker, "state=nowhere").splitlines()) == 1


def test_who_takes_a_copy_along_is_written_down_and_what_they_searched_for_is_not(
    visitor: Visitor, baker: Chatbot, bo: User, desk: Client
) -> None:
    visitor.ask(baker, OPENING)
    export(desk, baker, "q=vera@mail.example")
    desk.get(f"/workspaces/{baker.workspace_id}/leads/export/")
    rows = AuditEntry.objects.filter(action=Action.EXPORTED).order_by("pk")
    assert [(row.actor, row.target, row.after) for row in rows] == [
        (bo, "Conversations, CSV", {}),
        (bo, "Left messages, CSV", {}),
    ]


def test_the_document_holds_lines_and_left_messages_of_its_own_clients(
    visitor: Visitor,
    baker: Chatbot,
    bookworm: Chatbot,
    northwind: Agency,
    ada: User,
    desk: Client,
    sign_in: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chatbots.conversations.inbox.BATCH", 1)
    for bot in (baker, bookworm):
        visitor.ask(bot, EVIL)
    leave(baker, talk_of(baker))
    [told] = json.loads(export(desk, baker, "as=json"))
    assert told["lines"][0]["text"] == EVIL
    assert told["left"][0]["email"] == "vera@mail.example"
    everything = content_of(sign_in(ada).get(f"/agencies/{northwind.pk}/conversations/export/?as=json"))
    assert [each["client"] for each in json.loads(everything)] == ["Bookshop", "Bakery"]
    assert json.loads(export(desk, baker, "as=json&down=on")) == []
    assert "Call me" in export(desk, baker, "as=left")


# --- what is kept no longer ------------------------------------------------------------------------------------------


def test_what_is_older_than_the_workspace_keeps_it_goes_and_its_units_stay(
    visitor: Visitor, baker: Chatbot, bookworm: Chatbot, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatbots.conversations.erasing.BATCH", 1)
    for n in range(3):
        visitor.ask(baker, OPENING, token=f"{n}" * 43)
    visitor.ask(bookworm, OPENING)
    old, used = now - timedelta(days=31), PoolPeriod.objects.get().used
    Conversation.objects.exclude(token_hash=talk_of(baker, "2" * 43).token_hash).update(last_at=old)
    leave(baker, talk_of(baker, "0" * 43), at=old)
    leave(baker, None, at=now)
    Workspace.objects.filter(pk=baker.workspace_id).update(kept_days=30)
    for _ in range(2):
        tasks.expire_conversations()
    assert (baker.conversations.count(), bookworm.conversations.count(), Lead.objects.count()) == (1, 1, 1)
    assert (PoolPeriod.objects.get().used, LedgerEntry.objects.count(), Forgotten.objects.count()) == (used, 8, 2)
    assert healthy()
    told = AuditEntry.objects.filter(action=Action.CONVERSATIONS_EXPIRED)
    assert "vera" not in " ".join(told.values_list("target", flat=True))


def test_a_charge_whose_line_vanished_otherwise_is_still_a_breach(visitor: Visitor, baker: Chatbot) -> None:
    visitor.ask(baker, OPENING)
    Message.objects.all().delete()
    assert not healthy()


def test_rules_are_set_by_who_may_change_settings(baker: Chatbot, bo: User, desk: Client) -> None:
    rules = f"/workspaces/{baker.workspace_id}/conversations/rules/"
    assert desk.post(rules, {"reply_within": "0", "kept_days": "-1"}).status_code == 422
    assert desk.post(rules, {"reply_within": "5", "kept_days": ""}).status_code == 302
    kept = Workspace.objects.get(pk=baker.workspace_id)
    assert (kept.reply_within, kept.kept_days) == (5, None)
    assert AuditEntry.objects.get(action=Action.CONVERSATIONS_SET).after == {"reply_within": 5}


# --- one visitor -----------------------------------------------------------------------------------------------------


def test_all_of_one_visitor_is_erased_and_the_log_names_nobody(
    visitor: Visitor, baker: Chatbot, bookworm: Chatbot, desk: Client, bo: User
) -> None:
    for bot, token in ((baker, TOKEN), (baker, "w" * 43), (baker, "x" * 43), (bookworm, TOKEN)):
        visitor.ask(bot, OPENING, token=token)
    talk, same = talk_of(baker, TOKEN), talk_of(baker, "w" * 43)
    Conversation.objects.filter(pk__in=[talk.pk, same.pk]).update(visitor_id="customer-7", visitor_name="Vera")
    leave(baker, talk)
    leave(baker, None, email="VERA@mail.example")
    leave(baker, None, email="other@mail.example")
    assert (desk.get(url(talk, "erase/")).context["talks"], desk.get(url(talk, "erase/")).context["left"]) == (2, 2)
    desk.post(url(talk, "erase/"))
    assert (baker.conversations.count(), bookworm.conversations.count()) == (1, 1)
    assert Lead.objects.get().email == "other@mail.example"
    entry = AuditEntry.objects.get(action=Action.VISITOR_ERASED)
    assert entry.target == "2 conversations and 2 left messages"
    assert "era" not in f"{entry.before}{entry.after}"
    assert healthy()
    assert visitor.ask(baker, OPENING, token=TOKEN).status_code == 200  # a new conversation begins
    assert healthy()


def test_agents_do_not_erase(
    visitor: Visitor, baker: Chatbot, bakery: Workspace, sign_in: Callable[[User], Client]
) -> None:
    from tests.conftest import member

    visitor.ask(baker, OPENING)
    agent = sign_in(member("Agent", bakery, "agent"))
    assert agent.get(url(talk_of(baker))).status_code == 200
    assert agent.post(url(talk_of(baker), "erase/")).status_code == 403
    assert baker.conversations.exists()


# --- right answers ---------------------------------------------------------------------------------------------------


def test_the_right_answer_becomes_a_source_and_is_given_from_then_on(
    visitor: Visitor, baker: Chatbot, desk: Client
) -> None:
    visitor.ask(baker, NOWHERE)
    talk, line = talk_of(baker), Message.objects.get(author="ai")
    form = desk.get(url(talk, f"lines/{line.pk}/right/")).context["form"]
    assert form["title"].value() == NOWHERE
    sent = {"title": NOWHERE, "text": "No, but the shop next door does.", "request_key": str(uuid4())}
    for _ in range(2):
        assert desk.post(url(talk, f"lines/{line.pk}/right/"), sent).status_code == 302
    right = RightAnswer.objects.get()
    assert (right.message, right.source.kind, right.source.text) == (line, "qa", sent["text"])
    assert "next door" in visitor.ask(baker, "do you repair bicycles").content.decode()
    assert mending.came_again(right) == 1
    assert b"Since then the question came 1 time" in desk.get(url(talk, f"lines/{line.pk}/right/")).content


def test_at_the_limit_of_sources_it_says_so(visitor: Visitor, baker: Chatbot, northwind: Agency, desk: Client) -> None:
    visitor.ask(baker, NOWHERE)
    Agency.objects.filter(pk=northwind.pk).update(source_limit=DataSource.objects.count())
    line = Message.objects.get(author="ai")
    sent = {"title": NOWHERE, "text": "No.", "request_key": str(uuid4())}
    answer = desk.post(url(talk_of(baker), f"lines/{line.pk}/right/"), sent)
    assert (answer.status_code, answer.context["form"]["text"].value()) == (422, "No.")
    assert answer.context["form"].non_field_errors()
    assert not RightAnswer.objects.exists()


def test_unanswered_questions_are_grouped_by_what_they_ask(visitor: Visitor, baker: Chatbot, desk: Client) -> None:
    for n, text in enumerate((NOWHERE, "do you repair a bicycle?", "Is there parking?", OPENING)):
        visitor.ask(baker, text, token=f"{n}" * 43)
    page = f"/workspaces/{baker.workspace_id}/unanswered/"
    shown = [(question.text, question.times) for question in desk.get(page).context["questions"]]
    assert shown == [("do you repair a bicycle?", 2), ("Is there parking?", 1)]
    line = Message.objects.filter(found=False).earliest("pk")
    mending.mend(baker, title=NOWHERE, text="No.", request_key=uuid4(), message=line, by=desk_user(baker), now=line.at)
    assert [question.text for question in desk.get(page).context["questions"]] == ["Is there parking?"]


def desk_user(bot: Chatbot) -> User:
    return bot.workspace.memberships.latest("pk").user


def test_a_line_of_another_conversation_is_not_found(visitor: Visitor, baker: Chatbot, desk: Client) -> None:
    visitor.ask(baker, NOWHERE)
    visitor.ask(baker, NOWHERE, token="w" * 43)
    other = talk_of(baker, "w" * 43).messages.get(author="ai")
    assert desk.get(url(talk_of(baker, TOKEN), f"lines/{other.pk}/right/")).status_code == 404
