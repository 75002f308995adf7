"""What a stage sets up in an empty database, written down the first time and put back row by row from then on.

A banner with one of everything takes a second to set up through the acts of the house, and a few hundredths to put
back. A row carries all that an act left behind, so the same stands there; where anything stands already, the acts are
done again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import connection, transaction

Said, Result = ParamSpec("Said"), TypeVar("Result")
Row = tuple[Any, ...]

_TOLD_BY = ("organisations_unit", "organisations_organisation", "people_account", "ledger_entry")
"""Tables in one of which there is something wherever anything was set up."""
MANY = 200
"""From so many rows on PostgreSQL is told what stands in a table: it would look for the long way to a row."""


def kept(build: Callable[Said, Result]) -> Callable[Said, Result]:
    """A stage whose result is plain numbers and words: built once for what it is told and each folder of files."""
    written: dict[tuple[Any, ...], tuple[Result, dict[str, list[Row]]]] = {}

    @wraps(build)
    def stand(*said: Said.args, **named: Said.kwargs) -> Result:
        if any(_rows(table) for table in _TOLD_BY):
            return build(*said, **named)
        here = (settings.BAOLEI_PAPERS, settings.BAOLEI_NETWORKS, *said, *named.values())
        if here not in written:
            before = {table: _rows(table) for table in connection.introspection.table_names()}
            result = build(*said, **named)
            after = {table: _rows(table) for table in before}
            written[here] = result, {table: [row for row in rows if row not in before[table]] if before[table] else rows
                                     for table, rows in after.items() if rows != before[table]}  # fmt: skip
            assert all(row in after[table] for table, rows in before.items() for row in rows), "a stage only adds"
            return result
        result, tables = written[here]
        with transaction.atomic():  # rows name others that are put back after them
            for table, rows in tables.items():
                _put(table, rows)
        return result

    return stand


def _rows(table: str) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        return list(map(tuple, cursor.fetchall()))


def _put(table: str, rows: list[Row]) -> None:
    name, places = connection.ops.quote_name(table), ", ".join(["%s"] * len(rows[0]))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(f"INSERT INTO {name} VALUES ({places})", rows)
            return
        with cursor.copy(f"COPY {name} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        if len(rows) >= MANY:  # as whoever pours many rows does
            cursor.execute(f"ANALYZE {name}")
