"""Plans, what an agency bought, its counters, the ledger and its rollup.

Chatbots and conversations live on the floor above, so ledger rows name them by id: a deleted chatbot keeps its numbers.
"""

from django.db import models
from django.utils import timezone

from agencies.models import Agency, User
from workspaces.models import Workspace


class Plan(models.Model):
    """What fills the pool. Limits: messages per period, the others at one time; null = unlimited."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    messages = models.PositiveIntegerField(null=True, blank=True)
    sources = models.PositiveIntegerField(null=True, blank=True)
    seats = models.PositiveIntegerField(null=True, blank=True)
    workspaces = models.PositiveIntegerField("sub-workspaces", null=True, blank=True)
    chatbots = models.PositiveIntegerField(null=True, blank=True)

    FREE, TRIAL = "free", "trial"  # what an account is on without, and after, approval

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """The plan an agency is on. Its periods begin on `started_at`'s day of the month."""

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, related_name="subscription")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    assigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.agency} on {self.plan}"


class Resource(models.TextChoices):
    """What the pool holds."""

    MESSAGES = "messages", "Messages"
    SOURCES = "sources", "Data sources"
    SEATS = "seats", "Seats"


class AddOn(models.Model):
    """A pack that widens an agency's pool, from the day it was added until it is ended."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="add_ons")
    resource = models.CharField(max_length=10, choices=Resource.choices)
    amount = models.PositiveIntegerField()
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "add-on"
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="add_on_adds_something"),
            models.CheckConstraint(condition=models.Q(resource__in=Resource.values), name="add_on_resource_is_known"),
        ]

    def __str__(self) -> str:
        return f"+{self.amount} {self.get_resource_display().lower()} for {self.agency}"


class PoolPeriod(models.Model):
    """An agency's message counter for one billing period [start, end), made on first use."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    start = models.DateTimeField()
    end = models.DateTimeField()
    used = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "start"], name="one_counter_per_agency_and_period"),
            models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="period_ends_after_its_start"),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.used} from {self.start:%Y-%m-%d}"


class WorkspacePeriod(models.Model):
    """One workspace's part of its agency's counter, in the same period."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
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

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
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
                condition=models.Q(settled_at=None) | models.Q(released_at=None), name="hold_is_settled_or_released"
            ),
        ]
        indexes = [
            models.Index(
                fields=["held_at"], condition=models.Q(settled_at=None, released_at=None), name="holds_still_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.units} units for {self.key}"


class LedgerEntry(models.Model):
    """Why units were taken: one row for each line of a conversation that cost something. Append-only."""

    class Kind(models.TextChoices):
        VISITOR = "visitor", "Visitor message"
        AI = "ai", "AI reply"
        HUMAN = "human", "Human reply"

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    chatbot_id = models.BigIntegerField()
    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="entries")
    message_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.PositiveIntegerField()
    units = models.SmallIntegerField()
    rule = models.CharField(max_length=120)
    period_start = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "ledger"
        constraints = [
            models.UniqueConstraint(fields=["hold", "kind"], name="one_charge_per_line_of_an_exchange"),
            models.UniqueConstraint(fields=["message_id"], name="one_charge_per_message"),
        ]
        indexes = [models.Index(fields=["agency", "at"], name="ledger_by_day")]

    def __str__(self) -> str:
        return f"{self.units} for {self.rule}"


class DirtyDay(models.Model):
    """A mark, written with each ledger row, that this agency's day must be rolled up again.

    Marks are never shared: a rollup deletes those it saw, and a mark that commits later stays for the next one.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.agency}, {self.day}"


class UsageDay(models.Model):
    """The ledger, summed: day (in the agency's time zone) × workspace × chatbot × kind."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    chatbot_id = models.BigIntegerField()
    day = models.DateField()
    kind = models.CharField(max_length=10, choices=LedgerEntry.Kind.choices)
    messages = models.PositiveIntegerField()
    units = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "day", "workspace", "chatbot_id", "kind"], name="usage_once_per_day"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "day"], name="usage_of_a_workspace")]

    def __str__(self) -> str:
        return f"{self.workspace}, {self.day}: {self.units}"
