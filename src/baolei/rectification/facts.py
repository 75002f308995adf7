"""What problems tell of a year, as facts of items: so many settled of so many that were due.

A problem is due in the year of its day; one that was due earlier and still open when the year began is due in it as
well, so that it does not vanish with the year. Settled late it counts. Those of dismissed or lapsed cases do not count.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.programme.evidence import Facts, Row, Source, up_to
from baolei.programme.rectification import DISMISSED, LAPSED
from baolei.rectification.models import Problem

Of = dict[str, str]
"""Which problems an item asks about: by where they come from, and by the campaign."""


def mended(of: Of, organisations: Collection[int], year: int, until: date) -> Facts:
    """Of each branch the problems of one kind that were settled, of those due. A branch without any is left out."""
    mine, last = set(organisations), up_to(year, until)
    by_branch = _due(of, year, last).order_by().values_list("organisation")
    counted = by_branch.annotate(done=Count("pk", filter=Q(settled__lte=last)), due=Count("pk"))
    return {organisation: (done, due) for organisation, done, due in counted.iterator() if organisation in mine}


def mended_rows(of: Of, organisation: int, year: int, until: date) -> list[Row]:
    """Each problem that was due, and whether it was settled."""
    last = up_to(year, until)
    found = _due(of, year, last).filter(organisation=organisation).order_by("by", "pk")
    return [_row(one, last) for one in found]


def _row(one: Problem, last: date) -> Row:
    settled = one.settled is not None and one.settled <= last
    words = _("%(words)s, to be mended by %(by)s") % {"words": one.words[:60], "by": one.by}
    url = reverse("case", args=[one.case_id]) if one.case_id else reverse("rectification", args=[one.organisation_id])
    return Row(words, int(settled), 1, url)


def _due(of: Of, year: int, last: date) -> Any:
    first = date(year, 1, 1)
    carried = Q(by__lt=first) & (Q(settled=None) | Q(settled__gte=first))
    found = Problem.objects.filter(Q(by__gte=first, by__lte=last) | carried, entered__lte=last, **of)
    return found.exclude(case__state__in=(DISMISSED, LAPSED))


def _of(**of: str) -> Source:
    return Source(partial(mended, of), partial(mended_rows, of))


SOURCES: dict[str, Source] = {
    "findings_mended": _of(found="inspection"),
    "audit_mended": _of(found="audit"),
    "blind_spots_mended": _of(found="campaign", campaign="agencies"),
    "weak_points_mended": _of(found="campaign", campaign="schools"),
    "lagging_mended": _of(found="campaign", campaign="schools"),
}
"""The items that problems tell of, by code."""
