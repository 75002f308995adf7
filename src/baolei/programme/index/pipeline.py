"""An index, from what is reported to who stands where: read the tuple, it is the whole method.

Every step is a pure function in its own file. One that finds no section of its own in the edition gives its input
through unchanged, so one tuple serves a development index, hospital stars and a table of lecturers alike.
"""

from __future__ import annotations

from collections.abc import Mapping

from baolei.programme.index import (
    aggregate,
    agreement,
    denominate,
    effects,
    evidence,
    impute,
    influence,
    normalise,
    pool,
    rank,
    rank_sets,
    score,
    screen,
    shrink,
    tiers,
    treat,
)
from baolei.programme.index.figures import Figures
from baolei.programme.index.seat import seat
from baolei.programme.index.table import Table
from baolei.programme.scoring.steps import Step, walk
from baolei.programme.standard.index_edition import IndexEdition

HANDBOOK = "OECD/JRC Handbook on Constructing Composite Indicators (2008)"

STEPS: tuple[Step, ...] = (
    Step(
        "denominate",
        f"{HANDBOOK}, step 2; DHIS2 indicators",
        ("value_raw", "value_extra"),
        ("value_denominated",),
        denominate.run,
    ),
    Step(
        "screen",
        f"{HANDBOOK}, step 2; CMS Overall Star Rating 2021, step 1",
        ("value_denominated",),
        ("value_screened", "value_screen"),
        screen.run,
    ),
    Step(
        "impute",
        f"{HANDBOOK}, step 3",
        ("value_screened", "value_label"),
        ("value_imputed", "value_filled"),
        impute.run,
    ),
    Step(
        "treat",
        f"{HANDBOOK}, step 3; EC-JRC COIN Tool",
        ("value_imputed",),
        ("value_treated", "value_treatment"),
        treat.run,
    ),
    Step("normalise", f"{HANDBOOK}, step 5; UNDP HDR technical note 1", ("value_treated",), ("normal",), normalise.run),
    Step(
        "aggregate",
        f"{HANDBOOK}, step 6; UNDP HDR technical note 1; CMS, steps 2 and 3",
        ("normal",),
        ("node", "node_share", "node_rank"),
        aggregate.run,
    ),
    Step("effects", "method 2.5; Henderson (1975)", ("tables",), effects.GIVES, effects.run),
    Step(
        "shrink",
        "method 2.3; Efron & Morris (1975)",
        ("tables", "value_raw"),
        ("shrink_value", "shrink_fit"),
        shrink.run,
    ),
    Step("pool", "DerSimonian & Laird (1986)", ("tables", "value_raw"), ("pool_study", "pool_fit"), pool.run),
    Step(
        "score",
        "UNDP: the rounded figure is the figure (method 2.9)",
        ("node", "effect_unit", "shrink_value"),
        ("score", "score_exact"),
        score.run,
    ),
    Step(
        "evidence",
        "CMS Overall Star Rating 2021, step 4 (method 2.8)",
        ("score", "value_screened", "value_label"),
        ("evidence_items", "evidence_nodes", "evidence_eligible", "peer"),
        evidence.run,
    ),
    Step(
        "rank",
        "UNDP: those who tie share the better place",
        ("score", "evidence_eligible", "peer"),
        ("rank",),
        rank.run,
    ),
    Step(
        "tiers of the index",
        "UNDP cut-off points; CMS Overall Star Rating 2021, steps 5 and 6",
        ("score", "evidence_eligible", "peer"),
        ("tier", "tier_count", "tier_centre"),
        tiers.run,
    ),
    Step(
        "influence",
        f"{HANDBOOK}, steps 7 and 8; Paruolo, Saisana & Saltelli (2013); method 3.3",
        ("normal", "node"),
        tuple(f"influence_{part}" for part in ("weight", "corr", "share", "removal", "balance", "box")),
        influence.run,
    ),
    Step(
        "agreement",
        "Shrout & Fleiss (1979); Krippendorff (2004); Dawid & Skene (1979)",
        ("tables",),
        agreement.GIVES,
        agreement.run,
    ),
    Step(
        "rank_sets",
        "Mogstad, Romano, Shaikh & Wilhelm (2024)",
        ("tables", "value_raw"),
        rank_sets.GIVES,
        rank_sets.run,
    ),
)


def evaluate(edition: IndexEdition, tables: Mapping[str, Table]) -> dict[str, Figures]:
    """Everything the edition makes of the data, result by result, by name.

    Raises CaseRefused where the data is not what the edition speaks of.
    """
    board = walk(STEPS, edition, seat(edition, tables))
    return {name: value for name, value in board.items() if isinstance(value, Figures)}
