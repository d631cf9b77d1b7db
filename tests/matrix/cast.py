"""Who asks: one person for each role there is, and all those who have nothing to look for in Bakery."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agencies.access import project, set_staff_role
from agencies.models import Agency, User
from agencies.permissions import MemberRole, StaffRole
from tests.conftest import member, person
from workspaces.models import Workspace


@dataclass(frozen=True)
class Actor:
    """Somebody who asks. `user` is None for who has no login."""

    name: str
    user: User | None = None

    def __str__(self) -> str:
        return self.name


ANONYMOUS, VISITOR = Actor("anonymous"), Actor("visitor")


def insiders(northwind: Agency, bakery: Workspace) -> Iterator[Actor]:
    """One person for each role of staff and of members: a new role is a new actor."""
    for role in StaffRole:
        user = owner_of(northwind) if role == StaffRole.OWNER else person(f"Northwinds {role.label}")
        set_staff_role(northwind, user=user, role=role)
        yield Actor(role.value, user)
    for role in MemberRole:
        yield Actor(role.value, member(f"Bakerys {role.label}", bakery, role))


def outsiders(houses: dict[str, Any]) -> Iterator[Actor]:
    """Whoever must take Bakery for something that never was, and some who know only a part."""
    bakery, bookshop, kiosk = houses["bakery"], houses["bookshop"], houses["kiosk"]
    yield ANONYMOUS
    yield Actor("exmember", was_member(bakery))
    yield Actor("exstaff", was_staff(houses["northwind"]))
    yield Actor("inactive", inactive(bakery))
    yield Actor("sibling", member("Bookshops Manager", bookshop, MemberRole.MANAGER))
    yield Actor("rivalowner", owner_of(houses["rival"]))
    yield Actor("kioskmanager", member("Kiosks Manager", kiosk, MemberRole.MANAGER))
    yield Actor("newcomerowner", owner_of(houses["newcomer"]))
    yield Actor("both", both(bookshop, kiosk))
    yield Actor("support", houses["support"])
    yield Actor("superuser", person("Superuser", is_staff=True, is_superuser=True))


def owner_of(agency: Agency) -> User:
    return agency.staff.get(role=StaffRole.OWNER).user


def was_member(workspace: Workspace) -> User:
    """Removed, as `access.remove` leaves it."""
    user = member("Exmember", workspace, MemberRole.MANAGER)
    project(user, workspace, frozenset())
    workspace.memberships.filter(user=user).delete()
    return user


def was_staff(agency: Agency) -> User:
    user = person("Exstaff")
    set_staff_role(agency, user=user, role=StaffRole.ADMIN)
    project(user, agency, frozenset())
    agency.staff.filter(user=user).delete()
    return user


def inactive(workspace: Workspace) -> User:
    """A manager whom support has shut out."""
    user = member("Inactive", workspace, MemberRole.MANAGER)
    User.objects.filter(pk=user.pk).update(is_active=False)
    return User.objects.get(pk=user.pk)


def both(bookshop: Workspace, kiosk: Workspace) -> User:
    """A member of two agencies' workspaces, with two roles."""
    user = member("Both", bookshop, MemberRole.AGENT)
    from workspaces.access import set_role

    set_role(kiosk, user=user, role=MemberRole.MANAGER)
    return user
