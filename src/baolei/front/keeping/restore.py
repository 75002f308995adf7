"""A backup put back in place: everything is built and proved aside first, so it is done wholly or not at all."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from baolei.front.keeping import manifest, urns
from baolei.front.keeping.backup import Told, refuse_unproved, stamp
from baolei.front.keeping.copies import Copies, copies
from baolei.front.keeping.locks import UNFINISHED, be_alone
from baolei.front.keeping.manifest import (
    KEYS,
    NETWORKS,
    PAPERS,
    RESULTS,
    STORES,
    YEARS,
    Backup,
    BackupRefused,
    look_inside,
)
from baolei.front.keeping.stores import TRIAL, steps_to_take
from baolei.ledger.actions import record
from baolei.programme.refusals import Fault, Refusal

ACT = "house.restore"


class HouseIsLivedIn(Refusal):
    """There is something here that a restore would replace."""


@dataclass(frozen=True)
class Restored:
    """What was put in place, and where what stood there before is kept."""

    holds: Backup
    kept: tuple[str, ...]


def prove(*, folder: Path, told: Told) -> Backup:
    """Put a backup up in a trial place, prove it and clear it away again: the drill. Raises as `restore` does."""
    holds = _read(folder, told)
    copier = copies()
    with copier.tried(folder / STORES[holds.store], _place()) as connection:
        told("proving its ledger")
        _prove(connection, holds)
    urns.prove(folder, told)
    return holds


def restore(*, folder: Path, home: Path, results: Path, replace: bool, now: datetime, told: Told) -> Restored:
    """Put a backup in place of what is here; what was here before is kept aside under another name.

    The restored store is brought to the version of this program, nobody stays logged in, and its ledger tells that it
    was restored and which ledger it replaced. Raises BackupRefused, CannotCopy, BackupNotProved, HouseInUse, and
    HouseIsLivedIn unless told to `replace`; nothing is touched then.
    """
    holds = _read(folder, told)
    be_alone(home)
    before = _refuse_lived_in(results, replace)
    copier = copies()
    with copier.tried(folder / STORES[holds.store], _place()) as connection:
        told("proving its ledger")
        _prove(connection, holds)
        urns.prove(folder, told)
        _make_ready(folder, holds, before, now)
        connection.close()
        told("putting it in place")
        with urns.put_back(folder, home, stamp(now)) as aside:
            kept = _put_in_place(copier, folder, home, results, stamp(now))
        return Restored(holds, (*kept, *aside))


def _read(folder: Path, told: Told) -> Backup:
    told("reading the backup")
    holds = manifest.read(folder)
    kind = connections[DEFAULT_DB_ALIAS].vendor
    if holds.store != kind:
        wrong = f"holds a {holds.store} database, and BAOLEI_DATABASE_URL names {kind}"
        raise BackupRefused([Fault(str(folder), 0, wrong, "name a store of the same kind")])
    return holds


def _place() -> Path:
    """Where a trial file stands: beside the database, so that it can be renamed to its name."""
    return Path(connections.settings[DEFAULT_DB_ALIAS]["NAME"]).parent


def _refuse_lived_in(results: Path, replace: bool) -> dict[str, Any] | None:
    """The head of the ledger that will be replaced, None where the house is empty."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        made = "ledger_head" in connection.introspection.table_names(cursor)
    inside = look_inside(connection) if made else None
    lived_in = bool(inside and (inside.rows.get("people_account") or inside.entries))
    if (lived_in or results.exists()) and not replace:
        raise HouseIsLivedIn(
            "there is a house here already: add --replace to put the backup in its place (what is here is kept aside)"
        )
    return {"entries": inside.entries, "root": inside.root} if inside and lived_in else None


def _prove(connection: Any, holds: Backup) -> None:
    """Raise unless the store that is being tried holds what the manifest says, and its ledger proves itself once the
    store is of this version.
    """
    steps_to_take(TRIAL)
    if look_inside(connection) != holds.inside:
        raise BackupRefused([Fault(STORES[holds.store], 0, "what is in it is not what its manifest says")])
    call_command("migrate", database=TRIAL, interactive=False, verbosity=0)
    refuse_unproved()


def _make_ready(folder: Path, holds: Backup, before: dict[str, Any] | None, now: datetime) -> None:
    """Nobody stays logged in by a session of that day, and the ledger tells of the restore."""
    Session.objects.using(TRIAL).all().delete()
    after = {"name": folder.name, "made_at": holds.made_at, "instead_of": before}
    with transaction.atomic(using=TRIAL):
        record(actor=None, act=ACT, now=now, after=after, using=TRIAL)


def _put_in_place(copier: Copies, folder: Path, home: Path, results: Path, when: str) -> tuple[str, ...]:
    """Files first made whole beside their places, then renamed; the store last. Undone where a step fails."""
    new: list[tuple[Path, Path]] = []
    for key in KEYS:
        if (folder / key).exists():
            rough = home / f"{key}.restoring"
            shutil.copy(folder / key, rough)
            rough.chmod(0o600)
            new.append((rough, home / key))
    parts = ((RESULTS, results), *((part, home / part) for part in (PAPERS, YEARS, NETWORKS)))
    for part, place in parts:
        if (folder / part).is_dir():
            new.append((_made_whole(folder / part, place), place))
    marker = home / UNFINISHED
    marker.write_text(f"baolei restore {folder} --replace", encoding="utf-8")
    done: list[tuple[Path, Path]] = []
    try:
        for rough, place in new:
            _move(done, place, place.with_name(f"{place.name}.before-{when}"))
            _move(done, rough, place)
        kept = copier.put_in_place(when)
    except BaseException:
        for source, target in reversed(done):
            target.rename(source)
        marker.unlink()
        raise
    manifest.settle_name(marker)
    marker.unlink()
    return (kept, *(str(target) for _, target in done if ".before-" in target.name))


def _made_whole(source: Path, place: Path) -> Path:
    """A folder of the backup copied beside the place where it is to stand, all of it on the disk."""
    rough = place.with_name(place.name + ".restoring")
    shutil.rmtree(rough, ignore_errors=True)
    manifest.copy_folder(source, rough)
    rough.chmod(source.stat().st_mode)
    manifest.settle(rough)
    return rough


def _move(done: list[tuple[Path, Path]], source: Path, target: Path) -> None:
    if source.exists():
        source.rename(target)
        done.append((source, target))
