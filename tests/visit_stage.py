"""Visits for the tests: a round in its visits, branches drawn, and the inspectors who look at them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from baolei.people.models import Account
from baolei.rounds.models import Round
from baolei.scores import actions
from baolei.scores.actions import Sheet
from baolei.scores.models import Run, Visit
from review_stage import person
from round_stage import BRANCHES, begun, declaration_of, filled, passed

NOW = datetime(2026, 4, 20, 2, tzinfo=UTC)
DAY = date(2026, 4, 20)
OWN, NEXT, FAR = BRANCHES
SEED = "体彩排列五 26051 期 81734"
LEAGUE = "1504"


def visited(*codes: str) -> Round:
    """A round in its visits, whose named branches have handed in and were drawn at random."""
    this = begun()
    for code in codes or (OWN,):
        filled(declaration_of(this, code))
    this = passed(this, 3)
    run = Run.objects.create(round=this, why="计分", seed=SEED, asked_at=NOW, state=Run.FAILED)
    for code in codes or (OWN,):
        Visit.objects.create(declaration=declaration_of(this, code), run=run, wave=Visit.RANDOM, probability=0.5)
    return this


def looked(this: Round, code: str = OWN) -> Visit:
    """The first look at a branch."""
    found: Visit = Visit.objects.get(declaration=declaration_of(this, code), wave=Visit.RANDOM)
    return found


def twice(this: Round, code: str = OWN) -> tuple[Visit, Visit]:
    """Both looks at a branch that is to be visited twice."""
    first = looked(this, code)
    second: Visit = Visit.objects.create(declaration=first.declaration, run=first.run, wave=Visit.DOUBLE)
    return first, second


def inspector(name: str, code: str = LEAGUE) -> Account:
    """Somebody who inspects a unit."""
    return person(name, "inspector", code)


def sheet(**other: Any) -> Sheet:
    """What was found: one item otherwise than declared."""
    return Sheet(**{"on": DAY, "found": {"first_agenda": (75, 100)}, "words": "看了会议记录本", "overall": 88, **other})


def made(visit: Visit, by: Account, **other: Any) -> Visit:
    """A visit made."""
    key, seen = other.pop("key", ""), other.pop("seen", None)
    return actions.visit(actor=by, now=NOW, visit=visit, sheet=sheet(**other), key=key, seen=seen)
