"""What was added to ballots in words: only where ten ballots or more were cast, in an order that says nothing, no time.

Before anybody reads them a screen looks for what may tell of whom a comment speaks, or whose it is. What it finds is
held for a person to decide; no word of a comment is ever changed. The screen rather holds one too many: a comment that
waits for a reader harms nobody. It cannot find every name: one of two characters looks like a word.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from baolei.programme.personal import personal
from baolei.programme.standard.edition import Text

FROM = 10
"""So many ballots of a poll, and its comments may be shown."""

DIGITS = Text("一长串数字", "a long run of digits")
ADDRESS = Text("邮箱或者账号", "an e-mail address or an account")
NAME = Text("可能是人名", "what may be a person's name")
SCRIPT = Text("筛查读不懂的文字", "letters that the screen cannot read")

_DIGIT = r"[\d零〇一二三四五六七八九幺]"
_DIGITS = re.compile(rf"{_DIGIT}(?:[ -]?{_DIGIT}){{6}}")
"""Seven digits, also as numerals: telephones, accounts, identity numbers with a sign left out."""
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+|(?:微信|QQ|VX|WX|WECHAT)(?:号|号码)?(?:是|[: ])*[A-Z0-9_-]{5}")
_UNREAD = re.compile(
    r"[^\W\d_a-zA-Z\u00c0-\u024f\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)

_SURNAME = (
    "(?:欧阳|司马|诸葛|上官|[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧肖程曹袁邓许傅沈曾彭吕苏卢蒋"
    "蔡贾丁魏薛叶阎闫余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚"
    "文庞樊殷施陶洪翟安倪严温俞鲁葛韦毕聂焦柳邢岳齐梅莫辛耿牟詹关苗靳裴鲍霍甄柏宁柴冉包乌佟敖])"
)
_ANY = f"(?:{_SURNAME}|[牛季章谷费席车路祝])"
"""The surnames; before a title also those that are mostly words of every day."""
_WORD = (
    "(?!高[兴度效质标质考低温原]|任[务何意免职]|方[法便面式案向]|马[上路匹]|常[常委年规务]|文[化明件艺体]|许[多可诺]"
    "|周[围边到期末年]|林[业草地场木]|田[地间里]|万[一元户亩分]|程[序度]|于是|余[下额]|曾经|白[天酒]|金[额钱融]|毛病|石[头油]"
    "|夏[天季]|江[山河]|黄[河金]|钱[财款]|易[于懂]|武[装器]|段[时落]|安[全排心置装]|关[心于系键注爱]"
    "|温[暖度]|严[格重肃厉]|包[括容村联干]|施[工肥]|何[时况必]|张[贴榜]|陈[旧述]|胡[乱同]"
    "|顾[问及]|龙头|洪[水涝]|齐[全心]|康复|史上|谢谢|郑重)"
)
"""Words that begin like a surname."""
_TITLE = (
    "(?:书记|支书|主任|主席|委员|同志|先生|女士|老师|医生|大夫|会计|村长|队长|组长|镇长|乡长|旗长|县长|局长|科长|站长|所长|院长"
    "|校长|经理|嘎查达|苏木达|大爷|大妈|大叔|大姐|大哥|阿姨|师傅|家人|的?(?:儿子|女儿|媳妇|老婆|丈夫|爱人|亲戚))"
)
_HAN, _EDGE = "[\u3400-\u9fff]", "(?:^|$|[^\u3400-\u9fff])"
_DOES = "[不很太最总也都把被对给让和跟与是在有没说应要能会从去来常]"
_NAMES = tuple(
    re.compile(pattern)
    for pattern in (
        f"{_WORD}{_ANY}{_HAN}{{0,2}}{_TITLE}",
        f"(?:{_TITLE}|叫|姓名){_WORD}{_SURNAME}{_HAN}",
        f"[老小](?!康|白菜){_SURNAME}",
        f"{_ANY}[某×*]",
        f"{_EDGE}{_WORD}{_SURNAME}{_HAN}{{1,2}}{_EDGE}",
        f"{_WORD}{_SURNAME}{_HAN}{{1,2}}{_DOES}",
        f"{_HAN}[·•]{_HAN}",
        "其其格|其木格|格日勒|日勒|巴特尔|巴图|图雅|托娅|高娃|娜仁|朝鲁|那顺|毕力格|毕勒格|巴雅尔|孟克|宝音|额尔敦|额尔德|斯琴|萨仁|敖登"
        "|阿拉坦|苏日|苏和|哈斯|塔娜|乌日|乌云|乌仁|陶格|特木尔|铁木尔|达来|满都|布和|吉日嘎|图门|牧仁|海日|娜日|扎布|道尔吉",
        r"\b(?:Mr|Mrs|Ms|Dr|Comrade|Secretary|Chairman|Director)\b\.? +[A-Z]",
        r"\b[A-Z][a-z]+ +[A-Z][a-z]+",
    )
)
"""How names stand in a sentence: before a title, after one, familiarly, half hidden, alone, before what somebody does
or is; of two parts with a point; Mongolian names as they are written in Chinese; names in Latin letters."""


@dataclass(frozen=True, slots=True)
class Held:
    """A comment that waits for a person, and what the screen found in it."""

    comment: str
    found: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Comments:
    """The comments of a poll: those that may be shown, and those that are held; each in the order of the lot."""

    shown: tuple[str, ...] = ()
    held: tuple[Held, ...] = ()


def comments(words: Iterable[str], ballots: int, seed: bytes, passed: Collection[str] = ()) -> Comments:
    """The comments of a poll of so many ballots, none below ten. `passed`: comments that a person let through.

    Their order is that of SHA-256(seed || comment): the same in whatever order they come, so it tells of no order of
    ballots. Who is not to know it beforehand does not know the seed.
    """
    if ballots < FROM:
        return Comments()
    lots = sorted((word for word in words if word), key=lambda word: hashlib.sha256(seed + word.encode()).digest())
    found = [(word, () if word in passed else screen(word)) for word in lots]
    return Comments(
        tuple(word for word, reasons in found if not reasons),
        tuple(Held(word, reasons) for word, reasons in found if reasons),
    )


def screen(comment: str) -> tuple[Text, ...]:
    """What in a comment a person must look at first; () where nothing was found. Full-width signs and signs that nobody
    sees (spaces of no width and the like) hide nothing.
    """
    plain = unicodedata.normalize("NFKC", comment)
    plain = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    number = personal(plain)
    looked = {
        DIGITS: number is None and _DIGITS.search(plain),
        ADDRESS: _ADDRESS.search(plain.upper()),
        NAME: any(pattern.search(text) for pattern in _NAMES for text in (plain, "".join(plain.split()))),
        SCRIPT: _UNREAD.search(plain),
    }
    return (*([number] if number else ()), *(reason for reason, found in looked.items() if found))
