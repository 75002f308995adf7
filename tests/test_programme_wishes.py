"""Small wishes: their walk, what may be written down, and suggestions that are fair whoever stands first."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baolei.programme import matching
from baolei.programme import wishes as rules
from baolei.programme.matching import ANY, Members, Suggested, Wishes, suggest
from baolei.programme.states import NotHere
from baolei.programme.wishes import STATES, WishRefused, wish_rules
from baolei.warehouse.rulebook import text, wishes, workdays

RULES = wishes()
DAY = dt.date(2026, 3, 2)


# ---- the walk ----


@given(st.lists(st.sampled_from(sorted({row.act for row in STATES.rows})), max_size=12))
def test_a_wish_is_done_only_by_the_word_or_the_code_of_whoever_had_it(acts: list[str]) -> None:
    state, last = STATES.start, ""
    for act in acts:
        try:
            state, last = STATES.next_state(state, act), act
        except NotHere:
            continue
    assert state != rules.DONE or last in ("confirm", "enter_code")
    assert (state in rules.ENDED) == (STATES.ways(state) == ())


def test_a_member_cannot_say_that_a_wish_is_confirmed() -> None:
    with pytest.raises(NotHere):
        STATES.next_state(rules.FULFILLED, "confirm", rules.MEMBER)


def test_a_wish_is_shown_for_days_and_done_within_working_days() -> None:
    assert rules.due(rules.LIT, DAY, RULES, workdays()) == DAY + dt.timedelta(days=RULES.number("open_days"))
    assert rules.due(rules.CLAIMED, DAY, RULES, workdays()) == workdays().after(DAY, RULES.number("do_days"))
    assert rules.due(rules.DONE, DAY, RULES, workdays()) is None


def test_the_words_of_a_wish_go_after_the_days_of_the_rules_and_not_before() -> None:
    last = DAY + dt.timedelta(days=RULES.number("keep_days"))
    assert not rules.removable(DAY, last - dt.timedelta(days=1), RULES)
    assert rules.removable(DAY, last, RULES)


# ---- what may be written ----


@pytest.mark.parametrize("words", ["", "  ", "打电话13812345678", "身份证11010519491231002X", "换" * 121])
def test_words_that_are_not_kept(words: str) -> None:
    with pytest.raises(WishRefused):
        rules.screened(words, RULES.number("longest_words"))


@pytest.mark.parametrize("called", ["王小花", "李明", "3号楼大爷", "很长很长的称呼"])
def test_no_whole_name_door_or_number_is_what_a_wish_is_known_by(called: str) -> None:
    with pytest.raises(WishRefused):
        rules.known_by(called, False, RULES)


def test_a_first_name_or_a_form_of_address_is_kept_and_of_a_child_nothing() -> None:
    assert [rules.known_by(one, False, RULES) for one in ("小花", "李大爷", " 其其格 ", "")] == [
        "小花", "李大爷", "其其格", "",
    ]  # fmt: skip
    with pytest.raises(WishRefused):
        rules.known_by("小花", True, RULES)
    assert rules.known_by("", True, RULES) == ""


def test_a_registration_lasts_no_longer_than_the_rules_and_names_known_skills_once() -> None:
    until = dt.date(2027, 3, 2)
    rules.registrable(DAY, until, ["driving"], RULES)
    wrong: list[tuple[dt.date, list[str]]] = [
        (DAY, []), (dt.date(2028, 3, 3), []), (until, ["driving", "driving"]), (until, ["magic"]),
        (until, list(RULES.skills)[:4]),
    ]  # fmt: skip
    for ends, skills in wrong:
        with pytest.raises(WishRefused):
            rules.registrable(DAY, ends, skills, RULES)


def test_whoever_has_enough_in_hand_takes_no_more_and_nobody_confirms_the_own_report() -> None:
    rules.has_room(RULES.number("most_open") - 1, RULES)
    with pytest.raises(WishRefused):
        rules.has_room(RULES.number("most_open"), RULES)
    rules.two_persons([1, None], 2)
    with pytest.raises(WishRefused):
        rules.two_persons([2], 2)


def test_what_is_agreed_to_is_the_version_of_the_day() -> None:
    assert RULES.consent("wish", DAY).version == 1
    with pytest.raises(ValueError, match="agree"):
        RULES.consent("wish", dt.date(2000, 1, 1))


def _rows() -> dict[str, Any]:
    import yaml

    found: dict[str, Any] = yaml.safe_load(text("wishes.yaml"))
    return found


def test_consents_follow_each_other() -> None:
    gap, back, none = _rows(), _rows(), _rows()
    gap["consents"]["wish"][0]["version"] = 2
    first = back["consents"]["wish"][0]
    back["consents"]["wish"] = [first, {**first, "version": 2, "since": dt.date(2019, 1, 1)}]
    none["consents"]["minor"] = []
    for rows, said in ((gap, "follow"), (back, "begun"), (none, "needs")):
        with pytest.raises(ValueError, match=said):
            wish_rules(rows)


# ---- suggestions ----

PLACES = 6


def _placed(at: list[int]) -> tuple[Any, Any, Any]:
    """Communities two to a township, townships two to a banner."""
    community = np.array(at, np.int64)
    return community, community // 2, community // 4


@st.composite
def worlds(draw: Any) -> tuple[Wishes, Members]:
    """Some wishes and members in six communities, with three skills."""
    asked = draw(st.lists(st.tuples(st.integers(0, PLACES - 1), st.integers(ANY, 2), st.integers(0, 30)), max_size=25))
    there = draw(st.lists(
        st.tuples(st.integers(0, PLACES - 1), st.sets(st.integers(0, 2)), st.integers(0, 3)), max_size=15
    ))  # fmt: skip
    skilled = [(place, skill) for place, (_at, skills, _load) in enumerate(there) for skill in sorted(skills)]
    member, skill = np.array(skilled, np.int64).reshape(-1, 2).T
    return (
        Wishes(np.arange(len(asked)), *_placed([one[0] for one in asked]),
               np.array([one[1] for one in asked], np.int64), np.array([one[2] for one in asked], np.int64)),
        Members(np.arange(len(there)) + 100, *_placed([one[0] for one in there]),
                np.array([one[2] for one in there], np.int64), member, skill),
    )  # fmt: skip


def _fits(wishes: Wishes, members: Members, wish: int, member: int) -> bool:
    able = set(members.skill[members.skilled == member].tolist())
    return wishes.banner[wish] == members.banner[member] and (
        wishes.skill[wish] == ANY or int(wishes.skill[wish]) in able
    )


def _loads(members: Members, found: Suggested) -> Any:
    return members.load + np.bincount(found.member, minlength=len(members.load))


@given(worlds(), st.integers(1, 4), st.integers(1, 4))
def test_nobody_is_suggested_more_than_the_cap_nor_twice_nor_what_does_not_fit(
    world: tuple[Wishes, Members], per_wish: int, most: int
) -> None:
    wishes_, members = world
    found = suggest(wishes_, members, per_wish=per_wish, most=most)
    pairs = list(zip(found.wish.tolist(), found.member.tolist(), strict=True))
    assert len(pairs) == len(set(pairs))
    assert all(_fits(wishes_, members, *one) for one in pairs)
    assert (np.bincount(found.wish, minlength=1) <= per_wish).all()
    assert ((_loads(members, found) <= most) | (members.load > most)).all()
    for wish, member, ring in zip(found.wish, found.member, found.ring, strict=True):
        name = matching.RINGS[ring]
        assert getattr(wishes_, name)[wish] == getattr(members, name)[member]


@given(worlds(), st.integers(1, 3), st.integers(1, 4))
def test_a_wish_that_waits_longer_is_never_passed_over_for_one_that_waits_less(
    world: tuple[Wishes, Members], per_wish: int, most: int
) -> None:
    wishes_, members = world
    found = suggest(wishes_, members, per_wish=per_wish, most=most)
    without = set(range(len(wishes_.number))) - set(found.wish.tolist())
    loads, first = _loads(members, found), suggest(wishes_, members, per_wish=1, most=most)
    assert set(first.wish.tolist()) == set(found.wish.tolist()), "each wish once before any is a second time"
    for wish in without:
        for member in (one for one in range(len(members.number)) if _fits(wishes_, members, wish, one)):
            assert loads[member] >= most
            theirs = first.wish[first.member == member]
            assert all(wishes_.waits[one] >= wishes_.waits[wish] for one in theirs)


@given(worlds(), st.randoms(use_true_random=False))
def test_no_order_of_members_or_wishes_plays_a_part(world: tuple[Wishes, Members], random: Any) -> None:
    wishes_, members = world
    there, asked = list(range(len(members.number))), list(range(len(wishes_.number)))
    random.shuffle(there)
    random.shuffle(asked)
    moved = np.argsort(np.array(there, np.int64)) if there else np.array([], np.int64)
    pairs = list(range(len(members.skilled)))
    random.shuffle(pairs)
    again = Members(*(getattr(members, one)[there] for one in ("number", "community", "township", "banner", "load")),
                    moved[members.skilled[pairs]], members.skill[pairs])  # fmt: skip
    columns = ("number", "community", "township", "banner", "skill", "waits")
    other = Wishes(*(getattr(wishes_, one)[asked] for one in columns))

    def told(asked_: Wishes, of: Members) -> set[tuple[int, int, int]]:
        found = suggest(asked_, of, per_wish=2, most=3)
        return set(zip(asked_.number[found.wish].tolist(), of.number[found.member].tolist(), found.ring.tolist(),
                       strict=True))  # fmt: skip

    assert told(wishes_, members) == told(other, again)


@settings(max_examples=30)
@given(worlds(), st.integers(1, 2))
def test_no_wish_starves_while_people_take_up_what_is_suggested(world: tuple[Wishes, Members], most: int) -> None:
    """Each day whoever was suggested something takes it up and does it by the next: so many days later than there are
    wishes nobody for whom anybody could be found still waits.
    """
    wishes_, members = world
    idle = Members(members.number, members.community, members.township, members.banner,
                   np.zeros(len(members.number), np.int64), members.skilled, members.skill)  # fmt: skip
    waiting = np.arange(len(wishes_.number))
    for day in range(len(wishes_.number)):
        left = Wishes(wishes_.number[waiting], wishes_.community[waiting], wishes_.township[waiting],
                      wishes_.banner[waiting], wishes_.skill[waiting], wishes_.waits[waiting] + day)  # fmt: skip
        found = suggest(left, idle, per_wish=1, most=most)
        waiting = np.delete(waiting, found.wish)
    assert not matching.servable(wishes_, members)[waiting].any()


def test_whoever_has_least_in_hand_is_named_first_and_the_nearest_before_all() -> None:
    wishes_ = Wishes(np.array([1]), *_placed([0]), np.array([ANY]), np.array([5]))
    none = np.array([], np.int64)
    members = Members(np.array([7, 8, 9]), *_placed([0, 0, 1]), np.array([2, 1, 0]), none, none)
    found = suggest(wishes_, members, per_wish=3, most=3)
    assert [(members.number[one], ring) for one, ring in zip(found.member, found.ring, strict=True)] == [
        (8, 0), (7, 0), (9, 1),
    ]  # fmt: skip


def test_a_suggestion_says_why_in_words() -> None:
    skill = RULES.skills["electrician"]
    assert matching.explained("community", skill, 12, "en") == (
        "same community; skill: electrician or plumber; waits 12 days"
    )
    assert matching.explained("banner", None, 1, "en") == "same banner; waits 1 day"
    assert matching.explained("township", skill, 3, "zh-hans") == "同一苏木乡镇；特长：电工水暖维修；已等3天"


def test_fairness_is_counted() -> None:
    loads, waits = np.array([0, 0, 0, 4]), np.array([9, 3, 30])
    told = matching.fairness(loads, waits, np.array([True, False, False]), np.array([True, True, False]))
    assert (told.most, told.gini, told.with_any, told.starved, told.longest) == (4, 0.75, 0.25, 1, 3)
    nobody = matching.fairness(np.array([], np.int64), waits, np.zeros(3, bool), np.zeros(3, bool))
    assert (nobody.most, nobody.gini, nobody.with_any, nobody.starved, nobody.longest) == (0, 0.0, 0.0, 0, 0)
    assert matching.gini(np.zeros(3, np.int64)) == 0.0
