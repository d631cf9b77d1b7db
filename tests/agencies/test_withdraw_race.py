"""Approving while the applicant withdraws: one has it, and the other is told."""

from datetime import datetime
from typing import Any

import pytest

from agencies import applications
from agencies.models import Agency, Application, User
from billing import subscriptions
from tests.agencies.test_apply import WISH
from tests.racing import at_once


@pytest.mark.django_db(transaction=True)
def test_of_approving_and_withdrawing_one_wins_and_the_others_are_told(
    newcomer: Agency, nina: User, support: User, now: datetime
) -> None:
    wish = applications.submit(newcomer, by=nina, now=now, **WISH)

    def decide(number: int) -> Any:
        if number % 2:
            return subscriptions.approve(wish, by=support, now=now)
        return applications.withdraw(newcomer, by=nina, now=now)

    results = at_once(decide, people=8)
    refused = [each for each in results if isinstance(each, applications.NotWaiting)]
    assert len(refused) == 7
    stands = Application.objects.get(pk=wish.pk)
    assert Agency.objects.get(pk=newcomer.pk).is_approved == (stands.decision == "approved")
    assert all(f"it was {stands.decision} on" in str(each) for each in refused)
