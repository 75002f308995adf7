"""Cases, problems, reports and acts as rows: in words, and as files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.organisations.directory import names_of, pieces
from baolei.programme import rectification as rules
from baolei.programme.rectification import STATES, UNDER_WAY
from baolei.rectification.models import Case, Passage, Problem, Report
from baolei.rectification.walk import walked
from baolei.warehouse.rulebook import fields as field_names
from baolei.warehouse.rulebook import rectification, triage, workdays
from baolei.warehouse.spreadsheets import Column, Grid


def campaigns() -> dict[str, str]:
    """What the campaigns are called, by code."""
    language = get_language() or ""
    return {code: one.name.say(language) for code, one in rectification().campaigns.items()}


def states() -> dict[str, str]:
    """What the states are called, by code."""
    return {one.code: one.name.say(get_language() or "") for one in STATES.states}


def words(code: str) -> str:
    """What an act, or who does it, is called."""
    return STATES.words[code].say(get_language() or "") if code in STATES.words else ""


def situations(codes: Iterable[str]) -> list[str]:
    """Situations in words, each with its code."""
    known, language = triage().situations, get_language() or ""
    return [f"{code} {known[code].name.say(language)}" if code in known else code for code in codes]


def sources() -> dict[str, str]:
    """Where problems come from, by code."""
    return {code: one.name.say(get_language() or "") for code, one in rectification().found.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """A case as a row: itself, its organisation's name, campaign and state in words, how many of its problems are
    settled, the months for which a report is owed, and whether something is late.
    """

    case: Case
    name: str
    campaign: str
    state: str
    turn: str
    settled: int
    problems: int
    owed: tuple[date, ...]
    late: bool
    late_reports: int


def rows(found: Sequence[Case], today: date) -> list[Row]:
    """Cases as rows, in the order given; four questions to the database, whatever their number."""
    pks = [one.pk for one in found]
    names, called, stands = names_of(one.organisation_id for one in found), campaigns(), states()
    problems: dict[int, list[bool]] = defaultdict(list)
    for case, settled in Problem.objects.filter(case__in=pks).values_list("case_id", "settled"):
        problems[case].append(settled is not None)
    owed = owed_by(found, today)
    return [
        Row(one, names.get(one.organisation_id, ""), called.get(one.campaign, one.campaign), stands[one.state],
            words(STATES.state(one.state).owner), sum(problems[one.pk]), len(problems[one.pk]), owed[one.pk],
            one.late(today), len(late_reports(owed[one.pk], today)))
        for one in found
    ]  # fmt: skip


def owed_by(found: Sequence[Case], today: date) -> dict[int, tuple[date, ...]]:
    """By case the months for which a report is owed; nothing of those that are not under way."""
    going = [one.pk for one in found if one.state == UNDER_WAY]
    passages: dict[int, list[Passage]] = defaultdict(list)
    for one in Passage.objects.filter(case__in=going).order_by("on", "pk"):
        passages[one.case_id].append(one)
    there: dict[int, set[date]] = defaultdict(set)
    for case, month in Report.objects.filter(case__in=going).values_list("case_id", "month"):
        there[case].add(month)
    return {one.pk: rules.owed(walked(passages[one.pk]), today, there[one.pk]) for one in found}


def late_reports(owed: Iterable[date], today: date) -> list[date]:
    """The months whose report should be in already."""
    return [month for month in owed if rules.report_by(month, rectification(), workdays()) < today]


def each_row(found: Any, today: date) -> Iterator[Row]:
    """Any number of cases as rows, piece by piece."""
    for some in pieces(found, 500):
        yield from rows(some, today)


def case_grid(listed: Iterable[Row]) -> Grid:
    """Cases as a file."""
    heads = (
        Column(_("Organisation")), Column(_("Campaign")), Column(_("Field")), Column(_("Situations")),
        Column(_("Comes of")), Column(_("Opened on"), "day"), Column(pgettext("process", "Standing")),
        Column(_("Whose turn")), Column(pgettext("case", "Due"), "day"), Column(_("To be mended by"), "day"),
        Column(_("Problems settled"), "whole"), Column(_("Problems"), "whole"), Column(_("Reports late"), "whole"),
        Column(_("Late")),
    )  # fmt: skip
    called, language = field_names(), get_language() or ""
    return Grid(_("Cases of rectification"), heads, (
        (one.name, one.campaign, called[one.case.field].say(language) if one.case.field in called else "",
         "；".join(situations(one.case.situations)), one.case.get_origin_display(), one.case.opened_on, one.state,
         one.turn, one.case.due, one.case.ends, one.settled, one.problems, one.late_reports,
         _("yes") if one.late else "")
        for one in listed
    ))  # fmt: skip


def problem_grid(found: Iterable[Problem]) -> Grid:
    """Problems as a file."""
    heads = (
        Column(_("Problem")), Column(_("Comes from")), Column(_("Passed on by (body and document)")),
        Column(_("Measure")), Column(_("Who answers for it")), Column(_("By"), "day"), Column(_("Settled on"), "day"),
        Column(_("What proves it mended")), Column(_("Confirmed by (body and document)")),
        Column(_("Checked on"), "day"),
    )  # fmt: skip
    called = sources()
    return Grid(_("Problems"), heads, (
        (one.words, called.get(one.found, one.found), one.document, one.measure, one.answers, one.by, one.settled,
         one.proof, one.confirmed, one.checked) for one in found
    ))  # fmt: skip


def report_grid(found: Iterable[Report]) -> Grid:
    """Reports of months as a file."""
    heads = (Column(_("Month")), Column(_("What changed")), Column(_("Reported on"), "day"), Column(_("Reported by")))
    return Grid(_("Monthly reports"), heads, (
        (f"{one.month:%Y-%m}", one.line or _("nothing has changed"), one.on, one.by.name) for one in found
    ))  # fmt: skip


def passage_grid(found: Iterable[Passage]) -> Grid:
    """What was done with a case as a file."""
    heads = (Column(_("Day"), "day"), Column(_("What was done")), Column(pgettext("process", "Standing")),
             Column(_("Who")), Column(_("Reason")))  # fmt: skip
    called = states()
    return Grid(_("What was done"), heads, (
        (one.on, words(one.act), called[one.after], one.by.name if one.by else _("by the clock"), one.reason)
        for one in found
    ))  # fmt: skip
