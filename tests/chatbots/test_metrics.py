"""The numbers of chatbots: marked by whoever stores a line, rolled up into days, and nothing takes them away again."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from agencies.models import Agency, User
from billing import invariants as units
from billing import rollups as ledger_rollups
from chatbots import invariants, tasks
from chatbots.answers import exchange, storing
from chatbots.answers.answering import Answer
from chatbots.answers.storing import Waited
from chatbots.bots import bots, moving
from chatbots.conversations import erasing, leads, replying, takeover
from chatbots.insights import numbers, rollups, waiting
from chatbots.insights.numbers import NOTHING, Numbers, Scope, Span
from chatbots.models import Chatbot, Conversation, Message, MetricsDay, MetricsMark, MetricsTerm
from tests.conftest import TOKEN, Visitor
from tests.racing import at_once
from workspaces.models import AtLimit, Workspace

DAY = datetime(2026, 3, 10, 12, tzinfo=UTC)
WEEK = Span(date(2026, 3, 9), date(2026, 3, 15))
HOURS = Answer("At seven.", ["Opening hours"])
UNKNOWN = Answer("I do not know.", found=False)


def say(
    bot: Chatbot, at: datetime = DAY, *, token: str = TOKEN, text: str = "When?", answer: Answer = HOURS, **more: Any
) -> Message:
    held = exchange.begin(bot, token=token, message_id=str(uuid4()), text=text, now=at)
    return storing.finish(bot, held, token=token, text=text, answer=answer, now=at, **more)


def rolled(scope: Scope, span: Span = WEEK) -> Numbers:
    rollups.roll_up()
    ledger_rollups.roll_up()
    return numbers.of(scope, span)


@pytest.fixture
def bakerys(bakery: Workspace) -> Scope:
    return Scope(bakery.agency, bakery)


# --- what is counted -------------------------------------------------------------------------------------------------


def test_an_exchange_is_counted_for_its_chatbot_its_workspace_and_the_agency(
    baker: Chatbot, bookworm: Chatbot, bakerys: Scope
) -> None:
    say(baker)
    say(bookworm, answer=UNKNOWN)
    one = Numbers(conversations=1, visitors=1, visitor_messages=1, ai_replies=1, units=2, answered=1)
    assert rolled(bakerys) == one
    assert numbers.of(Scope(bakerys.agency, bakerys.workspace, baker.pk), WEEK) == one
    both = numbers.of(Scope(bakerys.agency), WEEK)
    assert (both.visitor_messages, both.units, both.answered, both.unanswered) == (2, 4, 1, 1)
    assert both.answered_share == 0.5
    assert numbers.by_workspace(bakerys.agency, WEEK)[baker.workspace_id] == one
    assert set(numbers.by_chatbot(Scope(bakerys.agency), WEEK)) == {baker.pk, bookworm.pk}
    assert set(numbers.by_chatbot(bakerys, WEEK)) == {baker.pk}
    assert invariants.breaches() == []


def test_people_thumbs_and_left_messages_are_counted(baker: Chatbot, bo: User, bakerys: Scope) -> None:
    reply = say(baker)
    talk = Conversation.objects.select_related("chatbot", "workspace__agency").get()
    takeover.claim(talk, by=bo, now=DAY)
    replying.reply(talk, text="Hello", request_key=uuid4(), by=bo, now=DAY)
    Workspace.objects.filter(pk=talk.workspace_id).update(at_limit=AtLimit.LEAD)
    bot = Chatbot.objects.get(pk=baker.pk)
    words = {"name": "Vera", "email": "vera@example.com", "text": "Call me."}
    leads.leave(bot, token=TOKEN, request_key=uuid4(), now=DAY, **words)
    for thumb in (1, -1):
        Message.objects.filter(pk=reply.pk).update(rating=thumb)
    got = rolled(bakerys)
    assert (got.handed_over, got.human_replies, got.leads, got.thumbs_up, got.thumbs_down) == (1, 1, 1, 0, 1)
    assert got.replies_by_bot == 0.5
    assert invariants.breaches() == []


def test_a_visitor_of_several_days_is_one_visitor_of_the_span(baker: Chatbot, bakerys: Scope) -> None:
    for days in (-3, 0, 0, 1, 4):
        say(baker, DAY + timedelta(days=days))
    say(baker, DAY + timedelta(days=1), token="w" * 43)
    assert rolled(bakerys).visitors == 2
    assert numbers.of(bakerys, Span(date(2026, 3, 1), date(2026, 3, 31))).visitors == 2
    daily = dict(numbers.by_day(bakerys, WEEK))
    assert [daily[day].visitors for day in WEEK.days] == [0, 1, 2, 0, 0, 1, 0]
    assert daily[date(2026, 3, 13)] == NOTHING


def test_a_days_edge_is_the_agencys_own_and_stays_when_its_zone_changes(baker: Chatbot, bakerys: Scope) -> None:
    ledger_rollups.rezone(bakerys.agency, time_zone="Pacific/Auckland")
    say(baker, datetime(2026, 6, 1, 11, 59, tzinfo=UTC))
    rollups.roll_up()
    ledger_rollups.rezone(bakerys.agency, time_zone="UTC")
    say(baker, datetime(2026, 6, 1, 12, 0, tzinfo=UTC))
    rollups.roll_up()
    day = MetricsDay.objects.get(chatbot_id=baker.pk)  # 23:59 there, noon here
    assert (day.day, day.asked_by_hour[23], day.asked_by_hour[12]) == (date(2026, 6, 1), 1, 1)
    june = Span(date(2026, 6, 1), date(2026, 6, 2))
    assert rolled(bakerys, june).units == numbers.of(Scope(bakerys.agency), june).units == 4
    ledger_rollups.rezone(bakerys.agency, time_zone="Pacific/Auckland")  # its days of units are summed anew
    assert [each.units for _, each in numbers.by_day(bakerys, june)] == [2, 2]
    assert [*invariants.breaches(), *units.breaches()] == []


def test_languages_pages_and_sources_are_counted_and_a_flood_of_them_is_folded(
    baker: Chatbot, bakerys: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "MOST_TERMS", 2)
    for n in range(6):
        token = str(n).rjust(43, "v")
        say(baker, token=token, text="Wann haben Sie heute geöffnet und wo sind Sie?", answer=UNKNOWN if n else HOURS)
        talks = Conversation.objects.filter(token_hash=storing.hash_of(token))
        talks.update(page_url=f"https://bakery.example/{n if n > 1 else 'menu'}?who=ann#top")
        rollups.roll_up()
    found = MetricsTerm.objects.filter(chatbot_id=baker.pk).values_list("dimension", "value", "times")
    assert {row for row in found if row[0] != "page"} == {("language", "german", 6), ("source", "Opening hours", 1)}
    pages = {value: times for dimension, value, times in found if dimension == "page"}
    assert (pages["bakery.example/menu"], pages[""], len(pages), sum(pages.values())) == (2, 3, 3, 6)


def test_waiting_times_are_told_within_their_stated_error(baker: Chatbot) -> None:
    for n in range(100):
        say(baker, token=str(n).rjust(43, "v"), waited=Waited(400 if n < 94 else 7000, 2000))
    rollups.roll_up()
    day = MetricsDay.objects.get(chatbot_id=baker.pk)
    first, full = waiting.of_slots(day.first_words), waiting.of_slots(day.full_answers)
    assert first.answers == full.answers == 100
    for told, true in ((first.half, 0.4), (first.most, 7), (full.half, 2), (full.most, 2)):
        assert told == pytest.approx(true, rel=waiting.WITHIN)


def test_a_visitors_wait_is_measured(visitor: Visitor, baker: Chatbot) -> None:
    visitor.ask(baker, "When does the bakery open?")
    reply = Message.objects.get(author=Message.Author.AI)
    assert reply.first_ms is not None
    assert reply.full_ms is not None
    assert 0 <= reply.first_ms <= reply.full_ms


# --- nothing is lost or counted twice --------------------------------------------------------------------------------


def test_twice_is_once_and_what_comes_later_is_added(baker: Chatbot, bakerys: Scope) -> None:
    say(baker)
    once = rolled(bakerys)
    tasks.roll_up_metrics.delay()
    assert rolled(bakerys) == once
    say(baker)
    assert rolled(bakerys).visitor_messages == 2
    assert invariants.breaches() == []


@pytest.mark.django_db(transaction=True)
def test_rollups_at_once_count_once_and_what_commits_after_them_is_not_lost(baker: Chatbot, bakerys: Scope) -> None:
    for _ in range(3):
        say(baker)
    with transaction.atomic():
        say(baker)
        assert at_once(lambda _: rollups.roll_up(), people=4).count([bakerys.agency.pk]) >= 1
    assert numbers.of(bakerys, WEEK).visitor_messages == 3
    assert rolled(bakerys).visitor_messages == 4
    assert not MetricsMark.objects.exists()


def test_what_was_erased_moved_or_deleted_keeps_its_numbers(
    baker: Chatbot, bookshop: Workspace, ada: User, bakerys: Scope
) -> None:
    say(baker)
    erasing.erase_visitor(Conversation.objects.select_related("workspace").get(), by=ada, now=DAY)
    kept = rolled(bakerys)  # the marks are counted though the lines are gone
    assert (kept.conversations, kept.visitor_messages, kept.answered) == (1, 1, 1)
    moved = moving.move(baker, to=bookshop, by=ada, now=DAY)
    say(moved, token="w" * 43)
    assert rolled(bakerys) == kept
    bots.delete(moved, by=ada, now=DAY)
    assert numbers.of(Scope(bakerys.agency), WEEK).visitor_messages == 2
    assert numbers.of(Scope(bakerys.agency, bookshop, baker.pk), WEEK).visitor_messages == 1
    assert invariants.breaches() == []


def test_what_was_there_before_the_metrics_is_marked_once(baker: Chatbot, bo: User) -> None:
    reply = say(baker, waited=Waited(100, 200))
    say(baker, DAY + timedelta(days=1), answer=UNKNOWN)
    Message.objects.filter(pk=reply.pk).update(rating=1)
    talk = Conversation.objects.select_related("chatbot", "workspace").get()
    takeover.claim(talk, by=bo, now=DAY)
    written = marks()
    MetricsMark.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("chatbots.migrations.0018_metrics_marks").PAST)
    assert marks() == written


def marks() -> list[tuple[Any, ...]]:
    every = [field.name for field in MetricsMark._meta.fields if field.name not in ("id", "at")]
    return sorted(tuple(map(str, row)) for row in MetricsMark.objects.values_list(*every))


def test_verify_finds_numbers_that_do_not_add_up(baker: Chatbot, northwind: Agency) -> None:
    say(baker)
    rollups.roll_up()
    MetricsDay.objects.filter(chatbot_id=baker.pk).update(ai_replies=5)
    assert len(invariants.breaches()) == 2


def test_one_agencys_numbers_are_no_others(
    baker: Chatbot, crier: Chatbot, bakerys: Scope, sign_in: Callable[[User], Any]
) -> None:
    say(baker)
    say(crier)
    assert rolled(bakerys).visitor_messages == 1
    assert numbers.of(Scope(crier.workspace.agency), WEEK).visitor_messages == 1
    assert set(numbers.by_workspace(bakerys.agency, WEEK)) == {baker.workspace_id}
