"""An agency's months: where they begin and end, and how far they are closed. A month is a billing period.

What the sums of any month ask besides its clients stands here too, since it is a few rows of one agency.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from agencies.models import Agency
from billing import periods
from billing.models import ClientTerms, ModelPrice, Partnership, PoolPeriod, Statement
from billing.periods import Period


@dataclass(frozen=True)
class Partner:
    """What a partnership gives since a day: a tier by its name, and a rate in hundredths of a per cent."""

    since: date
    tier: str
    rate: int


@dataclass(frozen=True)
class Calendar:
    """The agency with its subscription and books, its counters, the oldest first, and what is closed.

    `partnerships` and each model's `prices`, for a million tokens read and written: the newest first.
    """

    agency: Agency
    counters: list[Period]
    closed_from: datetime | None
    closed_until: datetime | None
    first_terms: date | None
    partnerships: list[Partner]
    prices: dict[str, list[tuple[date, tuple[int, int]]]]

    def partner_at(self, day: date) -> Partner | None:
        return next((each for each in self.partnerships if each.since <= day), None)

    def price_of(self, model: str, day: date) -> tuple[int, int] | None:
        return next((price for since, price in self.prices.get(model, []) if since <= day), None)

    def month_from(self, start: datetime) -> Period:
        """The month that begins then: up to the end of its period, or to the next one's beginning."""
        counter = next((each for each in self.counters if each.start == start), None)
        end = counter.end if counter else periods.current(self.agency, start).end
        return Period(start, next((each.start for each in self.counters if start < each.start < end), end))

    def days_of(self, period: Period) -> int:
        """Of the whole month that begins with this one, also where it was cut short.

        One that begins on the last day of a shorter month may have more days than a month from there.
        """
        counter = next((each for each in self.counters if each.start == period.start), period)
        ends = (counter.end, period.end, periods.add_months(period.start, 1))
        return max(1, *((end - period.start).days for end in ends))

    def running(self, now: datetime) -> Period:
        """The present month, or as much of it as is not closed."""
        start = periods.current(self.agency, now).start
        return self.month_from(max(start, self.closed_until) if self.closed_until else start)

    def next_to_close(self) -> Period | None:
        """The month after the last closed one; before the first, that of the earliest terms. None without terms.

        Before the agency was there it had no month, whatever day was typed.
        """
        if self.closed_until:
            return self.month_from(self.closed_until)
        if self.first_terms is None:
            return None
        begins = max(periods.midnight(self.first_terms), self.agency.created_at)
        counter = next((each for each in reversed(self.counters) if each.start <= begins < each.end), None)
        return self.month_from(counter.start if counter else periods.current(self.agency, begins).start)


def of(agency: Agency) -> Calendar:
    """One query: a page asks for the running month, the next to close, and those that wait."""
    counters = PoolPeriod.objects.filter(agency=OuterRef("pk")).order_by("start")
    closed = Statement.objects.filter(agency=OuterRef("pk"))
    terms = ClientTerms.objects.filter(agency=OuterRef("pk")).order_by("since")
    partners = Partnership.objects.filter(agency=OuterRef("pk")).order_by("-since")
    prices = ModelPrice.objects.filter(agency=OuterRef("pk")).order_by("-since")
    known = (
        Agency.objects.select_related("subscription", "books")
        .annotate(
            starts=ArraySubquery(counters.values("start")),
            ends=ArraySubquery(counters.values("end")),
            closed_from=Subquery(closed.order_by("start").values("start")[:1]),
            closed_until=Subquery(closed.order_by("-end").values("end")[:1]),
            first_terms=Subquery(terms.values("since")[:1]),
            partner=ArraySubquery(partners.values(row=JSONObject(since="since", tier="tier__name", rate="rate"))),
            priced=ArraySubquery(
                prices.values(row=JSONObject(model="model", since="since", read="input_price", written="output_price"))
            ),
        )
        .get(pk=agency.pk)
    )
    priced: dict[str, list[tuple[date, tuple[int, int]]]] = defaultdict(list)
    for row in known.priced:
        priced[row["model"]].append((date.fromisoformat(row["since"]), (row["read"], row["written"])))
    return Calendar(
        known,
        [Period(start, end) for start, end in zip(known.starts, known.ends, strict=True)],
        known.closed_from,
        known.closed_until,
        known.first_terms,
        [Partner(date.fromisoformat(row["since"]), row["tier"], row["rate"]) for row in known.partner],
        priced,
    )
