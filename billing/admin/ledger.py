"""The ledger, to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from billing.models import LedgerEntry


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
