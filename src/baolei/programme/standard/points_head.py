"""What no schema can say of the head of an additive edition: that its words are defined once and fit one another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from baolei.programme.located import Document, Path
from baolei.programme.refusals import Fault
from baolei.programme.standard.exact import cents
from baolei.programme.standard.points_parts import Words, as_date, unknown

MARKS = (("gates",), ("vetoes",), ("bonuses", "list"), ("deductions", "list"))
"""Where marks are defined. A mark on record has only its code, so no two of them may share one."""


def check_head(head: Document, words: Words) -> Iterator[Fault]:
    """Every fault of the head alone."""
    yield from _check_codes(head)
    yield from _check_valid(head)
    yield from _check_sources(head)
    yield from _check_ballot(head, words)
    yield from _check_tiers(head)
    yield from _check_confirmation(head)
    yield from check_two_decimals(head, _point_paths(head.data))


def _check_codes(head: Document) -> Iterator[Fault]:
    """Codes are defined once: those of one list, and those of lists whose codes meet in one column of a round."""
    together: tuple[tuple[Path, ...], ...] = (
        (("strengths",), ("sources",)),
        MARKS,
        (("tiers",),),
        (("ballot", "grades"),),
    )
    for lists in together:
        first: dict[str, int] = {}
        for path, code in _codes(head.data, lists):
            if code in first:
                where = f"the first is on line {first[code]}; give one another code"
                yield head.fault(path, f"the code {code!r} is defined twice", where)
            first.setdefault(code, head.line(path))


def _codes(data: Mapping[str, Any], lists: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    for path in lists:
        body: Any = data
        for key in path:
            body = body.get(key, {})
        yield from (((*path, index, "code"), entry["code"]) for index, entry in enumerate(body))


def _check_valid(head: Document) -> Iterator[Fault]:
    days: dict[str, dt.date] = {}
    for key, value in head.data["valid"].items():
        try:
            days[key] = as_date(value)
        except ValueError:
            yield head.fault(("valid", key), f"{value} is no day of the calendar", "write a date as 2023-12-31")
    if len(days) == 2 and days["to"] < days["from"]:
        yield head.fault(("valid", "to"), f"ends {days['to']}, before it begins {days['from']}", "write a later date")


def _check_sources(head: Document) -> Iterator[Fault]:
    for index, source in enumerate(head.data["sources"]):
        path: Path = ("sources", index)
        least = source.get("minimum", {})
        for key in ("minimum", "phantom", "shown_from") if source["kind"] == "items" else ():
            if key in source:
                yield head.fault(
                    (*path, key), f"{key} is for sources that vote", f"leave {key} out of {source['code']!r}"
                )
        if ("share" in least) != ("of" in least):
            wrong = "share and of go together" if "share" in least else "of goes with share"
            yield head.fault((*path, "minimum"), wrong, "write both, as {share: 0.5, of: entitled}, or neither")
        if least.get("at_most", least.get("at_least", 0)) < least.get("at_least", 0):
            wrong = f"at most {least['at_most']}, at least {least['at_least']}"
            yield head.fault((*path, "minimum", "at_most"), wrong, f"write {least['at_least']} or more")


def _check_ballot(head: Document, words: Words) -> Iterator[Fault]:
    ballot = head.data["ballot"]
    values = [grade["value"] for grade in ballot["grades"]]
    if values != sorted(set(values), reverse=True):
        yield head.fault(("ballot", "grades"), f"grades are worth {values}", "list them from best to worst, all unlike")
    for source, questions in ballot["questions"].items():
        path: Path = ("ballot", "questions", source)
        if source not in words.asked:
            yield unknown(head, path, "ballot source", source, words.asked)
        for index, question in enumerate(questions):
            if question["strength"] not in words.strengths:
                yield unknown(head, (*path, index, "strength"), "strength", question["strength"], words.strengths)
    for source in words.asked:
        if source not in ballot["questions"]:
            wrong = f"the source {source!r} has no questions"
            yield head.fault(("ballot", "questions"), wrong, f"write {source}: [...]")


def _check_tiers(head: Document) -> Iterator[Fault]:
    tiers = head.data["tiers"]
    if any(key in tiers[-1] for key in ("at_least", "stars", "needs")):
        wrong = f"the last tier {tiers[-1]['code']!r} asks for something"
        yield head.fault(("tiers", len(tiers) - 1), wrong, "ask nothing, so that every branch has a tier")
    if not any(tier.get("named") for tier in tiers):
        yield head.fault(("tiers",), "no tier is named", "mark the tier that carries the title with named: true")
    yield from _check_bounds(head)
    for index, tier in enumerate(tiers):
        if tier.get("stars", 0) > (len(head.data["strengths"]) if "stars" in head.data else 0):
            right = "say under stars: earned_at when a star is earned, and ask no more than there are"
            yield head.fault(("tiers", index, "stars"), "asks for stars that cannot be earned", right)


def _check_bounds(head: Document) -> Iterator[Fault]:
    """Tiers stand from best to last."""
    total = head.data["total"]
    above = None
    for index, tier in enumerate(head.data["tiers"]):
        bound, path = tier.get("at_least"), ("tiers", index, "at_least")
        if bound is None or bound == "line":
            continue
        if bound > total:
            yield head.fault(path, f"asks {bound:g} of {total:g} points", f"write at most {total:g}")
        if above is not None and bound >= above:
            right = f"less than {above:g}: tiers stand from best to last"
            yield head.fault(path, f"asks {bound:g}, not less than the tier above", right)
        above = bound


def _check_confirmation(head: Document) -> Iterator[Fault]:
    said = head.data.get("confirmation")
    if said and said["visit"] > said["confirmed"]:
        wrong = f"visits begin at {said['visit']:g}, above confirmed at {said['confirmed']:g}"
        yield head.fault(("confirmation", "visit"), wrong, f"write at most {said['confirmed']:g}")


def _point_paths(data: Mapping[str, Any]) -> Iterator[tuple[Path, float]]:
    yield ("total",), data["total"]
    if "candidates" in data:
        yield ("candidates", "below"), data["candidates"]["below"]
    for index, tier in enumerate(data["tiers"]):
        if tier.get("at_least", "line") != "line":
            yield ("tiers", index, "at_least"), tier["at_least"]
    for key in ("bonuses", "deductions"):
        section = data.get(key, {})
        yield from (((key, name), section[name]) for name in ("cap", "reach") if name in section)
        for index, entry in enumerate(section.get("list", ())):
            path: Path = (key, "list", index, "points")
            if key == "deductions":
                yield path, entry["points"]
            else:
                yield from (((*path, level), value) for level, value in entry["points"].items())


def check_two_decimals(document: Document, values: Iterable[tuple[Path, float]]) -> Iterator[Fault]:
    """A fault for each of `values` (where it stands, points) that is finer than a hundredth."""
    for path, value in values:
        try:
            cents(value)
        except ValueError as error:
            yield document.fault(path, str(error), "points have at most two decimals")
