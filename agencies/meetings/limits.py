"""How often one network address may book, and its keyed hash, under which bookings are counted."""

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from agencies.meetings.slots import Refused


class TooOften(Refused):
    def __init__(self) -> None:
        super().__init__("These were too many attempts. Please try again in an hour.")


def heed(request: HttpRequest) -> None:
    """Count an attempt to book; `ACCOUNT_RATE_LIMITS` says how many. Raises TooOften."""
    if not ratelimit.consume(request, action="schedule_meeting"):
        raise TooOften


def came_from(request: HttpRequest) -> str:
    """Where a request came from, as a hash: the address itself is not kept."""
    return salted_hmac("agencies.meetings.address", get_adapter().get_client_ip(request)).hexdigest()
