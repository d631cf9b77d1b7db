"""Needs you today: exceptions only, each with its way; empty where all is well."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agencies.models import Agency, User
from agencies.permissions import STAFF_MAY, StaffRole
from billing import periods, pools
from billing.models import Plan, UsageDay, Way
from billing.revenue import terms
from billing.revenue.sums import Priced
from billing.units import Charge
from chatbots.models import Chatbot, Conversation, DataSource, MetricsDay
from chatbots.today import needs
from tests.conftest import chatbot
from tests.queries import sent_by
from workspaces import invitations
from workspaces.models import Workspace

OWNER = STAFF_MAY[StaffRole.OWNER]
ANALYST = STAFF_MAY[StaffRole.ANALYST]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def spoke(bot: Chatbot, now: datetime, *, days: range, replies: int = 10) -> None:
    """So many replies a day, on these days before today."""
    for n in days:
        day = {"day": (now - timedelta(days=n)).date(), "kind": "visitor", "messages": replies, "units": replies}
        UsageDay.objects.create(agency=bot.workspace.agency, workspace=bot.workspace, chatbot_id=bot.pk, **day)


def talk(bot: Chatbot, at: datetime, **state: object) -> Conversation:
    token = str(bot.conversations.count())
    where = {"workspace": bot.workspace, "chatbot": bot, "token_hash": token}
    return Conversation.objects.create(**where, started_at=at, last_at=at, **state)


def heard(bot: Chatbot, now: datetime, *, days: range, answered: int, unanswered: int) -> None:
    """So many questions a day with and without an answer, on these days before today."""
    for n in days:
        day = {"day": (now - timedelta(days=n)).date(), "answered": answered, "unanswered": unanswered}
        MetricsDay.objects.create(agency=bot.workspace.agency, workspace=bot.workspace, chatbot_id=bot.pk, **day)


def kinds(agency: Agency, now: datetime, may: frozenset[str] = OWNER) -> list[str]:
    return [need.kind for need in needs.of(agency, may=may, now=now)]


def test_where_all_is_well_it_says_so(
    northwind: Agency, baker: Chatbot, ada: User, sign_in: Callable[..., Client]
) -> None:
    answer = sign_in(ada).get(f"/agencies/{northwind.pk}/today/")
    assert "All is well" in answer.content.decode()


def test_a_chatbot_that_spoke_daily_is_missed_after_two_days(northwind: Agency, baker: Chatbot, now: datetime) -> None:
    spoke(baker, now, days=range(3, 10))
    talk(baker, now - timedelta(hours=49))
    assert kinds(northwind, now) == ["silent"]
    Chatbot.objects.update(paused_at=now)
    assert kinds(northwind, now) == []
    Chatbot.objects.update(paused_at=None)
    talk(baker, now - timedelta(hours=47))
    assert kinds(northwind, now) == []


def test_one_that_speaks_now_and_then_may_be_silent(northwind: Agency, baker: Chatbot, now: datetime) -> None:
    spoke(baker, now, days=range(3, 9))
    assert kinds(northwind, now) == []


def test_a_share_of_unanswered_questions_that_doubled(northwind: Agency, baker: Chatbot, now: datetime) -> None:
    heard(baker, now, days=range(8, 36), answered=9, unanswered=1)
    heard(baker, now, days=range(2, 8), answered=9, unanswered=2)
    assert kinds(northwind, now) == []
    heard(baker, now, days=range(1, 2), answered=0, unanswered=6)
    [found] = needs.of(northwind, may=OWNER, now=now)
    assert (found.kind, found.ways[0].note) == ("unanswered", "Bakery, 25 % instead of 10 %")


def test_what_failed_expired_waits_and_is_full(
    northwind: Agency, baker: Chatbot, bakery: Workspace, ada: User, now: datetime
) -> None:
    DataSource.objects.filter(chatbot=baker).update(failed_at=now, failure="No such page.")
    invitations.invite(bakery, email="late@bakery.example", role="viewer", by=ada, now=now - timedelta(days=8))
    talk(baker, now, wanted_at=now, waits_since=now)
    Workspace.objects.filter(pk=bakery.pk).update(source_cap=1)
    assert kinds(northwind, now) == ["waiting", "cap", "failed", "expired"]
    assert kinds(northwind, now, may=ANALYST) == ["cap", "failed", "expired"]  # who reads no words of visitors
    led = {way.page for need in needs.of(northwind, may=ANALYST, now=now) for way in need.ways}
    assert led == {"", "chatbots:sources"}  # and is led to nothing that is not theirs to do
    Workspace.objects.filter(pk=bakery.pk).update(archived_at=now)
    assert kinds(northwind, now) == []


def test_nothing_of_another_agency_is_told(northwind: Agency, crier: Chatbot, now: datetime) -> None:
    DataSource.objects.update(failed_at=now)
    talk(crier, now, wanted_at=now, waits_since=now)
    assert kinds(northwind, now) == []


def test_more_clients_take_no_more_queries(northwind: Agency, baker: Chatbot, bookworm: Chatbot, now: datetime) -> None:
    def needing(bot: Chatbot) -> None:
        DataSource.objects.filter(chatbot=bot).update(failed_at=now)
        spoke(bot, now, days=range(3, 10))

    needing(baker)
    few = sent_by(lambda: needs.of(northwind, may=OWNER, now=now))
    needing(bookworm)
    needing(chatbot(bookworm.workspace, "Second"))
    assert len(sent_by(lambda: needs.of(northwind, may=OWNER, now=now))) <= len(few)


def test_a_client_that_costs_more_than_it_brings_is_named(
    northwind: Agency, baker: Chatbot, ada: User, now: datetime
) -> None:
    Plan.objects.filter(code="agency").update(price=9_900)
    began = periods.current(northwind, now).start.date()
    priced = Priced(Way.FLAT, fee=100)
    terms.set_for(northwind, baker.workspace, since=began, priced=priced, by=ada, now=now)
    held = pools.hold(baker.workspace, chatbot_id=baker.pk, key="key", fingerprint="f", units=2, now=now)
    pools.settle(held, {1: Charge("ai", 10, 2, "AI reply")}, now=now)
    assert "margin" in kinds(northwind, now)
    terms.set_for(northwind, baker.workspace, since=began, priced=Priced(Way.FLAT, fee=90_000), by=ada, now=now)
    assert "margin" not in kinds(northwind, now)
