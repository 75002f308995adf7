"""The editions that come with the package, each read once."""

from __future__ import annotations

from functools import cache

from baolei.programme.standard.edition import Edition
from baolei.warehouse.editions import edition, folder_of, shipped


@cache
def at_hand(code: str) -> Edition:
    """The shipped edition of that code."""
    return edition(code)


def all_at_hand() -> list[Edition]:
    """Every shipped edition, in order of code."""
    return [at_hand(code) for code in shipped()]


def files_at_hand(code: str) -> dict[str, str]:
    """The files of an edition at hand, word for word."""
    home = folder_of(code)
    return {
        path.relative_to(home).as_posix(): path.read_text(encoding="utf-8") for path in sorted(home.rglob("*.yaml"))
    }
