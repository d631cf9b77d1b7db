"""Which plan an agency is on, and the day on which its periods begin: a preview first, then Save."""

from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from agencies.models import Agency
from billing import subscriptions
from billing.admin.support import supporter
from billing.models import Plan, Subscription
from billing.subscriptions import Preview, WrongStart
from workspaces.forms.fields import DayField


class PlanField(forms.ModelChoiceField):
    """Every version of every plan, the newest of each first."""

    def label_from_instance(self, plan: Any) -> str:
        return f"{plan.name}, version {plan.version} of {plan.since:%-d %B %Y}"


class AssignForm(forms.Form):
    """A plan for an agency. `previewed` names the consequences that support has seen."""

    agency = forms.ModelChoiceField(
        Agency.objects.all(), widget=AutocompleteSelect(Subscription._meta.get_field("agency"), admin.site)
    )
    plan = PlanField(Plan.objects.all(), empty_label=None)
    begins_on = DayField(label="Periods begin on")
    previewed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, subscription: Subscription | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subscription = subscription
        self.fields["begins_on"].required = True
        self.fields[
            "begins_on"
        ].help_text = (
            "A day of the past, or today, in UTC. Another day of the month than before begins a new period, full again."
        )
        if subscription:
            del self.fields["agency"]  # it is fixed

    def clean_agency(self) -> Agency:
        agency: Agency = self.cleaned_data["agency"]
        if Subscription.objects.filter(agency=agency).exists():
            raise forms.ValidationError(f"{agency} has a subscription already. Please change that one.")
        return agency

    @property
    def wanted(self) -> dict[str, Any]:
        """What the domain is asked for."""
        day = datetime.combine(self.cleaned_data["begins_on"], time(), tzinfo=UTC)
        was = self.subscription and self.subscription.started_at
        same_day = was and was.astimezone(UTC).date() == day.date()
        return {"plan": self.cleaned_data["plan"], "started_at": was if same_day else day}


@admin.register(Subscription)
class SubscriptionAdmin(admin.ModelAdmin):
    """The agency is fixed; plan and day go through `subscriptions.subscribe`, after a preview."""

    list_display = ("agency", "plan", "started_at", "assigned_by")
    list_filter = ("plan__code",)
    list_select_related = ("agency", "plan", "assigned_by")
    search_fields = ("agency__name",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self.assign(request, None)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        subscription: Subscription | None = self.get_object(request, object_id)
        if subscription is None:
            raise Http404
        if not self.has_change_permission(request, subscription):
            raise PermissionDenied
        return self.assign(request, subscription)

    def assign(self, request: HttpRequest, subscription: Subscription | None) -> HttpResponse:
        """Preview what is wanted; once that was seen, save it."""
        form = AssignForm(request.POST or None, initial=initial(request, subscription), subscription=subscription)
        preview, agency = None, subscription and subscription.agency
        if request.method == "POST" and form.is_valid():
            agency = agency or form.cleaned_data["agency"]
            try:
                preview = subscriptions.preview(agency, **form.wanted, now=timezone.now())
                if form.cleaned_data["previewed"] == stamp(preview):
                    return self.save(request, agency, form)
            except WrongStart as refusal:
                form.add_error("begins_on", str(refusal))
        page = {**self.admin_site.each_context(request), "opts": self.opts, "form": form, "agency": agency}
        page |= {"title": f"Plan of {agency}" if agency else "Put an agency on a plan", "preview": preview}
        page |= {"stamp": preview and stamp(preview), "original": subscription, "now": timezone.now()}
        status = 422 if form.errors else 200
        return render(request, "admin/billing/subscription/assign.html", page, status=status)

    def save(self, request: HttpRequest, agency: Agency, form: AssignForm) -> HttpResponse:
        saved = subscriptions.subscribe(agency, **form.wanted, now=timezone.now(), by=supporter(request))
        if form.subscription:
            self.log_change(request, saved, [{"changed": {"fields": form.changed_data}}])
        else:
            self.log_addition(request, saved, [{"added": {}}])
        messages.success(request, f"{saved.agency} is on {saved.plan} now.")
        return redirect("admin:billing_subscription_changelist")


def initial(request: HttpRequest, subscription: Subscription | None) -> dict[str, Any]:
    """What stands there now; for a new one, the agency that a link names, and today."""
    if subscription is None:
        return {"agency": request.GET.get("agency"), "begins_on": timezone.now().astimezone(UTC).date()}
    return {"plan": subscription.plan_id, "begins_on": subscription.started_at.astimezone(UTC).date()}


def stamp(preview: Preview) -> str:
    """The consequences in a word: what is saved is what was seen, also when something changed meanwhile."""
    given = [f"{before.given}-{after.given}" for before, after in preview.pairs]
    return " ".join([f"{preview.plan.pk}", f"{preview.running.start:%F}", f"{preview.period.start:%F}", *given])
