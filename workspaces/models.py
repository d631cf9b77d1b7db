"""Workspaces, their members and invitations."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from guardian.models import UserObjectPermissionBase

from agencies.models import Agency, User
from agencies.permissions import ON_A_WORKSPACE, MemberRole


class Workspace(models.Model):
    """The agency's own workspace, or one client's. Caps are optional ceilings: empty draws on the shared pool."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="workspaces")
    name = models.CharField(max_length=80)
    is_main = models.BooleanField(default=False)
    message_cap = models.PositiveIntegerField(null=True, blank=True)
    source_cap = models.PositiveIntegerField(null=True, blank=True)
    seat_cap = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    request_key = models.UUIDField(null=True, editable=False)  # one form, sent twice, opens one workspace

    class Meta:
        permissions = ON_A_WORKSPACE
        default_permissions = ("change", "view")
        constraints = [
            models.UniqueConstraint("agency", Lower("name"), name="workspace_name_once_per_agency"),
            models.UniqueConstraint(
                fields=["agency"], condition=models.Q(is_main=True), name="one_main_workspace_per_agency"
            ),
            models.UniqueConstraint(fields=["agency", "request_key"], name="workspace_once_per_request"),
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
            models.CheckConstraint(condition=models.Q(role__in=MemberRole.values), name="member_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace}"


class Invitation(models.Model):
    """An invited login. Open, it holds a seat; the token stands only in the mail, here its hash."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=MemberRole.choices)
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
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_per_email_and_workspace",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(revoked_at=None),
                name="invitation_is_accepted_or_revoked_not_both",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.workspace}"
