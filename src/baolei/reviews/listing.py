"""Steps as people read them: rows with names, what may be done there, what was said as far as it is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.declarations.models import Declaration
from baolei.declarations.views import rows as declaration_rows
from baolei.organisations.directory import pieces
from baolei.organisations.models import OrganisationState, UnitState
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.programme.review import STATES, Change
from baolei.reviews import doors
from baolei.reviews.content import changed_since
from baolei.reviews.models import Decision, Gap, Opinion, Step
from baolei.warehouse.spreadsheets import Column, Grid


@dataclass(frozen=True, slots=True)
class Row:
    """A step as a row: itself, the branch, the unit served, the step's name, its standing, its age in days, if late."""

    step: Step
    name: str
    unit: str
    level: str
    standing: str
    age: int
    late: bool


def rows(found: Iterable[Step], today: date) -> list[Row]:
    """Steps as rows, in the order given; two questions to the database whatever their number."""
    listed, language = list(found), get_language() or ""
    named = {row.declaration.pk: row for row in declaration_rows([one.declaration for one in listed])}
    said = {one.code: one.name.say(language) for one in STATES.states}
    return [
        Row(one, named[one.declaration_id].name, named[one.declaration_id].unit, level_name(one.code),
            said[one.state], (today - one.entered).days, one.open and one.due < today)
        for one in listed
    ]  # fmt: skip


def each_row(found: Any, today: date) -> Iterator[Row]:
    """The same for any number, piece by piece."""
    for some in pieces(found):
        yield from rows(some, today)


def level_name(code: str) -> str:
    """What a step is called in the language of the page."""
    return doors.rule_of(code).name.say(get_language() or "")


def body_name(step: Step, today: date) -> str:
    """The name of the body that judges."""
    if step.unit_id:
        found = UnitState.objects.on(today).filter(unit=step.unit_id)
    else:
        found = OrganisationState.objects.on(today).filter(organisation=step.organisation_id)
    return found.values_list("name", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Said:
    """An opinion on the page: by whom, what, and its reasons by the items' names; `closed` while only that it was given
    may be known.
    """

    name: str
    closed: bool
    verdict: str = ""
    code: str = ""
    reasons: tuple[tuple[str, str], ...] = ()


def said_at(step: Step, account: Account, today: date, names: dict[str, str]) -> list[Said]:
    """The opinions of a step that count, as far as this account may read them: the own one, others once open."""
    reads = doors.reads_opinions(account, step, today)
    return [_said(one, reads, account, names) for one in
            step.opinions.filter(lapsed=False).select_related("person").order_by("person__name")]  # fmt: skip


def _said(one: Opinion, reads: bool, account: Account, names: dict[str, str]) -> Said:
    if one.person_id != account.pk and not (one.opened and reads):
        return Said(one.person.name if reads else "", True)
    return Said(one.person.name, False, one.get_verdict_display(), one.verdict, in_names(one.reasons, names))


def in_names(reasons: dict[str, str], names: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Reasons by the names of the items."""
    return tuple((names.get(item, item), words) for item, words in reasons.items())


def changes(step: Step, names: dict[str, str]) -> list[tuple[str, str, str]]:
    """What the branch has changed since this step returned it last: where, before, after."""
    last = step.decisions.filter(verdict="return").last()
    if last is None or last.judged is None or step.state == "returned":
        return []
    return [(names.get(one.item, one.item), *_sides(one)) for one in changed_since(last.judged, step.declaration)]


def _sides(change: Change) -> tuple[str, str]:
    before, after = (_plain(value) for value in (change.before, change.after))
    return before, after


def _plain(value: Any) -> str:
    """An answer, a condition or a number as it is read."""
    if value is None:
        return "—"
    if not isinstance(value, list):
        return str(value)
    first, second, *rest = value
    pair = f"{first} / {second}" if isinstance(second, int) else f"{first} {second}".strip()
    return " · ".join([pair, *(str(one) for one in rest if one)])


@dataclass(frozen=True, slots=True)
class Past:
    """A step of a declaration's way: its row, its body, its conclusions, the steps it looks in place of."""

    row: Row
    body: str
    decisions: tuple[Decision, ...]
    instead: tuple[str, ...]


def history(declaration: Declaration, today: date) -> list[Past]:
    """The steps of a declaration so far, in order."""
    found = list(declaration.steps.select_related("declaration__round").order_by("number"))
    decided = list(Decision.objects.filter(step__in=found).select_related("by"))
    gaps = list(Gap.objects.filter(declaration=declaration))
    return [
        Past(row, body_name(row.step, today), tuple(one for one in decided if one.step_id == row.step.pk),
             tuple(level_name(gap.code) for gap in gaps if gap.to == row.step.code))
        for row in rows(found, today)
    ]  # fmt: skip


def open_acts(account: Any, step: Step, today: date) -> list[str]:
    """What may be done by somebody at a step as it stands, by its name in the address."""
    if step.declaration.state != rules.FROZEN or step.declaration.round.ended_at or not step.open:
        return []
    found = []
    mine = step.opinions.filter(person=account.pk, lapsed=False).exists()
    awaited, decides = step.state in ("opinions", "third"), doors.holds(account, step, today, doors.deciding)
    if awaited and not mine and doors.to_opine(account, today).filter(pk=step.pk).exists():
        found.append("opine")
    if decides and step.state == "decision":
        found.append("conclude")
    if decides and step.state == "escalated":
        found.append("reassign")
    if decides and awaited:
        found.append("assign")
    if doors.holds(account, step, today, doors.either):
        found.append("look")
    return found


def grid(listed: Iterable[Row]) -> Grid:
    """Steps as a file."""
    columns = (
        Column(_("Party branch")), Column(_("Unit served")), Column(pgettext("review", "Step")),
        Column(pgettext("process", "Standing")),
        Column(pgettext("review", "Since"), "day"), Column(_("Days"), "whole"),
        Column(pgettext("review", "Due"), "day"), Column(_("Late")),
    )  # fmt: skip
    return Grid(_("Reviews"), columns, (
        (row.name, row.unit, row.level, row.standing, row.step.entered, row.age, row.step.due,
         _("yes") if row.late else _("no")) for row in listed
    ))  # fmt: skip


def past_grid(found: Iterable[Past], names: dict[str, str]) -> Grid:
    """The way of a declaration as a file: each conclusion a line."""
    columns = (
        Column(pgettext("review", "Step")), Column(_("Judged by")), Column(pgettext("process", "Standing")),
        Column(pgettext("review", "Since"), "day"),
        Column(_("Conclusion")), Column(_("Decided"), "day"), Column(_("Why")), Column(_("Reasons by item")),
    )  # fmt: skip
    return Grid(_("Way of the declaration"), columns, (
        (one.row.level, one.body, one.row.standing, one.row.step.entered,
         each.get_verdict_display() if each else "", timezone.localdate(each.at) if each else None,
         each.why if each else "",
         "；".join(f"{item}: {words}" for item, words in in_names(each.items, names)) if each else "")
        for one in found for each in (one.decisions or (None,))
    ))  # fmt: skip
