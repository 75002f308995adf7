"""The branch's own book of a year 支部工作手册, read from its records: nothing is typed a second time.

Absences stand there as numbers by class of reasons: a book lies on a table, and who was away on which day is told on
the page of the gathering to those who need it. Grades stand as numbers; votes about members stand nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.life import facts, planning, talks
from baolei.life.appraisal_forms import grade_names
from baolei.life.forms import form_names, reasons
from baolei.life.models import Appraisal, Gathering, Quarter
from baolei.life.on_record import last_day
from baolei.organisations.models import OrganisationState
from baolei.programme import life as rules
from baolei.warehouse.papers.book import Book, Chapter, Entry, Part, Table
from baolei.warehouse.rulebook import life as life_rules

Writer = Callable[[OrganisationState, int, date], Chapter | None]


def book_of(state: OrganisationState, year: int, today: date) -> Book:
    """Everything that is on record of a branch's year, as it stands today. A chapter of which nothing is on record is
    left out.
    """
    chapters = (write(state, year, today) for write in CHAPTERS)
    return Book(
        title=_("Work book of the Party branch"), branch=state.name, year=_("the year %(year)d") % {"year": year},
        note=_("Read from the records of the branch on %(day)s") % {"day": today.isoformat()}, contents=_("Contents"),
        day=today, language=get_language() or "", chapters=tuple(one for one in chapters if one),
    )  # fmt: skip


def _plan(state: OrganisationState, year: int, today: date) -> Chapter | None:
    plan, names = planning.plan_of(state.organisation_id, year), form_names(last_day(year))
    if not plan:
        return None
    found: dict[str, list[str]] = {}
    for one in plan:
        found.setdefault(one.form, []).append(f"{one.on(year):%m-%d}" if one.day else _in_month(one.month))
    rows = tuple((names[form], "、".join(days)) for form, days in found.items())
    return Chapter(_("Plan of the year"), tables=(Table((_("Kind of gathering"), _("Planned for")), (3, 7), rows),))


def _in_month(month: int) -> str:
    return _("month %(month)d") % {"month": month}


def _asked(state: OrganisationState, year: int, today: date) -> Chapter | None:
    names = form_names(last_day(year))
    lines = facts.year_of(state.organisation_id, year)
    told = {form: rules.fact(due, today) for form, due in lines.items()}
    rows = tuple((names[form], str(done), str(needed)) for form, (done, needed) in told.items() if needed)
    if not rows:
        return None
    heads = (_("Kind of gathering"), _("on record"), _("asked for so far"))
    words = (_("What the rules ask for in the periods that are over. What is held twice in one stands for no other."),)
    return Chapter(_("What the rules ask for, and what is on record"), words, (Table(heads, (5, 2, 2), rows),))


def _gatherings(state: OrganisationState, year: int) -> list[Gathering]:
    found = Gathering.objects.filter(organisation=state.organisation_id, on__year=year, struck_on=None)
    return list(found.prefetch_related("sessions", "absences").order_by("on", "pk"))


def _listed(state: OrganisationState, year: int, today: date) -> Chapter | None:
    rows = tuple(
        (str(place), str(one.on), _kinds(one), f"{one.present} / {one.should_attend}", "✓" if one.study else "")
        for place, one in enumerate(_gatherings(state, year), 1)
    )
    if not rows:
        return None
    heads = (_("No."), _("Held on"), _("Kind of gathering"), _("Present"), _("Opened with study"))
    return Chapter(_("List of gatherings"), tables=(Table(heads, (1, 2, 5, 2, 2), rows),))


def _told(state: OrganisationState, year: int, today: date) -> Chapter | None:
    called, topics = dict(reasons()), _topics()
    entries = tuple(_entry(place, one, called, topics) for place, one in enumerate(_gatherings(state, year), 1))
    return Chapter(_("Gatherings"), entries=entries) if entries else None


def _entry(place: int, one: Gathering, called: dict[str, str], topics: dict[str, str]) -> Entry:
    """A gathering: who should and did attend, absences by class, then what was done."""
    away = Counter(row.reason for row in one.absences.all())
    short = [session for session in one.sessions.all() if not session.quorate]
    said = [(_("Should attend"), str(one.should_attend)), (_("Present"), str(one.present))]
    if away:
        said.append(
            (_("Absent"), "、".join(f"{called.get(code, code)} {number}" for code, number in away.most_common()))
        )
    if short:
        said.append((_("Note"), _("too few attended to count")))
    if rules.filled_in(one.on, one.entered, life_rules()):
        said.append((_("Note"), _("entered on %(day)s") % {"day": one.entered}))
    agenda = tuple(_item(item, topics) for item in one.agenda)
    parts = (
        Part(_("Agenda"), agenda, numbered=True), Part(_("Decisions"), tuple(one.decisions), numbered=True),
        Part(_("Matters arising"), tuple(one.arising), numbered=True),
        Part(_("Minutes"), tuple(line for line in one.minutes.splitlines() if line.strip())),
    )  # fmt: skip
    return Entry(f"{place}  {one.on}  {_kinds(one)}", tuple(said), tuple(part for part in parts if part.lines))


def _item(item: dict[str, Any], topics: dict[str, str]) -> str:
    topic = topics.get(item["topic"], item["topic"])
    return f"{topic}　{item['words']}" if item["words"] else topic


def _topics() -> dict[str, str]:
    language = get_language() or ""
    return {code: name.say(language) for code, name in life_rules().topics.items()}


def _kinds(one: Gathering) -> str:
    names = form_names(one.on)
    return "、".join(names[form] for form in sorted((row.form for row in one.sessions.all()), key=rules.FORMS.index))


def _appraised(state: OrganisationState, year: int, today: date) -> Chapter | None:
    made = Appraisal.objects.filter(organisation=state.organisation_id, year=year, gathering__struck_on=None).first()
    if made is None:
        return None
    told = made.grades.exclude(told=None).count()
    words = [_("Full members: %(due)d; on probation, taking part without a grade: %(probationary)d; told: %(told)d.")
             % {"due": made.due, "probationary": made.probationary, "told": told}]  # fmt: skip
    if made.beyond:
        words.append(_("More than a third are excellent, because: %(why)s") % {"why": made.beyond})
    rows = tuple((name, str(made.counts.get(code, 0))) for code, name in grade_names().items())
    table = Table((_("Grade"), _("Members")), (2, 1), rows)
    return Chapter(_("Democratic appraisal of members"), tuple(words), (table,))


def _talks(state: OrganisationState, year: int, today: date) -> Chapter | None:
    rows = list(Quarter.objects.filter(organisation=state.organisation_id, year=year).order_by("quarter"))
    if not rows:
        return None
    named = {field.name: str(field.verbose_name) for field in Quarter._meta.fields}
    columns = talks.columns(state.field)
    table = Table(
        (_("Quarter"), *(named[column] for column in columns)), (1, *(2 for _column in columns)),
        tuple((str(one.quarter), *(_number(getattr(one, column)) for column in columns)) for one in rows),
    )  # fmt: skip
    words = (_("Pairs that talked heart to heart for the first time in the year. Who and about what is not recorded."),)
    return Chapter(_("Talks and other counts"), words, (table,))


def _number(said: int | None) -> str:
    return "" if said is None else str(said)


CHAPTERS: Iterable[Writer] = (_plan, _asked, _listed, _told, _appraised, _talks)
"""The book, chapter by chapter."""
