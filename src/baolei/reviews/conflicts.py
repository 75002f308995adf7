"""Conflicts of interest 回避: what the records say that ties a reviewer to a branch; the proof that nothing does."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from baolei.declarations.models import Declaration
from baolei.declarations.part import took_part
from baolei.organisations.ties import Ties, ties
from baolei.people.models import Account
from baolei.programme.review import Conflict, excluded
from baolei.reviews.models import Decision, Opinion
from baolei.warehouse.rulebook import review


@dataclass(frozen=True, slots=True)
class Checked:
    """What came out: the conflict, None without one, and the proof of what was looked up on which day."""

    conflict: Conflict | None
    proof: dict[str, Any]


def checked(
    person: Account, declarations: Iterable[Declaration], today: date, steps: Collection[int] = ()
) -> dict[int, Checked]:
    """Whether a person may judge each of these declarations, by declaration; `steps` (pks) are those at hand: opinions
    given there are no earlier part. Six questions to the database whatever their number.
    """
    mine = {one.pk: one for one in declarations}
    found = _ties(person, mine, steps)
    return {pk: _judged(found[pk], str(one.organisation_id), today) for pk, one in mine.items()}


def _judged(ties: Ties, branch: str, today: date) -> Checked:
    rules = review()
    conflict = excluded(ties.posts, ties.memberships, branch, today, rules, took_part=ties.part)
    proof = {
        "on": today.isoformat(), "rules": rules.since.isoformat(), "asked": [one.code for one in rules.conflicts],
        "memberships": len(ties.memberships), "posts": len(ties.posts), "part": ties.part,
        "found": conflict.code if conflict else "",
    }  # fmt: skip
    return Checked(conflict, proof)


def _ties(person: Account, mine: dict[int, Declaration], steps: Collection[int]) -> dict[int, Ties]:
    of = {one.organisation_id: pk for pk, one in mine.items()}
    held = ties(person, of)
    found = {pk: held[organisation] for organisation, pk in of.items()}
    for pk in took_part(person, mine.values()) | _judged_before(person, mine, steps):
        found[pk].part = True
    return found


def _judged_before(person: Account, mine: dict[int, Declaration], steps: Collection[int]) -> set[int]:
    """The declarations that this person judged at another step."""
    judged = Q(step__declaration__in=list(mine)) & ~Q(step__in=steps)
    found = set(Opinion.objects.filter(judged, person=person).values_list("step__declaration", flat=True))
    return found | set(Decision.objects.filter(judged, by=person).values_list("step__declaration", flat=True))
