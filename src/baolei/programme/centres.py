"""Service centres 党群服务中心 and the 15-minute circle 15分钟便民服务圈: what a point offers, how it stands, when the
circle is complete. Read from `rulebook/centres.yaml`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from baolei.programme.access import Profile
from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Rows, Ruled, numbers, read_as, since, text
from baolei.programme.standard.edition import Text

NUMBERS = ("circle_minutes", "next_most", "look_years", "minutes_shown")
OPEN, PAUSED, CLOSED = "open", "paused", "closed"
FOLLOWS: Mapping[str, tuple[str, ...]] = {OPEN: (PAUSED, CLOSED), PAUSED: (OPEN, CLOSED), CLOSED: ()}
"""How a centre may stand next. One that has closed does not open again: a new one is entered."""
STATES: Mapping[str, Text] = {
    OPEN: Text("正常运行", "open"),
    PAUSED: Text("暂停", "paused"),
    CLOSED: Text("撤销", "closed"),
}
WEEK = "1234567"


class CentreRefused(ActRefused):
    """A centre that cannot be as it is entered: a step that its state does not allow, hours that are none."""


@dataclass(frozen=True, slots=True)
class Service:
    """A class of service: its name, and whether the 15-minute circle needs it."""

    name: Text
    circle: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of road or of surface: its name, and the values of the map that belong to it."""

    name: Text
    osm: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CentreRules:
    """In force from a day: numbers, levels that have centres, services by code, which profile measures which kind of
    place, classes of road and of surface in the order of the arrays, the surface of a road of which none is known, and
    the profiles with their names.
    """

    since: dt.date
    source: Text
    numbers: Mapping[str, Ruled]
    levels: Mapping[int, Text]
    services: Mapping[str, Service]
    kinds: Mapping[str, str]
    roads: Mapping[str, Kind]
    surfaces: Mapping[str, Kind]
    unsurfaced: Mapping[str, str]
    profiles: Mapping[str, tuple[Text, Profile]]

    def number(self, name: str) -> int:
        """One of `NUMBERS`. Raises KeyError for another name."""
        return self.numbers[name].value

    @property
    def circle(self) -> tuple[str, ...]:
        """The services of which the circle is made."""
        return tuple(code for code, service in self.services.items() if service.circle)

    def profile_of(self, kind: str) -> str:
        """The profile by which the circle of a place of this kind is measured."""
        return self.kinds.get(kind, self.kinds["other"])


def centre_rules(rows: Rows) -> CentreRules:
    """The rules written in `rulebook/centres.yaml`. Raises ValueError naming what a profile, a kind or a road leaves
    open.
    """
    with read_as("centres"):
        roads = {row["code"]: Kind(text(row["name"]), tuple(row["osm"])) for row in rows["roads"]}
        surfaces = {row["code"]: Kind(text(row["name"]), tuple(row["osm"])) for row in rows["surfaces"]}
        rules = CentreRules(
            since(rows), text(rows["source"]), numbers(rows, NUMBERS),
            {row["level"]: text(row["name"]) for row in rows["levels"]},
            {row["code"]: Service(text(row["name"]), bool(row["circle"])) for row in rows["services"]},
            dict(rows["kinds"]), roads, surfaces, dict(rows["unsurfaced"]),
            {code: (text(row["name"]), _profile(row, roads, surfaces)) for code, row in rows["profiles"].items()},
        )  # fmt: skip
    faults = [f"{kind} is measured by a profile that is not there: {profile}"
              for kind, profile in rules.kinds.items() if profile not in rules.profiles]  # fmt: skip
    faults += [f"the surface of {code} is not known" for code in roads if rules.unsurfaced.get(code) not in surfaces]
    faults += [] if "other" in rules.kinds else ["kinds must say what holds for other places"]
    faults += [] if rules.circle else ["no service makes the circle"]
    if faults:
        raise ValueError("centres: " + "; ".join(faults))
    return rules


def _profile(row: Rows, roads: Mapping[str, Kind], surfaces: Mapping[str, Kind]) -> Profile:
    return Profile(
        tuple(float(row["speeds"][code]) for code in roads), tuple(float(row["surfaces"][code]) for code in surfaces),
        bool(row["oneway"]), float(row["snap_metres"]), float(row["off_road"]),
    )  # fmt: skip


# -- a centre ---------------------------------------------------------------------------------------------------------


def check_step(now: str, to: str) -> None:
    """Refuse a step that the state of a centre does not allow. Raises CentreRefused."""
    if to not in FOLLOWS[now]:
        can = FOLLOWS[now]
        raise CentreRefused(
            Text(f"现为“{STATES[now].zh}”，不能改为“{STATES[to].zh}”",
                 f"it is {STATES[now].en} and cannot become {STATES[to].en}"),
            Text("可改为：" + "、".join(STATES[one].zh for one in can) if can else "已撤销的不再恢复，请新登记一个",
                 "it can become " + " or ".join(STATES[one].en for one in can) if can
                 else "one that has closed stays closed: enter a new one"),
        )  # fmt: skip


def check_hours(days: str, opens: dt.time | None, closes: dt.time | None) -> None:
    """Refuse opening hours that are none; no days and no times at all mean that they are not known. Raises
    CentreRefused.
    """
    if not days and opens is None and closes is None:
        return
    if not days or set(days) - set(WEEK) or len(set(days)) != len(days):
        raise CentreRefused(
            Text("开放日要写周几，每天一次", "open days are days of the week, each once"),
            Text("用1至7表示周一至周日，例如12345", "as 1 for Monday to 7 for Sunday, such as 12345"),
        )
    if opens is None or closes is None or opens >= closes:
        raise CentreRefused(
            Text("开门时间要早于关门时间，两项都要填", "opening comes before closing, and both are given"),
            Text("例如08:30和17:30", "such as 08:30 and 17:30"),
        )


# -- the circle -------------------------------------------------------------------------------------------------------


def complete(minutes: Mapping[str, float | None], rules: CentreRules) -> bool:
    """Whether a place's circle is complete: the nearest point of every class of the circle lies within the minutes.
    Half a minute too far is too far.

    >>> complete({"party": 9.5, "affairs": 15.0, "health": 12.0, "daily": 3.0, "culture": 14.9}, rules)
    True
    """
    return not missing(minutes, rules)


def missing(minutes: Mapping[str, float | None], rules: CentreRules) -> tuple[str, ...]:
    """The classes of the circle whose nearest point lies too far, or nowhere."""
    limit = rules.number("circle_minutes")
    return tuple(code for code in rules.circle if (near := minutes.get(code)) is None or near > limit)


def coverage(units: Mapping[int, int], having: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """By level the units with a centre at work, of the units of that level; `0` is all levels together. Both are given
    by level; a level without units is left out.
    """
    found = {level: (having.get(level, 0), number) for level, number in units.items() if number}
    return {**found, 0: (sum(one for one, _all in found.values()), sum(number for _one, number in found.values()))}
