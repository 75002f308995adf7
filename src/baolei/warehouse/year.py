"""A programme year in one file 一年一档: what a round was judged by, what came out, and every name on its list.

The file for auditors holds all that it takes to recompute every naming. The file for everybody is made from it, and
holds what the table of `rulebook/visibility.yaml` lets the public see. No person is in either (decision 0008).

manifest.json      SHA-256 of every file              year.json       the round, its calendar, notice and counts
ledger.json        the record of this file, up to the ledger's root
edition/, rulebook/  the standard and the rules, word for word
check_year.py      checks the file with Python alone (`python FILE.zip`)
auditors: snapshot/, results/, list.csv (every line), draw.csv and visits.csv (the lottery)
everybody: names.csv (who is on the list), sums.csv (names and branches by field and unit)
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from baolei.programme import naming
from baolei.programme.naming import Reason
from baolei.programme.printed import percent
from baolei.programme.proof import Peaks
from baolei.programme.standard.edition import Edition
from baolei.programme.visibility import Visibility, closed, hidden, least
from baolei.warehouse import rulebook
from baolei.warehouse.check_year import FORMAT, LEDGER, MANIFEST, PUBLIC, WHOLE, YEAR, core, sha256, write
from baolei.warehouse.snapshot import read_table
from baolei.warehouse.snapshot import sha256 as sha256_of
from baolei.warehouse.spreadsheets import harmless

Files = dict[str, bytes | Path]
"""The parts of a year by name: bytes, or the file that holds them."""

RULES = ("review", "titles", "notice", "triage", "workdays", "rounds", "visibility")
"""The rule files that a round went by, besides its edition."""

ENDED = "ended"
"""In the place of an act: a branch that was scored and had ended before the list was drawn up."""

LIST = (
    "code", "name", "unit", "field", "score", "tier", "named", "held", "sure", "standing", "visited", "passed",
    "reviewed", "act", "reason", "document", "decided", "listed", "against", "why",
)  # fmt: skip
DRAW = ("draw", "code", "county", "number", "probability", "drawn", "borderline")
VISITS = ("code", "draw", "wave", "made")
SUMS = ("by", "code", "name", "branches", "names")
JUDGED = [
    "code", "name", "unit", "field", "score", "tier", "named", "held", "confirmation", "visited", "standing",
    "leniency", "leniency_line", "probability", "over_line", "stars", "gates_open", "vetoes", "floors_broken",
    "evidence_short",
]  # fmt: skip
"""Columns of the results that a list is drawn up from."""
DRAWN = ["code", "unit_3", "draw_number", "draw_probability", "drawn", "borderline"]
"""Columns of the results that say who was drawn."""


@dataclass(frozen=True, slots=True)
class Named:
    """A line of a list as it stands: where the branch stands by its results and why, whether the review passed it (and
    the digest of what it passed), what people decided, and whether it is listed.
    """

    code: str
    field: str
    score: int
    tier: str
    standing: str
    reasons: tuple[Reason, ...]
    visited: bool
    passed: bool
    listed: bool
    reviewed: str = ""
    act: str = ""
    reason: str = ""
    document: str = ""
    decided: str = ""


@dataclass(frozen=True, slots=True)
class Draw:
    """A run by which visits were drawn: its public number, the digest of its results, where they lie."""

    seed: str
    results: str
    folder: Path


# ---- the file for auditors ----


def whole(
    run: Path,
    edition: Edition,
    says: Mapping[str, Any],
    named: Sequence[Named],
    drawn: Sequence[Draw],
    visits: Iterable[Sequence[Any]],
) -> Files:
    """The parts of the file for auditors, but for its record in the ledger.

    `run`: the folder of the run that the list is drawn up from. `says`: what `year.json` says of round, run, list and
    notice. `visits`: branch, place of its draw in `drawn`, wave, whether it was made; sorted.
    """
    table = judged(run / "results")
    kept = {line.code: line for line in named}
    every = [kept.get(code) or _ended(edition, row) for code, row in table.items()]
    files = _folders(run)
    files["list.csv"] = csv_of(LIST, (line_row(one, table[one.code]) for one in every))
    files["draw.csv"] = csv_of(DRAW, (row for place, one in enumerate(drawn) for row in draw_rows(place, one.folder)))
    files["visits.csv"] = csv_of(VISITS, ((*visit[:-1], yes(visit[-1])) for visit in visits))
    files[YEAR] = _json({
        **says, "variant": WHOLE, "counts": _counts(every),
        "draws": [{"seed": one.seed, "results": one.results, "at_least": edition.policy.visit_at_least}
                  for one in drawn],
    })  # fmt: skip
    return files | _common(run, WHOLE)


def judged(results: Path) -> dict[str, naming.Row]:
    """What a list is drawn up from, by branch, in the order of the results."""
    return {row["code"]: row for row in read_table(results / "branches.parquet", JUDGED).to_pylist()}


def _folders(run: Path) -> Files:
    """Snapshot and results as they lie: taken out, each is a folder that `baolei evaluate` and `verify` read."""
    return {
        f"{part}/{path.relative_to(run / part).as_posix()}": path
        for part in ("snapshot", "results") for path in sorted((run / part).rglob("*")) if path.is_file()
    }  # fmt: skip


def _common(run: Path, variant: str) -> Files:
    """What stands in both: the edition and the rules word for word, the script, and how to read it all."""
    home = run / "snapshot" / "edition"
    files: Files = {
        f"edition/{path.relative_to(home).as_posix()}": path for path in sorted(home.rglob("*")) if path.is_file()
    }
    files |= {f"rulebook/{name}.yaml": rulebook.text(f"{name}.yaml").encode() for name in RULES}
    return files | scripts() | guides(variant)


def scripts() -> Files:
    """What checks the file with Python alone."""
    code = resources.files("baolei")
    start = b"import check_year\n\nraise SystemExit(check_year.main())\n"
    check = code.joinpath("warehouse", "check_year.py").read_bytes()
    return {
        "__main__.py": start,
        "check_year.py": check,
        "proof.py": code.joinpath("programme", "proof.py").read_bytes(),
    }


def guides(variant: str) -> Files:
    """How to read it, in Chinese and English."""
    return {
        f"README.{language}.md": rulebook.text(f"year/{variant}.{language}.md").encode() for language in ("zh", "en")
    }


def _ended(edition: Edition, row: naming.Row) -> Named:
    line = naming.draw_up(edition, {row["code"]: row})[0]
    return Named(line.branch, line.field, line.score, edition.tiers[row["tier"]].code, line.standing, line.reasons,
                 line.visited, passed=False, listed=False, act=ENDED)  # fmt: skip


def line_row(line: Named, row: naming.Row) -> tuple[Any, ...]:
    """A line of `list.csv`, in the order of `LIST`; `row` is the branch's row of results."""
    against = [one for one in line.reasons if not one.met]
    said = against if against and not line.listed else line.reasons
    return (
        line.code, harmless(row["name"]), row["unit"], line.field, line.score, line.tier, yes(row["named"]),
        yes(row["held"]), int(row["confirmation"]), line.standing, yes(line.visited), yes(line.passed), line.reviewed,
        line.act, harmless(line.reason), harmless(line.document), line.decided, yes(line.listed),
        " ".join(one.code for one in against), "；".join(one.words.zh for one in said),
    )  # fmt: skip


def draw_rows(place: int, results: Path) -> Iterator[tuple[Any, ...]]:
    """The rows of `draw.csv` of one draw, from the results by which it was drawn."""
    for row in read_table(results / "branches.parquet", DRAWN).to_pylist():
        yield (place, row["code"], row["unit_3"], f"{row['draw_number']:.9f}", f"{row['draw_probability']:.6f}",
               yes(row["drawn"]), yes(row["borderline"]))  # fmt: skip


def _counts(every: Sequence[Named]) -> dict[str, int]:
    acts = Counter(line.act for line in every)
    return {
        "lines": len(every), "listed": sum(line.listed for line in every),
        **{act: acts[act] for act in (naming.STRUCK, naming.ADDED, ENDED)},
    }  # fmt: skip


# ---- the file for everybody ----


def public(
    run: Path, edition: Edition, year: Mapping[str, Any], listed: Iterable[str], draws: Mapping[int, Mapping[str, int]]
) -> Files:
    """The parts of the file for everybody, from those of the auditors', but for its record in the ledger.

    `run`: the folder of snapshot and results. `year`: what the auditors' `year.json` says, with `whole`, its digest in
    the ledger. `listed`: the codes on the list. `draws`: how many were drawn in each wave, by the place of the draw.
    """
    rules = rulebook.visibility()
    part = _part(year["round"]["level"])
    table = read_table(run / "results" / "branches.parquet")
    names = table.filter(pc.is_in(table["code"], pa.array(listed, pa.string()))).sort_by("code").to_pylist()
    fewest = least(rules)
    files = _common(run, PUBLIC)
    files["names.csv"] = csv_of(_name_heads(edition), (_name_row(edition, rules, row, part) for row in names))
    files["sums.csv"] = csv_of(SUMS, _sum_rows(edition, run, table, names, part, fewest))
    changed = few({act: year["counts"][act] for act in (naming.STRUCK, naming.ADDED)}, fewest)
    said = {**year, "variant": PUBLIC, "counts": {"listed": len(names), **changed}}
    said["draws"] = [
        {"seed": draw["seed"], "results": draw["results"], "drawn": few(draws.get(place, {}), fewest)}
        for place, draw in enumerate(year["draws"])
    ]
    files[YEAR] = _json(said)
    return files


def waves(visits: Iterable[Mapping[str, str]]) -> dict[int, dict[str, int]]:
    """How many visits there are of each wave, by the place of their draw."""
    found: dict[int, dict[str, int]] = {}
    for visit in visits:
        of = found.setdefault(int(visit["draw"]), {})
        of[visit["wave"]] = of.get(visit["wave"], 0) + 1
    return found


def few(cells: Mapping[str, int], fewest: int) -> dict[str, int | None]:
    """Counts as they may be laid open: None for what is small, and for what would give it away."""
    shut = hidden(cells, fewest)
    return {code: None if code in shut else number for code, number in cells.items()}


def _part(level: int) -> str:
    """The column of the results that holds the unit right below the round's."""
    return f"unit_{level + 1}" if level < 4 else "unit"


def _name_heads(edition: Edition) -> tuple[str, ...]:
    strengths = (f"{one.code} %" for one in edition.strengths)
    return ("code", "name", "unit", "part", "field", "tier", *strengths, *(f"n {one.code}" for one in edition.asked()))


def _name_row(edition: Edition, rules: Visibility, row: naming.Row, part: str) -> tuple[Any, ...]:
    """A name as everybody sees it: tier, five strengths in whole percent, and how many answered where many did.

    Where too few ballots of a source tell of a branch, its strengths stay closed: the source could be worked out.
    """
    enough, shut = least(rules, public=True), bool(closed(rules, edition, row))
    shares = (
        None if shut else percent(row[f"earned_{one.code}"], row[f"available_{one.code}"]) for one in edition.strengths
    )
    asked = (row[f"ballots_{one.code}"] for one in edition.asked())
    return (
        row["code"], harmless(row["name"]), row["unit"], row[part], row["field"],
        edition.tiers[row["tier"]].code, *shares, *(number if number >= enough else None for number in asked),
    )  # fmt: skip


def _sum_rows(
    edition: Edition, run: Path, table: pa.Table, names: Sequence[naming.Row], part: str, fewest: int
) -> Iterator[tuple[Any, ...]]:
    units = read_table(run / "results" / "units.parquet", ["code", "name"]).to_pylist()
    called = {"field": {one.code: one.name.zh for one in edition.fields},
              "part": {one["code"]: one["name"] for one in units}}  # fmt: skip
    for by, column in (("field", "field"), ("part", part)):
        size, listed = Counter(table[column].to_pylist()), Counter(row[column] for row in names)
        shown = few(dict(sorted(size.items())), fewest)
        for code, number in shown.items():
            yield by, code, harmless(called[by].get(code, code)), number, listed[code]


# ---- sealing ----


def core_of(files: Mapping[str, bytes | Path]) -> str:
    """The digest by which the ledger knows these parts."""
    return core({name: _digest(held) for name, held in files.items()})


def seal(files: Files, ledger: Mapping[str, Any], out: Path) -> str:
    """Write the parts as one file with its record and its manifest, whole or not at all; the SHA-256 of the file."""
    held: Files = {**files, LEDGER: _json(ledger)}
    held[MANIFEST] = manifest(held)
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = out.with_name(f".{out.name}.partial-{os.getpid()}")
    try:
        with aside.open("wb") as stream:
            write(held, stream)
        digest = sha256_of(aside)
        aside.replace(out)
    finally:
        aside.unlink(missing_ok=True)
    return digest


def manifest(files: Mapping[str, bytes | Path]) -> bytes:
    """The manifest of these parts."""
    digest = {name: _digest(held) for name, held in files.items()}
    said = {name: {"bytes": _length(held), "sha256": digest[name]} for name, held in files.items()}
    return _json({"format": FORMAT, "core": core(digest), "files": said})


def in_ledger(
    entry: Mapping[str, Any], particulars: Any, salt: str, path: Sequence[str], root: str
) -> dict[str, Any]:  # fmt: skip
    """What `ledger.json` says: the entry as the ledger hashes it, what is sealed in it, its path to the root."""
    return {"size": entry["number"], "root": root, "entry": dict(entry), "particulars": particulars, "salt": salt,
            "path": list(path)}  # fmt: skip


def path_of_last(peaks: Peaks) -> tuple[str, ...]:
    """The hashes that lead from the last leaf of a tree to its root: with each leaf's place they prove it.

    `peaks` are those of the tree before the leaf came: a new leaf is joined to each of them from the right.
    """
    return tuple(peak for _height, peak in reversed(peaks))


def _digest(held: bytes | Path) -> str:
    return sha256(held) if isinstance(held, bytes) else sha256_of(held)


def _length(held: bytes | Path) -> int:
    return len(held) if isinstance(held, bytes) else held.stat().st_size


def yes(value: object) -> str:
    """A truth as a table says it."""
    return "yes" if value else "no"


def csv_of(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table of a year, as bytes: UTF-8 with BOM, lines ended as spreadsheets want them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def json_of(files: Mapping[str, bytes | Path]) -> dict[str, Any]:
    """What the parts of a year say in `year.json`."""
    held = files[YEAR]
    said: dict[str, Any] = json.loads(held if isinstance(held, bytes) else held.read_bytes())
    return said


def _json(said: Any) -> bytes:
    return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
