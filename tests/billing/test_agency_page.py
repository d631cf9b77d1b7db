"""The public Agency page: limits and prices as the catalogue has them, and the pool in an example."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import Lasts, Pack, Plan, Resource


@pytest.mark.usefixtures("plans")
def test_anybody_reads_limits_and_prices_of_the_catalogue(client: Client) -> None:
    now, sold = timezone.now(), {"resource": Resource.MESSAGES, "amount": 500, "lasts": Lasts.PERIOD}
    Plan.objects.create(code="agency", version=2, name="Agency", messages=12_345, seats=None)
    Plan.objects.create(code="agency", version=3, name="Agency", messages=99_999, since=now + timedelta(days=1))
    Pack.objects.create(name="Sold", price=4_321, **sold)
    Pack.objects.create(name="Not sold any more", price=1_000, retired_at=now, **sold)
    page = client.get("/agency/").content.decode()
    shown = [text in page for text in ("12,345", "unlimited", "43.21 EUR", "7,000 + 2,000 + 1,000 = 10,000")]
    assert (shown, "99,999" in page, "Not sold" in page) == ([True] * 4, False, False)


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ("a=5000&b=500&c=0", "4,500 are left"),
        ("a=9000&b=2000&c=500", "1,500 more than the pool has"),
        ("a=-1&b=x", "Please enter a whole number from 0 to 100,000."),
    ],
)
@pytest.mark.usefixtures("plans")
def test_the_example_reckons_with_and_without_script(client: Client, numbers: str, told: str) -> None:
    fragment = client.get(f"/agency/?{numbers}", headers={"HX-Request": "true"}).content.decode()
    assert told in client.get(f"/agency/?{numbers}").content.decode()
    assert (told in fragment, "<html" in fragment) == (True, False)
