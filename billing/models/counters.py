"""Counters of message units, and what is held of them.

What every charge writes is kept lean. Its constraint `…_tenancy`, a workspace together with its agency, says all that
the two foreign keys would say, and asks for one row instead of three; no index is kept that another one covers.
"""

from django.db import models
from django.db.models import F, Q

from agencies.models import Agency
from workspaces.models import Workspace


class PoolPeriod(models.Model):
    """An agency's message counter for one billing period [start, end), made on first use.

    `quota` and `stock` are written by the database functions in `migrations/_pool.py` alone.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", db_index=False)
    start = models.DateTimeField()
    end = models.DateTimeField()
    used = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    quota = models.PositiveIntegerField(null=True)  # of this period: the plan and its packs; null = unlimited
    stock = models.PositiveIntegerField(default=0)  # what packs that never lapse add on top of it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "start"], name="one_counter_per_agency_and_period"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="period_ends_after_its_start"),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.used} from {self.start:%Y-%m-%d}"

    @property
    def limit(self) -> int | None:
        """Units that may be used in this period; None is unlimited."""
        return None if self.quota is None else self.quota + self.stock


class WorkspacePeriod(models.Model):
    """One workspace's part of its agency's counter, in the same period."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    start = models.DateTimeField()
    used = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "start"], name="one_counter_per_workspace_and_period"),
        ]
        indexes = [models.Index(fields=["agency", "start"], name="workspaces_of_a_period")]

    def __str__(self) -> str:
        return f"{self.workspace}: {self.used} from {self.start:%Y-%m-%d}"


class Hold(models.Model):
    """The most one exchange can cost, set aside before it runs. `key` makes it happen once."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    chatbot_id = models.BigIntegerField()
    period_start = models.DateTimeField()
    key = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64)
    units = models.PositiveSmallIntegerField()
    held_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "key"], name="one_hold_per_key"),
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(released_at=None), name="hold_is_settled_or_released"
            ),
        ]
        indexes = [
            models.Index(fields=["held_at"], condition=Q(settled_at=None, released_at=None), name="holds_still_open")
        ]

    def __str__(self) -> str:
        return f"{self.units} units for {self.key}"
