"""The catalogue of plans: versions, who is on which, and moving agencies to the newest."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from agencies.models import Agency
from billing import money, plans
from billing.admin.amounts import Amounts, counted
from billing.admin.prices import CurrencyField, PricedForm
from billing.admin.support import supporter
from billing.models import LimitException, Plan

NAMES = {"sources": "data sources", "workspaces": "sub-workspaces"}
SHOWN = 100  # agencies of a version; those that are moved make place for the next


class PlanForm(PricedForm):
    """A plan's name, price and limits; a new one's code too."""

    price = forms.DecimalField(
        min_value=Decimal(0), max_digits=12, required=False, help_text="A month, as 99.00. Empty: it is agreed."
    )
    currency = CurrencyField(required=False)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Plan.objects.filter(code=code).exists():
            raise forms.ValidationError("A plan has this code already. Open that plan to begin its next version.")
        return code


def column(name: str) -> Any:
    """A column of the list with one limit."""

    @admin.display(description=NAMES.get(name, name), ordering=name)
    def given(plan: Plan) -> str:
        return counted(getattr(plan, name))

    return given


class VersionFilter(admin.SimpleListFilter):
    """The newest of each plan; older ones when asked for."""

    title = "versions"
    parameter_name = "versions"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "All")]

    def choices(self, changelist: Any) -> Any:
        newest = changelist.get_query_string(remove=[self.parameter_name])
        yield {"selected": self.value() is None, "query_string": newest, "display": "Newest"}
        query = changelist.get_query_string({self.parameter_name: "all"})
        yield {"selected": self.value() == "all", "query_string": query, "display": "All"}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Plan]) -> QuerySet[Plan]:
        newer = Plan.objects.filter(code=OuterRef("code"), version__gt=OuterRef("version"))
        return queryset if self.value() == "all" else queryset.filter(~Exists(newer))


@admin.register(Plan)
class PlanAdmin(Amounts):
    """A version that agencies are on stays as it is: saving other limits begins the next one. Older ones are read."""

    form = PlanForm
    fields = ("name", "code", *Plan.MONEY, *Plan.LIMITS)
    list_display = ("name", "version", "costs", *map(column, Plan.LIMITS), "since", "code")
    list_filter = (VersionFilter,)
    change_form_template = "admin/billing/plan/change_form.html"

    @admin.display(description="price", ordering="price")
    def costs(self, plan: Plan) -> str:
        return priced(plan)

    def get_fields(self, request: HttpRequest, obj: Plan | None = None) -> Any:
        """Who only reads gets the price as people write it."""
        if obj and not self.has_change_permission(request, obj):
            return ("name", "code", "costs", *Plan.LIMITS)
        return self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Plan | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Plan | None = None) -> bool:
        superseded = obj is not None and plans.newest_of(obj.code) != obj
        return not superseded and super().has_change_permission(request, obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in Plan.LIMITS:
            kwargs |= {"label": LimitException.Limit(db_field.name).label, "help_text": "Empty is unlimited."}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<int:pk>/move/", self.admin_site.admin_view(self.move_view), name="plan-move"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        plan: Plan | None = self.get_object(request, object_id)
        newest = plan and plans.newest_of(plan.code)
        if plan and newest and request.method == "POST" and newest != plan:
            messages.error(request, str(plans.Superseded(plan, newest)))
            return redirect("admin:billing_plan_change", newest.pk)
        return super().change_view(request, object_id, *args, **kwargs)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        plan: Plan | None = kwargs.get("obj")
        if plan:
            context |= {"newest": plans.newest_of(plan.code), "versions": versions(plan), "shown": SHOWN}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Plan, form: Any, change: bool) -> None:
        who: dict[str, Any] = {"by": supporter(request), "now": timezone.now()}
        if not change:
            begin = plans.add(**who, **form.cleaned_data)
        else:
            was = Plan.objects.get(pk=obj.pk)
            begin = plans.revise(was, **who, **form.cleaned_data)
            if begin != was:
                stay = plans.agencies_on(was).count()
                agencies = "1 agency stays" if stay == 1 else f"{stay:,} agencies stay"
                messages.info(request, f"Version {begin.version} begins now; {agencies} on version {was.version}.")
        obj.__dict__.update(begin.__dict__)  # what the admin leads to, and writes its history of

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The chosen agencies' limits on this version, and what would be over; then, by a POST, move them."""
        plan: Plan | None = self.get_object(request, str(pk))
        if plan is None or not self.has_change_permission(request, plan):
            raise Http404
        chosen = agencies_in(request.POST if request.method == "POST" else request.GET)
        if request.method == "POST":
            moved = plans.move(chosen, to=plan, by=supporter(request), now=timezone.now())
            agencies = "1 agency is" if len(moved) == 1 else f"{len(moved):,} agencies are"
            messages.success(request, f"{agencies} on version {plan.version} now.")
            return redirect("admin:billing_plan_change", plan.pk)
        page = {**self.admin_site.each_context(request), "plan": plan, "opts": self.opts}
        page |= {"title": f"Move to {plan.name}, version {plan.version}"}
        page |= {"moves": plans.preview(chosen, to=plan, now=timezone.now())}
        return render(request, "admin/billing/plan/move.html", page)


def priced(plan: Plan) -> str:
    return "agreed" if plan.price is None else money.shown(plan.price, plan.currency)


def versions(plan: Plan) -> list[dict[str, Any]]:
    """Every version of the plan, the newest first, with how many agencies are on it and the first of these."""
    found = []
    for version in Plan.objects.filter(code=plan.code).select_related("made_by"):
        agencies = plans.agencies_on(version)
        about = {"price": priced(version), "limits": [counted(getattr(version, name)) for name in Plan.LIMITS]}
        found.append({"plan": version, **about, "count": agencies.count(), "agencies": agencies[:SHOWN]})
    return found


def agencies_in(query: QueryDict) -> list[Agency]:
    """The agencies whose keys a form sent, as many as one page shows."""
    keys = [int(key) for key in query.getlist("agency") if key.isdecimal() and len(key) < 19]
    return list(Agency.objects.filter(pk__in=keys[: 10 * SHOWN]))
