"""`baolei edition`: check an edition, or say what changed from one to another."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from baolei.programme.refusals import EditionRefused, Fault
from baolei.programme.standard.compare import VERDICTS, Change, compare
from baolei.programme.standard.edition import Basis, Edition, Text
from baolei.warehouse.editions import edition, folder_of

WORDS = {
    "field": Text("领域", "field"),
    "line": Text("界线", "line"),
    "where": Text("位置", "where"),
    "what": Text("变化", "what"),
    "before": Text("原", "before"),
    "after": Text("现", "after"),
    "added": Text("新增", "added"),
    "dropped": Text("删去", "dropped"),
    "moved": Text("移动", "moved"),
    "reweighted": Text("改分", "reweighted"),
    "reordered": Text("改序", "reordered"),
    "changed": Text("改动", "changed"),
    "same": Text("没有变化", "nothing changed"),
}


def check_edition(where: str, as_json: bool) -> int:
    """Read an edition and say what it is. EditionRefused lists every fault."""
    found = edition(where)
    standings = Counter(rule.standing or "unsaid" for rule in rules_of(found))
    says = {
        "code": found.code, "name": found.name.zh, "digest": found.digest, "fields": len(found.fields),
        "items": len(found.items), "strengths": len(found.strengths), "total": found.total / 100,
        "rules": dict(sorted(standings.items())),
    }  # fmt: skip
    print(json.dumps(says, ensure_ascii=False) if as_json else
          f"{found.name.zh} ({found.name.en}): {len(found.fields)} fields, {len(found.items)} items, "
          f"{found.total / 100:g} points\n"
          f"rules: {', '.join(f'{count} {standing}' for standing, count in sorted(standings.items()))}\n"
          f"edition {found.digest}")  # fmt: skip
    return 0


def copy_edition(where: str, to: str) -> None:
    """Write the files of a sound edition to the new folder `to`. EditionRefused; FileExistsError where there is one."""
    edition(where)
    home, target = folder_of(where), Path(to)
    target.mkdir(parents=True)
    for file in sorted(home.rglob("*.yaml")) if home.is_dir() else [home]:
        copy = target / (file.relative_to(home) if home.is_dir() else file.name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())


def rules_of(found: Edition) -> list[Basis]:
    """The rule behind every item, gate, veto, bonus and deduction that names one."""
    named = [item.basis for item in found.items.values()]
    for entries in (found.gates, found.vetoes, found.bonuses, found.deductions):
        named += [entry.rule for entry in entries]
    return [rule for rule in named if rule]


def compare_editions(before: str, after: str, field: str, language: str, as_json: bool) -> int:
    """Print what changed: the whole edition's changes and a count by field, or every change of one field.

    EditionRefused when one of the two cannot be read, or neither has the field.
    """
    old, new = edition(before), edition(after)
    known = list(dict.fromkeys(table.code for table in (*old.fields, *new.fields)))
    if field and field not in known:
        raise EditionRefused([Fault(f"{before}, {after}", 0, f"no field {field!r}", "one of " + ", ".join(known))])
    changes = [change for change in compare(old, new) if not field or concerns(change, field)]
    if as_json:
        plain = [dataclasses.asdict(change) for change in changes]
        print(json.dumps({"before": old.digest, "after": new.digest, "changes": plain}, ensure_ascii=False))
        return 0
    console = Console()
    if not changes:
        console.print(WORDS["same"].say(language))
    _rows([change for change in changes if field or not change.field], language, console)
    if not field:
        _counts(old, new, changes, language, console)
    return 0


def concerns(change: Change, field: str) -> bool:
    """Whether a change is one of this field."""
    return change.field == field or (change.group == "fields" and change.code == field)


def _rows(changes: Sequence[Change], language: str, console: Console) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("where", "what", "before", "after"):
        table.add_column(WORDS[heading].say(language), overflow="fold")
    for change in changes:
        where = " ".join(filter(None, (change.group, change.code, change.aspect)))
        said = [text.say(language) if text else "" for text in (change.before, change.after)]
        table.add_row(where, WORDS[change.verdict].say(language), *said)
    if changes:
        console.print(table)


def _counts(old: Edition, new: Edition, changes: Sequence[Change], language: str, console: Console) -> None:
    """One row for each field with a change: its line, and how many values changed in which way."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(WORDS["field"].say(language))
    for heading in ("line", *VERDICTS):
        table.add_column(WORDS[heading].say(language), justify="right")
    lines = [{each.code: f"{each.line / 100:g}" for each in edition.fields} for edition in (old, new)]
    for each in {each.code: each for each in (*old.fields, *new.fields)}.values():
        mine = [change for change in changes if concerns(change, each.code)]
        if mine:
            was, is_ = (line.get(each.code, "–") for line in lines)
            counts = Counter(change.verdict for change in mine)
            table.add_row(each.name.say(language), was if was == is_ else f"{was} → {is_}",
                          *(str(counts[verdict] or "") for verdict in VERDICTS))  # fmt: skip
    if table.row_count:
        console.print(table)
