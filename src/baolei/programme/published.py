"""Published figures 公布数据: what each is, its numerator and denominator in words, and what the article says of it.

The catalogue: `rulebook/figures.yaml`. How each is counted stands in the room of figures; what may not be shown, and
how a figure prints, is said here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from baolei.programme.printed import count, points, share
from baolei.programme.ruled import Rows, read_as, since, text
from baolei.programme.standard.edition import Text

COUNT, SHARE, RATIO = KINDS = ("count", "share", "ratio")


@dataclass(frozen=True, slots=True)
class Published:
    """A figure that is published. `fields` and `campaign` narrow what is counted; `people`, `reported` and `year` as
    the catalogue says.
    """

    code: str
    group: str
    kind: str
    name: Text
    of: Text
    article: Text
    people: bool
    reported: bool
    year: bool
    fields: tuple[str, ...]
    campaign: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """In force from a day: the groups and the figures by code, in the order in which they are shown."""

    since: dt.date
    source: Text
    groups: Mapping[str, Text]
    figures: Mapping[str, Published]


def catalogue(rows: Rows, known_fields: Mapping[str, Text]) -> Catalogue:
    """The catalogue written in `rulebook/figures.yaml`. Raises ValueError naming what is wrong."""
    with read_as("figures"):
        groups = {row["code"]: text(row["name"]) for row in rows["groups"]}
        figures = {row["code"]: _figure(row) for row in rows["figures"]}
        found = Catalogue(since(rows), text(rows["source"]), groups, figures)
    faults = [f"{one.code}: kind {one.kind!r} is none of " + ", ".join(KINDS)
              for one in figures.values() if one.kind not in KINDS]  # fmt: skip
    faults += [f"{one.code}: no group {one.group}" for one in figures.values() if one.group not in groups]
    faults += [f"{one.code}: no field {field}" for one in figures.values() for field in one.fields
               if field not in known_fields]  # fmt: skip
    if len(figures) != len(rows["figures"]):
        faults.append("a code stands twice")
    if faults:
        raise ValueError("figures: " + "; ".join(faults))
    return found


def _figure(row: Rows) -> Published:
    return Published(
        row["code"], row["group"], row["kind"], text(row["name"]), text(row["of"]), text(row["article"]),
        bool(row.get("people")), bool(row.get("reported")), bool(row.get("year")), tuple(row.get("fields", ())),
        row.get("campaign", ""),
    )  # fmt: skip


def may_be_shown(figure: Published, numerator: int, denominator: int | None, fewest: int) -> bool:
    """Whether a figure may be shown: one of people only where enough stand behind it, and behind what is left."""
    if not figure.people:
        return True
    if denominator is None:
        return not 0 < numerator < fewest
    rest = denominator - numerator
    return denominator == 0 or (denominator >= fewest and not 0 < numerator < fewest and not 0 < rest < fewest)


def value(figure: Published, numerator: int, denominator: int | None) -> str:
    """As it is printed; a dash where there is nothing to divide by: no data is not 0 and not 100 %."""
    if figure.kind == COUNT:
        return count(numerator)
    if not denominator:
        return share(None)
    part = numerator / denominator
    return share(part) if figure.kind == SHARE else points(part)
