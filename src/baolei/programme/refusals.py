"""Every way the rules say no, in words fit for the person who has to act on them.

One root, one sentence per class. A refusal always says where, what is wrong, and what would be right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from baolei.programme.standard.edition import Text


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """One thing that is wrong, where it stands, and what would be right.

    `place` names the file (or table), `line` the line (or row) counted from 1, 0 where the whole file is meant. `path`
    leads to the value it is about where the file has such paths, so that a page can say it there.
    """

    place: str
    line: int
    wrong: str
    right: str = ""
    path: tuple[str | int, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        where = f"{self.place}:{self.line}" if self.line else self.place
        return f"{where}: {self.wrong}" + (f" — {self.right}" if self.right else "")


class Refusal(Exception):
    """The rules say no. The root of every refusal; `str()` is fit to be shown to a user."""


class Refused(Refusal):
    """Something was read and found wrong; lists all faults at once, never only the first."""

    subject = "this"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults)))
        count = len(self.faults)
        head = f"{self.subject} is refused: {count} fault{'s' if count != 1 else ''}"
        super().__init__("\n".join([head, *(f"  {fault}" for fault in self.faults)]))


class ActRefused(Refusal):
    """Somebody wants to do what the rules do not allow; `wrong` and `right` say so in Chinese and English."""

    def __init__(self, wrong: Text, right: Text) -> None:
        self.wrong, self.right = wrong, right
        super().__init__(f"{wrong.zh}；{right.zh} / {wrong.en}: {right.en}")

    def say(self, language: str) -> str:
        """What is wrong and what would be right, in the language of the page."""
        between = ": " if language.startswith("en") else "；"
        return f"{self.wrong.say(language)}{between}{self.right.say(language)}"


class EditionRefused(Refused):
    """An edition (评价标准版本) that breaks its own language or does not add up."""

    subject = "the edition"


class SetupRulesRefused(Refused):
    """A file of dated set-up rules (设置规则) that breaks its own language."""

    subject = "the file of set-up rules"


class TreeRefused(Refused):
    """A tree of units or of Party organisations (组织树) that is none: orphans, rings, doubled codes, wrong levels."""

    subject = "the tree"


class ColumnsRefused(Refused):
    """A table of organisations that the structural audit (规范设置) cannot read as it stands."""

    subject = "the table"


class SnapshotRefused(Refused):
    """A snapshot folder that is damaged, truncated, missing a file, or not ours."""

    subject = "the snapshot"


class CaseRefused(Refused):
    """A case folder (配置 + 数据 + 应得结果) that cannot be evaluated as written."""

    subject = "the case"


class ResultsDiffer(Refusal):
    """A result that does not follow from its snapshot; names the first difference."""


class EngineRefused(Refusal):
    """The engine asked for to count the ballots is not installed here, or does not start."""
