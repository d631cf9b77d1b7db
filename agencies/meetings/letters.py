"""The mails around a meeting: to who booked it, with the invitation, and to support."""

from datetime import datetime

from agencies import mail
from agencies.meetings import ics, links
from agencies.models import Availability, Meeting
from agencies.support import addresses


def scheduled(meeting: Meeting, rules: Availability, *, now: datetime) -> None:
    to_visitor("meeting_scheduled", meeting, rules, now=now)
    to_support("was scheduled", meeting, rules)


def rescheduled(meeting: Meeting, rules: Availability, *, now: datetime) -> None:
    to_visitor("meeting_rescheduled", meeting, rules, now=now)
    to_support("was moved", meeting, rules)


def cancelled(meeting: Meeting, rules: Availability, *, now: datetime) -> None:
    to_visitor("meeting_cancelled", meeting, rules, now=now)
    to_support("was cancelled", meeting, rules)


def reminded(meeting: Meeting, rules: Availability, ahead: str) -> None:
    """A reminder carries no invitation: calendars hold it already."""
    mail.send(
        "meeting_reminder", to=meeting.email, meeting=meeting, rules=rules, ahead=ahead, url=links.url_of(meeting)
    )


def to_visitor(template: str, meeting: Meeting, rules: Availability, *, now: datetime) -> None:
    again = mail.link("meetings:schedule") if meeting.cancelled_at else ""
    mail.send_invitation(
        template,
        to=meeting.email,
        calendar=ics.invitation(meeting, rules, now=now),
        meeting=meeting,
        rules=rules,
        url=again or links.url_of(meeting),
    )


def to_support(what: str, meeting: Meeting, rules: Availability) -> None:
    url = mail.link("admin:agencies_meeting_change", meeting.pk)
    when = meeting.in_words(rules.time_zone)
    for address in support(rules):
        mail.send("meeting_support", to=address, meeting=meeting, what=what, when=when, url=url)


def support(rules: Availability) -> list[str]:
    """Who hears of meetings: one address that support named, else everybody who may change them."""
    if rules.mail_to:
        return [rules.mail_to]
    return addresses("agencies.change_meeting")
