"""What a correction changed: each branch whose verdict is another than in an earlier run, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.programme.printed import points, signed
from baolei.programme.standard.edition import Edition
from baolei.scores.results import Seen
from baolei.warehouse.opened import Opened
from baolei.warehouse.spreadsheets import Column, Grid

Row = Mapping[str, Any]
VERDICT = ("tier", "named", "held")
"""What a verdict is; where one of them differs the branch is listed."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A branch whose verdict is another than in an earlier run: its scores as printed, its verdicts in words, why.

    `score_before` or `score_after` is empty where it was not scored in that run.
    """

    code: str
    name: str
    score_before: str
    score_after: str
    before: str
    after: str
    reason: str


def changes(seen: Seen, before: Opened) -> list[Changed]:
    """Whose verdict is another than in the earlier results, among those open to whoever looks; in the order of the
    tree, those no longer scored last.
    """
    edition, old = seen.results.edition, before.table("branches")
    mine = seen.results.branches.take(pa.array(seen.open_rows()))
    place = pc.index_in(mine["code"], value_set=old["code"].combine_chunks())
    met = np.flatnonzero(place.is_valid().to_numpy())
    at = place.drop_null().to_numpy()
    other = np.zeros(len(met), dtype=bool)
    for name in VERDICT:
        other |= mine[name].to_numpy()[met] != old[name].to_numpy()[at]
    rows = zip(old.take(at[other]).to_pylist(), mine.take(met[other]).to_pylist(), strict=True)
    found = [_changed(one, now, edition) for one, now in rows]
    found += [_changed(None, now, edition) for now in mine.filter(place.is_null()).to_pylist()]
    return found + [_changed(one, None, edition) for one in _gone(seen, old)]


def _gone(seen: Seen, old: pa.Table) -> Iterator[Row]:
    """The rows of the earlier results whose branch is not scored any more, as far as they are open."""
    there = pc.is_in(old["code"], value_set=seen.results.branches["code"].combine_chunks())
    yield from (one for one in old.filter(pc.invert(there)).to_pylist() if seen.sight.sees(one["code"], one["unit"]))


def _changed(old: Row | None, new: Row | None, edition: Edition) -> Changed:
    known: Row = new or old or {}
    before, after = (points(row["score"] / 100) if row else "" for row in (old, new))
    return Changed(
        known["code"], known["name"], before, after, _verdict(old, edition), _verdict(new, edition),
        "; ".join(reasons(old, new, edition)),
    )  # fmt: skip


def _verdict(row: Row | None, edition: Edition) -> str:
    """The tier of a branch in words, and that a place is kept for it."""
    if row is None:
        return _("not scored")
    tier = edition.tiers[row["tier"]].name.say(get_language() or "")
    return f"{tier} ({_('place kept')})" if row["held"] else tier


def reasons(old: Row | None, new: Row | None, edition: Edition) -> list[str]:
    """Why the verdict is another, from what differs of the branch itself; where nothing does, that others moved it."""
    if old is None:
        return [_("was not scored before")]
    if new is None:
        return [_("is not scored any more")]
    found = [*_points(old, new, edition), *_conditions(old, new, edition), *_readings(old, new)]
    return found or [_("nothing of its own changed: the line, the places or the leniency follow from all branches")]


def _points(old: Row, new: Row, edition: Edition) -> Iterator[str]:
    """The parts of the score that differ; sources of too few ballots only together, as on the sheet."""
    language, closed = get_language() or "", 0
    for source in edition.sources:
        change = new[f"earned_{source.code}"] - old[f"earned_{source.code}"]
        if source.kind != "items" and any(0 < row[f"ballots_{source.code}"] < source.shown_from for row in (old, new)):
            closed += change
        elif change:
            yield f"{source.name.say(language)} {signed(change / 100)}"
    if closed:
        yield f"{_('inside the total: too few ballots')} {signed(closed / 100)}"
    rest = ((_("bonus"), "bonus", 1), (_("deduction"), "deduction", -1), (_("county leniency"), "leniency_line", -1))
    for name, column, sign in rest:
        if old[column] != new[column]:
            yield f"{name} {signed(sign * (new[column] - old[column]) / 100)}"


def _conditions(old: Row, new: Row, edition: Edition) -> Iterator[str]:
    """The gates, vetoes, floors and ballots that stand otherwise, by name."""
    met, not_met = _("%(name)s: now met"), _("%(name)s: no longer met")
    entered, gone = _("%(name)s: entered"), _("%(name)s: taken back")
    named: tuple[tuple[str, Sequence[Any], str, str], ...] = (
        ("gates_open", edition.gates, met, not_met), ("vetoes", edition.vetoes, gone, entered),
        ("floors_broken", edition.strengths, _("floor of %(name)s: now met"), _("floor of %(name)s: no longer met")),
        ("evidence_short", edition.sources, _("ballots of %(name)s: now enough"), _("ballots of %(name)s: too few")),
    )  # fmt: skip
    language = get_language() or ""
    for column, parts, off, on in named:
        for place, part in enumerate(parts):
            was, is_now = old[column] >> place & 1, new[column] >> place & 1
            if was != is_now:
                yield (on if is_now else off) % {"name": part.name.say(language)}


def _readings(old: Row, new: Row) -> Iterator[str]:
    """What has been learnt of it: a visit, another leniency of its banner."""
    if new["visited"] and not old["visited"]:
        yield _("has been visited")
    elif new["visited"] and new["standing"] != old["standing"] and new["score"] == old["score"]:
        yield _("the visit is read otherwise")
    if (old["leniency"] or 0) != (new["leniency"] or 0):
        yield _("leniency of the banner %(before)s → %(after)s") % {
            "before": signed(old["leniency"] or 0), "after": signed(new["leniency"] or 0)
        }  # fmt: skip


def as_grid(listed: Iterable[Changed]) -> Grid:
    """The changes as a file."""
    columns = (Column(_("Code")), Column(_("Name")), Column(_("Score before")), Column(_("Score after")),
               Column(_("Verdict before")), Column(_("Verdict after")), Column(_("Why")))  # fmt: skip
    return Grid(_("Verdicts that changed"), columns, (
        (one.code, one.name, one.score_before, one.score_after, one.before, one.after, one.reason) for one in listed
    ))  # fmt: skip
