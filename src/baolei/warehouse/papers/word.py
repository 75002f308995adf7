"""An official paper as a Word file: filled into a template, the unit's own where it has dropped one into its folder."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from baolei.programme.refusals import ActRefused
from baolei.programme.standard.edition import Text
from baolei.warehouse.papers.paper import HEADS, Paper, PaperRefused

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TAGS = ("issuer", "number", "title", "recipients", "body", "attachment", "signature", "date", "heads", "groups")
"""What a template may ask for; `body` are paragraphs, a group has a `name` and `rows` of a `number` and `cells`."""


def as_word(paper: Paper, template: Path | None = None) -> bytes:
    """The paper, filled into our own template or into that of a unit. Raises PaperRefused."""
    from baolei.warehouse.papers.blank import blank

    if template is None or not template.exists():
        return _rendered(io.BytesIO(blank()), paper)
    try:
        return _rendered(template, paper)
    except ActRefused:
        raise
    except Exception as error:  # what a file made by people holds breaks in a hundred ways, all of them theirs
        raise _no_template(template.name, str(error)) from error


def _rendered(template: Any, paper: Paper) -> bytes:
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    document, out = DocxTemplate(template), io.BytesIO()
    document.render(_said(paper), SandboxedEnvironment(undefined=StrictUndefined, autoescape=True))
    document.docx.core_properties.title = paper.title
    document.save(out)
    return out.getvalue()


def _said(paper: Paper) -> dict[str, Any]:
    groups = [
        {"name": group.name, "rows": [{"number": first + place, "cells": row} for place, row in enumerate(group.rows)]}
        for first, group in paper.numbered()
    ]
    return {
        "issuer": paper.issuer, "number": paper.number, "title": paper.title, "recipients": paper.recipients,
        "body": paper.body, "attachment": paper.attachment, "signature": paper.signature, "date": paper.date,
        "heads": HEADS, "groups": groups,
    }  # fmt: skip


def _no_template(name: str, why: str) -> PaperRefused:
    known = "、".join(TAGS)
    return PaperRefused(
        Text(f"模板 {name} 无法使用（{why[:200]}）", f"the template {name} cannot be used ({why[:200]})"),
        Text(f"模板须是 Word 的 .docx 文件，可用的标记有 {known}", f"it has to be a .docx file, with the tags {known}"),
    )  # fmt: skip
