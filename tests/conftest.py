"""The cast, as a story.

Ada owns Northwind, an agency; Al is its admin, Ana its analyst. Bo manages its client workspace Bakery, Vi may only
look there, Ed was there once, and Sue is in Bookshop, the workspace next door. Mallory owns Rival, another agency, and
must never learn that Bakery exists. Nina owns Newcomer, a plain account. Sam is support, Su a superuser.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from fcntl import LOCK_EX, flock
from importlib import import_module
from os import SEEK_END
from types import SimpleNamespace
from typing import Any
from uuid import uuid4
from zlib import crc32

import pytest
from allauth.account.models import EmailAddress
from asgiref.sync import async_to_sync
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth.models import Permission
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import timezone
from xdist.scheduler import LoadScopeScheduling

from agencies.access import set_staff_role
from agencies.models import Agency, User
from agencies.permissions import MemberRole, StaffRole
from agencies.support import appoint
from billing import entitlements, subscriptions
from billing.models import Plan
from chatbots.bots import bots
from chatbots.knowledge import sources
from chatbots.models import Chatbot, DataSource
from chatbots.public import limits
from workspaces import lifecycle, signup
from workspaces.access import remove, set_role
from workspaces.models import Workspace

TOKEN = "v" * 43  # a visitor's
BROWSER, MATRIX = "tests/browser/", "tests/matrix/"
AGENCIES = "agencies.migrations.0001_squashed_0011_forget_meetings"
BILLING = "billing.migrations.0001_squashed_0016_usage_totals"
LONG, NEED_DATA = 6, {"db", "transactional_db", "world"}  # rows; fixtures


# --- the run ---------------------------------------------------------------------------------------------------------


class Together(LoadScopeScheduling):
    """A worker for each module at a time; but one for all of tests/browser, whose demo takes long to start, and one for
    the shorter round of tests/matrix, whose world takes long to build.
    """

    def _split_scope(self, nodeid: str) -> str:
        folders = (BROWSER,) if self.config.getoption("--whole", default=False) else (BROWSER, MATRIX)
        return next((folder for folder in folders if nodeid.startswith(folder)), str(super()._split_scope(nodeid)))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="Every URL in every way, by everybody: no shorter round")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """The browser's tests first, then the matrix: they take longest, and the other workers have the rest meanwhile."""
    if not config.getoption("--whole", default=False):
        leave_rows_to_slow(items)
    yield
    items.sort(key=lambda item: (not item.nodeid.startswith(BROWSER), not item.nodeid.startswith(MATRIX)))


def leave_rows_to_slow(items: list[pytest.Item]) -> None:
    """Of a long table of cases that each need the database, two of three rows are left to `make slow`."""
    rows = Counter(item.nodeid.partition("[")[0] for item in items)
    for item in items:
        is_long = rows[item.nodeid.partition("[")[0]] > LONG
        if is_long and not NEED_DATA.isdisjoint(getattr(item, "fixturenames", ())) and crc32(item.nodeid.encode()) % 3:
            item.add_marker(pytest.mark.slow)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together | None:
    return Together(config, log) if config.getvalue("dist") == "loadscope" else None


# --- the house -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[None]:
    """One database is made by the migrations, which take long; each worker has a copy of it."""
    making, name = connection.creation, connection.settings_dict["NAME"]
    run = tmp_path_factory.getbasetemp().parent
    with django_db_blocker.unblock():
        if worker_id == "master":
            making.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        else:
            with (run / "migrated").open("a") as made:
                flock(made, LOCK_EX)
                copy(making, worker_id, is_first=not made.seek(0, SEEK_END))
                made.write("yes")
    yield
    with django_db_blocker.unblock():
        making.destroy_test_db(name, verbosity=0)


def copy(making: Any, worker_id: str, *, is_first: bool) -> None:
    """Make the worker's database from the one that all begin with, which nobody is connected to meanwhile."""
    if is_first:
        making.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    else:
        connection.settings_dict["NAME"] = making._get_test_db_name()
    connection.close()
    making.clone_test_db(worker_id, verbosity=0, autoclobber=True)
    connection.settings_dict["NAME"] = making.get_test_db_clone_settings(worker_id)["NAME"]


@pytest.fixture(autouse=True, scope="session")
def _tasks_run_at_once() -> None:
    from config.celery import app

    app.conf.task_always_eager = True


@pytest.fixture(autouse=True)
def _house(settings: Any) -> None:
    """Cheap passwords, mails in memory, no model, and limits that this test shares with no other."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "agencies.mail.OutboxBackend"  # as it is set; pytest-django puts its own there
    settings.DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}}
    settings.LLM_BASE_URL = ""
    settings.SUPPORT_NEEDS_SECOND_FACTOR = False  # of Sam in every test; what asks for it has its own


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def plans(db: None) -> None:
    fill_catalogue()


def fill_catalogue() -> None:
    """The catalogue of the migration, also after a transactional test has emptied every table."""
    for code, name, *numbers in import_module(BILLING).PLANS:
        amounts = dict(zip(("messages", "sources", "seats", "workspaces", "chatbots"), numbers, strict=True))
        Plan.objects.get_or_create(code=code, defaults={"name": name, **amounts})


def open_office() -> None:
    """Support's hours as the migration has them, also after a transactional test has emptied every table."""
    import_module(AGENCIES).open_office(apps, None)


def fill_group() -> None:
    """The group of the migration, likewise."""
    import_module(BILLING).make_group(apps, None)


# --- people and places -----------------------------------------------------------------------------------------------


def person(name: str, **fields: Any) -> User:
    user = User.objects.create_user(f"{name.lower().replace(' ', '-')}@example.com", name=name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def account(owner: User, name: str) -> Agency:
    return entitlements.apply(signup.open_account(owner, name=name), now=timezone.now())


def agency(owner: User, name: str, approved_by: User) -> Agency:
    """An approved agency on the plan `agency`, five days into its period."""
    opened, now = account(owner, name), timezone.now()
    begun = now - timedelta(days=5)
    Agency.objects.filter(pk=opened.pk).update(approved_at=begun, approved_by=approved_by)
    subscriptions.subscribe(
        opened, plan=Plan.objects.get(code="agency"), started_at=begun, now=timezone.now(), by=approved_by
    )
    return Agency.objects.get(pk=opened.pk)


def client_workspace(of: Agency, name: str) -> Workspace:
    owner = of.staff.get(role=StaffRole.OWNER).user
    return lifecycle.open_sub_workspace(of, name=name, by=owner, now=timezone.now())


def member(name: str, workspace: Workspace, role: str) -> User:
    user = person(name)
    set_role(workspace, user=user, role=role)
    return user


@pytest.fixture
def support(db: None) -> User:
    sam = person("Sam", is_staff=True)
    sam.user_permissions.set(Permission.objects.filter(content_type__app_label__in=["agencies", "billing"]))
    return sam


@pytest.fixture
def sol(db: None) -> User:
    """Support with the rights of the group alone, as a real one has."""
    fill_group()
    sol = person("Sol")
    appoint(sol)
    return User.objects.get(pk=sol.pk)


@pytest.fixture
def superuser(db: None) -> User:
    return person("Su", is_staff=True, is_superuser=True)


@pytest.fixture
def ada(db: None) -> User:
    return person("Ada")


@pytest.fixture
def northwind(plans: None, ada: User, support: User) -> Agency:
    return agency(ada, "Northwind", support)


@pytest.fixture
def admin(northwind: Agency) -> User:
    al = person("Al")
    set_staff_role(northwind, user=al, role=StaffRole.ADMIN)
    return al


@pytest.fixture
def analyst(northwind: Agency) -> User:
    ana = person("Ana")
    set_staff_role(northwind, user=ana, role=StaffRole.ANALYST)
    return ana


@pytest.fixture
def bakery(northwind: Agency) -> Workspace:
    return client_workspace(northwind, "Bakery")


@pytest.fixture
def bo(bakery: Workspace) -> User:
    return member("Bo", bakery, MemberRole.MANAGER)


@pytest.fixture
def vi(bakery: Workspace) -> User:
    return member("Vi", bakery, MemberRole.VIEWER)


@pytest.fixture
def ed(bakery: Workspace) -> User:
    """Was in Bakery once, and left."""
    ed = member("Ed", bakery, MemberRole.MANAGER)
    remove(ed.memberships.get(), by=ed, now=timezone.now())
    return ed


@pytest.fixture
def bookshop(northwind: Agency) -> Workspace:
    return client_workspace(northwind, "Bookshop")


@pytest.fixture
def sue(bookshop: Workspace) -> User:
    return member("Sue", bookshop, MemberRole.MANAGER)


@pytest.fixture
def mallory(db: None) -> User:
    return person("Mallory")


@pytest.fixture
def rival(plans: None, mallory: User, support: User) -> Agency:
    return agency(mallory, "Rival", support)


@pytest.fixture
def kiosk(rival: Agency) -> Workspace:
    return client_workspace(rival, "Kiosk")


@pytest.fixture
def nina(db: None) -> User:
    return person("Nina")


@pytest.fixture
def newcomer(plans: None, nina: User) -> Agency:
    return account(nina, "Newcomer")


# --- chatbots, and what they know ------------------------------------------------------------------------------------


def chatbot(workspace: Workspace, name: str) -> Chatbot:
    owner = workspace.agency.staff.get(role=StaffRole.OWNER).user
    return bots.create(workspace, name=name, language="english", by=owner, now=timezone.now())


def teach(bot: Chatbot, title: str, text: str, kind: str = DataSource.Kind.TEXT) -> DataSource:
    return sources.add(bot, kind=kind, title=title, text=text, by=None, now=timezone.now())


@pytest.fixture
def baker(bakery: Workspace) -> Chatbot:
    """Bakery's chatbot. It knows one text."""
    bot = chatbot(bakery, "Baker")
    teach(bot, "Opening hours", "The bakery opens at seven in the morning and closes at six in the evening.")
    return bot


@pytest.fixture
def bookworm(bookshop: Workspace) -> Chatbot:
    bot = chatbot(bookshop, "Bookworm")
    teach(bot, "Returns", "Books may be returned within thirty days if they were never read.")
    return bot


@pytest.fixture
def crier(kiosk: Workspace) -> Chatbot:
    """Rival's chatbot."""
    bot = chatbot(kiosk, "Crier")
    teach(bot, "Newspapers", "The kiosk sells newspapers of forty countries, the freshest at noon.")
    return bot


# --- the doors -------------------------------------------------------------------------------------------------------


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def signed_in(user: User) -> Client:
        browser = Client(raise_request_exception=True)
        browser.force_login(user)
        return browser

    return signed_in


def content_of(answer: Any) -> bytes:
    """The whole body of an answer, also of a stream."""
    if not answer.streaming:
        return bytes(answer.content)

    async def read() -> bytes:
        return b"".join([part async for part in answer])

    return async_to_sync(read)() if answer.is_async else b"".join(answer.streaming_content)


class Visitor(Client):
    """A browser at the public door."""

    def request(self, **request: Any) -> Any:
        door = {"ROOT_URLCONF": django_settings.PUBLIC_URLCONF, "MIDDLEWARE": django_settings.PUBLIC_MIDDLEWARE}
        with override_settings(**door):
            return super().request(**request)

    def ask(self, bot: Chatbot, text: str, *, token: str = TOKEN, message_id: str = "", **extra: Any) -> HttpResponse:
        sent = {"token": token, "message_id": message_id or str(uuid4()), "text": text}
        return self.post(f"/c/{bot.public_id}/messages/", sent, **extra)


@pytest.fixture
def minute(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The clock of the limits of the public door: it stands still until the test turns it."""
    clock = SimpleNamespace(now=1_800_000_000)
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: clock.now))
    monkeypatch.setattr(limits, "_here", limits.Window(0, Counter()))
    return clock


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch, minute: SimpleNamespace) -> Visitor:
    """Somebody with a browser. The test's transaction lives on this thread's connection, so nobody may close that."""
    monkeypatch.setattr("chatbots.answers.waiting.close_old_connections", lambda: None)
    return Visitor()
