"""The urn in a backup: what lasts in its folder, and beside all backups one file of the ballots that wait to be sealed.

A ballot that was in on one night and not the night before was cast that day. So the second file is replaced by every
backup, and is gone with the first one after the sealing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from baolei.ballots.urns import opened
from baolei.front.keeping import manifest
from baolei.urn import copies
from baolei.urn.environment import urn_place

URN, OPEN = "urn.sqlite3", "urn-open.sqlite3"
_ROUGH = f"{OPEN}.partial"


def copy_out(home: Path, folder: Path, told: Callable[[str], None]) -> None:
    """Copy the urn into a backup that is being made, prove the copy, and lay what is not sealed beside, for
    `replace_open`. Nothing where this house never had an urn. Raises UrnUnusable, CopyRefused.
    """
    place = urn_place({**os.environ, "BAOLEI_HOME": str(home)})
    if isinstance(place, Path) and not place.exists():
        return
    told("copying the urn")
    rough = folder.with_name(_ROUGH)
    rough.unlink(missing_ok=True)
    with opened() as store:
        copies.copy_out(store, folder / URN, rough)
    copies.prove(folder / URN, rough)


def replace_open(to: Path) -> None:
    """Have the one file of ballots that are not sealed be that of the backup that was just finished."""
    if (to / _ROUGH).exists():
        manifest.settle(to / _ROUGH)
        (to / _ROUGH).replace(to / OPEN)
    else:
        (to / OPEN).unlink(missing_ok=True)


def clear_away(to: Path) -> None:
    """Leave nothing behind of a backup that was not finished."""
    (to / _ROUGH).unlink(missing_ok=True)


def prove(folder: Path, told: Callable[[str], None]) -> None:
    """Prove the urn of a backup, and the ballots beside it. Raises CopyRefused."""
    if (folder / URN).exists():
        told("proving the urn")
        copies.prove(folder / URN, folder.with_name(OPEN))


@contextmanager
def put_back(folder: Path, home: Path, when: str) -> Iterator[tuple[str, ...]]:
    """Put the urn of a backup in place when what is done in here ends well: where the one before is kept now. That is
    a copy too, in the order of keys: the urn itself holds that of casting.
    """
    if not (folder / URN).exists():
        yield ()
        return
    aside = home / f"urn.before-{when}"
    with opened() as store:
        with store.reading():
            lived_in = bool(list(store.rows("form")))
        if lived_in:
            aside.mkdir(mode=0o700)
            copies.copy_out(store, aside / URN, aside / OPEN)
            manifest.settle(aside)
        with copies.put_back(store, folder / URN, folder.with_name(OPEN)):
            yield (str(aside),) if lived_in else ()
