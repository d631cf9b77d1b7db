"""The filters of the audit log."""

from typing import Any

from django import forms

from agencies.models import Action
from workspaces.forms.fields import DayField


class AuditForm(forms.Form):
    """Filters of the audit log, as they stand in the address."""

    who = forms.CharField(
        label="Who", required=False, max_length=254, widget=forms.TextInput(attrs={"placeholder": "E-mail"})
    )
    action = forms.ChoiceField(label="What", required=False)
    workspace = forms.CharField(label="Workspace", required=False, max_length=80)
    since = DayField(label="From")
    until = DayField(label="To")
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, with_workspace: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", "Anything"), *Action.choices]  # type: ignore[attr-defined]
        if not with_workspace:
            del self.fields["workspace"]

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            self.add_error("until", "This day is before the first one.")
