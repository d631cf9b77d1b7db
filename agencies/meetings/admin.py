"""Support's calendar: when it meets, days off, and the meetings with the answers given."""

from datetime import datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from agencies import desk
from agencies.meetings import booking, slots
from agencies.meetings.forms import CancelForm, OfficeHoursFormSet
from agencies.models import Availability, DayOff, Meeting, OfficeHours, User
from agencies.zones import zones

# The browser's own inputs. Django's say how far the server's clock is away, which is nobody's zone here.
PLAIN: dict[Any, dict[str, Any]] = {
    models.TimeField: {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")},
    models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")},
}


class OfficeHoursInline(admin.TabularInline):
    model = OfficeHours
    formset = OfficeHoursFormSet
    formfield_overrides = PLAIN
    extra = 1


@admin.register(Availability)
class AvailabilityAdmin(admin.ModelAdmin):
    """One row: the weekly hours of support, in its time zone."""

    inlines = (OfficeHoursInline,)
    list_display = ("__str__", "notice_hours", "horizon_days", "place")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "time_zone":
            return forms.ChoiceField(choices=[(zone, zone) for zone in sorted(zones())])
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Availability, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        to_come = Meeting.objects.filter(cancelled_at=None, starts_at__gt=timezone.now())
        if "time_zone" in form.changed_data and (standing := to_come.count()):
            told = "as booked, at the hours of the zone until now. Please look whether you are there."
            messages.warning(request, f"{stand(standing)} {told}")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(DayOff)
class DayOffAdmin(admin.ModelAdmin):
    """Days on which nobody meets."""

    list_display = ("day", "note")
    formfield_overrides = PLAIN

    def save_model(self, request: HttpRequest, obj: DayOff, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        zone = slots.availability().zone
        begins, end = (datetime.combine(obj.day + timedelta(days=n), time.min, tzinfo=zone) for n in (0, 1))
        if standing := Meeting.objects.filter(cancelled_at=None, starts_at__gte=begins, starts_at__lt=end).count():
            messages.warning(request, f"{stand(standing)} on this day. Please cancel each with a reason.")


def stand(meetings: int) -> str:
    return "1 meeting stands" if meetings == 1 else f"{meetings} meetings stand"


class WhenFilter(admin.SimpleListFilter):
    """By support's own days; what is to come is what support comes for."""

    title = "when"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("today", "Today"), ("week", "This week"), ("cancelled", "Cancelled"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": "To come",
        }
        for value, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == str(value), "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Meeting]) -> QuerySet[Meeting]:
        now = timezone.now()
        match self.value():
            case None:
                return queryset.filter(cancelled_at=None, ends_at__gt=now)
            case "today" | "week" as span:
                return queryset.filter(cancelled_at=None, starts_at__range=desk.days_of(span, now))
            case "cancelled":
                return queryset.filter(cancelled_at__isnull=False)
            case _:
                return queryset


@admin.register(Meeting)
class MeetingAdmin(admin.ModelAdmin):
    """Who meets support and what they told before; cancelling, with a reason, mails them."""

    list_display = ("time", "__str__", "agency", "clients", "messages", "goals", "state")
    list_filter = (WhenFilter,)
    list_select_related = ("agency", "cancelled_by")
    search_fields = ("name", "company", "email", "agency__name")
    show_full_result_count = False
    change_form_template = "admin/agencies/meeting/change_form.html"
    fields = (
        ("time", "visitor_time", "state"),
        ("name", "email"),
        ("company", "website"),
        ("clients", "messages"),
        "goals",
        ("agency", "application"),
        ("booked_by", "booked_at"),
    )
    readonly_fields = ("time", "visitor_time", "state", *(field.name for field in Meeting._meta.fields))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="when", ordering="starts_at")
    def time(self, meeting: Meeting) -> str:
        zone = slots.availability().zone
        return f"{meeting.starts_at.astimezone(zone):%a %-d %b %Y, %H:%M} ({zone})"

    @admin.display(description="for the visitor")
    def visitor_time(self, meeting: Meeting) -> str:
        return meeting.when

    @admin.display(description="state")
    def state(self, meeting: Meeting) -> str:
        if not meeting.cancelled_at:
            return "Over" if meeting.is_over() else "Stands"
        return f"Cancelled by {meeting.cancelled_by}: {meeting.reason}" if meeting.cancelled_by else "Cancelled by them"

    def get_urls(self) -> list[URLPattern]:
        cancel = self.admin_site.admin_view(self.cancel_view)
        return [path("<int:pk>/cancel/", cancel, name="meeting-cancel"), *super().get_urls()]

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        meeting: Meeting | None = self.get_object(request, str(pk))
        if meeting is None or not self.has_change_permission(request, meeting):
            raise Http404
        form = CancelForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            self.cancel(request, meeting, form.cleaned_data["reason"])
            return redirect("admin:agencies_meeting_change", meeting.pk)
        page = {**self.admin_site.each_context(request), "meeting": meeting, "form": form, "opts": self.opts}
        page["title"] = f"Cancel the meeting with {meeting}"
        return render(request, "admin/agencies/meeting/cancel.html", page, status=422 if form.is_bound else 200)

    def cancel(self, request: HttpRequest, meeting: Meeting, reason: str) -> None:
        by = cast(User, request.user)  # the admin site lets nobody else through
        try:
            booking.cancel(meeting, by=by, reason=reason, for_support=True, now=timezone.now())
        except slots.Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"The meeting is cancelled, and {meeting.email} gets the reason by mail.")
