"""A year of the life of a whole region: gatherings, absences, and what the other source rooms record; then the facts of
every item of every branch, held against SQL that was written apart, and the pages of branches.

Runs on the database of BAOLEI_DATABASE_URL where there is one (`tools/postgres.py baolei bench life`), else on a SQLite
file of its own. `--lived` measures what an earlier run has left in that database, and writes nothing but its visitor.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import measure
import numpy as np
from measure import timed

BEGUN, DAY, YEAR = date(2013, 1, 1), date(2023, 12, 31), 2023
NOW = datetime(2024, 1, 8, 2, tzinfo=UTC)
SEED = 2023
AT_MOST = {"all facts, s": 60.0, "page p95, ms": 300.0}


def main() -> int:
    """Print the tables; 1 where a goal is missed or a fact differs from the SQL check."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=20, help="visits of each page")
    options.add_argument("--scale", type=float, default=1.0)
    options.add_argument("--lived", action="store_true", help="the database has the year already")
    options.add_argument("--json", action="store_true")
    said = options.parse_args()
    database = {"database": os.environ.get("BAOLEI_DATABASE_URL", "sqlite").partition(":")[0]}
    with tempfile.TemporaryDirectory() as home:
        measure.set_up(Path(home))
        if not said.lived:
            _move_in(Path(home), measure.region(said.scale))
            lived = _live(said.scale)
            measure.show("a year on record", [{"what": what, "value": value} for what, value in lived.items()],
                         database, said.json)  # fmt: skip
        facts, differing, total = _facts()
        measure.show(
            "facts of items", facts, {**database, "all facts, s": total, "peak MiB": measure.peak()}, said.json
        )
        pages = list(measure.visits(*_visitor(), said.rounds))
    measure.show("pages, milliseconds", pages, database, said.json)
    figures = {"all facts, s": total, "page p95, ms": max(float(row["p95 ms"]) for row in pages)}
    missed = [name for name, goal in AT_MOST.items() if figures[name] > goal]
    missed += [f"{item} differs from the SQL check" for item in differing]
    print("missed: " + ", ".join(missed) if missed else "every goal is met")
    return 1 if missed else 0


def _move_in(home: Path, snapshot: Path) -> None:
    from baolei.organisations.load import load
    from baolei.warehouse.demo.household import write_household
    from baolei.warehouse.rulebook import setup_rules

    write_household(snapshot, home / "folder", YEAR, np.datetime64(DAY))
    load(folder=home / "folder", since=BEGUN, rules=setup_rules(DAY), actor=None, now=NOW, why="bench")


# ---- a year ----


def _live(scale: float) -> dict[str, Any]:
    import places

    from baolei.cli.demo_life import live
    from baolei.organisations.pouring import take_stock

    took, lived = timed(live, YEAR, DAY, SEED)
    places.fill(lived, YEAR, DAY, SEED, scale)
    take_stock(*lived.models)
    _vacuum()
    return {"written, s": took, **{name: f"{number:,}" for name, number in lived.rows.items()}}


def _vacuum() -> None:
    """What PostgreSQL would have done by itself in the course of the year."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


# ---- facts, and the check ----


def _facts() -> tuple[list[dict[str, Any]], list[str], float]:
    """For each pass how long its facts of all branches took; for each item how many have one, and whether SQL says the
    same. The time of a pass stands at its first item.
    """
    from evidence_sql import CHECKS, checked

    from baolei.declarations.sources import KNOWN
    from baolei.organisations.models import OrganisationState
    from baolei.programme.evidence import facts_of

    every = set(OrganisationState.objects.on(DAY).filter(kind="branch").values_list("organisation", flat=True))
    rows, differing, total = list[dict[str, Any]](), list[str](), 0.0
    for items in _passes(KNOWN):
        took, found = timed(facts_of, items, KNOWN, every, YEAR, DAY)
        total += took
        for item in items:
            sql_took, said = timed(checked, item, YEAR, DAY) if item in CHECKS else (0.0, None)
            same = said is not None and {pk: fact for pk, fact in said.items() if pk in every} == found[item]
            differing += [] if same else [item]
            rows.append({"item": item, "s": f"{took:.2f}" if item == items[0] else "with it",
                         "branches": len(found[item]), "SQL, s": sql_took, "the same": str(same)})  # fmt: skip
    return rows, differing, total


def _passes(known: Mapping[str, Any]) -> list[list[str]]:
    """The items, those together that are counted in one pass."""
    found: dict[object, list[str]] = {}
    for item, source in known.items():
        found.setdefault(source.several or item, []).append(item)
    return list(found.values())


# ---- pages ----


def _visitor() -> tuple[Any, dict[str, str]]:
    """The secretary of a branch, and the pages of that branch."""
    from django.urls import reverse

    from baolei.life.models import Appraisal
    from baolei.organisations.models import OrganisationState
    from baolei.people.models import Account, InTree, Mandate

    appraised = Appraisal.objects.filter(year=YEAR).values("organisation")
    villages = OrganisationState.objects.on(DAY).filter(kind="branch", field="village", organisation__in=appraised)
    branch = list(villages.order_by("path")[:100])[-1]
    account = Account.objects.get_or_create(username="bench-secretary", defaults={"name": "bench"})[0]
    Mandate.objects.get_or_create(account=account, role="branch_secretary", tree=InTree.PARTY, path=branch.path,
                                  title="bench", since=BEGUN, approved_at=NOW)  # fmt: skip
    return account, dict(_pages(branch.organisation_id, reverse))


def _pages(branch: int, reverse: Any) -> Iterator[tuple[str, str]]:
    yield "organisation", reverse("organisation", args=[branch])
    yield "life", f"{reverse('life', args=[branch])}?year={YEAR}"
    yield "record a gathering", reverse("record_gathering", args=[branch])
    yield "affairs", f"{reverse('affairs', args=[branch])}?year={YEAR}"
    for name, page in (("talks", "life_talks"), ("training", "training"), ("numbers", "branch_numbers")):
        yield name, f"{reverse(page, args=[branch])}?year={YEAR}"
    for name, page in (("dues", "dues"), ("burden", "branch_burden"), ("rectification", "rectification")):
        yield name, reverse(page, args=[branch])
    yield "terms", reverse("terms")
    yield "appraisal", reverse("appraisal", args=[_appraised(branch)])
    yield "evidence", f"{reverse('evidence', args=[branch])}?year={YEAR}"
    for item in ("members_meetings", "first_agenda", "committee_complete", "dues_on_time", "member_training"):
        yield f"rows of {item}", f"{reverse('evidence_item', args=[branch, item])}?year={YEAR}"


def _appraised(branch: int) -> int:
    """The gathering at which the members of a branch were appraised."""
    from baolei.life.models import Appraisal

    return int(Appraisal.objects.get(organisation=branch, year=YEAR).gathering_id)


if __name__ == "__main__":
    sys.exit(main())
