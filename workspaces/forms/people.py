"""Forms about people: who is invited, in which role, and whose seat is freed."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from agencies.models import User
from agencies.names import NameField
from agencies.permissions import MemberRole, StaffRole, is_above
from workspaces.forms.fields import EmailField

ROLES = [
    (MemberRole.MANAGER.value, "Manager: chatbots, data sources and members"),
    (MemberRole.EDITOR.value, "Editor: chatbots and data sources"),
    (MemberRole.AGENT.value, "Agent: sees the chatbots, not the numbers"),
    (MemberRole.VIEWER.value, "Viewer: looks, changes nothing"),
]
STAFF_ROLES = [
    (StaffRole.OWNER.value, "Owner: everything, the other owners too"),
    (StaffRole.ADMIN.value, "Admin: all workspaces, their caps and members, the team"),
    (StaffRole.ANALYST.value, "Analyst: reads everything, changes nothing"),
]


class InviteForm(forms.Form):
    """Invites one person into a workspace."""

    email = EmailField(required=True)
    role = forms.ChoiceField(label="Role", choices=ROLES, initial=MemberRole.EDITOR)


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label="Role", choices=MemberRole.choices)


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


class FreeSeatForm(forms.Form):
    """Whose seat is freed."""

    email = forms.EmailField(max_length=254, widget=forms.HiddenInput)


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
