"""What branches tell they have brought about 带动成效, and what their superiors gave them 支持保障.

An effect is the branch's own word until somebody above it has looked into it, and stays marked as self-reported. The
kinds: `rulebook/effects.yaml`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from baolei.programme.refusals import ActRefused
from baolei.programme.ruled import Rows, read_as, since, text
from baolei.programme.standard.edition import Text

NUMBER, SHARE = MEASURES = ("number", "share")
MOST = 10**12
"""No number told is larger, people and yuan alike: a slip of the finger is found."""


class EffectRefused(ActRefused):
    """An effect or a support that cannot be as told."""


@dataclass(frozen=True, slots=True)
class EffectKind:
    """A kind of effect: how it is measured, the fields of the branches that tell it (none: all), and for a share what
    its part and its whole are called.
    """

    code: str
    name: Text
    measure: str
    fields: frozenset[str]
    part: Text
    whole: Text | None

    def told_by(self, field: str) -> bool:
        """Whether branches of this field tell it."""
        return not self.fields or field in self.fields


@dataclass(frozen=True, slots=True)
class SupportKind:
    """A kind of support, told in yuan where it is `money`."""

    code: str
    name: Text
    money: bool


@dataclass(frozen=True, slots=True)
class EffectRules:
    """In force from a day: the kinds of effects and of support by code, in the order in which they are offered; the
    fields of the branches of property-service companies, and the effect that tells what those recovered.
    """

    since: dt.date
    source: Text
    effects: Mapping[str, EffectKind]
    supports: Mapping[str, SupportKind]
    property_fields: frozenset[str]
    recovered: str


def effect_rules(rows: Rows, known_fields: Mapping[str, Text]) -> EffectRules:
    """The rules written in `rulebook/effects.yaml`. Raises ValueError naming what is wrong."""
    with read_as("effects"):
        effects = {row["code"]: _effect(row) for row in rows["effects"]}
        supports = {row["code"]: SupportKind(row["code"], text(row["name"]), bool(row["money"]))
                    for row in rows["supports"]}  # fmt: skip
        own, recovered = frozenset(rows["property"]["fields"]), rows["property"]["outcome"]
        rules = EffectRules(since(rows), text(rows["source"]), effects, supports, own, recovered)
    faults = [f"{one.code}: measure {one.measure!r} is none of " + ", ".join(MEASURES)
              for one in effects.values() if one.measure not in MEASURES]  # fmt: skip
    faults += [f"{one.code}: no field {field}" for one in effects.values() for field in sorted(one.fields)
               if field not in known_fields]  # fmt: skip
    if recovered not in effects or not own <= effects[recovered].fields:
        faults.append(f"property: no effect {recovered!r} that branches of these fields tell")
    if faults:
        raise ValueError("effects: " + "; ".join(faults))
    return rules


def _effect(row: Rows) -> EffectKind:
    name = text(row["name"])
    part = text(row["part"]) if row["measure"] == SHARE else name
    whole = text(row["whole"]) if row["measure"] == SHARE else None
    return EffectKind(row["code"], name, row["measure"], frozenset(row.get("fields", ())), part, whole)


def may_be_told(kind: EffectKind, field: str, part: int, whole: int | None) -> None:
    """Raises EffectRefused unless branches of the field tell this kind, and the numbers can be."""
    if not kind.told_by(field):
        raise EffectRefused(
            Text(f"本领域的党支部不填“{kind.name.zh}”", f"branches of this field do not tell “{kind.name.en}”"),
            Text("换一项", "choose another"),
        )
    if not 0 <= part <= MOST or not 0 <= (whole or 0) <= MOST:
        raise EffectRefused(
            Text("数字太大或小于零", "the number is below 0 or too large"), Text("核对后再填", "check it")
        )
    if kind.whole is None:
        return
    if not whole:
        raise EffectRefused(
            Text(f"没有填“{kind.whole.zh}”", f"“{kind.whole.en}” is missing"),
            Text("两个数都要填", "enter both numbers"),
        )
    if part > whole:
        raise EffectRefused(
            Text(f"“{kind.part.zh}”大于“{kind.whole.zh}”", f"“{kind.part.en}” is more than “{kind.whole.en}”"),
            Text("核对后再填", "check both"),
        )


def may_be_given(kind: SupportKind, yuan: int | None) -> None:
    """Raises EffectRefused unless a sum is told for money, and for money only."""
    if kind.money and not 0 < (yuan or 0) <= MOST:
        raise EffectRefused(
            Text(f"“{kind.name.zh}”要填金额（元）", f"“{kind.name.en}” takes a sum in yuan"),
            Text("填上金额", "enter it"),
        )
    if not kind.money and yuan is not None:
        raise EffectRefused(
            Text(f"“{kind.name.zh}”不填金额", f"“{kind.name.en}” takes no sum"), Text("金额留空", "leave it empty")
        )
