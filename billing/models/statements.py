"""Closed months: what each client brought and cost. Append-only, as the ledger; a later change is an adjustment."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from agencies.models import Agency, User
from billing.models.packs import Receipt
from workspaces.models import Workspace


class Statement(models.Model):
    """One closed month, which is a billing period of the agency: [start, end). Sums are those of its lines."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="statements")
    number = models.PositiveIntegerField()  # counts from 1 in each agency
    start = models.DateTimeField()
    end = models.DateTimeField()
    currency = models.CharField(max_length=3)
    units = models.IntegerField()
    revenue = models.BigIntegerField()
    cost = models.BigIntegerField()
    commission = models.BigIntegerField()  # of the revenue: what Bureau owes the agency as a partner
    referred = models.BigIntegerField()  # what referred clients paid Bureau
    clients = models.PositiveIntegerField()  # that used something
    tier = models.CharField(max_length=60, blank=True)
    rate = models.PositiveIntegerField(default=0)  # of the partner, in hundredths of a per cent
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="statement_number_once_per_agency"),
            models.UniqueConstraint(fields=["agency", "start"], name="a_month_is_closed_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="statement_ends_after_its_start"),
        ]

    def __str__(self) -> str:
        return f"Month {self.number} of {self.agency}"

    @property
    def profit(self) -> int:
        return self.revenue - self.cost

    @property
    def margin(self) -> float | None:
        """Profit by revenue; None without revenue."""
        return self.profit / self.revenue if self.revenue > 0 else None

    @property
    def last_day(self) -> datetime:
        """In UTC, as a billing period's."""
        return self.end - timedelta(microseconds=1)


class StatementLine(models.Model):
    """One line: what a client brought or cost, and why. `name` and `words` stay as they were when it was closed."""

    class Kind(models.TextChoices):
        USE = "use", "Units"
        MODEL = "model", "Model"
        FEE = "fee", "Fee"
        EXTRA = "extra", "Extra units"
        MULTIPLE = "multiple", "Multiple of cost"
        COMMISSION = "commission", "Commission"
        ADJUSTMENT = "adjustment", "Adjustment"

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="lines")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.CharField(max_length=300)
    first = models.DateField()
    last = models.DateField()
    quantity = models.BigIntegerField()  # units, tokens, or what is multiplied, in minor units
    price = models.BigIntegerField(null=True)  # of the quantity, as `words` say
    units = models.IntegerField(default=0)  # of the ledger; each counts in one line
    revenue = models.BigIntegerField(default=0)
    cost = models.BigIntegerField(default=0)
    about = models.ForeignKey(Statement, on_delete=models.CASCADE, null=True, related_name="adjustments")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "position"], name="one_line_at_a_position"),
            models.CheckConstraint(
                condition=Q(kind="adjustment", about__isnull=False) | ~Q(kind="adjustment") & Q(about=None),
                name="an_adjustment_is_about_a_month",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.words}"


class StatementCost(models.Model):
    """What the pool cost in a closed month: a plan, or money that moved for a pack. A receipt counts in one month."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="costs")
    position = models.PositiveIntegerField()
    words = models.CharField(max_length=300)
    amount = models.BigIntegerField()  # in the statement's currency
    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["statement", "position"], name="one_cost_at_a_position")]

    def __str__(self) -> str:
        return self.words
