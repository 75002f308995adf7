"""Slips printed as a job: a file for each township, which stands in the house until it is taken, or a day is past.

The codes are in that file and nowhere else. It is the owner's alone to read, no backup takes it along, it is written
over with zeros before it is deleted; and it is whole, with the hashes of its slips beside it, before the urn is told.
So a job that was cut off goes on with the file that is there, and no slip counts as issued twice.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ballots import polling
from baolei.ballots.counted import OUT
from baolei.ballots.doors import TOWNSHIP
from baolei.ballots.models import Poll, Polling, Printing
from baolei.ballots.polling import Batch, Wanted
from baolei.ballots.wiping import wipe
from baolei.jobs import Work
from baolei.ledger.actions import record
from baolei.organisations.models import UnitState
from baolei.organisations.units import NotPossible
from baolei.paths import at_or_below
from baolei.people.models import Account
from baolei.rounds.models import Round
from baolei.urn.store import CAST, ISSUE

SILENCE = timedelta(minutes=6)
"""A printing that has not been heard of for so long is taken up again; longer than the setter may take."""
STANDS = timedelta(days=1)
"""So long a file waits to be taken."""
"""How long the path of a township is: one file holds all below it. A unit above holds what serves it itself."""


# ---- what is to be printed ----


def at(path: str) -> Q:
    """The polls that stand in the file of a unit."""
    return at_or_below(path, "declaration__path") if len(path) >= TOWNSHIP else Q(declaration__path=path)


def to_print(this: Round, path: str) -> dict[str, int]:
    """The paths at or below a unit for which a file is to be printed, each with its polls; not those under way."""
    found = polling.waiting(this, path).order_by().annotate(at=Substr("declaration__path", 1, TOWNSHIP))
    busy = set(Printing.objects.filter(round=this, state__in=Printing.OPEN).values_list("path", flat=True))
    return {one: polls for one, polls in found.values_list("at").annotate(Count("pk")) if one not in busy}


@transaction.atomic
def ask_to_print(*, actor: Account | None, now: datetime, round: Round, unit: UnitState, origin: str, why: str) -> int:
    """Have the slips of every township at or below a unit printed, a file for each: how many. Raises NotPossible."""
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    polling.still_prints(this)
    paths = to_print(this, unit.path)
    if not paths:
        raise NotPossible(_("there is nothing to print here: the slips of this unit are printed, or nobody is asked"))
    undrawn = polling.waiting(this, unit.path).filter(households__gt=0)
    if undrawn.exists() and not seed_of(this):
        raise NotPossible(
            _("households are drawn by a public number, which is not known yet: set the polls up once more with it")
        )
    units = UnitState.objects.on(localdate(now)).filter(path__in=paths).order_by("code")
    asked = [_asked(this, one, actor, now, origin, why) for one in units]
    return len(asked)


def seed_of(this: Round) -> str:
    """The public number by which the households of a round are drawn; '' where there is none."""
    return Polling.objects.filter(round=this).values_list("seed", flat=True).first() or ""


@transaction.atomic
def print_again(*, actor: Account | None, now: datetime, printing: Printing, origin: str, why: str) -> Printing:
    """Have the slips of a file that was lost printed anew, as many as before. Those lost stay issued and unused: nobody
    knows their codes. Raises NotPossible.
    """
    this: Round = Round.objects.select_for_update().get(pk=printing.round_id)
    polling.still_prints(this)
    lost = Printing.objects.get(pk=printing.pk)
    if lost.state not in (Printing.GONE, Printing.TAKEN) or not _again(lost):
        raise NotPossible(_("only slips whose file was taken or deleted are printed anew, and only until casting ends"))
    return _asked(this, _unit(lost, now), actor, now, origin, why, again=lost)


@transaction.atomic
def print_more(
    *, actor: Account | None, now: datetime, poll: Poll, number: int, unit: UnitState, origin: str, why: str
) -> Printing:
    """Have more slips of a poll printed while it can be cast: of members for slips that were spoiled or lost, of the
    public for the households that are next by lot. Raises NotPossible.
    """
    this: Round = Round.objects.select_for_update().get(pk=poll.declaration.round_id)
    polling.still_prints(this)
    mine: Poll = Poll.objects.select_related("declaration__round").get(pk=poll.pk)
    if mine.households and polling.asks_more(mine) and mine.people + number > mine.households:
        raise NotPossible(
            _("the list has %(all)d households, of which %(asked)d are drawn: draw %(left)d more at most")
            % {"all": mine.households, "asked": mine.people, "left": mine.households - mine.people}
        )
    if mine.phase not in (ISSUE, CAST) or not 0 < number <= mine.people:
        raise NotPossible(
            _("more slips are printed until casting ends, %(most)d at most at a time: as many as were asked")
            % {"most": mine.people}
        )
    return _asked(this, unit, actor, now, origin, why, poll=mine, more=number)


def _asked(
    this: Round, unit: UnitState, actor: Account | None, now: datetime, origin: str, why: str, **more: Any
) -> Printing:
    if Printing.objects.filter(round=this, path=unit.path, state__in=Printing.OPEN).exists():
        raise NotPossible(_("slips of %(unit)s are being printed: wait until they are ready") % {"unit": unit.name})
    made: Printing = Printing.objects.create(
        round=this, unit_id=unit.unit_id, path=unit.path, origin=origin, why=why, asked_by=actor, asked_at=now, **more
    )
    PRINTINGS.enqueue(made.pk)
    return made


def _unit(printing: Printing, now: datetime) -> UnitState:
    found: UnitState | None = UnitState.objects.filter(unit=printing.unit_id).on(localdate(now)).first()
    return found or UnitState.objects.filter(unit=printing.unit_id).order_by("-since")[0]


# ---- the job ----


def _do(number: int) -> None:
    mine: Printing = Printing.objects.select_related("round", "asked_by", "poll").get(pk=number)
    now = timezone.now()
    unit = _unit(mine, now)
    told: dict[str, Any] = {"actor": mine.asked_by, "now": now, "round": mine.round, "unit": unit, "why": mine.why}
    if (known := _kept_hashes(mine)) is not None:
        polling.issue(**told, hashes=known, printing=mine)
    else:
        wanted = _wanted(mine)
        Printing.objects.filter(pk=mine.pk).update(
            polls=len(wanted), slips=sum(number for _poll, _people, number in wanted), done=1
        )
        polling.print_slips(**told, origin=mine.origin, wanted=wanted, printing=mine,
                            keep=lambda made: _keep(mine, made))  # fmt: skip
    hashes_of(mine).unlink(missing_ok=True)


def _wanted(mine: Printing) -> list[Wanted]:
    """The polls of a printing with their slips, sorted as they are handed out. Raises NotPossible without any."""
    if mine.poll:
        return [(mine.poll, mine.more, mine.more)]
    found = _again(mine.again) if mine.again else polling.waiting(mine.round, mine.path).filter(at(mine.path))
    wanted = [
        polling.first_time(one) for one in found.select_related("declaration").order_by("declaration__path", "pk")
    ]
    if not wanted:
        raise NotPossible(_("there is nothing to print here: the slips of this unit are printed, or nobody is asked"))
    return wanted


def _again(lost: Printing) -> Any:
    """The polls whose last slips stood in a file."""
    return Poll.objects.filter(printing=lost, phase__in=(ISSUE, CAST)).exclude(declaration__state__in=OUT)


def _keep(mine: Printing, made: Batch) -> None:
    """Put the file down, and last of all the hashes: where these stand, the file is whole."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    wipe(file_of(mine))
    _put(file_of(mine), made.pdf)
    lines = "".join(f"{poll} {one.hex()}\n" for poll, each in made.hashes.items() for one in each)
    unfinished = hashes_of(mine).with_suffix(".part")
    _put(unfinished, lines.encode())
    unfinished.replace(hashes_of(mine))
    Printing.objects.filter(pk=mine.pk).update(done=2, beat=timezone.now())


def _kept_hashes(mine: Printing) -> Mapping[str, Sequence[bytes]] | None:
    """What a job that was cut off had printed; None where its file is not whole."""
    if not hashes_of(mine).exists() or not file_of(mine).exists():
        return None
    found: dict[str, list[bytes]] = {}
    for line in hashes_of(mine).read_text().splitlines():
        poll, one = line.split()
        found.setdefault(poll, []).append(bytes.fromhex(one))
    return found


def _put(file: Path, body: bytes) -> None:
    """Write a file that only its owner reads, down to the disk."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as to:
        to.write(body)
        to.flush()
        os.fsync(to.fileno())


def _failed(number: int, words: str) -> None:
    mine = Printing.objects.get(pk=number)
    wipe(file_of(mine))
    hashes_of(mine).unlink(missing_ok=True)
    Printing.objects.filter(pk=number).update(state=Printing.FAILED, said=words)


PRINTINGS = Work(
    "ballots.print", lambda: Printing.objects.filter(state__in=Printing.OPEN), SILENCE, _do, _failed,
    {"state": Printing.RUNNING},
)  # fmt: skip


# ---- the file ----


def folder() -> Path:
    """Where files wait: beside the database, in no folder that a backup takes along."""
    return Path(settings.BAOLEI_HOME) / "slips"


def file_of(mine: Printing) -> Path:
    """The slips of a printing."""
    return folder() / f"{mine.pk}.pdf"


def hashes_of(mine: Printing) -> Path:
    """The hashes of its slips, until the urn has them."""
    return folder() / f"{mine.pk}.hashes"


@transaction.atomic
def take(*, actor: Account | None, now: datetime, printing: Printing) -> bytes:
    """Take the file of a printing: it is handed out once, then deleted. Raises NotPossible."""
    mine: Printing = Printing.objects.select_for_update().get(pk=printing.pk)
    if mine.state != Printing.READY or not file_of(mine).exists():
        raise NotPossible(_("this file is not there any more: it is handed out once, and deleted after a day"))
    body = file_of(mine).read_bytes()
    Printing.objects.filter(pk=mine.pk).update(state=Printing.TAKEN)
    record(actor=actor, act="ballots.take", subject=f"unit:{mine.unit_id}", path=mine.path, now=now,
           after={"polls": mine.polls, "slips": mine.slips})  # fmt: skip
    transaction.on_commit(lambda: wipe(file_of(mine)))
    return body


def forget(now: datetime) -> None:
    """Delete what was not taken within a day, and whatever lies there of printings that wait for nobody."""
    for late in Printing.objects.filter(state=Printing.READY, made_at__lt=now - STANDS):
        _given_up(late, now)
    if not folder().is_dir():
        return
    awaited = set(Printing.objects.filter(state__in=(*Printing.OPEN, Printing.READY)).values_list("pk", flat=True))
    for file in folder().iterdir():
        if not file.stem.isdigit() or int(file.stem) not in awaited:
            wipe(file)


@transaction.atomic
def _given_up(late: Printing, now: datetime) -> None:
    if Printing.objects.filter(pk=late.pk, state=Printing.READY).update(state=Printing.GONE):
        record(actor=None, act="ballots.forget", subject=f"unit:{late.unit_id}", path=late.path, now=now,
               after={"polls": late.polls, "slips": late.slips})  # fmt: skip
        transaction.on_commit(lambda: wipe(file_of(late)))
