"""How far an agency came on its way to launch, and who does not want to be led there."""

from django.db import models
from django.utils import timezone

from agencies.models import Agency, User


class OnboardingStep(models.Model):
    """Something happened in this agency for the first time. The row stays when that thing is deleted again.

    The first row is the approval itself, so that every agency on its way has one.
    """

    class Key(models.TextChoices):
        """What can happen, in the order in which an agency is led."""

        APPROVED = "approved", "Approved"
        WORKSPACE = "workspace", "First sub-workspace"
        CHATBOT = "chatbot", "First chatbot"
        CUSTOMIZED = "customized", "First chatbot customized"
        SOURCE = "source", "First data source"
        ANSWER = "answer", "First answer from a source"
        ALLOCATION = "allocation", "First allocation"
        LOOK = "look", "First look at analytics"

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="onboarding_steps")
    key = models.CharField(max_length=20, choices=Key.choices)
    done_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "onboarding"
        verbose_name_plural = "onboarding"
        default_permissions = ()  # who may see an agency sees how far it came
        constraints = [
            models.UniqueConstraint(fields=["agency", "key"], name="onboarding_step_once_per_agency"),
            models.CheckConstraint(
                condition=models.Q(
                    key__in=["approved", "workspace", "chatbot", "customized", "source", "answer", "allocation", "look"]
                ),
                name="onboarding_step_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency}: {self.get_key_display()}"


class HiddenOnboarding(models.Model):
    """This person does not want to be led through this agency's onboarding, until they resume it."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "hidden onboarding"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["agency", "user"], name="onboarding_hidden_once_per_person_and_agency")
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.agency}"
