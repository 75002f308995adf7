"""Who sees what: the method's table cell by cell, small cells, and no way round them by subtraction."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme.visibility import VIEWERS, closed, hidden, how, least, least_of, sees, visibility
from baolei.warehouse.editions import edition
from baolei.warehouse.rulebook import text
from baolei.warehouse.rulebook import visibility as shipped

RULES = shipped()


@pytest.mark.parametrize(("what", "expected"), [
    ("lines", ["all", "below", "below", "all", "all", "shape"]),
    ("uncertainty", ["all", "all", "all", "all", "all", "line_share"]),
    ("ranks", ["tier", "names", "names", "intervals", "intervals", "none"]),
    ("ballots", ["means", "means", "means", "distributions", "distributions", "none"]),
    ("leniency", ["own", "own", "own", "all", "all", "summary"]),
    ("flags", ["own_answer", "own", "own", "all", "all", "counts"]),
    ("who_voted_what", ["none"] * 6),
])  # fmt: skip
def test_the_table_of_the_method(what: str, expected: list[str]):
    assert [how(RULES, viewer, what, 30).code for viewer in VIEWERS] == expected


@given(st.sampled_from(VIEWERS), st.integers(0, 12), st.booleans(), st.integers(0, 8))
def test_no_ballots_are_shown_behind_which_too_few_stand(viewer: str, n: int, public: bool, edition: int):
    found = how(RULES, viewer, "ballots", n, public=public, edition=edition)
    if n < max(10 if public else 5, edition):
        assert found.code in ("within_total", "none")
        assert not sees(RULES, viewer, "ballots", n, public=public, edition=edition)
    else:
        assert sees(RULES, viewer, "ballots", n, public=public, edition=edition) == (viewer != "public")


def test_what_is_not_ones_own_is_seen_as_the_public_sees_it():
    for viewer, what in product(VIEWERS, RULES.kinds):
        assert how(RULES, viewer, what, 50, inside=False) == how(RULES, "public", what, 50)
    assert how(RULES, "branch", "lines", inside=False).name.en.startswith("tier, five strengths")


def test_a_figure_that_may_be_small_is_not_shown_without_its_number():
    with pytest.raises(ValueError, match="how many stand behind it"):
        how(RULES, "league", "ballots")
    assert not how(RULES, "public", "ballots").seen  # never shown, however many
    assert least(RULES) == 5 < least(RULES, public=True)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 40)), st.integers(1, 10))
def test_nothing_closed_can_be_worked_out_from_the_total(cells: dict[str, int], fewest: int):
    closed = hidden(cells, fewest)
    people = {code for code, count in cells.items() if count}
    assert {code for code in people if cells[code] < fewest} <= closed <= people
    if closed and closed != people:
        assert len(closed) > 1
        assert sum(cells[code] for code in closed) >= fewest
    if all(cells[code] >= fewest for code in people):
        assert not closed


@pytest.mark.parametrize(("path", "to", "says"), [
    (("what", "lines", "region"), None, "'region' is missing"),
    (("what", "lines", "region"), "winks", "'winks' is missing or unknown"),
    (("what", "lines", "small"), "winks", "'winks'"),
    (("numbers", "small_cell_public"), {"value": 4}, "must not be less"),
])  # fmt: skip
def test_a_table_with_a_hole_is_refused(path: Any, to: Any, says: str):
    rows = copy.deepcopy(yaml.safe_load(text("visibility.yaml")))
    there = rows
    for key in path[:-1]:
        there = there[key]
    if to is None:
        del there[path[-1]]
    else:
        there[path[-1]] = to
    with pytest.raises(ValueError, match=says):
        visibility(rows)


def test_too_few_ballots_close_a_source_and_of_the_public_fewer_than_ten_are_too_few():
    shipped_edition = edition("wuqiang-2020-2023")
    row = {"ballots_mem": 4, "ballots_mas": 9, "ballots_soc": 5}
    assert [source.code for source in shipped_edition.asked() if source.public] == ["mas"]
    assert closed(RULES, shipped_edition, row) == {"mem", "mas"}
    assert closed(RULES, shipped_edition, {**row, "ballots_mem": 0, "ballots_mas": 10}) == frozenset()
    asked = next(source for source in shipped_edition.asked() if source.code == "soc")
    assert (least_of(RULES, asked), least_of(RULES, replace(asked, shown_from=12))) == (5, 12)
