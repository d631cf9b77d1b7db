"""The second factor: who has one, and an agency that requires one of its staff."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from agencies import audit
from agencies.models import Action, Agency, User


class NoneOfYourOwn(Exception):
    """Whoever requires a second factor has one; the text is for the user's eyes."""

    def __init__(self) -> None:
        super().__init__("Set up a second factor for yourself first. Then you can require one of your team.")


def has_one(user: User) -> bool:
    """Whether the person has an authenticator app or a passkey."""
    return bool(holders([user.pk]))


def holders(users: Iterable[int]) -> set[int]:
    """Those of these people, by id, who have a second factor. One query."""
    from allauth.mfa.models import Authenticator  # the public door runs without allauth

    strong = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return set(Authenticator.objects.filter(user__in=list(users), type__in=strong).values_list("user_id", flat=True))


@transaction.atomic
def require(agency: Agency, *, by: User, now: datetime) -> None:
    """From now on staff without a second factor are led to set one up. Raises NoneOfYourOwn."""
    if not has_one(by):
        raise NoneOfYourOwn
    if Agency.objects.filter(pk=agency.pk, second_factor_required_at=None).update(second_factor_required_at=now):
        rule_changed(agency, required=True, by=by, now=now)


@transaction.atomic
def relax(agency: Agency, *, by: User, now: datetime) -> None:
    """Staff may sign in with their password alone again."""
    required = Agency.objects.filter(pk=agency.pk, second_factor_required_at__isnull=False)
    if required.update(second_factor_required_at=None):
        rule_changed(agency, required=False, by=by, now=now)


def rule_changed(agency: Agency, *, required: bool, by: User, now: datetime) -> None:
    audit.record(
        Action.SECOND_FACTOR_RULED,
        agency_id=agency.pk,
        by=by,
        at=now,
        before={"required": not required},
        after={"required": required},
    )


def wanted_by(agency: Agency) -> str:
    """What staff read who have none yet."""
    return (
        f"{agency} requires a second factor of its team. Set up an authenticator app or a passkey here; "
        "after that you can go on."
    )
