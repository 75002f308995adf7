"""What an official paper about a list holds: the names by unit in official order, and what is filled into its words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from baolei.naming.models import NamingList, Paper
from baolei.organisations.models import WIDTH, OrganisationState, UnitState
from baolei.paths import at_or_below
from baolei.programme import papers
from baolei.rounds.models import Round
from baolei.standards.at_hand import at_hand
from baolei.warehouse.papers.paper import Group
from baolei.warehouse.papers.paper import Paper as Sheet
from baolei.warehouse.rulebook import fields, workdays


def sheet(mine: Paper) -> Sheet:
    """The paper as it is set."""
    this = mine.list.round
    groups = names_by_unit(mine.list, mine.day)
    values = _values(mine, this, groups)
    return Sheet(
        mine.issuer, mine.number, papers.filled(mine.title, values), papers.filled(mine.recipients, values),
        papers.paragraphs(papers.filled(mine.body, values)), papers.filled(mine.attachment, values), mine.signature,
        mine.day, groups,
    )  # fmt: skip


def _values(mine: Paper, this: Round, groups: tuple[Group, ...]) -> dict[str, str]:
    """What stands for the words in braces."""
    counts = [(group.name, len(group.rows)) for group in groups]
    number = sum(count for _name, count in counts)
    values = {
        "单位": mine.issuer, "年度": str(this.year), "评定": this.name, "依据": this.document,
        "称号": "、".join(tier.name.zh for tier in at_hand(this.edition).tiers if tier.named), "个数": str(number),
        "各地个数": papers.by_unit(counts),
    }  # fmt: skip
    if mine.first and mine.last:
        values |= {"公示起": papers.in_full(mine.first), "公示止": papers.in_full(mine.last),
                   "公示天数": str(workdays().between(mine.first, mine.last))}  # fmt: skip
    return values


def names_by_unit(made: NamingList, day: date) -> tuple[Group, ...]:
    """The names on a list by the units right below that of the round, in the order of their codes; in each by unit,
    field and code. What is called otherwise since that day stands as it was called on it.
    """
    this = made.round
    units = _units(this, day)
    own = units[this.path][1] if this.path in units else ""
    order = {table.code: place for place, table in enumerate(at_hand(this.edition).fields)}
    groups = dict[str, list[tuple[Any, tuple[str, str, str]]]]()
    states = {
        pk: (code, name) for pk, code, name in OrganisationState.objects.filter(
            organisation__in=made.lines.filter(listed=True).values("declaration__organisation"), since__lte=day
        ).order_by("since").values_list("organisation_id", "code", "name")
    }  # fmt: skip
    listed = made.lines.filter(listed=True).values_list("declaration__organisation_id", "declaration__path", "field")
    for organisation, path, field in listed:
        code, name = states.get(organisation, ("", ""))
        below = [path[:end] for end in range(len(this.path) + WIDTH, len(path) + 1, WIDTH)]
        home = below[0] if below else this.path
        where = "".join(units[one][1] for one in below[1:] if one in units)
        key = (units.get(path, (path, ""))[0], order.get(field, len(order)), code)
        row = (name, where or units.get(home, ("", own))[1], fields()[field].zh)
        groups.setdefault(home, []).append((key, row))
    found = sorted(groups.items(), key=lambda one: units.get(one[0], (one[0], ""))[0])
    return tuple(
        Group(units.get(home, ("", own))[1] + ("本级" if home == this.path else ""),
              tuple(row for _key, row in sorted(rows)))
        for home, rows in found
    )  # fmt: skip


def _units(this: Round, day: date) -> dict[str, tuple[str, str]]:
    """Code and name of the units of a round by their path, as they were called on a day."""
    found = UnitState.objects.on(day).filter(at_or_below(this.path))
    return {path: (code, name) for path, code, name in found.values_list("path", "code", "name")}


def state_of(made: NamingList) -> str:
    """By what one sees that names on a list have changed since a paper was set from it."""
    decided: Iterable[Any] = made.lines.exclude(act="").order_by("pk").values_list("pk", "listed")
    state = [made.pk, made.run.results, made.drawn_at.isoformat(), [list(one) for one in decided]]
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()
