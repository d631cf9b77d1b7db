"""What visitors and chatbots say, and what visitors leave."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.models import User
from chatbots.models.bots import Chatbot
from workspaces.models import Workspace

LONGEST_TAG, MOST_TAGS = 30, 10
WEB = ("https://", "http://")


class Conversation(models.Model):
    """A visitor's talk with one chatbot. The visitor's token is kept as its hash only."""

    class State(models.TextChoices):
        """Who speaks: the chatbot, until a visitor waits for a person, one has claimed it, or it is done."""

        WITH_BOT = "bot", "With the chatbot"
        PENDING = "pending", "Pending"
        CLAIMED = "claimed", "Claimed"
        RESOLVED = "resolved", "Resolved"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="conversations")
    chatbot = models.ForeignKey(Chatbot, on_delete=models.CASCADE, related_name="conversations")
    token_hash = models.CharField(max_length=64)
    by_program = models.BooleanField(default=False)  # through the API, where nobody but the chatbot is heard
    started_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)  # of its last line
    heard_at = models.DateTimeField(null=True, editable=False)  # of the visitor's last line; the database writes it
    # Where it began, as the visitor's browser told.
    page_url = models.CharField(max_length=500, blank=True)
    page_title = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    # Who the site said it is, signed with the chatbot's secret.
    visitor_id = models.CharField(max_length=120, blank=True)
    visitor_name = models.CharField(max_length=80, blank=True)
    visitor_email = models.EmailField(blank=True)
    # People's side: it waits for one, one has it and the bot is silent, it is done.
    asked_at = models.DateTimeField(null=True)  # when the visitor asked for a person, whether one was there or not
    wanted_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # those on duty were told by mail
    waits_since = models.DateTimeField(null=True)  # for a person's words; null once they are said
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    assignee = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    tags = ArrayField(models.CharField(max_length=LONGEST_TAG), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chatbot", "token_hash"], name="one_conversation_per_token"),
            models.CheckConstraint(
                condition=Q(claimed_by=None) | Q(claimed_at__isnull=False), name="who_claimed_did_it_some_time"
            ),
            models.CheckConstraint(
                condition=Q(resolved_by=None) | Q(resolved_at__isnull=False), name="who_resolved_did_it_some_time"
            ),
            models.CheckConstraint(
                condition=Q(wanted_at=None, claimed_at=None)
                | Q(wanted_at=None, resolved_at=None)
                | Q(claimed_at=None, resolved_at=None),
                name="conversation_stands_in_one_state",
            ),
            models.CheckConstraint(
                condition=Q(waits_since=None) | Q(wanted_at__isnull=False) | Q(claimed_at__isnull=False),
                name="who_waits_wants_or_has_a_person",
            ),
            models.CheckConstraint(condition=Q(tags__len__lte=MOST_TAGS), name="tags_are_few"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-last_at", "-id"], name="conversations_newest_first"),
            models.Index(fields=["workspace"], condition=Q(wanted_at__isnull=False), name="conversations_that_wait"),
            models.Index(
                fields=["waits_since"], condition=Q(waits_since__isnull=False), name="conversations_late_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chatbot}, {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def state(self) -> State:
        if self.resolved_at:
            return self.State.RESOLVED
        if self.claimed_at:
            return self.State.CLAIMED
        return self.State.PENDING if self.wanted_at else self.State.WITH_BOT

    @property
    def page_address(self) -> str:
        """The visitor's page, if it is one that a browser may open; whatever else was told is no link."""
        return self.page_url if self.page_url.startswith(WEB) else ""


class Message(models.Model):
    """A line of a conversation. `hold_id` names the billing hold that paid for it; a free line has a `free_key`.

    A notice, which says who speaks from now on, has neither.
    """

    class Author(models.TextChoices):
        VISITOR = "visitor", "Visitor"
        AI = "ai", "Chatbot"
        PERSON = "person", "Person"
        NOTICE = "notice", "Notice"

    class Mishap(models.TextChoices):
        """What went wrong with the model that was to answer; the conversation says so."""

        NONE = "", "None"
        QUOTED = "quoted", "The model failed, and the sources were quoted instead"
        BROKE_OFF = "broke_off", "The model stopped in the middle of its answer"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    author = models.CharField(max_length=10, choices=Author.choices)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    hold_id = models.BigIntegerField(null=True)
    # Of an answer at the limit, the key that its hold would have; null, so that it is unique where there is one.
    free_key = models.CharField(max_length=120, null=True)  # noqa: DJ001
    cited = models.JSONField(default=list)  # titles of the sources the answer came from, as they were then
    links = models.JSONField(default=dict)  # {title: address} of those that have one on the web
    found = models.BooleanField(default=True)  # False: the sources held no answer, and the reply said so
    mishap = models.CharField(max_length=10, choices=Mishap.choices, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")  # the person who replied
    rating = models.SmallIntegerField(null=True)  # the visitor's thumb: 1 up, -1 down
    language = models.CharField(max_length=20, blank=True)  # of a visitor's line
    # Of an answer: milliseconds from the question to its first words, and to all of them.
    first_ms = models.PositiveIntegerField(null=True)
    full_ms = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__in=[1, -1]), name="rating_is_up_or_down"),
            models.UniqueConstraint(fields=["hold_id", "author"], name="one_line_per_author_and_hold"),
            models.UniqueConstraint(fields=["free_key", "author"], name="one_line_per_author_and_free_key"),
            models.CheckConstraint(
                condition=Q(author="notice", hold_id=None, free_key=None)
                | ~Q(author="notice") & Q(hold_id__isnull=False, free_key=None)
                | ~Q(author="notice") & Q(hold_id=None, free_key__isnull=False),
                name="line_is_held_for_or_free",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], condition=Q(found=False), name="unanswered_lines"),
            models.Index(fields=["conversation"], condition=Q(rating=-1), name="lines_rated_down"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def sources(self) -> list[tuple[str, str]]:
        """(title, address) of each cited source; the address is empty, or one that a browser may open."""
        known = {title: str(url) for title, url in self.links.items()}
        web = {title: url for title, url in known.items() if url.startswith(WEB)}
        return [(str(title), web.get(title, "")) for title in self.cited]


class Lead(models.Model):
    """What a visitor left for the team when no units were left: a message, or a hand-over to whoever writes back."""

    class Kind(models.TextChoices):
        MESSAGE = "message", "Message"
        HANDOVER = "handover", "Hand-over"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="leads")
    chatbot = models.ForeignKey(Chatbot, on_delete=models.CASCADE, related_name="leads")
    conversation = models.ForeignKey(Conversation, on_delete=models.SET_NULL, null=True, related_name="leads")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=80, blank=True)
    email = models.EmailField()
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    request_key = models.UUIDField(editable=False)  # one form, sent twice, is one lead
    told_at = models.DateTimeField(null=True)  # the team was told by mail
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["chatbot", "request_key"], name="lead_once_per_request"),
            models.CheckConstraint(condition=Q(kind__in=["message", "handover"]), name="lead_kind_is_known"),
            models.CheckConstraint(
                condition=Q(handled_by=None) | Q(handled_at__isnull=False), name="who_handled_a_lead_did_it_some_time"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], condition=Q(handled_at=None), name="open_leads"),
            models.Index(fields=["at"], condition=Q(told_at=None), name="leads_to_tell_of"),
        ]

    def __str__(self) -> str:
        return f"No. {self.pk}"
