"""How the two posts of a village stand: secretary of its Party organisation, and head of its committee (一肩挑)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from baolei.organisations.models import Post, VillageHead
from baolei.programme.organisation.levels import LEVELS
from baolei.warehouse.rulebook import structure

VILLAGE = len(LEVELS)
FEW = 500
"""So many organisations are asked for by number."""


def leading() -> Q:
    """The condition that an organisation at the level of a village leads it: its branch, or one above branches."""
    return Q(field="") | Q(field__in=structure().villages)


@dataclass(frozen=True, slots=True)
class Village:
    """The two posts of a village on a day: whether each is filled, and whether one person holds both."""

    secretary: bool
    head: bool
    one: bool

    @property
    def filled(self) -> bool:
        """Whether both posts are filled."""
        return self.secretary and self.head


def villages(day: date, homes: Iterable[int], organisations: Any) -> dict[int, Village]:
    """How the two posts of villages stand on a day, by unit; three questions whatever their number.

    `homes` are the units (pk), `organisations` the states of that day that may serve them. A village that no
    organisation leads has no secretary, and of its head nothing is known; it is not told to be vacant.
    """
    serving = organisations.filter(leading()).order_by()
    unit_of = dict(serving.values_list("organisation_id", "unit_id"))
    many = len(unit_of) > FEW
    here = {"organisation__in": serving.values("organisation") if many else list(unit_of)}
    posts = Post.objects.on(day).filter(kind=Post.SECRETARY, **here).order_by()
    secretary = {row[0]: row[1:] for row in posts.values_list("organisation_id", "holder_id", "village_head")}
    noted = VillageHead.objects.on(day).filter(**({} if many else here)).order_by()
    head = {row[0]: row[1:] for row in noted.values_list("organisation_id", "holder_id", "vacant")}
    found = dict.fromkeys(homes, Village(False, True, False))
    for organisation in (secretary.keys() | head.keys()) & unit_of.keys():
        unit = unit_of[organisation]
        if unit in found:
            found[unit] = _with(found[unit], secretary.get(organisation), head.get(organisation))
    return found


def _with(before: Village, secretary: tuple[int, bool] | None, head: tuple[int | None, bool] | None) -> Village:
    """A village with what another organisation that leads it tells."""
    vacant = head is not None and head[1]
    one = secretary is not None and (secretary[1] if head is None else secretary[0] == head[0])
    return Village(before.secretary or secretary is not None, before.head and not vacant, before.one or one)
