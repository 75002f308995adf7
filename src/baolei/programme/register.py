"""Quarterly numbers of a branch 支部名册数: counts that no other record of the house tells, kept once a quarter.

Stages of admission, migrant members, the reserve, contact with members: how many, never who. Which figures are asked,
what each is used for, and the numbers of the rules: `rulebook/register.yaml`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from baolei.programme.organisation.periods import months_later
from baolei.programme.ruled import Rows, Ruled, numbers, read_as, since, text
from baolei.programme.standard.edition import Text

NUMBERS = ("reserve_per_village", "new_member_years", "filled_in_days")
FIGURES = (
    "applicants", "activists", "prospects", "steps_due", "steps_done", "migrants", "reached", "reserve", "trained",
    "linked",
)  # fmt: skip
"""What is asked of a quarter."""
MEMBERS = "members"
"""What is not asked: the list of members tells it."""
QUARTER = 3
"""Months."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: the group it stands in, the figure it cannot exceed ('' none), whether it is a stock that is proposed
    from the quarter before, and the items of the standards that use it.
    """

    code: str
    group: str
    name: Text
    of: str
    carried: bool
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegisterRules:
    """In force from a day: numbers by name; groups, the items that use them, and figures by code, in the order of the
    page.
    """

    since: dt.date
    source: Text
    numbers: Mapping[str, Ruled]
    groups: Mapping[str, Text]
    items: Mapping[str, Text]
    figures: Mapping[str, Figure]

    def number(self, name: str) -> int:
        """One of `NUMBERS`. Raises KeyError for another name."""
        return self.numbers[name].value


def register_rules(rows: Rows) -> RegisterRules:
    """The rules written in `rulebook/register.yaml`.

    Raises ValueError naming what is wrong: figures that are missing or not kept; a group, a whole or an item that is
    not there.
    """
    with read_as("register"):
        groups = {row["code"]: text(row["name"]) for row in rows["groups"]}
        figures = {row["code"]: _figure(row) for row in rows["figures"]}
        items = {row["code"]: text(row["name"]) for row in rows["items"]}
        rules = RegisterRules(since(rows), text(rows["source"]), numbers(rows, NUMBERS), groups, items, figures)
    faults = [f"{code} is missing" for code in FIGURES if code not in figures]
    faults += [f"{code} is no figure that is kept" for code in figures if code not in FIGURES]
    faults += [f"{one.code}: no group {one.group}" for one in figures.values() if one.group not in groups]
    faults += [f"{one.code}: no figure {one.of}" for one in figures.values()
               if one.of not in {"", MEMBERS, *FIGURES}]  # fmt: skip
    faults += [f"{one.code}: no item {use}" for one in figures.values() for use in one.uses if use not in items]
    if faults:
        raise ValueError("register: " + "; ".join(faults))
    return rules


def _figure(row: Rows) -> Figure:
    return Figure(row["code"], row["group"], text(row["name"]), row.get("of", ""), row.get("carried", False),
                  tuple(row["uses"]))  # fmt: skip


# -- quarters ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year, 1 to 4. Raises ValueError for another."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.number <= 4 and 1900 < self.year < 2200):
            raise ValueError(f"no quarter {self.number} of {self.year}")

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, QUARTER * self.number - 2, 1)

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return months_later(self.first, QUARTER) - dt.timedelta(days=1)

    @property
    def asked_from(self) -> dt.date:
        """The first day on which its numbers may be entered: that of its last month."""
        return months_later(self.first, QUARTER - 1)

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"


def quarter_of(day: dt.date) -> Quarter:
    """The quarter in which a day lies.

    >>> str(quarter_of(dt.date(2026, 11, 24)))
    '2026-4'
    """
    return Quarter(day.year, (day.month - 1) // QUARTER + 1)


def quarter_said(words: str) -> Quarter:
    """The quarter as it stands in an address, 2026-4. Raises ValueError for anything else."""
    year, _, number = words.partition("-")
    if not (year.isdecimal() and number.isdecimal() and len(words) <= len("2026-4")):
        raise ValueError(f"no quarter {words!r}")
    return Quarter(int(year), int(number))


def entered_late(quarter: Quarter, entered: dt.date, rules: RegisterRules) -> bool:
    """Whether the numbers of a quarter were entered later than usual; it is allowed, and shown."""
    return entered > quarter.last + dt.timedelta(days=rules.number("filled_in_days"))


def exceeding(said: Mapping[str, int], rules: RegisterRules) -> list[Figure]:
    """The figures that are more than the whole they are of."""
    return [one for one in rules.figures.values() if one.of and said[one.code] > said[one.of]]
