"""Support's pages: who waits for approval, plans, add-ons, and the ledger to read."""

from datetime import datetime
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin, messages
from django.db.models import PositiveIntegerField, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from agencies import applications
from agencies.forms import MANY, DeclineForm
from agencies.models import Agency, Application, User
from billing import entitlements, rollups, subscriptions
from billing.models import AddOn, LedgerEntry, Plan, Subscription


class StateFilter(admin.SimpleListFilter):
    """Waiting ones first; they are what support comes for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "All"), ("approved", "Approved"), ("declined", "Declined")]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": "Waiting",
        }
        for value, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == str(value), "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        match self.value():
            case None:
                return queryset.filter(decided_at=None)
            case "approved" | "declined" as decision:
                return queryset.filter(decision=decision)
            case _:
                return queryset


@admin.register(Application)
class ApplicationAdmin(admin.ModelAdmin):
    """Approve as Agency, or decline with a reason. It stands on this floor since approval starts the trial plan."""

    list_display = ("agency", "submitted_at", "submitted_by", "clients", "messages", "state")
    list_filter = (StateFilter,)
    list_select_related = ("agency", "submitted_by")
    search_fields = ("agency__name", "submitted_by__email", "website")
    actions = ("approve_as_agency",)
    change_form_template = "admin/agencies/application/change_form.html"
    readonly_fields = [field.name for field in Application._meta.fields if field.name != "id"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="state")
    def state(self, application: Application) -> str:
        return "Waiting" if application.is_waiting else application.get_decision_display()

    @admin.action(description="Approve as Agency", permissions=["change"])
    def approve_as_agency(self, request: HttpRequest, queryset: QuerySet[Application]) -> None:
        # The chosen ones and not `queryset`, in which the filter leaves out what somebody else decided meanwhile.
        for application in self.get_queryset(request).filter(pk__in=request.POST.getlist("_selected_action")):
            self.approve(request, application)

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<int:pk>/approve/", self.admin_site.admin_view(self.approve_view), name="application-approve"),
            path("<int:pk>/decline/", self.admin_site.admin_view(self.decline_view), name="application-decline"),
            *super().get_urls(),
        ]

    def approve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        application = self.wanted(request, pk)
        if request.method == "POST":
            self.approve(request, application)
        return redirect("admin:agencies_application_change", application.pk)

    def decline_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        application = self.wanted(request, pk)
        form = DeclineForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                applications.decline(
                    application, by=supporter(request), reason=form.cleaned_data["reason"], now=timezone.now()
                )
            except applications.NotWaiting as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, f"{application.agency} was declined, and its owner gets the reason by mail.")
            return redirect("admin:agencies_application_change", application.pk)
        page = {**self.admin_site.each_context(request), "application": application, "form": form, "opts": self.opts}
        page["title"] = f"Decline {application.agency}"
        status = 422 if request.method == "POST" else 200
        return render(request, "admin/agencies/application/decline.html", page, status=status)

    def approve(self, request: HttpRequest, application: Application) -> None:
        try:
            agency = subscriptions.approve(application, by=supporter(request), now=timezone.now())
        except applications.NotWaiting as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{agency} is an agency now, on the trial plan. Its owner gets a mail.")

    def wanted(self, request: HttpRequest, pk: int) -> Application:
        application: Application | None = self.get_object(request, str(pk))
        if application is None or not self.has_change_permission(request, application):
            raise Http404
        return application


@admin.register(Agency)
class AgencyAdmin(admin.ModelAdmin):
    """Accounts and agencies, to read; approval goes through applications, limits through plans and add-ons."""

    list_display = ("name", "badge", "created_at", "message_limit", "source_limit", "seat_limit")
    list_filter = (("approved_at", admin.EmptyFieldListFilter),)
    search_fields = ("name", "staff__user__email")
    readonly_fields = [field.name for field in Agency._meta.fields if field.name not in ("id", "time_zone")]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "time_zone":  # one that is none would stop every charge and chart of the agency
            return forms.ChoiceField(choices=[(zone, zone) for zone in sorted(available_timezones())])
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="state")
    def badge(self, agency: Agency) -> str:
        return "Agency" if agency.is_approved else "Account"

    def save_model(self, request: HttpRequest, obj: Agency, form: Any, change: bool) -> None:
        rollups.rezone(obj, time_zone=obj.time_zone)  # all that may be changed here

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """People, to find and to lock out; passwords are theirs alone."""

    list_display = ("email", "name", "is_staff", "is_active", "last_login")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "last_login", "date_joined")
    readonly_fields = ("email", "last_login", "date_joined")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AddOnForm(forms.ModelForm):
    """An add-on counts from the moment it is saved until the moment it is ended; neither can be planned."""

    def clean_added_at(self) -> datetime:
        return past(self.cleaned_data["added_at"], "An add-on counts at once: please add it on its day.")

    def clean_ended_at(self) -> datetime | None:
        ended_at: datetime | None = self.cleaned_data["ended_at"]
        return ended_at and past(ended_at, "An add-on ends at once: please end it on its day.")


def past(moment: datetime, otherwise: str) -> datetime:
    if moment > timezone.now():
        raise forms.ValidationError(otherwise)
    return moment


class Amounts(admin.ModelAdmin):
    """Rows with amounts, which stay small enough that a plan and its add-ons fit into the agency's limits.

    `fixed` fields are written once: a row that named another agency later would leave the first with limits of nothing.
    """

    fixed: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fixed if obj else ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, PositiveIntegerField):
            kwargs["max_value"] = MANY
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Entitling(Amounts):
    """Rows that fill an agency's pool: saving one writes the agency's limits anew."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        entitlements.apply(obj.agency)


@admin.register(Subscription)
class SubscriptionAdmin(Entitling):
    """The plan may change. `started_at` begins every billing period: moving it would lose the running one's count."""

    list_display = ("agency", "plan", "started_at", "assigned_by")
    list_select_related = ("agency", "plan", "assigned_by")
    autocomplete_fields = ("agency",)
    exclude = ("assigned_by",)
    fixed = ("agency", "started_at")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.assigned_by = supporter(request)
        super().save_model(request, obj, form, change)


@admin.register(AddOn)
class AddOnAdmin(Entitling):
    """A pack is added and ended; another amount is another pack."""

    form = AddOnForm
    list_display = ("agency", "resource", "amount", "added_at", "ended_at")
    list_filter = ("resource",)
    autocomplete_fields = ("agency",)
    exclude = ("added_by",)
    fixed = ("agency", "resource", "amount", "added_at")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.added_by = obj.added_by or supporter(request)
        super().save_model(request, obj, form, change)


@admin.register(Plan)
class PlanAdmin(Amounts):
    """The catalogue. A changed plan changes the limits of every agency on it; sign-up finds plans by their code."""

    list_display = ("name", "code", "messages", "sources", "seats", "workspaces", "chatbots")
    fixed = ("code",)

    def save_model(self, request: HttpRequest, obj: Plan, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        for agency in entitlements.agencies_on(obj):
            entitlements.apply(agency)


@admin.register(LedgerEntry)
class LedgerAdmin(admin.ModelAdmin):
    """Every unit and why, to read."""

    list_display = ("at", "agency", "workspace", "rule", "units")
    list_select_related = ("agency", "workspace")
    search_fields = ("agency__name", "workspace__name")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def supporter(request: HttpRequest) -> User:
    """The support person behind this request; the admin site lets nobody else through."""
    return cast(User, request.user)
