"""Invited logins: a mail with a link that is good once, for seven days, for one address."""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from agencies import mail
from agencies.models import Staff, User
from workspaces import access, seats
from workspaces.models import Invitation, Membership, Workspace

VALID_FOR = timedelta(days=7)
SEND_AGAIN_AFTER = timedelta(minutes=1)


class Refused(Exception):
    """This invitation cannot be made or accepted; the text says why, for the user's eyes."""


class AlreadyInvited(Refused):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} is invited already. You can send that invitation again.")


class AlreadyMember(Refused):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} is in this workspace already.")


class AlreadyStaff(Refused):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} belongs to your agency and reaches this workspace without a seat.")


class JustSent(Refused):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} got a mail a moment ago. Please wait a minute before you send another.")


class NotOpen(Refused):
    def __init__(self) -> None:
        super().__init__("This invitation is no longer good. Ask the person who invited you for a new one.")


class ForSomebodyElse(Refused):
    def __init__(self) -> None:
        super().__init__("This invitation is for another address than the one you are signed in with.")


@transaction.atomic
def invite(workspace: Workspace, *, email: str, role: str, by: User, now: datetime) -> Invitation:
    """Invite `email` into `workspace`; the invitation holds a seat until it is accepted, revoked or expires.

    Raises SeatsExhausted when the agency's pool, or the workspace's cap, has none left; AlreadyInvited, AlreadyMember
    or AlreadyStaff when there is nothing to invite to.
    """
    email = email.strip().lower()
    seats.claim(workspace, email=email)  # locks the agency row: two invitations cannot both take the last seat
    refuse_if_inside(workspace, email)
    waiting = workspace.invitations.filter(email__iexact=email, accepted_at=None, revoked_at=None)
    if waiting.filter(expires_at__gt=now).exists():
        raise AlreadyInvited(email)
    waiting.update(revoked_at=now)  # expired ones make room
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        workspace=workspace,
        email=email,
        role=role,
        token_hash=hash_of(token),
        invited_by=by,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    send(invitation, token)
    return invitation


@transaction.atomic
def resend(invitation: Invitation, *, now: datetime) -> None:
    """Mail a new link, good for seven days from now; the old link is dead.

    Raises NotOpen, SeatsExhausted, and JustSent within a minute of the last mail.
    """
    if now - (invitation.expires_at - VALID_FOR) < SEND_AGAIN_AFTER:
        raise JustSent(invitation.email)
    seats.claim(invitation.workspace, email=invitation.email)
    token = secrets.token_urlsafe(32)
    open_now = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if not open_now.update(token_hash=hash_of(token), expires_at=now + VALID_FOR):
        raise NotOpen
    send(invitation, token)


def revoke(invitation: Invitation, *, now: datetime) -> None:
    """Withdraw an invitation; its seat is free at once. Raises NotOpen."""
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=now):
        raise NotOpen


def find(token: str, *, now: datetime) -> Invitation:
    """The open invitation of a mailed token. Raises NotOpen for an unknown, used, revoked or expired one."""
    invitation = open_ones(now).filter(token_hash=hash_of(token)).select_related("workspace__agency").first()
    if invitation is None:
        raise NotOpen
    return invitation


@transaction.atomic
def accept(token: str, *, user: User, now: datetime) -> Membership:
    """Make the signed-in `user` a member. Used once: the conditional UPDATE lets one of many accepts through.

    Raises NotOpen, ForSomebodyElse when the user has not verified the invited address, AlreadyMember or AlreadyStaff
    when they are inside.
    """
    invitation = find(token, now=now)
    if not is_for(invitation, user):
        raise ForSomebodyElse
    refuse_if_inside(invitation.workspace, user.email)  # an invitation never changes the role of somebody inside
    use_up(invitation, now=now)
    return access.set_role(invitation.workspace, user=user, role=invitation.role)


@transaction.atomic
def accept_as_new(token: str, *, name: str, password: str, now: datetime) -> Membership:
    """Make a login for the invited address and accept with it; the mailed link has verified the address.

    Raises NotOpen, or ForSomebodyElse when the address has a login already, which must sign in itself.
    """
    invitation = find(token, now=now)
    if has_login(invitation.email):
        raise ForSomebodyElse
    use_up(invitation, now=now)  # first: of two accepts at once, one gets no further
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=name)
    except IntegrityError as error:  # another invitation of theirs was accepted at the same moment
        raise ForSomebodyElse from error
    EmailAddress.objects.create(user=user, email=invitation.email, verified=True, primary=True)
    return access.set_role(invitation.workspace, user=user, role=invitation.role)


def use_up(invitation: Invitation, *, now: datetime) -> None:
    """Close the invitation, once: the conditional UPDATE lets one of many accepts through. Raises NotOpen."""
    if not open_ones(now).filter(pk=invitation.pk, token_hash=invitation.token_hash).update(accepted_at=now):
        raise NotOpen


def accepted_by(token: str, user: User) -> Workspace | None:
    """The workspace that `user` entered with this token, if they are still in it."""
    used = Invitation.objects.filter(token_hash=hash_of(token), accepted_at__isnull=False).select_related("workspace")
    entered = used.filter(workspace__memberships__user=user).first()
    return entered.workspace if entered else None


def open_ones(now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


def is_for(invitation: Invitation, user: User) -> bool:
    """Whether `user` has verified the invited address."""
    return bool(EmailAddress.objects.filter(user=user, email__iexact=invitation.email, verified=True).exists())


def has_login(email: str) -> bool:
    taken = EmailAddress.objects.filter(email__iexact=email, verified=True)  # somebody's second address too
    return User.objects.filter(email__iexact=email).exists() or bool(taken.exists())


def refuse_if_inside(workspace: Workspace, email: str) -> None:
    """Raises AlreadyStaff or AlreadyMember when the address is, or was verified as, that of somebody inside."""
    verified = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user_id")
    people = User.objects.filter(Q(email__iexact=email) | Q(pk__in=verified))
    if Staff.objects.filter(agency=workspace.agency_id, user__in=people).exists():
        raise AlreadyStaff(email)
    if workspace.memberships.filter(user__in=people).exists():
        raise AlreadyMember(email)


def send(invitation: Invitation, token: str) -> None:
    mail.send(
        "invitation",
        to=invitation.email,
        invitation=invitation,
        url=mail.link("workspaces:accept", token),
    )


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
