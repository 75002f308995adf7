"""Find and read an edition of the standard: a shipped one by its code, or any folder or file."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

from baolei.programme.located import Document
from baolei.programme.refusals import EditionRefused, Fault
from baolei.programme.standard.edition import Edition
from baolei.programme.standard.points import read


def shipped() -> tuple[str, ...]:
    """Codes of the editions that come with the package, in order."""
    return tuple(sorted(entry.name for entry in _home().iterdir() if entry.is_dir() and not entry.name.startswith("_")))


def _home() -> Any:
    return resources.files("baolei").joinpath("rulebook/editions")


def schema() -> dict[str, Any]:
    """The JSON schema of `kind: points`."""
    path = resources.files("baolei").joinpath("rulebook/schema/points-edition.schema.json")
    return dict(json.loads(path.read_text(encoding="utf-8")))


def folder_of(where: str | Path) -> Path:
    """The folder or file meant by a shipped code or a path. Raises EditionRefused when there is none."""
    path = Path(where)
    if path.exists():
        return path
    if str(where) in shipped():
        return Path(str(_home().joinpath(str(where))))
    raise EditionRefused(
        [Fault(str(where), 0, "no such edition", "a folder, a file, or one of " + ", ".join(shipped()))]
    )


def edition(where: str | Path) -> Edition:
    """Read an additive edition (`kind: points`): every *.yaml of the folder, or the one file.

    Raises EditionRefused with every fault, its file and its line.
    """
    home = folder_of(where)
    files = sorted(home.rglob("*.yaml")) if home.is_dir() else [home]
    if not files:
        raise EditionRefused([Fault(str(home), 0, "holds no *.yaml", "edition.yaml and the tables beside it")])
    root = home if home.is_dir() else home.parent
    documents = [Document(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")) for path in files]
    return read(documents, schema())
