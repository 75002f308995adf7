"""The guides of the platform say what its pages say, in both languages, and what its limits and rules are."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from baolei.programme import cells
from baolei.sheets import heads, limits
from baolei.sheets.kinds import kinds
from baolei.sheets.models import KINDS

ROOT = Path(__file__).resolve().parent.parent
GUIDES = [
    "spreadsheets",
    "give-access",
    "structural-audit",
    "change-the-tree",
    "keep-the-ledger",
    "draft-an-edition",
    "run-a-round",
    "official-papers",
    "vote-at-a-meeting",
    "check-a-year",
    "ask-for-less",
]
SAID = re.compile(r"\*\*([^*]+?)\*\*\s+\(([^()]*[\u4e00-\u9fff][^()]*)\)")


def guide(name: str) -> str:
    return (ROOT / "docs" / "how-to" / f"{name}.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def words() -> set[tuple[str, str]]:
    """Everything the pages say, in English and in Chinese."""
    with (ROOT / "src/baolei/locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        catalog = read_po(file)
    found = {(str(one.id), str(one.string)) for one in catalog if one.id and not one.pluralizable}
    return found | {(heads.CURE[1], heads.CURE[0])}


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_says_what_the_pages_say(name: str, words: set[tuple[str, str]]) -> None:
    said = {(re.sub(r"\s+", " ", english), chinese) for english, chinese in SAID.findall(guide(name))}
    assert sorted(said - words - {("English", "中文")}) == []
    assert said


def test_every_word_of_a_page_in_a_guide_has_its_chinese() -> None:
    for name in GUIDES:
        bare = re.findall(r"\*\*([A-Z][^*]+)\*\*(?!\s+\()", guide(name))
        assert bare == [], name


def table(page: str, head: str) -> dict[str, list[str]]:
    """The rows of the table whose first column is called so, by their first cell."""
    body = guide(page).partition(f"\n| {head} |")[2].partition("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in body]
    return {row[0]: row[1:] for row in rows}


def test_the_limits_of_spreadsheets_are_those_of_the_program() -> None:
    said = {name: cells[0] for name, cells in table("spreadsheets", "of").items()}
    assert said["a file"] == f"{limits.UPLOAD >> 20} MB"
    assert said["unpacked"] == f"{limits.INFLATED >> 20} MB"
    assert said["rows"] == f"{limits.ROWS:,}"
    assert said["columns"] == str(limits.COLUMNS)
    assert said["days the rows are kept after the end"] == str(limits.KEEP)
    assert f"up to {heads.SEARCHED} rows" in guide("spreadsheets")


def test_what_is_met_kindly_is_read_so() -> None:
    text = guide("spreadsheets")
    for written, day in (("２００１．７．１", dt.date(2001, 7, 1)), ("2026年3月5日", dt.date(2026, 3, 5)),
                         ("2021.7.1", dt.date(2021, 7, 1)), ("20210701", dt.date(2021, 7, 1))):  # fmt: skip
        assert f"`{written}`" in text
        assert cells.day(written) == day
    assert cells.name("张 三") == "张三"
    assert cells.code(150422) == "150422"
    for refused, clean in (("3/5/2026", cells.day), ("21-07-01", cells.day), ("1.50422E+11", cells.code)):
        with pytest.raises(cells.CellRefused):
            clean(refused)
    members = kinds(dt.date(2026, 11, 1))["members"]
    titled: list[tuple[int, list[Any]]] = [(1, ["花名册"]), (2, ["党组织代码", "*姓名（必填）", "类别", "入党时间"])]
    assert heads.find(members, titled).places == {"organisation": 0, "name": 1, "kind": 2, "joined": 3}
    assert ", ".join(code for code, _name in KINDS) in text


def test_the_table_of_the_administrators_is_that_of_the_rules() -> None:
    from baolei.people.roles import approving, giving, roles

    said = table("give-access", "user name")
    everything = tuple(roles())
    for username, code in (("xitong", "system_admin"), ("anquan", "security_admin"), ("shenji", "audit_admin")):
        is_, opens, gives, approves, reads = said[f"`{username}`"]
        rule = roles()[code]
        assert is_.startswith(rule.zh)
        assert opens == ("yes" if "open_accounts" in rule.may else "no")
        assert gives == ("yes, every role" if all(code in giving(one) for one in everything) else "no")
        assert approves.startswith("yes") == all(code in approving(one) for one in everything)
        assert reads == ("yes" if "read_ledger" in rule.may else "no")


def test_what_nobody_can_excuse_is_called_so() -> None:
    from baolei.warehouse.rulebook import setup_rules

    assert "(an empty shell, for instance) nobody can excuse" in guide("structural-audit")
    assert setup_rules(dt.date(2026, 11, 1)).flags["empty_shell"].hard


def test_the_glossary_holds_the_words_of_the_platform() -> None:
    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+?)\*? \| ([^|]+) \|", text, re.MULTILINE)
    rows = [row for row in rows if row[0] != "word"]  # the head of each table
    named = {word.strip(): chinese.strip() for word, chinese in rows}
    for word, chinese in (
        ("mandate", "任职"), ("finding", "问题"), ("exemption, approved exception", "批准的例外"), ("batch", "批次"),
        ("notice", "通知"), ("head of the ledger", "台账头"), ("ledger", "操作台账"), ("marked sheet", "标注表"),
        ("structural audit", "规范设置排查"), ("transfer", "关系转接"), ("borders", "区划口径"),
        ("three administrators", "三员"),
    ):  # fmt: skip
        assert named[word] == chinese
    assert len(named) == len(rows), "a word stands twice"
