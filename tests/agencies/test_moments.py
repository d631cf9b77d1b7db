"""Times as people read them, and in which zone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from agencies.models import Action, Agency, AuditEntry, User
from workspaces.models import Workspace

AT = datetime(2026, 3, 28, 23, 30, 5, tzinfo=UTC)  # the night in which Berlin's clocks change


def shown(tag: str, at: datetime, *, own: str = "", agencys: str = "") -> str:
    request = RequestFactory().get("/")
    request.user, request.zone = User(time_zone=own), agencys  # type: ignore[attr-defined]
    return Template(f"{{% {tag} %}}").render(Context({"at": at, "request": request}))


@pytest.mark.parametrize(
    ("own", "agencys", "zone", "local"),
    [
        ("", "", "+00:00", "28 March 2026, 23:30:05 (UTC)"),
        ("", "Europe/Berlin", "+01:00", "29 March 2026, 00:30:05 (Europe/Berlin)"),
        ("Asia/Kathmandu", "Europe/Berlin", "+05:45", "29 March 2026, 05:15:05 (Asia/Kathmandu)"),
    ],
)
def test_the_exact_moment_is_told_in_the_own_zone_else_the_agencys(
    own: str, agencys: str, zone: str, local: str
) -> None:
    html = shown("moment at", AT, own=own, agencys=agencys)
    assert f'{zone}" title="' in html
    assert local in html


def test_today_is_a_time_of_day_and_another_year_is_named() -> None:
    now = timezone.now()
    assert f">{now:%H:%M}</time>" in shown("moment at", now)
    assert ">1 Feb 2001, 03:04</time>" in shown("moment at", datetime(2001, 2, 1, 3, 4, tzinfo=UTC))
    assert ">1 Feb 2001</time>" in shown("day at", datetime(2001, 2, 1, 3, 4, tzinfo=UTC))
    assert "2\xa0days</time>" in shown('moment at "age"', now - timedelta(days=2, minutes=1))


def test_people_choose_a_zone_of_their_own(bakery: Workspace, bo: User, sign_in: Any) -> None:
    browser = sign_in(bo)
    assert browser.post("/accounts/time-zone/", {"time_zone": "Mars/Olympus"}).status_code == 422
    assert browser.post("/accounts/time-zone/", {"time_zone": "Asia/Tokyo"}).status_code == 302
    assert "(Asia/Tokyo)" in browser.get(f"/workspaces/{bakery.pk}/members/").content.decode()
    browser.post("/accounts/time-zone/", {"time_zone": ""})
    assert "(UTC)" in browser.get(f"/workspaces/{bakery.pk}/members/").content.decode()


def test_an_owner_moves_the_agencys_days_and_an_analyst_does_not(
    northwind: Agency, ada: User, analyst: User, sign_in: Any
) -> None:
    page = f"/agencies/{northwind.pk}/time-zone/"
    assert sign_in(analyst).post(page, {"time_zone": "Asia/Tokyo"}).status_code == 403
    assert sign_in(ada).post(page, {"time_zone": "Mars/Olympus"}).status_code == 422
    for _ in range(2):  # the second time nothing is new, and nothing is written down
        assert sign_in(ada).post(page, {"time_zone": "Asia/Tokyo"}).status_code == 302
    northwind.refresh_from_db()
    entry = AuditEntry.objects.get(agency_id=northwind.pk, action=Action.REZONED)
    assert (northwind.time_zone, entry.actor, entry.after) == ("Asia/Tokyo", ada, {"time zone": "Asia/Tokyo"})
