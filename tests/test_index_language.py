"""A wrong edition or case is refused with file, line and what would be right, all faults at once."""

from __future__ import annotations

import re

import pytest

import index_cases as made
from baolei.programme.refusals import CaseRefused, EditionRefused
from baolei.warehouse.cases import run

ITEMS = """
items:
  - {code: a, parent: top}
  - {code: b, parent: top}
nodes:
  - {code: top}
"""


def faults(body, tables=None):
    with pytest.raises(EditionRefused) as refused:
        made.edition(body, tables)
    return [str(fault) for fault in refused.value.faults]


WRONG = {
    "unknown key": (ITEMS + "normalize: {method: none}", "unknown key 'normalize' — did you mean 'normalise'"),
    "unknown method": (ITEMS + "normalise: {method: zscore}", "write one of goalposts, min_max, z_score"),
    "nothing to do": ("", "the edition evaluates nothing"),
    "item twice": (ITEMS.replace("code: b", "code: a"), "the indicator 'a' is defined twice"),
    "item under no node": (ITEMS.replace("b, parent: top", "b, parent: pot"), "hangs under 'pot', which is no node"),
    "item and node": (ITEMS.replace("code: b", "code: top"), "is both an indicator and a node"),
    "two roots": (ITEMS + "  - {code: other}\n", "the tree has 2 roots"),
    "node under no node": (ITEMS + "  - {code: x, parent: pot}\n", "node x hangs under 'pot', which is no node"),
    "balance of nothing": (ITEMS + "influence: {balance: {nodes: [a, b]}}", "'a' is not in the tree"),
    "residual of nothing": (
        "effects: {table: t, response: y, units: u, method: given, variances: {u: 1, residual: 0}}",
        "the residual variance is 0",
    ),
    "circle": (
        ITEMS + "  - {code: x, parent: y}\n  - {code: y, parent: x}\n",
        "x, y go round in a circle",
    ),
    "no goalposts": (ITEMS + "normalise: {method: goalposts}", "indicator a has no two goalposts"),
    "logarithm of nothing": (
        "items: [{code: a, parent: t, low: 0, high: 9, scale: ln}]\nnodes: [{code: t}]\nnormalise: {method: goalposts}",
        "at or below 0 has no logarithm",
    ),
    "group mean of what": (ITEMS + "impute: {method: group_mean}", "group_mean of which groups?"),
    "peers unknown": (ITEMS + "rank: {within: peers}", "there are no peer groups"),
    "peers without evidence": (ITEMS + "peers: evidence", "write the section evidence"),
    "lines out of order": (
        ITEMS + "tiers: {lines: [{code: low, at_least: 1}, {code: high, at_least: 2}]}",
        "write the best class first",
    ),
    "class twice": (ITEMS + "tiers: {lines: [{code: x, at_least: 2}, {code: x}]}", "the class 'x' is defined twice"),
    "line missing": (ITEMS + "tiers: {lines: [{code: x}, {code: y, at_least: 1}]}", "class x has no line"),
    "unknown node": (ITEMS + "influence: {remove: [pot]}", "'pot' is not in the tree"),
    "box of a geometric mean": (
        ITEMS + "aggregate: {mean: geometric}\ninfluence: {box: top}",
        "exact for plain arithmetic means only",
    ),
    "score of nothing": (ITEMS + "score: {of: effect}", "the score is taken from effects"),
    "steps without items": (
        "shrink: {method: beta_binomial, successes: x, trials: n}\nimpute: {method: mean}",
        "impute without items",
    ),
    "moments of two factors": (
        "effects: {table: t, response: y, units: u, raters: [r], method: moments}",
        "moments are for one factor",
    ),
    "variances not given": ("effects: {table: t, response: y, units: u, method: given}", "variances do not fit"),
    "factor twice": ("effects: {table: t, response: y, units: u, raters: [u]}", "a factor is named twice"),
    "shares without trials": ("shrink: {method: james_stein, successes: x}", "shrink needs successes and trials"),
    "phantoms without number": (
        "shrink: {method: phantom, successes: x, trials: n}",
        "how many phantom ballots?",
    ),
    "pool of what": ("pool: {measure: value, cells: [a, b, c, d]}", "pool needs value and variance"),
    "agreement of whom": ("agreement: {methods: [icc], unit: u, rater: r}", "agreement needs unit and rater and value"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_edition_is_refused_in_words(case):
    body, sentence = WRONG[case]
    told = faults(body)
    assert any(sentence in line for line in told), told
    assert all(re.match(r"edition\.yaml:\d+: ", line) for line in told)


def test_all_faults_are_told_at_once_each_with_its_line():
    told = faults(ITEMS + "rank: {within: peers}\npeers: evidence\ninfluence: {remove: [pot], box: [pan]}\n")
    lines = [int(line.split(":")[1]) for line in told]
    assert len(told) == 3
    assert lines == sorted(lines)
    assert lines[0] == 13  # peers: evidence, of which nothing is said


TABLE = """
items: {from: list.csv, code: measure, direction: sign, parent: area, weight: w}
nodes: {from: areas.csv, code: area, weight: w, root: all}
"""


def test_a_fault_in_a_table_names_the_table_and_the_row():
    items = made.table("list.csv", "measure,sign,area,w\na,1,x,1\nb,up,x,1\na,-1,y,heavy\n-,1,x,1")
    areas = made.table("areas.csv", "area,w\nx,1\n")
    assert faults(TABLE, {"list.csv": items, "areas.csv": areas}) == [
        "list.csv:3: the direction is 'up' — write 1 (more is better) or -1",
        "list.csv:4: indicator a hangs under 'y', which is no node — the nodes are x, all",
        "list.csv:4: the indicator 'a' is defined twice — give it another code",
        "list.csv:4: the weight of a is 'heavy' — write a number, 0 or more",
        "list.csv:5: the code is missing — give every row a code",
    ]


def test_a_table_without_the_column_is_told_where_the_edition_asks():
    items = made.table("list.csv", "measure,area\na,x\n")
    (sign, weight) = faults(TABLE, {"list.csv": items, "areas.csv": made.table("areas.csv", "area,w\nx,1\n")})
    assert sign == "edition.yaml:7: list.csv has no column 'sign' — it has measure, area"
    assert "'w'" in weight


def test_words_of_a_table_are_held_to_the_language():
    items = made.table("list.csv", "measure,area,s\na,x,loge")
    areas = made.table("areas.csv", "area,k\nx,maybe")
    body = """
    items: {from: list.csv, code: measure, parent: area, scale: s}
    nodes: {from: areas.csv, code: area, key: k}
    """
    assert faults(body, {"list.csv": items, "areas.csv": areas}) == [
        "areas.csv:2: key is 'maybe' — write 1 or 0, true or false",
        "list.csv:2: the scale is 'loge' — write one of linear, ln, log10, sqrt",
    ]


def test_one_level_needs_no_list_of_nodes():
    assert made.edition("items: [{code: a, parent: top}, {code: b, parent: top}]").root == "top"


def test_columns_are_joined_by_unit_and_those_already_there_stay(tmp_path):
    case = """
    data:
      units: {file: units.csv, id: id, join: [{file: more.csv, id: code, columns: {b: second}}]}
    expect:
      - {what: top, result: node, figures: {u: 1.5, v: 3}, exact: true}
    """
    more = "code,second,a\nu,2,99\n"
    assert run(made.folder(tmp_path, ITEMS, case, units__csv="id,a\nu,1\nv,3\n", more__csv=more)).ok


def test_a_missing_table_is_told():
    assert any("there is no table 'list.csv'" in line for line in faults(TABLE))


def test_rows_can_be_chosen_and_constants_given():
    both = made.table("meta.csv", "kind,code,up,w\nitem,a,g,1\nitem,b,g,3\nnode,g,-,1\ndenominator,d,-,1")
    found = made.edition(
        """
        items: {from: meta.csv, where: {kind: item}, code: code, parent: up, weight: w, direction: {always: -1}}
        nodes: {from: meta.csv, where: {kind: [node]}, code: code}
        """,
        {"meta.csv": both},
    )
    assert [(item.code, item.weight, item.direction) for item in found.items] == [("a", 1.0, -1), ("b", 3.0, -1)]
    assert found.root == "g"


def test_two_parents_for_one_node_are_refused():
    rows = made.table("meta.csv", "code,low,high\na,g,x\nb,g,y\n")
    told = faults("items: {from: meta.csv, code: code, ancestors: [low, high]}", {"meta.csv": rows})
    assert any("'g' stands under 'y' here and under 'x' above" in line for line in told)


def test_the_digest_follows_the_meaning_not_the_spelling():
    one, other = (
        made.edition(ITEMS),
        made.edition("# a remark\n" + ITEMS.replace("{code: a, parent: top}", "{parent: top, code: a}")),
    )
    assert one.digest == other.digest
    assert one.digest != made.edition(ITEMS.replace("code: b", "code: c")).digest


def test_a_table_changes_the_digest():
    def digest(weight):
        tables = {
            "list.csv": made.table("list.csv", f"measure,sign,area,w\na,1,x,{weight}"),
            "areas.csv": made.table("areas.csv", "area,w\nx,1"),
        }
        return made.edition(TABLE, tables).digest

    assert digest(1) != digest(2)


# -- cases ------------------------------------------------------------------------------------------------------------

CASE = """
data:
  units: {file: units.csv, id: id}
expect:
  - {what: top, result: node, figures: {u: 1.5}, tolerance: 0.01}
"""


def refused(at, case=CASE, units="id,a,b\nu,1,2\n", body=ITEMS, **files):
    folder = made.folder(at, body, case, units__csv=units, **files)
    with pytest.raises((CaseRefused, EditionRefused)) as refusal:
        run(folder)
    return [str(fault) for fault in refusal.value.faults]


def test_a_case_that_holds(tmp_path):
    assert run(made.folder(tmp_path, ITEMS, CASE, units__csv="id,a,b\nu,1,2\n")).ok


WRONG_CASES = {
    "cells": ({"units": "id,a,b\nu,1,x\nv,inf,2\n"}, ["units.csv:2: b is 'x'", "units.csv:3: a is 'inf'"]),
    "column": ({"units": "id,a\nu,1\n"}, ["units.csv:1: has no column 'b', of which the edition speaks under items"]),
    "unit twice": ({"units": "id,a,b\nu,1,2\nu,3,4\n"}, ["units.csv:3: unit 'u' stands twice"]),
    "unit unnamed": ({"units": "id,a,b\n,1,2\n"}, ["units.csv:2: the unit has no name"]),
    "row length": ({"units": "id,a,b\nu,1\n"}, ["units.csv:2: the row has 2 cells"]),
    "header": ({"units": "id,a,a,\nu,1,2,3\n"}, ["column 4 has no name", "the column 'a' stands twice"]),
    "empty": ({"units": ""}, ["units.csv:1: the file is empty"]),
    "quote": ({"units": 'id,a,b\n"u,1,2\n'}, ["not CSV"]),
    "no such result": ({"case": CASE.replace("result: node", "result: nod")}, ["no step gives 'nod'"]),
    "no such row": ({"case": CASE.replace("{u: 1.5}", "{w: 1.5}")}, ["node has no row 'w' — it has u"]),
    "no such column": ({"case": CASE.replace("result: node", "result: node, column: x")}, ["node has no column 'x'"]),
    "too many figures": ({"case": CASE.replace("{u: 1.5}", "{u: [1, 2]}")}, ["2 figures for 1 columns"]),
    "no tolerance": ({"case": CASE.replace(", tolerance: 0.01", "")}, ["expect.0 lacks 'tolerance'"]),
    "no data": ({"case": CASE.replace("units: {", "others: {").replace(", id: id", "")}, ["a table 'units'"]),
    "no file": ({"case": CASE.replace("units.csv", "unit.csv")}, ["there is no such file"]),
    "id": ({"case": CASE.replace("id: id", "id: code")}, ["units.csv:1: has no column 'code'"]),
    "join": (
        {"case": CASE.replace("id: id}", "id: id, join: [{file: more.csv, id: id}]}"), "more__csv": "id,x\nw,1\n"},
        ["more.csv: 'w' is no unit of units.csv"],
    ),
    "joined twice": (
        {"case": CASE.replace("id: id}", "id: id, join: [{file: more.csv, id: id}]}"), "more__csv": "id,x\nu,1\nu,2\n"},
        ["more.csv:2: unit 'u' stands on 2 lines", "more.csv:3: unit 'u' stands on 2 lines"],
    ),
    "everything at once": (
        {"body": ITEMS + "peers: evidence", "case": CASE.replace("units.csv", "unit.csv")},
        ["there is no such file", "write the section evidence"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_CASES)
def test_a_wrong_case_is_refused_in_words(tmp_path, case):
    given, sentences = WRONG_CASES[case]
    told = refused(tmp_path, **given)
    for sentence in sentences:
        assert any(sentence in line for line in told), told


def test_a_damaged_archive_is_refused_by_name(tmp_path):
    case = CASE.replace("units.csv", "units.csv.gz")
    folder = made.folder(tmp_path, ITEMS, case)
    (folder / "units.csv.gz").write_bytes(b"\x1f\x8b\x08\x00 cut off")
    with pytest.raises(CaseRefused, match=r"units\.csv\.gz: the file is damaged"):
        run(folder)


def test_an_edition_that_is_not_text_is_refused(tmp_path):
    folder = made.folder(tmp_path, ITEMS, CASE, units__csv="id,a,b\nu,1,2\n")
    (folder / "edition.yaml").write_bytes("name: 旗\n".encode("gb18030"))
    with pytest.raises(CaseRefused, match="not UTF-8"):
        run(folder)
    (folder / "edition.yaml").unlink()
    (folder / "edition.yaml").mkdir()
    with pytest.raises(CaseRefused, match="cannot be read"):
        run(folder)


def test_a_file_that_is_not_text_is_refused(tmp_path):
    folder = made.folder(tmp_path, ITEMS, CASE)
    (folder / "units.csv").write_bytes("id,a,b\n旗,1,2\n".encode("gb18030"))
    with pytest.raises(CaseRefused, match="not UTF-8"):
        run(folder)


def test_expected_words_and_missing_figures_are_compared_too(tmp_path):
    case = """
    data:
      units: {file: units.csv, id: id}
    expect:
      - what: class
        result: tier
        against: {file: published.csv, id: id, column: class}
        values: {"1) good": good}
        exact: true
      - {what: score, result: score, against: {file: published.csv, id: id, column: score}, tolerance: 0.001}
    """
    body = ITEMS + "aggregate: {missing: blank}\ntiers: {lines: [{code: good, at_least: 1}, {code: poor}]}\n"
    published = "id,class,score\nu,1) good,1.5\nv,,\n"
    folder = made.folder(tmp_path, body, case, units__csv="id,a,b\nu,1,2\nv,1,\n", published__csv=published)
    assert run(folder).ok
    (folder / "published.csv").write_text(published.replace("v,,", "v,poor,0.5"), encoding="utf-8")
    first, second = run(folder).checks
    assert first.got == "1 equal; v, tier: poor expected, nothing found"
    assert not second.ok


def test_a_published_file_without_the_column_or_the_id_is_told(tmp_path):
    case = """
    data:
      units: {file: units.csv, id: id}
    expect:
      - {what: top, result: node, against: {file: published.csv, id: code, column: tip}, tolerance: 0.01}
      - {what: top, result: node, against: {file: absent.csv, id: id}, tolerance: 0.01}
      - {what: top, result: node, against: {file: published.csv, id: id, columns: {tip: top}}, exact: true}
    """
    told = refused(tmp_path, case, published__csv="id,top\nu,1.5\n")
    assert any("published.csv has no column 'tip'" in line for line in told)
    assert any("published.csv:1: has no column 'code'" in line for line in told)
    assert any("absent.csv: there is no such file" in line for line in told)
    assert any("node has no column 'tip'" in line for line in told)


def test_the_file_may_lack_units_where_the_case_says_so(tmp_path):
    case = """
    data:
      units: {file: units.csv, id: id}
    expect:
      - what: top
        result: node
        against: {file: published.csv, id: id, columns: [top]}
        rows: some
        tolerance: 0.01
    """
    folder = made.folder(tmp_path, ITEMS, case, units__csv="id,a,b\nu,1,2\nv,3,4\n", published__csv="id,top\nu,1.5\n")
    (check,) = run(folder).checks
    assert (check.ok, check.compared) == (True, 1)


def test_a_folder_without_an_edition_or_a_case_is_told(tmp_path):
    with pytest.raises(CaseRefused, match=r"case\.yaml: there is no such file"):
        run(tmp_path)
    (tmp_path / "case.yaml").write_text("baolei: case\n", encoding="utf-8")
    with pytest.raises(CaseRefused, match="'edition'"):
        run(tmp_path)
