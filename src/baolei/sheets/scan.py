"""Look over a workbook before any library opens it: how large it really is, and what it holds that it must not.

No Django: this runs in the process that reads (`reader`), with little memory and nothing to lose.
"""

from __future__ import annotations

import os
import posixpath
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from baolei.sheets import limits

_BLOCK = 1 << 16
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_WHOLE_FILE = "xl/workbook.xml"
_END, _LOCATOR = 22, 20
"""Bytes of the end of a zip's list of parts, and of the sign before it that the list is one of the large kind."""
_NOT_OURS = {
    "xl/vbaProject.bin": ("工作簿带有宏", "the workbook holds macros"),
    "word/vbaProject.bin": ("文档带有宏", "the document holds macros"),
    "xl/workbook.bin": ("这是 xlsb 二进制工作簿", "this is a binary workbook (xlsb)"),
    "mimetype": ("这是 ods 等其他格式的表格", "this is an OpenDocument or other sheet"),
}


class FileRefused(Exception):
    """A file that is not read at all: what is wrong and what to do, in Chinese and in English."""

    def __init__(self, wrong: tuple[str, str], right: tuple[str, str]) -> None:
        self.wrong, self.right = wrong, right
        self.zh, self.en = f"{wrong[0]}。{right[0]}", f"{wrong[1][:1].upper()}{wrong[1][1:]}. {right[1]}"
        super().__init__(f"{self.zh} / {self.en}")

    @classmethod
    def again(cls, zh: str, en: str) -> FileRefused:
        """The same refusal on this side of a process, from its words."""
        refused = cls(("", ""), ("", ""))
        refused.zh, refused.en, refused.args = zh, en, (f"{zh} / {en}",)
        return refused


SAVE_AGAIN = (
    "请用 Excel 或 WPS 打开后另存为“Excel 工作簿（.xlsx）”再上传",
    "Open it with Excel or WPS, save it as an Excel workbook (.xlsx), and upload that.",
)
SPLIT = (
    "请只保留要导入的行和列，或分成几个文件上传",
    "Keep only the rows and columns to be imported, or send several files.",
)
NO_TRICKS = (
    "这样的文件不予读取，请从系统下载模板重新填写",
    "Such a file is not read: download the template and fill that.",
)


@dataclass(slots=True)
class Facts:
    """What a sheet was found to hold: how far it reaches, and what its readers should be told."""

    rows: int = 0
    columns: int = 0
    hidden: list[int] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Scanned:
    """A workbook that may be opened: the place and name of its first visible sheet, and what that holds."""

    place: int
    name: str
    others: list[str]
    epoch1904: bool
    facts: Facts


def scan(path: str) -> Scanned:
    """Look over an xlsx file. Raises FileRefused for whatever it must not hold, and for one that is damaged."""
    try:
        with zipfile.ZipFile(path) as book:
            _entries(book)
            return _scan(book)
    except (zipfile.BadZipFile, EOFError, KeyError, zipfile.zlib.error, expat.ExpatError, UnicodeError) as error:  # type: ignore[attr-defined]
        raise FileRefused(
            ("文件已损坏或不完整", f"the file is damaged or incomplete ({str(error)[:80]})"), SAVE_AGAIN
        ) from error


def _entries(book: zipfile.ZipFile) -> None:
    """The directory: no names that lead elsewhere, no links, nothing locked, not too many parts."""
    names = _harmless(book)
    if _WHOLE_FILE not in names:
        raise FileRefused(("这不是 Excel 工作簿", "this is no Excel workbook"), SAVE_AGAIN)


def _harmless(book: zipfile.ZipFile) -> set[str]:
    entries = book.infolist()
    if len(entries) > limits.ENTRIES:
        raise FileRefused((f"压缩包里有 {len(entries)} 个部件", f"there are {len(entries)} parts in it"), NO_TRICKS)
    names = {one.filename for one in entries}
    for sign, wrong in _NOT_OURS.items():
        if sign in names:
            raise FileRefused(wrong, SAVE_AGAIN)
    if len(names) != len(entries):
        raise FileRefused(("压缩包里有同名部件", "two parts of it have one name"), NO_TRICKS)
    for one in entries:
        _entry(one)
    if sum(one.file_size for one in entries) > limits.INFLATED:
        raise _too_large()
    return names


def parts(path: str, most: int) -> set[str]:
    """The names of the parts of an Office file, none of which is opened; its parts unpack to at most so many bytes.

    Raises FileRefused for whatever it must not hold, and for one that is damaged.
    """
    _small_directory(path)
    try:
        with zipfile.ZipFile(path) as book:
            names, budget = _harmless(book), [most]
            for one in book.infolist():
                for _block in _blocks(book, one, budget):
                    pass
            return names
    except (zipfile.BadZipFile, EOFError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise FileRefused(
            ("文件已损坏或不完整", f"the file is damaged or incomplete ({str(error)[:80]})"), SAVE_AGAIN
        ) from error


def _small_directory(path: str) -> None:
    """Refuse what would fill the memory when its list of parts is read; Office writes no comment after that list."""
    with open(path, "rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - _END - _LOCATOR))
        tail = file.read()
    end = tail[-_END:]
    if end[:4] != b"PK\5\6" or tail.startswith(b"PK\6\7") or end[-2:] != b"\0\0":
        raise FileRefused(("文件已损坏或不完整", "the file is damaged or incomplete (no end of its list)"), SAVE_AGAIN)
    if int.from_bytes(end[12:16], "little") > limits.DIRECTORY:
        raise FileRefused(("压缩包里的部件太多", "there are too many parts in it"), NO_TRICKS)


def _entry(one: zipfile.ZipInfo) -> None:
    name = one.filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or ":" in name:
        named = one.filename[:60]
        raise FileRefused((f"部件名“{named}”指向包外", f"a part named {named!r} leads elsewhere"), NO_TRICKS)
    if stat.S_ISLNK(one.external_attr >> 16):
        raise FileRefused(("压缩包里有符号链接", "a part of it is a symbolic link"), NO_TRICKS)
    if one.flag_bits & 0x1:
        raise locked()
    if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileRefused(("压缩方式不是 Excel 所用", "it is packed in a way Excel does not know"), SAVE_AGAIN)


def locked() -> FileRefused:
    """The refusal of a file with a password."""
    return FileRefused(("文件设有密码", "the file is protected by a password"),
                       ("请取消密码后另存再上传", "Take the password off, save it, and upload that."))  # fmt: skip


def _too_large() -> FileRefused:
    most = limits.INFLATED >> 20
    return FileRefused((f"解压后超过 {most} MB", f"unpacked it is larger than {most} MB"), SPLIT)


def _scan(book: zipfile.ZipFile) -> Scanned:
    budget = [limits.INFLATED]
    epoch1904, sheets = _workbook(book, budget)
    targets = _relations(book, budget)
    facts: dict[str, Facts] = {}
    cells = [limits.CELLS]
    for entry in book.infolist():
        name = entry.filename
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            facts[name] = _sheet(_blocks(book, entry, budget), cells)
        elif name != _WHOLE_FILE and not name.endswith("workbook.xml.rels"):
            _other(name, _blocks(book, entry, budget))
    for place, (title, relation, shown) in enumerate(sheets):
        part = targets.get(relation, "")
        if shown and part in facts:
            others = [other for at, (other, _r, visible) in enumerate(sheets) if visible and at != place]
            return Scanned(place, title, others, epoch1904, facts[part])
    raise FileRefused(("工作簿里没有可见的工作表", "no sheet of the workbook can be seen"), SAVE_AGAIN)


def _other(name: str, blocks: Iterator[bytes]) -> None:
    """A part that holds no cells: counted, and looked through where it is XML."""
    if name.endswith("sharedStrings.xml"):
        _strings(blocks)
    elif name.endswith((".xml", ".rels", ".vml")):
        _parse(blocks, lambda *_: None)
    else:
        for _block in blocks:
            pass


def _blocks(book: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: list[int]) -> Iterator[bytes]:
    """The part, unpacked block by block and counted; whatever the directory claims is not believed."""
    size = 0
    with book.open(entry) as part:
        while block := part.read(_BLOCK):
            size += len(block)
            budget[0] -= len(block)
            if budget[0] < 0:
                raise _too_large()
            if size > limits.RATIO_FROM and size > limits.RATIO * max(1, entry.compress_size):
                raise FileRefused(
                    ("压缩比异常（疑似压缩炸弹）", "it unpacks to far too much (like a zip bomb)"), NO_TRICKS
                )
            yield block


def _parse(blocks: Iterator[bytes], start: Callable[[str, dict[str, str]], None], **handlers: Any) -> None:
    """One part of the book as XML, without document types: they are how entities explode."""
    parser = expat.ParserCreate(namespace_separator=None)
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _no_doctype
    for name, handler in handlers.items():
        setattr(parser, name, handler)
    for block in blocks:
        parser.Parse(block)
    parser.Parse(b"", True)


def _no_doctype(*_: Any) -> None:
    raise FileRefused(("文件里有文档类型声明（DTD）", "it holds a document type declaration (DTD)"), NO_TRICKS)


def _bare(tag: str) -> str:
    return tag.rpartition(":")[2]


def _workbook(book: zipfile.ZipFile, budget: list[int]) -> tuple[bool, list[tuple[str, str, bool]]]:
    """Whether days are counted from 1904; name, relation and visibility of every sheet."""
    epoch = [False]
    sheets: list[tuple[str, str, bool]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if _bare(tag) == "workbookPr":
            epoch[0] = attributes.get("date1904", "") in {"1", "true"}
        elif _bare(tag) == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            sheets.append((attributes.get("name", ""), relation, attributes.get("state", "visible") == "visible"))

    _parse(_blocks(book, book.getinfo(_WHOLE_FILE), budget), start)
    return epoch[0], sheets


def _relations(book: zipfile.ZipFile, budget: list[int]) -> dict[str, str]:
    """The part behind each relation of the workbook."""
    found: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if _bare(tag) == "Relationship":
            target = attributes.get("Target", "")
            found[attributes.get("Id", "")] = posixpath.normpath(posixpath.join("xl", target)).lstrip("/")

    _parse(_blocks(book, book.getinfo("xl/_rels/workbook.xml.rels"), budget), start)
    return found


def _strings(blocks: Iterator[bytes]) -> None:
    """The texts of the book: none longer than a cell can hold."""
    length = [0]

    def start(tag: str, _attributes: dict[str, str]) -> None:
        if _bare(tag) == "si":
            length[0] = 0

    def text(data: str) -> None:
        length[0] += len(data)
        if length[0] > limits.CELL:
            raise long_cell()

    _parse(blocks, start, CharacterDataHandler=text)


def long_cell() -> FileRefused:
    """The refusal of a cell that no spreadsheet program could have written."""
    return FileRefused(
        (f"有单元格超过 {limits.CELL} 个字", f"a cell holds more than {limits.CELL} characters"), NO_TRICKS
    )


class _Sheet:
    """Counts a sheet while its XML passes by."""

    def __init__(self, cells: list[int]) -> None:
        self.facts, self.cells, self.length = Facts(), cells, 0
        self.row = self.column = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._cell(attributes)
        elif tag in ("v", "is"):
            self._value()
        elif tag == "row":
            self._row(attributes)
        elif tag == "mergeCell":
            self._merged(attributes.get("ref", ""))
        elif ":" in tag:
            self.start(_bare(tag), attributes)

    def text(self, data: str) -> None:
        self.length += len(data)
        if self.length > limits.CELL:
            raise long_cell()

    def _row(self, attributes: dict[str, str]) -> None:
        self.row, self.column = int(attributes.get("r", self.row + 1)), 0
        if attributes.get("hidden") in ("1", "true") and len(self.facts.hidden) < limits.NAMED:
            self.facts.hidden.append(self.row)

    def _cell(self, attributes: dict[str, str]) -> None:
        self.length = 0
        self.cells[0] -= 1
        if self.cells[0] < 0:
            raise FileRefused((f"单元格超过 {limits.CELLS} 个", f"there are more than {limits.CELLS} cells"), SPLIT)
        reference = attributes.get("r")
        if reference is None:
            self.column += 1
        else:
            self.row, self.column = place(reference)
        if attributes.get("t") == "e" and len(self.facts.broken) < limits.NAMED:
            self.facts.broken.append(f"{letters(self.column)}{self.row}")

    def _value(self) -> None:
        """Only cells with a value make a library's table larger."""
        if self.row > limits.ROWS or self.column > limits.COLUMNS:
            where = f"{letters(self.column)}{self.row}"
            raise FileRefused(
                (f"单元格 {where} 有内容，超出 {limits.ROWS} 行、{limits.COLUMNS} 列",
                 f"there is something in cell {where}, beyond {limits.ROWS} rows and {limits.COLUMNS} columns"), SPLIT,
            )  # fmt: skip
        # Asked of each of a million cells: a comparison takes a third of what `max` does.
        facts = self.facts
        if self.row > facts.rows:  # noqa: PLR1730
            facts.rows = self.row
        if self.column > facts.columns:  # noqa: PLR1730
            facts.columns = self.column

    def _merged(self, reference: str) -> None:
        self.facts.merged.append(reference)
        if len(self.facts.merged) > limits.MERGED:
            raise FileRefused((f"合并单元格超过 {limits.MERGED} 处", f"more than {limits.MERGED} merged ranges"), SPLIT)


def _sheet(blocks: Iterator[bytes], cells: list[int]) -> Facts:
    sheet = _Sheet(cells)
    _parse(blocks, sheet.start, CharacterDataHandler=sheet.text)
    return sheet.facts


def place(reference: str) -> tuple[int, int]:
    """Row and column, counted from 1, of a cell's reference ("B7"). Raises FileRefused for what is none."""
    found = _CELL.fullmatch(reference)
    if not found:
        raise FileRefused(("单元格编号不合规", f"a cell is called {reference[:20]!r}"), SAVE_AGAIN)
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def letters(column: int) -> str:
    """The letters of a column counted from 1: 28 is AB."""
    said = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        said = chr(65 + rest) + said
    return said
