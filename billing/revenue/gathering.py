"""What a month's sums need, read in a handful of queries, however many clients and messages there are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import FilteredRelation, OuterRef, Q, Subquery
from django.db.models import Sum as DbSum

from agencies.models import Agency
from billing.ledger import CHARGED_WITHIN
from billing.models import ModelUse, Statement, Way, WorkspacePeriod
from billing.periods import Period
from billing.revenue import books, costs
from billing.revenue.calendars import Calendar
from billing.revenue.costs import Cost
from billing.revenue.sums import NOTHING, Month, Priced, Stretch, Tokens

# Units of stretches: charges by their own moment, corrections by that of the row that they correct.
UNITS = """
    SELECT s.n, coalesce((
        SELECT sum(l.units) FROM billing_ledgerentry l
        WHERE l.workspace_id = s.workspace_id AND l.at >= s.since AND l.at < s.until AND l.corrects_id IS NULL
          AND l.period_start >= %(start)s AND l.period_start < %(end)s
    ), 0) + coalesce((
        SELECT sum(c.units) FROM billing_ledgerentry c JOIN billing_ledgerentry l ON l.id = c.corrects_id
        WHERE c.agency_id = %(agency)s AND c.corrects_id IS NOT NULL AND c.workspace_id = s.workspace_id
          AND c.period_start >= %(start)s AND c.period_start < %(end)s AND l.at >= s.since AND l.at < s.until
    ), 0)
    FROM unnest(%(n)s::int[], %(workspaces)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[])
        s(n, workspace_id, since, until)
"""
Cut = tuple[int, int, Priced]  # first day, day after the last, terms
TERMS = ("way", "fee", "included", "extra_price", "multiple")


@dataclass(frozen=True)
class Client:
    """A workspace in a month: what it used, and its terms as they follow each other."""

    pk: int
    name: str
    is_main: bool
    used: int
    cuts: list[Cut]

    @property
    def is_billed(self) -> bool:
        return any(terms.way != Way.NONE for _, _, terms in self.cuts)


@dataclass(frozen=True)
class Gathered:
    """A month with what its pool cost, item by item, the partner's tier, and what nobody has entered yet."""

    period: Period
    currency: str
    month: Month
    costs: list[Cost]
    tier: str
    missing: list[str]


def gather(known: Calendar, period: Period, *, closed: Statement | None = None) -> Gathered:
    """All that the sums of this month need. Of one that was `closed`: with its own costs and rate, and units as now."""
    currency = closed.currency if closed else books.currency_of(known.agency)
    items = costs.of_closed(closed) if closed else costs.of(known, period, currency)
    partner = known.partner_at((period.end - timedelta(microseconds=1)).date())
    rate = closed.rate if closed else partner.rate if partner else 0
    stretches, unpriced = stretches_of(known, period)
    pool_cost = sum(item.amount or 0 for item in items)
    month = Month(period.start.date(), known.days_of(period), stretches, pool_cost, rate)
    tier = partner.tier if partner else ""
    return Gathered(period, currency, month, items, tier, [*costs.missing(items), *unpriced])


def stretches_of(known: Calendar, period: Period) -> tuple[list[Stretch], list[str]]:
    """Every client's stretches, in the order in which the clients came; and models without a price."""
    agency = known.agency
    read = tokens_of(agency, period)
    found = [
        each for each in clients_in(agency, period) if each.is_billed or each.is_main or each.used or each.pk in read
    ]
    units = units_of(agency, period, found)
    stretches = [
        Stretch(
            each.pk,
            each.name,
            first,
            until,
            terms,
            units[each.pk, first],
            tuple(priced(read.get(each.pk, []), known, period.start.date(), first, until)),
            each.is_main,
        )
        for each in found
        for first, until, terms in each.cuts
    ]
    unpriced = sorted({each.model for stretch in stretches for each in stretch.tokens if each.prices is None})
    return stretches, [f"Nobody has entered what {model} costs: its tokens count nothing." for model in unpriced]


def clients_in(agency: Agency, period: Period) -> Iterator[Client]:
    """Every workspace with its counter and its terms: a row for each version, in one query."""
    counters = WorkspacePeriod.objects.filter(workspace=OuterRef("pk"), start__gte=period.start, start__lt=period.end)
    used = counters.order_by().values("workspace").annotate(units=DbSum("used")).values("units")
    begun = FilteredRelation("terms", condition=Q(terms__since__lt=period.end.date()))
    rows = agency.workspaces.annotate(begun=begun, used=Subquery(used)).order_by("pk", "begun__since")
    columns = ("pk", "name", "is_main", "used", "begun__since", *(f"begun__{name}" for name in TERMS))
    for (pk, name, is_main, units), versions in groupby(rows.values_list(*columns), key=lambda row: row[:4]):
        terms = [(since, Priced(*says)) for _, _, _, _, since, *says in versions if since]
        yield Client(pk, name, is_main, units or 0, cut(terms, period))


def cut(versions: Iterable[tuple[date, Priced]], period: Period) -> list[Cut]:
    """Where a client's terms change within the period."""
    starts: dict[int, Priced] = {0: NOTHING}
    for since, terms in versions:
        starts[max((since - period.start.date()).days, 0)] = terms
    ends = [*sorted(starts)[1:], (period.end - period.start).days]
    return [(first, until, starts[first]) for first, until in zip(sorted(starts), ends, strict=True)]


def units_of(agency: Agency, period: Period, found: Sequence[Client]) -> dict[tuple[int, int], int]:
    """The units of each stretch: by the counter, and from the ledger where a client has several. They add up to it."""
    lasts = {each.pk: each.cuts[-1][0] for each in found}
    units = {(each.pk, lasts[each.pk]): each.used for each in found}
    several = [(each.pk, first, until) for each in found for first, until, _ in each.cuts[:-1]]
    for (pk, first, _), spoken in zip(several, from_ledger(agency, period, several), strict=True):
        units[pk, first] = spoken
        units[pk, lasts[pk]] -= spoken
    return units


def from_ledger(agency: Agency, period: Period, several: Sequence[tuple[int, int, int]]) -> list[int]:
    if not several:
        return []
    since = [period.start + timedelta(days=first) for _, first, _ in several]
    until = [min(period.start + timedelta(days=each), period.end + CHARGED_WITHIN) for _, _, each in several]
    with connection.cursor() as cursor:
        told: dict[str, Any] = {"agency": agency.pk, "start": period.start, "end": period.end}
        told |= {"n": list(range(len(several))), "workspaces": [pk for pk, _, _ in several]}
        cursor.execute(UNITS, told | {"since": since, "until": until})
        spoken = dict(cursor.fetchall())
    return [int(spoken[n]) for n in range(len(several))]


Read = tuple[date, str, int, int, bool]  # day, model, tokens read and written, estimated


def tokens_of(agency: Agency, period: Period) -> dict[int, list[Read]]:
    """What own models read and wrote, by client, day and model."""
    rows = ModelUse.objects.filter(agency=agency, day__gte=period.start.date(), day__lt=period.end.date())
    sums = rows.values_list("workspace_id", "day", "model").order_by("workspace_id", "model", "day")
    read: dict[int, list[Read]] = defaultdict(list)
    for pk, day, model, came, went, guessed in sums.annotate(
        came=DbSum("input_tokens"), went=DbSum("output_tokens"), guessed=DbSum("estimated")
    ):
        read[pk].append((day, model, came, went, guessed > 0))
    return read


def priced(read: Iterable[Read], known: Calendar, begins: date, first: int, until: int) -> list[Tokens]:
    """The tokens of these days, one for each model and price."""
    sums: dict[tuple[str, tuple[int, int] | None], Tokens] = {}
    for day, model, came, went, guessed in read:
        if first <= (day - begins).days < until:
            price = known.price_of(model, day)
            so_far = sums.get((model, price), Tokens(model, 0, 0, price))
            estimated = so_far.estimated or guessed
            sums[model, price] = Tokens(model, so_far.read + came, so_far.written + went, price, estimated)
    return list(sums.values())
