"""A lock inside the database: an edition that was published is never changed and never deleted.

It stops mistakes and whoever has only the program's own access, as the ledger's locks do.
"""

from __future__ import annotations

from typing import Any

from baolei.ledger.guards import run

_SAYS = "a published edition never changes"
_WHEN = "OLD.state = 'published'"

_INSTALL = {
    "sqlite": tuple(
        f"CREATE TRIGGER edition_{name} BEFORE {act} ON standards_ownedition WHEN {_WHEN} "
        f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
        for name, act in (("stays", "DELETE"), ("as_it_is", "UPDATE"))
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION edition_never_changes() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_SAYS}'; END $$",
        "CREATE TRIGGER edition_stays BEFORE DELETE OR UPDATE ON standards_ownedition FOR EACH ROW "
        f"WHEN ({_WHEN}) EXECUTE FUNCTION edition_never_changes()",
    ),
}
_REMOVE = {
    "sqlite": ("DROP TRIGGER IF EXISTS edition_stays", "DROP TRIGGER IF EXISTS edition_as_it_is"),
    "postgresql": ("DROP TRIGGER IF EXISTS edition_stays ON standards_ownedition",),
}


def install(connection: Any) -> None:
    """Put the lock on (again)."""
    remove(connection)
    run(connection, _INSTALL[connection.vendor])


def remove(connection: Any) -> None:
    """Take the lock off: before a test that empties the database."""
    run(connection, _REMOVE[connection.vendor])
