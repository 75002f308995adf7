"""The units of the whole region for benchmarks that need no organisation: five levels, each below the one its number
falls under; accounts with a mandate there.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

LEVELS = (1, 12, 108, 1_225, 14_592)
LONG_AGO = date(2020, 1, 1)


def grown(scale: float) -> list[tuple[int, str]]:
    """Grow a tree at a scale: number and path of each village."""
    from baolei.organisations.models import Unit, UnitState, segment_of

    above: list[tuple[int, str]] = []
    for level, number in enumerate(LEVELS, 1):
        many = max(1, round(number * scale)) if level > 1 else 1
        units = Unit.objects.bulk_create(Unit() for _one in range(many))
        found, rows = [], []
        for place, unit in enumerate(units):
            at = above[place * len(above) // many] if above else None
            path = (at[1] if at else "") + segment_of(unit.pk)
            found.append((unit.pk, path))
            rows.append(UnitState(unit=unit, code=f"{level}{place:06}", name=f"{level}级{place}", level=level,
                                  above_id=at[0] if at else None, path=path, since=LONG_AGO))  # fmt: skip
        UnitState.objects.bulk_create(rows, batch_size=5_000)
        above = found
    return above


def account(role: str, path: str) -> Any:
    """Somebody with a role at a unit."""
    from baolei.people.models import Account, InTree, Mandate

    made = Account.objects.create(username=role, name=role)
    Mandate.objects.create(account=made, role=role, tree=InTree.UNIT, path=path, title=role, since=LONG_AGO,
                           approved_at=datetime.combine(LONG_AGO, datetime.min.time(), UTC))  # fmt: skip
    return made
