"""Polls sealed and counted, as a job: the urn seals a few hundred at a time, and the house takes over what was counted.

What is sealed in the urn stays so; a job that was cut off goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from baolei.ballots import remarks
from baolei.ballots.models import Poll, Sealing, UrnPoll
from baolei.ballots.urns import opened, sealing_key
from baolei.jobs import Work
from baolei.ledger.actions import record
from baolei.programme import proof
from baolei.programme.standard.edition import Text
from baolei.urn.sealing import signing
from baolei.urn.store import CLOSED, SEALED, Sealed, Store

AT_ONCE = 200
"""So many polls are sealed in one stroke: casting elsewhere waits meanwhile."""
TAKEN = ["ballots", "cast", "slips", "root", "signature", "phase"]
"""What is kept of a sealed poll."""
SILENCE = timedelta(minutes=5)
"""A sealing that has not been heard of for so long is begun again."""


def _do(number: int) -> None:
    mine = Sealing.objects.select_related("round").get(pk=number)
    key = sealing_key()
    with opened() as urn:
        while keys := _waiting(mine):
            _taken_over(sealed_in(urn, keys, signing(key, tokens=_tokens(keys))))
            Sealing.objects.filter(pk=number).update(
                done=Poll.objects.filter(declaration__round=mine.round, phase=SEALED).count(), beat=timezone.now()
            )
        left = urn.give_back()
    _done(mine, left)


def _waiting(mine: Sealing) -> list[bytes]:
    found = Poll.objects.filter(declaration__round=mine.round, phase=CLOSED).order_by("pk")
    return [bytes.fromhex(one) for one in found.values_list("number", flat=True)[:AT_ONCE]]


def _tokens(keys: Sequence[bytes]) -> dict[bytes, int]:
    """How many tokens were taken in each of these polls: of credentials given out the urn knows the slips alone."""
    found = Poll.objects.filter(number__in=[key.hex() for key in keys]).values_list("number", "taken")
    return {bytes.fromhex(number): taken for number, taken in found}


def sealed_in(urn: Store, keys: Sequence[bytes], sign: Any) -> Iterable[Sealed]:
    """The polls as they were sealed, now or by a job that was cut off."""
    there = {key: found for key in keys if (found := urn.sealed(key)) is not None}
    return [*there.values(), *urn.seal([key for key in keys if key not in there], sign)]


@transaction.atomic
def _taken_over(sealed: Iterable[Sealed]) -> None:
    """Keep of each poll its answers, sorted, its proof, and which words on its ballots wait for a person."""
    found = {one.poll.id.hex(): one for one in sealed}
    polls = list(Poll.objects.filter(number__in=found, phase=CLOSED))
    for poll in polls:
        take_over(poll, found[poll.number])
    remarks.note((poll, found[poll.number]) for poll in polls)
    Poll.objects.bulk_update(polls, TAKEN, batch_size=AT_ONCE)


def take_over(poll: UrnPoll, sealed: Sealed) -> None:
    """Put into a poll what was counted: its answers, sorted, and its proof. Whoever calls it keeps the row."""
    poll.ballots = sorted(cast.ballot.answers for cast in sealed.ballots)
    poll.cast, poll.slips = len(sealed.ballots), len(sealed.slips)
    poll.root, poll.signature, poll.phase = sealed.root, sealed.signature.hex(), SEALED


@transaction.atomic
def _done(mine: Sealing, left: Sequence[Text]) -> None:
    """Note that all are sealed, and what the server still keeps of the order of casting."""
    this = mine.round
    roots = Poll.objects.filter(declaration__round=this, phase=SEALED).order_by("number").values_list("root", "cast")
    listed = list(roots)
    Sealing.objects.filter(pk=mine.pk).update(
        state=Sealing.DONE, ended_at=timezone.now(), said="；".join(f"{one.zh} ({one.en})" for one in left)
    )
    record(actor=None, act="ballots.seal", subject=f"round:{this.pk}", path=this.path, now=timezone.now(),
           after={"polls": len(listed), "ballots": sum(cast for _root, cast in listed),
                  "root": proof.root_of(root for root, _cast in listed)})  # fmt: skip


def _failed(number: int, words: str) -> None:
    Sealing.objects.filter(pk=number).update(state=Sealing.FAILED, said=words)


SEALINGS = Work(
    "ballots.seal", lambda: Sealing.objects.filter(state__in=Sealing.OPEN), SILENCE, _do, _failed,
    {"state": Sealing.RUNNING},
)  # fmt: skip
