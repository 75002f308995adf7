"""An official paper as PDF, set by Typst from fonts that came along and those a unit has dropped into its folder.

The setter is loaded when first needed, in a process of its own: a list of a whole region takes it seconds and much
memory, which is given back as soon as the paper is set.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from baolei.programme.standard.edition import Text
from baolei.warehouse.papers.paper import HEADS, WIDTHS, Paper, PaperRefused
from baolei.warehouse.rulebook import text

OFFICIAL, PLAQUE = "layout/official.typ", "layout/plaque.typ"
TAGGED = 5_000
"""So many names are set for readers of screens too (PDF/UA); tags of more would be ten times the paper."""
ACCESSIBLE, PLAIN = ["a-2a", "ua-1"], ["a-2b"]
SECONDS = 300
"""After so long the setter has hung."""
_SIGN = re.compile(r'the text `"(.+?)"` could not be displayed')
_WRONG = 3


def as_pdf(paper: Paper, fonts: Path | None = None) -> bytes:
    """The paper, for keeping (PDF/A). `fonts`: the folder of a unit's own fonts. Raises PaperRefused."""
    said = {
        "issuer": paper.issuer, "number": paper.number, "title": paper.title, "recipients": paper.recipients,
        "body": paper.body, "attachment": paper.attachment, "signature": paper.signature, "day": paper.date,
        "heads": HEADS, "widths": WIDTHS,
        "groups": [{"name": group.name, "first": first, "rows": group.rows} for first, group in paper.numbered()],
    }  # fmt: skip
    return typeset(OFFICIAL, said, ACCESSIBLE if paper.names <= TAGGED else PLAIN, paper.day, fonts)


def plaque(said: Mapping[str, str], day: dt.date, fonts: Path | None = None) -> bytes:
    """One sheet with the title of one branch: `title`, `branch`, `issuer`, `date`. Raises PaperRefused."""
    return typeset(PLAQUE, said, ACCESSIBLE, day, fonts)


def typeset(
    layout: str,
    said: Mapping[str, Any],
    standards: Sequence[str],
    day: dt.date,
    fonts: Path | None,
    *,
    codes: bool = False,
) -> bytes:
    """Set by a process that ends with it. The same words are the same bytes, whenever they are set.

    `codes`: with the setter's own faces too, one of which has letters of one width. Raises PaperRefused.
    """
    made = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp()
    asked = {
        "layout": layout, "paper": json.dumps(said, ensure_ascii=False), "standards": standards, "made": int(made),
        "fonts": str(fonts or ""), "codes": codes,
    }  # fmt: skip
    command = [sys.executable, "-X", "utf8", "-m", "baolei.warehouse.papers.setter"]
    ran = subprocess.run(command, input=json.dumps(asked).encode(), capture_output=True, timeout=SECONDS, check=False)
    if ran.returncode == _WRONG:
        raise _refused(ran.stdout.decode())
    if ran.returncode:
        raise RuntimeError(ran.stderr.decode(errors="replace")[-2_000:])
    return ran.stdout


def _refused(diagnostic: str) -> PaperRefused:
    """What the setter said, for people."""
    signs = "".join(dict.fromkeys("".join(_SIGN.findall(diagnostic))))
    if not signs:
        raise RuntimeError(diagnostic[:2_000])
    return PaperRefused(
        Text(f"没有字体能印出“{signs}”", f"no font prints “{signs}”"),
        Text("把含有这些字的字体文件放进系统目录下的 fonts 文件夹", "put one that does into the house's folder fonts"),
    )  # fmt: skip


def layout(name: str) -> bytes:
    """The source of a layout."""
    return text(name).encode()
