"""Read a CSV file (plain or .gz) as a table of words that remembers its lines, or say where it is broken."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Collection
from pathlib import Path

from baolei.programme.index.table import SHOWN, Table
from baolei.programme.refusals import CaseRefused, Fault

MISSING = ("", "NA", "NaN", "nan")


def read_table(path: Path, separator: str = "", missing: Collection[str] = MISSING) -> Table:
    """The table in `path`; its place is the file's name. `separator` '' : tab for .tsv, else comma.

    Raises CaseRefused with every fault: no file, not text, a header with doubled or empty names, rows of wrong length.
    """
    text = _text(path)
    mark = separator or ("\t" if ".tsv" in path.suffixes else ",")
    reader = csv.reader(io.StringIO(text), delimiter=mark, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for row in reader:
            if row:
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise CaseRefused([Fault(path.name, reader.line_num, f"not CSV: {error}", "close every quote")]) from error
    if not rows:
        raise CaseRefused([Fault(path.name, 1, "the file is empty", "write a header and rows")])
    faults = _faults(path.name, rows, lines)
    if faults:
        raise CaseRefused(faults)
    gone = {"", *missing}
    columns = {
        name: tuple("" if (word := row[place].strip()) in gone else word for row in rows[1:])
        for place, name in enumerate(rows[0])
    }
    return Table(path.name, columns, tuple(lines[1:]))


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except FileNotFoundError as error:
        raise CaseRefused([Fault(str(path), 0, "there is no such file", "put it beside the case")]) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise CaseRefused([Fault(path.name, 0, f"the file is damaged: {error}", "fetch it again")]) from error
    except UnicodeDecodeError as error:
        raise CaseRefused([Fault(path.name, 0, f"not UTF-8 at byte {error.start}", "save it as UTF-8")]) from error
    except OSError as error:
        raise CaseRefused([Fault(str(path), 0, f"cannot be read: {error.strerror}")]) from error


def _faults(place: str, rows: list[list[str]], lines: list[int]) -> list[Fault]:
    header = rows[0]
    faults = [
        Fault(place, lines[0], f"column {number + 1} has no name", "name every column")
        for number, name in enumerate(header)
        if not name
    ]
    faults += [
        Fault(place, lines[0], f"the column {name!r} stands twice", "give each its own name")
        for name in sorted(set(header))
        if name and header.count(name) > 1
    ]
    wrong = [
        Fault(place, line, f"the row has {len(row)} cells", f"the header has {len(header)}")
        for row, line in zip(rows[1:], lines[1:], strict=True)
        if len(row) != len(header)
    ]
    return faults + wrong[:SHOWN]
