"""The naming document and the notice as official papers: every name prints, by unit in official order."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

import stage
from baolei.ledger.models import Entry
from baolei.naming import actions, content, papers
from baolei.naming.models import Line, NamingList, Paper, Title
from baolei.notices import actions as noticing
from baolei.organisations.models import OrganisationState, UnitState
from baolei.organisations.units import NotPossible
from baolei.programme.papers import NAMING, NOTICE, WordingRefused
from baolei.warehouse.papers.blank import blank
from baolei.warehouse.papers.paper import Group, PaperRefused
from baolei.warehouse.papers.paper import Paper as Sheet
from baolei.warehouse.papers.pdf import as_pdf
from baolei.warehouse.papers.word import as_word
from baolei.warehouse.rulebook import papers as paper_rules
from round_stage import BRANCHES, NOW, declaration_of, listed

RARE = "喆堃翀旻璟㛃祎玥䶮𬱖昉晗"
MONGOLIAN = "乌云其其格苏日娜阿拉腾敖其尔哈斯额尔敦"
DAY = date(2026, 7, 1)


def sheet(*groups: Group, **other: Any) -> Sheet:
    said: dict[str, Any] = {
        "issuer": "中共内蒙古自治区委员会组织部", "number": "内组通字〔2026〕30号",
        "title": "关于命名“最强党支部”的决定", "recipients": "各盟市党委组织部",
        "body": ("决定命名。", "希望再接再厉。"), "attachment": "“最强党支部”名单",
        "signature": "中共内蒙古自治区委员会组织部", "day": DAY, "groups": groups,
    }  # fmt: skip
    return Sheet(**{**said, **other})


def group(name: str, number: int, branch: str = "党支部") -> Group:
    return Group(name, tuple((f"{branch}{place}号", "某某旗某某苏木", "嘎查村") for place in range(number)))


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return "\n".join(page.extract_text() for page in pages).replace(" ", "")


# ---- the two forms ----


def test_every_name_prints_and_the_list_goes_on_from_page_to_page() -> None:
    made = as_pdf(sheet(group("通辽市", 60), Group("兴安盟", ((f"{RARE}党支部", MONGOLIAN, "牧区嘎查"),))))
    found = text_of(made).replace("\n", "")
    assert RARE in found
    assert MONGOLIAN in found
    assert all(f"党支部{place}号" in found for place in range(60))  # none is cut off at the end of a page
    assert found.index("通辽市（60个）") < found.index("兴安盟（1个）") < found.index("61" + RARE)
    reader = PdfReader(io.BytesIO(made))
    assert len(reader.pages) > 3
    assert reader.pages[2].extract_text().startswith("序号")  # the head of the table stands on each page
    assert reader.metadata is not None
    assert reader.metadata.title == "关于命名“最强党支部”的决定"
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"  # type: ignore[index]
    assert as_pdf(sheet(group("通辽市", 2))) == as_pdf(sheet(group("通辽市", 2)))


def test_a_sign_that_no_font_has_is_named() -> None:
    with pytest.raises(PaperRefused, match="没有字体能印出“𠀀”"):
        as_pdf(sheet(Group("", (("𠀀党支部", "", ""),))))


def test_a_notice_has_no_red_head() -> None:
    found = text_of(as_pdf(sheet(group("", 1), number="", recipients="")))
    assert "文件" not in found
    assert "附件：“最强党支部”名单" in found


def words_of(body: bytes) -> str:
    document = docx.Document(io.BytesIO(body))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_word_holds_the_same_and_names_the_fonts_of_the_standard() -> None:
    made = as_word(sheet(group("通辽市", 3), Group("兴安盟", ((f"{RARE}<&>", MONGOLIAN, ""),))))
    found = words_of(made)
    assert "中共内蒙古自治区委员会组织部文件" in found
    assert "2026年7月1日" in found
    assert f"{RARE}<&>" in found
    document = docx.Document(io.BytesIO(made))
    assert [len(table.rows) for table in document.tables] == [4, 2]
    assert [row.cells[0].text for table in document.tables for row in table.rows] == [
        "序号",
        "1",
        "2",
        "3",
        "序号",
        "4",
    ]
    xml = document.element.xml
    assert 'w:eastAsia="方正小标宋简体"' in xml
    assert 'w:eastAsia="仿宋_GB2312"' in xml
    assert 'w:type="lines"' in xml
    assert xml.count("<w:tblHeader/>") == 2
    assert "文件" not in words_of(as_word(sheet(group("", 1), number="")))


def test_a_unit_puts_its_own_template_in_place_of_ours(tmp_path: Path) -> None:
    own = docx.Document(io.BytesIO(blank()))
    own.add_paragraph("抄送：{{ issuer }}办公室")
    own.save(tmp_path / "naming.docx")
    assert "抄送：中共内蒙古自治区委员会组织部办公室" in words_of(
        as_word(sheet(group("", 1)), tmp_path / "naming.docx")
    )
    own.add_paragraph("{{ whatever }}")
    own.save(tmp_path / "naming.docx")
    with pytest.raises(PaperRefused, match=r"naming\.docx 无法使用.*whatever"):
        as_word(sheet(group("", 1)), tmp_path / "naming.docx")
    (tmp_path / "naming.docx").write_text("不是 Word")
    with pytest.raises(PaperRefused, match="模板须是 Word"):
        as_word(sheet(group("", 1)), tmp_path / "naming.docx")
    assert as_word(sheet(group("", 1)), tmp_path / "none.docx")


# ---- worded by people, made by a job ----


@pytest.fixture
def own_home(tmp_path: Path, settings: Any) -> Path:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")
    return tmp_path


@pytest.fixture
def made(db: None, own_home: Path, english: None, django_capture_on_commit_callbacks: Any) -> NamingList:
    return listed(django_capture_on_commit_callbacks)


def adopted(made: NamingList, **other: Any) -> NamingList:
    actions.adopt(actor=None, now=NOW, naming_list=made, document="内组通字〔2026〕30号", on=DAY, why="命名", **other)
    return NamingList.objects.select_related("round", "run").get()


def said(kind: str = NAMING, **other: str) -> dict[str, str]:
    words = paper_rules().papers[kind]
    issuer = "中共内蒙古自治区委员会组织部"
    return {"issuer": issuer, "title": words.title, "recipients": words.recipients, "body": words.body,
            "attachment": words.attachment, "signature": issuer, **other}  # fmt: skip


def worded(made: NamingList, capture: Any, kind: str = NAMING, **other: Any) -> Paper:
    with capture(execute=True):
        mine = papers.put_in_words(actor=None, now=NOW, naming_list=made, kind=kind, said=said(kind), why="拟文",
                                   **other)  # fmt: skip
    mine.refresh_from_db()
    return mine


def test_an_adopted_list_becomes_a_document_in_both_forms(
    made: NamingList, django_capture_on_commit_callbacks: Any
) -> None:
    with pytest.raises(NotPossible, match="adopt it first"):
        worded(made, django_capture_on_commit_callbacks)
    UnitState.objects.filter(code="1504").update(name="赤峰市")
    OrganisationState.objects.filter(code=BRANCHES[0]).update(name=f"{RARE}党支部")
    mine = worded(adopted(made), django_capture_on_commit_callbacks)
    assert (mine.state, mine.said, mine.names) == (Paper.DONE, "", 1)
    found = text_of(papers.file_of(mine, "pdf").read_bytes()).replace("\n", "")
    for words in (
        "内组通字〔2026〕30号",
        "2026年7月1日",
        f"{RARE}党支部",
        "赤峰市1个",
        "决定命名1个党支部为“最强党支部”",
    ):
        assert words in found
    assert f"{RARE}党支部" in words_of(papers.file_of(mine, "word").read_bytes())
    told = Entry.objects.get(act="naming.set").particulars["after"]
    assert told["pdf"] == mine.digests["pdf"]


def test_names_stand_by_unit_in_the_order_of_codes(made: NamingList) -> None:
    Line.objects.update(listed=True)
    UnitState.objects.filter(code="1504").update(name="赤峰市")
    UnitState.objects.filter(code="150422").update(name="巴林左旗")
    UnitState.objects.filter(code="150422103").update(name="某某苏木")
    UnitState.objects.filter(code="150422103216").update(name="某某嘎查")
    (only,) = content.names_by_unit(made, DAY)
    assert (only.name, [row[0] for row in only.rows]) == ("赤峰市", list(BRANCHES[:2]))
    assert only.rows[0][1:] == ("巴林左旗某某苏木某某嘎查", "嘎查村")


def test_words_with_a_brace_that_nothing_fills_in_are_refused(made: NamingList) -> None:
    with pytest.raises(WordingRefused, match="谁"):
        papers.put_in_words(
            actor=None, now=NOW, naming_list=adopted(made), kind=NAMING, said=said(body="{谁}"), why="x"
        )
    assert not Paper.objects.exists()


def test_a_paper_that_cannot_be_set_says_why_and_is_set_once_it_can(
    made: NamingList, own_home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    (own_home / "templates").mkdir()
    (own_home / "templates" / "naming.docx").write_text("不是 Word")
    mine = worded(adopted(made), django_capture_on_commit_callbacks)
    assert mine.state == Paper.FAILED
    assert "naming.docx" in mine.said
    (own_home / "templates" / "naming.docx").unlink()
    Paper.objects.update(state=Paper.WAITING, beat=None)
    papers.PAPERS.pick_up()
    mine.refresh_from_db()
    assert mine.state == Paper.DONE


def test_a_notice_is_printed_from_the_names_as_they_stand(
    made: NamingList, django_capture_on_commit_callbacks: Any
) -> None:
    made.round.phase = "notice"
    made.round.save()
    clerk = stage.mandated("15", "region_clerk")
    posting = noticing.post(actor=clerk, now=NOW, round=made.round, why="公示")
    client = Client()
    public = reverse("public_notice_file", args=[made.round_id])
    assert client.get(public).status_code == 404
    client.force_login(clerk)
    client.cookies["django_language"] = "en"
    word = reverse("word_notice_paper", args=[made.round_id])
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(word, {**said(NOTICE), "why": "拟文"}).status_code == 302
    got = Client().get(public)
    found = text_of(got.content).replace("\n", "")
    assert BRANCHES[0] in found
    assert f"{posting.first.year}年{posting.first.month}月{posting.first.day}日" in found
    assert "共5个工作日" in found
    assert "The notice to print" in client.get(reverse("public_notice", args=[made.round_id])).text
    two = stage.mandated("15")
    line = made.lines.get(listed=True)
    actions.propose(actor=clerk, now=NOW, line=line, act="struck", reason="查实问题")
    actions.agree(actor=two, now=NOW, line=line, why="同意")
    assert Client().get(public).status_code == 404
    assert "have changed since" in client.get(reverse("notice_paper", args=[made.round_id])).text


def test_who_leads_words_it_and_who_sees_the_round_takes_it(
    made: NamingList, django_capture_on_commit_callbacks: Any
) -> None:
    lead, secretary = stage.mandated("15"), stage.mandated(BRANCHES[0], "branch_secretary")

    def asked(account: Any, name: str, *rest: Any, **body: Any) -> Any:
        client = Client()
        client.force_login(account)
        client.cookies["django_language"] = "en"
        address = reverse(name, args=[made.round_id, *rest])
        return client.post(address, body) if body else client.get(address)

    assert asked(lead, "word_naming_paper").status_code == 404  # not adopted
    adopted(made)
    form = asked(lead, "word_naming_paper")
    assert "中共15委员会组织部" in form.text
    assert "{个数}" in form.text
    assert asked(secretary, "word_naming_paper").status_code == 404
    refused = asked(lead, "word_naming_paper", **{**said(body="{谁}"), "why": "拟文"})
    assert refused.status_code == 422
    assert "nothing fills in “{谁}”" in refused.text
    assert asked(secretary, "paper_file", "naming", "pdf").status_code == 404  # not made yet
    with django_capture_on_commit_callbacks(execute=True):
        assert asked(lead, "word_naming_paper", **{**said(), "why": "拟文"}).status_code == 302
    assert "Take it as PDF" in asked(secretary, "naming_paper").text
    assert asked(secretary, "paper_file", "naming", "pdf").content[:5] == b"%PDF-"
    assert asked(secretary, "paper_file", "naming", "word").content[:2] == b"PK"
    assert asked(secretary, "paper_file", "naming", "exe").status_code == 404
    assert asked(secretary, "paper_file", "naming", "template").status_code == 404
    assert "{{ title }}" in words_of(asked(lead, "paper_file", "naming", "template").content)
    assert Entry.objects.filter(act="house.export").count() == 3


def test_a_plaque_is_printed_only_where_the_round_hands_plaques_out(made: NamingList) -> None:
    lead = stage.mandated("15")
    adopted(made)
    title = Title.objects.get()
    client = Client()
    client.force_login(lead)
    address = reverse("title_plaque", args=[title.pk])
    assert client.get(address).status_code == 404
    NamingList.objects.update(plaques=True)
    found = text_of(client.get(address).content)
    assert "最强党支部" in found
    assert BRANCHES[0] in found
    assert declaration_of(made.round, BRANCHES[0]).organisation_id == title.organisation_id
