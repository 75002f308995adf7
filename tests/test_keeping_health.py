"""How the house is: told line by line to its keeper, as one word to a monitor, and to nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client, override_settings

import stage
from baolei.front.keeping import doors, health
from baolei.ledger.actions import record
from baolei.organisations.models import Finding
from baolei.sheets.models import Batch
from houses import House, a_house
from stage import mandated

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def backed_up(at: datetime) -> None:
    with transaction.atomic():
        record(actor=None, act="house.backup", now=at)


def seen(home: Path, results: Path | None = None) -> dict[str, bool]:
    with override_settings(BAOLEI_DEMO=False):
        return {one.code: one.ok for one in health.examine(home, results or home / "none", NOW)}


def test_a_house_backed_up_last_night_is_well(db: None, tmp_path: Path) -> None:
    backed_up(NOW - timedelta(hours=20))
    found = seen(tmp_path)
    assert list(found) == [
        "database",
        "version",
        "durable",
        "ledger",
        "backup",
        "work",
        "urn",
        "disk",
        "results",
        "restore",
    ]
    assert [code for code, ok in found.items() if not ok and code != "durable"] == []


def test_a_house_whose_folder_is_not_there_yet_still_answers(db: None, tmp_path: Path) -> None:
    assert seen(tmp_path / "not" / "yet")["disk"]


def test_a_missed_backup_a_full_disk_and_damaged_results_are_told(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backed_up(NOW - timedelta(days=3))
    (tmp_path / "results").mkdir()
    (tmp_path / "results/manifest.json").write_text("{}")
    (tmp_path / "restore.unfinished").touch()
    monkeypatch.setattr(health, "FREE", 10**18)
    found = seen(tmp_path, tmp_path / "results")
    assert {code for code, ok in found.items() if not ok} - {"durable"} == {"backup", "disk", "results", "restore"}


def test_a_spreadsheet_that_nobody_works_on_is_told(db: None, tmp_path: Path) -> None:
    backed_up(NOW)
    clerk, unit = mandated("15"), stage.unit("15").unit
    sent = {"kind": "units", "unit": unit, "day": NOW.date(), "why": "批1", "name": "表", "size": 1, "sender": clerk}
    old = Batch.objects.create(digest="a", at=NOW - timedelta(hours=1), **sent)
    assert not seen(tmp_path)["work"]
    new = Batch.objects.create(digest="b", at=NOW - timedelta(hours=1), beat=NOW - timedelta(minutes=1), **sent)
    assert seen(tmp_path)["work"], "one worker: the other file waits its turn"
    Batch.objects.filter(pk__in=[old.pk, new.pk]).update(state=Batch.APPLIED)
    assert seen(tmp_path)["work"]


def test_a_stranger_is_told_one_word(db: None, client: Client) -> None:
    with override_settings(BAOLEI_DEMO=False):
        answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (503, {"ok": False})
    assert "no-store" in answer["Cache-Control"]
    backed_up(datetime.now(UTC))
    cache.clear()
    client.force_login(mandated("15"))
    answer = client.get("/health/")
    assert set(answer.json()) == {"ok"}


def test_its_keeper_is_told_line_by_line(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = mandated("15")
    monkeypatch.setattr(doors, "SYSTEM", keeper.mandates.get().role)
    backed_up(datetime.now(UTC))
    client.force_login(keeper)
    page = client.get("/health/").content.decode()
    for line in ("系统健康状况", "最近备份", "磁盘空间", "1 · "):
        assert line in page


@pytest.mark.stores
@pytest.mark.long
def test_the_command_says_the_same_and_fails_when_something_is_not_well(tmp_path: Path) -> None:
    with a_house(tmp_path / "home") as house:
        before = house.ran("health")
        assert before.returncode == 1
        assert "steps behind: run baolei migrate" in before.stdout
        house.said("migrate")
        assert "none yet: run baolei backup" in house.ran("health").stdout
        house.said("backup")
        found: dict[str, Any] = {
            one["code"]: one["ok"] for one in json.loads(house.ran("health", "--json").stdout)["found"]
        }
        assert [code for code, ok in found.items() if not ok and code != "durable"] == []


def test_a_database_that_does_not_answer_is_not_well(tmp_path: Path) -> None:
    house = House(tmp_path / "home", "postgresql://clerk@127.0.0.1:1/baolei")
    told = house.ran("health", "--json")
    assert told.returncode == 1
    assert [one["code"] for one in json.loads(told.stdout)["found"] if not one["ok"]] == ["database"]


def test_the_audit_is_run_from_the_command_line(house: None, capsys: pytest.CaptureFixture[str]) -> None:
    from baolei.cli.main import main

    assert main(["audit", "--day", "2023-12-31", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["open"]["secretary_vacant"] == Finding.objects.open().filter(flag="secretary_vacant").count() > 0
    assert main(["audit", "--day", "2023-12-31"]) == 0
    out = capsys.readouterr().out
    assert "书记空缺" in out
    assert f"{said['organisations']:,} organisations looked through as of 2023-12-31" in out
    with pytest.raises(SystemExit, match="2"):
        main(["audit", "--day", "yesterday"])
    assert "'yesterday' is no day; write it as 2026-12-31" in capsys.readouterr().err
