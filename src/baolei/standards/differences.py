"""Two editions side by side, line by line: every difference in words (`programme.standard.compare` finds them)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.programme.standard import compare as found
from baolei.programme.standard.edition import Edition, Text
from baolei.warehouse.spreadsheets import Column, Grid


@dataclass(frozen=True, slots=True)
class Line:
    """A difference: the field it concerns ('' for the whole edition) and its name, what it is about, how it changed."""

    field: str
    field_name: str
    about: str
    aspect: str
    verdict: str
    before: str
    after: str


def lines(before: Edition, after: Edition, field: str = "") -> list[Line]:
    """Every difference, the whole edition's first; with `field`, those that concern this field."""
    changes = [one for one in found.compare(before, after) if not field or concerns(one, field)]
    names, called = names_of(before) | names_of(after), (groups(), aspects(), verdicts())
    return [_line(one, names, called) for one in changes]


def concerns(change: found.Change, field: str) -> bool:
    """Whether a difference is one of this field."""
    return change.field == field or (change.group == "fields" and change.code == field)


def counts(listed: Iterable[Line]) -> list[tuple[str, str, int]]:
    """How many differences each field has: code, name, number; the whole edition's under ''."""
    listed = list(listed)
    names = {one.field: one.field_name for one in listed}
    return [(code, names[code], number) for code, number in Counter(one.field for one in listed).items()]


def _line(one: found.Change, names: dict[str, str], called: tuple[dict[str, str], ...]) -> Line:
    group_names, aspect_names, verdict_names = called
    field = one.code if one.group == "fields" else one.field
    words = [names.get(code, code) for code in one.code.split()]
    about = "" if one.group == "fields" else " · ".join(words)
    kind = group_names.get(one.group, one.group)
    aspect = " ".join(names.get(word, aspect_names.get(word, word)) for word in one.aspect.split())
    language = get_language() or ""
    sides = [side.say(language) if side else "" for side in (one.before, one.after)]
    return Line(field, names.get(field, _("The whole edition")) if field else _("The whole edition"),
                f"{kind}: {about}" if about else kind, aspect, verdict_names[one.verdict], *sides)  # fmt: skip


def names_of(edition: Edition) -> dict[str, str]:
    """What the codes of an edition are called."""
    language = get_language() or ""
    parts: list[tuple[str, Text]] = [(one.code, one.name) for group in found.GROUPS for one in getattr(edition, group)]
    parts += [(one.code, one.name) for one in edition.items.values()]
    parts += [(one.code, one.name) for one in edition.fields]
    return {code: name.say(language) for code, name in parts}


def groups() -> dict[str, str]:
    """What the sorts of entries are called."""
    return {
        "edition": _("Edition"), "policy": _("How figures become verdicts"), "strengths": _("Strength"),
        "sources": _("Source"), "grades": _("Grade of the ballot"), "gates": _("Gate"), "vetoes": _("Veto"),
        "bonuses": _("Addition"), "deductions": _("Deduction"), "tiers": _("Tier"), "items": _("Item"),
        "cells": _("Cell"), "fields": _("Field"), "questions": _("Question of the ballot"),
    }  # fmt: skip


def aspects() -> dict[str, str]:
    """What the attributes are called; one that is not here stands as it is."""
    return {
        "points": _("points"), "line": _("line"), "name": pgettext("thing", "name"), "goalposts": _("goalposts"),
        "numerator": _("what is counted"), "denominator": _("over what"), "anchors": _("grades in words"),
        "table": _("step table"), "basis": _("basis"), "about": _("explanation"), "met_by": _("met by"),
        "rule": _("rule"), "floor": _("floor"), "phantom": _("ballots added at the average"), "text": _("words"),
        "strength": _("strength"), "source": _("source"), "kind": _("kind"), "effort": _("effort"),
        "record": _("record"), "order": _("order"), "code": _("code"), "valid_from": _("valid from"),
        "valid_to": _("valid to"), "value": _("value"), "total": _("points in all"), "at_least": _("at least"),
        "sigma": _("spread of one reading"), "minimum": _("least evidence"), "programme": _("programme"),
    }  # fmt: skip


def verdicts() -> dict[str, str]:
    """How something changed."""
    return {
        found.ADDED: _("added"), found.DROPPED: _("dropped"), found.MOVED: _("moved"), found.WEIGHED: _("other points"),
        found.REORDERED: _("other order"), found.CHANGED: pgettext("difference", "changed"),
    }  # fmt: skip


def grid(listed: Iterable[Line]) -> Grid:
    """The differences as a file."""
    columns = (Column(_("Field")), Column(_("About")), Column(_("Of it")), Column(_("Change")), Column(_("Before")),
               Column(_("After")))  # fmt: skip
    return Grid(_("Differences"), columns, [
        (one.field_name, one.about, one.aspect, one.verdict, one.before, one.after) for one in listed
    ])  # fmt: skip
