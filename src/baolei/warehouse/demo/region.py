"""The demo region: a whole invented round over the real tree, written as a snapshot, its truth kept beside it.

All branches are invented, and there are no persons in it. Same scope, scale, seed and edition: same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from baolei.programme.refusals import Fault, SnapshotRefused
from baolei.programme.standard.edition import Edition
from baolei.warehouse.demo import committees
from baolei.warehouse.demo.blocks import Block, blocks, scenario
from baolei.warehouse.demo.places import Place, within
from baolei.warehouse.demo.roster import AS_OF
from baolei.warehouse.demo.visits import visits
from baolei.warehouse.editions import edition as read_edition
from baolei.warehouse.editions import folder_of
from baolei.warehouse.rounds import read_round
from baolei.warehouse.snapshot import Writer, schema, writing

Told = Callable[[str], None]


def build(
    out: Path,
    *,
    scope: str = "15",
    scale: float = 1.0,
    seed: int = 2023,
    edition: str = "wuqiang-2020-2023",
    told: Told = lambda stage: None,
) -> dict[str, int]:
    """Write the snapshot to `out` and the truth to `<out>-truth.parquet`; rows of every table.

    Raises SnapshotRefused for an unknown scope or a scale that makes no branch, EditionRefused, FileExistsError.
    """
    standard = read_edition(edition)
    try:
        units = within(scope)
    except KeyError:
        right = "a statistical code such as 15, 1504 or 150422"
        raise SnapshotRefused([Fault("scope", 0, f"no unit has the code {scope!r}", right)]) from None
    made = list(blocks(units, scope, scale, seed, standard, told))
    if not made:
        raise SnapshotRefused([Fault("scale", 0, f"at scale {scale} there is no branch in {scope}", "a larger scale")])
    with writing(out) as writer:
        told("writing")
        _write(writer, standard, edition, units, made)
        says = _says(standard, scope, scale, seed, next(unit.name for unit in units if unit.code == scope))
        told("drawing the visits")
        found = visits(standard, read_round(writer.peek(says)).board, made, seed)
        writer.table("visits", found, schema("visits"))
        rows = {name.removesuffix(".parquet"): count for name, count in writer.rows().items()}
        writer.finish(says)
    _write_truth(out, standard, made)
    return rows


def _says(edition: Edition, scope: str, scale: float, seed: int, place: str) -> dict[str, Any]:
    return {
        "round": {
            "title": {
                "zh": f"{place}{AS_OF.year}年度{edition.name.zh}（演示）",
                "en": f"{edition.name.en}, round of {AS_OF.year} in {place} (demo)",
            },
            "year": AS_OF.year,
            "as_of": AS_OF.isoformat(),
            "scope": scope,
            "invented": True,
            "scale": scale,
        },
        "edition": {"code": edition.code, "digest": edition.digest},
        "seed": f"{seed}0512",
        "parameters": {},
    }


def _starts(made: list[Block]) -> list[int]:
    return list(accumulate((len(block) for block in made[:-1]), initial=0))


def _write(writer: Writer, edition: Edition, where: str, units: tuple[Place, ...], made: list[Block]) -> None:
    home = folder_of(where)
    for path in sorted(home.rglob("*.yaml")) if home.is_dir() else [home]:
        name = path.relative_to(home).as_posix() if home.is_dir() else path.name
        writer.text(f"edition/{name}", path.read_text(encoding="utf-8"))
    columns = {name: [getattr(unit, name) for unit in units] for name in ("code", "name", "level", "parent")}
    writer.table("units", pa.table(columns), schema("units"))
    branches = pa.concat_tables([block.branches for block in made])
    writer.table("organisations", _organisations(units, branches, made), schema("organisations"))
    writer.table("branches", branches, schema("branches"))
    writer.table("facts", _facts(edition, made), schema("facts"))
    writer.table("marks", _marks(made), schema("marks"))
    longest = max(len(questions) for questions in edition.questions.values())
    for table in ("ballots", "panel"):
        sources = [place for place, source in enumerate(edition.sources) if source.kind == table]
        if sources or table == "ballots":
            writer.table(table, _polls(edition, made, sources, longest), schema(table, longest))
    last = [pa.table(block.last | {"branch": block.last["branch"] + start}) for block, start in _placed(made)]
    writer.table("last_year", pa.concat_tables(last), schema("last_year"))


def _placed(made: list[Block]) -> Iterator[tuple[Block, int]]:
    """Each block with the row of its first branch."""
    return zip(made, _starts(made), strict=True)


def _organisations(units: tuple[Place, ...], branches: pa.Table, made: list[Block]) -> pa.Table:
    own = [each for block in made for each in block.made]
    found = committees.whole(own, units, branches["organisation"].to_pylist(), branches["members"].to_numpy())
    names = schema("organisations").names
    return pa.table({name: [getattr(each, name) for each in found] for name in names})


def _facts(edition: Edition, made: list[Block]) -> Iterator[pa.Table]:
    items = pa.array(list(edition.items))
    for block, start in _placed(made):
        facts = block.facts
        item = pa.DictionaryArray.from_arrays(pa.array(facts.item.astype(np.int32)), items)
        yield pa.table({"branch": facts.branch + start, "item": item, "num": facts.num, "den": facts.den})


def _marks(made: list[Block]) -> pa.Table:
    rows = [(branch + start, *rest) for block, start in _placed(made) for branch, *rest in block.marks]
    columns = list(zip(*rows, strict=True)) or [()] * 5
    kinds = (pa.uint32(), pa.string(), pa.int32(), pa.string(), pa.string())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    return pa.table(arrays, names=["branch", "code", "value", "matter", "level"])


def _polls(edition: Edition, made: list[Block], sources: list[int], longest: int) -> Iterator[pa.Table]:
    """Ballots source by source, block by block: sorted as a whole by source, branch and answers."""
    for place in sources:
        pool = 0
        for block, start in _placed(made):
            poll = block.polls[edition.sources[place].code]
            columns = {"branch": poll.branch + start, "source": np.full(len(poll.branch), place)}
            if edition.sources[place].kind == "panel":
                columns["rater"] = poll.rater + pool
                pool += (int(block.county.max()) + 1) * scenario().rater_pool
            yield pa.table(columns | {f"q{q + 1}": poll.answers[:, q] for q in range(longest)})


def truth_path(out: Path) -> Path:
    """Where the truth of a demo snapshot is kept: beside it, never in it."""
    return out.with_name(f"{out.name}-truth.parquet")


def _write_truth(out: Path, edition: Edition, made: list[Block]) -> None:
    """One row for each branch, in the snapshot's order: what is true of it, and what was done to its records."""
    truth = [block.truth for block in made]
    columns: dict[str, Any] = {
        "code": pa.concat_tables([block.branches.select(["code"]) for block in made])["code"],
        "quality": np.round(np.concatenate([each.quality for each in truth]), 4),
    }
    for s, strength in enumerate(edition.strengths):
        columns[strength.code] = np.round(np.concatenate([each.lived[:, s] for each in truth]), 4)
    columns |= {
        "neglects": np.concatenate([each.neglects for each in truth]),
        "stuffs": np.concatenate([each.stuffs for each in truth]),
        "inflates": np.round(np.concatenate([each.inflates for each in truth]), 4),
        "leniency": np.round(np.concatenate([block.truth.leniency[block.county] for block in made]), 4),
    }
    target = truth_path(out)
    aside = target.with_name(f".{target.name}.partial")
    pq.write_table(pa.table(columns), aside, compression="zstd")
    aside.rename(target)
