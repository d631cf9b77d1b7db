"""The ledger, to read, and its corrections: rows that support adds, never changes."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from agencies.forms import WholeField
from billing import corrections
from billing.admin.support import supporter
from billing.models import LedgerEntry

MOST = 32_767  # the column holds no more


class CorrectionForm(forms.Form):
    """How much of a row is taken back, and why; the client reads it."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)  # what the row cost: sent twice, it counts once
    units = WholeField(label="Units to take back", max_value=MOST)
    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        error_messages={"required": "Please give a reason: the agency and the client read it."},
    )


@admin.register(LedgerEntry)
class LedgerAdmin(admin.ModelAdmin):
    """Every unit and why. Nobody changes a row; support may correct one, which adds another."""

    list_display = ("at", "agency", "workspace", "rule", "units", "reason")
    list_select_related = ("agency", "workspace")
    search_fields = ("agency__name", "workspace__name")
    show_full_result_count = False
    change_form_template = "admin/billing/ledgerentry/change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        shown = {"may_correct": may_correct(request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, shown)

    def get_urls(self) -> list[URLPattern]:
        correct = path("<int:pk>/correct/", self.admin_site.admin_view(self.correct_view), name="ledgerentry-correct")
        return [correct, *super().get_urls()]

    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take units of a row back."""
        if not may_correct(request):
            raise PermissionDenied
        entry: LedgerEntry | None = self.get_object(request, str(pk))
        if entry is None:
            raise Http404
        left = corrections.still_costs(entry)
        form = CorrectionForm(request.POST or None, initial={"units": 1, "seen": left})
        if request.method == "POST" and form.is_valid():
            try:
                made = corrections.correct(entry, by=supporter(request), now=timezone.now(), **form.cleaned_data)
            except corrections.CorrectedMeanwhile as refusal:
                messages.error(request, str(refusal))
                return redirect("admin:ledgerentry-correct", pk)
            except corrections.Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"{-made.units} of {entry.units} units were taken back, with this row.")
                return redirect("admin:billing_ledgerentry_change", made.pk)
        page = {**self.admin_site.each_context(request), "entry": entry, "form": form, "opts": self.opts}
        page |= {"title": f"Correct row {entry.pk}", "left": left}
        status = 422 if request.method == "POST" else 200
        return render(request, "admin/billing/ledgerentry/correct.html", page, status=status)


def may_correct(request: HttpRequest) -> bool:
    """Whoever of support may change ledger rows; changing them is what a correction does instead."""
    return supporter(request).has_perm("billing.change_ledgerentry")
