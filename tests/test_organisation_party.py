"""The second tree: Party organisations by 隶属, linked to the units they serve; what is no such tree is refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from baolei.programme.organisation.party import Affiliation, PartyOrganisation, party_tree
from baolei.programme.organisation.periods import Period
from baolei.programme.organisation.tree import tree
from baolei.programme.refusals import TreeRefused
from baolei.warehouse.rulebook import setup_rules

ON = dt.date(2023, 12, 31)
RULES = setup_rules(ON)
UNITS = tree(
    ["15", "1504", "150422", "150422103", "150422103216", "150422103217"],
    ["区", "市", "旗", "镇", "甲嘎查", "乙嘎查"],
    ["", "15", "1504", "150422", "150422103", "150422103"],
    [1, 2, 3, 4, 5, 5],
)
COMMITTEE = PartyOrganisation("C", "镇党委", "grassroots_committee", "W")
ORGANISATIONS = (
    PartyOrganisation("W", "旗直工委", "working_committee", ""),
    COMMITTEE,
    PartyOrganisation("G", "企业总支", "general_branch", "C"),
    PartyOrganisation("A", "甲支部", "branch", "C"),
    PartyOrganisation("J", "联合支部", "joint_branch", "G"),
    PartyOrganisation("S", "商会支部", "branch", "G"),
)
LINKS = (
    Affiliation("C", "150422103"),
    Affiliation("A", "150422103216"),
    Affiliation("J", "150422103217"),
    Affiliation("J", "150422103216"),
)


def grown(organisations=ORGANISATIONS, links=LINKS, on=ON, **more):
    return party_tree(organisations, links, on, RULES, **more)


def told(organisations=ORGANISATIONS, links=LINKS, **more):
    with pytest.raises(TreeRefused) as refused:
        grown(organisations, links, **more)
    return [str(fault) for fault in refused.value.faults]


def test_an_organisation_hangs_where_it_is_affiliated_and_is_counted_where_it_lies():
    found = grown(administrative=UNITS)
    assert found.tree.chain("J") == ("W", "C", "G", "J")
    assert found.tree.level.tolist() == [1, 1, 2, 3, 3, 3]
    assert found.kind[4] == "joint_branch"
    assert found.units == ((), ("150422103",), (), ("150422103216",), ("150422103217", "150422103216"), ())
    assert found.warnings == ()


def test_counted_along_either_tree_an_organisation_counts_once():
    found = grown(administrative=UNITS)
    members = np.array([0, 0, 0, 20, 12, 7])
    home = found.home(UNITS)
    assert [UNITS.code[row] if row >= 0 else "" for row in home] == [
        "", "150422103", "", "150422103216", "150422103217", "",
    ]  # fmt: skip
    own = np.bincount(home[home >= 0], weights=members[home >= 0], minlength=len(UNITS)).astype(int)
    assert UNITS.roll_up(own)[UNITS.place("15")] == 20 + 12  # the joint branch once, though it serves two villages
    assert found.tree.roll_up(members)[found.tree.place("W")] == 20 + 12 + 7


def test_a_home_that_is_not_in_the_other_tree_is_an_error_of_the_caller():
    with pytest.raises(KeyError, match="150499"):
        grown(links=[Affiliation("A", "150499")]).home(UNITS)


def test_organisations_and_links_stand_from_their_first_day_to_their_last():
    moved = dt.date(2023, 7, 1)
    before, after = Period(until=moved - dt.timedelta(1)), Period(since=moved)
    organisations = (
        *ORGANISATIONS[:3],
        PartyOrganisation("A", "甲支部", "branch", "C", before),
        PartyOrganisation("A", "甲支部", "branch", "G", after),
    )
    links = [Affiliation("A", "150422103216", before), Affiliation("A", "150422103217", after)]
    last, first = (grown(organisations, links, on) for on in (moved - dt.timedelta(1), moved))
    assert (last.tree.chain("A"), last.units[3]) == (("W", "C", "A"), ("150422103216",))
    assert (first.tree.chain("A"), first.units[3]) == (("W", "C", "G", "A"), ("150422103217",))


def test_what_may_not_stand_where_it_stands_is_told_with_where_it_may():
    organisations = (
        *ORGANISATIONS[:3],
        PartyOrganisation("A", "甲支部", "branch", "S"),
        PartyOrganisation("S", "乙支部", "branch", ""),
        PartyOrganisation("K", "委员会", "comittee", "C"),
        PartyOrganisation("B", "丙支部", "branch", "K"),
        PartyOrganisation("H", "上级总支", "general_branch", "G"),
    )
    kinds = ", ".join(RULES.kinds)
    branch = "under a general_branch or grassroots_committee or working_committee"
    assert told(organisations, ()) == [
        f"organisations on 2023-12-31:4: A (党支部) stands under S, a branch — {branch}",
        f"organisations on 2023-12-31:5: S (党支部) has no organisation above it — {branch}",
        f"organisations on 2023-12-31:6: K is of no kind 'comittee' — one of {kinds}",
        "organisations on 2023-12-31:8: H (党总支) stands under G, a general_branch"
        " — under a grassroots_committee or working_committee",
    ]


def test_a_ring_and_an_orphan_are_refused_with_the_rows_of_that_day():
    gone = PartyOrganisation("X", "已撤销", "branch", "C", Period(until=dt.date(2022, 12, 31)))
    ring = (
        gone,
        PartyOrganisation("P", "甲党委", "grassroots_committee", "Q"),
        PartyOrganisation("Q", "乙党委", "grassroots_committee", "P"),
        PartyOrganisation("O", "丙支部", "branch", "X"),
    )
    assert told(ring, (), place="rows") == [
        "rows on 2023-12-31:1: a ring: P → Q → P — each hangs under the next; one must hang elsewhere",
        "rows on 2023-12-31:3: O hangs under 'X', which is not here — the code of a unit listed here",
    ]


def test_links_from_or_to_nowhere_and_links_made_twice_are_told_by_their_row():
    ended = Affiliation("X", "150499", Period(until=dt.date(2022, 12, 31)))
    links = (
        ended,
        Affiliation("X", "150422103"),
        Affiliation("A", "150499"),
        *LINKS[1:],
        Affiliation("A", "150422103216"),
    )
    assert told(links=links, administrative=UNITS) == [
        "links:2: no organisation 'X' — one that stands on this day",
        "links:3: no unit '150499' — one that stands on this day",
        "links:7: A is linked to 150422103216 twice on one day — keep one; the first is on row 4",
    ]
    assert grown(links=[ended, Affiliation("A", "150499")]).units[3] == ("150499",)  # without units nothing to check


def test_more_units_than_the_rules_like_are_a_warning_and_no_refusal():
    most = RULES.number("joint_branch_units_max")
    links = [Affiliation("J", f"U{number}") for number in range(most + 1)]
    assert grown(links=links[:most]).warnings == ()
    assert [str(fault) for fault in grown(links=links).warnings] == [
        "organisations on 2023-12-31:5: J (联合党支部) covers 6 units — in general no more than 5; divide it"
    ]
    two = [Affiliation("A", "150422103216"), Affiliation("A", "150422103217")]
    assert [str(fault) for fault in grown(links=two).warnings] == [
        "organisations on 2023-12-31:4: A (党支部) serves 2 units — one; a branch of several units is a joint branch"
    ]
    assert grown(links=[Affiliation("G", f"U{number}") for number in range(9)]).warnings == ()
