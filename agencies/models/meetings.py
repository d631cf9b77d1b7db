"""When support meets, and who meets support. A meeting is an instant, and the time zone in which somebody chose it."""

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone

from agencies.addresses import plain_address
from agencies.models.agency import Agency
from agencies.models.application import Application
from agencies.models.people import User
from agencies.zones import known_zone

ONLY = 1  # the key of the one row of Availability
LENGTH = timedelta(minutes=30)  # of a meeting


class Availability(models.Model):
    """Support's own: one row. Its hours are wall-clock time of its zone, whatever the season."""

    time_zone = models.CharField(max_length=63, default="UTC", validators=[known_zone])
    notice_hours = models.PositiveSmallIntegerField(
        "minimum notice, in hours", default=24, validators=[MaxValueValidator(24 * 30)]
    )
    horizon_days = models.PositiveSmallIntegerField(
        "how far ahead, in days", default=21, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    place = models.CharField(
        "where you meet", max_length=300, blank=True, help_text="Stands in invitations: a link to a call, or a number."
    )
    mail_to = models.EmailField(
        "who hears of meetings",
        blank=True,
        validators=[plain_address],
        help_text="Empty: everybody of support who may change meetings.",
    )

    class Meta:
        verbose_name_plural = "availability"
        default_permissions = ("change", "view")
        constraints = [
            models.CheckConstraint(condition=Q(pk=ONLY), name="one_availability"),
            models.CheckConstraint(condition=Q(horizon_days__gte=1, horizon_days__lte=120), name="horizon_is_near"),
        ]

    def __str__(self) -> str:
        return f"Support's hours ({self.time_zone})"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class OfficeHours(models.Model):
    """From when to when support meets on one day of the week."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0
        TUESDAY = 1
        WEDNESDAY = 2
        THURSDAY = 3
        FRIDAY = 4
        SATURDAY = 5
        SUNDAY = 6

    availability = models.ForeignKey(Availability, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        verbose_name_plural = "office hours"
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=GreaterThanOrEqual(F("closes") - F("opens"), Value(LENGTH)),
                name="hours_hold_a_meeting",
                violation_error_message="It must close at least half an hour after it opens: that long is a meeting.",
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="weekday_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class DayOff(models.Model):
    """A day, in support's time zone, on which nobody meets. Meetings that stand already are cancelled by hand."""

    day = models.DateField(unique=True)
    note = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "days off"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%d %B %Y}"


class Meeting(models.Model):
    """Half an hour with support. It is tied to an agency when somebody who may apply for it booked it.

    Long after its end, what names a person is erased and its time stays.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request_key = models.UUIDField(unique=True, editable=False)  # one form, sent twice, is one meeting
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField("visitor's time zone", max_length=63)
    name = models.CharField(max_length=80)
    email = models.EmailField("e-mail")
    company = models.CharField(max_length=80)
    website = models.URLField(max_length=300, blank=True)
    clients = models.PositiveIntegerField("clients")
    messages = models.PositiveIntegerField("messages expected a month")
    goals = models.TextField(max_length=2000, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, null=True, blank=True, related_name="meetings")
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, null=True, blank=True, related_name="meetings"
    )
    booked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    booked_at = models.DateTimeField(default=timezone.now)
    chosen_at = models.DateTimeField(default=timezone.now)  # when its present time was chosen
    came_from = models.CharField(max_length=64, editable=False)  # a keyed hash of the network it was booked from
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)  # of the invitation
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField("support's reason", max_length=500, blank=True)
    reminded_day_before_at = models.DateTimeField(null=True, blank=True, editable=False)
    reminded_hour_before_at = models.DateTimeField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["starts_at"]
        default_permissions = ("change", "view")
        indexes = [
            models.Index(fields=["starts_at"], condition=Q(cancelled_at=None), name="meetings_to_come"),
            models.Index(fields=["came_from"], condition=Q(cancelled_at=None), name="meetings_of_an_address"),
        ]
        constraints = [
            ExclusionConstraint(
                name="one_meeting_at_a_time",
                expressions=[
                    (
                        Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    )
                ],
                condition=Q(cancelled_at=None),
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_its_start"),
            models.CheckConstraint(
                condition=Q(agency=None, application=None) | Q(agency__isnull=False, booked_by__isnull=False),
                name="meeting_of_an_agency_has_a_who",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=False) | Q(cancelled_by=None, reason=""),
                name="meeting_is_cancelled_with_a_when",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(name="", email="", company="", website="", goals="", reason="", came_from=""),
                name="erased_meeting_names_nobody",
            ),
        ]

    def __str__(self) -> str:
        return "Erased" if self.erased_at else f"{self.name}, {self.company}"

    @property
    def when(self) -> str:
        """Its time in words, in the zone in which it was chosen."""
        return self.in_words(self.time_zone)

    def in_words(self, zone: str) -> str:
        begins, ends = (at.astimezone(ZoneInfo(zone)) for at in (self.starts_at, self.ends_at))
        return f"{begins:%A, %-d %B %Y, %H:%M} to {ends:%H:%M} ({zone.replace('_', ' ')})"

    def is_over(self, now: datetime | None = None) -> bool:
        return self.starts_at <= (now or datetime.now(UTC))
