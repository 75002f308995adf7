"""What an edition of the standard *is*: frozen values, no reading and no judging.

Points are whole hundredths ("cents") everywhere, so that sums are exact. Shares and goalposts are fractions.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction

SCALE = 100
"""Cents in a point: every printed figure has two decimals (method 2.9)."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words in Chinese and in English."""

    zh: str
    en: str

    def say(self, language: str) -> str:
        """The words in `language` ('en…' for English, anything else for Chinese)."""
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class Basis(Text):
    """The rule something rests on. `standing`: seen (read in public material), memory (to be checked), ours, or ''."""

    standing: str = ""


@dataclass(frozen=True, slots=True)
class Strength:
    """One of the five strengths 五强 (or a star): what share of its points must be earned (`floor`), if any."""

    code: str
    name: Text
    floor: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Minimum:
    """The least evidence of a source: max(at_least, min(at_most, ceil(share × of))), never more than `of` itself."""

    at_least: int
    share: Fraction = Fraction(0)
    of: str = ""
    at_most: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """One of the four sources 四评. `sigma`: first-year spread of one reading on the 0-100 scale (method 3.1)."""

    code: str
    name: Text
    kind: str
    sigma: Fraction
    phantom: int = 0
    shown_from: int = 5
    minimum: Minimum | None = None

    @property
    def public(self) -> bool:
        """Whether those whom a branch serves are asked: nobody else's ballots are counted against their number."""
        return self.minimum is not None and self.minimum.of == "served"


@dataclass(frozen=True, slots=True)
class Grade:
    """An answer on the ballot and what it is worth, 0-100."""

    code: str
    name: Text
    value: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question on the ballot and the strength it speaks to."""

    strength: str
    text: Text


@dataclass(frozen=True, slots=True)
class Rung:
    """A row of a step table: from (or up to) this ratio the item earns this share of its points."""

    bound: Fraction
    share: Fraction


@dataclass(frozen=True, slots=True)
class Item:
    """Something the organisation's assessment looks at: a ratio, a count, yes/no, a grade or a step table.

    `low` and `high` are the goalposts (method 2.2): earned share = clamp((x − low)/(high − low)), low > high where less
    is better. `table` is sorted so that the first rung that holds decides. `effort` 1-3 orders the advice.
    """

    code: str
    strength: str
    source: str
    kind: str
    name: Text
    numerator: Text | None = None
    denominator: Text | None = None
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(1)
    anchors: tuple[Text, ...] = ()
    table: tuple[Rung, ...] = ()
    table_upward: bool = True
    effort: int = 2
    record: str = "declared"
    basis: Basis | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A gate or a veto: met or not met, never points."""

    code: str
    name: Text
    met_by: Text | None = None
    rule: Basis | None = None


@dataclass(frozen=True, slots=True)
class Bonus:
    """An achievement and its cents by level of the honour; each counts once, at its highest level."""

    code: str
    name: Text
    points: tuple[tuple[str, int], ...]
    rule: Basis | None = None


@dataclass(frozen=True, slots=True)
class Deduction:
    """An event and the cents it costs."""

    code: str
    name: Text
    points: int
    rule: Basis | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """A verdict class, best first. `at_least`: cents, None for no floor; `by_line` means the field's own line."""

    code: str
    name: Text
    named: bool = False
    at_least: int | None = None
    by_line: bool = False
    stars: int = 0
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FieldTable:
    """The table of one field 领域: points of every cell and of every item, in cents; `line` in cents."""

    code: str
    name: Text
    line: int
    cells: dict[tuple[str, str], int]
    items: dict[str, int]
    goalposts: dict[str, tuple[Fraction, Fraction]] = field(default_factory=dict)
    strength_names: dict[str, Text] = field(default_factory=dict)
    phantom: dict[str, int] = field(default_factory=dict)
    about: Text | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """How figures become verdicts: all the numbers of method 2.5-3.6, each with its default."""

    bonus_cap: int = 500
    bonus_reach: int = 200
    deduction_cap: int = 500
    star_at: Fraction = Fraction(1)
    seats: Fraction | None = None
    seats_by: str = "field"
    leniency_level: str = "banner"
    leniency_mode: str = "off"
    leniency_visits: int = 8
    leniency_kappa: Fraction = Fraction(5, 2)
    severity: bool = False
    severity_branches: int = 5
    severity_lambda: Fraction = Fraction(3, 2)
    visit_random: Fraction = Fraction(8, 100)
    visit_floor: Fraction = Fraction(5, 100)
    visit_borderline: Fraction = Fraction(6, 100)
    visit_at_least: int = 8
    visit_sigma: Fraction = Fraction(3)
    confirmed: Fraction = Fraction(8, 10)
    visit_from: Fraction = Fraction(2, 10)
    rank_draws: int = 2000
    rank_cover: Fraction = Fraction(9, 10)
    weights_within: Fraction = Fraction(2, 10)
    candidate_below: int = 6000
    candidate_probability: Fraction = Fraction(1, 2)
    withdrawal_se: Fraction = Fraction(1645, 1000)
    withdrawal_years: int = 2


@dataclass(frozen=True, slots=True)
class Edition:
    """One published standard. `digest` is the SHA-256 of its meaning, not of its spelling: comments may change."""

    code: str
    programme: str
    name: Text
    valid_from: dt.date
    valid_to: dt.date | None
    source: Text
    total: int
    strengths: tuple[Strength, ...]
    sources: tuple[Source, ...]
    grades: tuple[Grade, ...]
    valid_share: Fraction
    questions: dict[str, tuple[Question, ...]]
    gates: tuple[Condition, ...]
    vetoes: tuple[Condition, ...]
    bonuses: tuple[Bonus, ...]
    deductions: tuple[Deduction, ...]
    tiers: tuple[Tier, ...]
    items: dict[str, Item]
    fields: tuple[FieldTable, ...]
    policy: Policy
    digest: str
    about: Text | None = None

    def field(self, code: str) -> FieldTable:
        """The table of field `code`; KeyError when the edition has none."""
        for table in self.fields:
            if table.code == code:
                return table
        raise KeyError(code)

    def asked(self) -> tuple[Source, ...]:
        """The sources that answer by ballot or panel, in the edition's order."""
        return tuple(source for source in self.sources if source.kind != "items")

    def found(self) -> tuple[Source, ...]:
        """The sources that are assessed item by item, in the edition's order."""
        return tuple(source for source in self.sources if source.kind == "items")
