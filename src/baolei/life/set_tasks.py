"""What is done with tasks 交办任务: a superior sets one once, to many; a branch reports it done in one line; whoever
set it confirms, or sends it back with a reason.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.life import affairs, affairs_doors
from baolei.life.affairs_models import BranchTask, SetTask
from baolei.organisations import doors
from baolei.organisations.doors import Scope, home_path, writing_scope
from baolei.organisations.models import OrganisationState, UnitState
from baolei.organisations.units import NotPossible
from baolei.paths import outermost
from baolei.people.models import Account

BATCH, FEW = 2000, 500
"""So many rows are written at a time; so many branches are asked for by their numbers."""


@transaction.atomic
def set_task(
    *, actor: Account, now: datetime, branches: Collection[int], words: str, document: str, due: date
) -> SetTask:
    """Set a task, once, to branches below the actor (by their numbers). Raises NotPossible."""
    today = localdate(now)
    writing = writing_scope(actor, today)
    states = _below(writing, branches)
    if due < today:
        raise NotPossible(_("%(day)s is over: set a day that leaves the branches time") % {"day": due})
    unit, organisation, path = _setter(writing, states)
    made: SetTask = SetTask.objects.create(
        unit_id=unit, organisation_id=organisation, words=words, document=document, on=today, due=due, by=actor
    )
    BranchTask.objects.bulk_create(
        (BranchTask(task=made, organisation_id=one.organisation_id) for one in states), batch_size=BATCH
    )
    record(actor=actor, act="affairs.set_task", subject=f"task:{made.pk}", path=path, now=now,
           after={"branches": len(states), "document": document, "due": due.isoformat()})  # fmt: skip
    return made


@transaction.atomic
def report(*, actor: Account, now: datetime, task: BranchTask, on: date, words: str) -> BranchTask:
    """Report a task done, in one line. Raises NotPossible."""
    this = _locked(task)
    state, today = affairs.mine(actor, this.organisation, now)
    _runs(this)
    if this.reported:
        raise NotPossible(_("it was reported on %(day)s already") % {"day": this.reported})
    if not this.task.on <= on <= today:
        raise NotPossible(_("enter a day from %(first)s to %(last)s") % {"first": this.task.on, "last": today})
    this.done_on, this.report, this.reported = on, words, today
    this.save(update_fields=["done_on", "report", "reported"])
    _told(actor, now, state, "report_task", this, after={"day": on.isoformat()})
    return this


@transaction.atomic
def confirm(*, actor: Account, now: datetime, task: BranchTask) -> BranchTask:
    """Confirm that a task is done. Raises NotPossible."""
    this, state = _of_mine(actor, task, now)
    this.confirmed = localdate(now)
    this.save(update_fields=["confirmed"])
    _told(actor, now, state, "confirm_task", this)
    return this


@transaction.atomic
def confirm_all(*, actor: Account, now: datetime, task: SetTask) -> int:
    """Confirm every report of a task that waits; how many. Raises NotPossible."""
    today = localdate(now)
    this: SetTask = SetTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    _set_by(actor, this, today)
    number: int = this.branches.filter(confirmed=None, reported__isnull=False).update(confirmed=today)
    if this.withdrawn_on or not number:
        raise NotPossible(_("nothing waits here to be confirmed: the branch reports first"))
    record(actor=actor, act="affairs.confirm_task", subject=f"task:{this.pk}", path=path_of(this, today), now=now,
           after={"branches": number})  # fmt: skip
    return number


@transaction.atomic
def send_back(*, actor: Account, now: datetime, task: BranchTask, why: str) -> BranchTask:
    """Send a report back, with the reason that the branch is told. Raises NotPossible."""
    this, state = _of_mine(actor, task, now)
    this.done_on = this.reported = None
    this.report, this.back, this.back_why = "", localdate(now), why
    this.save(update_fields=["done_on", "reported", "report", "back", "back_why"])
    _told(actor, now, state, "send_task_back", this, why=why)
    return this


@transaction.atomic
def withdraw(*, actor: Account, now: datetime, task: SetTask, why: str) -> SetTask:
    """Withdraw a task from all its branches: it is asked of nobody and counts for nothing. Raises NotPossible."""
    this: SetTask = SetTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    today = localdate(now)
    _set_by(actor, this, today)
    if this.withdrawn_on:
        raise NotPossible(_("it was withdrawn on %(day)s already") % {"day": this.withdrawn_on})
    this.withdrawn_on = today
    this.save(update_fields=["withdrawn_on"])
    record(actor=actor, act="affairs.withdraw_task", subject=f"task:{this.pk}", path=path_of(this, today), now=now,
           why=why)  # fmt: skip
    return this


def burden(branches: Any, today: date) -> dict[int, int]:
    """How many tasks each of these branches (their numbers, or a query for them) has in hand: not reported, or set in
    this month; those with none are left out.
    """
    month = Q(reported=None) | Q(task__on__gte=today.replace(day=1))
    found = BranchTask.objects.filter(month, organisation__in=branches, task__withdrawn_on=None)
    return dict(found.order_by().values_list("organisation").annotate(Count("pk")))


def path_of(task: SetTask, today: date) -> str:
    """The path of the unit that set a task, or that the organisation serves which did."""
    unit = task.unit_id
    if unit is None:
        state = OrganisationState.objects.on(today).filter(organisation=task.organisation_id).first()
        return str(home_path(state)) if state else ""
    return UnitState.objects.on(today).filter(unit=unit).values_list("path", flat=True).first() or ""


def _below(writing: Scope, branches: Collection[int]) -> list[OrganisationState]:
    """The branches, all of them below the scope."""
    wanted, found = set(branches), affairs_doors.branches(writing)
    if len(wanted) <= FEW:
        found = found.filter(organisation__in=wanted)
    mine = {one.organisation_id: one for one in found.iterator() if one.organisation_id in wanted}
    if not wanted or wanted - mine.keys():
        raise NotPossible(_("choose branches below you, one at least"))
    return [mine[one] for one in sorted(wanted)]


def _setter(writing: Scope, states: list[OrganisationState]) -> tuple[int | None, int | None, str]:
    """The unit, or the Party organisation, of the scope that sets it: the one that holds all of these branches. Raises
    NotPossible where no single one does.
    """
    held = {one.unit_id for one in states}
    served = dict(UnitState.objects.on(writing.day).filter(unit__in=held).values_list("unit", "path"))
    for path in outermost(writing.units):
        if all(served.get(one.unit_id, "").startswith(path) for one in states):
            return doors.units(writing).get(path=path).unit_id, None, path
    for path in outermost(writing.organisations):
        if all(one.path.startswith(path) for one in states):
            own = doors.organisations(writing).get(path=path)
            return None, own.organisation_id, home_path(own)
    raise NotPossible(_("these branches lie below several of your mandates: set the task to those of one at a time"))


def _of_mine(actor: Account, task: BranchTask, now: datetime) -> tuple[BranchTask, OrganisationState]:
    """A report that waits for the actor, and its branch."""
    this, today = _locked(task), localdate(now)
    _set_by(actor, this.task, today)
    _runs(this)
    if not this.reported or this.confirmed:
        raise NotPossible(_("nothing waits here to be confirmed: the branch reports first"))
    state = OrganisationState.objects.on(today).filter(organisation=this.organisation_id).first()
    if state is None:
        raise NotPossible(_("the branch is no more"))
    return this, state


def _set_by(actor: Account, task: SetTask, today: date) -> None:
    if not affairs_doors.set_tasks(writing_scope(actor, today)).filter(pk=task.pk).exists():
        raise NotPossible(_("this is for whoever set the task, and those above"))


def _locked(task: BranchTask) -> BranchTask:
    this: BranchTask = (
        BranchTask.objects.select_for_update(of=("self",)).select_related("task", "organisation").get(pk=task.pk)
    )
    return this


def _runs(this: BranchTask) -> None:
    if this.task.withdrawn_on:
        raise NotPossible(_("the task was withdrawn on %(day)s") % {"day": this.task.withdrawn_on})


def _told(
    actor: Account, now: datetime, state: OrganisationState, act: str, this: BranchTask, **particulars: Any
) -> None:
    record(actor=actor, act=f"affairs.{act}", subject=f"organisation:{state.organisation_id}",
           path=home_path(state), now=now, before={"task": this.task.words}, **particulars)  # fmt: skip
