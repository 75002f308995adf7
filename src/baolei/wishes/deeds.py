"""Practical deeds: a branch plans one for a community, notes how it goes and reports it done; the community, for those
it is for, says whether it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.organisations.doors import held_by, writing_scope
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import wishes as rules
from baolei.programme.organisation.periods import months_later
from baolei.programme.wishes import BRANCH, COMMUNITY, DEEDS
from baolei.warehouse.rulebook import wishes as wish_rules
from baolei.wishes import doors
from baolei.wishes.models import LONGEST_LINE, LONGEST_PLAN, LONGEST_TITLE, Deed, DeedLine
from baolei.wishes.pairing import branch_held
from baolei.wishes.walk import at_desk, path_of


@dataclass(frozen=True, slots=True)
class Planned:
    """A deed as it is entered: the community it is for, its kind, what it is, the plan, the last day."""

    unit: int
    kind: str
    title: str
    plan: str
    until: date


@transaction.atomic
def plan(*, actor: Account, now: datetime, organisation: int, key: str, planned: Planned) -> Deed:
    """Plan a deed; sent twice under the same key it is the first one. Raises Refusal."""
    today, rule = localdate(now), wish_rules()
    branch_held(actor, organisation, now)
    there: Deed | None = Deed.objects.filter(key=key, organisation=organisation).first()
    if there is not None:
        return there
    if doors.home_of(planned.unit, today) is None:
        raise NotPossible(_("a deed is for a community or village: choose one"))
    if planned.kind not in rule.deeds:
        raise NotPossible(_("choose a kind that is offered"))
    latest = months_later(today, rule.number("longest_deed_months"))
    if not today <= planned.until <= latest:
        raise NotPossible(_("a deed is done between today and %(latest)s: choose a day") % {"latest": latest})
    made: Deed = Deed.objects.create(
        organisation_id=organisation, unit_id=planned.unit, key=key, kind=planned.kind,
        title=rules.screened(planned.title, LONGEST_TITLE), plan=rules.screened(planned.plan, LONGEST_PLAN),
        planned=today, until=planned.until, by=actor,
    )  # fmt: skip
    _note("plan_deed", made, actor, now)
    return made


@transaction.atomic
def progress(*, actor: Account, now: datetime, deed: Deed, words: str) -> Deed:
    """Note in a line how it goes. Raises Refusal."""
    return _by_branch(actor, now, deed, "progress", words)


@transaction.atomic
def report(*, actor: Account, now: datetime, deed: Deed, words: str) -> Deed:
    """Report a deed done, with a line on what came of it. Raises Refusal."""
    return _by_branch(actor, now, deed, "report", words)


@transaction.atomic
def drop(*, actor: Account, now: datetime, deed: Deed, words: str) -> Deed:
    """Give a deed up, and say why. Raises Refusal."""
    return _by_branch(actor, now, deed, "drop", words)


@transaction.atomic
def confirm(*, actor: Account, now: datetime, deed: Deed) -> Deed:
    """Confirm a deed for those it is for. Raises Refusal."""
    return _by_community(actor, now, deed, "confirm", "")


@transaction.atomic
def send_back(*, actor: Account, now: datetime, deed: Deed, words: str) -> Deed:
    """Say that a deed is not done yet, and what is missing. Raises Refusal."""
    return _by_community(actor, now, deed, "send_back", words)


def _by_branch(actor: Account, now: datetime, deed: Deed, act: str, words: str) -> Deed:
    mine, said = _locked(deed), rules.screened(words, LONGEST_LINE)
    branch_held(actor, mine.organisation_id, now)
    mine.state = DEEDS.next_state(mine.state, act, BRANCH)
    if mine.state == rules.REPORTED:
        mine.reported = localdate(now)
    elif mine.state == rules.DROPPED:
        mine.dropped = localdate(now)
    return _stepped(mine, act, actor, now, said)


def _by_community(actor: Account, now: datetime, deed: Deed, act: str, words: str) -> Deed:
    mine, today = _locked(deed), localdate(now)
    at_desk(actor, mine.unit_id, today)
    if held_by(writing_scope(actor, today), mine.organisation_id):
        raise NotPossible(_("whoever answers for the branch does not confirm its deed: the township does"))
    said = rules.screened(words, LONGEST_LINE) if act == "send_back" else ""
    mine.state = DEEDS.next_state(mine.state, act, COMMUNITY)
    if mine.state == rules.CONFIRMED:
        mine.confirmed, mine.confirmed_by = today, actor
    else:
        mine.reported = None
    return _stepped(mine, act, actor, now, said)


def _stepped(mine: Deed, act: str, actor: Account, now: datetime, words: str) -> Deed:
    mine.save()
    DeedLine.objects.create(deed=mine, act=act, words=words, on=localdate(now), by=actor)
    _note(f"{act}_deed", mine, actor, now)
    return mine


def _locked(deed: Deed) -> Deed:
    found: Deed = Deed.objects.select_for_update().get(pk=deed.pk)
    return found


def _note(act: str, deed: Deed, actor: Account, now: datetime) -> None:
    record(actor=actor, act=f"wishes.{act}", subject=f"organisation:{deed.organisation_id}",
           path=path_of(deed.unit_id, now), now=now, after={"deed": deed.title, "standing": deed.state})  # fmt: skip
