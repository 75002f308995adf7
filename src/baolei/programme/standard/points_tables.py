"""What no schema can say of items and field tables: that points add up, and that every word used is a word defined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from baolei.programme.located import Document, Path
from baolei.programme.refusals import Fault
from baolei.programme.standard.exact import fraction
from baolei.programme.standard.points_head import check_two_decimals
from baolei.programme.standard.points_parts import Parts, Words, unknown

COUNTED = ("ratio", "count")
"""Kinds whose points lie between two goalposts."""


def check_items(words: Words, items: Parts) -> Iterator[Fault]:
    """Every fault of the items alone."""
    yield from _doubled(items, "item")
    for document, path, body in items:
        if body["strength"] not in words.strengths:
            yield unknown(document, (*path, "strength"), "strength", body["strength"], words.strengths)
        if not words.found:
            yield document.fault(path, f"no source assesses {body['code']!r}", "define a source of kind items")
        elif words.source_of(body) not in words.found:
            yield unknown(document, (*path, "source"), "source of items", body["source"], words.found)
        yield from _check_kind(document, path, body)
        yield from _check_table(document, path, body)


def _doubled(parts: Parts, what: str) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for document, path, body in parts:
        code = body["code"]
        if code in first:
            yield document.fault(path, f"the {what} {code!r} is defined twice", f"the first is at {first[code]}")
        first.setdefault(code, f"{document.place}:{document.line(path)}")


def _check_kind(document: Document, path: Path, body: Mapping[str, Any]) -> Iterator[Fault]:
    """Each kind has its own way to say how points are earned."""
    kind, code = body["kind"], body["code"]
    if kind in (*COUNTED, "steps") and not {"numerator", "denominator"} <= body.keys():
        right = "write numerator: and denominator: in words"
        yield document.fault(path, f"the {kind} {code!r} does not say of what", right)
    if (kind == "graded") != ("anchors" in body):
        wrong = f"{code!r}: anchors go with kind graded, and with no other"
        yield document.fault(path, wrong, "one text for each grade from 1 up")
    if (kind == "steps") != ("table" in body):
        wrong = f"{code!r}: a table goes with kind steps, and with no other"
        yield document.fault(path, wrong, "rows of at_least (or at_most) and share")
    for key in ("low", "high"):
        if key in body and kind not in COUNTED:
            yield document.fault((*path, key), f"goalposts mean nothing to a {kind} item", f"leave {key} out")
    if kind in COUNTED:
        yield from _check_posts(document, path, body, body)


def _check_posts(document: Document, path: Path, item: Mapping[str, Any], posts: Mapping[str, Any]) -> Iterator[Fault]:
    """Two goalposts apart from each other; those of a ratio are shares."""
    low, high = posts.get("low", item.get("low", 0)), posts.get("high", item.get("high", 1))
    if low == high:
        wrong = f"{item['code']!r}: both goalposts stand at {low:g}"
        yield document.fault(path, wrong, "low where nothing is earned, high where all is")
    for key, value in posts.items():
        if key in ("low", "high") and item["kind"] == "ratio" and not 0 <= value <= 1:
            wrong = f"{item['code']!r} is a ratio, which never reaches {value:g}"
            yield document.fault((*path, key), wrong, "write a share from 0 to 1, as 0.5 for 50 %")


def _check_table(document: Document, path: Path, body: Mapping[str, Any]) -> Iterator[Fault]:
    """Rows of one direction, each bound once; who does better never earns less."""
    rows = body.get("table", ())
    keys = {tuple(sorted(set(row) - {"share"})) for row in rows}
    here = (*path, "table")
    if keys - {("at_least",)} and keys - {("at_most",)}:
        yield document.fault(here, "the rows mix at_least and at_most", "one of the two in every row")
        return
    upward = keys == {("at_least",)}
    ordered = sorted(rows, key=lambda row: row["at_least" if upward else "at_most"], reverse=upward)
    for better, worse in pairwise(ordered):
        place = (*here, rows.index(worse))
        if better | {"share": 0} == worse | {"share": 0}:
            yield document.fault(place, "two rows have the same bound", "keep one")
        elif worse["share"] >= better["share"]:
            wrong = f"the lower row earns {worse['share']:g}, the better one {better['share']:g}"
            yield document.fault(place, wrong, "who does better earns more")


def check_fields(head: Document, words: Words, items: Parts, fields: Parts, every_item: bool) -> Iterator[Fault]:
    """Every fault of the field tables.

    `every_item`: all items could be read; else what needs an item that is not there is left for the next time.
    """
    known = {body["code"]: body for _, _, body in items}
    yield from _doubled(fields, "field")
    for document, path, body in fields:
        yield from check_two_decimals(document, _points_of(path, body))
        if body["line"] > head.data["total"]:
            right = f"write at most {head.data['total']:g}"
            yield document.fault((*path, "line"), f"the line stands at {body['line']:g}, above the total", right)
        yield from _check_words(words, document, path, body)
        yield from _check_cells(head, words, document, path, body)
        if every_item or known.keys() >= body["items"].keys():
            yield from _check_points(words, document, path, body, known)
        yield from _check_goalposts(document, path, body, known)


def _points_of(path: Path, body: Mapping[str, Any]) -> Iterator[tuple[Path, float]]:
    yield (*path, "line"), body["line"]
    yield from (((*path, "items", code), points) for code, points in body["items"].items())
    for strength, row in body["cells"].items():
        yield from (((*path, "cells", strength, source), points) for source, points in row.items())


def _check_words(words: Words, document: Document, path: Path, body: Mapping[str, Any]) -> Iterator[Fault]:
    for strength in body.get("strength_names", {}):
        if strength not in words.strengths:
            yield unknown(document, (*path, "strength_names", strength), "strength", strength, words.strengths)
    for source in body.get("phantom", {}):
        if source not in words.asked:
            yield unknown(document, (*path, "phantom", source), "source that votes", source, words.asked)


def _check_cells(
    head: Document, words: Words, document: Document, path: Path, body: Mapping[str, Any]
) -> Iterator[Fault]:
    here, cells = (*path, "cells"), body["cells"]
    for strength in (code for code in cells if code not in words.strengths):
        yield unknown(document, (*here, strength), "strength", strength, words.strengths)
    for strength, source, points in ((s, r, points) for s, row in cells.items() for r, points in row.items()):
        if source not in words.sources:
            yield unknown(document, (*here, strength, source), "source", source, words.sources)
        elif points and source in words.asked and strength not in _asked_about(head, source):
            wrong = f"{source} earns {points:g} on {strength} but is never asked about it"
            right = f"a question on {strength} under ballot.questions.{source}, or 0 points"
            yield document.fault((*here, strength, source), wrong, right)
    for strength in words.strengths:
        if not any(cells.get(strength, {}).values()):
            wrong = f"the strength {strength!r} earns no points"
            yield document.fault(here, wrong, "cover every strength", (*here, strength))
    total = sum(fraction(points) for row in cells.values() for points in row.values())
    if total != fraction(head.data["total"]):
        wrong = f"the cells of {body['code']} add up to {float(total):g}"
        yield document.fault(here, wrong, f"they must add up to {head.data['total']:g}")


def _asked_about(head: Document, source: str) -> set[str]:
    return {question["strength"] for question in head.data["ballot"]["questions"].get(source, ())}


def _check_points(
    words: Words, document: Document, path: Path, body: Mapping[str, Any], known: Mapping[str, Any]
) -> Iterator[Fault]:
    """The items of a cell add up to the cell."""
    here = (*path, "items")
    sums: dict[tuple[str, str], Fraction] = {}
    for code, points in body["items"].items():
        if code not in known:
            yield document.fault((*here, code), f"no item {code!r}", "define it in a list of items")
            continue
        cell = (known[code]["strength"], words.source_of(known[code]))
        sums[cell] = sums.get(cell, Fraction(0)) + fraction(points)
    for strength, row in body["cells"].items():
        for source in words.found:
            wanted, got = fraction(row.get(source, 0)), sums.pop((strength, source), Fraction(0))
            if wanted != got:
                wrong = f"the items of {strength} by {source} in {body['code']} add up to {float(got):g}"
                yield document.fault(
                    here, wrong, f"the cell holds {float(wanted):g}", (*path, "cells", strength, source)
                )
    for (strength, source), points in sums.items():
        wrong = f"items of {strength} by {source} earn {float(points):g} outside any cell"
        right = f"give cells.{strength}.{source} these points"
        yield document.fault(here, wrong, right, (*path, "cells", strength, source))


def _check_goalposts(
    document: Document, path: Path, body: Mapping[str, Any], known: Mapping[str, Any]
) -> Iterator[Fault]:
    for code, posts in body.get("goalposts", {}).items():
        here = (*path, "goalposts", code)
        if code not in body["items"]:
            yield document.fault(here, f"goalposts for {code!r}, which this field does not use", "one of its items")
        elif code in known and known[code]["kind"] not in COUNTED:
            wrong = f"goalposts mean nothing to the {known[code]['kind']} item {code!r}"
            yield document.fault(here, wrong, "leave them out, or define an item of kind ratio or count")
        elif code in known:
            yield from _check_posts(document, here, known[code], posts)
