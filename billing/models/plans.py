"""The catalogue of plans, what an agency is on, and what support changed of it for one agency."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from agencies.models import Agency, User


class Plan(models.Model):
    """One version of a plan. Limits: messages per period, the others at one time; null = unlimited.

    The price is for a billing period, in the currency's minor units; null: it is agreed with each agency.

    A version that agencies are on is never changed: the next one begins at its `since`, and they stay where they are.
    """

    code = models.SlugField()
    version = models.PositiveSmallIntegerField(default=1)
    since = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=80)
    messages = models.PositiveIntegerField(null=True, blank=True)
    sources = models.PositiveIntegerField(null=True, blank=True)
    seats = models.PositiveIntegerField(null=True, blank=True)
    workspaces = models.PositiveIntegerField("sub-workspaces", null=True, blank=True)
    chatbots = models.PositiveIntegerField(null=True, blank=True)
    price = models.PositiveIntegerField("price a month, in minor units (cents)", null=True, blank=True)  # null: agreed
    currency = models.CharField(max_length=3, default="EUR")

    FREE, TRIAL = "free", "trial"  # what an account is on without, and after, approval
    LIMITS = ("messages", "sources", "seats", "workspaces", "chatbots")
    MONEY = ("price", "currency")

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="plan_version_once"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="plan_currency_is_a_code"),
        ]

    def __str__(self) -> str:
        return self.name if self.version == 1 else f"{self.name} (version {self.version})"


class Subscription(models.Model):
    """The plan an agency is on. Its periods begin on `started_at`'s day of the month."""

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, related_name="subscription")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    assigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.agency} on {self.plan}"


class PlanSince(models.Model):
    """Since when an agency is on a plan: what its months cost when the plan changed between them, or in one."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        verbose_name_plural = "plans since"
        indexes = [models.Index(fields=["agency", "since"], name="plans_of_an_agency")]

    def __str__(self) -> str:
        return f"{self.agency} on {self.plan} since {self.since:%Y-%m-%d}"


class LimitException(models.Model):
    """Another limit than the plan's, for one agency: `amount` instead of the plan's own; null = unlimited."""

    class Limit(models.TextChoices):
        MESSAGES = "messages", "Messages per period"
        SOURCES = "sources", "Data sources"
        SEATS = "seats", "Seats"
        WORKSPACES = "workspaces", "Sub-workspaces"
        CHATBOTS = "chatbots", "Chatbots"

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="limit_exceptions")
    limit = models.CharField(max_length=10, choices=Limit.choices)
    amount = models.PositiveIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=300)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "limit"], condition=Q(ended_at=None), name="one_running_exception_per_limit"
            ),
            models.CheckConstraint(
                condition=Q(limit__in=["messages", "sources", "seats", "workspaces", "chatbots"]),
                name="exception_limit_is_known",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="exception_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("made_at")), name="exception_ends_after_its_start"
            ),
        ]

    def __str__(self) -> str:
        amount = "unlimited" if self.amount is None else f"{self.amount:,}"
        return f"{self.get_limit_display()} of {self.agency}: {amount}"
