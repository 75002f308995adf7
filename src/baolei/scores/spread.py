"""How the ballots about a branch fell: for those to whom the table of who sees what opens it, from the league up.

The results keep means only; how many gave each grade stands in the snapshot they were computed from, which lies beside
them. Where it does not, or is another one, nothing is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.programme.standard.edition import Edition, Source, Text
from baolei.programme.visibility import hidden, least
from baolei.scores.results import Seen
from baolei.warehouse.opened import Opened
from baolei.warehouse.rulebook import visibility
from baolei.warehouse.snapshot import MANIFEST, rows_of, sha256
from baolei.warehouse.spreadsheets import Column, Grid


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a source: how many ballots gave each grade, the best first, and last those that do not know or are
    blank; None for a cell that is closed.
    """

    source: Text
    question: Text
    cells: tuple[int | None, ...]


def spread(seen: Seen, row: Mapping[str, Any]) -> list[Asked]:
    """The questions of every source whose ballots are seen grade by grade; `row` is the branch's row of results."""
    results = seen.results
    edition, snapshot = results.edition, _snapshot(results.opened)
    open_to = [source for source in edition.asked() if _opened(seen, row, source)]
    if snapshot is None or not open_to:
        return []
    ballots = rows_of(snapshot / "ballots.parquet", row["branch"])
    return [one for source in open_to for one in _questions(edition, source, ballots)]


def _opened(seen: Seen, row: Mapping[str, Any], source: Source) -> bool:
    how = seen.sight.how(row["code"], row["unit"], "ballots", row[f"ballots_{source.code}"], public=source.public,
                         edition=source.shown_from)  # fmt: skip
    return how.code == "distributions"


def _snapshot(opened: Opened) -> Path | None:
    """The snapshot that these results follow from, where it lies beside them."""
    beside = opened.folder.resolve().parent / "snapshot"
    manifest = beside / MANIFEST
    return beside if manifest.exists() and sha256(manifest) == opened.manifest["snapshot"] else None


def _questions(edition: Edition, source: Source, ballots: list[dict[str, Any]]) -> list[Asked]:
    place = [one.code for one in edition.sources].index(source.code)
    mine = [one for one in ballots if one["source"] == place]
    return [
        Asked(source.name, question.text, _cells(Counter(one[f"q{number}"] for one in mine), len(edition.grades)))
        for number, question in enumerate(edition.questions[source.code], 1)
    ]


def _cells(told: Mapping[int, int], grades: int) -> tuple[int | None, ...]:
    """How many gave each of the grades, and how many none; small cells are closed, and what would open them again."""
    counts = [told.get(grade, 0) for grade in range(grades)]
    counts.append(sum(told.values()) - sum(counts))
    shut = hidden({str(place): number for place, number in enumerate(counts)}, least(visibility()))
    return tuple(None if str(place) in shut else number for place, number in enumerate(counts))


def heads(edition: Edition) -> list[str]:
    """What the cells are called."""
    language = get_language() or ""
    return [*(grade.name.say(language) for grade in edition.grades), _("no grade given")]


def grid(found: list[Asked], edition: Edition) -> Grid:
    """The same as a file; what is closed is empty."""
    language = get_language() or ""
    columns = (Column(_("Source")), Column(_("Question")), *(Column(name, "whole") for name in heads(edition)))
    return Grid(_("How the ballots fell"), columns, [
        (one.source.say(language), one.question.say(language), *one.cells) for one in found
    ])  # fmt: skip
