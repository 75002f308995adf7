"""A programme year for the tests, without a database: a small round scored, listed, recorded, sealed in two files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from baolei.programme import naming, proof
from baolei.warehouse import year
from baolei.warehouse.demo.region import build
from baolei.warehouse.editions import edition as read_edition
from baolei.warehouse.evaluate import evaluate, results_digest
from baolei.warehouse.snapshot import open_snapshot, read_table

ROUND = {"name": "2023年度评定", "year": 2023, "unit": "150422", "unit_name": "某旗", "level": 3, "basis": "approved",
         "document": "组通字〔2023〕8号"}  # fmt: skip
SALT = "0f" * 16


@dataclass
class Year:
    """The two files, and the parts they were made of."""

    whole: Path
    public: Path
    parts: year.Files
    open_parts: year.Files
    run: Path

    def resealed(self, out: Path, changed: year.Files) -> Path:
        """The auditors' file with parts changed and everything sealed and put on record again, as a forger would."""
        parts: year.Files = {**self.parts, **changed}
        year.seal(parts, recorded(parts, self.open_parts), out)
        return out

    def resealed_public(self, out: Path, changed: year.Files) -> Path:
        """The same of everybody's file."""
        parts: year.Files = {**self.open_parts, **changed}
        year.seal(parts, recorded(self.parts, parts), out)
        return out

    def text(self, name: str) -> str:
        """A part of the auditors' file, as text."""
        held = self.parts[name]
        return (held if isinstance(held, bytes) else held.read_bytes()).decode("utf-8-sig")


def run_of(folder: Path, branches: int = 72) -> Path:
    """A small round, frozen and scored."""
    build(folder / "snapshot", scope="150422", scale=branches / 720, seed=11)
    evaluate(folder / "snapshot", folder / "results")
    return folder


def named(run: Path) -> list[year.Named]:
    """The list of a run: the review has passed everybody but one confirmed; two people struck one name."""
    edition = read_edition(run / "results" / "edition")
    rows = year.judged(run / "results")
    first = next(code for code, row in rows.items() if row["named"] and row["confirmation"] == 2)
    found = [
        year.Named(line.branch, line.field, line.score, edition.tiers[rows[line.branch]["tier"]].code, line.standing,
                   line.reasons, line.visited, line.branch != first, line.listed and line.branch != first,
                   reviewed="ab" * 32)
        for line in naming.draw_up(edition, rows)
    ]  # fmt: skip
    struck = next(one.code for one in found if one.listed)
    act = {"act": naming.STRUCK, "reason": "公示期间查实问题", "document": "", "decided": "2024-03-01", "listed": False}
    return [replace(one, **act) if one.code == struck else one for one in found]  # type: ignore[arg-type]


def says(run: Path) -> dict[str, Any]:
    """What the year says of round, run, list and notice."""
    edition, snapshot = read_edition(run / "results" / "edition"), open_snapshot(run / "snapshot")
    return {
        "round": {**ROUND, "edition": edition.code, "digest": edition.digest},
        "calendar": [{"phase": "naming", "from": "2024-03-01", "to": "2024-03-29"}],
        "run": {"seed": snapshot.manifest["seed"], "snapshot": snapshot.digest, "branches": snapshot.rows("branches"),
                "results": results_digest(run / "results")},
        "list": {"document": "组通字〔2024〕3号", "adopted_on": "2024-04-01"},
        "notice": {"first": "2024-03-04", "last": "2024-03-11", "objections": {"upheld": None, "not_upheld": 7}},
    }  # fmt: skip


def recorded(whole: year.Files, public: year.Files) -> dict[str, Any]:
    """The record of both files in a ledger of five entries."""
    leaves = [proof.leaf(f"entry {number}".encode()) for number in range(4)]
    peaks: proof.Peaks = ()
    for leaf in leaves:
        peaks = proof.grow(peaks, leaf)
    told = {"whole": year.core_of(whole), "public": year.core_of(public)}
    particulars = {"why": "", "before": None, "after": told}
    entry = {"number": 5, "at": "2024-04-02T02:00:00.000000+00:00", "actor": None, "act": "figures.year",
             "subject": "round:1", "path": "00001", "sealed": proof.sealed(particulars, SALT),
             "previous": leaves[-1]}  # fmt: skip
    root = proof.root(proof.grow(peaks, proof.leaf(proof.canonical(entry))))
    return year.in_ledger(entry, particulars, SALT, year.path_of_last(peaks), root)


def made(folder: Path, run: Path) -> Year:
    """Both files of a run."""
    edition, lines = read_edition(run / "results" / "edition"), named(run)
    rows = read_table(run / "results" / "branches.parquet", year.DRAWN).to_pylist()
    waves = [
        ("random" if row["drawn"] else "borderline", row["code"]) for row in rows if row["drawn"] or row["borderline"]
    ]
    visits = sorted((code, 0, wave, True) for wave, code in waves)
    digest = results_digest(run / "results")
    draw = year.Draw(str(says(run)["run"]["seed"]), digest, run / "results")
    parts = year.whole(run, edition, says(run), lines, [draw], visits)
    listed = [one.code for one in lines if one.listed]
    found: dict[int, dict[str, int]] = {0: {}}
    for _code, _draw, wave, _made in visits:
        found[0][wave] = found[0].get(wave, 0) + 1
    told = year.json_of(parts)
    open_parts = year.public(run, edition, {**told, "whole": year.core_of(parts)}, listed, found)
    ledger = recorded(parts, open_parts)
    year.seal(parts, ledger, folder / "whole.zip")
    year.seal(open_parts, ledger, folder / "public.zip")
    return Year(folder / "whole.zip", folder / "public.zip", parts, open_parts, run)
