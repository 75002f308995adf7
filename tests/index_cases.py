"""Cases written for a test: an edition, tables and expectations as words, put into a folder."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

from baolei.programme.index.pipeline import evaluate
from baolei.programme.index.table import Table
from baolei.programme.located import Document
from baolei.programme.standard import index
from baolei.programme.standard.index_edition import IndexEdition
from baolei.warehouse.cases import RULEBOOK

EXAMPLES = Path(__file__).parents[1] / "examples"

HEAD = """\
baolei: edition
kind: index
code: made
name: {zh: 试, en: Made}
source: {zh: 试, en: Made for a test}
"""

CASE_HEAD = """\
baolei: case
title: {zh: 试, en: Made}
source: made for a test
licence: ours
edition: edition.yaml
"""


def table(place: str, text: str) -> Table:
    """A table written with commas; '-' stands for a missing cell."""
    rows = [line.strip().split(",") for line in dedent(text).strip().splitlines()]
    cells = [["" if cell == "-" else cell for cell in row] for row in rows[1:]]
    columns = {name: tuple(row[place] for row in cells) for place, name in enumerate(rows[0])}
    return Table(place, columns, tuple(range(2, 2 + len(cells))))


def edition(body: str, tables: dict[str, Table] | None = None) -> IndexEdition:
    """The edition of HEAD and `body`."""
    import json

    schema: dict[str, Any] = json.loads((RULEBOOK / "index-edition.schema.json").read_text(encoding="utf-8"))
    return index.read(Document("edition.yaml", HEAD + dedent(body)), tables or {}, schema)


def evaluated(body: str, units: str = "", **tables: str) -> dict[str, Any]:
    """Results of HEAD and `body` over `units` (with a column id) and other tables."""
    given = {name: table(f"{name}.csv", text) for name, text in tables.items()}
    if units:
        given["units"] = table("units.csv", units)
    return evaluate(edition(body), given)


def folder(at: Path, body: str, case: str, **files: str) -> Path:
    """A case folder; the name of a file has __ for its dot."""
    (at / "edition.yaml").write_text(HEAD + dedent(body), encoding="utf-8")
    (at / "case.yaml").write_text(CASE_HEAD + dedent(case), encoding="utf-8")
    for name, text in files.items():
        (at / name.replace("__", ".")).write_text(dedent(text).lstrip(), encoding="utf-8")
    return at
