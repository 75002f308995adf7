"""Decisions and affairs 议事与公开: the steps of a major matter, what is to be made public when, tasks set from above.

Four discussions and two announcements 四议两公开 are a table of steps, each after another; what is made public is owed
by the calendar and a period counts once. Rules: `rulebook/affairs.yaml`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from baolei.programme.life import standing
from baolei.programme.organisation.periods import periods
from baolei.programme.organisation.rules import MONTHS
from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Rows, Ruled, basis, numbers, read_as, since, text
from baolei.programme.standard.edition import Basis, Text

NUMBERS = ("resolution_days", "filled_in_days")
YEAR = 12
DAY = dt.timedelta(days=1)


class StepRefused(ActRefused):
    """A step of a matter that is not its turn, was taken already, or lies before the one it follows."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a major matter. `after` is the step it follows ('' none); `meetings` the forms of gatherings it can
    be, of which one `must` be named where the rules say so; `fields` in which it is there, empty for all.
    """

    code: str
    name: Text
    called: Mapping[str, Text]
    after: str
    meetings: tuple[str, ...]
    must: bool
    fields: frozenset[str]
    basis: Basis

    def named(self, field: str) -> Text:
        """What it is called in a field."""
        return self.called.get(field, self.name)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of announcement, once in so many `months`; `fields` in which it is owed, empty for all."""

    code: str
    name: Text
    called: Mapping[str, Text]
    months: int
    fields: frozenset[str]
    basis: Basis

    def named(self, field: str) -> Text:
        """What it is called in a field."""
        return self.called.get(field, self.name)


@dataclass(frozen=True, slots=True)
class AffairsRules:
    """In force from a day: numbers; who answers for a resolution; fields and steps of matters, and the step that
    decides; kinds and places of announcements; by item of the editions the steps and kinds it counts.
    """

    since: dt.date
    source: Text
    numbers: Mapping[str, Ruled]
    who: Mapping[str, Text]
    matter_fields: frozenset[str]
    decides: str
    steps: Mapping[str, Step]
    step_items: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, Kind]
    places: Mapping[str, Text]
    kind_items: Mapping[str, tuple[str, ...]]
    list_items: Mapping[str, str]

    def number(self, name: str) -> int:
        """One of `NUMBERS`. Raises KeyError for another name."""
        return self.numbers[name].value

    def steps_in(self, field: str) -> tuple[Step, ...]:
        """The steps of a matter in a field, in their order; none where no such matters are kept."""
        if field not in self.matter_fields:
            return ()
        return tuple(one for one in self.steps.values() if not one.fields or field in one.fields)

    def kinds_in(self, field: str, kinds: Collection[str] = ()) -> tuple[Kind, ...]:
        """What a branch of a field makes public, of these kinds (empty: of all)."""
        return tuple(one for one in self.kinds.values()
                     if (not one.fields or field in one.fields) and (not kinds or one.code in kinds))  # fmt: skip


def affairs_rules(rows: Rows) -> AffairsRules:
    """The rules written in `rulebook/affairs.yaml`.

    Raises ValueError naming what is missing, a step that follows one not named before it, an item that counts an
    unknown step or kind, and a step that must be a gathering and names none.
    """
    with read_as("affairs"):
        matters, public = rows["matters"], rows["announcements"]
        rules = AffairsRules(
            since(rows), text(rows["source"]), numbers(rows, NUMBERS), _named(rows["who"]),
            frozenset(matters["fields"]), matters["decides"],
            {row["code"]: _step(row, rows) for row in matters["steps"]},
            {item: tuple(steps) for item, steps in matters["items"].items()},
            {row["code"]: _kind(row, rows) for row in public["kinds"]}, _named(public["places"]),
            {item: tuple(kinds) for item, kinds in public["items"].items()}, dict(public["list_items"]),
        )  # fmt: skip
    if faults := list(_faults(rules)):
        raise ValueError("affairs: " + "; ".join(faults))
    return rules


def _named(rows: Sequence[Rows]) -> dict[str, Text]:
    return {row["code"]: text(row["name"]) for row in rows}


def _called(row: Rows) -> dict[str, Text]:
    return {field: text(words) for field, words in row.get("called", {}).items()}


def _step(row: Rows, file: Rows) -> Step:
    return Step(row["code"], text(row["name"]), _called(row), row.get("after", ""), tuple(row.get("meetings", ())),
                row.get("must", False), frozenset(row.get("fields", ())), basis(row, file))  # fmt: skip


def _kind(row: Rows, file: Rows) -> Kind:
    return Kind(row["code"], text(row["name"]), _called(row), MONTHS[row["per"]], frozenset(row.get("fields", ())),
                basis(row, file))  # fmt: skip


def _faults(rules: AffairsRules) -> Iterator[str]:
    codes = list(rules.steps)
    for place, one in enumerate(rules.steps.values()):
        if one.after and one.after not in codes[:place]:
            yield f"{one.code} follows {one.after}, which does not stand before it"
        if one.must and not one.meetings:
            yield f"{one.code} must be a gathering, and none is named"
    if rules.decides not in rules.steps:
        yield f"no step {rules.decides}, by which a matter is decided"
    for known, items in ((rules.steps, rules.step_items), (rules.kinds, rules.kind_items)):
        yield from (f"{item} counts {code}, which is unknown" for item, counted in items.items() for code in counted
                    if code not in known)  # fmt: skip
    yield from (f"{item} counts {code}, which is unknown" for item, code in rules.list_items.items()
                if code not in rules.kinds)  # fmt: skip


# -- the steps of a matter --------------------------------------------------------------------------------------------


def next_steps(steps: Sequence[Step], taken: Collection[str]) -> tuple[Step, ...]:
    """The steps whose turn it is: not taken, and the one they follow is."""
    return tuple(one for one in steps if one.code not in taken and (not one.after or one.after in taken))


def check_step(steps: Sequence[Step], taken: Mapping[str, dt.date], code: str, on: dt.date, field: str = "") -> Step:
    """The step of this code, where it may be taken on a day after those taken (with their days).

    Raises StepRefused for a step that the field does not have, one taken already, one before its turn, and a day before
    that of the step it follows.
    """
    named = {one.code: one for one in steps}
    step = named.get(code)
    if step is None:
        raise StepRefused(Text("没有这一步", "there is no such step"),
                          Text("在列出的步骤中选择", "choose among the steps that are shown"))  # fmt: skip
    said = step.named(field)
    if code in taken:
        raise StepRefused(Text(f"“{said.zh}”已经记录", f"{said.en!r} is on record already"),
                          Text("接着记录下一步", "go on with the step after it"))  # fmt: skip
    if step.after and step.after not in taken:
        before = named[step.after].named(field)
        raise StepRefused(Text(f"还没有到“{said.zh}”这一步", f"it is too early for {said.en!r}"),
                          Text(f"先记录“{before.zh}”", f"record {before.en!r} first"))  # fmt: skip
    if step.after and on < taken[step.after]:
        before, day = named[step.after].named(field), taken[step.after]
        raise StepRefused(Text(f"“{said.zh}”不能早于“{before.zh}”", f"{said.en!r} cannot lie before {before.en!r}"),
                          Text(f"填写{day}或者以后的日期", f"enter {day} or a later day"))  # fmt: skip
    return step


# -- what is made public ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Public:
    """One kind of announcement in one period: whether any was made in it."""

    kind: Kind
    first: dt.date
    last: dt.date
    done: bool

    def standing(self, today: dt.date) -> str:
        """`held`, `open` (the period runs), `none` (it is over and nothing is on record), or `coming`."""
        return standing(self.done, self.first, self.last, today)


def made_public(
    kinds: Iterable[Kind], year: int, founded: dt.date, made: Iterable[tuple[str, dt.date]]
) -> list[Public]:
    """What a branch owes of these kinds in a year, period by period; `made` are announcements by kind and day.

    A period in which the branch did not exist from its first day asks for nothing. A second announcement in March does
    not stand for April.
    """
    days = list(made)
    return [
        Public(kind, first, last, any(code == kind.code and first <= on <= last for code, on in days))
        for kind in kinds for first, last in periods(year, kind.months) if founded <= first
    ]  # fmt: skip


def public_fact(owed: Iterable[Public], until: dt.date) -> tuple[int, int]:
    """In how many periods that are over on a day something was announced, of how many."""
    over = [one for one in owed if one.last <= until]
    return sum(one.done for one in over), len(over)


# -- clocks -----------------------------------------------------------------------------------------------------------


def offered_day(decided: dt.date, rules: AffairsRules) -> dt.date:
    """The day by which a resolution is due unless somebody says another."""
    return decided + dt.timedelta(days=rules.number("resolution_days"))
