"""Many rows at once into a table, as fast as the database takes them."""

from __future__ import annotations

from collections.abc import Iterable
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
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {quote(table)}")
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({places})", list(rows))


def next_number(model: type[models.Model]) -> int:
    """The number the next row of a table would get."""
    last = model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
    return 1 + (last or 0)


def take_stock(*models_: type[models.Model]) -> None:
    """Let the database count what now stands in these tables, so that it finds the short way to a row."""
    with connection.cursor() as cursor:
        for model in models_:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
