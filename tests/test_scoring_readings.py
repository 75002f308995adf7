"""What else could have been decided: counted, published, and judging nobody."""

from dataclasses import replace

import numpy as np
import pytest

import rounds
import worked
from baolei.programme.scoring.pipeline import score
from baolei.programme.scoring.readings import other_readings, reading_names

EDITION = worked.edition()
NAMES = reading_names(EDITION)


@pytest.fixture(scope="module")
def board():
    one = score(EDITION, rounds.board(EDITION, 300, 7))
    one["score"] = one["score"] + 1500  # so that about half of them stand over the line
    one["base"] = one["base"] + 1500
    return one


def moved(board, name):
    return other_readings(EDITION, board)["moved"][:, NAMES.index(name)]


def test_each_choice_that_could_have_been_made_otherwise_has_its_reading():
    assert NAMES[:2] == ("equal_steps", "geometric")
    assert {"without_org", "without_mem", "without_mas", "without_soc", "without_S1", "without_S5"} <= set(NAMES)


def test_as_many_stand_over_the_line_under_every_reading(board):
    over = board["score"] >= EDITION.fields[0].line
    assert 0 < over.sum() < len(over)
    for place, name in enumerate(NAMES):
        turned = other_readings(EDITION, board)["moved"][:, place]
        assert (over ^ turned).sum() == over.sum(), name


def test_a_source_that_says_of_all_the_same_moves_nobody(board):
    same = dict(board)
    for part in ("earned", "available"):
        same[part] = board[part].copy()
        same[part][:, :, 1] = 500 * (1 + (part == "available"))
    same["base"] = same["earned"].sum(axis=(1, 2))
    same["score"] = same["base"] + 1500
    assert not moved(same, "without_mem").any()


def test_a_branch_with_one_hollow_strength_falls_behind_under_the_geometric_mean(board):
    hollow = dict(board)
    over = np.flatnonzero(board["score"] >= EDITION.fields[0].line)
    nearest = over[np.argmin(board["score"][over])]
    hollow["earned"] = board["earned"].copy()
    lost = hollow["earned"][nearest, 4].sum()
    hollow["earned"][nearest, 4] = 0
    hollow["earned"][nearest, 0] += lost // hollow["earned"].shape[2]
    assert moved(hollow, "geometric")[nearest]


def test_equal_steps_is_the_score_of_an_edition_with_equal_steps():
    given = rounds.board(EDITION, 300, 7)
    one = score(EDITION, given)
    one["score"] = one["score"] + 1500
    whole = (100, 67, 33, 0)  # an edition's grades are whole numbers
    grades = tuple(replace(grade, value=value) for grade, value in zip(EDITION.grades, whole, strict=True))
    other = score(replace(EDITION, grades=grades, digest="equal steps"), {**given, "parameters": {}})
    over = one["score"] >= EDITION.fields[0].line
    first = np.argsort(-(other["base"] + one["score"] - one["base"]), kind="stable")[: over.sum()]
    expected = over.copy()
    expected[:] = True
    expected[first] = False
    assert (moved(one, "equal_steps") != (over == expected)).sum() <= 2  # a third of a point may part two neighbours
