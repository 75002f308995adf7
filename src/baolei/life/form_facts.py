"""How often each form of organisation life was held of how often it is owed: all branches and forms in one pass.

The same as `programme.life.owed` and `fact` say of one branch, asked of the tables: a form counts once in a period.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import numpy as np

from baolei.life.all_branches import (
    PARTS,
    Board,
    Held,
    Parts,
    Truths,
    board_of,
    committees_of,
    first_day_of,
    held_by,
    last_day_of,
    parts_of,
)
from baolei.life.group_facts import IN_COLUMNS, of_groups
from baolei.life.on_record import last_day, on_record
from baolei.organisations.drawing import Ints, as_facts
from baolei.programme import life as rules
from baolei.programme.evidence import Facts
from baolei.programme.life import YEAR, Often
from baolei.warehouse.rulebook import life as life_rules
from baolei.warehouse.rulebook import setup_rules

ITEMS: Mapping[str, str] = {
    "members_meetings": rules.MEMBERS, "committee_meetings": rules.COMMITTEE, "group_meetings": rules.GROUP,
    "theme_days": rules.THEME, "party_lectures": rules.LECTURE, "hub_sessions": rules.HUB,
}  # fmt: skip
"""The items that ask how often a form was held."""


def held(items: Collection[str], organisations: Collection[int], year: int, until: date) -> dict[str, Facts]:
    """The facts of items that ask how often a form was held or what groups do, of branches that record gatherings."""
    board = board_of(set(organisations) & on_record(year), year)
    forms = dict.fromkeys(ITEMS.get(item, rules.GROUP) for item in items)
    months = held_by(forms, board)
    parts = {form: parts_of(form, board) for form in forms if form in PARTS}
    return {
        item: of_groups(item, parts[rules.GROUP], months[rules.GROUP], board, until) if item in IN_COLUMNS
        else _of_form(ITEMS[item], board, months[ITEMS[item]], parts.get(ITEMS[item]), until)
        for item in items
    }  # fmt: skip


def of_form(form: str, organisations: Collection[int], year: int, until: date) -> Facts:
    """Of each branch how often a form was held of how often it is owed, in periods of a year that are over on a day.
    Branches that owe none of it are left out.
    """
    board = board_of(organisations, year)
    parts = parts_of(form, board) if form in PARTS else None
    return _of_form(form, board, held_by([form], board)[form], parts, until)


def _of_form(form: str, board: Board, months: Held, parts: Parts | None, until: date) -> Facts:
    due, done = np.zeros(len(board.pks), np.int64), np.zeros(len(board.pks), np.int64)
    owing = _owing(form, board, parts)
    for often, mine in _often(form, board):
        for first in range(0, YEAR, often.months):
            last = first + often.months - 1
            if last_day_of(board.year, last) > until:
                break
            there = mine & (board.founded <= first_day_of(board.year, first).toordinal())
            needed = np.where(there, owing[:, last] * often.least, 0)
            due += needed
            done += np.minimum(_counted(board, months, parts, (first, last), often.least), needed)
    return as_facts(board.pks, done, due)


def _often(form: str, board: Board) -> list[tuple[Often, Truths]]:
    """How often a form is owed, and of which branches: each field is looked up once."""
    setup, asked = setup_rules(last_day(board.year)), life_rules()
    found = {field: rules.frequencies(field, setup, asked)[form] for field in set(board.fields)}
    return [(often, np.isin(board.fields, [field for field in found if found[field] == often]))
            for often in dict.fromkeys(found.values())]  # fmt: skip


def _owing(form: str, board: Board, parts: Parts | None) -> Ints:
    """By branch and month how many parts of it owe a form on the month's last day."""
    if parts is not None:
        return parts.standing(board.year, len(board.pks))
    return committees_of(board) if form == rules.COMMITTEE else np.ones((len(board.pks), YEAR), np.int64)


def _counted(board: Board, held: Held, parts: Parts | None, span: tuple[int, int], least: int) -> Ints:
    """From a first to a last month how often each branch held a form; of one that groups or hub households hold, each
    that stands at their end counts as often as it owes it and no more.
    """
    first, last = span
    number = held.months[:, first : last + 1].sum(axis=1)
    if parts is not None:
        there = parts.last(held.part) >= last_day_of(board.year, last).toordinal()
        number = np.where(there, np.minimum(number, least), 0)
    found = np.zeros(len(board.pks), np.int64)
    np.add.at(found, held.at, number)
    return found
