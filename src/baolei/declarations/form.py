"""The form of a declaration: each item of the field's table with what stands there, what it earns, what is missing."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.declarations.actions import Said, standard
from baolei.declarations.models import Answer, Declaration, Paper
from baolei.declarations.sources import ALWAYS_KNOWN
from baolei.programme import declaration as rules
from baolei.programme.declaration import Burden, Leaf
from baolei.programme.printed import points
from baolei.programme.refusals import ActRefused
from baolei.programme.standard.edition import Edition, FieldTable, Item
from baolei.warehouse.rulebook import round_rules

MOST_SERVED = 10**7
NONE = "na"
"""What a choice is called that says: does not apply."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of an item that is chosen, not counted."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One item on the form: its leaf, its answer where there is one, the choices where it is chosen, the fault where
    what was entered cannot be, what was typed and is not saved, the files beside it.
    """

    leaf: Leaf
    answer: Answer | None
    choices: tuple[Choice, ...] = ()
    fault: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()

    @property
    def num(self) -> str:
        """What stands in the first box: what was typed and not saved, else the answer."""
        return self._box("num", "" if self.answer is None else str(self.answer.num))

    @property
    def den(self) -> str:
        """What stands in the second box."""
        return self._box("den", "" if self.answer is None else str(self.answer.den))

    @property
    def words(self) -> str:
        """What stands in the box for words."""
        return self._box("words", "" if self.answer is None else str(self.answer.words))

    def _box(self, name: str, saved: str) -> str:
        return self.typed.get(f"{name}-{self.item.code}", saved)

    @property
    def goal(self) -> str:
        """How many of those due would earn all of it, as printed; '' where nothing is lacking or nothing is counted."""
        due = self.answer.den if self.answer is not None else 0
        full = rules.full(self.item, due) if due and self.leaf.lacking else None
        return "" if full is None else f"{full:,} / {due:,}"

    @property
    def lack(self) -> str:
        """How many points are still to be had, and with what all of them would be; '' for none."""
        if not self.leaf.lacking:
            return ""
        said = _("%(points)s points still to be had") % {"points": self.lacking}
        return f"{said}: {_('all of it with %(goal)s') % {'goal': self.goal}}" if self.goal else said

    @property
    def item(self) -> Item:
        """The item itself."""
        return self.leaf.item

    @property
    def earned(self) -> str:
        """Its points as printed; a dash where it is not answered."""
        return "—" if self.leaf.points is None else points(self.leaf.points / 100)

    @property
    def of(self) -> str:
        """What it can earn as printed."""
        return points((self.leaf.worth if self.leaf.available is None else self.leaf.available) / 100)

    @property
    def lacking(self) -> str:
        """What is still to be had as printed, '' for nothing."""
        return points(self.leaf.lacking / 100) if self.leaf.lacking else ""

    @property
    def standing(self) -> str:
        """Met, partly met, missing or not applicable, in a word."""
        if self.leaf.points is None:
            return _("not answered")
        if not self.leaf.available:
            return _("does not apply")
        return _("met") if self.leaf.met else _("partly met") if self.leaf.points else _("not met")


@dataclass(frozen=True, slots=True)
class Part:
    """The items of one strength."""

    code: str
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A whole form: its parts, cents earned and to be earned by the organisation's assessment, items unanswered, what
    it asks of the branch.
    """

    parts: tuple[Part, ...]
    earned: int
    worth: int
    unanswered: int
    burden: Burden

    @property
    def score(self) -> str:
        """The self-score as printed."""
        return points(self.earned / 100)

    @property
    def of(self) -> str:
        """What all items are worth as printed."""
        return points(self.worth / 100)


def form_of(
    declaration: Declaration, faults: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None
) -> Form:
    """The form of a declaration as it stands; `faults` by item are shown where they belong, and what was `typed` (by
    the names of the boxes) stands in its boxes, saved or not. Raises NotPossible.
    """
    edition, table = standard(declaration)
    held = {one.item: one for one in declaration.answers.all()}
    listed = rules.leaves(edition, table, {code: (one.num, one.den) for code, one in held.items()})
    papers: dict[str, tuple[Paper, ...]] = {}
    for paper in declaration.papers.filter(removed_at=None):
        papers[paper.item] = (*papers.get(paper.item, ()), paper)
    entries = [
        _entry(leaf, held.get(code), (faults or {}).get(code, ""), typed or {}, papers.get(code, ()))
        for leaf in listed for code in [leaf.item.code]
    ]  # fmt: skip
    language = get_language() or ""
    parts = [
        Part(one.code, table.strength_names.get(one.code, one.name).say(language),
             tuple(entry for entry in entries if entry.item.strength == one.code))
        for one in edition.strengths
    ]  # fmt: skip
    return Form(
        tuple(part for part in parts if part.entries), sum(leaf.points or 0 for leaf in listed),
        sum(leaf.worth for leaf in listed), sum(leaf.points is None for leaf in listed),
        burden_of(edition, table, {code for code, one in held.items() if one.recorded_den is not None}),
    )  # fmt: skip


def burden_of(edition: Edition, table: FieldTable, known: Collection[str] = ALWAYS_KNOWN) -> Burden:
    """What the form of a field asks of a branch: of one of which the house knows these items, else of any."""
    return rules.burden(edition, table, frozenset(known), round_rules().minutes)


def _entry(leaf: Leaf, answer: Answer | None, fault: str, typed: Mapping[str, str], papers: tuple[Paper, ...]) -> Entry:
    here = None if answer is None else (answer.num, answer.den)
    choices = choices_of(leaf.item, here, typed=typed.get(f"choice-{leaf.item.code}"))
    return Entry(leaf, answer, choices, fault, typed, papers)


def choices_of(
    item: Item, here: tuple[int, int] | None, none: str = "", typed: str | None = None
) -> tuple[Choice, ...]:
    """The choices of an item that is chosen, with the one that stands there (so many of so many); none for one that is
    counted. `none` is what the first is called that chooses nothing; `typed`: what was chosen and not taken in.
    """
    choices = list[tuple[str, str]]()
    if item.kind == "yes_no":
        choices = [("1", _("yes")), ("0", _("no"))]
    elif item.kind == "graded":
        language = get_language() or ""
        choices = [("0", _("none of these")), *((str(place), text.say(language))
                                               for place, text in enumerate(item.anchors, 1))]  # fmt: skip
    if not choices:
        return ()
    chosen = "" if here is None else NONE if here[1] == 0 else str(here[0])
    chosen = chosen if typed is None else typed
    every = [("", none or _("choose")), *choices, (NONE, _("does not apply"))]
    return tuple(Choice(value, label, value == chosen) for value, label in every)


@dataclass(slots=True)
class Read:
    """What was entered: answers that can be, and for each item that cannot be why."""

    said: list[Said] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    served: int | None = None

    @property
    def anything(self) -> bool:
        """Whether there is anything to save."""
        return bool(self.said) or self.served is not None


def read(declaration: Declaration, entered: Mapping[str, str]) -> Read:
    """What was entered into the form, as far as it differs from what stands there. Full-width digits are met kindly.

    Names: `num-<item>` and `den-<item>` (or `choice-<item>`), `words-<item>`, `seen-<item>`.
    """
    edition, table = standard(declaration)
    held = {one.item: one for one in declaration.answers.all()}
    found = Read()
    for item in rules.asked(edition, table):
        one = _one(item, entered, found.faults)
        old = held.get(item.code)
        if one is not None and (old is None or (old.num, old.den, old.words) != (one.num, one.den, one.words)):
            found.said.append(one)
    served = whole(entered.get("served", ""))
    if served is not None and served != declaration.served:
        found.served = min(served, MOST_SERVED)
    return found


def _one(item: Item, entered: Mapping[str, str], faults: dict[str, str]) -> Said | None:
    """One item as entered; None where nothing was, or (noted in `faults`) nothing that can be."""
    found = pair_of(item, entered, faults)
    if found is None:
        return None
    words = entered.get(f"words-{item.code}", "").strip().replace("\r\n", "\n")
    try:
        rules.impersonal(item, words)
    except ActRefused as refused:
        faults[item.code] = refused.say(get_language() or "")
        return None
    return Said(item.code, *found, words, whole(entered.get(f"seen-{item.code}", "")) or 0)


def pair_of(item: Item, entered: Mapping[str, str], faults: dict[str, str]) -> tuple[int, int] | None:
    """So many of so many as entered under `num-<item>` and `den-<item>`, or `choice-<item>`; None where nothing was, or
    (noted in `faults`) nothing that can be.
    """
    code = item.code
    chosen = entered.get(f"choice-{code}")
    if chosen is not None:
        top = 1 if item.kind == "yes_no" else len(item.anchors)
        pair = [("0", "0") if chosen == NONE else (chosen, str(top))][0]
    else:
        pair = entered.get(f"num-{code}", ""), entered.get(f"den-{code}", "")
    if not pair[0].strip() and (chosen is not None or not pair[1].strip()):
        return None
    num, den = whole(pair[0]), whole(pair[1])
    if num is None or den is None:
        faults[code] = _("two whole numbers, such as 11 of 12; 0 of 0 where it does not apply")
        return None
    try:
        rules.checked(item, num, den)
    except ActRefused as refused:
        faults[code] = refused.say(get_language() or "")
        return None
    return num, den


def whole(text: str) -> int | None:
    """A whole number as people write it, None for what is none."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 16 else None
