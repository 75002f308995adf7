"""How what the urn keeps becomes a sealed tally: the head that the house signs, and what bundles are made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from baolei.programme.ballot import tally
from baolei.urn.store import Sealed, Signing, ToSeal

NONE: Mapping[bytes, int] = {}


def signing(
    key: Ed25519PrivateKey, *, tokens: Mapping[bytes, int] = NONE, spoiled: Mapping[bytes, int] = NONE
) -> Signing:
    """How a poll is signed when it is sealed. By poll what only the house knows: how many tokens were signed, and how
    many credentials were handed back. Raises TallyRefused and BallotRefused as `tally.seal` does.
    """

    def sign(what: ToSeal) -> tuple[Mapping[str, Any], bytes]:
        number = what.poll.id
        sealed = tally.seal(
            number, json.loads(what.form), _cast(what), key=key, slips=what.slips, token_key=what.poll.key_spki or b"",
            tokens=tokens.get(number, 0), spoiled=spoiled.get(number, 0),
        )  # fmt: skip
        return sealed.head, sealed.signature

    return sign


def tallied(sealed: Sealed) -> tally.Sealed:
    """A sealed poll as bundles are made of it and totals are counted from it."""
    return tally.Sealed(
        json.loads(sealed.form), tuple(_cast(sealed)), tuple(cast.leaf for cast in sealed.ballots), sealed.slips,
        sealed.poll.key_spki or b"", sealed.head, sealed.signature,
    )  # fmt: skip


def _cast(what: ToSeal) -> list[tally.Cast]:
    return [(one.ballot, one.proof) for one in what.ballots]
