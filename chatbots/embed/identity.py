"""Who a visitor is, as the site says: signed on its server with the chatbot's secret, so that no visitor makes it up.

The signature is HMAC-SHA256, in hexadecimal, of id, name and e-mail with a line feed between them.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from agencies.addresses import plain_address
from agencies.models import Action, User
from chatbots.answers import sealing
from chatbots.bots import bots, places
from chatbots.models import Chatbot, IdentitySecret

LONGEST = {"id": 120, "name": 80, "email": 254}  # characters


@dataclass(frozen=True)
class Visitor:
    """Somebody whom the site knows."""

    id: str
    name: str = ""
    email: str = ""


@transaction.atomic
def renew(chatbot: Chatbot, *, by: User, now: datetime) -> str:
    """A new secret; what was signed with the one before does not count any more. Raises places.ElsewhereMeanwhile."""
    chatbot = places.stay(chatbot)
    secret = secrets.token_urlsafe(32)
    made = {"workspace_id": chatbot.workspace_id, "secret": sealing.seal(secret), "made_at": now, "made_by": by}
    IdentitySecret.objects.update_or_create(chatbot=chatbot, defaults=made)
    bots.record(chatbot, Action.IDENTITY_SECRET_RENEWED, by=by, now=now)
    return secret


def secret_of(chatbot: Chatbot) -> str:
    """Empty where there is none, or where it cannot be read, since SECRET_KEY is another one now."""
    stored = IdentitySecret.objects.filter(chatbot=chatbot).first()
    try:
        return sealing.unseal(stored.secret) if stored else ""
    except sealing.Unreadable:
        return ""


def verified(chatbot: Chatbot, claimed: Mapping[str, str]) -> Visitor | None:
    """The visitor that `id`, `name` and `email` tell of; None when `signature` is not theirs."""
    said = {field: str(claimed.get(field, "")) for field in LONGEST}
    if not said["id"] or not all(is_plain(text, most=LONGEST[field]) for field, text in said.items()):
        return None
    secret, signature = secret_of(chatbot), str(claimed.get("signature", ""))
    if not secret or not hmac.compare_digest(sign(secret, **said).encode(), signature.lower().encode()):
        return None
    return Visitor(**said) if is_address(said["email"]) else None


def sign(secret: str, *, id: str, name: str = "", email: str = "") -> str:
    return hmac.new(secret.encode(), "\n".join([id, name, email]).encode(), hashlib.sha256).hexdigest()


def is_plain(text: str, *, most: int) -> bool:
    """Short enough, and without the line feeds that would shift a name into an address."""
    return len(text) <= most and text.isprintable()


def is_address(email: str) -> bool:
    """An e-mail address, or none."""
    try:
        validate_email(email)
        plain_address(email)
    except ValidationError:
        return not email
    return True
