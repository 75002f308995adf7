"""Which wishes are suggested to which members: by place, skill and load, fairly, and explained.

People take wishes up; this only says where to look. The wish that waits longest is served first, each once before any
is a second time; of the members nearest to it whoever has least in hand. So nobody collects all and no wish starves.
Where members are alike a number made of theirs decides, another in each group: no order of members plays a part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
import numpy.typing as npt

from baolei.programme.standard.edition import Text

Ints = npt.NDArray[np.int64]
Heap = list[tuple[int, int, int]]
"""Members by what they have in hand, the number drawn for them, their place."""
ANY = -1
"""The skill of a wish that needs none."""
COMMUNITY, TOWNSHIP, BANNER = RINGS = ("community", "township", "banner")
"""How near a member is, the nearest first; further away nothing is suggested."""
RING_NAMES = {
    COMMUNITY: Text("同一社区", "same community"),
    TOWNSHIP: Text("同一苏木乡镇", "same township"),
    BANNER: Text("同一旗县", "same banner"),
}
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Wishes:
    """Wishes as columns: a number each that stays; the community, township and banner they lie in (also numbers); the
    skill they need, or `ANY`; for how many days they wait.
    """

    number: Ints
    community: Ints
    township: Ints
    banner: Ints
    skill: Ints
    waits: Ints


@dataclass(frozen=True, slots=True)
class Members:
    """Registered members as columns: a number each that stays; where they are registered; what they have in hand; and
    pairs of member (by its place here) and skill.
    """

    number: Ints
    community: Ints
    township: Ints
    banner: Ints
    load: Ints
    skilled: Ints
    skill: Ints


@dataclass(frozen=True, slots=True)
class Suggested:
    """Suggestions as columns: the wish and the member by their places, and how near (the place in `RINGS`)."""

    wish: Ints
    member: Ints
    ring: Ints

    def __len__(self) -> int:
        return len(self.wish)


@dataclass(frozen=True, slots=True)
class Fairness:
    """How evenly something is shared out: most of one member, Gini of all members, the share of members with any;
    wishes with nobody though somebody could have been found for them, and the longest wait among these.
    """

    most: int
    gini: float
    with_any: float
    starved: int
    longest: int


def suggest(wishes: Wishes, members: Members, *, per_wish: int, most: int) -> Suggested:
    """To each wish up to `per_wish` members; to each member as many wishes as, with those in hand, come to `most`."""
    load = members.load.astype(np.int64)
    rings = [_Ring(wishes, members, name) for name in RINGS]
    found: list[tuple[int, int, int]] = []
    named: list[set[int]] = [set() for _ in range(len(wishes.number))]
    order = np.lexsort((wishes.number, -wishes.waits)).tolist()
    held = load.tolist()
    for _turn in range(per_wish):
        open_ones = []
        for wish in order:
            chosen = _nearest(rings, wish, held, most, named[wish])
            if chosen is None:
                continue  # whoever could be found has enough: nobody will have less in a later turn
            ring, member = chosen
            named[wish].add(member)
            found.append((wish, member, ring))
            open_ones.append(wish)
        order = open_ones
    columns = np.array(found, np.int64).reshape(-1, 3).T
    return Suggested(columns[0], columns[1], columns[2])


def _nearest(rings: Sequence[_Ring], wish: int, held: list[int], most: int, named: set[int]) -> tuple[int, int] | None:
    for number, ring in enumerate(rings):
        member = ring.take(wish, held, most, named)
        if member is not None:
            return number, member
    return None


class _Ring:
    """Members by place and skill at one distance; each group a heap, made at its first need."""

    def __init__(self, wishes: Wishes, members: Members, name: str) -> None:
        at: Ints = getattr(members, name)
        asked: Ints = getattr(wishes, name)
        skills = int(max(members.skill.max(initial=ANY), wishes.skill.max(initial=ANY))) + 2
        everybody = at * skills
        keys = np.concatenate([everybody, at[members.skilled] * skills + members.skill + 1])
        people = np.concatenate([np.arange(len(at)), members.skilled])
        order = np.argsort(keys, kind="stable")
        self.people = people[order]
        self.keys, self.starts = np.unique(keys[order], return_index=True)
        self.ends = np.append(self.starts[1:], len(order))
        wanted = asked * skills + wishes.skill + 1
        place = np.searchsorted(self.keys, wanted)
        there = place < len(self.keys)
        there[there] = self.keys[place[there]] == wanted[there]
        self.group = np.where(there, place, -1).tolist()
        self.drawn = _drawn(members.number)
        self.heaps: dict[int, Heap] = {}

    def take(self, wish: int, held: list[int], most: int, named: set[int]) -> int | None:
        """Whoever of the group of a wish has least in hand and was not named for it yet; counted as in hand now."""
        group = self.group[wish]
        if group < 0:
            return None
        heap = self._heap(group, held, most)
        passed: Heap = []
        found: int | None = None
        while heap:
            load, drawn, member = heappop(heap)
            now = held[member]
            if now >= most:
                continue
            if now != load:
                heappush(heap, (now, drawn, member))
            elif member in named:
                passed.append((load, drawn, member))
            else:
                held[member] = load + 1
                heappush(heap, (load + 1, drawn, member))
                found = member
                break
        for one in passed:
            heappush(heap, one)
        return found

    def _heap(self, group: int, held: list[int], most: int) -> Heap:
        if group not in self.heaps:
            people = self.people[self.starts[group] : self.ends[group]]
            salted = self.drawn[people] ^ _drawn(self.keys[group : group + 1])
            drawn = _stirred(salted).tolist()
            heap = [(held[one], lot, one) for one, lot in zip(people.tolist(), drawn, strict=True) if held[one] < most]
            heapify(heap)
            self.heaps[group] = heap
        return self.heaps[group]


def _drawn(number: Ints) -> npt.NDArray[np.uint64]:
    return _stirred(number.astype(np.uint64) * _MIX)


def _stirred(of: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Numbers that look drawn by lot, and are the same for the same (the finaliser of SplitMix64)."""
    mixed = (of ^ (of >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


# -- explained --------------------------------------------------------------------------------------------------------


def explained(ring: str, skill: Text | None, waits: int, language: str) -> str:
    """Why a wish stands on somebody's page, in words.

    >>> explained("community", Text("电工", "electrician"), 12, "en")
    'same community; skill: electrician; waits 12 days'
    """
    english = language.startswith("en")
    said = [RING_NAMES[ring].say(language)]
    if skill is not None:
        said.append(f"skill: {skill.en}" if english else f"特长：{skill.zh}")
    said.append(f"waits {waits} day{'' if waits == 1 else 's'}" if english else f"已等{waits}天")
    return ("; " if english else "；").join(said)


# -- how fair ---------------------------------------------------------------------------------------------------------


def fairness(loads: Ints, waits: Ints, served: npt.NDArray[np.bool_], servable: npt.NDArray[np.bool_]) -> Fairness:
    """Of so many for each member and each wish's days, whether it was served, and whether it could have been."""
    starved = servable & ~served
    return Fairness(
        int(loads.max(initial=0)), gini(loads), float((loads > 0).mean()) if len(loads) else 0.0,
        int(starved.sum()), int(waits[starved].max(initial=0)),
    )  # fmt: skip


def gini(loads: Ints) -> float:
    """0 where all have the same, near 1 where one has everything.

    >>> gini(np.array([1, 1, 1, 1])), gini(np.array([0, 0, 0, 4]))
    (0.0, 0.75)
    """
    total = int(loads.sum())
    if not total:
        return 0.0
    ordered = np.sort(loads)
    ranks = np.arange(1, len(ordered) + 1)
    return float(2 * (ranks * ordered).sum() / (len(ordered) * total) - (len(ordered) + 1) / len(ordered))


def servable(wishes: Wishes, members: Members) -> npt.NDArray[np.bool_]:
    """Which wishes somebody in their banner has the skill for."""
    ring = _Ring(wishes, members, BANNER)
    return np.array(ring.group, np.int64) >= 0
