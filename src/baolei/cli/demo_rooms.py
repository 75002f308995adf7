"""What the other rooms have on record of a year of branches, invented by rule: dues, classes, numbers of quarters here,
organisation life and cases beside. Each room draws its lots at once and pours a table in one stroke.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np

from baolei.cli.demo_affairs import announcements, appraisals, matters, quarters, resolutions, set_tasks
from baolei.cli.demo_cases import rectification
from baolei.cli.demo_house import (
    FAR,
    QUARTERS,
    VILLAGES,
    House,
    Ints,
    Objects,
    Truths,
    hosts_of,
    joined,
    keys,
    numbered,
    write,
)
from baolei.cli.demo_life import Branch, Lived, Met, recorder
from baolei.cli.demo_wishes import wishes


def live_in_rooms(
    lived: Lived, branches: Sequence[Branch], year: int, until: date, seed: int, met: tuple[int, list[Met]]
) -> None:
    """What the rooms have on record of a year as far as it is over, of branches that held what they held."""
    from django.db import transaction

    house = _house(branches, year, until, np.random.default_rng([seed, year, 1]), met)
    for room in (dues, training, numbers, appraisals, quarters, resolutions, matters, announcements, set_tasks,
                 rectification, wishes):  # fmt: skip
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
    write(lived, "dues agreed on", Agreement, len(at), member_id=member, organisation_id=house.pks[at], fen=fen,
          since=january + months, entered=house.entered(house.months[months]), by_id=house.by)  # fmt: skip
    waived = mine & (house.since < 0) & house.lots(len(mine), 0.001) if house.last >= 25 else np.zeros_like(mine)
    _waive(house, lived, waived)
    _collect(house, lived, keeps[house.at] & ~waived)


def _waive(house: House, lived: Lived, waived: Truths) -> None:
    from baolei.dues.models import Waiver

    number, january = int(waived.sum()), 12 * house.year
    write(lived, "dues waived", Waiver, number, member_id=house.member[waived],
          organisation_id=house.pks[house.at[waived]], first=january, last=january + 11, applied=house.calendar[4],
          studied=house.calendar[11], by_id=house.by, state=Waiver.APPROVED, decided=house.calendar[22],
          decided_by_id=house.by, document=f"党费〔{house.year}〕1号", answer="")  # fmt: skip


def _collect(house: House, lived: Lived, paying: Truths) -> None:
    from baolei.dues.models import Collection, Payment

    parts, paid, start, january = list[Any](), list[tuple[Ints, Ints]](), numbered(Collection, 1)[0], 12 * house.year
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
    pks = numbered(Collection, len(at))
    write(lived, "collections of dues", Collection, len(at), id=pks, organisation_id=house.pks[at], key=keys(pks),
          day=house.days(day), first=january + first, last=january + first + 2, in_time=january + in_time,
          people=people, entered=house.entered(day), by_id=house.by)  # fmt: skip
    collection, member = joined([one for one, _ in paid]), joined([one for _, one in paid])
    write(lived, "payments of dues", Payment, len(member), collection_id=collection, member_id=member)


# ---- training ----

STUDY_MONTHS, STUDY_HOURS = (1, 4, 7, 10), 9
HELD = (("嘎查村、社区等党组织书记轮训班", "secretaries", 5, 40, True), ("支部委员培训班", "officers", 3, 24, True),
        ("党员中心户户长培训班", "hub_hosts", 1, 8, False))  # fmt: skip


def training(house: House, lived: Lived) -> None:
    """Classes of each county for secretaries, committee members and hub hosts; what branches studied themselves."""
    _study(house, lived)
    hosts, levels, of = hosts_of(house)
    _county_classes(house, lived, hosts, levels, of)


def _study(house: House, lived: Lived) -> None:
    from baolei.training.models import Missed, TrainingClass

    random, keeps = house.random, house.lots(house.size, 0.94)
    parts, missed, start = list[Any](), list[tuple[Ints, Ints]](), numbered(TrainingClass, 1)[0]
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
    pks = numbered(TrainingClass, len(at))
    write(lived, "studies of branches", TrainingClass, len(at), id=pks, organisation_id=house.pks[at], key=keys(pks),
          level="branch", title="支部集中学习", first=house.days(day - 1), last=house.days(day), hours=STUDY_HOURS,
          concentrated=False, rotation=False, audience="members", whole=True, should_attend=should, absent=absent,
          entered=house.entered(day), by_id=house.by)  # fmt: skip
    held, member = joined([one for one, _ in missed]), joined([one for _, one in missed])
    write(lived, "who missed them", Missed, len(member), held_id=held, member_id=member)


def _county_classes(house: House, lived: Lived, hosts: Ints, levels: Objects, of: Ints) -> None:
    from baolei.training.models import Attendance, TrainingClass

    size, seats = len(hosts), dict(_seats(house))
    parts, attending, start = list[Any](), list[Any](), numbered(TrainingClass, 1)[0]
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
    pks, columns = numbered(TrainingClass, len(host)), list(zip(*HELD, strict=True))
    title, audience, length, hours, rotation = (np.array(one, object)[kind] for one in columns)
    write(lived, "classes of counties", TrainingClass, len(host), id=pks, unit_id=hosts[host], key=keys(pks),
          level=levels[host], title=title, first=house.days(day - length.astype(np.int64) + 1), last=house.days(day),
          hours=hours, concentrated=kind < 2, rotation=rotation & np.isin(levels[host], ROTATING), audience=audience,
          whole=False, should_attend=0, absent=0, entered=house.entered(day), by_id=house.by)  # fmt: skip
    held, member, at, role = (np.concatenate(one) for one in zip(*attending, strict=True))
    write(lived, "attendances of classes", Attendance, len(held), held_id=held, member_id=member,
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
    write(lived, "numbers of quarters", QuarterNumbers, len(at), organisation_id=house.pks[at], year=house.year,
          quarter=quarter, entered=house.entered(day, 18), by_id=house.by,
          **dict(zip(names, counts, strict=True)))  # fmt: skip
