"""Files that must be gone: printed slips that were taken, keys of tokens once casting begins."""

from __future__ import annotations

import os
from pathlib import Path


def wipe(file: Path) -> None:
    """Write a file over with zeros and delete it, once the disk has said so; one that is not there is gone already.

    A disk that copies what is written over (flash, snapshots, a backup) may keep the old all the same.
    """
    if not file.exists():
        return
    with file.open("r+b") as over:
        over.write(bytes(file.stat().st_size))
        over.flush()
        os.fsync(over.fileno())
    file.unlink()
