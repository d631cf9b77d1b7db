"""Three agencies and their clients, with a row of everything, and a canary in every text.

Northwind has the clients Bakery and Bookshop, Rival has Kiosk, and Newcomer's account was not approved. Built once for
each module of tests, inside a transaction that is rolled back; every request is undone by its savepoint.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection
from django.db.models import AutoField
from django.test import Client
from django.utils import timezone

from agencies import applications, visits
from agencies.models import Agency, Mail, User
from billing import rollups, subscriptions
from billing.models import Plan, Resource
from chatbots.answers import exchange
from chatbots.answers.answering import Answer
from tests import conftest
from tests.conftest import Visitor
from tests.matrix import canaries, cast, growing, tenancy
from tests.matrix.canaries import Canaries
from tests.matrix.cast import VISITOR, Actor
from tests.matrix.tenancy import Key, Owners, Row, Table
from workspaces import closing, freeing, invitations
from workspaces.models import Invitation, Workspace

FUNCTIONS = "SELECT proname FROM pg_proc WHERE provolatile = 'v' AND pronamespace = 'public'::regnamespace"
APART = 10_000  # so far apart do the keys of two tables begin: no key of one is a key of another
CLIENTS = ("bakery", "bookshop", "kiosk", "attic")
TOKENS = {name: name[:2].ljust(43, "x") for name in CLIENTS}  # of one visitor each


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

    def actor(self, name: str) -> Actor:
        return next(actor for actor in self.actors if actor.name == name)

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
    houses = open_houses()
    insiders = list(cast.insiders(houses["northwind"], houses["bakery"]))
    outsiders = list(cast.outsiders(houses))
    for name in CLIENTS:
        furnish(houses[name])
    for name in ("northwind", "rival"):
        furnish_agency(houses[name])
    actors = [*insiders, *outsiders, *coming_and_going(houses), VISITOR]
    rollups.roll_up()
    for name in CLIENTS:
        talk(houses[name])  # leaves a day that is not rolled up yet
    world = World(tenants_of(houses), actors, Canaries(), Owners(roots(houses, actors)), set())
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


def open_houses() -> dict[str, Any]:
    support = conftest.person("Support", is_staff=True)
    support.user_permissions.set(support_may())
    northwind, rival = (approved(name, support) for name in ("Northwind", "Rival"))
    newcomer = applied("Newcomer")
    clients = {name: conftest.client_workspace(northwind, name.title()) for name in ("attic", "bookshop", "bakery")}
    kiosk = conftest.client_workspace(rival, "Kiosk")
    return {"support": support, "northwind": northwind, "rival": rival, "newcomer": newcomer, **clients, "kiosk": kiosk}


def support_may() -> Iterable[Any]:
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(content_type__app_label__in=["agencies", "billing"])


def applied(name: str) -> Agency:
    owner = conftest.person(f"{name}s Owner")
    opened = conftest.account(owner, name)
    applications.submit(
        opened, by=owner, website="https://a.example", clients=3, messages=3000, goals="Grow", now=timezone.now()
    )
    return Agency.objects.get(pk=opened.pk)


def approved(name: str, support: User) -> Agency:
    agency, now = applied(name), timezone.now()
    subscriptions.approve(agency.applications.get(), by=support, now=now)
    subscriptions.subscribe(agency, plan=Plan.objects.get(code="agency"), started_at=now, by=support)
    subscriptions.widen(agency, resource=Resource.SEATS, amount=500, added_at=now, by=support)
    return Agency.objects.get(pk=agency.pk)


def furnish(workspace: Workspace) -> None:
    """Members, an open invitation, two chatbots that know something, and conversations."""
    conftest.member(f"Guest of {workspace}", workspace, "viewer")
    invite(workspace, f"guest-{workspace}@example.com".lower())
    for name in ("Spare", "Main"):
        bot = conftest.chatbot(workspace, name)
        conftest.teach(bot, "Opening hours", "The house opens at seven in the morning, and closes at six.")
        conftest.teach(bot, "Do you deliver?", "Yes, every day.", kind="qa")
        conftest.teach(bot, "Returns", "Whatever was bought is taken back within thirty days.")
    talk(workspace)


def furnish_agency(agency: Agency) -> None:
    """Somebody invited into the team, and a seat that was freed."""
    owner, now = cast.owner_of(agency), timezone.now()
    invitations.invite_staff(agency, email=f"colleague-{agency}@example.com".lower(), role="analyst", by=owner, now=now)
    client = agency.workspaces.filter(is_main=False).latest("pk")
    freed = conftest.member(f"Freed of {client}", client, "viewer")
    freeing.free(agency, email=freed.email, by=owner, now=now)


def invite(workspace: Workspace, email: str) -> None:
    by = cast.owner_of(workspace.agency)
    invitations.invite(workspace, email=email, role="editor", by=by, now=timezone.now())


def coming_and_going(houses: dict[str, Any]) -> list[Actor]:
    """Who is not inside yet, or not any more, or for a while: each stands between the others."""
    now = timezone.now()
    invited, visiting = conftest.person("Invited"), conftest.person("Visiting", is_staff=True)
    invite(houses["bakery"], invited.email)
    visits.enter(houses["northwind"], by=visiting, reason="They asked for help", now=now)
    archived = conftest.member("Archived", houses["attic"], "manager")
    closing.archive(houses["attic"], by=cast.owner_of(houses["northwind"]), now=now)
    return [Actor("invited", invited), Actor("visiting", visiting), Actor("archived", archived)]


def talk(workspace: Workspace) -> None:
    """An exchange of one visitor with each chatbot."""
    now, token = timezone.now(), TOKENS[str(workspace).lower()]
    for bot in workspace.chatbots.all():
        asked = {"token": token, "text": "When?"}
        held = exchange.begin(bot, **asked, message_id=f"{bot.pk}-{bot.conversations.count()}-{now}", now=now)
        exchange.finish(bot, held, **asked, answer=Answer("At seven.", ["Opening hours"]), now=now)


def tenants_of(houses: dict[str, Any]) -> dict[str, Any]:
    """Every agency and workspace by the name that its canaries carry; main workspaces too."""
    mains = {f"{workspace.agency.name.lower()}main": workspace for workspace in Workspace.objects.filter(is_main=True)}
    return {name: house for name, house in {**houses, **mains}.items() if isinstance(house, Agency | Workspace)}


def roots(houses: dict[str, Any], actors: list[Actor]) -> dict[Key, str]:
    tenants = {(type(house), house.pk): name for name, house in tenants_of(houses).items()}
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
