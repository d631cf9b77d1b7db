"""The inbox: filters, search, paging, what is unread and new; one conversation, and what people keep of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from agencies.models import Agency, AuditEntry, User
from chatbots.conversations import handling, takeover, tasks
from chatbots.models import Chatbot, Conversation, Note, SavedView
from tests import queries
from tests.chatbots.people import EVIL, NOWHERE, OPENING, claimed, post, talk_of, url
from tests.conftest import Visitor, teach
from workspaces.access import narrow
from workspaces.models import Workspace


@pytest.fixture
def desk(bo: User, sign_in: Callable[[User], Client]) -> Client:
    """Bo's browser."""
    return sign_in(bo)


def listed(answer: Any) -> set[int]:
    return {row.pk for row in answer.context["rows"]}


def asked(visitor: Visitor, bot: Chatbot, *texts: str) -> Conversation:
    """A new visitor's conversation."""
    token = uuid4().hex.ljust(43, "t")
    for text in texts:
        visitor.ask(bot, text, token=token)
    return talk_of(bot, token)


def where(bot: Chatbot, query: str = "") -> str:
    return f"/workspaces/{bot.workspace_id}/conversations/?{query}"


def test_filters_show_what_fits_and_nothing_else(
    visitor: Visitor, baker: Chatbot, bo: User, desk: Client, now: datetime
) -> None:
    plain, unknown, down, waiting = (asked(visitor, baker, text) for text in (OPENING, NOWHERE, OPENING, OPENING))
    down.messages.filter(author="ai").update(rating=-1)
    takeover.claim(waiting, by=bo, now=now)
    handling.tag(plain, tags=["wholesale"], by=bo, now=now)
    expected = {
        "": {plain.pk, unknown.pk, down.pk, waiting.pk},
        "unanswered=on": {unknown.pk},
        "down=on": {down.pk},
        "state=claimed": {waiting.pk},
        "mine=on": {waiting.pk},
        "tag=wholesale": {plain.pk},
        "lead=on": set(),
        "q=bicycles": {unknown.pk},
        f"q=No.+{plain.pk}": {plain.pk},
        f"chatbot={baker.pk}&state=bot": {plain.pk, unknown.pk, down.pk},
        f"end={now - timedelta(days=2):%Y-%m-%d}": set(),
    }
    assert {query: listed(desk.get(where(baker, query))) for query in expected} == expected


@pytest.mark.parametrize(
    "query", ["q=%25", "q=x", "state=nowhere", "before=1", "start=2031-01-02&end=2031-01-01", "chatbot=0"]
)
def test_filters_that_make_no_sense_show_nothing(visitor: Visitor, baker: Chatbot, desk: Client, query: str) -> None:
    asked(visitor, baker, OPENING)
    answer = desk.get(where(baker, query))
    assert (answer.status_code, listed(answer)) == (200, set())


def test_a_search_takes_wildcards_as_they_are_written(visitor: Visitor, baker: Chatbot, desk: Client) -> None:
    percent, plain = asked(visitor, baker, "Is it 50%_off?"), asked(visitor, baker, "Is it 50 euros off?")
    assert listed(desk.get(where(baker, "q=50%25_"))) == {percent.pk}
    assert plain.pk in listed(desk.get(where(baker, "q=50")))


def test_pages_follow_each_other_without_gaps(
    visitor: Visitor, baker: Chatbot, desk: Client, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    for module in ("chatbots.conversations.inbox", "chatbots.conversations.views.inbox"):
        monkeypatch.setattr(f"{module}.PAGE", 2)
    made = [Conversation.objects.create(workspace=baker.workspace, chatbot=baker, token_hash=f"{n}") for n in range(5)]
    Conversation.objects.update(last_at=now)  # the same moment: the number decides
    seen, query = [], ""
    for _ in range(3):
        page = desk.get(where(baker, query))
        seen += [row.pk for row in page.context["rows"]]
        query = page.context["older"]
    assert (seen, query) == ([talk.pk for talk in reversed(made)], "")


def test_an_agency_sees_all_its_clients_and_a_client_only_its_own(
    visitor: Visitor,
    baker: Chatbot,
    bookworm: Chatbot,
    crier: Chatbot,
    northwind: Agency,
    ada: User,
    desk: Client,
    sign_in: Callable[[User], Client],
) -> None:
    own, sibling, foreign = (asked(visitor, bot, OPENING) for bot in (baker, bookworm, crier))
    agency = sign_in(ada)
    everything = f"/agencies/{northwind.pk}/conversations/"
    assert listed(agency.get(everything)) == {own.pk, sibling.pk}
    assert listed(agency.get(f"{everything}?workspace={bookworm.workspace_id}")) == {sibling.pk}
    assert listed(agency.get(f"{everything}?workspace={crier.workspace_id}")) == set()
    assert listed(desk.get(where(baker, f"chatbot={bookworm.pk}"))) == set()
    assert desk.get(everything).status_code == 404
    assert desk.get(f"/workspaces/{baker.workspace_id}/conversations/{foreign.pk}/").status_code == 404


def test_viewers_see_none_and_an_agency_may_withhold_it_from_all(
    baker: Chatbot, vi: User, ada: User, bo: User, desk: Client, sign_in: Callable[[User], Client], now: datetime
) -> None:
    assert sign_in(vi).get(where(baker)).status_code == 403
    assert desk.get(where(baker)).status_code == 200
    narrow(baker.workspace, withheld=["handle_conversations"], by=ada, now=now)
    assert desk.get(where(baker)).status_code == 403


def test_the_number_of_queries_does_not_grow_with_conversations(visitor: Visitor, baker: Chatbot, desk: Client) -> None:
    asked(visitor, baker, OPENING)
    desk.get(where(baker))  # the first look of a session writes it
    few = len(queries.sent_by(lambda: desk.get(where(baker))))
    for n in range(4):
        asked(visitor, baker, NOWHERE, OPENING, f"Number {n}?")
    assert len(queries.sent_by(lambda: desk.get(where(baker)))) == few


def test_it_is_unread_until_it_is_looked_at_and_again_after_a_line(
    visitor: Visitor, baker: Chatbot, desk: Client, ada: User, sign_in: Callable[[User], Client]
) -> None:
    visitor.ask(baker, OPENING)
    talk = talk_of(baker)
    assert listed(desk.get(where(baker, "unread=on"))) == {talk.pk}
    desk.get(url(talk))
    assert listed(desk.get(where(baker, "unread=on"))) == set()
    assert listed(sign_in(ada).get(where(baker, "unread=on"))) == {talk.pk}
    visitor.ask(baker, NOWHERE)
    assert listed(desk.get(where(baker, "unread=on"))) == {talk.pk}


def test_all_counts_as_read_for_whoever_says_so_until_somebody_writes(
    visitor: Visitor, baker: Chatbot, bookworm: Chatbot, desk: Client, ada: User, sign_in: Callable[[User], Client]
) -> None:
    visitor.ask(baker, OPENING)
    visitor.ask(bookworm, OPENING)
    mine, agency = talk_of(baker), f"/agencies/{baker.workspace.agency_id}/conversations/"
    assert b"Mark all as read" in desk.get(where(baker)).content
    desk.post(where(baker).replace("/?", "/read/"))
    assert listed(desk.get(where(baker, "unread=on"))) == set()
    assert b"Mark all as read" not in desk.get(where(baker)).content

    staff = sign_in(ada)
    assert listed(staff.get(f"{agency}?unread=on")) == {mine.pk, talk_of(bookworm).pk}
    staff.post(f"{agency}read/")
    assert listed(staff.get(f"{agency}?unread=on")) == set()
    visitor.ask(baker, NOWHERE)
    assert listed(staff.get(f"{agency}?unread=on")) == {mine.pk} == listed(desk.get(where(baker, "unread=on")))


def test_the_list_shows_what_people_said_last_or_what_was_searched_for(
    visitor: Visitor, baker: Chatbot, desk: Client
) -> None:
    visitor.ask(baker, f"{'I ask for a friend. ' * 10}Do you DELIVER on Sundays?")
    visitor.ask(baker, OPENING)
    [row] = desk.get(where(baker)).context["rows"]
    assert row.line == OPENING
    [row] = desk.get(where(baker, "q=deliver")).context["rows"]
    assert row.line.startswith("…")
    assert row.line.endswith("Do you DELIVER on Sundays?")
    [row] = desk.get(where(baker, f"q={row.pk}")).context["rows"]
    assert row.line == OPENING


def test_the_list_says_how_many_have_something_new(visitor: Visitor, baker: Chatbot, desk: Client) -> None:
    asked(visitor, baker, OPENING)
    since = desk.get(where(baker)).context["since"]
    news = where(baker).replace("/?", "/news/?") + since
    assert b"new" not in desk.get(news).content
    for _ in range(2):
        asked(visitor, baker, NOWHERE)
    assert b"2 with something new" in desk.get(news).content


def test_an_open_page_gets_new_lines_and_how_it_stands(
    visitor: Visitor, baker: Chatbot, bo: User, desk: Client, now: datetime
) -> None:
    visitor.ask(baker, OPENING)
    talk = talk_of(baker)
    page = desk.get(url(talk)).context
    poll = url(talk, f"lines/?after={page['last']}&state={page['stands']}")
    assert desk.get(poll).status_code == 204
    visitor.ask(baker, "Another question")
    fresh = desk.get(poll).content.decode()
    assert ("Another question" in fresh, OPENING in fresh) == (True, False)
    takeover.claim(talk, by=bo, now=now)
    assert "Hand back" in desk.get(poll).content.decode()


def test_older_lines_come_by_the_page(
    visitor: Visitor, baker: Chatbot, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatbots.conversations.transcript.SHOWN", 2)
    for text in ("First words", "Second words"):
        visitor.ask(baker, text)
    talk = talk_of(baker)
    page = desk.get(url(talk))
    assert (b"Second words" in page.content, b"First words" in page.content) == (True, False)
    oldest = page.context["lines"][0].message.pk
    assert b"First words" in desk.get(url(talk, f"lines/?before={oldest}")).content
    assert b"First words" in desk.get(url(talk, f"?before={oldest}")).content


def test_the_page_shows_units_sources_and_the_visitor_as_text_everywhere(
    visitor: Visitor, baker: Chatbot, desk: Client, bo: User, now: datetime
) -> None:
    teach(baker, f"Sale {EVIL}", f"The sale of marzipan ends on Friday {EVIL}.")
    visitor.ask(baker, f"When ends the sale of marzipan {EVIL}?")
    evil = {"page_url": "javascript:alert(1)", "page_title": EVIL, "visitor_name": EVIL, "time_zone": EVIL[:64]}
    Conversation.objects.update(**evil, visitor_id=EVIL, visitor_email="a@mail.example")
    talk = talk_of(baker)
    handling.note(talk, text=EVIL, request_key=uuid4(), by=bo, now=now)
    for page in (url(talk), where(baker), f"/workspaces/{baker.workspace_id}/unanswered/"):
        shown = desk.get(page).content.decode()
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert 'href="javascript:' not in shown
    shown = desk.get(url(talk)).content.decode()
    assert "javascript:alert(1)" in shown
    assert shown.count("1 unit") >= 2
    assert "From: Sale &lt;script&gt;" in shown


def test_a_page_on_the_web_is_a_link(visitor: Visitor, baker: Chatbot, desk: Client) -> None:
    visitor.ask(baker, OPENING)
    Conversation.objects.update(page_url="https://bakery.example/bread", page_title="Bread")
    assert 'href="https://bakery.example/bread"' in desk.get(url(talk_of(baker))).content.decode()


def test_notes_tags_and_the_assignee_are_kept_once_and_written_down(
    visitor: Visitor, baker: Chatbot, bo: User, ada: User, vi: User, desk: Client
) -> None:
    visitor.ask(baker, OPENING)
    talk = talk_of(baker)
    note = {"text": "Call her back", "request_key": str(uuid4())}
    for _ in range(2):
        desk.post(url(talk, "notes/"), note)
    desk.post(url(talk, "tags/"), {"tags": "Refund, wholesale,refund , "})
    desk.post(url(talk, "assignee/"), {"assignee": ada.pk})
    assert Note.objects.get().by == bo
    assert (talk_of(baker).tags, talk_of(baker).assignee) == (["refund", "wholesale"], ada)
    assert desk.post(url(talk, "assignee/"), {"assignee": vi.pk}).status_code == 422
    assert desk.post(url(talk, "tags/"), {"tags": ", ".join(map(str, range(11)))}).status_code == 422
    written = AuditEntry.objects.filter(action__startswith="conversation.").values_list("action", flat=True)
    assert sorted(written) == ["conversation.assigned", "conversation.noted", "conversation.tagged"]
    assert "Call her back" not in post(visitor, baker, "news", after=0).content.decode()


def test_saved_views_are_a_persons_own_and_of_one_inbox(
    baker: Chatbot, bo: User, ada: User, desk: Client, sign_in: Callable[[User], Client]
) -> None:
    base = f"/workspaces/{baker.workspace_id}/conversations/views/"
    desk.post(f"{base}?state=pending&nonsense=1", {"name": "Waiting ones"})
    desk.post(f"{base}?down=on", {"name": "Waiting ones"})
    kept = SavedView.objects.get()
    assert (kept.user, kept.query) == (bo, "down=on")
    assert b"Waiting ones" in desk.get(where(baker)).content
    other = sign_in(ada)
    assert b"Waiting ones" not in other.get(where(baker)).content
    other.post(f"{base}delete/", {"view": kept.pk})
    assert SavedView.objects.exists()
    desk.post(f"{base}delete/", {"view": kept.pk})
    assert not SavedView.objects.exists()


def test_a_moved_chatbot_takes_its_conversations_and_their_notes_along(
    visitor: Visitor, baker: Chatbot, bookshop: Workspace, ada: User, bo: User, desk: Client, now: datetime
) -> None:
    from chatbots import invariants
    from chatbots.bots import moving

    talk = claimed(visitor, baker, bo, now)
    desk.get(url(talk))
    handling.note(talk, text="A note", request_key=uuid4(), by=bo, now=now)
    moving.move(baker, to=bookshop, by=ada, now=now)
    assert Note.objects.get().workspace == bookshop
    assert desk.get(url(talk)).status_code == 404
    with pytest.raises(takeover.OtherwiseMeanwhile):
        handling.tag(talk, tags=["late"], by=bo, now=now)
    assert invariants.breaches() == []
    Conversation.objects.update(waits_since=now - timedelta(hours=1))
    tasks.look_after_waiting()
    assert talk_of(baker).state == "bot"
