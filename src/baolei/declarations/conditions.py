"""The conditions of a declaration as rows: every gate and where it stands, then what was entered beside the points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.declarations.actions import standard
from baolei.declarations.models import Declaration, Mark
from baolei.programme.organisation.levels import LEVELS
from baolei.programme.printed import points
from baolei.programme.standard.edition import Bonus, Condition, Deduction, Edition
from baolei.warehouse.spreadsheets import Column, Grid


@dataclass(frozen=True, slots=True)
class Row:
    """A condition as a row: what it is, what it is called, where it stands, and the mark that says so, if there is one.

    `met_by` says what a gate is met by; `level` is that of an honour.
    """

    kind: str
    name: str
    met_by: str
    standing: str
    level: str
    mark: Mark | None


def rows(declaration: Declaration) -> list[Row]:
    """Every gate, stated or not, then vetoes, bonuses and deductions that were entered, in the standard's order."""
    edition, _field = standard(declaration)
    held: dict[str, list[Mark]] = {}
    for one in declaration.marks.select_related("by").order_by("matter", "pk"):
        held.setdefault(one.code, []).append(one)
    return [*_gates(edition, held), *_events(edition, held)]


def _gates(edition: Edition, held: dict[str, list[Mark]]) -> Iterator[Row]:
    language = get_language() or ""
    said = {None: not_stated(), 0: pgettext("gate", "not met"), 1: pgettext("gate", "met")}
    for gate in edition.gates:
        mark = next(iter(held.get(gate.code, [])), None)
        met_by = gate.met_by.say(language) if gate.met_by else ""
        yield Row(_("Gate"), gate.name.say(language), met_by, said[mark.value if mark else None], "", mark)


def _events(edition: Edition, held: dict[str, list[Mark]]) -> Iterator[Row]:
    language, levels = get_language() or "", level_names()
    kinds: tuple[tuple[str, tuple[Condition | Bonus | Deduction, ...]], ...] = (
        (_("Veto"), edition.vetoes), (_("Bonus"), edition.bonuses), (_("Deduction"), edition.deductions)
    )  # fmt: skip
    for kind, listed in kinds:
        for one in listed:
            for mark in held.get(one.code, []):
                standing = pgettext("event", "entered") if mark.value else pgettext("event", "taken back")
                yield Row(kind, one.name.say(language), "", standing, levels.get(mark.level, mark.level), mark)


def not_stated() -> str:
    """What is said of a gate of which nothing has been said."""
    return pgettext("gate", "not stated")


def level_names() -> dict[str, str]:
    """What the levels of honours are called."""
    return {level.code: level.name.say(get_language() or "") for level in LEVELS}


def choices(declaration: Declaration) -> list[tuple[str, list[tuple[str, str]]]]:
    """What may be entered beside the points, by kind: a code, or code:level of an honour; and `mark:number` for what
    was entered and may be taken back.
    """
    edition, _field = standard(declaration)
    language, levels = get_language() or "", level_names()
    name = {one.code: one.name.say(language)
            for listed in (edition.vetoes, edition.bonuses, edition.deductions) for one in listed}  # fmt: skip
    bonuses = [
        (f"{bonus.code}:{level}", f"{name[bonus.code]} · {levels.get(level, level)} +{points(worth / 100)}")
        for bonus in edition.bonuses
        for level, worth in bonus.points
    ]
    deductions = [(one.code, f"{name[one.code]} −{points(one.points / 100)}") for one in edition.deductions]
    entered = declaration.marks.filter(value=1, code__in=name).order_by("code", "matter")
    groups = [
        (_("Veto"), [(one.code, name[one.code]) for one in edition.vetoes]), (_("Bonus"), bonuses),
        (_("Deduction"), deductions),
        (_("Take back what was entered"), [(f"mark:{one.pk}", f"{name[one.code]} · {one.matter}") for one in entered]),
    ]  # fmt: skip
    return [(title, listed) for title, listed in groups if listed]


def grid(listed: Iterable[Row]) -> Grid:
    """The conditions as a file."""
    columns = (
        Column(_("Kind")), Column(_("Condition")), Column(pgettext("process", "Standing")),
        Column(_("Which honour or event")), Column(_("Level of the honour")), Column(_("On what it stands")),
        Column(_("Entered by")),
    )  # fmt: skip
    return Grid(_("Conditions"), columns, (
        (row.kind, row.name, row.standing, row.mark.matter if row.mark else "", row.level,
         row.mark.document if row.mark else "", row.mark.by.name if row.mark and row.mark.by else "")
        for row in listed
    ))  # fmt: skip
