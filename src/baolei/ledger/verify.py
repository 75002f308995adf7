"""Prove the ledger: read every entry once, and say of each way it could have been touched whether it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS

from baolei.ledger.actions import ERASE
from baolei.ledger.models import Entry, Head, Seal
from baolei.programme import proof
from baolei.programme.refusals import Fault, Refusal

SHOWN = 20
"""Faults named; after so many nobody reads on."""


class NoHead(Refusal):
    """A file or line that is no head of a ledger: its size and its root."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A head that was kept out of the house: how many entries there were, and the root over them (hex)."""

    size: int
    root: str
    where: str = "the head kept outside"

    @classmethod
    def read(cls, text: str, where: str) -> Kept:
        """Read `SIZE ROOT`, as `baolei ledger head` prints it. Raises NoHead."""
        words = text.split()
        if len(words) < 2 or not words[0].isdecimal() or len(words[1]) != 64 or not _is_hex(words[1]):
            raise NoHead(
                f"{where} holds no head of a ledger: write its size and its root, as `baolei ledger head` does"
            )
        return cls(int(words[0]), words[1].lower(), where)


@dataclass(frozen=True, slots=True)
class Proved:
    """What was read: how many entries, the root over them, and what is wrong with them."""

    size: int
    root: str
    faults: tuple[Fault, ...]


def verify(heads: tuple[Kept, ...] = (), using: str = DEFAULT_DB_ALIAS) -> Proved:
    """Recompute every hash of the ledger and hold it against its own head, its seals, and the heads kept outside.

    `using` names the store, where it is not the one in use but, say, a backup that is looked at.
    """
    wanted = [*heads, *(Kept(seal.size, seal.root, f"seal {seal.pk}") for seal in Seal.objects.using(using))]
    stops = {head.size for head in wanted}
    peaks: proof.Peaks = ()
    roots, faults = {0: proof.EMPTY}, list[Fault]()
    expected, previous = 1, proof.EMPTY
    erased, excused = set[int](), set[int]()
    for entry in Entry.objects.using(using).order_by("number").iterator(2000):
        faults += _entry_faults(entry, expected, previous)
        erased |= {entry.number} if entry.salt is None else set()
        excused |= _excused(entry)
        peaks = proof.grow(peaks, entry.leaf())
        expected, previous = entry.number + 1, entry.hash
        if proof.size(peaks) in stops:
            roots[proof.size(peaks)] = proof.root(peaks)
    faults += [_fault(number, "its particulars are gone, and no entry says who erased them")
               for number in sorted(erased - excused)]  # fmt: skip
    size, root = proof.size(peaks), proof.root(peaks)
    faults += _head_faults(Head.objects.using(using).filter(pk=1).first() or Head(), size, root, previous)
    for head in wanted:
        faults += _kept_faults(head, size, roots)
    return Proved(size, root, tuple(faults[:SHOWN]))


def verify_last(number: int, using: str = DEFAULT_DB_ALIAS) -> Proved:
    """The same for the last so many entries alone: quick whatever the length of the ledger, and blind to what lies
    before them. Each follows the one before it, none was changed, the last is the one the head knows.
    """
    entries = list(Entry.objects.using(using).order_by("-number")[: number + 1])[::-1]
    before = entries.pop(0) if len(entries) > number else None
    faults, previous = list[Fault](), before.hash if before else proof.EMPTY
    expected = before.number + 1 if before else 1
    for entry in entries:
        faults += _entry_faults(entry, expected, previous)
        expected, previous = entry.number + 1, entry.hash
    head = Head.objects.using(using).filter(pk=1).first() or Head()
    if (head.size, head.last) != (expected - 1, previous):
        faults.append(Fault("ledger", 0, "its own head does not fit its entries"))
    return Proved(head.size, head.root(), tuple(faults[:SHOWN]))


def _entry_faults(entry: Entry, expected: int, previous: str) -> Iterator[Fault]:
    if entry.number > expected:
        gap = f"{expected}" if entry.number == expected + 1 else f"{expected} to {entry.number - 1}"
        yield _fault(expected, f"missing: {gap}")
    if entry.previous != previous and entry.number == expected:
        yield _fault(entry.number, "does not follow the entry before it")
    if entry.hash != entry.leaf():
        yield _fault(entry.number, "was changed: its hash is another")
    if entry.salt is not None and entry.sealed != proof.sealed(entry.particulars, entry.salt):
        yield _fault(entry.number, "its particulars were changed")


def _excused(entry: Entry) -> set[int]:
    """The number of the entry whose particulars this one says were erased."""
    kind, _, number = entry.subject.partition(":")
    return {int(number)} if entry.act == ERASE and kind == "entry" and number.isdecimal() else set()


def _head_faults(head: Head, size: int, root: str, last: str) -> Iterator[Fault]:
    if head.size > size:
        yield Fault("ledger", 0, f"cut off at the end: {head.size - size} of {head.size} entries are missing")
    elif (head.size, head.root(), head.last) != (size, root, last):
        yield Fault("ledger", 0, "its own head does not fit its entries")


def _kept_faults(head: Kept, size: int, roots: dict[int, str]) -> Iterator[Fault]:
    if head.size > size:
        yield Fault(head.where, 0, f"knows {head.size} entries, the ledger has {size}: it was cut off at the end")
    elif roots.get(head.size) != head.root:
        yield Fault(head.where, 0, f"among its first {head.size} entries at least one is not what it was")


def _fault(number: int, wrong: str) -> Fault:
    return Fault("ledger", number, wrong)


def _is_hex(text: str) -> bool:
    return all(letter in "0123456789abcdefABCDEF" for letter in text)
