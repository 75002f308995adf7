"""The proof that a ballot's credential is good 凭证: the secret of a slip, or a token with its signatures.

Anybody can check it, with the ballot and the public key of the poll alone; nobody learns whose ballot it is.
"""

from __future__ import annotations

import hmac
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from baolei.programme.ballot import blind
from baolei.programme.ballot.ballot import (
    POLL_BYTES,
    SECRET_BYTES,
    SLIP,
    TOKEN,
    Ballot,
    BallotRefused,
    slip_hash,
    token_hash,
    token_message,
)
from baolei.programme.standard.edition import Text

TOKEN_BYTES, HAND_BYTES = 91, 64
"""The length of a token, and of the signature that its key puts under a ballot (r || s)."""
PROOF_BYTES = {
    SLIP: SECRET_BYTES,
    TOKEN: TOKEN_BYTES + blind.RANDOMISER_BYTES + blind.SIGNATURE_BYTES + HAND_BYTES,
}
"""How long the proof of each kind of credential is."""

_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + b"\x04"
"""How the SubjectPublicKeyInfo of every P-256 key begins whose point is written in full (RFC 5480, SEC 1)."""


class TokenProof(NamedTuple):
    """The parts of a proof by token: the token (SubjectPublicKeyInfo of a P-256 key), its randomiser, the poll's
    signature of it, and the token's own signature of the ballot.
    """

    spki: bytes
    randomiser: bytes
    signature: bytes
    hand: bytes


def join(proof: TokenProof) -> bytes:
    """The parts of a proof by token as the bytes that are kept and hashed. Raises BallotRefused for wrong lengths."""
    if tuple(map(len, proof)) != (TOKEN_BYTES, blind.RANDOMISER_BYTES, blind.SIGNATURE_BYTES, HAND_BYTES):
        raise _refused("凭证的长度不对", "a part of the proof has the wrong length")
    return b"".join(proof)


def split(proof: bytes) -> TokenProof:
    """The parts of a proof by token. Raises BallotRefused where its length is not that of one."""
    if len(proof) != PROOF_BYTES[TOKEN]:
        raise _refused("凭证的长度不对", "the proof has the wrong length")
    after_token = TOKEN_BYTES + blind.RANDOMISER_BYTES
    after_signature = after_token + blind.SIGNATURE_BYTES
    return TokenProof(
        proof[:TOKEN_BYTES],
        proof[TOKEN_BYTES:after_token],
        proof[after_token:after_signature],
        proof[after_signature:],
    )


def holds(ballot: Ballot, proof: bytes, poll_key_spki: bytes | None) -> None:
    """Raises BallotRefused unless the proof is good for the ballot's credential; for a token, under the poll's key.

    Whether a slip was ever printed only the urn knows: it keeps the hashes.
    """
    body = _body(ballot)
    if ballot.kind == SLIP:
        _slip_holds(ballot, proof)
    elif ballot.kind == TOKEN:
        parts = split(proof)
        _token_holds(ballot, parts, poll_key_spki)
        _signed(parts, body)
    else:
        raise _refused("没有这种凭证", "there is no such kind of credential")


def _body(ballot: Ballot) -> bytes:
    """The bytes of a ballot, which a foreign one may not have: signs that are no letters, half a character, a number
    too large.
    """
    try:
        if len(ballot.poll) == POLL_BYTES:
            return ballot.body
    except (ValueError, OverflowError):
        pass
    raise _refused("选票写不成字节", "the ballot cannot be written as bytes")


def _slip_holds(ballot: Ballot, secret: bytes) -> None:
    if len(secret) != SECRET_BYTES or not hmac.compare_digest(slip_hash(ballot.poll, secret), ballot.cred):
        raise _refused("票上的编码与选票不符", "the secret of the slip does not fit the ballot")


def _token_holds(ballot: Ballot, proof: TokenProof, poll_key_spki: bytes | None) -> None:
    """That the ballot's credential is this token, and that the poll's key signed it."""
    if poll_key_spki is None:
        raise _refused("本次投票不收网上领取的凭证", "this poll takes no tokens")
    if token_hash(ballot.poll, proof.spki) != ballot.cred:
        raise _refused("凭证与选票不符", "the token does not fit the ballot")
    prepared = blind.prepare(token_message(ballot.poll, proof.spki), proof.randomiser)
    if not blind.verify(blind.public_key(poll_key_spki), prepared, proof.signature):
        raise _refused("凭证没有本次投票的签名", "the token is not signed by the key of this poll")


def _signed(proof: TokenProof, body: bytes) -> None:
    """That the token's key signed the ballot (ECDSA on P-256, SHA-256)."""
    r, s = int.from_bytes(proof.hand[:32], "big"), int.from_bytes(proof.hand[32:], "big")
    try:
        _token_key(proof.spki).verify(encode_dss_signature(r, s), body, ECDSA(SHA256()))
    except InvalidSignature:
        raise _refused("选票不是凭证的持有人签的", "the ballot is not signed by its token") from None


def _token_key(spki: bytes) -> EllipticCurvePublicKey:
    """The key of a token. One key has one token: other ways to write it are refused."""
    try:
        if spki.startswith(_P256):
            return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), spki[len(_P256) - 1 :])
    except ValueError:
        pass  # the point is not on the curve
    raise _refused("凭证不是P-256公钥", "the token is no public P-256 key")


def _refused(zh: str, en: str) -> BallotRefused:
    return BallotRefused(
        Text(zh, en), Text("请在投票页面上用自己的凭证重投", "vote on the ballot page, with a credential of your own")
    )
