"""Proofs that nothing was changed afterwards: one way to write a record as bytes, and the hash tree of RFC 6962.

Whoever keeps only the head of a tree (its size and its root, 72 characters on a sheet of paper) can later tell whether
any of its records was edited, taken out, put in another order or cut off at the end.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

EMPTY = hashlib.sha256(b"").hexdigest()
"""The root of a tree without leaves."""

Peaks = tuple[tuple[int, str], ...]
"""The perfect trees that a tree is made of, from the left: (height, hash as hex)."""


def canonical(record: Any) -> bytes:
    """A record as bytes, always the same: JSON with sorted keys, no spaces, UTF-8.

    Raises TypeError for what JSON cannot hold, and for numbers with a point: databases write them each in their own
    way. A whole number (of cents, say) or a text is right.
    """
    _refuse_points(record)
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def _refuse_points(record: Any) -> None:
    if isinstance(record, float):
        raise TypeError(f"{record!r} cannot be proved: write a whole number or a text")
    for part in record.values() if isinstance(record, dict) else record if isinstance(record, list | tuple) else ():
        _refuse_points(part)


def leaf(record: bytes) -> str:
    """The hash of a leaf, hex: SHA-256 of a zero byte and the record (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + record).hexdigest()


def sealed(particulars: Any, salt: str) -> str:
    """The hash, hex, that stands for particulars which may have to be erased later.

    The salt (hex) goes with them: without it nobody can find a short text again by trying all that are likely.
    """
    return hashlib.sha256(bytes.fromhex(salt) + canonical(particulars)).hexdigest()


def grow(peaks: Peaks, one: str) -> Peaks:
    """The peaks of a tree after one more leaf."""
    height = 0
    left = list(peaks)
    while left and left[-1][0] == height:
        one = _node(left.pop()[1], one)
        height += 1
    return (*left, (height, one))


def root(peaks: Peaks) -> str:
    """The root of the tree that has these peaks, hex."""
    if not peaks:
        return EMPTY
    found = peaks[-1][1]
    for _, peak in reversed(peaks[:-1]):
        found = _node(peak, found)
    return found


def root_of(leaves: Iterable[str]) -> str:
    """The root of the tree over these leaves, hex."""
    peaks: Peaks = ()
    for one in leaves:
        peaks = grow(peaks, one)
    return root(peaks)


def size(peaks: Peaks) -> int:
    """How many leaves the tree with these peaks has."""
    return sum(1 << height for height, _ in peaks)


def _node(left: str, right: str) -> str:
    return hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def path_to(leaves: Sequence[str], place: int) -> tuple[str, ...]:
    """The hashes that prove that the leaf at `place` (from 0) is in the tree, the nearest first (RFC 6962, 2.1.1).

    Raises IndexError where there is no such leaf.
    """
    if not 0 <= place < len(leaves):
        raise IndexError(f"there is no leaf {place} among {len(leaves)}")
    if len(leaves) == 1:
        return ()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if place < split:
        return (*path_to(leaves[:split], place), root_of(leaves[split:]))
    return (*path_to(leaves[split:], place - split), root_of(leaves[:split]))


def proves(one: str, place: int, number: int, path: Sequence[str], expected: str) -> bool:
    """Whether `path` proves that leaf `one` stands at `place` in the tree of `number` leaves with that root."""
    last, here, rest = number - 1, place, list(path)
    found = one
    while last > 0:
        if here % 2 or here < last:
            if not rest:
                return False
            found = _node(rest.pop(0), found) if here % 2 else _node(found, rest.pop(0))
        here, last = here // 2, last // 2
    return not rest and 0 <= place < number and found == expected
