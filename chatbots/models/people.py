"""People's side of conversations: notes, who is on duty, what was read, kept filters, and right answers."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.models import Agency, User
from chatbots.models.bots import Chatbot
from chatbots.models.conversations import Conversation, Message
from chatbots.models.knowledge import DataSource
from workspaces.models import Workspace


class Note(models.Model):
    """What people tell each other about a conversation. No visitor ever reads it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    request_key = models.UUIDField(editable=False)  # one form, sent twice, is one note

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "request_key"], name="note_once_per_request"),
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Reading(models.Model):
    """When a person last looked at a conversation: whatever came later is unread."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "user"], name="reading_once_per_conversation_and_person")
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.at:%Y-%m-%d %H:%M}"


class CaughtUp(models.Model):
    """What the conversations of a workspace held at that moment, this person has read or does not want to read."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "caught up"
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="caught_up_once_per_workspace")]

    def __str__(self) -> str:
        return f"{self.user}, {self.at:%Y-%m-%d %H:%M}"


class Duty(models.Model):
    """Somebody is there for visitors who ask for a person, until they switch it off."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="duties")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "duties"
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="on_duty_once_per_workspace")]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace}"


class SavedView(models.Model):
    """Filters of an inbox under a name, of one person: of one workspace, or of all clients of an agency."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500, blank=True)  # as it stands in the address

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "workspace", "name"], name="saved_view_name_once_per_person_and_workspace"
            ),
            models.UniqueConstraint(
                fields=["user", "agency", "name"],
                condition=Q(workspace=None),
                name="saved_view_name_once_per_person_and_agency",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RightAnswer(models.Model):
    """An answer was wrong or missing, and somebody wrote the right one: a Q&A source, as long as that exists."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    chatbot = models.ForeignKey(Chatbot, on_delete=models.CASCADE, related_name="right_answers")
    message = models.OneToOneField(Message, on_delete=models.CASCADE, null=True, related_name="right_answer")
    source = models.ForeignKey(DataSource, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return str(self.source)


class Forgotten(models.Model):
    """A conversation that was erased: its units stay in the ledger, and this says why their lines are gone."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    conversation_id = models.BigIntegerField(unique=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "forgotten"

    def __str__(self) -> str:
        return f"Conversation {self.conversation_id}"
