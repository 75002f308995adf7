"""The figures that a round's frozen records give; those of the live records stand in `live`.

A figure is a numerator over a denominator at a date, in a scope, by a definition and a version of the rules; it is
printed with all of them. What the records do not hold is never estimated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from baolei.programme.organisation.audit import flag_table
from baolei.programme.organisation.rules import COLUMNS, Flag, SetupRules
from baolei.programme.printed import count, points, share
from baolei.scores.results import Results
from baolei.warehouse.opened import Opened
from baolei.warehouse.rulebook import setup_rules
from baolei.warehouse.spreadsheets import Column, Grid

ROUND, STRUCTURE, SEATS = "round", "structure", "seats"
GROUPS = {
    ROUND: gettext_lazy("The round"),
    SEATS: gettext_lazy("How the organisation stands"),
    STRUCTURE: gettext_lazy("The structural audit"),
}


LEAST_SHARE = 0.001
"""Below this a share is printed with three decimals, so that a few do not look like none."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `denominator` None for a plain count; `article` what the article says, '' where it says nothing.

    `kind`: 'share' (a part of a whole), 'ratio' (one thing for each of another) or 'count'. `rule` is what it leans on.
    """

    group: str
    name: str
    kind: str
    numerator: int
    denominator: int | None
    definition: str
    rule: str
    article: str = ""

    @property
    def value(self) -> str:
        """As printed. A dash where there is nothing to divide by: no data is not 0 and not 100 %."""
        if self.denominator is None:
            return count(self.numerator)
        if not self.denominator:
            return share(None)
        part = self.numerator / self.denominator
        if self.kind != "share":
            return points(part)
        return share(part, 1 if part >= LEAST_SHARE or not part else 3)


def figures(results: Results) -> tuple[Figure, ...]:
    """Every figure of the round, in the order of the groups."""
    return (*_of_round(results), *_of_seats(results), *_of_structure(results))


def grouped(found: Iterable[Figure]) -> list[tuple[str, str | Promise, list[Figure]]]:
    """The same under the heads of their groups: key of the group, its name, its figures."""
    return [(group, GROUPS[group], list(rows)) for group, rows in groupby(found, key=lambda one: one.group)]


def _of_round(results: Results) -> Iterable[Figure]:
    whole, edition = results.sums(results.places.root.code), results.edition
    rule = f"{edition.code} · {edition.digest[:12]}"
    named = ", ".join(tier.name.say(get_language() or "") for tier in edition.tiers if tier.named)
    people = int(results.numbers("members").sum())
    yield Figure(
        ROUND,
        _("Branches in the round"),
        "count",
        whole.branches,
        None,
        _("Branches in the round's frozen list on the day of the records."),
        rule,
        _("over 80,000"),
    )
    yield Figure(
        ROUND,
        _("Members of these branches"),
        "count",
        people,
        None,
        _("Members of these branches on that day, each in one branch."),
        rule,
        _("over 1.7 million"),
    )
    yield Figure(ROUND, _("Titled branches"), "share", whole.named, whole.branches,
                 _("Branches in a tier that carries the title (%(tiers)s) / all branches of the round.")
                 % {"tiers": named}, rule, "41.1%")  # fmt: skip
    yield Figure(ROUND, _("Titles that are sure"), "share", whole.confirmed, whole.named,
                 _("Named branches whose chance of truly standing over their line is at least %(sure)s / all named.")
                 % {"sure": share(float(edition.policy.confirmed), 0)}, rule)  # fmt: skip
    yield Figure(
        ROUND,
        _("Evidence pending"),
        "share",
        whole.held,
        whole.branches,
        _("Branches that would be named but for too few ballots; their place is kept / all branches."),
        rule,
    )
    yield Figure(ROUND, _("Branches re-inspected"), "share", whole.visited, whole.branches,
                 _("Branches visited again, drawn at random or near the line / all branches."), rule)  # fmt: skip
    yield Figure(ROUND, _("Candidates for rectification"), "share", whole.candidates, whole.branches,
                 _("Branches under %(line)s points and likely truly so; people decide, after a visit / all branches.")
                 % {"line": points(edition.policy.candidate_below / 100, 0)}, rule)  # fmt: skip


def _of_seats(results: Results) -> Iterable[Figure]:
    people, kinds = results.numbers("members"), results.numbers("kind").astype(str)
    rule = _("the round's list of branches")
    yield Figure(SEATS, _("Members to a branch"), "ratio", int(people.sum()), len(people),
                 _("Members / branches."), rule)  # fmt: skip
    yield Figure(SEATS, _("Joint branches"), "share", int((kinds == "joint_branch").sum()), len(kinds),
                 _("Branches shared by several units / all branches."), rule)  # fmt: skip
    tree = results.places
    villages = tree.at_level(5)
    served = tree.served(place.code for place in villages)
    yield Figure(SEATS, _("Villages and communities with a branch of their own"), "share", served, len(villages),
                 _("Units of the fifth level which at least one branch of the round serves / all of them; others may "
                   "share a joint branch."), _("statistical codes of 2023"))  # fmt: skip


def _of_structure(results: Results) -> Iterable[Figure]:
    if results.as_of is None:
        return
    rules, raised = _audit(results.opened)
    kinds, language = results.numbers("kind").astype(str), get_language() or ""
    for code, number in raised.items():
        flag = rules.flags[code]
        base = int(np.isin(kinds, list(flag.kinds)).sum())
        yield Figure(
            STRUCTURE,
            flag.name.say(language),
            "share",
            number,
            base,
            _(
                "Branches for which this flag is raised and no approval on file excuses it / branches of these "
                "kinds. To do: %(cure)s"
            )
            % {"cure": flag.cure.say(language)},
            _leans_on(flag, rules),
        )


def _leans_on(flag: Flag, rules: SetupRules) -> str:
    language = get_language() or ""
    codes = [condition.rule.partition(".")[0] for condition in flag.when if condition.rule]
    origins = [rules.rules[code].origin for code in dict.fromkeys(codes)] or [flag.origin]
    return "; ".join(origin.cite().say(language) for origin in origins)


@lru_cache(maxsize=1)
def _audit(opened: Opened) -> tuple[SetupRules, dict[str, int]]:
    """The rules in force on the day of the records, and how many branches each flag that fits them is raised for."""
    day = dt.date.fromisoformat(opened.manifest["round"]["as_of"])
    rules, table = setup_rules(day), opened.table("branches")
    columns = {name: table[name].to_numpy(zero_copy_only=False) for name in COLUMNS}
    for name, kind in COLUMNS.items():
        if kind == "date":
            columns[name] = columns[name].astype("datetime64[D]")
        elif kind == "text":
            columns[name] = columns[name].astype(str)
    present = set(columns["kind"])
    flags = [flag.code for flag in rules.flags.values() if flag.kinds & present]
    found = flag_table(columns, day, rules, flags=flags)
    return rules, {code: int(raised.sum()) for code, raised in found.items()}


def grids(found: Iterable[Figure], scope: str, day: dt.date | None) -> dict[str, Grid]:
    """The figures as files, a table for each group."""
    return {group: grid(str(head), rows, scope, day) for group, head, rows in grouped(found)}


def grid(name: str, found: Iterable[Figure], scope: str, day: dt.date | None) -> Grid:
    """Figures as a file, each with everything it is made of."""
    columns = (
        Column(_("Figure")), Column(_("Value")), Column(_("Numerator"), "whole"),
        Column(_("Denominator"), "whole"), Column(_("Date"), "day"), Column(_("Scope")), Column(_("Definition")),
        Column(_("Rule")), Column(_("The article says")),
    )  # fmt: skip
    rows = [
        (one.name, one.value, one.numerator, one.denominator, day, scope, one.definition, one.rule, one.article)
        for one in found
    ]
    return Grid(name, columns, rows)
