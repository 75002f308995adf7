"""A community with a grid, its worker, its township and county, their neighbours, and a matter on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import stage
from baolei.matters import actions, grids
from baolei.matters.actions import Said
from baolei.matters.grids import Laid
from baolei.matters.models import Grid, Matter
from baolei.organisations.models import UnitState
from baolei.people.models import Account, InTree, Mandate
from baolei.programme.matters import STATES

HERE, TOWN, COUNTY, FAR = "150422103216", "150422103", "150422", "150521100200"
MONDAY = datetime(2026, 3, 2, 3, tzinfo=UTC)
"""A Monday in a week without a holiday, at eleven in the morning of the region."""
DAY = timedelta(days=1)
LAMP = "三号楼前的路灯不亮，晚上看不清路"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts: worker and desk at the community, two clerks of the township, one of the county; a far worker."""

    unit: UnitState
    grid: Grid
    worker: Account
    township: Account
    second: Account
    county: Account
    far: Account


def cast() -> Cast:
    """The community, its grid, and everybody around it."""
    here = stage.unit(HERE)
    UnitState.objects.filter(pk=here.pk).update(name="东方红社区")
    stage.unit(FAR)
    second = Account.objects.create(username="second", name="白音")
    Mandate.objects.create(account=second, role="township_clerk", tree=InTree.UNIT, path=stage.unit(TOWN).path,
                           title="镇政府", since=date(2023, 1, 1), approved_at=MONDAY)  # fmt: skip
    township = stage.mandated(TOWN, "township_clerk")
    laid = grids.lay(actor=township, now=MONDAY, unit=here, laid=Laid("W03", "第三网格"))
    return Cast(here, laid, stage.mandated(HERE, "grid_worker"), township, second,
                stage.mandated(COUNTY, "banner_clerk"), stage.mandated(FAR, "grid_worker"))  # fmt: skip


def said(**more: object) -> Said:
    given: dict[str, object] = {"kind": "request", "words": LAMP}
    return Said(**(given | more))  # type: ignore[arg-type]


def reported(of: Cast, *, now: datetime = MONDAY, key: str = "a", **more: object) -> tuple[Matter, str]:
    """A matter that a resident reports at the grid's code, and the receipt."""
    return actions.report(now=now, grid=of.grid, said=said(**more), channel=Matter.RESIDENT, key=key)


def acts() -> list[str]:
    """Every act of the table."""
    return sorted({row.act for row in STATES.rows})
