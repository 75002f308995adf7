"""What the pages of decisions and affairs show: resolutions, what is made public, matters as steps, tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.life import affairs, affairs_doors, affairs_facts
from baolei.life.affairs_models import DONE, TOLD, BranchTask, Listed, Matter, Resolution
from baolei.life.models import Gathering
from baolei.organisations.doors import Scope
from baolei.organisations.models import OrganisationState, Post
from baolei.programme import affairs as rules
from baolei.programme.affairs import Public, Step
from baolei.programme.life import COMING, HELD, MEMBERS, NONE, OPEN
from baolei.warehouse.rulebook import affairs as affairs_rules
from baolei.warehouse.spreadsheets import Column, Grid

MOST = 50
"""So many rows of a kind stand on the page; the file holds all."""


# ---- what a gathering leads to ----


def follow_up(meeting: Gathering, today: date) -> dict[str, Any]:
    """The lines of a members' meeting that are no resolutions yet, who may answer for them, the day that is offered."""
    decides = any(one.form == MEMBERS and one.quorate for one in meeting.sessions.all()) and not meeting.struck_on
    if not decides:
        return {}
    kept = list(meeting.resolutions.filter(struck_on=None).order_by("due"))
    known = {one.words for one in kept}
    lines = [line for line in dict.fromkeys([*meeting.decisions, *meeting.arising]) if line not in known]
    return {"lines": lines, "kept": [resolution_row(one, today, {}) for one in kept],
            "who": affairs.answering(meeting.organisation, today),
            "due": rules.offered_day(meeting.on, affairs_rules())}  # fmt: skip


# ---- resolutions ----


def resolutions(scope: Scope, organisation: int, year: int, today: date) -> Any:
    """Those decided, due, carried out or reported back in a year; in this year also earlier ones that are not reported
    back. What is open first.
    """
    wanted = Q(due__year=year) | Q(on__year=year) | Q(done_on__year=year) | Q(told__on__year=year)
    if year == today.year:
        wanted |= Q(due__lt=date(year, 1, 1), told=None, struck_on=None)
    found = affairs_doors.resolutions(scope).filter(wanted, organisation=organisation)
    return found.order_by("-struck_on", "told__on", "due", "pk")


def resolution_row(one: Resolution, today: date, called: Mapping[str, str]) -> dict[str, Any]:
    """A resolution as a row: who answers, how it stands in words, whether it was entered late."""
    standing = one.standing(today)
    words = {TOLD: _("carried out and reported back"), DONE: _("carried out, not reported back yet"),
             OPEN: _("not due yet"), NONE: _("its day has passed")}  # fmt: skip
    return {"one": one, "who": called.get(one.who) or _body(one.who), "standing": standing, "words": words[standing],
            "late": affairs_facts.late(one.done_on, one.done_entered)}  # fmt: skip


def _body(code: str) -> str:
    """A post or a body by its code, whoever holds it."""
    bodies = affairs_rules().who
    return bodies[code].say(get_language() or "") if code in bodies else str(dict(Post.KINDS).get(code, code))


# ---- what is made public ----


@dataclass(frozen=True, slots=True)
class Strip:
    """One kind of announcement in a year: its periods with how each stands, and whether the one that runs is open."""

    code: str
    name: str
    periods: list[tuple[str, str, str]]
    done: int
    needed: int
    open: bool


def strips(state: OrganisationState, year: int, today: date) -> list[Strip]:
    """What a branch makes public in a year, kind by kind."""
    owed, language = affairs_facts.strip(state.organisation_id, year), get_language() or ""
    by_kind: dict[str, list[Public]] = {}
    for one in owed:
        by_kind.setdefault(one.kind.code, []).append(one)
    return [
        Strip(code, some[0].kind.named(state.field).say(language), [_period(one, today) for one in some],
              *rules.public_fact(some, today), any(one.standing(today) == OPEN for one in some))
        for code, some in by_kind.items()
    ]  # fmt: skip


def _period(one: Public, today: date) -> tuple[str, str, str]:
    standing = one.standing(today)
    months = str(one.first.month) if one.first.month == one.last.month else f"{one.first.month}–{one.last.month}"
    return months, standing, {HELD: _("on record"), OPEN: _("the time runs"), NONE: _("nothing on record"),
                              COMING: _("to come")}[standing]  # fmt: skip


def listed_row(one: Listed, today: date) -> dict[str, Any]:
    """A matter of the own list: when it was made public, and how it stands."""
    made = next((each for each in one.announcements.all() if not each.struck_on), None)
    if made is None:
        standing, words = (NONE, _("nothing on record")) if today > one.due else (OPEN, _("not due yet"))
    else:
        standing, words = HELD, _("made public on %(day)s") % {"day": made.on}
        if made.on > one.due:
            words = _("made public on %(day)s, after its day") % {"day": made.on}
    return {"one": one, "made": made, "standing": standing, "words": words}


def kind_names(field: str) -> dict[str, str]:
    """What the kinds of announcements are called in a field."""
    language = get_language() or ""
    return {code: one.named(field).say(language) for code, one in affairs_rules().kinds.items()}


# ---- major matters ----


@dataclass(frozen=True, slots=True)
class Walked:
    """A matter and its steps, each with its record, if any; the steps whose turn it is."""

    matter: Matter
    steps: list[tuple[str, str, Any]]
    turn: list[tuple[str, str]]
    whole: bool


def walked(matter: Matter, field: str) -> Walked:
    """A matter as its steps stand."""
    steps, language = affairs_rules().steps_in(field), get_language() or ""
    taken = {one.step: one for one in matter.steps.all()}
    turn = [] if matter.struck_on else rules.next_steps(steps, taken.keys())
    rows = [(one.code, one.named(field).say(language), taken.get(one.code)) for one in steps]
    whole = bool(rows) and all(record and record.kept for _code, _name, record in rows)
    return Walked(matter, rows, [(one.code, one.named(field).say(language)) for one in turn], whole)


def step_named(matter: Matter, field: str, code: str) -> Step | None:
    """The step of this code whose turn it is; without a code the first. None where it is not its turn."""
    turn = rules.next_steps(affairs_rules().steps_in(field), {one.step for one in matter.steps.all()})
    return next((one for one in turn if not code or one.code == code), None)


# ---- tasks set from above ----


def tasks(scope: Scope, organisation: int, year: int, today: date) -> Any:
    """The tasks of a branch set, due, done or answered in a year; in this year also earlier ones that are not
    reported.
    """
    wanted = Q(task__due__year=year) | Q(task__on__year=year) | Q(done_on__year=year) | Q(reported__year=year)
    wanted |= Q(confirmed__year=year)
    if year == today.year:
        wanted |= Q(task__due__lt=date(year, 1, 1), reported=None, task__withdrawn_on=None)
    return affairs_doors.branch_tasks(scope).filter(wanted, organisation=organisation).order_by("task__due", "pk")


def task_row(one: BranchTask, today: date) -> dict[str, Any]:
    """A task of a branch as a row."""
    words = {"set": _("not due yet"), "reported": _("reported, waits to be confirmed"),
             "confirmed": _("confirmed"), "withdrawn": _("withdrawn")}  # fmt: skip
    said = words[one.standing]
    if one.standing == "set" and today > one.task.due:
        said = _("its day has passed")
    if one.standing == "set" and one.back:
        said = _("sent back: %(why)s") % {"why": one.back_why}
    return {"one": one, "task": one.task, "standing": one.standing, "words": said,
            "strip": one.strip(today), "in_time": one.in_time}  # fmt: skip


# ---- as files ----


def resolution_grid(found: Any) -> Grid:
    """Resolutions as a table."""
    columns = (Column(_("Resolution")), Column(_("Day of the meeting"), "day"), Column(_("Due on"), "day"),
               Column(_("Who answers for it")), Column(_("Carried out on"), "day"),
               Column(_("Reported to the members' meeting of"), "day"), Column(_("Struck on"), "day"))  # fmt: skip
    return Grid(_("Resolutions"), columns, (
        (one.words, one.on, one.due, _body(one.who), one.done_on, one.told.on if one.told else None, one.struck_on)
        for one in found.iterator(chunk_size=500)
    ))  # fmt: skip


def announcement_grid(found: Any, field: str) -> Grid:
    """What was made public, as a table."""
    language, said, names = get_language() or "", affairs_rules(), kind_names(field)
    columns = (Column(_("What was made public")), Column(_("Day"), "day"), Column(_("Where")),
               Column(_("Matter of the own list")), Column(_("Entered on"), "day"),
               Column(_("Struck on"), "day"))  # fmt: skip
    return Grid(_("Announcements"), columns, (
        (names[one.kind], one.on, said.places[one.place].say(language), one.listed.words if one.listed else "",
         one.entered, one.struck_on)
        for one in found.iterator(chunk_size=500)
    ))  # fmt: skip


def listed_grid(found: Any, today: date) -> Grid:
    """The own list as a table."""
    columns = (Column(_("Matter")), Column(_("Due on"), "day"), Column(_("Standing")), Column(_("Struck on"), "day"))
    return Grid(_("Own list"), columns, (
        (one.words, one.due, listed_row(one, today)["words"], one.struck_on) for one in found.iterator(chunk_size=500)
    ))  # fmt: skip


def matter_grid(found: Iterable[Matter], field: str) -> Grid:
    """Matters with the day of each step, as a table."""
    steps, language = affairs_rules().steps_in(field), get_language() or ""
    columns = (Column(_("Matter")), *(Column(one.named(field).say(language)) for one in steps),
               Column(_("Struck on"), "day"))  # fmt: skip
    return Grid(_("Major matters"), columns, (
        (one.title, *(_taken(record) for _code, _name, record in walked(one, field).steps), one.struck_on)
        for one in found
    ))  # fmt: skip


def _taken(record: Any) -> str:
    if record is None:
        return ""
    return f"{record.on}" if record.kept else _("%(day)s, otherwise") % {"day": record.on}


def task_grid(found: Any, today: date) -> Grid:
    """The tasks of a branch as a table."""
    columns = (Column(_("Task")), Column(_("Document")), Column(_("Set on"), "day"), Column(_("Due on"), "day"),
               Column(_("Done on"), "day"), Column(_("Report")), Column(_("Standing")))  # fmt: skip
    return Grid(_("Tasks set from above"), columns, (
        (one.task.words, one.task.document, one.task.on, one.task.due, one.done_on, one.report,
         task_row(one, today)["words"])
        for one in found.iterator(chunk_size=500)
    ))  # fmt: skip
