"""Conversations and left messages that were ticked in a list: all of them are changed, or none."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from agencies.models import Action, AuditEntry, User
from chatbots.models import Chatbot, Conversation, Lead
from tests.conftest import teach
from workspaces.models import Workspace

NOTHING = "nothing was changed"


def talks(bot: Chatbot, count: int) -> list[Conversation]:
    rows = [{"token_hash": f"{bot.pk}{n}".rjust(64, "0"), "last_at": timezone.now()} for n in range(count)]
    return [
        Conversation.objects.create(workspace=bot.workspace, chatbot=bot, started_at=timezone.now(), **r) for r in rows
    ]


def left(bot: Chatbot, count: int) -> list[Lead]:
    words = {
        "kind": Lead.Kind.MESSAGE,
        "name": "Vera",
        "email": "vera@mail.example",
        "text": "Call me",
        "at": timezone.now(),
    }
    rows = [{"workspace": bot.workspace, "chatbot": bot, "request_key": uuid4(), **words} for _ in range(count)]
    return [Lead.objects.create(**row) for row in rows]


def keys(rows: list[Any]) -> list[int]:
    return [row.pk for row in rows]


def test_the_chosen_conversations_are_resolved_and_one_press_opens_them_again(
    baker: Chatbot, bo: User, sign_in: Any
) -> None:
    rows, inbox = talks(baker, 3), f"/workspaces/{baker.workspace_id}/conversations/"
    browser = sign_in(bo)
    page = browser.post(f"{inbox}resolve/?unread=on", {"chosen": keys(rows[:2])}, follow=True)
    assert page.request["QUERY_STRING"] == "unread=on"
    assert "2 conversations are resolved." in (html := page.content.decode())
    assert set(keys(Conversation.objects.filter(resolved_by=bo))) == set(keys(rows[:2]))
    assert AuditEntry.objects.filter(action=Action.CONVERSATION_RESOLVED, actor=bo).count() == 2
    assert f'action="{inbox}reopen/?unread=on"' in html
    assert "Undo" not in browser.get(inbox).content.decode()  # it is offered once
    browser.post(f"{inbox}reopen/", {"chosen": keys(rows[:2])})
    assert not Conversation.objects.filter(resolved_at__isnull=False).exists()


def test_what_a_visitor_was_told_is_not_offered_to_be_undone(baker: Chatbot, bo: User, sign_in: Any) -> None:
    rows = talks(baker, 2)
    Conversation.objects.filter(pk=rows[0].pk).update(claimed_at=timezone.now(), claimed_by=bo)
    there = f"/workspaces/{baker.workspace_id}/conversations/resolve/"
    assert "Undo" not in sign_in(bo).post(there, {"chosen": keys(rows)}, follow=True).content.decode()


@pytest.mark.parametrize("foreign", ["sibling", "nobody's"])
def test_a_row_of_somebody_else_changes_none_and_is_told_as_one_that_never_was(
    foreign: str, baker: Chatbot, bookshop: Workspace, bo: User, sign_in: Any
) -> None:
    rows, bot = talks(baker, 2), Chatbot.objects.create(workspace=bookshop, name="Reader")
    other = talks(bot, 1)[0].pk if foreign == "sibling" else 987_654_321
    for step in ("resolve", "reopen", "assign"):
        there = f"/workspaces/{baker.workspace_id}/conversations/{step}/"
        sent = {"chosen": [*keys(rows), other], "assignee": bo.pk}
        assert NOTHING in sign_in(bo).post(there, sent, follow=True).content.decode()
    assert not Conversation.objects.exclude(resolved_at=None, assignee=None).exists()


def test_staff_assign_conversations_of_several_clients_to_staff_alone(
    baker: Chatbot, bookshop: Workspace, ada: User, bo: User, sign_in: Any
) -> None:
    rows = talks(baker, 1) + talks(Chatbot.objects.create(workspace=bookshop, name="Reader"), 1)
    there, browser = f"/agencies/{bookshop.agency_id}/conversations/assign/", sign_in(ada)
    browser.post(there, {"chosen": keys(rows), "assignee": bo.pk})  # he is in one of the two
    assert not Conversation.objects.exclude(assignee=None).exists()
    browser.post(there, {"chosen": keys(rows), "assignee": ada.pk})
    assert Conversation.objects.filter(assignee=ada).count() == 2


def test_of_an_archived_client_nothing_is_changed(baker: Chatbot, bookshop: Workspace, ada: User, sign_in: Any) -> None:
    rows = talks(baker, 1) + talks(Chatbot.objects.create(workspace=bookshop, name="Reader"), 1)
    Workspace.objects.filter(pk=bookshop.pk).update(archived_at=timezone.now())
    there = f"/agencies/{bookshop.agency_id}/conversations/resolve/"
    assert NOTHING in sign_in(ada).post(there, {"chosen": keys(rows)}, follow=True).content.decode()
    assert not Conversation.objects.exclude(resolved_at=None).exists()


@pytest.mark.parametrize("chosen", [[], ["x"], ["-1"], ["9" * 30], ["²"]])
def test_no_choice_is_told(chosen: list[str], baker: Chatbot, bo: User, sign_in: Any) -> None:
    talks(baker, 1)
    there = f"/workspaces/{baker.workspace_id}/conversations/resolve/"
    assert "othing was changed" in sign_in(bo).post(there, {"chosen": chosen}, follow=True).content.decode()


def test_left_messages_are_done_together_and_open_again_together(baker: Chatbot, bo: User, sign_in: Any) -> None:
    rows, there, browser = left(baker, 3), f"/workspaces/{baker.workspace_id}/leads/", sign_in(bo)
    browser.post(f"{there}{rows[0].pk}/done/")
    html = browser.post(f"{there}done/", {"chosen": keys(rows)}, follow=True).content.decode()
    assert "2 messages are done. 1 was already." in html
    assert f'action="{there}open/"' in html
    browser.post(f"{there}open/", {"chosen": keys(rows[1:])})
    assert set(keys(Lead.objects.filter(handled_at=None))) == set(keys(rows[1:]))
    assert NOTHING in browser.post(f"{there}done/", {"chosen": [rows[1].pk, 987]}, follow=True).content.decode().lower()
    assert Lead.objects.filter(handled_at=None).count() == 2


def test_data_sources_are_deleted_together_once_it_was_asked(baker: Chatbot, bo: User, sign_in: Any) -> None:
    rows = [*baker.sources.all(), teach(baker, "Allergens", "Nuts."), teach(baker, "Prices", "Low.")]
    browser = sign_in(bo)
    there = f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/sources/"
    asked = browser.post(f"{there}delete/", {"chosen": keys(rows[:2])}).content.decode()
    assert "Delete 2 data sources?" in asked
    assert all(source.title in asked for source in rows[:2])
    assert baker.sources.count() == 3
    html = browser.post(f"{there}delete/", {"chosen": keys(rows[:2]), "sure": "1"}, follow=True).content.decode()
    assert "2 data sources are deleted" in html
    assert keys(baker.sources.all()) == [rows[2].pk]
    assert AuditEntry.objects.filter(action=Action.SOURCE_DELETED, actor=bo).count() == 2


@pytest.mark.parametrize("step", ["retrain", "delete"])
def test_a_data_source_of_another_chatbot_changes_none(
    step: str, baker: Chatbot, bookshop: Workspace, bo: User, sign_in: Any
) -> None:
    other = teach(Chatbot.objects.create(workspace=bookshop, name="Reader"), "Books", "Many.")
    learned = teach(baker, "Prices", "Low.").learned_at
    there = f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/sources/{step}/"
    sent = {"chosen": [*keys(list(baker.sources.all())), other.pk], "sure": "1"}
    html = sign_in(bo).post(there, sent, follow=True).content.decode()
    assert "elsewhere meanwhile. Nothing was changed." in html
    assert "Books" not in html
    assert [baker.sources.count(), baker.sources.get(title="Prices").learned_at] == [2, learned]


def test_the_chosen_data_sources_are_learned_anew(baker: Chatbot, bo: User, sign_in: Any) -> None:
    rows = [teach(baker, "Allergens", "Nuts."), teach(baker, "Prices", "Low.")]
    there = f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/sources/retrain/"
    html = sign_in(bo).post(there, {"chosen": keys(rows)}, follow=True).content.decode()
    assert "2 data sources are being learned anew." in html
    anew = baker.sources.filter(learned_at__gt=max(row.learned_at for row in rows if row.learned_at))
    assert set(keys(list(anew))) == set(keys(rows))


def test_the_way_back_stands_beside_the_words_of_its_own_step(baker: Chatbot, bo: User, sign_in: Any) -> None:
    rows, there, browser = talks(baker, 1), f"/workspaces/{baker.workspace_id}/conversations/", sign_in(bo)
    browser.post(f"{there}resolve/", {"chosen": keys(rows)})  # the page that says so is never looked at
    html = browser.post(f"{there}assign/", {"chosen": [987]}, follow=True).content.decode()
    told, other = html.index("1 conversation is resolved."), html.index(NOTHING)
    assert told < html.index("Undo") < other
