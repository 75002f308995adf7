"""Who sees what of dues: who paid the branch alone; whoever stands above it shares of many, and waivers to decide."""

from __future__ import annotations

from datetime import date
from typing import Any

from baolei.dues.models import Collection, Waiver
from baolei.organisations import doors
from baolei.organisations.doors import Scope, nodes_of
from baolei.organisations.models import OrganisationState
from baolei.people.models import InTree
from baolei.people.roles import writing
from baolei.warehouse.rulebook import setup_rules


def kept_by(account: Any, today: date) -> Any:
    """The branches whose dues an account keeps: its own ones, by a mandate in the branch itself and not above it. A
    temporary branch collects none.
    """
    paths = [path for role, tree, path in nodes_of(account, today) if tree == InTree.PARTY and role in writing()]
    return OrganisationState.objects.on(today).filter(path__in=paths, kind__in=collecting(today))


def collecting(today: date) -> list[str]:
    """The kinds of branches that collect dues."""
    rules = setup_rules(today)
    return [code for code in rules.branches if rules.kinds[code].may("collect_dues")]


def keeps(account: Any, organisation: int, today: date) -> bool:
    """Whether an account keeps the dues of a branch."""
    return bool(kept_by(account, today).filter(organisation=organisation).exists())


def collections(account: Any, today: date) -> Any:
    """The collections of the branches whose dues an account keeps."""
    return Collection.objects.filter(organisation__in=kept_by(account, today).values("organisation"))


def waivers(scope: Scope) -> Any:
    """The waivers applied for in the organisations of a scope."""
    return doors.of_organisations(Waiver.objects.select_related("member", "decided_by"), scope)
