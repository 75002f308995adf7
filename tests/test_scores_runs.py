"""A round is frozen and scored: the figures `baolei evaluate` gives, on record by their digests; visits drawn."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as house

import stage
from baolei.ballots.actions import enter_pile
from baolei.ballots.models import Pile
from baolei.declarations import actions as declaring
from baolei.ledger.models import Entry
from baolei.organisations.units import NotPossible
from baolei.rounds.models import Round
from baolei.scores import actions, running
from baolei.scores.actions import Sheet
from baolei.scores.models import Run, Visit
from baolei.warehouse.evaluate import evaluate, results_digest
from baolei.warehouse.snapshot import open_snapshot, read_table
from round_stage import BRANCHES, NOW, begun, declaration_of, filled, passed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SEED = "体彩排列五 26051 期 81734"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> None:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")


@pytest.fixture
def this() -> Round:
    """A round in which two of three have handed in, frozen."""
    made = begun()
    for code, share in zip(BRANCHES[:2], (1.0, 0.6), strict=True):
        filled(declaration_of(made, code), share=share)
    return passed(made, 2)


def run_of(this: Round, capture: Any, **other: Any) -> Run:
    with capture(execute=True):
        run = actions.ask_for_run(actor=None, now=NOW, round=this, **{"seed": SEED, "why": "首次计分", **other})
    run.refresh_from_db()
    return run


def test_a_run_freezes_what_was_handed_in_and_scores_it(this: Round, django_capture_on_commit_callbacks: Any) -> None:
    run = run_of(this, django_capture_on_commit_callbacks)
    assert (run.state, run.branches, run.said) == (Run.DONE, 2, "")
    snapshot = open_snapshot(run.folder / "snapshot")
    assert snapshot.digest == run.snapshot
    assert snapshot.read("branches")["code"].to_pylist() == list(BRANCHES[:2])
    assert results_digest(run.results_folder) == run.results
    told = Entry.objects.get(act="scores.run").particulars["after"]
    assert (told["sha256"], told["seed"]) == (run.results, SEED)


def test_anybody_who_holds_the_snapshot_computes_the_same(
    this: Round, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    run = run_of(this, django_capture_on_commit_callbacks)
    assert evaluate(run.folder / "snapshot", tmp_path / "again") == run.results


def test_the_organisation_s_part_is_the_self_score_to_the_cent(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    from baolei.declarations.form import form_of

    run = run_of(this, django_capture_on_commit_callbacks)
    rows = {row["code"]: row for row in read_table(run.results_folder / "branches.parquet").to_pylist()}
    items = read_table(run.results_folder / "items.parquet").to_pylist()
    for place, code in enumerate(BRANCHES[:2]):
        earned = sum(row["points"] for row in items if row["branch"] == place)
        assert earned == form_of(declaration_of(this, code)).earned
        assert rows[code]["earned_org"] == earned if "earned_org" in rows[code] else True


def test_the_same_round_run_again_is_the_same_and_a_corrected_one_is_not(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    first, again = (run_of(this, django_capture_on_commit_callbacks) for _ in range(2))
    assert (first.snapshot, first.results) == (again.snapshot, again.results)
    declaring.mark(actor=None, now=NOW, declaration=declaration_of(this, BRANCHES[0]), code="faked_material", met=True,
                   document="核实记录", why="查实")  # fmt: skip
    corrected = run_of(this, django_capture_on_commit_callbacks, why="更正")
    assert corrected.snapshot != first.snapshot


def test_a_run_whose_process_died_is_begun_again_and_comes_out_the_same(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    whole = run_of(this, django_capture_on_commit_callbacks)
    dead = Run.objects.create(round=this, why="x", seed=SEED, asked_at=NOW, state=Run.RUNNING,
                              beat=NOW, step="freezing")  # fmt: skip
    (dead.folder / "snapshot").mkdir(parents=True)
    (dead.folder / "snapshot" / "half").write_text("cut off")
    running.RUNS.pick_up()
    dead.refresh_from_db()
    assert (dead.state, dead.results) == (Run.DONE, whole.results)


def test_it_is_refused_before_the_freeze_without_a_number_or_beside_another(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    with pytest.raises(NotPossible, match="public number"):
        run_of(this, django_capture_on_commit_callbacks, seed=" ")
    Run.objects.create(round=this, why="x", seed=SEED, asked_at=NOW)
    with pytest.raises(NotPossible, match="under way"):
        run_of(this, django_capture_on_commit_callbacks)
    Round.objects.filter(pk=this.pk).update(phase="ballots")
    with pytest.raises(NotPossible, match="pass the round to scoring"):
        run_of(this, django_capture_on_commit_callbacks)


def test_nobody_handed_in_is_said_and_nothing_is_left(django_capture_on_commit_callbacks: Any) -> None:
    run = run_of(passed(begun(), 2), django_capture_on_commit_callbacks)
    assert run.state == Run.FAILED
    assert "nobody has handed in" in run.said
    assert not (run.folder / "snapshot").exists()


def test_visits_are_drawn_by_the_public_number_and_made_item_by_item(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    run = run_of(this, django_capture_on_commit_callbacks)
    drawn = actions.draw_visits(actor=None, now=NOW, run=run, why="走访")
    assert drawn == Visit.objects.count() > 0
    assert actions.draw_visits(actor=None, now=NOW, run=run, why="再抽一次") == 0
    visit = Visit.objects.get(declaration=declaration_of(this, BRANCHES[0]))
    inspector = stage.mandated("1504", "inspector")
    Visit.objects.filter(wave=Visit.DOUBLE).delete()

    def found(overall: int | None = None, **items: tuple[int, int]) -> Visit:
        sheet = Sheet(on=date(2026, 3, 2), found=items, words="查了会议记录", overall=overall)
        return actions.visit(actor=inspector, now=NOW, visit=visit, sheet=sheet)

    with pytest.raises(NotPossible, match="no item moon"):
        found(moon=(1, 1))
    with pytest.raises(NotPossible, match="0 to 100"):
        found(overall=101)
    made = found(overall=88, first_agenda=(75, 100))
    assert made.organisation == 4000 - 200  # half of the goalposts from 0.5 to 1: half of the item's four points
    assert made.found == {"first_agenda": [75, 100]}
    after = run_of(this, django_capture_on_commit_callbacks, why="走访之后")
    visits = open_snapshot(after.folder / "snapshot").read("visits").to_pylist()
    assert [(one["organisation"], one["overall"]) for one in visits] == [(3800, 8800)]


def test_results_go_on_the_public_pages_by_a_link_and_what_lay_there_is_put_aside(
    this: Round, django_capture_on_commit_callbacks: Any
) -> None:
    place = Path(house.BAOLEI_RESULTS)
    place.mkdir(parents=True)
    (place / "old").write_text("of the demo")
    run = run_of(this, django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        actions.show(actor=None, now=NOW, run=run, why="公示")
    assert place.is_symlink()
    assert place.resolve() == run.results_folder.resolve()
    assert (place.with_name("results-before") / "old").exists()
    (run.results_folder / "manifest.json").write_text("{}")
    with pytest.raises(NotPossible, match="not what they were"):
        actions.show(actor=None, now=NOW, run=run, why="公示")


def test_settled_piles_are_scored_and_what_was_taken_back_is_not(django_capture_on_commit_callbacks: Any) -> None:
    made = begun()
    for code in BRANCHES[:2]:
        filled(declaration_of(made, code))
    made, mine = passed(made), declaration_of(made, BRANCHES[1])
    given = {"actor": None, "now": NOW, "declaration": mine, "document": "表彰决定", "why": "核实"}
    for code, level in (("honour", "banner"), ("reminder", "")):
        declaring.mark(**given, code=code, level=level, matter="2026", met=True)
        declaring.mark(**given, code=code, level=level, matter="2026", met=False)
    declaring.mark(**given, code="yearly_plan", met=False)
    people = [stage.mandated(code) for code in ("1504", "15")]
    for source, text in (("mem", "11110\n2-222\n43214"), ("mas", "33333"), ("soc", "1111\n2222")):
        for who in people[: 1 if source == "mas" else 2]:
            enter_pile(actor=who, now=NOW, declaration=mine, source=source, text=text, issued=9, spoiled=1)
    run = run_of(passed(made), django_capture_on_commit_callbacks)
    assert (run.state, run.said) == (Run.DONE, "")
    snapshot = open_snapshot(run.folder / "snapshot")
    rows = [tuple(row.values()) for row in snapshot.read("ballots").to_pylist()]
    members = [(1, 1, 0, 0, 0, 0, 4), (1, 1, 1, 5, 1, 1, 1), (1, 1, 3, 2, 1, 0, 3)]
    assert rows[:3] == members
    assert {row[1] for row in rows} == {1, 3}  # the public's pile is not settled
    counted = read_table(run.results_folder / "branches.parquet").to_pylist()[1]
    assert [counted[f"ballots_{source}"] for source in ("mem", "mas", "soc")] == [3, 0, 2]
    assert [(row["code"], row["value"]) for row in snapshot.read("marks").to_pylist()] == [("yearly_plan", 0)]


@pytest.mark.parametrize("ballot", ["7111", "1x11", "1111111111"])
def test_a_ballot_that_no_form_gives_stops_the_run(ballot: str, django_capture_on_commit_callbacks: Any) -> None:
    made = begun()
    filled(declaration_of(made, BRANCHES[0]))
    made, mine = passed(made), declaration_of(made, BRANCHES[0])
    for who in (stage.mandated("1504"), stage.mandated("15")):
        enter_pile(actor=who, now=NOW, declaration=mine, source="soc", text="1111", issued=1, spoiled=0)
    Pile.objects.update(ballots=[ballot])
    run = run_of(passed(made), django_capture_on_commit_callbacks)
    assert run.state == Run.FAILED
    assert not (run.folder / "snapshot").exists()
