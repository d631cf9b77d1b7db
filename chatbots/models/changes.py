"""What was changed of a chatbot's settings, so that it can be undone; and its pictures."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.models import Agency, User
from chatbots.models.blueprints import BlueprintPush
from chatbots.models.bots import Chatbot
from workspaces.models import Workspace


class Avatar(models.Model):
    """A chatbot's picture, drawn anew by us: 256 × 256 pixels of PNG. Earlier ones are kept for a while."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    chatbot = models.ForeignKey(Chatbot, on_delete=models.CASCADE, related_name="avatars")
    digest = models.CharField(max_length=64)
    image = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chatbot", "digest"], name="one_row_per_picture")]

    def __str__(self) -> str:
        return self.digest[:12]


class SettingsChange(models.Model):
    """Some settings of one chatbot, as they were and became: by a form, a push of a blueprint, an undo."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    chatbot = models.ForeignKey(Chatbot, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    before = models.JSONField()
    after = models.JSONField()
    push = models.ForeignKey(BlueprintPush, on_delete=models.SET_NULL, null=True, related_name="changes")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_by=None) | Q(undone_at__isnull=False), name="who_undid_a_change_did_it_some_time"
            ),
            models.UniqueConstraint(fields=["push", "chatbot"], name="one_change_per_push_and_chatbot"),
        ]
        indexes = [models.Index(fields=["chatbot", "-id"], name="changes_newest_first")]

    def __str__(self) -> str:
        return f"{self.chatbot}: {', '.join(self.after)}"
