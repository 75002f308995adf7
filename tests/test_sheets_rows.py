"""What becomes of rows: units, organisations, members, posts; new, changed, same, wrong, each by its rules."""

from __future__ import annotations

from datetime import date

import pytest

import stage
from baolei.organisations.models import Member, Membership, OrganisationState, Post, UnitState
from baolei.sheets import limits
from baolei.sheets.models import Batch, Row
from sheets_stage import BEGUN, DAY, TOWNSHIP, VILLAGE, applied, counts, faults, send, town, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _town() -> None:
    town()
    stage.unit("150423")


# ---- units ----


def test_new_units_come_in_in_any_order_of_rows_and_stand_in_the_tree() -> None:
    batch = applied("units", [
        ["150422103302", "北沟村", "150422103"], ["150422199101", "新村", "150422199"], ["150422199", "新镇", "150422"],
    ], unit="150422")  # fmt: skip
    assert counts(batch) == (3, 0, 0, 0, 0)
    town, village = (UnitState.objects.open().get(code=code) for code in ("150422199", "150422199101"))
    assert village.path.startswith(town.path)
    assert (town.level, village.level, village.above_id) == (4, 5, town.unit_id)
    assert (village.since, village.initials) == (DAY, "xc")


def test_a_unit_is_renamed_from_the_day_on_and_the_days_before_stay() -> None:
    applied("units", [[VILLAGE, "东方红嘎查", TOWNSHIP]])
    states = UnitState.objects.filter(code=VILLAGE).order_by("since")
    assert [(one.name, one.until) for one in states] == [(VILLAGE, date(2026, 10, 31)), ("东方红嘎查", None)]


def test_a_unit_is_moved_with_all_below_it_and_with_its_mandates() -> None:
    applied("units", [["150422200", "南镇", "150422"]], unit="150422")
    keeper = stage.mandated(VILLAGE)
    applied("units", [[VILLAGE, VILLAGE, "150422200"]], unit="150422")
    moved, above = UnitState.objects.open().get(code=VILLAGE), UnitState.objects.open().get(code="150422200")
    assert moved.path.startswith(above.path)
    assert keeper.mandates.get().path == moved.path


@pytest.mark.parametrize(("row", "column", "words"), [
    (["150422103302", "村", "999"], "above", "没有代码为“999”的单位"),
    (["150422103302", "村", "150423"], "above", "没有代码为“150423”的单位"),
    (["150422103302", "村", VILLAGE], "above", "已是最末一级"),
    (["150423", "别的旗", TOWNSHIP], "code", "不能在您负责的范围内使用"),
    ([TOWNSHIP, "自己", "150422"], "", "由上级维护"),
    (["", "村", TOWNSHIP], "code", "没有填写单位代码"),
    (["150422103302", "", TOWNSHIP], "name", "没有填写单位名称"),
])  # fmt: skip
def test_a_wrong_unit_is_called_wrong_in_its_cell(row: list[str], column: str, words: str) -> None:
    said = faults(send("units", [row]))
    assert [(one, words in what) for one, what in said[2]] == [(column, True)], said


def test_rows_that_stand_in_a_ring_or_below_a_wrong_row_say_so() -> None:
    said = faults(send("units", [["1", "甲", "2"], ["2", "乙", "1"], ["3", "丙", "4"], ["4", "", TOWNSHIP]]))
    assert "绕成了一圈" in said[2][0][1]
    assert "绕成了一圈" in said[3][0][1]
    assert said[4] == [["above", "上级在第 5 行，那一行有错"]]


# ---- organisations ----


def row(**cells: str) -> list[str]:
    named = {"code": "B3", "name": "新支部", "kind": "党支部", "field": "嘎查村", "above": "W1", "unit": VILLAGE,
             "active": "", "document": "批9"}  # fmt: skip
    return list({**named, **cells}.values())


def test_new_organisations_stand_under_one_another_and_the_audit_sees_them() -> None:
    batch = applied("organisations", [row(code="B4", above="G1", field=""), row(code="G1", kind="党总支", field="")])
    assert counts(batch) == (2, 0, 0, 0, 0)
    branch, above = (OrganisationState.objects.open().get(code=code) for code in ("B4", "G1"))
    assert branch.path.startswith(above.path)
    assert (branch.above_id, branch.unit_active, branch.since) == (above.organisation_id, True, DAY)
    assert branch.organisation.findings.filter(until=None).exists()


def test_an_empty_cell_leaves_what_is_there() -> None:
    assert counts(send("organisations", [["B1", "东方红村党支部", "党支部", "", "", VILLAGE, "", ""]])) == (
        0,
        0,
        1,
        0,
        0,
    )


def test_what_differs_is_a_new_state() -> None:
    batch = applied("organisations", [["B1", "东方红联合党支部", "联合党支部", "", "", TOWNSHIP, "否", ""]])
    assert counts(batch) == (0, 1, 0, 0, 0)
    before, now = OrganisationState.objects.filter(code="B1").order_by("since")
    assert (before.name, before.until) == ("东方红村党支部", date(2026, 10, 31))
    assert (now.name, now.kind, now.unit_active, now.unit_id) == (
        "东方红联合党支部", "joint_branch", False, stage.unit(TOWNSHIP).unit_id,
    )  # fmt: skip
    shown = Row.objects.get(batch=batch, state="changed").before
    assert shown == {"name": "东方红村党支部", "kind": "branch", "unit_active": True, "unit": VILLAGE}


def test_an_organisation_is_moved_and_again_on_the_same_day() -> None:
    applied("organisations", [row(code="G1", kind="党总支", field="")])
    applied("organisations", [["B1", "东方红村党支部", "党支部", "", "G1", VILLAGE, "", ""]])
    applied("organisations", [["B1", "东方红村支部", "党支部", "", "W1", VILLAGE, "", ""]])
    now = OrganisationState.objects.open().get(code="B1")
    above = OrganisationState.objects.open().get(code="W1")
    assert (now.name, now.path.startswith(above.path), now.since) == ("东方红村支部", True, DAY)
    assert OrganisationState.objects.filter(code="B1").count() == 2


@pytest.mark.parametrize(("cells", "column", "words"), [
    ({"above": "X9"}, "above", "没有代码为“X9”的党组织"), ({"unit": "150423"}, "unit", "没有代码为“150423”的单位"),
    ({"above": "B1"}, "above", "党支部不能在东方红村党支部（党支部）之下"),
    ({"above": ""}, "above", "党支部不能没有上级"),
    ({"kind": "兴趣小组"}, "kind", "没有“兴趣小组”这一项"), ({"field": "天空"}, "field", "没有“天空”这一项"),
    ({"code": "W1", "kind": "基层党委", "name": "碧流台镇机关党委", "above": "W1", "field": ""},
     "above", "绕成了一圈"),
    ({"code": "1.5E17"}, "code", "已丢失末几位数字"),
])  # fmt: skip
def test_a_wrong_organisation_is_called_wrong_in_its_cell(cells: dict[str, str], column: str, words: str) -> None:
    said = faults(send("organisations", [row(**cells)]))
    assert [(one, words in what) for one, what in said[2]] == [(column, True)], said


def test_a_code_of_somebody_else_is_no_oracle() -> None:
    stage.branch("Z9", "150423")
    said = faults(send("organisations", [row(code="Z9"), row(code="B9", above="Z9")]))
    assert said[2] == [["code", "代码“Z9”不能在您负责的范围内使用"]]
    assert said[3][0][1] == "在您负责的范围内没有代码为“Z9”的党组织" or "第 2 行" in said[3][0][1]


def test_changes_come_in_the_order_of_their_days() -> None:
    applied("organisations", [["B1", "新名", "党支部", "", "", VILLAGE, "", ""]])
    said = faults(send("organisations", [["B1", "旧名", "党支部", "", "", VILLAGE, "", ""]], day=date(2026, 5, 1)))
    assert "在 2026-11-01 已有变更" in said[2][0][1]


# ---- members ----


def test_members_are_new_changed_or_the_same() -> None:
    batch = applied("members", [
        ["B1", "周青禾", "正式党员", "2010.7.1"], ["B1", "党员B1甲", "正式党员", ""],
        ["B1", "党员B1乙", "预备党员", "2001-07-02"],
        ["B2", "党员B1甲", "正式", "20150701"],
    ])  # fmt: skip
    assert counts(batch) == (2, 1, 1, 0, 0)
    new = Member.objects.get(name="周青禾").memberships.get()
    assert (new.organisation.states.get().code, new.since, new.kind, new.member.joined) == (
        "B1", DAY, "full", date(2010, 7, 1),
    )  # fmt: skip
    kinds = Membership.objects.filter(member__name="党员B1乙").order_by("since").values_list("kind", "since", "until")
    assert list(kinds) == [("full", BEGUN, date(2026, 10, 31)), ("probationary", DAY, None)]
    assert Member.objects.filter(name="党员B1甲").count() == 2


def test_a_day_of_joining_that_was_not_known_is_filled_in() -> None:
    Member.objects.filter(name="党员B1甲").update(joined=None)
    assert counts(applied("members", [["B1", "党员B1甲", "正式党员", "2003-07-01"]])) == (0, 1, 0, 0, 0)
    assert Member.objects.get(name="党员B1甲").joined == date(2003, 7, 1)


@pytest.mark.parametrize(("cells", "column", "words"), [
    (["B9", "周青禾", "正式党员", ""], "organisation", "没有代码为“B9”的党组织"),
    (["B1", "党员B1甲", "正式党员", "1999-07-01"], "joined", "入党日期是 2001-07-01，与本行 1999-07-01 不一致"),
    (["B1", "周青禾", "群众", ""], "kind", "没有“群众”这一项"),
    (["B1", "周青禾", "正式党员", "21.7.1"], "joined", "年份只有两位"),
    (["B1", "周青禾", "正式党员", "2026-11-20"], "joined", "晚于生效日期"),
])  # fmt: skip
def test_a_wrong_member_is_called_wrong_in_its_cell(cells: list[str], column: str, words: str) -> None:
    said = faults(send("members", [cells]))
    assert [(one, words in what) for one, what in said[2]] == [(column, True)], said


def test_two_of_one_name_are_told_apart_or_nothing_is_guessed() -> None:
    batch = send("members", [
        ["B1", "周青禾", "正式党员", "2010-07-01"], ["B1", "周青禾", "正式党员", "2012-07-01"],
        ["B1", "程小满", "正式党员", ""],
        ["B1", "程　小 满", "正式党员", "2012-07-01"], ["B1", "周青禾", "正式党员", "2010/7/1"],
    ])  # fmt: skip
    assert {number: one[0][1] for number, one in faults(batch).items()} == {5: "与第 4 行重复", 6: "与第 2 行重复"}
    write(batch, only_right=True)
    assert Member.objects.filter(name="周青禾").count() == 2
    said = faults(send("members", [["B1", "周青禾", "预备党员", ""]]))
    assert said[2] == [["joined", "东方红村党支部有 2 名周青禾"]]


def test_two_rows_are_never_taken_for_one_member() -> None:
    Member.objects.filter(name="党员B2甲").update(joined=None)
    batch = send("members", [["B2", "党员B2甲", "正式党员", f"20{year}1-07-01"] for year in (0, 1)])
    assert counts(batch) == (0, 1, 0, 1, 0)
    assert "第 2 行" in faults(batch)[3][0][1]


def test_two_of_one_name_far_apart_in_a_sheet_are_both_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CHUNK", 2)
    rows = [["B2", f"新党员{place}", "正式党员", f"2010-07-0{place + 1}"] for place in range(5)]
    batch = applied(
        "members", [["B2", "乌云", "正式党员", "2001-07-01"], *rows, ["B2", "乌云", "正式党员", "2011-07-01"]]
    )
    assert batch.state == Batch.APPLIED, batch.notes
    assert Membership.objects.open().filter(member__name="乌云").count() == 2


# ---- posts ----


def test_posts_are_taken_and_a_new_secretary_ends_the_old() -> None:
    applied("posts", [["B1", "书记", "党员B1甲", "", "", "是", ""], ["B1", "组织委员", "党员B1乙", "", "", "是", ""]])
    batch = applied("posts", [
        ["B1", "书记", "党员B1丙", "", "", "是", "是"], ["B1", "组织委员", "党员B1乙", "", "", "是", ""],
        ["W1", "书记", "党员B1甲", "B1", "2001-07-01", "", ""],
    ], day=date(2026, 11, 20))  # fmt: skip
    assert counts(batch) == (1, 1, 1, 0, 0)
    secretaries = Post.objects.filter(organisation__states__code="B1", kind="secretary").order_by("since")
    held = [(one.holder.name, one.since, one.until, one.village_head) for one in secretaries]
    assert held == [
        ("党员B1甲", DAY, date(2026, 11, 19), False), ("党员B1丙", date(2026, 11, 20), None, True),
    ]  # fmt: skip


def test_a_post_of_the_same_day_is_put_right() -> None:
    applied("posts", [["B1", "书记", "党员B1甲", "", "", "是", ""]])
    applied("posts", [["B1", "书记", "党员B1乙", "", "", "否", ""]])
    assert [(one.holder.name, one.committee) for one in Post.objects.all()] == [("党员B1乙", False)]


@pytest.mark.parametrize(("cells", "column", "words"), [
    (["B1", "书记", "无此人", "", "", "", ""], "holder", "没有名为无此人的党员"),
    (["B1", "书记", "新党员", "", "", "", ""], "holder", "是预备党员"),
    (["B9", "书记", "党员B1甲", "", "", "", ""], "organisation", "没有代码为“B9”的党组织"),
    (["B1", "书记", "党员B2甲", "B8", "", "", ""], "home", "没有代码为“B8”的党组织"),
    (["B1", "主席", "党员B1甲", "", "", "", ""], "post", "没有“主席”这一项"),
])  # fmt: skip
def test_a_wrong_post_is_called_wrong_in_its_cell(cells: list[str], column: str, words: str) -> None:
    applied("members", [["B1", "新党员", "预备党员", "2026-07-01"]])
    said = faults(send("posts", [cells]))
    assert [(one, words in what) for one, what in said[2]] == [(column, True)], said


def test_two_secretaries_in_one_sheet_are_one_too_many() -> None:
    said = faults(send("posts", [["B1", "书记", "党员B1甲", *[""] * 4], ["B1", "书记", "党员B1乙", *[""] * 4]]))
    assert said == {3: [["", "与第 2 行重复"]]}


def test_nothing_is_written_before_somebody_says_so() -> None:
    before = Membership.objects.count()
    batch = send("members", [["B1", "周青禾", "正式党员", ""]])
    assert (batch.state, Membership.objects.count()) == (Batch.READY, before)
