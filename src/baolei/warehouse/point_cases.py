"""A case of an additive edition: a handful of branches in CSV tables instead of a snapshot's Parquet.

Tables: `units` (id = branch; `field`, optionally `entitled`, `served`), `facts` (branch, item, num, den), `ballots`
(branch, source, question counted from 1, one column for each grade's code, optionally `unknown`); optionally `marks`
(branch, code, value, matter, level), `norms` (field, source, strength, mean) and `fields` (field, center, reliability,
dispersion), the figures frozen before any verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from baolei.programme.index.figures import Figures, one, several
from baolei.programme.index.table import Table
from baolei.programme.refusals import CaseRefused, Fault
from baolei.programme.scoring.pipeline import score
from baolei.programme.standard.edition import Edition
from baolei.programme.standard.exact import cents

COLUMNS = {
    "units": ("field",),
    "facts": ("branch", "item", "num", "den"),
    "ballots": ("branch", "source", "question"),
    "marks": ("branch", "code", "value", "matter", "level"),
    "norms": ("field", "source", "strength", "mean"),
    "fields": ("field", "center", "reliability", "dispersion"),
}
NEEDED = ("units", "facts", "ballots")


def evaluate(edition: Edition, tables: Mapping[str, Table], ids: Sequence[str]) -> dict[str, Figures]:
    """Score the branches `ids` and name every result. Raises CaseRefused with every fault of the tables."""
    faults = list(_faults(edition, tables, ids))
    if faults:
        raise CaseRefused(faults)
    return _results(edition, ids, score(edition, board(edition, tables, ids)))


def _faults(edition: Edition, tables: Mapping[str, Table], ids: Sequence[str]) -> Iterator[Fault]:
    for name in NEEDED:
        if name not in tables:
            yield Fault("case.yaml", 0, f"data lacks the table {name!r}", f"columns {', '.join(COLUMNS[name])}")
    for name, table in tables.items():
        if name not in COLUMNS:
            yield Fault("case.yaml", 0, f"data holds a table {name!r}", "one of " + ", ".join(COLUMNS))
            continue
        wanted = COLUMNS[name] + (tuple(grade.code for grade in edition.grades) if name == "ballots" else ())
        absent = [column for column in wanted if column not in table.columns]
        yield from (table.absent(column) for column in absent)
        if not absent:
            yield from _word_faults(edition, name, table, ids)


def _word_faults(edition: Edition, name: str, table: Table, ids: Sequence[str]) -> Iterator[Fault]:
    groups = (edition.gates, edition.vetoes, edition.bonuses, edition.deductions)
    marks = [mark.code for group in groups for mark in group]
    known: dict[str, Sequence[str]] = {
        "branch": ids, "field": [field.code for field in edition.fields], "item": list(edition.items),
        "source": [source.code for source in edition.asked()], "code": marks,
        "strength": [strength.code for strength in edition.strengths],
    }  # fmt: skip
    for column in COLUMNS[name]:
        cells = table.columns[column]
        for word, line in zip(cells, table.lines, strict=True):
            if column in known and word not in known[column]:
                yield Fault(
                    table.place, line, f"{column} {word!r} is unknown", "one of " + ", ".join(known[column][:8])
                )
            if column in ("num", "den", "value", "question") and not word.isdigit():
                yield Fault(table.place, line, f"{column} is {word!r}", "write a whole number from 0 up")


def board(edition: Edition, tables: Mapping[str, Table], ids: Sequence[str]) -> dict[str, Any]:
    """The pipeline's board from a case's tables."""
    units, facts = tables["units"], tables["facts"]
    n, row = len(ids), {code: place for place, code in enumerate(ids)}
    items, fields = list(edition.items), [field.code for field in edition.fields]
    lines = sorted(
        (row[b], items.index(i), int(num), int(den))
        for b, i, num, den in zip(*(facts.columns[name] for name in COLUMNS["facts"]), strict=True)
    )
    fact = np.array(lines, dtype=np.int64).reshape(-1, 4)
    marks = tables.get("marks", Table("marks", {name: () for name in COLUMNS["marks"]}, ()))
    none = np.zeros(0, dtype=np.int64)
    answers = _answers(edition, tables["ballots"], row)
    return {
        "field": np.array([fields.index(word) for word in units.columns["field"]], dtype=np.int16),
        "county": np.zeros(n, dtype=np.int32), "league": np.zeros(n, dtype=np.int32),
        "code": np.array(ids, dtype=object),
        **{name: _counts(units, name, n) for name in ("entitled", "served")},
        "fact_branch": fact[:, 0], "fact_item": fact[:, 1], "fact_num": fact[:, 2], "fact_den": fact[:, 3],
        "answers": answers, "ballots": answers[:, :, :, : len(edition.grades)].sum(axis=3).max(axis=2),
        "panel_branch": none, "panel_source": none, "panel_rater": none,
        "panel_answers": np.zeros((0, answers.shape[2]), dtype=np.uint8),
        "mark_branch": np.array([row[word] for word in marks.columns["branch"]], dtype=np.int64),
        "mark_value": np.array([int(word) for word in marks.columns["value"]], dtype=np.int64),
        **{f"mark_{name}": np.array(marks.columns[name], dtype=object) for name in ("code", "matter", "level")},
        "visit_branch": none, "visit_wave": none, "visit_probability": np.zeros(0), "visit_organisation": none,
        "visit_overall": none, "last_branch": none, "last_score": none, "last_se": none,
        "last_named": np.zeros(0, dtype=bool), "last_below": none,
        "seed": "0", "parameters": _frozen(tables),
    }  # fmt: skip


def _counts(units: Table, column: str, n: int) -> Any:
    words = units.columns.get(column, ("0",) * n)
    return np.array([int(word or 0) for word in words], dtype=np.int64)


def _answers(edition: Edition, ballots: Table, row: Mapping[str, int]) -> Any:
    sources = [source.code for source in edition.asked()]
    longest = max(len(questions) for questions in edition.questions.values())
    grades = [*(grade.code for grade in edition.grades), "unknown"]
    answers = np.zeros((len(row), len(sources), longest, len(grades)), dtype=np.int32)
    for line, branch in enumerate(ballots.columns["branch"]):
        a, q = sources.index(ballots.columns["source"][line]), int(ballots.columns["question"][line]) - 1
        for g, grade in enumerate(grades):
            answers[row[branch], a, q, g] = int(ballots.columns[grade][line] or 0) if grade in ballots.columns else 0
    return answers


def _frozen(tables: Mapping[str, Table]) -> dict[str, Any]:
    norm: dict[str, Any] = {}
    if "norms" in tables:
        for field, source, strength, mean in zip(
            *(tables["norms"].columns[name] for name in COLUMNS["norms"]), strict=True
        ):
            norm.setdefault(field, {}).setdefault(source, {})[strength] = cents(mean)
    field_figures: dict[str, Any] = {}
    if "fields" in tables:
        columns = tables["fields"].columns
        for place, field in enumerate(columns["field"]):
            field_figures[field] = {
                name: float(columns[name][place]) for name in COLUMNS["fields"][1:] if columns[name][place]
            }
    return {"norm": norm, "field": field_figures}


def _results(edition: Edition, ids: Sequence[str], scored: Mapping[str, Any]) -> dict[str, Figures]:
    """Every result under its name; points, not cents."""
    sources, strengths = edition.sources, edition.strengths
    asked = edition.asked()
    out = {name: one(name, ids, scored[name] / 100) for name in ("base", "bonus", "deduction", "score")}
    out |= {name: one(name, ids, scored[name]) for name in ("se", "theta", "spread", "probability", "rank")}
    out["tier"] = one("tier", ids, [edition.tiers[place].code for place in scored["tier"]], words=True)
    earned = scored["earned"]
    out["sources"] = several(ids, {s.code: earned[:, :, r].sum(axis=1) / 100 for r, s in enumerate(sources)})
    out["strengths"] = several(ids, {s.code: earned[:, p].sum(axis=1) / 100 for p, s in enumerate(strengths)})
    items = np.full((len(ids), len(edition.items)), np.nan)
    items[scored["fact_branch"], scored["fact_item"]] = scored["fact_points"] / 100
    out["items"] = several(ids, {code: items[:, place] for place, code in enumerate(edition.items)})
    for name, key in (("means", "asked_mean"), ("results", "asked_score"), ("ballots", "asked_points")):
        cells = {f"{q.code}.{s.code}": scored[key][:, a, p] / 100
                 for a, q in enumerate(asked) for p, s in enumerate(strengths)}  # fmt: skip
        out[name] = several(ids, cells)
    return out
