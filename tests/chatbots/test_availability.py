"""When a chatbot answers, and how much: hours, pause, its own limits, and its cap, which is never passed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agencies.models import Agency, User
from billing.models import Hold, LedgerEntry
from billing.pools import Refused
from chatbots.answers import capping, exchange, llm, storing
from chatbots.answers.answering import Answer
from chatbots.bots import bots, hours
from chatbots.models import Chatbot, Message
from tests.conftest import TOKEN, Visitor
from tests.racing import at_once
from workspaces.models import AtLimit, Workspace

WEEK = {"sun": [["02:30", "12:00"], ["13:00", "24:00"]]}


MOMENTS = {
    "2026-03-29T00:59": False,  # 01:59 in Berlin, then it is 03:00
    "2026-03-29T01:00": True,  # 03:00: 02:30 never came
    "2026-10-25T00:29": False,  # 02:29, for the first time
    "2026-10-25T00:30": True,  # 02:30
    "2026-10-25T01:29": False,  # 02:29 again
    "2026-10-25T10:59": True,  # 11:59
    "2026-10-25T11:00": False,  # 12:00
    "2026-10-25T22:59": True,  # 23:59
    "2026-10-25T23:00": False,  # Monday
}


def test_hours_are_those_of_the_clock_on_the_wall() -> None:
    bot = Chatbot(hours=WEEK, time_zone="Europe/Berlin")
    said = {moment: hours.is_open(bot, datetime.fromisoformat(moment).replace(tzinfo=UTC)) for moment in MOMENTS}
    assert said == MOMENTS


def test_outside_of_the_hours_the_page_says_so(baker: Chatbot, visitor: Visitor, now: datetime, ada: User) -> None:
    today = list(hours.DAYS)[now.weekday()]
    bots.configure(baker, by=ada, now=now, away_notice="Back tomorrow.", hours={today: [["00:00", "24:00"]]})
    assert b"Back tomorrow." not in visitor.get(f"/c/{baker.public_id}/").content
    other = list(hours.DAYS)[(now + timedelta(days=3)).weekday()]
    bots.configure(baker, by=ada, now=now, hours={other: [["09:00", "10:00"]]})
    assert b"Back tomorrow." in visitor.get(f"/c/{baker.public_id}/").content


def test_a_paused_chatbot_answers_nobody_until_it_is_resumed(
    baker: Chatbot, visitor: Visitor, bo: User, sign_in: Any
) -> None:
    browser, there = sign_in(bo), f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/settings/availability/"
    browser.post(f"{there}pause/")
    assert b"I am resting" in visitor.get(f"/c/{baker.public_id}/").content
    assert visitor.ask(baker, "When do you open?").status_code == 503
    assert not Hold.objects.exists()
    browser.post(f"{there}resume/")
    assert visitor.ask(baker, "When do you open?").status_code == 200


def test_a_chatbots_own_limits_can_be_narrower(baker: Chatbot, visitor: Visitor) -> None:
    Chatbot.objects.filter(pk=baker.pk).update(per_visitor=2, per_day=3)
    answers = [visitor.ask(baker, "Hello").status_code for _ in range(3)]
    others = [visitor.ask(baker, "Hello", token=letter * 43).status_code for letter in "abc"]
    assert answers + others == [200, 200, 429, 200, 429, 429]


def test_a_chatbots_own_limits_are_never_wider(baker: Chatbot, visitor: Visitor) -> None:
    Chatbot.objects.filter(pk=baker.pk).update(per_visitor=200)
    assert [visitor.ask(baker, "Hello").status_code for _ in range(13)] == [200] * 12 + [429]


def test_at_its_cap_the_visitor_gets_what_the_workspace_chose(
    baker: Chatbot, bakery: Workspace, visitor: Visitor
) -> None:
    Chatbot.objects.filter(pk=baker.pk).update(unit_cap=4)
    assert [visitor.ask(baker, "Hello").status_code for _ in range(2)] == [200, 429]
    Workspace.objects.filter(pk=bakery.pk).update(at_limit=AtLimit.LEAD)
    assert b"Leave a message here" in visitor.ask(baker, "Hello").content
    assert sum(LedgerEntry.objects.values_list("units", flat=True)) == 2


def test_what_was_answered_before_its_cap_is_answered_again(baker: Chatbot, visitor: Visitor) -> None:
    Chatbot.objects.filter(pk=baker.pk).update(unit_cap=3)
    answers = [visitor.ask(baker, "Hello", message_id="9" * 32).status_code for _ in range(2)]
    assert answers == [200, 200]
    assert Message.objects.count() == 2


def test_a_new_period_begins_with_the_whole_cap(baker: Chatbot, northwind: Agency, now: datetime) -> None:
    baker.unit_cap = 3
    Chatbot.objects.filter(pk=baker.pk).update(unit_cap=3)
    asked = {"token": TOKEN, "text": "Hello"}
    exchange.begin(baker, **asked, message_id="1", now=now)
    with pytest.raises(capping.ChatbotCapReached):
        exchange.begin(baker, **asked, message_id="2", now=now)
    exchange.begin(baker, **asked, message_id="3", now=now + timedelta(days=31))


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_pass_its_cap(baker: Chatbot, now: datetime) -> None:
    Chatbot.objects.filter(pk=baker.pk).update(unit_cap=20)
    capped = Chatbot.objects.select_related("workspace__agency__subscription").get(pk=baker.pk)

    def ask(number: int) -> Any:
        said = {"token": TOKEN, "text": "Hello"}
        held = exchange.begin(capped, **said, message_id=str(number), now=now)
        if number % 2:
            answer = Answer("Hello!")
            storing.finish(capped, held, **said, answer=answer, now=now)
        return held

    results = at_once(ask)
    assert all(isinstance(result, Hold | Refused) for result in results)
    assert 18 <= capping.taken(capped, now=now) <= 20


def test_the_tone_is_told_to_the_model(baker: Chatbot) -> None:
    baker.tone = Chatbot.Tone.FORMAL
    assert "formal and courteous" in llm.prompt(baker, [])
