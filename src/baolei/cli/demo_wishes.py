"""Wishes of a year, invented by rule: members registered with communities of their banner, small wishes as far as they
came, branches paired with communities and what they planned for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from baolei.cli.demo_house import House, Ints, Objects, keys, numbered, only, write
from baolei.cli.demo_life import Lived, recorder
from baolei.programme.wishes import BEGUN, CLAIMED, CONFIRMED, DONE, FULFILLED, LAPSED, LIT, PAIRED, REPORTED

SERVING = ("government_office", "public_institution", "state_enterprise", "hospital", "school", "university")
WISHES = (
    ("家里水龙头漏水，想请人修一修", "electrician"), ("想学会用手机给外地的孙子打视频", "appliances"),
    ("周三上午想有人陪着去医院", "driving"), ("想有人每周来说说话", "care"), ("想量一量血压，问问怎么吃药", "medicine"),
    ("租房合同看不明白，想请人讲讲", "law"), ("孩子数学跟不上，想请人辅导", "teaching"),
    ("想把一封蒙文信译成汉文", "languages"), ("家里两只羊不吃草，想请人看看", "livestock"),
    ("腿脚不便，想请人上门理发", "hair"), ("想要一副老花镜", ""), ("院门的锁坏了，想换一把", "carpentry"),
)  # fmt: skip
CALLED = ("王奶奶", "李大爷", "额吉", "张阿姨", "赵大叔", "")
DEEDS = (("进社区义诊一场", "service"), ("免费法律咨询一次", "advice"), ("给独居老人检修一遍水电", "care"),
         ("修好健身器材", "place"), ("办一期少年书法班", "benefit"))  # fmt: skip
TERM, WORKING = 60, 21


@dataclass(frozen=True, slots=True)
class Places:
    """Communities, and by branch where in their order those of its banner begin and end."""

    units: Ints
    first: Ints
    last: Ints


def wishes(house: House, lived: Lived) -> None:
    """Three in ten members of offices and institutions are registered; some communities have wishes, or are paired."""
    places = _places(house)
    if not len(places.units):
        return
    registered = _register(house, lived, places)
    _wish(house, lived, places, *registered)
    _pair(house, lived, places)


def _places(house: House) -> Places:
    from baolei.organisations.models import OrganisationState, UnitState
    from baolei.wishes.doors import BANNER_PATH

    day = house.calendar[house.last]
    homes = dict(UnitState.objects.on(day).values_list("unit", "path"))
    found = UnitState.objects.on(day).filter(level=5).order_by("path").values_list("unit", "path")
    units, banners = [unit for unit, _path in found], np.array([path[:BANNER_PATH] for _unit, path in found], str)
    stands = dict(OrganisationState.objects.on(day).filter(kind="branch").values_list("organisation", "unit"))
    mine = np.array([homes.get(stands.get(one.pk, 0), "")[:BANNER_PATH] for one in house.branches], str)
    return Places(np.array(units, np.int64), np.searchsorted(banners, mine), np.searchsorted(banners, mine, "right"))


def _chosen(house: House, places: Places, at: Ints) -> Ints:
    """By lot a community of the banner of each of these branches."""
    room = places.last[at] - places.first[at]
    return places.units[places.first[at] + (house.random.random(len(at)) * room).astype(np.int64)]


def _serving(house: House, places: Places) -> Any:
    return np.isin(house.fields, SERVING) & (places.last > places.first)


def _register(house: House, lived: Lived, places: Places) -> tuple[Ints, Ints]:
    """Those who registered, in the first quarter or later, once in a life; their numbers and their branches."""
    from baolei.warehouse.rulebook import wishes as rules
    from baolei.wishes.models import Registration

    random, there = house.random, set(Registration.objects.filter(ended=None).values_list("member", flat=True))
    mine = house.there(house.last) & _serving(house, places)[house.at] & house.lots(len(house.at), 0.3)
    mine &= ~np.isin(house.member, np.array(sorted(there), np.int64))
    at, member = house.at[mine], house.member[mine]
    day = random.integers(0, max(1, min(house.last, 90)), len(at))
    codes = list(rules().skills)
    skills = ['["' + codes[one] + '"]' if one < len(codes) else "[]" for one in random.integers(0, 20, len(at))]
    pks = numbered(Registration, len(at))
    write(lived, "members registered with communities", Registration, len(at), id=pks, member_id=member,
          unit_id=_chosen(house, places, at), skills=np.array(skills, object), since=house.days(day),
          until=house.days(day + 700), consent=1, consented=house.days(day), document="", by_id=house.by,
          how="")  # fmt: skip
    return pks, at


def _wish(house: House, lived: Lived, places: Places, registered: Ints, of: Ints) -> None:
    """Wishes of one community in eight, spread over the year; what became of each, and who took it up."""
    from baolei.wishes.models import Claim, Wish

    random, banners = house.random, np.unique(np.stack([places.first, places.last], axis=1), axis=0)
    near = np.concatenate([places.units[first:last] for first, last in banners]) if len(banners) else places.units[:0]
    some = np.repeat(near[house.lots(len(near), 0.12)], 4)
    lit = random.integers(0, house.last + 1, len(some))
    kind = random.integers(0, len(WISHES), len(some))
    words, skill = (np.array(one, object)[kind] for one in zip(*WISHES, strict=True))
    age, luck = house.last - lit, random.random(len(some))
    taken = (luck < 0.8) & (age > 5) & (len(registered) > 0)
    state = np.where(taken, np.where(age > 30, DONE, np.where(age > 20, FULFILLED, CLAIMED)),
                     np.where(age > TERM, LAPSED, LIT)).astype(object)  # fmt: skip
    ended = np.where(state == DONE, lit + 25, np.where(state == LAPSED, lit + TERM + 1, -1))
    gone = (ended >= 0) & (ended + 30 <= house.last)
    due = np.where(state == LIT, lit + TERM, np.where(ended >= 0, -1, house.last + WORKING))
    pks = numbered(Wish, len(some))
    write(lived, "small wishes", Wish, len(some), id=pks, unit_id=some, key=keys(pks),
          words=np.where(gone, "", words),
          called=np.where(gone, "", random.choice(np.array(CALLED, object), len(some))),
          minor=False, skill=skill, consent=1, consented=house.days(lit), lit=house.days(lit),
          until=house.days(lit + TERM), state=state, due=house.days(due), receipt="", tries=0, by_id=house.by,
          ended=house.days(ended), reason="", cleared=house.days(np.where(gone, ended + 30, -1)))  # fmt: skip
    mine = np.flatnonzero(taken)
    who = random.integers(0, max(1, len(registered)), len(mine))
    state = np.array([{DONE: "done", FULFILLED: "fulfilled", CLAIMED: "open"}[one] for one in state[mine]], object)
    write(lived, "wishes taken up", Claim, len(mine), wish_id=pks[mine], state=state,
          registration_id=only(~gone[mine], registered[who]), organisation_id=house.pks[of[who]],
          day=house.days(lit[mine] + 4), by_code=house.lots(len(mine), 0.5) & (state == "done"),
          fulfilled=house.days(np.where(state == "open", -1, lit[mine] + 20)),
          confirmed=house.days(np.where(state == "done", lit[mine] + 25, -1)))  # fmt: skip


def _pair(house: House, lived: Lived, places: Places) -> None:
    """Half of the serving branches are paired, and have planned one deed each for their community."""
    from baolei.wishes.models import Deed, Pairing

    random = house.random
    at = np.flatnonzero(_serving(house, places) & house.lots(house.size, 0.5))
    there = set(Pairing.objects.filter(state=PAIRED).values_list("organisation", flat=True))
    homes = _chosen(house, places, at)
    new = ~np.isin(house.pks[at], np.array(sorted(there), np.int64))
    write(lived, "branches paired with communities", Pairing, int(new.sum()), organisation_id=house.pks[at[new]],
          unit_id=homes[new], state=PAIRED, proposed=house.calendar[0], by_id=house.by,
          decided=house.calendar[min(5, house.last)],
          decided_by_id=recorder("demo-communities", "演示社区"))  # fmt: skip
    planned = random.integers(0, house.last + 1, len(at))
    kind, age = random.integers(0, len(DEEDS), len(at)), house.last - planned
    title, code = (np.array(one, object)[kind] for one in zip(*DEEDS, strict=True))
    state: Objects = np.where(age < 40, BEGUN, np.where(age < 55, REPORTED, CONFIRMED)).astype(object)
    pks, done = numbered(Deed, len(at)), state == CONFIRMED
    write(lived, "practical deeds", Deed, len(at), id=pks, organisation_id=house.pks[at], unit_id=homes, key=keys(pks),
          kind=code, title=title, plan="两名党员负责，一个月内办完", planned=house.days(planned),
          until=house.days(planned + 45), state=state, by_id=house.by,
          reported=house.days(np.where(state == BEGUN, -1, planned + 40)),
          confirmed=house.days(np.where(done, planned + 50, -1)),
          confirmed_by_id=only(done, np.full(len(at), house.by)))  # fmt: skip
