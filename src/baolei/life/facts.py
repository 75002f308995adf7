"""What organisation life tells of branches in a year, as facts of items: so many of so many, and the rows behind them.

Rows are of one branch, by the rules; `form_facts` says the same of all branches, asked of the tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from baolei.life.affairs_facts import AFFAIRS
from baolei.life.all_branches import PARTS
from baolei.life.form_facts import ITEMS, held
from baolei.life.group_facts import GROUP_ROWS
from baolei.life.models import Gathering, Session
from baolei.life.more_facts import MORE
from baolei.life.on_record import last_day, on_record, sessions
from baolei.organisations.drawing import so_many
from baolei.organisations.facts import founded
from baolei.organisations.models import OrganisationState, Post
from baolei.programme import life as rules
from baolei.programme.evidence import Facts, Row, Source, shared, shared_rows
from baolei.programme.life import Due, Has
from baolei.warehouse.rulebook import life as life_rules
from baolei.warehouse.rulebook import setup_rules


def first_agenda(organisations: Collection[int], year: int, until: date) -> Facts:
    """Of each branch's members' and committee meetings those that opened with study of instructions (第一议题)."""
    counted = _meetings(year, until).order_by().values_list("organisation").annotate(
        studied=Count("pk", filter=Q(study=True)), met=Count("pk")
    )  # fmt: skip
    return so_many(counted, organisations)


def _meetings(year: int, until: date) -> Any:
    """Members' and committee meetings of a year until a day; one that was both counts once."""
    either = Session.objects.filter(gathering=OuterRef("pk"), form__in=(rules.MEMBERS, rules.COMMITTEE))
    return Gathering.objects.filter(
        Exists(either), struck_on=None, on__gte=date(year, 1, 1), on__lte=min(until, last_day(year))
    )


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


def held_rows(items: Collection[str], organisation: int, year: int, until: date) -> dict[str, list[Row]]:
    """Of the items that ask how often a form was held, period by period how often it was of how often it is owed."""
    if organisation not in on_record(year, organisation):
        return {item: [] for item in items}
    page = f"{reverse('life', args=[organisation])}?year={year}"
    owed = year_of(organisation, year, ITEMS[next(iter(items))] if len(items) == 1 else "")
    return {
        item: [Row(_months_of(one), one.done, one.needed, page)
               for one in owed.get(ITEMS[item], ()) if one.last <= until]
        for item in items
    }  # fmt: skip


def _months_of(one: Due) -> str:
    first, last = one.first.strftime("%Y-%m"), one.last.strftime("%Y-%m")
    return first if first == last else f"{first} – {last}"


def agenda_rows(organisation: int, year: int, until: date) -> list[Row]:
    """Each members' and committee meeting, and whether it opened with study."""
    found = _meetings(year, until).filter(organisation=organisation).order_by("on", "pk")
    return [Row(str(one.on), int(one.study), 1, reverse("gathering", args=[one.pk]), _late(one)) for one in found]


def _late(one: Gathering) -> bool:
    return rules.filled_in(one.on, one.entered, life_rules())


SOURCES: dict[str, Source] = {
    "first_agenda": Source(first_agenda, agenda_rows),
    **shared_rows(held, held_rows, ITEMS),
    **shared(held, GROUP_ROWS),
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
