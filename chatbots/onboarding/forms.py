"""Whom to show the onboarding to."""

from typing import Any

from django import forms

from agencies.models import Agency, User


class ShowForm(forms.Form):
    """A colleague of the agency."""

    colleague = forms.ModelChoiceField(
        label="Colleague",
        queryset=User.objects.none(),
        empty_label=None,
        error_messages={"invalid_choice": "Nobody of your team is called like that.", "required": "Please choose one."},
    )

    def __init__(self, *args: Any, agency: Agency, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = User.objects.filter(staff_of__agency=agency, is_active=True).exclude(pk=by.pk)
        self.fields["colleague"].queryset = team.order_by("email")  # type: ignore[attr-defined]
