"""The people of one branch in a year, each asked of the programme: for the branch itself, by name, not by merit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from baolei.organisations.models import Membership, Post
from baolei.programme.organisation.periods import Period
from baolei.programme.training import MEMBER, OFFICER, SECRETARY, hours_due, months_in, reached
from baolei.training import facts
from baolei.training.hours import classes_of, span
from baolei.warehouse.rulebook import training as training_rules


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody in a year so far: name, as what, class hours, hours owed in that role, whether what the role owes is
    reached.
    """

    name: str
    role: str
    hours: int
    due: int
    reached: bool


def of_branch(organisation: int, year: int, until: date) -> list[Standing]:
    """The members of a branch at the end, by name; secretaries and committee members by what these owe."""
    last = span(year, until)[1]
    names = dict(Membership.objects.on(last).filter(organisation=organisation).values_list("member", "member__name"))
    attended = classes_of(span(year, until), list(names))
    months = {one.member: (MEMBER, one.months) for one in facts.of_members(year, until, organisation)}
    months |= _in_office(list(names), year, until)
    found = []
    for member, name in names.items():
        role, number = months[member]
        mine = attended.get(member, [])
        due = hours_due(role, number, training_rules())
        enough = reached(role, number, mine, training_rules())
        found.append(Standing(name, role, sum(one.hours for one in mine), due, enough))
    return sorted(found, key=lambda one: one.name)


def _in_office(members: list[int], year: int, until: date) -> dict[int, tuple[str, int]]:
    """By member the role in office and the months in it; who was both is a secretary."""
    last = span(year, until)[1]
    spans: dict[tuple[str, int], list[Period]] = defaultdict(list)
    for holder, kind, committee, since, ends in facts.posts(year, until).filter(holder__in=members).values_list(
        "holder", "kind", "committee", "since", "until"
    ):  # fmt: skip
        if kind == Post.SECRETARY or committee:
            role = SECRETARY if kind == Post.SECRETARY else OFFICER
            spans[role, holder].append(Period(since, min(ends or last, last)))
    found: dict[int, tuple[str, int]] = {}
    for role in (OFFICER, SECRETARY):
        found |= {holder: (role, months_in(year, held)) for (of, holder), held in spans.items() if of == role}
    return found
