"""The people of support: in one group, made by a migration, which holds exactly the rights that they need."""

from django.contrib.auth.models import Group
from django.db import transaction

from agencies.models import User

GROUP = "Support"


@transaction.atomic
def appoint(user: User) -> None:
    """Let a person into the admin, as support."""
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.groups.add(Group.objects.get(name=GROUP))


@transaction.atomic
def dismiss(user: User) -> None:
    """Support no longer: out of the admin on the next request."""
    User.objects.filter(pk=user.pk).update(is_staff=False)
    user.groups.remove(*Group.objects.filter(name=GROUP))


def addresses(permission: str) -> list[str]:
    """Everybody of support who may do this: who hears of what waits for it."""
    people = User.objects.filter(is_staff=True, is_active=True).order_by("pk")
    return [user.email for user in people if user.has_perm(permission)]
