"""Put the data in front of the steps: every column the edition speaks of is found and read, or every lack is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from baolei.programme.index.figures import Figures
from baolei.programme.index.table import Table
from baolei.programme.refusals import CaseRefused, Fault
from baolei.programme.standard.index_edition import IndexEdition

UNITS, ID = "units", "id"
"""The table with one row per unit, and the column that names the unit."""


def seat(edition: IndexEdition, tables: Mapping[str, Table]) -> dict[str, Any]:
    """The first board: `tables`, `value_raw` (units x indicators), `value_extra` (denominators), `value_label` (words).

    Raises CaseRefused with every missing table, column and unit, and every cell that is not a number.
    """
    faults = list(_lacks(edition, tables))
    units = tables.get(UNITS, Table(UNITS, {ID: ()}, ()))
    faults += _ids(units)
    numbers = {name: units.numbers(name, faults) for name in _numeric(edition) if name in units.columns}
    if faults:
        raise CaseRefused(faults)
    ids = units.columns[ID]
    codes = tuple(item.code for item in edition.items if item.code in numbers)
    extra = tuple(sorted({item.denominator for item in edition.items if item.denominator}))
    labels = tuple(name for name in _labels(edition))
    return {
        "tables": tables,
        "value_raw": Figures(ids, codes, _stack([numbers[code] for code in codes], len(ids))),
        "value_extra": Figures(ids, extra, _stack([numbers[code] for code in extra], len(ids))),
        "value_label": Figures(ids, labels, _words([units.columns[name] for name in labels], len(ids))),
    }


ASKED: dict[str, tuple[str, ...]] = {
    "effects": ("response", "units", "raters", "fixed"),
    "shrink": ("successes", "trials", "value", "variance", "truth"),
    "pool": ("cells", "value", "variance"),
    "agreement": ("unit", "rater", "value", "raters"),
    "rank_sets": ("value", "error"),
}
"""Which words of a section name columns of its table."""


def columns_asked(edition: IndexEdition) -> Iterator[tuple[str, str, str]]:
    """(section of the edition, table, column) for every column it speaks of outside its list of items."""
    for name in _labels(edition):
        yield "impute or peers", UNITS, name
    for section, words in ASKED.items():
        rule = getattr(edition, section)
        if rule is None:
            continue
        for word in words:
            named = getattr(rule, word)
            for name in (named,) if isinstance(named, str) else named:
                yield section, getattr(rule, "table", UNITS), name


def _lacks(edition: IndexEdition, tables: Mapping[str, Table]) -> Iterator[Fault]:
    asked = {(table, column): section for section, table, column in columns_asked(edition) if column}
    for item in edition.items:
        if item.denominator:
            asked[UNITS, item.denominator] = f"item {item.code}"
        if edition.absent_items == "refuse":
            asked[UNITS, item.code] = "items"
    for table in sorted({table for table, _ in asked}):
        if table not in tables:
            yield Fault("case", 0, f"the edition speaks of a table {table!r}", f"name its file under data: {table}:")
    for (table, column), section in asked.items():
        if table in tables and column not in tables[table].columns:
            lack = tables[table].absent(column)
            yield Fault(lack.place, lack.line, f"{lack.wrong}, of which the edition speaks under {section}", lack.right)


def _ids(units: Table) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for row, unit in enumerate(units.columns[ID]):
        if not unit:
            yield Fault(units.place, units.lines[row], "the unit has no name", "give every row its id")
        elif unit in seen:
            yield Fault(
                units.place, units.lines[row], f"unit {unit!r} stands twice", f"it first stands on line {seen[unit]}"
            )
        else:
            seen[unit] = units.lines[row]


def _numeric(edition: IndexEdition) -> tuple[str, ...]:
    names = [item.code for item in edition.items] + [item.denominator for item in edition.items if item.denominator]
    return tuple(dict.fromkeys(names))


def _labels(edition: IndexEdition) -> tuple[str, ...]:
    named = [edition.impute.by if edition.impute else "", "" if edition.peers == "evidence" else edition.peers]
    return tuple(dict.fromkeys(name for name in named if name))


def _stack(columns: list[Any], rows: int) -> Any:
    return np.column_stack(columns) if columns else np.empty((rows, 0))


def _words(columns: list[tuple[str, ...]], rows: int) -> Any:
    words = np.empty((rows, len(columns)), dtype=object)
    for place, column in enumerate(columns):
        words[:, place] = column
    return words
