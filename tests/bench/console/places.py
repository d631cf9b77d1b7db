"""The address of every page of the console that can be looked at, in one agency, one workspace, one chatbot."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from agencies.models import Agency, User
from chatbots.models import Chatbot
from config import checks
from config.checks import Route
from tests.matrix.addresses import PARAMETER, parameters, table_of
from tests.matrix.tables import CONSTANTS

KINDS = {"agency", "workspace", "signed in"}
OF = ("chatbot", "workspace", "agency", "user")  # how a row says whose it is, the closest first


@dataclass(frozen=True)
class Place:
    """Where everything is looked at, and by whom."""

    agency: Agency
    chatbot: Chatbot
    owner: User

    def values(self, route: Route) -> dict[str, Any]:
        """What the parameters of a route are here. Raises LookupError when there is no such row."""
        known = {
            "agency_id": self.agency.pk,
            "workspace_id": self.chatbot.workspace_id,
            "chatbot_id": self.chatbot.pk,
        }
        known |= {name: inside for name, (inside, _) in CONSTANTS.items()}
        return {
            name: known[name] if name in known else self.newest(table_of(route, name)) for name in parameters(route)
        }

    def newest(self, table: type[Model]) -> Any:
        own = {"chatbot": self.chatbot, "workspace": self.chatbot.workspace, "agency": self.agency, "user": self.owner}
        columns = {field.name for field in table._meta.concrete_fields}
        narrow = next(({name: own[name]} for name in OF if name in columns), {})
        found = table._default_manager.filter(**narrow).order_by("pk").last()
        if found is None:
            raise LookupError(f"no {table.__name__}")
        return found.pk


def pages(place: Place) -> Iterator[tuple[str, str]]:
    """(name, address) of every route that somebody signed in may ask for; those without a row here are left out."""
    for route in checks.routes():
        if route.door == "config.urls" and route.access and route.access.kind in KINDS:
            try:
                values = place.values(route)
            except LookupError:
                continue
            yield route.name, "/" + PARAMETER.sub(lambda match, values=values: str(values[match[1]]), route.pattern)
