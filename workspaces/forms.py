"""Forms of this floor."""

import re
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.validators import MaxValueValidator, MinValueValidator

from agencies.models import Action, Agency, Staff, User
from agencies.names import NameField
from agencies.permissions import NARROWABLE, MemberRole, StaffRole, is_above
from workspaces import lifecycle

MANY = 1_000_000_000
ROLES = [
    (MemberRole.MANAGER.value, "Manager: chatbots, data sources and members"),
    (MemberRole.EDITOR.value, "Editor: chatbots and data sources"),
    (MemberRole.AGENT.value, "Agent: conversations"),
    (MemberRole.VIEWER.value, "Viewer: looks, changes nothing"),
]
STAFF_ROLES = [
    (StaffRole.OWNER.value, "Owner: everything, the other owners too"),
    (StaffRole.ADMIN.value, "Admin: all workspaces, their caps and members, the team"),
    (StaffRole.ANALYST.value, "Analyst: reads everything, changes nothing"),
]


WHOLE = re.compile(r"\d+|\d{1,3}(?:[ ,.'’\u00a0\u202f]\d{3})+")


class CapField(forms.IntegerField):
    """An optional ceiling: a whole number of 0 or more, also as 1,000 or 1.000; empty draws on the shared pool."""

    def __init__(self, *, label: str) -> None:
        wrong = "Please enter a whole number of 0 or more, or leave it empty."
        super().__init__(
            label=label,
            required=False,
            min_value=0,
            max_value=MANY,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "Shared pool", "autocomplete": "off"}),
            error_messages={
                "invalid": wrong,
                "min_value": wrong,
                "max_value": "That is more than any pool holds. Leave it empty to draw on the shared pool.",
            },
        )

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if text and not WHOLE.fullmatch(text):  # "1.5" and "1,5" are no thousands: guessing would cut a client off
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(re.sub(r"\D", "", text))


class EmailField(forms.EmailField):
    """An address to invite."""

    def __init__(self, *, required: bool) -> None:
        super().__init__(
            label="E-mail",
            required=required,
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "off", "placeholder": "name@client.example"}),
            error_messages={
                "invalid": "This is not an e-mail address. An example: name@client.example",
                "required": "Please enter the address to invite.",
            },
        )

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).lower()  # before its length is checked: İ grows


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


class InviteForm(forms.Form):
    """Invites one person into a workspace."""

    email = EmailField(required=True)
    role = forms.ChoiceField(label="Role", choices=ROLES, initial=MemberRole.EDITOR)


class InviteStaffForm(forms.Form):
    """Invites one person into the team, with a role that is not above one's own."""

    email = EmailField(required=True)
    role = forms.ChoiceField(label="Role", choices=STAFF_ROLES, initial=StaffRole.ADMIN)

    def __init__(self, *args: Any, own: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["placeholder"] = "name@agency.example"
        self.fields["role"].choices = [choice for choice in STAFF_ROLES if not is_above(choice[0], own)]  # type: ignore[attr-defined]


class StaffRoleForm(forms.Form):
    """Another role for a person of the team."""

    role = forms.ChoiceField(label="Role", choices=StaffRole.choices)


class NarrowForm(forms.Form):
    """What the members of a workspace may do, as far as their role goes."""

    allowed = forms.MultipleChoiceField(
        label="Members may, if their role allows it",
        required=False,
        choices=[(can.value, can.label) for can in NARROWABLE],
        widget=forms.CheckboxSelectMultiple,
    )


class DeleteForm(forms.Form):
    """Deleting a workspace, by typing its name."""

    typed = forms.CharField(
        label="Name of the workspace",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        error_messages={"required": "Type the name to delete the workspace."},
    )


class FreeSeatForm(forms.Form):
    """Whose seat is freed."""

    email = forms.EmailField(max_length=254, widget=forms.HiddenInput)


class DayField(forms.DateField):
    """A day of the calendar, within what a log can hold."""

    def __init__(self, *, label: str) -> None:
        wrong = "Please choose a day between 2000 and 2100."
        super().__init__(
            label=label,
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}),
            validators=[MinValueValidator(date(2000, 1, 1), wrong), MaxValueValidator(date(2100, 1, 1), wrong)],
            error_messages={"invalid": wrong},
        )


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


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label="Role", choices=MemberRole.choices)


class NewLoginForm(forms.Form):
    """The invited person's name and password."""

    name = NameField(label="Your name")
    password = forms.CharField(
        label="Choose a password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"], User(email=self.email, name=self.data.get("name", "")))
        return str(self.cleaned_data["password"])
