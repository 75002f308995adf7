"""`baolei audit` and `baolei health`: look through all organisations, and at the house itself."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path


def audit(day: date | None, as_json: bool) -> int:
    """Look through every organisation by the rules in force on a day (default: today), and count what is open."""
    from baolei.cli.house import open_house

    open_house()
    from django.db.models import Count
    from django.utils import timezone

    from baolei.organisations.findings import look_through
    from baolei.organisations.models import Finding
    from baolei.warehouse.rulebook import setup_rules

    on = day or timezone.localdate()
    rules, started = setup_rules(on), time.monotonic()
    run = look_through(day=on, rules=rules, actor=None, now=timezone.now())
    seconds = time.monotonic() - started
    held = dict(Finding.objects.open().values_list("flag").annotate(count=Count("pk")))
    counts = {code: held.get(code, 0) for code in rules.flags}
    if as_json:
        said = {"day": on.isoformat(), "organisations": run.organisations, "open": counts, "seconds": round(seconds, 2)}
        print(json.dumps(said))
        return 0
    for code, count in counts.items():
        print(f"{count:>8,}  {code:<24} {rules.flags[code].name.zh}")
    print(f"{run.organisations:,} organisations looked through as of {on}, {seconds:.1f} s")
    return 0


def health(as_json: bool) -> int:
    """Say how the house is; 1 when something is not well."""
    from baolei.cli.house import set_up

    home = set_up()
    from django.conf import settings
    from django.utils import timezone, translation

    from baolei.front.keeping.health import examine

    with translation.override("en"):
        found = examine(home, Path(settings.BAOLEI_RESULTS), timezone.now())
    if as_json:
        print(json.dumps({"ok": all(one.ok for one in found), "found": [asdict(one) for one in found]}))
    else:
        for one in found:
            print(f"{'well    ' if one.ok else 'NOT WELL'}  {one.name:<24} {one.says}")
    return 0 if all(one.ok for one in found) else 1
