"""Tables of states: what they refuse to be, where acts lead, and the diagram they print."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme.standard.edition import Text
from baolei.programme.states import NotHere, Row, State, Table
from walks import end_from, walked

OPEN = State("open", Text("待办", "open"), "clerk", "days", late="lapse")
DOUBT = State("doubt", Text("存疑", "in doubt"), "head", "days")
DONE = State("done", Text("办结", "done"))
ROWS = (
    Row("open", "ask", "doubt", "clerk"),
    Row("open", "close", "done", "clerk"),
    Row("open", "lapse", "done", "clock"),
    Row("doubt", "answer", "open", "head"),
)
WORDS = {code: Text(zh, code) for code, zh in (
    ("ask", "请示"), ("close", "办结"), ("lapse", "到期"), ("answer", "答复"), ("clerk", "经办人"), ("head", "负责人"),
    ("clock", "到期自动"),
)}  # fmt: skip
TABLE = Table((OPEN, DOUBT, DONE), ROWS, WORDS)


def test_an_act_leads_where_its_row_says():
    assert TABLE.start == "open"
    assert TABLE.next_state("open", "ask") == TABLE.next_state("open", "ask", "clerk") == "doubt"
    assert [row.act for row in TABLE.ways("open")] == ["ask", "close", "lapse"]
    assert [row.act for row in TABLE.ways("open", "clock")] == ["lapse"]
    assert TABLE.state("done").final
    assert not TABLE.state("open").final


def test_an_act_of_another_state_or_another_person_is_refused_with_what_is_open():
    with pytest.raises(NotHere) as refused:
        TABLE.next_state("doubt", "close")
    assert refused.value.wrong == Text("“存疑”时不能“办结”", "'close' cannot be done while 'in doubt'")
    assert refused.value.right == Text("可以：答复", "open are: answer")
    with pytest.raises(NotHere, match="没有可办的事"):
        TABLE.next_state("open", "close", "head")
    with pytest.raises(NotHere, match="there is nothing to be done here"):
        TABLE.next_state("done", "ask")
    with pytest.raises(KeyError, match="no state 'lost': one of open, doubt, done"):
        TABLE.next_state("lost", "ask")


def test_the_diagram_says_every_state_and_every_act_in_both_languages():
    assert TABLE.diagram("en").splitlines() == [
        "stateDiagram-v2",
        "    open: open", "    doubt: in doubt", "    done: done",
        "    [*] --> open",
        "    open --> doubt: ask · clerk", "    open --> done: close · clerk",
        "    open --> done: lapse · clock", "    doubt --> open: answer · head",
        "    done --> [*]",
    ]  # fmt: skip
    assert "    doubt --> open: 答复 · 负责人\n" in TABLE.diagram()
    assert "open --> doubt: ask · clerk" in Table(TABLE.states, ROWS).diagram()  # no words: the codes


@pytest.mark.parametrize(("states", "rows", "says"), [
    ((), (), "states: there is none"),
    ((OPEN, DOUBT, DONE, DONE), ROWS, "'done' stands twice"),
    ((OPEN, DOUBT, DONE), (*ROWS, Row("open", "jump", "moon", "clerk")), "'moon' of a row is no state"),
    ((OPEN, DOUBT, DONE), (*ROWS, Row("open", "ask", "done", "clerk")), "'ask' stands twice in 'open'"),
    ((OPEN, DOUBT, DONE), (*ROWS, Row("done", "ask", "open", "clerk")), "'done' is final, but 'ask' leaves it"),
    ((OPEN, DOUBT, State("done", DONE.name, within="days")), ROWS, "'done' has a deadline, but no owner"),
    ((OPEN, State("doubt", DOUBT.name, "head"), DONE), ROWS, "'doubt' has no deadline"),
    ((OPEN, State("doubt", DOUBT.name, "king", "days"), DONE), ROWS, "'king', who owns 'doubt', can do nothing there"),
    ((OPEN, DOUBT, DONE), ROWS[:2] + ROWS[3:], "'lapse', which the clock does in 'open', is no act there"),
    ((OPEN, DOUBT, DONE), ROWS[1:], "nothing leads to 'doubt'"),
    ((OPEN, DOUBT, DONE), ROWS[:1] + ROWS[3:], "nothing leads from 'open' to an end"),
    ((OPEN, DOUBT, DONE), (*ROWS, Row("open", "sing", "done", "bard")), "'bard' has no words; 'sing' has no words"),
    ((OPEN, DOUBT, State("done", Text("办结", "done; over"))), ROWS, "'done; over' holds a sign of the diagram's own"),
])  # fmt: skip
def test_a_table_that_cannot_be_walked_is_refused(states: Any, rows: Any, says: str):
    with pytest.raises(ValueError, match=says):
        Table(states, rows, WORDS)


@given(st.data())
def test_no_walk_gets_stuck(data: st.DataObject):
    for state in walked(data, TABLE):
        assert TABLE.state(end_from(TABLE, state)[-1]).final


def test_the_walks_of_the_tests_see_a_dead_end():
    class Ring:
        def state(self, code: str) -> State:
            return OPEN

        def ways(self, code: str) -> tuple[Row, ...]:
            return (Row("open", "ask", "open", "clerk"),)

    with pytest.raises(ValueError, match="open is a dead end"):
        end_from(Ring(), "open")  # type: ignore[arg-type]
