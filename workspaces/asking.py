"""A client asks for more than its cap; the agency grants an amount for a while or for good, or declines.

A grant widens the cap at once and stops counting at its end, without any job: whoever reads a cap adds what runs.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from agencies import mail, staff
from agencies.models import Action, Agency, User
from agencies.permissions import Can, MemberRole
from workspaces import caps, lifecycle
from workspaces.models import CapRequest, Resource, Workspace

ENOUGH = 80  # per cent of the cap that are used before one may ask for more
MOST = 1_000_000_000
SHOWN_FOR = timedelta(days=30)  # after the decision


class Refused(Exception):
    """This cannot be asked for, granted or declined; the text says why, for the user's eyes."""


class NoCap(Refused):
    def __init__(self, workspace: Workspace, resource: str) -> None:
        super().__init__(f"{workspace} has no cap on {caps.words(resource)}, so there is nothing to add to.")


class NotYet(Refused):
    def __init__(self, resource: str, used: int, cap: int) -> None:
        super().__init__(
            f"{used:,} of {cap:,} {caps.words(resource)} are used. You can ask for more once {ENOUGH} % of them are."
        )


class AskedAlready(Refused):
    def __init__(self, resource: str) -> None:
        super().__init__(f"More {caps.words(resource)} were asked for already. You get a mail once that is decided.")


class Decided(Refused):
    def __init__(self, request: CapRequest) -> None:
        how = (
            "declined" if request.granted is None else f"granted, with {caps.amount(request.granted, request.resource)}"
        )
        by = f" by {request.decided_by}" if request.decided_by else ""
        super().__init__(f"This was {how}{by} meanwhile. Nothing was changed.")


class WrongAmount(Refused):
    def __init__(self) -> None:
        super().__init__(f"Please grant a whole number from 1 to {MOST:,}.")


class Over(Refused):
    def __init__(self) -> None:
        super().__init__("That end is over already. Please choose a later day.")


class NoReason(Refused):
    def __init__(self) -> None:
        super().__init__("Please say why, for the one who asked.")


@transaction.atomic
def ask(workspace: Workspace, *, resource: str, used: int, note: str, by: User, now: datetime) -> CapRequest:
    """Ask the agency for more than the cap, of which `used` are used now; its owners and admins get a mail.

    At 80 % of the cap one may ask. Raises lifecycle.Archived, NoCap, NotYet below that, AskedAlready while a request
    is open.
    """
    held = lifecycle.locked(workspace)
    cap = caps.at_most(held, resource, now=now)
    if cap is None:
        raise NoCap(held, resource)
    if not is_enough(used, cap):
        raise NotYet(resource, used, cap)
    if resource in waiting_for(held):
        raise AskedAlready(resource)
    request = held.cap_requests.create(resource=resource, note=note, asked_at=now, asked_by=by)
    record(request, Action.MORE_ASKED, by=by, now=now, reason=note)
    url = mail.link("chatbots:asked", held.agency_id)
    for email in deciders(held.agency):
        mail.send("more_asked", to=email, request=request, what=caps.words(resource), used=used, cap=cap, url=url)
    return request


@transaction.atomic
def grant(request: CapRequest, *, amount: int, ends_at: datetime | None, by: User, now: datetime) -> None:
    """Widen the cap by `amount` at once, until `ends_at` or for good (None); the client gets a mail.

    Raises lifecycle.Archived, Decided, NoCap when the cap was lifted meanwhile, WrongAmount, Over for an end that is
    not ahead.
    """
    held = still_open(request)
    if getattr(held.workspace, caps.cap_column(held.resource)) is None:
        raise NoCap(held.workspace, held.resource)
    if not 0 < amount <= MOST:
        raise WrongAmount
    if ends_at is not None and ends_at <= now:
        raise Over
    held.granted, held.ends_at = amount, ends_at
    decide(held, by=by, now=now)
    until = last_day(held)
    after = {"amount": amount, "until": f"{until:%-d %B %Y}" if until else "no end"}
    record(held, Action.MORE_GRANTED, by=by, now=now, after=after)
    tell_client("more_granted", held, until=until)


@transaction.atomic
def decline(request: CapRequest, *, reason: str, by: User, now: datetime) -> None:
    """Give the client nothing, and say why; it gets a mail. Raises lifecycle.Archived, Decided, NoReason."""
    held = still_open(request)
    if not reason.strip():
        raise NoReason
    held.reason = reason
    decide(held, by=by, now=now)
    record(held, Action.MORE_DECLINED, by=by, now=now, reason=reason)
    tell_client("more_declined", held)


def is_enough(used: int, cap: int) -> bool:
    """Whether so much of the cap is used that one may ask for more. A cap of 0 is used up from the start."""
    return used * 100 >= ENOUGH * cap


def of_agency(agency: Agency) -> QuerySet[CapRequest]:
    """What the clients of its open workspaces ask for, the longest waiting first."""
    waiting = CapRequest.objects.filter(workspace__agency=agency, workspace__archived_at=None, decided_at=None)
    return waiting.select_related("workspace__agency", "asked_by").order_by("asked_at", "pk")


def decided_of_agency(agency: Agency) -> QuerySet[CapRequest]:
    """What was decided, the latest first."""
    decided = CapRequest.objects.filter(workspace__agency=agency, decided_at__isnull=False)
    return decided.select_related("workspace__agency", "decided_by").order_by("-decided_at", "-pk")


def of_workspace(workspace: Workspace, *, now: datetime) -> QuerySet[CapRequest]:
    """What a client sees of its own: what is open, what was granted and runs, and the last 30 days' decisions."""
    runs = Q(granted__isnull=False) & (Q(ends_at=None) | Q(ends_at__gt=now))
    shown = workspace.cap_requests.filter(Q(decided_at=None) | Q(decided_at__gt=now - SHOWN_FOR) | runs)
    return shown.order_by("-asked_at", "-pk")


def waiting_for(workspace: Workspace) -> set[str]:
    """The resources of which more was asked for, and that are not decided."""
    return set(workspace.cap_requests.filter(decided_at=None).values_list("resource", flat=True))


def last_day(request: CapRequest) -> date | None:
    """The last day on which a grant counts; None without an end."""
    return request.ends_at and caps.last_day(request.ends_at, request.workspace.agency.time_zone)


def still_open(request: CapRequest) -> CapRequest:
    """The request as it is now, locked. Raises lifecycle.Archived, or Decided when somebody else was quicker."""
    workspace = lifecycle.locked(request.workspace)
    held = CapRequest.objects.select_related("decided_by", "asked_by").get(pk=request.pk)
    held.workspace = workspace
    if held.decided_at:
        raise Decided(held)
    return held


def decide(request: CapRequest, *, by: User, now: datetime) -> None:
    request.decided_at, request.decided_by = now, by
    request.save(update_fields=["granted", "ends_at", "reason", "decided_at", "decided_by"])


def deciders(agency: Agency) -> list[str]:
    """The addresses of those who may decide."""
    return list(staff.able(agency.pk, Can.MANAGE_WORKSPACES).values_list("email", flat=True))


def tell_client(template: str, request: CapRequest, **context: Any) -> None:
    """Mail the workspace's managers, and the one who asked, as far as they are still inside."""
    inside = request.workspace.memberships.filter(user__is_active=True)
    told = inside.filter(Q(role=MemberRole.MANAGER) | Q(user=request.asked_by))
    url = mail.link("workspaces:show", request.workspace_id)
    for email in told.order_by("pk").values_list("user__email", flat=True):
        mail.send(template, to=email, request=request, what=caps.words(request.resource), url=url, **context)


def record(request: CapRequest, action: Action, *, by: User, now: datetime, **change: Any) -> None:
    after = {"resource": str(Resource(request.resource).label), **change.pop("after", {})}
    lifecycle.record(request.workspace, action, by=by, now=now, after=after, **change)
