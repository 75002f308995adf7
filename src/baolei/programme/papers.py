"""Official papers 公文: the words of a naming document or a public notice, with what is filled in; and their rules.

What is filled in stands in braces and has a Chinese name, so that whoever words a paper reads what will stand there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Rows, read_as, since, text
from baolei.programme.standard.edition import Text

NAMING, NOTICE = KINDS = ("naming", "notice")
"""A document that names, and a notice that lays the list open before it does."""

_ALWAYS = ("单位", "年度", "评定", "依据", "称号", "个数", "各地个数")
PLACES = {NAMING: _ALWAYS, NOTICE: (*_ALWAYS, "公示起", "公示止", "公示天数")}
"""What may stand in braces, by the kind of paper."""

_BRACES = re.compile(r"[{｛]([^{}｛｝]*)[}｝]")
_LOOSE = re.compile(r"[{}｛｝]")


class WordingRefused(ActRefused):
    """Words of a paper that hold something in braces which nothing fills in, or a brace without its other."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a paper says: title, main recipients ('' for none), body (an empty line parts paragraphs), attachment."""

    title: str
    recipients: str
    body: str
    attachment: str

    def texts(self) -> tuple[str, ...]:
        """All of it, as it is checked and filled in."""
        return self.title, self.recipients, self.body, self.attachment


@dataclass(frozen=True, slots=True)
class PaperRules:
    """In force from a day: the words of each kind of paper until somebody changes them."""

    since: dt.date
    source: Text
    issuer: str
    papers: Mapping[str, Wording]

    def issuer_of(self, unit: str) -> str:
        """Who issues the papers of a unit, until somebody says otherwise."""
        return filled(self.issuer, {"单位": unit})


def paper_rules(rows: Rows) -> PaperRules:
    """The rules written in `rulebook/papers.yaml`.

    Raises ValueError naming a paper that is missing, or words in braces that nothing fills in.
    """
    with read_as("papers"):
        found = {kind: Wording(**rows["papers"][kind]) for kind in KINDS}
        rules = PaperRules(since(rows), text(rows["source"]), rows["issuer"], found)
    for kind, wording in found.items():
        try:
            check(kind, wording)
        except WordingRefused as refused:
            raise ValueError(f"papers: {kind}: {refused.wrong.en}") from refused
    return rules


def check(kind: str, wording: Wording) -> None:
    """Raises WordingRefused unless all that stands in braces is filled in for this kind of paper."""
    known = "、".join(f"{{{name}}}" for name in PLACES[kind])
    right = Text(f"可用的有 {known}", f"there are {known}")
    for words in wording.texts():
        for name in _BRACES.findall(words):
            if name.strip() not in PLACES[kind]:
                raise WordingRefused(Text(f"“{{{name}}}”没有可填入的内容", f"nothing fills in “{{{name}}}”"), right)
        if _LOOSE.search(_BRACES.sub("", words)):
            raise WordingRefused(Text("花括号没有成对", "a brace stands without its other"), right)


def filled(words: str, values: Mapping[str, str]) -> str:
    """The words with everything in braces filled in. Raises KeyError for what has no value."""
    return _BRACES.sub(lambda found: values[found.group(1).strip()], words).strip()


def paragraphs(words: str) -> tuple[str, ...]:
    """The paragraphs of a body: parted by empty lines; a line broken inside one goes on, as Chinese is written."""
    blocks = re.split(r"\n[ \t\u3000]*\n", words.replace("\r\n", "\n"))
    joined = ("".join(line.strip() for line in block.splitlines()) for block in blocks)
    return tuple(block for block in joined if block)


def by_unit(counts: Iterable[tuple[str, int]]) -> str:
    """How many in each unit, as a body says it: 呼和浩特市123个、包头市98个."""
    return "、".join(f"{name}{number}个" for name, number in counts)


def in_full(day: dt.date) -> str:
    """A day as official papers write it: 2026年7月1日."""
    return f"{day.year}年{day.month}月{day.day}日"
