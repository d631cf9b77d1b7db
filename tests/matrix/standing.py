"""Who may do what, and know what: read from the rows of staff and members and the two tables of permissions."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from agencies.models import Agency, Staff, SupportVisit, User
from agencies.permissions import MEMBER_MAY, READING, STAFF_MAY
from config.checks import Route
from tests.matrix.canaries import Canary
from tests.matrix.cast import Actor
from tests.matrix.tables import ALSO_NEEDED, CLIENTS_KNOW, NOT_FOR_VISITS
from tests.matrix.world import Place, World
from workspaces.models import Membership, Workspace

MAY, FORBIDDEN, STRANGER, LOGIN = "may", "may not", "stranger", "login"


def is_signed_in(actor: Actor) -> bool:
    return actor.user is not None and actor.user.is_active


def staffed(world: World, user: Any) -> dict[str, str]:
    """{agency: role}"""
    rows = world.rows[Staff].values()
    return {world.owners.tenant[Agency, row["agency_id"]]: row["role"] for row in rows if row["user_id"] == user}


def joined(world: World, user: Any) -> dict[str, str]:
    """{workspace: role}, of workspaces that are open."""
    rows = [row for row in world.rows[Membership].values() if row["user_id"] == user]
    still = [row for row in rows if not world.rows[Workspace][row["workspace_id"]]["archived_at"]]
    return {world.owners.tenant[Workspace, row["workspace_id"]]: row["role"] for row in still}


def visited(world: World, user: Any) -> set[str]:
    """The agencies whose pages support reads through a visit that was not left."""
    rows = [row for row in world.rows[SupportVisit].values() if row["by_id"] == user and not row["left_at"]]
    on_duty = user is not None and world.rows[User][user]["is_staff"]
    return {world.owners.tenant[Agency, row["agency_id"]] for row in rows} if on_duty else set()


def suspended(world: World) -> set[str]:
    """The agencies whose pages are only read."""
    rows = world.rows[Agency]
    return {world.owners.tenant[Agency, pk] for pk, row in rows.items() if row["suspended_at"]}


def agency_of(world: World, workspace: str) -> str:
    return world.owners.tenant[Agency, world.houses[workspace].agency_id]


def reach(world: World, user: Any) -> set[str]:
    """The tenants a person is inside: an agency with all its workspaces, or single workspaces."""
    agencies = {*staffed(world, user), *visited(world, user)}
    workspaces = {name for name, house in world.houses.items() if isinstance(house, Workspace)}
    below = {name for name in workspaces if agency_of(world, name) in agencies}
    return agencies | below | set(joined(world, user))


def above(world: World, tenants: Collection[str]) -> set[str]:
    """The agencies over these workspaces."""
    return {agency_of(world, name) for name in tenants if isinstance(world.houses[name], Workspace)}


def held(world: World, actor: Actor, route: Route, place: Place) -> frozenset[str]:
    """What the actor's roles allow on the tenant that the route hands to its view."""
    user = actor.user.pk if is_signed_in(actor) else None
    may = STAFF_MAY.get(staffed(world, user).get(place.agency, ""), frozenset())
    if route.access.kind == "workspace":
        may |= MEMBER_MAY.get(joined(world, user).get(place.workspace, ""), frozenset())
    return may or (READING if place.agency in visited(world, user) else frozenset())


def expected(world: World, actor: Actor, route: Route, place: Place, method: str) -> str:
    """How the guard has to answer: with the page, with 403, as for nothing, or with the login."""
    if not is_signed_in(actor):
        return LOGIN
    may = held(world, actor, route, place)
    on_a_visit = place.agency in visited(world, actor.user.pk)
    if not may or (on_a_visit and method != "post" and route.name in NOT_FOR_VISITS):
        return STRANGER
    if on_a_visit and method == "post":
        return FORBIDDEN  # a visit only reads
    if place.agency in suspended(world) and method == "post" and not route.access.while_suspended:
        return FORBIDDEN
    needed = {route.access.permission, ALSO_NEEDED.get((route.name, method), route.access.permission)}
    return MAY if needed <= may else FORBIDDEN


@dataclass
class Knowledge:
    """What one person may read: tenants as a whole, single columns of others, and people."""

    tenants: set[str] = field(default_factory=set)
    columns: set[tuple[str, str]] = field(default_factory=set)  # (tenant, column)
    people: set[str] = field(default_factory=set)
    chatbot: Any = None  # when set, of this one only

    def covers(self, canary: Canary) -> bool:
        if canary.column == "cut off":
            return any(tenant.startswith(canary.tenant) for tenant in self.tenants | self.people)
        if canary.tenant in self.tenants | self.people:
            return True
        here = not (self.chatbot and canary.chatbot) or canary.chatbot == self.chatbot
        return here and (canary.tenant, canary.column) in self.columns

    def __or__(self, other: "Knowledge") -> "Knowledge":
        return Knowledge(
            self.tenants | other.tenants, self.columns | other.columns, self.people | other.people, other.chatbot
        )


def knowledge(world: World, user: Any) -> Knowledge:
    """Of a person: their own, their tenants', their agency's name, and the people they meet there."""
    if user is None:
        return Knowledge()
    inside = reach(world, user)
    columns = {(agency, column) for agency in above(world, inside) for column in CLIENTS_KNOW}
    myself = {world.owners.tenant[User, user]}
    return Knowledge(inside, columns, myself | met_in(world, inside | above(world, inside)) if inside else myself)


def met_in(world: World, tenants: Collection[str]) -> set[str]:
    """The people who are, were or will be in these tenants, and support, which comes to all of them."""
    people = world.rows[User]
    inside = {user for user in people if {*staffed(world, user), *joined(world, user)} & set(tenants)}
    once = {user for user, tenant in world.former if tenant in tenants}
    support = {user for user in people if people[user]["is_staff"]}
    return {world.owners.tenant[User, user] for user in inside | once | support}


def opened(world: World, columns: Collection[str], place: Place, chatbot: Any = None) -> Knowledge:
    """What a key in a URL shows of the place it belongs to."""
    both = {(tenant, column) for tenant in (place.workspace, place.agency) for column in columns}
    return Knowledge(columns=both, people=met_in(world, {place.workspace}), chatbot=chatbot)
