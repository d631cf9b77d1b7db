"""A form that shows what it would make of an agency's limits, before it is saved."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from agencies.models import User
from billing import entitlements
from billing.admin.amounts import Amounts
from billing.admin.support import supporter


class PreviewedForm(forms.ModelForm):
    """Sent by *Preview*, it is held back with the consequences; sent by *Save*, it is saved."""

    by: User  # who looks: what is tried out has an author too
    consequences: entitlements.Change | None = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "_preview" in self.data and not self.errors:
            now = timezone.now()
            self.consequences = entitlements.preview(cleaned["agency"], lambda: self.take(cleaned, now), now=now)
            self.add_error(None, "Nothing is saved yet.")
        return cleaned

    def take(self, wanted: dict[str, Any], now: datetime) -> object:
        """The step that saving takes."""
        raise NotImplementedError


class Previewed(Amounts):
    """Adding goes over a preview."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"by": supporter(request)})

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context["preview"] = getattr(context["adminform"].form, "consequences", None)
        if context["preview"]:
            context["errors"] = None  # it is no mistake
        return super().render_change_form(request, context, *args, **kwargs)
