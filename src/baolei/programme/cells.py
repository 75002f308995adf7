"""What a person types into a cell, read kindly: full-width digits, stray spaces, dates as text, numbers as text.

Every cleaner takes the raw value of one cell and returns what was meant, or raises CellRefused, which says what is
wrong and what would be right. An empty cell is None. Nothing is guessed: where two readings are possible, or digits
were lost before the file reached us, the cell is refused.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import TypeAlias, TypeVar

from baolei.programme.refusals import Refusal
from baolei.programme.standard.edition import Text

Raw: TypeAlias = str | int | float | bool | dt.date | dt.datetime | None
"""A cell as the file holds it. A spreadsheet knows text, numbers, days, moments and yes or no, and nothing else."""

T = TypeVar("T")
Cleaner: TypeAlias = Callable[[Raw, bool], T | None]
"""Raw cell and whether the workbook counts its days from 1904; the cleaned value, None for an empty cell."""

LONGEST = 32_767
"""Characters a cell of a spreadsheet can hold."""
EXACT = 10**15
"""A number in a cell keeps fifteen digits; from here on the last ones may have been lost."""

_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_WIDE_LETTERS = {wide: narrow for wide, narrow in _WIDE.items() if chr(narrow).isalnum()}
# No character anybody means to write: zero-width spaces, soft hyphens, marks that turn the direction of the line.
_NOTHING = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f]")
_JOINERS = re.compile("[\u200c\u200d]")
_MONGOLIAN = re.compile("[\u1800-\u18af]")
_SPACES = re.compile(r"\s+")
_HAN = r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_BETWEEN_HAN = re.compile(f"(?<={_HAN}) +(?={_HAN})")
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d+)?[eE]\+?\d+")
_DAYS = (
    re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?)?"),
    re.compile(r"(\d{4})()(\d{2})(\d{2})"),
    re.compile(r"(\d{4})( ?)年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]?"),
)
_TWO_DIGITS = re.compile(r"\d{2}[-./年]\d{1,2}[-./月]\d{1,2}日?")
_FIRST, _LAST = dt.date(1900, 3, 1), dt.date(2199, 12, 31)
_YES, _NO = ("是", "有", "对", "y", "yes", "true", "1", "√", "✓"), ("否", "无", "不", "n", "no", "false", "0", "×", "✗")


class CellRefused(Refusal):
    """A cell that cannot be taken as it stands; `wrong` and `right` say so in Chinese and English."""

    def __init__(self, wrong: Text, right: Text) -> None:
        self.wrong, self.right = wrong, right
        super().__init__(f"{wrong.zh}；{right.zh} / {wrong.en}: {right.en}")


def plain(raw: Raw) -> str:
    """The text of a cell without what nobody sees: outer spaces of every kind, zero-width signs, doubled spaces.

    Full-width digits and letters become ordinary ones; Chinese punctuation and rare characters stay. A whole number
    loses the point zero that spreadsheets give it.
    """
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < EXACT:
        return str(int(raw))
    text = unicodedata.normalize("NFC", _NOTHING.sub("", str(raw)).translate(_WIDE_LETTERS))
    if not _MONGOLIAN.search(text):  # there they shape the letters
        text = _JOINERS.sub("", text)
    return _SPACES.sub(" ", text).strip()


def narrow(raw: Raw) -> str:
    """The same for codes, days and numbers, where full-width signs too are ordinary ones."""
    return plain(str(raw).translate(_WIDE) if isinstance(raw, str) else raw)


def text(raw: Raw, epoch1904: bool = False, *, most: int = 200) -> str | None:
    """Words, at most `most` characters. A day or a moment is refused: the spreadsheet has turned something into it."""
    if isinstance(raw, dt.date):
        raise CellRefused(
            Text(f"这里应是文字，却是日期 {raw}", f"words are wanted here, not the day {raw}"),
            Text("把单元格设为“文本”后重新填写", "format the cell as text and type it again"),
        )
    said = plain(raw)
    if len(said) > most:
        raise CellRefused(
            Text(f"有 {len(said)} 个字，太长", f"{len(said)} characters are too many"),
            Text(f"不超过 {most} 个字", f"{most} at most"),
        )
    return said or None


def name(raw: Raw, epoch1904: bool = False, *, most: int = 200) -> str | None:
    """A name: as `text`, and the spaces that pad short Chinese names in columns are taken out."""
    said = text(raw, epoch1904, most=most)
    return _BETWEEN_HAN.sub("", said) if said else None


def code(raw: Raw, epoch1904: bool = False, *, most: int = 30) -> str | None:
    """A code of letters, digits, dots, strokes. A number that no longer has all its digits is refused."""
    if isinstance(raw, (dt.date, bool)) or (isinstance(raw, float) and not raw.is_integer()):
        raise CellRefused(
            Text(f"这里应是编码，却是 {raw}", f"a code is wanted here, not {raw}"),
            Text("把单元格设为“文本”后重新填写编码", "format the cell as text and type the code again"),
        )
    said = narrow(raw).replace(" ", "")
    if (isinstance(raw, (int, float)) and abs(raw) >= EXACT) or _SCIENTIFIC.fullmatch(said) or "e+" in said.lower():
        raise CellRefused(
            Text(f"编码 {said} 已丢失末几位数字", f"the code {said} has lost its last digits"),
            Text(
                "把这一列设为“文本”，从原件重新填写编码",
                "format the column as text and copy the code from its source again",
            ),
        )
    if said and not re.fullmatch(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{most - 1}}}", said):
        raise CellRefused(
            Text(f"“{said[:40]}”不是编码", f"{said[:40]!r} is no code"),
            Text(f"只用字母和数字，不超过 {most} 位", f"letters and digits, {most} at most"),
        )
    return said or None


def day(raw: Raw, epoch1904: bool = False) -> dt.date | None:
    """A day: 2021-07-01, 2021.7.1, 2021/7/1, 20210701, 2021年7月1日, a cell of days, or the number behind one.

    `epoch1904` says from which day the workbook counts. A year of two digits is refused.
    """
    if isinstance(raw, dt.datetime):
        raw = raw.date()
    if isinstance(raw, dt.date):
        return _plausible(raw, str(raw))
    said = narrow(raw)
    if not said:
        return None
    if isinstance(raw, (int, float)) and not isinstance(raw, bool) and len(said) != 8:
        return _plausible(_of_serial(raw, epoch1904), said)
    for form in _DAYS:
        if found := form.fullmatch(said):
            return _plausible(_calendar(int(found[1]), int(found[3]), int(found[4])), said)
    if _TWO_DIGITS.fullmatch(said):
        raise CellRefused(
            Text(f"“{said}”的年份只有两位", f"the year of {said!r} has two digits"),
            Text("写全年份，如 2021-07-01", "write all four, as 2021-07-01"),
        )
    return _plausible(None, said)


def whole(raw: Raw, epoch1904: bool = False, *, least: int = 0, most: int = 10**9) -> int | None:
    """A whole number from `least` to `most`, also when typed as text, with thousands separated or not."""
    said = narrow(raw)
    if not said:
        return None
    found = re.fullmatch(r"([+-]?\d{1,15})(?:\.0+)?", re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", said))
    number = int(found[1]) if found and not isinstance(raw, (bool, dt.date)) else None
    if number is None or not least <= number <= most:
        raise CellRefused(
            Text(f"“{said[:40]}”不是可用的整数", f"{said[:40]!r} is no whole number that fits"),
            Text(f"填 {least} 到 {most} 的整数", f"a whole number from {least} to {most}"),
        )
    return number


def yes_no(raw: Raw, epoch1904: bool = False) -> bool | None:
    """是 or 否, and the other ways people say it."""
    if isinstance(raw, bool):
        return raw
    said = narrow(raw).lower()
    if not said:
        return None
    if said in _YES or said in _NO:
        return said in _YES
    raise CellRefused(
        Text(f"“{said[:40]}”既不是“是”也不是“否”", f"{said[:40]!r} is neither yes nor no"),
        Text("填“是”或“否”", "yes or no"),
    )


def choice(raw: Raw, epoch1904: bool = False, *, among: Mapping[str, tuple[str, ...]]) -> str | None:
    """One of several: `among` gives for each value the words that mean it, the first of which is shown."""
    said = narrow(raw).lower().replace(" ", "")
    if not said:
        return None
    for value, words in among.items():
        if said == value.lower() or any(said == narrow(word).lower().replace(" ", "") for word in words):
            return value
    shown = "、".join(words[0] if words else value for value, words in among.items())
    raise CellRefused(
        Text(f"没有“{said[:40]}”这一项", f"{said[:40]!r} is none of the choices"),
        Text(f"从中选一：{shown}", f"one of: {shown}"),
    )


def _of_serial(number: float, epoch1904: bool) -> dt.date | None:
    """The day behind a number, None where there is none. The first sixty of 1900 are ambiguous and never meant."""
    if not 61 <= number <= 150_000 and not (epoch1904 and 0 < number <= 150_000):
        return None
    return (dt.date(1904, 1, 1) if epoch1904 else dt.date(1899, 12, 30)) + dt.timedelta(days=int(number))


def _calendar(year: int, month: int, of_month: int) -> dt.date | None:
    try:
        return dt.date(year, month, of_month)
    except ValueError:
        return None


def _plausible(found: dt.date | None, said: str) -> dt.date:
    if found is None or not _FIRST <= found <= _LAST:
        raise CellRefused(
            Text(f"“{said[:40]}”不是日期", f"{said[:40]!r} is no day"),
            Text("写成 2021-07-01 这样", "write it as 2021-07-01"),
        )
    return found
