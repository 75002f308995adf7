"""`baolei roads`: read the roads of an extract of OpenStreetMap in, on which the 15-minute circle is reckoned."""

from __future__ import annotations

import json
from pathlib import Path


def roads(file: Path, why: str, as_json: bool) -> int:
    """Read one file in; it is used from then on. Raises RoadsRefused."""
    from baolei.cli.house import open_house

    open_house()
    from django.utils import timezone

    from baolei.centres.roads import take_in

    made = take_in(now=timezone.now(), file=file, why=why)
    told = {"junctions": made.nodes, "pieces": made.pieces, "named places": made.named, "sha256": made.digest}
    lines = (f"{count:>12,}  {name}" for name, count in told.items() if isinstance(count, int))
    print(json.dumps(told) if as_json else "\n".join([*lines, f"SHA-256 {made.digest}"]))
    return 0
