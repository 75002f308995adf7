"""The steps of the evaluation in plain words. Which there are and in what order is read from the programme."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from baolei.programme.scoring.pipeline import STEPS

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Told:
    """One step as the page tells it: its number, its name, what it does, and where the method says so."""

    number: int
    name: Words
    does: Words
    article: str


WORDS: dict[str, tuple[Words, Words]] = {
    "items to points": (
        _("Records become points"),
        _("Each item says what is counted over what, and from where to where points are earned. 11 of 12 sessions on "
          "an item of 6 points are 5.50. Nobody's points depend on how others did."),
    ),
    "severity of identified raters": (
        _("Strict and mild inspectors"),
        _("Where named inspectors rated several of the same branches, it can be told how strict each is. That is taken "
          "off."),
    ),
    "printed means of ballots": (
        _("Means of the ballots"),
        _("For each source and each strength the plain mean, rounded to the hundredth. No ballot is cut off. "
          "“Don't know” is counted and printed, not scored."),
    ),
    "frozen figures": (
        _("Averages fixed beforehand"),
        _("The averages of each field, and how many ballots are added at them, are fixed before any verdict."),
    ),
    "phantom ballots": (
        _("Few ballots count carefully"),
        _("To every branch's ballots a few are added at the average of its field. With many ballots this changes "
          "nothing; with three it keeps one angry or one friendly voter from deciding. How many stands on every "
          "sheet."),
    ),
    "cells": (
        _("Strengths by sources"),
        _("The points are added up in a grid: five strengths as rows, four sources as columns. Points are rounded "
          "where they are printed and nowhere else, so a pocket calculator gives the same score."),
    ),
    "county leniency": (
        _("Counties do not measure alike"),
        _("Branches drawn by a number that anybody can check are visited again by others. Where a county's figures "
          "stand above the visitors', it is lenient by so much; its names are held to a line raised by as much."),
    ),
    "bonus, deduction, score": (
        _("Additions, deductions, the score"),
        _("An honour counts once, at its highest level. Additions and deductions are capped, and an addition lifts "
          "nobody over the line from far below."),
    ),
    "gates and vetoes": (
        _("Gates and vetoes"),
        _("The shared political baseline is met or not met; it is never points. A veto withholds the title; the score "
          "stays printed."),
    ),
    "floors and stars": (
        _("No strength below its floor"),
        _("One strength cannot buy another. Just below a floor is within measuring error: such a strength is looked at "
          "again before it blocks a title."),
    ),
    "least evidence": (
        _("Enough ballots"),
        _("Where ballots are short, more are collected before naming, from people drawn by the county. The place is "
          "kept; nobody is shut out for thin evidence."),
    ),
    "standard error": (
        _("How exact the score is"),
        _("Another day, other voters, another inspector: the score would be a little different. The standard error "
          "says how much."),
    ),
    "expected quality": (
        _("What the branch is likely worth"),
        _("An uncertain score is drawn a little towards the average of its field, and joined with a visit where there "
          "was one."),
    ),
    "chance of the line": (
        _("How sure it is over the line"),
        _("From both follows the chance that it truly stands over its line: confirmed, visit first, or not confirmed."),
    ),
    "line and seats": (
        _("The line"),
        _("Each field has its own line, set beforehand. How many are named is a result, not a target, unless the "
          "edition limits the seats."),
    ),
    "tiers": (
        _("The tier"),
        _("The best tier whose every condition is met. Whoever is to be looked at for rectification is found by fixed "
          "criteria, never as the last so-many per cent."),
    ),
    "ranks": (_("Ranks"), _("By the printed score within a field; equals share the better rank.")),
    "rank intervals": (
        _("Rank intervals"),
        _("Two thousand times the scores are drawn again within their error: the rank lies in this range in nine of "
          "ten. The range is wide, which is why tiers are published and ranks are not."),
    ),
    "weights": (
        _("If the sources weighed otherwise"),
        _("The lowest and the highest score when every source may weigh up to a fifth more or less; and how much of "
          "the difference between branches each source really makes."),
    ),
    "other readings": (
        _("If it had been reckoned otherwise"),
        _("Equal steps between the grades, a mean in which no strength makes up for another, one source or one "
          "strength less: how many branches would cross the line. Nobody is judged by it."),
    ),
    "sources that disagree": (
        _("Sources that disagree"),
        _("Where one source says clearly other things than the rest, the sheet says so. It changes nothing: people "
          "look, the branch may answer."),
    ),
    "ballots too much alike": (
        _("Ballots too much alike"),
        _("Ballots that resemble one another more than chance explains are flagged, so that at most one flag in ten is "
          "false. Two people look before anything follows."),
    ),
    "against last year": (
        _("Against last year"),
        _("“Better” or “worse” only where the change is larger than error explains. A title is withdrawn after a veto, "
          "clearly below the line, or below it two years running."),
    ),
    "chance before a visit": (
        _("How sure it was before a visit"),
        _("The chance without the branch's own visit: by this the next visits are placed."),
    ),
    "whom to visit": (
        _("Whom to visit"),
        _("Some at random, more where doubt is greatest, and those nearest the line. The draw uses a public number "
          "fixed after the records: anybody can check it."),
    ),
}  # fmt: skip
"""Name and explanation of each step, by the name it has in the programme."""


def told() -> list[Told]:
    """Every step of the programme, in its order; a step without words of its own is told by its name."""
    found = []
    for number, step in enumerate(STEPS, 1):
        name, does = WORDS.get(step.name, (step.name, ""))
        found.append(Told(number, name, does, step.article))
    return found
