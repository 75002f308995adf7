"""What the other rooms have on record of a year of branches, invented by rule: dues, classes, numbers of quarters,
decisions and affairs, cases of rectification. Each room draws its lots at once and pours a table in one stroke.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from baolei.cli.demo_life import Branch, Lived, Met, recorder

Ints = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]
BLOCK, FAR, QUARTERS = 100_000, 1_000_000, 4
VILLAGES = ("village", "pastoral_gacha", "community")
BANNER = 3


@dataclass(frozen=True)
class House:
    """Branches of a year with who belonged to them (`at` which, by its place), and what they held.

    Days are counted from the first of January; `last` is the last one lived, and nothing is on record after it.
    """

    year: int
    last: int
    by: int
    random: np.random.Generator
    branches: Sequence[Branch]
    at: Ints
    member: Ints
    since: Ints
    until: Ints
    full: Truths
    number: int
    met: Sequence[Met]

    @cached_property
    def size(self) -> int:
        """How many branches."""
        return len(self.branches)

    @cached_property
    def pks(self) -> Ints:
        """The branches by number."""
        return np.array([one.pk for one in self.branches], np.int64)

    @cached_property
    def fields(self) -> Objects:
        """Their fields."""
        return np.array([one.field for one in self.branches], object)

    @cached_property
    def places(self) -> dict[int, int]:
        """The place of each branch by its number."""
        return {one.pk: place for place, one in enumerate(self.branches)}

    @cached_property
    def calendar(self) -> Objects:
        """The days of the year and those after it."""
        first = date(self.year, 1, 1)
        return np.array([first + timedelta(days=one) for one in range(800)], object)

    @cached_property
    def months(self) -> Ints:
        """The first day of each month, and of the month after the year."""
        first = date(self.year, 1, 1)
        days = [date(self.year + one // 12, one % 12 + 1, 1) - first for one in range(13)]
        return np.array([one.days for one in days], np.int64)

    @cached_property
    def quarters(self) -> list[int]:
        """The quarters that are over, from 0."""
        return [one for one in range(QUARTERS) if self.months[3 * one + 3] - 1 <= self.last]

    def days(self, of: Any) -> Objects:
        """Days as the database takes them; below 0 none."""
        chosen = np.asarray(of)
        found: Objects = self.calendar[np.maximum(chosen, 0)]
        return np.where(chosen < 0, None, found)

    def entered(self, of: Any, within: int = 8) -> Objects:
        """The day on which something of a day was entered."""
        later = np.minimum(np.asarray(of) + self.random.integers(0, within, len(of)), self.last)
        return self.days(np.where(np.asarray(of) < 0, -1, later))

    def lots(self, number: int, below: float) -> Truths:
        """So many lots, of which this share is drawn."""
        return self.random.random(number) < below

    def upto(self, of: Any) -> Ints:
        """Days, and -1 for those that have not come."""
        return np.where(np.asarray(of) <= self.last, of, -1)

    def there(self, day: Any) -> Truths:
        """Who belonged to a branch on a day, or on a day for each branch."""
        days = np.asarray(day)
        chosen = days[self.at] if days.ndim else days
        return np.asarray((self.since <= chosen) & (chosen <= self.until))

    def counted(self, mask: Truths) -> Ints:
        """How many by branch."""
        return np.bincount(self.at[mask], minlength=self.size)

    def ranks(self, at: Ints) -> Ints:
        """By lot a place among those of the same branch, from 0."""
        order = np.lexsort((self.random.random(len(at)), at))
        starts = np.searchsorted(at[order], np.arange(self.size))
        ranks = np.empty(len(at), np.int64)
        ranks[order] = np.arange(len(at)) - starts[at[order]]
        return ranks

    def gatherings(self, form: str) -> Gatherings:
        """The gatherings that counted for a form."""
        first = date(self.year, 1, 1).toordinal()
        found = [(self.places[one.branch.pk], one.on.toordinal() - first, self.number + place)
                 for place, one in enumerate(self.met) if form in one.forms]  # fmt: skip
        at, on, pk = np.array(sorted(found), np.int64).reshape(-1, 3).T
        return Gatherings(at, on, pk)


@dataclass(frozen=True, slots=True)
class Gatherings:
    """Gatherings by branch and day."""

    at: Ints
    on: Ints
    pk: Ints

    def from_(self, at: Ints, on: Ints) -> Ints:
        """The place of the first of a branch on a day or after it; -1 where there is none."""
        return self._found(np.searchsorted(self._keys(self.at, self.on), self._keys(at, on)), at)

    def to(self, at: Ints, on: Ints) -> Ints:
        """The place of the last of a branch on a day or before it; -1 where there is none."""
        return self._found(np.searchsorted(self._keys(self.at, self.on), self._keys(at, on), "right") - 1, at)

    def _found(self, places: Ints, at: Ints) -> Ints:
        if not len(self.at):
            return np.full(len(at), -1, np.int64)
        inside = places.clip(0, len(self.at) - 1)
        return np.where((places == inside) & (self.at[inside] == at), inside, -1)

    @staticmethod
    def _keys(at: Ints, on: Ints) -> Ints:
        return at * 1000 + on


def live_in_rooms(
    lived: Lived, branches: Sequence[Branch], year: int, until: date, seed: int, met: tuple[int, list[Met]]
) -> None:
    """What the rooms have on record of a year as far as it is over, of branches that held what they held."""
    from django.db import transaction

    house = _house(branches, year, until, np.random.default_rng([seed, year, 1]), met)
    for room in (dues, training, numbers, appraisals, quarters, resolutions, matters, announcements, set_tasks,
                 rectification):  # fmt: skip
        with transaction.atomic():
            room(house, lived)


def _house(
    branches: Sequence[Branch], year: int, until: date, random: np.random.Generator, met: tuple[int, list[Met]]
) -> House:
    from django.db.models import Q

    from baolei.organisations.models import Membership

    first = date(year, 1, 1)
    places, start = {one.pk: place for place, one in enumerate(branches)}, first.toordinal()
    found = Membership.objects.filter(Q(until=None) | Q(until__gte=first), since__lte=until).order_by("pk")
    rows = np.array([
        (places[branch], member, since.toordinal() - start, ends.toordinal() - start if ends else FAR, kind == "full")
        for branch, member, since, ends, kind in
        found.values_list("organisation", "member", "since", "until", "kind").iterator(chunk_size=20_000)
        if branch in places
    ], np.int64).reshape(-1, 5)  # fmt: skip
    at, member, since, ends, full = rows[np.argsort(rows[:, 0], kind="stable")].T
    return House(year, (until - first).days, recorder(), random, branches, at, member, since, ends, full > 0, *met)


def _write(lived: Lived, name: str, model: Any, number: int, **columns: Any) -> None:
    """Write so many rows, given by column: each one value for all of them, or an array."""
    from baolei.organisations.pouring import pour

    parts = [one if isinstance(one, np.ndarray) else np.broadcast_to(np.array(one, object), number)
             for one in columns.values()]  # fmt: skip
    if number:
        pour(model, tuple(columns), (
            row for start in range(0, number, BLOCK)
            for row in zip(*(one[start:start + BLOCK].tolist() for one in parts), strict=True)
        ))  # fmt: skip
    lived.wrote(name, model, number)


def _numbered(model: Any, number: int) -> Ints:
    from baolei.organisations.pouring import next_number

    return np.arange(number, dtype=np.int64) + next_number(model)


def _keys(numbers_: Ints) -> Objects:
    return np.array([f"{one:032x}" for one in numbers_.tolist()], object)


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


# ---- dues ----

FARMERS, OTHERS = (20, 50, 100), (500, 800, 1000, 1500, 2000, 3000)


def dues(house: House, lived: Lived) -> None:
    """Amounts agreed on, a collection of each quarter with those who came late in another, few waivers."""
    from baolei.dues.models import Agreement

    random, january = house.random, 12 * house.year
    keeps = house.lots(house.size, 0.96)
    mine = house.there(house.last) & keeps[house.at]
    at, member, since = house.at[mine], house.member[mine], house.since[mine]
    farmers = np.isin(house.fields, VILLAGES[:2])[at]
    fen = np.where(farmers, random.choice(FARMERS, len(at)), random.choice(OTHERS, len(at)))
    months = (np.searchsorted(house.months, since, "right") - 1).clip(0)
    _write(lived, "dues agreed on", Agreement, len(at), member_id=member, organisation_id=house.pks[at], fen=fen,
           since=january + months, entered=house.entered(house.months[months]), by_id=house.by)  # fmt: skip
    waived = mine & (house.since < 0) & house.lots(len(mine), 0.001) if house.last >= 25 else np.zeros_like(mine)
    _waive(house, lived, waived)
    _collect(house, lived, keeps[house.at] & ~waived)


def _waive(house: House, lived: Lived, waived: Truths) -> None:
    from baolei.dues.models import Waiver

    number, january = int(waived.sum()), 12 * house.year
    _write(lived, "dues waived", Waiver, number, member_id=house.member[waived],
           organisation_id=house.pks[house.at[waived]], first=january, last=january + 11, applied=house.calendar[4],
           studied=house.calendar[11], by_id=house.by, state=Waiver.APPROVED, decided=house.calendar[22],
           decided_by_id=house.by, document=f"党费〔{house.year}〕1号", answer="")  # fmt: skip


def _collect(house: House, lived: Lived, paying: Truths) -> None:
    from baolei.dues.models import Collection, Payment

    parts, paid, start, january = list[Any](), list[tuple[Ints, Ints]](), _numbered(Collection, 1)[0], 12 * house.year
    for quarter in range(QUARTERS):
        luck = house.random.random(len(paying))
        for month, who in ((3 * quarter, luck < 0.93), (3 * quarter + 2, (luck >= 0.93) & (luck < 0.99))):
            day = house.months[month] + house.random.integers(0, 25, house.size)
            now = paying & who & house.there(day) & (day <= house.last)[house.at]
            people = house.counted(now)
            some = np.flatnonzero(people)
            of_branch = np.zeros(house.size, np.int64)
            of_branch[some] = start + np.arange(len(some))
            start += len(some)
            parts.append(np.stack([some, day[some], np.full(len(some), 3 * quarter), np.full(len(some), month),
                                   people[some]]))  # fmt: skip
            paid.append((of_branch[house.at[now]], house.member[now]))
    at, day, first, in_time, people = np.concatenate(parts, axis=1)
    pks = _numbered(Collection, len(at))
    _write(lived, "collections of dues", Collection, len(at), id=pks, organisation_id=house.pks[at], key=_keys(pks),
           day=house.days(day), first=january + first, last=january + first + 2, in_time=january + in_time,
           people=people, entered=house.entered(day), by_id=house.by)  # fmt: skip
    collection, member = _joined([one for one, _ in paid]), _joined([one for _, one in paid])
    _write(lived, "payments of dues", Payment, len(member), collection_id=collection, member_id=member)


# ---- training ----

STUDY_MONTHS, STUDY_HOURS = (1, 4, 7, 10), 9
HELD = (("嘎查村、社区等党组织书记轮训班", "secretaries", 5, 40, True), ("支部委员培训班", "officers", 3, 24, True),
        ("党员中心户户长培训班", "hub_hosts", 1, 8, False))  # fmt: skip


def training(house: House, lived: Lived) -> None:
    """Classes of each county for secretaries, committee members and hub hosts; what branches studied themselves."""
    _study(house, lived)
    hosts, levels, of = _hosts(house)
    _county_classes(house, lived, hosts, levels, of)


def _study(house: House, lived: Lived) -> None:
    from baolei.training.models import Missed, TrainingClass

    random, keeps = house.random, house.lots(house.size, 0.94)
    parts, missed, start = list[Any](), list[tuple[Ints, Ints]](), _numbered(TrainingClass, 1)[0]
    for month in STUDY_MONTHS:
        day = house.months[month] + random.integers(1, 27, house.size)
        there = house.there(day)
        should = house.counted(there)
        some = np.flatnonzero(keeps & (day <= house.last) & (should > 0))
        number = np.full(house.size, -1, np.int64)
        number[some] = start + np.arange(len(some))
        start += len(some)
        away = there & (number[house.at] >= 0) & house.lots(len(there), 0.04)
        parts.append(np.stack([some, day[some], should[some], house.counted(away)[some]]))
        missed.append((number[house.at[away]], house.member[away]))
    at, day, should, absent = np.concatenate(parts, axis=1)
    pks = _numbered(TrainingClass, len(at))
    _write(lived, "studies of branches", TrainingClass, len(at), id=pks, organisation_id=house.pks[at], key=_keys(pks),
           level="branch", title="支部集中学习", first=house.days(day - 1), last=house.days(day), hours=STUDY_HOURS,
           concentrated=False, rotation=False, audience="members", whole=True, should_attend=should, absent=absent,
           entered=house.entered(day), by_id=house.by)  # fmt: skip
    held, member = _joined([one for one, _ in missed]), _joined([one for _, one in missed])
    _write(lived, "who missed them", Missed, len(member), held_id=held, member_id=member)


def _hosts(house: House) -> tuple[Ints, Objects, Ints]:
    """The units that hold classes and set tasks, the levels of these, and by branch which of them is its own."""
    from baolei.organisations.models import OrganisationState, UnitState
    from baolei.warehouse.rulebook import training as rules

    day = house.calendar[house.last]
    units = {path: (unit, level) for path, unit, level in
             UnitState.objects.on(day).filter(level__lte=BANNER).values_list("path", "unit", "level")}  # fmt: skip
    lengths = sorted({len(path) for path in units}, reverse=True)
    homes = dict(UnitState.objects.on(day).values_list("unit", "path"))
    stands = OrganisationState.objects.on(day).filter(kind="branch").values_list("organisation", "unit")
    path_of = {branch: homes.get(unit, "") for branch, unit in stands.iterator(chunk_size=20_000)}
    above = [next((units[path[:one]] for one in lengths if path[:one] in units), (0, 0))
             for path in (path_of.get(one.pk, "") for one in house.branches)]  # fmt: skip
    hosts = sorted({one for one in above if one[0]})
    places = {one: place for place, one in enumerate(hosts)}
    return (np.array([unit for unit, _ in hosts], np.int64),
            np.array([rules().levels[level - 1] for _, level in hosts], object),
            np.array([places.get(one, -1) for one in above], np.int64))  # fmt: skip


def _county_classes(house: House, lived: Lived, hosts: Ints, levels: Objects, of: Ints) -> None:
    from baolei.training.models import Attendance, TrainingClass

    size, seats = len(hosts), dict(_seats(house))
    parts, attending, start = list[Any](), list[Any](), _numbered(TrainingClass, 1)[0]
    for place, (_title, audience, length, _hours, _rotation) in enumerate(HELD):
        day = house.months[3 + 2 * place] + house.random.integers(length, 26, size)
        held = day <= house.last
        at, member, role, share = seats[audience]
        going = house.lots(len(at), share) & (of[at] >= 0)
        going &= held[of[at]] if size else going
        some = np.flatnonzero(held & (np.bincount(of[at[going]], minlength=size) > 0))
        number = np.full(size, -1, np.int64)
        number[some] = start + np.arange(len(some))
        start += len(some)
        parts.append(np.stack([some, day[some], np.full(len(some), place)]))
        attending.append((number[of[at[going]]], member[going], at[going], role[going]))
    host, day, kind = np.concatenate(parts, axis=1)
    pks, columns = _numbered(TrainingClass, len(host)), list(zip(*HELD, strict=True))
    title, audience, length, hours, rotation = (np.array(one, object)[kind] for one in columns)
    _write(lived, "classes of counties", TrainingClass, len(host), id=pks, unit_id=hosts[host], key=_keys(pks),
           level=levels[host], title=title, first=house.days(day - length.astype(np.int64) + 1), last=house.days(day),
           hours=hours, concentrated=kind < 2, rotation=rotation & np.isin(levels[host], ROTATING), audience=audience,
           whole=False, should_attend=0, absent=0, entered=house.entered(day), by_id=house.by)  # fmt: skip
    held, member, at, role = (np.concatenate(one) for one in zip(*attending, strict=True))
    _write(lived, "attendances of classes", Attendance, len(held), held_id=held, member_id=member,
           organisation_id=house.pks[at], role=role)  # fmt: skip


ROTATING = ("region", "league", "banner")


def _seats(house: House) -> Iterator[tuple[str, tuple[Ints, Ints, Objects, float]]]:
    """Who may sit in which class: branch, member, as what, and the share that comes."""
    from baolei.organisations.models import HubHousehold, Post

    day, heads = house.calendar[house.last], dict[int, str]()
    posts = Post.objects.on(day).order_by("pk").values_list("organisation", "holder", "kind", "committee")
    mine = [(house.places[branch], holder, kind == Post.SECRETARY) for branch, holder, kind, committee in
            posts.iterator(chunk_size=20_000)
            if branch in house.places and (committee or kind == Post.SECRETARY)]  # fmt: skip
    heads = {holder: "officer" for _, holder, _head in mine} | {one: "secretary" for _, one, head in mine if head}
    hubs = [(house.places[branch], host, False) for branch, host in
            HubHousehold.objects.on(day).order_by("pk").values_list("organisation", "host").iterator()
            if branch in house.places]  # fmt: skip
    for audience, rows, share in (("secretaries", [one for one in mine if one[2]], 0.7), ("officers", mine, 0.85),
                                  ("hub_hosts", hubs, 0.75)):  # fmt: skip
        found = np.array([one[:2] for one in rows], np.int64).reshape(-1, 2)
        once = np.unique(found[:, 1], return_index=True)[1]
        at, member = found[once].T
        yield audience, (at, member, np.array([heads.get(one, "member") for one in member.tolist()], object), share)


# ---- numbers of a quarter ----


def numbers(house: House, lived: Lived) -> None:
    """What nine of ten branches keep of each quarter that is over."""
    from baolei.organisations.models import QuarterNumbers

    random, villages = house.random, np.isin(house.fields, VILLAGES)
    parts = []
    for quarter in house.quarters:
        day = int(house.months[3 * quarter + 3]) - 1
        there = house.there(day)
        people, probationary = house.counted(there), house.counted(there & ~house.full)
        some = np.flatnonzero(house.lots(house.size, 0.9) & (people > 0))
        due, migrants = random.poisson(1.5, len(some)), random.binomial(people[some], 0.06)
        reserve = np.where(villages[some], random.integers(1, 4, len(some)), 0)
        parts.append(np.stack([
            some, np.full(len(some), quarter + 1), np.full(len(some), day), people[some], probationary[some],
            random.poisson(3, len(some)), random.poisson(2, len(some)), random.poisson(0.7, len(some)), due,
            random.binomial(due, 0.93), migrants, random.binomial(migrants, 0.92), reserve,
            random.binomial(reserve, 0.85), random.binomial(people[some], 0.94),
        ]))  # fmt: skip
    if not parts:
        return
    at, quarter, day, *counts = np.concatenate(parts, axis=1)
    names = ("members", "probationary", "applicants", "activists", "prospects", "steps_due", "steps_done", "migrants",
             "reached", "reserve", "trained", "linked")  # fmt: skip
    _write(lived, "numbers of quarters", QuarterNumbers, len(at), organisation_id=house.pks[at], year=house.year,
           quarter=quarter, entered=house.entered(day, 18), by_id=house.by,
           **dict(zip(names, counts, strict=True)))  # fmt: skip


# ---- organisation life ----


def appraisals(house: House, lived: Lived) -> None:
    """The committee's opinion after the gathering in December, and who was told."""
    from baolei.life.models import Absence, Appraisal, Grade

    held = house.gatherings("democratic_appraisal")
    chosen = house.lots(len(held.at), 0.95)
    day, gathering = np.full(house.size, -1, np.int64), np.zeros(house.size, np.int64)
    day[held.at[chosen]], gathering[held.at[chosen]] = held.on[chosen], held.pk[chosen]
    there = house.there(day) & (day[house.at] >= 0)
    full, probationary = house.counted(there & house.full), house.counted(there & ~house.full)
    some = np.flatnonzero(full)
    rows = np.flatnonzero(there & house.full)
    at, member = house.at[rows], house.member[rows]
    excellent = (full * house.random.uniform(0.2, 1 / 3, house.size)).astype(np.int64)
    luck = house.random.random(len(rows))
    grade = np.select([house.ranks(at) < excellent[at], luck < 0.004, luck < 0.0045],
                      ["excellent", "barely", "unqualified"], "qualified").astype(object)  # fmt: skip
    pks, number = _numbered(Appraisal, len(some)), np.zeros(house.size, np.int64)
    number[some] = pks
    _write(lived, "appraisals", Appraisal, len(some), id=pks, organisation_id=house.pks[some], year=house.year,
           gathering_id=gathering[some], decided=house.entered(day[some]), by_id=house.by, due=full[some],
           probationary=probationary[some], counts=_grade_counts(grade, at, some, house.size), beyond="")  # fmt: skip
    absent = Absence.objects.filter(gathering__gte=house.number, gathering__sessions__form="democratic_appraisal")
    away = np.fromiter(absent.order_by().values_list("member", flat=True).iterator(chunk_size=20_000), np.int64)
    told = house.upto(day[at] + house.random.integers(0, 15, len(at)))
    told = np.where(house.lots(len(at), 0.97), told, -1)
    _write(lived, "grades", Grade, len(rows), appraisal_id=number[at], member_id=member, grade=grade,
           took_part=~np.isin(member, away), told=house.days(told))  # fmt: skip


def _grade_counts(grade: Objects, at: Ints, some: Ints, size: int) -> Objects:
    names = ("excellent", "qualified", "barely", "unqualified")
    each = np.stack([np.bincount(at[grade == one], minlength=size)[some] for one in names], axis=1)
    return np.array([json.dumps({name: number for name, number in zip(names, row, strict=True) if number})
                     for row in each.tolist()], object)  # fmt: skip


def quarters(house: House, lived: Lived) -> None:
    """Talks by the quarter; of retired branches study brought home and briefings."""
    from baolei.life.models import Quarter

    random = house.random
    heads = np.array([max(len(one.committee), 1) for one in house.branches], np.int64)
    others = np.array([max(len(one.members) - len(one.committee), 0) for one in house.branches], np.int64)
    pairs, retired, parts = heads * (heads - 1) // 2, house.fields == "retired", []
    for quarter in house.quarters:
        some = np.flatnonzero(house.lots(house.size, 0.93))
        excused = random.binomial(others[some], 0.3)
        parts.append(np.stack([
            some, np.full(len(some), quarter + 1), np.full(len(some), house.months[3 * quarter + 3] - 1),
            random.binomial(pairs[some], 0.27), random.binomial(others[some], 0.25),
            random.binomial(others[some], 0.2), excused, random.binomial(excused, 0.9), random.binomial(1, 0.6, len(some)),
        ]))  # fmt: skip
    if not parts:
        return
    at, quarter, day, within, across, mutual, excused, brought, briefings = np.concatenate(parts, axis=1)
    home = {name: np.where(retired[at], one.astype(object), None)
            for name, one in (("excused", excused), ("brought", brought), ("briefings", briefings))}  # fmt: skip
    _write(lived, "talks of quarters", Quarter, len(at), organisation_id=house.pks[at], year=house.year,
           quarter=quarter, within=within, across=across, mutual=mutual, entered=house.entered(day, 12),
           by_id=house.by, **home)  # fmt: skip


# ---- decisions and affairs ----

RESOLVED = ("建立党员志愿服务队", "修缮党群服务中心", "完善三务公开栏", "走访慰问困难党员", "开展环境整治行动", "制定学习计划")
MATTERS = ("集体经济项目实施方案", "人居环境整治方案", "通村道路硬化方案", "草畜平衡和补奖资金分配方案")
LISTED = ("年度工作计划执行情况", "党费收缴情况", "发展党员情况", "评议党员结果")
WHO = ("branch", "committee", "groups")


def resolutions(house: House, lived: Lived) -> None:
    """A resolution of each members' meeting, mostly carried out and told; the branch's own list from its first one."""
    from baolei.life.models import affairs_models as models
    from baolei.warehouse.rulebook import affairs as rules

    random, held = house.random, house.gatherings("members_meeting")
    number = len(held.at)
    due = held.on + rules().number("resolution_days")
    done = house.upto(held.on + random.integers(15, 89, number))
    done = np.where(house.lots(number, 0.94), done, -1)
    back = np.where(done < 0, -1, held.from_(held.at, np.maximum(done, 0)))
    back = np.where(house.lots(number, 0.96), back, -1)
    told = np.where(back < 0, None, held.pk[back].astype(object)) if number else held.pk
    _write(lived, "resolutions", models.Resolution, number, organisation_id=house.pks[held.at],
           entered=house.entered(held.on), by_id=house.by, meeting_id=held.pk,
           words=np.array(RESOLVED, object)[random.integers(0, len(RESOLVED), number)], on=house.days(held.on),
           due=house.days(due), who=np.array(WHO, object)[random.integers(0, 3, number)], done_on=house.days(done),
           done_entered=house.entered(done), told_id=told)  # fmt: skip
    _list(house, lived, held)


def _list(house: House, lived: Lived, held: Gatherings) -> None:
    """What a branch means to make public, and that it did."""
    from baolei.life.models import affairs_models as models

    first = np.flatnonzero(np.diff(held.at, prepend=-1)) if len(held.at) else held.at
    first = first[house.lots(len(first), 0.85)]
    matter = np.tile(np.arange(len(LISTED)), len(first))
    of = np.repeat(first, len(LISTED))
    at, on = held.at[of], held.on[of]
    due = np.maximum(on, np.array([house.months[6], house.months[9], house.months[11], house.months[12]])[matter] - 1)
    pks = _numbered(models.Listed, len(of))
    _write(lived, "listed matters", models.Listed, len(of), id=pks, organisation_id=house.pks[at],
           entered=house.entered(on), by_id=house.by, meeting_id=held.pk[of],
           words=np.array(LISTED, object)[matter], due=house.days(due))  # fmt: skip
    made = np.maximum(due - house.random.integers(-3, 25, len(of)), on)
    said = house.lots(len(of), 0.93) & (made <= house.last)
    _announced(house, lived, at[said], made[said], np.array("party", object), pks[said].astype(object))


def _announced(house: House, lived: Lived, at: Ints, on: Ints, kind: Objects, listed: Any = None) -> None:
    from baolei.life.models import affairs_models as models
    from baolei.warehouse.rulebook import affairs as rules

    where = np.array(list(rules().places), object)
    _write(lived, "announcements", models.Announcement, len(at), organisation_id=house.pks[at],
           entered=house.entered(on), by_id=house.by, kind=np.broadcast_to(kind, len(at)), on=house.days(on),
           place=where[house.random.integers(0, len(where), len(at))], listed_id=listed)  # fmt: skip


def announcements(house: House, lived: Lived) -> None:
    """What the rules ask of a field, period by period, nine times of ten."""
    from baolei.warehouse.rulebook import affairs as rules

    places, days, kinds = list[Ints](), list[Ints](), list[Objects]()
    for kind in rules().kinds.values():
        owing = np.isin(house.fields, list(kind.fields)) if kind.fields else np.ones(house.size, np.bool_)
        for first in range(0, 12, kind.months):
            begins, ends = house.months[first], house.months[first + kind.months]
            on = house.random.integers(begins, ends, house.size)
            some = np.flatnonzero(owing & house.lots(house.size, 0.9) & (on <= house.last))
            places.append(some)
            days.append(on[some])
            kinds.append(np.full(len(some), kind.code, object))
    _announced(house, lived, _joined(places), _joined(days), np.concatenate(kinds))


def matters(house: House, lived: Lived) -> None:
    """Two major matters of a year, where such are kept, by the steps of the rules; most of them went all the way."""
    from baolei.life.models import affairs_models as models
    from baolei.warehouse.rulebook import affairs as rules

    random, members = house.random, house.gatherings("members_meeting")
    kept = np.isin(house.fields, list(rules().matter_fields))
    asked = [(np.flatnonzero(kept & house.lots(house.size, 0.92)), int(house.months[month])) for month in (1, 7)]
    at, on = _joined([one for one, _ in asked]), _joined([np.full(len(one), day) for one, day in asked])
    reviewed = members.from_(at, on)
    at, reviewed = at[reviewed >= 0], reviewed[reviewed >= 0]
    pks, number = _numbered(models.Matter, len(at)), len(at)
    title = np.array([f"{house.year}年{one}" for one in MATTERS], object)
    chosen = 2 * (members.on[reviewed] >= house.months[7]) + random.integers(0, 2, number)
    proposed = house.gatherings("committee_meeting")
    begun = proposed.to(at, members.on[reviewed])
    opened = np.where(begun < 0, members.on[reviewed], proposed.on[begun]) if len(proposed.on) else members.on[reviewed]
    once = _once(house.pks[at], chosen)
    _write(lived, "major matters", models.Matter, int(once.sum()), id=pks[once], organisation_id=house.pks[at[once]],
           entered=house.entered(opened[once]), by_id=house.by, title=title[chosen[once]])  # fmt: skip
    day = {"reviewed": members.on[reviewed], "proposed": opened, "conferred": members.on[reviewed]}
    day["decided"] = day["reviewed"] + random.integers(7, 30, number)
    day["decision_public"] = day["decided"] + random.integers(1, 8, number)
    day["result_public"] = day["decision_public"] + random.integers(20, 50, number)
    day["hubs_told"] = day["decided"] + random.integers(1, 10, number)
    was = {"reviewed": members.pk[reviewed].astype(object),
           "proposed": np.where(begun < 0, None, proposed.pk[begun].astype(object)) if len(proposed.pk)
           else np.full(number, None)}  # fmt: skip
    _steps(house, lived, pks, at, once, day, was)


def _once(of: Ints, chosen: Ints) -> Truths:
    found = np.zeros(len(of), np.bool_)
    found[np.unique(of * 10 + chosen, return_index=True)[1]] = True
    return found


def _steps(
    house: House, lived: Lived, pks: Ints, at: Ints, once: Truths, day: dict[str, Ints], was: dict[str, Objects]
) -> None:
    """The steps in their order, as far as days have come; the last ones of some matters are still to be taken."""
    from baolei.life.models import affairs_models as models
    from baolei.warehouse.rulebook import affairs as rules

    far = once & house.lots(len(at), 0.93)
    rows = []
    for step in rules().steps.values():
        there = (far if step.code == "result_public" else once) & (day[step.code] <= house.last)
        if step.fields:
            there &= np.isin(house.fields[at], list(step.fields)) & house.lots(len(at), 0.95)
        some = np.flatnonzero(there)
        gathering = was.get(step.code, np.full(len(at), None))[some]
        kept = house.lots(len(some), 0.985)
        if step.must:
            kept &= np.array([one is not None for one in gathering.tolist()], np.bool_)
        rows.append((pks[some], np.full(len(some), step.code, object), day[step.code][some], kept,
                     np.where(kept, gathering, None)))  # fmt: skip
    matter, step_, on, kept, gathering = (np.concatenate(one) for one in zip(*rows, strict=True))
    _write(lived, "steps of matters", models.MatterStep, len(matter), matter_id=matter, step=step_,
           on=house.days(on), kept=kept, gathering_id=gathering, entered=house.entered(on), by_id=house.by)  # fmt: skip


# ---- tasks set from above ----

SET = ("报送党员教育培训情况", "完成党组织关系核查", "报送主题党日计划", "核对党员基本信息", "报送换届准备情况", "开展年度述职")


def set_tasks(house: House, lived: Lived) -> None:
    """Six tasks of each county in a year, to all its branches."""
    from baolei.life.models import affairs_models as models

    random, (hosts, _levels, of) = house.random, _hosts(house)
    mine, rows, parts, start = np.flatnonzero(of >= 0), list[Any](), list[Any](), _numbered(models.SetTask, 1)[0]
    for place in range(len(SET)):
        on = house.months[2 * place] + random.integers(3, 20, len(hosts))
        some = np.flatnonzero(on <= house.last)
        number = np.full(len(hosts), -1, np.int64)
        number[some] = start + np.arange(len(some))
        start += len(some)
        rows.append(np.stack([some, on[some], on[some] + 25, np.full(len(some), place)]))
        asked = mine[number[of[mine]] >= 0]
        parts.append(np.stack([number[of[asked]], asked, on[of[asked]]]))
    host, on, due, place = np.concatenate(rows, axis=1)
    _write(lived, "tasks set", models.SetTask, len(host), id=_numbered(models.SetTask, len(host)),
           unit_id=hosts[host], words=np.array(SET, object)[place],
           document=np.array([f"组通〔{house.year}〕{one + 1}号" for one in range(len(SET))], object)[place],
           on=house.days(on), due=house.days(due), by_id=house.by)  # fmt: skip
    task, at, since = np.concatenate(parts, axis=1)
    done = house.upto(since + random.integers(1, 27, len(at)))
    done = np.where(house.lots(len(at), 0.96), done, -1)
    reported = np.where(done < 0, -1, np.minimum(done + random.integers(0, 4, len(at)), house.last))
    confirmed = np.where(house.lots(len(at), 0.9) & (done >= 0), house.upto(reported + 5), -1)
    back = house.lots(len(at), 0.01) & (done >= 0)
    _write(lived, "tasks of branches", models.BranchTask, len(at), task_id=task, organisation_id=house.pks[at],
           done_on=house.days(done), report=np.where(done < 0, "", "已按要求完成").astype(object),
           reported=house.days(reported), confirmed=house.days(confirmed),
           back=house.days(np.where(back, since, -1)),
           back_why=np.where(back, "报送的内容不完整", "").astype(object))  # fmt: skip


# ---- rectification ----

FAULTS = (("组织生活不经常", "制定计划，按月开展"), ("党务公开不及时", "按季公开，专人负责"), ("党费收缴不规范", "按月收缴，逐人核对"),
          ("后备力量不足", "培养储备两名以上人选"))  # fmt: skip
PROOF, CAMPAIGNS = "整改台账和照片已核对", {"university": "schools", "school": "schools", "government_office": "agencies"}


def rectification(house: House, lived: Lived) -> None:
    """A case of one branch in two hundred, as far as it came; what inspections passed on to three in a hundred."""
    from baolei.rectification import models
    from baolei.rectification.models import Case

    cases = list(_cases(house))
    numbers_ = dict(zip(map(id, cases), _numbered(Case, len(cases)).tolist(), strict=True))
    rows = [(numbers_[id(one)], *one.row) for one in cases]
    _rows(lived, "cases", Case, ("id", "organisation_id", "campaign", "situations", "origin", "reason", "document", "path",
          "field", "opened_on", "by_id", "begun", "ends", "state", "due", "answer"), rows)  # fmt: skip
    _rows(lived, "problems", models.Problem, (
        "case_id", "organisation_id", "found", "campaign", "words", "measure", "answers", "by", "document", "entered",
        "proof", "confirmed", "settled", "checked"),
        [(numbers_[id(one)], *row) for one in cases for row in one.problems] + list(_passed_on(house)))  # fmt: skip
    _rows(lived, "linked persons", models.Linked, ("case_id", "role", "who"),
          [(numbers_[id(one)], role, who) for one in cases for role, who in LINKED])  # fmt: skip
    _rows(lived, "reports", models.Report, ("case_id", "month", "line", "changed", "on", "by_id"),
          [(numbers_[id(one)], *row) for one in cases for row in one.reports])  # fmt: skip
    _rows(lived, "acts upon cases", models.Passage, ("case_id", "act", "before", "after", "on", "by_id", "reason"),
          [(numbers_[id(one)], *row) for one in cases for row in one.passages])  # fmt: skip


LINKED = (("county_leader", "旗县委常委"), ("township_leader", "苏木乡镇党委书记"), ("first_secretary", "驻村第一书记"),
          ("paired_unit", "旗县直属机关"))  # fmt: skip


def _rows(lived: Lived, name: str, model: Any, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    from baolei.organisations.pouring import pour

    if rows:
        pour(model, columns, rows)
    lived.wrote(name, model, len(rows))


@dataclass(frozen=True, slots=True)
class Walked:
    """A case and what belongs to it, as rows without its number."""

    row: tuple[Any, ...]
    problems: list[tuple[Any, ...]]
    reports: list[tuple[Any, ...]]
    passages: list[tuple[Any, ...]]


def _cases(house: House) -> Iterator[Walked]:
    from baolei.organisations.models import OrganisationState, UnitState
    from baolei.programme.rectification import LIVING
    from baolei.rectification.models import Case

    day = house.calendar[house.last]
    chosen = np.flatnonzero(house.lots(house.size, 0.005))
    living = set(Case.objects.filter(state__in=LIVING).values_list("organisation", flat=True))
    mine = [house.branches[place] for place in chosen.tolist()]
    units = dict(OrganisationState.objects.on(day).filter(organisation__in=[one.pk for one in mine])
                 .values_list("organisation", "unit"))  # fmt: skip
    paths = dict(UnitState.objects.on(day).filter(unit__in=set(units.values())).values_list("unit", "path"))
    for one in mine:
        opened = int(house.random.integers(20, 200))
        if one.pk not in living and opened <= house.last:
            yield _walk(house, one, paths[units[one.pk]], opened)


def _course(house: House, opened: int) -> tuple[list[tuple[int, str, int]], int]:
    """What is done with a case, day by day, with the number of the problem or month; and how many problems it has."""
    random, problems, planned = house.random, int(house.random.integers(1, 4)), opened + 12
    if random.random() < 0.06:
        return [(planned, "plan", 0), (planned + 25, "dismiss", 0)], problems
    asked = planned + int(random.integers(75, 150))
    acts = [(planned + 25 + 15 * one, "settle", one) for one in range(problems)]
    acts += [(int(first) + 3, "report", month) for month, first in enumerate(house.months.tolist())
             if planned + 31 < first < asked - 4]  # fmt: skip
    acts = [(planned, "plan", 0), *sorted(acts), (asked, "apply", 0)]
    if random.random() < 0.2:
        acts += [(asked + 6, "send_back", 0), (asked + 20, "settle", 0), (asked + 22, "apply", 0)]
    checked = acts[-1][0] + 8
    return [*acts, (checked, "check", 0), (checked + 12, "accept", 0)], problems


def _walk(house: House, branch: Branch, path: str, opened: int) -> Walked:
    from baolei.programme import rectification as rules
    from baolei.programme.organisation.periods import months_later
    from baolei.warehouse.rulebook import rectification as rule
    from baolei.warehouse.rulebook import workdays

    days, (acts, problems) = house.calendar, _course(house, opened)
    ends = months_later(days[opened], rule().number("usual_months"))
    state, since, settled, checked = rules.OPENED, days[opened], dict[int, date](), None
    passages, reports, table = list[Any](), list[Any](), rules.STATES
    for on, act, what in acts:
        if on > house.last:
            break
        after, day = table.next_state(state, act), days[on]
        passages.append((act, state, after, day, _actor(house, state, act), WHY if act in rules.REASONED else ""))
        state, since = after, day
        if act == "settle":
            settled[what] = day
        elif act == "send_back":
            settled.pop(what)
        elif act == "check":
            checked = day
        elif act == "report":
            reports.append((days[house.months[what - 1]], "已有进展", True, day, house.by))
    campaign = CAMPAIGNS.get(branch.field, "weak" if branch.pk % 3 else "members")
    situations = json.dumps([*sorted(rule().campaigns[campaign].situations), "W01"][:1])
    row = (branch.pk, campaign, situations, "decision", "年度排查中问题较多", f"整顿〔{house.year}〕1号", path, branch.field,
           days[opened], house.by, days[opened], ends, state, rules.due(state, since, ends, rule(), workdays()),
           "")  # fmt: skip
    found = [(branch.pk, "campaign", campaign, *FAULTS[one], "党支部书记", min(days[opened + 100], ends), "",
              days[opened], PROOF if one in settled else "", "", settled.get(one), checked)
             for one in range(problems)]  # fmt: skip
    return Walked(row, found, reports, passages)


WHY = "经核实，按规定办理"


def _actor(house: House, state: str, act: str) -> int:
    """Who did it: acts of the county are another person's."""
    from baolei.programme.rectification import COUNTY, STATES

    county = any(row.act == act and row.who == COUNTY for row in STATES.ways(state))
    return recorder("demo-county", "演示旗县") if county else house.by


def _passed_on(house: House) -> Iterator[tuple[Any, ...]]:
    """Problems without a case: what an inspection, an audit or a campaign passed on."""
    random, days = house.random, house.calendar
    for place in np.flatnonzero(house.lots(house.size, 0.03)).tolist():
        branch, entered = house.branches[place], int(random.integers(10, 250))
        if entered > house.last:
            continue
        campaign = CAMPAIGNS.get(branch.field, "") if random.random() < 0.5 else ""
        found = "campaign" if campaign else ("inspection", "audit")[int(random.random() < 0.35)]
        done = entered + int(random.integers(20, 110))
        settled = days[done] if random.random() < 0.85 and done <= house.last else None
        proved = settled is not None
        yield (None, branch.pk, found, campaign, *FAULTS[int(random.integers(len(FAULTS)))], "党支部书记",
               days[entered + 90], f"旗县委〔{house.year}〕{place % 9 + 1}号", days[entered], PROOF if proved else "",
               f"旗县委〔{house.year}〕销号" if proved and not campaign else "", settled, None)  # fmt: skip
