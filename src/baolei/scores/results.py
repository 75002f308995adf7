"""The evaluated round that the pages show: the one door to a results folder, opened once and held while it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from baolei.people.models import Account
from baolei.programme.scoring.sheet import Sheet
from baolei.programme.standard.edition import Edition
from baolei.warehouse.editions import edition as read_edition
from baolei.warehouse.sheets import read_figures, sheet_of
from baolei.warehouse.snapshot import read_manifest, read_table

SMALL = 5
"""No share or mean over fewer branches is shown."""

INTERVAL = 1.645


@dataclass(frozen=True)
class Results:
    """One evaluated round in memory: its edition, its tree, sums of every unit and field, and one row per branch."""

    folder: Path
    manifest: dict[str, Any]
    edition: Edition
    figures: dict[str, Any]
    units: dict[str, dict[str, Any]]
    children: dict[str, list[str]]
    sums: dict[tuple[str, str], dict[str, Any]]
    counties: dict[str, dict[str, Any]]
    branches: list[dict[str, Any]]
    places: dict[str, int]

    @property
    def root(self) -> str:
        """Code of the unit at the top."""
        return next(iter(self.units))

    def row(self, code: str) -> dict[str, Any] | None:
        """The branch with this code, None when there is none."""
        place = self.places.get(code)
        return None if place is None else self.branches[place]

    def inside(self, code: str) -> Iterator[dict[str, Any]]:
        """The branches at or below a unit."""
        return (row for row in self.branches if row["unit"].startswith(code))

    def sheet(self, code: str) -> Sheet:
        """The sheet of a branch; KeyError when there is none."""
        return sheet_of(self.folder, self.branches[self.places[code]], self.edition, self.figures)

    def fields_of(self, code: str) -> list[tuple[Any, dict[str, Any]]]:
        """The fields present in a unit with their sums, in the edition's order."""
        found = ((field, self.sums.get((code, field.code))) for field in self.edition.fields)
        return [(field, row) for field, row in found if row is not None]

    def above(self, code: str) -> list[str]:
        """Codes from the top down to this unit."""
        line = [code]
        while parent := self.units[line[0]]["parent"]:
            line.insert(0, parent)
        return line


def share(row: dict[str, Any]) -> dict[str, float] | None:
    """Share named and the 90 % interval of the share truly over the line, percent; None for small cells."""
    n = row["branches"]
    if n < SMALL:
        return None
    middle = row["chance"] / n / 1e6
    half = INTERVAL * (row["chance_variance"] / 1e6) ** 0.5 / n
    return {
        "named": 100 * row["named"] / n,
        "middle": 100 * middle,
        "low": 100 * max(0.0, middle - half),
        "high": 100 * min(1.0, middle + half),
    }


def current() -> Results | None:
    """The round of settings.BAOLEI_RESULTS, None when there is none yet; read again when its manifest changes."""
    folder = Path(settings.BAOLEI_RESULTS)
    manifest = folder / "manifest.json"
    return _open(str(folder), manifest.stat().st_mtime_ns) if manifest.is_file() else None


@lru_cache(maxsize=2)
def _open(folder: str, _changed: int) -> Results:
    home = Path(folder)
    units = {unit["code"]: unit for unit in read_table(home / "units.parquet").to_pylist()}
    children: dict[str, list[str]] = {}
    for code, unit in units.items():
        children.setdefault(unit["parent"], []).append(code)
    branches = read_table(home / "branches.parquet").to_pylist()
    sums = read_table(home / "rollup.parquet").to_pylist()
    return Results(
        folder=home,
        manifest=read_manifest(home),
        edition=read_edition(home / "edition"),
        figures=read_figures(home),
        units=units,
        children=children,
        sums={(row["unit"], row["field"]): row for row in sums},
        counties={row["unit"]: row for row in read_table(home / "counties.parquet").to_pylist()},
        branches=branches,
        places={row["code"]: place for place, row in enumerate(branches)},
    )


def may_see(account: Any, code: str) -> bool:
    """Whether an account may see the branches at or below this code: only inside its own scope, never the public."""
    return isinstance(account, Account) and any(code.startswith(path) for path in account.scope(dt.date.today()))  # noqa: DTZ011
