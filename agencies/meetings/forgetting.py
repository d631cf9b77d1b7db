"""What names a person does not stay longer than a meeting needs it. Its time stays, and what was expected of Bureau."""

from datetime import datetime, timedelta

from django.db.models import Q

from agencies.models import Meeting

AFTER_ITS_END = timedelta(days=365)
AFTER_A_CANCELLATION = timedelta(days=90)
PERSONAL = ("name", "email", "company", "website", "goals", "reason", "came_from")


def forget(now: datetime) -> int:
    """Erase it of the meetings whose time has come; of how many."""
    ended = Q(cancelled_at=None, ends_at__lte=now - AFTER_ITS_END)
    called_off = Q(cancelled_at__lte=now - AFTER_A_CANCELLATION)
    old = Meeting.objects.filter(ended | called_off, erased_at=None)
    return old.update(erased_at=now, **dict.fromkeys(PERSONAL, ""))
