"""The words of official papers: what stands in braces is filled in or refused by name; paragraphs, days, counts."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
import yaml

from baolei.programme.papers import (
    KINDS,
    NAMING,
    NOTICE,
    PLACES,
    Wording,
    WordingRefused,
    by_unit,
    check,
    filled,
    in_full,
    paper_rules,
    paragraphs,
)
from baolei.warehouse.rulebook import papers, text


def worded(body: str) -> Wording:
    return Wording("题", "", body, "名单")


def test_what_nothing_fills_in_is_refused_by_name() -> None:
    check(NAMING, worded("命名{个数}个，{ 称号 }"))
    check(NOTICE, worded("自{公示起}起"))
    with pytest.raises(WordingRefused, match=r"“\{公示起\}”没有可填入的内容；可用的有"):
        check(NAMING, worded("自{公示起}起"))
    with pytest.raises(WordingRefused, match="a brace stands without its other"):
        check(NAMING, worded("命名{个数个"))


def test_everything_in_braces_is_filled_in_whatever_the_braces() -> None:
    assert filled(" {个数}个｛称号｝ ", {"个数": "3", "称号": "最强党支部"}) == "3个最强党支部"
    assert filled("{__class__}", {"__class__": "x"}) == "x"  # a name and no more: nothing is looked up in it


def test_an_empty_line_parts_paragraphs_and_a_broken_line_goes_on() -> None:
    assert paragraphs("一、甲\r\n乙\n\n　\n二、丙\n") == ("一、甲乙", "二、丙")
    assert paragraphs(" \n") == ()


def test_days_and_counts_are_written_as_papers_do() -> None:
    assert in_full(date(2026, 7, 1)) == "2026年7月1日"
    assert by_unit([("通辽市", 12000), ("兴安盟", 3)]) == "通辽市12000个、兴安盟3个"


def test_the_words_that_come_with_the_house_can_be_filled_in() -> None:
    rules = papers()
    assert rules.issuer_of("通辽市") == "中共通辽市委员会组织部"
    for kind in KINDS:
        values = dict.fromkeys(PLACES[kind], "某")
        assert all("{" not in filled(words, values) for words in rules.papers[kind].texts())


@pytest.mark.parametrize(("place", "value", "said"), [
    ("naming", {"title": "{谁}", "recipients": "", "body": "", "attachment": ""}, "naming: nothing fills in “{谁}”"),
    ("notice", {"title": ""}, "papers: "),
    ("notice", None, "papers: "),
])  # fmt: skip
def test_rules_that_cannot_be_read_say_where(place: str, value: Any, said: str) -> None:
    rows = copy.deepcopy(yaml.safe_load(text("papers.yaml")))
    rows["papers"][place] = value
    with pytest.raises(ValueError, match=said):
        paper_rules(rows)
