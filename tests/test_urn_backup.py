"""A backup takes the urn along in the order of keys, never in that of casting, and puts it back: by the commands."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from baolei.programme.ballot.ballot import receipt
from baolei.urn.copies import copy_out, prove
from baolei.urn.store import CLOSED, Cast
from baolei.warehouse.snapshot import sha256
from houses import House, a_house, a_ready_house
from urns import A_poll, Urn, a_host, an_urn

pytestmark = [pytest.mark.stores, pytest.mark.long]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house without anything in it."""
    with a_ready_house(tmp_path_factory.mktemp("made") / "home") as one:
        yield one


@pytest.fixture
def house(made: House, tmp_path: Path) -> Iterator[House]:
    with a_house(tmp_path / "home", like=made) as one:
        yield one


@pytest.fixture
def urn(house: House) -> Iterator[Urn]:
    """The urn of the house, with the keys that belong to it, and slips that wait to be taken."""
    with an_urn(house.home) as one:
        house.environ["BAOLEI_URN_URL"] = one.environ["BAOLEI_URN_URL"]
        (house.home / "sealing.key").write_text("signs what is sealed")
        (house.home / "token-keys").mkdir(mode=0o700)
        (house.home / "token-keys" / "one.der").write_text("signs tokens")
        (house.home / "slips").mkdir(mode=0o700)
        (house.home / "slips" / "1.pdf").write_text("casts ballots")
        yield one


def cast_in_order(urn: Urn, poll: A_poll, number: int) -> list[Cast]:
    casts = [poll.cast(slip) for slip in range(number)]
    for one in casts:
        urn.store.cast([one])
    return casts


def seal(urn: Urn, poll: A_poll) -> None:
    urn.store.set_phase([poll.id], CLOSED)
    urn.store.seal([poll.id], lambda what: ({"root": what.root}, b"signed"))
    urn.store.give_back()


def everything(urn: Urn) -> dict[str, list[tuple[object, ...]]]:
    with urn.store.reading():
        return {table: list(urn.store.rows(table)) for table in ("form", "poll", "slip", "ballot", "closed", "seal")}


def held(file: Path, table: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True) as copy:
        return copy.execute(f"SELECT * FROM {table}").fetchall()


def backed_up(house: House, to: Path) -> Path:
    return Path(house.told("backup", str(to))["folder"])


def test_sealed_and_open_ballots_come_back_on_an_empty_machine_and_casting_goes_on(
    house: House, urn: Urn, tmp_path: Path
) -> None:
    sealed, going_on = urn.polled(slips=4), urn.polled(slips=4)
    cast_in_order(urn, sealed, 4)
    seal(urn, sealed)
    (last,) = cast_in_order(urn, going_on, 1)
    before = everything(urn)
    folder = backed_up(house, tmp_path / "safe")
    assert (folder / "sealing.key").read_text() == "signs what is sealed"
    house.said("restore", str(folder), "--check")
    with a_house(tmp_path / "elsewhere") as other, an_urn(other.home) as empty:
        other.environ["BAOLEI_URN_URL"] = empty.environ["BAOLEI_URN_URL"]
        other.said("restore", str(folder))
        assert everything(empty) == before
        assert empty.store.sealed(sealed.id) == urn.store.sealed(sealed.id)
        assert (other.home / "sealing.key").stat().st_mode & 0o077 == 0
        for never in ("token-keys", "slips"):
            assert not (folder / never).exists(), "whoever has these can vote"
            assert not (other.home / never).exists()
        with a_host(empty) as host:
            assert host.cast(going_on.body()) == (200, {"receipt": receipt(last.leaf), "again": True})
            assert host.cast(going_on.body(1))[0] == 200


def test_no_backup_keeps_an_open_ballot_and_the_one_file_beside_them_goes_with_the_sealing(
    house: House, urn: Urn, tmp_path: Path
) -> None:
    poll, safe = urn.polled(slips=30), tmp_path / "safe"
    casts = cast_in_order(urn, poll, 30)
    assert [one.ballot.cred for one in casts] != sorted(one.ballot.cred for one in casts)
    folder = backed_up(house, safe)
    raw = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
    assert [one for one in casts if one.leaf in raw or one.proof in raw] == []
    assert len(held(folder / "urn.sqlite3", "slip")) == 30
    beside = safe / "urn-open.sqlite3"
    assert beside.stat().st_mode & 0o077 == 0
    kept = beside.read_bytes()
    order = sorted(casts, key=lambda one: one.ballot.cred)
    pages: dict[int, list[int]] = {}
    for place in (kept.find(one.leaf) for one in order):
        pages.setdefault(place // 4096, []).append(place)
    assert all(one == sorted(one, reverse=True) for one in pages.values()), "they lie in the order of their keys"
    seal(urn, poll)
    later = house.told("backup", str(safe))["folder"]
    assert not beside.exists(), "what is sealed lasts, and nothing of the casting"
    assert len(held(Path(later) / "urn.sqlite3", "closed")) == 30
    assert sorted(one.name for one in safe.iterdir()) == sorted({folder.name, Path(later).name})


def test_what_was_in_the_urn_is_kept_aside_without_the_order_of_casting(house: House, urn: Urn, tmp_path: Path) -> None:
    poll = urn.polled(slips=3)
    folder = backed_up(house, tmp_path / "safe")
    before = everything(urn)
    (late,) = cast_in_order(urn, poll, 1)
    kept = house.told("restore", str(folder), "--replace")["kept"]
    assert everything(urn) == before
    (aside,) = (Path(one) for one in kept if "urn.before-" in one)
    assert [row[7] for row in held(aside / "urn-open.sqlite3", "ballot")] == [late.leaf]
    assert aside.stat().st_mode & 0o077 == 0


def test_an_older_backup_takes_only_ballots_of_polls_that_were_open_then(
    house: House, urn: Urn, tmp_path: Path
) -> None:
    early = urn.polled(slips=2)
    older = backed_up(house, tmp_path / "safe")
    cast_in_order(urn, early, 1)
    newer = urn.polled(slips=2)
    cast_in_order(urn, newer, 2)
    shutil.move(older, older.with_name("baolei-20260101T000000Z"))
    backed_up(house, tmp_path / "safe")
    house.said("restore", str(older.with_name("baolei-20260101T000000Z")), "--replace")
    assert (urn.counted(early), urn.counted(newer)) == (1, 0)
    assert urn.store.poll(newer.id) is None


def test_a_copy_that_was_altered_is_refused_and_nothing_is_touched(house: House, urn: Urn, tmp_path: Path) -> None:
    sealed, going_on = urn.polled(slips=3), urn.polled(slips=3)
    cast_in_order(urn, sealed, 3)
    seal(urn, sealed)
    cast_in_order(urn, going_on, 3)
    whole = backed_up(house, tmp_path / "safe")
    before = everything(urn)
    for harm, change in HARMS.items():
        shutil.copytree(whole.parent, tmp_path / harm)
        folder = tmp_path / harm / whole.name
        spoil(folder, change)
        refused = house.ran("restore", str(folder), "--replace" if harm == "a page" else "--check")
        assert refused.returncode == 1, harm
        assert "the copy of the urn" in refused.stderr, harm
        assert "Traceback" not in refused.stderr
    assert everything(urn) == before
    assert not list(house.home.glob("*before*"))


HARMS = {
    "an answer": "UPDATE ballot SET answers = '11111'", "a sealed answer": "UPDATE closed SET answers = '11111'",
    "a leaf too": "UPDATE closed SET leaf = poll", "one less": "DELETE FROM closed WHERE idx = 2",
    "all of them": "DELETE FROM closed", "a page": "",
}  # fmt: skip


def spoil(folder: Path, change: str) -> None:
    """Alter the copy of an urn in a backup, and its manifest with it, as somebody would who knows how."""
    open_ones = folder.with_name("urn-open.sqlite3")
    if not change:
        at = open_ones.read_bytes().find(str(held(open_ones, "ballot")[0][4]).encode())
        with open_ones.open("r+b") as raw:
            raw.seek(at // 4096 * 4096)
            raw.write(b"\xff" * 12)
        return
    with closing(sqlite3.connect(open_ones if "UPDATE ballot" in change else folder / "urn.sqlite3")) as copy, copy:
        assert copy.execute(change).rowcount > 0
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["parts"]["urn.sqlite3"] = part_of(folder / "urn.sqlite3")
    (folder / "manifest.json").write_text(json.dumps(manifest))


def part_of(file: Path) -> dict[str, object]:
    """What the manifest says of a file, by whoever forges it."""
    return {"bytes": file.stat().st_size, "sha256": sha256(file)}


def test_a_house_that_never_asked_anybody_has_no_urn_in_its_backup(house: House, tmp_path: Path) -> None:
    if house.environ["BAOLEI_DATABASE_URL"]:
        return  # an urn of a server is there when it is named
    assert not (backed_up(house, tmp_path / "safe") / "urn.sqlite3").exists()
    assert not (house.home / "urn.sqlite3").exists()


def test_a_backup_is_of_one_moment_while_ballots_are_cast_and_sealed(urn: Urn, tmp_path: Path) -> None:
    poll = urn.polled(slips=6)
    cast_in_order(urn, poll, 3)
    other = urn.opened()
    with other.reading():
        list(other.rows("form"))  # the moment
        cast_in_order(urn, poll, 6)
        assert len(list(other.rows("ballot"))) == 3
    copy_out(other, tmp_path / "lasting", tmp_path / "passing")
    prove(tmp_path / "lasting", tmp_path / "passing")
    assert len(held(tmp_path / "passing", "ballot")) == 6
    other.close()
