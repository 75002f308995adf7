"""What forms ask: the plain match of words, when a form is due, what it costs, what none may ask."""

from __future__ import annotations

import copy
import unicodedata
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme.alike import Known, beyond, likeness, matches, pairs, plain, shelf
from baolei.programme.asked import (
    Asking,
    Burden,
    FormRefused,
    cost,
    form_rules,
    middle,
    must_be_lawful,
    must_be_sound,
    one_branch,
)
from baolei.warehouse.rulebook import forms, text

RULES = forms()
WORDS = st.text(alphabet="党员小组书记支部换届人数abcDEF 　、（）", max_size=12)


def asking(**said: Any) -> Asking:
    return Asking(**{"code": "x", "path": "A", "months": 1, "begins": date(2026, 1, 1), "ends": date(2026, 12, 31),
                     "boxes": 3, "minutes": 10, **said})  # fmt: skip


# ---- the match ----


@given(WORDS, WORDS)
def test_likeness_is_symmetric_and_a_share(one: str, other: str) -> None:
    here, there = pairs(plain(one)), pairs(plain(other))
    assert likeness(here, there) == likeness(there, here)
    assert 0 <= likeness(here, there) <= 100
    assert (likeness(here, there) == 0) == (not here & there)


@given(WORDS.filter(lambda words: bool(plain(words))))
def test_the_same_words_are_alike_however_they_are_written(words: str) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in words)
    assert unicodedata.normalize("NFKC", wide) == unicodedata.normalize("NFKC", words)
    for written in (words.upper(), f"  {words}。", wide, " ".join(words)):
        assert likeness(pairs(plain(words)), pairs(plain(written))) == 100


@given(WORDS, st.lists(WORDS.filter(bool), max_size=4))
def test_fillers_never_leave_nothing_where_there_was_something(words: str, fillers: list[str]) -> None:
    assert bool(plain(words, fillers)) == bool(plain(words))


@given(WORDS, st.lists(WORDS, min_size=1, max_size=6), st.integers(0, 100), st.integers(0, 4))
def test_matches_come_most_alike_first_and_above_the_least(asks: str, known: list[str], least: int, most: int) -> None:
    on = shelf([Known("kept", str(place), one, (one,)) for place, one in enumerate(known)], ())
    found = matches(asks, on, least, most)
    percents = [one.percent for one in found]
    assert percents == sorted(percents, reverse=True)
    assert all(one >= least for one in percents)
    above = sum(likeness(pairs(plain(asks)), pairs(plain(one))) >= least for one in known)
    assert len(found) == min(most, above)


def test_something_without_words_is_like_nothing() -> None:
    on = shelf([Known("kept", "none", "none", ())], ())
    assert [one.percent for one in matches("党员", on, 0)] == [0]


@pytest.mark.parametrize(("asks", "code"), [
    ("本支部现有党员总数", "members"), ("Number of members", "members"), ("换届日期", "term"), ("党小组个数", "groups"),
    ("召开党员大会次数", "gatherings"), ("正式党员数量", "full_members"),
    ("在职党员报到人数", "registered"), ("微心愿认领数", "wishes"), ("专职网格员人数", "grid_workers"),
    ("物业费收缴率", "effects"), ("群众诉求办结率", "matters"), ("党群服务中心数", "centres"),
    ("为群众办实事件数", "deeds"),
])  # fmt: skip
def test_what_the_house_keeps_is_found(asks: str, code: str) -> None:
    found = matches(asks, kept(), RULES.number("same_percent"))
    assert found
    assert found[0].known.code == code


@pytest.mark.parametrize(
    "asks", ["困难党员慰问次数", "特色产业带动户数", "集体经济经营收益", "培养入党积极分子人数", "村民代表会议次数"]
)
def test_what_nobody_keeps_may_be_asked(asks: str) -> None:
    assert matches(asks, kept(), RULES.number("same_percent")) == ()


def kept() -> Any:
    return shelf([Known("kept", one.code, one.name.zh, (one.name.zh, one.name.en, *one.zh, *one.en))
                  for one in RULES.kept.values()], RULES.fillers)  # fmt: skip


# ---- what none may ask ----


@pytest.mark.parametrize(("said", "code"), [
    ("每日打卡天数", "check_in"), ("签到照片", "check_in"), ("党员积分", "points"), ("支部排名", "points"),
    ("在线时长", "online_time"), ("会场定位", "location"), ("人脸采集", "face"), ("身份证号", "identity"),
    ("月工资", "pay"), ("党员民族", "ethnicity"), ("宗教信仰", "belief"), ("亲属从业", "family"),
    ("ID Number of members", "identity"), ("ＧＰＳ", "location"),
])  # fmt: skip
def test_what_no_form_may_ask_is_refused_with_the_rule(said: str, code: str) -> None:
    limit, word = beyond(said, RULES.limits)[0]
    assert limit.code == code
    assert word in unicodedata.normalize("NFKC", said).casefold()
    with pytest.raises(FormRefused, match="依据"):
        must_be_lawful(["书记", said], RULES)


@pytest.mark.parametrize(
    "said", ["民族团结活动次数", "铸牢中华民族共同体意识宣讲次数", "党支部功能定位", "理想信仰教育课次数"]
)
def test_words_that_say_something_else_may_be_asked(said: str) -> None:
    assert beyond(said, RULES.limits) == ()
    must_be_lawful([said], RULES)


def test_one_word_that_says_something_else_does_not_hide_another() -> None:
    assert [limit.code for limit, _word in beyond("民族团结户的民族", RULES.limits)] == ["ethnicity"]


# ---- when and whom ----


@given(st.sampled_from([0, 1, 3, 6, 12]), st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.integers(0, 400))
def test_a_form_is_due_once_in_each_period_within_its_days(months: int, begins: date, days: int) -> None:
    ends = date.fromordinal(begins.toordinal() + days)
    one = asking(months=months, begins=begins, ends=ends)
    due = one.days()
    assert due
    assert due[-1] == ends or months
    assert all(begins <= day <= ends for day in due)
    if months:
        assert len({(day.year, (day.month - 1) // months) for day in due}) == len(due)
    assert sum(one.times(year, month) for year in range(2025, 2029) for month in range(1, 13)) == len(due)


def test_a_monthly_form_of_some_weeks_is_due_at_its_end_too() -> None:
    one = asking(begins=date(2026, 3, 10), ends=date(2026, 5, 20))
    assert one.days() == (date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 20))
    assert asking(months=3, begins=date(2026, 2, 1), ends=date(2026, 6, 30)).days() == (
        date(2026, 3, 31), date(2026, 6, 30),
    )  # fmt: skip


def test_whom_it_asks() -> None:
    assert asking().of("AB", "village", "branch")
    assert not asking(path="B").of("AB", "village", "branch")
    assert not asking(fields=frozenset({"school"})).of("AB", "village", "branch")
    assert not asking(kinds=frozenset({"joint_branch"})).of("AB", "village", "branch")
    both = [asking(), asking(minutes=5), asking(some=True), asking(path="C")]
    assert one_branch(both, "AB", "village", "branch", 2026, 3) == Burden(2, 6, 15)
    assert one_branch(both, "AB", "village", "branch", 2027, 3) == Burden()


def test_what_it_costs() -> None:
    found = cost(asking(), 100, 8)
    assert (found.branches, found.times, found.boxes, found.hours, found.days) == (100, 12, 3600, 200, 25)
    assert cost(asking(minutes=1, months=0), 1, 8).hours == 1, "to the next whole hour"
    assert Burden(1, 2, 61).hours == 2


@given(st.lists(st.integers(0, 50), max_size=9))
def test_the_middle_has_half_on_either_side(values: list[int]) -> None:
    found = middle(values)
    assert sum(one < found for one in values) <= len(values) / 2
    assert sum(one > found for one in values) <= len(values) / 2


# ---- what a form must keep ----


@pytest.mark.parametrize(("said", "asks", "words"), [
    ({}, [], "0 boxes"), ({}, ["甲"] * 31, "31 boxes"), ({"minutes": 1}, ["甲", "乙"], "2 boxes in 1 minutes"),
    ({"ends": date(2027, 1, 1)}, ["甲"], "12 months at most"), ({"ends": date(2025, 12, 31)}, ["甲"], "12 months"),
])  # fmt: skip
def test_a_form_has_boxes_time_and_an_end(said: dict[str, Any], asks: list[str], words: str) -> None:
    with pytest.raises(FormRefused, match=words):
        must_be_sound(asking(**said), asks, RULES)


def test_a_sound_form_passes() -> None:
    must_be_sound(asking(), ["甲", "乙", "丙"], RULES)


def rows(**changed: Any) -> Any:
    found = copy.deepcopy(yaml.safe_load(text("forms.yaml")))
    for name, value in changed.items():
        found["numbers"][name] = {"value": value}
    return found


def test_the_rules_name_what_is_wrong_with_them() -> None:
    broken = rows()
    broken["often"][0]["months"] = 5
    with pytest.raises(ValueError, match="once in 5 months"):
        form_rules(broken)
    broken = rows()
    broken["forms"][0]["boxes"] = []
    with pytest.raises(ValueError, match="gathering has no box"):
        form_rules(broken)
    for changed in ({"hint_percent": 0}, {"hint_percent": 90}, {"same_percent": 101}):
        with pytest.raises(ValueError, match="hint_percent"):
            form_rules(rows(**changed))
    broken = rows()
    del broken["who"]
    with pytest.raises(ValueError, match="who"):
        form_rules(broken)
    with pytest.raises(KeyError):
        RULES.number("nothing")


def test_the_house_s_own_forms_ask_nothing_that_none_may_ask_and_expire() -> None:
    for form in RULES.forms.values():
        must_be_lawful([form.name.zh, *(box.zh for box in form.boxes)], RULES)
        assert RULES.since < form.until
        assert form.asking.boxes == len(form.boxes)
        assert form.basis.zh
