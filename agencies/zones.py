"""The time zones that somebody can live in."""

from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError

NOWHERE = {"Factory", "localtime", "posixrules"}  # files of the database that are no place, but the server's own


@cache
def zones() -> frozenset[str]:
    """The names of the time zone database; reading them from disk takes long."""
    return frozenset(available_timezones() - NOWHERE)


def known_zone(name: str) -> None:
    if name not in zones():
        raise ValidationError(f"There is no time zone “{name[:60]}”. An example: Europe/Berlin.")
