"""Invited logins, into a workspace or into the agency's team: a mail with a link, good once, for seven days, for one
address."""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q, QuerySet

from agencies import audit, mail
from agencies import staff as team
from agencies.models import Action, Agency, Staff, User
from workspaces import seats
from workspaces.models import Invitation, Workspace

VALID_FOR = timedelta(days=7)
SEND_AGAIN_AFTER = timedelta(minutes=1)
MAILED = (Action.MEMBER_INVITED, Action.MEMBER_REINVITED, Action.STAFF_INVITED, Action.STAFF_REINVITED)
MOST_A_DAY, MOST_OF_AN_ACCOUNT = 200, 10  # of an agency, and of an account that support has not looked at


class Refused(Exception):
    """This invitation cannot be made or accepted; the text says why, for the user's eyes."""


class AlreadyInvited(Refused):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} is invited already. You can send that invitation again.")


class AlreadyMember(Refused):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} is in this workspace already.")


class AlreadyStaff(Refused):
    def __init__(self, email: str, agency: Agency) -> None:
        super().__init__(f"{email} is in the team of {agency}, and reaches this workspace without a seat.")


class JustSent(Refused):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} got a mail a moment ago. Please wait a minute before you send another.")


class AlreadyInTeam(Refused):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} is in your team already.")


class TooManyToday(Refused):
    def __init__(self) -> None:
        super().__init__("That were many invitations for one day. Please go on tomorrow.")


class NotOpen(Refused):
    def __init__(self) -> None:
        super().__init__("This invitation is no longer good. Ask the person who invited you for a new one.")


class AccountSuspended(Refused):
    def __init__(self, agency: Agency) -> None:
        super().__init__(
            f"The account of {agency} is suspended at the moment, so nobody can join. The link works again once "
            "that is lifted, unless it has expired by then."
        )


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
    # Locks the agency row: two invitations cannot both take the last seat.
    seats.claim(workspace, email=email, by=by, now=now)
    refuse_if_inside(workspace, email)
    return issue(workspace.agency, workspace, email=email, role=role, by=by, now=now)


@transaction.atomic
def invite_staff(agency: Agency, *, email: str, role: str, by: User, now: datetime) -> Invitation:
    """Invite `email` into the agency's team, which takes no seat.

    Raises staff.AboveYourself for a role above that of `by`; AlreadyInTeam, AlreadyInvited.
    """
    email = email.strip().lower()
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    team.refuse_above(agency, role, by=by)
    if Staff.objects.filter(agency=agency, user__in=people_of(email)).exists():
        raise AlreadyInTeam(email)
    return issue(agency, None, email=email, role=role, by=by, now=now)


def issue(agency: Agency, workspace: Workspace | None, *, email: str, role: str, by: User, now: datetime) -> Invitation:
    """Write the invitation and mail its link; expired ones make room. The caller holds the lock on the agency row."""
    waiting = Invitation.objects.filter(agency=agency, workspace=workspace, email__iexact=email)
    waiting = waiting.filter(accepted_at=None, revoked_at=None)
    if waiting.filter(expires_at__gt=now).exists():
        raise AlreadyInvited(email)
    waiting.update(revoked_at=now)
    if Invitation.objects.filter(agency=agency, email=email, created_at__gt=now - SEND_AGAIN_AFTER).exists():
        raise JustSent(email)
    refuse_too_many(agency, now=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        agency=agency,
        workspace=workspace,
        email=email,
        role=role,
        token_hash=hash_of(token),
        invited_by=by,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    send(invitation, token)
    record(invitation, Action.MEMBER_INVITED, Action.STAFF_INVITED, by=by, now=now)
    return invitation


def refuse_too_many(agency: Agency, *, now: datetime) -> None:
    """Raises TooManyToday: the mails go out in our name. Each one is counted, sent again or not, by its audit row."""
    sent = audit.of_agency(agency.pk).filter(action__in=MAILED, at__gt=now - timedelta(days=1))
    if sent.count() >= (MOST_A_DAY if agency.is_approved else MOST_OF_AN_ACCOUNT):
        raise TooManyToday


@transaction.atomic
def resend(invitation: Invitation, *, by: User, now: datetime) -> None:
    """Mail a new link, good for seven days from now; the old link is dead.

    Raises NotOpen, SeatsExhausted, TooManyToday, and JustSent within a minute of the last mail.
    """
    if now - (invitation.expires_at - VALID_FOR) < SEND_AGAIN_AFTER:
        raise JustSent(invitation.email)
    if invitation.workspace:
        seats.claim(invitation.workspace, email=invitation.email, by=by, now=now)
    else:
        team.refuse_above(invitation.agency, invitation.role, by=by)
    refuse_too_many(invitation.agency, now=now)
    token = secrets.token_urlsafe(32)
    open_now = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if not open_now.update(token_hash=hash_of(token), expires_at=now + VALID_FOR, invited_by=by):
        raise NotOpen
    send(invitation, token)
    record(invitation, Action.MEMBER_REINVITED, Action.STAFF_REINVITED, by=by, now=now)


@transaction.atomic
def revoke(invitation: Invitation, *, by: User, now: datetime) -> None:
    """Withdraw an invitation; its seat is free at once. Raises NotOpen, staff.AboveYourself."""
    if invitation.workspace is None:
        team.refuse_above(invitation.agency, invitation.role, by=by)
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=now):
        raise NotOpen
    record(invitation, Action.MEMBER_UNINVITED, Action.STAFF_UNINVITED, by=by, now=now)


def find(token: str, *, now: datetime) -> Invitation:
    """The open invitation of a mailed token. Raises NotOpen for an unknown, used, revoked or expired one."""
    found = open_ones(now).filter(token_hash=hash_of(token))
    invitation = found.select_related("workspace", "agency").first()
    if invitation is None:
        raise NotOpen
    return invitation


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
    people = people_of(email)
    if Staff.objects.filter(agency=workspace.agency_id, user__in=people).exists():
        raise AlreadyStaff(email, workspace.agency)
    if workspace.memberships.filter(user__in=people).exists():
        raise AlreadyMember(email)


def people_of(email: str) -> QuerySet[User]:
    """Whose address this is, or was verified to be."""
    verified = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user_id")
    return User.objects.filter(Q(email__iexact=email) | Q(pk__in=verified))


def send(invitation: Invitation, token: str) -> None:
    mail.send(
        "invitation" if invitation.workspace_id else "team_invitation",
        to=invitation.email,
        invitation=invitation,
        url=mail.link("workspaces:accept", token),
    )


def record(invitation: Invitation, member: Action, staff: Action, *, by: User, now: datetime) -> None:
    """Write into the audit log what happened to an invitation: `member` of a workspace's, `staff` of the team's."""
    audit.record(
        member if invitation.workspace_id else staff,
        agency_id=invitation.agency_id,
        workspace_id=invitation.workspace_id,
        by=by,
        at=now,
        target=invitation.email,
        after={"role": invitation.role},
    )


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
