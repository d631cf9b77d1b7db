"""Loads the demo: all of it in one transaction, or nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from agencies.models import Agency
from billing import alerts, rollups
from chatbots.insights import rollups as metrics
from config.demo import cast, clients, desk, history, leads, money, onboarding, packs, reports, talks
from config.demo.clients import Client
from workspaces.models import Workspace

CLIENTS_SINCE = timedelta(days=67)  # two days before the first conversation


@transaction.atomic
def load(now: datetime) -> list[str]:
    """Make the demo as of `now` and say what was made. What is there already is left alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('demo'))")  # of two loads at once, one finds it made
    if cast.is_here():
        return ["The demo is here already: nothing was changed."]
    support = cast.support(now)
    packs.catalogue(now - timedelta(days=400))
    money.price()
    northwind = cast.northwind(now, approver=support)
    told = serve(northwind, (clients.BAKERY, clients.BOOKSHOP, clients.GARDEN_CENTRE), now)
    bakery, garden_centre = (northwind.workspaces.get(name=name) for name in ("Bakery", "Garden centre"))
    cast.people_of_clients(bakery, garden_centre, owner=northwind.staff.get().user, now=now)
    desk.settle(bakery, agent=northwind.staff.get().user, now=now)
    leads.leave(northwind.workspaces.get(name="Bookshop").chatbots.get(), now)
    cast.newcomer(now, asker=support)
    rival = cast.rival(now, approver=support)
    told += serve(rival, (clients.WORKSHOP,), now)
    onboarding.lead(northwind, rival, now)
    rolled = rollups.roll_up()
    metrics.roll_up()
    alerts.raise_due(rolled, now=now)
    money.settle(northwind, support=support, now=now)
    reports.write(northwind, by=northwind.staff.get().user, now=now)
    return [*told, f"Rolled up {len(rolled)} agencies. One application waits: Newcomer's."]


def serve(agency: Agency, its_clients: Sequence[Client], now: datetime) -> list[str]:
    """Open the clients' workspaces and write what their chatbots have said."""
    owner, exchanges, told = agency.staff.get().user, [], []
    for client in its_clients:
        workspace, chatbots = clients.open_workspace(agency, client, by=owner, now=now - CLIENTS_SINCE)
        pairs = zip(chatbots, client.bots, strict=True)
        repertoires = [talks.repertoire(chatbot, bot) for chatbot, bot in pairs]
        said = history.of_client(agency, client, repertoires, now)
        exchanges += said
        told.append(sentence(agency, workspace, client, len(said)))
    history.write(agency, exchanges)
    return told


def sentence(agency: Agency, workspace: Workspace, client: Client, said: int) -> str:
    names = " and ".join(bot.name for bot in client.bots)
    return f"{agency} · {workspace}: {names}; {said:,} exchanges, {client.units:,} units in this period."


def logins() -> str:
    """The demo's logins, aligned, one a line."""
    parts = max(len(login.part) for login in cast.EVERYONE)
    emails = max(len(login.email) for login in cast.EVERYONE)
    lines = (f"  {login.part:{parts}}  {login.email:{emails}}  {cast.PASSWORD}" for login in cast.EVERYONE)
    return "\n".join(["Demo logins", *lines])
