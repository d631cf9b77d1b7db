"""What other walls for one client would mean, in words, before anything is saved: who would be over, and from when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agencies.models import Agency
from billing import clients, usage
from billing.clients import Allocation, Row
from billing.units import MOST_PER_EXCHANGE
from workspaces import caps
from workspaces.caps import Counted, Walls
from workspaces.models import AtLimit, Resource, Workspace

VISITORS_GET = {
    AtLimit.NOTICE: "visitors get a notice",
    AtLimit.QA: "visitors get answers from Q&A only",
    AtLimit.LEAD: "visitors get a form to leave a message",
    AtLimit.PERSON: "visitors wait for a person to write back",
}


@dataclass(frozen=True)
class Wish:
    """What somebody thinks of doing: these walls for the client of `row`, and what visitors get at the limit."""

    allocation: Allocation
    row: Row
    walls: Walls
    at_limit: str
    paces: Mapping[int, int]  # units a day, by workspace id; of messages alone
    today: date

    @property
    def name(self) -> str:
        return self.row.workspace.name

    @property
    def guaranteed(self) -> int:
        """What the new guarantee counts: nothing while the workspace is paused."""
        return 0 if self.row.workspace.paused_at else self.walls.guarantee or 0

    @property
    def others_taken(self) -> int:
        return self.allocation.used + self.allocation.held - self.row.taken

    @property
    def room(self) -> int | None:
        """What the pool has left for this client, less what it keeps for the others."""
        left = self.allocation.left
        return None if left is None else max(0, left - (self.allocation.reserved - self.row.reserved))

    def reached_on(self, left: int, pace: int) -> date | None:
        """The day on which `left` is used up at this pace, if it comes before the period ends."""
        if pace <= 0 or self.allocation.period is None:
            return None
        days = left // pace  # a large cap lasts longer than any calendar
        lasts = days >= (self.allocation.period.last_day.date() - self.today).days
        return None if lasts else self.today + timedelta(days=days)


def preview(
    workspace: Workspace,
    counted: Counted,
    *,
    cap: int | None,
    guarantee: int | None,
    now: datetime,
    at_limit: str | None = None,
) -> list[str]:
    """Sentences about what would happen. Raises what saving would: caps.GuaranteeAboveCap, caps.GuaranteesAbovePool."""
    agency: Agency = workspace.agency
    resource, pool = counted.resource, counted.limit
    caps.refuse_guarantee(workspace, resource, cap=cap, guarantee=guarantee, pool=pool)
    allocation = clients.of(agency, counted, now=now)
    row = allocation.row_of(workspace)
    paces = usage.paces(agency, now) if resource == Resource.MESSAGES else {}
    walls = Walls(cap, guarantee or None, row.walls.grants)
    wish = Wish(allocation, row, walls, at_limit or workspace.at_limit, paces, usage.today(agency, now))
    return [*of_the_cap(wish), *of_the_guarantee(wish), *of_the_others(wish), *of_the_limit(wish)]


def of_the_cap(wish: Wish) -> Iterator[str]:
    at_most, taken = wish.walls.at_most, wish.row.taken
    if at_most is None:
        yield f"{wish.name} draws on the shared pool{unless_unlimited(wish)}."
    elif wish.allocation.resource == Resource.MESSAGES:
        yield from of_a_message_cap(wish, at_most)
    elif taken < at_most:
        more = caps.amount(at_most - taken, wish.allocation.resource)
        yield f"{wish.name} may have {more} more{unless_there_is_room(wish, at_most - taken)}."
    else:
        place = "over" if taken > at_most else "at its cap"
        has, gone = caps.amount(taken, wish.allocation.resource), taken - at_most + 1
        fewer = f"{gone:,} {'is' if gone == 1 else 'are'} gone or " if at_most else ""  # below 0 there is nothing
        yield (
            f"{wish.name} has {has} and would be {place} at once: what is there stays, and nothing new comes in until "
            f"{fewer}the cap is raised."
        )


def unless_unlimited(wish: Wish) -> str:
    """What the pool has for this client."""
    if wish.room is None:
        return ", which is unlimited"
    return f": {wish.room:,} {'is' if wish.room == 1 else 'are'} left for it"


def unless_there_is_room(wish: Wish, wanted: int) -> str:
    """What the pool has for this client, where that is less than its cap allows."""
    short = wish.room is not None and wish.room < wanted
    return f", of which the pool has {wish.room:,} for it now" if short else ""


def of_a_message_cap(wish: Wish, at_most: int) -> Iterator[str]:
    taken, pace = wish.row.taken, wish.paces.get(wish.row.workspace.pk, 0)
    visitors = f"until {ends(wish)}, or until the cap is raised, its {VISITORS_GET[AtLimit(wish.at_limit)]}"
    if taken + MOST_PER_EXCHANGE > at_most:
        place = "over" if taken > at_most else "at its cap"
        yield f"{wish.name} has used {taken:,} and would be {place} at once: {visitors}. Nothing is taken back."
        return
    more = at_most - taken
    yield f"{wish.name} may use {more:,} more messages in this period{unless_there_is_room(wish, more)}."
    if day := wish.reached_on(more, pace):
        yield f"At its pace of {pace:,} a day it would be at its cap from {on(day)}: then {visitors}."
    elif pace:
        yield f"At its pace of {pace:,} a day the cap lasts until the next period begins on {ends(wish)}."


def of_the_guarantee(wish: Wish) -> Iterator[str]:
    resource, limit = wish.allocation.resource, wish.allocation.limit
    if wish.walls.guarantee and wish.row.workspace.paused_at:
        yield f"{wish.name} is paused: its guarantee reserves nothing until it is resumed."
    elif wish.guaranteed and limit is None:
        yield "The pool is unlimited, so the guarantee takes nothing from the others."
    elif not wish.guaranteed and wish.row.reserved:
        free = caps.amount(wish.row.reserved, resource)
        yield f"What is still reserved for {wish.name} is for everybody again: {free}."
    elif wish.guaranteed and limit is not None:
        for_others = max(0, limit - max(wish.guaranteed, wish.row.taken))
        most = caps.amount(for_others, resource)
        yield f"The others could use at most {most} together, and have used {wish.others_taken:,}."
        if wish.others_taken > for_others:
            missing = min(wish.others_taken - for_others, wish.guaranteed)
            yield f"So {missing:,} of the guarantee are used by others already, and are not taken away from them."


def of_the_others(wish: Wish) -> Iterator[str]:
    """From when clients without a guarantee would find nothing, at the pace of all of them."""
    left = wish.allocation.left
    if not wish.guaranteed or left is None or wish.guaranteed <= wish.row.guaranteed:
        return
    reserved = wish.allocation.reserved - wish.row.reserved + max(0, wish.guaranteed - wish.row.taken)
    shared = left - reserved
    pace = sum(wish.paces.values()) - wish.paces.get(wish.row.workspace.pk, 0)
    if shared <= 0:
        yield "Nothing would be left for clients whose own guarantee is used up."
    elif day := wish.reached_on(shared, pace):
        yield f"At their pace of {pace:,} a day they would find nothing left from {on(day)}."


def of_the_limit(wish: Wish) -> Iterator[str]:
    if wish.at_limit != wish.row.workspace.at_limit:
        yield f"From now on, at the limit its {VISITORS_GET[AtLimit(wish.at_limit)]}."


def ends(wish: Wish) -> str:
    return on(wish.allocation.period.end.date()) if wish.allocation.period else ""


def on(day: date) -> str:
    return f"{day:%-d %B}"
