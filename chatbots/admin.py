"""How far each agency came, for support."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone

from chatbots.models import OnboardingStep
from chatbots.onboarding.progress import STALLED_AFTER
from chatbots.onboarding.steps import STEPS


class StateFilter(admin.SimpleListFilter):
    """Whom to write to, and who is through."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("going", "On its way"), ("stalled", "Stalled"), ("launched", "Launched")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OnboardingStep]) -> QuerySet[OnboardingStep]:
        limit = timezone.now() - STALLED_AFTER
        on_its_way = queryset.filter(agency__launched_at=None)
        match self.value():
            case "going":
                return on_its_way.filter(done_at__gt=limit)
            case "stalled":
                return on_its_way.filter(done_at__lte=limit)
            case "launched":
                return queryset.filter(agency__launched_at__isnull=False)
            case _:
                return queryset


@admin.register(OnboardingStep)
class OnboardingAdmin(admin.ModelAdmin):
    """The last step of each agency, to read: what it did, since when, what is next, and whether it stalled."""

    list_display = ("agency", "progress", "last", "done_at", "next", "state")
    list_display_links = None
    list_filter = (StateFilter,)
    list_select_related = ("agency",)
    ordering = ("done_at",)
    search_fields = ("agency__name", "agency__staff__user__email")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OnboardingStep]:
        """One row an agency: its last step, with the keys of all."""
        of_agency = OnboardingStep.objects.filter(agency=OuterRef("agency")).order_by("-done_at", "-pk")
        every = super().get_queryset(request)
        rows: QuerySet[OnboardingStep] = every.filter(pk=Subquery(of_agency.values("pk")[:1]))
        return rows.annotate(keys=ArraySubquery(of_agency.values("key")))

    @admin.display(description="steps")
    def progress(self, step: Any) -> str:
        return f"{sum(each.key in step.keys for each in STEPS)} of {len(STEPS)}"

    @admin.display(description="last")
    def last(self, step: OnboardingStep) -> str:
        return str(step.get_key_display())

    @admin.display(description="next")
    def next(self, step: Any) -> str:
        if step.agency.launched_at:
            return "Scale"
        return next((each.title for each in STEPS if each.key not in step.keys), "Launch")

    @admin.display(description="state")
    def state(self, step: OnboardingStep) -> str:
        if step.agency.launched_at:
            return f"Launched on {step.agency.launched_at:%-d %B %Y}"
        days = (timezone.now() - step.done_at) // timedelta(days=1)
        return f"Stalled for {days} days" if days >= STALLED_AFTER.days else "On its way"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("agencies.view_agency")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("agencies.view_agency")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
