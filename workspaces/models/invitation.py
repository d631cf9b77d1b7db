"""Invited logins, and seats that were freed."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from agencies.models import Agency, User
from agencies.permissions import MemberRole, StaffRole
from workspaces.models.workspace import Workspace


class Invitation(models.Model):
    """An invited login: into a workspace, or with none into the agency's staff.

    Open, one into a workspace holds a seat. The token stands only in the mail, here its hash.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="invitations")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=[*MemberRole.choices, *StaffRole.choices])
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "workspace",
                Lower("email"),
                condition=Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_per_email_and_workspace",
            ),
            models.UniqueConstraint(
                "agency",
                Lower("email"),
                condition=Q(accepted_at=None, revoked_at=None, workspace=None),
                name="one_open_team_invitation_per_email",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="invitation_is_accepted_or_revoked_not_both"
            ),
            models.CheckConstraint(
                condition=Q(workspace=None, role__in=StaffRole.values)
                | Q(workspace__isnull=False, role__in=MemberRole.values),
                name="invitation_role_fits_its_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.place}"

    @property
    def place(self) -> str:
        """What the invited person joins, by name."""
        return str(self.workspace or self.agency)


class FreedSeat(models.Model):
    """A seat that staff took from somebody, and what it was, so that it can be given back."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="freed_seats")
    email = models.EmailField()
    held = models.JSONField()  # what `freeing.free` took, and `give_back` needs
    freed_at = models.DateTimeField(default=timezone.now)
    freed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    given_back_at = models.DateTimeField(null=True)  # or the person was let in anew

    def __str__(self) -> str:
        return f"{self.email}, {self.freed_at:%Y-%m-%d}"
