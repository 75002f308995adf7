"""What is kept sealed in the database: readable only with the key of the installation, which lies elsewhere."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(words: str, purpose: str) -> str:
    """The words, sealed for one purpose; what is sealed for one cannot be opened for another."""
    return _ring(purpose).encrypt(words.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """What was sealed. Raises cryptography.fernet.InvalidToken where the key is not the one, or a bit was changed."""
    return _ring(purpose).decrypt(sealed.encode()).decode()


def _ring(purpose: str) -> MultiFernet:
    """The key of the installation first, then those it had before."""
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(_key(secret, purpose)) for secret in secrets])


def _key(secret: str, purpose: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"baolei:{purpose}".encode()).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
