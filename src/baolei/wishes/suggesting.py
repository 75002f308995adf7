"""Which wishes stand first on the page of which member: matched anew each night, for everybody at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Count, Q

from baolei.organisations.models import UnitState
from baolei.organisations.pouring import pour
from baolei.programme import wishes as rules
from baolei.programme.matching import ANY, RINGS, Members, Wishes, suggest
from baolei.warehouse.rulebook import wishes as wish_rules
from baolei.wishes.doors import BANNER_PATH, TOWNSHIP_PATH
from baolei.wishes.models import Claim, Matched, Registration, Suggestion, Wish


@transaction.atomic
def match(today: date) -> int:
    """Suggest the wishes that are open to members, in the place of what was suggested before; how many suggestions."""
    homes = _Homes(today)
    wishes, members = _wishes(homes, today), _members(homes, today)
    rule = wish_rules()
    found = suggest(wishes, members, per_wish=rule.number("per_wish"), most=rule.number("most_suggested"))
    Suggestion.objects.all().delete()
    rows = zip(wishes.number[found.wish].tolist(), members.number[found.member].tolist(),
               (RINGS[one] for one in found.ring), strict=True)  # fmt: skip
    pour(Suggestion, ("wish_id", "registration_id", "ring"), rows)
    Matched.objects.exclude(day=today).delete()
    Matched.objects.update_or_create(day=today, defaults={
        "wishes": len(wishes.number), "members": len(members.number), "suggestions": len(found),
    })  # fmt: skip
    return len(found)


class _Homes:
    """Communities by number (pk) with numbers for themselves, their township and their banner."""

    def __init__(self, today: date) -> None:
        self.of: dict[int, tuple[int, int, int]] = {}
        numbers: dict[str, int] = {}
        found = UnitState.objects.on(today).filter(level=5).order_by("path").values_list("unit", "path")
        for unit, path in found.iterator():
            self.of[unit] = (unit, *(numbers.setdefault(path[:width], len(numbers))
                                     for width in (TOWNSHIP_PATH, BANNER_PATH)))  # fmt: skip


def _columns(rows: Iterable[tuple[int, ...]], width: int) -> Any:
    return np.array(list(rows), np.int64).reshape(-1, width).T


def _wishes(homes: _Homes, today: date) -> Wishes:
    codes = {code: number for number, code in enumerate(wish_rules().skills)}
    found = Wish.objects.filter(state=rules.LIT).order_by("pk").values_list("pk", "unit", "skill", "lit")
    return Wishes(*_columns(((pk, *homes.of[unit], codes.get(skill, ANY), (today - lit).days)
                             for pk, unit, skill, lit in found.iterator() if unit in homes.of), 6))  # fmt: skip


def _members(homes: _Homes, today: date) -> Members:
    """Those who are registered, with what they have in hand; what they have done lately plays no part."""
    codes = {code: number for number, code in enumerate(wish_rules().skills)}
    in_hand = Count("claims", filter=Q(claims__state__in=Claim.IN_HAND))
    found = Registration.objects.filter(ended=None, until__gte=today).annotate(in_hand=in_hand).order_by("pk")
    told = [(pk, homes.of[unit], skills, load)
            for pk, unit, skills, load in found.values_list("pk", "unit", "skills", "in_hand").iterator()
            if unit in homes.of]  # fmt: skip
    pairs = [(place, codes[skill]) for place, (*_rest, skills, _load) in enumerate(told) for skill in skills
             if skill in codes]  # fmt: skip
    people = _columns(((pk, *home, load) for pk, home, _skills, load in told), 5)
    return Members(*people, *_columns(pairs, 2))
