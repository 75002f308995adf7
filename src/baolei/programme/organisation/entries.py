"""From the plain body of an entry, already checked, to its frozen value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from baolei.programme.organisation.rules import Act, Condition, Flag, Kind, Limit, Meeting, Origin, Rule, Share
from baolei.programme.standard.edition import Text

Body = Mapping[str, Any]


def condition_parts(condition: Body) -> tuple[str, str, Any]:
    """Column, test and limit of a condition as it is written: {column: members, more_than: 50}."""
    test = next(key for key in condition if key != "column")
    return condition["column"], test, condition[test]


def _rule(code: str, body: Body, origin: Origin, numbers: Body) -> Rule:
    value = body["value"]
    kept = MappingProxyType(dict(value)) if isinstance(value, Mapping) else value
    return Rule(code, kept, body.get("binding") == "soft", _text(body["text"]), origin)


def _kind(code: str, body: Body, origin: Origin, numbers: Body) -> Kind:
    return Kind(
        code=code,
        name=_text(body["name"]),
        about=_text(body["about"]) if "about" in body else None,
        tier=body["tier"],
        under=tuple(body["under"]),
        top=body.get("top", False),
        may_not=frozenset(body.get("may_not", ())),
        appointed=body.get("officers") == "appointed",
        holds_members=body.get("holds_members", True),
        several_units=body.get("units") == "several",
        term=body.get("term", ""),
        village_term=body.get("village_term", ""),
        origin=origin,
    )


def _meeting(code: str, body: Body, origin: Origin, numbers: Body) -> Meeting:
    return Meeting(
        code=code,
        name=_text(body["name"]),
        about=_text(body["about"]) if "about" in body else None,
        least=body.get("least", 0),
        per=body.get("per", ""),
        only_if=body.get("only_if", ""),
        usual_quarter=body.get("usual_quarter", 0),
        pairs=tuple((one, other) for one, other in body.get("pairs", ())),
        origin=origin,
    )


def _act(code: str, body: Body, origin: Origin, numbers: Body) -> Act:
    return Act(
        code=code,
        name=_text(body["name"]),
        about=_text(body["about"]) if "about" in body else None,
        opens=_share(body["opens"]),
        passes=_share(body["passes"]),
        of=body["passes"]["of"],
        not_counted=tuple(map(_text, body.get("not_counted", ()))),
        origin=origin,
    )


def _flag(code: str, body: Body, origin: Origin, numbers: Body) -> Flag:
    return Flag(
        code=code,
        name=_text(body["name"]),
        kinds=frozenset(body["kinds"]),
        when=tuple(_condition(one, numbers) for one in body["when"]),
        exception=body.get("exception", ""),
        excused_while=tuple(_condition(one, numbers) for one in body.get("excused_while", ())),
        message=_text(body["message"]),
        excused=_text(body["excused"]) if "excused" in body else None,
        cure=_text(body["cure"]),
        owner=body["owner"],
        due_days=body["due_days"],
        origin=origin,
    )


def _condition(body: Body, numbers: Body) -> Condition:
    column, test, limit = condition_parts(body)
    if not isinstance(limit, str):
        return Condition(column, test, limit, "")
    code, _, part = limit.partition(".")
    found: Limit = numbers[code][part] if part else numbers[code]
    return Condition(column, test, found, limit)


def _share(body: Body) -> Share:
    strict = "more_than" in body
    over, under = map(int, body["more_than" if strict else "at_least"].split("/"))
    return Share(over, under, strict)


def _text(body: Body) -> Text:
    return Text(body["zh"], body["en"])


def origin(body: Body, file: Body) -> Origin:
    """Where an entry of this file comes from."""
    since = file["valid"]["from"]
    return Origin(
        file=file["code"],
        source=_text(file["source"]),
        article=_text(body["article"]) if "article" in body else None,
        standing=body.get("standing", file["standing"]),
        since=since if isinstance(since, dt.date) else dt.date.fromisoformat(since),
    )


MAKERS: Mapping[str, Callable[[str, Body, Origin, Body], Any]] = {
    "rules": _rule,
    "kinds": _kind,
    "meetings": _meeting,
    "acts": _act,
    "flags": _flag,
}
"""The maker of each section's entries: code, body, origin, the numbers of the rules in force."""
