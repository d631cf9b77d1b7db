"""The pages a person opens, through Django's test client: how many queries, how many of them check, how long."""

from functools import partial
from typing import Any

from django.conf import settings
from django.test import Client

from tests import queries
from tests.bench.population import Person

FRAGMENT = {"HX-Request": "true"}
SEARCH = FRAGMENT | {"HX-Target": "switch-found"}


class Browser:
    """One person's, signed in, who has been in their workspace before."""

    def __init__(self, person: Person) -> None:
        self.client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
        self.client.force_login(person.user)
        self.person = person

    def open(self, path: str, headers: dict[str, str] | None = None) -> Any:
        """Raises unless the page comes."""
        answer = self.client.get(path, headers=headers, secure=settings.SECURE)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {self.person} with {answer.status_code}")
        return answer

    def pages(self) -> dict[str, Any]:
        """What opens each page, by the name that the table gives it."""
        place = self.person.workspace
        found = {
            "a workspace": partial(self.open, f"/workspaces/{place.pk}/"),
            "the switcher, opened": partial(self.open, "/switch/", FRAGMENT),
            "the switcher, searched": partial(self.open, f"/switch/?q={place.name.swapcase()}", SEARCH),
            "all workspaces": partial(self.open, "/switch/"),
        }
        if self.person.is_staff:
            found["the agency's Profile"] = partial(self.open, f"/agencies/{place.agency_id}/workspaces/")
        return found


def checks(person: Person) -> int:
    """Queries that check permissions for one workspace page: on the first visit, or on the next, whichever is more."""
    opened = Browser(person).pages()["a workspace"]
    return max(len(queries.that_check(queries.sent_by(opened))) for _ in range(2))


def counted(browsers: list[Browser]) -> dict[str, list[int]]:
    """The number of queries of each page, in the order of the browsers, once each has been opened before."""
    counts: dict[str, list[int]] = {}
    for browser in browsers:
        for name, opened in browser.pages().items():
            opened()
            counts.setdefault(name, []).append(len(queries.sent_by(opened)))
    return counts
