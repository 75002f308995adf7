"""What was added to ballots in words: only from ten ballots up, in no order, screened, never changed."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme.ballot.comments import ADDRESS, DIGITS, NAME, SCRIPT, comments, screen
from baolei.programme.personal import IDENTITY, MOBILE

WORDS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=12)
SEED = b"a seed"

OPEN = (
    "很好，群众满意", "请严格管理", "任务完成得好", "高兴", "希望多组织活动，把路修好", "支部工作扎实，带头作用明显",
    "牛羊饮水没有解决", "党费收缴按时", "2023年到2024年开会12次，应到1386人次", "周边环境很好", "路要修",
    "车没有地方停", "产业发展有思路，带动牧民增收", "关心群众", "安全生产抓得好", "Good work by the branch",
    "The road needs repair.", "党务公开栏很久没更新", "党课质量高", "林业补贴没有到位", "😀👍", "３月开会",
)  # fmt: skip
HELD = {
    MOBILE: ("打13812345678问", "１３８-１２３４-５６７８", "138\u200b12345678"),
    IDENTITY: ("11010519491231002X",),
    DIGITS: ("电话一三八零零零零一二三四", "0471-6601234", "QQ群 1234567", "110105194912310021", "6 2 2 2 0 0 1"),
    ADDRESS: ("微信号abc12345", "a.b@example.org", "加QQ：998877", "wx: hello_01", "Ｖｘ号hello1"),
    NAME: (
        "王强不干活", "张三丰", "书记李伟作风好", "李书记好", "老王总是迟到", "小李很负责", "王某", "赵××",
        "王 强 不干活", "乌云其其格家里困难", "巴特尔的草场", "阿依古丽·买买提", "Wang Wei is good",
        "Comrade Li helps", "欧阳主任", "王\u200b某", "刘会计", "陈丽把钱花了", "他叫孙立", "杨的媳妇", "牛书记",
    ),
    SCRIPT: ("ᠮᠣᠩᠭᠣᠯ", "Сайн байна", "བཀྲ་ཤིས"),
}  # fmt: skip


@pytest.mark.parametrize("comment", OPEN)
def test_what_tells_of_nobody_is_shown(comment: str) -> None:
    assert screen(comment) == ()


@pytest.mark.parametrize(("comment", "reason"), [(one, reason) for reason, many in HELD.items() for one in many])
def test_what_may_tell_of_somebody_is_held_and_says_why(comment: str, reason: object) -> None:
    assert reason in screen(comment)
    found = comments([comment, "很好"], 10, SEED)
    assert found.shown == ("很好",)
    assert [(one.comment, reason in one.found) for one in found.held] == [(comment, True)]


@given(WORDS, st.integers(0, 9))
def test_below_ten_ballots_there_are_none(words: list[str], ballots: int) -> None:
    found = comments(words, ballots, SEED)
    assert (found.shown, found.held) == ((), ())


@given(WORDS, st.integers(10, 99), st.binary(max_size=8))
def test_no_comment_is_changed_or_lost(words: list[str], ballots: int, seed: bytes) -> None:
    found = comments(words, ballots, seed)
    assert Counter([*found.shown, *(one.comment for one in found.held)]) == Counter(word for word in words if word)


@given(WORDS, st.randoms(use_true_random=False))
def test_their_order_tells_nothing_of_the_order_of_ballots(words: list[str], chance: object) -> None:
    others = list(words)
    chance.shuffle(others)  # type: ignore[attr-defined]
    assert comments(others, 10, SEED) == comments(words, 10, SEED)


def test_another_seed_is_another_order() -> None:
    orders = {comments(OPEN, 20, bytes([seed])).shown for seed in range(8)}
    assert len(orders) == 8
    assert {tuple(sorted(order)) for order in orders} == {tuple(sorted(OPEN))}


def test_what_a_person_let_through_is_shown_as_it_is_and_where_it_was() -> None:
    words = ["王强不干活", "老王总是迟到", "很好", "路要修"]
    before, after = (comments(words, 10, SEED, passed) for passed in ((), {"王强不干活"}))
    assert [one.comment for one in after.held] == ["老王总是迟到"]
    assert set(after.shown) == {"王强不干活", "很好", "路要修"}
    assert [word for word in after.shown if word in before.shown] == list(before.shown)
