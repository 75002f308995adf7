"""The urn of this house, opened for as long as something is done with it, and the key that seals its polls."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.conf import settings

from baolei.urn.environment import open_urn, urn_place
from baolei.urn.store import Store


@contextmanager
def opened() -> Iterator[Store]:
    """The urn: a store of its own, which the casting host shares. Raises UrnUnusable where it does not answer."""
    store = open_urn(urn_place({**os.environ, "BAOLEI_HOME": str(settings.BAOLEI_HOME)}))
    try:
        store.prepare()
        yield store
    finally:
        store.close()


def sealing_key() -> Ed25519PrivateKey:
    """The key by which this house signs what it seals, made at its first use; only its owner reads the file."""
    file = Path(settings.BAOLEI_HOME) / "sealing.key"
    if not file.exists():
        file.touch(mode=0o600)
        made = Ed25519PrivateKey.generate()
        file.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = load_pem_private_key(file.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return key
