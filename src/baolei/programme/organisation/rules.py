"""The rules of setting up Party organisations as they stand on one day: sizes, kinds, meetings, acts, audit flags.

Values only; they are read from dated files by `rulebook.read`, and no number of a regulation stands in the code.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from baolei.programme.organisation.periods import months_later
from baolei.programme.standard.edition import Text

Limit = int | bool


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an entry comes from: the file's code, the act and its article in words, how sure we are, since when.

    `standing` is 'seen' (read in public text), 'memory' (still to be checked against the text) or 'local'.
    """

    file: str
    source: Text
    article: Text | None
    standing: str
    since: dt.date

    def cite(self) -> Text:
        """The source with its article, to be printed under a finding."""
        if self.article is None:
            return self.source
        return Text(f"{self.source.zh}，{self.article.zh}", f"{self.source.en}, {self.article.en}")


@dataclass(frozen=True, slots=True)
class Rule:
    """A number of the regulation, or several named ones (`branch_committee_size`: min, usual_max, max).

    `soft` where the text says 一般 "in general".
    """

    code: str
    value: int | Mapping[str, int]
    soft: bool
    text: Text
    origin: Origin


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of Party organisation: which tier, what it may hang under, what it may not do.

    `term` names the rule of its term in years ('' without one), `village_term` that of villages and communities.
    `holds_members`: members are affiliated here; a temporary branch's are counted where they came from.
    """

    code: str
    name: Text
    about: Text | None
    tier: str
    under: tuple[str, ...]
    top: bool
    may_not: frozenset[str]
    appointed: bool
    holds_members: bool
    several_units: bool
    term: str
    village_term: str
    origin: Origin

    def may(self, deed: str) -> bool:
        """Whether it may do this (one of DEEDS).

        Raises KeyError for any other word, so that a misspelt deed is not taken for a permission.
        """
        if deed not in DEEDS:
            raise KeyError(f"no deed {deed!r}: one of " + ", ".join(DEEDS))
        return deed not in self.may_not


DEEDS = ("develop_members", "discipline_members", "collect_dues", "elect_delegates", "hold_term_elections")


@dataclass(frozen=True, slots=True)
class Meeting:
    """A form of organisation life: at least `least` times per 'month', 'quarter' or 'year'; 0 and '' without a count.

    `only_if` is '', 'committee' or 'groups'; `pairs` are those who talk to each other (heart-to-heart talks).
    """

    code: str
    name: Text
    about: Text | None
    least: int
    per: str
    only_if: str
    usual_quarter: int
    pairs: tuple[tuple[str, str], ...]
    origin: Origin

    def expected(self, months: int) -> int:
        """How often at least in so many months; a period that is not complete asks for nothing.

        >>> members_meeting.expected(8)  # once a quarter
        2
        """
        return self.least * (months // MONTHS[self.per]) if self.per else 0


MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Share:
    """A share that must be reached ('at least') or passed (`strict`, 'more than'), in whole persons."""

    numerator: int
    denominator: int
    strict: bool

    def needed(self, base: int) -> int:
        """The smallest number of `base` that is enough.

        >>> Share(1, 2, strict=True).needed(10), Share(4, 5, strict=False).needed(11)
        (6, 9)
        """
        whole, rest = divmod(base * self.numerator, self.denominator)
        return whole + 1 if self.strict or rest else whole


@dataclass(frozen=True, slots=True)
class Act:
    """How a meeting decides: `opens` of those who should attend, `passes` of those 'entitled' or 'present'."""

    code: str
    name: Text
    about: Text | None
    opens: Share
    passes: Share
    of: str
    not_counted: tuple[Text, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of one column against a limit that stands in `rule` ('' where the flag itself says the number)."""

    column: str
    test: str
    limit: Limit
    rule: str

    def bound(self, on: dt.date) -> int | bool | dt.date:
        """What the column is compared with on this day: the limit, or for a date the day the limit leads back to."""
        return _BOUNDS[self.test](self.limit, on) if self.test in _BOUNDS else self.limit

    @property
    def compare(self) -> Callable[[Any, Any], Any]:
        """The comparison of column and bound; works on one value and on a whole column."""
        return TESTS[self.test]


TESTS: Mapping[str, Callable[[Any, Any], Any]] = {
    "more_than": operator.gt,
    "less_than": operator.lt,
    "at_least": operator.ge,
    "at_most": operator.le,
    "is": operator.eq,
    "days_past": operator.lt,
    "months_past": operator.lt,
    "months_past_at_most": operator.ge,
}

_BOUNDS: Mapping[str, Callable[[int, dt.date], dt.date]] = {
    "days_past": lambda days, on: on - dt.timedelta(days),
    "months_past": lambda months, on: months_later(on, -months),
    "months_past_at_most": lambda months, on: months_later(on, -months),
}

COLUMNS: Mapping[str, str] = {
    "kind": "text",
    "members": "int",
    "full_members": "int",
    "committee": "int",
    "secretary_vacant_since": "date",
    "term_end": "date",
    "unit_active": "bool",
    "last_gathering": "date",
    "exception": "text",
}
"""What the structural audit reads of an organisation, and its type. A date may be absent: NaT or None."""


def column_of(test: str) -> str:
    """The type of column a test speaks of: 'int', 'bool' or 'date'."""
    return "bool" if test == "is" else "date" if test in _BOUNDS else "int"


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag of the audit: for which kinds, when, what it says (open or `excused`), what to do, who by when.

    `exception`: '' (nothing excuses it: hard), 'document' (any approval on file) or 'named' (one given for this flag).
    An exception counts only while all of `excused_while` hold.
    """

    code: str
    name: Text
    kinds: frozenset[str]
    when: tuple[Condition, ...]
    exception: str
    excused_while: tuple[Condition, ...]
    message: Text
    excused: Text | None
    cure: Text
    owner: str
    due_days: int
    origin: Origin

    @property
    def hard(self) -> bool:
        """Whether no approval excuses it."""
        return not self.exception


@dataclass(frozen=True, slots=True)
class SetupRules:
    """Everything in force on one day, each by its code."""

    on: dt.date
    rules: Mapping[str, Rule]
    kinds: Mapping[str, Kind]
    meetings: Mapping[str, Meeting]
    acts: Mapping[str, Act]
    flags: Mapping[str, Flag]

    def number(self, name: str) -> int:
        """The number of a rule, `code` or `code.part`. Raises KeyError when none such is in force on this day."""
        code, _, part = name.partition(".")
        rule = self.rules.get(code)
        value = rule.value if rule else None
        if isinstance(value, Mapping):
            value = value.get(part)
        elif part:
            value = None
        if value is None:
            raise KeyError(f"no number {name!r} in force on {self.on}")
        return value

    @property
    def branches(self) -> tuple[str, ...]:
        """The kinds of organisations that are branches, in the order of the rules."""
        return tuple(code for code, kind in self.kinds.items() if kind.tier == "branch")

    def term_years(self, kind: str, *, village: bool = False) -> int:
        """Years of a term of this kind, in a village or community where `village`; 0 where it has none."""
        found = self.kinds[kind]
        code = (found.village_term if village else "") or found.term
        return self.number(code) if code else 0

    def term_end(self, kind: str, elected: dt.date, *, village: bool = False) -> dt.date | None:
        """The day on which a committee elected on `elected` has served its term; None for a kind without terms."""
        years = self.term_years(kind, village=village)
        return months_later(elected, 12 * years) if years else None
