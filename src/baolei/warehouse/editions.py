"""Find and read an edition of the standard: a shipped one by its code, or any folder or file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from baolei.programme.located import Document
from baolei.programme.refusals import EditionRefused, Fault
from baolei.programme.standard.edition import Edition
from baolei.programme.standard.points import read

LONGEST = 2_000_000
"""Bytes of one file of an edition; the largest that ships has 21,000."""
BOM = "\ufeff"
"""The mark that some programs put before the text of a file."""


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
    try:
        if path.exists():
            return path
    except (OSError, ValueError):  # no name that a file could have
        pass
    if str(where) in shipped():
        return Path(str(_home().joinpath(str(where))))
    raise EditionRefused(
        [Fault(str(where)[:200], 0, "no such edition", "a folder, a file, or one of " + ", ".join(shipped()))]
    )


def edition(where: str | Path) -> Edition:
    """Read an additive edition (`kind: points`): every *.yaml of the folder, or the one file.

    Raises EditionRefused with every fault, its file and its line.
    """
    home = folder_of(where)
    root = home if home.is_dir() else home.parent
    files = sorted(path for path in home.rglob("*.yaml") if path.is_file()) if home.is_dir() else [home]
    faults = [
        Fault(path.relative_to(root).as_posix(), 0, "*.yml is not read", "name it *.yaml")
        for path in (sorted(home.rglob("*.yml")) if home.is_dir() else ())
    ]
    if not files:
        faults.append(Fault(str(home), 0, "holds no *.yaml", "edition.yaml and the tables beside it"))
    texts: dict[str, str] = {}
    for path in files:
        place = path.relative_to(root).as_posix()
        try:
            texts[place] = text_of(_bytes(path))
        except (OSError, ValueError) as error:
            faults.append(Fault(place, 0, *_why(error)))
    found = documents(texts)
    if faults:
        raise EditionRefused([*faults, *(fault for document in found for fault in document.faults)])
    return read(found, schema())


def documents(texts: Mapping[str, str]) -> list[Document]:
    """The files of an edition, read: from the text of each by its name in the folder, in order of name."""
    return [Document(place, texts[place].removeprefix(BOM)) for place in sorted(texts)]


def edition_of(texts: Mapping[str, str]) -> Edition:
    """The edition that these files hold. Raises EditionRefused with every fault, its file and its line."""
    return read(documents(texts), schema())


def texts_of(code: str) -> dict[str, str]:
    """The files of a shipped edition to the letter, by their names in its folder. Raises EditionRefused for none."""
    home = folder_of(code)
    return {path.relative_to(home).as_posix(): text_of(_bytes(path)) for path in sorted(home.rglob("*.yaml"))}


def text_of(data: bytes) -> str:
    """A file as text, to the letter: encoded again it is the same bytes. Raises ValueError: too long, or not UTF-8."""
    if len(data) > LONGEST:
        raise ValueError(f"more than {LONGEST // 1_000_000} million bytes")
    return data.decode("utf-8")


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST + 1)


def _why(error: OSError | ValueError) -> tuple[str, str]:
    """What kept a file from being read, and what would help."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 at byte {error.start}", "save it as UTF-8"
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror}", "let this account read it"
    return str(error), "an edition is text; move what is not one out of its folder"
