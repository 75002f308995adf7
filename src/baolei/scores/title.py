"""Why a branch carries the title or not: each condition of the titled tier with what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from baolei.programme.naming import counted
from baolei.programme.printed import cents, signed
from baolei.programme.scoring.sheet import Sheet
from baolei.programme.standard.edition import Edition


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of the title: what is asked, what was found, whether it is met."""

    asked: str
    found: str
    met: bool


def checks(sheet: Sheet, edition: Edition) -> list[Check]:
    """Every condition of the tier it is named by, else of the titled tier that asks least; none where there is none."""
    own, titled = edition.tiers[sheet.row["tier"]], [tier for tier in edition.tiers if tier.named]
    if not titled:
        return []
    tier = own if own.named else titled[-1]
    made = [_by_line(sheet)] if tier.by_line else []
    if tier.at_least is not None:
        met = sheet.row["score"] >= tier.at_least
        made.append(Check(_("At least %(points)s points") % {"points": cents(tier.at_least)},
                          cents(sheet.row["score"]), met))  # fmt: skip
    if tier.stars:
        met = sheet.row["stars"] >= tier.stars
        made.append(Check(_("At least %(stars)s stars") % {"stars": tier.stars}, str(sheet.row["stars"]), met))
    return made + [make(sheet.row, edition) for need, make in CONDITIONS.items() if need in tier.needs]


def _by_line(sheet: Sheet) -> Check:
    row, found = sheet.row, cents(counted(sheet.row))
    if row["visited"]:
        how = _("%(counted)s: score %(score)s joined with this year's visit")
    elif counted(row) != row["score"]:
        how = _("%(counted)s: score %(score)s, county leniency %(leniency)s taken off")
    else:
        how = "%(counted)s"
    values = {"counted": found, "score": cents(row["score"]), "leniency": signed(row["leniency"])}
    return Check(_("Line of the field: %(line)s") % {"line": cents(sheet.line)}, how % values, bool(row["over_line"]))


def _gates(row: Mapping[str, Any], edition: Edition) -> Check:
    missing = row["gates_open"].bit_count()
    asked = _("All %(number)s gates of the shared baseline") % {"number": len(edition.gates)}
    return Check(asked, _("%(number)s not met") % {"number": missing} if missing else _("all met"), not missing)


def _vetoes(row: Mapping[str, Any], _edition: Edition) -> Check:
    found = row["vetoes"].bit_count()
    return Check(_("No veto"), _("%(number)s recorded") % {"number": found} if found else _("none recorded"), not found)


def _floors(row: Mapping[str, Any], edition: Edition) -> Check:
    broken = [strength.code for place, strength in enumerate(edition.strengths) if row["floors_broken"] >> place & 1]
    found = _("%(number)s below") % {"number": len(broken)} if broken else _("all reached")
    return Check(_("No strength below its floor"), found, not broken)


def _evidence(row: Mapping[str, Any], _edition: Edition) -> Check:
    short = row["evidence_short"].bit_count()
    found = (
        _("%(number)s sources short; the place is kept") % {"number": short} if short else _("enough of every source")
    )
    return Check(_("Enough ballots"), found, not short)


CONDITIONS: dict[str, Callable[[Mapping[str, Any], Edition], Check]] = {
    "gates": _gates,
    "no_veto": _vetoes,
    "floors": _floors,
    "evidence": _evidence,
}
"""What a tier may need besides points, in the order in which it is looked at."""
