"""Electors with a token, for tests: a key pair, the poll's blind signature of it, and ballots with their proof."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from baolei.programme.ballot import blind
from baolei.programme.ballot.ballot import SLIP, TOKEN, Ballot, slip_hash, token_hash, token_message
from baolei.programme.ballot.credentials import TokenProof, join


def drawn(key: RSAPrivateKey) -> int:
    """A number for blinding, from 1 up to below the modulus."""
    return secrets.randbelow(key.public_key().public_numbers().n - 1) + 1


def slip_ballot(poll: bytes, answers: str, rev: int = 0, comment: str = "") -> tuple[Ballot, bytes]:
    """A ballot cast with a new slip, and its proof."""
    secret = secrets.token_bytes(20)
    return Ballot(SLIP, poll, slip_hash(poll, secret), rev, answers, comment), secret


@dataclass(frozen=True)
class Elector:
    """Who fetched a token of a poll: the poll, the token's key, the randomiser and the poll's signature."""

    poll: bytes
    key: EllipticCurvePrivateKey
    randomiser: bytes
    signature: bytes

    @property
    def spki(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def ballot(self, answers: str, rev: int = 0, comment: str = "") -> tuple[Ballot, bytes]:
        """A ballot of this elector, and its proof."""
        ballot = Ballot(TOKEN, self.poll, token_hash(self.poll, self.spki), rev, answers, comment)
        r, s = decode_dss_signature(self.key.sign(ballot.body, ECDSA(SHA256())))
        hand = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return ballot, join(TokenProof(self.spki, self.randomiser, self.signature, hand))


def elector(poll_key: RSAPrivateKey, poll: bytes) -> Elector:
    """An elector whose new token the poll's key signed blindly."""
    key = generate_private_key(SECP256R1())
    randomiser = secrets.token_bytes(blind.RANDOMISER_BYTES)
    token = Elector(poll, key, randomiser, b"")
    prepared = blind.prepare(token_message(poll, token.spki), randomiser)
    public = poll_key.public_key()
    blinded, inverse = blind.blind(public, prepared, secrets.token_bytes(blind.SALT_BYTES), drawn(poll_key))
    signature = blind.finalize(public, prepared, blind.sign(poll_key, blinded, drawn(poll_key)), inverse)
    return Elector(poll, key, randomiser, signature)
