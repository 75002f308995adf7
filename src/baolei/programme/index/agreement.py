"""How far raters of the same units agree, and who errs how: reports for analysts, never part of a score (method 2.5).

Intraclass correlations (Shrout & Fleiss 1979), Krippendorff's alpha (2004) for any number of raters with gaps, and the
error rates of Dawid & Skene (1979).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.index.figures import Figures, Numbers, nothing, one
from baolei.programme.index.table import Table, number
from baolei.programme.refusals import CaseRefused, Fault
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import Agreement, IndexEdition

GIVES = (
    "agreement_icc",
    "agreement_alpha",
    "agreement_share",
    "agreement_right",
    "agreement_error",
    "agreement_class",
)
Reading = tuple[str, str, str]
"""Unit, rater, value."""


# -- intraclass correlation -------------------------------------------------------------------------------------------


def icc(table: Numbers) -> dict[str, float]:
    """The six coefficients for units x raters without gaps: ICC1, ICC2, ICC3 and, for the mean of all raters, …k."""
    n, k = table.shape
    grand, units, raters = table.mean(), table.mean(axis=1), table.mean(axis=0)
    between = k * float(((units - grand) ** 2).sum()) / (n - 1)
    judges = n * float(((raters - grand) ** 2).sum()) / (k - 1)
    within = float(((table - units[:, None]) ** 2).sum()) / (n * (k - 1))
    rest = float(((table - units[:, None] - raters + grand) ** 2).sum()) / ((n - 1) * (k - 1))
    return {
        "ICC1": (between - within) / (between + (k - 1) * within),
        "ICC2": (between - rest) / (between + (k - 1) * rest + k * (judges - rest) / n),
        "ICC3": (between - rest) / (between + (k - 1) * rest),
        "ICC1k": (between - within) / between,
        "ICC2k": (between - rest) / (between + (judges - rest) / n),
        "ICC3k": (between - rest) / between,
    }


# -- Krippendorff's alpha ---------------------------------------------------------------------------------------------


def coincidences(readings: list[Reading], values: list[str]) -> Numbers:
    """How often value c meets value k in one unit; a unit with m readings counts each pair 1/(m - 1)."""
    place = {value: number for number, value in enumerate(values)}
    met = np.zeros((len(values), len(values)))
    for unit in _by_unit(readings).values():
        if len(unit) < 2:
            continue
        tally = np.bincount([place[value] for _, value in unit], minlength=len(values)).astype(np.float64)
        met += (np.outer(tally, tally) - np.diag(tally)) / (len(unit) - 1)
    return met


def distances(values: list[str], margin: Numbers, level: str) -> Numbers:
    """Squared differences between the values, as the level of measurement has them."""
    if level == "nominal":
        return 1 - np.eye(len(values))
    if level == "ordinal":
        upto = np.cumsum(margin)
        middle = upto - margin / 2
        return np.asarray((middle[:, None] - middle[None, :]) ** 2)
    number = np.array([float(value) for value in values])
    apart = number[:, None] - number[None, :]
    if level == "interval":
        return np.asarray(apart**2)
    total = number[:, None] + number[None, :]
    return np.where(total == 0, 0.0, apart / np.where(total == 0, 1.0, total)) ** 2


def alpha(readings: list[Reading], level: str) -> float:
    """Krippendorff's alpha = 1 - observed / expected disagreement; NaN where nothing differs."""
    words = {value for _, _, value in readings}
    values = sorted(words, key=float) if level != "nominal" else sorted(words)
    met = coincidences(readings, values)
    margin = met.sum(axis=0)
    apart = distances(values, margin, level)
    expected = (np.outer(margin, margin) * apart).sum() / (margin.sum() - 1)
    return float(1 - (met * apart).sum() / expected) if expected > 0 else float("nan")


# -- Dawid & Skene ----------------------------------------------------------------------------------------------------


def dawid_skene(counts: Numbers, stop: float, at_most: int = 10_000) -> tuple[Numbers, Numbers, Numbers]:
    """EM for `counts` units x raters x classes (how often a rater gave a class; gaps are zeros, repeats add up).

    Gives units x classes probabilities, the classes' shares, and raters x true x given error rates. Ends when no share
    or rate moves by more than `stop`.
    """
    belief = counts.sum(axis=1) / counts.sum(axis=(1, 2))[:, None]
    share, rates = _maximise(belief, counts)
    for _ in range(at_most):
        with np.errstate(divide="ignore"):
            logs = np.log(share) + np.einsum("urg,rtg->ut", counts, _log(rates))
        belief = np.exp(logs - logs.max(axis=1, keepdims=True))
        belief /= belief.sum(axis=1, keepdims=True)
        after, moved = _maximise(belief, counts)
        change = max(float(np.abs(after - share).max()), float(np.abs(moved - rates).max()))
        share, rates = after, moved
        if change <= stop:
            break
    return belief, share, rates


def _log(rates: Numbers) -> Numbers:
    """Logarithms with a floor in place of minus infinity, so that a class never given counts 0 x floor = 0."""
    return np.log(np.maximum(rates, 1e-300))


def _maximise(belief: Numbers, counts: Numbers) -> tuple[Numbers, Numbers]:
    given = np.einsum("ut,urg->rtg", belief, counts)
    total = given.sum(axis=2, keepdims=True)
    return belief.mean(axis=0), np.divide(given, total, out=np.zeros_like(given), where=total > 0)


# -- the step ---------------------------------------------------------------------------------------------------------


def _by_unit(readings: list[Reading]) -> dict[str, list[tuple[str, str]]]:
    units: dict[str, list[tuple[str, str]]] = {}
    for unit, rater, value in readings:
        units.setdefault(unit, []).append((rater, value))
    return units


def readings_of(table: Table, rule: Agreement) -> list[Reading]:
    """All readings that are not missing, from a long table or from one with a column for each rater."""
    if rule.raters:
        units = table.columns.get("id") or tuple(map(str, table.lines))
        found = [(units[row], rater, table.columns[rater][row]) for row in range(len(table)) for rater in rule.raters]
    else:
        found = list(zip(table.columns[rule.unit], table.columns[rule.rater], table.columns[rule.value], strict=True))
    return [reading for reading in found if all(reading)]


def _icc_figures(readings: list[Reading], place: str) -> Figures:
    units, raters = list(_by_unit(readings)), sorted({rater for _, rater, _ in readings})
    table = np.full((len(units), len(raters)), np.nan)
    at = {unit: row for row, unit in enumerate(units)}
    for unit, rater, value in readings:
        table[at[unit], raters.index(rater)] = float(value)
    if np.isnan(table).any() or len(readings) != table.size or min(table.shape) < 2:
        raise CaseRefused(
            [Fault(place, 0, "ICC needs every rater once on every unit", "use krippendorff where some are absent")]
        )
    found = icc(table)
    return one("agreement_icc", found, found.values())


def _skene_figures(readings: list[Reading], stop: float) -> dict[str, Figures]:
    units, raters = list(_by_unit(readings)), sorted({rater for _, rater, _ in readings})
    classes = sorted({value for _, _, value in readings})
    counts = np.zeros((len(units), len(raters), len(classes)))
    at = {unit: row for row, unit in enumerate(units)}
    for unit, rater, value in readings:
        counts[at[unit], raters.index(rater), classes.index(value)] += 1
    belief, share, rates = dawid_skene(counts, stop)
    rows = [f"{rater}.{true}" for rater in raters for true in classes]
    return {
        "agreement_share": one("agreement_share", classes, share),
        "agreement_right": Figures(tuple(raters), tuple(classes), np.einsum("rtt->rt", rates)),
        "agreement_error": Figures(tuple(rows), tuple(classes), rates.reshape(len(rows), len(classes))),
        "agreement_class": Figures(tuple(units), tuple(classes), belief),
    }


def _numeric(readings: list[Reading], rule: Agreement) -> bool:
    return "icc" in rule.methods or ("krippendorff" in rule.methods and set(rule.levels) != {"nominal"})


def _check_numbers(readings: list[Reading], place: str) -> None:
    words = sorted({value for _, _, value in readings if number(value) is None})
    if words:
        right = "only nominal alpha and dawid_skene take words"
        raise CaseRefused([Fault(place, 0, f"{word!r} is no number", right) for word in words])


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `agreement_icc`, `agreement_alpha` (by level), and of Dawid & Skene `agreement_share` (classes),
    `agreement_right` (raters x classes: how often right), `agreement_error` (rater.true class x class given),
    `agreement_class` (units x classes: probabilities).
    """
    results: dict[str, Any] = {name: nothing() for name in GIVES}
    rule = edition.agreement
    if rule is None:
        return results
    table: Table = board["tables"][rule.table]
    readings = readings_of(table, rule)
    if _numeric(readings, rule):
        _check_numbers(readings, table.place)
    if "icc" in rule.methods:
        results["agreement_icc"] = _icc_figures(readings, table.place)
    if "krippendorff" in rule.methods:
        results["agreement_alpha"] = one(
            "agreement_alpha", rule.levels, [alpha(readings, level) for level in rule.levels]
        )
    if "dawid_skene" in rule.methods:
        results |= _skene_figures(readings, rule.stop)
    return results
