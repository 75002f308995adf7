"""Grids, their codes, their workers and the landmarks of a unit: entered by whoever answers for the unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.matters import doors
from baolei.matters.models import LONGEST_LINE, Grid, GridCode, Holding, Landmark, Worker
from baolei.organisations.doors import writing_scope
from baolei.organisations.models import Group, OrganisationState, UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.people.receipts import signs
from baolei.programme.matters import LOWEST
from baolei.programme.personal import personal
from baolei.warehouse.rulebook import matters as matter_rules

CODE = 12
"""Signs of a grid's code: no secret, but not to be guessed in a row."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A grid as it is entered: number and name; the branch (pk) or the Party group (pk) at work in it, if any."""

    code: str
    name: str
    organisation: int | None = None
    group: int | None = None


@transaction.atomic
def lay(*, actor: Account, now: datetime, unit: UnitState, laid: Laid) -> Grid:
    """Enter a grid of a village or community, or change the one of this number; its code comes with it. Raises
    NotPossible.
    """
    today = localdate(now)
    _must_answer(actor, unit, today)
    if unit.level != LOWEST:
        raise NotPossible(_("grids belong to villages and communities"))
    code, name = _line(laid.code), _line(laid.name)
    _must_be_there(laid, unit, today)
    grid: Grid | None = Grid.objects.select_for_update().filter(code=code, until=None).first()
    if grid is not None and grid.unit_id != unit.unit_id:
        raise NotPossible(_("this number is that of a grid elsewhere: %(grid)s") % {"grid": grid.name})
    act = "change_grid" if grid else "lay_grid"
    grid = grid or Grid(unit_id=unit.unit_id, code=code, since=today)
    grid.name, grid.organisation_id, grid.group_id = name, laid.organisation, laid.group
    grid.save()
    if act == "lay_grid":
        _new_code(grid, today)
    _recorded(act, actor, now, grid)
    return grid


@transaction.atomic
def end_grid(*, actor: Account, now: datetime, grid: Grid) -> Grid:
    """End a grid today: its code leads nowhere from now on, its workers hold it no more. Raises NotPossible."""
    mine, today = _mine(actor, now, grid), localdate(now)
    mine.until = today
    mine.save(update_fields=["until"])
    mine.codes.filter(revoked=None).update(revoked=today)
    mine.holdings.filter(until=None).update(until=today)
    _recorded("end_grid", actor, now, mine)
    return mine


@transaction.atomic
def renew_code(*, actor: Account, now: datetime, grid: Grid) -> GridCode:
    """Revoke the code of a grid and give it a new one: sheets on the wall lead nowhere. Raises NotPossible."""
    mine = _mine(actor, now, grid)
    mine.codes.filter(revoked=None).update(revoked=localdate(now))
    made = _new_code(mine, localdate(now))
    _recorded("renew_code", actor, now, mine)
    return made


@transaction.atomic
def put_to_work(
    *, actor: Account, now: datetime, grid: Grid, number: str, name: str, full_time: bool, since: date | None = None
) -> Holding:
    """Put somebody to work in a grid, by the number of the own register: known already, it is the same person. One who
    holds the grid already goes on full-time or part-time as it is said now. Raises NotPossible.
    """
    mine, today = _mine(actor, now, grid), localdate(now)
    worker, made = Worker.objects.get_or_create(number=_line(number), defaults={"name": _line(name)})
    if not made and worker.name != name.strip():
        raise NotPossible(_("number %(number)s is that of somebody else: %(name)s")
                          % {"number": worker.number, "name": worker.name})  # fmt: skip
    day = since or today
    there: Holding | None = mine.holdings.select_for_update().filter(worker=worker, until=None).first()
    if there is not None and there.full_time == full_time:
        return there
    if there is not None:
        day = max(day, there.since + timedelta(days=1))
        there.until = day - timedelta(days=1)
        there.save(update_fields=["until"])
    held: Holding = Holding.objects.create(grid=mine, worker=worker, full_time=full_time, since=day)
    _recorded("put_to_work", actor, now, mine)
    return held


@transaction.atomic
def release(*, actor: Account, now: datetime, holding: Holding) -> Holding:
    """Somebody holds a grid no more, from today. Raises NotPossible."""
    _mine(actor, now, holding.grid)
    mine: Holding = Holding.objects.select_for_update().get(pk=holding.pk)
    if mine.until is None:
        mine.until = max(localdate(now), mine.since)
        mine.save(update_fields=["until"])
        _recorded("release", actor, now, mine.grid)
    return mine


@transaction.atomic
def link_account(*, actor: Account, now: datetime, worker: Worker, account: Account | None) -> Worker:
    """Say which account is a worker's, so that the own grids come first on the phone. Raises NotPossible."""
    holding = worker.holdings.filter(until=None).select_related("grid").first()
    if holding is None:
        raise NotPossible(_("this worker holds no grid"))
    _mine(actor, now, holding.grid)
    if account is not None and Worker.objects.filter(account=account).exclude(pk=worker.pk).exists():
        raise NotPossible(_("this account is another worker's"))
    worker.account = account
    worker.save(update_fields=["account"])
    _recorded("link_worker", actor, now, holding.grid)
    return worker


@transaction.atomic
def list_landmark(*, actor: Account, now: datetime, unit: UnitState, name: str) -> Landmark:
    """Put a public place on the short list of a unit; there already, it stays. Raises NotPossible."""
    _must_answer(actor, unit, localdate(now))
    said = _line(name)
    there = Landmark.objects.filter(unit=unit.unit_id, until=None)
    found: Landmark | None = there.filter(name=said).first()
    if found is not None:
        return found
    most = matter_rules().number("landmarks")
    if there.count() >= most:
        raise NotPossible(_("%(most)d landmarks at most: take one off the list first") % {"most": most})
    made: Landmark = Landmark.objects.create(unit_id=unit.unit_id, name=said)
    record(actor=actor, act="matters.list_landmark", subject=f"unit:{unit.unit_id}", path=unit.path, now=now,
           after={"landmark": said})  # fmt: skip
    return made


@transaction.atomic
def drop_landmark(*, actor: Account, now: datetime, landmark: Landmark) -> Landmark:
    """Take a place off the list, from today. Raises NotPossible."""
    unit = UnitState.objects.on(localdate(now)).filter(unit=landmark.unit_id).first()
    if unit is None or landmark.until is not None:
        raise NotPossible(_("this landmark is not on the list"))
    _must_answer(actor, unit, localdate(now))
    landmark.until = localdate(now)
    landmark.save(update_fields=["until"])
    record(actor=actor, act="matters.drop_landmark", subject=f"unit:{unit.unit_id}", path=unit.path, now=now,
           before={"landmark": landmark.name})  # fmt: skip
    return landmark


def writes(account: Account, unit: UnitState, today: date) -> bool:
    """Whether somebody enters the grids of a unit: whoever answers for the records of a unit at or above it."""
    return writing_scope(account, today).holds(unit.path)


def _must_answer(actor: Account, unit: UnitState, today: date) -> None:
    if not writes(actor, unit, today):
        raise NotPossible(_("grids are entered by whoever answers for the unit"))


def _mine(actor: Account, now: datetime, grid: Grid) -> Grid:
    """The grid, held until the act is through. Raises NotPossible for one of another's, or that ended."""
    mine: Grid = Grid.objects.select_for_update(no_key=True).get(pk=grid.pk)
    unit = UnitState.objects.on(localdate(now)).filter(unit=mine.unit_id).first()
    if unit is None or mine.until is not None:
        raise NotPossible(_("this grid is no more"))
    _must_answer(actor, unit, localdate(now))
    return mine


def _must_be_there(laid: Laid, unit: UnitState, today: date) -> None:
    """The branch is one of the unit's, the group one of such a branch's. Raises NotPossible for any other."""
    mine = OrganisationState.objects.on(today).filter(unit=unit.unit_id)
    if laid.organisation is not None and not mine.filter(organisation=laid.organisation).exists():
        raise NotPossible(_("choose a branch of this unit"))
    groups = Group.objects.on(today).filter(organisation__in=mine.values("organisation"))
    if laid.group is not None and not groups.filter(pk=laid.group).exists():
        raise NotPossible(_("choose a Party group of this unit"))


def _new_code(grid: Grid, today: date) -> GridCode:
    made: GridCode = GridCode.objects.create(grid=grid, since=today, code=signs(CODE))
    return made


def _line(words: str) -> str:
    said = words.strip()
    if not said or len(said) > LONGEST_LINE or personal(said):
        raise NotPossible(_("write a name or number of up to %(most)d characters, no identity or telephone number")
                          % {"most": LONGEST_LINE})  # fmt: skip
    return said


def _recorded(act: str, actor: Account, now: datetime, grid: Grid) -> None:
    record(actor=actor, act=f"matters.{act}", subject=f"unit:{grid.unit_id}", path=doors.path_of(grid.unit_id), now=now,
           after={"grid": grid.name})  # fmt: skip
