"""Classes, people and coverage as rows of pages and of files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.organisations.directory import names_of, pieces
from baolei.organisations.doors import Scope
from baolei.organisations.models import UnitState
from baolei.training import doors, forms
from baolei.training.models import Attendance, TrainingClass
from baolei.training.people import Standing
from baolei.warehouse.rulebook import training as training_rules
from baolei.warehouse.spreadsheets import Column, Grid


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class as a row: who held it, at which level, for whom, how many of one's own people attended."""

    one: TrainingClass
    host: str
    level: str
    audience: str
    people: int


def of_organisation(organisation: int) -> Q:
    """The condition that a class was held by an organisation, or attended by its people."""
    own = TrainingClass.objects.filter(organisation=organisation).order_by().values("pk")
    theirs = Attendance.objects.filter(organisation=organisation, struck_on=None).order_by().values("held")
    return Q(pk__in=own.union(theirs))  # as two conditions it would look at every class there is


def class_rows(classes: Iterable[TrainingClass], scope: Scope) -> list[ClassRow]:
    """Classes as rows, in the order given: three questions whatever their number."""
    listed = list(classes)
    levels, audiences, language = forms.level_names(), training_rules().audiences, get_language() or ""
    organisations = names_of(one.organisation_id for one in listed if one.organisation_id)
    units = dict(
        UnitState.objects.filter(unit__in={one.unit_id for one in listed if one.unit_id}).order_by("since")
        .values_list("unit_id", "name")
    )  # fmt: skip
    seats = doors.attendances(scope).filter(held__in=[one.pk for one in listed], struck_on=None).order_by()
    attended = dict(seats.values_list("held").annotate(Count("pk")))
    return [
        ClassRow(one, organisations[one.organisation_id] if one.organisation_id else units[one.unit_id],
                 levels.get(one.level, one.level),
                 audiences[one.audience].say(language) if one.audience in audiences else one.audience,
                 one.present if one.whole else attended.get(one.pk, 0))
        for one in listed
    ]  # fmt: skip


def columns() -> list[str]:
    """What is counted of people, in the order of `coverage.COUNTED`."""
    rules = training_rules()
    return [
        _("Members, %(hours)d class hours") % {"hours": rules.number("member_hours")},
        _("Committee members, %(hours)d class hours") % {"hours": rules.number("officer_hours")},
        _("Secretaries, %(hours)d class hours") % {"hours": rules.number("officer_hours")},
        _("Secretaries rotated at the county or above"),
        _("New secretaries trained within %(months)d months") % {"months": rules.number("new_secretary_months")},
    ]  # fmt: skip


def coverage_grid(lines: Sequence[Any]) -> Grid:
    """The coverage as a file: three numbers of each thing counted; empty where the people are too few."""
    heads = [Column(pgettext("training", "Place"))]
    for name in columns():
        heads += [Column(_("%(what)s: reached") % {"what": name}, "whole"),
                  Column(_("%(what)s: people") % {"what": name}, "whole"),
                  Column(_("%(what)s: open") % {"what": name}, "whole")]  # fmt: skip
    return Grid(_("Coverage"), tuple(heads), [
        (line.name, *(number for cell in line.cells for number in (cell.reached, cell.people, cell.open)))
        for line in lines
    ])  # fmt: skip


def class_grid(found: Any, scope: Scope) -> Grid:
    """Classes as a file."""
    heads = (Column(_("What it was called")), Column(_("Held by")), Column(_("Level")), Column(_("First day"), "day"),
             Column(pgettext("training", "Last day"), "day"), Column(_("Class hours"), "whole"), Column(_("Held for")),
             Column(_("Concentrated")), Column(_("Rotation")), Column(_("Attended"), "whole"),
             Column(_("Struck on"), "day"))  # fmt: skip
    rows = (row for some in pieces(found) for row in class_rows(some, scope))
    return Grid(pgettext("training", "Classes"), heads, (
        (row.one.title, row.host, row.level, row.one.first, row.one.last, row.one.hours, row.audience,
         _("yes") if row.one.concentrated else "", _("yes") if row.one.rotation else "", row.people, row.one.struck_on)
        for row in rows
    ))  # fmt: skip


def people_grid(standing: Sequence[Standing]) -> Grid:
    """A branch's own people as a file."""
    roles = forms.role_names()
    heads = (Column(pgettext("person", "Name")), Column(_("As")), Column(_("Class hours"), "whole"),
             Column(_("Hours due"), "whole"), Column(_("Reached")))  # fmt: skip
    return Grid(_("Own people"), heads, [
        (one.name, roles[one.role], one.hours, one.due, _("yes") if one.reached else _("not yet")) for one in standing
    ])  # fmt: skip


def roster_grid(found: Any, names: dict[int, str]) -> Grid:
    """The roster of a class as a file; `names` of the branches."""
    roles = forms.role_names()
    heads = (Column(pgettext("person", "Name")), Column(_("Branch")), Column(_("As")), Column(_("Struck on"), "day"))
    return Grid(_("Roster"), heads, (
        (one.member.name, names.get(one.organisation_id, ""), roles[one.role], one.struck_on)
        for one in found.iterator(chunk_size=500)
    ))  # fmt: skip


def line_grid(lines: Any) -> Grid:
    """The rows of a roster on its way in as a file: as they were written, and what becomes of each so far."""
    why, language = training_rules().left_out, get_language() or ""
    heads = (Column(_("Row"), "whole"), Column(pgettext("person", "Name")), Column(_("Branch")),
             Column(_("Joined the Party"), "day"), Column(pgettext("training", "Standing")))  # fmt: skip
    return Grid(_("Rows"), heads, (
        (one.number, one.name, one.branch, one.joined,
         _("found") if one.member else why[one.left_out].say(language) if one.left_out else _("To be settled"))
        for one in lines.iterator(chunk_size=500)
    ))  # fmt: skip
