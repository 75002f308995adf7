"""The village branch of the worked example, as the board that the pipeline reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from baolei.programme.located import Document
from baolei.programme.standard import points
from baolei.programme.standard.edition import Edition

HERE = Path(__file__).parent.parent
SCHEMA = json.loads((HERE / "src/baolei/rulebook/schema/points-edition.schema.json").read_text())

FACTS = {
    "study_sessions": (11, 12), "first_item": (22, 24), "education_file": (2, 4), "secretary_training": (5, 5),
    "young_cadres": (1, 3), "dues": (26, 28), "members_meetings": (4, 4), "committee_meetings": (11, 12),
    "organisation_life": (1, 1), "grid_tasks": (44, 50), "visits": (76, 96),
}  # fmt: skip
# Ballots by grade (100, 80, 60, 30) for each question, so that the printed means are those of the example.
NORM = {
    "mem": {"S1": 9000, "S2": 8900, "S3": 9050, "S4": 8800, "S5": 8850},
    "mas": {"S1": 8200, "S2": 8000, "S3": 7900, "S4": 8100, "S5": 8300},
    "soc": {"S1": 8400, "S2": 8200, "S4": 8300, "S5": 8250},
}
GRADES = {
    "mem": [(16, 8, 0, 0), (14, 10, 0, 0), (17, 7, 0, 0), (15, 9, 0, 0), (13, 11, 0, 0)],
    "mas": [(5, 12, 1, 0), (4, 12, 2, 0), (3, 13, 2, 0), (6, 12, 0, 0), (8, 10, 0, 0)],
    "soc": [(2, 4, 0, 0), (1, 5, 0, 0), (5, 0, 0, 1), (4, 1, 0, 1)],
}


def edition() -> Edition:
    """The edition of the worked example."""
    text = (HERE / "examples/worked/edition.yaml").read_text()
    return points.read([Document("edition.yaml", text)], SCHEMA)


def board(standard: Edition) -> dict[str, Any]:
    """One branch: facts, ballots, one honour, one late filing, and the figures frozen before."""
    items = list(standard.items)
    facts = sorted((items.index(code), num, den) for code, (num, den) in FACTS.items())
    answers = np.zeros((1, 3, 5, 5), dtype=np.int32)
    for a, source in enumerate(standard.asked()):
        for q, counts in enumerate(GRADES[source.code]):
            answers[0, a, q, :4] = counts
    none = np.zeros(0, dtype=np.int64)
    return {
        "field": np.zeros(1, dtype=np.int16),
        "county": np.zeros(1, dtype=np.int32),
        "league": np.zeros(1, dtype=np.int32),
        "code": np.array(["village-1"], dtype=object),
        "entitled": np.array([28]),
        "served": np.array([320]),
        "fact_branch": np.zeros(len(facts), dtype=np.int32),
        "fact_item": np.array([f[0] for f in facts], dtype=np.int32),
        "fact_num": np.array([f[1] for f in facts]),
        "fact_den": np.array([f[2] for f in facts]),
        "answers": answers,
        "ballots": np.array([[24, 18, 6]], dtype=np.int32),
        "panel_branch": none,
        "panel_source": none,
        "panel_rater": none,
        "panel_answers": np.zeros((0, 5), dtype=np.uint8),
        "mark_branch": np.zeros(2, dtype=np.int64),
        "mark_code": np.array(["county_honour", "late_filing"], dtype=object),
        "mark_value": np.ones(2, dtype=np.int64),
        "mark_matter": np.array(["honour-1", "filing-1"], dtype=object),
        "mark_level": np.array(["banner", ""], dtype=object),
        "visit_branch": none,
        "visit_wave": none,
        "visit_probability": np.zeros(0),
        "visit_organisation": none,
        "visit_overall": none,
        "last_branch": none,
        "last_score": none,
        "last_se": none,
        "last_named": np.zeros(0, dtype=bool),
        "last_below": none,
        "seed": "0",
        "parameters": {
            "norm": {"village": NORM},
            "field": {"village": {"center": 80.0, "reliability": 0.88, "dispersion": 1.0}},
        },
    }
