"""The partner programme: its tiers, and which one support has given an agency."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.models import Agency, User

WHOLE = 10_000  # a rate of 100 %, in hundredths of a per cent


class PartnerTier(models.Model):
    """A tier of the programme. It is for agencies of which at least `clients` used something in a month."""

    name = models.CharField(max_length=60, unique=True)
    clients = models.PositiveIntegerField("clients that use something in a month, at least", unique=True)
    rate = models.PositiveIntegerField("rate, in hundredths of a per cent")
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["clients"]
        constraints = [models.CheckConstraint(condition=Q(rate__lte=WHOLE), name="tier_rate_is_a_share")]

    def __str__(self) -> str:
        return self.name


class Partnership(models.Model):
    """An agency's tier and rate since a day. The rate may be another one than the tier's own."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="partnerships")
    tier = models.ForeignKey(PartnerTier, on_delete=models.PROTECT, related_name="+")
    rate = models.PositiveIntegerField("rate, in hundredths of a per cent")
    since = models.DateField()
    reason = models.CharField(max_length=300)
    set_at = models.DateTimeField(default=timezone.now)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "since"], name="one_partnership_a_day"),
            models.CheckConstraint(condition=Q(rate__lte=WHOLE), name="partner_rate_is_a_share"),
            models.CheckConstraint(condition=~Q(reason=""), name="partnership_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.tier} since {self.since}"
