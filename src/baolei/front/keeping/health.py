"""Whether the house is well: what has to hold on any day, each looked at once, and said in words."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import Error as DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from baolei.ballots.urns import opened as opened_urn
from baolei.front.keeping.backup import ACT as BACKED_UP
from baolei.front.keeping.locks import UNFINISHED
from baolei.front.keeping.stores import standing, unsafe_settings
from baolei.ledger.models import Entry, Head
from baolei.programme.refusals import Refusal
from baolei.sheets.lease import waiting
from baolei.urn.environment import urn_place
from baolei.warehouse.opened import opened

FREE = 2 * 1024**3
"""Bytes that have to be free where the house stands: a day's writing, and a backup's trial, need room."""

FRESH = timedelta(days=2)
"""A backup older than this is missed: one night was skipped."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its code for machines, its name, whether it is well, and what was seen."""

    code: str
    name: str
    ok: bool
    says: str


def examine(home: Path, results: Path, now: datetime) -> tuple[Finding, ...]:
    """Look at everything, in the language in use. Where the store does not answer, nothing is asked that needs it."""
    found = [_database()]
    if found[0].ok:
        found += [_version(), _durable()]
        if found[1].ok:
            found += [*_ledger(now), _work(now)]
    return (*found, _urn(home), _disk(home), _results(results), _restored(home))


def well() -> bool:
    """Whether everything is."""
    return all(one.ok for one in examine(settings.HOME, Path(settings.BAOLEI_RESULTS), timezone.now()))


def _database() -> Finding:
    connection, name = connections[DEFAULT_DB_ALIAS], _("Database")
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, Refusal) as error:
        return Finding("database", name, False, str(error).strip())
    version = ".".join(map(str, connection.get_database_version()))
    return Finding("database", name, True, f"{connection.display_name} {version}")


def _version() -> Finding:
    found = standing(connections[DEFAULT_DB_ALIAS])
    says = _("as this program needs it")
    if found.half:
        says = _("from between two versions: put it away and load its files anew")
    elif found.newer:
        says = _("written by a newer program: install that one")
    elif found.missing:
        says = _("%(count)s steps behind: run baolei migrate") % {"count": len(found.missing)}
    return Finding("version", _("Version of the database"), not (found.half or found.newer or found.missing), says)


def _durable() -> Finding:
    unsafe = unsafe_settings(connections[DEFAULT_DB_ALIAS])
    says = "; ".join(unsafe) or _("what was saved survives a power cut")
    return Finding("durable", _("Keeps what it says"), not unsafe, says)


def _ledger(now: datetime) -> Iterator[Finding]:
    """The head of the ledger, and the last backup, at which it was proved."""
    head = Head.objects.filter(pk=1).first() or Head()
    last = Entry.objects.filter(act=BACKED_UP).order_by("-number").first()
    at = timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M") if last else ""
    proved = _("proved at %(at)s") % {"at": at} if last else _("not proved yet")
    yield Finding("ledger", _("Ledger"), True, f"{head.size:,} · {head.root()[:16]}… · {proved}")
    fresh = settings.BAOLEI_DEMO or bool(last and now - last.at <= FRESH)
    yield Finding("backup", _("Last backup"), fresh, at or _("none yet: run baolei backup"))


def _work(now: datetime) -> Finding:
    """Whether spreadsheets that wait are worked on."""
    count, heard = waiting(now)
    says = _("%(count)s under way") if heard else _("%(count)s wait and nobody works on them: start baolei work again")
    return Finding("work", _("Spreadsheets"), heard, says % {"count": count})


def _urn(home: Path) -> Finding:
    """Whether the urn answers, loses nothing in a power cut, and keeps no order of casting."""
    name = _("Urn")
    try:
        place = urn_place({**os.environ, "BAOLEI_HOME": str(home)})
        if isinstance(place, Path) and not place.exists():
            return Finding("urn", name, True, _("no ballots yet"))
        with opened_urn() as urn:
            unsafe = urn.unsafe()
    except Refusal as error:
        return Finding("urn", name, False, str(error))
    return Finding("urn", name, not unsafe, "; ".join(unsafe) or _("answers, and keeps no order of casting"))


def _disk(home: Path) -> Finding:
    """The disk on which the house stands, or will: before the first writing it has no folder yet."""
    there = next(one for one in (home, *home.absolute().parents) if one.exists())
    space = shutil.disk_usage(there)
    says = _("%(free)s GB of %(all)s GB free") % {"free": f"{space.free / 1e9:.1f}", "all": f"{space.total / 1e9:.1f}"}
    return Finding("disk", _("Room on the disk"), space.free >= FREE, says)


def _results(folder: Path) -> Finding:
    name = _("Results on show")
    try:
        found = opened(folder)
    except Refusal as error:
        return Finding("results", name, False, str(error))
    return Finding("results", name, True, f"SHA-256 {found.digest[:16]}…" if found else _("no round evaluated yet"))


def _restored(home: Path) -> Finding:
    broken = (home / UNFINISHED).exists()
    says = _("broken off: run it again") if broken else _("none under way")
    return Finding("restore", _("Restore"), not broken, says)
