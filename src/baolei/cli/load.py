"""`baolei load`: the first day of an installation, its units, organisations and members from a folder."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from baolei.programme.refusals import Refusal


class HouseIsFull(Refusal):
    """There are units here already."""


def load(folder: Path, since: date, why: str, as_json: bool) -> int:
    """Load a folder of CSV files into an empty house, as of a day. Raises HouseIsFull, FolderRefused, TreeRefused."""
    from baolei.cli.house import open_house

    open_house()
    from django.utils import timezone

    from baolei.organisations.load import load as bring_in
    from baolei.organisations.models import UnitState
    from baolei.warehouse.rulebook import setup_rules

    if UnitState.objects.exists():
        raise HouseIsFull("there are units here already: what changes is brought in through the pages")
    now = timezone.now()
    rows = bring_in(folder=folder, since=since, rules=setup_rules(since), actor=None, now=now, why=why).rows
    said = (f"{count:>10,}  {name}" for name, count in rows.items())
    print(json.dumps(rows) if as_json else "\n".join(said))
    return 0
