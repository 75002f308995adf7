"""`baolei backup` and `baolei restore`: the whole house in one folder, and back again."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any


def backup(to: Path | None, keep: int, as_json: bool) -> int:
    """Back the house up into a new folder of `to` (default: backups/ in the house), and delete all but `keep` there."""
    from baolei.cli.house import open_house

    home = open_house()
    from django.conf import settings
    from django.utils import timezone

    from baolei.front.keeping.backup import back_up, forget_old

    place = to or home / "backups"
    made = back_up(to=place, home=home, results=Path(settings.BAOLEI_RESULTS), now=timezone.now(), told=_told)
    gone = [str(one) for one in forget_old(place, keep)] if keep else []
    said = {"folder": str(made.folder), "manifest": made.digest, "deleted": gone, **_size(made.holds)}
    _say(
        said,
        as_json,
        f"{made.folder}\n{_in_words(made.holds)}\nmanifest {made.digest}",
        *(f"deleted {x}" for x in gone),
    )
    return 0


def restore(folder: Path, replace: bool, check: bool, as_json: bool) -> int:
    """Put a backup in place of what is here, or with `check` only prove that it could be."""
    from baolei.cli.house import set_up

    home = set_up()
    from django.conf import settings
    from django.utils import timezone

    from baolei.front.keeping import restore as room

    if check:
        holds = room.prove(folder=folder, told=_told)
        _say({"proved": str(folder), **_size(holds)}, as_json, f"{folder} is whole\n{_in_words(holds)}")
        return 0
    done = room.restore(
        folder=folder, home=home, results=Path(settings.BAOLEI_RESULTS), replace=replace, now=timezone.now(), told=_told
    )
    kept = (f"what was here before is kept: {one}" for one in done.kept)
    _say({"restored": str(folder), "kept": done.kept, **_size(done.holds)}, as_json, f"restored {folder}", *kept)
    return 0


def _told(stage: str) -> None:
    print(f"{stage} …", file=sys.stderr)


def _size(holds: Any) -> dict[str, Any]:
    return {"made_at": holds.made_at, "program": holds.program, "store": holds.store, **asdict(holds.inside)}


def _in_words(holds: Any) -> str:
    rows, size = sum(holds.inside.rows.values()), sum(part["bytes"] for part in holds.parts.values())
    return f"{rows:,} rows, {size / 1e6:,.1f} MB, ledger proved: {holds.inside.entries} {holds.inside.root}"


def _say(said: dict[str, Any], as_json: bool, *words: str) -> None:
    print(json.dumps(said, ensure_ascii=False) if as_json else "\n".join(words))
