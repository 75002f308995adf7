"""Who sees what of a result (method 3.8): the one place that turns an account into a scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser

from baolei.organisations.doors import codes, scope_of
from baolei.people.models import Account

LEAGUE_DIGITS, COUNTY_DIGITS = 4, 6
"""Digits of the codes of leagues and banners: from the league up rank intervals are seen."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody answers for: `paths` are codes of units, with everything below them; `branches` are their own.

    Empty for the public, who see tiers, shares, counts and the five strengths of units, never the score of a branch.
    """

    paths: tuple[str, ...] = ()
    branches: frozenset[str] = frozenset()

    def covers(self, unit: str) -> bool:
        """Whether this unit lies in the scope: its branches may be listed with their scores."""
        return unit.startswith(self.paths) if self.paths else False

    def sees(self, branch: str, unit: str) -> bool:
        """Whether the sheet of this branch, which serves `unit`, is open."""
        return branch in self.branches or self.covers(unit)

    def sees_ranks(self, unit: str) -> bool:
        """Whether rank intervals are open here: to leagues and the region. Below, tiers and lists of names."""
        return any(len(path) <= LEAGUE_DIGITS and unit.startswith(path) for path in self.paths)

    def sees_leniency(self, county: str) -> bool:
        """Whether this county's leniency is open: to the county, to townships and branches in it, and from above."""
        inside = (path for path in (*self.paths, *self.branches) if len(county) == COUNTY_DIGITS)
        return self.covers(county) or any(path.startswith(county) for path in inside)


PUBLIC = Sight()


def sight_of(account: Account | AnonymousUser, on: date, round_day: date | None = None) -> Sight:
    """What this account sees today of a round whose records are of `round_day`: by the codes of that day."""
    if not isinstance(account, Account):
        return PUBLIC
    return Sight(*codes(scope_of(account, on, what="results"), round_day or on))
