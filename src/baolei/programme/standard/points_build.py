"""From the plain values of an additive edition that was found sound to the edition itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from baolei.programme.standard.edition import (
    Basis,
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
from baolei.programme.standard.exact import cents, digest, fraction
from baolei.programme.standard.points_parts import Parts, Words, as_date


def build(data: Mapping[str, Any], items: Parts, fields: Parts) -> Edition:
    """The edition; its files were checked before."""
    words = Words.of(data)
    known = {body["code"]: body for _, _, body in items}
    ballot = data["ballot"]
    meaning = {
        "head": {key: value for key, value in data.items() if key not in ("items", "fields")},
        "items": known,
        "fields": {body["code"]: body for _, _, body in fields},
    }
    valid = data["valid"]
    return Edition(
        code=data["code"],
        programme=data["programme"],
        name=_text(data["name"]),
        source=_text(data["source"]),
        about=_maybe(data.get("about")),
        valid_from=as_date(valid["from"]),
        valid_to=as_date(valid["to"]) if "to" in valid else None,
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
                _basis(entry.get("rule")),
            )
            for entry in data.get("bonuses", {}).get("list", ())
        ),
        deductions=tuple(
            Deduction(entry["code"], _text(entry["name"]), cents(entry["points"]), _basis(entry.get("rule")))
            for entry in data.get("deductions", {}).get("list", ())
        ),
        tiers=tuple(map(_tier, data["tiers"])),
        items={code: _item(body, words.source_of(body)) for code, body in known.items()},
        fields=tuple(_field(body, known) for _, _, body in fields),
        policy=_policy(data),
        digest=digest(meaning),
    )


def _text(plain: Mapping[str, str]) -> Text:
    return Text(plain["zh"], plain["en"])


def _maybe(plain: Mapping[str, str] | None) -> Text | None:
    return _text(plain) if plain else None


def _basis(plain: Mapping[str, str] | None) -> Basis | None:
    return Basis(plain["zh"], plain["en"], plain.get("standing", "")) if plain else None


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
    return Condition(entry["code"], _text(entry["name"]), _maybe(entry.get("met_by")), _basis(entry.get("rule")))


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


def _item(body: Mapping[str, Any], source: str) -> Item:
    upward = not any("at_most" in row for row in body.get("table", ()))
    rungs = [
        Rung(fraction(row.get("at_least", row.get("at_most"))), fraction(row["share"])) for row in body.get("table", ())
    ]
    return Item(
        code=body["code"],
        strength=body["strength"],
        source=source,
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
        basis=_basis(body.get("basis")),
    )


def _field(body: Mapping[str, Any], known: Mapping[str, Any]) -> FieldTable:
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
            code: (
                fraction(posts.get("low", known[code].get("low", 0))),
                fraction(posts.get("high", known[code].get("high", 1))),
            )
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
