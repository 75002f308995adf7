"""Read an additive edition (`kind: points`) from its YAML files, or refuse it with every fault at once.

The shape is the JSON schema's business; here is what no schema can say: that cells add up to the total, that items add
up to their cell, that every word used is a word defined.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from baolei.programme.located import Document, Path
from baolei.programme.refusals import EditionRefused, Fault
from baolei.programme.standard.edition import (
    SCALE,
    Bonus,
    Condition,
    Deduction,
    Edition,
    FieldTable,
    Grade,
    Item,
    Minimum,
    Policy,
    Question,
    Rung,
    Source,
    Strength,
    Text,
    Tier,
)
from baolei.programme.standard.shape import shape_faults

Parts = list[tuple[Document, Path, Any]]


def read(documents: Sequence[Document], schema: Mapping[str, Any]) -> Edition:
    """The edition written in `documents` (one head, any number of item lists and field tables).

    Raises EditionRefused with every fault found: file, line, what is wrong, what would be right.
    """
    faults = [fault for document in documents for fault in shape_faults(document, _part(document, schema))]
    heads = [document for document in documents if _kind(document) == "edition"]
    if len(heads) != 1:
        place = documents[0].place if documents else "edition"
        faults.append(Fault(place, 1, f"{len(heads)} files begin with 'baolei: edition'", "exactly one must"))
    if faults:
        raise EditionRefused(faults)
    items = _gather(documents, "items")
    fields = _gather(documents, "fields")
    faults = [*_check_head(heads[0]), *_check_items(heads[0], items), *_check_fields(heads[0], items, fields)]
    if faults:
        raise EditionRefused(faults)
    return _edition(heads[0].data, items, fields)


def digest(plain: Any) -> str:
    """SHA-256 (hex) of plain data in one canonical spelling: sorted keys, no spaces, UTF-8."""
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def cents(value: float | int | str) -> int:
    """Points as whole hundredths. Raises ValueError when a finer part would be lost."""
    exact = Decimal(str(value)) * SCALE
    if exact != exact.to_integral_value():
        raise ValueError(f"{value} has more than two decimals")
    return int(exact)


def fraction(value: float | int | str) -> Fraction:
    """The decimal number as it is written, exactly."""
    return Fraction(Decimal(str(value)))


# -- finding the parts ------------------------------------------------------------------------------------------------


def _kind(document: Document) -> str:
    return str(document.data.get("baolei", "")) if isinstance(document.data, dict) else ""


def _part(document: Document, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the schema that speaks of this file, so that faults are not lost among alternatives."""
    part = {"items": "items", "fields": "field"}.get(_kind(document), "edition")
    return {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": f"#/$defs/{part}"}


def _gather(documents: Sequence[Document], key: str) -> Parts:
    return [
        (document, (key, index), body)
        for document in documents
        for index, body in enumerate(document.data.get(key, ()))
    ]


# -- what no schema can say -------------------------------------------------------------------------------------------


def _doubled(document: Document, path: Path, codes: Sequence[str], what: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, code in enumerate(codes):
        if code in seen:
            yield document.fault((*path, index), f"the {what} {code!r} is defined twice", "give it another code")
        seen.add(code)


def _check_head(head: Document) -> Iterator[Fault]:
    data = head.data
    for key, what in (
        ("strengths", "strength"),
        ("sources", "source"),
        ("gates", "gate"),
        ("vetoes", "veto"),
        ("tiers", "tier"),
    ):
        yield from _doubled(head, (key,), [entry["code"] for entry in data.get(key, ())], what)
    yield from _doubled(head, ("ballot", "grades"), [grade["code"] for grade in data["ballot"]["grades"]], "grade")
    yield from _check_valid(head)
    yield from _check_ballot(head)
    yield from _check_tiers(head)
    yield from _check_two_decimals(head, _point_paths(data))


def _check_valid(head: Document) -> Iterator[Fault]:
    valid = head.data["valid"]
    try:
        start, end = _date(valid["from"]), _date(valid["to"]) if "to" in valid else None
    except ValueError as error:
        yield head.fault(("valid",), f"no such day: {error}", "write a date as 2023-12-31")
        return
    if end and end < start:
        yield head.fault(("valid", "to"), f"ends {end}, before it begins {start}", "a later date")


def _check_ballot(head: Document) -> Iterator[Fault]:
    data = head.data
    strengths = {entry["code"] for entry in data["strengths"]}
    asked = {entry["code"] for entry in data["sources"] if entry["kind"] != "items"}
    values = [grade["value"] for grade in data["ballot"]["grades"]]
    if values != sorted(set(values), reverse=True):
        yield head.fault(("ballot", "grades"), f"grades are worth {values}", "list them from best to worst, all unlike")
    for source, questions in data["ballot"]["questions"].items():
        path: Path = ("ballot", "questions", source)
        if source not in asked:
            yield head.fault(path, f"no ballot source {source!r}", "one of " + ", ".join(sorted(asked)))
        for index, question in enumerate(questions):
            if question["strength"] not in strengths:
                yield head.fault(
                    (*path, index, "strength"),
                    f"no strength {question['strength']!r}",
                    "one of " + ", ".join(sorted(strengths)),
                )
    for source in sorted(asked - set(data["ballot"]["questions"])):
        yield head.fault(("ballot", "questions"), f"the source {source!r} has no questions", f"write {source}: [...]")


def _check_tiers(head: Document) -> Iterator[Fault]:
    tiers, total = head.data["tiers"], head.data["total"]
    if any(key in tiers[-1] for key in ("at_least", "stars", "needs")):
        yield head.fault(
            ("tiers", len(tiers) - 1),
            f"the last tier {tiers[-1]['code']!r} asks for something",
            "leave the last tier without conditions, so that every branch has one",
        )
    if not any(tier.get("named") for tier in tiers):
        yield head.fault(("tiers",), "no tier is named", "mark the tier that carries the title with named: true")
    previous: float = total + 1
    for index, tier in enumerate(tiers):
        bound = tier.get("at_least")
        if isinstance(bound, int | float):
            if bound > total:
                yield head.fault(("tiers", index, "at_least"), f"asks {bound} of {total} points", f"at most {total}")
            if bound >= previous:
                yield head.fault(
                    ("tiers", index, "at_least"),
                    f"asks {bound}, not less than the tier above",
                    f"less than {previous:g}: tiers stand from best to last",
                )
            previous = bound
        if tier.get("stars", 0) > len(head.data["strengths"]) or (tier.get("stars") and "stars" not in head.data):
            yield head.fault(
                ("tiers", index, "stars"),
                "asks for stars that cannot be earned",
                "say under stars: earned_at when a star is earned, and ask no more than there are",
            )


def _point_paths(data: Mapping[str, Any]) -> Iterator[tuple[Path, float]]:
    yield ("total",), data["total"]
    for key in ("bonuses", "deductions"):
        section = data.get(key, {})
        for name in ("cap", "reach"):
            if name in section:
                yield (key, name), section[name]
        for index, entry in enumerate(section.get("list", ())):
            points = entry["points"]
            for level, value in points.items() if isinstance(points, dict) else [("", points)]:
                yield (key, "list", index, "points", *([level] if level else [])), value


def _check_two_decimals(document: Document, values: Iterator[tuple[Path, float]]) -> Iterator[Fault]:
    for path, value in values:
        try:
            cents(value)
        except ValueError as error:
            yield document.fault(path, str(error), "points have at most two decimals")


def _check_items(head: Document, items: Parts) -> Iterator[Fault]:
    strengths = {entry["code"] for entry in head.data["strengths"]}
    found = [entry["code"] for entry in head.data["sources"] if entry["kind"] == "items"]
    first: dict[str, str] = {}
    for document, path, body in items:
        code = body["code"]
        if code in first:
            yield document.fault(path, f"the item {code!r} is defined twice", f"the first is at {first[code]}")
        first.setdefault(code, f"{document.place}:{document.line(path)}")
        if body["strength"] not in strengths:
            yield document.fault(
                (*path, "strength"), f"no strength {body['strength']!r}", "one of " + ", ".join(sorted(strengths))
            )
        if body.get("source", found[0] if found else "") not in found:
            yield document.fault(
                path,
                f"the item {code!r} belongs to no source of items",
                "one of " + ", ".join(found) if found else "define a source of kind items",
            )
        yield from _check_kind(document, path, body)


def _check_kind(document: Document, path: Path, body: Mapping[str, Any]) -> Iterator[Fault]:
    kind = body["kind"]
    if kind in ("ratio", "count", "steps") and not {"numerator", "denominator"} <= body.keys():
        yield document.fault(
            path, f"the {kind} {body['code']!r} does not say of what", "write numerator: and denominator: in words"
        )
    if (kind == "graded") != ("anchors" in body):
        yield document.fault(
            path,
            f"{body['code']!r}: anchors go with kind graded, and with no other",
            "one text for each grade from 1 up",
        )
    if (kind == "steps") != ("table" in body):
        yield document.fault(
            path,
            f"{body['code']!r}: a table goes with kind steps, and with no other",
            "rows of at_least (or at_most) and share",
        )
    if body.get("low", 0) == body.get("high", 1):
        yield document.fault(
            path,
            f"{body['code']!r}: both goalposts stand at {body.get('low', 0)}",
            "low where nothing is earned, high where all is",
        )
    bounds = [tuple(sorted(set(row) - {"share"})) for row in body.get("table", ())]
    if bounds and (len(set(bounds)) != 1 or len(bounds[0]) != 1):
        yield document.fault((*path, "table"), "the rows mix at_least and at_most", "one of the two in every row")


def _check_fields(head: Document, items: Parts, fields: Parts) -> Iterator[Fault]:
    if not fields:
        yield head.fault((), "the edition has no fields", "write at least one table under fields:")
    known = {body["code"]: body for _, _, body in items}
    first: dict[str, str] = {}
    for document, path, body in fields:
        if body["code"] in first:
            yield document.fault(
                path, f"the field {body['code']!r} is defined twice", f"the first is at {first[body['code']]}"
            )
        first.setdefault(body["code"], f"{document.place}:{document.line(path)}")
        yield from _check_field_points(document, path, body)
        yield from _check_cells(head, document, path, body)
        yield from _check_field_items(head, document, path, body, known)


def _check_field_points(document: Document, path: Path, body: Mapping[str, Any]) -> Iterator[Fault]:
    values: list[tuple[Path, float]] = [((*path, "line"), body["line"])]
    values += [((*path, "items", code), points) for code, points in body["items"].items()]
    values += [
        ((*path, "cells", strength, source), points)
        for strength, row in body["cells"].items()
        for source, points in row.items()
    ]
    yield from _check_two_decimals(document, iter(values))


def _check_cells(head: Document, document: Document, path: Path, body: Mapping[str, Any]) -> Iterator[Fault]:
    strengths = [entry["code"] for entry in head.data["strengths"]]
    for strength, row in body["cells"].items():
        if strength not in strengths:
            yield document.fault(
                (*path, "cells", strength), f"no strength {strength!r}", "one of " + ", ".join(strengths)
            )
        for source, points in row.items():
            yield from _check_cell(head, document, (*path, "cells", strength, source), points)
    for strength in strengths:
        if not any(body["cells"].get(strength, {}).values()):
            yield document.fault((*path, "cells"), f"the strength {strength!r} earns no points", "cover every strength")
    total = sum(fraction(points) for row in body["cells"].values() for points in row.values())
    if total != fraction(head.data["total"]):
        yield document.fault(
            (*path, "cells"),
            f"the cells of {body['code']} add up to {float(total):g}",
            f"they must add up to {head.data['total']:g}",
        )


def _check_cell(head: Document, document: Document, here: Path, points: float) -> Iterator[Fault]:
    """A cell's source must exist, and must be asked about the strength for which it gives points."""
    strength, source = here[-2:]
    sources = [entry["code"] for entry in head.data["sources"]]
    questions = head.data["ballot"]["questions"]
    if source not in sources:
        yield document.fault(here, f"no source {source!r}", "one of " + ", ".join(sources))
    elif points and source in questions and strength not in {each["strength"] for each in questions[source]}:
        yield document.fault(
            here,
            f"{source} earns {points} on {strength} but is never asked about it",
            f"a question on {strength} under ballot.questions.{source}, or 0 points",
        )


def _check_field_items(
    head: Document,
    document: Document,
    path: Path,
    body: Mapping[str, Any],
    known: Mapping[str, Any],
) -> Iterator[Fault]:
    found = [entry["code"] for entry in head.data["sources"] if entry["kind"] == "items"]
    sums: dict[tuple[str, str], Fraction] = {}
    for code, points in body["items"].items():
        item = known.get(code)
        if item is None:
            yield document.fault((*path, "items", code), f"no item {code!r}", "define it in a list of items")
            continue
        cell = (item["strength"], item.get("source", found[0] if found else ""))
        sums[cell] = sums.get(cell, Fraction(0)) + fraction(points)
    for strength, row in body["cells"].items():
        for source in found:
            wanted, got = fraction(row.get(source, 0)), sums.pop((strength, source), Fraction(0))
            if wanted != got:
                yield document.fault(
                    (*path, "items"),
                    f"the items of {strength} by {source} in {body['code']} add up to {float(got):g}",
                    f"the cell holds {float(wanted):g}",
                )
    for (strength, source), points in sums.items():
        yield document.fault(
            (*path, "items"),
            f"items of {strength} by {source} earn {float(points):g} outside any cell",
            f"give cells.{strength}.{source} these points",
        )
    for code in sorted(set(body.get("goalposts", ())) - set(body["items"])):
        yield document.fault(
            (*path, "goalposts", code), f"goalposts for {code!r}, which this field does not use", "one of its items"
        )


# -- building ---------------------------------------------------------------------------------------------------------


def _edition(data: Mapping[str, Any], items: Parts, fields: Parts) -> Edition:
    found = next((entry["code"] for entry in data["sources"] if entry["kind"] == "items"), "")
    ballot = data["ballot"]
    meaning = {
        "head": {key: value for key, value in data.items() if key not in ("items", "fields")},
        "items": {body["code"]: body for _, _, body in items},
        "fields": {body["code"]: body for _, _, body in fields},
    }
    valid = data["valid"]
    return Edition(
        code=data["code"],
        programme=data["programme"],
        name=_text(data["name"]),
        source=_text(data["source"]),
        about=_maybe(data.get("about")),
        valid_from=_date(valid["from"]),
        valid_to=_date(valid["to"]) if "to" in valid else None,
        total=cents(data["total"]),
        strengths=tuple(
            Strength(entry["code"], _text(entry["name"]), fraction(entry["floor"]) if "floor" in entry else None)
            for entry in data["strengths"]
        ),
        sources=tuple(map(_source, data["sources"])),
        grades=tuple(Grade(entry["code"], _text(entry["name"]), entry["value"]) for entry in ballot["grades"]),
        valid_share=fraction(ballot["valid_share"]),
        questions={
            source: tuple(Question(entry["strength"], _text(entry["text"])) for entry in questions)
            for source, questions in ballot["questions"].items()
        },
        gates=tuple(map(_condition, data["gates"])),
        vetoes=tuple(map(_condition, data.get("vetoes", ()))),
        bonuses=tuple(
            Bonus(
                entry["code"],
                _text(entry["name"]),
                tuple((level, cents(points)) for level, points in entry["points"].items()),
                _maybe(entry.get("rule")),
            )
            for entry in data.get("bonuses", {}).get("list", ())
        ),
        deductions=tuple(
            Deduction(entry["code"], _text(entry["name"]), cents(entry["points"]), _maybe(entry.get("rule")))
            for entry in data.get("deductions", {}).get("list", ())
        ),
        tiers=tuple(map(_tier, data["tiers"])),
        items={body["code"]: _item(body, found) for _, _, body in items},
        fields=tuple(_field(body) for _, _, body in fields),
        policy=_policy(data),
        digest=digest(meaning),
    )


def _text(plain: Mapping[str, str]) -> Text:
    return Text(plain["zh"], plain["en"])


def _maybe(plain: Mapping[str, str] | None) -> Text | None:
    return _text(plain) if plain else None


def _date(value: object) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))


def _source(entry: Mapping[str, Any]) -> Source:
    least = entry.get("minimum")
    minimum = least and Minimum(
        least["at_least"], fraction(least.get("share", 0)), least.get("of", ""), least.get("at_most", 0)
    )
    return Source(
        entry["code"],
        _text(entry["name"]),
        entry["kind"],
        fraction(entry["sigma"]),
        entry.get("phantom", 0),
        entry.get("shown_from", 5),
        minimum,
    )


def _condition(entry: Mapping[str, Any]) -> Condition:
    return Condition(entry["code"], _text(entry["name"]), _maybe(entry.get("met_by")), _maybe(entry.get("rule")))


def _tier(entry: Mapping[str, Any]) -> Tier:
    bound = entry.get("at_least")
    return Tier(
        entry["code"],
        _text(entry["name"]),
        entry.get("named", False),
        None if bound in (None, "line") else cents(bound),
        bound == "line",
        entry.get("stars", 0),
        frozenset(entry.get("needs", ())),
    )


def _item(body: Mapping[str, Any], found: str) -> Item:
    upward = not any("at_most" in row for row in body.get("table", ()))
    rungs = [
        Rung(fraction(row.get("at_least", row.get("at_most"))), fraction(row["share"])) for row in body.get("table", ())
    ]
    return Item(
        code=body["code"],
        strength=body["strength"],
        source=body.get("source", found),
        kind=body["kind"],
        name=_text(body["name"]),
        numerator=_maybe(body.get("numerator")),
        denominator=_maybe(body.get("denominator")),
        low=fraction(body.get("low", 0)),
        high=fraction(body.get("high", 1)),
        anchors=tuple(map(_text, body.get("anchors", ()))),
        table=tuple(sorted(rungs, key=lambda rung: rung.bound, reverse=upward)),
        table_upward=upward,
        effort=body.get("effort", 2),
        record=body.get("record", "declared"),
        basis=_maybe(body.get("basis")),
    )


def _field(body: Mapping[str, Any]) -> FieldTable:
    return FieldTable(
        code=body["code"],
        name=_text(body["name"]),
        about=_maybe(body.get("about")),
        line=cents(body["line"]),
        cells={
            (strength, source): cents(points)
            for strength, row in body["cells"].items()
            for source, points in row.items()
            if points
        },
        items={code: cents(points) for code, points in body["items"].items()},
        goalposts={
            code: (fraction(posts.get("low", 0)), fraction(posts.get("high", 1)))
            for code, posts in body.get("goalposts", {}).items()
        },
        strength_names={code: _text(name) for code, name in body.get("strength_names", {}).items()},
        phantom=dict(body.get("phantom", {})),
    )


_POLICY = (
    # section, key, attribute of Policy, how to read it
    ("bonuses", "cap", "bonus_cap", cents),
    ("bonuses", "reach", "bonus_reach", cents),
    ("deductions", "cap", "deduction_cap", cents),
    ("stars", "earned_at", "star_at", fraction),
    ("seats", "share", "seats", fraction),
    ("seats", "by", "seats_by", str),
    ("leniency", "level", "leniency_level", str),
    ("leniency", "mode", "leniency_mode", str),
    ("leniency", "visits_at_least", "leniency_visits", int),
    ("leniency", "kappa", "leniency_kappa", fraction),
    ("panel", "severity", "severity", bool),
    ("panel", "branches_at_least", "severity_branches", int),
    ("panel", "lambda", "severity_lambda", fraction),
    ("visits", "random", "visit_random", fraction),
    ("visits", "borderline", "visit_borderline", fraction),
    ("visits", "floor", "visit_floor", fraction),
    ("visits", "at_least", "visit_at_least", int),
    ("visits", "sigma", "visit_sigma", fraction),
    ("confirmation", "confirmed", "confirmed", fraction),
    ("confirmation", "visit", "visit_from", fraction),
    ("ranks", "draws", "rank_draws", int),
    ("ranks", "cover", "rank_cover", fraction),
    ("candidates", "below", "candidate_below", cents),
    ("candidates", "probability", "candidate_probability", fraction),
    ("withdrawal", "se", "withdrawal_se", fraction),
    ("withdrawal", "years", "withdrawal_years", int),
)


def _policy(data: Mapping[str, Any]) -> Policy:
    said: dict[str, Any] = {
        attribute: read(data[section][key]) for section, key, attribute, read in _POLICY if key in data.get(section, {})
    }
    if "weights_within" in data:
        said["weights_within"] = fraction(data["weights_within"])
    return Policy(**said)
