"""Who sees what of a result (method 3.8): the one place that turns an account into a scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser

from baolei.organisations.doors import codes, scope_of
from baolei.people.models import Account
from baolei.programme import visibility as rules
from baolei.programme.organisation.levels import LEVELS
from baolei.warehouse.rulebook import visibility

COUNTY_DIGITS = 6
"""Digits of the codes of banners."""
BRANCH, TOWNSHIP, BANNER, LEAGUE, REGION, PUBLIC_EYE = rules.VIEWERS
AT = dict(zip((level.digits for level in LEVELS), (REGION, LEAGUE, BANNER, TOWNSHIP, TOWNSHIP), strict=True))
"""As which viewer of the table somebody looks who answers for a unit, by the digits of its code; a village as a
township: the table knows no smaller one.
"""


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

    def viewer(self, branch: str, unit: str) -> str:
        """As whom, by the table, somebody looks at a branch that serves `unit`: from the highest level there."""
        above = sorted((path for path in self.paths if unit.startswith(path)), key=len)
        if above:
            return AT[len(above[0])]
        return BRANCH if branch in self.branches else PUBLIC_EYE

    def how(self, branch: str, unit: str, what: str, n: int | None = None, **size: Any) -> rules.How:
        """In what form a kind of figure of a branch is seen; `n` and the rest as in the table's `how`."""
        return rules.how(visibility(), self.viewer(branch, unit), what, n, **size)

    def sees_ranks(self, unit: str) -> bool:
        """Whether rank intervals are open here: to leagues and the region. Below, tiers and lists of names."""
        return self.how("", unit, "ranks").code == "intervals"

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
