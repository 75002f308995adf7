"""What people type into cells is read kindly, and nothing is guessed."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baolei.programme import cells
from baolei.programme.cells import CellRefused

DAY = dt.date(2021, 7, 1)
DAYS = st.dates(dt.date(1900, 3, 1), dt.date(2199, 12, 31))
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)
SPACES = st.text(st.sampled_from(" \t\u3000\u00a0\u200b\ufeff\u2003"), max_size=4)
ANYTHING = st.one_of(
    st.text(max_size=60), st.integers(), st.floats(), st.booleans(), st.none(), st.dates(), st.datetimes()
)
CLEANERS = [
    cells.text, cells.name, cells.code, cells.day, cells.whole, cells.yes_no,
    lambda raw, epoch: cells.choice(raw, epoch, among={"full": ("正式党员", "正式"), "probationary": ("预备党员",)}),
]  # fmt: skip


def wide(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


@pytest.mark.parametrize("cleaner", CLEANERS)
@given(raw=ANYTHING, epoch=st.booleans())
def test_whatever_stands_in_a_cell_is_taken_or_refused_in_words(cleaner, raw, epoch) -> None:
    refused: list[CellRefused] = []
    try:
        cleaner(raw, epoch)
    except CellRefused as error:
        refused.append(error)
    assert all(one.wrong.zh and one.wrong.en and one.right.zh in str(one) and one.right.en for one in refused)


@given(HAN, SPACES, SPACES)
def test_a_name_is_the_same_with_spaces_around_it(name: str, before: str, after: str) -> None:
    assert cells.name(before + name + after) == cells.name(name) == unicodedata.normalize("NFC", name)


@given(HAN)
def test_what_has_been_cleaned_stays(name: str) -> None:
    for cleaner in (cells.text, cells.name):
        assert cleaner(cleaner(name)) == cleaner(name)


def test_names_keep_what_makes_them_rare() -> None:
    assert cells.name("周　青　禾") == cells.name("周 青 禾") == "周青禾"
    assert cells.name("𬱖·阿不都 Ｊｏｈｎ") == "𬱖·阿不都 John"
    assert cells.name("ᠪᠣᠷ\u200dᠲᠡ") == "ᠪᠣᠷ\u200dᠲᠡ"
    assert cells.name("周\u200d青禾") == "周青禾"
    assert cells.text("第一（直属）支部") == "第一（直属）支部"


@given(st.from_regex(r"[A-Z0-9][A-Z0-9._-]{0,12}", fullmatch=True).filter(lambda said: "E" not in said))
def test_a_code_may_be_typed_in_full_width(code: str) -> None:
    assert cells.code(wide(code)) == cells.code(f" {code} ") == code


@given(st.integers(0, 10**14))
def test_a_code_in_a_cell_of_numbers_keeps_its_digits(number: int) -> None:
    assert cells.code(float(number)) == cells.code(number) == str(number)


@pytest.mark.parametrize("raw", [150422103216001000, 1.50422103216001e17, "1.50422E+17", "1.5E17", 10.0**15])
def test_a_code_that_has_lost_digits_is_refused_not_guessed(raw: cells.Raw) -> None:
    with pytest.raises(CellRefused, match=r"已丢失末几位数字.*从原件重新填写"):
        cells.code(raw)


@pytest.mark.parametrize("raw", [DAY, True, "一支部", "a b!", "-1", "=1+1", "1" * 31, 1.5e-7])
def test_what_is_no_code_is_refused(raw: cells.Raw) -> None:
    with pytest.raises(CellRefused):
        cells.code(raw)


@given(DAYS)
def test_a_day_is_read_however_it_is_typed(day: dt.date) -> None:
    year, month, of = day.year, day.month, day.day
    typed = [
        day, dt.datetime(year, month, of, 8, 30, tzinfo=dt.UTC), day.isoformat(), f"{year}.{month}.{of}",
        f"{year}/{month:02}/{of:02}",
        f"{year}{month:02}{of:02}", int(f"{year}{month:02}{of:02}"), float(f"{year}{month:02}{of:02}"),
        f"{year}年{month}月{of}日", f" {year} 年 {month} 月 {of} 日 ", f"{year}年{month}月{of}号",
        wide(f"{year}-{month}-{of}"), f"{year}-{month:02}-{of:02} 00:00:00", f"{year}-{month:02}-{of:02}T00:00:00",
    ]  # fmt: skip
    assert {cells.day(one) for one in typed} == {day}


@given(DAYS)
def test_the_number_behind_a_day_is_read_from_both_epochs(day: dt.date) -> None:
    assert cells.day(float((day - dt.date(1899, 12, 30)).days)) == day
    if day >= dt.date(1904, 1, 2):
        assert cells.day((day - dt.date(1904, 1, 1)).days, True) == day


@pytest.mark.parametrize("raw", [
    "21.7.1", "21年7月1日", "2021-02-30", "2021-13-01", "昨天", 0, 60, -5, 200_000, True, "0021-07-01",
    dt.date(3000, 1, 1), "2021-7.1", float("nan"), float("inf"), "2021", "7月1日", 20211301,
])  # fmt: skip
def test_what_is_no_day_is_refused(raw: cells.Raw) -> None:
    with pytest.raises(CellRefused, match="2021-07-01"):
        cells.day(raw)


def test_a_year_of_two_digits_is_called_what_it_is() -> None:
    with pytest.raises(CellRefused, match=r"“21\.7\.1”的年份只有两位"):
        cells.day("21.7.1")


@given(st.integers(0, 10**9))
def test_a_whole_number_is_read_however_it_is_typed(number: int) -> None:
    typed = [number, float(number), str(number), f"{number:,}", f"{number}.0", f"+{number}", wide(str(number))]
    assert {cells.whole(one) for one in typed} == {number}


@pytest.mark.parametrize("raw", ["一", "1.5", 1.5, -1, 10**9 + 1, True, DAY, "1,00", "1e3", "1 2", float("nan")])
def test_what_is_no_whole_number_is_refused(raw: cells.Raw) -> None:
    with pytest.raises(CellRefused, match="填 0 到 1000000000 的整数"):
        cells.whole(raw)


def test_yes_and_no_in_the_words_people_use() -> None:
    assert [cells.yes_no(one) for one in ("是", "有", "√", "Y", "ｙｅｓ", "1", 1, True)] == [True] * 8
    assert [cells.yes_no(one) for one in ("否", "无", "×", "N", "no", "0", 0.0, False)] == [False] * 8
    with pytest.raises(CellRefused, match="既不是“是”也不是“否”"):
        cells.yes_no("也许")


def test_one_of_several_by_any_of_its_words() -> None:
    among = {"full": ("正式党员", "正式"), "probationary": ("预备党员",), "other": ()}
    assert cells.choice(" 正式 党员", among=among) == cells.choice("FULL", among=among) == "full"
    assert cells.choice(None, among=among) is None
    with pytest.raises(CellRefused, match="从中选一：正式党员、预备党员、other"):
        cells.choice("群众", among=among)


def test_an_empty_cell_is_nothing() -> None:
    for cleaner in CLEANERS:
        for empty in (None, "", "  ", "\u3000", "\u200b"):
            assert cleaner(empty, False) is None


def test_a_text_is_refused_where_a_spreadsheet_made_a_day_of_it_or_it_is_too_long() -> None:
    with pytest.raises(CellRefused, match="却是日期 2021-07-01"):
        cells.text(DAY)
    with pytest.raises(CellRefused, match="有 201 个字"):
        cells.text("长" * 201)
    assert cells.text(True) == "TRUE"
    assert cells.text(False) == "FALSE"
    assert cells.text(3.0) == "3"
    assert cells.text(3.5) == "3.5"
