"""The agency's calendar: in which time zone the days of its charts begin."""

from datetime import datetime
from typing import Any

from django.db import transaction

from agencies import audit
from agencies.models import Action, Agency, User
from billing import rollups


@transaction.atomic
def change(agency: Agency, *, time_zone: str, by: User, now: datetime) -> bool:
    """Let its days begin with those of another time zone; whether it was another one. No unit is counted anew."""
    before = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk).time_zone
    if before == time_zone:
        return False
    rollups.rezone(agency, time_zone=time_zone)
    told: dict[str, Any] = audit.changes({"time zone": before}, {"time zone": time_zone})
    audit.record(Action.REZONED, agency_id=agency.pk, by=by, at=now, **told)
    return True
