"""The pages of money: who reads them, what they refuse, and that a closed month has the same bytes whenever asked."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, AuditEntry, User
from billing import periods
from billing.models import ClientTerms, Partnership, PartnerTier, Plan, Statement, Way
from billing.revenue import partners, terms
from billing.revenue.sums import Priced
from tests.billing.revenue.test_months import close, speak
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db
FLAT = {"way": "flat", "fee": "129.00", "included": "5000", "extra_price": "18.00", "multiple": ""}


@pytest.fixture
def browser(ada: User, sign_in: Any) -> Client:
    return sign_in(ada)


@pytest.fixture
def begun(northwind: Agency, now: datetime) -> datetime:
    Plan.objects.filter(code="agency").update(price=9_900)
    return periods.current(northwind, now).start


@pytest.fixture
def statement(northwind: Agency, bakery: Workspace, ada: User, support: User, begun: datetime) -> Statement:
    """A month in which Bakery, referred now, has used something."""
    Workspace.objects.filter(pk=bakery.pk).update(name="=Łódź 北京 العربية")
    tier = PartnerTier.objects.create(name="Partner", clients=1, rate=2_000)
    partners.give(northwind, tier=tier, rate=2_000, since=begun.date(), reason="Agreed", by=support, now=begun)
    referred = Priced(Way.REFERRAL, fee=5_000)
    terms.set_for(northwind, bakery, since=begun.date(), priced=referred, by=ada, now=begun)
    speak(bakery, begun + timedelta(days=1))
    return close(northwind, ada)


def send(browser: Client, workspace: Workspace, day: datetime, **typed: str) -> Any:
    there = reverse("billing:set-terms", args=[workspace.agency_id, workspace.pk])
    return browser.post(there, FLAT | {"since": day.date().isoformat()} | typed)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_terms_are_kept_in_minor_units_and_no_client_reads_of_them(
    browser: Client, bakery: Workspace, begun: datetime
) -> None:
    assert send(browser, bakery, begun).status_code == 302
    stored = ClientTerms.objects.get()
    assert (stored.fee, stored.included, stored.extra_price, stored.since) == (12_900, 5_000, 1_800, begun.date())
    assert AuditEntry.objects.get(action="money.terms").workspace_id is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"fee": "-1"}, "0 or more"),
        ({"fee": "1000000000000"}, "at most 1,000,000,000.00 EUR"),
        ({"fee": "1.005"}, "EUR has at most 2 digits"),
        ({"fee": "NaN"}, "as 19.00"),
        ({"way": "multiple", "multiple": "0"}, "more than 0"),
        ({"since": "2999-01-01"}, "between 2000 and 2100"),
    ],
)
def test_a_price_that_is_none_is_refused_with_a_sentence(
    browser: Client, bakery: Workspace, begun: datetime, typed: dict[str, str], said: str
) -> None:
    answer = send(browser, bakery, begun, **typed)
    assert (answer.status_code, said in words(answer)) == (422, True)
    assert not ClientTerms.objects.exists()


def test_a_change_dated_back_into_a_closed_month_is_refused(
    browser: Client, bakery: Workspace, statement: Statement
) -> None:
    answer = send(browser, bakery, statement.end - timedelta(days=1))
    assert (answer.status_code, "a closed month is never changed" in words(answer)) == (422, True)
    held = ClientTerms.objects.get()
    browser.post(reverse("billing:withdraw-terms", args=[held.agency_id, held.pk]))
    assert ClientTerms.objects.exists()


def test_a_month_is_closed_on_its_page_only_once_it_is_over(
    browser: Client, northwind: Agency, bakery: Workspace, begun: datetime
) -> None:
    send(browser, bakery, begun)
    there = reverse("billing:close-month", args=[northwind.pk])
    assert "Close this month" not in words(browser.get(there))
    answer = browser.post(there, {"start": begun.date().isoformat()})
    assert (answer.status_code, "can be closed a quarter of an hour" in words(answer)) == (422, True)


def test_the_sheet_and_the_document_of_a_month_are_the_same_bytes_twice(
    browser: Client, northwind: Agency, statement: Statement
) -> None:
    for name in ("month-sheet", "month-paper"):
        there = reverse(f"billing:{name}", args=[northwind.pk, statement.pk])
        once, again = (b"".join(browser.get(there)) for _ in range(2))
        assert once == again
        assert once.startswith((b"%PDF", b"\xef\xbb\xbfClient"))
    sheet = b"".join(browser.get(reverse("billing:month-sheet", args=[northwind.pk, statement.pk]))).decode()
    assert "'=Łódź 北京 العربية,Commission" in sheet
    assert sheet.rstrip().endswith("2,10.00,99.00,EUR")


def test_the_next_tier_says_what_it_would_have_earned(browser: Client, northwind: Agency, statement: Statement) -> None:
    PartnerTier.objects.create(name="Gold", clients=3, rate=3_000)
    said = words(browser.get(reverse("billing:partner", args=[northwind.pk])))
    assert "1 of 3 clients for Gold" in said
    assert "would have earned 15.00 EUR in that month, instead of 10.00 EUR" in said


def test_a_loss_maker_is_marked_with_the_price_that_breaks_even(
    browser: Client, northwind: Agency, bakery: Workspace, begun: datetime, now: datetime
) -> None:
    send(browser, bakery, begun, fee="10.00")
    speak(bakery, now)
    there = reverse("billing:compare", args=[northwind.pk])
    said = words(browser.get(there, {"margin": "50"}))
    assert "Loses money" in said
    assert "198.00 EUR" in said  # 99.00 is half of it
    assert browser.get(there, {"margin": "100"}).status_code == 422


def test_support_previews_a_tier_before_it_is_given(
    northwind: Agency, statement: Statement, sol: User, sign_in: Any
) -> None:
    tier = PartnerTier.objects.get()
    wanted = {"agency": northwind.pk, "tier": tier.pk, "rate": "30", "since": statement.end.date(), "reason": "More"}
    there = reverse("admin:billing_partnership_add")
    said = words(sign_in(sol).post(there, wanted | {"_preview": "1"}))
    assert "Its commission was 10.00 EUR; at 30 % it would have been 15.00 EUR." in said
    assert Partnership.objects.count() == 1
    sign_in(sol).post(there, wanted | {"_save": "1"})
    assert Partnership.objects.latest("since").rate == 3_000
    assert "up to" in words(sign_in(sol).post(there, wanted | {"since": statement.start.date()}))


def test_the_public_calculator_says_what_reselling_leaves(client: Client, plans: None) -> None:
    there = reverse("billing:agency-page")
    assert "What it leaves you" not in words(client.get(there))
    Plan.objects.filter(code="agency").update(price=9_900)
    assert "396.00 EUR" in words(client.get(there, {"clients": 5, "messages": 2_000, "price": 99}))
    assert "from 1 to 10,000" in words(client.get(there, {"clients": "many", "messages": 2_000, "price": 99}))
