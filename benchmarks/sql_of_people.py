"""What dues, classes and problems tell, in SQL.

Written from the rules on dues (2008), `rulebook/training.yaml` and `rulebook/rectification.yaml`, and the items of the
editions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sql_words as words
from sql_words import day

# ---- dues ----


def _month(number: int) -> date:
    """The last day of a month by its number, 12 times the year and the months before it."""
    return date((number + 1) // 12, (number + 1) % 12 + 1, 1) - words.DAY


def _begun_by(column: str, months: range) -> str:
    """The number of the month in which a day lies; a day before the first of these months lies in it."""
    return f"{months.start}" + "".join(
        f" + CASE WHEN {column} > {day(_month(one))} THEN 1 ELSE 0 END" for one in months
    )


def _ended_by(column: str, months: range) -> str:
    """The number of the last month that was over with a day; no day: the last of these months."""
    over = "".join(
        f" + CASE WHEN {column} IS NULL OR {column} >= {day(_month(one))} THEN 1 ELSE 0 END" for one in months
    )
    return f"{months.start - 1}{over}"


def dues_on_time(year: int, until: date) -> str:
    """按月交清: months that members stood in the branch on the last day of, since its first month on record, but those
    waived; of these the ones that were paid by that day, whichever branch received it.
    """
    first = 12 * year
    months = range(first, first + len(words.over(year, 1, until)))
    if not months:
        return words.NONE
    last = months.stop - 1
    begins = words.most("(" + _begun_by("one.since", months) + ")", "begun.first")
    in_time = words.most("(" + _begun_by("collected.day", months) + ")", "collected.first")
    paid_from, paid_to = words.most("paid.first", "span.begins"), words.least("paid.last", "span.ends")
    return f"""
    WITH {words.rows("month", ("number",), [(one,) for one in months])},
    begun AS (SELECT organisation_id, MIN(first) AS first FROM dues_collection WHERE struck_on IS NULL
              GROUP BY organisation_id
              HAVING {words.many(f"first <= {first + 11} AND last >= {first}")} > 0),
    span AS (SELECT one.organisation_id, one.member_id, {begins} AS begins, {_ended_by("one.until", months)} AS ends
             FROM organisations_membership one JOIN begun ON begun.organisation_id = one.organisation_id
             WHERE one.since <= {day(_month(last))}),
    paid AS (SELECT payment.member_id, {in_time} AS first, collected.last
             FROM dues_collection collected JOIN dues_payment payment ON payment.collection_id = collected.id
             WHERE collected.struck_on IS NULL AND payment.struck_on IS NULL AND collected.last >= {first}
               AND collected.first <= {last}),
    free AS (SELECT DISTINCT span.organisation_id, span.member_id, month.number FROM dues_waiver waiver
             JOIN month ON month.number BETWEEN waiver.first AND waiver.last
             JOIN span ON span.member_id = waiver.member_id AND month.number BETWEEN span.begins AND span.ends
             WHERE waiver.state = 'approved'),
    told AS (SELECT organisation_id, 0 AS done, ends - begins + 1 AS due FROM span WHERE ends >= begins
             UNION ALL
             SELECT span.organisation_id, {paid_to} - {paid_from} + 1, 0 FROM span
             JOIN paid ON paid.member_id = span.member_id WHERE {paid_to} >= {paid_from}
             UNION ALL
             SELECT organisation_id, 0, -1 FROM free
             UNION ALL
             SELECT free.organisation_id, -1, 0 FROM free JOIN paid ON paid.member_id = free.member_id
              AND free.number BETWEEN paid.first AND paid.last)
    SELECT organisation_id, SUM(done), SUM(due) FROM told GROUP BY organisation_id HAVING SUM(due) > 0"""


# ---- classes ----


def _classes(year: int, until: date) -> str:
    """WITH: the classes of the year, who attended them, and the hours of each member: those of rosters, and of what the
    branch studied with all its members but those who were not there.
    """
    first, last = map(day, words.so_far(year, until))
    return f"""
    held AS (SELECT id, organisation_id, hours, whole, last FROM training_trainingclass
             WHERE struck_on IS NULL AND last BETWEEN {first} AND {last}),
    seat AS (SELECT one.member_id, one.organisation_id, one.role, held.hours FROM training_attendance one
             JOIN held ON held.id = one.held_id WHERE one.struck_on IS NULL),
    learnt AS (SELECT member_id, SUM(hours) AS hours FROM (
        SELECT member_id, hours FROM seat
        UNION ALL
        SELECT one.member_id, held.hours FROM held
        JOIN organisations_membership one ON one.organisation_id = held.organisation_id
         AND {words.stands("one", "held.last")}
        LEFT JOIN training_missed missed ON missed.held_id = held.id AND missed.member_id = one.member_id
        WHERE held.whole AND missed.id IS NULL) lesson GROUP BY member_id)"""


def _known(role: str = "") -> str:
    """The organisations with a class of their own on record, or with anybody (in a role) on a roster."""
    of_role = f" WHERE role = '{role}'" if role else ""
    return f"(SELECT organisation_id FROM held WHERE whole UNION SELECT organisation_id FROM seat{of_role})"


def _months(year: int, until: date) -> str:
    """In how many months of the year so far somebody was there on any day: of the rows `one` of a group."""
    last = words.so_far(year, until)[1]
    touched = [f"one.since <= {day(min(ends, last))} AND (one.until IS NULL OR one.until >= {day(begins)})"
               for begins, ends in words.periods(year, 1) if begins <= last]  # fmt: skip
    return " + ".join(f"MAX(CASE WHEN {each} THEN 1 ELSE 0 END)" for each in touched)


def _there(year: int, until: date) -> str:
    """Whether a row `one` was there on any day of the year so far."""
    first, last = map(day, words.so_far(year, until))
    return f"one.since <= {last} AND (one.until IS NULL OR one.until >= {first})"


def _hours(number: str, months: str) -> str:
    """The class hours of a year for so many months of it, half an hour rounded up."""
    from baolei.warehouse.rulebook import training

    return f"((2 * {training().number(number)} * ({months}) + 12) / 24)"


def secretary_training(year: int, until: date) -> str:
    """书记培训学时: of each secretary of the year the hours, up to those owed for the months in office."""
    return f"""
    WITH {_classes(year, until)},
    head AS (SELECT one.organisation_id, one.holder_id, {_hours("officer_hours", _months(year, until))} AS due
             FROM organisations_post one WHERE one.kind = 'secretary' AND {_there(year, until)}
             GROUP BY one.organisation_id, one.holder_id)
    SELECT head.organisation_id, SUM({words.least("COALESCE(learnt.hours, 0)", "head.due")}), SUM(head.due)
    FROM head LEFT JOIN learnt ON learnt.member_id = head.holder_id
    WHERE head.organisation_id IN {_known()} GROUP BY head.organisation_id"""


def member_training(year: int, until: date) -> str:
    """党员培训: members at the end who reached the hours of members for their months as one, in whichever branch."""
    last = day(words.so_far(year, until)[1])
    return f"""
    WITH {_classes(year, until)},
    owed AS (SELECT one.member_id, {_hours("member_hours", _months(year, until))} AS due
             FROM organisations_membership one WHERE {_there(year, until)} GROUP BY one.member_id)
    SELECT one.organisation_id, {words.many("COALESCE(learnt.hours, 0) >= owed.due")}, COUNT(*)
    FROM organisations_membership one JOIN owed ON owed.member_id = one.member_id
    LEFT JOIN learnt ON learnt.member_id = one.member_id
    WHERE {words.stands("one", last)} AND one.organisation_id IN {_known("member")}
    GROUP BY one.organisation_id"""


def hub_hosts_trained(year: int, until: date) -> str:
    """中心户户长培训: hub households at the end whose host attended a class of the year."""
    last = day(words.so_far(year, until)[1])
    return f"""
    WITH {_classes(year, until)}
    SELECT one.organisation_id, {words.many("one.host_id IN (SELECT member_id FROM learnt WHERE hours > 0)")}, COUNT(*)
    FROM organisations_hubhousehold one
    WHERE {words.stands("one", last)} AND one.organisation_id IN {_known()} GROUP BY one.organisation_id"""


# ---- problems ----


def mended(found: str, campaign: str = "") -> Callable[[int, date], str]:
    """Problems of one kind whose day has come in the year, or came before and were open when it began; settled by now.
    Not those of cases that were dismissed or lapsed.
    """
    of = f"found = '{found}'" + (f" AND campaign = '{campaign}'" if campaign else "")

    def check(year: int, until: date) -> str:
        first, last = map(day, words.so_far(year, until))
        return f"""
        SELECT problem.organisation_id, {words.many(f"problem.settled <= {last}")}, COUNT(*)
        FROM rectification_problem problem
        WHERE {of} AND problem.entered <= {last} AND problem."by" <= {last}
          AND (problem."by" >= {first} OR problem.settled IS NULL OR problem.settled >= {first})
          AND (problem.case_id IS NULL OR problem.case_id NOT IN (
              SELECT id FROM rectification_case WHERE state IN ('dismissed', 'lapsed')))
        GROUP BY problem.organisation_id"""

    return check


CHECKS: dict[str, Callable[[int, date], str]] = {
    "dues_on_time": dues_on_time,
    "secretary_training": secretary_training,
    "member_training": member_training,
    "hub_hosts_trained": hub_hosts_trained,
    "findings_mended": mended("inspection"),
    "audit_mended": mended("audit"),
    "blind_spots_mended": mended("campaign", "agencies"),
    "weak_points_mended": mended("campaign", "schools"),
    "lagging_mended": mended("campaign", "schools"),
}
