"""The environment is read, or refused in words; never guessed."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from baolei.front.environment import database_from_url, home_folder, said_yes, secret_key, write_secret_key


@pytest.mark.parametrize(("word", "meant"), [("1", True), ("yes", True), ("", False), ("0", False), ("OFF", False)])
def test_a_switch_is_on_or_off(word: str, meant: bool) -> None:
    assert said_yes({"BAOLEI_DEMO": word}, "BAOLEI_DEMO") is meant


def test_a_switch_that_is_neither_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="BAOLEI_DEMO is 'maybe': write 1 or 0"):
        said_yes({"BAOLEI_DEMO": "maybe"}, "BAOLEI_DEMO")


def test_the_home_is_var_unless_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert home_folder({}) == tmp_path / "var"
    assert home_folder({"BAOLEI_HOME": str(tmp_path / "x")}) == tmp_path / "x"


def test_the_key_is_written_once_for_its_owner_only(tmp_path: Path) -> None:
    assert secret_key({}, tmp_path) != secret_key({}, tmp_path), "without a file the key lives as long as the process"
    write_secret_key(tmp_path)
    first = secret_key({}, tmp_path)
    write_secret_key(tmp_path)
    assert len(first) >= 50
    assert secret_key({}, tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert secret_key({"BAOLEI_SECRET_KEY": "given"}, tmp_path) == "given"


def test_the_database_is_sqlite_unless_told(tmp_path: Path) -> None:
    database = database_from_url("", tmp_path)
    assert (database["ENGINE"], database["NAME"]) == ("baolei.front.keeping.sqlite", tmp_path / "baolei.sqlite3")
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]
    assert database_from_url("sqlite:////srv/b.db", tmp_path)["NAME"] == Path("/srv/b.db")


def test_a_postgresql_address_is_taken_apart(tmp_path: Path) -> None:
    database = database_from_url("postgresql://clerk:p%40ss@db.gov.test:5433/baolei", tmp_path)
    assert database["ENGINE"].endswith("postgresql")
    parts = [database[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")]
    assert parts == ["clerk", "p@ss", "db.gov.test", "5433", "baolei"]


@pytest.mark.parametrize("url", ["mysql://a:geheim@h/b", "postgresql://a:geheim@h", "nonsense geheim"])
def test_an_address_that_cannot_be_read_is_refused_without_repeating_its_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="BAOLEI_DATABASE_URL cannot be read") as refused:
        database_from_url(url, tmp_path)
    assert "geheim" not in str(refused.value)
