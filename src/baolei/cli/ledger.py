"""`baolei ledger`: prove the ledger of this installation, or give its head out of the house."""

from __future__ import annotations

import json
from pathlib import Path


def ledger(what: str, files: tuple[str, ...], kept_by: str, as_json: bool) -> int:
    """Run one of `verify` (1 when something was touched) and `head`. Raises NoHead."""
    from baolei.cli.house import open_house

    open_house()
    return _verify(files, as_json) if what == "verify" else _head(kept_by, as_json)


def _verify(files: tuple[str, ...], as_json: bool) -> int:
    from baolei.ledger.verify import Kept, verify

    heads = tuple(Kept.read(Path(file).read_text(encoding="utf-8"), file) for file in files)
    proved = verify(heads)
    if as_json:
        faults = [str(fault) for fault in proved.faults]
        print(json.dumps({"size": proved.size, "root": proved.root, "faults": faults}, ensure_ascii=False))
    elif proved.faults:
        print("\n".join(map(str, proved.faults)))
    else:
        against = f", and fits {len(heads)} head{'s' if len(heads) != 1 else ''} kept outside" if heads else ""
        print(f"{proved.size} entries, none touched{against}\n{proved.size} {proved.root}")
    return 1 if proved.faults else 0


def _head(kept_by: str, as_json: bool) -> int:
    from django.utils import timezone

    from baolei.ledger.actions import seal

    given = seal(actor=None, now=timezone.now(), kept_by=kept_by)
    print(json.dumps({"size": given.size, "root": given.root}) if as_json else f"{given.size} {given.root}")
    return 0
