"""A results folder held open: checked once, read once, opened anew when its manifest changes."""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from baolei.programme.standard.edition import Edition
from baolei.warehouse.editions import edition as read_edition
from baolei.warehouse.evaluate import open_results
from baolei.warehouse.sheets import read_figures
from baolei.warehouse.snapshot import MANIFEST


class Opened:
    """One results folder, every file of which was found whole. Tables are read when first asked for, then kept."""

    def __init__(self, folder: Path) -> None:
        self._results = open_results(folder)
        self._tables: dict[str, pa.Table] = {}
        self._lock = threading.Lock()

    @property
    def folder(self) -> Path:
        """Where it stands."""
        return self._results.folder

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest: by this the results are quoted."""
        return self._results.digest

    @property
    def manifest(self) -> dict[str, Any]:
        """The recipe: from what, by what, with which frozen figures."""
        return self._results.manifest

    @cached_property
    def edition(self) -> Edition:
        """The edition the round was judged by."""
        return read_edition(self.folder / "edition")

    @cached_property
    def figures(self) -> dict[str, Any]:
        """Figures of the fields, as `figures.json` has them."""
        return read_figures(self.folder)

    def table(self, name: str) -> pa.Table:
        """A whole table, read once and kept."""
        with self._lock:
            if name not in self._tables:
                self._tables[name] = self._results.read(name).combine_chunks()
            return self._tables[name]


HELD = 2
"""So many folders are held: the one on the public pages, and a run that is being looked at before it goes there."""
_LOCK = threading.Lock()
_HELD: dict[Path, tuple[tuple[int, int, int], Opened]] = {}


def opened(folder: Path) -> Opened | None:
    """The results in `folder`, None where there are none. Asking again costs one look at the manifest's date.

    Raises SnapshotRefused when the folder is damaged, EditionRefused when its edition cannot be read.
    """
    try:
        found = (folder / MANIFEST).stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
    with _LOCK:
        held = _HELD.get(folder)
        if held is None or held[0] != stamp:
            _HELD.pop(folder, None)  # the old one's memory is free before the new one is read
            while len(_HELD) >= HELD:
                _HELD.pop(next(iter(_HELD)))
            held = _HELD[folder] = (stamp, Opened(folder))
        return held[1]
