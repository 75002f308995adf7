"""Small wishes 微心愿, practical deeds 实事 and double registration 双报到: the walks, and what may be written down.

Whoever has a wish says when it is fulfilled. Nothing here counts what one member does: it is read by no appraisal, and
nobody is ranked. Numbers, consents, skills: `rulebook/wishes.yaml`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from baolei.programme.organisation.periods import months_later
from baolei.programme.personal import personal
from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Rows, Ruled, numbers, read_as, since, text
from baolei.programme.standard.edition import Text
from baolei.programme.states import Row, State, Table
from baolei.programme.workdays import Workdays

NUMBERS = (
    "longest_months", "most_skills", "longest_words", "longest_called", "open_days", "do_days", "confirm_days",
    "keep_days", "most_open", "most_suggested", "per_wish", "code_tries", "pair_days", "deed_days",
    "longest_deed_months",
)  # fmt: skip
REGISTRATION, WISH, MINOR = CONSENTS = ("registration", "wish", "minor")
"""What people agree to; for a wish of somebody under age the guardian does."""
WHOLE_NAME = (2, 3)
"""Characters of a whole name that begins with a surname."""


class WishRefused(ActRefused):
    """Something that is not written down, or a member who has enough in hand."""


@dataclass(frozen=True, slots=True)
class Consent:
    """The words that people agree to from a day on."""

    version: int
    since: dt.date
    text: Text


@dataclass(frozen=True, slots=True)
class DeedKind:
    """A kind of practical deed, and the item of an edition that counts it ('' for none)."""

    name: Text
    item: str


@dataclass(frozen=True, slots=True)
class WishRules:
    """In force from a day: numbers by name; consents by what they are to, in their order; skills, kinds of deeds and
    reasons by code; what a wish may be known by.
    """

    since: dt.date
    source: Text
    numbers: Mapping[str, Ruled]
    consents: Mapping[str, tuple[Consent, ...]]
    skills: Mapping[str, Text]
    deeds: Mapping[str, DeedKind]
    reasons: Mapping[str, Text]
    addresses: tuple[str, ...]
    surnames: frozenset[str]

    def number(self, name: str) -> int:
        """One of `NUMBERS`. Raises KeyError for another name."""
        return self.numbers[name].value

    def consent(self, to: str, day: dt.date) -> Consent:
        """What is agreed to on a day. Raises ValueError where nothing is asked yet."""
        begun = [one for one in self.consents[to] if one.since <= day]
        if not begun:
            raise ValueError(f"wishes: nobody is asked to agree to {to} on {day}")
        return begun[-1]


def wish_rules(rows: Rows) -> WishRules:
    """The rules written in `rulebook/wishes.yaml`. Raises ValueError for consents whose versions do not follow."""
    with read_as("wishes"):
        rules = WishRules(
            since(rows), text(rows["source"]), numbers(rows, NUMBERS),
            {to: tuple(Consent(row["version"], row["since"], text(row["text"])) for row in rows["consents"][to])
             for to in CONSENTS},
            {row["code"]: text(row["name"]) for row in rows["skills"]},
            {row["code"]: DeedKind(text(row["name"]), row.get("item", "")) for row in rows["deeds"]},
            {row["code"]: text(row["name"]) for row in rows["reasons"]},
            tuple(rows["addresses"]), frozenset(rows["surnames"]),
        )  # fmt: skip
    for to, versions in rules.consents.items():
        if [one.version for one in versions] != list(range(1, len(versions) + 1)):
            raise ValueError(f"wishes: versions of the consent to {to} follow each other from 1")
        if not versions or list(versions) != sorted(versions, key=lambda one: one.since):
            raise ValueError(f"wishes: the consent to {to} needs a version at least, each begun after the one before")
    return rules


# -- a wish -----------------------------------------------------------------------------------------------------------

LIT, CLAIMED, FULFILLED, DONE, WITHDRAWN, LAPSED = "lit", "claimed", "fulfilled", "done", "withdrawn", "lapsed"
COMMUNITY, MEMBER, CLOCK, BRANCH = "community", "member", "clock", "branch"

_WORDS = {
    "community": Text("社区（嘎查村）", "community"),
    "member": Text("报到党员", "registered member"),
    "clock": Text("到期", "the clock"),
    "branch": Text("党支部", "branch"),
}

STATES = Table(
    states=(
        State(LIT, Text("待认领", "open"), COMMUNITY, "open_days", "lapse"),
        State(CLAIMED, Text("已认领", "taken up"), MEMBER, "do_days", "return"),
        State(FULFILLED, Text("已办，待本人确认", "done, to be confirmed"), COMMUNITY, "confirm_days"),
        State(DONE, Text("本人确认办成", "confirmed as done")),
        State(WITHDRAWN, Text("已撤下", "taken down")),
        State(LAPSED, Text("到期未办成", "ended unfulfilled")),
    ),
    rows=(
        Row(LIT, "claim", CLAIMED, MEMBER),
        Row(LIT, "renew", LIT, COMMUNITY),
        Row(LIT, "withdraw", WITHDRAWN, COMMUNITY),
        Row(LIT, "lapse", LAPSED, CLOCK),
        Row(CLAIMED, "fulfil", FULFILLED, MEMBER),
        Row(CLAIMED, "enter_code", DONE, MEMBER),
        Row(CLAIMED, "give_back", LIT, MEMBER),
        Row(CLAIMED, "withdraw", WITHDRAWN, COMMUNITY),
        Row(CLAIMED, "return", LIT, CLOCK),
        Row(FULFILLED, "confirm", DONE, COMMUNITY),
        Row(FULFILLED, "enter_code", DONE, MEMBER),
        Row(FULFILLED, "not_done", CLAIMED, COMMUNITY),
    ),
    words={
        **_WORDS,
        "claim": Text("认领", "take up"),
        "renew": Text("续期", "show for longer"),
        "withdraw": Text("撤下", "take down"),
        "lapse": Text("到期", "end of its term"),
        "fulfil": Text("已办", "say it is done"),
        "enter_code": Text("输入回执码", "enter the receipt code"),
        "give_back": Text("退回", "give back"),
        "return": Text("逾期退回", "back to the others"),
        "confirm": Text("本人确认", "confirmed by whoever had it"),
        "not_done": Text("还没办成", "not done yet"),
    },
)
"""The life of a small wish. Time in the open only makes it come first; what is not done in time is open again."""

ENDED = tuple(state.code for state in STATES.states if state.final)

# -- a pairing of a branch with a community ---------------------------------------------------------------------------

PROPOSED, PAIRED, REFUSED, PARTED = "proposed", "paired", "refused", "parted"

PAIRING = Table(
    states=(
        State(PROPOSED, Text("待社区确认", "waits for the community"), COMMUNITY, "pair_days"),
        State(PAIRED, Text("已结对", "paired"), BRANCH, "longest_months"),
        State(REFUSED, Text("社区未同意", "not agreed to")),
        State(PARTED, Text("已结束", "ended")),
    ),
    rows=(
        Row(PROPOSED, "agree", PAIRED, COMMUNITY),
        Row(PROPOSED, "refuse", REFUSED, COMMUNITY),
        Row(PROPOSED, "part", PARTED, BRANCH),
        Row(PAIRED, "part", PARTED, BRANCH),
        Row(PAIRED, "end", PARTED, COMMUNITY),
    ),
    words={
        **_WORDS,
        "agree": Text("同意结对", "agree"),
        "refuse": Text("不同意", "do not agree"),
        "part": Text("结束结对", "end the pairing"),
        "end": Text("社区结束结对", "end it for the community"),
    },
)
"""The life of a pairing."""
PAIRED_UP = (PROPOSED, PAIRED)

# -- a practical deed -------------------------------------------------------------------------------------------------

BEGUN, REPORTED, CONFIRMED, DROPPED = "begun", "reported", "confirmed", "dropped"

DEEDS = Table(
    states=(
        State(BEGUN, Text("办理中", "under way"), BRANCH, "until"),
        State(REPORTED, Text("已办，待受益方确认", "done, to be confirmed"), COMMUNITY, "deed_days"),
        State(CONFIRMED, Text("受益方确认办成", "confirmed as done")),
        State(DROPPED, Text("未办，已说明", "not done, with the reason")),
    ),
    rows=(
        Row(BEGUN, "progress", BEGUN, BRANCH),
        Row(BEGUN, "report", REPORTED, BRANCH),
        Row(BEGUN, "drop", DROPPED, BRANCH),
        Row(REPORTED, "confirm", CONFIRMED, COMMUNITY),
        Row(REPORTED, "send_back", BEGUN, COMMUNITY),
    ),
    words={
        **_WORDS,
        "progress": Text("记进展", "note progress"),
        "report": Text("报告办结", "report it done"),
        "drop": Text("不再办理", "give it up"),
        "confirm": Text("确认办成", "confirm it"),
        "send_back": Text("还没办成", "not done yet"),
    },
)
"""The life of a practical deed; it is done once those it is for say so."""


def due(state: str, day: dt.date, rules: WishRules, calendar: Workdays) -> dt.date | None:
    """By when a state of a wish that was entered on a day is left, None for a final one. A wish is shown for days;
    people have working days.
    """
    within = STATES.state(state).within
    if not within:
        return None
    number = rules.number(within)
    return day + dt.timedelta(days=number) if within == "open_days" else calendar.after(day, number)


# -- what may be written ----------------------------------------------------------------------------------------------


def screened(words: str, most: int) -> str:
    """Words as they are kept. Raises WishRefused for none, too many, or an identity or mobile number in them."""
    said = " ".join(words.split())
    if not said or len(said) > most:
        raise WishRefused(
            Text(f"要写明，最多{most}字", f"write it in {most} characters at most"),
            Text("写要什么、什么时候要", "say what is wished for, and by when"),
        )
    if found := personal(said):
        raise WishRefused(
            Text(f"里面有{found.zh}", f"it holds {found.en}"),
            Text("删去；联系都通过社区", "take it out: all contact goes through the community"),
        )
    return said


def known_by(called: str, minor: bool, rules: WishRules) -> str:
    """What the community knows a wish by: a first name or a form of address, nothing for somebody under age.

    Raises WishRefused for what is too long, holds digits, or looks like a whole name.

    >>> known_by("王奶奶", False, rules), known_by("小花", False, rules)
    ('王奶奶', '小花')
    """
    said, most = "".join(called.split()), rules.number("longest_called")
    if minor and said:
        raise WishRefused(
            Text("未成年人不记姓名和称呼", "of somebody under age no name is kept"),
            Text("留空，一切联系通过社区", "leave it empty: all contact goes through the community"),
        )
    if len(said) > most or any(one.isdigit() for one in said) or _whole_name(said, rules):
        raise WishRefused(
            Text("这里不写全名、门牌号和电话", "no whole name, door or telephone number stands here"),
            Text(f"写名或称呼，如“王奶奶”，最多{most}字", f"a first name or “Granny Wang”, {most} characters at most"),
        )
    return said


def _whole_name(said: str, rules: WishRules) -> bool:
    return len(said) in WHOLE_NAME and said[0] in rules.surnames and not said.endswith(rules.addresses)


def registrable(since_: dt.date, until: dt.date, skills: Sequence[str], rules: WishRules) -> None:
    """Raises WishRefused for a registration that lasts too long or not at all, or names strange or too many skills."""
    latest, most = months_later(since_, rules.number("longest_months")), rules.number("most_skills")
    if not since_ < until <= latest:
        raise WishRefused(
            Text(f"不能登记到{until}", f"it cannot last until {until}"),
            Text(f"最晚到{latest}，到期可以再报到", f"until {latest} at the latest, then register anew"),
        )
    if len(skills) > most or len(set(skills)) < len(skills) or set(skills) - set(rules.skills):
        raise WishRefused(
            Text(f"特长最多选{most}项", f"{most} skills at most, of those offered"),
            Text("也可以不选", "or name none at all"),
        )


def has_room(in_hand: int, rules: WishRules) -> None:
    """Raises WishRefused for a member who has taken up as many wishes as one does at a time."""
    if in_hand >= rules.number("most_open"):
        raise WishRefused(
            Text(f"手上已有{in_hand}个心愿没有办完", f"{in_hand} wishes in hand are not done yet"),
            Text("办完一个再认领，也给别人留机会", "do one first, and leave some to others"),
        )


def two_persons(reported: Collection[int | None], confirms: int) -> None:
    """Raises WishRefused where whoever reported something confirms it too."""
    if confirms in reported:
        raise WishRefused(
            Text("报告和确认不能是同一个人", "whoever reported it does not confirm it"),
            Text("请另一人确认", "another person confirms it"),
        )


def removable(ended: dt.date, today: dt.date, rules: WishRules) -> bool:
    """Whether the words of a wish that ended on a day are to be gone by now."""
    return today >= ended + dt.timedelta(days=rules.number("keep_days"))
