"""What forms ask of branches 填表负担: which forms there are, when each is due, what it costs, what it may not ask.

A form is asked once in each period of the calendar year that lies in its days, on the last of them. Rules:
`rulebook/forms.yaml`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from baolei.programme.alike import Limit, beyond
from baolei.programme.organisation.periods import months_later
from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Rows, Ruled, numbers, read_as, since, text
from baolei.programme.standard.edition import Text

NUMBERS = ("longest_months", "answer_days", "same_percent", "hint_percent", "box_minutes", "most_boxes", "day_hours",
           "unused_months", "soon_days")  # fmt: skip
YEAR = 12
HOUR = 60
DAY = dt.timedelta(days=1)
ALL, SOME = "all", "some"


class FormRefused(ActRefused):
    """A form that cannot be registered: it asks what none may ask, lasts too long, or costs what it does not say."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A form as it asks: whom (a path of the tree of units and below; fields and kinds of organisations, none for all),
    how often (a period of so many `months`, 0 for once), from when to when, how many boxes and minutes each time.

    `some`: asked only of branches where something happens, so that it is counted and never estimated.
    """

    code: str
    path: str
    months: int
    begins: dt.date
    ends: dt.date
    boxes: int
    minutes: int
    fields: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    some: bool = False

    def of(self, path: str, field: str, kind: str) -> bool:
        """Whether it asks a branch at this place, of this field and kind."""
        return (path.startswith(self.path) and (not self.fields or field in self.fields)
                and (not self.kinds or kind in self.kinds))  # fmt: skip

    def days(self) -> tuple[dt.date, ...]:
        """The days on which it is due, one for each period that lies in its days."""
        if not self.months:
            return (self.ends,)
        first = dt.date(self.begins.year, (self.begins.month - 1) // self.months * self.months + 1, 1)
        found = []
        while first <= self.ends:
            following = months_later(first, self.months)
            found.append(min(following - DAY, self.ends))
            first = following
        return tuple(found)

    def times(self, year: int, month: int) -> int:
        """How often it is due in a month."""
        return sum((day.year, day.month) == (year, month) for day in self.days())


@dataclass(frozen=True, slots=True)
class Burden:
    """What is asked: so often, so many boxes, so many minutes."""

    requests: int = 0
    boxes: int = 0
    minutes: int = 0

    def __add__(self, other: Burden) -> Burden:
        return Burden(self.requests + other.requests, self.boxes + other.boxes, self.minutes + other.minutes)

    def times(self, number: int) -> Burden:
        """The same, so often."""
        return Burden(self.requests * number, self.boxes * number, self.minutes * number)

    @property
    def hours(self) -> int:
        """Hours, to the next whole one."""
        return -(-self.minutes // HOUR)


def one_branch(askings: Iterable[Asking], path: str, field: str, kind: str, year: int, month: int) -> Burden:
    """What forms ask of one branch in a month, by the register; those asked of some are left out."""
    found = Burden()
    for one in askings:
        if not one.some and one.of(path, field, kind):
            found += Burden(1, one.boxes, one.minutes).times(one.times(year, month))
    return found


@dataclass(frozen=True, slots=True)
class Cost:
    """What a form costs all branches in a year: branches, times, boxes filled in, hours, working days."""

    branches: int
    times: int
    boxes: int
    hours: int
    days: int


def cost(asking: Asking, branches: int, day_hours: int) -> Cost:
    """Branches x times x boxes and minutes, hours and working days to the next whole one."""
    times = len(asking.days())
    minutes, filled = branches * times * asking.minutes, branches * times * asking.boxes
    return Cost(branches, times, filled, -(-minutes // HOUR), -(-minutes // (HOUR * day_hours)))


def middle(values: Collection[int]) -> int:
    """The median, of two middle ones the higher; 0 for none.

    >>> middle([5, 1, 9])
    5
    """
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0


# -- the rules --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Often:
    """How often a form is filled in: once in so many months, 0 for once altogether."""

    code: str
    name: Text
    months: int


@dataclass(frozen=True, slots=True)
class HouseForm:
    """A form of the house itself: its legal basis, what each box asks, minutes of one filling in, until when it stands,
    the page on which what it holds is read.
    """

    code: str
    name: Text
    basis: Text
    boxes: tuple[Text, ...]
    minutes: int
    often: Often
    some: bool
    since: dt.date
    until: dt.date
    read: str

    @property
    def asking(self) -> Asking:
        """It as it asks."""
        return Asking(self.code, "", self.often.months, self.since, self.until, len(self.boxes), self.minutes,
                      some=self.some)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """Something the house keeps of every branch: its name, other words for it, the page to read it."""

    code: str
    name: Text
    zh: tuple[str, ...]
    en: tuple[str, ...]
    read: str


@dataclass(frozen=True, slots=True)
class FormRules:
    """In force from a day: numbers by name, who proposes and agrees, how often, the house's own forms, what it keeps,
    words that tell nothing, what no form may ask.
    """

    since: dt.date
    source: Text
    numbers: Mapping[str, Ruled]
    proposes: frozenset[str]
    agrees: frozenset[str]
    agrees_from: int
    often: Mapping[str, Often]
    forms: Mapping[str, HouseForm]
    kept: Mapping[str, Column]
    fillers: tuple[str, ...]
    limits: Mapping[str, Limit]

    def number(self, name: str) -> int:
        """One of `NUMBERS`. Raises KeyError for another name."""
        return self.numbers[name].value


def form_rules(rows: Rows) -> FormRules:
    """The rules written in `rulebook/forms.yaml`.

    Raises ValueError naming what is missing, a period that does not divide the year, a form without a box or with a
    time for its boxes that cannot be, percentages out of order.
    """
    with read_as("forms"):
        often = {row["code"]: Often(row["code"], text(row["name"]), row["months"]) for row in rows["often"]}
        who = rows["who"]
        rules = FormRules(
            since(rows), text(rows["source"]), numbers(rows, NUMBERS), frozenset(who["proposes"]),
            frozenset(who["agrees"]), who["agrees_from"], often,
            {row["code"]: _house_form(row, often, since(rows)) for row in rows["forms"]},
            {row["code"]: _column(row) for row in rows["kept"]},
            (*rows["fillers"]["zh"], *rows["fillers"]["en"]),
            {row["code"]: _limit(row) for row in rows["limits"]},
        )  # fmt: skip
    faults = [f"once in {one.months} months is no part of a year" for one in often.values()
              if one.months and YEAR % one.months]  # fmt: skip
    faults += [f"{one.code} has no box, or less than {rules.number('box_minutes')} minutes for each"
               for one in rules.forms.values()
               if not one.boxes or one.minutes < len(one.boxes) * rules.number("box_minutes")]  # fmt: skip
    if not 0 < rules.number("hint_percent") <= rules.number("same_percent") <= 100:
        faults.append("hint_percent must be above 0 and no more than same_percent, which is 100 at most")
    if faults:
        raise ValueError("forms: " + "; ".join(faults))
    return rules


def _house_form(row: Rows, often: Mapping[str, Often], begun: dt.date) -> HouseForm:
    return HouseForm(
        row["code"], text(row["name"]), text(row["basis"]), tuple(map(text, row["boxes"])), row["minutes"],
        often[row["often"]], {ALL: False, SOME: True}[row["of"]], begun, dt.date.fromisoformat(str(row["until"])),
        row["read"],
    )  # fmt: skip


def _column(row: Rows) -> Column:
    also: Mapping[str, Any] = row["also"]
    return Column(row["code"], text(row["name"]), tuple(also["zh"]), tuple(also["en"]), row["read"])


def _limit(row: Rows) -> Limit:
    rule = text(row["rule"])
    return Limit(row["code"], tuple(row["words"]), tuple(row.get("but", ())), rule.zh, rule.en)


# -- what a form must keep --------------------------------------------------------------------------------------------


def must_be_lawful(said: Sequence[str], rules: FormRules) -> None:
    """Refuse words that ask what no form may ask, with the rule. Raises FormRefused."""
    for words in said:
        for limit, word in beyond(words, rules.limits):
            raise FormRefused(
                Text(f"“{words}”不能问：其中有“{word}”", f"“{words}” may not be asked: it says “{word}”"),
                Text(f"请去掉这一栏。依据：{limit.zh}", f"take it out. The rule: {limit.en}"),
            )


def must_be_sound(asking: Asking, asks: Sequence[str], rules: FormRules) -> None:
    """Refuse a form without a box or with too many, with less time than its boxes take, or that lasts too long.

    Raises FormRefused.
    """
    most, each, longest = (rules.number(name) for name in ("most_boxes", "box_minutes", "longest_months"))
    if not 0 < len(asks) <= most:
        raise FormRefused(
            Text(f"这张表有{len(asks)}栏", f"the form has {len(asks)} boxes"),
            Text(f"请填1至{most}栏，一行一栏", f"name 1 to {most}, one in a line"),
        )
    if asking.minutes < len(asks) * each:
        raise FormRefused(
            Text(f"{len(asks)}栏写成{asking.minutes}分钟填完", f"{len(asks)} boxes in {asking.minutes} minutes"),
            Text(f"每栏至少按{each}分钟计，共{len(asks) * each}分钟",
                 f"count {each} for each at least: {len(asks) * each} in all"),
        )  # fmt: skip
    last = months_later(asking.begins, longest) - DAY
    if not asking.begins <= asking.ends <= last:
        raise FormRefused(
            Text(f"有效期到{asking.ends}", f"it is to hold until {asking.ends}"),
            Text(f"最长{longest}个月：请填{asking.begins}至{last}之间的日子",
                 f"{longest} months at most: enter a day from {asking.begins} to {last}"),
        )  # fmt: skip
