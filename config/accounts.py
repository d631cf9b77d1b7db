"""How allauth's accounts meet ours: a sign-up opens an account with its main workspace on the free plan."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.account.models import EmailConfirmation
from allauth.account.views import LoginView, PasswordResetView, SignupView
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from agencies import mail
from agencies.models import User
from agencies.names import NameField
from billing import entitlements
from workspaces import signup


class SignupForm(AllauthSignupForm):  # type: ignore[misc]
    """E-mail, password, and how the account is called."""

    field_order = ["account_name", "email", "password1"]
    account_name = NameField(label="Name of your company", help_text="Your main workspace gets this name.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail"
        self.fields["email"].widget.attrs.pop("placeholder", None)
        self.fields["password1"].help_text = "At least 8 characters, not a common word and not only digits."
        self.fields["password1"].widget.attrs.pop("placeholder", None)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Opens the account with the user, and takes links in mails from the configured address."""

    @transaction.atomic
    def save_user(self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True) -> User:
        saved: User = super().save_user(request, user, form, commit=True)
        entitlements.apply(signup.open_account(saved, name=form.cleaned_data["account_name"]))
        return saved

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:
        return mail.link("account_confirm_email", emailconfirmation.key)

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _, token = key.partition("-")
        return mail.link("account_reset_password_from_key", uid, token)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        context["login_url"] = mail.link("account_login")
        super().send_mail(template_prefix, email, context)


class Refusing:
    """A form that the user can mend answers 422, as every form of ours does."""

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response


class SignUp(Refusing, SignupView):  # type: ignore[misc]
    """Sign-up."""


class LogIn(Refusing, LoginView):  # type: ignore[misc]
    """Login."""


class ResetPassword(Refusing, PasswordResetView):  # type: ignore[misc]
    """Asking for a new password."""
