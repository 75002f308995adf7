"""The key of each poll by which its tokens are signed: a file of the house, from the first need until casting begins.

Whoever reads it can sign as many tokens as he likes: it is destroyed as soon as nobody may take one any more.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from django.conf import settings

from baolei.ballots.wiping import wipe
from baolei.programme.ballot import blind


def kept(number: str) -> RSAPrivateKey | None:
    """The key of a poll; None where there is none, or none any more."""
    try:
        return blind.private_key(_file(number).read_bytes())
    except FileNotFoundError:
        return None


def made(number: str) -> RSAPrivateKey:
    """The key of a poll, made at its first need (some 40 ms). Whoever comes at the same time gets the same one, and
    nobody ever reads half a key: it is written beside its place, and linked there unless another one is.
    """
    found = kept(number)
    if found is not None:
        return found
    file = _file(number)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    beside = file.with_suffix(f".{secrets.token_hex(8)}")
    key = generate_private_key(public_exponent=blind.EXPONENT, key_size=blind.KEY_BITS)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(blind.private_bytes(key))
        out.flush()
        os.fsync(out.fileno())
    with suppress(FileExistsError):
        os.link(beside, file)
    beside.unlink()
    found = kept(number)
    assert found is not None
    return found


def destroy(number: str) -> None:
    """Write over the key of a poll and delete it. What a disk or a backup still holds of it this cannot reach."""
    wipe(_file(number))


def signed(key: RSAPrivateKey, blinded: bytes) -> bytes:
    """The blind signature of a blinded message, the same one each time. Raises BallotRefused, SigningFailed."""
    below = key.public_key().public_numbers().n - 1
    return blind.sign(key, blinded, secrets.randbelow(below) + 1)


def spki(key: RSAPrivateKey) -> bytes:
    """The public part of a key."""
    return blind.public_bytes(key.public_key())


def _file(number: str) -> Path:
    return Path(settings.BAOLEI_HOME) / "token-keys" / f"{number}.der"
