"""Support's exceptions: another limit than the plan's for one agency, until it is ended."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone

from agencies.models import Agency
from billing import entitlements, exceptions
from billing.admin.amounts import counted
from billing.admin.previews import Previewed, PreviewedForm
from billing.admin.support import supporter
from billing.models import LimitException


class RunningFilter(admin.SimpleListFilter):
    """Those that run; ended ones when asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("ended", "Ended"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        running = changelist.get_query_string(remove=[self.parameter_name])
        yield {"selected": self.value() is None, "query_string": running, "display": "Running"}
        for value, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == str(value), "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "all":
            return queryset
        return queryset.filter(ended_at__isnull=self.value() is None)


class GrantForm(PreviewedForm):
    """Another limit than the plan's."""

    def take(self, wanted: dict[str, Any], now: datetime) -> object:
        return exceptions.grant(**wanted, by=self.by, now=now)


@admin.register(LimitException)
class LimitExceptionAdmin(Previewed):
    """An exception is granted and ended; another amount is another exception, which ends the one before."""

    form = GrantForm
    fields = ("agency", "limit", "amount", "reason")
    list_display = ("agency", "limit", "given", "reason", "made_at", "ended_at")
    list_filter = (RunningFilter, "limit")
    list_select_related = ("agency",)
    search_fields = ("agency__name", "reason")
    autocomplete_fields = ("agency",)
    change_form_template = "admin/billing/limitexception/change_form.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("agency", "limit", "given", "reason", "made_at", "made_by", "ended_at") if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "amount":
            kwargs["help_text"] = "In the place of the plan's own; packs come on top of it. Empty is unlimited."
        if db_field.name == "reason":
            kwargs["help_text"] = "The agency reads it."
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context |= {"show_save_and_continue": False}  # what was granted is not edited
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="amount", ordering="amount")
    def given(self, exception: LimitException) -> str:
        return counted(exception.amount)

    def save_model(self, request: HttpRequest, obj: LimitException, form: Any, change: bool) -> None:
        if change:  # nothing of it is changed
            return
        now, wanted = timezone.now(), form.cleaned_data
        granted = exceptions.grant(wanted.pop("agency"), **wanted, by=supporter(request), now=now)
        obj.__dict__.update(granted.__dict__)
        tell_what_is_over(request, granted.agency)

    def get_urls(self) -> list[URLPattern]:
        end = path("<int:pk>/end/", self.admin_site.admin_view(self.end_view), name="exception-end")
        return [end, *super().get_urls()]

    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        exception: LimitException | None = self.get_object(request, str(pk))
        if exception is None or not self.has_change_permission(request, exception):
            raise Http404
        if request.method == "POST":
            try:
                exceptions.end(exception, by=supporter(request), now=timezone.now())
            except exceptions.ExceptionEnded as refusal:
                messages.error(request, str(refusal))
            else:
                self.log_change(request, exception, "Ended.")
                messages.success(request, f"{exception.agency} has the plan's own limit again.")
                tell_what_is_over(request, exception.agency)
        return redirect("admin:billing_limitexception_change", exception.pk)


def tell_what_is_over(request: HttpRequest, agency: Agency) -> None:
    """Say what the agency has in use beyond what it is given now."""
    for each in entitlements.over(agency, timezone.now()):
        messages.warning(request, f"{each}. What is in use stays, and nothing new is granted.")
