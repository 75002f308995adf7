"""What stands on the page of a public notice, and in the queue of its objections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Count, F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.naming.models import Line
from baolei.notices.actions import ADD, STRIKE
from baolei.notices.models import FINAL, Objection, Posting
from baolei.organisations.directory import names_of
from baolei.organisations.models import OrganisationState, UnitState
from baolei.programme import notice
from baolei.programme.naming import ADDED, STRUCK
from baolei.programme.notice import OBJECTION, OUTCOME_NAMES
from baolei.programme.printed import percent
from baolei.programme.standard.edition import Edition
from baolei.programme.visibility import closed, least
from baolei.scores.models import Run
from baolei.standards.at_hand import at_hand
from baolei.warehouse.rulebook import notice as notice_rules
from baolei.warehouse.rulebook import visibility
from baolei.warehouse.snapshot import read_table
from baolei.warehouse.spreadsheets import Column, Grid

FEW = 5
"""Fewer are not counted out in public: who knows of one could tell what became of it."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name on the list as everybody sees it: branch, unit, field, tier, each strength in whole percent (None where a
    source with too few ballots could be worked out from it), and how many ballots each source gave (None for few).
    """

    line: Line
    name: str
    unit: str
    field: str
    tier: str
    strengths: tuple[int | None, ...]
    ballots: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An objection as a row of the queue: itself, branch, kind, standing, the day by which somebody must act (None
    where nobody must), whether it is late, what it came to.
    """

    objection: Objection
    name: str
    kind: str
    standing: str
    due: date | None
    late: bool
    outcome: str


def names(found: list[Line], today: date) -> list[Name]:
    """Names of a list, in the order given."""
    if not found:
        return []
    this = found[0].list.round
    edition, language = at_hand(this.edition), get_language() or ""
    states = _states(one.declaration.organisation_id for one in found)
    rows = scored(found[0].list.run, edition, {code for code, _name in states.values()})
    units = UnitState.objects.on(today).filter(unit__in={one.declaration.unit_id for one in found})
    unit = dict(units.values_list("unit_id", "name"))
    fields = {one.code: one.name.say(language) for one in edition.fields}
    tiers = {one.code: one.name.say(language) for one in edition.tiers}
    return [
        Name(one, name, unit.get(one.declaration.unit_id, ""), fields.get(one.field, one.field),
             tiers.get(one.tier, one.tier), strengths(rows.get(code), edition), ballots(rows.get(code), edition))
        for one in found for code, name in [states.get(one.declaration.organisation_id, ("", ""))]
    ]  # fmt: skip


def scored(run: Run, edition: Edition, codes: Iterable[str]) -> dict[str, dict[str, int]]:
    """For each of these branches the columns of the results from which its row of the notice is made."""
    path = run.results_folder / "branches.parquet"
    if not path.exists():
        return {}
    columns = [f"{what}_{one.code}" for one in edition.strengths for what in ("earned", "available")]
    table = read_table(path, ["code", *columns, *(f"ballots_{one.code}" for one in edition.asked())])
    rows = table.filter(pc.is_in(table["code"], pa.array(codes, pa.string()))).to_pylist()
    return {row["code"]: row for row in rows}


def strengths(row: Mapping[str, int] | None, edition: Edition) -> tuple[int | None, ...]:
    """What a branch earned of what it could, strength by strength, in whole percent; None where that is not known, or
    a source of which too few ballots tell could be worked out from it by those who see the other lines.
    """
    if row is None or closed(visibility(), edition, row):
        return tuple(None for _one in edition.strengths)
    return tuple(percent(row[f"earned_{one.code}"], row[f"available_{one.code}"]) for one in edition.strengths)


def ballots(row: Mapping[str, int] | None, edition: Edition) -> tuple[int | None, ...]:
    """How many valid ballots each source gave; None where that is not known, or they are few."""
    fewest = least(visibility())
    numbers = (row[f"ballots_{one.code}"] if row else None for one in edition.asked())
    return tuple(None if number is None or 0 < number < fewest else number for number in numbers)


def changed(posting: Posting) -> list[tuple[str, str, Any]]:
    """What objections have changed: the branch, what became of its name, and since when."""
    done = {STRIKE: (STRUCK, _("struck off after an objection")), ADD: (ADDED, _("added after an objection"))}
    found = [
        (one.line, done[what][1]) for one in posting.objections.select_related("line__declaration")
        for what in one.corrections if what in done and one.line.act == done[what][0]
    ]  # fmt: skip
    once = {line.pk: (line, said) for line, said in found}.values()
    called = names_of(line.declaration.organisation_id for line, _said in once)
    return [(called.get(line.declaration.organisation_id, ""), said, line.decided_on) for line, said in once]


def numbers(posting: Posting) -> dict[str, int]:
    """How many objections came to what: an outcome, taken back, passed on, or still open."""
    found = posting.objections.order_by().annotate(
        end=Coalesce(NullIf(F("appeal_outcome"), Value("")), NullIf(F("outcome"), Value("")), F("state"))
    )
    counted: dict[str, int] = {}
    for end, number in found.values_list("end").annotate(Count("pk")):
        kind = end if end in OUTCOME_NAMES or end in FINAL else "open"
        counted[kind] = counted.get(kind, 0) + number
    return counted


def counts(posting: Posting) -> list[tuple[str, str]]:
    """The same in words; few are only said to be few."""
    language, counted = get_language() or "", numbers(posting)
    words = {"open": _("looked into")} | {code: name.say(language) for code, name in OUTCOME_NAMES.items()} \
        | {code: OBJECTION.state(code).name.say(language) for code in ("withdrawn", "passed_on")}  # fmt: skip
    return [(said, _number(counted.get(code, 0))) for code, said in words.items()]


def _number(number: int) -> str:
    return str(number) if number >= FEW else pgettext("objections", "fewer than five")


def rows(found: Iterable[Objection], today: date) -> list[Row]:
    """Objections as rows, those that are late first, then by the day they are due."""
    days = [(one, None if notice.is_settled(one.state, one.outcome) else one.due) for one in found]
    listed = sorted(days, key=lambda pair: (pair[1] is None, pair[1] or today, pair[0].pk))
    called, language = names_of(one.line.declaration.organisation_id for one, _due in listed), get_language() or ""
    kinds = notice_rules().kinds
    return [
        Row(one, called.get(one.line.declaration.organisation_id, ""), kinds[one.kind].name.say(language),
            notice.standing(one.state, one.outcome).say(language), due, bool(due and due < today),
            outcome(one.came_to))
        for one, due in listed
    ]  # fmt: skip


def outcome(code: str) -> str:
    """What an objection came to, in words; '' for none yet."""
    return OUTCOME_NAMES[code].say(get_language() or "") if code else ""


def told(row: Row) -> str:
    """What the branch concerned is told: that there is an objection, or its outcome; no more."""
    if row.outcome:
        return row.outcome
    return row.standing if row.objection.state in FINAL else _("an objection is being looked into")


def _states(organisations: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Code and name of organisations, as they are now."""
    found = OrganisationState.objects.filter(organisation__in=set(organisations)).order_by("since")
    return {pk: (code, name) for pk, code, name in found.values_list("organisation_id", "code", "name")}


def names_grid(found: Iterable[Name], edition: Edition) -> Grid:
    """The names as a file."""
    language = get_language() or ""
    columns = (
        Column(_("Party branch")), Column(_("Unit")), Column(_("Field")), Column(_("Tier")),
        *(Column(one.name.say(language) + " %", "whole") for one in edition.strengths),
        *(Column(_("%(source)s: ballots") % {"source": one.name.say(language)}, "whole") for one in edition.asked()),
    )  # fmt: skip
    return Grid(_("Public notice"), columns, (
        (one.name, one.unit, one.field, one.tier, *one.strengths, *one.ballots) for one in found
    ))  # fmt: skip


def queue_grid(found: Iterable[Row]) -> Grid:
    """The queue as a file: no words of anybody."""
    columns = (
        Column(_("Number"), "whole"), Column(_("Party branch")), Column(_("Kind")),
        Column(pgettext("process", "Standing")), Column(_("Received on"), "day"), Column(_("Until"), "day"),
        Column(_("Late")), Column(_("Outcome")),
    )  # fmt: skip
    return Grid(_("Objections"), columns, (
        (row.objection.pk, row.name, row.kind, row.standing, row.objection.lodged, row.objection.due,
         _("yes") if row.late else _("no"), row.outcome) for row in found
    ))  # fmt: skip


def told_grid(found: Iterable[Row]) -> Grid:
    """What branches are told, as a file."""
    columns = (Column(_("Party branch")), Column(_("Objection")))
    return Grid(_("Objections"), columns, ((row.name, told(row)) for row in found))
