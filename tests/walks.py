"""Walks through tables of states, for the tests of every table."""

from __future__ import annotations

from hypothesis import strategies as st

from baolei.programme.states import Table


def walked(data: st.DataObject, table: Table, most: int = 60) -> list[str]:
    """The states of a random walk from the start, until its end or `most` acts."""
    seen = [table.start]
    while len(seen) <= most and not table.state(seen[-1]).final:
        row = data.draw(st.sampled_from(table.ways(seen[-1])))
        seen.append(table.next_state(seen[-1], row.act, row.who))
    return seen


def end_from(table: Table, state: str) -> list[str]:
    """The shortest way from a state to an end. Raises ValueError where there is none."""
    ways = [[state]]
    for way in ways:
        if table.state(way[-1]).final:
            return way
        ways += [[*way, row.to] for row in table.ways(way[-1]) if row.to not in way]
    raise ValueError(f"{state} is a dead end")
