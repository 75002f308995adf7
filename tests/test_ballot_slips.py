"""Slips: enough are printed, the public is drawn by a lot anybody can draw again, only hashes are kept of a secret."""

from __future__ import annotations

import hashlib
import re
from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from baolei.programme.ballot.ballot import grouped, secret_of, slip_hash
from baolei.programme.ballot.slips import (
    LotRefused,
    address,
    asked,
    drawn,
    envelopes,
    least,
    made,
    poll_number,
    printed,
    short,
    slip_rules,
    spares,
    typed_address,
    unlisted,
)
from baolei.programme.standard.edition import Minimum
from baolei.warehouse import rulebook
from baolei.warehouse.editions import edition as read_edition

RULES = rulebook.ballots()
POLL = bytes(range(16))
SEED = "20261101-8842"


# ---- how many ----


@settings(deadline=None)
@given(st.integers(0, 5_000))
def test_everybody_has_a_slip_and_the_last_to_draw_has_a_choice(people: int) -> None:
    found = printed(people, RULES)
    assert found == 0 if not people else found >= people + 2
    assert found <= people + max(2, people * 0.1 + 1)
    assert printed(people + 1, RULES) > found


def test_spares_are_a_tenth_rounded_up_and_two_at_least() -> None:
    assert [spares(people, RULES) for people in (1, 20, 21, 30, 31)] == [2, 2, 3, 3, 4]


@pytest.mark.parametrize(("source", "entitled", "served", "needed"), [
    ("mem", 2, 0, 2), ("mem", 5, 0, 3), ("mem", 7, 0, 4), ("mem", 61, 0, 31),
    ("mas", 0, 6, 6), ("mas", 0, 100, 10), ("mas", 0, 401, 21), ("mas", 0, 9_000, 30),
    ("soc", 40, 40, 3), ("org", 40, 40, 0),
])  # fmt: skip
def test_a_source_needs_what_the_method_says(source: str, entitled: int, served: int, needed: int) -> None:
    edition = read_edition("fortress-2024")
    minimum = next(one.minimum for one in edition.sources if one.code == source)
    assert least(minimum, entitled, served) == needed


def test_a_meeting_needs_half_of_those_entitled_and_three_at_least() -> None:
    assert RULES.meeting == Minimum(3, Fraction(1, 2), "entitled")
    assert [least(RULES.meeting, entitled, 0) for entitled in (2, 4, 9, 30)] == [2, 3, 5, 15]


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(1, 500))
def test_so_many_households_are_asked_that_enough_answer(needed: int, households: int) -> None:
    found = asked(needed, households, RULES)
    assert found <= households
    assert found == households or found * 60 >= needed * 100 > (found - 1) * 60


def bent(**changes: int) -> dict[str, Any]:
    rows = yaml.safe_load(rulebook.text("ballots.yaml"))
    rows["numbers"] |= {name: {"value": value} for name, value in changes.items()}
    return dict(rows)


@pytest.mark.parametrize(("changes", "says"), [
    ({"spare_percent": 101}, "spare_percent must be 100 at most"), ({"answer_percent": 0}, "answer_percent must be 1"),
    ({"meeting_percent": 200, "answer_percent": 0}, "meeting_percent must be 100 at most; answer_percent"),
    ({"spare_least": -1}, "whole number from 0"), ({"pages": 1}, "pages is no number of these rules"),
])  # fmt: skip
def test_rules_that_cannot_be_are_refused(changes: dict[str, int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        slip_rules(bent(**changes))


def test_every_number_has_its_source() -> None:
    assert slip_rules(bent()).source == RULES.source
    assert all(one.basis.zh and one.basis.standing == "ours" for one in RULES.numbers.values())


# ---- the lot ----

LISTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(0, n)))


@settings(deadline=None)
@given(LISTS, st.text(max_size=8))
def test_the_lot_is_the_same_for_everybody_and_draws_nobody_twice(sizes: tuple[int, int, int], seed: str) -> None:
    households, wanted, _ = sizes
    found = drawn(seed, "150101001", households, wanted)
    assert found == drawn(seed, "150101001", households, wanted)
    assert len(set(found)) == len(found) == wanted
    assert set(found) <= set(range(1, households + 1))


@settings(deadline=None)
@given(LISTS)
def test_a_top_up_takes_those_that_follow(sizes: tuple[int, int, int]) -> None:
    households, before, wish = sizes
    wanted = min(wish, households - before)
    first, more = drawn(SEED, "B", households, before), drawn(SEED, "B", households, wanted, before=before)
    assert first + more == drawn(SEED, "B", households, before + wanted)


def test_the_lot_can_be_drawn_by_hand() -> None:
    lots = {place: hashlib.sha256(f"{SEED}|150101001|{place}".encode()).hexdigest()[:8] for place in range(1, 213)}
    assert drawn(SEED, "150101001", 212, 27) == tuple(sorted(lots, key=lots.__getitem__)[:27])
    assert drawn(SEED, "150101002", 212, 27) != drawn(SEED, "150101001", 212, 27)
    assert drawn("another", "150101001", 212, 27) != drawn(SEED, "150101001", 212, 27)


def test_the_lot_favours_no_part_of_the_list() -> None:
    halves = [one <= 50 for seed in range(200) for one in drawn(str(seed), "B", 100, 10)]
    assert abs(sum(halves) / len(halves) - 0.5) < 0.05


def test_more_than_a_list_has_are_refused_with_how_many_it_has_left() -> None:
    with pytest.raises(LotRefused, match=r"the list has 12 households only.*draw 2 more at most") as refused:
        drawn(SEED, "B", 12, 3, before=10)
    assert "至多再抽2户" in refused.value.say("zh-hans")
    for sizes in ((0, 0), (3, -1)):
        with pytest.raises(ValueError, match="households"):
            drawn(SEED, "B", *sizes)


def test_envelopes_follow_the_list_and_not_the_lot() -> None:
    found = envelopes(drawn(SEED, "B", 90, 12), first=5)
    assert [one.number for one in found] == list(range(5, 17))
    houses = [one.household for one in found]
    assert houses == sorted(houses, key=lambda house: house or 0)
    assert set(houses) == set(drawn(SEED, "B", 90, 12))


def test_where_no_list_is_kept_envelopes_have_numbers_only() -> None:
    assert [(one.number, one.household) for one in unlisted(3)] == [(1, None), (2, None), (3, None)]
    assert [one.number for one in unlisted(2, first=4)] == [4, 5]


# ---- secrets ----


@settings(deadline=None)
@given(st.lists(st.binary(min_size=20, max_size=20), unique=True, max_size=12))
def test_a_printed_code_opens_the_hash_that_is_kept(secrets: list[bytes]) -> None:
    found = made(POLL, len(secrets), b"".join(secrets))
    assert [secret_of(code) for code in found.codes] == secrets
    assert all(len(grouped(code).split("-")) == 8 for code in found.codes)
    assert {slip_hash(POLL, secret_of(code)) for code in found.codes} == set(found.hashes)
    assert list(found.hashes) == sorted(found.hashes)  # nothing of the order in which they are printed


def test_another_poll_keeps_other_hashes_of_the_same_secrets() -> None:
    random = bytes(range(60))
    assert not set(made(POLL, 3, random).hashes) & set(made(POLL[::-1], 3, random).hashes)


def test_codes_get_into_no_log() -> None:
    found = made(POLL, 2, bytes(range(40)))
    assert repr(found) == "<2 slips>"


@pytest.mark.parametrize(("poll", "count", "random", "says"), [
    (POLL, 2, bytes(20), "2 slips take 40 random bytes"), (POLL, 1, bytes(40), "20 random bytes"),
    (POLL[1:], 1, bytes(20), "number of 16"), (POLL, 2, bytes(40), "not random"),
])  # fmt: skip
def test_what_is_no_random_source_is_refused(poll: bytes, count: int, random: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        made(poll, count, random)


def test_the_secret_stands_after_the_sign_that_no_server_is_sent() -> None:
    code = made(POLL, 1, bytes(range(20))).codes[0]
    before, after = address("https://ballots.example.cn", POLL, code).split("#")
    assert before == "https://ballots.example.cn/b/"
    assert after == f"{POLL.hex()}.{code}"
    assert typed_address("https://ballots.example.cn", POLL) == f"{before}{POLL.hex()[:9]}"


@given(st.binary(min_size=16, max_size=16))
def test_a_polls_number_begins_with_digits_that_anybody_can_read_aloud(random: bytes) -> None:
    number = poll_number(random)
    assert len(number) == 16
    assert re.fullmatch(r"[0-9]{9}", short(number))
    assert number.hex()[9:] == random.hex()[9:]
