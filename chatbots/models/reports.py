"""What an agency reports to its clients, month by month, and when it is sent by itself."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.models import User
from workspaces.models import Workspace

MOST_RECIPIENTS, LONGEST_COMMENT = 10, 2000
LAST_DAY = 28  # of a month on which reports are sent; every month has it


class Report(models.Model):
    """One month of one client. Sent, its figures stay as they were; until then they are those of the rollup.

    The link's token stands in the mail only, here its hash; a link that was ended has none.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="reports")
    month = models.DateField()  # its first day, of the agency's calendar
    comment = models.TextField(max_length=LONGEST_COMMENT, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")  # null: the schedule
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)  # the last time
    sent_to = ArrayField(models.EmailField(), default=list)
    figures = models.JSONField(null=True)
    token_hash = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 (unique where there is one)
    link_ends_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-month", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "month"], name="one_report_per_client_and_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="a_month_is_named_by_its_first_day"),
            models.CheckConstraint(
                condition=Q(sent_at=None, figures=None, token_hash=None)
                | Q(sent_at__isnull=False, figures__isnull=False, link_ends_at__isnull=False),
                name="what_was_sent_has_figures_and_an_end",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(approved_at__isnull=False), name="who_approved_did_it_some_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%B %Y}"


class ReportRule(models.Model):
    """Each month's report of this client is sent on that day of the next month."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="report_rule")
    day = models.PositiveSmallIntegerField()
    recipients = ArrayField(models.EmailField(), default=list)
    unread = models.BooleanField(default=False)  # also what nobody has approved until then
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(day__range=(1, LAST_DAY)), name="reports_are_sent_on_a_day_that_is"),
            models.CheckConstraint(
                condition=Q(recipients__len__range=(1, MOST_RECIPIENTS)), name="reports_have_some_recipients"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workspace}, on day {self.day}"
