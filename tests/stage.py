"""People for the pages: an account with a mandate at a node."""

from __future__ import annotations

from datetime import date

from baolei.organisations.models import Organisation, OrganisationState, Unit, UnitState, segment_of
from baolei.people.models import Account, InTree, Mandate, Role
from baolei.programme.organisation.levels import LEVELS

LONG_AGO = date(2013, 1, 1)


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


def mandated(code: str, role: Role = Role.ORGANISER) -> Account:
    """An account that answers since 2023 for a unit and everything below it, or as a secretary for a branch."""
    account = Account.objects.create(username=f"{role}-{code}", name="周青禾")
    own = role == Role.SECRETARY
    Mandate.objects.create(
        account=account, role=role, tree=InTree.PARTY if own else InTree.UNIT,
        path=(branch(code) if own else unit(code)).path, title="组织部", since=date(2023, 1, 1),
    )  # fmt: skip
    return account
