"""A round for the tests that has been scored: two leagues, fourteen branches, ballots of many, of few and of none; on
the public pages, visited, sorted and laid open.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import stage
from baolei.ballots.actions import enter_pile
from baolei.declarations import actions as declaring
from baolei.declarations.models import Declaration
from baolei.naming import actions as naming
from baolei.naming.models import Line
from baolei.notices import actions as notices
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.programme.naming import CONFIRMED
from baolei.rounds.models import Round
from baolei.scores import actions as scoring
from baolei.scores.models import Run, Visit
from baolei.standards.at_hand import at_hand
from baolei.triage import actions as triage
from round_stage import EDITION, NOW, begun, declaration_of, filled, passed

HOME, NEXT, OTHER = "150422103216", "150422104201", "150502103001"
CODES = tuple(
    f"{unit}-{number:03d}" for unit, many in ((HOME, 7), (NEXT, 2), (OTHER, 5)) for number in range(101, 101 + many)
)
FULL, SMALL, MIDDLE, SILENT = CODES[:4]
"""Ballots of everybody; of three members; of seven of the public; of nobody."""
FAR = CODES[-1]
ANSWERS = {"mem": "11111", "mas": "21112", "soc": "1121"}
NUMBERS = {
    FULL: {"mem": 12, "mas": 14, "soc": 6}, SMALL: {"mem": 3, "mas": 14, "soc": 6},
    MIDDLE: {"mem": 12, "mas": 7, "soc": 6}, FAR: {"mem": 12, "mas": 14, "soc": 6},
}  # fmt: skip
TELLING = "43434"
"""What one of many ballots says, once in each pile of those who are asked five questions."""


def collected() -> Round:
    """A round whose ballots are in: everybody has handed in, three of every four as well as can be."""
    for code in CODES:
        stage.branch(code, home=code[:12])
    this = begun()
    for place, code in enumerate(CODES):
        filled(declaration_of(this, code), share=(1.0, 0.9, 1.0, 0.5)[place % 4])
    for code in (one for one in CODES if one != SILENT):
        for gate in at_hand(EDITION).gates:
            declaring.mark(actor=None, now=NOW, declaration=declaration_of(this, code), code=gate.code, met=True,
                           document="核实", why="核实")  # fmt: skip
    this = passed(this)
    counters = [stage.mandated("15", "region_clerk"), stage.mandated("15", "organiser")]
    for code, many in NUMBERS.items():
        for source, number in many.items():
            told = [ANSWERS[source]] * (number - 1) + [TELLING[: len(ANSWERS[source])]]
            for who in counters:
                enter_pile(actor=who, now=NOW, declaration=declaration_of(this, code), source=source,
                           text="\n".join(told), issued=40, spoiled=0)  # fmt: skip
    return this


def scored(this: Round, capture: Any) -> Run:
    """It is frozen and scored, a league's branches are visited, it is scored anew and put on the public pages."""
    this = passed(this)
    run = _run(this, capture, "首次计分")
    for code in CODES[:9]:
        mine = declaration_of(this, code)
        leaves = rules.leaves(*declaring.standard(mine), declaring.answers_of(mine))
        points = round(0.9 * sum(leaf.points or 0 for leaf in leaves))
        Visit.objects.create(declaration=mine, run=run, wave=Visit.RANDOM, organisation=points, on=date(2026, 4, 20))
    run = _run(this, capture, "走访后重算")
    with capture(execute=True):
        scoring.show(actor=None, now=NOW, run=run, why="公布")
    return run


def sorted_and_posted(run: Run, clerk: Account) -> Round:
    """It is sorted into three classes, and its list is laid open with every name that met every condition."""
    this = run.round
    triage.sort(actor=None, now=NOW, round=this, run=run, why="年度分类")
    Declaration.objects.filter(round=this, state=rules.FROZEN).update(state=rules.CONCLUDED)
    drawn = naming.draw_up(actor=None, now=NOW, round=this, run=run, why="拟名单")
    for line in drawn.lines.all():
        every = [{**one, "met": True} for one in line.reasons]
        Line.objects.filter(pk=line.pk).update(standing=CONFIRMED, listed=True, reasons=every)
    Round.objects.filter(pk=this.pk).update(phase="notice")
    notices.post(actor=clerk, now=NOW, round=Round.objects.get(pk=this.pk), why="公示")
    return Round.objects.get(pk=this.pk)


def _run(this: Round, capture: Any, why: str) -> Run:
    with capture(execute=True):
        run = scoring.ask_for_run(actor=None, now=NOW, round=this, seed="26051", why=why)
    run.refresh_from_db()
    assert run.state == Run.DONE, run.said
    return run
