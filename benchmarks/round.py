"""A round over a whole region, from its opening to its triage, by simulated people: declared, saved, frozen, scored,
reviewed, listed, laid open, adopted, sorted; then every list and sheet opened.

Runs on the database of BAOLEI_DATABASE_URL where there is one (`tools/postgres.py baolei bench round`), else on a
SQLite file of its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import measure
import numpy as np
from measure import timed

BEGUN, DAY, YEAR = date(2013, 1, 1), date(2023, 12, 31), 2023
EDITION = "wuqiang-2020-2023"
NOW = datetime(2024, 1, 8, 2, tzinfo=UTC)
AFTER_THE_NOTICE = NOW + timedelta(days=40)
SAVED, REVIEWED = 1_000, 50
"""So many declarations are filled in one by one, and so many reviewed step by step, as people do it; the others at
once, by the same rules.
"""
PAPERS = {"mem": 12, "mas": 20, "soc": 5}
"""Ballots in a pile, by source."""
AT_LEAST = {"saved a second": 100.0}
AT_MOST = {"freeze and score, s": 60.0, "draw up the list, s": 10.0, "page p95, ms": 300.0}


def main() -> int:
    """Print the tables; 1 where a goal is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=20, help="visits of each page")
    options.add_argument("--scale", type=float, default=1.0)
    options.add_argument("--json", action="store_true")
    said = options.parse_args()
    with tempfile.TemporaryDirectory() as home:
        _move_in(Path(home), measure.region(said.scale))
        figures, this = _round()
        figures["peak MiB"] = measure.peak()
        measure.show("a round of a region", [{"what": name, "value": value} for name, value in figures.items()],
                     {"database": os.environ["BAOLEI_DATABASE_URL"].partition(":")[0]}, said.json)  # fmt: skip
        pages = list(measure.visits(_organiser(this), _addresses(this), said.rounds))
    measure.show("pages of a round, milliseconds", pages, {}, said.json)
    figures["page p95, ms"] = max(float(row["p95 ms"]) for row in pages)
    missed = [name for name, goal in AT_LEAST.items() if figures[name] < goal]
    missed += [name for name, goal in AT_MOST.items() if figures[name] > goal]
    print("missed: " + ", ".join(missed) if missed else "every goal is met")
    return 1 if missed else 0


def _move_in(home: Path, snapshot: Path) -> None:
    measure.set_up(home)
    from baolei.organisations.load import load
    from baolei.warehouse.demo.household import write_household
    from baolei.warehouse.rulebook import setup_rules

    write_household(snapshot, home / "folder", YEAR, np.datetime64(DAY))
    load(folder=home / "folder", since=BEGUN, rules=setup_rules(DAY), actor=None, now=NOW, why="bench")


def _round() -> tuple[dict[str, float], Any]:
    """The whole round: its figures, and the round."""
    from django.conf import settings

    from baolei.organisations.models import UnitState
    from baolei.rounds.actions import open_round

    settings.BAOLEI_JOBS_AT_ONCE = True
    unit = UnitState.objects.open().get(level=1).unit
    this = open_round(actor=None, now=NOW, unit=unit, name="bench", year=YEAR, edition=EDITION, begins=NOW.date(),
                      basis="exempt", document="bench", why="bench")  # fmt: skip
    figures: dict[str, float] = {}
    this = _declared(this, figures)
    this, run = _scored(this, figures)
    this = _reviewed(this, figures)
    _named(this, run, figures)
    return figures, this


def _declared(this: Any, figures: dict[str, float]) -> Any:
    from baolei.declarations.models import Declaration

    figures["open the declarations, s"], this = timed(_passed, this)
    one_by_one = list(Declaration.objects.filter(round=this).values_list("pk", flat=True)[:SAVED])
    took, _ = timed(_all_filled, one_by_one)
    figures["saved a second"] = 2 * len(one_by_one) / took  # each is saved, and handed in
    figures["the others, answered at once, s"], _ = timed(_fill_the_rest, this)
    _meet_the_gates(this)
    this = _passed(this)
    figures["ballots"] = float(_count_the_ballots(this))
    figures["freeze the declarations, s"], this = timed(_passed, this)
    return this


def _scored(this: Any, figures: dict[str, float]) -> tuple[Any, Any]:
    from baolei.scores import actions, running
    from baolei.scores.models import Run

    run = Run.objects.create(round=this, why="bench", seed="26051", asked_at=NOW)
    figures["freeze and score, s"], _ = timed(running.RUNS.perform, run.pk)
    run.refresh_from_db()
    if run.state != Run.DONE:
        raise RuntimeError(run.said)
    figures["branches"] = float(run.branches)
    figures["draw the visits, s"], drawn = timed(actions.draw_visits, actor=None, now=NOW, run=run, why="bench")
    figures["visits drawn"] = float(drawn)
    return _passed(this), run


def _reviewed(this: Any, figures: dict[str, float]) -> Any:
    from baolei.declarations.models import Declaration
    from baolei.reviews.models import Step

    figures["begin the reviews, s"], this = timed(_passed, this)
    mine = Declaration.objects.filter(round=this, state="frozen").order_by("path", "pk")
    some = list(mine[:: max(1, mine.count() // REVIEWED)][:REVIEWED])
    took, acts = timed(lambda: sum(_through(one) for one in some))
    figures["opinions and conclusions a second"] = acts / took
    Step.objects.filter(declaration__round=this).exclude(state="passed").update(state="passed")
    mine.update(state="concluded")
    return this


def _through(mine: Any) -> int:
    """One declaration through every step of its way, by two people at each and one who concludes. How many acts."""
    from baolei.reviews import actions
    from baolei.reviews.doors import rule_of

    acts = 0
    while (step := mine.steps.exclude(state="passed").first()) is not None:
        rule = rule_of(step.seat)
        for place in range(2):
            actions.opine(actor=_at(step, rule.roles[0], place), now=NOW, step=step, verdict="pass")
        actions.conclude(actor=_at(step, rule.decides[0], 2), now=NOW, step=step, verdict="pass", why="bench")
        acts += 3
    return acts


def _at(step: Any, role: str, place: int) -> Any:
    """Somebody with a role at the body of a step."""
    from baolei.organisations.models import OrganisationState, UnitState
    from baolei.people.models import InTree

    if step.unit_id:
        return _person(role, InTree.UNIT, UnitState.objects.open().get(unit=step.unit_id).path, place)
    return _person(
        role, InTree.PARTY, OrganisationState.objects.open().get(organisation=step.organisation_id).path, place
    )


def _person(role: str, tree: str, path: str, place: int = 0) -> Any:
    from baolei.people.models import Account, Mandate

    account, new = Account.objects.get_or_create(username=f"{role}-{tree}-{path}-{place}", defaults={"name": "bench"})
    if new:
        Mandate.objects.create(account=account, role=role, tree=tree, path=path, title="bench", since=BEGUN,
                               approved_at=NOW)  # fmt: skip
    return account


def _named(this: Any, run: Any, figures: dict[str, float]) -> None:
    from baolei.naming import actions as naming
    from baolei.notices import actions as notices
    from baolei.triage.actions import sort

    said: dict[str, Any] = {"actor": None, "now": NOW, "why": "bench"}
    figures["draw up the list, s"], made = timed(naming.draw_up, **said, round=this, run=run)
    this = _passed(this)
    figures["lay it open, s"], _ = timed(notices.post, **said, round=this)
    this = _passed(this, AFTER_THE_NOTICE)
    figures["adopt it, s"], listed = timed(
        naming.adopt, **said, naming_list=made, document="bench", on=AFTER_THE_NOTICE.date()
    )
    figures["on the list"] = float(listed)
    figures["sort the branches, s"], _ = timed(sort, **said, round=this, run=run)


def _passed(this: Any, now: datetime = NOW) -> Any:
    from baolei.front.conductor import pass_on

    return pass_on(actor=None, now=now, round=this, expected=this.phase, why="bench", anyway="bench")


def _all_filled(numbers: list[int]) -> None:
    """Declarations filled in by as many people at once as the machine has cores; SQLite writes for one at a time."""
    from django.db import connection, connections

    at_once = os.cpu_count() or 1 if connection.vendor == "postgresql" else 1
    connections.close_all()  # no two processes share one
    people = [multiprocessing.get_context("fork").Process(target=_some_filled, args=(numbers[place::at_once],))
              for place in range(at_once)]  # fmt: skip
    for one in people:
        one.start()
    for one in people:
        one.join()
    if any(one.exitcode for one in people):
        raise RuntimeError("not every declaration was saved")


def _some_filled(numbers: list[int]) -> None:
    from baolei.declarations.models import Declaration

    for mine in Declaration.objects.filter(pk__in=numbers).select_related("round"):
        _filled(mine)


def _filled(mine: Any) -> None:
    """One declaration as a person fills it in: every item answered in one save, then handed in."""
    from baolei.declarations import actions
    from baolei.declarations.actions import Said
    from baolei.programme import declaration as rules

    edition, table = actions.standard(mine)
    held = {one.item: one.version for one in mine.answers.all()}
    said = [Said(item.code, *_best(item), seen=held.get(item.code, 0)) for item in rules.asked(edition, table)]
    actions.answer(actor=None, now=NOW, declaration=mine, said=said)
    actions.hand_in(actor=None, now=NOW, declaration=mine)


def _best(item: Any) -> tuple[int, int]:
    if item.kind == "yes_no":
        return 1, 1
    if item.kind == "graded":
        return len(item.anchors), len(item.anchors)
    if item.kind == "steps":
        return int(item.table[0].bound), 1
    return (90, 100) if item.high <= 1 and item.low < item.high else (round(float(item.high) * 0.9), 1)


def _fill_the_rest(this: Any) -> None:
    from baolei.declarations.models import Answer, Declaration
    from baolei.organisations.pouring import pour
    from baolei.programme import declaration as rules
    from baolei.standards.at_hand import at_hand

    edition = at_hand(this.edition)
    asked = {field.code: rules.asked(edition, field) for field in edition.fields}
    open_ones = Declaration.objects.filter(round=this, state=rules.OPEN)
    held = set(Answer.objects.filter(declaration__in=open_ones).values_list("declaration_id", "item"))
    rows = list(open_ones.values_list("pk", "field"))
    pour(Answer, ("declaration_id", "item", "num", "den", "origin", "words", "asked_back", "version"), (
        (pk, item.code, *_best(item), Answer.BRANCH, "", "", 1)
        for pk, field in rows for item in asked[field] if (pk, item.code) not in held
    ))  # fmt: skip
    open_ones.update(state=rules.SUBMITTED, submitted_at=NOW, version=2)


def _meet_the_gates(this: Any) -> None:
    from baolei.declarations.models import Declaration, Mark
    from baolei.organisations.pouring import pour
    from baolei.standards.at_hand import at_hand

    gates = [gate.code for gate in at_hand(this.edition).gates]
    mine = list(Declaration.objects.filter(round=this).values_list("pk", flat=True))
    pour(Mark, ("declaration_id", "code", "value", "matter", "level", "document"), (
        (pk, gate, 1, "", "", "bench") for pk in mine for gate in gates
    ))  # fmt: skip


def _count_the_ballots(this: Any) -> int:
    """Every pile of every branch, as two people found it alike. How many ballots."""
    from baolei.ballots.models import Pile
    from baolei.declarations.models import Declaration
    from baolei.organisations.pouring import pour
    from baolei.people.models import InTree
    from baolei.standards.at_hand import at_hand

    edition, lot = at_hand(this.edition), np.random.default_rng(26051)
    people = [_person("township_clerk", InTree.UNIT, this.path, place).pk for place in range(2)]
    mine = list(Declaration.objects.filter(round=this).values_list("pk", flat=True))
    columns = ("declaration_id", "source", "look", "by_id", "day", "ballots", "entered", "spoiled", "issued", "agrees",
               "salt")  # fmt: skip

    def piles() -> Iterator[tuple[Any, ...]]:
        for source in edition.asked():
            number, questions = PAPERS[source.code], len(edition.questions[source.code])
            for pk, liked in zip(mine, lot.normal(1.0, 0.5, len(mine)), strict=True):
                grades = np.clip(lot.normal(liked, 0.7, (number, questions)).round() + 1, 1, len(edition.grades))
                papers = sorted(row.tobytes().decode() for row in (grades.astype(np.uint8) + ord("0")))
                said = json.dumps(papers)
                for look, by in enumerate(people, 1):
                    yield pk, source.code, look, by, NOW.date(), said, number, 0, number, look == 2, ""

    pour(Pile, columns, piles())
    return len(mine) * sum(PAPERS[source.code] for source in edition.asked())


def _organiser(this: Any) -> Any:
    """The region's office."""
    from baolei.people.models import InTree

    return _person("organiser", InTree.UNIT, this.path)


def _addresses(this: Any) -> dict[str, str]:
    """Every list and every sheet of the round."""
    run, mine = this.runs.first(), this.declarations.order_by("path").first()
    code = mine.organisation.states.get(until=None).code
    line, title = this.naming.lines.order_by("pk").first(), this.titles.order_by("pk").first()
    sorted_, step = mine.sorted.first(), mine.steps.first()
    here = f"/rounds/{this.pk}/"
    return {
        "today": "/today/", "rounds": "/rounds/", "round": here, "declarations": f"{here}declarations/",
        "a declaration": f"/declaration/{mine.pk}/", "runs": f"{here}runs/", "run": f"/run/{run.pk}/",
        "a sheet": f"/run/{run.pk}/branch/{code}/", "reviews": "/reviews/", "reviews of the round": f"{here}reviews/",
        "a step": f"/review/{step.pk}/", "list": f"{here}list/", "list, those on it": f"{here}list/?which=listed",
        "list, those to visit": f"{here}list/?which=visit", "list, last page": f"{here}list/?page=100000",
        "a line": f"/line/{line.pk}/", "titles": "/titles/", "a title": f"/title/{title.pk}/",
        "objections": f"{here}objections/", "public notices": "/public/", "public notice": f"/public/{this.pk}/",
        "triage": f"{here}triage/", "triage, branches": f"{here}triage/branches/", "a class": f"/triage/{sorted_.pk}/",
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
