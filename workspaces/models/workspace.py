"""Workspaces, their members, and guardian's rows for them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from guardian.models import UserObjectPermissionBase

from agencies.models import Agency, User
from agencies.permissions import ON_A_WORKSPACE, MemberRole


class Resource(models.TextChoices):
    """What the pool holds."""

    MESSAGES = "messages", "Messages"
    SOURCES = "sources", "Data sources"
    SEATS = "seats", "Seats"


class AtLimit(models.TextChoices):
    """What visitors get once the pool, or the workspace's cap, is used up."""

    NOTICE = "notice", "A notice"
    QA = "qa", "Answers from Q&A only"
    LEAD = "lead", "A form to leave a message"
    PERSON = "person", "A person, who writes back"


class Workspace(models.Model):
    """The agency's own workspace, or one client's. Caps are optional ceilings: empty draws on the shared pool.

    A guarantee is the part of the pool that the siblings cannot use up: it is reserved as far as it is not used yet.

    Paused, its chatbots answer with a notice. Archived, it holds no seats, sources and chatbots of the pool either, and
    only staff see it. Deleted, it can be brought back for 30 days; erased, only its numbers are left.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="workspaces")
    name = models.CharField(max_length=80)
    is_main = models.BooleanField(default=False)
    message_cap = models.PositiveIntegerField(null=True, blank=True)
    source_cap = models.PositiveIntegerField(null=True, blank=True)
    seat_cap = models.PositiveIntegerField(null=True, blank=True)
    message_guarantee = models.PositiveIntegerField(null=True, blank=True)
    source_guarantee = models.PositiveIntegerField(null=True, blank=True)
    seat_guarantee = models.PositiveIntegerField(null=True, blank=True)
    at_limit = models.CharField(max_length=10, choices=AtLimit.choices, default=AtLimit.NOTICE)
    reply_within = models.PositiveSmallIntegerField(default=10)  # minutes; after them the chatbot answers again
    kept_days = models.PositiveIntegerField(null=True, blank=True)  # conversations; null: for ever
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
            *(
                models.CheckConstraint(
                    condition=Q((f"{thing}_cap", None))
                    | Q((f"{thing}_guarantee", None))
                    | Q((f"{thing}_guarantee__lte", F(f"{thing}_cap"))),
                    name=f"{thing}_guarantee_fits_under_the_cap",
                )
                for thing in ("message", "source", "seat")
            ),
            models.CheckConstraint(condition=Q(at_limit__in=AtLimit.values), name="at_limit_is_known"),
            models.CheckConstraint(condition=Q(reply_within__range=(1, 1440)), name="reply_within_a_day"),
            models.CheckConstraint(condition=Q(kept_days=None) | Q(kept_days__gte=1), name="kept_for_a_day_or_more"),
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
            models.Index(fields=["agency"], condition=Q(message_guarantee__isnull=False), name="guaranteed_messages"),
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
