"""Chatbots, what they know, and their conversations."""

import secrets

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone

from agencies.models import User
from workspaces.models import Workspace


def new_public_id() -> str:
    """An id for public URLs, 96 bits; it names a chatbot and protects nothing."""
    return secrets.token_hex(12)


class Chatbot(models.Model):
    """One bot in one workspace."""

    class Language(models.TextChoices):
        """PostgreSQL's text search configurations: how words of this language are reduced to their stems."""

        ENGLISH = "english", "English"
        GERMAN = "german", "German"
        SPANISH = "spanish", "Spanish"
        FRENCH = "french", "French"
        TURKISH = "turkish", "Turkish"
        ARABIC = "arabic", "Arabic"
        OTHER = "simple", "Another language"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="chatbots")
    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=80)
    language = models.CharField(max_length=20, choices=Language.choices, default=Language.ENGLISH)
    first_message = models.CharField(max_length=300, default="Hello! How can I help?")
    instructions = models.TextField(max_length=4000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    request_key = models.UUIDField(null=True, editable=False)  # one form, sent twice, makes one chatbot

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "request_key"], name="chatbot_once_per_request"),
        ]

    def __str__(self) -> str:
        return self.name


class DataSource(models.Model):
    """What a chatbot learns from. Each counts once against the shared pool."""

    class Kind(models.TextChoices):
        TEXT = "text", "Text"
        QA = "qa", "Q&A"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="sources")
    chatbot = models.ForeignKey(Chatbot, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=200)  # of a Q&A, its question
    text = models.TextField()  # of a Q&A, its answer
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    request_key = models.UUIDField(null=True, editable=False)

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["chatbot", "request_key"], name="source_once_per_request")]

    def __str__(self) -> str:
        return self.title


class Passage(models.Model):
    """A piece of a data source that retrieval can return. `search` holds its stems in the chatbot's language."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    chatbot = models.ForeignKey(Chatbot, on_delete=models.CASCADE, related_name="passages")
    source = models.ForeignKey(DataSource, on_delete=models.CASCADE, related_name="passages")
    position = models.PositiveIntegerField()
    text = models.TextField()
    search = SearchVectorField()

    class Meta:
        ordering = ["source", "position"]
        constraints = [models.UniqueConstraint(fields=["source", "position"], name="passage_once_per_position")]
        indexes = [GinIndex(fields=["search"], name="passage_stems")]

    def __str__(self) -> str:
        return f"{self.source}, passage {self.position}"


class Conversation(models.Model):
    """A visitor's talk with one chatbot. The visitor's token is kept as its hash only."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="conversations")
    chatbot = models.ForeignKey(Chatbot, on_delete=models.CASCADE, related_name="conversations")
    token_hash = models.CharField(max_length=64)
    started_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chatbot", "token_hash"], name="one_conversation_per_token")]

    def __str__(self) -> str:
        return f"{self.chatbot}, {self.started_at:%Y-%m-%d %H:%M}"


class Message(models.Model):
    """A line of a conversation. `hold_id` names the billing hold that paid for it."""

    class Author(models.TextChoices):
        VISITOR = "visitor", "Visitor"
        AI = "ai", "Chatbot"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    author = models.CharField(max_length=10, choices=Author.choices)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    hold_id = models.BigIntegerField()
    cited = models.JSONField(default=list)  # titles of the sources the answer came from, as they were then
    found = models.BooleanField(default=True)  # False: the sources held no answer, and the reply said so

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["hold_id", "author"], name="one_line_per_author_and_hold")]

    def __str__(self) -> str:
        return self.text[:60]
