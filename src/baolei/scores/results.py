"""The one door to the results of a round. Every page takes its rows from here, through `visible_to`.

`Results` holds what is small (sums of units and fields, one row per branch) and reads a branch's lines when its sheet
is opened. `Seen` is what one account may see of it; what is not open raises NotOpen, never returns less in silence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from baolei.organisations.places import Place, Places, places
from baolei.people.models import Account
from baolei.programme.naming import standing
from baolei.programme.scoring.rollup import standardised_share
from baolei.programme.scoring.sheet import Sheet
from baolei.programme.standard.edition import Edition
from baolei.programme.visibility import least
from baolei.scores.sight import PUBLIC, Sight, sight_of
from baolei.scores.sums import Sums, merged
from baolei.warehouse.opened import Opened
from baolei.warehouse.rulebook import visibility
from baolei.warehouse.sheets import sheet_of

Ints = npt.NDArray[np.int64]

NEEDED = {"gates": "gates_open", "no_veto": "vetoes", "floors": "floors_broken", "evidence": "evidence_short"}
"""What a tier may need besides points, and the column of the results that is 0 where it is met."""

CONFIRMED, VISIT, UNCONFIRMED = 2, 1, 0
"""How sure a branch's standing over its line is (`confirmation` in the results)."""


class NotOpen(PermissionDenied):
    """This account's mandate does not reach here."""


@dataclass(frozen=True, slots=True)
class Row:
    """One branch of a list. Points are floats as printed (cents / 100); `tier` is the place in the edition's tiers."""

    code: str
    name: str
    field: str
    unit: str
    members: int
    score: float
    se: float
    probability: float
    tier: int
    standing: str
    flagged: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A row of a table of units or fields: what it is, its sums, None in `key` for what had to be merged."""

    key: str | None
    sums: Sums


class Results:
    """Everything the pages need of one round, opened once."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self.edition: Edition = opened.edition
        self.places: Places = places(opened)
        self.branches: pa.Table = opened.table("branches")
        self._sums = _Rollup(opened.table("rollup"), self.edition)
        self._sums.put("chance", "chance_variance", self._deserved())

    def warm_up(self) -> None:
        """Make beforehand what is otherwise made when first asked for."""
        _made = self.fields, self.leniency, self.places.initials

    @property
    def as_of(self) -> dt.date | None:
        """The day of the round's records, None where the round does not say."""
        said = self.opened.manifest.get("round", {}).get("as_of")
        return dt.date.fromisoformat(said) if said else None

    def sums(self, unit: str, field: str = "") -> Sums:
        """The sums of a unit, of all fields or of one; all zero where it has no branch."""
        return self._sums.of(unit, field)

    def standardised(self, unit: str) -> float | None:
        """The unit's share of names at the region's field mix (method 2.10); None for fewer than five branches."""
        if not self.sums(unit).enough:
            return None
        named, size = self._by_field(unit)
        _named, mix = self._by_field(self.places.root.code)
        return float(standardised_share(named[None, :], size[None, :], mix)[0])

    def _by_field(self, unit: str) -> tuple[Ints, Ints]:
        found = [self.sums(unit, field.code) for field in self.edition.fields]
        return np.array([one.named for one in found]), np.array([one.branches for one in found])

    def numbers(self, column: str) -> npt.NDArray[Any]:
        """A number of every branch, in the order of the results."""
        if column not in self._columns:
            self._columns[column] = self.branches[column].to_numpy(zero_copy_only=False)
        return self._columns[column]

    def _deserved(self) -> dict[tuple[str, str], tuple[int, ...]]:
        """By unit and field Σp and Σp(1−p) in millionths, p = 0 where a condition of the title is not met.

        The roll-up sums the chance of standing over the line alone; the share named is told beside this one.
        """
        allowed = np.ones(self.branches.num_rows, dtype=bool)
        titled = [tier for tier in self.edition.tiers if tier.named]
        needs = frozenset[str]().union(*(tier.needs for tier in titled))
        if stars := min((tier.stars for tier in titled), default=0):
            allowed &= self.numbers("stars") >= stars
        for need, column in NEEDED.items():
            if need in needs:
                allowed &= self.numbers(column) == 0
        chance = self.numbers("probability") * allowed
        values = np.stack([np.rint(chance * 1e6), np.rint(chance * (1 - chance) * 1e6)], axis=1).astype(np.int64)
        return self.places.summed(self.fields.astype(np.int64), [field.code for field in self.edition.fields], values)

    @cached_property
    def _columns(self) -> dict[str, npt.NDArray[Any]]:
        return {}

    @cached_property
    def fields(self) -> npt.NDArray[np.int16]:
        """The field of every branch, as its place in the edition; int16 [n]."""
        place = {field.code: number for number, field in enumerate(self.edition.fields)}
        column = self.branches["field"].combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = column.chunk(0)
        known = np.array([place.get(code, -1) for code in column.dictionary.to_pylist()], dtype=np.int16)
        return np.asarray(known[column.indices.to_numpy()], dtype=np.int16)

    @cached_property
    def leniency(self) -> dict[str, tuple[float, int]]:
        """By county: δ in points (positive: lenient) and the number of re-inspections behind it; none behind which too
        few stand.
        """
        rows = self.opened.table("counties").to_pylist()
        fewest = least(visibility())
        return {row["unit"]: (row["leniency"] or 0.0, row["visits"]) for row in rows if row["visits"] >= fewest}

    @cached_property
    def leniency_se(self) -> dict[str, float | None]:
        """By county the standard error of δ in points; None where the results are older than this figure."""
        rows = self.opened.table("counties").to_pylist()
        return {row["unit"]: row.get("leniency_se") for row in rows}

    @cached_property
    def inflation(self) -> tuple[float, float, int] | None:
        """By how many points what was declared stands above what random re-inspection found, all branches together: the
        mean, its standard error, the re-inspections. None where too few were made.
        """
        number = sum(row["visits"] for row in self.opened.table("counties").to_pylist())
        figures = self.opened.figures
        if number < least(visibility(), public=True) or figures.get("inflation") is None:
            return None
        return figures["inflation"], figures["inflation_se"] or 0.0, number

    def visible_to(self, account: Account | AnonymousUser, on: dt.date) -> Seen:
        """These results as this account may see them on that day."""
        return Seen(self, sight_of(account, on, self.as_of))


class Seen:
    """The results through the eyes of one account."""

    def __init__(self, results: Results, sight: Sight = PUBLIC) -> None:
        self.results = results
        self.sight = sight

    # -- units and fields: for everybody ------------------------------------------------------------------------------

    def units_below(self, unit: str, field: str = "", *, merge: bool = False) -> tuple[list[Cell], list[Place]]:
        """A row for each unit right below, one for the unit's own bodies (key = the unit), adding up to the unit.

        For those outside, and with `merge` for everybody, rows of fewer than five branches are merged; the units merged
        are told. Raises NotOpen for one field outside the scope: by units and fields crossed, small cells could be
        worked out.
        """
        results = self.results
        if field and not self.sight.covers(unit):
            raise NotOpen(unit)
        rows = [(place.code, results.sums(place.code, field)) for place in results.places.below(unit)]
        whole = results.sums(unit, field)
        own = whole
        for _code, sums in rows:
            own -= sums
        rows = [row for row in rows if row[1].branches]
        if rows and own.branches:
            rows.append((unit, own))
        return self._open(unit, rows, merge=merge)

    def fields_of(self, unit: str) -> list[Cell]:
        """A row for each field with branches here, adding up to the unit; outside the scope for the region only."""
        if not self.sight.covers(unit) and unit != self.results.places.root.code:
            raise NotOpen(unit)
        codes = [field.code for field in self.results.edition.fields]
        rows = [(code, self.results.sums(unit, code)) for code in codes]
        return self._open(unit, [row for row in rows if row[1].branches])[0]

    def stands_alone(self, unit: str) -> bool:
        """Whether the figures of a unit are open: not where it, or a unit above it, is merged with its neighbours."""
        trail = [place.code for place in self.results.places.trail(unit)]
        return self.sight.covers(unit) or not any(
            below in {place.code for place in self.units_below(above)[1]} for above, below in pairwise(trail)
        )

    def _open(self, unit: str, rows: list[tuple[str, Sums]], *, merge: bool = False) -> tuple[list[Cell], list[Place]]:
        if self.sight.covers(unit) and not merge:
            return [Cell(code, sums) for code, sums in rows], []
        alone, keys, together = merged(rows)
        cells = [Cell(code, sums) for code, sums in alone]
        if together is not None:
            cells.append(Cell(None, together))
        known = self.results.places
        return cells, [known.place(key) for key in keys if key in known]

    def leniency(self, county: str) -> tuple[float, int] | None:
        """The county's δ in points and the visits behind it, None where it is not open or not known."""
        return self.results.leniency.get(county) if self.sight.sees_leniency(county) else None

    def leniencies(self) -> list[str]:
        """The codes of the counties whose leniency is open, in the order of the tree."""
        return [code for code in sorted(self.results.leniency) if self.sight.sees_leniency(code)]

    # -- branches: for those who answer for them ----------------------------------------------------------------------

    def open_rows(self) -> Ints:
        """Rows of every branch that this account may look at, in the order of the results."""
        places = self.results.places
        own = [places.row(code) for code in self.sight.branches if places.has_branch(code)]
        return np.unique(np.concatenate([np.array(own, dtype=np.int64), *map(places.branches, self.sight.paths)]))

    def rows_of(self, unit: str) -> Ints:
        """Rows of all branches of a unit. Raises NotOpen outside the account's scope."""
        if not self.sight.covers(unit):
            raise NotOpen(unit)
        return self.results.places.branches(unit)

    def listed(self, rows: Sequence[int] | Ints) -> list[Row]:
        """Branches as rows of a list, in the order given. Raises NotOpen if one of them is outside the scope."""
        table = self.results.branches.take(pa.array(np.asarray(rows, dtype=np.int64))).select(_LISTED)
        found = table.to_pylist()
        if not all(self.sight.sees(row["code"], row["unit"]) for row in found):
            raise NotOpen
        return [_listed(row) for row in found]

    def scores(self, unit: str, field: str) -> npt.NDArray[Any]:
        """Scores in cents of a unit's branches of one field. Raises NotOpen outside the scope."""
        rows = self.rows_of(unit)
        place = [one.code for one in self.results.edition.fields].index(field)
        return np.asarray(self.results.numbers("score")[rows[self.results.fields[rows] == place]])

    def sheet(self, code: str) -> Sheet:
        """The sheet of a branch: reads its own lines only. KeyError when there is none, NotOpen outside the scope."""
        row = self._row(code)
        if not self.sight.sees(code, row["unit"]):
            raise NotOpen(code)
        opened = self.results.opened
        return sheet_of(opened.folder, row, opened.edition, opened.figures)

    def _row(self, code: str) -> dict[str, Any]:
        place = self.results.places.row(code)
        return dict(self.results.branches.slice(place, 1).to_pylist()[0])


_LISTED = [
    "code", "name", "field", "unit", "members", "score", "se", "probability", "tier", "confirmation", "held",
    "named", "disagree", "alike", "candidate",
]  # fmt: skip


def _listed(row: dict[str, Any]) -> Row:
    return Row(
        row["code"], row["name"], row["field"], row["unit"], row["members"], row["score"] / 100, row["se"],
        row["probability"], row["tier"], standing(row["named"], row["held"], row["confirmation"]),
        row["disagree"] or row["alike"] or row["candidate"],
    )  # fmt: skip


SINGLE = ("branches", "named", "confirmed", "visit_first", "held", "candidates", "short", "visited", "disagree",
          "score", "chance", "chance_variance")  # fmt: skip
"""Columns of the roll-up in the order of `Sums`; the tiers stand behind the first, the strengths at the end."""


class _Rollup:
    """The sums of the results, found by unit and field."""

    def __init__(self, table: pa.Table, edition: Edition) -> None:
        tiers = [f"tier_{tier.code}" for tier in edition.tiers]
        strengths = [strength.code for strength in edition.strengths]
        columns = [*SINGLE, *tiers, *(f"{part}_{code}" for part in ("earned", "available") for code in strengths)]
        self._tiers, self._strengths = len(tiers), len(strengths)
        self._values = np.stack([table[name].to_numpy() for name in columns], axis=1)
        keys = zip(table["unit"].to_pylist(), table["field"].to_pylist(), strict=True)
        self._at = {key: row for row, key in enumerate(keys)}
        self._none = np.zeros(len(columns), dtype=np.int64)

    def put(self, first: str, second: str, found: Mapping[tuple[str, str], tuple[int, ...]]) -> None:
        """Replace two columns by what was `found` for each unit and field."""
        places = [SINGLE.index(first), SINGLE.index(second)]
        for key, row in self._at.items():
            self._values[row, places] = found.get(key, (0, 0))

    def of(self, unit: str, field: str) -> Sums:
        row = self._at.get((unit, field))
        values = (self._none if row is None else self._values[row]).tolist()
        single, rest = values[: len(SINGLE)], values[len(SINGLE) :]
        tiers, earned = self._tiers, self._tiers + self._strengths
        parts: list[Any] = [
            single[0],
            tuple(rest[:tiers]),
            *single[1:],
            tuple(rest[tiers:earned]),
            tuple(rest[earned:]),
        ]
        return Sums(*parts)


@lru_cache(maxsize=2)
def results(opened: Opened) -> Results:
    """The results, made once for each opening."""
    return Results(opened)
