"""Files that nobody sends by accident, and some that people do; each is made here, byte by byte."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import xlsxwriter

Piecewise = str | Iterable[str]

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINKS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def parts(rows: Piecewise, *, about: str = "", before: str = "", strings: Piecewise = "") -> dict[str, Piecewise]:
    """The parts of the smallest workbook: `rows` is the inside of its sheet, `before` stands before the root."""
    spread = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{spread}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{spread}.worksheet+xml"/></Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f"{HEAD}<workbook {MAIN} {LINKS}><workbookPr {about}/><sheets>"
        '<sheet name="党员" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        + (f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>' if strings else "")
        + "</Relationships>",
        "xl/worksheets/sheet1.xml": between(
            f"{HEAD}{before}<worksheet {MAIN}><sheetData>", rows, "</sheetData></worksheet>"
        ),
        **({"xl/sharedStrings.xml": between(f"{HEAD}<sst {MAIN}>", strings, "</sst>")} if strings else {}),
    }


def between(before: str, body: Piecewise, after: str) -> Iterator[str]:
    yield before
    yield from [body] if isinstance(body, str) else body
    yield after


def book(held: Mapping[str, Piecewise], *more: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    """Parts as a workbook, large ones piece by piece: what a test takes of memory its child is blamed for."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, body in held.items():
            with pack.open(name, "w") as part:
                for piece in [body] if isinstance(body, str) else body:
                    part.write(piece.encode())
        for entry, body in more:
            pack.writestr(entry, body)
    return out.getvalue()


def text(reference: str, said: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{said}</t></is></c>'


def one_row(*cells: str) -> str:
    return f'<row r="1">{"".join(cells)}</row>'


PLAIN = one_row(text("A1", "姓名"))


def zip_bomb() -> bytes:
    """300 MB of spaces between two cells, in 300 kB."""
    return book(parts(PLAIN if not piece else " " * (1 << 20) for piece in range(301)))


def forged_sizes() -> bytes:
    """The same, and its directory claims that there is little in it."""
    body = bytearray(zip_bomb())
    for sign, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = 0
        while (start := body.find(sign, start)) >= 0:
            size = struct.unpack_from("<I", body, start + at)[0]
            struct.pack_into("<I", body, start + at, min(size, 1000))
            start += 4
    return bytes(body)


def overlapping() -> bytes:
    """Many entries that are all the same compressed bytes: none is large, all together are."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = kernel.compress(b" " * (9 << 20)) + kernel.flush()
    out, directory = io.BytesIO(), io.BytesIO()
    names = [f"xl/media/{number}.xml" for number in range(150)]
    crc = zlib.crc32(b" " * (9 << 20))
    for name in names:
        raw = name.encode()
        header = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(packed), 1000, len(raw), 0)
        at = out.tell()
        out.write(header + raw)
        directory.write(
            struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, crc, len(packed), 1000, len(raw),
                        0, 0, 0, 0, 0, at) + raw
        )  # fmt: skip
    out.write(packed)
    good = zipfile.ZipFile(io.BytesIO(book(parts(PLAIN))))
    rest = out.getvalue()
    listed = directory.getvalue()
    for entry in good.infolist():
        at, raw, body = len(rest), entry.filename.encode(), good.read(entry)
        rest += struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 33, entry.CRC, len(body), len(body), len(raw), 0)
        rest += raw + body
        listed += struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, entry.CRC, len(body), len(body),
                              len(raw), 0, 0, 0, 0, 0, at) + raw  # fmt: skip
    count = 150 + len(good.infolist())
    return rest + listed + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(listed), len(rest), 0)


def far_cell() -> bytes:
    return book(parts(f'{PLAIN}<row r="1048576">{text("XFD1048576", "x")}</row>'))


def doctype() -> bytes:
    laughs = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    return book(parts(one_row(text("A1", "&j;")), before=laughs + "]>"))


def hidden_doctype() -> bytes:
    """A document type in a part that no reader of cells would look at."""
    held = parts(PLAIN)
    held["docProps/custom.xml"] = f'{HEAD}<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'
    return book(held)


def symlink() -> bytes:
    entry = zipfile.ZipInfo("xl/media/image1.png")
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return book(parts(PLAIN), (entry, b"/etc/passwd"))


def climbing() -> bytes:
    return book({**parts(PLAIN), "xl/../../../../etc/cron.d/x": "x"})


def absolute() -> bytes:
    return book({**parts(PLAIN), "/etc/cron.d/x": "x"})


def doubled() -> bytes:
    with warnings.catch_warnings(action="ignore"):
        return book(parts(PLAIN), (zipfile.ZipInfo("xl/worksheets/sheet1.xml"), b"<worksheet/>"))


def many_parts() -> bytes:
    return book({**parts(PLAIN), **{f"xl/media/{number}.png": "x" for number in range(400)}})


def encrypted_parts() -> bytes:
    """A zip whose entries say that they need a password."""
    body = bytearray(book(parts(PLAIN)))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := body.find(sign, start)) >= 0:
            struct.pack_into("<H", body, start + at, 1)
            start += 4
    return bytes(body)


def encrypted() -> bytes:
    """What Excel writes when a workbook has a password: an OLE file with the parts EncryptionInfo and -Package."""
    sector = b"\xff" * 512
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6)
    names = "".join(("Root Entry", "EncryptionInfo", "EncryptedPackage")).encode("utf-16-le")
    return header.ljust(512, b"\0") + sector + names.ljust(512, b"\0") + b"\x13" * 4096


def macro() -> bytes:
    return book({**parts(PLAIN), "xl/vbaProject.bin": "x"})


def long_cell() -> bytes:
    return book(parts(one_row(text("A1", "长" * (1 << 20)))))


def long_shared() -> bytes:
    return book(parts('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings=f"<si><t>{'长' * (1 << 20)}</t></si>"))


def many_cells() -> bytes:
    cells = [f"<c><v>{number * 7919 % 9973}</v></c>" for number in range(1200)]
    return book(parts(f'<row r="{row}">{"".join(cells[row % 997 :][:190])}</row>' for row in range(1, 9_000)))


def many_strings() -> bytes:
    """Half a megabyte that unpacks to two hundred: below the ratio at first, far above it in the end."""
    return book(
        parts(
            '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
            strings=(f"<si><t>{'a' * 9000}</t></si>" for _ in range(22_000)),
        )
    )


def nowhere() -> bytes:
    """A cell that is called A0."""
    return book(parts(one_row(text("A0", "x"))))


def long_csv() -> bytes:
    return "姓名\n".encode() + b"x" * (1 << 20) + b"\n"


def truncated() -> bytes:
    return book(parts(PLAIN))[:-200]


def broken_xml() -> bytes:
    return book(parts('<row r="1"><c r="A1">'))


def xlsb() -> bytes:
    return book({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": "x"})


def ods() -> bytes:
    return book({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"})


def picture() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"\0" * 500


def gb18030_cut() -> bytes:
    return "姓名,党支部\n东方红,".encode("gb18030") + b"\xff\xff\n"


REFUSED: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "a zip bomb": (zip_bomb, "解压后超过 200 MB", "larger than 200 MB"),
    "a zip bomb that lies": (forged_sizes, "已损坏|压缩比|解压后", "damaged|far too much|larger"),
    "overlapping entries": (overlapping, "解压后|压缩比|已损坏", "larger|far too much|damaged"),
    "a cell far out": (far_cell, "单元格 XFD1048576", "cell XFD1048576"),
    "entities that explode": (doctype, "DTD", "DTD"),
    "a document type elsewhere": (hidden_doctype, "DTD", "DTD"),
    "a symbolic link": (symlink, "符号链接", "symbolic link"),
    "a name that climbs": (climbing, "指向包外", "leads elsewhere"),
    "an absolute name": (absolute, "指向包外", "leads elsewhere"),
    "two parts of one name": (doubled, "同名", "one name"),
    "too many parts": (many_parts, "个部件", "parts in it"),
    "locked parts": (encrypted_parts, "密码", "password"),
    "a password": (encrypted, "密码", "password"),
    "macros": (macro, "宏", "macros"),
    "a cell of a megabyte": (long_cell, "32767 个字", "32767 characters"),
    "a shared text of a megabyte": (long_shared, "32767 个字", "32767 characters"),
    "more cells than a list has": (many_cells, "单元格超过", "cells"),
    "a bomb of texts": (many_strings, "压缩比", "far too much"),
    "a cell that cannot be": (nowhere, "编号", "is called"),
    "a field of a megabyte": (long_csv, "32767 个字", "32767 characters"),
    "a file cut off": (truncated, "损坏", "damaged"),
    "broken XML": (broken_xml, "损坏", "damaged"),
    "a binary workbook": (xlsb, "xlsb", "xlsb"),
    "an OpenDocument sheet": (ods, "ods", "OpenDocument"),
    "a picture": (picture, "空字符|编码|UTF", "NUL|encoding|UTF"),
    "NUL bytes": (lambda: b"name\n\x00\x00\n", "第 5 字节", "byte 5"),
    "UTF-16": (lambda: "姓名\n周\n".encode("utf-16"), "空字符|UTF|编码", "NUL|UTF"),
    "neither UTF-8 nor GB18030": (gb18030_cut, "字节", "byte"),
    "a quotation mark left open": (lambda: b'name,x\n"a,b\n', "引号", "quotation mark"),
    "a PDF": (lambda: b"%PDF-1.7 x", "不是表格", "no spreadsheet"),
}
"""What nobody may send: how it is made, and what its refusal says in Chinese and in English."""


def written(folder: Path, rows: list[list[object]], **options: object) -> Path:
    """A workbook as WPS or Excel would write it."""
    path = folder / "党员.xlsx"
    with xlsxwriter.Workbook(path, options) as made:
        page = made.add_worksheet("党员")
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                page.write(number, place, cell)
    return path
