"""What an agency withholds from all members of one workspace: it counts at once, and for nobody else."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from agencies.access import permissions_on
from agencies.models import Action, AuditEntry, User
from agencies.permissions import EDITING, MEMBER_MAY, NARROWABLE, Can
from chatbots.models import Chatbot
from tests.conftest import member
from tests.racing import at_once
from workspaces import access, invariants
from workspaces.models import Workspace

PAGES = {
    Can.CREATE_CHATBOTS: "chatbots/new/",
    Can.MANAGE_SETTINGS: "chatbots/{bot}/settings/identity/",
    Can.MANAGE_LOOK: "chatbots/{bot}/settings/look/",
    Can.MANAGE_SOURCES: "chatbots/{bot}/sources/text/",
    Can.DELETE: "chatbots/{bot}/delete/",
    Can.HANDLE_CONVERSATIONS: "conversations/",
    Can.SEE_ANALYTICS: "use/",
}


@pytest.fixture
def page(bakery: Workspace) -> str:
    return f"/workspaces/{bakery.pk}/"


def withhold(workspace: Workspace, *permissions: Can, by: User, now: datetime) -> None:
    access.narrow(workspace, withheld=[can.value for can in permissions], by=by, now=now)


@pytest.mark.parametrize("can", PAGES)
def test_what_is_withheld_is_closed_to_members_on_the_next_request_and_open_to_staff(
    page: str, bakery: Workspace, baker: Chatbot, bo: User, ada: User, now: datetime, sign_in: Any, can: Can
) -> None:
    theirs, there = sign_in(bo), page + PAGES[can].format(bot=baker.pk)
    assert theirs.get(there).status_code == 200
    withhold(bakery, can, by=ada, now=now)
    assert theirs.get(there).status_code == 403
    assert sign_in(ada).get(there).status_code == 200


def test_without_embed_the_address_is_not_shown(
    page: str, bakery: Workspace, baker: Chatbot, bo: User, ada: User, now: datetime, sign_in: Any
) -> None:
    preview = f"{page}chatbots/{baker.pk}/"
    assert baker.public_id in sign_in(bo).get(preview).content.decode()
    withhold(bakery, Can.EMBED, by=ada, now=now)
    assert baker.public_id not in sign_in(bo).get(preview).content.decode()


def test_every_toggle_has_a_page_that_it_closes() -> None:
    assert {*PAGES, Can.EMBED} == set(NARROWABLE)
    assert {can.value for can in NARROWABLE} <= EDITING


def test_who_joins_later_or_changes_role_is_held_to_it_too(
    bakery: Workspace, vi: User, ada: User, now: datetime
) -> None:
    withhold(bakery, Can.DELETE, by=ada, now=now)
    access.change_role(vi.memberships.get(), role="editor", by=ada, now=now)
    for person in (vi, member("Flo", bakery, "editor")):
        assert permissions_on(person, bakery) == MEMBER_MAY["editor"] - {Can.DELETE}
    assert invariants.breaches() == []


def test_what_is_given_back_goes_as_far_as_the_role(
    bakery: Workspace, bo: User, vi: User, ada: User, now: datetime
) -> None:
    withhold(bakery, *NARROWABLE, by=ada, now=now)
    withhold(bakery, by=ada, now=now)
    assert permissions_on(bo, bakery) == MEMBER_MAY["manager"]
    assert permissions_on(vi, bakery) == MEMBER_MAY["viewer"]


def test_a_sibling_is_not_narrowed(bakery: Workspace, bookshop: Workspace, sue: User, ada: User, now: datetime) -> None:
    withhold(bakery, *NARROWABLE, by=ada, now=now)
    assert permissions_on(sue, bookshop) == MEMBER_MAY["manager"]


def test_the_page_sends_what_is_allowed(page: str, bakery: Workspace, ada: User, sign_in: Any) -> None:
    allowed = [can.value for can in NARROWABLE if can != Can.EMBED]
    assert sign_in(ada).post(f"{page}narrow/", {"allowed": allowed}).status_code == 302
    assert Workspace.objects.get(pk=bakery.pk).withheld == ["embed"]
    entry = AuditEntry.objects.get(action=Action.WORKSPACE_NARROWED)
    assert (entry.before, entry.after) == ({"withheld": []}, {"withheld": ["embed"]})


@pytest.mark.parametrize("sent", ["see_agency", "manage_members", "king"])
def test_what_is_no_toggle_is_refused(page: str, bakery: Workspace, ada: User, sign_in: Any, sent: str) -> None:
    assert sign_in(ada).post(f"{page}narrow/", {"allowed": [sent]}).status_code == 422
    assert Workspace.objects.get(pk=bakery.pk).withheld == []


def test_a_manager_narrows_nothing(page: str, bo: User, sign_in: Any) -> None:
    browser: Client = sign_in(bo)
    assert browser.get(f"{page}settings/").status_code == browser.post(f"{page}narrow/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_role_given_at_the_same_moment_is_narrowed_too(bakery: Workspace, vi: User, ada: User, now: datetime) -> None:
    calls = [
        lambda: access.change_role(vi.memberships.get(), role="editor", by=ada, now=now),
        lambda: withhold(bakery, Can.DELETE, by=ada, now=now),
    ]
    at_once(lambda n: calls[n](), people=2)
    assert invariants.breaches() == []
