"""Who sees what of a result, and that nothing is shown behind which too few people stand (method 3.8).

The table is `rulebook/visibility.yaml`. Nobody, at any level, sees who chose what.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from baolei.programme.ruled import Rows, Ruled, numbers, read_as, since, text
from baolei.programme.standard.edition import Edition, Source, Text

PUBLIC, NONE = "public", "none"
VIEWERS = ("branch", "township", "banner", "league", "region", PUBLIC)
"""Who looks: the five levels from below, and everybody else."""


@dataclass(frozen=True, slots=True)
class How:
    """In what form something is seen; the code 'none' for not at all."""

    code: str
    name: Text

    @property
    def seen(self) -> bool:
        """Whether anything is shown."""
        return self.code != NONE


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of figure: how each of `VIEWERS` sees it, and how all do where too few stand behind it (None: as ever)."""

    code: str
    name: Text
    by: Mapping[str, How]
    small: How | None


@dataclass(frozen=True, slots=True)
class Visibility:
    """The table in force from a day, and the sizes below which a cell is small."""

    since: dt.date
    source: Text
    kinds: Mapping[str, Kind]
    numbers: Mapping[str, Ruled]


def visibility(rows: Rows) -> Visibility:
    """The table written in `rulebook/visibility.yaml`.

    Raises ValueError naming a viewer or a form that is missing or unknown, and a small cell of the public that is
    smaller than that of others.
    """
    with read_as("visibility"):
        hows = {code: How(code, text(row)) for code, row in rows["hows"].items()}
        kinds = {
            code: Kind(
                code,
                text(row["name"]),
                {viewer: hows[row[viewer]] for viewer in VIEWERS},
                hows[row["small"]] if "small" in row else None,
            )
            for code, row in rows["what"].items()
        }
        sizes = numbers(rows, ("small_cell", "small_cell_public"))
        found = Visibility(since(rows), text(rows["source"]), kinds, sizes)
    if sizes["small_cell_public"].value < sizes["small_cell"].value:
        raise ValueError("visibility: small_cell_public must not be less than small_cell")
    return found


def least(rules: Visibility, *, public: bool = False, edition: int = 0) -> int:
    """How many must stand behind a figure: more of the public's own ballots; an edition may raise it, never lower."""
    return max(edition, rules.numbers["small_cell_public" if public else "small_cell"].value)


def least_of(rules: Visibility, source: Source) -> int:
    """How many ballots of a source must stand behind a figure."""
    return least(rules, public=source.public, edition=source.shown_from)


def closed(rules: Visibility, edition: Edition, row: Mapping[str, Any]) -> frozenset[str]:
    """The sources of which too few ballots tell of a branch: seen by nobody but inside the total.

    `row` is the branch's row of results. Who gave none at all can be told from nothing.
    """
    asked = {source.code: least_of(rules, source) for source in edition.asked()}
    return frozenset(code for code, fewest in asked.items() if 0 < row[f"ballots_{code}"] < fewest)


def how(
    rules: Visibility,
    viewer: str,
    what: str,
    n: int | None = None,
    *,
    inside: bool = True,
    public: bool = False,
    edition: int = 0,
) -> How:
    """In what form a level sees a kind of figure.

    `n`: people or ballots behind it, None where nobody is counted. `inside`: whether it is the viewer's own or lies
    below. `public`, `edition`: as in `least`. Raises KeyError for an unknown viewer or kind, and ValueError where a
    figure that may be small is asked for without its `n`.
    """
    kind = rules.kinds[what]
    found = kind.by[viewer if inside else PUBLIC]
    if kind.small is None or not found.seen:
        return found
    if n is None:
        raise ValueError(f"{what}: how many stand behind it decides whether it is shown")
    return found if n >= least(rules, public=public, edition=edition) else kind.small


def sees(
    rules: Visibility,
    viewer: str,
    what: str,
    n: int | None = None,
    *,
    inside: bool = True,
    public: bool = False,
    edition: int = 0,
) -> bool:
    """Whether a level sees anything of a kind of figure by itself; arguments and errors as in `how`."""
    return how(rules, viewer, what, n, inside=inside, public=public, edition=edition).code not in (NONE, "within_total")


def hidden(cells: Mapping[str, int], fewest: int) -> frozenset[str]:
    """The cells of a printed row, with its total, that stay closed: small ones, and enough others to cover them.

    A cell of 0 says nothing of anybody. Those closed are two at least and `fewest` people together, so that none can
    be worked out by subtraction; where they cannot be, every cell with people is closed.
    """
    ordered = sorted((count, code) for code, count in cells.items() if count)
    closed = [(count, code) for count, code in ordered if count < fewest]
    for one in ordered[len(closed) :]:
        if not closed or (len(closed) > 1 and sum(count for count, _ in closed) >= fewest):
            break
        closed.append(one)
    return frozenset(code for _, code in closed)
