"""The demo: exact numbers, a ledger that adds up, and chatbots that know their business."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F, Sum
from django.test import override_settings
from django.utils import timezone

from agencies.models import Agency, Application, User
from billing import invariants as units
from billing import periods, usage
from billing.models import Hold, LedgerEntry, PoolPeriod, Unrolled, UsageDay, WorkspacePeriod
from billing.units import LONG_REPLY, words_in
from chatbots import invariants as talks
from chatbots.knowledge import passages, retrieval
from chatbots.models import Chatbot, Conversation, Lead, Message
from config.demo import cast, clients, history
from tests.conftest import fill_catalogue
from workspaces import invariants as people
from workspaces import seats
from workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BOTS = [bot for client in (clients.BAKERY, clients.BOOKSHOP, clients.GARDEN_CENTRE) for bot in client.bots]


@pytest.fixture(scope="module", autouse=True)
def said(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """What the command said. Loaded once for this module, since it takes seconds, and rolled back after it."""
    out = StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        fill_catalogue()
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
            call_command("demo", force=True, stdout=out)
        connection.check_constraints()  # now, or each test's end would check every new row again
        yield out.getvalue()
        transaction.set_rollback(True)


@pytest.fixture
def northwind() -> Agency:
    return Agency.objects.get(name="Northwind")


def test_the_clients_have_used_exactly_what_the_story_says(northwind: Agency) -> None:
    pool = usage.pool(northwind, timezone.now())

    assert {part.workspace.name: part.used for part in pool.parts} == {
        "Bakery": 7000,
        "Bookshop": 2000,
        "Garden centre": 1000,
        "Northwind": 0,
    }
    assert (pool.used, pool.held, pool.limit) == (10_000, 0, 12_000)


def test_the_present_period_began_20_days_ago(northwind: Agency) -> None:
    start = periods.current(northwind, timezone.now()).start
    assert (timezone.now().date() - start.date()).days == 20


NOWS = [
    datetime(2026, 3, 31, 9, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
    datetime(2027, 1, 1, tzinfo=UTC),
    datetime(2028, 3, 20, 12, tzinfo=UTC),  # counted from 29 February
]


@pytest.mark.parametrize("now", NOWS, ids=str)
def test_the_period_is_20_days_old_on_difficult_days(now: datetime) -> None:
    began = cast.anchor(now)
    assert periods.containing(began, now).start.date() == now.date() - timedelta(days=20)


def test_the_period_is_20_days_old_on_every_day_of_four_years() -> None:
    for n in range(4 * 365 + 1):
        now = datetime(2027, 1, 1, 13, 30, tzinfo=UTC) + timedelta(days=n)
        began = cast.anchor(now)
        assert periods.containing(began, now).start.date() == now.date() - timedelta(days=20)
        assert now - began > history.LENGTH


def test_every_counter_is_the_sum_of_its_ledger_rows() -> None:
    by_workspace = LedgerEntry.objects.values_list("workspace_id", "period_start").annotate(total=Sum("units"))
    by_agency = LedgerEntry.objects.values_list("agency_id", "period_start").annotate(total=Sum("units"))

    assert set(WorkspacePeriod.objects.values_list("workspace_id", "start", "used")) == set(by_workspace.order_by())
    assert set(PoolPeriod.objects.values_list("agency_id", "start", "used")) == set(by_agency.order_by())


def test_no_period_passed_the_pool_or_a_cap() -> None:
    for pool in PoolPeriod.objects.select_related("agency"):
        assert pool.limit is not None
        assert pool.used <= pool.limit
    assert not WorkspacePeriod.objects.filter(used__gt=F("workspace__message_cap")).exists()
    assert Workspace.objects.get(name="Bakery").message_cap == 8000
    assert Workspace.objects.get(name="Bookshop").message_cap is None


def test_every_line_is_charged_once_on_the_settled_hold_that_it_names() -> None:
    lines = set(Message.objects.values_list("pk", "hold_id", "author", "at"))
    assert lines == set(LedgerEntry.objects.values_list("message_id", "hold_id", "kind", "at"))
    assert Hold.objects.count() * 2 == len(lines)
    assert not Hold.objects.filter(settled_at=None).exists()
    assert not LedgerEntry.objects.exclude(period_start=F("hold__period_start")).exists()


def test_the_rollup_is_the_ledger() -> None:
    ledger = LedgerEntry.objects.values_list("workspace_id", "chatbot_id", "kind").annotate(total=Sum("units"))
    rolled = UsageDay.objects.values_list("workspace_id", "chatbot_id", "kind").annotate(total=Sum("units"))
    assert set(rolled.order_by()) == set(ledger.order_by())
    assert not Unrolled.objects.exists()


def test_the_history_is_long_believable_and_never_in_the_future(northwind: Agency) -> None:
    lines = Message.objects.filter(workspace__agency=northwind, author=Message.Author.AI)
    first, last = lines.earliest("at").at, lines.latest("at").at
    unanswered = lines.filter(found=False).count() / lines.count()
    long = sum(words_in(text) > LONG_REPLY for text in lines.values_list("text", flat=True))

    assert timedelta(days=60) < timezone.now() - first <= timedelta(days=65)
    assert timezone.now() - timedelta(days=1) < last < timezone.now()
    assert 0.04 < unanswered < 0.08
    assert 0 < long < lines.count() / 5


def test_a_conversation_has_one_to_six_exchanges() -> None:
    lengths = Conversation.objects.annotate(lines=Count("messages")).values_list("lines", flat=True)
    assert set(lengths) == {2, 4, 6, 8, 10, 12}


def test_a_second_load_changes_nothing() -> None:
    before = (Message.objects.count(), User.objects.count(), LedgerEntry.objects.aggregate(Sum("units")))
    out = StringIO()
    call_command("demo", force=True, stdout=out)

    assert "nothing was changed" in out.getvalue()
    assert before == (Message.objects.count(), User.objects.count(), LedgerEntry.objects.aggregate(Sum("units")))


def test_it_refuses_where_nobody_asked_for_a_demo(settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="passwords are public"):
        call_command("demo")


def test_the_logins_are_printed_and_written_down(said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_LOGINS_FILE", str(tmp_path / "logins.txt"))
    call_command("demo", force=True, stdout=StringIO())

    written = (tmp_path / "logins.txt").read_text()
    assert written.strip() in said
    for login in (cast.SUPPORT, cast.ADA, cast.BO):
        assert f"{login.part} " in written
        assert login.email in written


def test_everybody_can_sign_in() -> None:
    for login in cast.EVERYONE:
        user = User.objects.get(email=login.email)
        assert user.check_password(cast.PASSWORD)
        assert EmailAddress.objects.get(user=user).verified
        assert EmailAddress.objects.get(user=user).primary


def test_the_cast_is_in_its_places(northwind: Agency) -> None:
    assert User.objects.get(email=cast.BO.email).memberships.get().role == "manager"
    assert User.objects.get(email=cast.VI.email).memberships.get().role == "viewer"
    assert seats.of_agency(northwind, now=timezone.now()).used == 3
    assert Workspace.objects.get(name="Garden centre").invitations.get().accepted_at is None
    assert Application.objects.get(decided_at=None).agency.name == "Newcomer"
    assert northwind.time_zone == "Europe/Berlin"


def test_two_visitors_of_the_bookshop_have_left_messages() -> None:
    assert dict(Workspace.objects.exclude(at_limit="notice").values_list("name", "at_limit")) == {
        "Bakery": "qa",
        "Bookshop": "lead",
    }
    left = Lead.objects.select_related("workspace", "conversation")
    assert {lead.workspace.name for lead in left} == {"Bookshop"}
    assert [lead.email.endswith(".example") and lead.conversation.started_at < lead.at for lead in left] == [True, True]


@pytest.mark.parametrize("bot", BOTS, ids=lambda bot: bot.name)
def test_every_part_of_a_source_is_one_passage(bot) -> None:
    for source in bot.sources:
        if source.kind == "text":
            assert [piece.text for piece in passages.cut(source.text)] == [part.text for part in source.parts]


@pytest.mark.parametrize(
    ("bot", "question", "source"),
    [
        ("Counter", "What are your opening hours on Saturday?", "Opening hours"),
        ("Counter", "Which products contain nuts?", "Allergens and ingredients"),
        ("Cakes and catering", "Do you supply cafés?", "Wholesale for cafés, hotels and shops"),
        ("Bookseller", "How long is a gift card valid?", "Gift cards and wrapping"),
        ("Gardener", "When should I prune my roses?", "Pruning roses, hydrangeas and lavender"),
    ],
)
def test_a_visitors_question_is_answered_from_the_right_source(bot: str, question: str, source: str) -> None:
    hits = retrieval.search(Chatbot.objects.get(name=bot), question)
    assert hits[0].passage.source.title == source


@pytest.mark.parametrize("bot", ["Counter", "Gardener"])
def test_what_no_source_holds_is_not_answered(bot: str) -> None:
    assert not any(hit.sure for hit in retrieval.search(Chatbot.objects.get(name=bot), "Do you have trampolines?"))


def test_nothing_in_the_demo_breaks_an_invariant() -> None:
    assert [*people.breaches(), *units.breaches(), *talks.breaches()] == []
