"""How well chatbots do, summed by day. Chatbots are named by id: a deleted one keeps its numbers.

`workspace` null and `chatbot_id` 0 stand for all of them, so that a page of an agency reads a row a day.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from agencies.models import Agency
from workspaces.models import Workspace

EVERY = 0  # as `chatbot_id`: all chatbots of the workspace, or of the agency
LONGEST_TERM = 200
EVERYWHERE = Coalesce("workspace", Value(0), output_field=models.BigIntegerField())


class MetricsMark(models.Model):
    """Something happened that the days have not counted yet. Triggers write it, with what happened.

    It holds all that is counted, so the conversation may be gone before it is. Nothing checks its parents: it is
    written with them.
    """

    class Kind(models.TextChoices):
        BEGUN = "begun", "A conversation began"
        PAGE = "page", "The page was told where it began"
        VISITOR = "visitor", "A visitor's message"
        ANSWERED = "answered", "The chatbot answered from its sources"
        UNANSWERED = "unanswered", "The chatbot's sources held no answer"
        SAID = "said", "The chatbot said what needs no source"
        PERSON = "person", "A person replied"
        HANDED = "handed", "A person was asked for, or took over"
        UP = "up", "A thumb up"
        DOWN = "down", "A thumb down"
        LEAD = "lead", "A visitor left a message"

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+", db_constraint=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    chatbot_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    times = models.SmallIntegerField(default=1)  # -1: a thumb was taken back
    is_free = models.BooleanField(default=False)  # a line that took no unit
    is_visitor = models.BooleanField(default=False)  # somebody with a browser, no program
    heard_before = models.DateTimeField(null=True)  # when the same visitor wrote the last time
    first_ms = models.IntegerField(null=True)
    full_ms = models.IntegerField(null=True)
    terms = ArrayField(models.CharField(max_length=LONGEST_TERM), default=list)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(times__in=[1, -1]), name="mark_counts_once")]

    def __str__(self) -> str:
        return f"{self.kind}, {self.at:%Y-%m-%d %H:%M}"


class MetricsDay(models.Model):
    """One day (of the agency's calendar then) of one chatbot, of a workspace's chatbots, or of an agency's."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", db_index=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True, related_name="+")
    chatbot_id = models.BigIntegerField(default=EVERY)
    day = models.DateField()
    conversations = models.IntegerField(default=0)
    visitors = models.IntegerField(default=0)
    visitor_messages = models.IntegerField(default=0)
    ai_replies = models.IntegerField(default=0)
    human_replies = models.IntegerField(default=0)
    free_messages = models.IntegerField(default=0)  # of the visitor's messages; they stand in no ledger
    free_replies = models.IntegerField(default=0)  # of the chatbot's replies
    answered = models.IntegerField(default=0)
    unanswered = models.IntegerField(default=0)
    handed_over = models.IntegerField(default=0)
    thumbs_up = models.IntegerField(default=0)
    thumbs_down = models.IntegerField(default=0)
    leads = models.IntegerField(default=0)
    # Arrays begin at one and end where nothing more follows. Hours are those of the agency's clock.
    begun_by_hour = ArrayField(models.IntegerField(), default=list)
    asked_by_hour = ArrayField(models.IntegerField(), default=list)
    returned = ArrayField(models.IntegerField(), default=list)  # visitors of this day by days since their last one
    first_words = ArrayField(models.IntegerField(), default=list)  # answers by waiting time: see insights/waiting.py
    full_answers = ArrayField(models.IntegerField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint("agency", EVERYWHERE, "chatbot_id", "day", name="metrics_once_per_day"),
            models.CheckConstraint(
                condition=Q(workspace__isnull=False) | Q(chatbot_id=EVERY), name="chatbot_of_metrics_has_a_workspace"
            ),
        ]
        indexes = [models.Index(fields=["agency", "chatbot_id", "day"], name="metrics_of_all_workspaces")]

    def __str__(self) -> str:
        return f"{self.workspace or self.agency}, {self.day}: {self.visitor_messages}"


class MetricsTerm(models.Model):
    """How often a language, a page or a source came on one day, in the same three scopes. Empty: all others."""

    class Dimension(models.TextChoices):
        LANGUAGE = "language", "Language"
        PAGE = "page", "Page"
        SOURCE = "source", "Source"

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", db_index=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True, related_name="+")
    chatbot_id = models.BigIntegerField(default=EVERY)
    day = models.DateField()
    dimension = models.CharField(max_length=10, choices=Dimension.choices)
    value = models.CharField(max_length=LONGEST_TERM, blank=True)
    times = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "agency", EVERYWHERE, "chatbot_id", "dimension", "day", "value", name="metrics_term_once_per_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.value}, {self.day}: {self.times}"
