"""An account's wish to become an agency."""

from django.db import models
from django.utils import timezone

from agencies.models.agency import Agency
from agencies.models.people import User


class Application(models.Model):
    """An account's wish to become an agency. It waits until support decides, or the applicant withdraws it."""

    class Decision(models.TextChoices):
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="applications")
    website = models.URLField(max_length=300, blank=True)
    clients = models.PositiveIntegerField("clients expected")
    messages = models.PositiveIntegerField("messages expected a month")
    goals = models.TextField(max_length=2000, blank=True)
    submitted_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    reason = models.TextField(max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["submitted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency"], condition=models.Q(decided_at=None), name="one_waiting_application_per_agency"
            ),
            models.CheckConstraint(
                condition=models.Q(decision="", decided_at=None, decided_by=None)
                | models.Q(
                    decision__in=("approved", "declined", "withdrawn"),
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="application_decision_has_a_who_and_a_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}, {self.submitted_at:%Y-%m-%d}"

    @property
    def is_waiting(self) -> bool:
        return self.decided_at is None


class ApplicationEntry(models.Model):
    """What was said about an application. The agency reads questions and answers, and never a note."""

    class Kind(models.TextChoices):
        QUESTION = "question", "Question"
        ANSWER = "answer", "Answer"
        NOTE = "note", "Note"  # of support, for support

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="application_entries")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField(max_length=2000)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "application entries"
        default_permissions = ()  # whoever may decide applications may speak about them
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="an_application_entry_says_something"),
            models.CheckConstraint(
                condition=models.Q(kind__in=("question", "answer", "note")), name="application_entry_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.at:%Y-%m-%d %H:%M}"
