"""The editions that come with the package, each read once."""

from __future__ import annotations

from functools import cache

from baolei.programme.standard.edition import Edition
from baolei.warehouse.editions import edition, shipped


@cache
def at_hand(code: str) -> Edition:
    """The shipped edition of that code."""
    return edition(code)


def all_at_hand() -> list[Edition]:
    """Every shipped edition, in order of code."""
    return [at_hand(code) for code in shipped()]
