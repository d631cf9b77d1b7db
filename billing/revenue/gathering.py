"""What a month's sums need, read in a handful of queries, however many clients and messages there are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum as DbSum

from agencies.models import Agency
from billing import periods
from billing.ledger import CHARGED_WITHIN
from billing.models import ClientTerms, ModelPrice, ModelUse, Statement, Way, WorkspacePeriod
from billing.periods import Period
from billing.revenue import books, costs, partners
from billing.revenue.costs import Cost
from billing.revenue.sums import NOTHING, Month, Priced, Stretch, Tokens
from workspaces.models import Workspace

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


@dataclass(frozen=True)
class Gathered:
    """A month with what its pool cost, item by item, the partner's tier, and what nobody has entered yet."""

    period: Period
    currency: str
    month: Month
    costs: list[Cost]
    tier: str
    missing: list[str]


def gather(agency: Agency, period: Period, *, closed: Statement | None = None) -> Gathered:
    """All that the sums of this month need. Of one that was `closed`: with its own costs and rate, and units as now."""
    currency = closed.currency if closed else books.currency_of(agency)
    items = costs.of_closed(closed) if closed else costs.of(agency, period, currency)
    partner = partners.at(agency, (period.end - timedelta(microseconds=1)).date())
    rate = closed.rate if closed else partner.rate if partner else 0
    stretches, unpriced = stretches_of(agency, period)
    pool_cost = sum(item.amount or 0 for item in items)
    month = Month(period.start.date(), days_of(period), stretches, pool_cost, rate)
    tier = partner.tier.name if partner else ""
    return Gathered(period, currency, month, items, tier, [*costs.missing(items), *unpriced])


def days_of(period: Period) -> int:
    """Of the whole month that begins with this period, also where the period was cut short."""
    return max((periods.add_months(period.start, 1) - period.start).days, 1)


def stretches_of(agency: Agency, period: Period) -> tuple[list[Stretch], list[str]]:
    """Every client's stretches, in the order in which the clients came; and models without a price."""
    counters = WorkspacePeriod.objects.filter(agency=agency, start__gte=period.start, start__lt=period.end)
    used = dict(counters.values_list("workspace_id").annotate(units=DbSum("used")).order_by())
    cuts = cuts_of(agency, period)
    read = tokens_of(agency, period)
    found = []
    for workspace in agency.workspaces.order_by("pk").only("agency", "name", "is_main"):
        mine = cuts.get(workspace.pk, [(0, (period.end - period.start).days, NOTHING)])
        billed = any(terms.way != Way.NONE for _, _, terms in mine)
        if billed or workspace.is_main or used.get(workspace.pk) or workspace.pk in read:
            found.append((workspace, mine))
    units = units_of(agency, period, found, used)
    prices = prices_of(agency)
    stretches = [
        Stretch(
            workspace.pk,
            workspace.name,
            first,
            until,
            terms,
            units[workspace.pk, first],
            tuple(priced(read.get(workspace.pk, []), prices, period.start.date(), first, until)),
            workspace.is_main,
        )
        for workspace, mine in found
        for first, until, terms in mine
    ]
    unpriced = sorted({each.model for stretch in stretches for each in stretch.tokens if each.prices is None})
    return stretches, [f"Nobody has entered what {model} costs: its tokens count nothing." for model in unpriced]


def cuts_of(agency: Agency, period: Period) -> dict[int, list[Cut]]:
    """Where each client's terms change within the period."""
    begins, days = period.start.date(), (period.end - period.start).days
    versions: dict[int, list[ClientTerms]] = defaultdict(list)
    for terms in ClientTerms.objects.filter(agency=agency, since__lt=period.end.date()).order_by("since"):
        versions[terms.workspace_id].append(terms)
    cuts: dict[int, list[Cut]] = {}
    for pk, every in versions.items():
        starts: dict[int, Priced] = {0: NOTHING}
        for terms in every:
            starts[max((terms.since - begins).days, 0)] = says(terms)
        ends = [*sorted(starts)[1:], days]
        cuts[pk] = [(first, until, starts[first]) for first, until in zip(sorted(starts), ends, strict=True)]
    return cuts


def says(terms: ClientTerms) -> Priced:
    return Priced(terms.way, terms.fee, terms.included, terms.extra_price, terms.multiple)


def units_of(
    agency: Agency, period: Period, found: Sequence[tuple[Workspace, list[Cut]]], used: dict[int, int]
) -> dict[tuple[int, int], int]:
    """The units of each stretch: by the counter, and from the ledger where a client has several. They add up to it."""
    lasts = {workspace.pk: mine[-1][0] for workspace, mine in found}
    units = {(pk, last): used.get(pk, 0) for pk, last in lasts.items()}
    several = [(workspace.pk, first, until) for workspace, mine in found for first, until, _ in mine[:-1]]
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


def prices_of(agency: Agency) -> dict[str, list[tuple[date, tuple[int, int]]]]:
    """The price list: of each model, the oldest version first."""
    prices: dict[str, list[tuple[date, tuple[int, int]]]] = defaultdict(list)
    for each in ModelPrice.objects.filter(agency=agency).order_by("since"):
        prices[each.model].append((each.since, (each.input_price, each.output_price)))
    return prices


def priced(
    read: Iterable[Read],
    prices: dict[str, list[tuple[date, tuple[int, int]]]],
    begins: date,
    first: int,
    until: int,
) -> list[Tokens]:
    """The tokens of these days, one for each model and price."""
    sums: dict[tuple[str, tuple[int, int] | None], Tokens] = {}
    for day, model, came, went, guessed in read:
        if first <= (day - begins).days < until:
            price = next((each for since, each in reversed(prices.get(model, [])) if since <= day), None)
            so_far = sums.get((model, price), Tokens(model, 0, 0, price))
            estimated = so_far.estimated or guessed
            sums[model, price] = Tokens(model, so_far.read + came, so_far.written + went, price, estimated)
    return list(sums.values())
