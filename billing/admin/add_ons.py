"""Packs that run: support adds one by hand, and ends it."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone

from billing import periods, stock, subscriptions
from billing.admin.exceptions import tell_what_is_over
from billing.admin.previews import Previewed, PreviewedForm
from billing.admin.support import supporter
from billing.models import AddOn


class EndForm(forms.Form):
    """When a pack ends."""

    when = forms.ChoiceField(
        label="It ends",
        choices=[("period", "With the running period"), ("now", "At once")],
        widget=forms.RadioSelect,
        error_messages={"required": "Please choose when it ends."},
    )


class AddForm(PreviewedForm):
    """A pack for an agency. The key makes a form that is sent twice one pack."""

    request_key = forms.UUIDField(initial=uuid.uuid4, required=False, widget=forms.HiddenInput)

    def take(self, wanted: dict[str, Any], now: datetime) -> object:
        return subscriptions.widen(**{**wanted, "request_key": None}, added_at=now, by=self.by)

    def validate_unique(self) -> None:
        """The same form again is the same pack; with other words it is not."""
        wanted = self.cleaned_data
        added = AddOn.objects.filter(request_key=wanted.get("request_key") or uuid.uuid4()).first()
        if added and any(getattr(added, name) != value for name, value in wanted.items()):
            self.add_error(None, f"This form has added a pack before: {added}. Open it anew to add another one.")


@admin.register(AddOn)
class AddOnAdmin(Previewed):
    """A pack counts from the moment it is added. It is ended, and never changed: another amount is another pack."""

    form = AddForm
    least = 1
    fields = ("agency", "resource", "amount", "lasts", "request_key")
    list_display = ("agency", "resource", "amount", "lasts", "added_at", "ends_at")
    list_filter = ("resource", "lasts")
    list_select_related = ("agency",)
    search_fields = ("agency__name",)
    autocomplete_fields = ("agency",)
    change_form_template = "admin/billing/addon/change_form.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        more = ("returned", "added_at", "added_by", "ends_at", "order")
        return (*self.fields[:-1], *more) if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        pack: AddOn | None = kwargs.get("obj")
        runs = pack and (pack.ends_at is None or pack.ends_at > timezone.now())
        context |= {"runs": runs, "show_save_and_continue": False}  # what was added is not edited
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: AddOn, form: Any, change: bool) -> None:
        if change:  # nothing of it is changed
            return
        wanted = form.cleaned_data
        added = subscriptions.widen(wanted.pop("agency"), **wanted, added_at=timezone.now(), by=supporter(request))
        obj.__dict__.update(added.__dict__)

    def get_urls(self) -> list[URLPattern]:
        end = path("<int:pk>/end/", self.admin_site.admin_view(self.end_view), name="add-on-end")
        return [end, *super().get_urls()]

    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What ending it means; then, by a POST, end it."""
        pack: AddOn | None = self.get_object(request, str(pk))
        if pack is None or not self.has_change_permission(request, pack):
            raise Http404
        form = EndForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                at_once = form.cleaned_data["when"] == "now"
                ended = subscriptions.end_pack(pack, at_once=at_once, by=supporter(request), now=timezone.now())
            except subscriptions.PackStays as refusal:
                form.add_error("when", str(refusal))
            else:
                self.log_change(request, ended, "Ended.")
                messages.success(request, f"The pack ends on {ended.ends_at:%-d %B %Y, %H:%M} UTC.")
                tell_what_is_over(request, ended.agency)
                return redirect("admin:billing_addon_change", ended.pk)
        page = {**self.admin_site.each_context(request), "opts": self.opts, "pack": pack, "form": form}
        page |= {"title": f"End {pack}", "period": periods.current(pack.agency, timezone.now())}
        page |= {"left": stock.left_of(pack) if subscriptions.is_stock(pack) else None}
        return render(request, "admin/billing/addon/end.html", page, status=422 if form.errors else 200)
