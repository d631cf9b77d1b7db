"""Accounts and agencies, to read. It stands on this floor since a changed time zone sums the ledger up anew."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from agencies.models import Agency
from billing import rollups


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
