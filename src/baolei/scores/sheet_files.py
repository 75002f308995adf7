"""The tables of a sheet as files; what is closed on the page stays closed here."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.programme.printed import cents
from baolei.programme.scoring.sheet import Sheet
from baolei.programme.standard.edition import Edition
from baolei.scores.sheet_page import evidence
from baolei.scores.spread import Asked, grid
from baolei.scores.title import checks
from baolei.warehouse.spreadsheets import Column, Grid


def grids(sheet: Sheet, edition: Edition, fell: list[Asked]) -> dict[str, Grid]:
    """Every table of the page, the sheet itself first; `fell`: how the ballots fell, where that is seen."""
    return {
        "sheet": points(sheet),
        "title": Grid(_("Title"), (Column(_("Condition")), Column(_("Found")), Column(_("Met"))),
                      [(one.asked, one.found, _("yes") if one.met else _("no")) for one in checks(sheet, edition)]),
        "why": against(sheet),
        "lifts": levers(sheet),
        "evidence": ballots(sheet, edition), **({"spread": grid(fell, edition)} if fell else {}),
    }  # fmt: skip


def points(sheet: Sheet) -> Grid:
    """Every line of the sheet and how it adds up to the score."""
    language = get_language() or ""
    sources = {code: name.say(language) for code, name, *_rest in sheet.sources}
    strengths = {code: name.say(language) for code, name, *_rest in sheet.strengths}
    columns = (
        Column(_("Strength")), Column(_("Source")), Column(_("Item")), Column(_("Worked out")),
        Column(_("Of"), "points"), Column(_("Points"), "points"), Column(_("Against the field"), "points"),
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        (strengths[leaf.strength], sources[leaf.source], leaf.name.say(language), leaf.formula, leaf.available / 100,
         leaf.points / 100 if leaf.shown else None, round(leaf.against / 100, 4) if leaf.shown else None)
        for leaf in sheet.leaves
    ]  # fmt: skip
    row = sheet.row
    inside = sum(leaf.points for leaf in sheet.leaves if not leaf.shown)
    parts = [(_("Inside the total: too few ballots"), inside)] if sheet.hidden else []
    parts += [(_("Base score"), row["base"]), (_("Bonus"), row["bonus"]), (_("Deduction"), -row["deduction"])]
    if row["leniency_line"]:
        parts += [(_("County leniency"), -row["leniency_line"])]
    parts += [(_("Score"), row["score"])]
    rows += [(name, None, None, cents(value), None, value / 100, None) for name, value in parts]
    return Grid(_("Sheet"), columns, rows)


def against(sheet: Sheet) -> Grid:
    """The largest gains and losses against the mean of the field."""
    language = get_language() or ""
    sources = {code: name.say(language) for code, name, *_rest in sheet.sources}
    columns = (Column(_("Item")), Column(_("Source")), Column(_("Against the field"), "points"))
    rows = [(leaf.name.say(language), sources[leaf.source], round(leaf.against / 100, 4))
            for leaf in (*sheet.gains, *sheet.losses)]  # fmt: skip
    return Grid(_("Against the field"), columns, rows)


def levers(sheet: Sheet) -> Grid:
    """What would lift the score, in the order of the page."""
    language = get_language() or ""
    columns = (Column(_("Item")), Column(_("Step")), Column(_("Gain"), "points"), Column(_("Effort"), "whole"))
    rows = [(lever.name.say(language), lever.step, lever.gain / 100, lever.effort) for lever in sheet.levers]
    return Grid(_("What would lift it most"), columns, rows)


def ballots(sheet: Sheet, edition: Edition) -> Grid:
    """How many ballots stand behind each source."""
    language = get_language() or ""
    columns = (Column(_("Source")), Column(_("Valid ballots"), "whole"), Column(_("At least"), "whole"),
               Column(_("Enough")))  # fmt: skip
    rows = [(name.say(language), number, needed, _("too few") if short else _("yes"))
            for name, number, needed, _entitled, short in evidence(sheet, edition)]  # fmt: skip
    return Grid(_("Ballots"), columns, rows)
