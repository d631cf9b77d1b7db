"""Settings that an agency keeps as a mould for chatbots of any of its workspaces."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.models import Agency, User
from chatbots.models.bots import Chatbot
from workspaces.models import Workspace


class Blueprint(models.Model):
    """A chatbot's settings without what is one client's own: no name, company, picture, and no domains."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="blueprints")
    name = models.CharField(max_length=80)
    values = models.JSONField()  # {setting: value}
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="one_blueprint_of_a_name"),
            models.CheckConstraint(condition=~Q(name=""), name="blueprint_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class BlueprintLink(models.Model):
    """A chatbot was made from a blueprint. It stays its own: a push reaches it only when somebody chooses it."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    blueprint = models.ForeignKey(Blueprint, on_delete=models.CASCADE, related_name="links")
    chatbot = models.OneToOneField(Chatbot, on_delete=models.CASCADE, related_name="blueprint_link")

    def __str__(self) -> str:
        return f"{self.chatbot} from {self.blueprint}"


class BlueprintPush(models.Model):
    """Some settings of a blueprint were written into some of its chatbots; each of these has its SettingsChange."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    blueprint = models.ForeignKey(Blueprint, on_delete=models.CASCADE, related_name="pushes")
    settings = ArrayField(models.CharField(max_length=30))
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    rolled_back_at = models.DateTimeField(null=True)
    rolled_back_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rolled_back_by=None) | Q(rolled_back_at__isnull=False),
                name="who_rolled_back_did_it_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.blueprint}, {self.at:%Y-%m-%d %H:%M}"
