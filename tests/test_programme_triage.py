"""Both ends and the middle: criteria without quotas, situations and who may find them, what truly moved."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme.decided import Decided, ReasonMissing, SecondMissing
from baolei.programme.triage import (
    CLASSES,
    GONE,
    NEW,
    Finding,
    FindingRefused,
    Proposal,
    Year,
    candidates,
    decide,
    expected_score,
    movement,
    sort,
    triage_rules,
)
from baolei.warehouse.rulebook import fields, text, triage

RULES = triage()
TWO = Decided("赵", "钱", "入户走访核实", date(2026, 12, 1))


def raised(figures: dict[str, Any], *findings: Finding, field: str = "village") -> list[str]:
    return [one.situation.code for one in candidates(figures, findings, field, RULES)]


def test_the_criteria_put_a_branch_at_an_end_or_in_the_middle():
    assert sort({"named": True, "confirmation": 2}, RULES) == Proposal("advanced", {"named": True, "confirmation": 2})
    assert sort({"named": True, "confirmation": 1}, RULES).code == "middle"
    assert sort({"candidate": True, "visited": False}, RULES) == Proposal("middle", {})
    assert sort({"candidate": True, "visited": True}, RULES).code == "lagging"
    assert sort({"named": True, "confirmation": 2, "on_the_list": True}, RULES).figures == {"on_the_list": True}


def test_two_people_decide_and_a_departure_from_the_criteria_shows():
    proposal = sort({}, RULES)
    assert not decide(proposal, "middle", TWO).departs
    assert decide(proposal, "lagging", TWO).departs
    with pytest.raises(ValueError, match="no class 'worst'"):
        decide(proposal, "worst", TWO)
    with pytest.raises(ReasonMissing, match="没有写理由"):
        Decided("赵", "钱", " ", date(2026, 12, 1))
    for second in ("", "赵"):
        with pytest.raises(SecondMissing, match="it takes two persons"):
            Decided("赵", second, "因为", date(2026, 12, 1))


@pytest.mark.parametrize(("figures", "codes"), [
    ({}, []),
    ({"secretary_vacant_days": 90}, []), ({"secretary_vacant_days": 91}, ["W01"]),
    ({"secretary_vacant_days": None, "committee_incomplete": True}, ["W01"]),
    ({"quarters_short": 2, "months_without_candidate": 24}, ["W03", "W04"]),
    ({"satisfaction_percent": 59, "enough_ballots": False}, []),
    ({"satisfaction_percent": 59, "enough_ballots": True}, ["W07"]),
    ({"term_overdue_days": 1, "case_reopened": True, "place_usable": False}, ["W09", "W10", "W15"]),
    ({"months_unpublished": 6, "village_income_yuan": 49_999}, ["W12", "W14"]),
    ({"last_place": True}, []),  # a forced ranking is off
])  # fmt: skip
def test_what_the_figures_raise(figures: dict[str, Any], codes: list[str]):
    assert raised(figures) == codes


def test_some_situations_are_of_villages_and_each_names_its_figures():
    assert raised({"months_without_candidate": 30}, field="government_office") == []
    (one,) = candidates({"secretary_vacant_days": 120, "score": 70}, (), "village", RULES)
    assert (one.figures, one.findings, one.situation.basis.standing) == ({"secretary_vacant_days": 120}, (), "seen")
    assert list(RULES.situations) == [f"W{number:02}" for number in range(1, 16)]
    assert all(one.fields <= fields().keys() for one in RULES.situations.values())


def test_a_place_may_turn_the_last_place_on_in_a_file_of_its_own():
    rows = bent("situations", "W06", "active", to=True)
    (one,) = candidates({"last_place": True}, (), "village", triage_rules(rows))
    assert one.situation.code == "W06"


def test_what_no_figure_tells_is_found_by_the_body_competent_for_it():
    finding = Finding("W13", "police", "公通字〔2026〕3号")
    other = Finding("W13", "discipline", "纪委函〔2026〕8号")
    (one,) = candidates({}, [finding, other], "village", RULES)
    assert (one.situation.code, one.findings, one.figures) == ("W13", (finding, other), {})
    with pytest.raises(FindingRefused, match="由下列部门认定：纪检监察机关、公安机关、政法机关"):
        raised({}, Finding("W13", "township", "文"))
    with pytest.raises(FindingRefused, match="raised by figures alone"):
        raised({}, Finding("W01", "township", "文"))
    with pytest.raises(FindingRefused, match="no document is named"):
        raised({}, Finding("W02", "superior", ""))
    with pytest.raises(KeyError):
        raised({}, Finding("W99", "superior", "文"))


# -- what moved -------------------------------------------------------------------------------------------------------

YEARS = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=2),
    st.builds(Year, st.sampled_from(CLASSES), st.sampled_from(["village", "school"]), st.integers(0, 10_000)),
    max_size=20,
)
MEAN, RHO = {"village": 8000.0, "school": 7500.0}, {"village": 0.8, "school": 0.6}


@given(YEARS, YEARS)
def test_the_matrix_counts_every_branch_once(last: dict[str, Year], now: dict[str, Year]):
    found = movement(last, now, MEAN, RHO)
    assert found.branches == len(last | now)
    for code in CLASSES:
        assert sum(n for (was, _), n in found.cells.items() if was == code) == sum(
            y.code == code for y in last.values()
        )
        assert sum(n for (_, to), n in found.cells.items() if to == code) == sum(y.code == code for y in now.values())
    assert found.cells.get((NEW, GONE), 0) == 0
    assert sum(move.n for move in found.moves) == len(last.keys() & now.keys())


def test_a_gain_that_chance_alone_brings_is_no_effect():
    assert expected_score(6000, 8000.0, 0.8) == 6400
    last = {"a": Year("lagging", "village", 6000)}
    moved = {move.code: move for move in movement(last, {"a": Year("middle", "village", 6400)}, MEAN, RHO).moves}
    assert (moved["lagging"].observed, moved["lagging"].expected, moved["lagging"].effect) == (400, 400, 0)
    assert moved["advanced"].n == 0
    assert moved["advanced"].effect == 0


def test_nothing_happened_to_the_worst_of_many_and_no_effect_is_seen():
    bits = np.random.default_rng(7)
    truth = bits.normal(8000, 700, 20_000)
    first, second = truth + bits.normal(0, 270, 20_000), truth + bits.normal(0, 270, 20_000)
    cut = np.quantile(first, 0.05)
    last, now = (
        {
            str(row): Year("lagging" if first[row] < cut else "middle", "village", round(score[row]))
            for row in range(20_000)
        }
        for score in (first, second)
    )
    reliability = 700**2 / (700**2 + 270**2)
    lagging = movement(last, now, {"village": 8000.0}, {"village": reliability}).moves[CLASSES.index("lagging")]
    assert lagging.observed > 150  # the naive gain
    assert abs(lagging.effect) < 30


# -- the rules --------------------------------------------------------------------------------------------------------


def bent(*path: Any, to: Any) -> dict[str, Any]:
    rows: dict[str, Any] = copy.deepcopy(yaml.safe_load(text("triage.yaml")))
    there: Any = rows
    for key in path[:-1]:
        there = there[key]
    there[path[-1]] = to
    return rows


@pytest.mark.parametrize(("path", "to", "says"), [
    (("situations", "W06", "share"), 5, "W06 may not say 'share'"),
    (("situations", "W06", True), False, "W06 may not say True"),  # what YAML makes of the key `on`
    (("classes", 0, "quota"), 5, "lagging may not say 'quota'"),
    (("situations", "W02", "when"), [[{"column": "x", "is": True}]], "W02 is raised either by figures or by a finding"),
    (("situations", "W02", "finding"), [], "W02 is raised either"),
    (("situations", "W02", "finding"), ["moon"], "W02: no body 'moon'"),
    (("situations", "W15", "when"), [[{"column": "x", "near": 3}]], "W15: no test 'near'"),
    (("situations", "W15", "when"), [[{"column": "x", "at_least": "moon"}]], "'moon' is missing or unknown"),
    (("classes", 2, "when"), [[{"column": "x", "is": True}]], "the last of which takes the rest"),
    (("classes", 2, "code"), "third", "the classes are"),
])  # fmt: skip
def test_rules_that_contradict_themselves_are_refused(path: Any, to: Any, says: str):
    with pytest.raises(ValueError, match=says):
        triage_rules(bent(*path, to=to))
