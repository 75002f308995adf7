"""How right a naming was, now that the truth is known (method section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.stats import rankdata

from baolei.programme.scoring.arithmetic import Bools, Floats, Ints
from baolei.programme.scoring.change import WITHDRAWN
from baolei.programme.scoring.ranks import ranks
from baolei.programme.standard.edition import Edition
from baolei.warehouse.simulation_methods import Naming, best
from baolei.warehouse.simulation_world import World

WRONG, BADLY = 2.0, 5.0
"""Points under the cut from which a named branch was named wrongly, and badly wrongly."""

NORMAL_90 = 1.6448536269514722
BINS = 10


def true_top(edition: Edition, world: World) -> tuple[Bools, Floats]:
    """Who truly stands among the first of the field (bool [n]), and each field's cut (float64 [F])."""
    top = best(edition, world.board, world.truth.quality)
    field = world.board["field"].astype(np.int64)
    cut = np.full(len(edition.fields), np.inf)
    np.minimum.at(cut, field[top], world.truth.quality[top])
    return top, cut


def naming_figures(edition: Edition, world: World, naming: Naming) -> dict[str, float]:
    """Figures that every method has.

    spearman (within fields), precision (named and truly top), false and bad (named though more than 2, more than 5
    under the cut), stuffers (of the stuffers truly under the cut, those named), neglecters (the same), county_gap
    (mean distance between a county's share of names and its share of the truly top).
    """
    top, cut = true_top(edition, world)
    field = world.board["field"].astype(np.int64)
    short = cut[field] - world.truth.quality
    named, under = naming.named, short > 0
    return {
        "spearman": _within(field, naming.reading, world.truth.quality),
        "precision": float(top[named].mean()),
        "false": float((short[named] > WRONG).mean()),
        "bad": float((short[named] > BADLY).mean()),
        "stuffers": _share(named, world.truth.stuffs & under),
        "neglecters": _share(named, world.truth.neglects & under),
        "county_gap": _county_gap(world.county, named, top),
    }


def _share(what: Bools, among: Bools) -> float:
    return float(what[among].mean()) if among.any() else float("nan")


def _within(field: Ints, one: Floats, other: Floats) -> float:
    """Spearman's correlation, mean over the fields."""
    rows = [np.flatnonzero(field == f) for f in np.unique(field)]
    return float(np.mean([np.corrcoef(rankdata(one[row]), rankdata(other[row]))[0, 1] for row in rows]))


def _county_gap(county: Ints, named: Bools, top: Bools) -> float:
    size = np.bincount(county)
    given, due = np.bincount(county, weights=named), np.bincount(county, weights=top)
    return float(np.abs((given - due) / size).mean())


def doubt_figures(edition: Edition, world: World, board: Mapping[str, Any]) -> dict[str, float]:
    """Figures of a method that says how sure it is.

    ece (chances in ten bins against what is true), cover (of the 90 % interval), rank_cover (of the rank interval),
    confirmed_share and confirmed_precision (named and confirmed), alike_found (stuffers whose ballots are flagged as
    too much alike), alike_false (innocent among the flagged; 0 where nobody is), visits (as a share of branches).
    """
    top, _ = true_top(edition, world)
    quality, truth = world.truth.quality, world.truth
    off = np.abs(board["theta"] - quality) / board["spread"]
    rank = ranks(edition, {**board, "score": np.round(quality * 100).astype(np.int64)})["rank"]
    sure = board["named"] & (board["confirmation"] == 2)
    return {
        "ece": calibration_error(board["probability"], top),
        "cover": float((off <= NORMAL_90).mean()),
        "rank_cover": float(((board["rank_low"] <= rank) & (rank <= board["rank_high"])).mean()),
        "confirmed_share": float(sure.sum() / board["named"].sum()),
        "confirmed_precision": _share(top, sure),
        "alike_found": _share(board["alike"], truth.stuffs),
        "alike_false": _share(~truth.stuffs, board["alike"]) if board["alike"].any() else 0.0,
        "visits": len(board["visit_branch"]) / len(quality),
    }


def calibration_error(chance: Floats, hit: Bools) -> float:
    """Σ share × |mean chance − mean hit| over ten bins of the chance."""
    bin_ = np.minimum((chance * BINS).astype(np.int64), BINS - 1)
    said, true = np.bincount(bin_, weights=chance, minlength=BINS), np.bincount(bin_, weights=hit, minlength=BINS)
    return float(np.abs(said - true).sum() / len(chance))


def withdrawal_figures(named: Bools, quality: Floats, cut: Floats, title: Ints) -> dict[str, float]:
    """A year later: of those named and still truly over last year's `cut` [n], how many lose the name; and of all."""
    gone = title == WITHDRAWN
    return {
        "withdrawn_good": _share(gone, named & (quality >= cut)),
        "withdrawn": _share(gone, named),
        "fallen_caught": _share(gone, named & (quality < cut - 4)),
    }
