"""The facts of items once more, as SQL that was written apart from the rooms: what they say has to be the same.

One query for each item, for all branches at once: organisation, done, due. Days are written as the database wants them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

Facts = dict[int, tuple[int, int]]
CHECKS: dict[str, Callable[[int, date], str]] = {}


def checked(item: str, year: int, until: date) -> Facts:
    """What SQL says of an item, by organisation (pk)."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(CHECKS[item](year, until).replace("%", "%%"))
        return {int(organisation): (int(done), int(due)) for organisation, done, due in cursor.fetchall()}
