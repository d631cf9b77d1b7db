"""People, agencies, their staff and applications, and the outbox of mail."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from guardian.models import UserObjectPermissionBase

from agencies.permissions import ON_AN_AGENCY, StaffRole


class UserManager(BaseUserManager["User"]):
    """Users are found and made by their e-mail, in any letters."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with a login. `is_staff` is Django's word for support: it opens the Django admin and nothing else."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("support", default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_email_in_any_letters")]

    def __str__(self) -> str:
        return self.name or self.email


def display_name(user: User) -> str:
    """How a page or a mail addresses this person."""
    return str(user)


class Agency(models.Model):
    """The account, and the tenant root. Until support approves it, it is a plain account.

    Limits are whole numbers, null = unlimited; only billing's entitlements write them.
    """

    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=63, default="UTC")
    created_at = models.DateTimeField(default=timezone.now)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    message_limit = models.PositiveIntegerField(null=True, default=0)
    source_limit = models.PositiveIntegerField(null=True, default=0)
    seat_limit = models.PositiveIntegerField(null=True, default=0)
    workspace_limit = models.PositiveIntegerField(null=True, default=0)
    chatbot_limit = models.PositiveIntegerField(null=True, default=0)

    class Meta:
        verbose_name_plural = "agencies"
        permissions = ON_AN_AGENCY
        default_permissions = ("change", "view")

    def __str__(self) -> str:
        return self.name

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None

    @property
    def is_waiting(self) -> bool:
        """Whether support has an application of this account before it."""
        return self.applications.filter(decided_at=None).exists()


class AgencyUserObjectPermission(UserObjectPermissionBase):
    """Guardian's rows for staff: the projection of `Staff.role`."""

    content_object = models.ForeignKey(Agency, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class Staff(models.Model):
    """A person of the agency."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_of")
    role = models.CharField(max_length=10, choices=StaffRole.choices)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "staff"
        constraints = [
            models.UniqueConstraint(fields=["agency", "user"], name="staff_once_per_agency"),
            models.CheckConstraint(condition=models.Q(role__in=StaffRole.values), name="staff_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class Application(models.Model):
    """An account's wish to become an agency. It waits until support approves or declines it."""

    class Decision(models.TextChoices):
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="applications")
    website = models.URLField(max_length=300, blank=True)
    clients = models.PositiveIntegerField("clients expected")
    messages = models.PositiveIntegerField("messages expected a month")
    goals = models.TextField(max_length=2000, blank=True)
    submitted_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    reason = models.TextField(max_length=1000, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["submitted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency"], condition=models.Q(decided_at=None), name="one_waiting_application_per_agency"
            ),
            models.CheckConstraint(
                condition=models.Q(decision="", decided_at=None, decided_by=None)
                | models.Q(decision__in=("approved", "declined"), decided_at__isnull=False, decided_by__isnull=False),
                name="application_decision_has_a_who_and_a_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}, {self.submitted_at:%Y-%m-%d}"

    @property
    def is_waiting(self) -> bool:
        return self.decided_at is None


class Mail(models.Model):
    """A mail on its way. The body is wiped once delivered, since links in it are secrets."""

    recipient = models.EmailField()
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "mail"
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(delivered_at=None, given_up_at=None),
                name="mail_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"
