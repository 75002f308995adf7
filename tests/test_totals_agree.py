"""One round, one set of numbers: every page and file of every level says of every branch, unit and class what anybody
works out of the frozen folder with `baolei evaluate`, to the cent.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.cli.main import main
from baolei.declarations.models import Declaration
from baolei.people.models import Account
from baolei.rounds.models import Round
from baolei.scores.models import Run
from baolei.triage.models import Sorted
from baolei.warehouse.evaluate import results_digest
from baolei.warehouse.snapshot import read_table
from scored_stage import CODES, collected, scored, sorted_and_posted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LAPSED = "not handed in"
UNITS = ("15", "1504", "1505", "150422", "150502", "150422103", "150422104", "150502103")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> None:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")


@pytest.fixture
def run(django_capture_on_commit_callbacks: Any) -> Run:
    return scored(collected(), django_capture_on_commit_callbacks)


@pytest.fixture
def clerk(run: Run) -> Account:
    return Account.objects.get(username="region_clerk-15")


def table(client: Client, address: str, name: str = "") -> list[dict[str, str]]:
    """A table of a page as its file, by the heads of its columns."""
    answer = client.get(address, {"format": "csv", **({"table": name} if name else {})})
    assert answer.status_code == 200, address
    return list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))


def evaluated(run: Run, into: Path) -> list[dict[str, Any]]:
    """Every branch as the command line works it out of the snapshot."""
    assert main(["evaluate", str(run.folder / "snapshot"), "--out", str(into)]) == 0
    assert results_digest(into) == run.results
    rows: list[dict[str, Any]] = read_table(into / "branches.parquet").to_pylist()
    assert sorted(row["code"] for row in rows) == sorted(CODES)
    return rows


def of(rows: list[dict[str, Any]], unit: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["unit"].startswith(unit)]


def test_every_level_says_what_anybody_works_out_of_the_frozen_folder(run: Run, clerk: Account, tmp_path: Path) -> None:
    rows = evaluated(run, tmp_path / "again")
    client = Client()
    client.force_login(clerk)
    client.cookies["django_language"] = "en"
    for unit in UNITS:
        mine = of(rows, unit)
        listed = {one["Code"]: one for one in table(client, reverse("branches", args=[unit]))}
        assert {code: cents(one["Score"]) for code, one in listed.items()} == {r["code"]: r["score"] for r in mine}
        parts = {one["Standing"]: one for one in table(client, reverse("unit", args=[unit]), "standing")}
        assert sum(int(one["Branches"]) for one in parts.values()) == len(mine)
        assert int(parts["not named"]["Branches"]) == sum(not row["named"] for row in mine)
        tiers = [int(one["Branches"]) for one in table(client, reverse("unit", args=[unit]), "tiers")]
        assert tiers == [Counter(row["tier"] for row in mine)[place] for place in range(len(tiers))]
        if len(unit) < 9:
            below = table(client, reverse("unit", args=[unit]), "units")
            assert sum(int(one["Branches"]) for one in below) == len(mine)
            assert sum(int(one["Named"]) for one in below) == sum(row["named"] for row in mine)
    for row in rows:
        sheet = table(client, reverse("branch", args=[row["code"]]), "sheet")
        printed = {one["Strength"]: cents(one["Points"]) for one in sheet if not one["Source"]}
        assert (printed["Score"], printed["Base score"]) == (row["score"], row["base"])
        assert table(client, reverse("run_sheet", args=[run.pk, row["code"]]), "sheet") == sheet


def test_the_river_and_the_classes_add_up_at_every_level(run: Run, clerk: Account) -> None:
    this = sorted_and_posted(run, clerk)
    reach = {"15": 14, "1504": 9, "150422": 9, "150422103": 7, "150502": 5}
    assert reach["15"] == len(CODES)
    for code, number in reach.items():
        client = Client()
        client.force_login(stage.mandated(code, "viewer" if code == "15" else "leader"))
        client.cookies["django_language"] = "en"
        if code != "15":  # a viewer reads results, not records
            river = table(client, reverse("round", args=[this.pk]), "river")
            counted = sum(int(one["Stand there"]) for one in river)
            lapsed = sum(int(one["Stand there"]) for one in river if one["Stretch"] == LAPSED)
            path = stage.unit(code).path
            assert counted == Declaration.objects.filter(round=this, path__startswith=path).count() == number + lapsed
            classes = table(client, reverse("triage", args=[this.pk]), "counts")
            counted = sum(int(value or 0) for one in classes for name, value in one.items() if name != "Unit")
            assert counted == number == len(sorted_of(this, code))
        listed = table(client, reverse("branches", args=[code]))
        assert len(listed) == number


def sorted_of(this: Round, unit: str) -> list[Sorted]:
    path = stage.unit(unit).path
    return list(Sorted.objects.filter(sorting__round=this, declaration__path__startswith=path))


def cents(points: str) -> int:
    """Points of a file, which says no zeros that say nothing, as cents; it must not be finer than they are."""
    found = round(100 * float(points))
    assert float(points) == found / 100
    return found
