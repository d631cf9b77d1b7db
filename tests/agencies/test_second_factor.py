"""An agency may require a second factor of its staff: without one they see nothing of it."""

from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from agencies import second_factor
from agencies.models import Action, Agency, AuditEntry, User
from workspaces.models import Workspace


def equip(user: User, kind: str = Authenticator.Type.TOTP) -> None:
    Authenticator.objects.create(user=user, type=kind, data={})


@pytest.fixture
def strict(northwind: Agency, ada: User, now: datetime) -> Agency:
    """Northwind requires a second factor; Ada has one."""
    equip(ada)
    second_factor.require(northwind, by=ada, now=now)
    return northwind


def test_who_has_none_is_led_to_set_one_up(strict: Agency, bakery: Workspace, analyst: User, sign_in: Any) -> None:
    browser = sign_in(analyst)
    for page in (f"/agencies/{strict.pk}/", f"/workspaces/{bakery.pk}/", f"/agencies/{strict.pk}/audit/export/"):
        assert browser.get(page).url == "/accounts/"
    assert browser.get(f"/agencies/{strict.pk}/", headers={"HX-Request": "true"})["HX-Redirect"] == "/accounts/"
    assert "Northwind requires a second factor" in browser.get("/accounts/").content.decode()


def test_a_post_without_one_changes_nothing(strict: Agency, bakery: Workspace, admin: User, sign_in: Any) -> None:
    assert sign_in(admin).post(f"/workspaces/{bakery.pk}/pause/").url == "/accounts/"
    assert Workspace.objects.get(pk=bakery.pk).paused_at is None


@pytest.mark.parametrize("kind", [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
def test_who_has_one_goes_on(strict: Agency, analyst: User, sign_in: Any, kind: str) -> None:
    equip(analyst, kind)
    assert sign_in(analyst).get(f"/agencies/{strict.pk}/").status_code == 200


def test_recovery_codes_alone_are_none(strict: Agency, analyst: User, sign_in: Any) -> None:
    equip(analyst, Authenticator.Type.RECOVERY_CODES)
    assert sign_in(analyst).get(f"/agencies/{strict.pk}/").status_code == 302


def test_the_switcher_names_no_workspace_before(strict: Agency, bakery: Workspace, analyst: User, sign_in: Any) -> None:
    assert b"Bakery" not in sign_in(analyst).get("/switch/").content


def test_clients_are_not_asked(strict: Agency, bakery: Workspace, bo: User, sign_in: Any) -> None:
    assert sign_in(bo).get(f"/workspaces/{bakery.pk}/").status_code == 200


def test_another_agency_is_not_asked(strict: Agency, rival: Agency, mallory: User, sign_in: Any) -> None:
    assert sign_in(mallory).get(f"/agencies/{rival.pk}/").status_code == 200


def test_who_requires_one_has_one(northwind: Agency, ada: User, sign_in: Any) -> None:
    answer = sign_in(ada).post(f"/agencies/{northwind.pk}/second-factor/require/", follow=True)
    assert "for yourself first" in answer.content.decode()
    assert Agency.objects.get(pk=northwind.pk).second_factor_required_at is None


def test_only_an_owner_rules_it(northwind: Agency, admin: User, sign_in: Any) -> None:
    equip(admin)
    assert sign_in(admin).post(f"/agencies/{northwind.pk}/second-factor/require/").status_code == 403


def test_the_rule_is_taken_back_and_both_are_written_down(strict: Agency, ada: User, client: Client) -> None:
    client.force_login(ada)
    client.post(f"/agencies/{strict.pk}/second-factor/relax/")
    assert Agency.objects.get(pk=strict.pk).second_factor_required_at is None
    told = AuditEntry.objects.filter(action=Action.SECOND_FACTOR_RULED).order_by("pk")
    assert [entry.after for entry in told] == [{"required": True}, {"required": False}]
