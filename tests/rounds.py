"""Small invented rounds as boards: a few dozen branches, drawn from a seed."""

from __future__ import annotations

from typing import Any

import numpy as np

import worked
from baolei.programme.standard.edition import Edition


def board(edition: Edition, branches: int, seed: int, *, absent: float = 0.05) -> dict[str, Any]:
    """A round of `branches` under `edition`: facts (some absent), ballots, and no marks, visits or last year."""
    bits = np.random.default_rng(seed)
    made = worked.board(worked.edition())
    items = list(edition.items.values())
    field = np.sort(bits.integers(0, len(edition.fields), branches)).astype(np.int16)
    rows = []
    for branch in range(branches):
        used = edition.fields[field[branch]].items
        for place, item in enumerate(items):
            if item.code in used and bits.random() > absent / 2:
                den = len(item.anchors) or (1 if item.kind == "yes_no" else int(bits.integers(1, 40)))
                rows.append((branch, place, int(bits.integers(0, den + 1)), 0 if bits.random() < absent / 2 else den))
    facts = np.array(rows, dtype=np.int64).reshape(-1, 4)
    asked, longest = len(edition.asked()), max(len(q) for q in edition.questions.values())
    voters = bits.integers(0, 30, size=(branches, asked))
    answers = np.zeros((branches, asked, longest, len(edition.grades) + 1), dtype=np.int32)
    for branch in range(branches):
        for a, source in enumerate(edition.asked()):
            for q in range(len(edition.questions[source.code])):
                answers[branch, a, q] = bits.multinomial(voters[branch, a], [0.4, 0.3, 0.15, 0.1, 0.05])
    made |= {
        "field": field, "county": (np.arange(branches) // 8).astype(np.int32),
        "league": (np.arange(branches) // 24).astype(np.int32),
        "code": np.array([f"B{branch:05d}" for branch in range(branches)], dtype=object),
        "entitled": bits.integers(3, 40, branches), "served": bits.integers(20, 900, branches),
        "fact_branch": facts[:, 0].astype(np.int32), "fact_item": facts[:, 1].astype(np.int32),
        "fact_num": np.where(facts[:, 3] > 0, facts[:, 2], 0), "fact_den": facts[:, 3],
        "answers": answers, "ballots": voters.astype(np.int32),
        "mark_branch": np.zeros(0, dtype=np.int64), "mark_code": np.zeros(0, dtype=object),
        "mark_value": np.zeros(0, dtype=np.int64), "mark_matter": np.zeros(0, dtype=object),
        "mark_level": np.zeros(0, dtype=object), "seed": str(seed), "parameters": {},
    }  # fmt: skip
    return made


def reorder(given: dict[str, Any], order: Any) -> dict[str, Any]:
    """The same round with its branches in another order."""
    where = np.argsort(order)
    out = dict(given)
    for name in ("field", "county", "league", "code", "entitled", "served", "answers", "ballots"):
        out[name] = given[name][order]
    branch = where[given["fact_branch"]]
    rows = np.lexsort((given["fact_item"], branch))
    out["fact_branch"] = branch[rows].astype(np.int32)
    for name in ("fact_item", "fact_num", "fact_den"):
        out[name] = given[name][rows]
    return out
