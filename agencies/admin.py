"""People, meetings and the audit log, for support."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from agencies import support
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
    fields = ("email", "name", "is_active", "is_staff", "last_login", "date_joined")
    readonly_fields = ("email", "last_login", "date_joined")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if request.user.is_superuser else (*self.readonly_fields, "is_staff")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Who becomes support joins the group of support, and leaves it with that; superusers alone decide it."""
        super().save_model(request, obj, form, change)
        if "is_staff" in form.changed_data:
            (support.appoint if obj.is_staff else support.dismiss)(obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
