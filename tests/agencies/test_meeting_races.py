"""Many people want one time: one gets it."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from agencies.meetings import booking, slots
from agencies.models import Availability, Mail, Meeting
from tests.conftest import open_office
from tests.racing import at_once


@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_people_who_want_one_time_one_gets_it() -> None:
    open_office()
    Availability.objects.update(mail_to="calendar@example.com")
    now = timezone.now()
    at = slots.free(now)[0]

    def want(person: int) -> Any:
        about = {"name": "P", "company": "C", "website": "", "clients": 1, "messages": 1, "goals": ""}
        where = {"time_zone": "UTC", "came_from": f"{person}", "email": f"{person}@example.com"}
        return booking.schedule(starts_at=at, request_key=uuid4(), by=None, now=now, **about | where)

    results = at_once(want, people=20, times=5)
    [meeting] = [result for result in results if isinstance(result, Meeting)]
    assert [type(result) for result in results if result is not meeting] == [slots.Taken] * 99
    assert (Meeting.objects.count(), Mail.objects.filter(recipient=meeting.email).count()) == (1, 1)
