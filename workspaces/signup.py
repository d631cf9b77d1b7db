"""Signing up: a person, an account, its main workspace."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from agencies import audit
from agencies.access import set_staff_role
from agencies.models import Action, Agency, User
from agencies.permissions import StaffRole
from workspaces.models import Workspace


@transaction.atomic
def open_account(user: User, *, name: str, now: datetime | None = None) -> Agency:
    """Give `user` an account of their own with its main workspace; it is an agency once support approves it."""
    agency = Agency.objects.create(name=name, created_at=now or timezone.now())
    set_staff_role(agency, user=user, role=StaffRole.OWNER)
    Workspace.objects.create(agency=agency, name=name, is_main=True, created_by=user)
    audit.record(Action.ACCOUNT_OPENED, agency_id=agency.pk, by=user, at=agency.created_at, target=name)
    return agency
