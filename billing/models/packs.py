"""Packs that widen a pool: the catalogue, orders, what runs, receipts, and what a payment provider told."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from agencies.models import Agency, User
from workspaces.models import Resource


class Lasts(models.TextChoices):
    """How long a pack lasts. Messages that never lapse wait until the period's own are used up."""

    PERIOD = "period", "This billing period"
    RECURRING = "recurring", "Until cancelled"
    FOREVER = "forever", "Never lapses"


class Pack(models.Model):
    """What can be bought. `price` is in the currency's minor units (cents). An order keeps what it was then."""

    name = models.CharField(max_length=80)
    resource = models.CharField(max_length=10, choices=Resource.choices)
    amount = models.PositiveIntegerField()
    price = models.PositiveIntegerField("price, in minor units (cents)")
    currency = models.CharField(max_length=3, default="EUR")
    lasts = models.CharField(max_length=10, choices=Lasts.choices)
    added_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["resource", "price"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="pack_adds_something"),
            models.CheckConstraint(condition=Q(resource__in=Resource.values), name="pack_resource_is_known"),
            models.CheckConstraint(condition=Q(lasts__in=Lasts.values), name="pack_lasts_is_known"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="pack_currency_is_a_code"),
        ]

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """An agency wants a pack. It counts once it is paid at Checkout, or confirmed by support.

    What the pack was when it was ordered stands here, so that the catalogue may change.
    """

    class Way(models.TextChoices):
        CHECKOUT = "checkout", "Checkout"
        REQUEST = "request", "Request to support"

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="orders")
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    resource = models.CharField(max_length=10, choices=Resource.choices)
    amount = models.PositiveIntegerField()
    price = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    lasts = models.CharField(max_length=10, choices=Lasts.choices)
    way = models.CharField(max_length=10, choices=Way.choices)
    request_key = models.UUIDField()  # one form, sent twice, is one order
    ordered_at = models.DateTimeField(default=timezone.now)
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    checkout_id = models.CharField(max_length=120, blank=True)  # the provider's session …
    payment_id = models.CharField(max_length=120, blank=True)  # … its payment …
    subscription_id = models.CharField(max_length=120, blank=True)  # … and what it renews
    granted_at = models.DateTimeField(null=True)  # paid or confirmed: the pack counts since then
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # null: by payment
    closed_at = models.DateTimeField(null=True)  # declined by support, or the Checkout expired
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    cancelled_at = models.DateTimeField(null=True)  # what recurs was cancelled then, and runs to the period's end
    refunded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-ordered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "request_key"], name="order_once_per_request"),
            models.UniqueConstraint(
                fields=["checkout_id"], condition=~Q(checkout_id=""), name="one_order_per_checkout"
            ),
            models.CheckConstraint(
                condition=Q(refunded_at=None) | Q(granted_at__isnull=False), name="only_what_was_granted_is_refunded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.agency}"

    @property
    def recurs(self) -> bool:
        return self.lasts == Lasts.RECURRING

    @property
    def is_open(self) -> bool:
        """Whether it waits for its payment, or for support."""
        return self.granted_at is None and self.closed_at is None


class AddOn(models.Model):
    """A pack that runs: it widens the pool from `added_at` until `ends_at`, which may lie ahead.

    `returned` of its amount was taken back by a refund; what was in use then stays.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="add_ons")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="add_on")
    resource = models.CharField(max_length=10, choices=Resource.choices)
    amount = models.PositiveIntegerField()
    lasts = models.CharField(max_length=10, choices=Lasts.choices, default=Lasts.RECURRING)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ends_at = models.DateTimeField(null=True, blank=True)
    returned = models.PositiveIntegerField(default=0)
    request_key = models.UUIDField(null=True, unique=True)  # of support's form: sent twice, it adds one

    class Meta:
        verbose_name = "add-on"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="add_on_adds_something"),
            models.CheckConstraint(condition=Q(resource__in=Resource.values), name="add_on_resource_is_known"),
            models.CheckConstraint(condition=Q(lasts__in=Lasts.values), name="add_on_lasts_is_known"),
            models.CheckConstraint(condition=Q(returned__lte=F("amount")), name="no_more_is_returned_than_was_added"),
            models.CheckConstraint(
                condition=~Q(lasts=Lasts.PERIOD) | Q(ends_at__isnull=False), name="a_pack_for_a_period_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"+{self.amount} {self.get_resource_display().lower()} for {self.agency}"

    @property
    def adds(self) -> int:
        """What is left of its amount."""
        return self.amount - self.returned

    @property
    def last_day(self) -> datetime | None:
        """The last day on which it counts, in UTC, as that of a billing period."""
        return self.ends_at and self.ends_at - timedelta(microseconds=1)


class Receipt(models.Model):
    """Money that moved for an order: a payment, a renewal, a refund or a charge-back. `amount` in minor units."""

    class Kind(models.TextChoices):
        PAYMENT = "payment", "Payment"
        RENEWAL = "renewal", "Renewal"
        REFUND = "refund", "Refund"
        CHARGE_BACK = "charge_back", "Charge-back"

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="receipts")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="receipts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    number = models.PositiveIntegerField()  # counts from 1 in each agency
    amount = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    external_id = models.CharField(max_length=120, blank=True)  # the provider's object: the same one is told once
    url = models.URLField(max_length=500, blank=True)  # the provider's own receipt or invoice

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "number"], name="receipt_number_once_per_agency"),
            models.UniqueConstraint(
                fields=["order", "kind", "external_id"], condition=~Q(external_id=""), name="receipt_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number} of {self.agency}"


class PaymentEvent(models.Model):
    """What the payment provider told, once for each of its events, whatever the order in which they come.

    Only ids and the amount that moved are kept. One that comes before the payment it is about waits without an `order`,
    and is found by its ids once that is known.
    """

    class Tells(models.TextChoices):
        PAID = "paid", "Paid"
        RENEWED = "renewed", "Renewed"
        REFUNDED = "refunded", "Refunded"
        CHARGED_BACK = "charged_back", "Charged back"
        ENDED = "ended", "The subscription ended"
        EXPIRED = "expired", "The payment page expired"
        LINKED = "linked", "Which ids belong together"

    event_id = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=80)  # in the provider's word
    tells = models.CharField(max_length=12, choices=Tells.choices)
    happened_at = models.DateTimeField()
    handled_at = models.DateTimeField()
    order = models.ForeignKey(Order, on_delete=models.CASCADE, null=True, related_name="events")
    reference = models.CharField(max_length=120, blank=True)  # ours, as the provider hands it back
    checkout_id = models.CharField(max_length=120, blank=True)
    payment_id = models.CharField(max_length=120, blank=True)
    subscription_id = models.CharField(max_length=120, blank=True)
    invoice_id = models.CharField(max_length=120, blank=True)
    object_id = models.CharField(max_length=120, blank=True)  # of a refund or charge-back: which one
    amount = models.PositiveBigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    url = models.URLField(max_length=500, blank=True)

    class Meta:
        ordering = ["happened_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(tells__in=["paid", "renewed", "refunded", "charged_back", "ended", "expired", "linked"]),
                name="payment_event_tells_what_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.event_id}"
