"""The facts of items once more, as SQL that was written apart from the rooms: what they say has to be the same.

One query for each item, for all branches at once: organisation, done, due. It is written from the rules, not from the
rooms' `facts.py`; where the two differ, one of them is wrong. `tests/test_evidence_sql.py` holds them together on small
mixed casts, `benchmarks/life.py` on a whole region.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sql_of_affairs
import sql_of_centres
import sql_of_life
import sql_of_matters
import sql_of_organisations
import sql_of_people
import sql_of_wishes

Facts = dict[int, tuple[int, int]]
CHECKS: dict[str, Callable[[int, date], str]] = {
    **sql_of_organisations.CHECKS, **sql_of_life.CHECKS, **sql_of_affairs.CHECKS, **sql_of_people.CHECKS,
    **sql_of_wishes.CHECKS,
    **sql_of_matters.CHECKS,
    **sql_of_centres.CHECKS,
}  # fmt: skip
"""By item the query for a year, as far as it is over on a day."""


def checked(item: str, year: int, until: date) -> Facts:
    """What SQL says of an item, by organisation (pk)."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(CHECKS[item](year, until))
        return {int(organisation): (int(done), int(due)) for organisation, done, due in cursor.fetchall()}
