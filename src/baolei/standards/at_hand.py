"""The editions at hand: those that come with the package, and those that were published in this house."""

from __future__ import annotations

from functools import cache

from baolei.programme.refusals import EditionRefused, Fault
from baolei.programme.standard.edition import Edition
from baolei.standards import doors
from baolei.standards.book import book
from baolei.standards.models import OwnEdition
from baolei.warehouse.editions import edition, shipped, texts_of


def at_hand(code: str) -> Edition:
    """The edition of that code. Raises EditionRefused for a code that is not at hand; a draft is not."""
    return _shipped(code) if code in shipped() else _published(_own(code))


def all_at_hand() -> list[Edition]:
    """Every edition at hand: the shipped ones in order of code, then those published here, the latest first."""
    own = doors.published().order_by("-published_at", "-pk")
    return [*map(_shipped, shipped()), *map(_published, own)]


def codes_at_hand() -> list[str]:
    """The codes of the same, without reading them."""
    return [*shipped(), *doors.published().order_by("-published_at", "-pk").values_list("code", flat=True)]


def files_at_hand(code: str) -> dict[str, str]:
    """The files of an edition at hand, word for word. Raises EditionRefused."""
    return dict(_texts(code) if code in shipped() else _own(code).files)


def _own(code: str) -> OwnEdition:
    found: OwnEdition | None = doors.published().filter(code=code).first()
    if found is None:
        right = "one of " + ", ".join(codes_at_hand())
        raise EditionRefused([Fault(code[:200], 0, "no such edition", right)])
    return found


def _published(own: OwnEdition) -> Edition:
    """What was published. Raises EditionRefused where the files no longer say what was published."""
    found = book(own.files).edition
    if found is None or found.digest != own.digest:
        wrong = "is not what was published: its digest differs"
        raise EditionRefused([Fault(own.code, 0, wrong, "restore the database from a backup")])
    return found


@cache
def _shipped(code: str) -> Edition:
    return edition(code)


@cache
def _texts(code: str) -> dict[str, str]:
    return texts_of(code)
