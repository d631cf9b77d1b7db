"""Workspaces, their members and invitations."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from guardian.models import UserObjectPermissionBase

from agencies.models import Agency, User
from agencies.permissions import ON_A_WORKSPACE, MemberRole, StaffRole


class Workspace(models.Model):
    """The agency's own workspace, or one client's. Caps are optional ceilings: empty draws on the shared pool.

    Paused, its chatbots answer with a notice. Archived, it holds no seats, sources and chatbots of the pool either, and
    only staff see it. Deleted, it can be brought back for 30 days; erased, only its numbers are left.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="workspaces")
    name = models.CharField(max_length=80)
    is_main = models.BooleanField(default=False)
    message_cap = models.PositiveIntegerField(null=True, blank=True)
    source_cap = models.PositiveIntegerField(null=True, blank=True)
    seat_cap = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    request_key = models.UUIDField(null=True, editable=False)  # one form, sent twice, opens one workspace
    withheld = ArrayField(models.CharField(max_length=40), default=list)  # permissions that no member has here
    paused_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        permissions = ON_A_WORKSPACE
        default_permissions = ("change", "view")
        constraints = [
            models.UniqueConstraint(
                "agency", Lower("name"), condition=Q(deleted_at=None), name="workspace_name_once_per_agency"
            ),
            models.CheckConstraint(
                condition=Q(is_main=False) | Q(paused_at=None, archived_at=None, deleted_at=None),
                name="main_workspace_stays_open",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(archived_at__isnull=False), name="deleted_after_archived"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(deleted_at__isnull=False), name="erased_after_deleted"
            ),
            models.UniqueConstraint(fields=["agency"], condition=Q(is_main=True), name="one_main_workspace_per_agency"),
            models.UniqueConstraint(fields=["agency", "request_key"], name="workspace_once_per_request"),
        ]
        indexes = [
            models.Index(
                F("agency"),
                F("is_main").desc(),
                Lower("name"),
                "id",
                condition=Q(archived_at=None),
                name="workspaces_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WorkspaceUserObjectPermission(UserObjectPermissionBase):
    """Guardian's rows for members: the projection of `Membership.role`."""

    content_object = models.ForeignKey(Workspace, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class Membership(models.Model):
    """A person in one workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=MemberRole.choices)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="member_once_per_workspace"),
            models.CheckConstraint(condition=Q(role__in=MemberRole.values), name="member_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace}"


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
