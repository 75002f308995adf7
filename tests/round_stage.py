"""A round for the tests: two leagues, three branches, and the people who run it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import stage
from baolei.declarations import actions as declaring
from baolei.declarations.actions import Said
from baolei.declarations.models import Declaration
from baolei.front.conductor import pass_on
from baolei.naming import actions as naming_actions
from baolei.naming.models import Line, NamingList
from baolei.organisations.models import OrganisationState
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.programme import naming
from baolei.rounds.actions import open_round
from baolei.rounds.models import Round
from baolei.scores import actions as scoring
from baolei.standards.at_hand import at_hand

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
EDITION = "wuqiang-2020-2023"
BEGINS = date(2026, 3, 2)
BRANCHES = ("150422103216-001", "150422103216-002", "150502103216-003")


def opened(code: str = "15", **other: Any) -> Round:
    """A round of a unit, planned to begin on 2 March 2026."""
    said = {"name": "2026年度评定", "year": 2026, "edition": EDITION, "begins": BEGINS, "basis": "approved",
            "document": "组通字〔2026〕8号", "why": "年度工作"}  # fmt: skip
    return open_round(actor=None, now=NOW, unit=stage.unit(code).unit, **{**said, **other})


def begun(code: str = "15") -> Round:
    """The same, begun, with three branches in two leagues."""
    for one in BRANCHES:
        stage.branch(one, home=one[:12])
    return passed(opened(code))


def passed(this: Round, times: int = 1, now: datetime = NOW) -> Round:
    """Passed on so often, early, for a reason, and without what is missing, where a reason is enough."""
    for _ in range(times):
        this = pass_on(actor=None, now=now, round=this, expected=this.phase, why="提前完成", anyway="演练")
    return this


def declaration_of(this: Round, code: str) -> Declaration:
    """What the branch of a code declares in a round."""
    organisation = OrganisationState.objects.open().get(code=code).organisation_id
    found: Declaration = Declaration.objects.select_related("round").get(round=this, organisation=organisation)
    return found


def filled(mine: Declaration, actor: Account | None = None, share: float = 1.0) -> Declaration:
    """Every item answered as well as `share` says, and handed in."""
    edition, table = declaring.standard(mine)
    held = {one.item: one.version for one in mine.answers.all()}
    said = [Said(item.code, *best(item, share), seen=held.get(item.code, 0)) for item in rules.asked(edition, table)]
    declaring.answer(actor=actor, now=NOW, declaration=mine, said=said)
    return declaring.hand_in(actor=actor, now=NOW, declaration=mine)


def best(item: Any, share: float = 1.0) -> tuple[int, int]:
    """So many of so many with which an item earns all (or a share) of its points."""
    if item.kind == "yes_no":
        return int(share >= 0.5), 1
    if item.kind == "graded":
        return round(share * len(item.anchors)), len(item.anchors)
    if item.kind == "steps":
        top = item.table[0].bound
        return int(share * float(top)), 1
    top = float(item.high) * share
    return (round(top * 100), 100) if item.high <= 1 and item.low < item.high else (round(top), 1)


def listed(capture: Any, phase: str = "naming") -> NamingList:
    """A scored round in one of its last phases, with one name on its list and one not on it."""
    this = begun()
    for code in BRANCHES[:2]:
        mine = filled(declaration_of(this, code))
        for gate in at_hand(EDITION).gates:
            declaring.mark(actor=None, now=NOW, declaration=mine, code=gate.code, met=True, document="核实", why="核实")
    this = passed(this, 2)
    with capture(execute=True):
        run = scoring.ask_for_run(actor=None, now=NOW, round=this, seed="26051", why="计分")
    Declaration.objects.filter(state=rules.FROZEN).update(state=rules.CONCLUDED)
    run.refresh_from_db()
    made = naming_actions.draw_up(actor=None, now=NOW, round=this, run=run, why="拟名单")
    for line in made.lines.all():
        every = [{**one, "met": True} for one in line.reasons]
        on = line.declaration_id == declaration_of(this, BRANCHES[0]).pk
        standing = naming.CONFIRMED if on else naming.UNNAMED
        Line.objects.filter(pk=line.pk).update(standing=standing, listed=on, reasons=every)
    Round.objects.filter(pk=this.pk).update(phase=phase)
    return NamingList.objects.select_related("round", "run").get()
