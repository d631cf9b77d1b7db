"""How far the demo's agencies came: Northwind launched weeks ago, and Rival is on its way."""

from datetime import datetime, timedelta

from agencies.models import Agency
from chatbots.launch import launching
from chatbots.onboarding import progress

LAUNCHED = timedelta(days=45)
LOOKED = timedelta(days=50)


def lead(northwind: Agency, rival: Agency, now: datetime) -> None:
    """Northwind's owner looked at the ledger and launched; of Rival what happened is remembered."""
    progress.look(northwind, now=now - LOOKED)
    launching.launch(northwind, by=northwind.staff.get().user, now=now - LAUNCHED)
    progress.remember(rival)
