"""Three agencies and their clients, with a row of everything, and a canary in every text.

Northwind has the clients Bakery and Bookshop, Rival has Kiosk, and Newcomer's account was not approved. Built once for
all tests, inside a transaction that is rolled back; every request is undone by its savepoint.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from zlib import crc32

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection
from django.db.models import AutoField
from django.test import Client

from agencies.models import Agency, Mail, User
from tests import conftest
from tests.conftest import Visitor
from tests.matrix import canaries, cast, growing, houses, tenancy
from tests.matrix.canaries import Canaries
from tests.matrix.cast import VISITOR, Actor
from tests.matrix.houses import CLIENTS
from tests.matrix.tenancy import Key, Owners, Row, Table
from workspaces import invitations
from workspaces.models import Invitation, Workspace

FUNCTIONS = "SELECT proname FROM pg_proc WHERE provolatile = 'v' AND pronamespace = 'public'::regnamespace"
APART = 10_000  # so far apart do the keys of two tables begin: no key of one is a key of another
T = TypeVar("T")
Ways = tuple[tuple[str, dict[str, str]], ...]  # methods, each with its headers


@dataclass(frozen=True)
class Place:
    """Where a URL leads: an agency and one of its workspaces."""

    agency: str
    workspace: str

    def __str__(self) -> str:
        return self.workspace


BAKERY, BOOKSHOP, KIOSK = Place("northwind", "bakery"), Place("northwind", "bookshop"), Place("rival", "kiosk")
ATTIC = Place("northwind", "attic")  # archived: its members are outside
PLACES = (BAKERY, BOOKSHOP, KIOSK)


@dataclass
class World:
    """What there is, as it stands between two requests."""

    houses: dict[str, Any]
    actors: list[Actor]
    canaries: Canaries
    owners: Owners
    former: set[tuple[Any, str]]  # (person, tenant) of those who were there, or are invited
    rows: dict[Table, dict[Any, Row]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    newest: dict[tuple[Table, str], Any] = field(default_factory=dict)
    mails: int = 0  # the last one's key
    requests: int = 0
    whole: bool = True  # else people whom nothing distinguishes share the ways of asking: see `shared`
    written: dict[str, int] = field(default_factory=dict)  # rows by table, as PostgreSQL counted at the last look
    functions: list[str] = field(default_factory=list)  # of the database, that may write
    browsers: dict[str, Client] = field(default_factory=dict)  # signed in while the world is built, once for all
    worked_out: dict[Any, Any] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        return next(actor for actor in self.actors if actor.name == name)

    def once(self, what: Any, work_out: Callable[[], T]) -> T:
        """What never changes, since every request is undone: worked out at its first use."""
        if what not in self.worked_out:
            self.worked_out[what] = work_out()
        return self.worked_out[what]

    def shared(self, ways: Ways, about: str, actor: Actor) -> Ways:
        """All ways, or this actor's turn of them: the next actor, and the next route, get the next one."""
        return ways if self.whole else ways[(crc32(about.encode()) + self.actors.index(actor)) % len(ways) :][:1]

    def last(self, table: Table, tenant: str) -> Any:
        """The key of the newest row of a table that belongs to a tenant; None without one."""
        return self.newest.get((table, tenant))


def opened(actor: Actor) -> Client:
    browser = (Visitor if actor is VISITOR else Client)(raise_request_exception=False)
    if actor.user:
        browser.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def build() -> World:
    keep_keys_apart()
    conftest.fill_catalogue()
    conftest.open_office()
    built = houses.open_houses()
    actors = houses.settle(built)
    world = World(tenants_of(built), actors, Canaries(), Owners(roots(built, actors)), set())
    complete(world)
    world.former = {(world.actor(name).user.pk, where) for name, where in FORMER}
    sing(world)
    world.functions = functions()
    world.browsers = {actor.name: opened(actor) for actor in actors}
    return world


FORMER = (
    ("exmember", "bakery"),
    ("exstaff", "northwind"),
    ("inactive", "bakery"),
    ("invited", "bakery"),
    ("archived", "attic"),
    ("visiting", "northwind"),
)


def keep_keys_apart() -> None:
    """A key names one row in the whole world: foreign keys in forms and pages are known as what they are."""
    tables = sorted({table._meta.db_table for table in apps.get_models() if isinstance(table._meta.pk, AutoField)})
    with connection.cursor() as cursor:
        for number, table in enumerate(tables, start=70):
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [f'"{table}"'])
            if sequence := cursor.fetchone()[0]:
                cursor.execute(f"ALTER SEQUENCE {sequence} RESTART WITH {number * APART + 1}")


def tenants_of(built: dict[str, Any]) -> dict[str, Any]:
    """Every agency and workspace by the name that its canaries carry; main workspaces too."""
    mains = {f"{workspace.agency.name.lower()}main": workspace for workspace in Workspace.objects.filter(is_main=True)}
    return {name: house for name, house in {**built, **mains}.items() if isinstance(house, Agency | Workspace)}


def roots(built: dict[str, Any], actors: list[Actor]) -> dict[Key, str]:
    tenants = {(type(house), house.pk): name for name, house in tenants_of(built).items()}
    people = {(User, user.pk): "".join(filter(str.isalpha, user.name.lower())) for user in User.objects.all()}
    known = {(User, actor.user.pk): actor.name for actor in actors if actor.user}
    return tenants | people | known


def complete(world: World) -> None:
    """Learn whose each row is, and make what is missing in the clients' houses and their agencies."""
    learn(world)
    wanted = {name: world.houses[name] for place in PLACES for name in (place.agency, place.workspace)}
    for table, name in growing.missing(world.owners, wanted):
        house = world.houses[name]
        growing.grow(table, house, cast.owner_of(house.agency if isinstance(house, Workspace) else house))
    for name in CLIENTS:  # the newest member of each has what only persons have, such as sessions
        for table in growing.personal():
            growing.grow(table, world.houses[name], world.houses[name].memberships.latest("pk").user)
    learn(world)


def learn(world: World) -> None:
    for table in tenancy.tables():
        world.rows[table] = tenancy.rows(table)
        world.owners.learn(table, world.rows[table])
        for pk in sorted(world.rows[table]):
            world.newest[table, world.owners.tenant[table, pk]] = pk


def sing(world: World) -> None:
    """Put the canaries out, and remember how everything stands."""
    canaries.fill(world.canaries, world.owners)
    for user in User.objects.all():  # a login works only when the two agree
        EmailAddress.objects.filter(user=user).update(email=user.email)
    guest = User.objects.get(pk=world.actor("invited").user.pk)
    Invitation.objects.filter(pk=world.last(Invitation, "bakery")).update(email=guest.email)
    hand_out_tokens(world)
    world.mails = Mail.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    learn(world)


def hand_out_tokens(world: World) -> None:
    """Every open invitation's token becomes one that the walk knows."""
    for invitation in Invitation.objects.all():
        tenant = world.owners.tenant[Invitation, invitation.pk]
        token = f"{tenant}{invitation.pk}".ljust(43, "x")
        Invitation.objects.filter(pk=invitation.pk).update(token_hash=invitations.hash_of(token))
        world.tokens[tenant] = token


def functions() -> list[str]:
    """Our functions in the database that may write, so that reading by one of them does not count as reading."""
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        return [name for (name,) in cursor.fetchall()]
