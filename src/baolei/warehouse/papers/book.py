"""A branch's own book of a year 支部工作手册, for print and for keeping: a cover, then chapters of tables and entries.

Whoever makes one says every word of it; here it is only set, as PDF by Typst and as a Word file.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from baolei.warehouse.papers.blank import BLACK, FANG, HEAD, WIDE, set_page
from baolei.warehouse.papers.pdf import ACCESSIBLE, PLAIN, typeset

BOOK = "layout/book.typ"
TAGGED = 200
"""So many entries are set for readers of screens too (PDF/UA): tags of more take as long again as the book."""
_FORBIDDEN = dict.fromkeys(set(range(32)) - {9, 10})
"""Signs that XML cannot hold."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, whose head comes again on each page; `widths` are beside each other."""

    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A named part of an entry, line by line; counted through where they are `numbered`."""

    label: str
    lines: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was: its heading, what is said of it in a word each, its parts."""

    heading: str
    facts: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: some words, tables, entries."""

    heading: str
    words: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """A book: what it is called, whose it is, of which year; the last line of the cover; the day on which it was read
    from the records; the language it is in.
    """

    title: str
    branch: str
    year: str
    note: str
    contents: str
    day: dt.date
    language: str
    chapters: tuple[Chapter, ...]

    @property
    def entries(self) -> int:
        """How many entries it has."""
        return sum(len(one.entries) for one in self.chapters)


def book_pdf(book: Book, fonts: Path | None = None) -> bytes:
    """The book as PDF, for keeping (PDF/A). Raises PaperRefused where no font has a sign of it."""
    said: dict[str, Any] = {**asdict(book), "day": book.day.isoformat(),
                            "language": "zh" if book.language.startswith("zh") else "en"}  # fmt: skip
    return typeset(BOOK, said, ACCESSIBLE if book.entries <= TAGGED else PLAIN, book.day, fonts)


def book_word(book: Book) -> bytes:
    """The book as a Word file: chapters and entries are headings, the heads of tables come again on each page."""
    from docx import Document
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document, out = Document(), io.BytesIO()
    set_page(document)
    about = document.core_properties
    about.author, about.title, about.comments = book.branch, f"{book.title} {book.year}", ""
    body = document.element.body
    ends = body.sectPr
    told = parse_xml(f"<w:body {nsdecls('w')}>{''.join(_pieces(book))}</w:body>")
    for piece in list(told):
        ends.addprevious(piece)
    document.save(out)
    return out.getvalue()


def _pieces(book: Book) -> Iterator[str]:
    """The book as paragraphs and tables of Word's own language: one by one it takes many times as long."""
    yield from (_line("") for _blank in range(5))
    yield _line(book.title, HEAD, 36, align="center", level=0)
    yield from (_line("") for _blank in range(3))
    yield _line(book.branch, BLACK, 18, align="center")
    yield _line(book.year, FANG, 18, align="center")
    yield from (_line("") for _blank in range(8))
    yield _line(book.note, FANG, 12, align="center")
    for chapter in book.chapters:
        begins = chapter is book.chapters[0] or bool(chapter.entries)
        yield _line(chapter.heading, BLACK, 16, level=0, before=begins, above=14, after=8)
        yield from (_line(words) for words in chapter.words)
        for table in chapter.tables:
            yield _table(table)
            yield _line("")
        for entry in chapter.entries:
            yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    yield _line(entry.heading, BLACK, 13, level=1, above=10)
    yield _line("", facts=entry.facts)
    for part in entry.parts:
        if len(part.lines) == 1 and not part.numbered:
            yield _line(part.lines[0], label=part.label)
            continue
        yield _line("", label=part.label)
        yield from (_line(f"{place}. {words}" if part.numbered else words, inside=True)
                    for place, words in enumerate(part.lines, 1))  # fmt: skip


def _line(
    words: str, font: str = FANG, size: float = 12, *, label: str = "", align: str = "both", level: int | None = None,
    before: bool = False, above: int = 0, after: int = 2, inside: bool = False,
    facts: Sequence[tuple[str, str]] = (),
) -> str:  # fmt: skip
    """A paragraph: `label` stands before the words, `before` begins a page, `inside` is set in by two characters;
    `facts` are further labels with their words.
    """
    shape = [
        "<w:keepNext/>" if level is not None else "", "<w:pageBreakBefore/>" if before else "",
        f'<w:spacing w:before="{20 * above}" w:after="{20 * after}" w:line="320" w:lineRule="atLeast"/>',
        '<w:ind w:leftChars="200"/>' if inside else "", f'<w:jc w:val="{align}"/>',
        f'<w:outlineLvl w:val="{level}"/>' if level is not None else "",
    ]  # fmt: skip
    named = "".join(_run(f"{one}：", BLACK, size) + _run(f"{said}　　", font, size) for one, said in facts)
    runs = (_run(f"{label}：", BLACK, size) if label else "") + _run(words, font, size) + named
    return f"<w:p><w:pPr>{''.join(shape)}</w:pPr>{runs}</w:p>"


def _run(words: str, font: str, size: float) -> str:
    half = round(2 * size)
    text = escape(words.translate(_FORBIDDEN)).replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
    return (f'<w:r><w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}"/><w:sz w:val="{half}"/>'
            f'<w:szCs w:val="{half}"/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>')  # fmt: skip


def _table(table: Table) -> str:
    """A table as wide as the text, its head on each page, no row cut in two."""
    twips = [round(WIDE * 56.7 * width / sum(table.widths)) for width in table.widths]
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in twips)
    sides = "".join(f'<w:{one} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
                    for one in ("top", "left", "bottom", "right", "insideH", "insideV"))  # fmt: skip
    rows = [_row(table.heads, twips, head=True), *(_row(row, twips) for row in table.rows)]
    return (f'<w:tbl><w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:tblBorders>{sides}</w:tblBorders>'
            f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>')  # fmt: skip


def _row(cells: Sequence[str], twips: Sequence[int], *, head: bool = False) -> str:
    told = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/></w:tcPr>'
        f"{_line(words, BLACK if head else FANG, 10.5, align='center' if head else 'left')}</w:tc>"
        for words, wide in zip(cells, twips, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{told}</w:tr>"
