"""The houses of the world: three agencies with their clients, furnished by the product's own functions."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from agencies import applications, visits
from agencies.meetings import booking
from agencies.meetings import slots as meeting_slots
from agencies.models import Agency, User
from billing import alerts, allocation, corrections, orders, payments, rollups, subscriptions, units
from billing.models import Lasts, LedgerEntry, Order, Pack, PartnerTier, Plan, Resource, Way, WorkspacePeriod
from billing.revenue import books, calendars, model_use, partners, terms
from billing.revenue.closing import close
from billing.revenue.model_use import Spent
from billing.revenue.sums import Priced
from billing.webhooks import Tells, Told
from chatbots.answers import exchange, providers, storing
from chatbots.answers.answering import Answer
from chatbots.bots import blueprints, bots
from chatbots.conversations import erasing, leads
from chatbots.embed import identity
from chatbots.insights import rollups as metrics
from chatbots.keys import keys
from chatbots.knowledge import learned, learning, sources
from chatbots.models import Chatbot
from chatbots.onboarding import hiding, progress
from chatbots.reports import months as reported
from chatbots.reports import reports, scheduling
from tests import conftest
from tests.matrix import cast
from tests.matrix.cast import VISITOR, Actor
from workspaces import asking, closing, freeing, invitations
from workspaces.models import AtLimit, Workspace

CLIENTS = ("bakery", "bookshop", "kiosk", "attic")
PROVIDER = {"base_url": "https://127.0.0.1/v1", "model": "a model", "api_key": "a key of theirs", "falls_back": False}
TOKENS = {name: name[:2].ljust(43, "x") for name in CLIENTS}  # of one visitor each


def settle(houses: dict[str, Any]) -> list[Actor]:
    """Let people, chatbots and visitors in; returns who will ask."""
    insiders = list(cast.insiders(houses["northwind"], houses["bakery"]))
    outsiders = list(cast.outsiders(houses))
    for name in CLIENTS:
        furnish(houses[name])
        correct(houses[name], houses["support"])
    for name in reversed(CLIENTS):  # the agency's newest is that of a client which stays open
        keep_as_a_blueprint(houses[name].chatbots.select_related("workspace").latest("pk"))
    for name in ("northwind", "rival"):
        furnish_agency(houses[name], houses["support"])
    actors = [*insiders, *outsiders, *coming_and_going(houses), VISITOR]
    rollups.roll_up()
    metrics.roll_up()
    for name in CLIENTS:
        talk(houses[name])  # leaves a day that is not rolled up yet
        come_near_the_cap(houses[name])
    return actors


def open_houses() -> dict[str, Any]:
    support = conftest.person("Support", is_staff=True)
    support.user_permissions.set(support_may())
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
    """Members, an invitation, an allocation, two chatbots that know something, talks, and what visitors left."""
    conftest.member(f"Guest of {workspace}", workspace, "viewer")
    invite(workspace, f"guest-{workspace}@example.com".lower())
    allocate(workspace)
    for name in ("Spare", "Main"):
        bot = conftest.chatbot(workspace, name)
        conftest.teach(bot, "Opening hours", "The house opens at seven in the morning, and closes at six.")
        conftest.teach(bot, "Do you deliver?", "Yes, every day.", kind="qa")
        conftest.teach(bot, "Returns", "Whatever was bought is taken back within thirty days.")
        hand_over(bot)
    ask_own_model(bot)
    identity.renew(bot, by=cast.owner_of(workspace.agency), now=timezone.now())
    make_a_key(workspace)
    forget(workspace)
    talk(workspace)
    ask_for_more(workspace)
    leave_words(workspace)
    report(workspace)


def hand_over(bot: Chatbot) -> None:
    """A file, and a website of which a page was learned; nobody fetches or reads them."""
    by, now = cast.owner_of(bot.workspace.agency), timezone.now()
    wishes = {"reach": "site", "include": "/help", "exclude": "/help/old", "schedule": "weekly"}
    [paper] = sources.add_files(
        bot, files=[ContentFile(b"We park behind the mill.", name="parking.txt")], by=by, now=now
    )
    website = sources.add_website(bot, url="https://house.example/help", by=by, now=now, **wishes)
    for source, name in ((paper, "parking.txt"), (website, "https://house.example/help")):
        learning.find(source, [name], depth=0)
        learned.learn_page(source.pages.get(), title="Help", text="# Parking\n\nWe park behind the mill.")
        learning.end(source, now=now)


def keep_as_a_blueprint(bot: Chatbot) -> None:
    """Saved as one, then pushed into the chatbot after it was changed; a picture, too."""
    owner, now = cast.owner_of(bot.workspace.agency), timezone.now()
    bots.configure(bot, picture=b"a picture", radius=4, by=owner, now=now)
    kept = blueprints.save(bot, name=f"As in {bot.workspace}", replaces=False, by=owner, now=now)
    bots.configure(bot, accent="#111111", by=owner, now=now)
    blueprints.push(kept, chatbots=[bot], settings=["accent"], by=owner, now=now)


def ask_own_model(bot: Chatbot) -> None:
    """A provider of its own, at an address that nothing is ever sent to: the embedded answerer speaks."""
    owner = cast.owner_of(bot.workspace.agency)
    providers.set_for_chatbot(bot, by=owner, now=timezone.now(), **PROVIDER)


def correct(workspace: Workspace, support: User) -> None:
    """A reply was charged that should not have been."""
    reply = LedgerEntry.objects.filter(workspace=workspace).latest("pk")
    corrections.correct(reply, units=1, reason="A test of ours", by=support, now=timezone.now())


def furnish_agency(agency: Agency, support: User) -> None:
    """Somebody invited into the team, a seat that was freed, orders, a closed month, and a meeting."""
    owner, now = cast.owner_of(agency), timezone.now()
    invitations.invite_staff(agency, email=f"colleague-{agency}@example.com".lower(), role="analyst", by=owner, now=now)
    client = agency.workspaces.filter(is_main=False).latest("pk")
    freed = conftest.member(f"Freed of {client}", client, "viewer")
    freeing.free(agency, email=freed.email, by=owner, now=now)
    providers.set_for_agency(agency, by=owner, now=now, **PROVIDER)
    order(agency, owner)
    bill(agency, owner, support)
    progress.remember(agency)
    progress.look(agency, now=now)
    hiding.hide(agency, by=owner, now=now)
    meet(agency, owner)


def bill(agency: Agency, owner: User, support: User) -> None:
    """Terms of its clients, prices, a partner's tier, a month that was closed before its time, and the next terms."""
    now = timezone.now()
    month, flat = calendars.of(agency).running(now), Priced(Way.FLAT, fee=9_900)
    clients, since = list(agency.workspaces.filter(is_main=False)), month.start.date()
    tier, _ = PartnerTier.objects.get_or_create(name="Partner", defaults={"clients": 1, "rate": 2_000})
    partners.give(agency, tier=tier, rate=2_000, since=since, reason="Agreed", by=support, now=now)
    books.set_currency(agency, currency="USD", by=owner, now=now)
    books.set_rate(agency, currency="EUR", since=since, rate=Decimal("1.08"), by=owner, now=now)
    books.price_model(agency, model="a model", since=since, input_price=15, output_price=60, by=owner, now=now)
    for client in clients:
        terms.set_for(agency, client, since=since, priced=flat, by=owner, now=now)
        place = {"agency_id": agency.pk, "workspace_id": client.pk, "chatbot_id": client.chatbots.latest("pk").pk}
        model_use.record([Spent("a model", 100, 10, True)], **place, now=now)
    close(agency, start=month.start, by=owner, now=month.end + timedelta(hours=1))
    for client in clients:
        terms.set_for(agency, client, since=month.end.date(), priced=flat, by=owner, now=now)


def meet(agency: Agency, owner: User) -> None:
    """A meeting of its owner with support, at a time that nobody else has."""
    now, answers = timezone.now(), {"website": "", "clients": 3, "messages": 3000, "goals": "Grow"}
    who = {"name": "Owner", "email": owner.email, "company": str(agency), "came_from": str(agency), **answers}
    at = meeting_slots.free(now)[0]
    booking.schedule(starts_at=at, time_zone="UTC", request_key=uuid4(), by=owner, now=now, **who)


def order(agency: Agency, owner: User) -> None:
    """One that support is asked for, a subscription that was paid, and one whose page to pay on is open."""
    now = timezone.now()
    monthly = Pack.objects.filter(lasts=Lasts.RECURRING).first() or sell()
    _asked, paid, left = (
        orders.place(agency, pack=monthly, request_key=uuid4(), by=owner, now=now + timedelta(seconds=n))
        for n in range(3)
    )
    at_checkout = Order.objects.filter(pk__in=[paid.pk, left.pk])
    at_checkout.update(way=Order.Way.CHECKOUT, checkout_id=Concat(Value("cs_"), Cast("pk", CharField())))
    told = {"subscription_id": f"sub_{paid.pk}", "amount": paid.price, "currency": paid.currency}
    event = Told(f"evt_{paid.pk}", "checkout", Tells.PAID, now, checkout_id=f"cs_{paid.pk}", **told)
    payments.record(event, now=now)


def sell() -> Pack:
    catalogue = {"resource": Resource.SOURCES, "amount": 10, "price": 900}
    return Pack.objects.create(name="10 data sources", lasts=Lasts.RECURRING, **catalogue)


def come_near_the_cap(workspace: Workspace) -> None:
    """So much of the cap is used that more may be asked for, and one exchange still fits."""
    for _ in range(2):
        talk(workspace)
    used = WorkspacePeriod.objects.get(workspace=workspace).used
    Workspace.objects.filter(pk=workspace.pk).update(message_cap=used + units.MOST_PER_EXCHANGE)
    alerts.raise_due([workspace.agency_id], now=timezone.now())


def ask_for_more(workspace: Workspace) -> None:
    """A wish that is not decided yet: more seats."""
    Workspace.objects.filter(pk=workspace.pk).update(seat_cap=400)
    by = workspace.memberships.latest("pk").user
    asking.ask(workspace, resource=Resource.SEATS, used=400, note="A new season", by=by, now=timezone.now())


def invite(workspace: Workspace, email: str) -> None:
    by = cast.owner_of(workspace.agency)
    invitations.invite(workspace, email=email, role="editor", by=by, now=timezone.now())


def make_a_key(workspace: Workspace) -> None:
    """For a program that asks its chatbots."""
    owner = cast.owner_of(workspace.agency)
    keys.create(workspace, name="A program", request_key=uuid4(), by=owner, now=timezone.now())


def allocate(workspace: Workspace) -> None:
    """A cap and a guarantee of each resource, so that there is something to undo."""
    by = cast.owner_of(workspace.agency)
    for resource in Resource:
        allocation.allocate(workspace, resource=resource, cap=5000, guarantee=1, by=by, now=timezone.now())


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
    for bot in workspace.chatbots.order_by("pk"):  # the last line stands in the last conversation
        asked = {"token": token, "text": "When?"}
        held = exchange.begin(bot, **asked, message_id=f"{bot.pk}-{bot.conversations.count()}-{now}", now=now)
        storing.finish(bot, held, **asked, answer=Answer("At seven.", ["Opening hours"]), now=now)


def forget(workspace: Workspace) -> None:
    """One visitor's conversation was erased."""
    talk(workspace)
    by, now = cast.owner_of(workspace.agency), timezone.now()
    erasing.erase_visitor(workspace.conversations.select_related("workspace").latest("pk"), by=by, now=now)


def report(workspace: Workspace) -> None:
    """The last month, commented and sent, and a day on which the next ones are."""
    by, now, to = cast.owner_of(workspace.agency), timezone.now(), ["reader@example.com"]
    scheduling.schedule(workspace, day=3, recipients=to, unread=False, by=by, now=now)
    written = reports.draw_up(workspace, month=reported.last(workspace.agency, now), by=by, now=now)
    reports.comment(written, text="A good month.", by=by, now=now)
    reports.send(written, to=to, by=by, now=now)


def leave_words(workspace: Workspace) -> None:
    """A message for the team from one visitor of each chatbot; more of them may come."""
    workspace.at_limit = AtLimit.LEAD
    workspace.save(update_fields=["at_limit"])
    now, token = timezone.now(), TOKENS[str(workspace).lower()]
    for bot in workspace.chatbots.select_related("workspace").order_by("pk"):
        words = {"name": "Visitor", "email": "visitor@example.com", "text": "Please write to me."}
        leads.leave(bot, token=token, request_key=uuid4(), **words, now=now)
