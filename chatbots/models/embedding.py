"""A chatbot on other sites: where it was seen, and what lets a site say who its visitor is."""

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


class Embedding(models.Model):
    """A site on which somebody's browser has loaded the chatbot, as that browser told: nobody vouches for it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    chatbot = models.ForeignKey(Chatbot, on_delete=models.CASCADE, related_name="embeddings")
    host = models.CharField(max_length=260)  # with its port, where that is another than the usual one
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)  # to the hour

    class Meta:
        ordering = ["-last_seen_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["chatbot", "host"], name="embedding_once_per_chatbot_and_host")]

    def __str__(self) -> str:
        return self.host
