"""Where the branches are: how many each unit has of every sort, to which body they belong, what they are called."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from baolei.programme.standard.edition import Edition, FieldTable
from baolei.warehouse.demo.places import Place, kind, mix, places, short
from baolei.warehouse.truth import Bits

DIGITS = "零一二三四五六七八九"
LEVEL_WORDS = {1: "region", 2: "league", 3: "banner", 4: "township", 5: "village"}


@dataclass(frozen=True, slots=True)
class Seat:
    """One branch to be.

    `unit` it serves; `home` the unit whose line it hangs on (another one where a league's firm stands in a banner);
    `sort` of the mix; position of its `field` in the edition; `body` of the home it belongs to ('' = the unit itself),
    `number` within that body and how many the body has `of`; `joint` for a branch shared by several units.
    """

    unit: Place
    home: Place
    sort: str
    field: int
    body: str
    number: int
    of: int
    joint: bool


def fields_of(edition: Edition) -> dict[str, int]:
    """In which field of the edition each sort of branch is judged; sorts without any are not in the round.

    A field's code decides, else a word of its Chinese name, else the sort that the mix names as nearest. Fields that
    are none of our sorts get the sorts left over in turn: they then mean nothing, but all have branches.
    """
    sorts = mix()["sorts"]
    found: dict[str, int] = {}
    free = dict(enumerate(edition.fields))
    for told in (_by_code, _by_word):
        for sort, says in sorts.items():
            place = told(says, free) if sort not in found else None
            if place is not None:
                found[sort] = place
                del free[place]
    left = [sort for sort in sorts if sort not in found and _nearest(sort, found) is None]
    if free:
        places = list(free)
        for turn, sort in enumerate(left if len(left) >= len(places) else list(sorts)):
            found.setdefault(sort, places[turn % len(places)])
    return found | {sort: at for sort in sorts if sort not in found and (at := _nearest(sort, found)) is not None}


def _by_code(says: dict[str, Any], free: dict[int, FieldTable]) -> int | None:
    codes = {field.code: place for place, field in free.items()}
    return next((codes[code] for code in says["fields"] if code in codes), None)


def _by_word(says: dict[str, Any], free: dict[int, FieldTable]) -> int | None:
    return next((place for word in says["words"] for place, field in free.items() if word in field.name.zh), None)


def _nearest(sort: str, found: dict[str, int]) -> int | None:
    sorts, seen = mix()["sorts"], set()
    while sort not in found:
        seen.add(sort)
        sort = sorts[sort].get("or", "")
        if not sort or sort in seen:
            return None
    return found[sort]


def seats(units: tuple[Place, ...], fields: dict[str, int], scale: float, bits: Bits) -> list[Seat]:
    """The branches of these units, unit by unit in their order: mean numbers of the mix times `scale`, by chance.

    A banner with more villages has more of everything.
    """
    inside = _villages()
    usual = np.mean(list(inside.values()))
    banners = [unit for unit in units if unit.level == 3]
    found: list[Seat] = []
    for unit in units:
        size = 0.5 + 0.5 * inside[unit.code] / usual if unit.level == 3 else 1.0
        for sort, says in mix()["sorts"].items():
            wanted = says["per"].get(kind(unit), 0) * scale * size
            count = int(wanted) + int(bits.random() < wanted - int(wanted))
            if count and sort in fields:
                found += _of_one_sort(unit, sort, fields[sort], count, banners, bits)
    return found


@cache
def _villages() -> Counter[str]:
    """Units of the lowest level in each banner of the whole region."""
    return Counter(unit.code[:6] for unit in places() if unit.level == 5)


def _of_one_sort(unit: Place, sort: str, field: int, count: int, banners: list[Place], bits: Bits) -> list[Seat]:
    says = mix()["sorts"][sort]
    bodies = says["bodies"][LEVEL_WORDS[unit.level]]
    if says.get("brands"):
        brands = mix()["brands"]
        start = int(bits.integers(len(brands)))
        bodies = [brands[(start + turn) % len(brands)] + bodies[turn % len(bodies)] for turn in range(count)]
    away = mix()["elsewhere"].get(sort, 0) if unit.level == 2 and banners else 0
    joint = bits.random(count) < says.get("joint", 0)
    moved = bits.random(count) < away
    found = []
    for turn in range(count):
        body = bodies[turn % len(bodies)]
        of = (count - turn % len(bodies) - 1) // len(bodies) + 1
        stands = banners[int(bits.integers(len(banners)))] if moved[turn] else unit
        found.append(Seat(stands, unit, sort, field, body, turn // len(bodies) + 1, of, bool(joint[turn])))
    return found


def in_order(found: list[Seat]) -> list[Seat]:
    """The same seats in the order of the units they serve."""
    return sorted(found, key=lambda seat: seat.unit.code)


def codes(found: list[Seat]) -> list[str]:
    """Branch codes: the unit's code, a dash, the number within the unit."""
    seen: Counter[str] = Counter()
    out = []
    for seat in found:
        seen[seat.unit.code] += 1
        out.append(f"{seat.unit.code}-{seen[seat.unit.code]:03d}")
    return out


def body_name(seat: Seat) -> str:
    """The body a branch belongs to, with its place, e.g. 松山区财政局."""
    return short(seat.home.name) + seat.body.replace("{k}", chinese(seat.number))


def name(seat: Seat) -> str:
    """What the branch is called, e.g. 松山区财政局第二党支部."""
    numbered = seat.of > 1 and "{k}" not in seat.body
    where = "" if seat.unit is seat.home else f"驻{short(seat.unit.name)}"
    joint = "联合" if seat.joint else ""
    return f"{body_name(seat)}{where}{joint}{f'第{chinese(seat.number)}' if numbered else ''}党支部"


def chinese(number: int) -> str:
    """A number from 1 to 999 in Chinese words, as in 第十二."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        said += ("" if tens == 1 and not hundreds else DIGITS[tens]) + "十"
    elif hundreds and ones:
        said += "零"
    return said + (DIGITS[ones] if ones else "")
