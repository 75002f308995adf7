"""The evidence catalogue 佐证目录: of one branch what its records say of each item, and the rows behind; of an edition
how much of each field nobody types.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.declarations.models import Declaration, Dispute
from baolei.declarations.sources import KNOWN, fact_of
from baolei.organisations.models import OrganisationState
from baolei.programme.declaration import asked
from baolei.programme.evidence import Coverage, Row, coverage, rows_of_each
from baolei.programme.standard.edition import Edition, FieldTable, Item
from baolei.standards.at_hand import all_at_hand, at_hand
from baolei.warehouse.spreadsheets import Column, Grid


@dataclass(frozen=True, slots=True)
class Told:
    """An item of a branch: what its records say, None where they say nothing; whether it is counted from records at
    all; whether the branch has called it not right and waits for an answer.
    """

    item: Item
    strength: str
    name: str
    fact: tuple[int, int] | None
    from_records: bool
    disputed: bool

    @property
    def standing(self) -> str:
        """What that means, in a word."""
        if self.disputed:
            return _("called not right")
        if self.fact is not None:
            return _("counted from the records")
        return _("nothing on record yet") if self.from_records else _("asked in the declaration")


def edition_of(state: OrganisationState) -> Edition | None:
    """The edition by which a branch was last judged or is being judged; else the first at hand that has its field."""
    return editions_of([state])[state.organisation_id]


def editions_of(states: Iterable[OrganisationState]) -> dict[int, Edition | None]:
    """The same of several branches, by organisation, in one question."""
    listed = list(states)
    declared = Declaration.objects.filter(organisation__in=[one.organisation_id for one in listed])
    rows = declared.order_by("round__year", "pk").values_list("organisation", "round__edition")
    last = dict(rows)
    opened = {code: at_hand(code) for code in set(last.values())}
    judged = {organisation: opened[code] for organisation, code in last.items()}
    return {one.organisation_id: judged.get(one.organisation_id) or _first(one.field) for one in listed}


def _first(field: str) -> Edition | None:
    return next((one for one in all_at_hand() if any(each.code == field for each in one.fields)), None)


def told_of(state: OrganisationState, edition: Edition, year: int, until: date) -> list[Told]:
    """Every item of the branch's field, in the order of its table. A field that the edition lacks has none."""
    field = next((one for one in edition.fields if one.code == state.field), None)
    if field is None:
        return []
    language = get_language() or ""
    names = {one.code: field.strength_names.get(one.code, one.name).say(language) for one in edition.strengths}
    open_ = set(
        Dispute.objects.filter(organisation=state.organisation_id, year=year, answered_on=None).values_list(
            "item", flat=True
        )
    )
    items = list(asked(edition, field))
    rows = rows_of_each((item.code for item in items), KNOWN, state.organisation_id, year, until)
    return [
        Told(item, names[item.strength], item.name.say(language), fact_of(rows.get(item.code, [])),
             item.code in KNOWN, item.code in open_)
        for item in items
    ]  # fmt: skip


def named(item: Item) -> str:
    """What an item is called, in the language of the page."""
    return item.name.say(get_language() or "")


@dataclass(frozen=True, slots=True)
class Covered:
    """A field of an edition, and how much of its table records fill in."""

    field: FieldTable
    name: str
    coverage: Coverage
    known: tuple[str, ...]
    typed: tuple[str, ...]

    @property
    def percent(self) -> float | None:
        """The share in hundredths."""
        share = self.coverage.share
        return None if share is None else 100 * share


def covered(edition: Edition) -> list[Covered]:
    """Every field of an edition with what is filled in without anybody typing it for the evaluation."""
    language, found = get_language() or "", []
    for field in edition.fields:
        items = asked(edition, field)
        names = {one.code: one.name.say(language) for one in items}
        found.append(Covered(
            field, field.name.say(language), coverage(edition, field, KNOWN.keys()),
            tuple(name for code, name in names.items() if code in KNOWN),
            tuple(name for code, name in names.items() if code not in KNOWN),
        ))  # fmt: skip
    return found


def told_grid(listed: Iterable[Told]) -> Grid:
    """The items of a branch as a file."""
    columns = (Column(_("Strength")), Column(_("Item")), Column(_("Done"), "whole"),
               Column(pgettext("fact", "Due"), "whole"), Column(_("Where it comes from")))  # fmt: skip
    return Grid(_("Evidence"), columns, (
        (one.strength, one.name, *(one.fact or (None, None)), one.standing) for one in listed
    ))  # fmt: skip


def row_grid(listed: Iterable[Row]) -> Grid:
    """The rows behind a fact as a file."""
    columns = (
        Column(_("On record")),
        Column(_("Done"), "whole"),
        Column(pgettext("fact", "Due"), "whole"),
        Column(_("Entered later")),
    )
    return Grid(_("Rows"), columns, ((one.words, one.done, one.due, _("yes") if one.late else "") for one in listed))


def covered_grid(listed: Iterable[Covered]) -> Grid:
    """The fields of an edition as a file."""
    columns = (Column(_("Field")), Column(_("Points that are counted")), Column(_("Points filled from records")),
               Column(_("Share (%)")), Column(_("Filled from records")),
               Column(_("Asked in the declaration")))  # fmt: skip
    return Grid(_("Evidence catalogue"), columns, (
        (one.name, one.coverage.countable / 100, one.coverage.filled / 100,
         None if one.percent is None else round(one.percent, 1), "、".join(one.known), "、".join(one.typed))
        for one in listed
    ))  # fmt: skip
