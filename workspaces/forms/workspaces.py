"""Forms about a workspace: opening, naming, narrowing and deleting it."""

from typing import Any

from django import forms

from agencies.models import Agency, Staff
from agencies.names import NameField
from agencies.permissions import NARROWABLE, MemberRole
from workspaces import lifecycle
from workspaces.forms.fields import CapField, EmailField
from workspaces.forms.people import ROLES
from workspaces.models import Workspace


class AddWorkspaceForm(forms.Form):
    """Profile → Add workspace, in three steps on one form: what is not shown travels along hidden."""

    STEPS = {
        "name": ("name",),
        "member": ("email", "role"),
        "resources": ("message_cap", "source_cap", "seat_cap"),
    }

    name = NameField(
        label="Name of the workspace", placeholder="Bakery", help_text="Most agencies use the client's name."
    )
    email = EmailField(required=False)
    role = forms.ChoiceField(label="Role", choices=ROLES, initial=MemberRole.EDITOR)
    message_cap = CapField(label="Messages per period, at most")
    source_cap = CapField(label="Data sources, at most")
    seat_cap = CapField(label="Seats, at most")
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agency = agency

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if taken := lifecycle.name_taken_by(self.agency, name, except_key=self.data.get("request_key")):
            raise forms.ValidationError(str(lifecycle.NameTaken(taken.name)))
        return name

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email and Staff.objects.filter(agency=self.agency, user__email__iexact=email).exists():
            raise forms.ValidationError(f"{email} belongs to your agency and reaches every workspace already.")
        return email

    def clean(self) -> None:
        if self.cleaned_data.get("email") and self.cleaned_data.get("seat_cap") == 0:
            self.add_error("seat_cap", f"Please leave at least 1 seat, for {self.cleaned_data['email']}.")

    def first_wrong(self, *, before: str = "") -> str | None:
        """The first step with an error, of those that come before step `before` (of all, without it)."""
        wrong = self.errors
        for step, fields in self.STEPS.items():
            if step == before:
                return None
            if any(field in wrong for field in fields):
                return step
        return None


class RenameForm(forms.Form):
    """Another name for a workspace."""

    name = NameField(label="Name of the workspace")


class NarrowForm(forms.Form):
    """What the members of a workspace may do, as far as their role goes."""

    allowed = forms.MultipleChoiceField(
        label="Members may, if their role allows it",
        required=False,
        choices=[(can.value, can.label) for can in NARROWABLE],
        widget=forms.CheckboxSelectMultiple,
    )

    @classmethod
    def of(cls, workspace: Workspace) -> "NarrowForm":
        """The form as the workspace stands."""
        return cls(initial={"allowed": [can.value for can in NARROWABLE if can.value not in workspace.withheld]})


class DeleteForm(forms.Form):
    """Deleting a workspace, by typing its name."""

    typed = forms.CharField(
        label="Name of the workspace",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        error_messages={"required": "Type the name to delete the workspace."},
    )
