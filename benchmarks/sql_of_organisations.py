"""What posts, terms, findings, transfers and the numbers of quarters tell, in SQL.

Written from the items of the editions, `rulebook/setup` and `rulebook/register.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sql_words as words
from sql_words import day

VILLAGE = 5
"""The level of villages, gacha and communities."""


def founded() -> str:
    """By organisation its first day."""
    return "SELECT organisation_id, MIN(since) AS since FROM organisations_organisationstate GROUP BY organisation_id"


def term_election(year: int, until: date) -> str:
    """按期换届: the latest term runs at the end, or ran out no longer ago than a postponement on file may last."""
    from baolei.warehouse.rulebook import setup_rules

    _first, last = words.so_far(year, until)
    postponed = words.months_back(last, setup_rules(last).number("term_shift_months_max"))
    return f"""
    WITH latest AS (SELECT organisation_id, MAX(elected) AS elected FROM organisations_term
                    WHERE elected <= {day(last)} GROUP BY organisation_id),
         approved AS (SELECT DISTINCT organisation_id FROM organisations_exemption one
                      WHERE flag = 'term_overdue' AND {words.stands("one", day(last))})
    SELECT term.organisation_id,
           CASE WHEN term.ends >= {day(last)} THEN 1
                WHEN approved.organisation_id IS NOT NULL AND term.ends >= {day(postponed)} THEN 1 ELSE 0 END, 1
    FROM latest JOIN organisations_term term
      ON term.organisation_id = latest.organisation_id AND term.elected = latest.elected
    LEFT JOIN approved ON approved.organisation_id = term.organisation_id"""


def committee_complete(year: int, until: date) -> str:
    """支部班子健全: by month how many of the posts that the rules ask for were filled on its last day (of the month
    that runs: on the day itself): a secretary; from so many full members at the end on, a committee with one.
    """
    from baolei.warehouse.rulebook import setup_rules

    _first, last = words.so_far(year, until)
    rules = setup_rules(last)
    size, big = rules.number("branch_committee_size.min"), rules.number("committee_from_full_members")
    days = [(min(ends, last),) for begins, ends in words.periods(year, 1) if begins <= last]
    if not days:
        return words.NONE
    filled = f"""CASE WHEN held.heads > 0 THEN 1 ELSE 0 END
        + CASE WHEN held.others IS NULL THEN 0 ELSE {words.least("held.others", "asked.posts - 1")} END"""
    return f"""
    WITH {words.rows("month", ("ends",), days)},
    founded AS ({founded()}),
    asked AS (SELECT organisation_id, CASE WHEN COUNT(*) >= {big} THEN {size} ELSE 1 END AS posts
              FROM organisations_membership one WHERE kind = 'full' AND {words.stands("one", day(last))}
              GROUP BY organisation_id),
    held AS (SELECT one.organisation_id, month.ends, {words.many("one.kind = 'secretary'")} AS heads,
                    {words.many("one.kind <> 'secretary'")} AS others
             FROM organisations_post one JOIN month ON {words.stands("one", "month.ends")}
             GROUP BY one.organisation_id, month.ends)
    SELECT asked.organisation_id, SUM({filled}), SUM(asked.posts)
    FROM asked JOIN founded ON founded.organisation_id = asked.organisation_id
    JOIN month ON founded.since <= month.ends
    LEFT JOIN held ON held.organisation_id = asked.organisation_id AND held.ends = month.ends
    GROUP BY asked.organisation_id"""


def structure_mended(year: int, until: date) -> str:
    """规范设置问题: findings that were open in the year, cured or excused by now; not those ended with the branch."""
    first, last = map(day, words.so_far(year, until))
    return f"""
    SELECT organisation_id, {words.many(f"until <= {last}")}, COUNT(*) FROM organisations_finding
    WHERE since <= {last} AND (until IS NULL OR until > {last} OR (until >= {first} AND how <> 'ended'))
    GROUP BY organisation_id"""


def transfers_closed(year: int, until: date) -> str:
    """组织关系接转: letters that ran out in the year; where they were sent the receipt was back by then, where they
    arrived the member was received by then.
    """
    first, last = map(day, words.so_far(year, until))
    due = f"valid_to BETWEEN {first} AND {last} AND state <> 'ended'"
    return f"""
    SELECT organisation_id, {words.many("came <= valid_to")}, COUNT(*) FROM (
        SELECT source_id AS organisation_id, receipt AS came, valid_to FROM organisations_transfer WHERE {due}
        UNION ALL
        SELECT to_id, received, valid_to FROM organisations_transfer WHERE to_id IS NOT NULL AND {due}) side
    GROUP BY organisation_id"""


# ---- numbers of quarters ----


def _entered(year: int, until: date) -> str:
    """The numbers that stand of quarters of the year that are over."""
    number = len(words.over(year, 3, until))
    return f"organisations_quarternumbers WHERE struck_on IS NULL AND year = {year} AND quarter <= {number}"


def _summed(done: str, due: str) -> Callable[[int, date], str]:
    def check(year: int, until: date) -> str:
        return f"""
        SELECT organisation_id, SUM({done}), SUM({due}) FROM {_entered(year, until)}
        GROUP BY organisation_id HAVING SUM({due}) > 0"""

    return check


def _latest(year: int, until: date) -> str:
    """The quarter entered last, of each branch."""
    entered = _entered(year, until)
    return f"""(
        SELECT one.* FROM (SELECT * FROM {entered}) one
        JOIN (SELECT organisation_id, MAX(quarter) AS quarter FROM {entered} GROUP BY organisation_id) latest
          ON latest.organisation_id = one.organisation_id AND latest.quarter = one.quarter)"""


def reserve_pool(year: int, until: date) -> str:
    """后备力量: those with a mentor who were trained, as last entered, of so many a village."""
    from baolei.warehouse.rulebook import register

    due, last = register().number("reserve_per_village"), day(words.so_far(year, until)[1])
    return f"""
    SELECT told.organisation_id, {words.least("told.trained", str(due))}, {due} FROM {_latest(year, until)} told
    WHERE told.organisation_id IN (
        SELECT branch.organisation_id FROM organisations_organisationstate branch
        JOIN organisations_unitstate unit ON unit.unit_id = branch.unit_id
        WHERE unit.level = {VILLAGE} AND {words.stands("branch", last)} AND {words.stands("unit", last)})"""


def new_members(year: int, until: date) -> str:
    """发展党员不断档: who began here on probation in so many years (and nothing before it), and activists."""
    from baolei.warehouse.rulebook import register

    _first, last = words.so_far(year, until)
    begins = words.months_back(last, 12 * register().number("new_member_years"))
    return f"""
    WITH begun AS (SELECT member_id, MIN(since) AS since FROM organisations_membership GROUP BY member_id),
    admitted AS (SELECT one.organisation_id, COUNT(*) AS number FROM organisations_membership one
                 JOIN begun ON begun.member_id = one.member_id AND begun.since = one.since
                 WHERE one.kind = 'probationary' AND one.since > {day(begins)} AND one.since <= {day(last)}
                 GROUP BY one.organisation_id)
    SELECT told.organisation_id, told.activists + COALESCE(admitted.number, 0), 1 FROM {_latest(year, until)} told
    LEFT JOIN admitted ON admitted.organisation_id = told.organisation_id"""


CHECKS: dict[str, Callable[[int, date], str]] = {
    "term_election": term_election,
    "committee_complete": committee_complete,
    "structure_mended": structure_mended,
    "transfers_closed": transfers_closed,
    "recruits_procedure": _summed("steps_done", "steps_due"),
    "members_contactable": _summed("reached", "migrants"),
    "everyone_linked": _summed("linked", "members"),
    "reserve_pool": reserve_pool,
    "new_members": new_members,
}
