"""The roles a mandate can name, read from `rulebook/roles.yaml`: what each opens, and which exclude each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import yaml
from django.utils.translation import get_language

from baolei.warehouse.rulebook import text

FILE = "roles.yaml"
What = Literal["results", "records"]
May = Literal["open_accounts", "disable_accounts", "forget_factors", "read_ledger"]
_TREES, _READS = {"unit", "party", "none"}, {"results", "records"}
_MAY = {"open_accounts", "disable_accounts", "forget_factors", "read_ledger"}


@dataclass(frozen=True, slots=True)
class RoleRule:
    """One role: its names, the tree it stands in, what it opens, and the roles nobody holds beside it."""

    code: str
    zh: str
    en: str
    tree: str
    reads: frozenset[str]
    writes: bool
    second_factor: bool
    may: frozenset[str]
    gives: frozenset[str]
    approves: frozenset[str]
    excludes: frozenset[str]

    @property
    def name(self) -> str:
        """Its name in the language of the page."""
        return self.en if (get_language() or "").startswith("en") else self.zh

    def __str__(self) -> str:
        return self.name


@lru_cache(maxsize=1)
def roles() -> dict[str, RoleRule]:
    """Every role by its code, in the order of the file. Raises ValueError where the shipped file contradicts itself."""
    return read(yaml.safe_load(text(FILE))["roles"])


def read(rows: dict[str, Any]) -> dict[str, RoleRule]:
    """Roles from the rows of the file, exclusions made mutual. Raises ValueError naming every fault."""
    faults = [f"{FILE}: {code}: {fault}" for code, row in rows.items() for fault in _faults(row, set(rows))]
    if faults:
        raise ValueError("\n".join(faults))
    named = {code: _named(row, "excludes", rows) - {code} for code, row in rows.items()}
    return {
        code: RoleRule(
            code, row["name"]["zh"], row["name"]["en"], row["tree"], frozenset(row["reads"]), row["writes"],
            row.get("second_factor", False), frozenset(row.get("may", [])), frozenset(_named(row, "gives", rows)),
            frozenset(_named(row, "gives", rows) | _named(row, "approves", rows)),
            frozenset(named[code] | {other for other in rows if code in named[other]}),
        )
        for code, row in rows.items()
    }  # fmt: skip


def _named(row: dict[str, Any], key: str, rows: dict[str, Any]) -> set[str]:
    """The roles an entry names; `all` is every one."""
    return set(rows) if row.get(key) == "all" else set(row.get(key, []))


def reading(what: What) -> tuple[str, ...]:
    """The codes of the roles that open results, or records."""
    return tuple(code for code, role in roles().items() if what in role.reads)


def writing() -> tuple[str, ...]:
    """The codes of the roles that change records."""
    return tuple(code for code, role in roles().items() if role.writes and "records" in role.reads)


def allowing(may: May) -> tuple[str, ...]:
    """The codes of the roles that do this with accounts."""
    return tuple(code for code, role in roles().items() if may in role.may)


def giving(role: str) -> tuple[str, ...]:
    """The codes of the roles that give mandates of this one."""
    return tuple(code for code, rule in roles().items() if role in rule.gives)


def approving(role: str) -> tuple[str, ...]:
    """The codes of the roles that approve mandates of this one."""
    return tuple(code for code, rule in roles().items() if role in rule.approves)


def needing_second_factor() -> tuple[str, ...]:
    """The codes of the roles that nobody uses without a second factor."""
    return tuple(code for code, role in roles().items() if role.second_factor)


def role_name(code: str) -> str:
    """The name of a role in the language of the page; the code itself where the file no longer knows it."""
    return roles()[code].name if code in roles() else code


def _faults(row: dict[str, Any], codes: set[str]) -> list[str]:
    named = {code for key in ("excludes", "gives", "approves") if row.get(key, "all") != "all" for code in row[key]}
    asked = {
        f"tree {row.get('tree')!r} is none of {', '.join(sorted(_TREES))}": row.get("tree") not in _TREES,
        f"reads must be of {', '.join(sorted(_READS))}": not set(row.get("reads", ["?"])) <= _READS,
        f"may must be of {', '.join(sorted(_MAY))}": not set(row.get("may", [])) <= _MAY,
        f"names unknown roles: {', '.join(sorted(named - codes))}": not named <= codes,
        "writes must be true or false": not isinstance(row.get("writes"), bool),
        "name needs zh and en": set(row.get("name", {})) != {"zh", "en"},
    }
    return [fault for fault, wrong in asked.items() if wrong]
