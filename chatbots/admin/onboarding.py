"""How far each agency came, for support."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone

from chatbots.admin.needs_you import needs_you
from chatbots.models import OnboardingStep
from chatbots.onboarding import progress
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

    list_display = ("agency", "steps", "last", "done_at", "next", "state")
    list_display_links = None
    list_filter = (StateFilter,)
    list_select_related = ("agency",)
    ordering = ("done_at",)
    search_fields = ("agency__name", "agency__staff__user__email")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OnboardingStep]:
        return progress.last_steps(super().get_queryset(request))

    def get_urls(self) -> list[URLPattern]:
        return [path("needs-you/", self.admin_site.admin_view(needs_you), name="needs-you"), *super().get_urls()]

    @admin.display(description="steps")
    def steps(self, step: Any) -> str:
        return f"{sum(each.key in step.keys for each in STEPS)} of {len(STEPS)}"

    @admin.display(description="last")
    def last(self, step: OnboardingStep) -> str:
        return str(step.get_key_display())

    @admin.display(description="next")
    def next(self, step: Any) -> str:
        return progress.next_title(step)

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
