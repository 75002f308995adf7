"""A branch and a community pair: the branch records it, the community agrees."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.organisations.doors import held_by, writing_scope
from baolei.organisations.models import Organisation, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import wishes as rules
from baolei.programme.wishes import BRANCH, COMMUNITY, PAIRED, PAIRED_UP, PAIRING
from baolei.wishes import doors
from baolei.wishes.models import Pairing
from baolei.wishes.walk import at_desk, path_of


def branch_held(actor: Account, organisation: int, now: datetime) -> OrganisationState:
    """The branch as it stands today, for whoever answers for it. Raises NotPossible for anybody else."""
    today = localdate(now)
    state: OrganisationState | None = OrganisationState.objects.on(today).filter(organisation=organisation).first()
    if state is None or not doors.is_branch(state, today) or not held_by(writing_scope(actor, today), organisation):
        raise NotPossible(_("this is done by the secretary of the branch, or by the committee above it"))
    return state


@transaction.atomic
def propose(*, actor: Account, now: datetime, organisation: int, unit: int) -> Pairing:
    """Record that a branch pairs with a community, which then agrees or does not. Raises Refusal."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation)
    state = branch_held(actor, organisation, now)
    if doors.home_of(unit, localdate(now)) is None:
        raise NotPossible(_("a branch pairs with a community or village: choose one"))
    if state.unit_id == unit:
        raise NotPossible(_("the branch is at home there already: pair it with another community"))
    if Pairing.objects.filter(organisation=organisation, unit=unit, state__in=PAIRED_UP).exists():
        raise NotPossible(_("they are paired already, or the community has not answered yet"))
    made: Pairing = Pairing.objects.create(
        organisation_id=organisation, unit_id=unit, proposed=localdate(now), by=actor
    )
    _note("pair", made, actor, now)
    return made


@transaction.atomic
def answer(*, actor: Account, now: datetime, pairing: Pairing, act: str) -> Pairing:
    """Agree to a pairing, or do not, at the desk of the community; not whoever recorded it. Raises Refusal."""
    mine = _locked(pairing)
    at_desk(actor, mine.unit_id, localdate(now))
    rules.two_persons([mine.by_id], actor.pk)
    mine.state = PAIRING.next_state(mine.state, act, COMMUNITY)
    mine.decided, mine.decided_by = localdate(now), actor
    if mine.state != PAIRED:
        mine.ended = localdate(now)
    mine.save()
    _note(act, mine, actor, now)
    return mine


@transaction.atomic
def part(*, actor: Account, now: datetime, pairing: Pairing) -> Pairing:
    """End a pairing, or take it back, for the branch. Raises Refusal."""
    mine = _locked(pairing)
    branch_held(actor, mine.organisation_id, now)
    mine.state, mine.ended = PAIRING.next_state(mine.state, "part", BRANCH), localdate(now)
    mine.save()
    _note("part", mine, actor, now)
    return mine


@transaction.atomic
def end(*, actor: Account, now: datetime, pairing: Pairing) -> Pairing:
    """End a pairing for the community. Raises Refusal."""
    mine = _locked(pairing)
    at_desk(actor, mine.unit_id, localdate(now))
    mine.state, mine.ended = PAIRING.next_state(mine.state, "end", COMMUNITY), localdate(now)
    mine.save()
    _note("part", mine, actor, now)
    return mine


def _locked(pairing: Pairing) -> Pairing:
    found: Pairing = Pairing.objects.select_for_update().get(pk=pairing.pk)
    return found


def _note(act: str, one: Pairing, actor: Account, now: datetime) -> None:
    record(actor=actor, act=f"wishes.{act}", subject=f"organisation:{one.organisation_id}",
           path=path_of(one.unit_id, now), now=now, after={"pairing": one.pk, "standing": one.state})  # fmt: skip
