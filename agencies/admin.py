"""People, meetings and the audit log, for support."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from agencies.meetings.admin import AvailabilityAdmin, DayOffAdmin, MeetingAdmin
from agencies.models import AuditEntry, User

__all__ = ["AuditAdmin", "AvailabilityAdmin", "DayOffAdmin", "MeetingAdmin", "UserAdmin"]


@admin.register(AuditEntry)
class AuditAdmin(admin.ModelAdmin):
    """Who did what in every agency, to read."""

    list_display = ("at", "agency", "actor_name", "acting_as", "words", "target")
    list_select_related = ("agency",)
    search_fields = ("agency__name", "actor_name", "target")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """People, to find and to lock out; passwords are theirs alone."""

    list_display = ("email", "name", "is_staff", "is_active", "last_login")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "last_login", "date_joined")
    readonly_fields = ("email", "last_login", "date_joined")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
