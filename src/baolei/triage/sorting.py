"""What is known of every branch of a round, and where the criteria put it: from a run's results, the structural
findings of the day, and what else is known. In columns and by bulk: a region is sorted in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _

from baolei.organisations.models import Finding, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.programme import declaration as rules
from baolei.programme import triage as programme
from baolei.programme.phases import CANCELLED
from baolei.programme.standard.edition import Edition
from baolei.programme.triage import NEW, Criterion, Figures, TriageRules, Year
from baolei.rounds.models import Round
from baolei.scores.models import Run
from baolei.triage import rectified
from baolei.triage.models import Sorted, Sorting
from baolei.warehouse.opened import Opened, opened

OF_RESULTS = ("score", "tier", "named", "confirmation", "probability", "candidate", "visited")
"""Columns of a run's results that say something of where a branch stands."""
DAYS = {"secretary_vacant": ("secretary_vacant_since", "secretary_vacant_days"),
        "term_overdue": ("term_end", "term_overdue_days")}  # fmt: skip
"""Findings that are told in days: the figure of the finding that is a day, and the column it is counted in."""

Told = list[list[Any]]
"""Criteria that hold, as they are kept: column, test, limit, figure."""


@dataclass(frozen=True, slots=True)
class Known:
    """A branch of a round and what is known of it."""

    declaration: int
    organisation: int
    path: str
    field: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Before:
    """Last year: each organisation's year and path, and of each field what to expect (mean in cents, reliability)."""

    years: Mapping[int, Year]
    paths: Mapping[int, str]
    expects: Mapping[str, tuple[float, float]]


def known(run: Run, day: date, also: Mapping[int, Figures] | None = None) -> list[Known]:
    """What is known of each branch that the run scored, in the order of the results.

    `also`: further figures by organisation. Raises NotPossible where the files of the run are gone.
    """
    found = opened(run.results_folder)
    if found is None:
        raise NotPossible(_("the run is not done, or its files are not what they were: run it again"))
    mine = _declarations(run)
    structure, public, more = _findings(run.round, day), _satisfaction(found), also or {}
    cases = rectified.figures(day)
    listed = found.table("branches").select(["code", *OF_RESULTS]).to_pylist()
    return [
        Known(pk, organisation, path, field,
              {**row, **public.get(place, {}), **structure.get(organisation, {}), **cases.get(organisation, {}),
               **more.get(organisation, {})})
        for place, row in enumerate(listed) if (one := mine.get(row.pop("code"))) is not None
        for pk, organisation, path, field in [one]
    ]  # fmt: skip


def _declarations(run: Run) -> dict[str, tuple[int, int, str, str]]:
    """By the codes of the day on which the run was frozen: declaration, organisation, path, field."""
    day = timezone.localdate(run.asked_at)
    found = run.round.declarations.filter(state__in=(rules.FROZEN, rules.CONCLUDED)).order_by()
    rows = {row[1]: row for row in found.values_list("pk", "organisation_id", "path", "field")}
    states = OrganisationState.objects.on(day).filter(organisation__in=found.values("organisation"))
    return {code: rows[pk] for pk, code in states.values_list("organisation_id", "code")}


def _findings(this: Round, day: date) -> dict[int, dict[str, Any]]:
    """What the structural audit had open on the day, as columns; an approved exception is no finding."""
    told: dict[int, dict[str, Any]] = {}
    mine = this.declarations.order_by().values("organisation")
    found = Finding.objects.open_on(day).filter(organisation__in=mine)
    for pk, flag, figures in found.values_list("organisation_id", "flag", "figures"):
        column, value = _column(flag, figures, day)
        told.setdefault(pk, {})[column] = value
    return told


def _column(flag: str, figures: Mapping[str, Any], day: date) -> tuple[str, Any]:
    since, column = DAYS.get(flag, ("", flag))
    if since and figures.get(since):
        return column, (day - date.fromisoformat(figures[since])).days
    return flag, True


def _satisfaction(found: Opened) -> dict[int, dict[str, Any]]:
    """What the public thinks, by row of the results, where it was asked: mean of its ballots on the scale of 100, and
    whether they are as many as the standard asks.
    """
    public = _public(found.edition)
    if not public:
        return {}
    asked, branches = found.table("asked"), found.table("branches")
    here = np.array([code in public for code in asked["source"].to_pylist()], dtype=bool)
    rows, number, mean = (asked[name].to_numpy()[here].astype(np.int64) for name in ("branch", "n", "mean"))
    total = np.bincount(rows, weights=number, minlength=branches.num_rows)
    points = np.bincount(rows, weights=number * mean, minlength=branches.num_rows)
    enough = np.logical_and.reduce([
        branches[f"ballots_{code}"].to_numpy() >= branches[f"needed_{code}"].to_numpy() for code in public
    ])  # fmt: skip
    return {
        int(row): {
            "satisfaction_percent": round(points[row] / total[row] / 100, 1),
            "enough_ballots": bool(enough[row]),
        }
        for row in np.flatnonzero(total)
    }


def _public(edition: Edition) -> tuple[str, ...]:
    """The sources that ask those whom the branch serves."""
    return tuple(one.code for one in edition.asked() if one.minimum and one.minimum.of == "served")


# ---- where the criteria put it ----


def told(when: programme.When, raised: Figures) -> Told:
    """The criteria of the alternative that holds, with its figures: what is shown, whatever becomes of the rules."""
    for every in when:
        if all(criterion.holds(raised) for criterion in every):
            return [_told(criterion, raised) for criterion in every]
    return []


def _told(criterion: Criterion, raised: Figures) -> list[Any]:
    return [criterion.column, criterion.test, criterion.limit, raised[criterion.column]]


def proposal(figures: Figures, by: TriageRules) -> tuple[str, dict[str, Any]]:
    """The class that the criteria propose, and why: the criteria that hold, and all figures that are known."""
    found = programme.sort(figures, by)
    when = next(one.when for one in by.classes if one.code == found.code)
    return found.code, {"criteria": told(when, found.figures), "figures": dict(figures)}


def situations(one: Known, by: TriageRules) -> Iterator[tuple[str, Told]]:
    """The situations that the figures of a branch raise, with the criteria that did."""
    for raised in programme.candidates(one.figures, (), one.field, by):
        yield raised.situation.code, told(raised.situation.when, raised.figures)


# ---- last year ----


def before(this: Round, by: TriageRules) -> Before:
    """Last year's classes and scores of the same unit: as people decided them, else by the same criteria on the last
    run; nothing where there was none.
    """
    runs = Run.objects.filter(round__unit=this.unit_id, round__year=this.year - 1, state=Run.DONE)
    runs = runs.exclude(round__phase=CANCELLED).select_related("round").order_by("-pk")
    sorting = Sorting.objects.filter(run__in=runs).select_related("run__round").first()
    run = sorting.run if sorting else runs.first()
    found = opened(run.results_folder) if run else None
    if run is None or found is None:
        return Before({}, {}, {})
    frozen = found.manifest["frozen"]["field"]
    expects = {field: (100 * one["center"], one["reliability"]) for field, one in frozen.items()
               if one["center"] is not None and one["reliability"] is not None}  # fmt: skip
    rows = [row for row in (_as_decided(sorting) if sorting else _as_proposed(run, by)) if row[2] in expects]
    return Before({pk: Year(code, field, score) for pk, _path, field, code, score in rows},
                  {row[0]: row[1] for row in rows}, expects)  # fmt: skip


def _as_decided(sorting: Sorting) -> Iterator[tuple[int, str, str, str, int]]:
    found: Any = Sorted.objects.filter(sorting=sorting).standing().order_by()
    yield from found.values_list("declaration__organisation", "declaration__path", "declaration__field", "stands",
                                 "score")  # fmt: skip


def _as_proposed(run: Run, by: TriageRules) -> Iterator[tuple[int, str, str, str, int]]:
    """From the results alone: what was found in last year's structure is not known any more."""
    for one in known(run, date.min):
        yield one.organisation, one.path, one.field, programme.sort(one.figures, by).code, one.figures["score"]


def was(last: Before, organisation: int) -> tuple[str, int | None]:
    """Last year's class and score of an organisation; 'new' and None where it was not there."""
    year = last.years.get(organisation)
    return (year.code, year.score) if year else (NEW, None)
