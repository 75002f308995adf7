"""What is installed is pinned, hashed, and in step with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked(name: str) -> dict[str, set[str]]:
    """The versions of each package in a lock; more than one where they differ by machine."""
    versions: dict[str, set[str]] = {}
    for line in (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines():
        if pinned := re.match(r"([\w.-]+)==([^\s;\\]+)", line):
            versions.setdefault(canonicalize_name(pinned[1]), set()).add(pinned[2])
    return versions


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_host_and_hashes_every_package(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    blocks = re.split(r"\n(?=[\w.-]+==)", text)[1:]
    assert blocks
    assert [block.split("\n")[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("runtime.lock", PYPROJECT["project"]["dependencies"]),
        ("test.lock", PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["test"]),
        ("build.lock", PYPROJECT["build-system"]["requires"]),
    ],
)
def test_a_lock_is_in_step_with_the_project(lock: str, wanted: list[str]) -> None:
    held = locked(lock)
    for requirement in map(Requirement, wanted):
        versions = held.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is not in {lock}: run make locks"
        assert all(requirement.specifier.contains(version) for version in versions), f"{requirement}: run make locks"


def test_tests_run_on_what_is_shipped() -> None:
    tested = locked("test.lock")
    for name, versions in locked("runtime.lock").items():
        assert tested[name] == versions, name
