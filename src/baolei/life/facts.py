"""What organisation life tells of branches in a year, as facts of items: so many of so many, all branches at once.

The same as `programme.life.owed` and `fact` say of one branch, asked of the tables: a form counts once in a period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import ExtractMonth
from django.urls import reverse

from baolei.life.models import Gathering
from baolei.life.more_facts import MORE
from baolei.life.on_record import founded, last_day, on_record, sessions
from baolei.organisations.models import Group, HubHousehold, OrganisationState, Post
from baolei.programme import life as rules
from baolei.programme.evidence import Facts, Row, Source
from baolei.programme.life import Due, Has, Often
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import life as life_rules
from baolei.warehouse.rulebook import setup_rules

Months = Mapping[int, int]
"""By the number of a month, how many there were on its last day."""
DAY = timedelta(days=1)
MONTHS = range(1, 13)


def of_form(form: str, organisations: Collection[int], year: int, until: date) -> Facts:
    """Of each branch how often a form was held of how often it is owed, in periods of a year that are over on a day.
    Branches that owe none of it are left out.
    """
    mine = set(organisations)
    since, fields = founded(mine), _fields(mine, year)
    parts, held = _parts(form, year), _held(form, year)
    found = {}
    for organisation in mine & since.keys():
        often = _often(form, fields.get(organisation, ""), year)
        due = _due(often, year, until, since[organisation], parts(organisation))
        if due:
            in_months = held.get(organisation, {})
            found[organisation] = (sum(_done(form, often, last, needed, in_months) for last, needed in due),
                                   sum(needed for _last, needed in due))  # fmt: skip
    return found


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


def year_of(organisation: int, year: int) -> dict[str, tuple[Due, ...]]:
    """What one branch owes in a year and has held, form by form, in the order of the rules."""
    since = founded({organisation}).get(organisation)
    if since is None:
        return {}
    field = _fields({organisation}, year).get(organisation, "")
    frequencies = rules.frequencies(field, setup_rules(last_day(year)), life_rules())
    counted = sessions(year).filter(gathering__organisation=organisation).values_list("form", "gathering__on", "part")
    held: dict[str, list[rules.Held]] = defaultdict(list)
    for form, on, part in counted:
        held[form].append(rules.Held(on, part))
    plan = {form: rules.owed(form, often, year, founded=since, has=has(organisation), held=held[form])
            for form, often in frequencies.items()}  # fmt: skip
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
            for one in year_of(organisation, year).get(form, ()) if one.last <= until]  # fmt: skip


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
}
"""The items that gatherings tell of, by code."""


# ---- what is there ----


def _fields(organisations: Collection[int], year: int) -> dict[int, str]:
    states = OrganisationState.objects.filter(since__lte=last_day(year)).order_by("since")
    found = states.values_list("organisation", "field")
    return {organisation: field for organisation, field in found.iterator() if organisation in organisations}


def _often(form: str, field: str, year: int) -> Often:
    return rules.frequencies(field, setup_rules(last_day(year)), life_rules())[form]


def _held(form: str, year: int) -> dict[int, dict[int, dict[int, int]]]:
    """By branch, month and part how often a form was held."""
    rows = sessions(year).filter(form=form).values_list(
        "gathering__organisation", ExtractMonth("gathering__on"), "part"
    ).annotate(Count("pk"))  # fmt: skip
    found: dict[int, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for organisation, month, part, number in rows.iterator():
        found[organisation][month][part] = number
    return found


def _parts(form: str, year: int) -> Callable[[int], Months]:
    """For a branch, by month how many parts of it owe a form."""
    if form not in (rules.COMMITTEE, rules.GROUP, rules.HUB):
        return lambda _organisation: dict.fromkeys(MONTHS, 1)
    model: Any = {rules.COMMITTEE: Post, rules.GROUP: Group, rules.HUB: HubHousehold}[form]
    standing = model.objects.filter(Q(until=None) | Q(until__gte=date(year, 1, 31)), since__lte=last_day(year))
    if form == rules.COMMITTEE:
        standing = standing.filter(committee=True)
    found: dict[int, dict[int, int]] = defaultdict(lambda: dict.fromkeys(MONTHS, 0))
    for organisation, since, until in standing.order_by().values_list("organisation", "since", "until").iterator():
        for month in MONTHS:
            last = months_later(date(year, month, 1), 1) - DAY
            found[organisation][month] += since <= last and (until is None or last <= until)
    if form == rules.COMMITTEE:
        return lambda organisation: {month: min(number, 1) for month, number in found.get(organisation, {}).items()}
    return lambda organisation: found.get(organisation, {})


def _due(often: Often, year: int, until: date, since: date, parts: Months) -> list[tuple[int, int]]:
    """The periods that are over and ask for something: the last month of each, and how often."""
    found = []
    for last in range(often.months, 13, often.months):
        begins = date(year, last - often.months + 1, 1)
        if since <= begins and months_later(begins, often.months) - DAY <= until and parts.get(last):
            found.append((last, parts[last] * often.least))
    return found


def _done(form: str, often: Often, last: int, needed: int, held: Mapping[int, Mapping[int, int]]) -> int:
    counts: dict[int, int] = defaultdict(int)
    for month in range(last - often.months + 1, last + 1):
        for part, number in held.get(month, {}).items():
            counts[part] += number
    if form in (rules.GROUP, rules.HUB):
        return min(sum(min(number, often.least) for number in counts.values()), needed)
    return min(sum(counts.values()), often.least)


def has(organisation: int) -> Callable[[date], Has]:
    """What a branch has on a day: a committee, groups, hub households."""
    spans = {model: list(model.objects.filter(organisation=organisation).values_list("since", "until"))
             for model in (Group, HubHousehold)}  # fmt: skip
    committee = list(Post.objects.filter(organisation=organisation, committee=True).values_list("since", "until"))

    def number(rows: list[tuple[date, date | None]], day: date) -> int:
        return sum(since <= day and (until is None or day <= until) for since, until in rows)

    return lambda day: Has(bool(number(committee, day)), number(spans[Group], day), number(spans[HubHousehold], day))
