"""The second tree: Party organisations above the branch. A branch hangs where it is affiliated (隶属), not where it is.

local committee of region, league, banner
  └ township committee, street working committee ─ general branch or committee of a village with several branches
  └ working committee for offices, state assets, new fields, education, health
      └ committee or general branch of a body with several branches
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from baolei.programme.scoring.arithmetic import Ints
from baolei.warehouse.demo.places import Place, mix, short
from baolei.warehouse.demo.seats import Seat, body_name
from baolei.warehouse.truth import Bits

COMMITTEE_FROM, GENERAL_FROM = 100, 50
"""Members from which a body usually has a committee, a general branch (domain: 2.1)."""


@dataclass(frozen=True, slots=True)
class Committee:
    """A Party organisation above the branch; `parent` '' at the top; `members` with all below it."""

    code: str
    name: str
    kind: str
    parent: str
    unit: str
    members: int = 0
    exception: str = ""


def affiliations(seats: list[Seat], members: Ints, bits: Bits) -> tuple[list[str], list[Committee]]:
    """The code of the organisation each branch hangs on, and every organisation of bodies and lines below the units'.

    A body with several branches has an organisation of its own once it is large enough, now and then too early.
    """
    total: dict[tuple[str, str, str], int] = defaultdict(int)
    for seat, count in zip(seats, members, strict=True):
        total[_key(seat)] += int(count)
    made: dict[str, Committee] = {}
    own: dict[tuple[str, str, str], str] = {}
    numbered: dict[str, int] = defaultdict(int)
    hangs = []
    for seat in seats:
        line = _line(seat, made)
        if seat.of < 2 or _stands_alone(seat):
            hangs.append(line)
            continue
        key = _key(seat)
        if key not in own:
            numbered[line] += 1
            own[key] = _body(seat, line, numbered[line], total[key], made, bits)
        hangs.append(own[key])
    return hangs, list(made.values())


def _stands_alone(seat: Seat) -> bool:
    """Bodies that only share a kind, as schools do, share no organisation."""
    return "{k}" in seat.body and not mix()["sorts"][seat.sort].get("parts", False)


def _key(seat: Seat) -> tuple[str, str, str]:
    return seat.home.code, seat.sort, seat.body


def _line(seat: Seat, made: dict[str, Committee]) -> str:
    """The committee of the branch's line: the township's own, or a working committee of its home's level."""
    home, line = seat.home, mix()["sorts"][seat.sort]["line"]
    if line == "township" or home.level == 4:
        return home.parent if home.level == 5 else home.code
    unit = home.code if home.level < 4 else home.code[:6]
    says = mix()["lines"][line]
    code = f"{unit}-{says['code']}"
    if code not in made:
        made[code] = Committee(code, says["name"], says["kind"], unit, unit)
    return code


def _body(seat: Seat, line: str, number: int, members: int, made: dict[str, Committee], bits: Bits) -> str:
    """The body's own committee or general branch; the line itself where the body is too small for either."""
    early = bits.random() < 0.04
    if members < GENERAL_FROM and not early:
        return line
    full = members >= COMMITTEE_FROM or (early and members >= GENERAL_FROM)
    kind, word = ("grassroots_committee", "党委") if full else ("general_branch", "党总支")
    small = members < (COMMITTEE_FROM if full else GENERAL_FROM)
    unit = seat.home.code
    body = "" if "{k}" in seat.body else seat.body
    code = unit if len(unit) == 12 and not body else f"{line}-{number:03d}"
    name = f"{body_name(replace(seat, body=body))}{word}"
    made[code] = Committee(
        code, name, kind, line, unit, exception=mix()["document"] if small and bits.random() < 0.5 else ""
    )
    return code


def whole(made: list[Committee], units: tuple[Place, ...], hangs: list[str], members: Ints) -> list[Committee]:
    """All organisations with the units' own committees above them, each with the members below it, parents first."""
    by_unit = {unit.code: unit for unit in units}
    found = {each.code: _named(each, by_unit) for each in made}
    wanted = {code for code in hangs if code not in found} | {each.parent for each in made if each.parent not in found}
    while wanted:
        for code in sorted(wanted):
            found[code] = _of_unit(by_unit[code])
        wanted = {each.parent for each in found.values() if each.parent and each.parent not in found}
    count: dict[str, int] = defaultdict(int)
    for lowest, number in zip(hangs, members, strict=True):
        code = lowest
        while code:
            count[code] += int(number)
            code = found[code].parent
    return [
        replace(found[code], members=count[code])
        for code in sorted(found, key=lambda code: (_depth(code, found), code))
    ]


def _named(each: Committee, units: dict[str, Place]) -> Committee:
    """Lines carry the name of their unit."""
    is_line = each.code == f"{each.unit}-{each.code.rpartition('-')[2]}" and each.parent == each.unit
    return replace(each, name=f"{short(units[each.unit].name)}{each.name}") if is_line else each


def _of_unit(unit: Place) -> Committee:
    """The committee of a unit: local ones down to the banner; a township's is grassroots, a street's works for it."""
    if unit.level < 4:
        return Committee(unit.code, f"中共{unit.name}委员会", "local_committee", unit.parent, unit.code)
    street = unit.name.endswith("街道") or "街道" in unit.name
    if street:
        return Committee(unit.code, f"{short(unit.name)}党工委", "working_committee", unit.parent, unit.code)
    return Committee(unit.code, f"{short(unit.name)}党委", "grassroots_committee", unit.parent, unit.code)


def _depth(code: str, found: dict[str, Committee]) -> int:
    depth = 0
    while found[code].parent:
        code, depth = found[code].parent, depth + 1
    return depth
