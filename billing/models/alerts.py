"""Alerts: at which shares of a pool or cap, and which were raised."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.models import Agency
from workspaces.models import Resource, Workspace


def usual_thresholds() -> list[int]:
    """Per cent of a pool or cap."""
    return [50, 75, 90, 100]


class AlertRule(models.Model):
    """The thresholds of one agency, in per cent, instead of the usual ones."""

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, related_name="alert_rule")
    thresholds = ArrayField(models.PositiveSmallIntegerField(), default=usual_thresholds)

    def __str__(self) -> str:
        return f"{self.agency}: {', '.join(f'{share} %' for share in self.thresholds)}"


class Alert(models.Model):
    """A pool, or with a workspace its cap, passed a threshold in a billing period. Each is raised once."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="alerts")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True, related_name="alerts")
    resource = models.CharField(max_length=10, choices=Resource.choices)
    threshold = models.PositiveSmallIntegerField()  # per cent
    period_start = models.DateTimeField()
    used = models.PositiveIntegerField()  # when it was raised
    limit = models.PositiveIntegerField()
    raised_at = models.DateTimeField()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "workspace", "resource", "threshold", "period_start"],
                nulls_distinct=False,
                name="alert_once_per_threshold_and_period",
            ),
            models.CheckConstraint(condition=Q(resource__in=Resource.values), name="alert_resource_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.workspace or self.agency}: {self.threshold} % of {self.get_resource_display().lower()}"
