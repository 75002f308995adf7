"""What wishes and deeds tell, in SQL. Written from `rulebook/wishes.yaml` and the items of the editions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sql_words as words
from sql_words import day


def _led(year: int, until: date) -> str:
    """Which organisation leads which community on the last day: its branch, or a committee over its branches."""
    from baolei.warehouse.rulebook import structure

    last = day(words.so_far(year, until)[1])
    return f"""
    led AS (SELECT state.organisation_id, state.unit_id
            FROM organisations_organisationstate state
            JOIN organisations_unitstate home ON home.unit_id = state.unit_id
            WHERE {words.stands("state", last)} AND {words.stands("home", last)} AND home.level = 5
              AND (state.field = '' OR state.field IN {words.among(structure().villages)}))"""


def _taken(year: int, until: date) -> str:
    """What was taken up in the year so far and neither given back nor taken down; whether it is confirmed by now."""
    first, last = map(day, words.so_far(year, until))
    return f"""
    taken AS (SELECT claim.wish_id, claim.organisation_id, wish.unit_id,
                     CASE WHEN claim.confirmed <= {last} THEN 1 ELSE 0 END AS done
              FROM wishes_claim claim JOIN wishes_wish wish ON wish.id = claim.wish_id
              WHERE claim.state NOT IN ('back', 'ended') AND claim.day BETWEEN {first} AND {last})"""


def small_wishes(year: int, until: date) -> str:
    """微心愿完成: wishes of the community that were taken up, each once; of these the ones confirmed."""
    return f"""
    WITH {_led(year, until)}, {_taken(year, until)},
    wish AS (SELECT wish_id, unit_id, MAX(done) AS done FROM taken GROUP BY wish_id, unit_id)
    SELECT led.organisation_id, SUM(wish.done), COUNT(*) FROM led JOIN wish ON wish.unit_id = led.unit_id
    GROUP BY led.organisation_id"""


def registered_service(year: int, until: date) -> str:
    """报到党员认领事项完成: what was taken up in the community that a branch leads; of others, by their members."""
    return f"""
    WITH {_led(year, until)}, {_taken(year, until)},
    told AS (SELECT led.organisation_id, taken.done FROM led JOIN taken ON taken.unit_id = led.unit_id
             UNION ALL
             SELECT organisation_id, done FROM taken WHERE organisation_id NOT IN (SELECT organisation_id FROM led))
    SELECT organisation_id, SUM(done), COUNT(*) FROM told GROUP BY organisation_id"""


def deeds(*kinds: str) -> Callable[[int, date], str]:
    """Deeds of some kinds that a branch planned in the year so far; of these the ones confirmed by now."""

    def check(year: int, until: date) -> str:
        first, last = map(day, words.so_far(year, until))
        return f"""
        SELECT deed.organisation_id, {words.many(f"deed.confirmed <= {last}")}, COUNT(*) FROM wishes_deed deed
        WHERE deed.kind IN {words.among(kinds)} AND deed.planned BETWEEN {first} AND {last}
        GROUP BY deed.organisation_id"""

    return check


CHECKS: dict[str, Callable[[int, date], str]] = {
    "small_wishes": small_wishes,
    "registered_service": registered_service,
    "silver_service": registered_service,
    "help_to_base": deeds("service"),
    "public_benefit": deeds("benefit"),
    "free_advice": deeds("advice"),
}
