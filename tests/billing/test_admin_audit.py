"""What support changes in the admin stands in the agency's audit log, under support's name."""

from typing import Any

from agencies.models import Action, Agency, AuditEntry, User
from billing.models import Plan


def told(agency: Agency, action: Action) -> list[tuple[str, dict[str, Any]]]:
    entries = AuditEntry.objects.filter(agency=agency, action=action, actor_name="sam@example.com").order_by("pk")
    return [(entry.acting_as, entry.after) for entry in entries]


def test_another_plan_is_written_down(northwind: Agency, support: User, sign_in: Any) -> None:
    before, desk = told(northwind, Action.SUBSCRIBED), sign_in(support)
    trial, subscription = Plan.objects.get(code=Plan.TRIAL), northwind.subscription
    page = f"/admin/billing/subscription/{subscription.pk}/change/"
    form = {"plan": trial.pk, "begins_on": f"{subscription.started_at:%F}"}
    preview = desk.post(page, form)
    assert told(northwind, Action.SUBSCRIBED) == before
    assert desk.post(page, {**form, "previewed": preview.context["stamp"]}).status_code == 302
    assert told(northwind, Action.SUBSCRIBED) == [*before, ("Support", {"plan": trial.name})]


def test_packs_and_exceptions_are_written_down(northwind: Agency, support: User, sign_in: Any) -> None:
    desk = sign_in(support)
    pack = {"agency": northwind.pk, "resource": "seats", "amount": "5", "lasts": "recurring"}
    desk.post("/admin/billing/addon/add/", pack)
    desk.post(f"/admin/billing/addon/{northwind.add_ons.get().pk}/end/", {"when": "now"})
    exception = {"agency": northwind.pk, "limit": "chatbots", "amount": "", "reason": "Loyal"}
    desk.post("/admin/billing/limitexception/add/", exception)
    desk.post(f"/admin/billing/limitexception/{northwind.limit_exceptions.get().pk}/end/")
    assert told(northwind, Action.WIDENED) == [("Support", {"seats": 5, "lasts": "Until cancelled"})]
    assert [who for who, _ in told(northwind, Action.PACK_ENDED)] == ["Support"]
    assert told(northwind, Action.EXCEPTION_GRANTED) == [("Support", {"chatbots": "unlimited"})]
    assert told(northwind, Action.EXCEPTION_ENDED) == [("Support", {})]


def test_another_time_zone_is_written_down(northwind: Agency, support: User, sign_in: Any) -> None:
    page = f"/admin/agencies/agency/{northwind.pk}/change/"
    assert sign_in(support).post(page, {"time_zone": "Asia/Tokyo"}).status_code == 302
    assert told(northwind, Action.REZONED) == [("Support", {"time zone": "Asia/Tokyo"})]
