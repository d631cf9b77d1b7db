"""Agencies of 10, 1,000 and 10,000 open workspaces among many others, their people, grants and chatbots."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone

from agencies.models import Agency, AgencyUserObjectPermission, Staff, User
from agencies.permissions import MEMBER_MAY, STAFF_MAY, MemberRole, StaffRole
from chatbots.models import Chatbot
from workspaces import invariants
from workspaces.models import Membership, Workspace, WorkspaceUserObjectPermission

SIZES = (10, 1_000, 10_000)  # open workspaces of the three agencies that are looked at
OTHERS = 999  # agencies around them, of the smallest size
USERS, CHATBOTS = 10_000, 100_000
MANY = 50  # memberships of the busiest client contact
TRADES = ("Bakery", "bookshop", "Café", "Dentist", "florist", "Garage", "Hotel", "Kiosk", "lawyer", "Zoo")
BATCH = 5_000


@dataclass(frozen=True)
class Person:
    """Somebody who is looked at: how many workspaces they reach, as whom, and one client workspace of those."""

    reach: int
    user: User
    workspace: Workspace
    is_staff: bool

    def __str__(self) -> str:
        return f"{'staff' if self.is_staff else 'contact'}, {self.reach:,}"


def make() -> list[Person]:
    """Write all of it. Raises when guardian's grants are not those that the roles project."""
    agencies = Agency.objects.bulk_create(
        Agency(name=f"Agency {n}", approved_at=timezone.now()) for n in range(len(SIZES) + OTHERS)
    )
    users = User.objects.bulk_create(people(), batch_size=BATCH)
    workspaces = Workspace.objects.bulk_create(places(agencies), batch_size=BATCH)
    clients = [each for each in workspaces if not each.is_main and each.archived_at is None]
    make_staff(agencies, users)
    contacts = make_members(users[2 * len(agencies) :], clients, of=agencies[len(SIZES) - 1])
    Chatbot.objects.bulk_create(bots(workspaces), batch_size=BATCH)
    if wrong := invariants.breaches():
        raise RuntimeError(f"{len(wrong)} grants are not as the roles project them, such as: {wrong[0]}")
    return [*owners(agencies, users, clients), *contacts]


def people() -> Iterator[User]:
    return (User(email=f"person-{n}@example.com", name=f"Person {n}", password="!") for n in range(USERS))


def places(agencies: list[Agency]) -> Iterator[Workspace]:
    """Each agency's main workspace, its clients', and one archived for every ten open ones."""
    now = timezone.now()
    for agency, size in zip(agencies, [*SIZES, *[SIZES[0]] * OTHERS], strict=True):
        yield Workspace(agency=agency, name=agency.name, is_main=True)
        for n in range(1, size + size // 10):
            yield Workspace(
                agency=agency, name=f"{TRADES[n % len(TRADES)]} {n}", archived_at=now if n >= size else None
            )


def make_staff(agencies: list[Agency], users: list[User]) -> None:
    """The first users own an agency each, the next ones are admin or analyst of one."""
    roles = [StaffRole.OWNER] * len(agencies) + [StaffRole.ADMIN, StaffRole.ANALYST] * (len(agencies) // 2)
    team = [Staff(agency=agencies[n % len(agencies)], user=users[n], role=role) for n, role in enumerate(roles)]
    Staff.objects.bulk_create(team, batch_size=BATCH)
    project(AgencyUserObjectPermission, Staff, "agency_id", STAFF_MAY)


def owners(agencies: list[Agency], users: list[User], clients: list[Workspace]) -> Iterator[Person]:
    """Of the agencies that are looked at, each with its last client."""
    last = {workspace.agency_id: workspace for workspace in clients}
    for size, agency, user in zip(SIZES, agencies, users, strict=False):
        yield Person(size, user, last[agency.pk], is_staff=True)


def make_members(people: list[User], clients: list[Workspace], *, of: Agency) -> list[Person]:
    """Contacts of one to five workspaces, and two that are looked at: in one and in many clients `of` one agency."""
    inside = [workspace for workspace in clients if workspace.agency_id == of.pk]
    *some, of_one, of_many = people
    places = cycle(clients[:: len(TRADES) - 3])
    joined = [(user, place) for n, user in enumerate(some) for place in islice(places, 1 + n % 5)]
    joined += [(of_one, inside[0]), *((of_many, place) for place in inside[:: len(inside) // MANY][:MANY])]
    roles = cycle(MemberRole.values)
    members = [Membership(workspace=place, user=user, role=next(roles)) for user, place in joined]
    Membership.objects.bulk_create(members, batch_size=BATCH)
    project(WorkspaceUserObjectPermission, Membership, "workspace_id", MEMBER_MAY)
    return [Person(1, of_one, inside[0], is_staff=False), Person(MANY, of_many, inside[0], is_staff=False)]


def project(grants: Any, roles: Any, tenant: str, may: dict[str, frozenset[str]]) -> None:
    """Guardian's rows, as `set_role` and `set_staff_role` write them one by one."""
    model = grants._meta.get_field("content_object").related_model
    known = dict(
        Permission.objects.filter(content_type=ContentType.objects.get_for_model(model)).values_list("codename", "pk")
    )
    with connection.cursor() as cursor:
        for role, codenames in may.items():
            cursor.execute(
                f"INSERT INTO {grants._meta.db_table} (user_id, content_object_id, permission_id) "
                f"SELECT user_id, {tenant}, unnest(%s::int[]) FROM {roles._meta.db_table} WHERE role = %s",
                [[known[codename] for codename in codenames], role],
            )


def bots(workspaces: list[Workspace]) -> Iterator[Chatbot]:
    return (
        Chatbot(workspace=place, name=f"Chatbot {n}") for n, place in enumerate(islice(cycle(workspaces), CHATBOTS))
    )
