"""The letter to a branch after a round: its result and tier, its five strengths, why, what would lift it most, what the
reviews returned or turned down, where it can object and until when. One page.

Its figures are those of the sheet, read through the same door (`scores.results.Seen`): what is closed there, because
too few people stand behind it, is closed here. It is written once the results are shown or the list is laid open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.declarations.models import Declaration
from baolei.naming.actions import not_passed, reasons_of
from baolei.naming.models import Line, NamingList, Title
from baolei.notices.models import Posting
from baolei.organisations.models import OrganisationState
from baolei.people.models import Account
from baolei.programme.naming import standing
from baolei.programme.printed import cents, share
from baolei.programme.scoring.sheet import Lever, Open, Sheet
from baolei.programme.standard.edition import Edition
from baolei.reviews.listing import in_names, level_name
from baolei.reviews.models import Decision
from baolei.rounds.models import Round
from baolei.scores.listing import standing_words
from baolei.scores.models import Run
from baolei.scores.results import results
from baolei.scores.title import checks
from baolei.warehouse.opened import opened
from baolei.warehouse.rulebook import notice as notice_rules
from baolei.warehouse.rulebook import workdays
from baolei.warehouse.spreadsheets import Column, Grid

MOST_LEVERS, MOST_SAID = 5, 6
"""So many levers and so many conclusions stand in a letter: it is one page. The sheet and the file have all."""


@dataclass(frozen=True, slots=True)
class Basis:
    """On what a round's letters stand: a run, its list where that is open to all, the notice, the day it was shown."""

    run: Run
    made: NamingList | None
    posting: Posting | None


@dataclass(frozen=True, slots=True)
class Strength:
    """A strength: cents earned and available, None where a closed source could be worked out; its share and its floor
    0-100.
    """

    name: str
    earned: int | None
    available: int | None
    floor: float | None

    @property
    def percent(self) -> float | None:
        """What it earned of what it could, 0-100."""
        return 100 * self.earned / self.available if self.available and self.earned is not None else None


@dataclass(frozen=True, slots=True)
class Said:
    """A conclusion of the review as the branch reads it: level, day, what; why and at which items where it came back or
    was turned down.
    """

    level: str
    day: date
    what: str
    why: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Objecting:
    """Until when the branch may object: to its sheet, before the list is laid open; to the list, while that is open."""

    sheet_until: date | None
    first: date | None
    last: date | None
    open: bool
    days: int


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything the page says. `line` is None before the list is open to all."""

    sheet: Sheet
    edition: Edition
    basis: Basis
    line: Line | None
    title: Title | None
    strengths: tuple[Strength, ...]
    verdict: str
    reasons: tuple[tuple[bool, str], ...]
    conditions: tuple[Open, ...]
    levers: tuple[Lever, ...]
    said: tuple[Said, ...]
    objecting: Objecting


def basis(this: Round) -> Basis | None:
    """The run and the list on which a round's letters stand; None before anything is shown, or without its files."""
    open_to_all = Q(adopted_on__isnull=False) | Q(posting__isnull=False)
    made = NamingList.objects.filter(open_to_all, round=this).select_related("run__round").first()
    if made is not None:
        found = Basis(made.run, made, Posting.objects.filter(list=made).first())
    else:
        shown = this.runs.filter(state=Run.DONE, shown_at__isnull=False).select_related("round").order_by("-shown_at")
        run: Run | None = shown.first()
        if run is None:
            return None
        found = Basis(run, None, None)
    return found if opened(found.run.results_folder) else None


def code_then(mine: Declaration, run: Run) -> str:
    """The code under which a run knows a branch: the one it had on the day of the run; '' for none."""
    states = OrganisationState.objects.on(localdate(run.asked_at)).filter(organisation=mine.organisation_id)
    return states.values_list("code", flat=True).first() or ""


def letter_to(mine: Declaration, account: Account, today: date, on: Basis) -> Letter | None:
    """The letter to a branch, None where the run has not scored it.

    Raises NotOpen where this account may not see its sheet.
    """
    found = opened(on.run.results_folder)
    code = code_then(mine, on.run)
    if found is None or not code:
        return None
    seen = results(found).visible_to(account, today)
    try:
        sheet = seen.sheet(code)
    except KeyError:
        return None
    edition = seen.results.edition
    line = on.made.lines.filter(declaration=mine).first() if on.made else None
    title = Title.objects.filter(organisation=mine.organisation_id, round=mine.round_id).first()
    return Letter(
        sheet, edition, on, line, title, _strengths(sheet, edition), _verdict(sheet, line, title),
        _reasons(sheet, edition, line), sheet.conditions, sheet.levers[:MOST_LEVERS], tuple(_said(mine, edition)),
        _objecting(on, today),
    )  # fmt: skip


def _strengths(sheet: Sheet, edition: Edition) -> tuple[Strength, ...]:
    language = get_language() or ""
    floors = {one.code: one.floor for one in edition.strengths}
    return tuple(
        Strength(name.say(language), earned, available,
                 None if (floor := floors[code]) is None else float(100 * floor))
        for code, name, earned, available in sheet.strengths
    )  # fmt: skip


def _verdict(sheet: Sheet, line: Line | None, title: Title | None) -> str:
    """What became of the branch, in a few words."""
    row = sheet.row
    if title is not None:
        return _("named under %(document)s, from %(since)s to %(until)s") % {
            "document": title.document, "since": title.since, "until": title.until}  # fmt: skip
    if line is not None:
        return _("on the list") if line.listed else _("not on the list")
    return standing_words()[standing(bool(row["named"]), bool(row["held"]), int(row["confirmation"]))]


def _reasons(sheet: Sheet, edition: Edition, line: Line | None) -> tuple[tuple[bool, str], ...]:
    """Why, as on the list: what people decided, what is in its way, else every condition. Before there is an open list
    the conditions of the sheet.
    """
    if line is None:
        return tuple((one.met, f"{one.asked}{_(': ')}{one.found}") for one in checks(sheet, edition))
    language, every = get_language() or "", reasons_of(line)
    against = [one for one in every if not one.met]
    said = [(one.met, one.words.say(language)) for one in (against if against and not line.listed else every)]
    if not line.passed:
        said.insert(0, (False, not_passed(line)))
    if line.act:
        said.insert(0, (line.listed, line.reason))
    return tuple(said)


def _said(mine: Declaration, edition: Edition) -> Iterator[Said]:
    """What the levels concluded, by level: never who, and of what was passed on not why."""
    language = get_language() or ""
    names = {code: item.name.say(language) for code, item in edition.items.items()}
    found = Decision.objects.filter(step__declaration=mine).select_related("step").order_by("pk")
    for one in found:
        passed = one.verdict == "pass"
        yield Said(level_name(one.step.seat), localdate(one.at), one.get_verdict_display(),
                   "" if passed else one.why, () if passed else in_names(one.items, names))  # fmt: skip


def _objecting(on: Basis, today: date) -> Objecting:
    numbers = notice_rules().numbers
    days, posting = numbers["notice_days"].value, on.posting
    if posting is not None:
        return Objecting(None, posting.first, posting.last, posting.first <= today <= posting.last, days)
    shown = localdate(on.run.shown_at) if on.run.shown_at else None
    until = workdays().after(shown, numbers["sheet_days"].value) if shown and on.made is None else None
    return Objecting(until, None, None, bool(until and today <= until), days)


# ---- as a file ----


def letter_grid(found: Letter, name: str) -> Grid:
    """The whole letter as a table: part, what, what is said."""
    rows = [(part, what, said) for part, lines in _parts(found) for what, said in lines]
    return Grid(name, (Column(_("Part")), Column(_("What")), Column(_("Says"))), rows)


def _parts(found: Letter) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    language, row = get_language() or "", found.sheet.row
    yield _("Result"), [
        (_("Score"), cents(row["score"])), (_("Line of the field"), cents(found.sheet.line)),
        (_("Tier"), found.sheet.tier.say(language)), (pgettext("process", "Standing"), found.verdict),
    ]  # fmt: skip
    yield _("The strengths"), [
        (one.name, "·" if one.earned is None or one.available is None else
         f"{cents(one.earned)} / {cents(one.available)} ({share((one.percent or 0) / 100)})") for one in found.strengths
    ]  # fmt: skip
    yield _("Why"), [(_("met") if met else _("not met"), words) for met, words in found.reasons]
    yield (
        _("What stands in the way, and what meets it"),
        [(one.name.say(language), one.met_by.say(language) if one.met_by else "") for one in found.conditions],
    )
    yield (
        _("What would lift it most"),
        [(one.name.say(language), f"{one.step} (+{cents(one.gain)})") for one in found.sheet.levers],
    )
    yield _("What the reviews said"), [
        (f"{one.day} {one.level}", "；".join([one.what, *([one.why] if one.why else []),
                                            *(f"{item}: {words}" for item, words in one.items)]))
        for one in found.said
    ]  # fmt: skip
    yield _("Objections"), [_when(found.objecting)]


def _when(one: Objecting) -> tuple[str, str]:
    if one.last is not None:
        return _("to the list"), f"{one.first} – {one.last}"
    return _("to its own sheet, until"), str(one.sheet_until or "—")
