"""A village branch in its line (secretary, township, county), its neighbours outside it, and a case on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import stage
from baolei.organisations.models import OrganisationState
from baolei.people.models import Account, InTree, Mandate
from baolei.programme.rectification import STATES
from baolei.rectification import actions, lists
from baolei.rectification.actions import Origin
from baolei.rectification.lists import Listed
from baolei.rectification.models import Case, Problem
from baolei.warehouse.rulebook import rectification

OWN, SIBLING, FAR = "150422103216-001", "150422103216-002", "150521100200-001"
OPENED = datetime(2026, 3, 2, 3, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cast:
    """The branch, and who acts in its line; `second` is another person at the county."""

    branch: OrganisationState
    secretary: Account
    township: Account
    county: Account
    second: Account


def cast(field: str = "village") -> Cast:
    """A branch of a village, its secretary, the clerk of its township, two of its county."""
    branch = stage.branch(OWN, home="150422103216")
    OrganisationState.objects.filter(pk=branch.pk).update(name="东方红村党支部", field=field)
    stage.branch(SIBLING, home="150422103216")
    stage.branch(FAR, home="150521100200")
    second = Account.objects.create(username="second", name="白音")
    Mandate.objects.create(account=second, role="banner_clerk", tree=InTree.UNIT, path=stage.unit("150422").path,
                           title="组织部", since=date(2023, 1, 1), approved_at=OPENED)  # fmt: skip
    return Cast(branch, stage.mandated(OWN, "branch_secretary"), stage.mandated("150422103", "township_clerk"),
                stage.mandated("150422", "banner_clerk"), second)  # fmt: skip


def problem(**said: object) -> Listed:
    given: dict[str, object] = {"found": "campaign", "words": "会议不按期召开", "measure": "排出全年计划，按月召开",
                                "answers": "镇党委副书记李国强", "by": date(2026, 6, 30)}  # fmt: skip
    return Listed(**(given | said))  # type: ignore[arg-type]


def opened(of: Cast, campaign: str = "weak", now: datetime = OPENED, reason: str = "书记空缺五个月") -> Case:
    """A case by a superior's decision."""
    situations = ["W01"] if campaign == "weak" else []
    return actions.open_case(
        actor=of.county, now=now, organisation=of.branch.organisation, campaign=campaign, situations=situations,
        origin=Origin(Case.DECISION, None, "旗组发〔2026〕3号"), reason=reason,
    )  # fmt: skip


def listed(of: Cast, case: Case, number: int = 2, now: datetime = OPENED) -> list[Problem]:
    """Problems on its list, and the four linked persons."""
    made = [lists.list_problem(actor=of.township, now=now, case=case, listed=problem(words=f"问题{place + 1}"))
            for place in range(number)]  # fmt: skip
    named = {role: f"{name.zh}某某" for role, name in rectification().linked.items()}
    lists.link(actor=of.township, now=now, case=case, linked=named)
    return made


def under_way(of: Cast, campaign: str = "weak", now: datetime = OPENED) -> Case:
    case = opened(of, campaign, now)
    listed(of, case, now=now)
    return actions.plan(actor=of.township, now=now, case=case)


def settled(of: Cast, case: Case, now: datetime = OPENED) -> Case:
    for one in case.problems.filter(settled=None):
        actions.settle(actor=of.township, now=now, problem=one, proof="四次会议记录在案")
    return Case.objects.get(pk=case.pk)


def checked(of: Cast, case: Case, now: datetime = OPENED) -> Case:
    case = actions.apply(actor=of.secretary, now=now, case=settled(of, case, now))
    everything = list(case.problems.values_list("pk", flat=True))
    return actions.check(actor=of.township, now=now, case=case, mended=everything)


def accepted(of: Cast, campaign: str = "weak", now: datetime = OPENED) -> Case:
    """The whole way to acceptance, in one day."""
    return actions.accept(actor=of.county, now=now, case=checked(of, under_way(of, campaign, now), now))


def acts() -> list[str]:
    """Every act of the table."""
    return sorted({row.act for row in STATES.rows})
