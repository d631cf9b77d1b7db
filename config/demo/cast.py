"""The people and accounts of the demo, made by the same functions as everybody's. Nobody else exists."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from agencies import applications, questions
from agencies import support as people
from agencies.meetings import booking, slots
from agencies.models import Agency, Application, User
from agencies.permissions import MemberRole
from billing import entitlements, periods, subscriptions
from billing.models import Plan
from config.demo import packs
from workspaces import access, invitations, signup
from workspaces.models import Workspace

PASSWORD = "try-bureau-today"  # noqa: S105 (public on purpose: the demo refuses to load anywhere else)
INTO_PERIOD = timedelta(days=20)
IDLE = timedelta(days=41)  # since Vi was here: her seat is marked as idle
HOME = "Europe/Berlin"


@dataclass(frozen=True)
class Login:
    """A person who can sign in, and what a reader of the printed logins should know about them."""

    email: str
    name: str
    part: str


SUPPORT = Login("support@bureau.example", "Support", "support")
ADA = Login("ada@northwind.example", "Ada", "agency owner")
BO = Login("bo@bakery.example", "Bo", "client contact")
VI = Login("vi@bakery.example", "Vi", "client, may only look")
NINA = Login("nina@newcomer.example", "Nina", "waits for approval")
MALLORY = Login("mallory@rival.example", "Mallory", "owner of a second agency")
EVERYONE = (SUPPORT, ADA, BO, VI, NINA, MALLORY)
INVITED = "hello@garden-centre.example"


def is_here() -> bool:
    """Whether the demo was loaded before, even if its agencies have been renamed since."""
    return User.objects.filter(email__in=[login.email for login in EVERYONE]).exists()


def join(login: Login, *, since: datetime, **fields: Any) -> User:
    """A login with a password and a verified address."""
    user = User.objects.create(email=login.email, password=hashed(), name=login.name, date_joined=since, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@cache
def hashed() -> str:
    return make_password(PASSWORD)  # once for all: hashing is slow on purpose


def support(now: datetime) -> User:
    """In the group of support, and no superuser: what support may do is tried as it is."""
    user = join(SUPPORT, since=now - timedelta(days=400), is_staff=True)
    people.appoint(user)
    return user


def northwind(now: datetime, *, approver: User) -> Agency:
    """An approved agency, 20 days into its period, with 10,000 messages from its plan and 2,000 from a pack."""
    began = anchor(now)
    agency = account(ADA, name="Northwind", since=began - timedelta(days=8))
    application = apply(agency, at=began - timedelta(days=5), clients=5, messages=12_000)
    agency = subscriptions.approve(application, by=approver, now=began - timedelta(days=2))
    subscriptions.subscribe(agency, plan=Plan.objects.get(code="agency"), started_at=began, now=began, by=approver)
    # Before the previous period began: that one, too, used more than the plan alone holds.
    packs.bought(agency, since=now - timedelta(days=52), now=now)
    return Agency.objects.get(pk=agency.pk)


def newcomer(now: datetime, *, asker: User) -> Agency:
    """An account whose application waits for an answer."""
    agency = account(NINA, name="Newcomer", since=now - timedelta(days=3))
    application = apply(agency, at=now - timedelta(days=2), clients=3, messages=4000)
    wanted = "Which of your clients would you begin with, and what do their visitors ask most often?"
    questions.ask(application, text=wanted, by=asker, now=now - timedelta(hours=20))
    note = "Their website lists three bakeries. Good to begin with."
    questions.note(application, text=note, by=asker, now=now - timedelta(hours=20))
    meeting(agency, now)
    return agency


def meeting(newcomer: Agency, now: datetime) -> None:
    """The owner of the account that waits meets support, at the first time that is free."""
    nina = newcomer.staff.get().user
    booking.schedule(
        starts_at=slots.free(now)[0],
        time_zone=HOME,
        came_from="demo",
        request_key=uuid4(),
        by=nina,
        now=now,
        name=nina.name,
        email=nina.email,
        company=newcomer.name,
        website="https://newcomer.example",
        clients=3,
        messages=4000,
        goals="See how one pool is shared by three clients.",
    )


def rival(now: datetime, *, approver: User) -> Agency:
    """A second approved agency, on the trial plan, whose periods count from the day it signed up."""
    began = anchor(now)
    agency = account(MALLORY, name="Rival", since=began)
    application = apply(agency, at=began + timedelta(days=1), clients=1, messages=500)
    return subscriptions.approve(application, by=approver, now=began + timedelta(days=2))


def account(owner: Login, *, name: str, since: datetime) -> Agency:
    """An account with its main workspace, as signing up opens it, moved to the day on which it is said to have been."""
    agency = signup.open_account(join(owner, since=since), name=name, now=since)
    Agency.objects.filter(pk=agency.pk).update(created_at=since, time_zone=HOME)
    agency.workspaces.update(created_at=since)
    agency.staff.update(since=since)
    return entitlements.apply(agency, now=since)


def apply(agency: Agency, *, at: datetime, clients: int, messages: int) -> Application:
    """The owner asks for the agency model."""
    return applications.submit(
        agency,
        by=agency.staff.get().user,
        website=f"https://{agency.name.lower()}.example",
        clients=clients,
        messages=messages,
        goals="One chatbot for each of our clients, looked after by us.",
        now=at,
    )


def people_of_clients(bakery: Workspace, garden_centre: Workspace, *, owner: User, now: datetime) -> None:
    """Bo and Vi at the bakery, and an invitation to the garden centre that nobody has accepted yet."""
    since = bakery.created_at + timedelta(days=1)
    for login, role, seen in ((BO, MemberRole.MANAGER, now), (VI, MemberRole.VIEWER, now - IDLE)):
        person = join(login, since=since, last_active_on=seen.date())
        membership = access.set_role(bakery, user=person, role=role)
        membership.since = since
        membership.save(update_fields=["since"])
    invited_at = now - timedelta(days=1)
    invitations.invite(garden_centre, email=INVITED, role=MemberRole.EDITOR, by=owner, now=invited_at)


def anchor(now: datetime) -> datetime:
    """When something began whose present period is exactly 20 days old, and which has seen two periods before.

    A month that has no such day is passed over: a 31st counted from a 30th would begin the present period too early.
    """
    start = now.astimezone(UTC) - INTO_PERIOD
    earlier = (periods.add_months(start, -months) for months in count(2))
    return next(at for at in earlier if at.day == start.day)
