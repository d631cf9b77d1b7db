"""The address of every page that somebody can look at in the demo, made from both URLconfs and the rows that are there.

`TELL` prints them in a process of its own, for whoever looks at a demo that other processes serve; `STRETCH` gives its
rows names as long as they may be.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Model

from agencies.meetings import links
from agencies.models import Agency, Meeting, User
from chatbots.models import Blueprint, Chatbot, Conversation, DataSource, Lead
from config import checks
from config.checks import Route
from config.demo import cast
from tests.matrix.addresses import PARAMETER, parameters, table_of
from tests.matrix.tables import CONSTANTS
from workspaces.models import Workspace

STRETCH = "import django; django.setup(); from tests import places; places.stretch()"
TELL = "import django; django.setup(); from tests import places; places.tell()"
CONSOLE, PUBLIC = checks.DOORS
KINDS = {"agency", "workspace", "signed in"}
GERMAN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
ARABIC = "شركة المخابز والحلويات والمعجنات الشرقية والغربية المتحدة للتجارة العامة والتوزيع"
STRETCHED = {Agency: "name", Workspace: "name", User: "name", Chatbot: "name", DataSource: "title", Blueprint: "name"}
STRETCHED |= {Conversation: "visitor_name", Meeting: "name", Lead: "name"}
OF = ("chatbot", "workspace", "agency", "user")  # how a row says whose it is, the closest first


@dataclass(frozen=True)
class Place:
    """Where everything is looked at, and by whom."""

    agency: Agency
    chatbot: Chatbot | None
    owner: User

    def address(self, route: Route) -> str:
        """Raises LookupError when a parameter of the route has no row here."""
        values = self.values(route)
        return "/" + PARAMETER.sub(lambda match: str(values[match[1] or match[2]]), route.pattern).replace("^", "")

    def values(self, route: Route) -> dict[str, Any]:
        known = {name: inside for name, (inside, _) in CONSTANTS.items()} | {"agency_id": self.agency.pk}
        if self.chatbot:
            known |= {"workspace_id": self.chatbot.workspace_id, "chatbot_id": self.chatbot.pk}
        return {name: known[name] if name in known else self.newest(route, name) for name in parameters(route)}

    def newest(self, route: Route, name: str) -> Any:
        table: type[Model] = table_of(route, name)
        own = {"chatbot": self.chatbot, "workspace": self.chatbot and self.chatbot.workspace}
        own |= {"agency": self.agency, "user": self.owner}
        columns = {field.name for field in table._meta.concrete_fields}
        narrow = next(({name: own[name]} for name in OF if name in columns), {})
        if route.access and route.access.kind == "support":
            narrow = {}
        found = table._default_manager.filter(**narrow).order_by("pk").last()
        if found is None:
            raise LookupError(f"no {table.__name__}")
        return found.pk


@dataclass(frozen=True)
class Page:
    """One address, and who looks: the e-mail of a demo login, or nobody who is signed in."""

    who: str
    name: str
    path: str
    door: str = CONSOLE


def northwind() -> Place:
    agency = Agency.objects.get(name="Northwind")
    chatbot = agency.workspaces.get(name="Bakery").chatbots.earliest("pk")
    return Place(agency, chatbot, agency.staff.get(role="owner").user)


def pages(place: Place, kinds: set[str] = KINDS) -> Iterator[tuple[str, str]]:
    """(name, address) of every route that somebody signed in may ask for; those without a row here are left out."""
    for route in checks.routes():
        if route.door == CONSOLE and route.access and route.access.kind in kinds and route.name:
            try:
                yield route.name, place.address(route)
            except LookupError:
                continue


def all_pages() -> Iterator[Page]:
    """Everybody's: an owner's, a client's, a newcomer's, support's, and what is open to all."""
    here = northwind()
    newcomer = Agency.objects.get(name="Newcomer")
    theirs = Place(newcomer, None, newcomer.staff.get().user)
    of_people = [(cast.ADA, here, KINDS | {"account"}), (cast.BO, here, {"workspace", "signed in"})]
    of_people += [(cast.NINA, theirs, {"agency"}), (cast.SUPPORT, here, {"support"})]
    for login, place, kinds in of_people:
        yield from (Page(login.email, name, path) for name, path in pages(place, kinds))
    open_to_all = pages(here, {"public", "account"})
    yield from (Page("", name, path) for name, path in open_to_all if CONSTANTS["key"][0] not in path)
    yield Page("", "nothing", "/nothing/")
    if meeting := Meeting.objects.order_by("pk").last():
        key = links.key_of(meeting)
        yield from (
            Page("", f"meetings:{way or 'show'}", f"/meetings/{key}/{way}") for way in ("", "reschedule/", "cancel/")
        )
    for bot in Chatbot.objects.filter(workspace__agency=here.agency).order_by("pk"):
        yield from (Page("", f"public:{way or 'chat'}", f"/c/{bot.public_id}/{way}", PUBLIC) for way in ("", "try/"))


def tell() -> None:
    print(json.dumps([asdict(page) for page in all_pages()]))


def stretch() -> None:
    """A word of 80 letters and an Arabic name in turn: neither a break nor the direction may be taken for granted."""
    for table, field in STRETCHED.items():
        for number, row in enumerate(table._default_manager.order_by("pk")):
            name = f"{(GERMAN, ARABIC)[number % 2][:76]}{number:04}"
            table._default_manager.filter(pk=row.pk).update(**{field: name})
