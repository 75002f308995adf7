"""The structural audit 规范设置: what is wrong with how an organisation is set up, by the figures, and what to do.

Twice the same: `findings` for one organisation, to be read; `flag_table` for a region in columns. Both ask the same
conditions of the rules in force; a date that is not known raises nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from baolei.programme.organisation.periods import whole_months
from baolei.programme.organisation.rules import COLUMNS, Condition, Flag, SetupRules, column_of
from baolei.programme.refusals import ColumnsRefused, Fault
from baolei.programme.standard.edition import Text

Bools = npt.NDArray[np.bool_]
Columns = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Organisation:
    """What the audit reads of a Party organisation; the columns of a snapshot's branches.

    `committee`: members of the committee, 0 without one. `secretary_vacant_since`: None while there is a secretary.
    `term_end`, `last_gathering`: None where not known. `exception`: the approval on file, '' without one; written
    `flag:document` it speaks for that flag alone, several are parted by `;`.
    """

    kind: str
    members: int
    full_members: int
    committee: int = 0
    secretary_vacant_since: dt.date | None = None
    term_end: dt.date | None = None
    unit_active: bool = True
    last_gathering: dt.date | None = None
    exception: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: the flag, the figures that raised it, and the approval that excuses it ('' while it is open).

    `figures` holds the columns compared, the rules' numbers by their codes (. as _), and days and months passed.
    """

    flag: Flag
    figures: Mapping[str, int | bool | dt.date]
    exception: str

    @property
    def code(self) -> str:
        """The flag's code."""
        return self.flag.code

    @property
    def open(self) -> bool:
        """Whether something is to be done."""
        return not self.exception

    @property
    def message(self) -> Text:
        """What was found, with its figures and the approval that excuses it."""
        words = self.flag.excused if self.exception and self.flag.excused else self.flag.message
        figures = {**self.figures, "exception": self.exception}
        return Text(words.zh.format_map(figures), words.en.format_map(figures))

    @property
    def cure(self) -> Text:
        """What to do."""
        return self.flag.cure

    @property
    def rules(self) -> tuple[str, ...]:
        """The numbers of the regulation it leans on, as `SetupRules.number` knows them."""
        return tuple(dict.fromkeys(condition.rule for condition in self.flag.when if condition.rule))


def findings(organisation: Organisation, on: dt.date, rules: SetupRules) -> tuple[Finding, ...]:
    """Everything the audit finds in one organisation on a day, in the order of the rules; excused findings included.

    Raises KeyError for a kind that the rules do not know.
    """
    kind = rules.kinds[organisation.kind].code
    return tuple(
        Finding(flag, figures(flag, organisation, on), _excuse(flag, organisation, on, rules))
        for flag in rules.flags.values()
        if kind in flag.kinds and all(_holds(condition, organisation, on) for condition in flag.when)
    )


def approval(flag: Flag, exception: str, rules: SetupRules) -> str:
    """The document among the approvals on file that may excuse this flag, '' if none does.

    >>> approval(rules.flags["oversized_branch"], "term_overdue:组通字〔2023〕1号; 组通字〔2022〕18号", rules)
    '组通字〔2022〕18号'
    """
    for part in exception.replace("；", ";").replace("：", ":").split(";"):
        head, named, document = (piece.strip() for piece in part.partition(":"))
        if named and head in rules.flags:
            if head == flag.code and not flag.hard and document:
                return document
        elif flag.exception == "document" and part.strip():
            return part.strip()
    return ""


def _holds(condition: Condition, organisation: Organisation, on: dt.date) -> bool:
    value = getattr(organisation, condition.column)
    return value is not None and bool(condition.compare(value, condition.bound(on)))


def _excuse(flag: Flag, organisation: Organisation, on: dt.date, rules: SetupRules) -> str:
    if not all(_holds(condition, organisation, on) for condition in flag.excused_while):
        return ""
    return approval(flag, organisation.exception, rules)


def figures(flag: Flag, organisation: Organisation, on: dt.date) -> Mapping[str, int | bool | dt.date]:
    """What a flag's message names: the columns it compares, the rules' numbers (. as _), days and months passed."""
    found: dict[str, int | bool | dt.date] = {}
    for condition in flag.when:
        value = found[condition.column] = getattr(organisation, condition.column)
        if condition.rule:
            found[condition.rule.replace(".", "_")] = condition.limit
        if column_of(condition.test) == "date":
            found["days"], found["months"] = (on - value).days, whole_months(value, on)
    return MappingProxyType(found)


# -- the same for a region, in columns --------------------------------------------------------------------------------


def flag_table(
    columns: Columns,
    on: dt.date,
    rules: SetupRules,
    *,
    flags: Collection[str] | None = None,
    excused: bool = False,
    place: str = "branches",
) -> dict[str, Bools]:
    """For each flag, which organisations it is raised for and no approval excuses; bool [n] by code.

    `columns` are those of `Organisation`: text and int [n], bool [n], datetime64[D] [n] with NaT where not known.
    `flags` narrows the audit (organisations above the branch have no gatherings, say); `excused` gives those that an
    approval excuses instead. Raises ColumnsRefused with everything missing, of the wrong type, or of an unknown kind,
    and KeyError for an unknown flag.
    """
    asked = [rules.flags[code] for code in (rules.flags if flags is None else flags)]
    faults = list(_column_faults(columns, asked, rules, place))
    if faults:
        raise ColumnsRefused(faults)
    is_kind = {kind: np.asarray(columns["kind"] == kind) for kind in rules.kinds}
    named = np.flatnonzero(columns["exception"] != "")
    found = {}
    for flag in asked:
        raised = np.zeros(len(columns["kind"]), dtype=bool)
        for kind in flag.kinds & is_kind.keys():
            raised |= is_kind[kind]
        raised &= _all_hold(flag.when, columns, on, len(raised))
        excuse = np.zeros(len(raised), dtype=bool)
        if not flag.hard:
            excuse[named] = [bool(approval(flag, one or "", rules)) for one in columns["exception"][named]]
            excuse &= _all_hold(flag.excused_while, columns, on, len(raised))
        found[flag.code] = raised & (excuse if excused else ~excuse)
    return found


def _all_hold(conditions: tuple[Condition, ...], columns: Columns, on: dt.date, n: int) -> Bools:
    held = np.ones(n, dtype=bool)
    for condition in conditions:
        bound = condition.bound(on)
        held &= condition.compare(
            columns[condition.column], np.datetime64(bound, "D") if isinstance(bound, dt.date) else bound
        )
    return held


_DTYPES = {"int": "iu", "bool": "b", "date": "M", "text": "OUT"}
_WRITTEN = {"int": "whole numbers", "bool": "true or false", "date": "datetime64[D]", "text": "words"}
SHOWN = 5
"""Rows of unknown kinds that are named; more are counted."""


def _column_faults(columns: Columns, flags: list[Flag], rules: SetupRules, place: str) -> Iterator[Fault]:
    asked = [condition.column for flag in flags for condition in (*flag.when, *flag.excused_while)]
    length = len(columns["kind"]) if "kind" in columns else 0
    for name in dict.fromkeys(("kind", "exception", *asked)):
        if name not in columns:
            yield Fault(place, 0, f"has no column {name!r}", f"{_WRITTEN[COLUMNS[name]]}, one for each organisation")
        elif columns[name].dtype.kind not in _DTYPES[COLUMNS[name]]:
            yield Fault(place, 0, f"column {name!r} is of {columns[name].dtype}", _WRITTEN[COLUMNS[name]])
        elif len(columns[name]) != length:
            yield Fault(place, 0, f"column {name!r} has {len(columns[name])} rows", f"{length}, as the column 'kind'")
    if "kind" in columns and columns["kind"].dtype.kind in _DTYPES["text"]:
        known = np.logical_or.reduce([np.asarray(columns["kind"] == kind) for kind in rules.kinds])
        strange = np.flatnonzero(~known)
        for row in strange[:SHOWN]:
            yield Fault(place, int(row) + 1, f"no kind {columns['kind'][row]!r}", "one of " + ", ".join(rules.kinds))
        if len(strange) > SHOWN:
            yield Fault(place, 0, f"{len(strange) - SHOWN:,} more rows of an unknown kind")
