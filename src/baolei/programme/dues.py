"""Party dues 党费: a calculator that keeps nothing, months due and paid, and the share that was paid in its month.

The house keeps the amount agreed on each month, never what somebody earns. Sums are in fen (a hundredth of a yuan).
Source: Rules of 2008 on the collection, use and management of Party dues; `rulebook/dues.yaml`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from baolei.programme.organisation.periods import months_later
from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Rows, Ruled, numbers, read_as, since, text
from baolei.programme.standard.edition import Text

NUMBERS = ("farmer_least_fen", "farmer_most_fen", "relief_fen", "talk_months", "ahead_months", "usual_months",
           "agreed_most_fen", "base_most_fen")  # fmt: skip
FARMER, RELIEF = "farmer", "relief"
FEN, MILLE = 100, 1000
AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")


class DuesRefused(ActRefused):
    """An amount that the rules do not know, or a base that is none."""


@dataclass(frozen=True, slots=True)
class Row:
    """A rate per mille for a base up to so many yuan, that amount included; None for all above."""

    up_to: int | None
    per_mille: int


@dataclass(frozen=True, slots=True)
class DuesRules:
    """In force from a day: numbers by name, tables of rates, who pays by which (None: by no table), and the answers
    that a waiver may be refused with, by code.
    """

    since: dt.date
    source: Text
    numbers: Mapping[str, Ruled]
    tables: Mapping[str, tuple[Row, ...]]
    kinds: Mapping[str, tuple[Text, str | None]]
    answers: Mapping[str, Text]

    def number(self, name: str) -> int:
        """One of `NUMBERS`. Raises KeyError for another name."""
        return self.numbers[name].value


def dues_rules(rows: Rows) -> DuesRules:
    """The rules written in `rulebook/dues.yaml`.

    Raises ValueError naming a table that is not there, does not rise or does not end without a limit.
    """
    with read_as("dues"):
        rules = DuesRules(
            since(rows), text(rows["source"]), numbers(rows, NUMBERS),
            {name: tuple(Row(row.get("up_to"), row["per_mille"]) for row in table)
             for name, table in rows["tables"].items()},
            {code: (text(row["name"]), row.get("table")) for code, row in rows["kinds"].items()},
            {code: text(row) for code, row in rows["answers"].items()},
        )  # fmt: skip
    faults = [f"the table {name} must rise and end without a limit" for name, table in rules.tables.items()
              if not _rises(table)]  # fmt: skip
    faults += [f"{code} pays by a table that is not there" for code, (_name, table) in rules.kinds.items()
               if (table not in rules.tables) != (code in (FARMER, RELIEF))]  # fmt: skip
    if faults:
        raise ValueError("dues: " + "; ".join(faults))
    return rules


def _rises(table: tuple[Row, ...]) -> bool:
    limits = [row.up_to for row in table[:-1]]
    known = [limit for limit in limits if limit is not None]
    rates = [row.per_mille for row in table]
    return (
        len(known) == len(limits) and table[-1].up_to is None and known == sorted(set(known)) and rates == sorted(rates)
    )


# -- the calculator ---------------------------------------------------------------------------------------------------


def monthly(kind: str, base: int, rules: DuesRules) -> tuple[int, int]:
    """The least and the most that a month's dues may be, in fen, from a base in fen: the same where a table says it.

    The rate holds for the whole base, without slices; half a fen is rounded up. A farmer or herder agrees on an amount
    between two; who lives on relief pays the least there is. Raises DuesRefused for a negative base or another kind.

    >>> monthly("employed", 300_000, rules), monthly("employed", 300_001, rules)
    ((1500, 1500), (3000, 3000))
    """
    if kind not in rules.kinds or base < 0:
        raise DuesRefused(
            Text("算不出应交党费", "no dues follow from this"),
            Text("选择缴费类别，基数填写不小于零的金额", "choose who pays, and a base of 0 or more"),
        )
    if kind == FARMER:
        return rules.number("farmer_least_fen"), rules.number("farmer_most_fen")
    if kind == RELIEF:
        return rules.number("relief_fen"), rules.number("relief_fen")
    table = rules.tables[rules.kinds[kind][1] or ""]
    rate = next(row.per_mille for row in table if row.up_to is None or base <= row.up_to * FEN)
    amount = (base * rate + MILLE // 2) // MILLE
    return amount, amount


def in_fen(said: str, most: int) -> int:
    """An amount as somebody types it, in yuan with at most two places, as fen. Raises DuesRefused for what is none, for
    less than nothing, and beyond `most` fen, where a place was likely typed too many.

    >>> in_fen("6,800.5", 100_000_000)
    680050
    """
    plain = said.strip().replace(",", "").replace("，", "")
    if not AMOUNT.fullmatch(plain):
        raise DuesRefused(
            Text("金额不是数字", "this is no amount"),
            Text("按元填写，最多两位小数，如 3200 或 3200.50", "enter yuan with at most two places: 3200 or 3200.50"),
        )
    yuan, _point, places = plain.partition(".")
    fen = int(yuan) * FEN + int(places.ljust(2, "0"))
    if fen > most:
        limit = f"{most // FEN:,}"
        raise DuesRefused(
            Text(f"金额超过{limit}元", f"this is more than {limit} yuan"),
            Text("请核对是否多打了一位，按元填写", "look whether a digit is too many; enter yuan"),
        )
    return fen


# -- months -----------------------------------------------------------------------------------------------------------


def first_of(day: dt.date) -> dt.date:
    """The month a day lies in, as its first day."""
    return day.replace(day=1)


def number_of(day: dt.date) -> int:
    """The month a day lies in as one number, so that months can be counted and compared: 12 times the year and the
    months before it.

    >>> number_of(dt.date(2026, 1, 31)), month_of(24312)
    (24312, datetime.date(2026, 1, 1))
    """
    return day.year * 12 + day.month - 1


def month_of(number: int) -> dt.date:
    """The month of a number, as its first day."""
    return dt.date(number // 12, number % 12 + 1, 1)


def last_day(number: int) -> dt.date:
    """The last day of the month of a number."""
    return month_of(number + 1) - dt.timedelta(days=1)


def months_due(
    admitted: dt.date, year: int, until: dt.date, *, left: dt.date | None = None, waived: Iterable[dt.date] = ()
) -> tuple[dt.date, ...]:
    """The months of a year for which somebody owes dues, as far as they are over on `until`: from the month of the
    branch meeting that admitted them to the month before they left, without those that were waived.
    """
    free = {first_of(one) for one in waived}
    last = months_later(first_of(until + dt.timedelta(days=1)), -1)
    end = min(last, months_later(first_of(left), -1)) if left else last
    months = [dt.date(year, month, 1) for month in range(1, 13)]
    return tuple(one for one in months if first_of(admitted) <= one <= end and one not in free)


@dataclass(frozen=True, slots=True)
class Payment:
    """Dues paid on a day for the months from `first` to `last`, each as its first day."""

    day: dt.date
    first: dt.date
    last: dt.date


def on_time(due: Iterable[dt.date], payments: Iterable[Payment]) -> int:
    """How many of the months due were paid by their last day: in their month, or before."""
    paid = list(payments)
    return sum(
        any(one.first <= month <= one.last and one.day < months_later(month, 1) for one in paid) for month in due
    )


def paid_to(payments: Iterable[Payment]) -> dt.date | None:
    """The last month that is paid for, as its first day; None where nothing is."""
    return max((one.last for one in payments), default=None)


def owed(due: Iterable[dt.date], payments: Iterable[Payment]) -> tuple[dt.date, ...]:
    """The months due that no payment covers, in their order."""
    paid = list(payments)
    return tuple(month for month in sorted(due) if not any(one.first <= month <= one.last for one in paid))


def spans(months: Iterable[dt.date]) -> tuple[tuple[dt.date, dt.date], ...]:
    """Months as spans without a gap: the first and the last month of each.

    >>> spans([dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 4, 1)])[1]
    (datetime.date(2026, 4, 1), datetime.date(2026, 4, 1))
    """
    found: list[tuple[dt.date, dt.date]] = []
    for month in sorted(set(months)):
        if found and months_later(found[-1][1], 1) == month:
            found[-1] = (found[-1][0], month)
        else:
            found.append((month, month))
    return tuple(found)


def to_be_talked_to(admitted: dt.date, paid: dt.date | None, today: dt.date, rules: DuesRules) -> bool:
    """Whether so many whole months are unpaid that the branch is reminded of a talk. Nothing else follows from it.
    `paid` is the last month that is settled: paid for, or waived.

    >>> to_be_talked_to(admitted, dt.date(2026, 1, 1), dt.date(2026, 7, 31), rules)  # February to June: five
    False
    """
    begun = months_later(paid, 1) if paid else first_of(admitted)
    return months_later(begun, rules.number("talk_months")) <= first_of(today)
