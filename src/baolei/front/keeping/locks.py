"""Who is in the house: many may work in it at once, but nobody while its store is being put in place."""

from __future__ import annotations

from pathlib import Path

from baolei.programme.refusals import Refusal

try:
    import fcntl
except ImportError:  # Windows, where Baolei may be tried out but keeps no house
    fcntl = None  # type: ignore[assignment]

LOCK = "house.lock"
UNFINISHED = "restore.unfinished"
"""Stands in the house's folder while a restore puts things in their places."""

_held: list[object] = []


class HouseInUse(Refusal):
    """Somebody works in the house, or its restore was broken off."""


def enter(home: Path) -> None:
    """Be in the house until this process ends. Raises HouseInUse while it is being restored, or that was cut off."""
    if (home / UNFINISHED).exists():
        raise HouseInUse(f"a restore was broken off here: run it again ({(home / UNFINISHED).read_text().strip()})")
    if not _held:
        _take(home, alone=False)


def be_alone(home: Path) -> None:
    """Have the house to oneself until this process ends. Raises HouseInUse while a server or a command is in it."""
    _take(home, alone=True)


def _take(home: Path, *, alone: bool) -> None:
    file = (home / LOCK).open("a")
    if fcntl:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError:
            file.close()
            whom = "a server or another command works" if alone else "a restore is under way"
            raise HouseInUse(f"{whom} in {home}: end it first, or wait for it") from None
    _held.append(file)
