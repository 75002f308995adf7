"""Slips on paper: one PDF for a township with all its branches; and the list of envelopes drawn by lot.

What is printed here are ballots. The codes go to the setter through a pipe and come back in the PDF; nothing else is
written anywhere. All of a township stands in memory until its PDF is done, some 120 KiB a slip in the setter's own
process, which ends with it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import segno

from baolei.programme.ballot.ballot import grouped
from baolei.programme.ballot.slips import Envelope, address, typed_address
from baolei.programme.papers import in_full
from baolei.programme.standard.edition import Text
from baolei.warehouse.papers.pdf import ACCESSIBLE, PLAIN, typeset

SLIPS, ENVELOPES = "layout/slips.typ", "layout/envelopes.typ"
TO_A_PAGE = 10
_MASK = 3
"""The pattern laid over every QR code. Looking for the best of eight takes seven times as long, and what is random has
no shapes for it to break up."""
_DARK = re.compile(rb"\x01+")


@dataclass(frozen=True, slots=True)
class Sheaf:
    """The slips of one poll: its number, its source, how many people may vote, the codes.

    `public`: handed out in envelopes rather than drawn at a meeting; `named`: its raters are named by the superior, and
    the slip says that what they rate is no secret.
    """

    poll: bytes
    source: Text
    people: int
    codes: Sequence[str] = field(repr=False)
    public: bool = False
    named: bool = False

    @property
    def pages(self) -> int:
        """How many pages its slips fill."""
        return -(-len(self.codes) // TO_A_PAGE)


@dataclass(frozen=True, slots=True)
class BranchSlips:
    """What one branch is handed: its name and a sheaf for each source."""

    name: str
    sheaves: Sequence[Sheaf]


@dataclass(frozen=True, slots=True)
class TownshipSlips:
    """What a township prints: its name, the round or meeting, the origin of the casting host, the last day to cast."""

    name: str
    occasion: str
    origin: str
    last: dt.date
    branches: Sequence[BranchSlips]


@dataclass(frozen=True, slots=True)
class EnvelopeList:
    """The envelopes of one branch: name and code, how many households its list has (0 where no list may be kept)."""

    branch: str
    code: str
    households: int
    envelopes: Sequence[Envelope]


def slips_pdf(township: TownshipSlips, day: dt.date, fonts: Path | None = None) -> bytes:
    """All slips of a township, printed on a day: for each branch a page that says what to do, then ten slips to a page,
    a new page for each source. Raises PaperRefused where no font has a sign of a name.
    """
    said = {
        "township": township.name, "occasion": township.occasion,
        "last": in_full(township.last), "until": township.last.isoformat(), "branches": list(_branches(township)),
    }  # fmt: skip
    return typeset(SLIPS, said, PLAIN, day, fonts, codes=True)


def envelopes_pdf(
    township: str, occasion: str, seed: str, lists: Sequence[EnvelopeList], day: dt.date, fonts: Path | None = None
) -> bytes:
    """Which envelope goes to which household, branch by branch, with the public seed they were drawn by: no persons.

    Raises PaperRefused where no font has a sign of a name.
    """
    said = {
        "township": township, "occasion": occasion, "seed": seed, "day": in_full(day),
        "lists": [
            {"branch": one.branch, "code": one.code, "households": one.households,
             "envelopes": [[each.number, each.household] for each in one.envelopes]}
            for one in lists
        ],
    }  # fmt: skip
    return typeset(ENVELOPES, said, ACCESSIBLE, day, fonts)


def _branches(township: TownshipSlips) -> Iterator[dict[str, Any]]:
    """Each branch with its sheaves, and the pages of the file on which these stand."""
    page = 0
    for branch in township.branches:
        page += 1
        sheaves = []
        for sheaf in branch.sheaves:
            sheaves.append({**_sheaf(sheaf, township.origin), "first": page + 1, "last": page + sheaf.pages})
            page += sheaf.pages
        yield {"name": branch.name, "sheaves": sheaves}


def _sheaf(sheaf: Sheaf, origin: str) -> dict[str, Any]:
    return {
        "zh": sheaf.source.zh, "en": sheaf.source.en, "people": sheaf.people,
        "spare": len(sheaf.codes) - sheaf.people, "public": sheaf.public, "named": sheaf.named,
        "address": typed_address(origin, sheaf.poll),
        "codes": [[_rows(code), picture(address(origin, sheaf.poll, code))] for code in sheaf.codes],
    }  # fmt: skip


def _rows(code: str) -> list[str]:
    """The eight groups of a code in two rows."""
    groups = grouped(code).split("-")
    return [" ".join(groups[:4]), " ".join(groups[4:])]


def picture(content: str) -> str:
    """A QR code (error correction M at least) as SVG: a line for each run of dark squares, no white around it."""
    rows = segno.make_qr(content, error="m", mask=_MASK).matrix
    path = "".join(
        f"M{run.start()} {y}h{run.end() - run.start()}" for y, row in enumerate(rows) for run in _DARK.finditer(row)
    )
    size = len(rows)
    drawing = f'<path d="{path}" stroke="#000" fill="none"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 -.5 {size} {size}">{drawing}</svg>'
