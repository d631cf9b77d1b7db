"""Support: a group with exactly its rights walks the whole queue, with a second factor and no superuser."""

from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission

from agencies import applications, questions, support
from agencies.models import Agency, Application, AuditEntry, User
from billing.models import AddOn, LimitException
from tests.agencies.test_apply import WISH

RIGHTS = {
    *("agencies.view_agency", "agencies.change_agency"),
    *("agencies.view_application", "agencies.change_application"),
    *("agencies.view_auditentry", "agencies.view_user"),
    *("agencies.view_availability", "agencies.change_availability"),
    *("agencies.view_meeting", "agencies.change_meeting"),
    *(
        f"agencies.{verb}_{model}"
        for verb in ("view", "add", "change", "delete")
        for model in ("dayoff", "officehours")
    ),
    *("billing.view_plan", "billing.view_pack", "billing.view_ledgerentry"),
    *(f"billing.{verb}_{model}" for verb in ("view", "add", "change") for model in ("partnertier", "partnership")),
    "billing.view_statement",
    *("billing.view_subscription", "billing.add_subscription", "billing.change_subscription"),
    *("billing.view_addon", "billing.add_addon", "billing.change_addon"),
    *("billing.view_limitexception", "billing.add_limitexception", "billing.change_limitexception"),
    *("billing.view_order", "billing.change_order"),
}
AT = "/admin/agencies/application/"
NEEDS_YOU = "/admin/chatbots/onboardingstep/needs-you/"


@pytest.fixture
def wish(newcomer: Agency, nina: User, now: datetime) -> Application:
    return applications.submit(newcomer, by=nina, now=now, **WISH)


def test_the_group_has_exactly_the_rights_of_support(sol: User) -> None:
    assert sol.get_all_permissions() == RIGHTS
    assert not sol.is_superuser
    kinds = Permission.objects.filter(group__name="Support").values_list("content_type__app_label", "codename", "name")
    assert not [name for *_, name in kinds if not name.startswith("Can ")]


def test_support_walks_the_whole_queue_without_being_a_superuser(
    wish: Application, sol: User, nina: User, now: datetime, sign_in: Any
) -> None:
    desk, agency = sign_in(sol), wish.agency_id
    assert "Newcomer" in desk.get(NEEDS_YOU).content.decode()
    assert desk.post(f"{AT}{wish.pk}/ask/", {"text": "Which client?"}).status_code == 302
    assert "The applicant answers" in desk.get(NEEDS_YOU).content.decode()
    questions.answer(wish.agency, text="The bakery.", seen=2**31, by=nina, now=now)
    assert "Support: decide, or ask" in desk.get(NEEDS_YOU).content.decode()
    desk.post(f"{AT}{wish.pk}/note/", {"text": "Good."})
    assert "The bakery." in desk.get(f"{AT}{wish.pk}/change/").content.decode()
    desk.post(f"{AT}{wish.pk}/approve/")
    assert Agency.objects.get(pk=agency).is_approved
    desk.post(f"/admin/agencies/agency/{agency}/suspend/", {"reason": "Unpaid."})
    assert "Unpaid." in desk.get(NEEDS_YOU).content.decode()
    desk.post(f"/admin/agencies/agency/{agency}/lift/")
    told = AuditEntry.objects.filter(agency=agency, actor=sol).values_list("action", flat=True)
    assert {"agency.asked", "agency.approved", "agency.suspended", "agency.lifted"} <= set(told)


def test_support_previews_and_sets_packs_and_exceptions(northwind: Agency, sol: User, sign_in: Any) -> None:
    desk = sign_in(sol)
    pack = {"agency": northwind.pk, "resource": "messages", "amount": "3000", "lasts": "recurring"}
    shown = desk.post("/admin/billing/addon/add/", {**pack, "_preview": "Preview"}).content.decode()
    assert "13,000" in shown
    assert "Please correct" not in shown
    assert not AddOn.objects.exists()
    assert not AuditEntry.objects.filter(agency=northwind, actor=sol).exists()
    desk.post("/admin/billing/addon/add/", {**pack, "_save": "Save"})
    assert AddOn.objects.get().amount == 3000
    more = {"agency": northwind.pk, "limit": "seats", "amount": "77", "reason": "A trial"}
    assert "77" in desk.post("/admin/billing/limitexception/add/", {**more, "_preview": "1"}).content.decode()
    assert not LimitException.objects.exists()
    desk.post("/admin/billing/limitexception/add/", {**more, "_save": "1"})
    assert Agency.objects.get(pk=northwind.pk).seat_limit == 77


@pytest.mark.parametrize(
    "path", ["billing/plan/add/", "billing/pack/add/", "agencies/user/add/", "auth/group/", "agencies/mail/"]
)
def test_support_reaches_nothing_else(sol: User, plans: None, sign_in: Any, path: str) -> None:
    assert sign_in(sol).get(f"/admin/{path}").status_code in (403, 404)


def test_support_shuts_nobody_out_and_appoints_nobody(sol: User, nina: User, sign_in: Any) -> None:
    sent = {"email": nina.email, "name": "Nina", "is_staff": "on"}
    assert sign_in(sol).post(f"/admin/agencies/user/{nina.pk}/change/", sent).status_code == 403
    nina.refresh_from_db()
    assert (nina.is_active, nina.is_staff) == (True, False)


def test_a_superuser_appoints_and_dismisses_support(sol: User, superuser: User, nina: User, sign_in: Any) -> None:
    desk, at = sign_in(superuser), f"/admin/agencies/user/{nina.pk}/change/"
    desk.post(at, {"name": "Nina", "is_active": "on", "is_staff": "on"})
    assert User.objects.get(pk=nina.pk).get_all_permissions() == RIGHTS
    desk.post(at, {"name": "Nina", "is_active": "on"})
    nina = User.objects.get(pk=nina.pk)
    assert (nina.is_staff, nina.groups.count()) == (False, 0)


def test_the_queue_has_those_first_where_it_is_supports_turn(
    wish: Application, northwind: Agency, ada: User, sol: User, now: datetime, sign_in: Any
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(approved_at=None, approved_by=None)
    applications.submit(northwind, by=ada, now=now, **WISH)
    questions.ask(wish, text="Which client?", by=sol, now=now)
    page = sign_in(sol).get(NEEDS_YOU).content.decode()
    assert page.index("Northwind") < page.index("Newcomer")


def test_without_a_second_factor_support_is_led_to_set_one_up(
    wish: Application, sol: User, sign_in: Any, settings: Any
) -> None:
    settings.SUPPORT_NEEDS_SECOND_FACTOR = True
    desk = sign_in(sol)
    for path in ("", "chatbots/onboardingstep/needs-you/", f"agencies/application/{wish.pk}/change/"):
        assert desk.get(f"/admin/{path}").url == "/accounts/"
    assert desk.post(f"{AT}{wish.pk}/approve/").url == "/accounts/"
    assert Application.objects.get(pk=wish.pk).is_waiting
    assert "Support signs in with a second factor" in desk.get("/accounts/").content.decode()
    Authenticator.objects.create(user=sol, type=Authenticator.Type.TOTP, data={})
    assert desk.get(NEEDS_YOU).status_code == 200


def test_support_signs_out_without_a_second_factor(sol: User, sign_in: Any, settings: Any) -> None:
    settings.SUPPORT_NEEDS_SECOND_FACTOR = True
    desk = sign_in(sol)
    desk.post("/admin/logout/")
    assert "_auth_user_id" not in desk.session


def test_the_group_of_the_migration_is_the_one_of_the_code(sol: User) -> None:
    assert Group.objects.get(name=support.GROUP).user_set.get() == sol
