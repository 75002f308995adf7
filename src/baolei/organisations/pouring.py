"""Many rows at once into a table, as fast as the database takes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def pour(model: type[models.Model], columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows by COPY where there is one, else by one prepared statement. Columns are those of the database."""
    table, quote = model._meta.db_table, connection.ops.quote_name
    names = ", ".join(quote(name) for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {quote(table)} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            _count_on(cursor, table)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({places})", list(rows))


def _count_on(cursor: Any, table: str) -> None:
    """Let the numbers go on after the largest there is, never back: a number that was given is not given again."""
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
    sequence = cursor.fetchone()[0]
    cursor.execute(
        f"SELECT setval('{sequence}', greatest((SELECT max(id) FROM \"{table}\"), last_value)) FROM {sequence}"
    )


def reserve(model: type[models.Model], count: int) -> Sequence[int]:
    """Numbers for so many new rows of a table, which nobody else gets and no row ever had. Within a transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        given = cursor.fetchone()
    first = max(next_number(model), (given[0] if given else 0) + 1)
    return range(first, first + count)


def next_number(model: type[models.Model]) -> int:
    """The number the next row of a table would get."""
    last = model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
    return 1 + (last or 0)


def take_stock(*models_: type[models.Model]) -> None:
    """Let the database count what now stands in these tables, so that it finds the short way to a row."""
    with connection.cursor() as cursor:
        for model in models_:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
