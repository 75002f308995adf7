"""A token is signed blindly as RFC 9474 has it, and a ballot counts only with a proof that fits it to the last bit."""

from __future__ import annotations

import dataclasses
import json
import secrets
from pathlib import Path
from typing import Any

import gmpy2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPrivateNumbers, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from baolei.programme.ballot import blind, credentials
from baolei.programme.ballot.ballot import SLIP, TOKEN, Ballot, BallotRefused, token_hash, token_message
from baolei.programme.ballot.credentials import PROOF_BYTES, TokenProof, holds, join, split
from tokens import Elector, drawn, elector, slip_ballot

RFC = json.loads((Path(__file__).parent / "vectors/rfc9474.json").read_text(encoding="utf-8"))
VECTORS = {one["name"].rpartition("-")[2]: one for one in RFC["vectors"]}
POLL, OTHER_POLL = bytes(range(16)), bytes(range(1, 17))
LENGTH = 256

given_few = settings(max_examples=25, deadline=None)


def rfc_key(**changed: int) -> RSAPrivateKey:
    """The private key of the RFC's vectors; parts of it can be changed."""
    p, q, n, e, d = (int(RFC["key"][part], 16) for part in ("p", "q", "n", "e", "d"))
    parts = {"p": p, "q": q, "d": d, "dmp1": d % (p - 1), "dmq1": d % (q - 1), "iqmp": pow(q, -1, p)} | changed
    return RSAPrivateNumbers(**parts, public_numbers=RSAPublicNumbers(e, n)).private_key(
        unsafe_skip_rsa_key_validation=True
    )


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    """The key of a poll."""
    return rsa.generate_private_key(blind.EXPONENT, blind.KEY_BITS)


@pytest.fixture(scope="module")
def other_key() -> RSAPrivateKey:
    """The key of another poll."""
    return rsa.generate_private_key(blind.EXPONENT, blind.KEY_BITS)


@pytest.fixture(scope="module")
def somebody(key: RSAPrivateKey) -> Elector:
    """Who has fetched a token."""
    return elector(key, POLL)


def spki_of(key: RSAPrivateKey) -> bytes:
    return blind.public_bytes(key.public_key())


def modulus(key: RSAPrivateKey) -> int:
    return key.public_key().public_numbers().n


# ---- RFC 9474, appendix A ----


@pytest.mark.parametrize("variant", ["Randomized", "Deterministic"])
def test_every_step_gives_the_bytes_of_the_rfc(variant: str) -> None:
    vector = {part: bytes.fromhex(value) for part, value in VECTORS[variant].items() if part != "name"}
    private = rfc_key()
    public, n = private.public_key(), modulus(private)
    prepared = blind.prepare(vector["msg"], vector["msg_prefix"]) if vector["msg_prefix"] else vector["msg"]
    r = int(gmpy2.invert(int.from_bytes(vector["inv"], "big"), n))
    assert blind.blind(public, prepared, vector["salt"], r) == (vector["blinded_msg"], vector["inv"])
    assert blind.sign(private, vector["blinded_msg"], drawn(private)) == vector["blind_sig"]
    assert blind.finalize(public, prepared, vector["blind_sig"], vector["inv"]) == vector["sig"]
    assert blind.verify(public, prepared, vector["sig"])


def test_a_message_is_encoded_as_in_the_rfc() -> None:
    vector = VECTORS["Deterministic"]
    encoded = blind.encode(bytes.fromhex(vector["msg"]), bytes.fromhex(vector["salt"]), 4096)
    assert encoded.hex() == vector["encoded_msg"]


@given(st.binary(max_size=200), st.binary(min_size=48, max_size=48), st.sampled_from([1024, 1025, 1030, 1031, 1032]))
def test_an_encoded_message_is_one_that_openssl_takes_at_any_size_of_key(
    message: bytes, salt: bytes, bits: int
) -> None:
    encoded = blind.encode(message, salt, bits)
    assert int.from_bytes(encoded, "big").bit_length() <= bits - 1
    private = KEYS[bits]
    signature = pow(int.from_bytes(encoded, "big"), private.private_numbers().d, modulus(private))
    assert blind.verify(private.public_key(), message, signature.to_bytes((bits + 7) // 8, "big"))


KEYS = {bits: rsa.generate_private_key(blind.EXPONENT, bits) for bits in (1024, 1025, 1030, 1031, 1032)}


# ---- what is signed blindly ----


@given_few
@given(message=st.binary(max_size=120), randomiser=st.binary(min_size=32, max_size=32))
def test_what_was_signed_blindly_verifies_for_this_message_and_this_key_only(
    key: RSAPrivateKey, other_key: RSAPrivateKey, message: bytes, randomiser: bytes
) -> None:
    prepared = blind.prepare(message, randomiser)
    blinded, inverse = blind.blind(key.public_key(), prepared, secrets.token_bytes(48), drawn(key))
    signature = blind.finalize(key.public_key(), prepared, blind.sign(key, blinded, drawn(key)), inverse)
    assert len(blinded) == len(inverse) == len(signature) == LENGTH
    assert blind.verify(key.public_key(), prepared, signature)
    assert not blind.verify(key.public_key(), prepared + b"x", signature)
    assert not blind.verify(other_key.public_key(), prepared, signature)
    assert not blind.verify(key.public_key(), prepared, signature[:-1])


@given_few
@given(place=st.integers(0, 8 * LENGTH - 1))
def test_no_bit_of_a_signature_can_be_another(key: RSAPrivateKey, somebody: Elector, place: int) -> None:
    prepared = blind.prepare(token_message(POLL, somebody.spki), somebody.randomiser)
    assert not blind.verify(key.public_key(), prepared, flipped(somebody.signature, place))


def test_the_same_message_is_signed_the_same_however_it_is_hidden(key: RSAPrivateKey) -> None:
    blinded, _inverse = blind.blind(key.public_key(), b"message", secrets.token_bytes(48), drawn(key))
    assert len({blind.sign(key, blinded, number) for number in (1, 2, drawn(key), modulus(key) - 1)}) == 1


def test_what_is_sent_to_be_signed_fits_every_message_alike(key: RSAPrivateKey) -> None:
    # For any other message there is a blind that would have sent the very same bytes: the signer cannot tell.
    n, d = modulus(key), key.private_numbers().d
    blinded, _inverse = blind.blind(key.public_key(), b"mine", secrets.token_bytes(48), drawn(key))
    salt = secrets.token_bytes(48)
    theirs = int.from_bytes(blind.encode(b"theirs", salt, 2048), "big")
    r = pow(int.from_bytes(blinded, "big") * pow(theirs, -1, n), d, n)
    assert blind.blind(key.public_key(), b"theirs", salt, r)[0] == blinded


# ---- what the keeper of the key refuses ----


def test_a_blinded_message_out_of_range_is_refused(key: RSAPrivateKey) -> None:
    n = modulus(key)
    for wrong in (0, n, n + 1, 2 ** (8 * LENGTH) - 1):
        with pytest.raises(BallotRefused, match="nothing that can be signed"):
            blind.sign(key, wrong.to_bytes(LENGTH, "big"), 2)
    for length in (0, LENGTH - 1, LENGTH + 1):
        with pytest.raises(BallotRefused, match="256"):
            blind.sign(key, (1).to_bytes(length, "big") if length else b"", 2)
    for fits in (1, n - 1):
        assert blind.sign(key, fits.to_bytes(LENGTH, "big"), 2) == fits.to_bytes(LENGTH, "big")


def test_a_number_that_hides_nothing_is_an_error_of_the_program(key: RSAPrivateKey) -> None:
    for wrong in (0, -1, modulus(key)):
        with pytest.raises(ValueError, match="blinds"):
            blind.sign(key, (7).to_bytes(LENGTH, "big"), wrong)


@pytest.mark.parametrize("part", ["dmp1", "dmq1", "iqmp"])
def test_a_signature_that_is_wrong_in_one_half_is_never_given_out(part: str) -> None:
    right = rfc_key()
    broken = rfc_key(**{part: getattr(right.private_numbers(), part) ^ 4})
    blinded, _inverse = blind.blind(right.public_key(), b"message", secrets.token_bytes(48), drawn(right))
    assert blind.sign(right, blinded, drawn(right))
    with pytest.raises(blind.SigningFailed, match="not given out"):
        blind.sign(broken, blinded, drawn(right))


def test_that_check_matters_one_wrong_half_tells_the_key() -> None:
    right, m = rfc_key(), 12345
    numbers = right.private_numbers()
    s = blind._root(rfc_key(dmp1=numbers.dmp1 ^ 4), m)
    assert int(gmpy2.gcd(pow(s, numbers.public_numbers.e, modulus(right)) - m, modulus(right))) == numbers.q


# ---- what the page refuses ----


def test_an_answer_that_is_no_signature_is_refused(key: RSAPrivateKey, other_key: RSAPrivateKey) -> None:
    public = key.public_key()
    blinded, inverse = blind.blind(public, b"message", secrets.token_bytes(48), drawn(key))
    answer = blind.sign(key, blinded, drawn(key))
    for message, told, kept in (
        (b"another", answer, inverse),
        (b"message", blinded, inverse),
        (b"message", answer, answer),
        (b"message", answer[1:], inverse),
        (b"message", answer, inverse + b"\x00"),
        (b"message", bytes(LENGTH), inverse),
    ):
        with pytest.raises(BallotRefused, match="not signed by the key of this poll"):
            blind.finalize(public, message, told, kept)
    with pytest.raises(BallotRefused):
        blind.finalize(other_key.public_key(), b"message", answer, inverse)


def test_what_cannot_blind_is_an_error_of_the_program(key: RSAPrivateKey) -> None:
    public, salt = key.public_key(), secrets.token_bytes(48)
    for wrong in (0, -5, modulus(key)):
        with pytest.raises(ValueError, match="r is from 1"):
            blind.blind(public, b"message", salt, wrong)
    with pytest.raises(ValueError, match="48 bytes"):
        blind.blind(public, b"message", salt[1:], 2)
    with pytest.raises(ValueError, match="32 bytes"):
        blind.prepare(b"message", bytes(31))
    with pytest.raises(ValueError, match="share a factor"):
        blind.blind(public, b"message", salt, key.private_numbers().p)


def test_a_key_made_to_betray_the_message_is_not_blinded_for() -> None:
    n = 3 * modulus(KEYS[1030])
    public = RSAPublicNumbers(blind.EXPONENT, n).public_key()
    salts = (bytes([number]) * 48 for number in range(256))
    told = next(
        salt for salt in salts if int.from_bytes(blind.encode(b"message", salt, public.key_size), "big") % 3 == 0
    )
    with pytest.raises(ValueError, match="distrust the key"):
        blind.blind(public, b"message", told, 2)


# ---- keys ----


def test_keys_come_back_as_they_were_written(key: RSAPrivateKey, other_key: RSAPrivateKey) -> None:
    spki = spki_of(key)
    assert blind.public_bytes(blind.public_key(spki)) == spki
    assert blind.private_key(blind.private_bytes(key)).private_numbers() == key.private_numbers()
    assert blind.key_hash(spki) != blind.key_hash(spki_of(other_key))
    assert len(blind.key_hash(spki)) == 32


def test_what_is_no_key_of_a_poll_is_refused(key: RSAPrivateKey) -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    small, odd = KEYS[1024], rsa.generate_private_key(3, 2048)
    der = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    spki = spki_of(key)
    for wrong in (
        b"",
        b"0",
        spki[:-1],
        spki + b"\x00",
        spki_of(small),
        spki_of(odd),
        curve.public_key().public_bytes(*der),
        ed25519.Ed25519PrivateKey.generate().public_key().public_bytes(*der),
        spki.replace(bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a864886f70d01017f")),
    ):
        with pytest.raises(BallotRefused, match="no key of a poll"):
            blind.public_key(wrong)
    locked = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    of_curve = curve.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    for wrong in (b"", blind.private_bytes(key)[:-9], blind.private_bytes(small), locked, of_curve):
        with pytest.raises(BallotRefused, match="no key of a poll"):
            blind.private_key(wrong)


# ---- the credential of a ballot ----


def flipped(raw: bytes, place: int) -> bytes:
    """The same bytes with one bit changed."""
    changed = bytearray(raw)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def test_a_good_slip_and_a_good_token_hold(key: RSAPrivateKey, somebody: Elector) -> None:
    for ballot, proof in (
        slip_ballot(POLL, "12-0"),
        slip_ballot(POLL, "12-0", 3, "路太远"),
        somebody.ballot("12-0"),
        somebody.ballot("4444", 99, "路太远 🐎"),
    ):
        assert len(proof) == PROOF_BYTES[ballot.kind]
        holds(ballot, proof, spki_of(key))
    holds(*slip_ballot(POLL, "1"), None)


def test_a_proof_is_split_into_what_it_was_joined_from(somebody: Elector) -> None:
    _ballot, proof = somebody.ballot("1")
    parts = split(proof)
    assert parts.spki == somebody.spki
    assert parts.randomiser == somebody.randomiser
    assert parts.signature == somebody.signature
    assert join(parts) == proof
    for part, value in parts._asdict().items():
        for wrong in (value[1:], value + b"\x00"):
            with pytest.raises(BallotRefused, match="wrong length"):
                join(parts._replace(**{part: wrong}))


@given_few
@given(place=st.integers(0, 8 * PROOF_BYTES[TOKEN] - 1))
def test_no_bit_of_a_proof_by_token_can_be_another(key: RSAPrivateKey, somebody: Elector, place: int) -> None:
    ballot, proof = somebody.ballot("12-0")
    with pytest.raises(BallotRefused):
        holds(ballot, flipped(proof, place), spki_of(key))


@given_few
@given(place=st.integers(0, 8 * PROOF_BYTES[SLIP] - 1))
def test_no_bit_of_a_secret_can_be_another(place: int) -> None:
    ballot, secret = slip_ballot(POLL, "12-0")
    with pytest.raises(BallotRefused, match="secret of the slip"):
        holds(ballot, flipped(secret, place), None)


CHANGES = [
    {"kind": SLIP}, {"poll": OTHER_POLL}, {"cred": bytes(32)}, {"rev": 1}, {"answers": "12-1"}, {"answers": "12-"},
    {"comment": "另一句"}, {"comment": ""},
]  # fmt: skip


@pytest.mark.parametrize("changed", CHANGES, ids=str)
def test_no_field_of_a_ballot_by_token_can_be_another(
    key: RSAPrivateKey, somebody: Elector, changed: dict[str, Any]
) -> None:
    ballot, proof = somebody.ballot("12-0", 0, "一句")
    holds(ballot, proof, spki_of(key))
    with pytest.raises(BallotRefused):
        holds(dataclasses.replace(ballot, **changed), proof, spki_of(key))


def test_a_proof_is_good_for_its_own_ballot_alone(key: RSAPrivateKey, other_key: RSAPrivateKey) -> None:
    one, other = elector(key, POLL), elector(key, POLL)
    mine, proof = one.ballot("1111")
    theirs, their_proof = other.ballot("4444")
    stolen = split(proof)._replace(hand=split(their_proof).hand)
    for ballot, wrong, spki, says in (
        (mine, their_proof, spki_of(key), "token does not fit"),
        (mine, proof, spki_of(other_key), "not signed by the key of this poll"),
        (mine, proof, None, "takes no tokens"),
        (mine, proof, b"no key", "no key of a poll"),
        (mine, join(stolen), spki_of(key), "not signed by its token"),
        (theirs, b"", spki_of(key), "wrong length"),
    ):
        with pytest.raises(BallotRefused, match=says):
            holds(ballot, wrong, spki)
    slip, secret = slip_ballot(POLL, "1")
    for wrong in (b"", secret[1:], secret + b"\x00", secret[::-1]):
        with pytest.raises(BallotRefused, match="secret of the slip"):
            holds(slip, wrong, None)


def test_the_token_of_another_poll_under_the_same_key_is_refused(key: RSAPrivateKey) -> None:
    stranger = dataclasses.replace(elector(key, OTHER_POLL), poll=POLL)
    with pytest.raises(BallotRefused, match="not signed by the key of this poll"):
        holds(*stranger.ballot("1"), spki_of(key))


def test_what_cannot_be_a_ballot_is_refused_and_never_breaks_the_check() -> None:
    slip, secret = slip_ballot(POLL, "1")
    for changed, says in (
        ({"poll": POLL + b"\x00"}, "written as bytes"),
        ({"rev": 1 << 16}, "written as bytes"),
        ({"rev": -1}, "written as bytes"),
        ({"answers": "一"}, "written as bytes"),
        ({"comment": "\ud83d"}, "written as bytes"),
        ({"kind": 256}, "written as bytes"),
        ({"kind": 3}, "no such kind"),
        ({"cred": b""}, "secret of the slip"),
    ):
        with pytest.raises(BallotRefused, match=says) as refused:
            holds(dataclasses.replace(slip, **changed), secret, None)
        assert "凭证重投" in refused.value.say("zh-hans")


def test_a_token_is_a_p256_key_written_in_full(key: RSAPrivateKey) -> None:
    def token(spki: bytes, signer: ec.EllipticCurvePrivateKey) -> tuple[Ballot, bytes]:
        """A ballot of a token of these bytes, which the poll signed without seeing it."""
        randomiser = secrets.token_bytes(32)
        prepared = blind.prepare(token_message(POLL, spki), randomiser)
        blinded, inverse = blind.blind(key.public_key(), prepared, secrets.token_bytes(48), drawn(key))
        signature = blind.finalize(key.public_key(), prepared, blind.sign(key, blinded, drawn(key)), inverse)
        ballot = Ballot(TOKEN, POLL, token_hash(POLL, spki), 0, "1")
        r, s = decode_dss_signature(signer.sign(ballot.body, ec.ECDSA(SHA256())))
        return ballot, spki + randomiser + signature + r.to_bytes(32, "big") + s.to_bytes(32, "big")

    mine, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256K1())
    der = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    good = mine.public_key().public_bytes(*der)
    squeezed = mine.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    holds(*token(good, mine), spki_of(key))
    for wrong in (
        good[:-1] + bytes([good[-1] ^ 1]),  # no point of the curve
        good[:26] + b"\x06" + good[27:],  # another way to write a point
        good[:26] + squeezed + bytes(32),
        good[:26] + bytes(65),
        other.public_key().public_bytes(*der).ljust(91, b"\x00"),
        bytes(26) + good[26:],  # the point of a key, and no word of what it is
        bytes(91),
    ):
        with pytest.raises(BallotRefused, match="no public P-256 key"):
            holds(*token(wrong, mine), spki_of(key))
    nothing = token(good, mine)
    for hand in (bytes(64), b"\xff" * 64):
        with pytest.raises(BallotRefused, match="not signed by its token"):
            holds(nothing[0], nothing[1][:-64] + hand, spki_of(key))


def test_the_lengths_are_those_of_the_decision() -> None:
    assert PROOF_BYTES == {SLIP: 20, TOKEN: 91 + 32 + 256 + 64}
    assert TokenProof._fields == ("spki", "randomiser", "signature", "hand")
    assert credentials.TOKEN_BYTES == 91
