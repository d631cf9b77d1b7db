"""Chatbots."""

import secrets
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.models import User
from chatbots.models import settings
from workspaces.models import Workspace


def new_public_id() -> str:
    """An id for public URLs, 96 bits; it names a chatbot and protects nothing."""
    return secrets.token_hex(12)


class Chatbot(settings.Identity, settings.Behaviour, settings.Look, settings.Availability):
    """One bot in one workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="chatbots")
    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    edition = models.UUIDField(default=uuid.uuid4, editable=False)  # another one with every change of its passages
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    paused_at = models.DateTimeField(null=True)  # it answers nobody, and says so
    paused_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    locked = ArrayField(models.CharField(max_length=30), default=list, blank=True)  # settings that no blueprint changes
    request_key = models.UUIDField(null=True, editable=False)  # one form, sent twice, makes one chatbot

    class Meta:
        constraints = [
            *settings.CONSTRAINTS,
            models.UniqueConstraint(fields=["workspace", "request_key"], name="chatbot_once_per_request"),
            models.CheckConstraint(
                condition=Q(paused_by=None) | Q(paused_at__isnull=False), name="who_paused_a_chatbot_did_it_some_time"
            ),
        ]

    def __str__(self) -> str:
        return self.name
