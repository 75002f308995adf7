"""What rectification has to do with a sorted round: the cases of its branches, what their standing says of a branch,
and what may be claimed for it once regression to the mean is taken off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from baolei.organisations.doors import Scope
from baolei.programme.rectification import ACCEPTED, ON_THE_LIST, Effect, Scored, effect
from baolei.programme.triage import NEW, Figures
from baolei.rectification import doors as case_doors
from baolei.rectification import tables as case_tables
from baolei.rectification.models import Case
from baolei.triage import doors
from baolei.triage.models import Candidate, Sorted, Sorting

LISTED = "weak"
"""The campaign whose cases make the list of weak and lax organisations."""


def figures(day: date) -> dict[int, Figures]:
    """What cases say of branches on a day, as columns of the criteria: on the list of weak and lax organisations until
    accepted; opened again after it was accepted, until it is accepted anew.
    """
    going = Case.objects.filter(campaign=LISTED, state__in=ON_THE_LIST, opened_on__lte=day).order_by()
    again = going.filter(passages__act="reopen").values_list("organisation", flat=True)
    found: dict[int, dict[str, bool]] = {
        pk: {"on_the_list": True} for pk in going.values_list("organisation", flat=True)
    }
    for pk in again:
        found[pk]["case_reopened"] = True
    return dict(found)


@dataclass(frozen=True, slots=True)
class Standing:
    """The case that a candidate has led to: its number, and how it stands in words."""

    case: int
    words: str


def standings(scope: Scope, found: Sequence[Candidate]) -> dict[int, Standing]:
    """By candidate the latest case of its branch that is about its situation, opened since it was decided."""
    mine = case_doors.cases(scope).filter(organisation__in={one.declaration.organisation_id for one in found})
    cases, called = list(mine.order_by("opened_on", "pk")), case_tables.states()
    return {
        one.pk: Standing(case.pk, called[case.state])
        for one in found for case in cases
        if case.organisation_id == one.declaration.organisation_id and _about(case, one)
    }  # fmt: skip


def _about(case: Case, one: Candidate) -> bool:
    if case.origin == Case.CANDIDATE and case.number == one.pk:
        return True
    return one.situation in case.situations and one.decided_at is not None and case.opened_on >= one.decided_at.date()


# ---- what may be claimed ----


@dataclass(frozen=True, slots=True)
class Rectified:
    """A branch that was in a case between last year's score and this year's: both, and what was to be expected."""

    sorted: Sorted
    case: Case
    scored: Scored

    @property
    def one(self) -> Effect:
        """The same of this branch alone."""
        return effect([self.scored])


def rectified(scope: Scope, sorting: Sorting, path: Any = None) -> list[Rectified]:
    """The branches of a scope with both scores whose case was under way or accepted between them, by campaign."""
    found = doors.branches(scope).filter(sorting=sorting, was_score__isnull=False).exclude(was=NEW)
    if path is not None:
        found = found.filter(path)
    rows = {one.declaration.organisation_id: one for one in found.filter(declaration__field__in=list(sorting.expects))}
    since = date(sorting.day.year - 1, sorting.day.month, 1)
    during = Q(state__in=(*ON_THE_LIST, ACCEPTED, "closed"), opened_on__lte=sorting.day, opened_on__gte=since)
    cases = case_doors.cases(scope).filter(during, organisation__in=rows).order_by("campaign", "organisation", "pk")
    latest = {(case.campaign, case.organisation_id): case for case in cases}  # a branch counts once in a campaign
    return [Rectified(rows[pk], case, _scored(rows[pk], sorting)) for (_campaign, pk), case in latest.items()]


def _scored(one: Sorted, sorting: Sorting) -> Scored:
    mean, reliability = sorting.expects[one.declaration.field]
    assert one.was_score is not None  # it was asked for
    return Scored(one.was_score, one.score, mean, reliability)


def effects(listed: Iterable[Rectified]) -> list[tuple[str, Effect]]:
    """By campaign what became of the scores of its branches, in the order of the rules; those without any left out."""
    by: dict[str, list[Scored]] = {}
    for one in listed:
        by.setdefault(one.case.campaign, []).append(one.scored)
    return [(name, effect(by[code])) for code, name in case_tables.campaigns().items() if code in by]
