"""Piles of paper ballots: read kindly, kept without order, compared, settled by two who agree."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme.piles import MOST, PileRefused, differences, papers, read, settled

BALLOT = st.text("01234-", min_size=3, max_size=3)
PILE = st.lists(BALLOT, max_size=12)


@given(PILE, st.randoms(use_true_random=False))
def test_a_pile_keeps_every_ballot_and_no_order(ballots: list[str], chance: Any) -> None:
    shuffled = list(ballots)
    chance.shuffle(shuffled)
    found = read("\n".join(shuffled), 3, 4)
    assert found == read("\n".join(ballots), 3, 4) == tuple(sorted(ballots))


@pytest.mark.parametrize("text", [
    "１２３\n４０－", "1 2 3\r\n\r\n4,0,-\n", "1，2，3\n  4、0、—  \n\n", "1\t2\t3\n4;0;–", "\n\n123\n40_\n",
])  # fmt: skip
def test_it_is_read_kindly(text: str) -> None:
    assert read(text, 3, 4) == ("123", "40-")


@pytest.mark.parametrize(("text", "wrong", "says"), [
    ("123\n\n12", "line 3 has 2 answers", "第3行是2个答案"), ("1", "line 1 has 1 answer: ", "第1行是1个答案"),
    ("123\n125", "line 2 has '5' in it: 3 in each line, each of them 1 to 4, 0", "第2行有“5”"),
    ("12a", "line 1 has 'a'", "第1行有“a”"),
    ("9\n123\n1\n2\n3\n4\n5\n6", r"line 1 has '9' in it \(as are 6 others: 3, 4, 5, 6, 7\)",
     "另有6行不对：3、4、5、6、7"),
    ("123\n" * (MOST + 1), "there are 2001 ballots: a pile has at most 2000", "一叠至多2000张"),
    ("+23", r"line 1 has '\+'", "第1行"), ("½23", "line 1", "第1行"), ("١23", "line 1", "第1行"),
])  # fmt: skip
def test_what_cannot_be_names_the_line_and_what_would_be_right(text: str, wrong: str, says: str) -> None:
    with pytest.raises(PileRefused, match=wrong) as refused:
        read(text, 3, 4)
    assert says in refused.value.say("zh-hans")


@given(st.text(max_size=80))
def test_whatever_is_entered_is_read_or_refused(text: str) -> None:
    try:
        found = read(text, 3, 4)
    except PileRefused:
        return
    assert all(len(one) == 3 and set(one) <= set("01234-") for one in found)
    assert list(found) == sorted(found)


@given(PILE, PILE)
def test_the_differences_are_what_makes_one_pile_of_the_other(one: list[str], other: list[str]) -> None:
    only_one, only_other = differences(one, other)
    assert Counter(one) - Counter(only_one) + Counter(only_other) == Counter(other)
    assert not set(only_one) & set(only_other)
    assert (only_one == only_other == ()) == (Counter(one) == Counter(other))


FEW = st.sampled_from([("1",), ("2",), ("1", "1"), ()])


@given(st.lists(FEW, max_size=3))
def test_a_pile_is_settled_by_any_two_looks_that_agree_and_by_nothing_else(looks: list[tuple[str, ...]]) -> None:
    agreed = [one for one in looks if looks.count(one) > 1]
    assert settled(looks) == (agreed[0] if agreed else None)


def test_spoiled_papers_are_compared_as_well() -> None:
    assert papers(("2", "1"), 2) == ("1", "2", "x", "x")
    assert differences(papers(("1",), 1), papers(("1",), 0)) == (("x",), ())
