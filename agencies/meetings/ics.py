"""Invitations as calendar programs read them (RFC 5545 and 5546): one UID for a meeting, a number for each change."""

from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress

from agencies.models import Availability, Meeting


def invitation(meeting: Meeting, rules: Availability, *, now: datetime) -> str:
    """The meeting as it stands: METHOD:REQUEST, or METHOD:CANCEL once it is cancelled. Times are UTC."""
    calendar = Calendar()
    calendar.add("prodid", "-//Bureau//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if meeting.cancelled_at else "REQUEST")
    calendar.add_component(event_of(meeting, rules, now))
    return bytes(calendar.to_ical()).decode()


def event_of(meeting: Meeting, rules: Availability, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{meeting.uid}@bureau")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.ends_at)
    event.add("summary", "Initial meeting with Bureau")
    event.add("status", "CANCELLED" if meeting.cancelled_at else "CONFIRMED")
    event.add("description", "The mail with this invitation moves or cancels it.")  # no link: calendars are shared
    if rules.place:
        event.add("location", rules.place)
    event.add("organizer", organizer())
    event.add("attendee", attendee(meeting), encode=False)
    return event


def organizer() -> vCalAddress:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return person(name or "Bureau", address)


def attendee(meeting: Meeting) -> vCalAddress:
    """Without the name: who typed it may be a stranger to the address."""
    address = vCalAddress(f"mailto:{meeting.email}")
    address.params["role"], address.params["partstat"], address.params["rsvp"] = "REQ-PARTICIPANT", "ACCEPTED", "FALSE"
    return address


def person(name: str, address: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{address}")
    found.params["cn"] = name.replace('"', "'")  # a quote cannot stand in a parameter
    return found
