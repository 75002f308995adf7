"""People for the pages: an account with a mandate at a node."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from baolei.organisations.findings import look_through
from baolei.organisations.load import load
from baolei.organisations.models import Organisation, OrganisationState, Unit, UnitState, segment_of
from baolei.people.models import Account, InTree, Mandate, Role
from baolei.programme.organisation.levels import LEVELS
from baolei.warehouse.rulebook import setup_rules
from kept import kept

LONG_AGO, YEAR_END = date(2013, 1, 1), date(2023, 12, 31)


def unit(code: str) -> UnitState:
    """The unit of a statistical code, entered with those above it where it is not there yet."""
    found = UnitState.objects.open().filter(code=code).first()
    if found:
        return found
    level = next(level for level in LEVELS if level.digits == len(code))
    above = unit(code[: LEVELS[level.number - 2].digits]) if level.number > 1 else None
    new = Unit.objects.create()
    path = (above.path if above else "") + segment_of(new.pk)
    return UnitState.objects.create(
        unit=new,
        code=code,
        name=code,
        level=level.number,
        above=above.unit if above else None,
        path=path,
        since=LONG_AGO,
    )


def branch(code: str, home: str = "15") -> OrganisationState:
    """The branch of a code, set up where it is not there yet."""
    found = OrganisationState.objects.open().filter(code=code).first()
    if found:
        return found
    new = Organisation.objects.create()
    return OrganisationState.objects.create(
        organisation=new, code=code, name=code, kind="branch", field="village", unit=unit(home).unit,
        path=segment_of(new.pk), since=LONG_AGO,
    )  # fmt: skip


@kept
def move_in(folder: Path) -> None:
    """Load a household and look through it at the end of September and of December 2023."""
    now = datetime(2026, 11, 24, tzinfo=UTC)
    load(folder=folder, since=LONG_AGO, rules=setup_rules(YEAR_END), actor=None, now=now, why="演示")
    for day in (date(2023, 9, 30), YEAR_END):
        look_through(day=day, rules=setup_rules(day), actor=None, now=now)


def mandated(code: str, role: str = Role.ORGANISER) -> Account:
    """An account that answers since 2023 for a unit and everything below it, or as a secretary for a branch."""
    account = Account.objects.create(username=f"{role}-{code}", name="周青禾")
    own = role == Role.SECRETARY
    Mandate.objects.create(
        account=account, role=role, tree=InTree.PARTY if own else InTree.UNIT,
        path=(branch(code) if own else unit(code)).path, title="组织部", since=date(2023, 1, 1),
        approved_at=datetime(2023, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    return account
