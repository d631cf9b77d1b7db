"""Seals what the database must not give away, with a key made from SECRET_KEY: a stolen backup holds no provider's key.

Fernet (AES-128-CBC with HMAC-SHA256), its key by HKDF-SHA256 (RFC 5869).
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """It was sealed under another SECRET_KEY."""


def seal(secret: str) -> bytes:
    return box().encrypt(secret.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """Raises Unreadable."""
    try:
        return box().decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise Unreadable from None


def box() -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"bureau: providers").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
