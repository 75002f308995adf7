"""The tally of a poll as a file that anybody checks with `verify_tally.py`, which is handed out beside it.

Everybody's bundle holds the form, the leaves, the hashes of the slips, the head and the house's signature, and the
totals where they may be shown. The auditors' holds every ballot with its proof too. In neither is a comment in words: a
ballot carries the hash of its comment, so whoever holds the auditors' bundle and reads a comment knows which ballot it
is of. Hand that bundle to nobody who knows the voters' ways of writing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from importlib import resources
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from baolei.programme.ballot import tally
from baolei.programme.ballot.ballot import Ballot
from baolei.programme.ballot.suppression import SMALLEST, banded
from baolei.programme.ballot.tally import Sealed, TallyRefused, Totals
from baolei.programme.proof import canonical
from baolei.programme.standard.edition import Text
from baolei.warehouse.verify_tally import (
    AUDITOR,
    BALLOTS,
    FORM,
    FORMAT,
    HEAD,
    HEAD_SIG,
    KEY,
    LEAVES,
    MANIFEST,
    MANIFEST_SIG,
    PUBLIC,
    SLIPS,
    TOKEN_KEY,
    TOTALS,
    write,
)

__all__ = ["auditors", "everybodys", "script", "write"]

Files = dict[str, bytes]


def everybodys(sealed: Sealed, key: Ed25519PrivateKey, exact: Collection[int] | None = None) -> Files:
    """The bundle for everybody. `exact`: the questions (from 0) whose numbers may be told (`suppression.exactly`); the
    others are told as a band where one fits, else not. None: the totals of this poll may not be shown at all
    (`suppression.published`). Raises TallyRefused where too few valid ballots stand behind totals that are to be shown.
    """
    files = _common(sealed)
    if exact is not None:
        counted = sealed.totals
        if counted.valid < SMALLEST:
            raise TallyRefused(
                Text(f"有效票只有{counted.valid}张", f"there are {counted.valid} valid ballots"),
                Text(f"不足{SMALLEST}张不公开结果", f"totals are shown of {SMALLEST} and more"),
            )
        files[TOTALS] = canonical(_totals(counted, exact))
    return _signed(files, PUBLIC, key)


def auditors(sealed: Sealed, key: Ed25519PrivateKey) -> Files:
    """The bundle for auditors."""
    counted = sealed.totals
    files = _common(sealed)
    files[TOTALS] = canonical(_totals(counted))
    files[BALLOTS] = b"".join(canonical(_ballot(*pair)) + b"\n" for pair in sealed.cast)
    return _signed(files, AUDITOR, key)


def script() -> bytes:
    """`verify_tally.py`, to be handed out beside the bundles."""
    return resources.files("baolei").joinpath("warehouse", "verify_tally.py").read_bytes()


def _common(sealed: Sealed) -> Files:
    files = {
        FORM: canonical(sealed.form),
        LEAVES: _lines(sealed.leaves),
        SLIPS: _lines(sealed.slips),
        HEAD: canonical(sealed.head),
        HEAD_SIG: sealed.signature.hex().encode(),
    }
    if sealed.token_key:
        files[TOKEN_KEY] = _pem(serialization.load_der_public_key(sealed.token_key))
    return files


def _signed(files: Files, kind: str, key: Ed25519PrivateKey) -> Files:
    """With the house's public key and the signed list of all files."""
    files = {**files, KEY: _pem(key.public_key())}
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    manifest = {"format": FORMAT, "kind": kind, "files": digests}
    return {**files, MANIFEST: canonical(manifest), MANIFEST_SIG: tally.signed(manifest, key).hex().encode()}


def _pem(key: Any) -> bytes:
    found: bytes = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return found


def _lines(hashes: Collection[bytes]) -> bytes:
    return b"".join(one.hex().encode() + b"\n" for one in hashes)


def _totals(counted: Totals, exact: Collection[int] | None = None) -> dict[str, Any]:
    """The totals as they are written; `exact` as in `everybodys`, None for all as they are."""
    questions: list[dict[str, Any]] = []
    for place, numbers in enumerate(counted.answers):
        band = banded(numbers)
        if exact is None or (place in exact and band is None):
            questions.append({"grades": list(numbers[:-2]), "unknown": numbers[-2], "blank": numbers[-1]})
        else:
            questions.append({"band": band or ""})
    return {"cast": counted.cast, "valid": counted.valid, "questions": questions}


def _ballot(ballot: Ballot, proof: bytes) -> dict[str, Any]:
    said = hashlib.sha256(ballot.comment.encode()).hexdigest() if ballot.comment else ""
    return {
        "kind": ballot.kind,
        "cred": ballot.cred.hex(),
        "rev": ballot.rev,
        "answers": ballot.answers,
        "said": said,
        "proof": proof.hex(),
    }
