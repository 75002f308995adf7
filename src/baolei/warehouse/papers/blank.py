"""Our own Word template of an official paper, by GB/T 9704-2012: made when asked for, to be taken and changed in Word.

Fonts are named, not carried: where 方正小标宋 or 仿宋_GB2312 is not installed, Word takes another one.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from baolei.warehouse.papers.paper import WIDTHS

FANG, BLACK, HEAD, SONG = "仿宋_GB2312", "黑体", "方正小标宋简体", "宋体"
PITCH = 225 / 22
"""Millimetres from line to line: 22 lines on 225 mm."""
WIDE, NUMBER = 156, 13
"""Millimetres of the text, and of the column of numbers."""
RED = "E60012"
ORDER = ("keepNext", "pageBreakBefore", "pBdr", "spacing", "ind", "jc", "outlineLvl")
"""What a paragraph says of itself, in the order in which Word reads it."""


@cache
def blank() -> bytes:
    """The template."""
    from docx import Document

    document = Document()
    about = document.core_properties
    about.author = about.title = about.comments = ""
    set_page(document)
    _paper(document)
    _attachment(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def set_page(document: Any) -> None:
    """A4 with the margins, lines and page numbers of the standard."""
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin, section.footer_distance = Mm(28), Mm(26), Mm(25)
    grid = _child(section._sectPr, "w:docGrid")
    _set(grid, type="lines", linePitch=round(PITCH * 56.7))  # by characters too would spread them
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer, "right")
    _page_number(section.even_page_footer, "left")
    normal = document.styles["Normal"]
    _font(normal.element.get_or_add_rPr(), FANG, 16)


def _page_number(footer: Any, side: str) -> None:
    paragraph = footer.paragraphs[0]
    _placed(paragraph, align=side, chars=1)
    for kind, words in (("", "— "), ("begin", ""), ("code", " PAGE "), ("end", ""), ("", " —")):
        run = paragraph.add_run(words if not kind else "")
        _font(run._r.get_or_add_rPr(), SONG, 14)
        if kind in ("begin", "end"):
            _set(_child(run._r, "w:fldChar"), fldCharType=kind)
        elif kind:
            _child(run._r, "w:instrText").text = words


def _paper(document: Any) -> None:
    def line(words: str, **how: Any) -> Any:
        return _line(document, words, **how)

    line("{%p if number %}")
    line("{{ issuer }}文件", font=HEAD, size=36, align="center", red=True, exact=False)
    line("")
    line("{{ number }}", align="center", ruled=True)
    line("")
    line("{%p endif %}")
    line("{{ title }}", font=HEAD, size=22, align="center", exact=False, level=0)
    line("")
    line("{%p if recipients %}")
    line("{{ recipients }}：")
    line("{%p endif %}")
    line("{%p for words in body %}")
    line("{{ words }}", first=2)
    line("{%p endfor %}")
    line("{%p if attachment %}")
    line("")
    line("附件：{{ attachment }}", first=2)
    line("{%p endif %}")
    line("")
    line("")
    line("{{ signature }}", align="right", chars=2)
    line("{{ date }}", align="right", chars=4)


def _attachment(document: Any) -> None:
    _line(document, "{%p if attachment %}")
    _line(document, "附件", font=BLACK, before=True)
    _line(document, "")
    _line(document, "{{ attachment }}", font=HEAD, size=22, align="center", exact=False, level=0)
    _line(document, "{%p for group in groups %}")
    _line(document, "{% if group.name %}{{ group.name }}（{{ group.rows|length }}个）{% endif %}", font=BLACK, size=14,
          together=True)  # fmt: skip
    _table(document)
    _line(document, "{%p endfor %}")
    _line(document, "{%p endif %}")


def _table(document: Any) -> None:
    """The head, which comes again on each page, and the row that is repeated."""
    from docx.shared import Mm

    wide = [NUMBER, *((WIDE - NUMBER) * width / sum(WIDTHS) for width in WIDTHS)]
    table = document.add_table(rows=4, cols=len(wide), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, wide, strict=True):
        column.width = Mm(width)
    heads = ["序号", *(f"{{{{ heads[{place}] }}}}" for place in range(len(WIDTHS)))]
    cells = ["{{ row.number }}", *(f"{{{{ row.cells[{place}] }}}}" for place in range(len(WIDTHS)))]
    loop = ["{%tr for row in group.rows %}", "", "", ""], ["{%tr endfor %}", "", "", ""]
    for row, words in zip(table.rows, (heads, loop[0], cells, loop[1]), strict=True):
        for place, (cell, said) in enumerate(zip(row.cells, words, strict=True)):
            cell.width = Mm(wide[place])
            head = row is table.rows[0] or words is heads
            _worded(cell.paragraphs[0], said, BLACK if head else FANG, 12)
            _placed(cell.paragraphs[0], align="center" if head or not place else "left")
        _child(row._tr.get_or_add_trPr(), "w:cantSplit")
    _child(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")


def _line(
    document: Any, words: str, *, font: str = FANG, size: int = 16, level: int | None = None, red: bool = False,
    exact: bool = True, ruled: bool = False, before: bool = False, together: bool = False, **how: Any,
) -> None:  # fmt: skip
    """A paragraph: `exact` keeps the line pitch, `ruled` draws the red line below, `before` begins a page."""
    from docx.enum.text import WD_LINE_SPACING
    from docx.shared import Mm, Pt

    paragraph = document.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.page_break_before, shape.keep_with_next = before, together
    if exact:
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Mm(PITCH)
    _worded(paragraph, words, font, size, red=red)
    _placed(paragraph, **how)
    properties = paragraph._p.get_or_add_pPr()
    if ruled:
        rule = _child(_child(properties, "w:pBdr"), "w:bottom")
        _set(rule, val="single", sz=12, space=8, color=RED)
    if level is not None:  # a heading, for the outline and for readers of screens
        _set(_child(properties, "w:outlineLvl"), val=level)
    properties[:] = sorted(properties, key=lambda one: ORDER.index(one.tag.rpartition("}")[2]))


def _worded(paragraph: Any, words: str, font: str, size: int, *, red: bool = False) -> None:
    from docx.shared import RGBColor

    run = paragraph.add_run(words)
    _font(run._r.get_or_add_rPr(), font, size)
    if red:
        run.font.color.rgb = RGBColor.from_string(RED)


def _placed(paragraph: Any, *, align: str = "both", first: int = 0, chars: int = 0) -> None:
    """Where a paragraph stands: `first` characters in at its first line, `chars` away from the edge it is set to."""
    properties = paragraph._p.get_or_add_pPr()
    if first or chars:
        indent = {"firstLineChars": 100 * first} if first else {f"{align}Chars": 100 * chars}
        _set(_child(properties, "w:ind"), **indent)
    _set(_child(properties, "w:jc"), val=align)


def _font(properties: Any, name: str, size: int) -> None:
    """Name the font for Chinese and for Latin letters, and its size in points."""
    fonts = _child(properties, "w:rFonts")
    _set(fonts, ascii=name, hAnsi=name, eastAsia=name)
    for tag in ("w:sz", "w:szCs"):
        _set(_child(properties, tag), val=2 * size)


def _child(parent: Any, tag: str) -> Any:
    """The child of this name, made where there is none."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    found = parent.find(qn(tag))
    if found is None:
        found = OxmlElement(tag)
        parent.append(found)
    return found


def _set(element: Any, **values: Any) -> None:
    from docx.oxml.ns import qn

    for name, value in values.items():
        element.set(qn(f"w:{name}"), str(value))
