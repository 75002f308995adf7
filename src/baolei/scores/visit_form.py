"""The sheet of a visit: each item with what was declared beside what was found, and what is entered into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.declarations.actions import standard
from baolei.declarations.form import Choice, Entry, choices_of, form_of, pair_of, whole
from baolei.programme import declaration as rules
from baolei.programme.printed import points
from baolei.scores.actions import MOST_TEAMS, Sheet
from baolei.scores.models import Visit
from baolei.warehouse.spreadsheets import Column, Grid

LONGEST_WORDS = 2_000
HEAD = ("on", "team", "words", "overall")
"""What is asked once on a sheet."""


@dataclass(frozen=True, slots=True)
class Block:
    """One item of the sheet: as declared, as found (so many of so many, None where it was not looked at), its choices
    where it is chosen; what stands in its fields, and the fault where that cannot be.
    """

    entry: Entry
    found: tuple[int, int] | None
    choices: tuple[Choice, ...]
    num: str = ""
    den: str = ""
    fault: str = ""

    @property
    def code(self) -> str:
        """The item's code."""
        return self.entry.item.code

    @property
    def declared(self) -> str:
        """What was declared, in a word or as so many of so many."""
        answer = self.entry.answer
        return "—" if answer is None else _said(self.entry.choices, (answer.num, answer.den))

    @property
    def seen(self) -> str:
        """What was found, likewise; a dash where it was not looked at."""
        return "—" if self.found is None else _said(self.choices, self.found)

    @property
    def differs(self) -> bool:
        """Whether something else was found than declared."""
        answer = self.entry.answer
        return self.found is not None and (answer is None or (answer.num, answer.den) != self.found)


@dataclass(frozen=True, slots=True)
class Part:
    """The items of one strength."""

    code: str
    name: str
    blocks: tuple[Block, ...]


def _said(choices: tuple[Choice, ...], pair: tuple[int, int]) -> str:
    if pair[1] == 0:
        return _("does not apply")
    return next((one.label for one in choices if one.value == str(pair[0])), f"{pair[0]:,} / {pair[1]:,}")


def sheet_of(
    visit: Visit, entered: Mapping[str, str] | None = None, faults: Mapping[str, str] | None = None, *,
    shows: bool = True,
) -> tuple[Part, ...]:  # fmt: skip
    """The items of a sheet by strength: as they stand, or as `entered` where that was refused. Without `shows` what was
    found stays closed. Raises NotPossible.
    """
    found = {item: (pair[0], pair[1]) for item, pair in visit.found.items()} if shows else {}

    def block(entry: Entry) -> Block:
        code, here = entry.item.code, found.get(entry.item.code)
        if entered is not None:
            here = pair_of(entry.item, entered, {})
        num, den = ("", "") if here is None else map(str, here)
        fields = (num, den) if entered is None else (entered.get(f"num-{code}", ""), entered.get(f"den-{code}", ""))
        choices = choices_of(entry.item, here, _("not looked at"))
        return Block(entry, here, choices, *fields, fault=(faults or {}).get(code, ""))

    return tuple(
        Part(part.code, part.name, tuple(block(entry) for entry in part.entries if entry.answer is not None))
        for part in form_of(visit.declaration).parts
    )


@dataclass(slots=True)
class Read:
    """What was entered into a sheet: the sheet, where nothing is wrong with it; the faults by item and by field."""

    sheet: Sheet | None = None
    faults: dict[str, str] = field(default_factory=dict)


def read(visit: Visit, entered: Mapping[str, str], today: date) -> Read:
    """The sheet as entered. Names: `on`, `team`, `words`, `overall`; of each item as on the form of a declaration."""
    edition, table = standard(visit.declaration)
    answered = set(visit.declaration.answers.values_list("item", flat=True))
    read = Read()
    found = {
        item.code: pair for item in rules.asked(edition, table)
        if item.code in answered and (pair := pair_of(item, entered, read.faults)) is not None
    }  # fmt: skip
    on = _day(entered.get("on", ""), today, read.faults)
    words = entered.get("words", "").strip().replace("\r\n", "\n")[:LONGEST_WORDS]
    if not words:
        read.faults["words"] = _("say in a sentence what was seen and heard")
    overall = _number(entered, "overall", 100, read.faults)
    team = _number(entered, "team", MOST_TEAMS, read.faults)
    if on is not None and not read.faults:
        read.sheet = Sheet(on, found, words, overall, team or 0)
    return read


def _day(text: str, today: date, faults: dict[str, str]) -> date | None:
    """The day of a visit, not later than today."""
    try:
        day = parse_date(text.strip())
    except ValueError:
        day = None
    if day is None:
        faults["on"] = _("the day of the visit, such as %(day)s") % {"day": today.isoformat()}
    elif day > today:
        faults["on"] = _("a day that is still to come: enter the day on which you were there")
    return day


def _number(entered: Mapping[str, str], name: str, most: int, faults: dict[str, str]) -> int | None:
    """A whole number up to `most`; None where nothing was entered."""
    text = entered.get(name, "").strip()
    number = whole(text)
    if text and (number is None or number > most):
        faults[name] = _("a whole number from 0 to %(most)d, or nothing") % {"most": most}
    return number


def as_grid(parts: tuple[Part, ...], name: str) -> Grid:
    """The sheet as a file."""
    columns = (Column(_("Strength")), Column(_("Item")), Column(_("As declared")), Column(_("As found")))
    language = get_language() or ""
    return Grid(name, columns, (
        (part.name, block.entry.item.name.say(language), block.declared, block.seen)
        for part in parts for block in part.blocks
    ))  # fmt: skip


def told(visit: Visit) -> list[tuple[str, Any]]:
    """The head of a sheet that was handed in, as lines of a description."""
    team = [(_("Team"), visit.team)] if visit.team else []
    overall = "—" if visit.overall is None else points(visit.overall / 100)
    return [
        (_("Visited on"), visit.on), (_("Visited by"), visit.by), *team,
        (_("Points of the organisation's part as found"), points((visit.organisation or 0) / 100)),
        (_("Judgement of the whole"), overall), (_("What was seen and heard"), visit.words),
    ]  # fmt: skip
