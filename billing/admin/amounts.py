"""Rows with amounts, as support edits them."""

from typing import Any

from django.contrib import admin
from django.db.models import PositiveIntegerField
from django.http import HttpRequest

from agencies.forms import MANY


class Amounts(admin.ModelAdmin):
    """Amounts stay small enough that a plan and its packs fit into the agency's limits. Nothing is deleted."""

    least = 0

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, PositiveIntegerField):
            kwargs |= {"min_value": self.least, "max_value": MANY}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def counted(amount: int | None) -> str:
    """An amount for people; None is unlimited."""
    return "unlimited" if amount is None else f"{amount:,}"
