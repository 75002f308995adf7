"""What a round asks of everybody together: for each field its branches, and the boxes and minutes of their forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.declarations.actions import taking_part
from baolei.declarations.form import burden_of
from baolei.programme.declaration import Burden
from baolei.rounds.models import Round
from baolei.standards.at_hand import at_hand
from baolei.warehouse.rulebook import fields
from baolei.warehouse.spreadsheets import Column, Grid


@dataclass(frozen=True, slots=True)
class Share:
    """A field of a round: what it is called, its branches, what the form asks of one of them."""

    name: str
    branches: int
    each: Burden

    @property
    def boxes(self) -> int:
        """Boxes that all of them fill in."""
        return self.branches * self.each.boxes

    @property
    def hours(self) -> int:
        """Hours it takes all of them, to the next whole one."""
        return -(-self.branches * self.each.minutes // 60)


def shares(this: Round, today: date) -> list[Share]:
    """What a round asks, by field in the order of its edition: of those who declare, or before it begins of those who
    would take part today.
    """
    edition, language = at_hand(this.edition), get_language() or ""
    declared = dict(this.declarations.order_by().values_list("field").annotate(Count("pk")))
    number = Counter(declared) or Counter(field for _pk, field, _unit in taking_part(this, edition, today))
    names = fields()
    return [
        Share(names[table.code].say(language) if table.code in names else table.code, number[table.code],
              burden_of(edition, table))
        for table in edition.fields if number[table.code]
    ]  # fmt: skip


def together(listed: Iterable[Share]) -> tuple[int, int, int]:
    """Branches, boxes and hours of all fields."""
    rows = [(one.branches, one.boxes, one.hours) for one in listed] or [(0, 0, 0)]
    branches, boxes, hours = (sum(column) for column in zip(*rows, strict=True))
    return branches, boxes, hours


def grid(listed: Iterable[Share]) -> Grid:
    """The same as a file."""
    columns = (
        Column(_("Field")), Column(_("Party branches"), "whole"), Column(_("Items"), "whole"),
        Column(_("Items the house knows already"), "whole"), Column(_("Boxes of one form"), "whole"),
        Column(_("Minutes of one form"), "whole"), Column(_("Boxes of all"), "whole"),
        Column(_("Hours of all"), "whole"),
    )  # fmt: skip
    return Grid(_("What the round asks of the branches"), columns, (
        (one.name, one.branches, one.each.items, one.each.known, one.each.boxes, one.each.minutes, one.boxes, one.hours)
        for one in listed
    ))  # fmt: skip
