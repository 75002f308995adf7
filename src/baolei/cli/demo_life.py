"""A year of life for the branches of a house, invented by rule: what daily work would have left on record.

The demo lives it in the banner of its people; `baolei bench life` over a whole region.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

DECISIONS = json.dumps(["同意年度工作计划"], ensure_ascii=False)
AGENDA = json.dumps([{"topic": "study", "words": "传达学习最新精神"}, {"topic": "other", "words": "讨论本月工作"}],
                    ensure_ascii=False)  # fmt: skip
MINUTES = "会议传达学习了最新精神，讨论了本月工作，明确了责任人和完成时限。与会同志逐一发言，支部书记作了小结。" * 3
REASONS = ("leave", "duty", "away", "frail", "other")
ABSENT, QUARTER = 0.08, 3
MANY, TEN, PASTORAL = 30, 10, "pastoral_gacha"


@dataclass(slots=True)
class Lived:
    """What was written: rows by name, and the tables they went into."""

    rows: dict[str, int] = field(default_factory=dict)
    models: list[Any] = field(default_factory=list)

    @property
    def met(self) -> int:
        """How many gatherings were held."""
        return self.rows.get("gatherings", 0)

    def wrote(self, name: str, model: Any, number: int) -> None:
        """Note that so many rows went into a table."""
        self.rows[name] = self.rows.get(name, 0) + number
        if model not in self.models:
            self.models.append(model)


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch as far as a year of its life depends on it."""

    pk: int
    field: str
    members: np.ndarray[Any, Any]
    committee: np.ndarray[Any, Any]
    groups: tuple[int, ...]
    hubs: tuple[int, ...]


def live(year: int, until: date, seed: int, below: str = "") -> Lived:
    """A year as far as it is over on a day, for every branch that has members and serves a unit at or below a path:
    groups and hub households where there are none, gatherings with their forms and absences, what the rooms record.
    """
    from baolei.cli.demo_rooms import live_in_rooms

    lived, random = Lived(), np.random.default_rng([seed, year])
    until = min(until, date(year, 12, 31))
    branches = list(_branches(until, below))
    if not any(one.groups or one.hubs for one in branches):
        _found_parts(lived, branches, date(year, 1, 1))
        branches = list(_branches(until, below))
    if branches:
        live_in_rooms(lived, branches, year, until, seed, _gather(lived, branches, year, until, random))
    return lived


def recorder(username: str = "demo-recorder", name: str = "演示记录") -> int:
    """The account by which invented records are entered."""
    from baolei.people.models import Account

    return int(Account.objects.get_or_create(username=username, defaults={"name": name})[0].pk)


def _branches(day: date, below: str) -> Iterator[Branch]:
    from baolei.organisations.models import Group, HubHousehold, Membership, OrganisationState, Post, UnitState

    members = _listed(Membership.objects.on(day), "member")
    committee = _listed(Post.objects.on(day).filter(committee=True), "holder")
    groups, hubs = _listed(Group.objects.on(day), "pk"), _listed(HubHousehold.objects.on(day), "pk")
    none = np.zeros(0, dtype=np.int64)
    found = OrganisationState.objects.on(day).filter(kind="branch").order_by("path")
    if below:
        found = found.filter(unit__in=UnitState.objects.on(day).under(below).values("unit"))
    for pk, field_ in found.values_list("organisation", "field"):
        if pk in members:
            yield Branch(pk, field_, members[pk], committee.get(pk, none), tuple(map(int, groups.get(pk, none))),
                         tuple(map(int, hubs.get(pk, none))))  # fmt: skip


def _found_parts(lived: Lived, branches: list[Branch], since: date) -> None:
    """Groups of a large branch, hub households of a pastoral one."""
    from baolei.organisations.models import Group, HubHousehold
    from baolei.organisations.pouring import pour

    large = [one for one in branches if len(one.members) >= MANY]
    pastoral = [one for one in branches if one.field == PASTORAL and len(one.members) >= TEN]
    groups = [(one.pk, f"第{number + 1}党小组", "", int(one.members[number]), since)
              for one in large for number in range(min(len(one.members) // TEN, 4))]  # fmt: skip
    hubs = [(one.pk, f"{number + 1}号边境网格", int(one.members[-1 - number]), 5, 12, since)
            for one in pastoral for number in range(3)]  # fmt: skip
    pour(Group, ("organisation_id", "name", "place", "leader_id", "since"), groups)
    pour(HubHousehold, ("organisation_id", "grid", "host_id", "members", "households", "since"), hubs)
    lived.wrote("groups", Group, len(groups))
    lived.wrote("hub households", HubHousehold, len(hubs))


def _listed(found: Any, of: str) -> dict[int, np.ndarray[Any, Any]]:
    """By organisation the numbers of one column."""
    listed = found.order_by("organisation", "pk").values_list("organisation", of)
    rows = np.fromiter((one for pair in listed.iterator(chunk_size=20_000)
                        for one in pair), dtype=np.int64).reshape(-1, 2)  # fmt: skip
    if not len(rows):
        return {}
    keys, starts = np.unique(rows[:, 0], return_index=True)
    return dict(zip(map(int, keys), np.split(rows[:, 1], starts[1:]), strict=True))


# ---- gatherings ----


@dataclass(frozen=True, slots=True)
class Met:
    """A gathering before it has a number: who (whose members should have come), the day, its forms, which part."""

    branch: Branch
    on: date
    forms: tuple[str, ...]
    part: int = 0


def _plan(branch: Branch, year: int, until: date, random: Any) -> list[Met]:
    """What a branch held in a year: nearly all that it owes, some of it together with something else."""
    held = [*_of_all(branch, random), *_of_parts(branch, random)]
    days = random.integers(1, 28, len(held))
    met = [Met(branch, date(year, month, int(day)), forms, part)
           for (month, forms, part), day in zip(held, days, strict=True)]  # fmt: skip
    return [one for one in met if one.on <= until]


def _of_all(branch: Branch, random: Any) -> Iterator[tuple[int, tuple[str, ...], int]]:
    luck = random.random((13, 4))
    for month in range(1, 13):
        theme, members, lecture, committee = luck[month]
        meets = month % QUARTER == 0 and members < 0.97
        if theme < 0.96:
            with_it = ("members_meeting",) if meets and members < 0.5 else ()
            lecture_too = ("party_lecture",) if month % QUARTER == 0 and lecture < 0.8 else ()
            yield month, ("theme_party_day", *with_it, *lecture_too), 0
        if meets and members >= 0.5:
            yield month, ("members_meeting",), 0
        if len(branch.committee) and committee < 0.95:
            yield month, ("committee_meeting",), 0
    if luck[0, 0] < 0.97:
        yield 12, ("organisation_life_meeting", "democratic_appraisal"), 0


def _of_parts(branch: Branch, random: Any) -> Iterator[tuple[int, tuple[str, ...], int]]:
    held = [(month, "group_meeting", group) for group in branch.groups for month in range(1, 13)]
    held += [(month, "hub_session", hub) for hub in branch.hubs for month in range(QUARTER, 13, QUARTER)]
    for (month, form, part), luck in zip(held, random.random(len(held)), strict=True):
        if luck < 0.9:
            yield month, (form,), part


def _gather(lived: Lived, branches: list[Branch], year: int, until: date, random: Any) -> tuple[int, list[Met]]:
    """What they held, and the number of its first."""
    from django.db import transaction

    from baolei.life.models import Absence, Gathering, Session
    from baolei.organisations.pouring import next_number, pour

    number, by = next_number(Gathering), recorder()
    met = [one for branch in branches for one in _plan(branch, year, until, random)]
    if not met:
        return number, met
    should = np.array([len(one.branch.committee) if one.forms == ("committee_meeting",) else len(one.branch.members)
                       for one in met])  # fmt: skip
    partly = np.array([bool(one.part) for one in met])
    should = np.where(partly, np.maximum(should // 3, 1), should)
    absent = np.where(partly, 0, random.binomial(should, ABSENT))
    absent = np.minimum(absent, should - should // 2 - 1).clip(0)
    study = random.random(len(met)) < 0.9
    late = random.integers(0, 12, len(met))
    entered = [min(one.on + timedelta(days=int(days)), until) for one, days in zip(met, late, strict=True)]
    with transaction.atomic():
        pour(Gathering, ("id", "organisation_id", "key", "on", "entered", "by_id", "should_attend", "absent", "study",
                         "agenda", "decisions", "arising", "minutes", "struck_on"), (
            (number + place, one.branch.pk, f"{number + place:032x}", one.on, entered[place], by,
             int(should[place]), int(absent[place]), bool(study[place]), AGENDA, DECISIONS, "[]", MINUTES, None)
            for place, one in enumerate(met)
        ))  # fmt: skip
        sessions = sum(len(one.forms) for one in met)
        pour(Session, ("gathering_id", "form", "part", "quorate"), (
            (number + place, form, one.part, True) for place, one in enumerate(met) for form in one.forms
        ))  # fmt: skip
        pour(Absence, ("gathering_id", "member_id", "reason"), _absences(met, absent, number, random))
    lived.wrote("gatherings", Gathering, len(met))
    lived.wrote("what they counted for", Session, sessions)
    lived.wrote("absences", Absence, int(absent.sum()))
    lived.rows["attendances told by them"] = int(should.sum())
    return number, met


def _absences(met: list[Met], absent: Any, number: int, random: Any) -> Iterator[tuple[int, int, str]]:
    starts = random.integers(0, 1 << 30, len(met))
    for place, one in enumerate(met):
        who = one.branch.committee if one.forms == ("committee_meeting",) else one.branch.members
        for step in range(int(absent[place])):
            yield (number + place, int(who[(int(starts[place]) + step) % len(who)]),
                   REASONS[int(starts[place]) % len(REASONS)])  # fmt: skip
