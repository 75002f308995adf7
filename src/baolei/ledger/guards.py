"""Locks inside the database: entries cannot be changed or deleted, except that particulars may be erased.

They stop mistakes and whoever has only the program's own access. Whoever owns the database can take them off; that is
why the head of the ledger is given out of the house.
"""

from __future__ import annotations

from typing import Any

KEPT = ("number", "at", "actor_id", "act", "subject", "path", "sealed", "previous", "hash")
"""Columns that never change."""

_SAME = {
    "sqlite": " AND ".join(f"NEW.{name} IS OLD.{name}" for name in KEPT),
    "postgresql": " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in KEPT),
}
_SAYS = "the ledger only grows"

_INSTALL = {
    "sqlite": (
        f"CREATE TRIGGER ledger_entry_stays BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
        "CREATE TRIGGER ledger_entry_as_it_is BEFORE UPDATE ON ledger_entry "
        f"WHEN NOT ({_SAME['sqlite']} AND NEW.particulars IS NULL AND NEW.salt IS NULL) "
        f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_SAYS}'; END $$",
        "CREATE TRIGGER ledger_entry_stays BEFORE DELETE OR TRUNCATE ON ledger_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_only_grows()",
        "CREATE TRIGGER ledger_entry_as_it_is BEFORE UPDATE ON ledger_entry FOR EACH ROW "
        f"WHEN (NOT ({_SAME['postgresql']} AND NEW.particulars IS NULL AND NEW.salt IS NULL)) "
        "EXECUTE FUNCTION ledger_only_grows()",
    ),
}
_REMOVE = {
    "sqlite": ("DROP TRIGGER IF EXISTS ledger_entry_stays", "DROP TRIGGER IF EXISTS ledger_entry_as_it_is"),
    "postgresql": (
        "DROP TRIGGER IF EXISTS ledger_entry_stays ON ledger_entry",
        "DROP TRIGGER IF EXISTS ledger_entry_as_it_is ON ledger_entry",
    ),
}


def install(connection: Any) -> None:
    """Put the locks on (again)."""
    remove(connection)
    run(connection, _INSTALL[connection.vendor])


def remove(connection: Any) -> None:
    """Take the locks off: before a restore, or a test that empties the database."""
    run(connection, _REMOVE[connection.vendor])


def run(connection: Any, statements: tuple[str, ...]) -> None:
    """Carry statements out, one after another."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
