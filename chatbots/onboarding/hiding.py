"""Each person hides and resumes onboarding for themselves, and shows it to a colleague."""

from datetime import datetime

from django.db import transaction

from agencies import audit, mail
from agencies.models import Action, Agency, User
from chatbots.models import HiddenOnboarding


class NotOnItsWay(Exception):
    """There is nothing to be led through; the text is for the user's eyes."""

    def __init__(self, agency: Agency) -> None:
        told = "has launched already" if agency.is_approved else "is not approved yet"
        super().__init__(f"{agency} {told}.")


def is_hidden(agency: Agency, *, by: User) -> bool:
    return HiddenOnboarding.objects.filter(agency=agency, user=by).exists()


def hide(agency: Agency, *, by: User, now: datetime) -> None:
    """Lead this person no further, until they resume; twice is once."""
    HiddenOnboarding.objects.get_or_create(agency=agency, user=by, defaults={"since": now})


def resume(agency: Agency, *, by: User) -> None:
    HiddenOnboarding.objects.filter(agency=agency, user=by).delete()


@transaction.atomic
def show(agency: Agency, *, to: User, by: User, now: datetime) -> None:
    """Mail a colleague how far it came, and lead them again if they had hidden it. Raises NotOnItsWay."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if not agency.is_on_its_way:
        raise NotOnItsWay(agency)
    resume(agency, by=to)
    audit.record(Action.ONBOARDING_SHOWN, agency_id=agency.pk, by=by, at=now, target=to.email)
    url = mail.link("chatbots:onboarding", agency.pk)
    mail.send("onboarding_shown", to=to.email, agency=agency, by=by, url=url)
