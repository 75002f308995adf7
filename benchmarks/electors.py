"""Ballots made beforehand, as requests ready to be sent: by slip, or by token with both of its signatures."""

from __future__ import annotations

import json
import os
import random
import secrets
from base64 import b64encode
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as token_key
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from baolei.programme.ballot import blind
from baolei.programme.ballot.ballot import TOKEN, Ballot, base32, slip_hash, token_hash, token_message

QUESTIONS = 26
AT_ONCE = 500
"""So many are made by a process before it hands them over."""
SIGNATURE = PSS(MGF1(SHA384()), blind.SALT_BYTES), SHA384()


@dataclass(frozen=True)
class APoll:
    """A poll and its private key (PKCS8)."""

    id: bytes
    key: bytes

    @property
    def spki(self) -> bytes:
        """The public half, as the urn keeps it."""
        return blind.public_bytes(_key(self.key).public_key())


@dataclass(frozen=True)
class Ready:
    """A request, and for a slip what the urn has to know of it."""

    request: bytes
    slip: tuple[bytes, bytes] | None = None


def polls(number: int) -> list[APoll]:
    """So many polls, each with a key of its own."""
    with ProcessPoolExecutor() as processes:
        return list(processes.map(_poll, range(number), chunksize=8))


def ready(among: Sequence[APoll], number: int, tokens: float) -> list[Ready]:
    """So many ballots for these polls, the share `tokens` of them by token. Every processor makes them."""
    parts = [min(AT_ONCE, number - at) for at in range(0, number, AT_ONCE)]
    with ProcessPoolExecutor(os.cpu_count(), initializer=_told, initargs=(among, tokens)) as processes:
        return [one for part in processes.map(_some, parts) for one in part]


_to_make: tuple[Sequence[APoll], float] = ((), 0.0)


def _told(among: Sequence[APoll], tokens: float) -> None:
    global _to_make  # noqa: PLW0603 - what a process is told once and not for every part
    _to_make = among, tokens


def _some(number: int) -> list[Ready]:
    among, tokens = _to_make
    return [_by_token(poll) if random.random() < tokens else _by_slip(poll) for poll in random.choices(among, k=number)]


def _poll(_place: int) -> APoll:
    return APoll(secrets.token_bytes(16), blind.private_bytes(generate_private_key(blind.EXPONENT, blind.KEY_BITS)))


@cache
def _key(pkcs8: bytes) -> RSAPrivateKey:
    return blind.private_key(pkcs8)


def _answers() -> str:
    return "1" + "".join(random.choices("01234-", k=QUESTIONS - 1))


def _by_slip(poll: APoll) -> Ready:
    secret = secrets.token_bytes(20)
    body = {"slip": base32(secret), "token": None, "answers": _answers()}
    return Ready(_request(poll, body), (poll.id, slip_hash(poll.id, secret)))


def _by_token(poll: APoll) -> Ready:
    """The poll's key signs the token openly here: what blinding and unblinding end in is the same kind of signature,
    and the host cannot tell them apart.
    """
    mine, randomiser, answers = token_key(SECP256R1()), secrets.token_bytes(blind.RANDOMISER_BYTES), _answers()
    spki = mine.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    signature = _key(poll.key).sign(blind.prepare(token_message(poll.id, spki), randomiser), *SIGNATURE)
    ballot = Ballot(TOKEN, poll.id, token_hash(poll.id, spki), 0, answers)
    r, s = decode_dss_signature(mine.sign(ballot.body, ECDSA(SHA256())))
    parts = {"spki": spki, "randomiser": randomiser, "signature": signature,
             "signed": r.to_bytes(32, "big") + s.to_bytes(32, "big")}  # fmt: skip
    token = {name: b64encode(part).decode() for name, part in parts.items()}
    return Ready(_request(poll, {"slip": None, "token": token, "answers": answers}))


def _request(poll: APoll, body: dict[str, object]) -> bytes:
    said = json.dumps({"poll": poll.id.hex(), "rev": 0, "comment": "", **body}).encode()
    return b"POST /b/cast HTTP/1.1\r\nHost: urn\r\nContent-Length: %d\r\n\r\n%b" % (len(said), said)
