"""Naming: a reason for every line, names struck and added by two, seats and ties that anybody can redo."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rounds
import worked
from baolei.programme.decided import Decided
from baolei.programme.naming import (
    TIE_KEYS,
    Boundary,
    Contender,
    Line,
    NamingRefused,
    Reason,
    add,
    boundary,
    contenders,
    counted,
    derivation,
    draw_up,
    reasons,
    seat_rows,
    seating,
    seats_of,
    standing,
    strike,
    titled,
)
from baolei.programme.scoring.pipeline import score
from baolei.programme.scoring.verdict import fill_seats, seat_numbers
from baolei.programme.standard.edition import Condition, Edition, Text

EDITION = replace(
    worked.edition(),
    gates=(Condition("plan", Text("列入年度安排", "in the year's plan")),),
    vetoes=(Condition("faked", Text("弄虚作假", "made up")),),
)
TWO = Decided("赵", "钱", "实地复核属实", date(2026, 12, 1))
ROW: dict[str, Any] = {
    "field": EDITION.fields[0].code, "score": 8642, "tier": 0, "named": True, "held": False, "confirmation": 2,
    "over_line": True, "probability": 0.93, "gates_open": 0, "vetoes": 0, "floors_broken": 0, "evidence_short": 0,
    "stars": 0, "visited": False, "standing": 86.1, "leniency": 0.3, "leniency_line": 10,
}  # fmt: skip


def line(**other: Any) -> Line:
    """The line of one branch with these results."""
    (made,) = draw_up(other.pop("edition", EDITION), {"b1": ROW | other})
    return made


def with_tier(**other: Any) -> Edition:
    """The edition whose titled tier asks for something else."""
    return replace(EDITION, tiers=(replace(EDITION.tiers[0], **other), *EDITION.tiers[1:]))


# -- reasons ----------------------------------------------------------------------------------------------------------


def test_a_named_branch_is_told_every_condition_it_met():
    made = line()
    assert made.listed
    assert (
        made.why.zh
        == "按 86.22 分计，达到界线 85.00；前提条件全部满足；没有否决情形；各强都在下限以上；把握 93%，已确认"
    )
    assert made.why.en.startswith("86.22 counts, the line of 85.00 is reached; every gate is met")
    assert counted(ROW | {"visited": True}) == 8610


@pytest.mark.parametrize(("other", "says"), [
    ({"over_line": False, "score": 8400}, "83.80 counts, short of the line of 85.00"),
    ({"gates_open": 1}, f"gates not met: {EDITION.gates[0].name.en}"),
    ({"vetoes": 1}, f"vetoes: {EDITION.vetoes[0].name.en}"),
    ({"floors_broken": 0b10}, f"below the floor: {EDITION.strengths[1].name.en}"),
    ({"confirmation": 0, "probability": 0.12}, "sure at 12% only"),
])  # fmt: skip
def test_a_branch_that_is_not_named_is_told_what_stands_in_the_way(other: dict[str, Any], says: str):
    made = line(named=False, tier=1, **other)
    assert not made.listed
    assert made.why.en == says


def test_points_stars_and_evidence_are_reasons_where_the_tier_asks_for_them():
    edition = with_tier(by_line=False, at_least=9000, stars=6, needs=frozenset({"evidence"}))
    made = line(edition=edition, held=True, named=False, tier=1, evidence_short=1, stars=7)
    assert made.standing == "held"
    assert (
        made.why.en
        == f"86.42, less than 90.00; its place is kept until more is collected: {EDITION.sources[0].name.en}"
    )
    (_, stars, *_) = reasons(edition, ROW | {"stars": 4})
    assert stars.words == Text("4 星，未到 6 星", "4 stars, fewer than 6")
    capped = replace(EDITION, policy=replace(EDITION.policy, seats=Fraction(2, 5)))
    assert line(edition=capped).reasons[0].words.en == "86.42, and it has one of its group's seats"
    assert line(edition=capped, over_line=False, named=False).reasons[0].words.zh == "得分 86.42，不在本组名额之内"


def test_without_a_titled_tier_there_is_no_list():
    none = replace(EDITION, tiers=tuple(replace(tier, named=False) for tier in EDITION.tiers))
    with pytest.raises(ValueError, match="carries a title"):
        draw_up(none, {"b1": ROW})
    assert titled(EDITION, ROW | {"tier": 2}) == EDITION.tiers[0]


@pytest.mark.parametrize(("named", "held", "confirmation", "stands"), [
    (True, False, 2, "confirmed"), (True, False, 1, "visit"), (False, False, 1, "visit"), (False, True, 2, "held"),
    (False, False, 2, "unnamed"), (False, False, 0, "unnamed"),
])  # fmt: skip
def test_where_a_branch_stands(named: bool, held: bool, confirmation: int, stands: str):
    assert standing(named, held, confirmation) == stands


def test_a_list_says_what_the_verdict_said_of_every_branch():
    edition, board = lifted(EDITION)
    rows = {
        str(code): {
            "field": edition.fields[board["field"][i]].code, "leniency": board["leniency_of"][i] / 100,
            **{name: board[name][i] for name in ROW if name not in ("field", "leniency")},
        }
        for i, code in enumerate(board["code"])
    }  # fmt: skip
    made = draw_up(edition, rows)
    assert [one.score for one in made] == sorted((int(one) for one in board["score"]), reverse=True)
    assert {one.branch for one in made if one.standing == "confirmed"} == {
        code for code, row in rows.items() if row["named"] and not row["held"] and row["confirmation"] != 1
    }
    assert any(one.listed for one in made)
    for one in made:
        met = all(reason.met for reason in one.reasons if reason.code != "sure")
        assert met == (rows[one.branch]["named"] or rows[one.branch]["held"])


# -- people -----------------------------------------------------------------------------------------------------------


def test_a_name_is_struck_with_a_reason_and_put_back():
    struck = strike(line(), TWO)
    assert not struck.listed
    assert struck.why.zh.startswith("实地复核属实；按 86.22 分计")
    with pytest.raises(NamingRefused, match="it is not on the list"):
        strike(struck, TWO)
    assert add(struck, TWO).listed
    with pytest.raises(NamingRefused, match="it is on the list"):
        add(line(), TWO)


def test_nobody_is_added_against_a_gate_a_veto_a_floor_or_without_evidence():
    for bar in ("gates_open", "vetoes", "floors_broken"):
        with pytest.raises(NamingRefused, match="先满足条件"):
            add(line(named=False, **{bar: 1}), replace(TWO, document="文"))
    thin = line(edition=with_tier(needs=frozenset({"evidence"})), named=False, held=True, evidence_short=2)
    with pytest.raises(NamingRefused, match="until more is collected"):
        add(thin, TWO)


def test_one_that_is_unsure_is_visited_first_and_one_below_the_line_takes_a_document():
    unsure = {"confirmation": 1, "probability": 0.6}
    with pytest.raises(NamingRefused, match="visit it first"):
        add(line(**unsure), TWO)
    assert add(line(**unsure, visited=True), TWO).listed
    below = line(named=False, over_line=False)
    with pytest.raises(NamingRefused, match="name the document that allows it"):
        add(below, TWO)
    added = add(below, replace(TWO, document="组通字〔2026〕9号"))
    assert added.listed
    assert strike(added, TWO).act == "struck"


# -- the page anybody can redo ----------------------------------------------------------------------------------------


def test_the_page_of_the_seats_is_that_of_the_method():
    found = seat_rows({"village": 37, "school": 24, "hospital": 9}, Fraction(411, 1000))
    assert [(row.whole, row.extra, row.seats) for row in found] == [(15, 0, 15), (9, 1, 10), (3, 1, 4)]
    assert found[1].remainder == Fraction(864, 1000)
    assert seats_of({"village": 37, "school": 24, "hospital": 9}, Fraction(411, 1000)) == 29


@given(st.lists(st.integers(0, 400), max_size=12), st.fractions(0, 1, max_denominator=1000))
def test_seats_sum_and_the_page_says_what_the_verdict_gave(sizes: list[int], share: Fraction):
    groups = {str(place): size for place, size in enumerate(sizes)}
    found = seat_rows(groups, share)
    assert sum(row.seats for row in found) == seats_of(groups, share)
    assert [row.seats for row in found] == seat_numbers(sizes, share).tolist()
    assert all(row.exact == row.whole + row.remainder and row.extra in (0, 1) for row in found)
    assert min([row.remainder for row in found if row.extra], default=1) >= max(
        [row.remainder for row in found if not row.extra], default=0
    )


@given(st.lists(st.tuples(*[st.integers(0, 2)] * 4), max_size=12), st.integers(0, 12))
def test_the_boundary_tells_why_the_last_is_in_and_the_next_is_out(keys: list[tuple[int, ...]], seats: int):
    columns = [np.array([one[place] for one in keys], dtype=np.int64) for place in range(4)]
    everybody = np.ones(len(keys), dtype=bool)
    got = fill_seats(np.zeros(len(keys), dtype=np.int64), np.array([seats]), columns, everybody)
    group = [Contender(f"b{place:02}", one, bool(got[place])) for place, one in enumerate(keys)]
    found = boundary(group, seats)
    assert [one.seated for one in found.order] == sorted((one.seated for one in group), reverse=True)
    if len(found.tied) > 1:
        assert 0 < found.fits <= len(found.tied)
        fate = {one.seated for one in group if one.branch in found.tied}
        assert fate == {2 * found.fits >= len(found.tied)}
    if found.key is not None:
        seated = [one.keys for one in group if one.seated]
        others = [one.keys for one in group if not one.seated]
        assert min(seated)[: found.key] == max(others)[: found.key]
        assert min(seated)[found.key] > max(others)[found.key]
    assert found.words.zh


def test_the_words_of_a_boundary():
    assert Boundary(0, (), (), 0, None).words.en == "no seat was contested"
    alone = [Contender("a", (2, 0, 5, 0), True), Contender("b", (2, 0, 4, 9), False)]
    assert boundary(alone, 1).words == Text(
        "界线处由“群众评判得分”分先后", f"at the boundary, {TIE_KEYS[2].en} decides"
    )
    alike = [Contender(name, (1, 1, 1, 1), False) for name in "abc"]
    assert boundary(alike, 1).words.zh == "3 个支部各项完全相同，剩 1 个名额，不足半数，都不列入"
    both = [Contender(name, (1, 1, 1, 1), True) for name in "ab"]
    assert boundary(both, 1).words.en.endswith("at least half of them fit, all are in")


def lifted(edition: Edition) -> tuple[Edition, dict[str, Any]]:
    """An edition that lets some branches through, and a round of sixty under it."""
    loose = replace(
        edition,
        gates=(),
        strengths=tuple(replace(one, floor=None) for one in edition.strengths),
        fields=tuple(replace(one, line=6500) for one in edition.fields),
        digest="loose" + f"{edition.policy.seats}{edition.policy.seats_by}",
    )
    return loose, score(loose, rounds.board(loose, 60, 3))


@pytest.mark.parametrize("by", ["field", "league"])
def test_the_page_of_a_round_is_what_the_verdict_did(by: str):
    policy = replace(EDITION.policy, seats=Fraction(2, 5), seats_by=by)
    capped, board = lifted(replace(EDITION, policy=policy))
    page = derivation(Fraction(2, 5), seating(capped, board))
    assert [row.seats for row, _ in page.groups] == board["seats"].tolist()
    assert page.seats == int(board["seats"].sum()) == 24
    seated = {one.branch for _, edge in page.groups for one in edge.order if one.seated}
    assert seated == set(board["code"][board["over_line"]])
    assert [row.group for row, _ in page.groups] == (
        ["village"] if by == "field" else [f"village/{n}" for n in range(3)]
    )
    assert all(edge.key is not None for _, edge in page.groups)


def test_who_may_have_no_seat_is_no_contender_and_a_line_needs_no_page():
    capped, board = lifted(replace(EDITION, policy=replace(EDITION.policy, seats=Fraction(2, 5))))
    board["vetoes"] = np.arange(60) == int(np.flatnonzero(~board["over_line"])[0])
    assert sum(one is None for one in contenders(seating(capped, board))) == 1
    assert len(derivation(Fraction(2, 5), seating(capped, board)).groups[0][1].order) == 59
    with pytest.raises(ValueError, match="caps no seats"):
        seating(EDITION, board)


def test_a_reason_can_be_read_by_itself():
    assert Reason("gates", False, names=(Text("甲", "one"), Text("乙", "two"))).words == Text(
        "前提条件未满足：甲、乙", "gates not met: one, two"
    )
