"""A client's wish for more than the cap."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.models import User
from workspaces.models.workspace import Resource, Workspace


class CapRequest(models.Model):
    """A client asked for more of a resource. Granted, `granted` widens the cap until `ends_at` (null: for good)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="cap_requests")
    resource = models.CharField(max_length=10, choices=Resource.choices)
    note = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    granted = models.PositiveIntegerField(null=True)  # how much; null once decided: declined
    ends_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)  # of the decision, for the one who asked
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "resource"], condition=Q(decided_at=None), name="one_open_request_per_resource"
            ),
            models.CheckConstraint(condition=Q(resource__in=Resource.values), name="cap_request_resource_is_known"),
            models.CheckConstraint(
                condition=Q(granted=None) | Q(granted__gt=0, decided_at__isnull=False), name="granted_is_decided"
            ),
            models.CheckConstraint(condition=Q(ends_at=None) | Q(granted__isnull=False), name="only_a_grant_ends"),
        ]
        indexes = [models.Index(fields=["workspace"], condition=Q(granted__isnull=False), name="cap_grants")]

    def __str__(self) -> str:
        return f"{self.workspace}: more {self.get_resource_display().lower()}"
