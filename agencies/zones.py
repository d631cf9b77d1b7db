"""The time zones that somebody can live in."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError

ODD = ("Etc/", "SystemV/", "US/", "posix/", "right/")
NOWHERE = {"Factory", "localtime", "posixrules"}  # files of the database that are no place, but the server's own


@cache
def zones() -> frozenset[str]:
    """The names of the time zone database; reading them from disk takes long."""
    return frozenset(available_timezones() - NOWHERE)


def known_zone(name: str) -> None:
    if name not in zones():
        raise ValidationError(f"There is no time zone “{name[:60]}”. An example: Europe/Berlin.")


def offered(chosen: str) -> list[str]:
    """For a list: UTC and the places, and whatever is chosen."""
    places = {name for name in zones() if "/" in name and not name.startswith(ODD)}
    return ["UTC", *sorted(places | ({chosen} - {"UTC", ""}))]


def of_reader(request: Any) -> str:
    """In which zone this reader's pages show moments: their own, else that of the agency whose page it is."""
    return getattr(request.user, "time_zone", "") or getattr(request, "zone", "") or "UTC"
