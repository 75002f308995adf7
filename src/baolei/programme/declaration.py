"""A declaration 申报: what a branch says of itself, item by item; what is missing, what it is worth, where it stands.

Facts, not papers: a numerator and a denominator for each item. What a source room knows is filled in; the rest is asked
once. Withdrawing costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from baolei.programme.personal import personal
from baolei.programme.refusals import ActRefused
from baolei.programme.scoring.items import item_points
from baolei.programme.standard.edition import Edition, FieldTable, Item, Text
from baolei.programme.states import Row, State, Table

LARGEST = 10**9
"""No count of a branch is larger; beyond it a number is a slip of the pen."""

OPEN, SUBMITTED, RETURNED, FROZEN = "open", "submitted", "returned", "frozen"
CONCLUDED, WITHDRAWN, LAPSED = "concluded", "withdrawn", "lapsed"
SUBMIT, TAKE_BACK, WITHDRAW, RETURN = "submit", "take_back", "withdraw", "return"
FREEZE, CONCLUDE, LAPSE = "freeze", "conclude", "lapse"
BRANCH, SUPERIOR, CLOCK = "branch", "superior", "clock"

STATES = Table(
    (
        State(OPEN, Text("待上报", "being filled in"), BRANCH, "calendar", LAPSE),
        State(SUBMITTED, Text("已上报", "handed in"), SUPERIOR, "calendar", FREEZE),
        State(RETURNED, Text("已退回，待修改", "returned, to be amended"), BRANCH, "calendar", LAPSE),
        State(FROZEN, Text("已封存，待审核", "frozen, under review"), SUPERIOR, "calendar"),
        State(CONCLUDED, Text("已审结", "concluded")),
        State(WITHDRAWN, Text("已撤回", "withdrawn")),
        State(LAPSED, Text("逾期未报", "not handed in")),
    ),
    (
        Row(OPEN, SUBMIT, SUBMITTED, BRANCH),
        Row(OPEN, WITHDRAW, WITHDRAWN, BRANCH),
        Row(OPEN, LAPSE, LAPSED, CLOCK),
        Row(SUBMITTED, TAKE_BACK, OPEN, BRANCH),
        Row(SUBMITTED, WITHDRAW, WITHDRAWN, BRANCH),
        Row(SUBMITTED, RETURN, RETURNED, SUPERIOR),
        Row(SUBMITTED, FREEZE, FROZEN, CLOCK),
        Row(RETURNED, SUBMIT, SUBMITTED, BRANCH),
        Row(RETURNED, WITHDRAW, WITHDRAWN, BRANCH),
        Row(RETURNED, LAPSE, LAPSED, CLOCK),
        Row(FROZEN, RETURN, RETURNED, SUPERIOR),
        Row(FROZEN, WITHDRAW, WITHDRAWN, BRANCH),
        Row(FROZEN, CONCLUDE, CONCLUDED, SUPERIOR),
    ),
    {
        SUBMIT: Text("上报", "hand in"), TAKE_BACK: Text("取回", "take back"), WITHDRAW: Text("撤回申报", "withdraw"),
        RETURN: Text("退回", "return"), FREEZE: Text("封存", "freeze"), CONCLUDE: Text("审结", "conclude"),
        LAPSE: Text("逾期", "lapse"), BRANCH: Text("支部", "the branch"), SUPERIOR: Text("上级", "the superior"),
        CLOCK: Text("到期", "the clock"),
    },
)  # fmt: skip
"""Where a declaration stands, whose turn it is, and every way on."""


class AnswerRefused(ActRefused):
    """An answer that an item cannot have; names the item and what it would take."""


class Incomplete(ActRefused):
    """A declaration that is handed in with items unanswered; names them."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An item of a declaration: cents it can earn and earns; both None where it is not answered, 0 where it does not
    apply.

    `worth` are the item's own cents in the table of the field, before those of items that do not apply are shared out.
    """

    item: Item
    worth: int
    available: int | None
    points: int | None

    @property
    def met(self) -> bool:
        """Whether it earns all it can."""
        return self.points is not None and self.points == self.available

    @property
    def lacking(self) -> int:
        """Cents that are still to be had: all of its worth where it is not answered."""
        return self.worth if self.points is None or self.available is None else self.available - self.points


def asked(edition: Edition, field: FieldTable) -> tuple[Item, ...]:
    """The items of a field in the order of its table: by strength, as the edition lists them."""
    order = {strength.code: place for place, strength in enumerate(edition.strengths)}
    items = [edition.items[code] for code, worth in field.items.items() if worth]
    return tuple(sorted(items, key=lambda item: order[item.strength]))


def checked(item: Item, num: int, den: int) -> None:
    """Refuse numbers that an item cannot have. 0 of 0 says that it does not apply. Raises AnswerRefused."""
    for wrong, right in _faults(item, num, den):
        raise AnswerRefused(Text(f"{item.name.zh}：{wrong.zh}", f"{item.name.en}: {wrong.en}"), right)


def impersonal(item: Item, words: str) -> None:
    """Refuse words with somebody's identity or mobile number: nobody needs them here. Raises AnswerRefused."""
    found = personal(words)
    if found is not None:
        raise AnswerRefused(
            Text(f"{item.name.zh}：里面有{found.zh}", f"{item.name.en}: {found.en} stands in it"),
            Text("请删去后再保存，写职务或者姓名即可", "take it out and save again; a post or a name is enough"),
        )


def _faults(item: Item, num: int, den: int) -> Iterator[tuple[Text, Text]]:
    if min(num, den) < 0 or max(num, den) > LARGEST:
        yield Text("数字超出范围", "a number out of range"), Text(f"0到{LARGEST:,}", f"0 to {LARGEST:,}")
    elif den == 0:
        if num:
            yield Text("应有数为0，完成数却不是0", "nothing was due, yet something was done"), Text(
                "不适用的填0和0", "0 and 0 where it does not apply")  # fmt: skip
    elif item.kind == "yes_no" and (den != 1 or num > 1):
        yield Text("只有“是”和“否”", "it is yes or no"), Text("填1/1或者0/1", "1 of 1 or 0 of 1")
    elif item.kind == "graded" and (den != len(item.anchors) or num > den):
        yield Text("没有这一档", "no such grade"), Text(f"0到{len(item.anchors)}", f"0 to {len(item.anchors)}")
    elif item.kind == "ratio" and num > den and item.high <= 1:
        yield Text(f"{num}多于应有的{den}", f"{num} is more than the {den} there are"), Text(
            f"至多{den}", f"at most {den}")  # fmt: skip


def full(item: Item, den: int) -> int | None:
    """The numerator with which an item earns all of its points of so many due; None where it is chosen, not counted."""
    if item.kind in ("yes_no", "graded"):
        return None
    if item.kind == "steps":
        goal, upward = item.table[0].bound, item.table_upward
    else:
        goal, upward = item.high, item.high >= item.low
    return int(-(-goal * den // 1)) if upward else int(goal * den // 1)


def missing(edition: Edition, field: FieldTable, answers: Mapping[str, tuple[int, int]]) -> tuple[Item, ...]:
    """The items that are not answered yet."""
    return tuple(item for item in asked(edition, field) if item.code not in answers)


def complete(edition: Edition, field: FieldTable, answers: Mapping[str, tuple[int, int]]) -> None:
    """Refuse to hand in what is not answered to the end. Raises Incomplete."""
    left = missing(edition, field, answers)
    if left:
        names = left[:5]
        more = len(left) - len(names)
        raise Incomplete(
            Text(f"还有{len(left)}项没有填", f"{len(left)} items are not answered"),
            Text("、".join(item.name.zh for item in names) + ("等" if more else ""),
                 ", ".join(item.name.en for item in names) + (f" and {more} more" if more else "")),
        )  # fmt: skip


def leaves(edition: Edition, field: FieldTable, answers: Mapping[str, tuple[int, int]]) -> tuple[Leaf, ...]:
    """Every item of a field with what it earns by these answers (num, den): the same arithmetic as the round's own.

    What is not answered yet earns nothing and keeps its points to itself: only what does not apply gives them away.
    """
    codes = list(edition.items)
    given = sorted((codes.index(one.code), *answers.get(one.code, (0, 1))) for one in asked(edition, field))
    item, num, den = (np.array(column, dtype=np.int64) for column in zip(*given, strict=True))
    place = next(number for number, one in enumerate(edition.fields) if one.code == field.code)
    board: dict[str, Any] = {
        "field": np.array([place], dtype=np.int16), "fact_branch": np.zeros(len(given), dtype=np.int32),
        "fact_item": item, "fact_num": num, "fact_den": den,
    }  # fmt: skip
    made = item_points(edition, board)
    earned = {
        codes[int(number)]: (int(available), int(points))
        for number, available, points in zip(item, made["fact_available"], made["fact_points"], strict=True)
        if codes[int(number)] in answers
    }
    return tuple(Leaf(one, field.items[one.code], *earned.get(one.code, (None, None))) for one in asked(edition, field))


@dataclass(frozen=True, slots=True)
class Burden:
    """What a declaration asks of a branch: items, those the house knows already, and for the others boxes to be filled
    in (one where it is chosen, two where it is counted) and minutes.
    """

    items: int
    known: int
    minutes: int
    boxes: int


def burden(edition: Edition, field: FieldTable, known: frozenset[str], minutes: Mapping[int, int]) -> Burden:
    """The burden of a field's form; `minutes` an answer takes, by the item's effort 1-3."""
    items = asked(edition, field)
    mine = [item for item in items if item.code not in known]
    boxes = sum(1 if item.kind in ("yes_no", "graded") else 2 for item in mine)
    return Burden(len(items), len(items) - len(mine), sum(minutes[item.effort] for item in mine), boxes)
