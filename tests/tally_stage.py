"""A closed poll for the tests: slips and tokens, ballots cast with them, sealed, written, forged."""

from __future__ import annotations

import hashlib
import io
import json
import random
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from baolei.programme.ballot import ballot as bytes_of
from baolei.programme.ballot import tally
from baolei.programme.ballot.ballot import SLIP, TOKEN, Ballot
from baolei.programme.ballot.tally import Cast, Sealed
from baolei.programme.proof import canonical
from baolei.warehouse import tally_bundle, verify_tally

POLL = bytes(range(16))
FORM: dict[str, Any] = {
    "questions": [{"zh": "带头作用", "en": "example"}, {"zh": "联系群众", "en": "ties"},
                  {"zh": "办实事", "en": "deeds"}],
    "grades": [{"zh": "好", "en": "good"}, {"zh": "较好", "en": "fair"}, {"zh": "一般", "en": "so-so"},
               {"zh": "差", "en": "poor"}],
    "comments": True,
}  # fmt: skip
ANSWERS = ("111", "122", "234", "10-", "321", "44-", "112", "211", "0-1", "--1", "231", "142")
HOUSE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))


@cache
def poll_key() -> rsa.RSAPrivateKey:
    """The key that signs tokens; made once, for it takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def der(key: Any) -> bytes:
    """A public key as SubjectPublicKeyInfo."""
    found: bytes = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return found


def secret(number: int) -> bytes:
    """The secret of a slip."""
    return hashlib.sha256(b"slip %d" % number).digest()[:20]


def slip(number: int) -> bytes:
    """Its hash."""
    return bytes_of.slip_hash(POLL, secret(number))


def by_slip(number: int, answers: str, comment: str = "", rev: int = 0) -> Cast:
    """A ballot cast with a slip."""
    return Ballot(SLIP, POLL, slip(number), rev, answers, comment), secret(number)


def by_token(answers: str, comment: str = "", key: rsa.RSAPrivateKey | None = None) -> Cast:
    """A ballot cast with a token. Signed in the open: an unblinded signature is an ordinary one (RFC 9474, 4.4)."""
    own, randomiser = ec.generate_private_key(ec.SECP256R1()), random.randbytes(32)
    spki = der(own.public_key())
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=48)
    blind = (key or poll_key()).sign(randomiser + bytes_of.token_message(POLL, spki), pss, hashes.SHA384())
    ballot = Ballot(TOKEN, POLL, bytes_of.token_hash(POLL, spki), 0, answers, comment)
    r, s = utils.decode_dss_signature(own.sign(ballot.body, ec.ECDSA(hashes.SHA256())))
    return ballot, spki + randomiser + blind + r.to_bytes(32, "big") + s.to_bytes(32, "big")


@dataclass(frozen=True)
class Stage:
    """A poll of twelve slips cast, three not, one spoiled; of four tokens, three cast."""

    sealed: Sealed

    def public(self) -> dict[str, bytes]:
        """Everybody's bundle."""
        return tally_bundle.everybodys(self.sealed, HOUSE, exact={0, 1, 2})

    def auditors(self) -> dict[str, bytes]:
        """The auditors' bundle."""
        return tally_bundle.auditors(self.sealed, HOUSE)


@cache
def stage() -> Stage:
    """The poll, sealed by the house."""
    cast = [by_slip(n, answers, "牧场的路要修" if n == 3 else "") for n, answers in enumerate(ANSWERS)]
    cast += [by_token("121"), by_token("333", "多开会"), by_token("40-")]
    slips = [slip(n) for n in range(16)]
    sealed = tally.seal(POLL, FORM, cast, key=HOUSE, slips=slips, token_key=der(poll_key().public_key()), tokens=4,
                        spoiled=1)  # fmt: skip
    return Stage(sealed)


# ---- forging ----


def rows(files: dict[str, bytes]) -> list[dict[str, Any]]:
    """The ballots of an auditors' bundle."""
    return [json.loads(line) for line in files["ballots.jsonl"].splitlines()]


def with_rows(files: dict[str, bytes], ballots: list[dict[str, Any]]) -> dict[str, bytes]:
    """The bundle with other ballots."""
    return {**files, "ballots.jsonl": b"".join(canonical(row) + b"\n" for row in ballots)}


def relisted(files: dict[str, bytes], key: Ed25519PrivateKey | None = None) -> dict[str, bytes]:
    """With a manifest that fits whatever was changed; signed again only where the forger has a key."""
    names = [name for name in files if name not in ("manifest.json", "manifest.sig")]
    said = {**json.loads(files["manifest.json"]), "files": {n: hashlib.sha256(files[n]).hexdigest() for n in names}}
    found = {**files, "manifest.json": canonical(said)}
    return {**found, "manifest.sig": tally.signed(said, key).hex().encode()} if key else found


def reheaded(files: dict[str, bytes], key: Ed25519PrivateKey = HOUSE, **changed: Any) -> dict[str, bytes]:
    """With another head, everything signed by the house itself."""
    head = {**json.loads(files["head.json"]), **changed}
    return relisted({**files, "head.json": canonical(head), "head.sig": tally.signed(head, key).hex().encode()}, key)


def resealed(cast: list[Cast], **changed: Any) -> dict[str, bytes]:
    """An auditors' bundle of these ballots as a dishonest house would seal it, past every check of its own."""
    sealed = stage().sealed
    placed = sorted(((bytes_of.leaf(*pair), pair) for pair in cast), key=lambda one: one[0])
    leaves = tuple(one for one, _pair in placed)
    counts = tally.Counts(sealed.head["issued"], len(cast), 1)
    head = {**tally.head_of(POLL, FORM, counts, leaves, sealed.slips, sealed.token_key), **changed}
    own = replace(sealed, cast=tuple(pair for _one, pair in placed), leaves=leaves, head=head,
                  signature=tally.signed(head, HOUSE))  # fmt: skip
    return tally_bundle.auditors(own, HOUSE)


def packed(files: dict[str, bytes]) -> bytes:
    """A bundle as one file."""
    out = io.BytesIO()
    verify_tally.write(files, out)
    return out.getvalue()


def written(folder: Path, files: dict[str, bytes], name: str = "bundle.zip") -> Path:
    """A bundle on disk."""
    path = folder / name
    path.write_bytes(packed(files))
    return path


def run(*given: object, script: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`python -I verify_tally.py …`, as somebody who has nothing of Baolei."""
    place = script or Path(verify_tally.__file__)
    return subprocess.run(
        [sys.executable, "-I", str(place), *map(str, given)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
