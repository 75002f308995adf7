"""A round that is over, judged by another edition: which verdicts would change.

The records are those of the round's snapshot, to the letter; the edition in it is exchanged aside. Where the other
edition asks for what the records do not hold, that is said (`Tried.notes`); where it cannot be judged at all,
`TrialRefused`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from baolei.programme.scoring.pipeline import STEPS
from baolei.programme.scoring.steps import Step, walk
from baolei.programme.standard.edition import Edition
from baolei.warehouse.editions import BOM, edition, edition_of
from baolei.warehouse.evaluate import Told, silent
from baolei.warehouse.opened import Opened
from baolei.warehouse.rounds import read_round
from baolei.warehouse.snapshot import MANIFEST, Snapshot, open_snapshot, schema, sha256

STAGES = len(STEPS) + 3
Note = tuple[str, str]
"""A code, and what it is about; the pages have the words."""


class TrialRefused(Exception):
    """The records cannot be judged by this edition; `why` holds a note for each reason."""

    def __init__(self, why: list[Note]) -> None:
        super().__init__(", ".join(f"{code}: {about}" for code, about in why))
        self.why = why


@dataclass(frozen=True, slots=True)
class Verdict:
    """A branch judged by both editions: tiers by code, scores in cents."""

    branch: str
    name: str
    field: str
    before: str
    after: str
    score_before: int
    score_after: int


@dataclass(frozen=True, slots=True)
class OfField:
    """A field judged by both: branches, how many stand in another tier, titles, mean scores in points."""

    field: str
    branches: int
    other: int
    titles_before: int
    titles_after: int
    mean_before: float
    mean_after: float


@dataclass(frozen=True, slots=True)
class Tried:
    """What a trial found: the verdicts that change, the counts by field, what the records could not say."""

    snapshot: str
    verdicts: list[Verdict]
    fields: list[OfField]
    notes: list[Note] = field(default_factory=list)


def snapshot_beside(results: Opened) -> Path | None:
    """The snapshot that results were made of, where it lies in a folder beside them; None where it does not."""
    wanted = results.manifest["snapshot"]
    found = sorted(results.folder.resolve().parent.glob(f"*/{MANIFEST}"))
    return next((path.parent for path in found if sha256(path) == wanted), None)


def tried(results: Opened, folder: Path, texts: Mapping[str, str], told: Told = silent) -> Tried:
    """Judge the snapshot of `results` by the edition of these files.

    Raises TrialRefused; SnapshotRefused where the snapshot is damaged; EditionRefused where the files hold no edition.
    """
    told("checking the snapshot", 0, STAGES)
    snapshot, other = open_snapshot(folder), edition_of(texts)
    own = edition(folder / "edition")
    branches = results.table("branches")
    why = list(hindrances(own, other, set(pc.unique(branches["field"]).to_pylist())))
    if why:
        raise TrialRefused(why)
    with tempfile.TemporaryDirectory(prefix="baolei-trial-") as aside:
        exchanged, notes = _exchanged(snapshot, own, other, texts, Path(aside))
        told("counting the ballots", 1, STAGES)
        this = read_round(exchanged)
        done = 1

        def step(current: Step) -> None:
            nonlocal done
            done += 1
            told(current.name, done, STAGES)

        board = walk(STEPS, other, this.board, step)
    told("comparing", STAGES - 1, STAGES)
    return Tried(snapshot.digest, *_compared(branches, own, other, board), notes)


def hindrances(own: Edition, other: Edition, fields: set[str]) -> Iterator[Note]:
    """Why records kept under one edition cannot be judged by another: what was asked and counted differs."""
    if own.total != other.total:
        yield "total", f"{own.total / 100:g} → {other.total / 100:g}"
    if [(one.code, one.kind) for one in own.sources] != [(one.code, one.kind) for one in other.sources]:
        yield "sources", ", ".join(one.code for one in other.sources)
        return
    if [one.code for one in own.grades] != [one.code for one in other.grades]:
        yield "grades", ", ".join(one.code for one in other.grades)
    for source in own.asked():
        asked = [[one.strength for one in each.questions[source.code]] for each in (own, other)]
        if asked[0] != asked[1]:
            yield "questions", source.code
    missing = fields - {table.code for table in other.fields}
    if missing:
        yield "fields", ", ".join(sorted(missing))


# -- the same records under another edition ---------------------------------------------------------------------------


def _exchanged(
    snapshot: Snapshot, own: Edition, other: Edition, texts: Mapping[str, str], aside: Path
) -> tuple[Snapshot, list[Note]]:
    """The snapshot with the other edition in it, in a folder aside; what its records do not hold."""
    made = {
        "facts": _facts(snapshot, own, other),
        "marks": _marks(snapshot, own, other),
        **_visits(snapshot, own, other),
    }
    files = dict(snapshot.manifest["files"])
    for name in [name for name in files if name.endswith(".parquet")]:
        table = made.get(name.removesuffix(".parquet"))
        if table is None:
            _lend(snapshot.folder / name, aside / name)
        else:
            pq.write_table(table, aside / name)
            files[name] = {**files[name], "rows": table.num_rows}
    for place, text in texts.items():
        path = aside / "edition" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.removeprefix(BOM).encode())
    says = {"edition": {"code": other.code, "digest": other.digest}, "files": files}
    kept = snapshot.read("visits").num_rows - made["visits"].num_rows if "visits" in made else 0
    return Snapshot(aside, {**snapshot.manifest, **says}, snapshot.digest), list(_notes(own, other, kept))


def _lend(file: Path, to: Path) -> None:
    try:
        to.symlink_to(file.resolve())
    except OSError:  # a system or an account that makes no links
        shutil.copy(file, to)


def _notes(own: Edition, other: Edition, visits: int) -> Iterator[Note]:
    used = {code for table in other.fields for code in table.items}
    absent = [code for code in other.items if code in used and not _same_facts(own, other, code)]
    if absent:
        yield "items", ", ".join(absent)
    gates = [gate.code for gate in other.gates if gate.code not in {one.code for one in own.gates}]
    if gates:
        yield "gates", ", ".join(gates)
    if visits:
        yield "visits", str(visits)


def _same_facts(own: Edition, other: Edition, code: str) -> bool:
    """Whether what was counted for an item can be counted for it under the other edition."""
    if code not in own.items or code not in other.items:
        return False
    before, after = own.items[code], other.items[code]
    return before.kind == after.kind and len(before.anchors) == len(after.anchors)


def _facts(snapshot: Snapshot, own: Edition, other: Edition) -> pa.Table:
    """The facts of the items that both have, in the other's order."""
    rows = snapshot.read("facts")
    codes = list(other.items)
    words = rows["item"].cast(pa.string())
    rows = rows.filter(
        pc.is_in(words, pa.array([code for code in codes if _same_facts(own, other, code)], pa.string()))
    )
    item = pc.index_in(rows["item"].cast(pa.string()), pa.array(codes)).to_numpy().astype(np.int32)
    order = np.lexsort([item, rows["branch"].to_numpy()])
    made = {
        "branch": rows["branch"],
        "item": pa.DictionaryArray.from_arrays(pa.array(item), pa.array(codes)),
        "num": rows["num"],
        "den": rows["den"],
    }
    return pa.table(made, schema("facts")).take(pa.array(order))


def _marks(snapshot: Snapshot, own: Edition, other: Edition) -> pa.Table:
    """The marks that the other edition knows, at levels that it knows; gates that are new are taken as met."""
    rows = snapshot.read("marks")
    words = rows["code"].cast(pa.string())
    plain = [one.code for group in (other.gates, other.vetoes, other.deductions) for one in group]
    keep = pc.is_in(words, pa.array(plain, pa.string()))
    for bonus in other.bonuses:
        levels = pa.array([level for level, _points in bonus.points])
        keep = pc.or_(keep, pc.and_(pc.equal(words, bonus.code), pc.is_in(rows["level"], levels)))
    kept = rows.filter(keep).cast(schema("marks"))
    n = snapshot.rows("branches")
    known = {one.code for one in own.gates}
    new = [
        pa.table({"branch": np.arange(n, dtype=np.uint32), "code": [gate.code] * n, "value": np.ones(n, dtype=np.int32),
                  "matter": [""] * n, "level": [""] * n}).cast(schema("marks"))
        for gate in other.gates if gate.code not in known
    ]  # fmt: skip
    return pa.concat_tables([kept, *new]).unify_dictionaries()


def _visits(snapshot: Snapshot, own: Edition, other: Edition) -> dict[str, pa.Table]:
    """The visits of branches whose table for the items is the same: others were given points by the old table."""
    if not snapshot.has("visits"):
        return {}
    rows = snapshot.read("visits")
    same = [table.code for table in own.fields if _organisation(own, table.code) == _organisation(other, table.code)]
    if len(same) == len(own.fields):
        return {}
    fields = np.array(snapshot.read("branches", ["field"])["field"].cast(pa.string()).to_pylist(), dtype=object)
    keep = np.isin(fields, np.array(same, dtype=object))[rows["branch"].to_numpy()]
    return {"visits": rows.filter(pa.array(keep)).cast(schema("visits"))}


def _organisation(one: Edition, code: str) -> Any:
    """What the points of the items of a field hang on."""
    table = next((table for table in one.fields if table.code == code), None)
    if table is None:
        return None
    items = {item: (points, one.items[item], table.goalposts.get(item)) for item, points in table.items.items()}
    found = {source.code for source in one.found()}
    return items, {cell: points for cell, points in table.cells.items() if cell[1] in found}


# -- both verdicts side by side ---------------------------------------------------------------------------------------


def _compared(
    branches: pa.Table, own: Edition, other: Edition, board: Mapping[str, Any]
) -> tuple[list[Verdict], list[OfField]]:
    """The branches that stand in another tier, in the order of the records; the counts of every field."""
    field = np.array(branches["field"].cast(pa.string()).to_pylist(), dtype=object)
    before = np.array([tier.code for tier in own.tiers], dtype=object)[branches["tier"].to_numpy()]
    after = np.array([tier.code for tier in other.tiers], dtype=object)[board["tier"]]
    scores, now = branches["score"].to_numpy(), np.asarray(board["score"])
    differs = before != after
    verdicts = [
        Verdict(branches["code"][place].as_py(), branches["name"][place].as_py(), field[place], before[place],
                after[place], int(scores[place]), int(now[place]))
        for place in map(int, np.flatnonzero(differs))
    ]  # fmt: skip
    titled, named = branches["named"].to_numpy(zero_copy_only=False), np.asarray(board["named"])
    return verdicts, [
        OfField(table.code, int(mine.sum()), int(differs[mine].sum()), int(titled[mine].sum()), int(named[mine].sum()),
                round(float(scores[mine].mean()) / 100, 2), round(float(now[mine].mean()) / 100, 2))
        for table in other.fields if (mine := field == table.code).any()
    ]  # fmt: skip
