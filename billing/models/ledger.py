"""The ledger, and its rollup.

Chatbots and conversations live on the floor above, so ledger rows name them by id: a deleted chatbot keeps its numbers.
"""

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from agencies.models import Agency, User
from billing.models.counters import Hold
from workspaces.models import Workspace


class LedgerEntry(models.Model):
    """Why units were taken: one row for each line of a conversation that cost something. Append-only.

    A correction is a row of its own: it names the row that it `corrects`, with an author and a reason.
    """

    class Kind(models.TextChoices):
        VISITOR = "visitor", "Visitor message"
        AI = "ai", "AI reply"
        HUMAN = "human", "Human reply"

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    chatbot_id = models.BigIntegerField()
    conversation_id = models.BigIntegerField(null=True)
    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, null=True, related_name="entries", db_index=False)
    message_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    speaker = models.CharField(max_length=254, blank=True)  # of a human reply, who wrote it
    words = models.PositiveIntegerField()
    units = models.SmallIntegerField()
    rule = models.CharField(max_length=120)
    period_start = models.DateTimeField()
    at = models.DateTimeField()
    pool_after = models.PositiveIntegerField()  # units used in the agency's period, with this row
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections", db_index=False
    )
    reason = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name_plural = "ledger"
        constraints = [
            models.UniqueConstraint(fields=["hold", "kind"], name="one_charge_per_line_of_an_exchange"),
            models.UniqueConstraint(fields=["message_id"], name="one_charge_per_message"),
            models.CheckConstraint(
                condition=Q(corrects=None, hold__isnull=False, message_id__isnull=False, reason="", author=None)
                | Q(corrects__isnull=False, hold=None, message_id=None, author__isnull=False) & ~Q(reason=""),
                name="charged_by_a_line_or_corrected_by_a_person",
            ),
        ]
        # Each of the first four is written with every charge, so no foreign key has one of its own besides. The others
        # hold what is rare, and cost a charge nothing.
        indexes = [
            models.Index(fields=["agency", "at"], name="ledger_by_day"),
            models.Index(fields=["workspace", "at"], name="ledger_of_a_workspace"),
            models.Index(fields=["agency", "chatbot_id", "at"], name="ledger_of_a_chatbot"),
            models.Index(fields=["conversation_id"], name="ledger_of_a_conversation"),
            models.Index(fields=["agency", "at"], condition=Q(kind="human"), name="human_replies_by_day"),
            models.Index(fields=["agency", "at"], condition=Q(corrects__isnull=False), name="corrections_by_day"),
            models.Index(fields=["corrects"], condition=Q(corrects__isnull=False), name="corrections"),
            models.Index(fields=["author"], condition=Q(author__isnull=False), name="corrections_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.units} for {self.rule}"


class Unrolled(models.Model):
    """A mark, written with each ledger row, that the rollup has not counted it yet.

    The rollup deletes the marks that it sees and adds their rows, in one statement: a row that commits later has its
    mark still, whatever its id. It is written with the row that it marks, so nothing checks that this is there.
    """

    entry = models.OneToOneField(LedgerEntry, models.CASCADE, primary_key=True, related_name="+", db_constraint=False)
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+", db_constraint=False)

    def __str__(self) -> str:
        return f"ledger row {self.entry_id}"


class UsageDay(models.Model):
    """The ledger, summed: day (in the agency's time zone) × workspace × chatbot × kind."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    chatbot_id = models.BigIntegerField()
    day = models.DateField()
    kind = models.CharField(max_length=10, choices=LedgerEntry.Kind.choices)
    messages = models.IntegerField()
    units = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "day", "workspace", "chatbot_id", "kind"], name="usage_once_per_day"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "day"], name="usage_of_a_workspace")]

    def __str__(self) -> str:
        return f"{self.workspace}, {self.day}: {self.units}"


class UsageTotal(models.Model):
    """The same, of all chatbots of a workspace, and (`workspace` null) of all workspaces of an agency.

    The database writes it with each `UsageDay`, so that whoever reads a year of an agency reads a row a day and kind.
    """

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", db_index=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    day = models.DateField()
    kind = models.CharField(max_length=10, choices=LedgerEntry.Kind.choices)
    units = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "agency",
                Coalesce("workspace", Value(0), output_field=models.BigIntegerField()),
                "day",
                "kind",
                name="usage_total_once_per_day",
            ),
        ]
        indexes = [models.Index(fields=["agency", "day"], name="usage_of_all_workspaces")]

    def __str__(self) -> str:
        return f"{self.workspace or self.agency}, {self.day}: {self.units}"
