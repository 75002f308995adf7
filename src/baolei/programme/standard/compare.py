"""What changed from one edition to another: nothing may be altered in a published standard without being seen.

Every value of both editions is laid out under a place (`field`, `group`, `code`, `aspect`), and what differs is told.
Points are compared as shares of the total, so that 4 of 100 and 40 of 1,000 are the same weight.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from baolei.programme.standard.edition import SCALE, Basis, Edition, FieldTable, Item, Text

ADDED, DROPPED, MOVED, WEIGHED, REORDERED, CHANGED = "added", "dropped", "moved", "reweighted", "reordered", "changed"
VERDICTS = (ADDED, DROPPED, MOVED, WEIGHED, REORDERED, CHANGED)

GROUPS = ("strengths", "sources", "grades", "gates", "vetoes", "bonuses", "deductions", "tiers")
"""Lists of an edition whose entries have a code and an order."""

POINTS = {"points", "line", "total", "at_least", "bonus_cap", "bonus_reach", "deduction_cap", "candidate_below"}
"""Attributes that are cents."""


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One difference. `field`: code of the field it concerns, '' for the whole edition; `code` names the entry.

    `group` says what sort of thing it is (gates, items, cells, …), `aspect` which of its attributes ('' for all of it);
    `before` and `after` are in words, None where there is nothing.
    """

    field: str
    group: str
    code: str
    aspect: str
    verdict: str
    before: Text | None
    after: Text | None


Entry = Mapping[str, tuple[Any, Text]]
"""Aspect: (what is compared, how it is said)."""
Layout = dict[tuple[str, str, str], Entry]


def compare(before: Edition, after: Edition) -> tuple[Change, ...]:
    """Every difference from one edition to the other: the whole edition's first, then field by field, as they stand.

    Codes, digests and the texts of both count for what they are: editions that differ in their code alone give one
    change. A field or an item that is only in one of them is told once, not value by value.
    """
    old, new = _layout(before), _layout(after)
    both = {table.code for table in before.fields} & {table.code for table in after.fields}
    told = list(_reordered(before, after))
    for place in dict.fromkeys([*old, *new]):
        if not place[0] or place[0] in both:
            told += _differences(place, old.get(place), new.get(place))
    order = {"": 0} | {table.code: n for n, table in enumerate([*before.fields, *after.fields], 1)}
    return tuple(sorted(told, key=lambda change: order[change.field]))


def _differences(place: tuple[str, str, str], old: Entry | None, new: Entry | None) -> Iterator[Change]:
    if old is None or new is None:
        verdict = ADDED if old is None else DROPPED
        yield Change(*place, "", verdict, _label(old), _label(new))
        return
    for aspect in dict.fromkeys([*old, *new]):
        (was, was_said), (is_, is_said) = old.get(aspect, _NOTHING), new.get(aspect, _NOTHING)
        if was != is_:
            yield Change(*place, aspect, _verdict(place[1], aspect), was_said, is_said)


def _verdict(group: str, aspect: str) -> str:
    if group in ("items", "cells") and aspect == "points":
        return WEIGHED
    return MOVED if group == "items" and aspect in ("strength", "source") else CHANGED


def _label(entry: Entry | None) -> Text | None:
    """An entry in a few words: its points where it has any, else its name."""
    if entry is None:
        return None
    return next((entry[aspect][1] for aspect in ("points", "name", "text") if aspect in entry), Text("", ""))


def _reordered(before: Edition, after: Edition) -> Iterator[Change]:
    for group in GROUPS:
        old, new = ([entry.code for entry in getattr(edition, group)] for edition in (before, after))
        kept = [[code for code in codes if code in old and code in new] for codes in (old, new)]
        if kept[0] != kept[1]:
            yield Change("", group, "", "order", REORDERED, *(_same(" ".join(codes)) for codes in kept))


# -- laying an edition out --------------------------------------------------------------------------------------------


def _layout(edition: Edition) -> Layout:
    total = edition.total
    whole = ("code", "programme", "name", "valid_from", "valid_to", "source", "total", "valid_share", "about")
    layout: Layout = {("", "edition", ""): {name: _said(name, getattr(edition, name), None) for name in whole}}
    layout[("", "edition", "")] |= {"total": (total, _points(total))}  # type: ignore[operator]
    for name, value in _parts(edition.policy, total):
        layout[("", "policy", name)] = {"value": value}
    for group in GROUPS:
        for entry in getattr(edition, group):
            layout[("", group, entry.code)] = dict(_parts(entry, total))
    for source, questions in edition.questions.items():
        for number, question in enumerate(questions, 1):
            layout[("", "questions", f"{source}-{number}")] = dict(_parts(question, total))
    for item in edition.items.values():
        layout[("", "items", item.code)] = dict(_parts(item, total))
    for table in edition.fields:
        layout |= _field(edition, table)
    return layout


def _field(edition: Edition, table: FieldTable) -> Layout:
    """A field's own values under the whole edition, its cells and items under the field."""
    total, code = edition.total, table.code
    own = {"name": table.name, "line": table.line, "about": table.about}
    entry = {name: _said(name, value, total) for name, value in own.items()}
    entry |= {f"{strength} name": _said("", name, total) for strength, name in table.strength_names.items()}
    entry |= {f"{source} phantom": _said("", count, total) for source, count in table.phantom.items()}
    layout: Layout = {("", "fields", code): entry}
    for (strength, source), points in table.cells.items():
        layout[(code, "cells", f"{strength} {source}")] = {"points": _said("points", points, total)}
    for item, points in table.items.items():
        use = {"points": _said("points", points, total)}
        if item in table.goalposts:
            use["goalposts"] = _said("goalposts", table.goalposts[item], total)
        layout[(code, "items", item)] = use
    return layout


def _parts(entry: Any, total: int) -> Iterator[tuple[str, tuple[Any, Text]]]:
    """Every attribute of an entry but its code; goalposts of an item as one."""
    for attribute in dataclasses.fields(entry):
        value = getattr(entry, attribute.name)
        if isinstance(entry, Item) and attribute.name in ("low", "high"):
            if attribute.name == "low":
                yield "goalposts", _said("goalposts", (entry.low, entry.high), total)
        elif attribute.name != "code" and value is not None:
            yield attribute.name, _said(attribute.name, value, total)


# -- saying a value ---------------------------------------------------------------------------------------------------

_NOTHING: tuple[Any, Text | None] = (None, None)


def _said(name: str, value: Any, total: int | None) -> tuple[Any, Text]:
    """What is compared, and how it is said; cents as shares of the total where one is given."""
    if name in POINTS and total and value is not None:
        return _shares(value, total), _points(value)
    if name == "goalposts":
        return value, _same(" → ".join(_number(post) for post in value))
    return value, _words(value)


def _shares(value: Any, total: int) -> Any:
    return (
        tuple((level, Fraction(points, total)) for level, points in value)
        if isinstance(value, tuple)
        else Fraction(value, total)
    )


def _points(value: Any) -> Text:
    if isinstance(value, tuple):
        return _same(", ".join(f"{level} {points / SCALE:g}" for level, points in value))
    return _same(f"{value / SCALE:g}")


def _words(value: Any) -> Text:
    """Any value of an edition in both languages."""
    if isinstance(value, Basis):
        return Text(f"{value.zh}（{value.standing}）", f"{value.en} ({value.standing})")
    if isinstance(value, Text):
        return value
    if isinstance(value, tuple) or dataclasses.is_dataclass(value):
        parts = value if isinstance(value, tuple) else [getattr(value, part.name) for part in dataclasses.fields(value)]
        said = [_words(part) for part in parts]
        return Text("；".join(each.zh for each in said), "; ".join(each.en for each in said))
    return _same(_plain(value))


def _plain(value: Any) -> str:
    if isinstance(value, Fraction):
        return _number(value)
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    return "" if value is None else str(value)


def _number(value: Fraction) -> str:
    return f"{float(value):g}"


def _same(words: str) -> Text:
    return Text(words, words)
