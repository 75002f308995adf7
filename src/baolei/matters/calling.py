"""Call-backs: of what its asker has not confirmed, or only with a code that staff held, a sample is drawn, and the
township asks; whoever entered or handled a matter does not.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.ledger.models import Head
from baolei.matters import doors
from baolei.matters.models import Call, Draw, Matter
from baolei.matters.walk import by_person, locked, step
from baolei.organisations.models import WIDTH, UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import matters as rules
from baolei.programme.matters import CALLED_BACK
from baolei.warehouse.rulebook import matters as matter_rules

WEEK = timedelta(days=7)


def last_week(today: date) -> date:
    """The Monday of the week before."""
    return today - timedelta(days=today.weekday()) - WEEK


def draw_all(*, now: datetime) -> int:
    """Draw for each township of what was closed last week and the asker has not confirmed; how many are called back.
    Once a week.
    """
    week = last_week(localdate(now))
    pools = _pools(week, localdate(now))
    drawn = set(Draw.objects.filter(week=week, unit__in=pools).values_list("unit", flat=True))
    return sum(_draw(unit, week, pool, now) for unit, pool in sorted(pools.items()) if unit not in drawn)


def _pools(week: date, today: date) -> dict[int, list[tuple[int, bool]]]:
    """By township the matters closed so in a week, and whether each left a contact."""
    found = Matter.objects.filter(state__in=CALLED_BACK, closed_on__gte=week, closed_on__lt=week + WEEK)
    rows = list(found.order_by("pk").values_list("pk", "unit", "contact"))
    paths = dict(UnitState.objects.on(today).filter(unit__in={row[1] for row in rows}).values_list("unit", "path"))
    towns = dict(UnitState.objects.on(today).filter(level=doors.CALLS_AT).values_list("path", "unit"))
    pools: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for number, unit, contact in rows:
        town = towns.get(paths.get(unit, "")[: WIDTH * doors.CALLS_AT])
        if town is not None:
            pools[town].append((number, bool(contact)))
    return pools


@transaction.atomic
def _draw(unit: int, week: date, pool: list[tuple[int, bool]], now: datetime) -> int:
    numbers = [number for number, reachable in pool if reachable]
    seed = seed_of(unit, week)
    made: Draw = Draw.objects.create(
        unit_id=unit, week=week, seed=seed, numbers=numbers, digest=rules.digest(map(str, numbers)),
        without=len(pool) - len(numbers), on=localdate(now),
    )  # fmt: skip
    chosen = rules.drawn(seed, numbers, rules.sample_size(len(numbers), matter_rules()))
    Call.objects.bulk_create(Call(draw=made, matter_id=number) for number in chosen)
    record(actor=None, act="matters.draw", subject=f"unit:{unit}", path=doors.path_of(unit), now=now,
           after={"week": week.isoformat(), "seed": seed, "drawn_from": len(numbers), "sha256": made.digest,
                  "drawn": len(chosen)})  # fmt: skip
    return len(chosen)


def seed_of(unit: int, week: date) -> str:
    """A seed that nobody knew before: made of the last entry of the ledger as it stands now."""
    head = Head.objects.filter(pk=1).first()
    return sha256(f"{head.last if head else ''}|{unit}|{week.isoformat()}".encode()).hexdigest()


def proved(draw: Draw) -> bool:
    """Whether a draw comes out the same once more."""
    wanted = rules.sample_size(len(draw.numbers), matter_rules())
    again = set(rules.drawn(draw.seed, draw.numbers, wanted))
    same: set[int] = set(draw.calls.values_list("matter", flat=True))
    return again == same and draw.digest == rules.digest(map(str, draw.numbers))


@transaction.atomic
def call(*, actor: Account, now: datetime, call: Call, outcome: str) -> Matter:
    """Enter what the asker said when called back, or that nobody was reached. Raises Refusal for whoever handled the
    matter, and where it has gone on meanwhile.
    """
    one: Call = Call.objects.select_for_update().get(pk=call.pk)
    mine = locked(one.matter)
    if one.outcome:
        raise NotPossible(_("this call-back was entered on %(day)s") % {"day": one.on})
    acts = {Call.YES: "call_yes", Call.NO: "call_no"}
    if outcome not in (*acts, Call.NOBODY):
        raise NotPossible(_("fixed, not fixed, or nobody reached"))
    doing = by_person(actor, now, mine, acts.get(outcome, "call_yes"))
    one.outcome, one.on, one.by = outcome, localdate(now), actor
    one.save()
    if outcome in acts:
        return step(mine, acts[outcome], doing)
    record(actor=actor, act="matters.call", subject=f"matter:{mine.pk}", path=doors.path_of(mine.unit_id), now=now,
           after={"reached": False})  # fmt: skip
    return mine


def waiting(units: Any) -> Any:
    """The call-backs that wait at some units: drawn, not called, the matter still not confirmed by its asker."""
    found = Call.objects.filter(draw__unit__in=units, outcome="", matter__state__in=CALLED_BACK)
    return found.select_related("matter__grid", "draw").order_by("draw__week", "pk")
