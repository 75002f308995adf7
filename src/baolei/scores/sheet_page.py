"""A sheet as it stands on the page and on paper: strengths as rows, sources as columns, leaves in the cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.declarations.actions import answers_of
from baolei.organisations.models import OrganisationState
from baolei.programme import declaration as rules
from baolei.programme.scoring.rollup import INTERVAL
from baolei.programme.scoring.sheet import Leaf, Sheet
from baolei.programme.standard.edition import Edition, Text
from baolei.scores.models import Run
from baolei.scores.results import CONFIRMED, VISIT, Seen
from baolei.scores.spread import Asked, heads
from baolei.scores.title import checks

STANDING = {CONFIRMED: "confirmed", VISIT: "visit"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One strength as one source sees it. `earned` and `available` in cents; `open` False where it stays closed."""

    source: str
    name: Text
    leaves: tuple[Leaf, ...]
    earned: int
    available: int
    open: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One strength. `earned` None where a closed source could be worked out from it; `floor` its least share in %."""

    code: str
    name: Text
    cells: tuple[Cell, ...]
    earned: int | None
    available: int | None
    floor: int | None


@dataclass(frozen=True, slots=True)
class Against:
    """A leaf against the field's mean, with the place of its bar on a scale of 0-100 whose middle is the mean."""

    leaf: Leaf
    source: Text
    points: float
    left: str
    width: str


def lines(sheet: Sheet, edition: Edition) -> list[Line]:
    """The rows of the sheet."""
    floors = {strength.code: strength.floor for strength in edition.strengths}
    return [
        Line(code, name, tuple(_cell(sheet, code, source, text) for source, text, *_rest in sheet.sources),
             earned, available, None if (floor := floors[code]) is None else round(floor * 100))
        for code, name, earned, available in sheet.strengths
    ]  # fmt: skip


def _cell(sheet: Sheet, strength: str, source: str, name: Text) -> Cell:
    leaves = tuple(leaf for leaf in sheet.leaves if (leaf.strength, leaf.source) == (strength, source))
    return Cell(
        source,
        name,
        leaves,
        sum(leaf.points for leaf in leaves),
        sum(leaf.available for leaf in leaves),
        all(leaf.shown for leaf in leaves),
    )


def against(leaves: tuple[Leaf, ...], sheet: Sheet) -> list[Against]:
    """Gains or losses against the field as bars on one scale for both."""
    widest = max((abs(leaf.against) for leaf in (*sheet.gains, *sheet.losses)), default=1.0) or 1.0
    sources = {code: name for code, name, *_rest in sheet.sources}
    made = []
    for leaf in leaves:
        width = 50 * abs(leaf.against) / widest
        left = 50.0 if leaf.against > 0 else 50.0 - width
        made.append(Against(leaf, sources[leaf.source], leaf.against / 100, f"{left:.2f}", f"{max(width, 0.6):.2f}"))
    return made


def rank_bar(row: Mapping[str, Any], size: int) -> tuple[str, str]:
    """Where the rank interval begins and how wide it is, in hundredths of the field; the first rank stands left."""
    low, high = row["rank_low"] - 1, row["rank_high"]
    return f"{100 * low / max(size, 1):.2f}", f"{max(0.6, 100 * (high - low) / max(size, 1)):.2f}"


@dataclass(frozen=True, slots=True)
class Beside:
    """The organisation's part in cents: as the branch scored itself, and as it was computed, of so many."""

    own: int
    computed: int
    of: int

    @property
    def apart(self) -> float:
        """Computed less the branch's own, in points."""
        return (self.computed - self.own) / 100


def self_scored(run: Run | None, sheet: Sheet, edition: Edition) -> Beside | None:
    """A branch's self-score in the round of a run, beside what its items came to; None where nobody declared."""
    at = OrganisationState.objects.filter(code=sheet.row["code"]).values("organisation")
    mine = run.round.declarations.filter(organisation__in=at).first() if run is not None else None
    if mine is None:
        return None
    leaves = rules.leaves(edition, edition.field(mine.field), answers_of(mine))
    parts = {source.code for source in edition.sources if source.kind == "items"}
    sums = [(earned, available) for code, _name, earned, available, _shown in sheet.sources if code in parts]
    return Beside(sum(leaf.points or 0 for leaf in leaves), sum(one for one, _of in sums), sum(of for _one, of in sums))


def context(seen: Seen, sheet: Sheet, *, run: Run | None, spread: list[Asked]) -> dict[str, Any]:
    """Everything the page of a sheet prints. `run`: that of the house by which it was scored, where it was; `spread`:
    how the ballots fell, where that is seen.
    """
    row, edition, results = sheet.row, seen.results.edition, seen.results
    field_size = results.sums(results.places.root.code, row["field"]).branches
    return {
        "beside": self_scored(run, sheet, edition),
        "sheet": sheet,
        "row": row,
        "lines": lines(sheet, edition),
        "standing": STANDING.get(row["confirmation"], "unconfirmed"),
        "score": row["score"] / 100,
        "low": row["score"] / 100 - INTERVAL * row["se"],
        "high": min(edition.total, row["score"] + 100 * INTERVAL * row["se"]) / 100,
        "total": edition.total / 100,
        "line_floor": edition.total / 200,
        "delta": row["delta"] / 100,
        "whys": [
            (_("Most above the field"), against(sheet.gains, sheet)),
            (_("Most below the field"), against(sheet.losses, sheet)),
        ],
        "effort_dots": range(3),
        "checks": checks(sheet, edition),
        "titled": edition.tiers[row["tier"]].named,
        "evidence": evidence(sheet, edition),
        "doubts": doubts(row, edition, closed=sheet.hidden),
        "way_gain": sum(lever.gain for lever in sheet.way),
        "short_of": sheet.line - row["score"],
        "field_size": field_size,
        "rank_bar": rank_bar(row, field_size),
        "sees_ranks": seen.sight.sees_ranks(row["unit"]),
        "leniency": results.leniency.get(row["unit_3"]),
        "spread": [{"asked": one, "told": zip(heads(edition), one.cells, strict=True)} for one in spread],
        "spread_heads": heads(edition),
    }


def evidence(sheet: Sheet, edition: Edition) -> list[tuple[Text, int | None, int, int, bool]]:
    """For each asked source: name, valid ballots (None where too few to tell), needed, entitled, whether enough."""
    row, found = sheet.row, []
    for place, source in enumerate(edition.sources):
        if source.kind == "items":
            continue
        number = row[f"ballots_{source.code}"]
        few = 0 < number < source.shown_from
        entitled = row["entitled"] if source.minimum and source.minimum.of == "entitled" else 0
        short = bool(row["evidence_short"] >> place & 1)
        found.append((source.name, None if few else number, row[f"needed_{source.code}"], entitled, short))
    return found


def doubts(row: Mapping[str, Any], edition: Edition, *, closed: bool) -> list[str]:
    """What deserves a second look, in words. Nothing here changes the score; people look, and the branch may answer."""
    found = []
    if row["disagree"] and not closed:
        codes = [(source, row[f"gap_z_{source.code}"] or 0.0) for source in edition.sources]
        source, _z = max(codes, key=lambda one: abs(one[1]))
        gap = row[f"gap_{source.code}"] or 0.0
        name = source.name.say(get_language() or "")
        above = _("%(source)s stands %(gap)s of 100 above what the other sources suggest.")
        below = _("%(source)s stands %(gap)s of 100 below what the other sources suggest.")
        found.append((above if gap > 0 else below) % {"source": name, "gap": f"{abs(gap):.1f}"})
    elif row["disagree"]:
        found.append(_("The sources disagree more than chance explains."))
    if row["alike"]:
        found.append(_("The ballots of one source are more alike than ballots usually are."))
    if not row["robust"]:
        found.append(_("With source weights moved by a fifth, the verdict could change."))
    if row["candidate"]:
        found.append(_("It is to be looked at for rectification: by people, after a visit, with its own answer."))
    return found
