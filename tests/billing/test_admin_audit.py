"""What support changes in the admin stands in the agency's audit log, under support's name."""

from typing import Any

from agencies.models import Action, Agency, AuditEntry, User
from billing.models import Plan


def told(agency: Agency, action: Action) -> list[tuple[str, dict[str, Any]]]:
    entries = AuditEntry.objects.filter(agency=agency, action=action, actor_name="sam@example.com").order_by("pk")
    return [(entry.acting_as, entry.after) for entry in entries]


def test_another_plan_is_written_down(northwind: Agency, support: User, sign_in: Any) -> None:
    before = told(northwind, Action.SUBSCRIBED)
    trial = Plan.objects.get(code=Plan.TRIAL)
    page = f"/admin/billing/subscription/{northwind.subscription.pk}/change/"
    assert sign_in(support).post(page, {"plan": trial.pk}).status_code == 302
    assert told(northwind, Action.SUBSCRIBED) == [*before, ("Support", {"plan": trial.name})]


def test_another_time_zone_is_written_down(northwind: Agency, support: User, sign_in: Any) -> None:
    page = f"/admin/agencies/agency/{northwind.pk}/change/"
    assert sign_in(support).post(page, {"time_zone": "Asia/Tokyo"}).status_code == 302
    assert told(northwind, Action.REZONED) == [("Support", {"time zone": "Asia/Tokyo"})]
