"""What gatherings, appraisals, talks and Party groups tell, in SQL.

Written from decision 0010, the Branch Rules (`rulebook/setup`) and `rulebook/life.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sql_words as words
from sql_of_organisations import founded
from sql_words import day


def _known(year: int) -> str:
    """The branches of which any gathering of the year is on record."""
    first, last = map(day, words.year_of(year))
    return f"""SELECT DISTINCT organisation_id FROM life_gathering
               WHERE struck_on IS NULL AND "on" BETWEEN {first} AND {last}"""


def _often(form: str, year: int) -> dict[str, tuple[int, int]]:
    """How often a form is owed, once in how many months: of most fields ('') and of those where it is different."""
    from baolei.programme.life import frequencies
    from baolei.warehouse.rulebook import fields, life, setup_rules

    asked = {field: frequencies(field, setup_rules(date(year, 12, 31)), life())[form] for field in ("", *fields())}
    pairs = {field: (often.least, often.months) for field, often in asked.items()}
    return {field: pair for field, pair in pairs.items() if field == "" or pair != pairs[""]}


def branches(year: int, lighter: list[str]) -> str:
    """Each branch with its first day and its field at the end of the year, '' for all that is not lighter."""
    field = f"CASE WHEN state.field IN {words.among(lighter)} THEN state.field ELSE '' END" if lighter else "''"
    return f"""
        SELECT state.organisation_id, span.since, {field} AS field FROM organisations_organisationstate state
        JOIN (SELECT organisation_id, MIN(since) AS since, MAX(since) AS latest FROM organisations_organisationstate
              WHERE since <= {day(date(year, 12, 31))} GROUP BY organisation_id) span
          ON span.organisation_id = state.organisation_id AND span.latest = state.since"""


PARTS = {
    "committee_meeting": """
        JOIN (SELECT DISTINCT post.organisation_id, month.last FROM organisations_post post
              JOIN (SELECT DISTINCT last FROM period) month
                ON post.since <= month.last AND (post.until IS NULL OR post.until >= month.last)
              WHERE post.committee) part
          ON part.organisation_id = branch.organisation_id AND part.last = period.last""",
    "group_meeting": """
        JOIN organisations_group part ON part.organisation_id = branch.organisation_id
         AND part.since <= period.last AND (part.until IS NULL OR part.until >= period.last)""",
    "hub_session": """
        JOIN organisations_hubhousehold part ON part.organisation_id = branch.organisation_id
         AND part.since <= period.last AND (part.until IS NULL OR part.until >= period.last)""",
}
"""What a branch has to have on the last day of a period, to owe a form in it."""
OF_PARTS = ("group_meeting", "hub_session")
"""Forms that each part owes for itself."""


def form(code: str) -> Callable[[int, date], str]:
    """How often a form of organisation life was held of how often it is owed, in periods that are over."""
    part = "part.id" if code in OF_PARTS else "0"
    mine = "AND session.part = owed.part" if code in OF_PARTS else ""

    def check(year: int, until: date) -> str:
        often = _often(code, year)
        spans = [(field, first, last, number) for field, (number, months) in often.items()
                 for first, last in words.over(year, months, until)]  # fmt: skip
        if not spans:
            return words.NONE
        return f"""
        WITH {words.rows("period", ("field", "first", "last", "number"), spans)},
        branch AS ({branches(year, [field for field in often if field])}),
        owed AS (SELECT branch.organisation_id, period.first, period.last, period.number, {part} AS part
                 FROM branch JOIN ({_known(year)}) known ON known.organisation_id = branch.organisation_id
                 JOIN period ON period.field = branch.field AND branch.since <= period.first {PARTS.get(code, "")}),
        held AS (SELECT owed.organisation_id, owed.first, owed.part, COUNT(*) AS times FROM owed
                 JOIN life_gathering gathering ON gathering.organisation_id = owed.organisation_id
                  AND gathering."on" BETWEEN owed.first AND owed.last AND gathering.struck_on IS NULL
                 JOIN life_session session ON session.gathering_id = gathering.id AND session.form = '{code}'
                  AND session.quorate {mine}
                 GROUP BY owed.organisation_id, owed.first, owed.part)
        SELECT owed.organisation_id,
               SUM(CASE WHEN held.times IS NULL THEN 0 ELSE {words.least("held.times", "owed.number")} END),
               SUM(owed.number)
        FROM owed LEFT JOIN held ON held.organisation_id = owed.organisation_id AND held.first = owed.first
         AND held.part = owed.part
        GROUP BY owed.organisation_id"""

    return check


def first_agenda(year: int, until: date) -> str:
    """第一议题: members' and committee meetings that opened with study, of those held."""
    first, last = map(day, words.so_far(year, until))
    return f"""
    SELECT organisation_id, {words.many("study")}, COUNT(*) FROM life_gathering
    WHERE struck_on IS NULL AND "on" BETWEEN {first} AND {last}
      AND id IN (SELECT gathering_id FROM life_session
                 WHERE form IN ('members_meeting', 'committee_meeting'))
    GROUP BY organisation_id"""


# ---- appraisals, talks ----


def democratic_appraisal(year: int, until: date) -> str:
    """民主评议党员: of the full members of that day those who took part and were told."""
    told = f"grade.took_part AND grade.told <= {day(until)}"
    return f"""
    SELECT held.organisation_id, {words.many(told)}, held.due FROM life_appraisal held
    JOIN life_gathering gathering ON gathering.id = held.gathering_id
    LEFT JOIN life_grade grade ON grade.appraisal_id = held.id
    WHERE held.year = {year} AND gathering.struck_on IS NULL AND gathering."on" <= {day(until)}
    GROUP BY held.id, held.organisation_id, held.due"""


def talks_held(year: int, until: date) -> str:
    """谈心谈话: pairs within the committee (or its secretary), and one of it with each other member, at the end."""
    last = date(year, 12, 31)
    if until < last:
        return words.NONE
    within, across = words.least("told.within", "due.within"), words.least("told.across", "due.across")
    return f"""
    WITH seat AS (SELECT DISTINCT organisation_id, holder_id FROM organisations_post one
                  WHERE (committee OR kind = 'secretary') AND {words.stands("one", day(last))}),
    member AS (SELECT organisation_id, member_id FROM organisations_membership one
               WHERE {words.stands("one", day(last))}),
    seats AS (SELECT organisation_id, COUNT(*) AS number FROM seat GROUP BY organisation_id),
    others AS (SELECT member.organisation_id, {words.many("seat.holder_id IS NULL")} AS number FROM member
               LEFT JOIN seat ON seat.organisation_id = member.organisation_id AND seat.holder_id = member.member_id
               GROUP BY member.organisation_id),
    due AS (SELECT others.organisation_id, seats.number * (seats.number - 1) / 2 AS within, others.number AS across
            FROM others JOIN seats ON seats.organisation_id = others.organisation_id),
    told AS (SELECT organisation_id, SUM(within) AS within, SUM(across) AS across FROM life_quarter
             WHERE year = {year} AND within IS NOT NULL AND across IS NOT NULL GROUP BY organisation_id)
    SELECT told.organisation_id, {within} + {across}, due.within + due.across
    FROM told JOIN due ON due.organisation_id = told.organisation_id WHERE due.within + due.across > 0"""


def study_brought_home(year: int, until: date) -> str:
    """送学上门: of members excused from gatherings those whom study was brought home, quarter by quarter."""
    return f"""
    SELECT organisation_id, SUM(brought), SUM(excused) FROM life_quarter
    WHERE year = {year} AND quarter <= {len(words.over(year, 3, until))} AND excused IS NOT NULL
    GROUP BY organisation_id HAVING SUM(excused) > 0"""


def briefings_given(year: int, until: date) -> str:
    """情况通报: half-years (by the rules' number) in which one was given; of branches that have counted any."""
    from baolei.warehouse.rulebook import life

    number = life().number("briefings_per_year")
    spans = [
        (first, first.month // 3 + 1, (last.month + 2) // 3) for first, last in words.over(year, 12 // number, until)
    ]
    if not spans:
        return words.NONE
    counted = f"year = {year} AND quarter <= {len(words.over(year, 3, until))} AND briefings IS NOT NULL"
    return f"""
    WITH {words.rows("period", ("first", "begins", "ends"), spans)},
    told AS (SELECT organisation_id, quarter, briefings FROM life_quarter WHERE {counted}),
    owed AS (SELECT known.organisation_id, period.begins, period.ends
             FROM (SELECT DISTINCT organisation_id FROM told) known
             JOIN ({founded()}) founded ON founded.organisation_id = known.organisation_id
             JOIN period ON founded.since <= period.first),
    given AS (SELECT DISTINCT owed.organisation_id, owed.begins FROM owed
              JOIN told ON told.organisation_id = owed.organisation_id
               AND told.quarter BETWEEN owed.begins AND owed.ends AND told.briefings > 0)
    SELECT owed.organisation_id, COUNT(given.begins), COUNT(*) FROM owed
    LEFT JOIN given ON given.organisation_id = owed.organisation_id AND given.begins = owed.begins
    GROUP BY owed.organisation_id"""


# ---- Party groups ----


def _groups(year: int, until: date, months: int) -> str:
    """WITH: for each group and each period that is over and in which it stood, whether it met (1 or 0)."""
    return f"""
    WITH {words.rows("period", ("first", "last"), words.over(year, months, until))},
    stood AS (SELECT part.organisation_id, part.id, period.first, period.last FROM organisations_group part
              JOIN ({_known(year)}) known ON known.organisation_id = part.organisation_id
              JOIN period ON part.since <= period.first AND (part.until IS NULL OR part.until >= period.last)),
    met AS (SELECT DISTINCT stood.id, stood.first FROM stood
            JOIN life_session session ON session.part = stood.id AND session.form = 'group_meeting' AND session.quorate
            JOIN life_gathering gathering ON gathering.id = session.gathering_id AND gathering.struck_on IS NULL
             AND gathering."on" BETWEEN stood.first AND stood.last),
    told AS (SELECT stood.organisation_id, stood.id, CASE WHEN met.id IS NULL THEN 0 ELSE 1 END AS met FROM stood
             LEFT JOIN met ON met.id = stood.id AND met.first = stood.first)"""


def nearby_groups(year: int, until: date) -> str:
    """就近活动: periods (six a year by the rules) in which each group met."""
    from baolei.warehouse.rulebook import life

    months = 12 // life().number("nearby_per_year")
    if not words.over(year, months, until):
        return words.NONE
    return f"""{_groups(year, until, months)}
    SELECT organisation_id, SUM(met), COUNT(*) FROM told GROUP BY organisation_id"""


def groups_working(year: int, until: date) -> str:
    """党小组作用: groups that met in every quarter in which they stood."""
    if not words.over(year, 3, until):
        return words.NONE
    return f"""{_groups(year, until, 3)}
    SELECT organisation_id, SUM(met), COUNT(*)
    FROM (SELECT organisation_id, id, MIN(met) AS met FROM told GROUP BY organisation_id, id) each_of_them
    GROUP BY organisation_id"""


CHECKS: dict[str, Callable[[int, date], str]] = {
    "members_meetings": form("members_meeting"),
    "committee_meetings": form("committee_meeting"),
    "group_meetings": form("group_meeting"),
    "theme_days": form("theme_party_day"),
    "party_lectures": form("party_lecture"),
    "hub_sessions": form("hub_session"),
    "first_agenda": first_agenda,
    "democratic_appraisal": democratic_appraisal,
    "talks_held": talks_held,
    "study_brought_home": study_brought_home,
    "briefings_given": briefings_given,
    "nearby_groups": nearby_groups,
    "groups_working": groups_working,
}
