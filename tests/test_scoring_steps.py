"""The walk along the steps: what is needed is declared, what is independent may go together, nothing lies."""

import threading

import pytest

import worked
from baolei.programme import evaluation
from baolei.programme.scoring.pipeline import INPUTS, STEPS
from baolei.programme.scoring.steps import Step, check_order, walk


def give(**values):
    """A step's work that gives these values."""
    return lambda edition, board: values


def test_the_steps_stand_in_an_order_that_works():
    check_order(STEPS, INPUTS)


def test_a_step_in_the_wrong_place_is_found_before_anything_is_computed():
    with pytest.raises(ValueError, match="cells needs item_earned"):
        check_order(tuple(step for step in STEPS if step.name != "items to points"), INPUTS)


def test_a_step_that_gives_something_else_than_it_says_is_stopped():
    with pytest.raises(ValueError, match="liar gave"):
        walk((Step("liar", "none", (), ("truth",), give(lie=1)),), None, {})


def test_a_step_sees_only_what_it_says_it_needs():
    peeping = Step("peeping", "none", (), ("seen",), lambda edition, board: {"seen": board["secret"]})
    with pytest.raises(KeyError, match="secret"):
        walk((peeping,), None, {"secret": 1})


def test_steps_that_need_nothing_of_one_another_are_at_work_together():
    together = threading.Barrier(2, timeout=20)

    def meet(name):
        def run(edition, board):
            together.wait()
            return {name: board["start"]}

        return run

    pair = tuple(Step(name, "none", ("start",), (name,), meet(name)) for name in ("left", "right"))
    last = Step("sum", "none", ("left", "right"), ("sum",), lambda edition, board: {"sum": sum(board.values())})
    told = []
    assert walk((*pair, last), None, {"start": 2}, lambda step: told.append(step.name))["sum"] == 4
    assert told == ["left", "right", "sum"]


def test_what_goes_wrong_in_a_step_comes_out_of_the_walk():
    def fall(edition, board):
        raise ZeroDivisionError("on purpose")

    with pytest.raises(ZeroDivisionError, match="on purpose"):
        walk((Step("falls", "none", (), ("never",), fall), Step("after", "none", ("never",), ("x",), give(x=1))), 0, {})


def test_one_tuple_holds_the_whole_method():
    edition = worked.edition()
    names = [step.name for step in evaluation.STEPS]
    assert len(names) == len(set(names))
    assert evaluation.steps_of(edition) == STEPS
    assert set(evaluation.STEPS) > set(STEPS)
