"""How superiors measure is told in a letter to whom it concerns; a correction lists each changed verdict, and why."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.people.models import Account
from baolei.programme.scoring.leniency import county_gaps, county_se
from baolei.scores import changes, letters
from baolei.scores.models import Run
from baolei.scores.results import Results
from baolei.warehouse.editions import edition_of
from baolei.warehouse.evaluate import evaluate, results_digest
from baolei.warehouse.opened import Opened
from baolei.warehouse.snapshot import schema, writing
from review_stage import person
from round_stage import opened as opened_round
from snapshots import write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


# ---- how sure it is ----


def test_a_county_s_error_is_what_its_visits_leave_open() -> None:
    """Worked by hand: two counties of four visits each, κ as given, no error of the whole."""
    place, gap = np.repeat([0, 1], 4), np.array([1.0, 3, 1, 3, 5, 7, 5, 7])
    number = np.bincount(place)
    found = county_se(place, gap, number, 4.0, 0.0)
    assert found == pytest.approx(np.sqrt([8 / 6 / 8] * 2))  # s² within 8/6, n + κ = 8
    assert county_se(place, gap, number, 4.0, 1.0) == pytest.approx(np.sqrt([8 / 6 / 8 + 0.25] * 2))
    alone = county_se(np.array([0, 1]), np.array([1.0, 3.0]), np.array([1, 1]), 1.0, 0.0)
    assert alone == pytest.approx(np.sqrt([0.5, 0.5]))  # no county has two: the spread of all


def test_its_interval_holds_the_truth_as_often_as_it_says() -> None:
    bits, held, asked = np.random.default_rng(5), 0, 0
    for _year in range(60):
        true, place = bits.normal(2, 1.5, 30), np.repeat(np.arange(30), 10)
        gap = true[place] + bits.normal(0, 3, len(place))
        delta, number, _overall = county_gaps(place, gap, np.ones(len(gap)), 30, 2.5)
        se = county_se(place, gap, number, 2.5, float(gap.std() / np.sqrt(len(gap))))
        held, asked = held + int((np.abs(delta - true) < 1.645 * se).sum()), asked + 30
    assert 0.87 < held / asked < 0.93


# ---- the letter ----

MORE = """
leniency: {level: banner, mode: allocation, visits_at_least: 8, kappa: 2.5}
vetoes: [{code: breach, name: {zh: 违纪, en: A breach}}]
"""
"""What is added to the worked example's edition; all but its last tier are closed by a veto, and easily reached."""
STANDARD, EASY = "en: Meets the standard}, at_least: 70}", "en: Meets the standard}, at_least: 40, needs: [no_veto]}"
VISITS = {"150101": 10, "150102": 6, "150201": 4}
"""Random visits in each banner: enough for a figure of its own, for that of all, for none."""


def snapshot(base: Path, to: Path, *, earned: Any = None, veto: int | None = None) -> Path:
    """A round of ninety branches of three banners, visited or not; one of them with a veto."""
    texts = {"edition.yaml": (base / "edition/edition.yaml").read_text(encoding="utf-8").replace(STANDARD, EASY) + MORE}
    edition = edition_of(texts)
    with writing(to) as writer:
        writer.text("edition/edition.yaml", texts["edition.yaml"])
        for name in ("units", "branches", "facts", "marks", "ballots"):
            table = pq.read_table(base / f"{name}.parquet")
            if name == "marks" and veto is not None:
                table = pa.concat_tables([pa.table({
                    "branch": [veto], "code": [edition.vetoes[0].code], "value": [1], "matter": ["x"], "level": [""],
                }).cast(schema("marks")), table.cast(schema("marks"))])  # fmt: skip
            writer.table(name, table, table.schema if name == "ballots" else schema(name))
        if earned is not None:
            writer.table("visits", _visits(earned).cast(schema("visits")), schema("visits"))
        writer.finish({"edition": {"code": edition.code, "digest": edition.digest}, "seed": "20231231",
                       "parameters": {}, "round": {"title": {"zh": "演示", "en": "Demo"}, "year": 2023,
                                                   "as_of": "2023-12-31", "scope": "15"}})  # fmt: skip
    return to


def _visits(earned: Any) -> pa.Table:
    """What was found, of what was `earned` (cents by branch): three points less in the first banner, in the others
    about as much. Branches lie in turn in the three banners.
    """
    rows = sorted(
        (3 * number + place, int(earned[3 * number + place]) - 300 * (place == 0) + 10 * (number % 3))
        for place, many in enumerate(VISITS.values()) for number in range(many)
    )  # fmt: skip
    return pa.table({
        "branch": [branch for branch, _found in rows], "wave": ["random"] * len(rows), "team": [1] * len(rows),
        "probability": [0.3] * len(rows), "organisation": [found for _branch, found in rows],
        "overall": [7000] * len(rows),
    })  # fmt: skip


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Results of the round before its visits and after, and with a veto."""
    home = tmp_path_factory.mktemp("letters")
    base = write(home / "base", branches=90)
    evaluate(snapshot(base, home / "before-snapshot"), home / "before")
    items = pq.read_table(home / "before" / "items.parquet")
    earned = np.bincount(items["branch"].to_numpy(), weights=items["points"].to_numpy())
    for name, veto in (("after", None), ("veto", 4)):
        evaluate(snapshot(base, home / f"{name}-snapshot", earned=earned, veto=veto), home / name)
    return {name: home / name for name in ("before", "after", "veto")}


@pytest.fixture
def runs(scored: dict[str, Path], tmp_path: Path, settings: Any) -> dict[str, Run]:
    """The same as runs of a round of the region."""
    settings.BAOLEI_HOME = str(tmp_path)
    for code in VISITS:
        stage.unit(code)
    this, found = opened_round(), {}
    for name, folder in scored.items():
        run = Run.objects.create(round=this, why=name, seed="1", asked_at=NOW, state=Run.DONE, ended_at=NOW,
                                 snapshot="0" * 64, results=results_digest(folder), branches=90)  # fmt: skip
        shutil.copytree(folder, run.results_folder)
        found[name] = run
    return found


def as_who(account: Account) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(account)
    return client


def test_a_letter_says_by_how_much_how_sure_and_what_follows(scored: dict[str, Path]) -> None:
    region = person("region", "region_clerk", "15")
    seen = Results(Opened(scored["after"])).visible_to(region, date(2026, 11, 24))
    found, shared = letters.letter(seen, "150101"), letters.letter(seen, "150102")
    assert found is not None
    assert (found.visits, found.own, found.reading) == (10, True, "more")
    assert found.interval is not None
    assert found.interval[0] < found.delta < found.interval[1]
    assert f"{found.size:.2f} points more than the line" in letters.follows(found)
    assert shared is not None
    assert found.whole is not None
    assert (shared.own, shared.delta) == (False, found.whole[0])
    assert "too few" in letters.words(shared)
    assert letters.letter(seen, "150201") is None  # fewer than five visits: nothing is told


@pytest.mark.parametrize(("role", "code", "sees"), [
    ("region_clerk", "15", {"150101", "150102"}), ("league_clerk", "1501", {"150101", "150102"}),
    ("league_clerk", "1502", set()), ("banner_clerk", "150101", {"150101"}), ("banner_clerk", "150201", set()),
    ("township_clerk", "150102001", {"150102"}),
])  # fmt: skip
def test_each_banner_sees_its_own_and_the_levels_above_see_all(
    runs: dict[str, Run], role: str, code: str, sees: set[str]
) -> None:
    stage.unit(code)
    client, run = as_who(person(role, role, code)), runs["after"]
    told = {one: client.get(reverse("leniency", args=[run.pk, one])).status_code for one in VISITS}
    assert {one for one, status in told.items() if status == 200} == sees
    assert set(told.values()) <= {200, 404}
    page = client.get(reverse("leniencies", args=[run.pk]) + "?format=csv")
    rows = list(csv.reader(StringIO(page.content.decode().lstrip("\ufeff"))))
    assert {row[1] for row in rows[1:] if len(row) > 1} == sees


def test_the_letter_blames_nobody_and_is_closed_to_whoever_the_round_does_not_concern(runs: dict[str, Run]) -> None:
    run = runs["after"]
    page = reverse("leniency", args=[run.pk, "150101"])
    text = as_who(person("clerk", "banner_clerk", "150101")).get(page).content.decode()
    for words in ("nobody is assessed by it", "need", "What helps", "90 % interval"):
        assert words in text
    assert as_who(Account.objects.create(username="stranger", name="过路人")).get(page).status_code == 404
    assert Client().get(page).status_code == 302
    assert as_who(person("x", "region_clerk", "15")).get(reverse("leniencies", args=[99])).status_code == 404


def test_everybody_is_told_the_summary(runs: dict[str, Run], scored: dict[str, Path], settings: Any) -> None:
    settings.BAOLEI_RESULTS = str(scored["after"])
    client = Client()
    client.cookies["django_language"] = "en"
    told = client.get(reverse("unit", args=["15"])).content.decode()
    assert "20 branches were drawn at random" in told
    settings.BAOLEI_RESULTS = str(scored["before"])
    assert "were drawn at random" not in client.get(reverse("unit", args=["15"])).content.decode()


# ---- corrections ----


def test_a_correction_lists_each_verdict_that_changed_and_why(runs: dict[str, Run], scored: dict[str, Path]) -> None:
    seen = Results(Opened(scored["veto"])).visible_to(person("r", "region_clerk", "15"), date(2026, 11, 24))
    found = changes.changes(seen, Opened(scored["after"]))
    rows = {name: pq.read_table(scored[name] / "branches.parquet").to_pylist() for name in ("after", "veto")}
    expected = {
        new["code"] for old, new in zip(rows["after"], rows["veto"], strict=True)
        if any(old[name] != new[name] for name in changes.VERDICT)
    }  # fmt: skip
    assert {one.code for one in found} == expected
    edition = seen.results.edition
    told = changes.reasons(rows["after"][4], rows["veto"][4], edition)
    assert told == [f"{edition.vetoes[0].name.en}: entered"]
    assert changes.reasons(rows["veto"][4], rows["after"][4], edition)[0].endswith("taken back")


def test_what_moved_a_verdict_is_named_from_the_branch_s_own_rows(scored: dict[str, Path]) -> None:
    edition = Opened(scored["after"]).edition
    row = pq.read_table(scored["after"] / "branches.parquet").to_pylist()[1]
    source, asked = edition.sources[0], next(one for one in edition.sources if one.kind != "items")
    less = {f"earned_{source.code}": row[f"earned_{source.code}"] - 150}
    changed: dict[str, dict[str, Any]] = {
        "nothing of its own": {}, f"{source.name.en} −1.50": less,
        "inside the total: too few ballots +1.00": {
            f"earned_{asked.code}": row[f"earned_{asked.code}"] + 100, f"ballots_{asked.code}": 1},
        "deduction −0.50": {"deduction": row["deduction"] + 50}, "visited": {"visited": True},
        "no longer met": {"floors_broken": row["floors_broken"] | 16}, "leniency of the banner": {"leniency": 9.5},
    }  # fmt: skip
    for words, other in changed.items():
        assert words in "; ".join(
            changes.reasons({**row, "visited": False}, {**row, "visited": False, **other}, edition)
        )
    assert changes.reasons(None, row, edition) == ["was not scored before"]
    assert changes.reasons(row, None, edition) == ["is not scored any more"]


def test_the_page_compares_with_the_run_before_unless_another_is_chosen(runs: dict[str, Run]) -> None:
    client = as_who(person("r", "region_clerk", "15"))
    page = reverse("run", args=[runs["veto"].pk])
    assert ": after</p>" in client.get(page).content.decode()
    assert ": before</p>" in client.get(f"{page}?against={runs['before'].pk}").content.decode()
    assert "Verdicts that changed" not in client.get(reverse("run", args=[runs["before"].pk])).content.decode()
    kept = client.get(f"{page}?format=csv&table=changes").content.decode()
    assert kept.lstrip("\ufeff").startswith("Code,Name,Score before,Score after,Verdict before,Verdict after,Why")
    banner = as_who(person("b", "banner_clerk", "150201")).get(f"{page}?format=csv&table=changes").content.decode()
    assert "Z0000" not in banner
    assert "Z0004" not in banner
