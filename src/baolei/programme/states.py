"""States as a table: who may do what in which state, where it leads, who owns the state and by when it must be left.

The programme's walks (a declaration, a review, a public notice, a title) are each one table; what may be done is looked
up in it, and the diagrams of the documentation are printed from it, so that neither can say something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar

from baolei.programme.refusals import ActRefused
from baolei.programme.standard.edition import Text

T = TypeVar("T")


class NotHere(ActRefused):
    """An act that the state does not allow, or not to this person; says what is allowed instead."""


@dataclass(frozen=True, slots=True)
class State:
    """A state: whose turn it is (`owner`), until when, and what then happens of itself. Final without an owner.

    `within` names the deadline: a number of days of the rules, or a day of the round's calendar. `late` is the act that
    the clock does when it has passed, '' where only people act (and are reminded).
    """

    code: str
    name: Text
    owner: str = ""
    within: str = ""
    late: str = ""

    @property
    def final(self) -> bool:
        """Whether nothing comes after it."""
        return not self.owner


@dataclass(frozen=True, slots=True)
class Row:
    """In `state`, `who` may do `act`, and then it is in `to`."""

    state: str
    act: str
    to: str
    who: str


@dataclass(frozen=True, slots=True)
class Table:
    """The states, the first of which is the start, and the rows that lead from one to another.

    `words` name the acts and the persons. Raises ValueError naming every fault: a state named twice or not at all, an
    act twice in one state, a state without owner, deadline or way to a final state, one that nothing leads to, an owner
    who cannot act, an act of the clock that no row has, a code without words where others have them, words with a colon
    or semicolon (the diagram's own signs).
    """

    states: tuple[State, ...]
    rows: tuple[Row, ...]
    words: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        faults = [*_names(self), *_ways(self), *(fault for state in self.states for fault in _turn(self, state))]
        if faults:
            raise ValueError("states: " + "; ".join(dict.fromkeys(faults)))

    @property
    def start(self) -> str:
        """The code of the state everything begins in."""
        return self.states[0].code

    def state(self, code: str) -> State:
        """The state of this code. Raises KeyError where the table has none."""
        found = next((state for state in self.states if state.code == code), None)
        if found is None:
            raise KeyError(f"no state {code!r}: one of " + ", ".join(state.code for state in self.states))
        return found

    def ways(self, code: str, who: str = "") -> tuple[Row, ...]:
        """The rows that leave a state, in the table's order; only those open to `who` where one is named."""
        return tuple(row for row in self.rows if row.state == code and who in ("", row.who))

    def next_state(self, code: str, act: str, who: str = "") -> str:
        """The state after an act; `who` does it, '' where that was asked before.

        Raises KeyError for a state that is none, and NotHere for an act that it does not allow (to this person).
        """
        here = self.state(code)
        ways = self.ways(code, who)
        found = next((row.to for row in ways if row.act == act), None)
        if found is None:
            raise NotHere(*self._not_here(here, act, ways))
        return found

    def _not_here(self, here: State, act: str, ways: tuple[Row, ...]) -> tuple[Text, Text]:
        acts = [self._word(row.act) for row in ways]
        done = self._word(act)
        right = Text("可以：" + "、".join(one.zh for one in acts), "open are: " + ", ".join(one.en for one in acts))
        return (
            Text(f"“{here.name.zh}”时不能“{done.zh}”", f"{done.en!r} cannot be done while {here.name.en!r}"),
            right if acts else Text("这里没有可办的事", "there is nothing to be done here"),
        )

    def _word(self, code: str) -> Text:
        return self.words.get(code, Text(code, code))

    def diagram(self, language: str = "zh") -> str:
        """The table as a Mermaid state diagram, in Chinese or English; each arrow says the act and who does it."""
        lines = ["stateDiagram-v2"]
        lines += [f"    {state.code}: {state.name.say(language)}" for state in self.states]
        lines += [f"    [*] --> {self.start}"]
        for row in self.rows:
            act, who = (self._word(code).say(language) for code in (row.act, row.who))
            lines.append(f"    {row.state} --> {row.to}: {act} · {who}")
        lines += [f"    {state.code} --> [*]" for state in self.states if state.final]
        return "\n".join(lines) + "\n"


# -- what a table must keep -------------------------------------------------------------------------------------------


def _names(table: Table) -> Iterator[str]:
    """Codes named twice, not at all, or without words."""
    if not table.states:
        yield "there is none"
    yield from (f"{code!r} stands twice" for code in _doubled(state.code for state in table.states))
    known = {state.code for state in table.states}
    for row in table.rows:
        yield from (f"{code!r} of a row is no state" for code in (row.state, row.to) if code not in known)
    for state, act in _doubled((row.state, row.act) for row in table.rows):
        yield f"{act!r} stands twice in {state!r}"
    used = {code for row in table.rows for code in (row.act, row.who)}
    if table.words:
        yield from (f"{code!r} has no words" for code in sorted(used - set(table.words)))
    said = [words for text in (*table.words.values(), *(state.name for state in table.states)) for words in _both(text)]
    yield from (f"{words!r} holds a sign of the diagram's own" for words in said if set(words) & set(":;\n"))


def _both(text: Text) -> tuple[str, str]:
    return text.zh, text.en


def _doubled(values: Iterable[T]) -> list[T]:
    held = list(values)
    return [value for place, value in enumerate(held) if value in held[:place]]


def _turn(table: Table, state: State) -> Iterator[str]:
    """What one state lacks: an owner with an act, a deadline, the act of its clock."""
    ways = table.ways(state.code)
    if state.final:
        yield from (f"{state.code!r} is final, but {row.act!r} leaves it" for row in ways)
        if state.within or state.late:
            yield f"{state.code!r} has a deadline, but no owner"
        return
    if not state.within:
        yield f"{state.code!r} has no deadline"
    if not any(row.who == state.owner for row in ways):
        yield f"{state.owner!r}, who owns {state.code!r}, can do nothing there"
    if state.late and not any(row.act == state.late for row in ways):
        yield f"{state.late!r}, which the clock does in {state.code!r}, is no act there"


def _ways(table: Table) -> Iterator[str]:
    """States that nothing leads to, and states from which no final one can be reached."""
    if not table.states:
        return
    forth = {(row.state, row.to) for row in table.rows}
    reached = _spread({table.start}, forth)
    ends = _spread({state.code for state in table.states if state.final}, {(to, state) for state, to in forth})
    for state in table.states:
        if state.code not in reached:
            yield f"nothing leads to {state.code!r}"
        if state.code not in ends:
            yield f"nothing leads from {state.code!r} to an end"


def _spread(found: set[str], ways: set[tuple[str, str]]) -> set[str]:
    """Everything that the ways lead to from what is `found`."""
    while more := {to for state, to in ways if state in found} - found:
        found |= more
    return found
