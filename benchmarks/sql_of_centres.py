"""What looks at centres and points tell, as SQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sql_words as words
from sql_words import day


def looks(kind: str) -> Callable[[int, date], str]:
    """Looks of the year at centres (or points) of the unit where a branch is at home on the last day; open ones."""

    def check(year: int, until: date) -> str:
        first, last = map(day, words.so_far(year, until))
        return f"""
        SELECT branch.organisation_id, {words.many("one.open")}, COUNT(*) FROM centres_look one
        JOIN centres_centre centre ON centre.id = one.centre_id AND centre.kind = '{kind}'
        JOIN organisations_organisationstate branch ON branch.unit_id = centre.unit_id
        WHERE one.day BETWEEN {first} AND {last} AND {words.stands("branch", last)} GROUP BY branch.organisation_id"""

    return check


CHECKS: dict[str, Callable[[int, date], str]] = {
    "service_circle": looks("point"), "centre_open": looks("centre"), "park_centre_open": looks("centre"),
}  # fmt: skip
