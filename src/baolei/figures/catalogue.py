"""The catalogue of published figures, each with numerator, denominator, date and definition; nothing invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.programme.organisation.audit import flag_table
from baolei.programme.organisation.rules import Flag
from baolei.scores.results import Results
from baolei.warehouse.rulebook import setup_rules

COLUMNS_OF: dict[str, Any] = {
    "kind": object,
    "members": np.int64,
    "full_members": np.int64,
    "committee": np.int64,
    "unit_active": np.bool_,
    "exception": object,
    "secretary_vacant_since": "datetime64[D]",
    "term_end": "datetime64[D]",
    "last_gathering": "datetime64[D]",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it is printed; `numerator` and `denominator` are kept with it."""

    name: str
    value: str
    numerator: int
    denominator: int | str
    date: str
    definition: str


def audit(results: Results) -> list[tuple[Flag, npt.NDArray[np.bool_]]]:
    """What the structural audit raises among the branches of the round, by the rules in force on its date."""
    on = dt.date.fromisoformat(str(results.manifest["round"]["as_of"]))
    rules = setup_rules(on)
    rows = results.branches
    columns = {name: np.array([row[name] for row in rows], dtype=kind) for name, kind in COLUMNS_OF.items()}
    raised = flag_table(columns, on, rules)
    return [
        (flag, raised[flag.code]) for flag in rules.flags.values() if flag.code in raised and raised[flag.code].any()
    ]


def catalogue(results: Results) -> tuple[list[Figure], list[tuple[str, str]]]:
    """The figures these records can give, and those they cannot yet with where they will come from."""
    rows = results.branches
    row = results.sums[results.root, ""]
    date = str(results.manifest.get("round", {}).get("as_of", ""))
    n = row["branches"]

    def part(name: str, count: int, of: int, definition: str) -> Figure:
        return Figure(name, f"{100 * count / of:.1f}%" if of else "—", count, of, date, definition)

    def number(name: str, count: int, definition: str) -> Figure:
        return Figure(name, f"{count:,}", count, "—", date, definition)

    known = [
        number(_("Branches"), n, _("Branches in the round's frozen list.")),
        number(_("Members"), sum(each["members"] for each in rows), _("Members of these branches, each counted once.")),
        part(
            _("Titled share"),
            row["named"],
            n,
            _("Branches in a tier that carries the title / all branches of the round; the article says 41.1 %."),
        ),
        part(
            _("Confirmed among the named"),
            row["confirmed"],
            row["named"],
            _("Named with a chance of at least 0.8 of truly standing over the line / named."),
        ),
        part(_("Branches visited"), row["visited"], n, _("Branches re-inspected at random or near the line / all.")),
        part(_("Evidence short"), row["short"], n, _("Branches with a source under its least evidence / all.")),
    ]
    known += [
        part(
            flag.name.say(get_language() or "zh"),
            int(raised.sum()),
            n,
            _("Raised by the set-up rules in force and not excused by an approval / all branches."),
        )
        for flag, raised in audit(results)
    ]
    missing = [
        (_("One person in both posts, age and education of committees"), _("comes with posts and terms")),
        (_("Secretaries and members trained"), _("comes with training classes")),
        (_("Weak organisations turned round"), _("comes with rectification cases")),
        (_("Grids, grid workers, matters solved"), _("comes with matters")),
        (_("In-service members registered, small wishes"), _("comes with double registration")),
        (_("Service centres and the 15-minute circle"), _("comes with centres")),
    ]
    return known, missing
