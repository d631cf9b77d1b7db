"""How often one network may book, move and cancel, and how often one address is mailed about it: anybody can type the
address of a stranger.
"""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.db.models import Count, F, Q, Sum
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from agencies.meetings.slots import Refused
from agencies.models import Meeting

MOST_OPEN = 2  # meetings of one e-mail, to come or booked within a day
MOST_OPEN_OF_NETWORK = 10  # the same of one network: an office, with all its people
MOST_MAILS = 6  # in a day to one e-mail; a meeting that stands may still be cancelled, so that mail counts with it
MOST_MOVES = 10  # of one meeting
DAY = timedelta(days=1)


class TooOften(Refused):
    def __init__(self) -> None:
        super().__init__("These were too many attempts. Please try again in an hour.")


class TooMany(Refused):
    def __init__(self) -> None:
        super().__init__(
            f"With this e-mail, {MOST_OPEN} meetings are booked already, or were within a day. You can move one of "
            "them with the link in its mail, or book another one later."
        )


class TooManyOfNetwork(Refused):
    def __init__(self) -> None:
        super().__init__(
            f"From your network, {MOST_OPEN_OF_NETWORK} meetings are booked already. Please try again tomorrow, or "
            "from another network."
        )


class TooManyMails(Refused):
    def __init__(self) -> None:
        super().__init__("Enough mails about meetings went to this e-mail today. Please try again tomorrow.")


class MovedTooOften(Refused):
    def __init__(self) -> None:
        super().__init__("This meeting was moved too often. Please cancel it and schedule another one.")


def heed(request: HttpRequest) -> None:
    """Count an attempt to book or to move; `ACCOUNT_RATE_LIMITS` says how many. Raises TooOften."""
    if not count(request):
        raise TooOften


def count(request: HttpRequest) -> bool:
    """Whether there was room for this attempt. A cancellation counts too, but is never refused: it frees a time, and
    there are no more of them than bookings.
    """
    return bool(ratelimit.consume(request, action="schedule_meeting"))


def came_from(request: HttpRequest) -> str:
    """The network a request came from, as a hash: the address itself is not kept."""
    return salted_hmac("agencies.meetings.address", network_of(get_adapter().get_client_ip(request))).hexdigest()


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 address: whoever has one of those has all of it."""
    try:
        at = ip_address(address)
    except ValueError:
        return address
    if isinstance(at, IPv6Address):
        return str(at.ipv4_mapped or ip_network((at, 64), strict=False).network_address)
    return str(at)


def require_room(*, email: str, came_from: str, now: datetime) -> None:
    """For one more booking. To cancel makes no room within a day, unless support did. Raises Refused."""
    held = Q(cancelled_at=None, starts_at__gt=now) | Q(cancelled_by=None, booked_at__gt=now - DAY)
    if Meeting.objects.filter(held, email__iexact=email).count() >= MOST_OPEN:
        raise TooMany
    if Meeting.objects.filter(held, came_from=came_from).count() >= MOST_OPEN_OF_NETWORK:
        raise TooManyOfNetwork
    if mails(email, now) + 2 > MOST_MAILS:
        raise TooManyMails


def require_move(meeting: Meeting, *, now: datetime) -> None:
    """Whether a meeting may be moved once more: each move mails. Raises Refused."""
    if meeting.sequence >= MOST_MOVES:
        raise MovedTooOften
    if mails(meeting.email, now) + 1 > MOST_MAILS:
        raise TooManyMails


def mails(email: str, now: datetime) -> int:
    """To one e-mail, about meetings that were booked, moved or cancelled within a day: one for the booking and for each
    change, and one for the cancellation that may come.
    """
    since = now - DAY
    touched = Q(booked_at__gt=since) | Q(chosen_at__gt=since) | Q(cancelled_at__gt=since)
    found = Meeting.objects.filter(touched, email__iexact=email).aggregate(
        sent=Sum(F("sequence") + 1, default=0), to_come=Count("pk", filter=Q(cancelled_at=None))
    )
    return int(found["sent"] + found["to_come"])
