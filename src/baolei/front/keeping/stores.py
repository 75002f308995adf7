"""What is asked of a store before it is used: does it answer, does it keep what it says, is it of this version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error as DatabaseError

from baolei.programme.refusals import Refusal

TRIAL = "trial"

_MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")


class StoreRefused(Refusal):
    """The store does not answer, or is not of the version of this program."""


def unsafe_settings(connection: Any) -> list[str]:
    """What a PostgreSQL server was told that loses acknowledged work in a power cut, in words; nothing for SQLite.

    Opens the connection, so raises NotDurable for a SQLite that cannot be kept safely.
    """
    connection.ensure_connection()
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = 'off'", [list(_MUST_BE_ON)])
        return [f"PostgreSQL has {name} = off: a power cut loses what was saved; switch it on"
                for (name,) in cursor.fetchall()]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How a store stands to the migrations of this program: those it has not had, in their order; those it has had that
    this program does not know, since a newer one wrote it; the rooms whose migrations have since been put together, and
    of which it has had only some: Django would leave the rest of them out without a word.
    """

    missing: list[str]
    newer: list[str]
    half: list[str]


def standing(connection: Any) -> Standing:
    """How a store stands, in one look at its migrations and ours."""
    executor = MigrationExecutor(connection)
    loader, ours = executor.loader, {app for app, _ in executor.loader.disk_migrations}
    missing = [f"{one.app_label}.{one.name}" for one, _ in executor.migration_plan(loader.graph.leaf_nodes())]
    told = set(loader.graph.nodes).union(*(one.replaces for one in loader.replacements.values()))
    newer = sorted(f"{app}.{name}" for app, name in loader.applied_migrations
                   if app in ours and (app, name) not in told)  # fmt: skip
    had = {key: [old in loader.applied_migrations for old in one.replaces] for key, one in loader.replacements.items()}
    half = sorted(app for (app, _), each in had.items() if any(each) and not all(each))
    return Standing(missing, newer, half)


def steps_to_take(alias: str = DEFAULT_DB_ALIAS) -> list[str]:
    """What is unapplied.

    Raises StoreRefused where the store does not answer, a newer program wrote it, or one from before the migrations of
    a room were put together that knew only some of them.
    """
    try:
        found = standing(connections[alias])
    except DatabaseError as error:
        raise StoreRefused(f"the database does not answer: {str(error).strip()}") from error
    if found.half:
        raise StoreRefused(f"the database is from between two versions ({', '.join(found.half[:3])} had in part) and "
                           "cannot be brought to this one: put it away and load its files anew")  # fmt: skip
    if found.newer:
        raise StoreRefused(
            f"the database was written by a newer Baolei ({', '.join(found.newer[:3])}): install that one"
        )
    return found.missing


def refuse_unless_ready(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Raise StoreRefused, saying what to do, unless the store answers and is of this version; NotDurable too."""
    if missing := steps_to_take(alias):
        raise StoreRefused(
            f"the database is not of this version, {len(missing)} step{'s' if len(missing) != 1 else ''} behind "
            f"({missing[0]} is next): run `baolei migrate`"
        )


@contextmanager
def trial(database: dict[str, Any]) -> Iterator[Any]:
    """A second store under the alias TRIAL, as the first one but for `database` (its NAME): its connection."""
    connections.settings[TRIAL] = {**connections.settings[DEFAULT_DB_ALIAS], "CONN_MAX_AGE": 0, **database}
    try:
        yield connections[TRIAL]
    finally:
        connections[TRIAL].close()
        del connections[TRIAL]
        del connections.settings[TRIAL]
