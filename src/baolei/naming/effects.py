"""What is done with effects and support: a branch tells, somebody above it looks into it; a superior enters what it
gave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.naming.effect_models import Effect, Support
from baolei.naming.models import Demonstration
from baolei.organisations import doors
from baolei.organisations.doors import writing_scope
from baolei.organisations.models import OrganisationState, Unit
from baolei.organisations.units import NotPossible, standing_on
from baolei.people.models import Account
from baolei.programme import effects as rules
from baolei.programme.organisation.levels import LEVELS
from baolei.warehouse.rulebook import effects as effect_rules


@dataclass(frozen=True, slots=True)
class Told:
    """What a branch tells: kind, year, number (of a whole, for a share), how it came about, with which honour."""

    kind: str
    year: int
    part: int
    whole: int | None
    words: str
    honour: Demonstration | None = None


@transaction.atomic
def tell(*, actor: Account, now: datetime, organisation: OrganisationState, told: Told, why: str) -> Effect:
    """Tell an effect of a year for one's own branch. Raises Refusal."""
    today = localdate(now)
    if not doors.held_by(writing_scope(actor, today), organisation.organisation_id):
        raise NotPossible(_("an effect is told by the branch itself"))
    rules.may_be_told(effect_rules().effects[told.kind], organisation.field, told.part, told.whole)
    if told.year > today.year:
        raise NotPossible(_("%(year)s is not over yet: enter this year or one before it") % {"year": told.year})
    if not told.words.strip():
        raise NotPossible(_("say in one sentence how it came about"))
    there = Effect.objects.filter(organisation=organisation.organisation_id, kind=told.kind, year=told.year,
                                  state__in=[Effect.TOLD, Effect.CONFIRMED])  # fmt: skip
    if there.exists():
        raise NotPossible(_("for this year it has been told already: take that back first"))
    if told.honour and told.honour.lead_id != organisation.organisation_id:
        raise NotPossible(_("this honour is held by another branch"))
    mine: Effect = Effect.objects.create(
        organisation_id=organisation.organisation_id, path=doors.home_path(organisation), kind=told.kind,
        year=told.year, part=told.part, whole=told.whole, words=told.words.strip(), honour=told.honour, told_on=today,
        told_by=actor,
    )  # fmt: skip
    _recorded("naming.tell_effect", mine, actor, now, why, {"effect": told.kind, "year": told.year})
    return mine


@transaction.atomic
def check(*, actor: Account, now: datetime, effect: Effect, confirmed: bool, how: str, why: str) -> Effect:
    """Look into what a branch told, from above it: confirmed, or not. Raises Refusal."""
    mine, today = _open(effect, Effect.TOLD), localdate(now)
    state = OrganisationState.objects.on(today).filter(organisation=mine.organisation_id).first()
    if state is None or not doors.from_above(writing_scope(actor, today), state) or mine.told_by_id == actor.pk:
        raise NotPossible(_("it is looked into by somebody above the branch, not by who told it"))
    if not how.strip():
        raise NotPossible(_("say how it was looked into: which record, which visit"))
    mine.state = Effect.CONFIRMED if confirmed else Effect.REFUSED
    mine.checked_on, mine.checked_by, mine.checked_how = today, actor, how.strip()
    mine.save()
    _recorded("naming.check_effect", mine, actor, now, why, {"effect": mine.kind, "valid": confirmed})
    return mine


@transaction.atomic
def take_back(*, actor: Account, now: datetime, effect: Effect, why: str) -> Effect:
    """Take back what one's own branch told and nobody has looked into yet. Raises Refusal."""
    mine = _open(effect, Effect.TOLD)
    if not doors.held_by(writing_scope(actor, localdate(now)), mine.organisation_id):
        raise NotPossible(_("it is taken back by the branch itself"))
    mine.state = Effect.WITHDRAWN
    mine.save()
    _recorded("naming.take_effect_back", mine, actor, now, why, {"effect": mine.kind})
    return mine


def _open(effect: Effect, state: str) -> Effect:
    mine: Effect = Effect.objects.select_for_update().get(pk=effect.pk)
    if mine.state != state:
        raise NotPossible(_("it has been decided in the meantime"))
    return mine


@dataclass(frozen=True, slots=True)
class Given:
    """What a superior gave: kind, sum in yuan for money, what, under which document, on which day."""

    kind: str
    yuan: int | None
    words: str
    document: str
    on: date


@transaction.atomic
def give_support(
    *, actor: Account, now: datetime, unit: Unit, organisation: OrganisationState, given: Given, why: str
) -> Support:
    """Enter what a unit gave a Party organisation of its part of the tree. Raises Refusal."""
    today = localdate(now)
    state = standing_on(unit, today)
    scope = writing_scope(actor, today)
    if not scope.holds(state.path):
        raise NotPossible(_("You do not answer for %(unit)s") % {"unit": state.name})
    home = doors.home_path(organisation)
    if not home.startswith(state.path):
        raise NotPossible(_("%(name)s is not below %(unit)s") % {"name": organisation.name, "unit": state.name})
    rules.may_be_given(effect_rules().supports[given.kind], given.yuan)
    if given.on > today:
        raise NotPossible(_("the day lies ahead: enter it when it has been given"))
    mine: Support = Support.objects.create(
        unit=unit, level=LEVELS[state.level - 1].code, path=home, organisation_id=organisation.organisation_id,
        kind=given.kind, yuan=given.yuan, words=given.words.strip(), document=given.document.strip(), on=given.on,
        entered=today, by=actor,
    )  # fmt: skip
    _recorded("naming.give_support", mine, actor, now, why, {"support": given.kind, "yuan": given.yuan})
    return mine


@transaction.atomic
def strike_support(*, actor: Account, now: datetime, support: Support, why: str) -> Support:
    """Strike what was entered in error. Raises Refusal."""
    mine: Support = Support.objects.select_for_update().get(pk=support.pk)
    today = localdate(now)
    if not writing_scope(actor, today).holds(standing_on(mine.unit, today).path):
        raise NotPossible(_("it is struck by whoever answers for the unit that gave it"))
    if mine.struck_on:
        raise NotPossible(_("it has been struck already"))
    mine.struck_on = today
    mine.save()
    _recorded("naming.strike_support", mine, actor, now, why, {"support": mine.kind, "yuan": mine.yuan})
    return mine


def _recorded(
    act: str, mine: Effect | Support, actor: Account, now: datetime, why: str, after: dict[str, object]
) -> None:
    record(actor=actor, act=act, subject=f"organisation:{mine.organisation_id}", path=mine.path, now=now, why=why,
           after=after)  # fmt: skip
