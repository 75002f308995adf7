"""Another release of the hospital stars: other measures, counts, columns and file names, and not a line of code.

The figures to hit are computed here anew with pandas, in the plain words of the method.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from baolei.warehouse.cases import run
from index_cases import EXAMPLES

HOME = EXAMPLES / "hospital-stars-2021"
WEIGHTS = {"Mortality": 0.25, "Safety": 0.2, "Readmission": 0.25, "Patient Experience": 0.2, "Process": 0.1}


def by_hand(data, measures):
    """Group scores, summary score and number of groups, straight from the method's own words."""
    kept = measures[[data[code].notna().sum() > 100 for code in measures["measure"]]]
    scores = pd.DataFrame(index=data.index)
    enough = pd.DataFrame(index=data.index)
    for group in WEIGHTS:
        own = kept[kept["area"] == group]
        z = (data[own["measure"]] - data[own["measure"]].mean()) / data[own["measure"]].std() * own["sign"].to_numpy()
        mean = z.mean(axis=1)
        scores[group] = (mean - mean.mean()) / mean.std()
        enough[group] = z.notna().sum(axis=1) >= 3
    weight = pd.Series(WEIGHTS)
    summary = (scores * weight).sum(axis=1) / (scores.notna() * weight).sum(axis=1)
    summary[scores.notna().sum(axis=1) == 0] = np.nan
    rated = (enough.sum(axis=1) >= 3) & enough[["Mortality", "Safety"]].any(axis=1)
    return scores, summary, enough.sum(axis=1), rated


@pytest.fixture(scope="module")
def sibling(tmp_path_factory):
    at = tmp_path_factory.mktemp("stars")
    data = pd.read_csv(HOME / "v202104_input.csv.gz", dtype={"PROVIDER_ID": str}).set_index("PROVIDER_ID")
    measures = pd.read_csv(HOME / "v202104_measures.csv")[["measure_id", "group_name", "flip_sign"]]
    measures.columns = ["measure", "area", "sign"]
    gone = ["OP_22", "MORT_30_PN"]  # retired since: one leaves the data, one leaves the list
    data = data.drop(columns=gone[0]).sample(2420, random_state=7).add_prefix("m_")
    measures = measures[measures["measure"] != gone[1]].assign(measure=lambda table: "m_" + table["measure"])
    listed = measures[measures["measure"] != "m_" + gone[0]]
    scores, summary, groups, rated = by_hand(data, listed)
    data.to_csv(at / "input.tsv", sep="\t", index_label="CCN", na_rep=".")
    measures.to_csv(at / "list.csv", index=False)
    pd.DataFrame({"area": WEIGHTS.keys(), "w": WEIGHTS.values(), "must": [1, 1, 0, 0, 0]}).to_csv(
        at / "areas.csv", index=False
    )
    out = scores.add_prefix("Std_").assign(summary=summary, n=groups, rated=rated.astype(int))
    out.to_csv(at / "official.csv", index_label="CCN")
    edition = (HOME / "edition.yaml").read_text(encoding="utf-8")
    for old, new in {
        "v202104_measures.csv": "list.csv", "code: measure_id": "code: measure", "  name: measure_desc\n": "",
        "parent: group_name": "parent: area", "flip_sign": "sign", "groups.csv": "areas.csv",
        "code: group_name": "code: area", "weight: weight": "weight: w", "key: mortsafe_flag": "key: must",
    }.items():  # fmt: skip
        assert old in edition
        edition = edition.replace(old, new)
    (at / "edition.yaml").write_text(edition, encoding="utf-8")
    (at / "case.yaml").write_text(CASE, encoding="utf-8")
    return at


CASE = """\
baolei: case
title: {zh: 另一批次, en: Another release}
source: made for a test from the release of April 2021
licence: US Government work
edition: edition.yaml
data:
  units: {file: input.tsv, id: CCN, missing: [".", ""]}
expect:
  - what: groups
    result: node
    against:
      file: official.csv
      id: CCN
      columns:
        {Mortality: Std_Mortality, Safety: Std_Safety, Readmission: Std_Readmission, Process: Std_Process,
         Patient Experience: Std_Patient Experience}
    tolerance: 1.0e-12
  - {what: summary, result: score, against: {file: official.csv, id: CCN, column: summary}, tolerance: 1.0e-12}
  - {what: number of groups, result: evidence_nodes, against: {file: official.csv, id: CCN, column: n}, exact: true}
  - {what: rated, result: evidence_eligible, against: {file: official.csv, id: CCN, column: rated}, exact: true}
"""


def test_another_release_needs_data_and_yaml_only(sibling):
    report = run(sibling)
    assert [(check.what, check.ok, check.compared) for check in report.checks] == [
        ("groups", True, 5 * 2420),
        ("summary", True, 2420),
        ("number of groups", True, 2420),
        ("rated", True, 2420),
    ]


def test_a_retired_measure_is_refused_unless_the_edition_drops_it(sibling):
    edition = sibling / "edition.yaml"
    text = edition.read_text(encoding="utf-8")
    edition.write_text(text.replace("absent_items: drop", "absent_items: refuse"), encoding="utf-8")
    with pytest.raises(Exception, match="no column 'm_OP_22'"):
        run(sibling)
    edition.write_text(text, encoding="utf-8")
