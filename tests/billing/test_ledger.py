"""The ledger: one row for each line that cost something, by a rule that it names, and never changed."""

from datetime import datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import ProtectedError

from billing import pools, units
from billing.models import Hold, LedgerEntry
from workspaces.models import Workspace


@pytest.fixture
def held(bakery: Workspace, now: datetime) -> Hold:
    return pools.hold(bakery, chatbot_id=7, key="a", fingerprint="", units=3, now=now)


@pytest.fixture
def settled(held: Hold, now: datetime) -> Hold:
    pools.settle(held, {1: units.visitor("When do you open?"), 2: units.ai("word " * 201)}, now=now)
    return held


@pytest.mark.parametrize(("words", "cost"), [(0, 1), (1, 1), (199, 1), (200, 1), (201, 2), (10_000, 2)])
def test_an_ai_reply_is_one_unit_up_to_two_hundred_words_and_two_above(words: int, cost: int) -> None:
    assert units.ai("word " * words).units == cost


@pytest.mark.parametrize("text", ["hi", "word " * 201, "x" * 2000])
def test_a_visitors_message_is_one_unit_however_long(text: str) -> None:
    assert units.visitor(text).units == 1


@pytest.mark.parametrize("text", ["one two three", "one\ntwo\n\n three ", "  one\ttwo  three"])
def test_words_are_divided_by_white_space(text: str) -> None:
    assert units.words_in(text) == 3


def test_an_exchange_never_costs_more_than_what_is_held_for_it() -> None:
    assert units.visitor("x " * 999).units + units.ai("x " * 9999).units == units.MOST_PER_EXCHANGE


def test_every_unit_is_explained(settled: Hold, bakery: Workspace, now: datetime) -> None:
    asked, replied = LedgerEntry.objects.order_by("message_id")
    assert (asked.kind, asked.words, asked.units, asked.rule) == ("visitor", 4, 1, "A visitor message is 1 unit")
    assert (replied.kind, replied.words, replied.units) == ("ai", 201, 2)
    assert "201 words" in replied.rule
    assert {(row.agency, row.workspace, row.chatbot_id, row.at) for row in (asked, replied)} == {
        (bakery.agency, bakery, 7, now)
    }


@pytest.mark.usefixtures("settled")
def test_a_row_cannot_be_changed() -> None:
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        LedgerEntry.objects.update(units=0)
    assert sum(LedgerEntry.objects.values_list("units", flat=True)) == 3


@pytest.mark.usefixtures("settled")
def test_a_row_cannot_be_deleted() -> None:
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        LedgerEntry.objects.all().delete()
    assert LedgerEntry.objects.count() == 2


def test_a_message_is_charged_once(settled: Hold, bakery: Workspace, now: datetime) -> None:
    other = pools.hold(bakery, chatbot_id=7, key="b", fingerprint="", units=3, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        pools.settle(other, {1: units.visitor("again")}, now=now)


def test_an_agency_with_a_ledger_is_not_deleted_behind_its_back(settled: Hold, bakery: Workspace) -> None:
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        bakery.agency.delete()
    assert LedgerEntry.objects.count() == 2
