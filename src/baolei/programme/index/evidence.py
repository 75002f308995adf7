"""Who can be judged at all, and among whom: minimum evidence and peer groups.

Filled gaps are no evidence: counts are of what was reported. The hospital stars judge a hospital that reports three
measures in each of three groups, one of them Mortality or Safety, among those with as many groups.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from baolei.programme.index.figures import Figures, Numbers, one
from baolei.programme.scoring.steps import Board
from baolei.programme.standard.index_edition import Evidence, IndexEdition


def counts(edition: IndexEdition, values: Figures) -> Figures:
    """Units x groups: how many of a group's own indicators the unit reports."""
    groups = [node.code for node in edition.nodes if any(item.parent == node.code for item in edition.items)]
    parent = {item.code: item.parent for item in edition.items}
    present = np.isfinite(values.values)
    columns = [present[:, [parent[code] == group for code in values.columns]].sum(axis=1) for group in groups]
    stacked = np.column_stack(columns).astype(np.float64) if columns else np.empty((len(values.rows), 0))
    return Figures(values.rows, tuple(groups), stacked)


def reached(reported: Figures, rule: Evidence) -> Numbers:
    """In how many groups a unit reports enough indicators."""
    return np.asarray((reported.values >= rule.items).sum(axis=1), dtype=np.float64)


def eligible(edition: IndexEdition, reported: Figures, rule: Evidence) -> Numbers:
    """1.0 where the unit can be judged, else 0.0."""
    key = {node.code for node in edition.nodes if node.key}
    keyed = reached(reported.pick([code for code in reported.columns if code in key]), rule)
    return np.asarray((reached(reported, rule) >= rule.nodes) & (keyed >= rule.key_nodes), dtype=np.float64)


def run(edition: IndexEdition, board: Board) -> dict[str, Any]:
    """Gives `evidence_items`, `evidence_nodes`, `evidence_eligible` and `peer` ('' where not judged)."""
    score: Figures = board["score"]
    rule = edition.evidence
    scored = np.isfinite(score.column("score")).astype(np.float64)
    from_tree = edition.score.of == "root"
    reported = (
        counts(edition, board["value_screened"]) if from_tree else Figures(score.rows, (), np.empty((len(scored), 0)))
    )
    groups = reached(reported, rule or Evidence())
    judged = eligible(edition, reported, rule) * scored if rule else scored
    return {
        "evidence_items": reported,
        "evidence_nodes": one("evidence_nodes", score.rows, groups),
        "evidence_eligible": one("evidence_eligible", score.rows, judged),
        "peer": one("peer", score.rows, _peers(edition, board, score.rows, groups, judged), words=True),
    }


def _peers(edition: IndexEdition, board: Board, units: tuple[str, ...], groups: Numbers, judged: Numbers) -> list[str]:
    if edition.peers in ("", "evidence"):
        words = [str(int(count)) if edition.peers else "all" for count in groups]
    else:
        labels: Figures = board["value_label"]
        of = dict(zip(labels.rows, labels.column(edition.peers), strict=True))
        words = [str(of[unit]) for unit in units]
    return [word if judge else "" for word, judge in zip(words, judged, strict=True)]
