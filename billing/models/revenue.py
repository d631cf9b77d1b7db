"""What clients pay, and what else they cost than their share of the pool. Amounts are in minor units.

A version begins at 00:00 UTC of its day, as billing periods do; one that a closed month has used is never changed.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.models import Agency, User
from workspaces.models import Workspace

MOST = 100_000_000_000  # minor units of a fee
MOST_PRICE = 1_000_000_000  # minor units for 1,000 units, or for a million tokens
MOST_UNITS = 1_000_000_000
MOST_MULTIPLE = 10_000  # hundredths
ONCE = 100  # hundredths of a multiple


class Way(models.TextChoices):
    """Who bills the client, and how."""

    FLAT = "flat", "Resale: a fee with units in it"
    MULTIPLE = "multiple", "Resale: a multiple of its cost"
    REFERRAL = "referral", "Referral: the client pays Bureau"
    NONE = "none", "Not billed"


class Books(models.Model):
    """In which currency an agency counts. Without a row it is EUR."""

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, related_name="books")
    currency = models.CharField(max_length=3)

    USUAL = "EUR"

    class Meta:
        verbose_name_plural = "books"
        constraints = [
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="books_currency_is_a_code")
        ]

    def __str__(self) -> str:
        return f"{self.agency} in {self.currency}"


class ClientTerms(models.Model):
    """What one client pays since a day, until the next version begins.

    Flat: `fee` a month with `included` units, and `extra_price` for each 1,000 beyond them. Multiple: its cost times
    `multiple` hundredths. Referral: `fee` is what the client pays Bureau a month; the agency earns its partner rate.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="client_terms")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="terms")
    since = models.DateField()
    way = models.CharField(max_length=10, choices=Way.choices)
    fee = models.PositiveBigIntegerField(default=0)
    included = models.PositiveIntegerField(default=0)
    extra_price = models.PositiveIntegerField(default=0)
    multiple = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "since"], name="one_version_of_terms_a_day"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="terms_way_is_known"),
            models.CheckConstraint(
                condition=Q(
                    fee__lte=MOST, included__lte=MOST_UNITS, extra_price__lte=MOST_PRICE, multiple__lte=MOST_MULTIPLE
                ),
                name="terms_stay_within_reason",
            ),
            models.CheckConstraint(condition=~Q(way="multiple") | Q(multiple__gt=0), name="a_multiple_is_more_than_0"),
        ]

    def __str__(self) -> str:
        return f"{self.workspace} since {self.since}: {self.get_way_display()}"


class ExchangeRate(models.Model):
    """What one unit of `currency`, in which a plan or pack is priced, is in the agency's own, since a day."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="exchange_rates")
    currency = models.CharField(max_length=3)
    since = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    set_at = models.DateTimeField(default=timezone.now)
    set_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["currency", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "currency", "since"], name="one_exchange_rate_a_day"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="rate_currency_is_a_code"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_is_more_than_0"),
        ]

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.rate.normalize():f}"


class ModelPrice(models.Model):
    """What the agency pays its own provider for a million tokens of a model, since a day, in its own currency."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="model_prices")
    model = models.CharField(max_length=120)
    since = models.DateField()
    input_price = models.PositiveIntegerField()
    output_price = models.PositiveIntegerField()
    set_at = models.DateTimeField(default=timezone.now)
    set_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["model", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "model", "since"], name="one_model_price_a_day"),
            models.CheckConstraint(
                condition=Q(input_price__lte=MOST_PRICE, output_price__lte=MOST_PRICE), name="model_price_within_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} since {self.since}"


class ModelUse(models.Model):
    """Tokens that a provider of the agency's own, or of a chatbot's, has charged for: day (UTC) × chatbot × model.

    Where the provider told no numbers they are estimated from the text, and the answer counts in `estimated`.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    chatbot_id = models.BigIntegerField()
    day = models.DateField()
    model = models.CharField(max_length=120)
    answers = models.PositiveIntegerField()
    estimated = models.PositiveIntegerField()
    input_tokens = models.PositiveBigIntegerField()
    output_tokens = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "day", "workspace", "chatbot_id", "model"], name="model_use_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.workspace}, {self.day}: {self.model}"
