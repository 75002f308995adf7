"""How a wish is led from state to state by the table: who may, the next state and its day, the ledger.

What a member does with a wish stands in the ledger without the member: it cannot be taken out of there again, and a
claim is nobody's any more once the wish is removed. Nor do the words of a wish ever stand there.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.organisations.doors import writing_scope
from baolei.organisations.models import UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import wishes as rules
from baolei.programme.wishes import COMMUNITY, STATES
from baolei.warehouse.rulebook import wishes as wish_rules
from baolei.warehouse.rulebook import workdays
from baolei.wishes import doors
from baolei.wishes.models import Claim, Wish


def locked(wish: Wish) -> Wish:
    """The wish as it stands, held until the act is through."""
    found: Wish = Wish.objects.select_for_update().get(pk=wish.pk)
    return found


def at_desk(actor: Account, unit: int, today: date) -> UnitState:
    """The community as it stands today, for whoever sits at its desk. Raises NotPossible for anybody else."""
    found: UnitState | None = doors.communities(writing_scope(actor, today)).filter(unit=unit).first()
    if found is None:
        raise NotPossible(_("this is done at the desk of the community"))
    return found


def claim_of(actor: Account, wish: Wish) -> Claim:
    """The claim that stands, for whoever made it. Raises NotPossible for anybody else."""
    member = doors.member_of(actor)
    found: Claim | None = wish.claims.filter(
        state__in=Claim.STANDING, registration__member=member, registration__member__isnull=False
    ).first()
    if found is None:
        raise NotPossible(_("this wish was not taken up by you"))
    return found


def step(wish: Wish, act: str, who: str, actor: Account | None, now: datetime, **changed: Any) -> Wish:
    """Lead a wish by an act into its next state: the row, and the entry of the ledger. Raises NotHere."""
    today, before = localdate(now), wish.state
    wish.state = STATES.next_state(before, act, who)
    for column, value in changed.items():
        setattr(wish, column, value)
    if wish.state == rules.LIT:
        wish.due = wish.until = _shown_until(wish, today)
    else:
        wish.due = rules.due(wish.state, today, wish_rules(), workdays())
    wish.ended = today if STATES.state(wish.state).final else None
    wish.save()
    if wish.state != rules.LIT:
        wish.suggestions.all().delete()
    put_on_record(act, wish, actor if who == COMMUNITY else None, now, {"standing": before}, {"standing": wish.state})
    return wish


def _shown_until(wish: Wish, today: date) -> date:
    """Given back after its term a wish has once more the days in which one is done."""
    return wish.until if wish.until > today else workdays().after(today, wish_rules().number("do_days"))


def put_on_record(act: str, wish: Wish, actor: Account | None, now: datetime, before: Any, after: Any) -> None:
    """Put an act upon a wish into the ledger, by its number, under its community."""
    record(actor=actor, act=f"wishes.{act}", subject=f"wish:{wish.pk}", path=path_of(wish.unit_id, now), now=now,
           before=before, after=after)  # fmt: skip


def path_of(unit: int, now: datetime) -> str:
    """The path of a community now; '' where it stands no more."""
    home = doors.home_of(unit, localdate(now))
    return home.path if home else ""
