"""A backup is proved before it has a name; a restore is done wholly or not at all: on both stores, by the commands."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from houses import House, a_house, a_ready_house

pytestmark = [pytest.mark.stores, pytest.mark.long]

LIVED_IN = """
from datetime import UTC, date, datetime
from django.db import transaction
from baolei.ledger.actions import record
from baolei.people.models import Account, Mandate, Role
from django.contrib.sessions.backends.db import SessionStore
with transaction.atomic():
    clerk = Account.objects.create(username="zhou", name="周青禾")
    for day in range(1, 8):
        record(actor=clerk, act="organisations.rename", subject=f"organisation:{day}", why="旗委批复",
               now=datetime(2026, 11, day, tzinfo=UTC), after={"name": f"东方红村第{day}党支部"})
session = SessionStore(); session["_auth_user_id"] = str(clerk.pk); session.create()
"""
LATER = """
from datetime import UTC, datetime
from django.db import transaction
from baolei.ledger.actions import record
with transaction.atomic():
    record(actor=None, act="organisations.look_through", now=datetime(2026, 11, 20, tzinfo=UTC))
"""
WHAT_IS_IN_IT = """
import json
from django.contrib.sessions.models import Session
from baolei.ledger.models import Entry
from baolei.people.models import Account
last = Entry.objects.last()
print(json.dumps({"entries": Entry.objects.count(), "accounts": list(Account.objects.values_list("name", flat=True)),
                  "sessions": Session.objects.count(), "last": last.act, "after": last.particulars["after"]}))
"""


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Seven acts of a clerk, and a results folder."""
    with a_ready_house(tmp_path_factory.mktemp("lived_in") / "home") as one:
        one.does(LIVED_IN)
        results = one.home / "results"
        (results / "edition").mkdir(parents=True)
        (results / "edition" / "edition.yaml").write_text("堡垒")
        (results / "manifest.json").write_text("{}")
        papers = one.home / "papers"
        papers.mkdir(mode=0o700)
        (papers / ("0" * 32)).write_text("会议记录")
        yield one


@pytest.fixture
def house(lived_in: House, tmp_path: Path) -> Iterator[House]:
    """The same, for one test."""
    with a_house(tmp_path / "home", like=lived_in) as one:
        yield one


def test_a_house_comes_back_on_an_empty_machine(house: House, tmp_path: Path) -> None:
    made = house.told("backup", str(tmp_path / "safe"))
    folder = Path(made["folder"])
    held = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"manifest.json", "secret.key", "results/edition/edition.yaml", "results/manifest.json"} < held
    assert {one for one in held if one.startswith("papers/")} == {f"papers/{'0' * 32}"}
    assert not any("static" in name for name in held)
    assert (made["entries"], made["rows"]["people_account"], made["rows"]["django_session"]) == (7, 1, 1)
    assert folder.stat().st_mode & 0o077 == 0, "the backup holds the key: nobody else may look into it"
    assert house.told("restore", str(folder), "--check")["entries"] == 7

    with a_house(tmp_path / "elsewhere") as other:
        assert "restored" in other.said("restore", str(folder))
        found = json.loads(other.does(WHAT_IS_IN_IT))
        assert found["accounts"] == ["周青禾"]
        assert (found["entries"], found["last"]) == (8, "house.restore")
        assert found["after"] == {"name": folder.name, "made_at": made["made_at"], "instead_of": None}
        assert found["sessions"] == 0, "who was logged in on that day is not logged in now"
        assert (other.home / "secret.key").read_bytes() == (house.home / "secret.key").read_bytes()
        assert (other.home / "results/edition/edition.yaml").read_text() == "堡垒"
        assert (other.home / "papers" / ("0" * 32)).read_text() == "会议记录"
        assert (other.home / "papers").stat().st_mode & 0o077 == 0
        assert other.said("ledger", "verify").startswith("8 entries, none touched")
        assert sorted(path.name for path in other.home.iterdir() if "restor" in path.name or "trial" in path.name) == []


def test_a_living_house_is_replaced_only_when_told_and_nothing_of_it_is_lost(house: House, tmp_path: Path) -> None:
    folder = house.told("backup", str(tmp_path / "safe"))["folder"]
    house.does(LATER)
    (house.home / "results/manifest.json").write_text("later")
    refused = house.ran("restore", folder)
    assert refused.returncode == 1
    assert "there is a house here already: add --replace" in refused.stderr
    assert (house.home / "results/manifest.json").read_text() == "later"
    before = house.told("ledger", "verify")

    kept = house.told("restore", folder, "--replace")["kept"]
    found = json.loads(house.does(WHAT_IS_IN_IT))
    assert found["after"]["instead_of"] == {"entries": before["size"], "root": before["root"]}
    assert found["entries"] == 8
    assert (house.home / "results/manifest.json").read_text() == "{}"
    assert len(kept) == 4
    (results,) = (Path(one) for one in kept if "results" in one)
    assert (results / "manifest.json").read_text() == "later"
    (store,) = (one for one in kept if not any(part in one for part in ("results", "key", "papers", "years")))
    old = house.environ["BAOLEI_DATABASE_URL"]
    there = f"sqlite:///{store}" if not old else old.rpartition("/")[0] + "/" + store.removeprefix("database ")
    verified = house.ran("ledger", "verify", "--json", BAOLEI_DATABASE_URL=there)
    assert json.loads(verified.stdout) == before


def spoil(folder: Path, harm: str) -> str:
    """Harm a backup; what is then said of it."""
    if harm == "a byte":
        (store,) = folder.glob("database.*")
        with store.open("r+b") as file:
            file.seek(2000)
            file.write(b"\xff\x00")
        return f"{store.name}: is not what was backed up"
    if harm == "a part gone":
        (folder / "secret.key").unlink()
        return "secret.key: is missing"
    if harm == "a part more":
        (folder / "results" / "more.txt").write_text("more")
        return "results/more.txt: is no part of it — take it out"
    said = json.loads((folder / "manifest.json").read_text())
    said["store"] = "mysql"
    (folder / "manifest.json").write_text("{}" if harm == "the manifest" else json.dumps(said))
    return "is no backup — name a folder" if harm == "the manifest" else "name a store of the same kind"


def test_a_damaged_backup_is_refused_by_name_and_nothing_is_touched(house: House, tmp_path: Path) -> None:
    folder = Path(house.told("backup", str(tmp_path / "safe"))["folder"])
    for harm in ("a byte", "a part gone", "a part more", "the manifest", "another kind"):
        wrong = spoil(Path(shutil.copytree(folder, tmp_path / harm)), harm)
        refused = house.ran("restore", str(tmp_path / harm), "--replace")
        assert refused.returncode == 1
        assert wrong in refused.stderr
    assert "is no backup" in house.ran("restore", os.devnull).stderr
    assert json.loads(house.does(WHAT_IS_IN_IT))["last"] == "house.backup"
    assert not list(house.home.glob("*before*"))


def test_a_ledger_that_does_not_prove_itself_makes_no_backup(house: House, tmp_path: Path) -> None:
    house.does("""
from django.db import connection
from baolei.ledger import guards
from baolei.ledger.models import Entry
guards.remove(connection)
Entry.objects.filter(pk=3).update(subject="organisation:9")
""")
    refused = house.ran("backup", str(tmp_path / "safe"))
    assert refused.returncode == 1
    assert "ledger:3: was changed" in refused.stderr
    assert list((tmp_path / "safe").iterdir()) == []


def test_nothing_is_restored_under_a_running_server(house: House, tmp_path: Path) -> None:
    folder = house.told("backup", str(tmp_path / "safe"))["folder"]
    stays = (
        "from baolei.cli.house import open_house; open_house(); print('in', flush=True); import time; time.sleep(60)"
    )
    server = subprocess.Popen([sys.executable, "-c", stays], env=house.environ, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        assert server.stdout.readline() == "in\n"
        refused = house.ran("restore", folder, "--replace")
        assert refused.returncode == 1
        assert "a server or another command works in" in refused.stderr
        house.said("restore", folder, "--check")
    finally:
        server.kill()
        server.wait()


def test_a_restore_that_was_cut_off_lets_nobody_in_and_is_run_again(house: House, tmp_path: Path) -> None:
    folder = house.told("backup", str(tmp_path / "safe"))["folder"]
    (house.home / "restore.unfinished").write_text(f"baolei restore {folder} --replace")
    shutil.rmtree(house.home / "results")
    refused = house.ran("serve", "--port", "8765")
    assert refused.returncode == 1
    assert f"a restore was broken off here: run it again (baolei restore {folder} --replace)" in refused.stderr
    house.said("restore", folder, "--replace")
    assert (house.home / "results/manifest.json").exists()
    assert house.said("ledger", "verify").startswith("8 entries")


def test_old_backups_are_forgotten_when_told(house: House, tmp_path: Path) -> None:
    old = Path(house.told("backup", str(tmp_path / "safe"))["folder"])
    names = [f"baolei-2026110{day}T020000Z" for day in (1, 2, 3)]
    for name in names:
        shutil.copytree(old, old.with_name(name))
    shutil.rmtree(old)
    (old.parent / "baolei-20261101T010000Z").mkdir()
    house.said("backup", str(old.parent), "--keep", "2")
    left = sorted(path.name for path in old.parent.iterdir())
    assert left[:2] == ["baolei-20261101T010000Z", names[2]], "what is no finished backup is not ours to delete"
    assert len(left) == 3


def test_people_go_on_working_while_a_backup_is_made(house: House, tmp_path: Path) -> None:
    """A writer that never stops; the copy is of one moment, and proves itself."""
    program = "from baolei.cli.house import open_house; open_house()\n" + LATER.replace(
        "with transaction", "\nwhile True:\n  with transaction"
    ).replace("\n    record", "\n      record")
    writer = subprocess.Popen([sys.executable, "-c", program], env=house.environ)
    try:
        time.sleep(2)
        made = house.told("backup", str(tmp_path / "safe"))
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    now = house.told("ledger", "verify")
    assert 7 < made["entries"] < now["size"]
    assert now["faults"] == []
    assert house.told("restore", made["folder"], "--check")["entries"] == made["entries"]


def test_a_missing_pg_dump_is_said(house: House, tmp_path: Path) -> None:
    if not house.environ["BAOLEI_DATABASE_URL"]:
        assert house.ran("backup", PATH=str(tmp_path)).returncode == 0
        return
    refused = house.ran("backup", PATH=str(tmp_path))
    assert refused.returncode == 1
    assert "pg_dump is not installed here: apt-get install postgresql-client" in refused.stderr
    assert list((house.home / "backups").iterdir()) == []
