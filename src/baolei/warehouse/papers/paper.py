"""An official paper as it is set: what stands where, in words that are final; and what hinders one from being set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from baolei.programme.papers import in_full
from baolei.programme.refusals import ActRefused

HEADS, WIDTHS = ("党支部", "所在单位", "领域"), (10, 6, 4)
"""The columns of the attached list beside the number, and how wide each is beside the others."""


class PaperRefused(ActRefused):
    """A paper that cannot be set: a sign no font has, a template that is none; says which, and what would do."""


@dataclass(frozen=True, slots=True)
class Group:
    """A unit of the attached list and its names: a row has a text for each of `HEADS`. '' where there is one group."""

    name: str
    rows: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper: issuing body, number ('' for none, and then no red head), title, main recipients ('' for none), body by
    paragraphs, title of the attachment, signature, day, and the list by unit in official order.
    """

    issuer: str
    number: str
    title: str
    recipients: str
    body: tuple[str, ...]
    attachment: str
    signature: str
    day: dt.date
    groups: tuple[Group, ...]

    @property
    def date(self) -> str:
        """The day as papers write it."""
        return in_full(self.day)

    @property
    def names(self) -> int:
        """How many names the list holds."""
        return sum(len(group.rows) for group in self.groups)

    def numbered(self) -> Iterator[tuple[int, Group]]:
        """Each group with the number of its first name: names are counted through."""
        first = 1
        for group in self.groups:
            yield first, group
            first += len(group.rows)
