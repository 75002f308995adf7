"""What is done with the ledger: record an act, erase the particulars of one, give its head out of the house."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import DEFAULT_DB_ALIAS, transaction

from baolei.ledger.models import Entry, Head, Seal
from baolei.programme import proof
from baolei.programme.refusals import Refusal


class Actor(Protocol):
    """Whoever acts: an account. The ledger stands below the room of the people and needs no more than the number."""

    @property
    def pk(self) -> Any: ...


ERASE, SEAL = "ledger.erase", "ledger.seal"


class NoSuchEntry(Refusal):
    """The ledger has no entry of that number, or its particulars were erased already."""


class NotInTheTransaction(RuntimeError):
    """A record was to be written outside the transaction of its act: a mistake in the program, never of a user."""


def record(
    *,
    actor: Actor | None,
    act: str,
    subject: str = "",
    path: str = "",
    now: datetime,
    why: str = "",
    before: Any = None,
    after: Any = None,
    using: str = DEFAULT_DB_ALIAS,
) -> Entry:
    """Write down an act, in the transaction of the act and as its last statement, and return the entry.

    `actor` None is the house itself (the clock, an operator at the command line). `path` is the unit concerned, ''
    the whole house. `why`, `before` and `after` (JSON values) can be erased later; nothing else may hold what is
    personal. `using` names another store than the one in use, such as one that is being restored.
    Raises NotInTheTransaction outside a transaction, so that no act stands without its record.
    """
    said = Said(act, subject, path, why, before, after)
    (entry,) = record_all(actor=actor, now=now, said=[said], using=using)
    return entry


@dataclass(frozen=True, slots=True)
class Said:
    """What is written down of an act beside who did it and when: as `record` takes it."""

    act: str
    subject: str = ""
    path: str = ""
    why: str = ""
    before: Any = None
    after: Any = None


def record_all(
    *, actor: Actor | None, now: datetime, said: Iterable[Said], using: str = DEFAULT_DB_ALIAS
) -> list[Entry]:
    """Write down acts of one transaction in their order: the chain that `record` would have made of them one after the
    other, with its head taken and put down once. Raises NotInTheTransaction.
    """
    acts = list(said)
    if not transaction.get_connection(using).in_atomic_block:
        raise NotInTheTransaction(
            f"{acts[0].act if acts else ''} was to be recorded outside the transaction of the act"
        )
    head, _ = Head.objects.using(using).select_for_update().get_or_create(pk=1)
    entries = [_chained(head, actor, now, one) for one in acts]
    Entry.objects.using(using).bulk_create(entries)
    head.save(using=using)
    return entries


def _chained(head: Head, actor: Actor | None, now: datetime, said: Said) -> Entry:
    """The next entry after a head, which goes on to it."""
    salt = secrets.token_hex(16)
    particulars = {"why": said.why, "before": said.before, "after": said.after}
    entry = Entry(
        number=head.size + 1,
        at=now.astimezone(UTC),
        actor_id=actor.pk if actor else None,
        act=said.act,
        subject=said.subject,
        path=said.path,
        particulars=particulars,
        salt=salt,
        sealed=proof.sealed(particulars, salt),
        previous=head.last,
    )
    entry.hash = entry.leaf()
    head.size, head.last = entry.number, entry.hash
    head.peaks = proof.grow(tuple((height, peak) for height, peak in head.peaks), entry.hash)
    return entry


@transaction.atomic
def erase(*, actor: Actor | None, number: int, why: str, now: datetime) -> Entry:
    """Erase the particulars of an entry: somebody's right under the law. Who, when, what and the proof remain.

    The erasure is itself recorded. Raises NoSuchEntry.
    """
    if not Entry.objects.filter(pk=number, salt__isnull=False).update(particulars=None, salt=None):
        raise NoSuchEntry(f"entry {number} is not in the ledger, or its particulars were erased already")
    erased = Entry.objects.get(pk=number)
    record(actor=actor, act=ERASE, subject=f"entry:{number}", path=erased.path, now=now, why=why)
    return erased


@transaction.atomic
def seal(*, actor: Actor | None, now: datetime, kept_by: str = "") -> Seal:
    """The head as it stands, noted as given out of the house to `kept_by`; the giving is itself an entry."""
    record(actor=actor, act=SEAL, now=now, after={"kept_by": kept_by})
    head = Head.objects.get(pk=1)
    return Seal.objects.create(size=head.size, root=head.root(), at=now, kept_by=kept_by)
