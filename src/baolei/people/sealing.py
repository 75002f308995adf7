"""What is kept sealed in the database: readable only with the key of the installation, which lies elsewhere."""

from __future__ import annotations

import base64
import re

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
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


# ---- numbers that are told to others ----

BLOCK, LARGEST = 16, 2**63


def disguised(number: int, purpose: str) -> str:
    """A number of the house as others are told it: it says neither how many there are nor which came before.

    One block of AES, so that each number has one name and nothing has to be kept to find it again.
    """
    return _block(str(settings.SECRET_KEY), purpose, number.to_bytes(BLOCK, "big"), back=False).hex()


def undisguised(name: str, purpose: str) -> int | None:
    """The number of a name, with the key of the installation or one it had before; None for what was never told."""
    if not re.fullmatch(r"[0-9a-f]{32}", name):
        return None
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        number = int.from_bytes(_block(str(secret), purpose, bytes.fromhex(name), back=True), "big")
        if number < LARGEST:
            return number
    return None


def _block(secret: str, purpose: str, block: bytes, *, back: bool) -> bytes:
    cipher = Cipher(AES(base64.urlsafe_b64decode(_key(secret, purpose))), CBC(bytes(BLOCK)))
    one = cipher.decryptor() if back else cipher.encryptor()
    return one.update(block) + one.finalize()
