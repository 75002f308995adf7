"""The structural audit 规范设置 over what is kept: every organisation of a part of the tree on a day, every flag.

The rules are dated data and the audit a pure function (`programme.organisation.audit`); here the figures it reads are
counted by the database, a handful of grouped queries for a whole region.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Max, Min, Q

from baolei.organisations.models import Exemption, Membership, OrganisationState, Post, Term
from baolei.programme.organisation.audit import Organisation, flag_table
from baolei.programme.organisation.rules import SetupRules
from baolei.programme.organisation.tree import Tree, grow
from baolei.programme.refusals import TreeRefused

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Audited:
    """The organisations of a part of the Party tree on a day and what the audit raises for each.

    `organisation`, `unit` (pk), `code`, `name` [n]; `own` members of its own [n]; `figures` the columns it read
    [n each]; `flags` what is open and `excused` what an approval excuses, bool [n] by code.
    """

    organisation: Ints
    unit: Ints
    code: tuple[str, ...]
    name: tuple[str, ...]
    own: Ints
    figures: dict[str, npt.NDArray[Any]]
    flags: dict[str, npt.NDArray[np.bool_]]
    excused: dict[str, npt.NDArray[np.bool_]]

    def of(self, row: int) -> Organisation:
        """The organisation in this row, as the audit of a single one reads it."""
        return Organisation(**{name: _plain(values[row]) for name, values in self.figures.items()})


def _plain(value: Any) -> Any:
    """A cell of a column as Python has it; None for a day that is not known."""
    return value.item() if isinstance(value, np.generic) else value


def audit(path: str, on: date, rules: SetupRules) -> Audited:
    """Audit everything at or below a path of the Party tree ('' = all) as it stood on that day.

    Gatherings are not kept yet: no organisation is called inactive for what nobody could record.
    """
    rows = list(
        OrganisationState.objects.on(on)
        .under(path)
        .order_by("path")
        .values_list("organisation_id", "code", "name", "kind", "above_id", "unit_active", "since", "unit_id")
    )
    place = {row[0]: number for number, row in enumerate(rows)}
    figures, own = _figures(rows, place, path, on)
    flags = [code for code in rules.flags if code != "inactive_branch"]
    raised, excused = (flag_table(figures, on, rules, flags=flags, excused=which, place="organisations")
                       for which in (False, True))  # fmt: skip
    pks, units = (np.array([row[at] for row in rows], dtype=np.int64) for at in (0, 7))
    code, name = (tuple(row[at] for row in rows) for at in (1, 2))
    return Audited(pks, units, code, name, own, figures, raised, excused)


def _figures(rows: list[Any], place: dict[int, int], path: str, on: date) -> tuple[dict[str, npt.NDArray[Any]], Ints]:
    """The columns that the audit reads, one row for each organisation in the order of the tree; and its own members."""
    n = len(rows)
    here = (
        Q()
        if not path
        else Q(organisation_id__in=OrganisationState.objects.on(on).under(path).values("organisation_id"))
    )
    held = Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gte=on))
    members = _counted(Membership.objects.filter(here & held), place, n)
    full = _counted(Membership.objects.filter(here & held & Q(kind=Membership.FULL)), place, n)
    below = _up(rows, place)
    return {
        "kind": np.array([row[3] for row in rows], dtype=object),
        "members": below.roll_up(members),
        "full_members": below.roll_up(full),
        "committee": _counted(Post.objects.filter(here & held & Q(committee=True)), place, n),
        "secretary_vacant_since": _vacancies(rows, place, here, on),
        "term_end": _latest(Term.objects.filter(here, elected__lte=on), "ends", place, n),
        "unit_active": np.array([row[5] for row in rows], dtype=bool),
        "last_gathering": np.full(n, np.datetime64("NaT", "D")),
        "exception": _exemptions(here & held, place, n),
    }, members


def _up(rows: list[Any], place: dict[int, int]) -> Tree:
    """The part of the tree these rows are, for sums upwards; what hangs outside of it stands at its top."""
    code = [str(row[0]) for row in rows]
    parent = [str(row[4]) if row[4] in place else "" for row in rows]
    found, faults = grow(code, code, parent, [0] * len(rows), "organisations")
    if faults:
        raise TreeRefused(faults)
    return found


def _counted(chosen: Any, place: dict[int, int], n: int) -> Ints:
    out = np.zeros(n, dtype=np.int64)
    for organisation, number in chosen.order_by().values_list("organisation_id").annotate(Count("pk")):
        if organisation in place:
            out[place[organisation]] = number
    return out


def _latest(chosen: Any, column: str, place: dict[int, int], n: int) -> npt.NDArray[Any]:
    out = np.full(n, np.datetime64("NaT", "D"))
    for organisation, day in chosen.order_by().values_list("organisation_id").annotate(Max(column)):
        if organisation in place:
            out[place[organisation]] = day
    return out


def _vacancies(rows: list[Any], place: dict[int, int], here: Q, on: date) -> npt.NDArray[Any]:
    """The day since when there has been no secretary: after the last one, else since the organisation was set up."""
    out = np.array([row[6] for row in rows], dtype="datetime64[D]")
    posts = Post.objects.filter(here, kind=Post.SECRETARY, since__lte=on).order_by()
    begun = OrganisationState.objects.filter(here).order_by().values_list("organisation_id").annotate(Min("since"))
    for organisation, day in begun:
        if organisation in place:
            out[place[organisation]] = day
    for organisation, day in posts.filter(until__lt=on).values_list("organisation_id").annotate(Max("until")):
        if organisation in place:
            out[place[organisation]] = np.datetime64(day, "D") + 1
    for organisation in posts.filter(Q(until__isnull=True) | Q(until__gte=on)).values_list(
        "organisation_id", flat=True
    ):
        if organisation in place:
            out[place[organisation]] = np.datetime64("NaT", "D")
    return out


def _exemptions(here: Q, place: dict[int, int], n: int) -> npt.NDArray[Any]:
    """What is on file, as the audit reads it: `flag:document`, parted by semicolons."""
    out = np.full(n, "", dtype=object)
    for organisation, flag, document in Exemption.objects.filter(here).values_list(
        "organisation_id", "flag", "document"
    ):
        if organisation in place:
            said = f"{flag}:{document}" if flag else document
            at = place[organisation]
            out[at] = f"{out[at]};{said}" if out[at] else said
    return out
