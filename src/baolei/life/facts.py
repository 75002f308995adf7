"""What organisation life tells of branches in a year, as facts of items: so many of so many, all branches at once.

The same as `programme.life.owed` and `fact` say of one branch, asked of the tables: a form counts once in a period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Q
from django.db.models.functions import ExtractMonth
from django.urls import reverse

from baolei.life.affairs_facts import AFFAIRS
from baolei.life.models import Gathering
from baolei.life.more_facts import MORE
from baolei.life.on_record import last_day, on_record, sessions
from baolei.organisations.facts import founded
from baolei.organisations.models import Group, HubHousehold, OrganisationState, Post
from baolei.programme import life as rules
from baolei.programme.evidence import Facts, Row, Source
from baolei.programme.life import Due, Has, Often
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import life as life_rules
from baolei.warehouse.rulebook import setup_rules

Ints = npt.NDArray[np.int64]
DAY = timedelta(days=1)
YEAR, CHUNK = 12, 20_000
PARTS: dict[str, Any] = {rules.GROUP: Group, rules.HUB: HubHousehold}
"""Forms that parts of a branch hold, each for itself."""


def of_form(form: str, organisations: Collection[int], year: int, until: date) -> Facts:
    """Of each branch how often a form was held of how often it is owed, in periods of a year that are over on a day.
    Branches that owe none of it are left out.
    """
    board = _board(organisations, year)
    due, done = np.zeros(len(board.pks), np.int64), np.zeros(len(board.pks), np.int64)
    parts, held = _parts(form, board), _held(form, board)
    for often, mine in _often(form, board):
        for first in range(0, YEAR, often.months):
            last = first + often.months - 1
            if _last_day(year, last) > until:
                break
            owing = mine & (board.founded <= _first_day(year, first).toordinal())
            needed = np.where(owing, parts[:, last] * often.least, 0)
            due += needed
            done += np.minimum(held(first, last, often.least), needed)
    return {int(pk): (int(d), int(n)) for pk, d, n in zip(board.pks, done, due, strict=True) if n}


def first_agenda(organisations: Collection[int], year: int, until: date) -> Facts:
    """Of each branch's members' and committee meetings those that opened with study of instructions (第一议题)."""
    counted = (
        _meetings(year, until)
        .order_by()
        .values("organisation")
        .annotate(studied=Count("pk", filter=Q(study=True), distinct=True), met=Count("pk", distinct=True))
    )
    mine = set(organisations)
    return {row["organisation"]: (row["studied"], row["met"]) for row in counted if row["organisation"] in mine}


def _meetings(year: int, until: date) -> Any:
    """Members' and committee meetings of a year until a day; one that was both stands there twice."""
    return Gathering.objects.filter(
        sessions__form__in=(rules.MEMBERS, rules.COMMITTEE), struck_on=None, on__gte=date(year, 1, 1),
        on__lte=min(until, last_day(year)),
    )  # fmt: skip


def year_of(organisation: int, year: int, only: str = "") -> dict[str, tuple[Due, ...]]:
    """What one branch owes in a year and has held, form by form (or `only` one), in the order of the rules."""
    begun = founded([organisation]).get(organisation)
    if begun is None:
        return {}
    frequencies = rules.frequencies(_field(organisation, year), setup_rules(last_day(year)), life_rules())
    counted = sessions(year).filter(gathering__organisation=organisation, **({"form": only} if only else {}))
    held: dict[str, list[rules.Held]] = defaultdict(list)
    closed = {form: _closed(form, organisation) for form in PARTS if form == only or not only}
    for form, on, part in counted.values_list("form", "gathering__on", "part"):
        held[form].append(rules.Held(on, part, closed.get(form, {}).get(part)))
    parts = has(organisation, [one for one in (rules.COMMITTEE, *PARTS) if one == only or not only])
    plan = {form: rules.owed(form, often, year, founded=begun, has=parts, held=held[form])
            for form, often in frequencies.items() if form == only or not only}  # fmt: skip
    return {form: plan[form] for form in rules.FORMS if plan.get(form)}


# ---- the evidence catalogue ----


def held(form: str, organisations: Collection[int], year: int, until: date) -> Facts:
    """The fact of an item that asks how often a form was held, of branches that record any gathering."""
    return of_form(form, set(organisations) & on_record(year), year, until)


def held_rows(form: str, organisation: int, year: int, until: date) -> list[Row]:
    """Period by period how often a form was held of how often it is owed."""
    if organisation not in on_record(year, organisation):
        return []
    page = f"{reverse('life', args=[organisation])}?year={year}"
    return [Row(_months_of(one), one.done, one.needed, page)
            for one in year_of(organisation, year, form).get(form, ()) if one.last <= until]  # fmt: skip


def _months_of(one: Due) -> str:
    first, last = one.first.strftime("%Y-%m"), one.last.strftime("%Y-%m")
    return first if first == last else f"{first} – {last}"


def agenda_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Each members' and committee meeting, and whether it opened with study."""
    found = _meetings(year, until).filter(organisation=organisation).distinct().order_by("on", "pk")
    return [Row(str(one.on), int(one.study), 1, reverse("gathering", args=[one.pk]), _late(one)) for one in found]


def _late(one: Gathering) -> bool:
    return rules.filled_in(one.on, one.entered, life_rules())


def _of_form(form: str) -> Source:
    return Source(partial(held, form), partial(held_rows, form))


SOURCES: dict[str, Source] = {
    "first_agenda": Source(first_agenda, agenda_rows),
    "members_meetings": _of_form(rules.MEMBERS),
    "committee_meetings": _of_form(rules.COMMITTEE),
    "group_meetings": _of_form(rules.GROUP),
    "theme_days": _of_form(rules.THEME),
    "party_lectures": _of_form(rules.LECTURE),
    "hub_sessions": _of_form(rules.HUB),
    **MORE,
    **AFFAIRS,
}
"""The items that gatherings tell of, by code."""


# ---- what is there, of one branch ----


def _field(organisation: int, year: int) -> str:
    """The field in which a branch stood last in a year."""
    mine = OrganisationState.objects.filter(organisation=organisation, since__lte=last_day(year)).order_by(
        "-since", "-pk"
    )
    return mine.values_list("field", flat=True).first() or ""


def _closed(form: str, organisation: int | None = None) -> dict[int, date]:
    """The last days of groups or hub households that are no more: what one held in the period of its end counts for
    nobody, since nobody owes it then.
    """
    found = PARTS[form].objects.filter(until__isnull=False)
    found = found if organisation is None else found.filter(organisation=organisation)
    return dict(found.values_list("pk", "until"))


def has(organisation: int, forms: Collection[str] = (rules.COMMITTEE, rules.GROUP, rules.HUB)) -> Callable[[date], Has]:
    """What a branch has on a day: a committee, groups, hub households, as far as these forms ask for it."""
    held = {rules.COMMITTEE: Post.objects.filter(committee=True), **{form: PARTS[form].objects for form in PARTS}}
    spans = {form: list(held[form].filter(organisation=organisation).values_list("since", "until")) for form in forms}

    def number(form: str, day: date) -> int:
        return sum(since <= day and (until is None or day <= until) for since, until in spans.get(form, ()))

    return lambda day: Has(bool(number(rules.COMMITTEE, day)), number(rules.GROUP, day), number(rules.HUB, day))


# ---- what is there, of all branches at once ----


@dataclass(frozen=True, slots=True)
class _Board:
    """Branches in order of their numbers, the day each began (as an ordinal), the field it stood in last in a year."""

    year: int
    pks: Ints
    founded: Ints
    fields: npt.NDArray[np.object_]

    def rows(self, organisations: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """The places of organisations on the board, and which of them stand on it."""
        at = np.searchsorted(self.pks, organisations).clip(0, max(len(self.pks) - 1, 0))
        return at, self.pks[at] == organisations if len(self.pks) else np.zeros(len(organisations), np.bool_)


def _board(organisations: Collection[int], year: int) -> _Board:
    """The branches of these that have ever stood."""
    mine, founded, fields = set(organisations), dict[int, date](), dict[int, str]()
    states = OrganisationState.objects.order_by("since", "pk").values_list("organisation", "since", "field")
    for organisation, since, field in states.iterator(chunk_size=CHUNK):
        if organisation in mine:
            founded.setdefault(organisation, since)
            if since <= last_day(year):
                fields[organisation] = field
    pks = sorted(founded)
    return _Board(year, np.array(pks, np.int64), np.array([founded[pk].toordinal() for pk in pks], np.int64),
                  np.array([fields.get(pk, "") for pk in pks], object))  # fmt: skip


def _often(form: str, board: _Board) -> list[tuple[Often, npt.NDArray[np.bool_]]]:
    """How often a form is owed, and of which branches: each field is looked up once."""
    setup, asked = setup_rules(last_day(board.year)), life_rules()
    found = {field: rules.frequencies(field, setup, asked)[form] for field in set(board.fields)}
    return [(often, np.isin(board.fields, [field for field in found if found[field] == often]))
            for often in dict.fromkeys(found.values())]  # fmt: skip


def _parts(form: str, board: _Board) -> Ints:
    """By branch and month how many parts of it owe a form on the month's last day."""
    if form not in (rules.COMMITTEE, rules.GROUP, rules.HUB):
        return np.ones((len(board.pks), YEAR), np.int64)
    model: Any = {rules.COMMITTEE: Post, rules.GROUP: Group, rules.HUB: HubHousehold}[form]
    standing = model.objects.filter(
        Q(until=None) | Q(until__gte=date(board.year, 1, 31)), since__lte=last_day(board.year)
    )
    if form == rules.COMMITTEE:
        standing = standing.filter(committee=True)
    stood = standing.order_by().values_list("organisation", "since", "until").iterator(chunk_size=CHUNK)
    spans = [(organisation, since.toordinal(), (until or date.max).toordinal()) for organisation, since, until in stood]
    found = np.zeros((len(board.pks), YEAR), np.int64)
    if spans:
        organisations, since, until = np.array(spans, np.int64).T
        at, here = board.rows(organisations)
        for month in range(YEAR):
            last = _last_day(board.year, month).toordinal()
            np.add.at(found[:, month], at[here & (since <= last) & (last <= until)], 1)
    return np.minimum(found, 1) if form == rules.COMMITTEE else found


def _held(form: str, board: _Board) -> Callable[[int, int, int], Ints]:
    """For months from a first to a last how often each branch held a form; of one that groups or hub households hold,
    each that stands at their end counts as often as it owes it and no more.
    """
    counted = sessions(board.year).filter(form=form).values_list(
        "gathering__organisation", ExtractMonth("gathering__on"), "part"
    ).annotate(Count("pk"))  # fmt: skip
    rows = np.array(list(counted.iterator(chunk_size=CHUNK)), np.int64).reshape(-1, 4)
    at, here = board.rows(rows[:, 0])
    at, month, part, number = at[here], rows[here, 1] - 1, rows[here, 2], rows[here, 3]
    if form not in PARTS:
        part = np.zeros_like(part)
    keys, places = np.unique(np.stack([at, part]), axis=1, return_inverse=True)
    months = np.zeros((keys.shape[1], YEAR), np.int64)
    np.add.at(months, (places.reshape(-1), month), number)

    closed = _closed(form) if form in PARTS else {}
    stands = np.array([closed.get(int(one), date.max).toordinal() for one in keys[1]], np.int64)

    def told(first: int, last: int, least: int) -> Ints:
        found = np.zeros(len(board.pks), np.int64)
        there = stands >= _last_day(board.year, last).toordinal()
        np.add.at(found, keys[0], np.where(there, np.minimum(months[:, first : last + 1].sum(axis=1), least), 0))
        return found

    return told


def _first_day(year: int, month: int) -> date:
    """The first day of a month, counted from 0."""
    return date(year, month + 1, 1)


def _last_day(year: int, month: int) -> date:
    """The last day of a month, counted from 0."""
    return months_later(_first_day(year, month), 1) - DAY
