"""The facts of grids and matters as SQL: one query for each item, all branches at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date


def _homes(last: date) -> str:
    return (f"SELECT organisation_id, unit_id FROM organisations_organisationstate "
            f"WHERE since <= '{last}' AND (until IS NULL OR until >= '{last}')")  # fmt: skip


def _last(year: int, until: date) -> date:
    return min(date(year, 12, 31), until)


def presence(year: int, until: date) -> str:
    """Grids with a branch or a Party group, of the grids of the unit that a branch serves."""
    last = _last(year, until)
    return f"""
        SELECT h.organisation_id,
               SUM(CASE WHEN g.organisation_id IS NOT NULL OR g.group_id IS NOT NULL THEN 1 ELSE 0 END), COUNT(*)
        FROM matters_grid g JOIN ({_homes(last)}) h ON h.unit_id = g.unit_id
        WHERE g.since <= '{last}' AND (g.until IS NULL OR g.until >= '{last}') GROUP BY h.organisation_id"""


def taken(year: int, until: date) -> str:
    """Matters confirmed by the asker or a call-back and closed in time, of those that were not merged."""
    good = "m.ending IN ('confirmed', 'called') AND m.closed_on <= m.ends"
    return _matters(year, until, good, "1 = 1")


def passed_on(year: int, until: date) -> str:
    """Matters closed, however, of those that were passed upward."""
    upward = "EXISTS (SELECT 1 FROM matters_step s WHERE s.matter_id = m.id AND s.act = 'escalate')"
    return _matters(year, until, "m.ending IN ('confirmed', 'handed', 'called', 'unconfirmed', 'not_fixed')", upward)


def _matters(year: int, until: date, done: str, asked: str) -> str:
    last, on = _last(year, until), 'm."on"'
    return f"""
        SELECT h.organisation_id, SUM(CASE WHEN {done} AND m.closed_on <= '{last}' THEN 1 ELSE 0 END), COUNT(*)
        FROM matters_matter m JOIN ({_homes(last)}) h ON h.unit_id = m.unit_id
        WHERE {on} >= '{year}-01-01' AND {on} <= '{last}' AND m.state <> 'merged' AND {asked}
        GROUP BY h.organisation_id"""


CHECKS: dict[str, Callable[[int, date], str]] = {
    "grid_party_presence": presence, "grid_matters": taken, "grid_passed_on": passed_on,
}  # fmt: skip
"""By item the query for a year, as far as it is over on a day."""
