"""Slips on paper: one PDF a township, ten to a page, each with its own code both to be read and to be scanned."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from baolei.programme.ballot.slips import Envelope, address, drawn, envelopes, made, typed_address, unlisted
from baolei.programme.standard.edition import Text
from baolei.warehouse.papers.paper import PaperRefused
from baolei.warehouse.papers.slips import (
    BranchSlips,
    EnvelopeList,
    Sheaf,
    TownshipSlips,
    envelopes_pdf,
    picture,
    slips_pdf,
)

ORIGIN = "https://ballots.example.cn"
OCCASION, LAST, DAY = "2026年度“最强党支部”评定", date(2026, 11, 23), date(2026, 11, 1)
MEMBERS, PUBLIC, SOCIETY = Text("党员评议", "Members"), Text("群众评议", "The public"), Text("社会评议", "Society")
LONG = "东乌珠穆沁旗嘎达布其镇满都胡宝拉格苏木巴彦都日格嘎查党支部委员会"
TURN = 1_000_003
"""Bytes for secrets that are nobody's ballots: any will do as long as no two are the same."""


def sheaf(number: int, source: Text, people: int, printed: int, **other: Any) -> Sheaf:
    poll = bytes([number]) * 16
    random = b"".join((number * TURN**2 + place * TURN).to_bytes(20, "big") for place in range(printed))
    return Sheaf(poll, source, people, made(poll, printed, random).codes, **other)


BRANCHES = (
    BranchSlips("乌里雅斯太嘎查党支部", (
        sheaf(1, MEMBERS, 20, 22), sheaf(2, PUBLIC, 8, 10, public=True), sheaf(3, SOCIETY, 3, 5, named=True),
    )),
    BranchSlips(LONG, (sheaf(4, MEMBERS, 9, 11),)),
)  # fmt: skip
TOWNSHIP = TownshipSlips("嘎达布其镇", OCCASION, ORIGIN, LAST, BRANCHES)
SHEETS = [sheaf for branch in BRANCHES for sheaf in branch.sheaves]


@pytest.fixture(scope="module")
def pages() -> list[Any]:
    return list(PdfReader(io.BytesIO(slips_pdf(TOWNSHIP, DAY))).pages)


def text_of(page: Any) -> str:
    return str(page.extract_text())


def codes_on(page: Any) -> list[str]:
    """The codes as they stand on a page, eight groups of four in two rows."""
    rows = re.findall(r"^(?:[a-z2-7]{4} ){3}[a-z2-7]{4}$", text_of(page), re.MULTILINE)
    return [(one + other).replace(" ", "") for one, other in zip(rows[::2], rows[1::2], strict=True)]


# ---- what is scanned ----


def drawings(page: Any) -> Iterator[list[list[int]]]:
    """The dark squares of each QR code on a page, as they are drawn: lines one square high."""
    for each in re.findall(rb"q [^Q]{2000,}?Q", page.get_contents().get_data()):
        runs = re.findall(rb"\b(\d+) (\d+) m (\d+) \2 l", each)
        size = 1 + max(int(y) for _x, y, _to in runs)
        dark = [[0] * size for _ in range(size)]
        for x, y, to in runs:
            dark[int(y)][int(x) : int(to)] = [1] * (int(to) - int(x))
        yield dark


def scanned(dark: list[list[int]]) -> str:
    """What a QR code of 41 squares (version 6, level M) says, read by the standard without correcting anything."""
    assert len(dark) == 41
    form = int("".join(str(dark[8][x]) for x in (0, 1, 2, 3, 4)), 2) ^ 0b10101
    assert form >> 3 == 0b00  # level M
    flips = [lambda y, x: (y + x) % 2, lambda y, x: y % 2, lambda y, x: x % 3, lambda y, x: (y + x) % 3][form & 7]

    def kept(y: int, x: int) -> bool:
        """Whether a square belongs to the frame of the code: corners, formats, timing, alignment."""
        corner = (y < 9 and x < 9) or (y < 9 and x > 32) or (y > 32 and x < 9)
        return corner or 6 in (y, x) or (32 <= y <= 36 and 32 <= x <= 36)

    bits = []
    columns = [x for x in range(40, -1, -1) if x != 6]
    for place in range(0, 40, 2):
        rows = range(41) if place // 2 % 2 else range(40, -1, -1)
        for y in rows:
            for x in columns[place : place + 2]:
                if not kept(y, x):
                    bits.append(dark[y][x] ^ (not flips(y, x)))
    words = [int("".join(map(str, bits[at : at + 8])), 2) for at in range(0, 108 * 8, 8)]
    stream = "".join(f"{words[place * 4 + block]:08b}" for block in range(4) for place in range(27))
    assert stream[:4] == "0100"  # bytes
    length = int(stream[4:12], 2)
    return bytes(int(stream[12 + at * 8 : 20 + at * 8], 2) for at in range(length)).decode()


def test_each_code_on_paper_is_also_what_its_picture_says(pages: list[Any]) -> None:
    polls = {code: one.poll for one in SHEETS for code in one.codes}
    seen = 0
    for page in pages:
        said = [scanned(dark) for dark in drawings(page)]
        assert said == [address(ORIGIN, polls[code], code) for code in codes_on(page)]
        seen += len(said)
    assert seen == len(polls) == 48


def test_a_picture_has_nothing_around_it_and_is_black() -> None:
    made_ = picture(address(ORIGIN, bytes(16), "a" * 32))
    assert 'viewBox="0 -.5 41 41"' in made_
    assert 'd="M0 0h7' in made_  # the first row of the first corner
    assert 'stroke="#000"' in made_


# ---- what is read ----


def test_a_township_is_one_file_with_a_page_for_each_branch_and_ten_slips_to_a_page(pages: list[Any]) -> None:
    assert [len(codes_on(page)) for page in pages] == [0, 10, 10, 2, 10, 5, 0, 10, 1]
    assert [code for page in pages for code in codes_on(page)] == [code for one in SHEETS for code in one.codes]
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == {(595, 842)}


def test_a_slip_says_what_it_is_for_until_when_and_where_it_is_typed(pages: list[Any]) -> None:
    for page, one, branch in ((pages[1], SHEETS[0], BRANCHES[0].name), (pages[7], SHEETS[3], LONG)):
        text = text_of(page)
        for words in (OCCASION, branch, one.source.zh, "2026年11月23日截止", typed_address(ORIGIN, one.poll),
                      "抽签领取，不记名，任何人都查不到是谁投的", "nobody can find out who cast it"):  # fmt: skip
            assert text.count(words) == 10, words


def test_slips_of_a_sheaf_differ_by_their_code_alone(pages: list[Any]) -> None:
    """No number, no order, no mark by which one slip is told from the next."""
    slips = text_of(pages[1])
    for code in codes_on(pages[1]):
        for row in (code[:16], code[16:]):
            slips = slips.replace(" ".join(row[at : at + 4] for at in range(0, 16, 4)), "-")
    lines = slips.split("\n")
    each = len(lines) // 10
    assert len({tuple(lines[at : at + each]) for at in range(0, 10 * each, each)}) == 1
    assert lines[each - 2 : each] == ["-", "-"]
    assert text_of(pages[2]).split("\n")[: each - 2] == lines[: each - 2]  # nor a page from the next


def test_a_named_rater_is_told_so_and_promised_nothing(pages: list[Any]) -> None:
    text = text_of(pages[5])
    assert text.count("由上级指定人员评议，结果能对应到人") == 5
    assert "不记名" not in text


def test_the_page_of_a_branch_counts_its_slips_and_says_how_to_hand_them_out(pages: list[Any]) -> None:
    first, second = text_of(pages[0]), text_of(pages[6])
    for source, people, spare, printed, where in (
        ("党员评议", 20, 2, 22, "2–4"), ("群众评议", 8, 2, 10, "5"), ("社会评议", 3, 2, 5, "6"),
    ):  # fmt: skip
        assert re.search(rf"{source}\s+{people}\s+{spare}\s+{printed}\s+{where}\b", first)
    assert re.search(r"党员评议\s+9\s+2\s+11\s+8–9\b", second)
    for words in ("签到册", "摇匀", "两人", "销毁", "2026年11月23日（含当日）截止", "删除本文件"):
        assert words in first.replace("\n", "")
        assert words in second.replace("\n", "")
    assert "信封" in first
    assert "信封" not in second  # only where the public is asked
    assert "上级指定" not in second


def test_codes_are_set_in_letters_of_one_width_and_every_face_is_in_the_file(pages: list[Any]) -> None:
    fonts = [font.get_object() for font in pages[1]["/Resources"]["/Font"].values()]
    assert any("DejaVuSansMono" in font["/BaseFont"] for font in fonts)
    for font in fonts:
        inner = font.get("/DescendantFonts", [font])[0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(inner)


def test_printed_again_from_the_same_codes_it_is_the_same_file() -> None:
    small = TownshipSlips("镇", OCCASION, ORIGIN, LAST, BRANCHES[1:])
    assert slips_pdf(small, DAY) == slips_pdf(small, DAY)


def test_a_sign_that_no_font_has_is_named_and_no_code_is() -> None:
    strange = TownshipSlips("镇", OCCASION, ORIGIN, LAST, [BranchSlips("ᠮᠣᠩᠭᠣᠯ", BRANCHES[1].sheaves)])
    with pytest.raises(PaperRefused, match="no font prints") as refused:
        slips_pdf(strange, DAY)
    assert not any(code[:4] in str(refused.value) for code in BRANCHES[1].sheaves[0].codes)
    assert BRANCHES[1].sheaves[0].codes[0] not in repr(strange)


# ---- envelopes ----


def test_the_list_of_envelopes_has_numbers_and_the_seed_and_nobody() -> None:
    found = envelopes(drawn("20261101-8842", "150101001", 212, 27))
    lists = [EnvelopeList("乌里雅斯太嘎查党支部", "150101001", 212, found),
             EnvelopeList("第二党支部", "150101002", 0, unlisted(18))]  # fmt: skip
    reader = PdfReader(io.BytesIO(envelopes_pdf("嘎达布其镇", OCCASION, "20261101-8842", lists, DAY)))
    text = "\n".join(map(text_of, reader.pages))
    assert "20261101-8842" in text
    assert "名册共212户，抽出27户" in text
    assert "未留名册，共18个信封" in text
    listed, rest = text.split("第二党支部")
    numbers = [int(one) for one in re.findall(r"\b\d+\b", listed.split("送达\n", 1)[1])]
    assert numbers[:54] == [number for one in found for number in (one.number, one.household)]
    assert [int(one) for one in re.findall(r"\b\d+\b", rest.split("送达\n", 1)[1])][:18] == list(range(1, 19))
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"  # type: ignore[index]


def test_a_long_list_goes_on_from_page_to_page_under_its_head() -> None:
    many = [Envelope(number, number * 3) for number in range(1, 301)]
    made_ = envelopes_pdf("嘎达布其镇", OCCASION, "1", [EnvelopeList("大支部", "1", 900, many)], DAY)
    pages = [text_of(page) for page in PdfReader(io.BytesIO(made_)).pages]
    assert len(pages) > 2
    assert all("户号" in page for page in pages)
    assert "900" in pages[-1]
