"""Chatbots."""

import secrets
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.models import User
from workspaces.models import Workspace


def new_public_id() -> str:
    """An id for public URLs, 96 bits; it names a chatbot and protects nothing."""
    return secrets.token_hex(12)


class Chatbot(models.Model):
    """One bot in one workspace."""

    class Language(models.TextChoices):
        """As Snowball calls them, which reduces words to their stems. Texts in another language are noticed."""

        ENGLISH = "english", "English"
        GERMAN = "german", "German"
        SPANISH = "spanish", "Spanish"
        FRENCH = "french", "French"
        TURKISH = "turkish", "Turkish"
        ARABIC = "arabic", "Arabic"
        OTHER = "simple", "Another language"

    class Length(models.TextChoices):
        """How long a model's answers may be."""

        SHORT = "short", "Short: a sentence or two"
        MEDIUM = "medium", "Medium: a paragraph"
        LONG = "long", "Long: several paragraphs"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="chatbots")
    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=80)
    language = models.CharField(max_length=20, choices=Language.choices, default=Language.ENGLISH)
    first_message = models.CharField(max_length=300, default="Hello! How can I help?")
    instructions = models.TextField(max_length=4000, blank=True)
    temperature = models.FloatField(default=0.2)  # of a model, 0 to 2
    answer_length = models.CharField(max_length=10, choices=Length.choices, default=Length.MEDIUM)
    answers_in = models.CharField(max_length=40, blank=True)  # a language; empty: the visitor's
    edition = models.UUIDField(default=uuid.uuid4, editable=False)  # another one with every change of its passages
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    request_key = models.UUIDField(null=True, editable=False)  # one form, sent twice, makes one chatbot

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "request_key"], name="chatbot_once_per_request"),
            models.CheckConstraint(condition=Q(temperature__range=(0, 2)), name="temperature_is_0_to_2"),
        ]

    def __str__(self) -> str:
        return self.name
