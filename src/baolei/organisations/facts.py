"""What posts, terms, findings and transfers of organisations tell of a year, as facts of items: so many of so many."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.organisations import facts_of_numbers
from baolei.organisations.drawing import Ints, as_facts, on_each, table
from baolei.organisations.models import Exemption, Finding, Membership, OrganisationState, Post, Term, Transfer
from baolei.programme.evidence import Facts, Row, Source, up_to
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import setup_rules

DAY = timedelta(days=1)


# ---- of a unit ----


def of_units(organisations: Collection[int], day: date, by_unit: Mapping[int, tuple[int, int]]) -> Facts:
    """What is known of units, said of those organisations among these that serve one on a day."""
    mine = set(organisations)
    homes = OrganisationState.objects.on(day).filter(unit__isnull=False).order_by()
    rows = table(homes.values_list("organisation", "unit")).tolist()
    return {organisation: by_unit[unit] for organisation, unit in rows if organisation in mine and unit in by_unit}


def unit_served(organisation: int, day: date) -> Any:
    """The unit that an organisation serves on a day, to be asked for what lies there."""
    return OrganisationState.objects.on(day).filter(organisation=organisation).values("unit")


# ---- the term ----


def term_election(organisations: Collection[int], year: int, until: date) -> Facts:
    """按期换届: 1 of 1 where the term in force at the end had not run out then, or was extended with an approval on
    file, no longer than the rules allow.
    """
    ends, mine = up_to(year, until), set(organisations)
    latest: dict[int, date] = {}
    terms = Term.objects.filter(elected__lte=ends).order_by("elected")
    for organisation, runs_out in terms.values_list("organisation_id", "ends"):
        if organisation in mine:
            latest[organisation] = runs_out
    moved, earliest = set(_moved(ends).values_list("organisation_id", flat=True)), _earliest(ends)
    return {organisation: (int(runs_out >= (earliest if organisation in moved else ends)), 1)
            for organisation, runs_out in latest.items()}  # fmt: skip


def term_rows(organisation: int, year: int, until: date) -> list[Row]:
    """The term in force at the end."""
    ends = up_to(year, until)
    term = Term.objects.filter(organisation=organisation, elected__lte=ends).order_by("-elected").first()
    if term is None:
        return []
    words = _("elected %(elected)s, the term ends %(ends)s") % {"elected": term.elected, "ends": term.ends}
    moved = term.ends < ends and _moved(ends).filter(organisation=organisation).first()
    if moved:
        words += _("; extended by %(document)s") % {"document": moved.document}
    done = term.ends >= (_earliest(ends) if moved else ends)
    return [Row(words, int(done), 1, reverse("organisation", args=[organisation]))]


def _moved(day: date) -> Any:
    """The approvals in force on a day by which an election is held later."""
    return Exemption.objects.on(day).filter(flag="term_overdue").order_by("since", "pk")


def _earliest(day: date) -> date:
    """The earliest end of a term that an approval may still cover on a day."""
    return months_later(day, -setup_rules(day).number("term_shift_months_max"))


# ---- posts ----


def committee_complete(organisations: Collection[int], year: int, until: date) -> Facts:
    """支部班子健全: posts filled at the end of each month, of those that the set-up rules require: a secretary, whom
    nobody else makes up for; from so many full members on a committee with one. Of a month that runs the day itself is
    looked at. Months before the branch was founded ask for nothing; one month makes up for no other.
    """
    days, mine = _looked_at(year, until), set(organisations)
    required, begun = _required(days[-1]), founded(mine)
    pks = np.array(sorted(mine & required.keys()), np.int64)
    posts = np.array([required[pk] for pk in pks.tolist()], np.int64)
    since = np.array([begun[pk].toordinal() for pk in pks.tolist()], np.int64)
    heads, others = (_held(kinds, pks, days) for kinds in (Q(kind=Post.SECRETARY), ~Q(kind=Post.SECRETARY)))
    filled, asked = np.zeros(len(pks), np.int64), np.zeros(len(pks), np.int64)
    for place, day in enumerate(days):
        there = since <= day.toordinal()
        asked += there
        filled += there * (np.minimum(heads[:, place], 1) + np.minimum(others[:, place], posts - 1))
    return as_facts(pks, filled, posts * asked)


def _held(kinds: Q, pks: Ints, days: list[date]) -> Ints:
    """How many posts of some kinds were held in each of these organisations (in order) on each of some days."""
    rows = table(_posts(days).filter(kinds).values_list("organisation").annotate(**on_each(days)))
    rows = rows[np.isin(rows[:, 0], pks)]
    found = np.zeros((len(pks), len(days)), np.int64)
    found[np.searchsorted(pks, rows[:, 0])] = rows[:, 1:]
    return found


def post_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Each month of the year that has begun: how many posts were filled at its end, of how many required."""
    days = _looked_at(year, until)
    posts = _required(days[-1], [organisation]).get(organisation)
    if posts is None:
        return []
    held = list(_posts(days).filter(organisation=organisation).values_list("kind", "since", "until"))
    begun, page = founded([organisation])[organisation], reverse("organisation", args=[organisation])
    found = []
    for day in (day for day in days if begun <= day):
        kinds = [kind for kind, since, left_on in held if since <= day and (left_on is None or day <= left_on)]
        heads = kinds.count(Post.SECRETARY)
        words = _("%(month)s: %(filled)d posts filled, %(posts)d required") % {
            "month": day.strftime("%Y-%m"), "filled": len(kinds), "posts": posts}  # fmt: skip
        if not heads:
            words += _("; no secretary")
        found.append(Row(words, _filled(heads, len(kinds) - heads, posts), posts, page))
    return found


def _filled(heads: int, others: int, posts: int) -> int:
    """Of the posts required, one of which is the secretary's, so many are filled."""
    return min(heads, 1) + min(others, posts - 1)


def _posts(days: list[date]) -> Any:
    return Post.objects.filter(since__lte=days[-1]).exclude(until__lt=days[0]).order_by()


def _looked_at(year: int, until: date) -> list[date]:
    """The last day of each month of a year that has begun on a day; of the month that runs the day itself."""
    last = min(date(year, 12, 31), max(until, date(year, 1, 1)))
    return [min(months_later(date(year, month, 1), 1) - DAY, last) for month in range(1, last.month + 1)]


def founded(organisations: Collection[int]) -> dict[int, date]:
    """The first day of each organisation: of this one where it is one, else of all there are."""
    found = OrganisationState.objects.order_by().values_list("organisation").annotate(Min("since"))
    if len(organisations) == 1:
        found = found.filter(organisation__in=organisations)
    return dict(found)


def _required(day: date, only: Iterable[int] | None = None) -> dict[int, int]:
    """By organisation with full members on a day how many posts the set-up rules require."""
    rules = setup_rules(day)
    least, committee_from = rules.number("branch_committee_size.min"), rules.number("committee_from_full_members")
    members = Membership.objects.on(day).filter(kind=Membership.FULL)
    if only is not None:
        members = members.filter(organisation__in=list(only))
    counted = table(members.order_by().values_list("organisation_id").annotate(Count("pk")))
    return {organisation: least if number >= committee_from else 1 for organisation, number in counted.tolist()}


# ---- the set-up, and transfers ----


def structure_mended(organisations: Collection[int], year: int, until: date) -> Facts:
    """规范设置问题整改: findings of the structural audit cured or covered by an approval, of those that were open at
    any time of the year. Branches without any are left out; so is what ended with its organisation.
    """
    last, mine = up_to(year, until), set(organisations)
    found: dict[int, tuple[int, int]] = {}
    rows = _findings(year, last).order_by().values_list("organisation_id", "until", "how")
    for organisation, closed, _how in rows.iterator():
        if organisation in mine:
            done, due = found.get(organisation, (0, 0))
            found[organisation] = (done + _closed(closed, last), due + 1)
    return found


def finding_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Each finding that was open at any time of the year, and whether it was put right."""
    last, language = up_to(year, until), get_language() or ""
    flags = setup_rules(last).flags
    found = []
    for one in _findings(year, last).filter(organisation=organisation).order_by("since", "pk"):
        name = flags[one.flag].name.say(language) if one.flag in flags else one.flag
        closed = _closed(one.until, last)
        words = (
            _("%(name)s, found %(since)s: %(how)s on %(until)s")
            % {"name": name, "since": one.since, "how": one.get_how_display(), "until": one.until}
            if closed
            else _("%(name)s, found %(since)s: still open") % {"name": name, "since": one.since}
        )
        found.append(Row(words, int(closed), 1, reverse("organisation", args=[organisation])))
    return found


def _findings(year: int, last: date) -> Any:
    return Finding.objects.filter(since__lte=last).exclude(until__lt=date(year, 1, 1)).exclude(
        until__lte=last, how=Finding.ENDED
    )  # fmt: skip


def _closed(closed: date | None, last: date) -> bool:
    return closed is not None and closed <= last


def transfers_closed(organisations: Collection[int], year: int, until: date) -> Facts:
    """组织关系在有效期内接转完毕: of the transfers whose letter ran out in the year, those that this side had done by
    then: the sending one with the receipt back, the receiving one with the member received.
    """
    mine = set(organisations)
    found: dict[int, tuple[int, int]] = {}
    for source, to, valid_to, received, receipt in _transfers(year, up_to(year, until)).values_list(
        "source_id", "to_id", "valid_to", "received", "receipt"
    ).iterator():  # fmt: skip
        for organisation, day in ((source, receipt), (to, received)):
            if organisation in mine:
                done, due = found.get(organisation, (0, 0))
                found[organisation] = (done + _closed(day, valid_to), due + 1)
    return found


def transfer_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Each transfer whose letter ran out in the year, and whether this side had done its part by then."""
    mine = Q(source=organisation) | Q(to=organisation)
    found = []
    for one in _transfers(year, up_to(year, until)).filter(mine).order_by("valid_to", "pk"):
        sends = one.source_id == organisation
        day = one.receipt if sends else one.received
        told = {"valid_to": one.valid_to, "day": day or "—"}
        words = (
            _("letter good until %(valid_to)s, receipt back %(day)s") % told
            if sends
            else _("letter good until %(valid_to)s, received %(day)s") % told
        )
        found.append(Row(words, int(_closed(day, one.valid_to)), 1, reverse("transfer", args=[one.pk])))
    return found


def _transfers(year: int, last: date) -> Any:
    return Transfer.objects.filter(valid_to__range=(date(year, 1, 1), last)).exclude(state=Transfer.ENDED).order_by()


SOURCES: dict[str, Source] = {
    "term_election": Source(term_election, term_rows, always=True),
    "committee_complete": Source(committee_complete, post_rows, always=True),
    "structure_mended": Source(structure_mended, finding_rows),
    "transfers_closed": Source(transfers_closed, transfer_rows),
    **facts_of_numbers.SOURCES,
}
"""The items that posts, terms, findings, transfers and the numbers of quarters tell of; the house keeps posts and terms
of every branch.
"""
