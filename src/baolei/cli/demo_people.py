"""The people and places of the demo's rounds: who acts, for which branches, on which days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import yaml
from django.utils.timezone import get_default_timezone

from baolei.organisations.models import OrganisationState, Post, UnitState
from baolei.people.models import Account, InTree, Mandate, Role
from baolei.warehouse.rulebook import text

HOUR = 10
"""Everything of a day is done in its morning."""
BEFORE = timedelta(days=900)
"""So long the secretaries have been in office."""
TOLD = 2026
"""The year whose lots tell the story of the demo."""


def said() -> dict[str, Any]:
    """The words of the demo's rounds."""
    return dict(yaml.safe_load(text("demo/round.yaml")))


@dataclass(slots=True)
class Stage:
    """Who acts and where: accounts by user name, the banner and township of the demo accounts, the village branches
    there (those of the township first, the demo secretary's own before all), the day on which all is told.
    """

    day: date
    seed: int
    banner: UnitState
    township: UnitState
    branches: list[OrganisationState]
    inside: int
    people: dict[str, Account]
    words: dict[str, Any] = field(default_factory=said)

    def who(self, username: str) -> Account:
        """A demo account by user name."""
        return self.people[username]

    def at(self, days: int) -> datetime:
        """A morning so many days from the day on which all is told; before it, below 0."""
        return datetime.combine(self.day + timedelta(days=days), time(HOUR), get_default_timezone()).astimezone(UTC)

    def told_as(self, year: int) -> int:
        """The year by which a round's lots fall: as far from `TOLD` as its own is from the day of the stage, so that
        the story is the same in whatever year the demo is made.
        """
        return TOLD + year - self.day.year

    def lots(self, *key: int | str) -> np.random.Generator:
        """Lots that fall the same way for the same key."""
        return np.random.default_rng([self.seed, *(sum(map(ord, str(one))) for one in key)])

    def secretary(self, branch: OrganisationState) -> Account:
        """Who fills in a branch's declaration: the demo account for its own branch, else an account of its secretary's
        own that nobody logs in to.
        """
        if branch.organisation_id == self.branches[0].organisation_id:
            return self.who("zhibu")
        account, new = Account.objects.get_or_create(username=f"shuji-{branch.code}")
        if new:
            account.name = _holder(branch)
            account.set_unusable_password()
            account.save()
            Mandate.objects.create(
                account=account, role=Role.SECRETARY, tree=InTree.PARTY, path=branch.path, title=f"{branch.name}书记",
                since=self.day - BEFORE, approved_at=self.at(-BEFORE.days),
            )  # fmt: skip
        return account


def _holder(branch: OrganisationState) -> str:
    held = Post.objects.filter(organisation=branch.organisation_id, kind=Post.SECRETARY).order_by("-since").first()
    return str(held.holder.name) if held else branch.name


def stage(day: date, seed: int, fields: list[str]) -> Stage | None:
    """The stage of the demo accounts that are open; None where their banner has no village branch."""
    people = {one.username: one for one in Account.objects.filter(mandates__ended_at=None).distinct()}
    if not {"qi", "xiang", "zhibu"} <= people.keys():
        return None
    banner, township = (_unit_of(people[name]) for name in ("qi", "xiang"))
    own = people["zhibu"].mandates.get(ended_at=None).path
    units = UnitState.objects.open().under(banner.path)
    found = OrganisationState.objects.open().filter(field__in=fields, kind="branch", unit__in=units.values("unit"))
    home = dict(units.values_list("unit_id", "path"))
    rows = sorted(found, key=lambda one: (one.path != own, not home[one.unit_id].startswith(township.path), one.code))
    if not rows or rows[0].path != own:
        return None
    inside = sum(home[one.unit_id].startswith(township.path) for one in rows)
    return Stage(day, seed, banner, township, rows, inside, people)


def _unit_of(account: Account) -> UnitState:
    found: UnitState = UnitState.objects.open().get(path=account.mandates.get(ended_at=None).path)
    return found
