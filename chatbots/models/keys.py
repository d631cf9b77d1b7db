"""Keys for programs that ask a workspace's chatbots."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.models import User
from workspaces.models import Workspace


class ApiKey(models.Model):
    """Lets a program ask the chatbots of one workspace. The key is shown once; its hash stays, and how it begins."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, editable=False)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    last_used_at = models.DateTimeField(null=True)  # to the minute
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    request_key = models.UUIDField(editable=False)  # one form, sent twice, makes one key

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "request_key"], name="api_key_once_per_request"),
            models.CheckConstraint(
                condition=Q(revoked_by=None) | Q(revoked_at__isnull=False), name="who_revoked_a_key_did_it_some_time"
            ),
        ]

    def __str__(self) -> str:
        return self.name
