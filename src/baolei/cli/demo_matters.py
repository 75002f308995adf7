"""A year of matters, invented by rule: reported in every way, gone as `demo_courses` says, called back by the draw of
the room itself, closed, opened again, merged and split, and without contact and words once their time was over.

Written in bulk: the demo has the matters of its banner, `benchmarks/matters.py` those of the whole region.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import numpy as np
from django.db import transaction

from baolei.cli.demo_courses import (
    CALL_DAYS,
    DAY,
    FATES,
    LEFT,
    MERGED,
    PACES,
    PART,
    PLAIN,
    Course,
    Courses,
    Script,
    called,
    fates,
    moment,
    week_after,
)
from baolei.cli.demo_grids import LANDMARKS, Grids, Places, lay_grids, names, places, share
from baolei.cli.demo_house import Ints, Objects, Truths, numbered, only
from baolei.cli.demo_life import Lived, recorder
from baolei.matters.actions import RECEIPT
from baolei.matters.contacts import sealed
from baolei.matters.doors import CALLS_AT, seats
from baolei.matters.models import Call, Draw, Grid, Matter, Night, Step
from baolei.matters.nightly import count, count_grids
from baolei.organisations.pouring import pour
from baolei.people.models import Account
from baolei.people.receipts import digest, of_key
from baolei.programme import matters as rules
from baolei.programme.matters import CALLER, CONFIRMED, HOLDER, LOWEST, NOT_FIXED
from baolei.warehouse.rulebook import matters as matter_rules

MATTERS, DAYS, YEAR = 1_000_000, 730, 365
"""Those of the whole region in a year; so many days the demo has had matters."""
KINDS = {"request": 0.6, "hazard": 0.12, "dispute": 0.13, "information": 0.15}
CHANNELS = {Matter.WORKER: (0.25, 0.3), Matter.RESIDENT: (0.6, 0.55), Matter.DESK: (0.1, 0.7),
            Matter.PROGRAM: (0.05, 0.6)}  # fmt: skip
"""How many were reported so, and how many of these left a contact."""
WEEKEND, TWIN, AT_LANDMARK = 0.35, 0.015, 0.3
NEVER_TAKEN = 90
"""What nobody takes in hand at any level is not older than so many days."""
WORDS = {
    "request": ("路灯不亮，晚上看不清路", "自来水压力小，早上接不上水", "垃圾箱满了没人清运", "巷口路面有坑，骑车颠",
                "健身器材的扶手松了", "想请人帮老人代办医保手续", "公厕的灯坏了", "村口公交站牌看不清"),
    "hazard": ("电线垂得很低，怕碰到人", "井盖破了一角，孩子常在那里跑", "楼道里堆着纸箱，怕着火", "河边护栏断了一截",
               "配电箱的门关不上", "冰雪天坡道太滑，有人摔倒"),
    "dispute": ("两家为院墙的界线争执", "楼上漏水，商量不拢怎么修", "草场边界说法不一", "摊位占道，邻居有意见",
                "夜里音响太吵，劝过几次", "合伙买的农机，使用时间谈不拢"),
    "information": ("问医保缴费到哪天为止", "问残疾证在哪里换", "问草畜平衡补贴怎么申请", "问流动党员怎样报到",
                    "问孩子入学要带什么材料"),
}  # fmt: skip
PART_WORDS = "另有一处同样的问题，分开办理"
RATED = {CONFIRMED: (0.6, (0.01, 0.02, 0.1, 0.32, 0.55)), NOT_FIXED: (0.3, (0.3, 0.3, 0.25, 0.1, 0.05))}
"""How many say how content they are, and how often which grade."""
OUTCOMES = {Call.YES: 0.68, Call.NO: 0.13, Call.NOBODY: 0.19}


@dataclass(slots=True)
class Book:
    """The matters before they are written, by columns; days by their ordinal number.

    `tie` is the place of the one it was merged into, or split off from; -1 for none. `fate` is its number in
    `FATES`; -1 for those.
    """

    grid: Ints
    village: Ints
    kind: Objects
    channel: Objects
    day: Ints
    pace: Ints
    course: Objects
    contact: Truths
    fate: Ints
    tie: Ints
    pks: Ints

    def sorted(self) -> Book:
        """The same in the order of their days, with numbers."""
        order = np.argsort(self.day, kind="stable")
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        tie = np.where(self.tie >= 0, place[self.tie], -1)[order]
        mine = {one.name: getattr(self, one.name)[order] for one in fields(self) if one.name not in ("tie", "pks")}
        return Book(**mine, tie=tie, pks=numbered(Matter, len(order)))

    def walked(self, place: int, script: Script, levels: tuple[int, ...], courses: Courses) -> Course:
        """The course of one of them by another script."""
        day, held = date.fromordinal(int(self.day[place])), self.channel[place] in courses.held
        return courses.of(self.kind[place], day, script, int(self.pace[place]), levels, held=held)


@transaction.atomic
def make_matters(below: str, day: date, seed: int, *, days: int = DAYS) -> Lived:
    """Grids and matters of the villages at or below a path, those reported so many days before a day, gone on as far as
    the night to that day; a second time nothing.
    """
    lived = Lived()
    if Grid.objects.exists():
        return lived
    random, here = np.random.default_rng([seed, 23]), places(below, day)
    if not len(here.units):
        return lived
    grids = lay_grids(lived, here, day, random)
    courses = Courses(day)
    book = _with_others(_reported(here, grids, day, days, random, courses), here, courses, random)
    draws = _called_back(book, here, courses, seed, random)
    hands = _Hands(day)
    _write_matters(lived, book, here, grids, seed, hands, random)
    _write_steps(lived, book, here, hands)
    _write_draws(lived, draws, hands.caller)
    count(day - timedelta(days=max(0, days - YEAR)))  # the months before those that are counted each night as well
    count_grids(day)
    Night.objects.create(day=day, drawn=sum(len(calls) for _draw, calls in draws))
    return lived


def _reported(here: Places, grids: Grids, day: date, days: int, random: Any, courses: Courses) -> Book:
    """What was reported, more on working days, and how it went."""
    number, first = round(share(MATTERS, len(here.units)) * days / YEAR), day.toordinal() - days
    weights = np.array([WEEKEND if (first + one) % 7 in (6, 0) else 1.0 for one in range(days)])
    on = first + np.sort(random.choice(days, number, p=weights / weights.sum()))
    grid = random.integers(0, len(grids.pks), number)
    kind = random.choice(np.array(list(KINDS), object), number, p=list(KINDS.values()))
    channel = random.choice(np.array(list(CHANNELS), object), number, p=[one for one, _ in CHANNELS.values()])
    leaving = np.array([CHANNELS[one][1] for one in channel.tolist()])
    pace, fate = random.choice(len(PACES), number, p=(0.4, 0.4, 0.2)), fates(random.random(number))
    fate = np.where((fate == len(FATES) - 1) & (on < first + days - NEVER_TAKEN), 0, fate)
    none = np.full(number, -1, np.int64)
    book = Book(grid, grids.village[grid], kind, channel, on, pace, np.empty(number, object),
                random.random(number) < leaving, fate, none, none)  # fmt: skip
    scripts, at = [FATES[one][1] for one in fate.tolist()], [here.levels[one] for one in book.village.tolist()]
    book.course[:] = [book.walked(place, scripts[place], at[place], courses) for place in range(number)]
    return book


def _with_others(book: Book, here: Places, courses: Courses, random: Any) -> Book:
    """With what was split off from these, and what somebody else reported the day after and was merged into them."""
    twins = random.random(len(book.day)) < TWIN
    more = list[tuple[int, int, str, Course]]()
    for place, course in enumerate(book.course.tolist()):
        kind, at = book.kind[place], here.levels[book.village[place]]
        more += [(place, day.toordinal(), Matter.SPLIT, courses.of(kind, day, PART, 1, at, level=level))
                 for day, level in course.parts]  # fmt: skip
        if twins[place]:
            day = date.fromordinal(int(book.day[place])) + DAY
            twin, closed = courses.of(kind, day, MERGED, 0, at), course.closed_first()
            if twin.mine.closed_on is not None and (closed is None or closed > twin.mine.closed_on):
                more.append((place, day.toordinal(), Matter.RESIDENT, twin))
    if not more:
        return book.sorted()
    tie, new = np.array([one[0] for one in more], np.int64), np.array([one[1] for one in more], np.int64)
    course = np.empty(len(more), object)
    course[:] = [one[3] for one in more]
    no, none = np.zeros(len(more), bool), np.full(len(more), -1, np.int64)
    others = Book(book.grid[tie], book.village[tie], book.kind[tie], np.array([one[2] for one in more], object), new,
                  book.pace[tie], course, no, none, tie, tie)  # fmt: skip
    both = {one.name: np.concatenate([getattr(book, one.name), getattr(others, one.name)]) for one in fields(book)}
    return Book(**both).sorted()


# ---- called back ----


def _called_back(book: Book, here: Places, courses: Courses, seed: int, random: Any) -> list[tuple[Draw, list[Call]]]:
    """The draws of each township and week, and what came of the call-backs: the courses go on from there."""
    rule, found = matter_rules(), list[tuple[Draw, list[Call]]]()
    for (town, on), pool in sorted(_pools(book, here, courses.last).items()):
        reachable = [place for place in pool if book.contact[place]]
        numbers, week = book.pks[reachable].tolist(), on - timedelta(days=7)
        lot = sha256(f"{seed}|{town}|{week}".encode()).hexdigest()
        draw = Draw(unit_id=town, week=week, seed=lot, numbers=numbers, digest=rules.digest(map(str, numbers)),
                    without=len(pool) - len(numbers), on=on)  # fmt: skip
        places_of, calls = dict(zip(numbers, reachable, strict=True)), list[Call]()
        for number in rules.drawn(lot, numbers, rules.sample_size(len(numbers), rule)):
            place, wait = places_of[number], int(random.integers(1, CALL_DAYS + 1))
            script = FATES[book.fate[place]][1] if book.fate[place] >= 0 else ()
            reached = script in (LEFT, PLAIN)  # who says something of their own later is not reached before
            outcome = str(random.choice(list(OUTCOMES), p=list(OUTCOMES.values()))) if reached else Call.NOBODY
            gone_on: Any = book.course[place]
            made = gone_on.unsure(on + (wait + 1) * DAY) and on + wait * DAY < courses.last
            if made and outcome != Call.NOBODY:
                again = called(script, outcome, wait)
                book.course[place] = book.walked(place, again, here.levels[book.village[place]], courses)
            calls.append(Call(draw=draw, matter_id=number, outcome=outcome if made else "",
                              on=on + wait * DAY if made else None))  # fmt: skip
        found.append((draw, calls))
    return found


def _pools(book: Book, here: Places, last: date) -> dict[tuple[int, date], list[int]]:
    """By township and the Monday after the places of what its asker had not confirmed then."""
    pools = defaultdict[tuple[int, date], list[int]](list)
    towns = here.above[:, CALLS_AT]
    for place, course in enumerate(book.course.tolist()):
        closed = course.unsure_on()
        if closed is None:
            continue
        town, on = int(towns[book.village[place]]), week_after(closed)
        if town and on <= last and course.unsure(on):
            pools[town, on].append(place)
    return pools


# ---- written ----

COLUMNS = (
    "id", "unit_id", "grid_id", "landmark_id", "kind", "channel", "words", "at", "on", "by_id", "key", "code",
    "contact", "state", "holder_id", "level", "handler_id", "due", "ends", "paused", "left_here", "left_whole",
    "ending", "unfixed", "closed_on", "reopened", "satisfaction", "merged_into_id", "part_of_id", "removed_on",
)  # fmt: skip
STEP_COLUMNS = ("matter_id", "act", "before", "after", "at", "by_id", "unit_id", "note", "removed", "due", "ends")


class _Hands:
    """Who acts at a unit: somebody who holds a seat there, else the account of the demo."""

    def __init__(self, day: date) -> None:
        self._else, self.caller, self._there = recorder(), recorder("demo-caller", "演示回访员"), dict[int, int]()
        acting = Account.objects.filter(mandates__role__in=matter_rules().roles, is_active=True).distinct()
        for account in acting.order_by("pk"):
            for unit in seats(account, day):
                self._there.setdefault(unit, account.pk)

    def of(self, unit: int) -> int:
        """The account (pk) of a unit."""
        return self._there.get(unit, self._else)


def _write_matters(lived: Lived, book: Book, here: Places, grids: Grids, seed: int, hands: _Hands, random: Any) -> None:
    number = len(book.pks)
    said, grade, mark = random.random(number), random.random((number, 2)), random.integers(0, 3, number)
    twin = (book.tie >= 0) & (book.channel != Matter.SPLIT)
    said[twin] = said[book.tie[twin]]
    marked, called_, phone = (
        random.random(number) < AT_LANDMARK,
        names(number, random),
        random.integers(0, 10**4, number),
    )
    above, tied = here.above.tolist(), np.where(book.tie >= 0, book.pks[book.tie], 0).tolist()
    grid, day = grids.pks[book.grid].tolist(), book.day.tolist()
    landmark = only(marked, grids.landmarks[len(LANDMARKS) * book.village + mark])

    def row(place: int) -> tuple[Any, ...]:
        course, kind, channel = book.course[place], book.kind[place], book.channel[place]
        mine, at, pk, split = course.mine, above[book.village[place]], int(book.pks[place]), channel == Matter.SPLIT
        gone, merged, holder = course.removed is not None, tied[place] and not split, at[mine.holder_id]
        words = PART_WORDS if split else WORDS[kind][int(said[place] * len(WORDS[kind]))]
        sealing = book.contact[place] and not gone and not tied[place]
        return (
            pk, at[LOWEST], grid[place], landmark[place], kind, channel, "" if gone else words,
            moment(date.fromordinal(day[place]), 480 + pk % 115), date.fromordinal(day[place]),
            hands.of(at[LOWEST]) if channel in (Matter.WORKER, Matter.DESK) else None,
            None if gone or split else digest(f"keydemo{seed}-{pk}"),
            None if gone or split else digest(of_key(f"demo{seed}-{pk}", RECEIPT)),
            sealed(called_[place], f"1390000{phone[place]:04d}") if sealing else "",
            mine.state, holder, mine.level, hands.of(holder) if mine.handler_id else None, mine.due, mine.ends,
            mine.paused, mine.left_here, mine.left_whole, mine.ending, mine.unfixed, mine.closed_on, mine.reopened,
            None if tied[place] else _grade(mine.ending, *grade[place]), tied[place] if merged else None,
            tied[place] if split else None, course.removed,
        )  # fmt: skip

    pour(Matter, COLUMNS, map(row, range(number)))
    lived.wrote("matters", Matter, number)


def _grade(ending: str, says: float, lot: float) -> int | None:
    """How content somebody said they were, if they said it."""
    share_, grades = RATED.get(ending, (0.0, ()))
    return 1 + int(np.searchsorted(np.cumsum(grades)[:-1], lot, side="right")) if says < share_ else None


def _write_steps(lived: Lived, book: Book, here: Places, hands: _Hands) -> None:
    above = here.above.tolist()

    def rows() -> Iterator[tuple[Any, ...]]:
        for pk, course, village in zip(book.pks.tolist(), book.course.tolist(), book.village.tolist(), strict=True):
            at = above[village]
            for one in course.steps:
                who = {HOLDER: hands.of(at[one.held]), CALLER: hands.caller}.get(one.person)
                gone = bool(one.note) and course.removed is not None
                yield (pk, one.act, one.before, one.after, one.at, who, at[one.level], "" if gone else one.note, gone,
                       one.due, one.ends)  # fmt: skip

    pour(Step, STEP_COLUMNS, rows())
    lived.wrote("acts upon matters", Step, sum(len(one.steps) for one in book.course.tolist()))


def _write_draws(lived: Lived, draws: list[tuple[Draw, list[Call]]], caller: int) -> None:
    Draw.objects.bulk_create([draw for draw, _calls in draws], batch_size=2_000)
    calls = [call for _draw, calls in draws for call in calls]
    for call in calls:
        call.draw_id, call.by_id = call.draw.pk, caller if call.outcome else None
    Call.objects.bulk_create(calls, batch_size=2_000)
    lived.wrote("draws of call-backs", Draw, len(draws))
    lived.wrote("call-backs", Call, len(calls))
