"""Ledgers at random, written by the product's own functions: charges, late ones too, and corrections."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from agencies.models import Agency, User
from billing import corrections, pools, rollups
from billing.models import LedgerEntry
from billing.units import Charge
from workspaces.models import Workspace

ZONES = ["UTC", "Asia/Kathmandu", "Pacific/Kiritimati", "America/Los_Angeles"]
DAYS = 100  # behind us
some_books = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@dataclass(frozen=True)
class Said:
    """One line that cost something, in place number `place`, and what was taken back of it."""

    place: int
    chatbot: int
    conversation: int
    kind: str
    units: int
    ago: timedelta
    late: timedelta  # between the hold and its charge
    taken_back: int
    after: timedelta


def within(most: timedelta) -> st.SearchStrategy[timedelta]:
    return st.integers(0, int(most.total_seconds())).map(lambda seconds: timedelta(seconds=seconds))


# Anywhere, and often in the first days of a period, where two lie side by side: the present one began five days ago.
ago = (
    within(timedelta(days=6))
    | within(timedelta(days=6)).map(lambda some: some + timedelta(days=33))
    | within(timedelta(days=DAYS))
)
said = st.builds(
    Said,
    place=st.integers(0, 2),
    chatbot=st.integers(1, 3),
    conversation=st.integers(1, 4),
    kind=st.sampled_from(LedgerEntry.Kind.values),
    units=st.integers(1, 2),
    ago=ago,
    late=st.just(timedelta()) | within(timedelta(hours=23)),
    taken_back=st.integers(0, 2),
    after=within(timedelta(days=DAYS)),
)
books = st.lists(said, min_size=1, max_size=12)


def seldom(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly None: a filter that is set leaves few rows, and several leave none."""
    return st.sampled_from([False, False, False, True]).flatmap(lambda is_set: strategy if is_set else st.none())


@contextmanager
def undone() -> Iterator[None]:
    """One example leaves nothing to the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def write(every: Sequence[Said], places: Sequence[Workspace], *, by: User, now: datetime, rolled_up: int) -> None:
    """Write them, and roll up once `rolled_up` of them are there."""
    for number, each in enumerate(every):
        if number == rolled_up:
            rollups.roll_up()
        entry = charge(each, places[each.place], number=number, now=now)
        if 0 < each.taken_back <= entry.units:
            at = min(entry.at + each.after, now)
            corrections.correct(entry, units=each.taken_back, reason="=A mistake", by=by, now=at)


def charge(each: Said, workspace: Workspace, *, number: int, now: datetime) -> LedgerEntry:
    held_at = now - each.ago
    held = pools.hold(workspace, chatbot_id=each.chatbot, key=str(number), fingerprint="", units=3, now=held_at)
    charges = {number + 1: Charge(each.kind, 10, each.units, "10 words", speaker="@Person")}
    pools.settle(held, charges, now=min(held_at + each.late, now), conversation_id=each.conversation)
    return LedgerEntry.objects.get(hold=held)


def rezoned(places: Sequence[Workspace], zone: str) -> list[Workspace]:
    """The same workspaces, with their agencies in this time zone."""
    Agency.objects.update(time_zone=zone)
    return [Workspace.objects.select_related("agency").get(pk=place.pk) for place in places]
