"""Once the pool or the cap is used up: a notice, the Q&A, a form to leave a message, a person. None takes a unit."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.db import connections

from agencies.models import Agency, User
from billing import invariants as units
from billing import pools, subscriptions
from billing.models import Hold, LedgerEntry, PoolPeriod, WorkspacePeriod
from chatbots import invariants as talks
from chatbots.answers import at_limit, exchange, storing
from chatbots.models import Chatbot, Conversation, DataSource, Lead, Message
from chatbots.public import limits
from tests.chatbots.test_llm import Model, model  # noqa: F401 - a fixture
from tests.conftest import TOKEN, Visitor, teach
from tests.racing import at_once
from workspaces.models import AtLimit, Workspace

GLUTEN, ANSWER = "Do you bake without gluten?", "On Mondays only;  ask for Bo."
OPENING = "When does the bakery open in the morning?"
NOTICE = "I have to take a break for now. Please try again later"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def shown(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture(params=["pool", "cap"])
def empty(request: pytest.FixtureRequest, baker: Chatbot) -> str:
    """No unit is left: in the agency's pool, or under the workspace's cap."""
    if request.param == "pool":
        Agency.objects.update(message_limit=2)
    else:
        Workspace.objects.filter(pk=baker.workspace_id).update(message_cap=2)
    return str(request.param)


@pytest.fixture
def chosen(baker: Chatbot) -> Callable[[str], Chatbot]:
    """Bakery's chatbot, once its workspace has chosen; it knows one Q&A too."""
    teach(baker, GLUTEN, ANSWER, DataSource.Kind.QA)

    def choose(choice: str) -> Chatbot:
        Workspace.objects.filter(pk=baker.workspace_id).update(at_limit=choice)
        return Chatbot.objects.select_related("workspace__agency__subscription").get(pk=baker.pk)

    return choose


def nothing_taken() -> bool:
    """No unit is taken or held, and no charge or hold is written."""
    counters = [*PoolPeriod.objects.values_list("used", "held"), *WorkspacePeriod.objects.values_list("used", "held")]
    assert not Hold.objects.exists()
    assert not LedgerEntry.objects.exists()
    assert [*units.breaches(), *talks.breaches()] == []
    return all(counter == (0, 0) for counter in counters)


# --- what each choice gives ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("empty")
def test_a_notice_is_a_sentence_and_stores_nothing(visitor: Visitor, chosen: Any) -> None:
    answer = visitor.ask(chosen(AtLimit.NOTICE), GLUTEN)
    assert (answer.status_code, NOTICE in shown(answer)) == (429, True)
    assert "leave" not in shown(answer).partition('class="log"')[2]
    assert not Message.objects.exists()
    assert nothing_taken()


@pytest.mark.usefixtures("empty")
def test_a_qa_answers_word_for_word_and_says_where_it_is_from(visitor: Visitor, chosen: Any) -> None:
    answer = visitor.ask(chosen(AtLimit.QA), "do you bake without gluten")
    assert answer.status_code == 200
    assert f"From the Q&amp;A: {GLUTEN}" in shown(answer)
    lines = Message.objects.values_list("author", "text", "cited", "hold_id")
    assert list(lines) == [("visitor", "do you bake without gluten", [], None), ("ai", ANSWER, [GLUTEN], None)]
    assert nothing_taken()


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    "question", [OPENING, "Do you repair bicycles?", "gluten bicycles repair newspapers", "?", "🥐"]
)
def test_what_no_qa_answers_gets_the_notice(visitor: Visitor, chosen: Any, question: str) -> None:
    """The first is answered by a text, which is no Q&A."""
    answer = visitor.ask(chosen(AtLimit.QA), question)
    assert (answer.status_code, NOTICE in shown(answer)) == (429, True)
    assert not Message.objects.exists()
    assert nothing_taken()


@pytest.mark.usefixtures("bookworm", "crier", "empty")
def test_the_qa_of_other_chatbots_is_never_used(visitor: Visitor, chosen: Any, bookshop: Workspace) -> None:
    for other in Chatbot.objects.exclude(name="Baker"):
        teach(other, "Do you lend umbrellas?", "We do.", DataSource.Kind.QA)
    assert visitor.ask(chosen(AtLimit.QA), "Do you lend umbrellas?").status_code == 429


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("choice", "words"),
    [(AtLimit.LEAD, "Leave a message here"), (AtLimit.PERSON, "A person will write back to you")],
)
@pytest.mark.parametrize("headers", [{}, {"X-Fragment": "turn"}], ids=["page", "fragment"])
def test_a_form_holds_what_was_asked_and_stores_nothing(
    visitor: Visitor, chosen: Any, choice: str, words: str, headers: dict[str, str]
) -> None:
    bot = chosen(choice)
    answer = visitor.ask(bot, OPENING, headers=headers)
    assert (answer.status_code, words in shown(answer)) == (200, True)
    assert answer.context["leaving"]["text"].value() == OPENING
    assert f'action="/c/{bot.public_id}/leave/#newest"' in shown(answer)
    assert not Message.objects.exists()
    assert not Lead.objects.exists()
    assert nothing_taken()


@pytest.mark.parametrize("choice", AtLimit)
def test_while_units_are_left_every_choice_answers(visitor: Visitor, chosen: Any, choice: str) -> None:
    assert "opens at seven" in shown(visitor.ask(chosen(choice), OPENING))
    assert PoolPeriod.objects.get().used == 2


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("choice", AtLimit)
def test_what_it_says_tells_nothing_of_pools_and_agencies(visitor: Visitor, chosen: Any, choice: str) -> None:
    page = shown(visitor.ask(chosen(choice), GLUTEN))
    assert not [word for word in ("Northwind", "Bakery", "pool", "quota", "cap ", "units") if word in page]


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("choice", AtLimit)
def test_limits_come_first(visitor: Visitor, chosen: Any, choice: str) -> None:
    bot = chosen(choice)
    for _ in range(limits.PER_VISITOR):
        visitor.ask(bot, GLUTEN)
    answer = visitor.ask(bot, GLUTEN)
    assert (answer.status_code, "a lot at once" in shown(answer)) == (429, True)


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("choice", AtLimit)
def test_words_from_outside_are_shown_as_text(visitor: Visitor, chosen: Any, choice: str) -> None:
    bot = chosen(choice)
    teach(bot, f"Are you vegan {EVIL}", f"Yes {EVIL}", DataSource.Kind.QA)
    page = shown(visitor.ask(bot, f"Are you vegan {EVIL}"))
    assert not [tag for tag in ("<script>alert", "<img src=x") if tag in page]
    assert choice == AtLimit.NOTICE or "&lt;script&gt;" in page


# --- a free answer counts once too -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("empty")
def test_the_same_message_again_gets_the_same_reply_and_stores_nothing_twice(visitor: Visitor, chosen: Any) -> None:
    bot, message_id = chosen(AtLimit.QA), str(uuid4())
    first, second = (visitor.ask(bot, GLUTEN, message_id=message_id) for _ in range(2))
    assert (second.status_code, second.context["reply"]) == (200, first.context["reply"])
    assert Message.objects.count() == 2


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("then", AtLimit)
def test_the_same_id_with_other_words_is_refused_whatever_was_chosen_since(
    visitor: Visitor, chosen: Any, then: str
) -> None:
    message_id = str(uuid4())
    visitor.ask(chosen(AtLimit.QA), GLUTEN, message_id=message_id)
    answer = visitor.ask(chosen(then), "Do you bake with gluten?", message_id=message_id)
    assert answer.status_code == 409
    assert visitor.ask(chosen(then), GLUTEN, message_id=message_id).context["reply"] == Message.objects.get(author="ai")


@pytest.mark.usefixtures("empty")
def test_two_visitors_may_use_the_same_message_id(visitor: Visitor, chosen: Any) -> None:
    bot, message_id = chosen(AtLimit.QA), str(uuid4())
    for token in (TOKEN, "w" * 43):
        assert visitor.ask(bot, GLUTEN, message_id=message_id, token=token).status_code == 200
    assert Conversation.objects.count() == 2


@pytest.mark.usefixtures("empty")
def test_the_conversation_goes_on_and_moves_with_its_chatbot(
    visitor: Visitor, chosen: Any, bookshop: Workspace
) -> None:
    bot = chosen(AtLimit.QA)
    visitor.ask(bot, GLUTEN)
    page = shown(visitor.ask(bot, "Do you repair bicycles?"))
    assert ANSWER in page
    Chatbot.objects.filter(pk=bot.pk).update(workspace=bookshop)
    assert set(Message.objects.values_list("workspace_id", flat=True)) == {bookshop.pk}
    assert talks.breaches() == []


# --- once there are units again --------------------------------------------------------------------------------------


def widen(northwind: Agency, now: datetime) -> None:
    subscriptions.widen(northwind, resource="messages", amount=1000, added_at=now)


@pytest.mark.parametrize("choice", AtLimit)
def test_once_the_pool_is_widened_the_next_question_is_answered_and_charged(
    visitor: Visitor, chosen: Any, northwind: Agency, now: datetime, choice: str
) -> None:
    Agency.objects.update(message_limit=2)
    bot = chosen(choice)
    visitor.ask(bot, GLUTEN)
    widen(northwind, now)
    assert "opens at seven" in shown(visitor.ask(bot, OPENING))
    assert PoolPeriod.objects.get().used == 2
    assert [*units.breaches(), *talks.breaches()] == []


def test_what_was_answered_free_stays_so_once_the_pool_is_widened(
    visitor: Visitor, chosen: Any, northwind: Agency, now: datetime
) -> None:
    Agency.objects.update(message_limit=2)
    bot, message_id = chosen(AtLimit.QA), str(uuid4())
    first = visitor.ask(bot, GLUTEN, message_id=message_id)
    widen(northwind, now)
    assert visitor.ask(bot, GLUTEN, message_id=message_id).context["reply"] == first.context["reply"]
    assert visitor.ask(bot, OPENING, message_id=message_id).status_code == 409
    assert (Message.objects.count(), *PoolPeriod.objects.values_list("used", "held").get()) == (2, 0, 0)


def test_what_was_charged_stays_answered_once_the_pool_is_empty(visitor: Visitor, chosen: Any) -> None:
    Agency.objects.update(message_limit=4)
    bot, message_id = chosen(AtLimit.QA), str(uuid4())
    first = visitor.ask(bot, OPENING, message_id=message_id)
    assert visitor.ask(bot, GLUTEN).context["reply"].hold_id is None
    assert visitor.ask(bot, OPENING, message_id=message_id).context["reply"] == first.context["reply"]
    assert PoolPeriod.objects.get().used == 2


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_runs_while_the_pool_becomes_empty_ends_and_is_charged(
    chosen: Any,
    model: Model,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)  # as at the public door
    Agency.objects.update(message_limit=3)
    bot, meanwhile = chosen(AtLimit.LEAD), Event()
    model.meanwhile = lambda: meanwhile.wait(20)

    async def both() -> Message:
        running = asyncio.create_task(at_limit.ask(bot, token=TOKEN, message_id=str(uuid4()), text=OPENING))
        await asyncio.to_thread(model.asked.wait, 20)
        with pytest.raises(at_limit.FormInstead):
            await at_limit.ask(bot, token="w" * 43, message_id=str(uuid4()), text=OPENING)
        meanwhile.set()
        return await running

    assert asyncio.run(both()).text
    assert PoolPeriod.objects.values_list("used", "held").get() == (2, 0)


# --- at once ---------------------------------------------------------------------------------------------------------


def sent(bot: Chatbot, message_id: str, text: str = GLUTEN, token: str = TOKEN) -> Message:
    return async_to_sync(at_limit.ask)(bot, token=token, message_id=message_id, text=text)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty")
def test_one_message_sent_ten_times_at_once_is_stored_once(chosen: Any) -> None:
    bot, message_id = chosen(AtLimit.QA), str(uuid4())
    replies = at_once(lambda _: sent(bot, message_id), people=10)
    assert {reply.text for reply in replies} == {ANSWER}
    assert Message.objects.count() == 2
    assert nothing_taken()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty")
def test_ten_messages_at_once_are_all_answered(chosen: Any) -> None:
    bot = chosen(AtLimit.QA)
    replies = at_once(lambda _: sent(bot, str(uuid4())), people=10)
    assert {reply.text for reply in replies} == {ANSWER}
    assert (Message.objects.count(), Conversation.objects.count()) == (20, 1)
    assert nothing_taken()


@pytest.mark.django_db(transaction=True)
def test_a_message_sent_while_the_pool_is_widened_is_answered_once(
    chosen: Any, northwind: Agency, now: datetime
) -> None:
    Agency.objects.update(message_limit=2)
    bot, ids = chosen(AtLimit.QA), [str(uuid4()) for _ in range(8)]

    def call(number: int) -> Message | None:
        return widen(northwind, now) if number == 9 else sent(bot, ids[number % 8])

    results = at_once(call, people=18)
    assert all(isinstance(result, Message | storing.StillRunning | None) for result in results)
    assert Message.objects.filter(author="ai").count() == 8
    assert [*units.breaches(), *talks.breaches()] == []


@pytest.mark.django_db(transaction=True)
def test_units_that_were_held_meanwhile_are_given_back_when_the_qa_was_quicker(chosen: Any, now: datetime) -> None:
    """Held, then answered free, then finished: as two requests of one message can come between each other."""
    bot, message_id = chosen(AtLimit.QA), str(uuid4())
    asked = {"token": TOKEN, "text": GLUTEN}
    key = exchange.key_of(bot, token=TOKEN, message_id=message_id)
    free = at_limit.instead(bot, at_limit.Asked(TOKEN, key, GLUTEN), now=now)
    held = exchange.begin(bot, **asked, message_id=message_id, now=now)
    with pytest.raises(storing.AnsweredFree):
        storing.finish(bot, held, **asked, answer=at_limit.Answer("Another one."), now=now)
    pools.release(held, now=now)
    assert (sent(bot, message_id), Message.objects.count()) == (free, 2)


def test_a_message_that_is_being_answered_is_not_answered_free(chosen: Any, now: datetime) -> None:
    bot, message_id = chosen(AtLimit.QA), str(uuid4())
    exchange.begin(bot, token=TOKEN, message_id=message_id, text=GLUTEN, now=now)
    key = exchange.key_of(bot, token=TOKEN, message_id=message_id)
    with pytest.raises(storing.StillRunning):
        at_limit.instead(bot, at_limit.Asked(TOKEN, key, GLUTEN), now=now)
    assert not Message.objects.exists()


def test_a_paused_workspace_answers_nothing_free(visitor: Visitor, chosen: Any, ada: User, now: datetime) -> None:
    bot = chosen(AtLimit.QA)
    Workspace.objects.filter(pk=bot.workspace_id).update(message_cap=0, paused_at=now)
    assert visitor.ask(bot, GLUTEN).status_code == 503
    assert not Message.objects.exists()
