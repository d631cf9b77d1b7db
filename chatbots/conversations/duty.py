"""Who is there for visitors that ask for a person: each switches it on and off for a workspace."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from agencies import audit, staff
from agencies.models import Action, User
from agencies.permissions import Can, MemberRole, member_may
from chatbots.models import Duty
from workspaces.models import Workspace


@transaction.atomic
def switch(workspace: Workspace, *, on: bool, by: User, now: datetime) -> None:
    """Go on duty, or off. Twice is once."""
    if on:
        _, changed = Duty.objects.get_or_create(workspace=workspace, user=by, defaults={"since": now})
    else:
        deleted, _ = Duty.objects.filter(workspace=workspace, user=by).delete()
        changed = deleted > 0
    if changed:
        audit.record(
            Action.DUTY_BEGUN if on else Action.DUTY_ENDED,
            agency_id=workspace.agency_id,
            workspace_id=workspace.pk,
            by=by,
            at=now,
            target=by.email,
        )


def is_on(workspace: Workspace, user: User) -> bool:
    return Duty.objects.filter(workspace=workspace, user=user).exists()


def people(workspace: Workspace) -> QuerySet[User]:
    """Who is on duty, and may still handle conversations here: a right that was taken takes them off."""
    return able(workspace).filter(pk__in=Duty.objects.filter(workspace=workspace).values("user_id"))


def able(workspace: Workspace) -> QuerySet[User]:
    """Everybody who may handle the workspace's conversations and can sign in."""
    may = Can.HANDLE_CONVERSATIONS.value
    roles = [role for role in MemberRole.values if may in member_may(role, workspace.withheld)]
    members = workspace.memberships.filter(role__in=roles).values("user_id")
    team = staff.able(workspace.agency_id, Can.HANDLE_CONVERSATIONS).order_by().values("pk")
    return User.objects.filter(Q(pk__in=members) | Q(pk__in=team), is_active=True).order_by("email")
