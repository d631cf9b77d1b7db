"""How allauth's accounts meet ours: a sign-up opens an account with its main workspace on the free plan.

A person has one address. A second one would be a second way in: who signs up with somebody else's address could keep
one of his own there, and come back through it.
"""

from collections.abc import Callable
from typing import Any

from allauth.account import forms as theirs
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmation
from django import forms
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from agencies import addresses, mail, sessions
from agencies.models import User
from agencies.names import NameField
from agencies.permissions import StaffRole
from billing import entitlements
from workspaces import signup

PASSWORD_RULE = "At least 8 characters, not a common word and not only digits."  # noqa: S105  words, not a secret
NO_ADDRESS = "Please enter an address like ada@example.com."
EMAIL, PASSWORD = ("E-mail", "Please enter your e-mail."), ("Password", "Please enter your password.")
WORDS = {
    "email": EMAIL,
    "login": EMAIL,
    "password": PASSWORD,
    "oldpassword": ("Password until now", "Please enter the password you have now."),
    "password1": ("New password", "Please enter a new password."),
    "password2": ("New password again", "Please enter the new password again."),
    "code": ("Code", "Please enter a code."),
}


class Worded:
    """A form of allauth's in the words of the house."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, missing) in WORDS.items():
            if name in self.fields:
                field = self.fields[name]
                field.label, field.help_text = label, PASSWORD_RULE if name == "password1" else ""
                field.error_messages |= {"required": missing, "invalid": NO_ADDRESS}
                field.widget.attrs.pop("placeholder", None)


class SignupForm(Worded, theirs.SignupForm):  # type: ignore[misc]
    """E-mail, password, and how the account is called."""

    account_already_exists: bool
    field_order = ["account_name", "email", "password1"]
    account_name = NameField(label="Name of your company", help_text="Your main workspace gets this name.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = "Password"
        self.fields["password1"].error_messages["required"] = "Please enter a password."

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Open the account, or tell the one that has this address; both answer alike and take as long."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])  # what a new account's password would take
            return self.answered(request)
        try:
            with transaction.atomic():
                return self.answered(request)
        except IntegrityError:
            if not User.objects.filter(email=self.cleaned_data["email"]).exists():
                raise
        self.account_already_exists = True  # somebody signed up with it in this very moment
        return self.answered(request)

    def answered(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        user, response = super().try_save(request)
        return user, response


class LoginForm(Worded, theirs.LoginForm):  # type: ignore[misc]
    """Signing in."""


class ResetPasswordForm(Worded, theirs.ResetPasswordForm):  # type: ignore[misc]
    """Asking for a new password. The link goes to the address a person has, and to none that still waits."""

    users: list[User]

    def clean_email(self) -> str:
        email = str(super().clean_email())
        self.users = [user for user in self.users if user.email.lower() == email.lower()]
        return email


class ResetPasswordKeyForm(Worded, theirs.ResetPasswordKeyForm):  # type: ignore[misc]
    """Setting the new password, after the mailed link."""


class AddEmailForm(Worded, theirs.AddEmailForm):  # type: ignore[misc]
    """Another address, instead of the present one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "New e-mail"


class ChangePasswordForm(Worded, theirs.ChangePasswordForm):  # type: ignore[misc]
    """Another password, by somebody who is signed in."""


class ReauthenticateForm(Worded, theirs.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before the login changes."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Opens the account with the user, and takes links in mails from the configured address."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "duplicate_email": "This is your address already.",
        "email_password_mismatch": "This e-mail and this password do not belong together.",
        "enter_current_password": "This is not your password.",
        "incorrect_password": "This is not your password.",
        "rate_limited": "These were too many attempts. Please wait for some minutes.",
        "too_many_login_attempts": "These were too many attempts. Please wait for some minutes.",
    }

    def clean_email(self, email: str) -> str:
        """Of every form that takes an address: signing up, another address, a new password."""
        if not addresses.is_plain(email):
            raise forms.ValidationError(NO_ADDRESS, code="invalid")
        return email

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True) -> User:
        saved: User = super().save_user(request, user, form, commit=True)
        entitlements.apply(signup.open_account(saved, name=form.cleaned_data["account_name"]), now=timezone.now())
        return saved

    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        """Set a new password. Sessions end with the old one; an address that somebody else left waiting goes too."""
        super().set_password(user, password)
        sessions.end_others(user, keep=self.request.session.session_key)
        EmailAddress.objects.filter(user=user).exclude(email=user.email.lower()).delete()

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:
        return mail.link("account_confirm_email", emailconfirmation.key)

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _, token = key.partition("-")
        return mail.link("account_reset_password_from_key", uid, token)

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        if self.request.user.is_anonymous:  # else the login that waited for the confirmation would have gone on
            messages.info(self.request, "You have not signed in with this browser yet, so please sign in now.")
        return str(super().get_email_verification_redirect_url(email_address))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("your-login")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        context["login_url"] = mail.link("account_login")
        if template_prefix.startswith("account/email/email_confirmation"):
            context["account_name"] = account_waiting_for(email)
        super().send_mail(template_prefix, email, context)


def account_waiting_for(email: str) -> str:
    """How the account is called that was signed up with this address; empty when a person only changes the address."""
    owner = User.objects.filter(email=email.lower(), staff_of__role=StaffRole.OWNER)
    return owner.values_list("staff_of__agency__name", flat=True).first() or ""


def private_pages(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """allauth's pages as ours: no cache keeps them, and a form that the user can mend answers 422.

    The admin forbids caches itself, but on the pages about one's own password.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith(("/accounts/", "/admin/password_change/")):
            add_never_cache_headers(response)
        if request.path.startswith("/accounts/"):
            shown = getattr(response, "context_data", None) or {}
            wrong = any(form is not None and form.errors for form in (shown.get("form"), shown.get("webauthn_form")))
            if request.method == "POST" and response.status_code == 200 and wrong:
                response.status_code = 422
        return response

    return middleware
