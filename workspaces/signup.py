"""Signing up: a person, an account, its main workspace."""

from django.db import transaction

from agencies import audit
from agencies.access import set_staff_role
from agencies.models import Action, Agency, User
from agencies.permissions import StaffRole
from workspaces.models import Workspace


@transaction.atomic
def open_account(user: User, *, name: str) -> Agency:
    """Give `user` an account of their own with its main workspace; it is an agency once support approves it."""
    agency = Agency.objects.create(name=name)
    set_staff_role(agency, user=user, role=StaffRole.OWNER)
    Workspace.objects.create(agency=agency, name=name, is_main=True, created_by=user)
    audit.record(Action.ACCOUNT_OPENED, agency_id=agency.pk, by=user, at=agency.created_at, target=name)
    return agency
