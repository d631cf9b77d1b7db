"""Who waits for approval: Approve as Agency, or Decline with a reason."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from agencies import applications
from agencies.forms import DeclineForm
from agencies.models import Application
from billing import subscriptions
from billing.admin.support import supporter


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
