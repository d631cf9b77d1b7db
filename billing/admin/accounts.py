"""Accounts and agencies, to read. It stands on this floor since a changed time zone sums the ledger up anew."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from agencies import suspension, visits
from agencies.forms import SuspendForm, VisitForm
from agencies.models import Agency
from agencies.pages import attempt
from agencies.zones import zones
from billing import calendars, entitlements
from billing.admin.support import supporter


@admin.register(Agency)
class AgencyAdmin(admin.ModelAdmin):
    """Accounts and agencies, to read; approval goes through applications, limits through plans and add-ons."""

    list_display = ("name", "badge", "created_at", "message_limit", "source_limit", "seat_limit")
    list_filter = (("approved_at", admin.EmptyFieldListFilter), ("suspended_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "staff__user__email")
    change_form_template = "admin/agencies/agency/change_form.html"
    readonly_fields = [field.name for field in Agency._meta.fields if field.name not in ("id", "time_zone")]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "time_zone":  # one that is none would stop every charge and chart of the agency
            return forms.ChoiceField(choices=[(zone, zone) for zone in sorted(zones())])
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="state")
    def badge(self, agency: Agency) -> str:
        state = "Agency" if agency.is_approved else "Account"
        return f"{state}, suspended" if agency.suspended_at else state

    def save_model(self, request: HttpRequest, obj: Agency, form: Any, change: bool) -> None:
        by, now = supporter(request), timezone.now()
        calendars.change(obj, time_zone=obj.time_zone, by=by, now=now)  # all that may be changed here

    def get_urls(self) -> list[URLPattern]:
        steps = {"visit": self.visit_view, "suspend": self.suspend_view, "lift": self.lift_view}
        own = self.admin_site.admin_view
        paths = [path(f"<int:pk>/{step}/", own(view), name=f"agency-{step}") for step, view in steps.items()]
        return [*paths, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if agency := kwargs.get("obj"):
            context |= {"lines": entitlements.explain(agency, timezone.now())}
            context |= {"may_act": self.has_change_permission(request, agency)}
        return super().render_change_form(request, context, *args, **kwargs)

    def suspend_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Suspend the account, with a reason that its people read."""
        agency = self.wanted(request, pk, self.has_change_permission)
        form = SuspendForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            step = partial(suspension.suspend, agency, by=supporter(request), now=timezone.now(), **form.cleaned_data)
            told = f"{agency} is suspended, and its owners get the reason by mail."
            attempt(request, step, told, suspension.Refused)
            return redirect("admin:agencies_agency_change", agency.pk)
        page = {**self.admin_site.each_context(request), "agency": agency, "form": form, "opts": self.opts}
        page |= {"title": f"Suspend {agency}"}
        status = 422 if request.method == "POST" else 200
        return render(request, "admin/agencies/agency/suspend.html", page, status=status)

    def lift_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        agency = self.wanted(request, pk, self.has_change_permission)
        if request.method == "POST":
            step = partial(suspension.lift, agency, by=supporter(request), now=timezone.now())
            attempt(request, step, f"{agency} goes on as it was, and its owners get a mail.", suspension.Refused)
        return redirect("admin:agencies_agency_change", agency.pk)

    def wanted(self, request: HttpRequest, pk: int, may: Callable[[HttpRequest, Agency], bool]) -> Agency:
        agency: Agency | None = self.get_object(request, str(pk))
        if agency is None or not may(request, agency):
            raise Http404
        return agency

    def visit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Support looks at the agency's pages, with a reason that the agency reads."""
        agency = self.wanted(request, pk, self.has_view_permission)
        form = VisitForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            visits.enter(agency, by=supporter(request), now=timezone.now(), **form.cleaned_data)
            return redirect("agencies:dashboard", agency_id=agency.pk)
        page = {**self.admin_site.each_context(request), "agency": agency, "form": form, "opts": self.opts}
        page |= {"title": f"Look at {agency}", "minutes": visits.LENGTH.seconds // 60}
        status = 422 if request.method == "POST" else 200
        return render(request, "admin/agencies/agency/visit.html", page, status=status)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
