"""What can be sent as a spreadsheet, as data: kinds of lists, their columns, what stands in them, their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache, partial
from typing import Any

from baolei.organisations.models import Membership, Post
from baolei.programme import cells
from baolei.programme.cells import Cleaner
from baolei.programme.organisation.rules import SetupRules
from baolei.programme.standard.edition import Text
from baolei.warehouse.editions import edition, shipped
from baolei.warehouse.rulebook import setup_rules

Choices = Mapping[str, tuple[str, ...]]
"""For each value the words that mean it; the first is Chinese and stands in the drop-down."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its code, its head, what belongs in it, how a cell is read, an example.

    `needed`: no row without it. `also` are other heads people give it. `choices` where there are only so many values.
    """

    code: str
    name: Text
    note: Text
    clean: Cleaner[Any]
    sample: str
    needed: bool = False
    also: tuple[str, ...] = ()
    choices: Choices = field(default_factory=dict)

    def shown(self, value: Any) -> str:
        """A value as it is written in this column."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        return self.choices[value][0] if value in self.choices else str(value)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of list: its code, its name, what a row of it is, its columns."""

    code: str
    name: Text
    about: Text
    columns: tuple[Column, ...]

    def column(self, code: str) -> Column:
        """The column of a code. Raises KeyError."""
        return {one.code: one for one in self.columns}[code]

    @property
    def sample(self) -> dict[str, str]:
        """The row of examples, by column."""
        return {one.code: one.sample for one in self.columns}


ORDER = ("units", "organisations", "members", "posts", "grids")
"""The kinds in the order in which a house is filled."""


@lru_cache(maxsize=32)
def kinds(on: date) -> dict[str, Kind]:
    """Every kind by its code, under the rules of a day."""
    made = (_units(), _organisations(setup_rules(on)), _members(), _posts(), _grids())
    return {one.code: one for one in made}


def _chosen(choices: Choices) -> dict[str, Any]:
    return {"choices": choices, "clean": partial(cells.choice, among=choices)}


def _code(code: str, zh: str, en: str, note: Text, sample: str, **more: Any) -> Column:
    return Column(code, Text(zh, en), note, cells.code, sample, **more)


def _name(code: str, zh: str, en: str, note: Text, sample: str, **more: Any) -> Column:
    return Column(code, Text(zh, en), note, cells.name, sample, **more)


def _joined() -> Column:
    return Column(
        "joined", Text("入党日期", "Joined the Party"),
        Text("如 2001-07-01；同名党员靠它区分", "As 2001-07-01; tells people of one name apart"),
        cells.day, "2001-07-01", also=("入党时间", "加入中共组织日期", "入党年月日"),
    )  # fmt: skip


YES_NO: Choices = {"true": ("是",), "false": ("否",)}


def _yes_no(code: str, zh: str, en: str, note: Text, sample: str, **more: Any) -> Column:
    return Column(code, Text(zh, en), note, cells.yes_no, sample, choices=YES_NO, **more)


def _units() -> Kind:
    return Kind(
        "units", Text("行政区划单位", "Administrative units"),
        Text("每行一个单位：乡镇、街道、嘎查村、社区等", "One unit a row: townships, villages, communities"),
        (
            _code("code", "单位代码", "Code", Text("统计用区划代码", "The statistical code"), "示例150422103216",
                  needed=True, also=("区划代码", "代码", "编码", "统计用区划代码")),
            _name("name", "单位名称", "Name", Text("全称", "In full"), "示例嘎查", needed=True, also=("名称",)),
            _code("above", "上级单位代码", "Code of the unit above",
                  Text("上一级单位的代码；级别随上级而定", "The level follows from it"), "示例150422103", needed=True,
                  also=("上级代码", "所属单位代码")),
        ),
    )  # fmt: skip


def _organisations(rules: SetupRules) -> Kind:
    sorts = {one.code: (one.name.zh, one.name.en) for one in rules.kinds.values()}
    return Kind(
        "organisations", Text("党组织", "Party organisations"),
        Text("每行一个党组织：党委、党总支、党支部", "One Party organisation a row"),
        (
            _code("code", "党组织代码", "Code", Text("全区唯一，字母和数字", "Of its own in the whole region"),
                  "示例150422103216-001", needed=True, also=("组织代码", "支部代码", "代码")),
            _name("name", "党组织名称", "Name", Text("全称", "In full"), "示例党支部", needed=True,
                  also=("组织名称", "支部名称", "名称")),
            Column("kind", Text("类别", "Kind"), Text("从下拉框中选", "Choose from the list"), sample="党支部",
                   needed=True, also=("组织类别", "党组织类别"), **_chosen(sorts)),
            Column("field", Text("领域", "Field"),
                   Text("党支部填写，从下拉框中选", "Of a branch; choose from the list"),
                   sample="", also=("所属领域", "行业领域"), **_chosen(_fields())),
            _code("above", "上级党组织代码", "Code of the organisation above",
                  Text("隶属的党组织；最上一级可不填", "What it is affiliated with"), "示例150422103-000",
                  also=("上级组织代码", "隶属党组织代码")),
            _code("unit", "所在单位代码", "Code of the unit served",
                  Text("所在乡镇、嘎查村等的代码", "Where it is at home"),
                  "示例150422103216", needed=True, also=("单位代码", "区划代码")),
            _yes_no("unit_active", "所在单位是否存续", "Its body is at work",
                    Text("企业已停业等填“否”，不填按“是”", "No where an enterprise has closed; yes when left out"),
                    "是"),
            Column("document", Text("批准文号", "Approval"),
                   Text("新设党组织的批复文号；不填用上传时填写的依据", "Of a new one; else the reason of the file"),
                   cells.text, "示例批〔2026〕1号", also=("批复文号", "文号")),
        ),
    )  # fmt: skip


@cache
def _fields() -> dict[str, tuple[str, ...]]:
    """The fields that the shipped editions know."""
    found: dict[str, tuple[str, ...]] = {}
    for code in shipped():
        for table in edition(code).fields:
            found.setdefault(table.code, (table.name.zh, table.name.en))
    return found


def _members() -> Kind:
    kinds: Choices = {
        Membership.FULL: ("正式党员", "正式", "full member"),
        Membership.PROBATIONARY: ("预备党员", "预备", "probationary member"),
    }
    return Kind(
        "members", Text("党员", "Members"),
        Text("每行一名党员；不收集身份证号、电话、民族等", "One member a row; no identity numbers or telephones"),
        (
            _code("organisation", "党组织代码", "Code of the organisation", Text("所在支部的代码", "Of the branch"),
                  "示例150422103216-001", needed=True, also=("组织代码", "支部代码", "所在党支部代码")),
            _name("name", "姓名", "Name",
                  Text("同一支部有同名的，要填入党日期", "Where two share it give the day of joining"),
                  "示例姓名", needed=True, also=("党员姓名",)),
            Column("kind", Text("党员类别", "Kind"), Text("从下拉框中选", "Choose from the list"), sample="正式党员",
                   needed=True, also=("类别", "人员类别"), **_chosen(kinds)),
            _joined(),
        ),
    )  # fmt: skip


def _posts() -> Kind:
    named = {
        Post.SECRETARY: ("书记", "支部书记", "党支部书记"), "deputy": ("副书记",), "organisation": ("组织委员",),
        "publicity": ("宣传委员",), "discipline": ("纪检委员", "纪律检查委员"), "member": ("委员",),
    }  # fmt: skip
    return Kind(
        "posts", Text("任职", "Posts"),
        Text("每行一个职务和任职的党员；换人写新的一行即可", "One post a row and who holds it"),
        (
            _code("organisation", "党组织代码", "Code of the organisation", Text("任职的党组织", "Where the post is"),
                  "示例150422103216-001", needed=True, also=("组织代码", "支部代码", "任职党组织代码")),
            Column("post", Text("职务", "Post"), Text("从下拉框中选", "Choose from the list"), sample="书记",
                   needed=True,                   also=("党内职务",), **_chosen(named)),
            _name("holder", "姓名", "Name", Text("须是正式党员", "A full member"), "示例姓名", needed=True,
                  also=("党员姓名", "任职人")),
            _code("home", "党员所在支部代码", "Code of the holder's branch",
                  Text("与任职的党组织相同时不填", "Leave out where it is the same"), "", also=("所在支部代码",)),
            _joined(),
            _yes_no("committee", "是否委员会成员", "In the committee", Text("不填按“否”", "No when left out"), "是",
                    also=("委员会成员",)),
            _yes_no("village_head", "是否一肩挑", "Also heads the villagers' committee",
                    Text("兼任村（居）委会主任；不填按“否”", "No when left out"), "否", also=("一肩挑",)),
        ),
    )  # fmt: skip


def _grids() -> Kind:
    return Kind(
        "grids", Text("网格和网格员", "Grids and their workers"),
        Text("每行一个网格和它的一名网格员；网格有几名网格员就写几行", "A grid and one of its workers a row"),
        (
            _code("code", "网格编号", "Number of the grid", Text("全区唯一", "Of its own in the whole region"),
                  "示例150422103216-W01", needed=True, also=("编号", "网格代码")),
            _name("name", "网格名称", "Name of the grid", Text("全称", "In full"), "示例第一网格", needed=True,
                  also=("网格", "名称")),
            _code("unit", "嘎查村、社区代码", "Code of the village or community",
                  Text("统计用区划代码", "The statistical code"), "示例150422103216", needed=True,
                  also=("单位代码", "区划代码", "社区代码")),
            _code("branch", "党支部代码", "Code of the branch", Text("建在网格上的党支部，没有不填", "If there is one"),
                  "", also=("支部代码",)),
            _code("worker", "网格员编号", "Number of the worker", Text("不是身份证号", "No identity number"),
                  "示例W0001"),
            _name("worker_name", "网格员姓名", "Name of the worker", Text("与编号同填", "With the number"), "示例姓名",
                  also=("姓名",)),
            _yes_no("full_time", "是否专职", "Full-time", Text("不填按“否”", "No when left out"), "是",
                    also=("专职",)),
        ),
    )  # fmt: skip
