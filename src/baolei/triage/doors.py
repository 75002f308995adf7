"""Who sees which sorted branches and candidates: whoever sees the declarations. Everybody who sees a round may know how
many stand where, unit by unit, where nobody can be told from it.

Who leads the round sorts it; who answers for the branch from above decides; the branch answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count
from django.db.models.functions import Substr

from baolei.declarations import doors
from baolei.organisations.doors import Scope
from baolei.organisations.models import WIDTH
from baolei.programme.triage import CLASSES
from baolei.programme.visibility import hidden, least
from baolei.triage.models import Candidate, Sorted, Sorting
from baolei.warehouse.rulebook import visibility

Counts = dict[str, Mapping[str, int | None]]
"""By path of a unit how many stand in each class; None for a cell that is closed."""


def branches(scope: Scope) -> Any:
    """The sorted branches of a scope."""
    return _mine(Sorted.objects.standing().select_related("declaration__round", "sorting"), scope)


def candidates(scope: Scope) -> Any:
    """The situations that were raised of the branches of a scope."""
    return _mine(Candidate.objects.select_related("declaration__round", "sorting"), scope)


def _mine(found: Any, scope: Scope) -> Any:
    return found if scope.whole else found.filter(declaration__in=doors.declarations(scope).values("pk"))


def counts(found: Any, path: str) -> Counts:
    """How many sorted branches, of those found, stand where in each unit right below a path (or in itself)."""
    numbers: dict[str, dict[str, int]] = {}
    at = found.order_by().annotate(at=Substr("declaration__path", 1, len(path) + WIDTH))
    for unit, code, number in at.values_list("at", "stands").annotate(Count("pk")):
        numbers.setdefault(unit, dict.fromkeys(CLASSES, 0))[code] = number
    return dict(numbers)


def counts_for_all(sorting: Sorting) -> Counts:
    """The same for the whole round, for whoever sees it: only units of so many branches that nobody is told from it,
    and in them no small cell, nor one from which a small one could be worked out.
    """
    fewest, found = least(visibility()), counts(Sorted.objects.standing().filter(sorting=sorting), sorting.round.path)
    return {unit: _closed(cells, fewest) for unit, cells in found.items() if sum(_open(cells).values()) >= fewest}


def _open(cells: Mapping[str, int | None]) -> dict[str, int]:
    return {code: number or 0 for code, number in cells.items()}


def _closed(cells: Mapping[str, int | None], fewest: int) -> Mapping[str, int | None]:
    shut = hidden(_open(cells), fewest)
    return {code: None if code in shut else number for code, number in cells.items()}
