"""What fills the pool: plans, subscriptions, add-ons; and the ledger, to read."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import PositiveIntegerField
from django.http import HttpRequest
from django.utils import timezone

from agencies import audit
from agencies.forms import MANY
from agencies.models import Action
from billing import entitlements
from billing.admin.support import supporter
from billing.models import AddOn, LedgerEntry, Plan, Subscription


class AddOnForm(forms.ModelForm):
    """An add-on counts from the moment it is saved until the moment it is ended; neither can be planned."""

    def clean_added_at(self) -> datetime:
        return past(self.cleaned_data["added_at"], "An add-on counts at once: please add it on its day.")

    def clean_ends_at(self) -> datetime | None:
        ends_at: datetime | None = self.cleaned_data["ends_at"]
        return ends_at and past(ends_at, "An add-on ends at once: please end it on its day.")


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
    """Rows that fill an agency's pool: saving one writes the agency's limits anew, and into its audit log."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        entitlements.apply(obj.agency, now=timezone.now())

    def tell(self, request: HttpRequest, obj: Any, action: Action, **after: Any) -> None:
        """Write into the audit log what was saved; the admin's own transaction holds both."""
        now = timezone.now()
        audit.record(action, agency_id=obj.agency_id, by=supporter(request), at=now, target=obj, after=after)


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
        if form.changed_data:
            self.tell(request, obj, Action.SUBSCRIBED, plan=obj.plan.name)


@admin.register(AddOn)
class AddOnAdmin(Entitling):
    """A pack is added and ended; another amount is another pack."""

    form = AddOnForm
    list_display = ("agency", "resource", "amount", "added_at", "ends_at")
    list_filter = ("resource",)
    autocomplete_fields = ("agency",)
    exclude = ("added_by",)
    fixed = ("agency", "resource", "amount", "added_at")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.added_by = obj.added_by or supporter(request)
        super().save_model(request, obj, form, change)
        if form.changed_data:
            action = Action.PACK_ENDED if obj.ends_at else Action.WIDENED
            self.tell(request, obj, action, **{obj.resource: obj.amount})


@admin.register(Plan)
class PlanAdmin(Amounts):
    """The catalogue. A changed plan changes the limits of every agency on it; sign-up finds plans by their code."""

    list_display = ("name", "code", "messages", "sources", "seats", "workspaces", "chatbots")
    fixed = ("code",)


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
