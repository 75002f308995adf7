"""An urn on PostgreSQL under two roles, neither its owner: the whole way works, and each may do only its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from baolei.programme.ballot.ballot import receipt
from baolei.urn.roles import OneRole, roles_sql
from baolei.urn.store import CLOSED, Sealed, Store, UrnUnusable
from houses import House, a_house
from urns import Urn, a_host, an_urn, sql

pytestmark = pytest.mark.stores

ALLOWED = {
    ("house", "form"): {"SELECT", "INSERT", "TRUNCATE"},
    ("house", "poll"): {"SELECT", "INSERT", "TRUNCATE"},
    ("house", "slip"): {"SELECT", "INSERT", "TRUNCATE"},
    ("house", "ballot"): {"SELECT", "INSERT", "TRUNCATE", "DELETE"},
    ("house", "closed"): {"SELECT", "INSERT", "TRUNCATE"},
    ("house", "seal"): {"SELECT", "INSERT", "TRUNCATE"},
    ("casting", "form"): {"SELECT"},
    ("casting", "poll"): {"SELECT"},
    ("casting", "slip"): {"SELECT"},
    ("casting", "ballot"): {"SELECT", "INSERT"},
}  # fmt: skip
OF_COLUMNS = {
    ("house", "poll"): {("phase", "UPDATE")},
    ("casting", "ballot"): {(name, "UPDATE") for name in ("kind", "rev", "answers", "comment", "proof", "leaf")},
    ("casting", "closed"): {("poll", "SELECT"), ("leaf", "SELECT")},
}  # fmt: skip


def told(store: Store, statement: str) -> None:
    """Have the database itself do something."""
    store._to.execute(statement)  # type: ignore[attr-defined]


class Roles:
    """An urn whose tables the server's administrator made: as the house sees it, and as the casting host does."""

    def __init__(self, owned: Urn) -> None:
        mark = secrets.token_hex(4)
        self.names = {"house": f"house-{mark}", "casting": f"casting-{mark}"}
        self.owned = owned
        for name in self.names.values():
            told(owned.store, f'CREATE ROLE "{name}" LOGIN')
        told(owned.store, "DROP TABLE form, poll, slip, ballot, closed, seal")
        self.bare = self._as("house")
        for _again in range(2):
            told(owned.store, roles_sql(**self.names))
        self.house, self.casting = self._as("house"), self._as("casting")
        self.house.store.prepare()
        self.casting.store.prepare()

    def _as(self, role: str) -> Urn:
        urn = object.__new__(Urn)
        me = f"//{quote(self.owned.place['user'])}@"
        url = self.owned.environ["BAOLEI_URN_URL"].replace(me, f"//{self.names[role]}@")
        urn.environ = {**self.owned.environ, "BAOLEI_URN_URL": url}
        urn.store = urn.opened()
        return urn

    def close(self) -> None:
        for urn in (self.bare, self.house, self.casting):
            urn.store.close()
        for name in self.names.values():
            told(self.owned.store, f'DROP OWNED BY "{name}"; DROP ROLE "{name}"')


@pytest.fixture
def urn(tmp_path: Path) -> Iterator[Urn]:
    with an_urn(tmp_path / "urn") as one:
        yield one


@pytest.fixture
def roles(urn: Urn) -> Iterator[Roles | None]:
    """None for an urn in a file, which has no roles: what it may keep is then looked at elsewhere."""
    if isinstance(urn.place, Path):
        yield None
        return
    made = Roles(urn)
    yield made
    made.close()


def test_the_whole_way_works_under_two_roles(roles: Roles | None) -> None:
    if not roles:
        return
    house = roles.house
    poll, open_still = house.polled(rev_allowed=True), house.polled()
    with a_host(roles.casting) as host:
        first = host.cast(poll.body())[1]["receipt"]
        assert host.cast(poll.body(answers="11111", rev=1))[0] == 200, "a ballot is changed where it may be"
        assert host.cast(open_still.body())[0] == 200
        house.store.set_phase([poll.id], CLOSED)
        (sealed,) = house.store.seal([poll.id], lambda what: ({"root": what.root}, b"signed"))
        house.store.give_back()
        assert host.cast(open_still.body(1))[0] == 200, "casting goes on in the tables that were written anew"
        there = receipt(sealed.ballots[0].leaf)
        assert there != first
        for code, found in ((there, True), (first, False)):
            assert host.asked("GET", f"/b/receipt/{poll.id.hex()}/{code}")[:2] == (200, {"in": found})
        said = host.said.read_text()
    assert "Insufficient" not in said
    assert house.counted(open_still) == 2
    with house.store.refilled(
        {table: list(_rows(house, table)) for table in ("form", "poll", "slip", "closed", "seal")}
    ):
        pass
    assert isinstance(house.store.sealed(poll.id), Sealed)
    assert house.counted(open_still) == 0


def _rows(urn: Urn, table: str) -> list[tuple[object, ...]]:
    with urn.store.reading():
        return list(urn.store.rows(table))


def test_each_role_may_do_what_is_its_own_and_nothing_else(roles: Roles | None) -> None:
    if not roles:
        return
    to = roles.owned.store
    names = {name: which for which, name in roles.names.items()}
    may: dict[tuple[str, str], set[str]] = {}
    for role, table, right in sql(
        to, "SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants"
            " WHERE table_schema = 'public' AND grantee <> current_user"
    ):  # fmt: skip
        may.setdefault((names[role], table), set()).add(right)
    assert may == ALLOWED, "and PUBLIC nothing: it would stand here under its name"
    columns: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for role, table, column, right in sql(
        to, "SELECT grantee, table_name, column_name, privilege_type FROM information_schema.column_privileges"
            " WHERE table_schema = 'public' AND grantee <> current_user"
    ):  # fmt: skip
        if right not in may.get((names[role], table), ()):
            columns.setdefault((names[role], table), set()).add((column, right))
    assert columns == OF_COLUMNS


FORBIDDEN = {
    "casting": [
        "DELETE FROM ballot", "TRUNCATE ballot", "UPDATE poll SET phase = 'closed'", "INSERT INTO slip VALUES ('', '')",
        "UPDATE ballot SET cred = leaf", "UPDATE ballot SET poll = leaf", "SELECT answers FROM closed",
        "SELECT cred FROM closed", "SELECT * FROM seal", "INSERT INTO seal VALUES ('', '', '', '')",
        "INSERT INTO form VALUES ('', '')", "CREATE TABLE mine (a int)", "CREATE TEMP TABLE mine (a int)",
        "CREATE INDEX ON ballot (leaf)", "ALTER TABLE ballot ADD COLUMN at timestamptz DEFAULT now()",
        "SELECT pg_switch_wal()", "CHECKPOINT", "CREATE DATABASE mine",
    ],
    "house": [
        "UPDATE ballot SET answers = '11111'", "UPDATE closed SET answers = '11111'", "DELETE FROM closed",
        "DELETE FROM seal", "UPDATE poll SET rev_allowed = true", "UPDATE slip SET hash = poll",
        "ALTER TABLE ballot ADD COLUMN at timestamptz DEFAULT now()", "CREATE TABLE mine (a int)",
        "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER watched BEFORE INSERT ON ballot EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    ],
}  # fmt: skip


@pytest.mark.parametrize("role", ["casting", "house"])
def test_what_is_not_its_own_is_refused_by_the_server(roles: Roles | None, role: str) -> None:
    if not roles:
        return
    store = (roles.casting if role == "casting" else roles.house).store
    for statement in FORBIDDEN[role]:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            told(store, statement)


def test_the_casting_host_reads_nothing_of_the_house(roles: Roles | None, tmp_path: Path) -> None:
    if not roles:
        return
    with a_house(tmp_path / "home") as house:
        roles_of_the_house(house, roles)
        where = {**roles.casting.place, "dbname": house.store}
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(**where)
        with psycopg.connect(**{**roles.owned.place, "dbname": house.store}, autocommit=True) as owner:
            owner.execute(f"GRANT CONNECT ON DATABASE {house.store} TO PUBLIC")  # as after a restore
            with (
                psycopg.connect(**where, autocommit=True) as stranger,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                stranger.execute("SELECT * FROM people_account")
            owner.execute(f'REASSIGN OWNED BY "{roles.names["house"]}" TO CURRENT_USER')


def roles_of_the_house(house: House, roles: Roles) -> None:
    """A table of the house in a database that is closed as the guide says."""
    with psycopg.connect(**{**roles.owned.place, "dbname": house.store}, autocommit=True) as owner:
        owner.execute("CREATE TABLE people_account (id int)")
        owner.execute(f"REVOKE CONNECT ON DATABASE {house.store} FROM PUBLIC")


def test_tables_that_are_not_made_are_asked_for_in_words(urn: Urn) -> None:
    if isinstance(urn.place, Path):
        return
    name = f"bare-{secrets.token_hex(4)}"
    told(urn.store, f'CREATE ROLE "{name}" LOGIN')
    told(urn.store, "DROP TABLE form, poll, slip, ballot, closed, seal")
    other = object.__new__(Urn)
    other.environ = {**urn.environ, "BAOLEI_URN_URL": urn.environ["BAOLEI_URN_URL"].replace(
        f"//{quote(urn.place['user'])}@", f"//{name}@")}  # fmt: skip
    store = other.opened()
    with pytest.raises(UrnUnusable, match="let the server's administrator run what `baolei urn-roles` prints"):
        store.prepare()
    store.close()
    told(urn.store, f'DROP ROLE "{name}"')


def test_one_role_for_both_is_refused() -> None:
    with pytest.raises(OneRole, match="needs a role of its own"):
        roles_sql("baolei", "baolei")
