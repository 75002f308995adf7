"""What is said of rows more than once. What lies outside of one's part of the tree is as if it were not there."""

from __future__ import annotations

from datetime import date

from baolei.sheets.lines import Line


def not_found(line: Line, column: str, zh: str, en: str, code: str | None) -> None:
    """A code that names nothing within reach."""
    line.missing = column
    line.wrong(column, (f"在您负责的范围内没有代码为“{code}”的{zh}",
                        f"there is no {en} {code!r} in what you answer for"),
               (f"核对代码；尚未录入的先导入{zh}", f"check the code, or bring in the {en} first"))  # fmt: skip


def taken(line: Line, column: str, code: str) -> None:
    """A code that cannot be given here."""
    line.wrong(column, (f"代码“{code}”不能在您负责的范围内使用",
                        f"the code {code!r} cannot be used in what you answer for"),
               ("换一个代码，或联系上级", "take another code, or ask your superior"))  # fmt: skip


def itself_or_outside(line: Line, name: str) -> None:
    """The node one answers for is not changed from within."""
    line.wrong("", (f"{name}本身由上级维护", f"{name} itself is kept by the level above"),
               ("删除这一行，或请上级修改", "take this row out, or ask your superior"))  # fmt: skip


def under_itself(line: Line, above: str, name: str) -> None:
    """A ring."""
    line.wrong("above", (f"{above}在{name}之下，不能作它的上级",
                         f"{above} stands below {name} and cannot stand above it"),
               ("填写真正的上级代码", "give the code of what really stands above it"))  # fmt: skip


def changed_later(line: Line, name: str, since: date, day: date) -> None:
    """A change that would come before one that is there already."""
    line.wrong("", (f"{name}在 {since} 已有变更，晚于本次的生效日期 {day}",
                    f"{name} was changed on {since}, after {day}, from which this holds"),
               (f"以 {since} 或以后的日期重新上传", f"send it again with {since} or a later day"))  # fmt: skip
