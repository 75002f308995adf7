"""Files that were sent, kept where only we read them: written whole before anything speaks of them, cleared away after.

A file has a name that says nothing. Where the process dies between the file and its row, the file is nobody's and is
swept later; where the row is there, so is the file.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where Baolei may be tried out but keeps no house
    fcntl = None  # type: ignore[assignment]

GRACE = 3_600
"""Seconds after which a file that no row names is nobody's: no upload takes so long to be written down."""
LOCK = ".lock"


class TooLarge(Exception):
    """More bytes than may be kept; nothing is."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it lies there: its name, SHA-256 (hex), bytes."""

    name: str
    digest: str
    size: int


def keep(home: Path, pieces: Iterable[bytes], most: int) -> Kept:
    """Write a file of at most so many bytes and have it on the disk. Raises TooLarge."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    name, digest, size = secrets.token_hex(16), hashlib.sha256(), 0
    try:
        with (home / name).open("xb") as file:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                if size > most:
                    raise TooLarge
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        (home / name).unlink(missing_ok=True)
        raise
    return Kept(name, digest.hexdigest(), size)


@contextmanager
def undisturbed(home: Path, *, wait: bool) -> Iterator[bool]:
    """Nothing is cleared away here meanwhile, by anybody: False where somebody else has it so and we do not `wait`."""
    if fcntl is None or not home.is_dir():
        yield True
        return
    with (home / LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:
            yield False
            return
        yield True


def discard(home: Path, names: Iterable[str]) -> None:
    """Clear files away, unless they are being copied just now: then the next sweep does."""
    with undisturbed(home, wait=False) as free:
        for name in names if free else ():
            (home / name).unlink(missing_ok=True)


def sweep(home: Path, named: Callable[[], set[str]]) -> int:
    """Clear away what no row names (`named` is asked after looking) and is no longer being written. How many."""
    if not home.is_dir():
        return 0
    before = time.time() - GRACE
    with undisturbed(home, wait=False) as free:
        old = [one for one in home.iterdir() if one.name != LOCK and one.stat().st_mtime < before] if free else []
        kept = named() if old else set()
        gone = [one for one in old if one.name not in kept]
        for one in gone:
            one.unlink(missing_ok=True)
    return len(gone)
