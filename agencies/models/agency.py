"""The agency, its staff, and guardian's rows for them."""

from django.db import models
from django.utils import timezone
from guardian.models import UserObjectPermissionBase

from agencies.models.people import User
from agencies.permissions import ON_AN_AGENCY, StaffRole


class Agency(models.Model):
    """The account, and the tenant root. Until support approves it, it is a plain account.

    Limits are whole numbers, null = unlimited; only billing's entitlements write them.
    """

    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=63, default="UTC")
    created_at = models.DateTimeField(default=timezone.now)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    launched_at = models.DateTimeField(null=True, blank=True)  # by a person, once the floor above found it ready
    launched_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    message_limit = models.PositiveIntegerField(null=True, default=0)
    source_limit = models.PositiveIntegerField(null=True, default=0)
    seat_limit = models.PositiveIntegerField(null=True, default=0)
    workspace_limit = models.PositiveIntegerField(null=True, default=0)
    chatbot_limit = models.PositiveIntegerField(null=True, default=0)
    second_factor_required_at = models.DateTimeField(null=True, blank=True)  # of staff, since then
    suspended_at = models.DateTimeField(null=True, blank=True)  # until support lifts it, everything is only read
    suspended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    suspended_reason = models.TextField(max_length=1000, blank=True)  # its staff read it

    class Meta:
        verbose_name_plural = "agencies"
        permissions = ON_AN_AGENCY
        default_permissions = ("change", "view")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(suspended_at=None, suspended_by=None, suspended_reason="")
                | models.Q(suspended_at__isnull=False, suspended_by__isnull=False) & ~models.Q(suspended_reason=""),
                name="a_suspension_has_a_who_a_when_and_a_why",
            ),
            models.CheckConstraint(
                condition=models.Q(launched_at=None) | models.Q(approved_at__isnull=False),
                name="only_an_approved_agency_launches",
            ),
            models.CheckConstraint(
                condition=models.Q(launched_by=None) | models.Q(launched_at__isnull=False),
                name="who_launched_did_it_some_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None

    @property
    def is_on_its_way(self) -> bool:
        """Whether it is led through onboarding: approved, and not launched yet."""
        return self.is_approved and self.launched_at is None

    @property
    def is_waiting(self) -> bool:
        """Whether support has an application of this account before it."""
        return self.applications.filter(decided_at=None).exists()


class AgencyUserObjectPermission(UserObjectPermissionBase):
    """Guardian's rows for staff: the projection of `Staff.role`."""

    content_object = models.ForeignKey(Agency, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class Staff(models.Model):
    """A person of the agency."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_of")
    role = models.CharField(max_length=10, choices=StaffRole.choices)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "staff"
        constraints = [
            models.UniqueConstraint(fields=["agency", "user"], name="staff_once_per_agency"),
            models.CheckConstraint(condition=models.Q(role__in=StaffRole.values), name="staff_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"
