"""What else organisation life tells of branches: appraisals and who was told, talks, and what branches of
retired members count by the quarter.

Each fact is asked of the tables for all branches at once; where a branch has entered nothing, nothing is known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.life.group_facts import by_number
from baolei.life.models import Appraisal, Quarter
from baolei.life.on_record import last_day
from baolei.organisations.drawing import table
from baolei.organisations.facts import founded
from baolei.organisations.models import Membership, Post
from baolei.programme import life as rules
from baolei.programme.evidence import Facts, Row, Source
from baolei.programme.organisation.periods import months_later

QUARTERS = range(1, 5)


# ---- the appraisal of members ----


def appraised(organisations: Collection[int], year: int, until: date) -> Facts:
    """Of each branch's full members on the day of the appraisal those who took part and were told (by a day).

    Known of branches that have entered the committee's opinion. Who is on probation takes part without a grade, and so
    is not due. Of somebody noted as absent from the gathering it is not said that he took part.
    """
    held = Appraisal.objects.filter(year=year, gathering__on__lte=until, gathering__struck_on=None).order_by()
    told = Count("grades", filter=Q(grades__took_part=True, grades__told__lte=until))
    mine = set(organisations)
    rows = table(held.annotate(told=told).values_list("organisation", "told", "due")).tolist()
    return {organisation: (told, due) for organisation, told, due in rows if organisation in mine}


def appraised_rows(organisation: int, year: int, until: date) -> list[Row]:
    """How many took part and were told, and how many not yet: counts, and no names, for rows are read further up."""
    found = Appraisal.objects.filter(organisation=organisation, year=year, gathering__on__lte=until,
                                     gathering__struck_on=None).first()  # fmt: skip
    if found is None:
        return []
    told = found.grades.filter(took_part=True, told__lte=until).count()
    page = reverse("appraisal", args=[found.gathering_id])
    rows = [Row(_("took part and were told the outcome"), told, told, page),
            Row(_("not told yet, or did not take part"), 0, found.due - told, page)]  # fmt: skip
    return [row for row in rows if row.due]


# ---- heart-to-heart talks ----


def talked(organisations: Collection[int], year: int, until: date) -> Facts:
    """Of the pairs that talk once a year in general those that did, once the year is over: within the committee, and
    one of it with every other member, as these were on its last day. Known of branches that count any.
    """
    if until < last_day(year):
        return {}
    counted = Quarter.objects.filter(year=year, within__isnull=False, across__isnull=False).order_by()
    added = table(counted.values_list("organisation").annotate(Sum("within"), Sum("across")))
    mine, due, found = set(organisations), _people(year), {}
    for organisation, *numbers in added.tolist():
        done = _talks([(0, *numbers)], *rules.pairs_due(*due.get(organisation, (0, 0))))
        if organisation in mine and any(needed for _number, needed in done):
            found[organisation] = sum(number for number, _needed in done), sum(needed for _number, needed in done)
    return found


def talked_rows(organisation: int, year: int, until: date) -> list[Row]:
    """The two kinds of pairs: how many talked of how many."""
    counted = _counted(year, {organisation}, "within", "across").get(organisation)
    if counted is None or until < last_day(year):
        return []
    due = rules.pairs_due(*_people(year, organisation).get(organisation, (0, 0)))
    named = (_("within the committee"), _("committee with members"))
    page = f"{reverse('life_talks', args=[organisation])}?year={year}"
    return [Row(words, number, needed, page)
            for words, (number, needed) in zip(named, _talks(counted, *due), strict=True) if needed]  # fmt: skip


def _talks(rows: Iterable[tuple[int, ...]], within: int, across: int) -> list[tuple[int, int]]:
    """What quarters have counted of each kind, and how many pairs there are; no more are done than there are."""
    added = [sum(numbers) for numbers in zip(*(row[1:] for row in rows), strict=True)]
    return [(min(added[0], within), within), (min(added[1], across), across)]


def _people(year: int, organisation: int | None = None) -> dict[int, tuple[int, int]]:
    """By organisation (or of this one) how many sit in its committee (or its secretary) on the last day of a year, and
    how many other members there are.
    """
    day = last_day(year)
    posts = Post.objects.on(day).filter(Q(committee=True) | Q(kind=Post.SECRETARY)).order_by()
    members = Membership.objects.on(day).order_by()
    if organisation is not None:
        posts, members = (some.filter(organisation=organisation) for some in (posts, members))
    mine = Exists(Membership.objects.on(day).filter(member=OuterRef("holder"), organisation=OuterRef("organisation")))
    counted = Count("holder", distinct=True)
    seats, seated = (dict(table(some.values_list("organisation").annotate(counted)).tolist())
                     for some in (posts, posts.filter(mine)))  # fmt: skip
    numbers = table(members.values_list("organisation").annotate(Count("pk"))).tolist()
    return {one: (seats.get(one, 0), number - seated.get(one, 0)) for one, number in numbers}


def _counted(
    year: int, organisations: Collection[int], *columns: str, until: date | None = None
) -> dict[int, list[tuple[int, ...]]]:
    """By branch the quarters of a year that are over, of which these columns were entered: number of the quarter, then
    the columns.
    """
    last = max((one for one in QUARTERS if _last_of(year, one) <= (until or last_day(year))), default=0)
    rows = Quarter.objects.filter(year=year, quarter__lte=last, **{f"{one}__isnull": False for one in columns})
    if len(organisations) == 1:
        rows = rows.filter(organisation__in=organisations)
    found = defaultdict(list)
    for organisation, *numbers in rows.order_by("quarter").values_list("organisation", "quarter", *columns).iterator():
        if organisation in organisations:
            found[organisation].append(tuple(numbers))
    return dict(found)


def _last_of(year: int, quarter: int) -> date:
    return months_later(date(year, 3 * quarter - 2, 1), 3) - rules.DAY


# ---- study brought home, briefings ----


def brought_home(organisations: Collection[int], year: int, until: date) -> Facts:
    """Of the members excused from gatherings those whom study was brought home, over the quarters that were counted:
    a member is one in each quarter.
    """
    counted = _counted(year, set(organisations), "brought", "excused", until=until)
    added = {one: (sum(row[1] for row in rows), sum(row[2] for row in rows)) for one, rows in counted.items()}
    return {one: said for one, said in added.items() if said[1]}


def brought_home_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Quarter by quarter."""
    rows = _counted(year, {organisation}, "brought", "excused", until=until).get(organisation, [])
    page = f"{reverse('life_talks', args=[organisation])}?year={year}"
    return [Row(f"{year} Q{quarter}", brought, excused, page) for quarter, brought, excused in rows if excused]


def briefed(organisations: Collection[int], year: int, until: date) -> Facts:
    """Of the half-years that are over those in which a briefing was given; known of branches that count any."""
    counted = _counted(year, set(organisations), "briefings", until=until)
    since = founded(counted)
    halves = {one: _halves(year, rows, since[one], until) for one, rows in counted.items()}
    return {one: (sum(done for _first, done in some), len(some)) for one, some in halves.items() if some}


def briefed_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Half-year by half-year."""
    rows = _counted(year, {organisation}, "briefings", until=until).get(organisation)
    if rows is None:
        return []
    page = f"{reverse('life_talks', args=[organisation])}?year={year}"
    halves = _halves(year, rows, founded({organisation})[organisation], until)
    return [Row(_months(first, rules.YEAR // len(by_number("briefings_per_year"))), done, 1, page)
            for first, done in halves]  # fmt: skip


def _halves(year: int, rows: Iterable[tuple[int, ...]], since: date, until: date) -> list[tuple[date, int]]:
    """The periods for a briefing that are over, by their first day, and whether one was given (1 or 0)."""
    found = []
    for months in by_number("briefings_per_year"):
        first = date(year, months.start, 1)
        if since <= first and months_later(first, len(months)) - rules.DAY <= until:
            given = sum(number for quarter, number in rows if 3 * quarter in months)
            found.append((first, min(given, 1)))
    return found


def _months(first: date, size: int) -> str:
    last = months_later(first, size - 1)
    return f"{first:%Y-%m}" if size == 1 else f"{first:%Y-%m} – {last:%Y-%m}"


MORE: dict[str, Source] = {
    "democratic_appraisal": Source(appraised, appraised_rows),
    "talks_held": Source(talked, talked_rows),
    "study_brought_home": Source(brought_home, brought_home_rows),
    "briefings_given": Source(briefed, briefed_rows),
}
"""The items that these records tell of, by code."""
