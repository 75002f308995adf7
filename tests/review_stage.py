"""A review for the tests: two leagues, a banner in each, and the people who look at what is declared."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import stage
from baolei.declarations.models import Declaration
from baolei.people.models import Account, InTree, Mandate
from baolei.programme import declaration as rules
from baolei.reviews import actions
from baolei.reviews.models import Opinion, Step
from baolei.rounds.models import Round
from round_stage import BRANCHES, begun, declaration_of, filled, passed

NOW = datetime(2026, 5, 11, 2, tzinfo=UTC)
OWN, NEXT, FAR = BRANCHES
TOWNSHIP, BANNER, LEAGUE, REGION = "150422103", "150422", "1504", "15"
LEVELS = {"township": TOWNSHIP, "banner": BANNER, "league": LEAGUE, "region": REGION}
NAMES = {
    "township": ("其其格", "苏日娜", "乌兰"),
    "banner": ("孟和", "娜仁", "巴图"),
    "league": ("萨仁", "白音", "海日"),
    "region": ("哈斯", "托娅", "青格勒"),
}
REASON = {"first_agenda": "8月的会没有开，应有记录12次"}


def on(days: int) -> datetime:
    """So many days after the review began."""
    return NOW + timedelta(days=days)


def person(name: str, role: str, code: str, tree: str = InTree.UNIT, path: str = "") -> Account:
    """Somebody with a mandate at a unit (or, with a path, anywhere)."""
    account = Account.objects.create(username=f"{role}-{name}-{code}", name=name)
    place = path or (stage.unit(code).path if code else "")
    Mandate.objects.create(account=account, role=role, tree=tree, path=place, title="审核", since=date(2026, 1, 1),
                           approved_at=datetime(2026, 1, 1, tzinfo=UTC))  # fmt: skip
    return account


def cast() -> dict[str, list[Account]]:
    """At each level of the first league a clerk, who decides, and two reviewers."""
    return {
        level: [person(name, f"{level}_clerk" if place == 0 else "reviewer", LEVELS[level])
                for place, name in enumerate(names)]
        for level, names in NAMES.items()
    }  # fmt: skip


def under_review(*codes: str, code: str = REGION) -> Round:
    """A round whose named branches have handed in, and are reviewed."""
    this = begun(code)
    for one in codes or (OWN,):
        filled(declaration_of(this, one))
    return passed(this, 4, NOW)


def step_of(this: Round, code: str = OWN) -> Step:
    """The step at which a branch's declaration stands."""
    found: Step = Step.objects.filter(declaration=declaration_of(this, code)).order_by("-number")[0]
    return found


def opine(step: Step, person: Account, verdict: str = "pass", now: datetime = NOW, **reasons: str) -> Opinion:
    """An opinion, with a reason where one is needed."""
    said = reasons or ({} if verdict == "pass" else REASON)
    return actions.opine(actor=person, now=now, step=step, verdict=verdict, reasons=said)


def agreed(step: Step, people: list[Account], verdict: str = "pass", now: datetime = NOW) -> Step:
    """Two opinions alike, and the conclusion of the clerk."""
    for one in people[1:]:
        opine(step, one, verdict, now)
    actions.conclude(actor=people[0], now=now, step=step, verdict=verdict, why="意见一致")
    step.refresh_from_db()
    return step


def mended(this: Round, code: str = OWN, **changes: Any) -> Declaration:
    """A returned declaration answered once more and handed in."""
    mine = declaration_of(this, code)
    assert mine.state == rules.RETURNED
    return filled(mine, **changes)
