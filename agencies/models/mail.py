"""The outbox."""

from django.db import models
from django.utils import timezone


class Mail(models.Model):
    """A mail on its way. The body is wiped once delivered, since links in it are secrets."""

    recipient = models.EmailField()
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True)  # an invitation, as calendar programs read it
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "mail"
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(delivered_at=None, given_up_at=None),
                name="mail_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"
