"""What Northwind's clients pay, its tier as a partner, and its first closed month."""

from datetime import datetime, timedelta

from agencies.models import Agency, User
from billing import periods
from billing.models import ModelUse, PartnerTier, Plan, Way
from billing.revenue import books, calendars, closing, months, partners, terms
from billing.revenue.sums import Priced
from workspaces.models import Workspace

PRICES = {Plan.FREE: 0, Plan.TRIAL: 0, "agency": 9_900}
TIERS = (("Partner", 1, 1_500), ("Silver", 5, 2_000), ("Gold", 20, 2_500))
PAY = {
    "Bakery": Priced(Way.FLAT, fee=12_900, included=5_000, extra_price=1_800),
    "Bookshop": Priced(Way.MULTIPLE, multiple=180),
    "Garden centre": Priced(Way.REFERRAL, fee=4_900),
}
DEARER = Priced(Way.FLAT, fee=14_900, included=6_000, extra_price=1_800)
MODEL = "gpt-4o-mini"


def price() -> None:
    """The plans' prices and the partner programme's tiers, as support enters them."""
    for code, amount in PRICES.items():
        Plan.objects.filter(code=code).update(price=amount)
    PartnerTier.objects.bulk_create(PartnerTier(name=name, clients=least, rate=rate) for name, least, rate in TIERS)


def settle(agency: Agency, *, support: User, now: datetime) -> None:
    """Terms since two months ago; the older month is closed, and the one after it waits to be."""
    owner = agency.staff.get().user
    present = periods.current(agency, now).start
    begun = periods.add_months(present, -2)
    tier = PartnerTier.objects.get(name="Partner")
    why = "Agreed in the first meeting"
    partners.give(agency, tier=tier, rate=tier.rate, since=begun.date(), reason=why, by=support, now=begun)
    for workspace in agency.workspaces.filter(name__in=PAY):
        terms.set_for(agency, workspace, since=begun.date(), priced=PAY[workspace.name], by=owner, now=begun)
    bookshop, bakery = (agency.workspaces.get(name=name) for name in ("Bookshop", "Bakery"))
    told = {"input_price": 14, "output_price": 55}
    books.price_model(agency, model=MODEL, since=begun.date(), **told, by=owner, now=begun)
    use_model(bookshop, begun, now)
    terms.set_for(agency, bakery, since=(present + timedelta(days=10)).date(), priced=DEARER, by=owner, now=present)
    first = calendars.of(agency).next_to_close()
    if first and months.is_over(first, now):
        closing.close(agency, start=first.start, by=owner, now=first.end + timedelta(days=2))


def use_model(workspace: Workspace, begun: datetime, now: datetime) -> None:
    """Tokens of a model of the client's own, day by day."""
    bot = workspace.chatbots.get()
    days = [(begun + timedelta(days=n)).date() for n in range((now - begun).days + 1)]
    ModelUse.objects.bulk_create(
        ModelUse(
            agency_id=workspace.agency_id,
            workspace=workspace,
            chatbot_id=bot.pk,
            model=MODEL,
            day=day,
            answers=30 + 7 * n % 40,
            estimated=0,
            input_tokens=(30 + 7 * n % 40) * 2_150,
            output_tokens=(30 + 7 * n % 40) * 190,
        )
        for n, day in enumerate(days)
    )
