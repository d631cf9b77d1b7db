"""What an e-mail address may be: what people have. A quoted local part may hold brackets and control characters, which
would stand in the header of a mail, so there is none.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email


def is_plain(address: str) -> bool:
    return address.isprintable() and '"' not in address


def plain_address(address: str) -> None:
    if not is_plain(address):
        raise ValidationError("This is not an e-mail address.", code="invalid")


class EmailField(forms.EmailField):
    """An address that a mail can go to."""

    default_validators = [validate_email, plain_address]
