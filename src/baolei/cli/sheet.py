"""`baolei sheet`: a branch's score on one screen, every line as it would be worked out by hand."""

from __future__ import annotations

import dataclasses
import difflib
import heapq
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
from rich import box
from rich.console import Console
from rich.table import Table

from baolei.programme.refusals import Fault, SnapshotRefused
from baolei.programme.scoring.sheet import Lever, Sheet, points_text
from baolei.programme.standard.edition import Edition, Text
from baolei.warehouse.editions import edition as read_edition
from baolei.warehouse.evaluate import open_results
from baolei.warehouse.sheets import read_figures, sheet_of
from baolei.warehouse.snapshot import read_table

WORDS = {
    # key: (Chinese, English)
    "line": Text("项目", "line"),
    "how": Text("怎么算", "worked out"),
    "of": Text("满分", "of"),
    "points": Text("得分", "points"),
    "field": Text("比领域均值", "against field"),
    "closed": Text("票数不足，只计入总分", "too few ballots: only inside the total"),
    "absent": Text(
        "不适用或未填，分值由同格其他项目承接", "not applicable or not given; the others of its cell took its points"
    ),
    "base": Text("基础分", "base"),
    "bonus": Text("加分", "bonus"),
    "deduction": Text("扣分", "deduction"),
    "leniency": Text("尺度校正", "leniency line"),
    "score": Text("总分", "score"),
    "line_is": Text("标准线", "line"),
    "se": Text("标准误", "SE"),
    "tier": Text("等次", "tier"),
    "chance": Text("达线把握", "chance over the line"),
    "rank": Text("名次区间", "rank interval"),
    "open": Text("待解决", "to be settled"),
    "met_by": Text("怎样算达到", "met by"),
    "lifts": Text("怎样提分（只是算术，不是承诺）", "what would lift it (arithmetic, not a promise)"),
    "way": Text("最少几步可到线", "fewest steps to the line"),
}
CONFIRMATION = (Text("未确认", "not confirmed"), Text("先核查", "visit first"), Text("已确认", "confirmed"))


def print_sheet(results: Path, branch: str, language: str, as_json: bool) -> int:
    """Print the sheet of the branch with this code or name. SnapshotRefused when there is none, or several."""
    open_results(results)
    row = find(results, branch)
    edition = read_edition(results / "edition")
    sheet = sheet_of(results, row, edition, read_figures(results))
    if as_json:
        print(json.dumps(as_plain(sheet), ensure_ascii=False, default=str))
        return 0
    show(sheet, edition, language, Console())
    return 0


def find(results: Path, branch: str) -> dict[str, Any]:
    """The row of the branch with this code, else with this very name."""
    table = read_table(results / "branches.parquet")
    for column in ("code", "name"):
        rows = table.filter(pc.equal(table[column], branch))
        if rows.num_rows == 1:
            return dict(rows.to_pylist()[0])
        if rows.num_rows > 1:
            codes = ", ".join(rows["code"].to_pylist()[:8])
            raise SnapshotRefused([Fault("branches.parquet", 0, f"{rows.num_rows} branches have the name {branch!r}",
                                         f"one of their codes: {codes}")])  # fmt: skip
    near = nearest(branch, table["name"].to_pylist(), table["code"].to_pylist())
    right = f"did you mean {'; '.join(near)}?" if near else "a code or a full name of this round"
    raise SnapshotRefused([Fault("branches.parquet", 0, f"no branch {branch!r}", right)])


def nearest(said: str, names: Sequence[str], codes: Sequence[str], most: int = 5) -> list[str]:
    """Branches whose code or name comes near to what was said, best first: 'name (code)'."""
    pairs = list(zip(names, codes, strict=True))
    within = [pair for pair in pairs if said and (said in pair[0] or pair[1].startswith(said))]
    letters = set(said)
    likely = within or heapq.nlargest(200, pairs, key=lambda pair: max(len(letters & set(word)) for word in pair))
    alike = {f"{name} ({code})": max(_alike(said, name), _alike(said, code)) for name, code in likely}
    return [word for word in heapq.nlargest(most, alike, key=alike.__getitem__) if within or alike[word] >= 0.5]


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def as_plain(sheet: Sheet) -> dict[str, Any]:
    """The sheet as plain values; what the sheet closes stays closed."""
    plain = dataclasses.asdict(sheet)
    for leaves in (plain["leaves"], plain["gains"], plain["losses"]):
        for leaf in leaves:
            if not leaf["shown"]:
                for key in ("points", "n", "mean", "result", "unknown", "against"):
                    leaf[key] = None
    if sheet.hidden:
        plain["row"] = {key: value for key, value in sheet.row.items()
                        if not key.startswith(("earned_", "gap_")) or key == "earned_org"}  # fmt: skip
        plain["sources"] = [source for source in plain["sources"] if source[-1]]
    return plain


def show(sheet: Sheet, edition: Edition, language: str, console: Console) -> None:
    """Print the sheet as tables."""
    words, row = {key: text.say(language) for key, text in WORDS.items()}, sheet.row
    console.print(f"[bold]{row['name']}[/]  {row['code']}  {sheet.field.say(language)}", soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading, side in (("line", "left"), ("how", "left"), ("of", "right"), ("points", "right"), ("field", "right")):
        table.add_column(words[heading], justify=side)  # type: ignore[arg-type]
    for code, name, *_ in sheet.sources:
        table.add_row(f"[bold]{name.say(language)}[/]", "", "", "", "")
        for leaf in (leaf for leaf in sheet.leaves if leaf.source == code):
            how = leaf.formula if leaf.formula else words["absent" if leaf.shown else "closed"]
            table.add_row(f"  {leaf.strength} {leaf.name.say(language)}", how, points_text(leaf.available),
                          points_text(leaf.points) if leaf.shown else "·",
                          f"{leaf.against / 100:+.2f}" if leaf.shown and leaf.applies else "")  # fmt: skip
    console.print(table)
    _totals(sheet, edition, language, console)
    _levers(words["lifts"], sheet.levers[:8], language, console)
    _levers(words["way"], sheet.way, language, console)


def _totals(sheet: Sheet, edition: Edition, language: str, console: Console) -> None:
    words, row = {key: text.say(language) for key, text in WORDS.items()}, sheet.row
    parts = [f"{name.say(language)} {points_text(earned)}" for _, name, earned, _, shown in sheet.sources if shown]
    sum_of = " + ".join(parts) + (" + …" if sheet.hidden else "")
    console.print(f"{sum_of} = {words['base']} {points_text(row['base'])}", soft_wrap=True)
    line = f"  {words['leniency']} −{points_text(row['leniency_line'])}" if row["leniency_line"] else ""
    console.print(
        f"{words['bonus']} +{points_text(row['bonus'])}  {words['deduction']} −{points_text(row['deduction'])}{line}"
        f"  → [bold]{words['score']} {points_text(row['score'])}[/]"
        f"  {words['line_is']} {points_text(sheet.line)}  {words['se']} {row['se']:.2f}",
        soft_wrap=True,
    )
    chance = CONFIRMATION[row["confirmation"]].say(language)
    console.print(f"{words['tier']} {sheet.tier.say(language)}  {words['chance']} {chance} ({row['probability']:.2f})  "
                  f"{words['rank']} {row['rank_low']:,}–{row['rank_high']:,}", soft_wrap=True)  # fmt: skip
    for condition in sheet.conditions:
        by = f"（{words['met_by']}：{condition.met_by.say(language)}）" if condition.met_by else ""
        console.print(f"  ! {words['open']}: {condition.name.say(language)}{by}", soft_wrap=True)


def _levers(title: str, levers: tuple[Lever, ...], language: str, console: Console) -> None:
    if levers:
        console.print(f"[bold]{title}[/]")
    for lever in levers:
        console.print(f"  +{points_text(lever.gain)}  {lever.name.say(language)}  {lever.step}", soft_wrap=True)
