"""Read dated files of set-up rules, or refuse them with every fault at once; pick what is in force on a day.

A file says what one document says from its day on. Each entry stands until a later file names it again, so that a new
regulation, or a county's own practice, is one more file and no code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from string import Formatter
from typing import Any

from baolei.programme.located import Document, Path
from baolei.programme.organisation.entries import MAKERS, condition_parts, origin
from baolei.programme.organisation.rules import COLUMNS, SetupRules, column_of
from baolei.programme.refusals import Fault, SetupRulesRefused
from baolei.programme.standard.shape import shape_faults

SECTIONS = ("rules", "kinds", "meetings", "acts", "flags")


@dataclass(frozen=True, slots=True)
class Version:
    """One entry of one file: from when (to when, None = until replaced) it says what stands in `body`."""

    section: str
    code: str
    body: Mapping[str, Any]
    since: dt.date
    until: dt.date | None
    document: Document

    @property
    def path(self) -> Path:
        """Where it stands in its file."""
        return self.section, self.code

    def fault(self, path: Path, wrong: str, right: str = "") -> Fault:
        """A fault at `path` below this entry."""
        return self.document.fault((*self.path, *path), wrong, right)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All versions of all entries, checked; `on` picks a day."""

    versions: tuple[Version, ...]

    def on(self, day: dt.date) -> SetupRules:
        """The rules in force on a day: of each entry the version begun last, if it has not ended.

        Raises SetupRulesRefused where nothing is in force, or a flag leans on a rule that is not.
        """
        latest: dict[tuple[str, str], Version] = {}
        for version in sorted(self.versions, key=lambda version: version.since):
            if version.since <= day:
                latest[version.section, version.code] = version
        held = [version for version in latest.values() if version.until is None or day <= version.until]
        if not held:
            raise SetupRulesRefused([Fault("setup rules", 0, f"nothing is in force on {day}", self._span())])
        numbers = {version.code: version.body["value"] for version in held if version.section == "rules"}
        faults = [fault for version in held for fault in _unsupported(version, numbers, day)]
        if faults:
            raise SetupRulesRefused(faults)
        made: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
        for version in held:
            source = origin(version.body, version.document.data)
            made[version.section][version.code] = MAKERS[version.section](version.code, version.body, source, numbers)
        return SetupRules(day, **made)

    def _span(self) -> str:
        """From when to when some entry is in force."""
        if not self.versions:
            return "there are no rules at all"
        first, ends = min(version.since for version in self.versions), [version.until for version in self.versions]
        closed = [until for until in ends if until is not None]
        return f"the rules are of {first} " + (f"to {max(closed)}" if len(closed) == len(ends) else "and later")


def read(documents: Sequence[Document], schema: Mapping[str, Any]) -> Rulebook:
    """The rulebook written in these files.

    Raises SetupRulesRefused with every fault: file, line, what is wrong, what would be right.
    """
    faults = [fault for document in documents for fault in shape_faults(document, schema)]
    if faults:
        raise SetupRulesRefused(faults)
    faults += [fault for document in documents for fault in _valid_faults(document)]
    if faults:
        raise SetupRulesRefused(faults)
    versions = tuple(version for document in documents for version in _versions(document))
    faults += _same_day(versions)
    known = Known.of(versions)
    for version in versions:
        if version.section in _CHECKS:
            faults += _CHECKS[version.section](version, known)
    if faults:
        raise SetupRulesRefused(faults)
    return Rulebook(versions)


def numbers_of(code: str, value: Any) -> set[str]:
    """The names by which a rule's numbers are meant: its code, or its code and each part."""
    return {f"{code}.{part}" for part in value} if isinstance(value, Mapping) else {code}


# -- what no schema can say -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """The codes that exist in any version: numbers of rules, kinds."""

    numbers: frozenset[str]
    kinds: frozenset[str]

    @classmethod
    def of(cls, versions: Sequence[Version]) -> Known:
        """Gathered from all versions."""
        rules = [version for version in versions if version.section == "rules"]
        return cls(
            frozenset(name for rule in rules for name in numbers_of(rule.code, rule.body["value"])),
            frozenset(version.code for version in versions if version.section == "kinds"),
        )


def _versions(document: Document) -> Iterator[Version]:
    valid = document.data["valid"]
    since, until = _day(valid["from"]), _day(valid["to"]) if "to" in valid else None
    for section in SECTIONS:
        for code, body in document.data.get(section, {}).items():
            yield Version(section, code, body, since, until, document)


def _day(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)


def _valid_faults(document: Document) -> Iterator[Fault]:
    valid = document.data["valid"]
    try:
        since, until = _day(valid["from"]), _day(valid.get("to", "9999-12-31"))
    except ValueError as error:
        yield document.fault(("valid",), f"no such day: {error}", "write a date as 2023-12-31")
        return
    if until < since:
        yield document.fault(("valid", "to"), f"ends {until}, before it begins {since}", "a later date")


def _same_day(versions: Sequence[Version]) -> Iterator[Fault]:
    first: dict[tuple[str, str, dt.date], Version] = {}
    for version in versions:
        key = version.section, version.code, version.since
        other = first.setdefault(key, version)
        if other is not version:
            where = f"{other.document.place}:{other.document.line(other.path)}"
            yield version.fault(
                (),
                f"{version.section}: {version.code!r} of {version.since} stands twice",
                f"the other is at {where}; date one later",
            )


def _check_rule(version: Version, known: Known) -> Iterator[Fault]:
    value = version.body["value"]
    parts = value if isinstance(value, Mapping) else {}
    for low, high in (("min", "usual_max"), ("usual_max", "max"), ("min", "max"), ("from", "to")):
        if low in parts and high in parts and parts[low] > parts[high]:
            wrong = f"{version.code}: {low} {parts[low]} is more than {high} {parts[high]}"
            yield version.fault(("value", low), wrong, f"at most {parts[high]}")


def _check_kind(version: Version, known: Known) -> Iterator[Fault]:
    for index, above in enumerate(version.body["under"]):
        yield from _unknown(version, ("under", index), "kind", above, known.kinds)
    for key in ("term", "village_term"):
        if key in version.body:
            yield from _unknown(version, (key,), "rule", version.body[key], known.numbers)
    if not version.body["under"] and not version.body.get("top"):
        yield version.fault(
            ("under",), f"{version.code} has nowhere to stand", "name kinds under which, or say top: true"
        )


def _check_act(version: Version, known: Known) -> Iterator[Fault]:
    for key in ("opens", "passes"):
        for word, share in version.body[key].items():
            if word != "of":
                over, under = map(int, share.split("/"))
                if over > under or (word == "more_than" and over == under):
                    yield version.fault((key, word), f"{word} {share} can never be met", "a share of at most the whole")


def _check_flag(version: Version, known: Known) -> Iterator[Fault]:
    body = version.body
    for index, kind in enumerate(body["kinds"]):
        yield from _unknown(version, ("kinds", index), "kind", kind, known.kinds)
    names: set[str] = set()
    for key in ("when", "excused_while"):
        for index, condition in enumerate(body.get(key, ())):
            yield from _check_condition(version, (key, index), condition, known)
            names |= _figures(condition) if key == "when" else set()
    for key, more in (("message", set()), ("excused", {"exception"})):
        for language, words in body.get(key, {}).items():
            yield from _check_words(version, (key, language), words, names | more)


def _check_condition(version: Version, path: Path, condition: Mapping[str, Any], known: Known) -> Iterator[Fault]:
    column, test, limit = condition_parts(condition)
    kind = COLUMNS.get(column, "text")
    usable = {name for name, sort in COLUMNS.items() if sort != "text"}
    if column not in usable:
        yield from _unknown(version, (*path, "column"), "column", column, usable)
    elif column_of(test) != kind:
        fits = ", ".join(sorted(name for name, sort in COLUMNS.items() if sort == column_of(test)))
        yield version.fault(
            (*path, test), f"{test} does not fit {column}, which is a {_SORTS[kind]}", f"it fits {fits}"
        )
    if isinstance(limit, str):
        yield from _unknown(version, (*path, test), "rule", limit, known.numbers)


_SORTS = {"int": "number", "bool": "yes or no", "date": "date"}


def _figures(condition: Mapping[str, Any]) -> set[str]:
    """The names a message may use for what this condition compares."""
    column, test, limit = condition_parts(condition)
    found = {column} | ({"days", "months"} if column_of(test) == "date" else set())
    return found | ({limit.replace(".", "_")} if isinstance(limit, str) else set())


def _check_words(version: Version, path: Path, words: str, names: set[str]) -> Iterator[Fault]:
    right = "known here: " + ", ".join(f"{{{name}}}" for name in sorted(names))
    try:
        fields = list(Formatter().parse(words))
    except ValueError as error:
        yield version.fault(path, f"the message cannot be filled in: {error}", right)
        return
    for _, field, spec, conversion in fields:
        if field is not None and (field not in names or spec or conversion):
            yield version.fault(path, f"the message asks for {{{field}}}", right)


def _unknown(version: Version, path: Path, what: str, word: str, known: frozenset[str] | set[str]) -> Iterator[Fault]:
    if word not in known:
        near = get_close_matches(word, known, n=1)
        right = f"did you mean {near[0]!r}?" if near else "one of " + ", ".join(sorted(known))
        yield version.fault(path, f"no {what} {word!r}", right)


_CHECKS = {
    "rules": _check_rule,
    "kinds": _check_kind,
    "acts": _check_act,
    "flags": _check_flag,
}


def _unsupported(version: Version, numbers: Mapping[str, Any], day: dt.date) -> Iterator[Fault]:
    """What an entry in force leans on that is not in force on this day."""
    held = {name for code, value in numbers.items() for name in numbers_of(code, value)}
    leans = {version.body[key] for key in ("term", "village_term") if key in version.body}
    for key in ("when", "excused_while"):
        leans |= {limit for _, _, limit in map(condition_parts, version.body.get(key, ())) if isinstance(limit, str)}
    for name in sorted(leans - held):
        wrong = f"{version.code} leans on {name!r}, which is not in force on {day}"
        yield version.fault((), wrong, "date it from the day its rules begin")
