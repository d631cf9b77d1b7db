"""The houses of the world: three agencies with their clients, furnished by the product's own functions."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.utils import timezone

from agencies import applications, visits
from agencies.models import Agency, User
from billing import rollups, subscriptions
from billing.models import Lasts, Pack, Plan, Resource
from chatbots.answers import exchange
from chatbots.answers.answering import Answer
from tests import conftest
from tests.matrix import cast
from tests.matrix.cast import VISITOR, Actor
from workspaces import closing, freeing, invitations
from workspaces.models import Workspace

CLIENTS = ("bakery", "bookshop", "kiosk", "attic")
TOKENS = {name: name[:2].ljust(43, "x") for name in CLIENTS}  # of one visitor each


def settle(houses: dict[str, Any]) -> list[Actor]:
    """Let people, chatbots and visitors in; returns who will ask."""
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
    return actors


def open_houses() -> dict[str, Any]:
    support = conftest.person("Support", is_staff=True)
    support.user_permissions.set(support_may())
    Pack.objects.create(name="Seats", resource=Resource.SEATS, amount=5, price=1900, lasts=Lasts.RECURRING)
    northwind, rival = (approved(name, support) for name in ("Northwind", "Rival"))
    newcomer = applied("Newcomer")
    clients = {name: conftest.client_workspace(northwind, name.title()) for name in ("attic", "bookshop", "bakery")}
    kiosk = conftest.client_workspace(rival, "Kiosk")
    return {"support": support, "northwind": northwind, "rival": rival, "newcomer": newcomer, **clients, "kiosk": kiosk}


def support_may() -> Iterable[Any]:
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
    subscriptions.subscribe(agency, plan=Plan.objects.get(code="agency"), started_at=now, now=now, by=support)
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
