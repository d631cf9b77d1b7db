"""Accepting an invitation: once, for the invited and verified address alone."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q

from agencies import staff as team
from agencies.access import permissions_on, set_staff_role
from agencies.models import Action, Agency, Staff, User
from agencies.permissions import Can
from workspaces import access, freeing, invitations
from workspaces.models import Invitation, Membership


@transaction.atomic
def accept(token: str, *, user: User, now: datetime) -> Invitation:
    """Let the signed-in `user` in. Used once: the conditional UPDATE lets one of many accepts through.

    Raises NotOpen, ForSomebodyElse when the user has not verified the invited address, and AlreadyMember,
    AlreadyStaff or AlreadyInTeam when they are inside.
    """
    invitation = invitations.find(token, now=now)
    if not invitations.is_for(invitation, user):
        raise invitations.ForSomebodyElse
    lock(invitation)
    refuse_without_inviter(invitation)
    if invitation.workspace:  # an invitation never changes the role of somebody inside
        invitations.refuse_if_inside(invitation.workspace, user.email)
    elif Staff.objects.filter(agency=invitation.agency, user=user).exists():
        raise invitations.AlreadyInTeam(user.email)
    use_up(invitation, now=now)
    let_in(invitation, user, now=now)
    return invitation


@transaction.atomic
def accept_as_new(token: str, *, name: str, password: str, now: datetime) -> User:
    """Make a login for the invited address and accept with it; the mailed link has verified the address.

    Raises NotOpen, or ForSomebodyElse when the address has a login already, which must sign in itself.
    """
    invitation = invitations.find(token, now=now)
    if invitations.has_login(invitation.email):
        raise invitations.ForSomebodyElse
    lock(invitation)
    refuse_without_inviter(invitation)
    use_up(invitation, now=now)  # first: of two accepts at once, one gets no further
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=name)
    except IntegrityError as error:  # another invitation of theirs was accepted at the same moment
        raise invitations.ForSomebodyElse from error
    EmailAddress.objects.create(user=user, email=invitation.email, verified=True, primary=True)
    let_in(invitation, user, now=now)
    return user


def lock(invitation: Invitation) -> None:
    """The agency's row, as everywhere before people change: nobody becomes a member and staff at the same moment.

    Raises AccountSuspended.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=invitation.agency_id)
    if agency.suspended_at:
        raise invitations.AccountSuspended(agency)


def refuse_without_inviter(invitation: Invitation) -> None:
    """Raises NotOpen when the inviter may not invite to this any more: nobody comes back by his own invitation."""
    inviter, agency = invitation.invited_by, invitation.agency
    if inviter is None:
        raise invitations.NotOpen
    if invitation.workspace:
        held = permissions_on(inviter, invitation.workspace) | permissions_on(inviter, agency)
        if Can.MANAGE_MEMBERS not in held:
            raise invitations.NotOpen
        return
    try:
        team.refuse_above(agency, invitation.role, by=inviter)
    except team.AboveYourself as refusal:
        raise invitations.NotOpen from refusal


def let_in(invitation: Invitation, user: User, *, now: datetime) -> None:
    """Make `user` what the invitation says. Whoever joins the team reaches every workspace, and gives back the seat."""
    freeing.forget(invitation.agency, email=user.email, now=now)
    if invitation.workspace:
        access.set_role(invitation.workspace, user=user, role=invitation.role)
    else:
        set_staff_role(invitation.agency, user=user, role=invitation.role)
        for membership in Membership.objects.filter(user=user, workspace__agency=invitation.agency):
            access.remove(membership, by=user, now=now)
        others = Invitation.objects.filter(agency=invitation.agency, workspace__isnull=False, email__iexact=user.email)
        others.filter(accepted_at=None, revoked_at=None).update(revoked_at=now)
    invitations.record(invitation, Action.MEMBER_JOINED, Action.STAFF_JOINED, by=user, now=now)


def use_up(invitation: Invitation, *, now: datetime) -> None:
    """Close the invitation, once: the conditional UPDATE lets one of many accepts through. Raises NotOpen."""
    still_open = invitations.open_ones(now).filter(pk=invitation.pk, token_hash=invitation.token_hash)
    if not still_open.update(accepted_at=now):
        raise invitations.NotOpen


def accepted_by(token: str, user: User) -> Invitation | None:
    """The invitation that `user` accepted with this token, if they are still where it led."""
    used = Invitation.objects.filter(token_hash=invitations.hash_of(token), accepted_at__isnull=False)
    inside = Q(workspace__memberships__user=user) | Q(workspace=None, agency__staff__user=user)
    return used.filter(inside).first()
