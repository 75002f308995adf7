"""What was published of a round's ballots, as rows of a page: units and branches, their questions as bars and in words.

What is shown and what is not was decided when it was published; nothing is added up here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from baolei.ballots import doors
from baolei.ballots.doors import TOWNSHIP
from baolei.ballots.models import Publication, Total
from baolei.organisations.directory import pieces
from baolei.organisations.doors import Scope
from baolei.organisations.models import WIDTH
from baolei.paths import at_or_below
from baolei.programme.ballot.publication import KINDS, WHY
from baolei.programme.ballot.suppression import BANDS
from baolei.programme.standard.edition import Edition, Source
from baolei.programme.visibility import VIEWERS, how, least_of
from baolei.rounds.models import Round
from baolei.warehouse.rulebook import visibility
from baolei.warehouse.spreadsheets import Column, Grid

TONES = 6
"""So many tones a bar has; further grades share the last of them."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar of 100: how many gave an answer, and where it lies."""

    label: str
    count: int
    left: str
    width: str
    tone: int


@dataclass(frozen=True, slots=True)
class Told:
    """A question of a row: its parts with their numbers, or words in their place."""

    question: str
    parts: tuple[Part, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """What was published of a unit or a branch by one kind of ballots; `why` in words where it is nothing."""

    total: Total
    kind: str
    questions: tuple[Told, ...]
    why: str


def roots(scope: Scope, this: Round) -> list[str]:
    """The paths at which somebody's part of a round begins."""
    if scope.whole or scope.holds(this.path):
        return [this.path]
    return sorted(path for path in scope.units if path.startswith(this.path))


def totals(scope: Scope, mine: Publication, source: Source) -> Any:
    """The totals of a source that a scope sees: of its units, and of the branches whose polls it sees."""
    if not _opened(scope, source):
        return Total.objects.none()
    branches = doors.counted_by(scope).filter(round=mine.round_id).values("pk")
    units = Q(pk__in=[])
    for path in roots(scope, mine.round):
        units |= at_or_below(path)
    found = Total.objects.filter(publication=mine, source=source.code)
    return found.filter(units & Q(declaration=None) | Q(declaration__in=branches))


def _opened(scope: Scope, source: Source) -> bool:
    """Whether the table of who sees what lays totals open to whoever answers for these units."""
    rules = visibility()
    viewers = {VIEWERS[max(1, len(VIEWERS) - 1 - len(path) // WIDTH)] for path in scope.units}
    enough = least_of(rules, source)
    return any(how(rules, viewer, "totals", enough, public=source.public).code == "distributions" for viewer in viewers)


def directly_below(found: Any, path: str) -> Any:
    """Of totals those of the units right below one and of the branches that are shown there, in their order."""
    if len(path) >= TOWNSHIP:
        return found.filter(at_or_below(path), unit=None).order_by("path", "declaration", "kind")
    after = [path, *_children(found, path)]
    there = Q(unit=None, path=path) | Q(declaration=None, path__in=after[1:])
    return found.filter(there).order_by("path", "declaration", "kind")


def _children(found: Any, path: str) -> list[str]:
    paths = found.filter(at_or_below(path), declaration=None).order_by().values_list("path", flat=True).distinct()
    return [one for one in paths if len(one) == len(path) + WIDTH]


def rows(listed: Iterable[Total], edition: Edition, source: Source) -> list[Row]:
    """Totals as rows, in the order given."""
    language = get_language() or ""
    questions = [one.text.say(language) for one in edition.questions[source.code]]
    labels = answers(edition)
    return [
        Row(one, KINDS[one.kind].say(language),
            tuple(_told(question, said, labels) for question, said in zip(questions, one.said, strict=True))
            if not one.why else (), WHY[one.why].say(language) if one.why else "")
        for one in listed
    ]  # fmt: skip


def answers(edition: Edition) -> list[str]:
    """What the numbers of a question are called, in their order."""
    return [*(one.name.say(get_language() or "") for one in edition.grades), _("don't know"), _("left blank")]


def tones(edition: Edition) -> list[tuple[str, int]]:
    """The same with the tone of each in a bar."""
    return [(label, _tone(place, len(edition.grades))) for place, label in enumerate(answers(edition))]


def _tone(place: int, grades: int) -> int:
    return min(place + 1, TONES - 2) if place < grades else TONES - 1 + place - grades


def _told(question: str, said: Any, labels: Sequence[str]) -> Told:
    if isinstance(said, str):
        return Told(question, (), BANDS[said].say(get_language() or ""))
    if said is None:
        return Told(question, (), _("only within the unit above"))
    whole, at, parts = sum(said) or 1, 0, []
    for place, (label, count) in enumerate(zip(labels, said, strict=True)):
        parts.append(Part(label, count, f"{100 * at / whole:.2f}", f"{100 * count / whole:.2f}",
                          _tone(place, len(labels) - 2)))  # fmt: skip
        at += count
    return Told(question, tuple(parts), "")


def each_row(found: Any, edition: Edition, source: Source) -> Iterator[Row]:
    """Any number of totals as rows."""
    for some in pieces(found):
        yield from rows(some, edition, source)


def grid(listed: Iterable[Row], edition: Edition, source: Source, title: str = "") -> Grid:
    """Totals as a file: a line for each question; what is not shown is empty, with the reason in words."""
    columns = (
        Column(_("Unit or branch")), Column(_("Asked")), Column(_("Given")), Column(_("Valid ballots"), "whole"),
        Column(_("Question")), *(Column(name, "whole") for name in answers(edition)),
        Column(pgettext("totals", "In words")),
    )  # fmt: skip
    name = source.name.say(get_language() or "")
    return Grid(title or _("Results of the polls"), columns, _lines(listed, name, len(answers(edition))))


def _lines(listed: Iterable[Row], name: str, width: int) -> Iterator[Sequence[Any]]:
    nothing: list[int | None] = [None] * width
    for row in listed:
        if row.why:
            yield row.total.name, name, row.kind, None, "", *nothing, row.why
        for one in row.questions:
            numbers = [part.count for part in one.parts] or nothing
            yield row.total.name, name, row.kind, row.total.valid, one.question, *numbers, one.words
