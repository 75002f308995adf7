"""Wishes, deeds, pairings and counts as rows of pages and of files. No row adds up what one member did.

Files hold neither the words of a wish nor whose it is: what has left the house nobody can remove.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.organisations.directory import names_of, names_of_units
from baolei.paths import at_or_below
from baolei.programme import wishes as rules
from baolei.programme.matching import RINGS, explained
from baolei.programme.states import Table
from baolei.programme.visibility import hidden, least
from baolei.programme.wishes import DEEDS, LIT, PAIRING, STATES
from baolei.warehouse.rulebook import visibility
from baolei.warehouse.rulebook import wishes as wish_rules
from baolei.warehouse.spreadsheets import Column, Grid
from baolei.wishes import doors, facts, forms
from baolei.wishes.branch_forms import OF_PAIRING
from baolei.wishes.models import Claim, Deed, Pairing, Registration, Suggestion, Wish


def words_of(table: Table, state: str) -> str:
    """What a state is called."""
    return table.state(state).name.say(get_language() or "")


def verbs(table: Table, state: str, who: str, offered: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What somebody may do in a state: name in the address, and verb."""
    return [(row.act, str(offered[row.act].verb)) for row in table.ways(state, who) if row.act in offered]


# ---- a member's page ----


@dataclass(frozen=True, slots=True)
class Near:
    """A wish as a member sees it: where, why it stands here, and what may be done. No name, no number of anybody."""

    one: Wish
    community: str
    why: str
    state: str
    acts: list[tuple[str, str]]


def in_hand(held: Registration, today: date) -> list[Near]:
    """What a member has taken up and is not confirmed yet."""
    claims = held.claims.filter(state__in=Claim.GOING).order_by("pk").select_related("wish")
    return _near([one.wish for one in claims], {}, held, today)


def suggested(held: Registration, today: date) -> list[Near]:
    """What is suggested to a member, the nearest first, then what waits longest."""
    found: list[Suggestion] = list(held.suggestions.filter(wish__state=LIT).select_related("wish"))
    found.sort(key=lambda one: (RINGS.index(one.ring), one.wish.lit, one.wish_id))
    return _near([one.wish for one in found], {one.wish_id: one.ring for one in found}, held, today)


def nearby(held: Registration, today: date) -> Any:
    """The other wishes of the banner that are open, the nearest first, then what waits longest."""
    home = doors.home_of(held.unit_id, today)
    if home is None:
        return Wish.objects.none()
    at = "unit__states__path"
    ring = Case(When(**{at: home.path}, then=Value(0)),
                When(at_or_below(home.path[: doors.TOWNSHIP_PATH], at), then=Value(1)), default=Value(2),
                output_field=IntegerField())  # fmt: skip
    found = Wish.objects.filter(at_or_below(home.path[: doors.BANNER_PATH], at), state=LIT, unit__states__until=None)
    return found.exclude(suggestions__registration=held).annotate(ring=ring).order_by("ring", "lit", "pk")


def near_rows(some: Sequence[Any], held: Registration, today: date) -> list[Near]:
    """Those of `nearby` as rows."""
    return _near(some, {one.pk: RINGS[one.ring] for one in some}, held, today)


def _near(some: Sequence[Wish], rings: Mapping[int, str], held: Registration, today: date) -> list[Near]:
    skills, names, language = wish_rules().skills, names_of_units(one.unit_id for one in some), get_language() or ""
    rows = []
    for one in some:
        acts = verbs(STATES, one.state, rules.MEMBER, forms.OF_MEMBER)
        if not one.receipt:
            acts = [act for act in acts if act[0] != "enter_code"]
        skill = skills.get(one.skill)
        why = explained(rings[one.pk], skill, (today - one.lit).days, language) if one.pk in rings else (
            skill.say(language) if skill else "")  # fmt: skip
        rows.append(Near(one, names.get(one.unit_id, ""), why, words_of(STATES, one.state), acts))
    return rows


# ---- a community's page ----


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A wish at its desk: who has taken it up, how long it waits, whether it is late, what may be done."""

    one: Wish
    state: str
    skill: str
    waits: int
    late: bool
    member: str
    branch: str
    acts: list[tuple[str, str]]


def desk_rows(some: Sequence[Wish], today: date, *, writes: bool) -> list[DeskRow]:
    """Wishes as rows of their desk; the member is named while the wish is on its way, so that the desk can put both in
    touch, and not after.
    """
    claims = {one.wish_id: one for one in Claim.objects.filter(
        wish__in=[one.pk for one in some], state__in=Claim.GOING
    ).select_related("registration__member")}  # fmt: skip
    branches, skills = names_of(one.organisation_id for one in claims.values()), forms.skill_names()
    rows = []
    for one in some:
        claim = claims.get(one.pk)
        member = claim.registration.member if claim and claim.registration else None
        rows.append(DeskRow(
            one, words_of(STATES, one.state), skills.get(one.skill, ""), (today - one.lit).days,
            one.due is not None and one.due < today, member.name if member else "",
            branches.get(claim.organisation_id, "") if claim else "",
            verbs(STATES, one.state, rules.COMMUNITY, forms.OF_DESK) if writes else [],
        ))  # fmt: skip
    return rows


def wish_grid(found: Any, today: date) -> Grid:
    """A community's wishes as a file: how each goes, neither what it says nor whose it is."""
    skills, reasons = forms.skill_names(), forms.reason_names()
    heads = (Column(_("Number"), "whole"), Column(pgettext("process", "Standing")), Column(_("Skill it needs")),
             Column(_("shown since"), "day"), Column(_("due on"), "day"), Column(_("ended on"), "day"),
             Column(_("Reason")))  # fmt: skip
    return Grid(_("Small wishes"), heads, (
        (one.pk, words_of(STATES, one.state), skills.get(one.skill, ""), one.lit, one.due, one.ended,
         reasons.get(one.reason, ""))
        for one in found.iterator(chunk_size=500)
    ))  # fmt: skip


def skills_counted(found: Any) -> list[tuple[str, int | None]]:
    """How many who are registered have which skill; None for fewer than five."""
    names, fewest = forms.skill_names(), least(visibility())
    counts = dict.fromkeys(names, 0)
    for skills in found.values_list("skills", flat=True).iterator():
        for one in skills:
            if one in counts:
                counts[one] += 1
    return [(names[code], None if 0 < number < fewest else number) for code, number in counts.items() if number]


# ---- pairings and deeds ----


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pairing: both sides, how it stands, what may be done."""

    one: Pairing
    branch: str
    community: str
    state: str
    acts: list[tuple[str, str]]


def pair_rows(found: Iterable[Pairing], who: Sequence[str]) -> list[PairRow]:
    """Pairings as rows, with what whoever acts as these may do."""
    listed = list(found)
    branches, homes = names_of(one.organisation_id for one in listed), names_of_units(one.unit_id for one in listed)
    return [
        PairRow(one, branches.get(one.organisation_id, ""), homes.get(one.unit_id, ""), words_of(PAIRING, one.state),
                [act for as_what in who for act in verbs(PAIRING, one.state, as_what, OF_PAIRING)])
        for one in listed
    ]  # fmt: skip


def pair_grid(rows: Iterable[PairRow]) -> Grid:
    """Pairings as a file."""
    heads = (Column(_("Branch")), Column(_("Community or village")), Column(pgettext("process", "Standing")),
             Column(_("proposed on"), "day"), Column(_("answered on"), "day"),
             Column(_("ended on"), "day"))  # fmt: skip
    return Grid(_("Pairings"), heads, (
        (row.branch, row.community, row.state, row.one.proposed, row.one.decided, row.one.ended) for row in rows
    ))  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeedRow:
    """A deed: whose, for whom, of which kind, how it stands, whether it is late."""

    one: Deed
    branch: str
    community: str
    kind: str
    state: str
    late: bool


def deed_rows(found: Iterable[Deed], today: date) -> list[DeedRow]:
    """Deeds as rows."""
    listed, kinds = list(found), forms.deed_names()
    branches, homes = names_of(one.organisation_id for one in listed), names_of_units(one.unit_id for one in listed)
    return [
        DeedRow(one, branches.get(one.organisation_id, ""), homes.get(one.unit_id, ""), kinds.get(one.kind, one.kind),
                words_of(DEEDS, one.state), one.state == rules.BEGUN and one.until < today)
        for one in listed
    ]  # fmt: skip


def deed_grid(rows: Iterable[DeedRow]) -> Grid:
    """Deeds as a file."""
    heads = (Column(_("What is to be done")), Column(_("Branch")), Column(_("Community or village")),
             Column(pgettext("deed", "Kind")), Column(pgettext("process", "Standing")), Column(_("planned on"), "day"),
             Column(pgettext("deed", "To be done by"), "day"), Column(_("confirmed on"), "day"))  # fmt: skip
    return Grid(_("Practical deeds"), heads, (
        (row.one.title, row.branch, row.community, row.kind, row.state, row.one.planned, row.one.until,
         row.one.confirmed)
        for row in rows
    ))  # fmt: skip


def line_grid(deed: Deed) -> Grid:
    """The walk of a deed as a file."""
    heads = (Column(_("Day"), "day"), Column(_("What was done")), Column(_("In one line")))
    return Grid(_("Progress"), heads, (
        (one.on, DEEDS.words[one.act].say(get_language() or ""), one.words) for one in deed.lines.all()
    ))  # fmt: skip


# ---- counts of a place ----


@dataclass(frozen=True, slots=True)
class Place:
    """A place with its counts in the order of the columns; None where they are too few to be shown."""

    name: str
    url: str
    cells: list[int | None]


def columns() -> list[str]:
    """What is counted of a place, in the order of `facts.FIGURES`."""
    return [_("Members registered"), _("Wishes shown"), _("Wishes taken up"), _("Wishes confirmed as done"),
            _("Practical deeds confirmed")]  # fmt: skip


def places(told: Mapping[str, Mapping[str, int]], named: Mapping[str, tuple[str, str]]) -> list[Place]:
    """The counts of places, `told` by figure and path, the total last; small ones closed, and others to cover them."""
    fewest, cells = least(visibility()), dict[str, dict[str, int | None]]()
    for code in facts.FIGURES:
        counts = {path: num for path, num in told[code].items() if path in named}
        closed, total = hidden(counts, fewest), sum(counts.values())
        cells[code] = {path: None if path in closed else counts.get(path, 0) for path in named}
        cells[code][""] = None if 0 < total < fewest else total
    lines = [Place(name, url, [cells[code][path] for code in facts.FIGURES]) for path, (name, url) in named.items()]
    return [*lines, Place(_("Together"), "", [cells[code][""] for code in facts.FIGURES])] if len(lines) > 1 else lines


def place_grid(lines: Iterable[Place]) -> Grid:
    """The counts of places as a file; empty where they are too few."""
    heads = (Column(pgettext("training", "Place")), *(Column(name, "whole") for name in columns()))
    return Grid(_("Counts"), heads, ((line.name, *line.cells) for line in lines))
