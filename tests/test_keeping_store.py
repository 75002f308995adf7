"""A store that would lose what it has acknowledged, or is of another version, is refused before anyone relies on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.checks.registry import registry
from django.db import OperationalError, connections

from baolei.front.checks import store_is_durable
from baolei.front.environment import SQLITE_OPTIONS
from baolei.front.keeping.durable import SHARED, NotDurable, file_system, file_system_in, refuse_unless_durable
from baolei.front.keeping.sqlite.base import DatabaseWrapper
from houses import House, a_house, a_ready_house


@pytest.fixture(autouse=True)
def _stores_of_our_own(django_db_blocker: Any) -> Iterator[None]:
    """These tests open stores themselves; none of them touches the one of the tests."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path / "home") as one:
        yield one


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[House]:
    with a_ready_house(tmp_path / "home") as one:
        yield one


def wrapper(name: str, **options: Any) -> DatabaseWrapper:
    settings = {**connections.settings["default"], "NAME": name, "OPTIONS": {**SQLITE_OPTIONS, **options}}
    return DatabaseWrapper({**settings, "ENGINE": "baolei.front.keeping.sqlite", "CONN_MAX_AGE": 0}, "other")


def test_a_file_on_a_disk_of_this_machine_is_taken(tmp_path: Path) -> None:
    one = wrapper(str(tmp_path / "b.sqlite3"))
    one.ensure_connection()
    asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    assert [one.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in asked] == ["wal", 2, 1, 20_000]
    one.close()


def test_a_place_where_no_write_ahead_log_can_be_is_refused(tmp_path: Path) -> None:
    """SQLite's own way of keeping files where memory cannot be shared, as on many network shares."""
    with pytest.raises(NotDurable, match="journal_mode is delete, not wal; put it on a disk of this machine"):
        wrapper(f"file:{tmp_path}/b.sqlite3?vfs=unix-dotfile").ensure_connection()


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"}, "synchronous is 1, not 2"),
        ({"init_command": "PRAGMA synchronous=FULL"}, "journal_mode is delete, not wal"),
        ({"transaction_mode": "DEFERRED"}, "its transactions begin as DEFERRED, not IMMEDIATE"),
    ],
)
def test_a_setting_that_loses_work_is_refused(tmp_path: Path, options: dict[str, str], wrong: str) -> None:
    with pytest.raises(NotDurable, match=wrong):
        wrapper(str(tmp_path / "b.sqlite3"), **options).ensure_connection()


MOUNTS = """22 28 0:20 / /proc rw,relatime - proc proc rw
28 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 28 0:44 / /srv rw - ext4 /dev/vdb rw
41 40 0:45 / /srv/shared\\040files rw shared:5 - nfs4 nas:/export rw
42 28 0:46 / /home rw - ext4 /dev/vdc rw
43 28 0:47 / /home rw - cifs //nas/home rw
"""


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("/var/lib/b", "ext4"),
        ("/srv/b", "ext4"),
        ("/srv/shared files/a/b", "nfs4"),
        ("/srv/shared", "ext4"),
        ("/home/b", "cifs"),
    ],
)
def test_the_file_system_is_that_of_the_innermost_mount(file: str, kind: str) -> None:
    assert file_system_in(MOUNTS, Path(file)) == kind


def test_a_network_share_is_refused_though_sqlite_would_take_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = file_system(str(tmp_path))
    assert here
    assert here not in SHARED
    monkeypatch.setattr("baolei.front.keeping.durable.SHARED", {here})
    with pytest.raises(NotDurable, match=f"stands on a file system of kind {here}; .* never on a network share"):
        wrapper(str(tmp_path / "b.sqlite3")).ensure_connection()


def test_a_database_in_memory_is_let_be() -> None:
    one = wrapper("file:other?mode=memory&cache=shared")
    one.ensure_connection()
    with pytest.raises(NotDurable, match="journal_mode is memory"):
        refuse_unless_durable(one.connection, "memory", "IMMEDIATE")


def test_django_s_own_examination_says_so_too(tmp_path: Path) -> None:
    connections["other"] = wrapper(f"file:{tmp_path}/b.sqlite3?vfs=unix-dotfile")  # type: ignore[assignment]
    try:
        found = store_is_durable(None, databases=["other"])
    finally:
        del connections["other"]
    assert [(one.id, one.is_serious()) for one in found] == [("baolei.E001", True)]
    assert store_is_durable in registry.get_checks(include_deployment_checks=True)


@pytest.mark.stores
@pytest.mark.long
def test_nothing_is_served_before_the_database_is_of_this_version(house: House) -> None:
    refused = house.ran("serve", "--port", "8765")
    assert refused.returncode == 1
    assert "run `baolei migrate`" in refused.stderr
    assert house.ran("ledger", "verify").returncode == 1
    assert "ledger.0001_initial" in house.said("migrate")
    assert house.said("migrate") == "nothing to do: the database is of this version\n"
    assert house.said("ledger", "verify").startswith("0 entries, none touched")


@pytest.mark.stores
@pytest.mark.long
def test_a_database_that_a_newer_program_wrote_is_refused(ready: House) -> None:
    ready.does("""
from django.db import connection
connection.cursor().execute(
    "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '9999_far', '2030-01-01')"
)
""")
    for command in (("migrate",), ("serve", "--port", "8765"), ("ledger", "head")):
        refused = ready.ran(*command)
        assert refused.returncode == 1
        assert "written by a newer Baolei (people.9999_far): install that one" in refused.stderr


@pytest.mark.stores
@pytest.mark.long
def test_a_database_that_had_half_of_what_was_put_together_is_refused(ready: House) -> None:
    """All of it, and nothing is left to do; some of it, and Django alone would leave the rest out without a word."""
    ready.does("""
from django.db import connection
with connection.cursor() as had:
    had.execute("DELETE FROM django_migrations WHERE app = 'sheets'")
    had.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('sheets', '0001_initial', '2026-01-01')")
    had.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('sheets', '0002_matters', '2026-01-01')")
""")
    assert ready.said("migrate") == "nothing to do: the database is of this version\n"
    ready.does("""
from django.db import connection
connection.cursor().execute("DELETE FROM django_migrations WHERE app = 'sheets' AND name <> '0001_initial'")
""")
    refused = ready.ran("migrate")
    assert refused.returncode == 1
    assert "from between two versions (sheets had in part)" in refused.stderr
    assert "put it away and load its files anew" in ready.ran("health").stdout


def test_an_address_that_leads_nowhere_is_said_in_words(tmp_path: Path) -> None:
    house = House(tmp_path / "home", "postgresql://clerk@127.0.0.1:1/baolei")
    refused = house.ran("serve", "--port", "8765")
    assert refused.returncode == 1
    assert refused.stderr.startswith("the database does not answer: ")
    assert "Traceback" not in refused.stderr
    assert "cannot be read" in house.ran("migrate", BAOLEI_DATABASE_URL="mysql://x").stderr


def test_two_writers_wait_for_each_other(tmp_path: Path) -> None:
    """A transaction takes the lock when it begins: nobody is told half-way that he comes too late."""
    one, other = wrapper(str(tmp_path / "b.sqlite3")), wrapper(str(tmp_path / "b.sqlite3"), timeout=0.1)
    one.cursor().execute("CREATE TABLE t (a)")
    one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with pytest.raises(OperationalError, match="locked"):
        other.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    one.rollback()
    one.close()
    other.close()
