"""Posts and terms of every unit, counted by the look through each night: how many, of how many; persons in bands.

What is kept of a unit and all below it (`UnitCount.posts`), zeros left out: `terms` on record, `ending` soon; posts of
`secretaries` and committees (`committees`) that the set-up rules ask for; of `villages` those with both posts `filled`,
`one_hand` by one person, with `no_secretary`, with `no_head`; `holders` of posts, each person once, and by age
(`age:to35`) and education (`education:college`). Overdue terms and vacancies stand in `findings` and `excused`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from baolei.organisations.audit import Audited
from baolei.organisations.models import OrganisationState, Post, UnitState
from baolei.organisations.villages import VILLAGE, villages
from baolei.programme.organisation.periods import months_later
from baolei.programme.organisation.rules import SetupRules
from baolei.warehouse.rulebook import structure

Ints = npt.NDArray[np.int64]
REMINDER = "term_reminder_months"
AGE, EDUCATION = "age:", "education:"


def soon(day: date, rules: SetupRules) -> date:
    """The last day on which a term ends that is warned of on a day."""
    return months_later(day, rules.number(REMINDER))


def columns(seen: Audited, units: Ints, home: Ints, day: date, rules: SetupRules) -> dict[str, Ints]:
    """For each figure how many at each unit itself, int64 [units]. `home` [organisations] is the place of the unit that
    an organisation serves among `units`.
    """
    found = {name: np.bincount(home, weights=column, minlength=len(units)).astype(np.int64)
             for name, column in _of_organisations(seen, day, rules).items()}  # fmt: skip
    return found | _of_villages(units, day) | _of_holders(seen, units, home, day)


def _of_organisations(seen: Audited, day: date, rules: SetupRules) -> dict[str, npt.NDArray[np.bool_]]:
    kind, ends = seen.figures["kind"], seen.figures["term_end"]
    full = seen.figures["full_members"]

    def of(flag: str) -> npt.NDArray[np.bool_]:
        return np.isin(kind, list(rules.flags[flag].kinds))

    terms = of("term_overdue") & ~np.isnat(ends)
    return {
        "terms": terms,
        "ending": terms & (ends >= np.datetime64(day)) & (ends <= np.datetime64(soon(day, rules))),
        "secretaries": of("secretary_vacant"),
        "committees": of("committee_missing") & (full >= rules.number("committee_from_full_members")),
    }


def _of_villages(units: Ints, day: date) -> dict[str, Ints]:
    homes = UnitState.objects.on(day).filter(level=VILLAGE).order_by()
    there = list(homes.values_list("unit_id", flat=True))
    serving = OrganisationState.objects.on(day).filter(unit__in=homes.values("unit"))
    place = {unit: at for at, unit in enumerate(units.tolist())}
    names = ("villages", "filled", "one_hand", "no_secretary", "no_head")
    found = {name: np.zeros(len(units), dtype=np.int64) for name in names}
    for unit, one in villages(day, there, serving).items():
        told = (True, one.filled, one.filled and one.one, not one.secretary, not one.head)
        for name, said in zip(names, told, strict=True):
            found[name][place[unit]] = said
    return found


def _of_holders(seen: Audited, units: Ints, home: Ints, day: date) -> dict[str, Ints]:
    """Each holder of posts once, where the first of the posts stands."""
    rows: Any = Post.objects.on(day).order_by("holder_id", "pk").values_list(
        "holder_id", "organisation_id", "holder__birth_year", "holder__education"
    )  # fmt: skip
    at = {organisation: int(place) for organisation, place in zip(seen.organisation.tolist(), home, strict=True)}
    wanted = structure()
    names = ["holders", *(f"{AGE}{code}" for code, _name, _to in wanted.ages),
             *(f"{EDUCATION}{code}" for code in wanted.education)]  # fmt: skip
    found = {name: np.zeros(len(units), dtype=np.int64) for name in names}
    last = None
    for holder, organisation, born, education in rows.iterator(chunk_size=5_000):
        if holder == last or organisation not in at:
            continue
        last, place = holder, at[organisation]
        found["holders"][place] += 1
        if band := _band(born, day):
            found[f"{AGE}{band}"][place] += 1
        if education in wanted.education:
            found[f"{EDUCATION}{education}"][place] += 1
    return found


def _band(born: int | None, day: date) -> str:
    """The age band of somebody in the year of the day; '' where the year of birth is not known."""
    if born is None:
        return ""
    return next((code for code, _name, to in structure().ages if day.year - born <= to), "")
