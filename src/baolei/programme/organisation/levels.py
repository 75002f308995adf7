"""The five administrative levels 五级, what a unit of each is called, and what its statistical code tells.

Codes are those of the statistics office (统计用区划代码): 2, 4, 6, 9 or 12 digits for region, league, banner, township,
village; a code begins with the code of the unit above. The blocks within them follow GB/T 2260 and GB/T 10114.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from baolei.programme.standard.edition import Text


@dataclass(frozen=True, slots=True)
class Word:
    """One local word for a unit: `code`, its words, and the pattern of the names it ends."""

    code: str
    name: Text
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Level:
    """One administrative level: `number` from 1 (region) to 5 (village), digits of its code, its local words."""

    number: int
    code: str
    name: Text
    digits: int
    words: tuple[Word, ...]
    other: Text

    def kind(self, name: str) -> str:
        """The code of the local word a unit's name ends in, 'other' where none fits.

        >>> VILLAGE.kind("巴音敖包嘎查村委员会")
        'gacha'
        """
        return next((word.code for word in self.words if word.pattern.search(name)), "other")

    def word(self, name: str) -> Text:
        """What such a unit is called, in Chinese and English; the level's word for the rest where none fits."""
        return next((word.name for word in self.words if word.pattern.search(name)), self.other)


def _word(code: str, zh: str, en: str, ends: str) -> Word:
    return Word(code, Text(zh, en), re.compile(f"(?:{ends})$"))


_BODY = "(?:筹备处|委员会|委会|委)?"

REGION = Level(
    1,
    "region",
    Text("自治区（省）", "region"),
    2,
    (
        _word("autonomous_region", "自治区", "autonomous region", "自治区"),
        _word("province", "省", "province", "省"),
        _word("municipality", "直辖市", "municipality", "市"),
    ),
    Text("省级单位", "provincial unit"),
)
LEAGUE = Level(
    2,
    "league",
    Text("盟（市）", "league"),
    4,
    (
        _word("league", "盟", "league", "盟"),
        _word("city", "市", "city", "市"),
        _word("prefecture", "州（地区）", "prefecture", "州|地区"),
    ),
    Text("地级单位", "prefecture-level unit"),
)
BANNER = Level(
    3,
    "banner",
    Text("旗（县、市、区）", "banner"),
    6,
    (
        _word("zone", "开发区（管理区）", "functional zone", "开发区|管理区|园区|管委会|管理委员会"),
        _word("banner", "旗", "banner", "旗"),
        _word("county", "县", "county", "县"),
        _word("district", "区", "district", "区"),
        _word("city", "市", "county-level city", "市"),
    ),
    Text("县级单位", "county-level unit"),
)
TOWNSHIP = Level(
    4,
    "township",
    Text("苏木（乡镇、街道）", "township"),
    9,
    (
        _word("sumu", "苏木", "sumu", "苏木"),
        _word("town", "镇", "town", "镇"),
        _word("township", "乡", "township", "乡"),
        _word("subdistrict", "街道", "subdistrict", "街道(?:办事处|办)?"),
    ),
    Text("开发区、农牧林场等", "zone, farm or other"),
)
VILLAGE = Level(
    5,
    "village",
    Text("嘎查（村、社区）", "village"),
    12,
    (
        _word("other", "类似村（居）的单位", "unit like a village", "虚拟.*|生活区|生产队|管理区"),
        _word("gacha", "嘎查", "gacha", f"嘎查村?(?:社区)?(?:居民|村民|人民|居)?{_BODY}"),
        _word("community", "社区", "community", f"社区(?:居民|居)?{_BODY}|居民?(?:委员会|委会|委)"),
        _word("village", "村", "village", f"村(?:村?民|村)?{_BODY}"),
    ),
    Text("类似村（居）的单位", "unit like a village"),
)

LEVELS: tuple[Level, ...] = (REGION, LEAGUE, BANNER, TOWNSHIP, VILLAGE)
"""From the region down to the village, the order of 五级联动."""

_BY_DIGITS = {level.digits: level for level in LEVELS}
_BY_CODE = {level.code: level for level in LEVELS}


def level(name: str | int) -> Level:
    """The level of this code ('banner') or number (3). Raises KeyError, naming the five, for anything else."""
    found = _BY_CODE.get(name) if isinstance(name, str) else next((one for one in LEVELS if one.number == name), None)
    if found is None:
        raise KeyError(f"no level {name!r}: one of 1 to 5, or " + ", ".join(_BY_CODE))
    return found


def short(code: str) -> str:
    """A statistical code without the zeros that pad it to twelve digits. Raises ValueError for what is no code.

    >>> short("150422000000")
    '150422'
    """
    if not (code.isascii() and code.isdigit()) or len(code) not in _BY_DIGITS or code.startswith("00"):
        raise ValueError(f"{code!r} is no statistical code: 2, 4, 6, 9 or 12 digits")
    for digits in sorted(_BY_DIGITS):
        if digits < len(code) and not code[digits:].strip("0"):
            return code[:digits]
    return code


def level_of(code: str) -> Level:
    """The level a statistical code stands on. Raises ValueError for what is no code."""
    return _BY_DIGITS[len(short(code))]


def parent_of(code: str) -> str:
    """The code of the unit above, '' above a region. Raises ValueError for what is no code."""
    bare = short(code)
    above = LEVELS[_BY_DIGITS[len(bare)].number - 2] if len(bare) > REGION.digits else None
    return bare[: above.digits] if above else ""


def is_zone(code: str) -> bool:
    """Whether the code lies in the blocks kept for what is like a unit but is none: zones, farms, parks, virtual units.

    County level 71-80, township level 400-599, village level 400-599 (统计用区划代码编制规则). A village in a zone's
    township is itself an ordinary village. Raises ValueError for what is no code.
    """
    bare = short(code)
    if len(bare) == BANNER.digits:
        return 71 <= int(bare[4:]) <= 80
    return len(bare) in (TOWNSHIP.digits, VILLAGE.digits) and bare[-3] in "45"
