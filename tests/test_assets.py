"""What the pages load is what the manifest says, byte for byte, with version and licence."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = [ROOT / "src/baolei/front/static/vendor", ROOT / "tests/assets/vendor"]


def manifest(folder: Path) -> dict[str, dict[str, object]]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", FOLDERS, ids=["pages", "tests"])
def test_every_file_is_the_one_of_the_manifest(folder: Path) -> None:
    listed = {path: digest for package in manifest(folder).values() for path, digest in package["files"].items()}
    held = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert held == listed


@pytest.mark.parametrize("folder", FOLDERS, ids=["pages", "tests"])
def test_every_package_has_its_version_its_licence_and_the_text_of_it(folder: Path) -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name, package in manifest(folder).items():
        assert package["version"] == lock[f"node_modules/{name}"]["version"], name
        assert package["licence"] in {"MIT", "0BSD", "Apache-2.0", "BSD-3-Clause", "MPL-2.0"}, name
        assert any("LICENSE" in path for path in package["files"]), name


def test_the_notice_names_every_package() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for folder in FOLDERS:
        for name in manifest(folder):
            assert f"{name}/LICENSE" in notice, name


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in lock.items() if "resolved" in package] == []
    assert [name for name, package in lock.items() if name and "integrity" not in package] == []
    assert (ROOT / ".npmrc").read_text(encoding="utf-8").count("://") == 0


def test_no_script_asks_for_a_source_map() -> None:
    for path in FOLDERS[0].rglob("*.min.*"):
        assert "sourceMappingURL" not in path.read_text(encoding="utf-8"), path.name
