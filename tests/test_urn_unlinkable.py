"""Nobody who reads everything after the sealing knows whose a ballot is; what holds the order of casting gives it away.

The house's list of who was issued a token is a table as its own one is (`ballots.models.Issued`): poll, account,
digest of what was signed blindly, no time. Half of the people vote by slips: for them the list stands for the paper
roll, which is signed in the order in which slips are drawn.
"""

from __future__ import annotations

import fcntl
import random
import secrets
import sqlite3
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from baolei.programme.ballot import blind
from baolei.programme.ballot.ballot import base32, leaf, receipt, slip_hash
from baolei.programme.ballot.credentials import split
from baolei.urn.store import CAST, CLOSED, ISSUE, Poll
from houses import House, a_house, a_ready_house
from linkage import Found, Guess, more_than_chance, scores
from tokens import elector, slip_ballot
from urns import FORM, Running, Urn, a_host, an_urn, sql

pytestmark = [pytest.mark.stores, pytest.mark.long]
PEOPLE = 50
TABLE = "issued_to"
"""Beside the house's own, with names in it: more than `ballots_issued` tells."""


@dataclass
class Voter:
    """A person, and what this person sends; `marks` are the bytes by which the ballot is known in a file."""

    name: str
    body: dict[str, object]
    marks: list[bytes]


class Scene:
    """A house and an urn in which a poll is issued to fifty people, in an order that the house's records tell."""

    def __init__(self, house: House, urn: Urn) -> None:
        self.house, self.urn = house, urn
        self.begun = time.time()
        self.poll = secrets.token_bytes(16)
        key = generate_private_key(65537, 2048)
        (digest,) = urn.store.put_forms([FORM])
        urn.store.put_polls([Poll(self.poll, digest, key_spki=blind.public_bytes(key.public_key()))])
        self.voters = [self._voter(number, key) for number in range(PEOPLE)]
        slips = [slip_hash(self.poll, one.marks[-1]) for one in self.voters if "slip" in one.body]
        urn.store.put_slips([(self.poll, one) for one in slips])
        urn.store.set_phase([self.poll], ISSUE)
        random.shuffle(self.voters)
        self._issue()
        urn.store.set_phase([self.poll], CAST)

    def _voter(self, number: int, key: Any) -> Voter:
        answers = "".join("123"[number // 3**place % 3] for place in range(5))
        if number % 2:
            ballot, proof = slip_ballot(self.poll, answers)
            sent: dict[str, object] = {"slip": base32(proof)}
        else:
            ballot, proof = elector(key, self.poll).ballot(answers)
            token = split(proof)
            parts = {"spki": token.spki, "randomiser": token.randomiser, "signature": token.signature,
                     "signed": token.hand}  # fmt: skip
            sent = {"token": {name: b64encode(part).decode() for name, part in parts.items()}}
        marks = [leaf(ballot, proof), ballot.cred, receipt(leaf(ballot, proof)).encode(), proof[-20:]]
        return Voter(f"person-{number}", {"poll": self.poll.hex(), "answers": answers, **sent}, marks)

    def _issue(self) -> None:
        with in_the_house(self.house) as execute:
            execute(f"CREATE TABLE {TABLE} (poll text, account text, blinded text)")
            for one in self.voters:
                row = f"('{self.poll.hex()}', '{one.name}', '{secrets.token_hex(32)}')"
                execute(f"INSERT INTO {TABLE} VALUES {row}")

    def cast(self, host: Running, voters: list[Voter]) -> None:
        """One after another, as they come."""
        for one in voters:
            status, said = host.cast(one.body)
            assert (status, said["receipt"].encode()) == (200, one.marks[2])

    def seal(self) -> tuple[Any, ...]:
        """What remains after the sealing."""
        self.urn.store.set_phase([self.poll], CLOSED)
        self.urn.store.seal([self.poll], lambda what: ({"root": what.root}, b"signed"))
        return self.urn.store.give_back()

    @property
    def truth(self) -> Guess:
        return {one.name: one.marks[0] for one in self.voters}

    def found(self, host: Running, *backups: Path) -> Found:
        """Everything there is now."""
        tables = {table: rows_of(self.urn, table, "leaf") for table in ("ballot", "closed")}
        found = Found(people_of(self.house), tables, {one.marks[0]: one.marks for one in self.voters})
        gather(found, self.urn, [self.house.home], self.begun)
        found.add("host", host.said)
        for place in backups:
            found.add("backup", place)
        return found


@contextmanager
def in_the_house(house: House) -> Iterator[Any]:
    """The database of a house, each statement a transaction of its own."""
    address = house.environ["BAOLEI_DATABASE_URL"]
    if not address:
        with closing(sqlite3.connect(house.home / "baolei.sqlite3", isolation_level=None)) as to:
            yield to.execute
        return
    import psycopg

    with psycopg.connect(address, autocommit=True) as on_server:
        yield on_server.execute


def people_of(house: House) -> list[tuple[str, int | None, Any]]:
    """Each person of the list, the transaction of the row, and where it lies."""
    hidden = "xmin::text::bigint, ctid" if house.environ["BAOLEI_DATABASE_URL"] else "NULL, rowid"
    with in_the_house(house) as execute:
        return [(one, transaction, place_of(place)) for one, transaction, place in
                execute(f"SELECT account, {hidden} FROM {TABLE}").fetchall()]  # fmt: skip


def rows_of(urn: Urn, table: str, name: str) -> list[tuple[bytes, int | None, Any]]:
    """The same of the ballots; a table of the urn in SQLite has no place of rows beside its key."""
    hidden = "NULL, NULL" if isinstance(urn.place, Path) else "xmin::text::bigint, ctid"
    return [(bytes(one), transaction, place_of(place)) for one, transaction, place in
            sql(urn.store, f"SELECT {name}, {hidden} FROM {table}")]  # fmt: skip


def place_of(place: Any) -> Any:
    return tuple(map(int, place.strip("()").split(","))) if isinstance(place, str) else place


def gather(found: Found, urn: Urn, folders: list[Path], since: float) -> None:
    """The files of the databases and of their logs."""
    for folder in folders:
        for file in folder.rglob("*.sqlite3*"):
            found.add("log" if file.name.endswith("-wal") else "store", file)
    if isinstance(urn.place, Path):
        return
    ((data,),) = sql(urn.store, "SHOW data_directory")
    sql(urn.store, "SELECT pg_switch_wal()")  # so that all of the log is on the disk
    found.add("log", Path(data) / "pg_wal", since=since)
    urn.store._to.execute("CHECKPOINT")  # type: ignore[attr-defined]
    for (oid,) in sql(urn.store, "SELECT oid FROM pg_database WHERE datname ~ '^(urn|house)_'"):
        found.add("store", Path(data) / "base" / str(oid), since=since)
    from_here = Path(__file__).resolve().parent.parent / "tools"
    program = f"import sys; sys.path.insert(0, {str(from_here)!r}); import postgres; print(postgres.programs())"
    said = subprocess.run(["python3", "-c", program], capture_output=True, text=True, check=True).stdout
    found.waldump = Path(said.strip()) / "pg_waldump"


# ---- the scenes ----


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_ready_house(tmp_path_factory.mktemp("made") / "home") as one:
        yield one


@pytest.fixture
def house(made: House, tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path / "home", like=made) as one:
        yield one


@pytest.fixture
def urn(house: House) -> Iterator[Urn]:
    """The urn of the house, on a server as an urn's server must be."""
    with alone_with_the_server(), an_urn(house.home) as one:
        house.environ["BAOLEI_URN_URL"] = one.environ["BAOLEI_URN_URL"]
        recycles(one, "off")
        yield one
        recycles(one, "on")


@contextmanager
def alone_with_the_server() -> Iterator[None]:
    """Nobody else sets the server, which all processes of the tests share, meanwhile."""
    with open(Path(tempfile.gettempdir()) / "baolei-tests-server.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def recycles(urn: Urn, word: str) -> None:
    """Whether the server uses files of its log again."""
    if not isinstance(urn.place, Path):
        to = urn.store._to  # type: ignore[attr-defined]
        to.execute(f"ALTER SYSTEM SET wal_recycle = {word}")
        to.execute("SELECT pg_reload_conf()")
        while to.execute("SHOW wal_recycle").fetchone() != (word,):
            time.sleep(0.05)


@pytest.mark.parametrize("order", ["any order", "the order of issue"])
def test_whoever_reads_everything_after_the_sealing_does_no_better_than_chance(
    house: House, urn: Urn, tmp_path: Path, order: str
) -> None:
    scene, safe = Scene(house, urn), tmp_path / "safe"
    come = list(scene.voters)
    if order == "any order":
        random.shuffle(come)
    with a_host(urn) as host:
        scene.cast(host, come[: PEOPLE // 2])
        house.said("backup", str(safe))
        scene.cast(host, come[PEOPLE // 2 :])
        assert scene.seal() == (), "nothing of the casting remains that could be given back"
        time.sleep(1)
        house.said("backup", str(safe))
        found = scene.found(host, safe)
    best, guesses = scores(found, scene.truth)
    assert len(found.rows["closed"]) == PEOPLE
    assert sum(len(found.rows[table]) for table in found.rows) == PEOPLE
    limit = more_than_chance(guesses)
    assert {name: number for name, number in best.items() if number >= limit} == {}, (guesses, limit)


def test_the_same_attackers_find_everybody_before_the_sealing_when_all_cast_in_the_order_of_issue(
    house: House, urn: Urn
) -> None:
    """The control without the rewriting: what the sealing is for."""
    scene = Scene(house, urn)
    with a_host(urn) as host:
        scene.cast(host, scene.voters)
        best, _ = scores(scene.found(host), scene.truth)
    finds = {"by_write_ahead_log"}
    if not isinstance(urn.place, Path):
        finds |= {"by_rows", "by_files", "by_transactions_in_the_log"}
    assert {name for name, number in best.items() if number == PEOPLE} >= finds, str(best)


def test_the_same_attackers_find_everybody_in_a_split_table_whatever_the_order(house: House, urn: Urn) -> None:
    """The control, built everywhere: one transaction marks who has voted and keeps the ballot, which has no name."""
    begun, come = time.time(), [f"person-{number}" for number in range(PEOPLE)]
    random.shuffle(come)
    truth = {one: secrets.token_hex(16).encode() for one in come}
    with in_the_house(house) as execute:
        execute(f"CREATE TABLE {TABLE} (account text)")
        execute("CREATE TABLE split (choice text)")
        for one, choice in truth.items():
            execute("BEGIN")
            execute(f"INSERT INTO {TABLE} VALUES ('{one}')")
            execute(f"INSERT INTO split VALUES ('{choice.decode()}')")
            execute("COMMIT")
        on_server = bool(house.environ["BAOLEI_DATABASE_URL"])
        if not on_server:
            execute("PRAGMA wal_checkpoint(PASSIVE)")  # so that it stands in the file too, as after any while
        hidden = "xmin::text::bigint, ctid" if on_server else "NULL, rowid"
        rows = [(choice.encode(), transaction, place_of(place)) for choice, transaction, place in
                execute(f"SELECT choice, {hidden} FROM split ORDER BY choice").fetchall()]  # fmt: skip
        found = Found(people_of(house), {"split": rows}, {one: [one] for one in truth.values()})
        gather(found, urn, [house.home], begun)
    best, _ = scores(found, truth)
    finds = {"by_rows", "by_files", "by_write_ahead_log"}
    if on_server:
        finds |= {"by_transactions", "by_transactions_in_the_log"}
    assert {name for name, number in best.items() if number == PEOPLE} >= finds, str(best)


def test_a_server_that_keeps_its_log_tells_whoever_cast_in_the_order_of_issue_and_it_is_said(
    house: House, urn: Urn
) -> None:
    """What is left in the worst case where the server is not set as it must be: files of the log that wait to be used
    again hold everything. `give_back` says so, and so does the casting host when it starts.
    """
    if isinstance(urn.place, Path):
        return  # a file's log is cut whatever anybody sets
    recycles(urn, "on")
    scene = Scene(house, urn)
    with a_host(urn) as host:
        scene.cast(host, scene.voters)
        (remains,) = scene.seal()
        best, _ = scores(scene.found(host), scene.truth)
        assert "wal_recycle = on" in host.said.read_text()
    assert "wal_recycle = on: ballots stay in files of the write-ahead log" in remains.en
    assert best["by_write_ahead_log"] == PEOPLE, best


def test_a_dump_of_the_urn_while_casting_would_keep_the_order_for_ever(house: House, urn: Urn, tmp_path: Path) -> None:
    """Why the house's backup writes ballots in the order of their keys: the control of that."""
    if isinstance(urn.place, Path):
        return  # of a file a copy keeps the order within pages; what is copied is looked at in test_urn_backup
    scene = Scene(house, urn)
    with a_host(urn) as host:
        scene.cast(host, scene.voters)
        where = [f"--{name}={value}" for name, value in urn.place.items() if name in {"host", "port", "dbname"}]
        file = tmp_path / "dump"
        subprocess.run(["pg_dump", *where, f"--username={urn.place['user']}", f"--file={file}"], check=True)
        scene.seal()
        found = scene.found(host, file)
    assert scores(found, scene.truth)[0]["by_backups"] == PEOPLE


# ---- what the tables are ----


def test_the_urn_has_no_sequence_no_trigger_no_index_beside_its_keys_and_points_at_nobody(urn: Urn) -> None:
    if isinstance(urn.place, Path):
        made = sql(urn.store, "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_autoindex_%'")
        tables = {name for kind, name in made if kind == "table"}
        assert len(tables) == len(made) == 6, "tables, and nothing else"
        points = {(table, row[2]) for table in tables for row in sql(urn.store, f"PRAGMA foreign_key_list({table})")}
        assert points == {("poll", "form")}
        defaults = [row for table in tables for row in sql(urn.store, f"PRAGMA table_info({table})") if row[4]]
        assert defaults == []
        return
    ours = "relnamespace = 'public'::regnamespace"
    kinds = sql(urn.store, f"SELECT relkind::text, count(*) FROM pg_class WHERE {ours} GROUP BY 1")
    assert dict(kinds) == {"r": 6, "i": 6}, "tables and the indexes of their keys; no sequence, no view"
    assert sql(urn.store, "SELECT indexrelid FROM pg_index JOIN pg_class c ON c.oid = indrelid"
                          f" WHERE {ours} AND NOT indisprimary") == []  # fmt: skip
    assert sql(urn.store, "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == []
    assert sql(urn.store, "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint"
                          " WHERE contype = 'f'") == [("poll", "form")]  # fmt: skip
    assert sql(urn.store, "SELECT evtname FROM pg_event_trigger") == []
    kinds_of_columns = sql(
        urn.store, "SELECT DISTINCT data_type FROM information_schema.columns WHERE table_schema = 'public'"
    )
    assert {kind for (kind,) in kinds_of_columns} == {"bytea", "text", "smallint", "integer", "boolean", "date"}
    assert sql(urn.store, "SELECT adrelid FROM pg_attrdef") == []
    assert sql(urn.store, "SELECT attname FROM pg_attribute WHERE attidentity <> '' OR attgenerated <> ''") == []


def test_chance_is_counted_so_that_a_false_alarm_is_rarer_than_one_in_a_million() -> None:
    """A blind attacker of as many guesses, a thousand times: never as many right as are called more than chance."""
    people = [f"person-{number}" for number in range(PEOPLE)]
    limit = more_than_chance(100)
    for _run in range(10):
        truth = dict(zip(people, random.sample(range(PEOPLE), PEOPLE), strict=True))
        for _guess in range(100):
            shuffled = random.sample(range(PEOPLE), PEOPLE)
            assert sum(truth[one] == other for one, other in zip(people, shuffled, strict=True)) < limit
    assert limit == 13
