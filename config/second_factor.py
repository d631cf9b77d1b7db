"""How allauth's second factor meets ours: our words, and passkeys that hold for the configured address alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unicodedata import normalize
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as codes
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as app
from allauth.mfa.webauthn import forms as passkeys
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError

from agencies.browsers import plain
from agencies.models import User
from agencies.names import NameField
from config.accounts import Worded

REFUSED = "This passkey was not accepted. Please try again, or choose another way."
GOOD_FOR = 3 * 30  # seconds: a code is good in its own half minute and in the ones before and after it
PORTS = {"https": 443, "http": 80}


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Our words, and the console's configured host instead of the one that a request names."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_generate_recovery_codes": "Turn on an authenticator app or add a passkey first.",
        "incorrect_code": "This code is wrong, or was used already. Please enter the one that your app shows now.",
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return plain(self.request.META.get("HTTP_USER_AGENT", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": settings.CONSOLE_HOST, "name": "Bureau"}


class Coded(Worded):
    """A form with a code of an authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autofocus": True}


class OnceOnly(Coded):
    """A code that opens something: each one once, for as long as it would be good. allauth forgets them sooner."""

    user: User

    def clean_code(self) -> str:
        code = str(super().clean_code())  # type: ignore[misc]
        typed = "".join(filter(str.isalnum, normalize("NFKC", code))).lower()  # as allauth compares it
        if not cache.add(f"allauth.mfa.opened:{self.user.pk}:{typed}", "once", timeout=GOOD_FOR):
            raise ValidationError(Adapter.error_messages["incorrect_code"], code="incorrect_code")
        return code


class AuthenticateForm(OnceOnly, codes.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in: a code of the app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_app = Authenticator.objects.filter(user=self.user, type=Authenticator.Type.TOTP).exists()
        if not self.has_app:
            self.fields["code"].label = "Recovery code"
            del self.fields["code"].widget.attrs["autofocus"]  # the passkey comes first


class ReauthenticateForm(OnceOnly, codes.ReauthenticateForm):  # type: ignore[misc]
    """A code, before the login changes."""


class ActivateForm(Coded, app.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port, the latter also where it goes without saying."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)


def hold_to_our_address(used_at: str) -> None:
    """Raises ValidationError for a passkey that was used on another address than the console's."""
    if origin(used_at) != origin(settings.CONSOLE_URL):
        raise ValidationError(REFUSED, code="another_address")


class SignedField(forms.JSONField):
    """What a passkey signed, as a browser sends it: JSON of two levels."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, error_messages={"required": REFUSED, "invalid": REFUSED})

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise ValidationError(REFUSED, code="invalid") from error


@contextmanager
def refusing() -> Iterator[None]:
    """Raises ValidationError in our words, also for an answer without the parts that fido2 takes for granted."""
    try:
        yield
    except KeyError as error:
        raise ValidationError(REFUSED) from error
    except ValidationError as refusal:
        raise ValidationError(REFUSED) if refusal.code == "incorrect_code" else refusal from refusal


class UsedPasskey:
    """A form that lets somebody in with a passkey."""

    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        signed = self.cleaned_data["credential"]
        with refusing():
            authenticator = super().clean_credential()  # type: ignore[misc]
        hold_to_our_address(auth.parse_authentication_response(signed).response.client_data.origin)
        return authenticator


class AuthenticatePasskeyForm(UsedPasskey, passkeys.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second step of signing in."""

    credential = SignedField()


class ReauthenticatePasskeyForm(UsedPasskey, passkeys.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey, before the login changes."""

    credential = SignedField()


class LoginPasskeyForm(UsedPasskey, passkeys.LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in with a passkey alone."""

    credential = SignedField()


class AddPasskeyForm(passkeys.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey. Each can do without a password, so the device has to make sure who uses it."""

    credential = SignedField()
    name = NameField(label="Name", help_text="Such as the device that keeps it.")
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.CheckboxInput({"hidden": True}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False  # or a passkey that the device has made already would be lost

    def clean_passwordless(self) -> bool:
        return True

    def clean(self) -> dict[str, Any]:
        with refusing():
            cleaned: dict[str, Any] = super().clean()
        if signed := cleaned.get("credential"):
            hold_to_our_address(auth.parse_registration_response(signed).response.client_data.origin)
        return cleaned


class RenamePasskeyForm(passkeys.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    name = NameField(label="Name")
