"""The first difference between two results folders, in words."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa

from baolei.warehouse.snapshot import read_manifest, read_table


def first_difference(given: Path, again: Path) -> str:
    """Where `given` departs from `again` (recomputed): file, row, column, what stands and what follows."""
    said, follows = read_manifest(given), read_manifest(again)
    for name in sorted(set(said["files"]) | set(follows["files"])):
        if name not in said["files"] or name not in follows["files"]:
            return (
                f"{name}: {'not in the results' if name in follows['files'] else 'does not follow from the snapshot'}"
            )
        if said["files"][name]["sha256"] != follows["files"][name]["sha256"]:
            return _in_table(given / name, again / name) if name.endswith(".parquet") else f"{name}: the text differs"
    for key in sorted(set(said) | set(follows)):
        if said.get(key) != follows.get(key):
            return (
                f"manifest.json: {key} says {json.dumps(said.get(key), ensure_ascii=False)[:120]}, "
                f"the snapshot gives {json.dumps(follows.get(key), ensure_ascii=False)[:120]}"
            )
    return "manifest.json: written otherwise, though it says the same"


def _in_table(given: Path, again: Path) -> str:
    left, right = read_table(given), read_table(again)
    if left.schema != right.schema:
        return f"{given.name}: the columns differ"
    if left.num_rows != right.num_rows:
        return f"{given.name}: {left.num_rows:,} rows, the snapshot gives {right.num_rows:,}"
    for start in range(0, left.num_rows, 1 << 16):
        a, b = left.slice(start, 1 << 16), right.slice(start, 1 << 16)
        for name in left.schema.names:
            if not a[name].equals(b[name]):
                return f"{given.name}: {_in_column(a[name], b[name], name, start)}"
    return f"{given.name}: written otherwise, though every value agrees"


def _in_column(a: pa.ChunkedArray, b: pa.ChunkedArray, name: str, start: int) -> str:
    for row, (left, right) in enumerate(zip(a.to_pylist(), b.to_pylist(), strict=True)):
        if left != right:
            return f"row {start + row + 1}, column {name}: {left!r} stands, the snapshot gives {right!r}"
    return f"column {name}"
