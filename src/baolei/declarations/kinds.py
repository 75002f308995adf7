"""What a file is by its content, whatever it is called: a document that opens, or refused with what to do instead."""

from __future__ import annotations

import codecs
from pathlib import Path

from baolei.programme.phases import PaperRules
from baolei.programme.refusals import ActRefused
from baolei.programme.standard.edition import Text
from baolei.sheets.scan import FileRefused, parts

MEGABYTE = 1 << 20
ZIP, OLE, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-"
TAIL = 2_048
"""So near its end a whole PDF says that it ends."""
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
"""The part that makes an Office file what it is."""
PLAIN = frozenset(map(chr, range(32))) - {"\t", "\n", "\r", "\f"} | {"\x7f"}
"""Signs that no text holds."""

NO_PICTURE = Text("这是图片；不收照片", "this is a picture; no photographs are asked for")
SAY_IT = Text("用文字说明即可，扫描的文件请存成PDF", "words are enough; save a scanned document as a PDF")
OLD = Text(
    "这是旧格式的文件（doc、xls）或者带密码", "this is a file of the old kind (doc, xls), or locked by a password"
)
SAVE_NEW = Text("请用WPS或Word另存为docx、xlsx或者PDF，不设密码", "save it as docx, xlsx or PDF, without a password")
UNKNOWN = Text("认不出这是什么文件", "nobody can tell what this file is")
TAKEN = Text("可以上传PDF、docx、xlsx和纯文本", "PDF, docx, xlsx and plain text are taken")
BROKEN = Text("PDF不完整", "the PDF is not whole")
AGAIN = Text("请重新存一遍再上传", "save it once more and send that")


class PaperRefused(ActRefused):
    """A file that is not taken: what is wrong with it, and what would be."""


def kind_of(file: Path, rules: PaperRules) -> str:
    """The kind of a file, one of those that the rules take. Raises PaperRefused."""
    with file.open("rb") as opened:
        head = opened.read(8)
    kind = _kind(file, head, rules)
    if kind not in rules.kinds:
        raise PaperRefused(UNKNOWN, TAKEN)
    return kind


def _kind(file: Path, head: bytes, rules: PaperRules) -> str:
    if head.startswith(PDF):
        return _pdf(file)
    if head.startswith(ZIP):
        return _office(file, rules.unpacked_mb * MEGABYTE)
    if head.startswith(OLE):
        raise PaperRefused(OLD, SAVE_NEW)
    if head.startswith(PICTURES) and not _is_text(file):
        raise PaperRefused(NO_PICTURE, SAY_IT)
    return "txt" if _is_text(file) else ""


def _pdf(file: Path) -> str:
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - TAIL))
        if b"%%EOF" not in opened.read():
            raise PaperRefused(BROKEN, AGAIN)
    return "pdf"


def _office(file: Path, most: int) -> str:
    try:
        names = parts(str(file), most)
    except FileRefused as refused:
        raise PaperRefused(Text(*refused.wrong), Text(*refused.right)) from None
    return next((kind for part, kind in OFFICE.items() if part in names), "")


def _is_text(file: Path) -> bool:
    """Whether it reads as text in one of the two ways in which text is written here, and holds anything."""
    held = file.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = codecs.decode(held, encoding)
        except UnicodeDecodeError:
            continue
        return bool(text.strip()) and PLAIN.isdisjoint(text)
    return False
