"""What Northwind reports to its clients: Bakery's was sent, the bookshop's waits to be read."""

from datetime import datetime

from agencies.models import Agency, User
from chatbots.reports import months, reports, scheduling
from workspaces.models import Workspace

COMMENT = (
    "Most visitors ask for opening hours and for cakes, and they get their answer at once.\n\n"
    "What is still missing is whether you repair bicycles. We suggest to say so."
)
DAY = 3


def write(agency: Agency, *, by: User, now: datetime) -> None:
    """The month that ended last."""
    bakery, bookshop = (Workspace.objects.get(agency=agency, name=name) for name in ("Bakery", "Bookshop"))
    month = months.last(agency, now)
    people = reports.usual_recipients(bakery)
    scheduling.schedule(bakery, day=DAY, recipients=people, unread=False, by=by, now=now)
    sent = reports.draw_up(bakery, month=month, by=by, now=now)
    reports.comment(sent, text=COMMENT, by=by, now=now)
    reports.send(sent, to=people, by=by, now=now)
    reports.draw_up(bookshop, month=month, by=by, now=now)
