"""The gap board: unanswered questions of all clients, alike ones together, answered once, and what becomes of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from agencies.models import Agency, User
from chatbots.conversations import mending
from chatbots.gaps import board, likeness
from chatbots.models import Chatbot, Message, MetricsTerm, RightAnswer
from tests.conftest import Visitor
from workspaces.models import Workspace

SignIn = Callable[[User], Client]
BICYCLES = ("Do you repair bicycles?", "do you repair a bicycle", "Do you repair old bicycles?")


@pytest.fixture
def asked(visitor: Visitor, baker: Chatbot, bookworm: Chatbot) -> None:
    """Three questions alike and one other of Bakery's chatbot, one of the bookshop's."""
    for text in (*BICYCLES, "Where is the moon?"):
        visitor.ask(baker, text)
    visitor.ask(bookworm, BICYCLES[0])
    assert Message.objects.filter(found=False).count() == 5


def test_alike_questions_of_one_chatbot_are_one_gap(northwind: Agency, asked: None, now: datetime) -> None:
    found = board.of(northwind, now=now + timedelta(minutes=1)).gaps
    assert [(gap.chatbot.name, gap.times) for gap in found] == [("Baker", 3), ("Bookworm", 1), ("Baker", 1)]
    assert {line.text for line in found[0].others} == set(BICYCLES[:2])  # the third stands for all


def test_an_answer_closes_what_is_like_it_and_its_rate_is_told(
    northwind: Agency, asked: None, ada: User, visitor: Visitor, baker: Chatbot, sign_in: SignIn, now: datetime
) -> None:
    browser: Any = sign_in(ada)
    line = board.of(northwind, now=now + timedelta(minutes=1)).gaps[0].last.message_id
    there = f"/agencies/{northwind.pk}/gaps/{line}/"
    assert BICYCLES[2] in browser.get(there).content.decode()
    assert browser.post(there, {"title": BICYCLES[0], "text": "", "request_key": uuid4()}).status_code == 422
    wanted = {"title": BICYCLES[0], "text": "Only those of our own bakers.", "request_key": uuid4()}
    assert browser.post(there, wanted).url == f"/agencies/{northwind.pk}/gaps/"
    right = RightAnswer.objects.get()
    assert (right.message_id, right.chatbot) == (line, baker)
    day = {"day": now.date(), "dimension": "source", "value": BICYCLES[0], "times": 7}
    MetricsTerm.objects.create(agency=northwind, workspace=baker.workspace, chatbot_id=baker.pk, **day)
    found = board.of(northwind, now=now + timedelta(minutes=1))
    assert [gap.chatbot.name for gap in found.gaps] == ["Bookworm", "Baker"]
    [closed] = found.closed
    assert (closed.before, closed.still, closed.answered, closed.share) == (3, 0, 7, 1.0)
    assert "100 %" in browser.get(f"/agencies/{northwind.pk}/gaps/").content.decode()


def test_without_room_for_a_source_nothing_is_taught(
    northwind: Agency, asked: None, bakery: Workspace, ada: User, sign_in: SignIn
) -> None:
    Workspace.objects.filter(pk=bakery.pk).update(source_cap=1)
    line = Message.objects.filter(workspace=bakery, found=False).first()
    assert line is not None
    wanted = {"title": "A", "text": "B", "request_key": uuid4()}
    assert sign_in(ada).post(f"/agencies/{northwind.pk}/gaps/{line.pk}/", wanted).status_code == 422
    assert not RightAnswer.objects.exists()


def test_the_board_knows_one_agency_and_can_show_one_client(
    northwind: Agency, asked: None, bookshop: Workspace, mallory: User, rival: Agency, ada: User, sign_in: SignIn
) -> None:
    page: Any = sign_in(ada).get(f"/agencies/{northwind.pk}/gaps/", {"workspace": bookshop.pk})
    assert [gap.chatbot.name for gap in page.context["board"].gaps] == ["Bookworm"]
    line = Message.objects.filter(found=False).first()
    assert line is not None
    browser = sign_in(mallory)
    assert browser.get(f"/agencies/{rival.pk}/gaps/{line.pk}/").status_code == 404
    assert "bicycle" not in browser.get(f"/agencies/{rival.pk}/gaps/").content.decode()


def test_what_is_alike_is_no_chain() -> None:
    one, two, three = (1, ("bread", "cake", "tart")), (1, ("bread", "cake", "tart", "wine")), (1, ("cake", "wine"))
    assert likeness.grouped({one: 3, two: 2, three: 1}) == {one: one, two: one, three: three}
    assert likeness.grouped({one: 3, (2, one[1]): 1})[2, one[1]] == (2, one[1])  # another chatbot's
    assert not likeness.alike((), ())


def test_a_source_that_is_written_by_hand_closes_a_gap_too(
    northwind: Agency, asked: None, baker: Chatbot, ada: User, now: datetime
) -> None:
    mending.mend(baker, title=BICYCLES[1], text="No.", request_key=uuid4(), message=None, by=ada, now=now)
    assert [gap.times for gap in board.of(northwind, now=now + timedelta(minutes=1)).gaps] == [1, 1]
