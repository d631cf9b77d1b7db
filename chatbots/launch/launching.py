"""The launch: a person presses the button once all is ready, and the day is kept."""

from datetime import datetime

from django.db import transaction

from agencies import applications, audit
from agencies.models import Action, Agency, User
from chatbots.launch import readiness
from chatbots.onboarding import progress


class Refused(Exception):
    """The agency cannot be launched; the text says why, for the user's eyes."""


class NotAnAgency(Refused):
    def __init__(self) -> None:
        super().__init__("This account is no agency yet. Support has to approve it first.")


class AlreadyLaunched(Refused):
    def __init__(self, agency: Agency) -> None:
        super().__init__(f"{agency} was launched on {agency.launched_at:%-d %B %Y} already.")


class NotReady(Refused):
    def __init__(self, missing: list[str]) -> None:
        super().__init__(f"Not ready yet. Still missing: {'; '.join(missing)}.")


@transaction.atomic
def launch(agency: Agency, *, by: User, now: datetime) -> Agency:
    """Write down that it launched, and tell its owners. Raises NotAnAgency, AlreadyLaunched, NotReady."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if not agency.is_approved:
        raise NotAnAgency
    if agency.launched_at:
        raise AlreadyLaunched(agency)
    if missing := [each.title for each in readiness.of(agency) if not each.is_met]:
        raise NotReady(missing)
    progress.remember(agency)  # for the last time: from now on nobody looks for steps
    agency.launched_at, agency.launched_by = now, by
    agency.save(update_fields=["launched_at", "launched_by"])
    audit.record(Action.LAUNCHED, agency_id=agency.pk, by=by, at=now, target=agency)
    applications.tell_owners(agency, "agency_launched", at="chatbots:scale", by=by)
    return agency
