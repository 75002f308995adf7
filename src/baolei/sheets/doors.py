"""Who may send spreadsheets, for which units, and whose they may see."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser

from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.organisations.models import UnitState
from baolei.people.models import Account, InTree
from baolei.people.roles import writing
from baolei.sheets.models import Batch


def scope_of(account: Account | AnonymousUser, today: date) -> Scope:
    """The units for which this account may bring lists in today; none for most."""
    if not isinstance(account, Account):
        return Scope(today)
    return Scope(today, account.scopes(today, *writing())[InTree.UNIT])


def tops(scope: Scope) -> list[UnitState]:
    """The outermost units of a scope: what a list may be for."""
    return list(UnitState.objects.open().filter(path__in=scope.units).order_by("path"))


def batches(scope: Scope) -> Any:
    """What was sent for the units of a scope, newest first."""
    return Batch.objects.filter(unit__in=doors.units(scope).values("unit")).select_related("sender")
