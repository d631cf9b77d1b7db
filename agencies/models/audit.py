"""Who did what: the append-only log, and support's visits."""

from django.db import models
from django.utils import timezone

from agencies.models.agency import Agency
from agencies.models.people import User


class Action(models.TextChoices):
    """What can be done that is written down, on every floor, and its words on the page."""

    ACCOUNT_OPENED = "account.opened", "Opened the account"
    APPLIED = "agency.applied", "Asked for the agency model"
    APPROVED = "agency.approved", "Approved the agency"
    DECLINED = "agency.declined", "Declined the application"
    MEETING_SCHEDULED = "meeting.scheduled", "Scheduled a meeting"
    MEETING_RESCHEDULED = "meeting.rescheduled", "Moved a meeting"
    MEETING_CANCELLED = "meeting.cancelled", "Cancelled a meeting"
    WITHDRAWN = "agency.withdrawn", "Withdrew the application"
    QUESTION_ASKED = "agency.asked", "Asked about the application"
    QUESTION_ANSWERED = "agency.answered", "Answered about the application"
    SUSPENDED = "agency.suspended", "Suspended the account"
    LIFTED = "agency.lifted", "Lifted the suspension"
    ONBOARDING_SHOWN = "agency.onboarding_shown", "Showed the onboarding to a colleague"
    LAUNCHED = "agency.launched", "Launched the agency"
    SUBSCRIBED = "agency.plan", "Changed the plan"
    WIDENED = "agency.add_on", "Added a pack"
    PACK_ENDED = "agency.add_on_ended", "Ended a pack"
    EXCEPTION_GRANTED = "agency.exception", "Granted an exception"
    EXCEPTION_ENDED = "agency.exception_ended", "Ended an exception"
    ALERTS_CHANGED = "agency.alerts", "Changed when to be told of use"
    UNITS_TAKEN_BACK = "agency.units_taken_back", "Took units back"
    PACK_ORDERED = "agency.ordered", "Ordered a pack"
    ORDER_DECLINED = "agency.order_declined", "Declined the order"
    PACK_CANCELLED = "agency.cancelled", "Cancelled a pack"
    REFUNDED = "agency.refunded", "Refunded a pack"
    CHARGED_BACK = "agency.charged_back", "Charged a pack back"
    CURRENCY_SET = "money.currency", "Chose the currency"
    TERMS_SET = "money.terms", "Set what a client pays"
    TERMS_WITHDRAWN = "money.terms_withdrawn", "Took back what a client pays"
    MODEL_PRICED = "money.model_price", "Entered what a model costs"
    RATE_SET = "money.exchange_rate", "Entered an exchange rate"
    MONTH_CLOSED = "money.month_closed", "Closed a month"
    PARTNER_SET = "money.partner", "Set the partner tier"
    REZONED = "agency.time_zone", "Changed the time zone"
    SECOND_FACTOR_RULED = "agency.second_factor", "Changed the rule for second factors"

    STAFF_INVITED = "staff.invited", "Invited to the team"
    STAFF_REINVITED = "staff.reinvited", "Sent the team invitation again"
    STAFF_UNINVITED = "staff.uninvited", "Withdrew the team invitation"
    STAFF_JOINED = "staff.joined", "Joined the team"
    STAFF_ROLE_CHANGED = "staff.role", "Changed the role in the team"
    STAFF_REMOVED = "staff.removed", "Removed from the team"
    STAFF_LEFT = "staff.left", "Left the team"

    MEMBER_INVITED = "member.invited", "Invited"
    MEMBER_REINVITED = "member.reinvited", "Sent the invitation again"
    MEMBER_UNINVITED = "member.uninvited", "Withdrew the invitation"
    MEMBER_JOINED = "member.joined", "Joined"
    MEMBER_ROLE_CHANGED = "member.role", "Changed the role"
    MEMBER_REMOVED = "member.removed", "Removed"
    MEMBER_LEFT = "member.left", "Left"
    SEAT_FREED = "seat.freed", "Freed the seat"
    SEAT_GIVEN_BACK = "seat.given_back", "Gave the seat back"

    WORKSPACE_OPENED = "workspace.opened", "Opened the workspace"
    WORKSPACE_RENAMED = "workspace.renamed", "Renamed the workspace"
    CAPS_CHANGED = "workspace.caps", "Changed the cap or guarantee"
    AT_LIMIT_CHANGED = "workspace.at_limit", "Changed what visitors get at the limit"
    MORE_ASKED = "workspace.more_asked", "Asked for more than the cap"
    MORE_GRANTED = "workspace.more_granted", "Granted more than the cap"
    MORE_DECLINED = "workspace.more_declined", "Declined to grant more"
    WORKSPACE_NARROWED = "workspace.narrowed", "Changed what the client may do"
    WORKSPACE_PAUSED = "workspace.paused", "Paused the workspace"
    WORKSPACE_RESUMED = "workspace.resumed", "Resumed the workspace"
    WORKSPACE_ARCHIVED = "workspace.archived", "Archived the workspace"
    WORKSPACE_RESTORED = "workspace.restored", "Restored the workspace"
    WORKSPACE_DELETED = "workspace.deleted", "Deleted the workspace"
    WORKSPACE_UNDELETED = "workspace.undeleted", "Took the deletion back"
    WORKSPACE_ERASED = "workspace.erased", "Erased the workspace for good"

    CHATBOT_CREATED = "chatbot.created", "Created the chatbot"
    CHATBOT_CONFIGURED = "chatbot.configured", "Changed the chatbot's settings"
    CHATBOT_PAUSED = "chatbot.paused", "Paused the chatbot"
    CHATBOT_RESUMED = "chatbot.resumed", "Resumed the chatbot"
    CHATBOT_LOCKED = "chatbot.locked", "Changed which settings blueprints leave alone"
    CHATBOT_DELETED = "chatbot.deleted", "Deleted the chatbot"
    CHATBOT_MOVED = "chatbot.moved", "Moved the chatbot"
    CHATBOT_MOVED_IN = "chatbot.moved_in", "Moved the chatbot in"
    CHATBOT_MOVED_OUT = "chatbot.moved_out", "Moved the chatbot out"
    CHATBOT_CLONED = "chatbot.cloned", "Cloned the chatbot"
    IDENTITY_SECRET_RENEWED = "chatbot.identity_secret", "Renewed the identity secret"
    BLUEPRINT_SAVED = "blueprint.saved", "Saved the blueprint"
    BLUEPRINT_PUSHED = "blueprint.pushed", "Pushed the blueprint"
    BLUEPRINT_ROLLED_BACK = "blueprint.rolled_back", "Rolled the push back"
    BLUEPRINT_DELETED = "blueprint.deleted", "Deleted the blueprint"
    PROVIDER_SET = "provider.set", "Set the model provider"
    PROVIDER_REMOVED = "provider.removed", "Removed the model provider"
    SOURCE_ADDED = "source.added", "Added the data source"
    SOURCES_ADDED = "source.added_many", "Added data sources"
    SOURCE_REVISED = "source.revised", "Changed the data source"
    SOURCE_RETRAINED = "source.retrained", "Retrained the data source"
    SOURCE_STOPPED = "source.stopped", "Stopped learning the data source"
    SOURCE_DELETED = "source.deleted", "Deleted the data source"

    API_KEY_CREATED = "api_key.created", "Created the API key"
    API_KEY_REVOKED = "api_key.revoked", "Revoked the API key"

    LEAD_HANDLED = "lead.handled", "Marked the left message as done"
    LEAD_REOPENED = "lead.reopened", "Opened the left message again"

    CONVERSATION_CLAIMED = "conversation.claimed", "Took over the conversation"
    CONVERSATION_HANDED_BACK = "conversation.handed_back", "Handed back the conversation"
    CONVERSATION_LATE = "conversation.late", "Gave back the conversation, since nobody replied"
    CONVERSATION_RESOLVED = "conversation.resolved", "Resolved the conversation"
    CONVERSATION_REOPENED = "conversation.reopened", "Reopened the conversation"
    CONVERSATION_ASSIGNED = "conversation.assigned", "Assigned the conversation"
    CONVERSATION_TAGGED = "conversation.tagged", "Tagged the conversation"
    CONVERSATION_NOTED = "conversation.noted", "Wrote a note on the conversation"
    CONVERSATIONS_SET = "conversation.settings", "Changed the rules for conversations"
    CONVERSATIONS_EXPIRED = "conversation.expired", "Deleted what was kept long enough"
    EXPORTED = "conversation.exported", "Exported what visitors said or left"
    VISITOR_ERASED = "conversation.erased", "Erased a visitor's data"
    ANSWER_RIGHTED = "conversation.righted", "Wrote the right answer"
    REPORT_DRAWN_UP = "report.drawn_up", "Drew up the report"
    REPORT_COMMENTED = "report.commented", "Commented the report"
    REPORT_APPROVED = "report.approved", "Approved the report"
    REPORT_SENT = "report.sent", "Sent the report"
    REPORT_CLOSED = "report.closed", "Ended the report's link"
    REPORTS_SCHEDULED = "report.schedule", "Changed when reports are sent"
    DUTY_BEGUN = "duty.begun", "Went on duty"
    DUTY_ENDED = "duty.ended", "Went off duty"

    ENTERED = "visit.entered", "Entered the workspace"
    LEFT = "visit.left", "Left the workspace"
    SUPPORT_ENTERED = "support.entered", "Entered the agency's view"
    SUPPORT_LEFT = "support.left", "Left the agency's view"


class AuditEntry(models.Model):
    """One thing that somebody did. Append-only: a trigger refuses UPDATE and DELETE.

    `workspace_id` names a row of the floor above, whose migration ties it to this agency; null is agency-wide.
    Names stand as text too, so that the row still says who and what when these are called otherwise, or are gone.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="audit_entries")
    workspace_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # null: Bureau itself
    actor_name = models.CharField(max_length=254)
    acting_as = models.CharField(max_length=20)
    action = models.CharField(max_length=30)  # an Action; without choices here, so that a new one needs no migration
    target = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "audit log"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["agency", "-id"], name="audit_of_an_agency"),
            models.Index(fields=["workspace_id", "-id"], name="audit_of_a_workspace"),
            models.Index(fields=["agency", "at"], name="audit_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.words} {self.target}".strip()

    @property
    def words(self) -> str:
        """The action as the page says it."""
        return str(Action(self.action).label)


class SupportVisit(models.Model):
    """Support looks at an agency's pages: with a reason, for a while, changing nothing."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="support_visits")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="support_visits")
    reason = models.CharField(max_length=300)
    began_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by"], condition=models.Q(left_at=None), name="one_visit_at_a_time"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="visit_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("began_at")), name="visit_ends_after_its_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by} at {self.agency}, {self.began_at:%Y-%m-%d %H:%M}"
