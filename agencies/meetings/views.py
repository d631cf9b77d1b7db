"""Scheduling a meeting with or without an account, and the page behind its signed link."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import public
from agencies.meetings import booking, ics, limits, links, slots
from agencies.meetings.forms import MeetingForm, SlotForm, by_day, known_or_utc
from agencies.models import Meeting, User
from agencies.pages import attempt, press_again
from agencies.zones import offered

MOVED = "Your meeting was moved. The new invitation is on its way."
STAYS = "Your meeting keeps its time, so there is no new invitation."


@require_http_methods(["GET", "HEAD", "POST"])
@public
def schedule(request: HttpRequest) -> HttpResponse:
    form = MeetingForm(request.POST or None, initial=known_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            limits.heed(request)
            meeting = booking.schedule(
                by=person(request), came_from=limits.came_from(request), now=timezone.now(), **form.booking
            )
        except slots.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            tell_booked(request, meeting, form.cleaned_data["slot"])
            return redirect("meetings:show", key=links.key_of(meeting))
    return choose(request, "meetings/schedule.html", form)


def tell_booked(request: HttpRequest, meeting: Meeting, wanted: datetime) -> None:
    """A form that is sent again gives the meeting of the first time, which may be another one by now."""
    if meeting.cancelled_at:
        messages.info(request, "Nothing was booked: this form was sent before, and that meeting was cancelled since.")
    elif meeting.starts_at != wanted:
        messages.info(request, "Nothing was booked: this form was sent before, for the meeting below. You can move it.")
    else:
        messages.success(request, f"Your meeting is booked. The invitation is on its way to {meeting.email}.")


@require_safe
@public
def show(request: HttpRequest, key: str) -> HttpResponse:
    meeting = wanted(key)
    page = {"meeting": meeting, "key": key, "is_over": meeting.is_over(), "rules": slots.availability()}
    return private(render(request, "meetings/show.html", page))


@require_http_methods(["GET", "HEAD", "POST"])
@public
def reschedule(request: HttpRequest, key: str) -> HttpResponse:
    meeting, form = wanted(key), SlotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at, zone = form.cleaned_data["slot"], form.cleaned_data["zone"]
        try:
            limits.heed(request)
            moved = booking.reschedule(meeting, starts_at=at, time_zone=zone, by=person(request), now=timezone.now())
        except slots.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, MOVED if moved.sequence != meeting.sequence else STAYS)
            return redirect("meetings:show", key=key)
    if request.method != "POST" and (meeting.cancelled_at or meeting.is_over()):
        return redirect("meetings:show", key=key)
    return choose(request, "meetings/reschedule.html", form, meeting=meeting, key=key)


@require_http_methods(["GET", "HEAD", "POST"])
@public
def cancel(request: HttpRequest, key: str) -> HttpResponse:
    meeting = wanted(key)
    if request.method != "POST":
        return press_again(request, "meetings:show", key=key)
    limits.count(request)
    now, told = timezone.now(), "Your meeting is cancelled. A mail takes it out of your calendar."
    attempt(request, lambda: booking.cancel(meeting, by=person(request), now=now), told, slots.Refused)
    return redirect("meetings:show", key=key)


@require_safe
@public
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    meeting = wanted(key)
    written = ics.invitation(meeting, slots.availability(), now=timezone.now())
    name = {"Content-Disposition": 'attachment; filename="meeting.ics"'}
    return private(HttpResponse(written, content_type="text/calendar; charset=utf-8", headers=name))


def choose(
    request: HttpRequest, template: str, form: SlotForm, meeting: Meeting | None = None, **page: Any
) -> HttpResponse:
    """A page with the free times, in the zone that was chosen."""
    asked = request.POST.get("zone") or request.GET.get("zone") or (meeting.time_zone if meeting else "")
    zone, unknown = known_or_utc(asked)
    page |= {"form": form, "meeting": meeting, "zone": zone, "unknown_zone": unknown, "zones": offered(zone)}
    if form.is_bound and not unknown:
        page["unknown_zone"] = " ".join(map(str, form.errors.get("zone", [])))
    page |= {"days": by_day(slots.free(timezone.now(), but=meeting), zone), "guess": not asked}
    page["chosen"] = form.cleaned_data.get("slot") if form.is_bound else None
    return private(render(request, template, page, status=422 if request.method == "POST" else 200))


def private(response: HttpResponse) -> HttpResponse:
    """No cache keeps it, and no search engine."""
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex"
    return response


def wanted(key: str) -> Meeting:
    meeting = links.meeting_of(key)
    if meeting is None:
        raise Http404
    return meeting


def person(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


def known_of(request: HttpRequest) -> dict[str, Any]:
    """What we know already of somebody who is signed in."""
    user = person(request)
    if user is None:
        return {}
    agency, application = booking.applying(user)
    known = {"name": user.name, "email": user.email, "company": agency.name if agency else ""}
    if application:
        known |= {name: getattr(application, name) for name in ("website", "clients", "messages", "goals")}
    return known
