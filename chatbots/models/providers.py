"""Model providers with a key of one's own: an agency's for all its chatbots, or one chatbot's."""

from typing import Any

from django.db import models
from django.utils import timezone

from agencies.models import Agency, User
from chatbots.models.bots import Chatbot
from workspaces.models import Workspace


class Endpoint(models.Model):
    """An endpoint that speaks the OpenAI protocol, and a key to it. The key is sealed; nobody is shown it again."""

    base_url = models.URLField(max_length=300)
    model = models.CharField(max_length=100)
    key = models.BinaryField()  # sealed by `answers.sealing`
    key_end = models.CharField(max_length=4)  # so that people know which one it is
    falls_back = models.BooleanField(default=False)  # when it fails, the provider above it may be asked
    set_at = models.DateTimeField(default=timezone.now)
    set_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.model} at {self.base_url}"

    def about(self) -> dict[str, Any]:
        """What the audit log keeps of it."""
        return {
            "address": self.base_url,
            "model": self.model,
            "key": f"ends in {self.key_end}",
            "falls back": self.falls_back,
        }


class AgencyProvider(Endpoint):
    """What the chatbots of an agency ask that have no provider of their own."""

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, related_name="provider")


class ChatbotProvider(Endpoint):
    """What one chatbot asks."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    chatbot = models.OneToOneField(Chatbot, on_delete=models.CASCADE, related_name="provider")
