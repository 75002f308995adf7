"""Two looks at one branch: neither is told before both are in, by no page, file, run or entry of the ledger.

A second look is awaited in the phases that `rulebook/visits.yaml` names; when they are over the look that was made
stands alone, and the other one is no longer taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q

from baolei.programme.visit import Agreement, agreement
from baolei.scores.models import Visit
from baolei.warehouse.rulebook import visits as rules


def apart() -> Q:
    """The condition on a visit that the other look at the same branch is still awaited: what it found stays closed."""
    other = Visit.objects.filter(declaration=OuterRef("declaration"), on=None).exclude(pk=OuterRef("pk"))
    return Q(Exists(other), declaration__round__phase__in=rules().second_looks)


def other_look(visit: Visit) -> Visit | None:
    """The other look at the same branch, None where it is looked at once."""
    found: Visit | None = Visit.objects.filter(declaration=visit.declaration_id).exclude(pk=visit.pk).first()
    return found


def other_looks(visits: Iterable[Visit]) -> dict[int, Visit]:
    """The other look of each of these visits (pks) that has one; one question whatever their number."""
    asked = list(visits)
    both = Visit.objects.filter(declaration__in=[one.declaration_id for one in asked])
    found: dict[int, list[Visit]] = {}
    for one in both:
        found.setdefault(one.declaration_id, []).append(one)
    return {
        one.pk: other for one in asked for other in found[one.declaration_id] if other.pk != one.pk
    }  # fmt: skip


def awaits_second(visit: Visit) -> bool:
    """Whether the round is in a phase in which a second look may come in."""
    return visit.declaration.round.phase in rules().second_looks


def agreed(visits: Any) -> Agreement | None:
    """How far the judgements of first and second looks agree among these visits (a queryset), 0-100; None for none.

    Only pairs of which both are in.
    """
    both = visits.filter(overall__isnull=False).exclude(apart())
    found: dict[int, dict[bool, int]] = {}
    for declaration, wave, overall in both.order_by().values_list("declaration_id", "wave", "overall"):
        found.setdefault(declaration, {})[wave == Visit.DOUBLE] = overall
    return agreement(_pairs(found.values()))


def _pairs(found: Iterable[dict[bool, int]]) -> Iterable[tuple[float, float]]:
    return [(one[False] / 100, one[True] / 100) for one in found if len(one) == 2]
