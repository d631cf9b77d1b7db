"""What lets a site say who its visitor is."""

from django.db import models
from django.utils import timezone

from agencies.models import User
from chatbots.models.bots import Chatbot
from workspaces.models import Workspace


class IdentitySecret(models.Model):
    """A chatbot's secret, with which a site's server signs who its visitor is. People can read it, so it is sealed."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    chatbot = models.OneToOneField(Chatbot, on_delete=models.CASCADE, related_name="identity_secret")
    secret = models.BinaryField()  # sealed by `answers.sealing`
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"of {self.chatbot}, {self.made_at:%Y-%m-%d}"
