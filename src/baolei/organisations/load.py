"""Load a whole region at once from a folder of CSV files: the first day of an installation, and the demo.

units.csv          code, name, parent, level
organisations.csv  code, name, kind, field, parent, unit, unit_active, exception
members.csv        name, organisation, kind, since, joined
posts.csv          organisation, post, holder, committee, village_head, birth_year, education, since, until
                   (holder: row number in members.csv, from 1)
terms.csv          organisation, elected, ends

All or nothing; a row that cannot be is refused with its file and line. Spreadsheets of single counties come in through
the pages instead, with a preview.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db import transaction
from pyarrow import csv

from baolei.ledger.actions import record
from baolei.organisations.models import (
    POSTS,
    Exemption,
    Member,
    Membership,
    Organisation,
    OrganisationState,
    Post,
    Term,
    UnitState,
    segment_of,
)
from baolei.organisations.pouring import next_number, pour, take_stock
from baolei.organisations.spelling import initials
from baolei.organisations.units import enter
from baolei.people.models import Account
from baolei.programme.organisation.rules import SetupRules
from baolei.programme.organisation.tree import Tree, grow, tree
from baolei.programme.refusals import Fault, Refused
from baolei.warehouse.rulebook import structure

TEXT, DAY, FLAG, COUNT = pa.string(), pa.date32(), pa.bool_(), pa.int64()

FILES: dict[str, dict[str, pa.DataType]] = {
    "units": {"code": TEXT, "name": TEXT, "parent": TEXT, "level": COUNT},
    "organisations": {
        "code": TEXT, "name": TEXT, "kind": TEXT, "field": TEXT, "parent": TEXT, "unit": TEXT, "unit_active": FLAG,
        "exception": TEXT,
    },
    "members": {"name": TEXT, "organisation": TEXT, "kind": TEXT, "since": DAY, "joined": DAY},
    "posts": {
        "organisation": TEXT, "post": TEXT, "holder": COUNT, "committee": FLAG, "village_head": FLAG,
        "birth_year": COUNT, "education": TEXT, "since": DAY, "until": DAY,
    },
    "terms": {"organisation": TEXT, "elected": DAY, "ends": DAY},
}  # fmt: skip
"""The files and their columns; all are needed, more are not read."""

SHOWN = 20
BATCH = 20_000


class FolderRefused(Refused):
    """A folder of files that cannot be loaded; nothing of it was."""

    subject = "the folder"


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows of each file now stand in the house."""

    rows: dict[str, int]


@transaction.atomic
def load(*, folder: Path, since: date, rules: SetupRules, actor: Account | None, now: datetime, why: str) -> Loaded:
    """Load a folder into an empty house, as of a day. Raises FolderRefused, NotPossible, TreeRefused."""
    tables = {name: _read(folder / f"{name}.csv", columns) for name, columns in FILES.items()}
    units = tables["units"].to_pydict()
    if faults := list(_without_top(units)):
        raise FolderRefused(faults[:SHOWN])
    enter(units=tree(units["code"], units["name"], units["parent"], units["level"], place="units.csv"),
          since=since, actor=actor, now=now, why=why)  # fmt: skip
    unit_pk = dict(UnitState.objects.open().values_list("code", "unit_id"))
    pk = _organisations(tables["organisations"].to_pydict(), unit_pk, since, rules)
    first = _members(tables["members"], pk, _of_holders(tables["posts"]))
    _terms_and_posts(tables, pk, first)
    take_stock(Organisation, OrganisationState, Exemption, Member, Membership, Post, Term)
    rows = {name: table.num_rows for name, table in tables.items()}
    record(actor=actor, act="organisations.load", now=now, why=why, after=rows)
    return Loaded(rows)


def _without_top(units: dict[str, list[Any]]) -> Iterator[Fault]:
    """A fault for each unit that stands under none and is no region: what is shown above it would be missing."""
    for row, (parent, level) in enumerate(zip(units["parent"], units["level"], strict=True)):
        if not parent and level != 1:
            yield Fault("units.csv", row + 2, f"stands under no unit and is of level {level}", "begin with the region")


def _read(file: Path, columns: dict[str, pa.DataType]) -> pa.Table:
    if not file.is_file():
        raise FolderRefused([Fault(file.name, 0, "missing", "columns " + ", ".join(columns))])
    convert = csv.ConvertOptions(
        column_types=columns,
        include_columns=list(columns),
        null_values=[""],
        strings_can_be_null=False,
        true_values=["1", "true"],
        false_values=["0", "false"],
    )
    try:
        return csv.read_csv(file, convert_options=convert)
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise FolderRefused([Fault(file.name, 0, str(error), "columns " + ", ".join(columns))]) from None


def _organisations(
    rows: dict[str, list[Any]], unit_pk: dict[str, int], since: date, rules: SetupRules
) -> dict[str, int]:
    """Enter the Party tree; the number of each organisation by its code."""
    found, faults = grow(rows["code"], rows["name"], rows["parent"], [0] * len(rows["code"]), "organisations.csv")
    faults += _strange("organisations.csv", "unit", rows["unit"], unit_pk)
    faults += _strange("organisations.csv", "kind", rows["kind"], rules.kinds)
    if faults:
        raise FolderRefused(faults[:SHOWN])
    first = next_number(Organisation)
    pour(Organisation, ("id",), ((first + row,) for row in range(len(found))))
    path = _paths(found, first)
    above = (first + int(parent) if parent >= 0 else None for parent in found.parent)
    pour(
        OrganisationState,
        ("organisation_id", "code", "name", "initials", "kind", "field", "above_id", "unit_id", "unit_active",
         "path", "since"),
        zip((first + row for row in range(len(found))), rows["code"], rows["name"],
            map(initials, rows["name"]), rows["kind"], rows["field"], above,
            (unit_pk[code] for code in rows["unit"]), rows["unit_active"], path, [since] * len(found), strict=True),
    )  # fmt: skip
    exempt = [(row, said) for row, said in enumerate(rows["exception"]) if said]
    pour(Exemption, ("organisation_id", "flag", "document", "since"), (
        (first + row, *_flag_and_document(one), since) for row, said in exempt for one in said.split(";")
    ))  # fmt: skip
    return {code: first + row for row, code in enumerate(rows["code"])}


def _flag_and_document(said: str) -> tuple[str, str]:
    flag, _, document = said.rpartition(":")
    return flag, document


def _paths(found: Tree, first: int) -> list[str]:
    path = [""] * len(found)
    for row in sorted(range(len(found)), key=lambda row: int(found.depth[row])):
        above = int(found.parent[row])
        path[row] = (path[above] if above >= 0 else "") + segment_of(first + row)
    return path


def _of_holders(posts: pa.Table) -> dict[int, tuple[int, str]]:
    """Year of birth and education of those who hold a post, by their row among the members, counted from 1."""
    columns = (posts[name].to_pylist() for name in ("holder", "birth_year", "education"))
    return {holder: (born, education) for holder, born, education in zip(*columns, strict=True)}


def _members(table: pa.Table, pk: dict[str, int], holders: dict[int, tuple[int, str]]) -> int:
    """Enter the members and where they belong; the number of the first."""
    kinds = {Membership.FULL, Membership.PROBATIONARY}
    faults = [
        *_strange("members.csv", "organisation", table["organisation"].to_pylist(), pk),
        *_strange("members.csv", "kind", table["kind"].to_pylist(), kinds),
    ]
    if faults:
        raise FolderRefused(faults[:SHOWN])
    first = next_number(Member)
    number = iter(range(first, first + table.num_rows))
    for piece in table.to_batches(BATCH):
        rows = piece.to_pydict()
        numbers = [next(number) for _ in rows["name"]]
        known = [holders.get(one - first + 1, (None, "")) for one in numbers]
        pour(Member, ("id", "name", "joined", "birth_year", "education"),
              ((one, name, joined, *more) for one, name, joined, more
               in zip(numbers, rows["name"], rows["joined"], known, strict=True)))  # fmt: skip
        homes = [pk[code] for code in rows["organisation"]]
        pour(Membership, ("member_id", "organisation_id", "kind", "since"),
              zip(numbers, homes, rows["kind"], rows["since"], strict=True))  # fmt: skip
    return first


def _terms_and_posts(tables: dict[str, pa.Table], pk: dict[str, int], first: int) -> None:
    terms, posts = tables["terms"].to_pydict(), tables["posts"].to_pydict()
    members = tables["members"].num_rows
    faults = [
        *_strange("terms.csv", "organisation", terms["organisation"], pk),
        *_strange("posts.csv", "organisation", posts["organisation"], pk),
        *_strange("posts.csv", "post", posts["post"], POSTS),
        *_strange("posts.csv", "holder", posts["holder"], range(1, members + 1)),
        *_strange("posts.csv", "education", posts["education"], {"", None, *structure().education}),
    ]
    if faults:
        raise FolderRefused(faults[:SHOWN])
    pour(Term, ("organisation_id", "elected", "ends"),
          zip((pk[code] for code in terms["organisation"]), terms["elected"], terms["ends"], strict=True))  # fmt: skip
    pour(
        Post,
        ("organisation_id", "kind", "holder_id", "committee", "village_head", "since", "until"),
        zip((pk[code] for code in posts["organisation"]), posts["post"], (first - 1 + row for row in posts["holder"]),
            posts["committee"], posts["village_head"], posts["since"], posts["until"], strict=True),
    )  # fmt: skip


def _strange(file: str, column: str, values: Sequence[Any], known: Any) -> Iterator[Fault]:
    """A fault for each row whose value is none of the known ones; lines are counted with the header as line 1."""
    shown = 0
    for row, value in enumerate(values):
        if value not in known:
            yield Fault(file, row + 2, f"{column} {value!r} is unknown", "one that stands in this folder or the rules")
            shown += 1
            if shown >= SHOWN:
                return
