"""What decisions and affairs tell, in SQL.

Written from `rulebook/affairs.yaml` and the items of the editions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sql_words as words
from sql_of_life import branches
from sql_words import day


def _due(year: int, until: date, column: str) -> str:
    first, last = map(day, words.so_far(year, until))
    return f"{column} BETWEEN {first} AND {last}"


def resolutions_done(year: int, until: date) -> str:
    """决议落实: resolutions due in the year, carried out and reported to a members' meeting that stands."""
    now = day(until)
    done = f'one.done_on <= {now} AND told."on" <= {now} AND told.struck_on IS NULL'
    return f"""
    SELECT one.organisation_id, {words.many(done)}, COUNT(*) FROM life_resolution one
    LEFT JOIN life_gathering told ON told.id = one.told_id
    WHERE one.struck_on IS NULL AND {_due(year, until, "one.due")} GROUP BY one.organisation_id"""


def matters(item: str) -> Callable[[int, date], str]:
    """四议两公开: matters decided in the year that took every step of an item as the rules ask."""

    def check(year: int, until: date) -> str:
        from baolei.warehouse.rulebook import affairs

        rules = affairs()
        wanted = rules.step_items[item]
        decided = f"""step = '{rules.decides}' AND {_due(year, until, '"on"')}"""
        return f"""
        WITH decided AS (SELECT id, organisation_id FROM life_matter WHERE struck_on IS NULL
                         AND id IN (SELECT matter_id FROM life_matterstep WHERE {decided})),
        taken AS (SELECT matter_id, COUNT(DISTINCT step) AS steps FROM life_matterstep
                  WHERE step IN {words.among(wanted)} AND kept AND "on" <= {day(until)} GROUP BY matter_id)
        SELECT decided.organisation_id, {words.many(f"taken.steps = {len(wanted)}")}, COUNT(*)
        FROM decided LEFT JOIN taken ON taken.matter_id = decided.id GROUP BY decided.organisation_id"""

    return check


def announced(item: str) -> Callable[[int, date], str]:
    """按期公开: periods that are over in which each kind of an item was made public, of those owed by the field."""

    def check(year: int, until: date) -> str:
        from baolei.warehouse.rulebook import affairs, fields

        rules = affairs()
        wanted = [rules.kinds[code] for code in rules.kind_items[item]]
        spans = [(one.code, field, *span) for one in wanted for field in (one.fields or ("", *fields()))
                 for span in words.over(year, one.months, until)]  # fmt: skip
        if not spans:
            return words.NONE
        made = f"""SELECT organisation_id, kind, "on" FROM life_announcement WHERE struck_on IS NULL
                   AND kind IN {words.among(one.code for one in wanted)} AND {_due(year, until, '"on"')}"""
        return f"""
        WITH {words.rows("period", ("kind", "field", "first", "last"), spans)},
        branch AS ({branches(year, sorted(fields()))}),
        made AS ({made}),
        owed AS (SELECT branch.organisation_id, period.kind, period.first, period.last FROM branch
                 JOIN (SELECT DISTINCT organisation_id FROM made) known
                   ON known.organisation_id = branch.organisation_id
                 JOIN period ON period.field = branch.field AND branch.since <= period.first),
        done AS (SELECT DISTINCT owed.organisation_id, owed.kind, owed.first FROM owed
                 JOIN made ON made.organisation_id = owed.organisation_id AND made.kind = owed.kind
                  AND made."on" BETWEEN owed.first AND owed.last)
        SELECT owed.organisation_id, COUNT(done.kind), COUNT(*) FROM owed
        LEFT JOIN done ON done.organisation_id = owed.organisation_id AND done.kind = owed.kind
         AND done.first = owed.first
        GROUP BY owed.organisation_id"""

    return check


def party_affairs_open(year: int, until: date) -> str:
    """党务公开: matters of the branch's own list due in the year, made public by their day."""
    return f"""
    SELECT one.organisation_id, COUNT(made.listed_id), COUNT(*) FROM life_listed one
    LEFT JOIN (SELECT listed_id, MIN("on") AS first FROM life_announcement
               WHERE struck_on IS NULL AND listed_id IS NOT NULL GROUP BY listed_id) made
      ON made.listed_id = one.id AND made.first <= one.due
    WHERE one.struck_on IS NULL AND {_due(year, until, "one.due")} GROUP BY one.organisation_id"""


def tasks_done(year: int, until: date) -> str:
    """交办任务: tasks due in the year and not withdrawn, done by their day."""
    return f"""
    SELECT one.organisation_id, {words.many("one.done_on <= task.due")}, COUNT(*) FROM life_branchtask one
    JOIN life_settask task ON task.id = one.task_id
    WHERE task.withdrawn_on IS NULL AND {_due(year, until, "task.due")} GROUP BY one.organisation_id"""


CHECKS: dict[str, Callable[[int, date], str]] = {
    "resolutions_done": resolutions_done,
    "four_discussions": matters("four_discussions"),
    "gacha_decisions": matters("gacha_decisions"),
    "affairs_published": announced("affairs_published"),
    "village_accounts_open": announced("village_accounts_open"),
    "accounts_published": announced("accounts_published"),
    "reports_to_community": announced("reports_to_community"),
    "party_affairs_open": party_affairs_open,
    "tasks_done": tasks_done,
}
