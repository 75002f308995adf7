"""Check a programme year in one file 一年一档 with nothing but Python 3.11: no Baolei, no Django, no reader of Parquet.

    python FILE.zip                 the file checks itself
    python check_year.py FILE.zip   the same, by a copy of this script from a place you trust

Every byte of the container and the SHA-256 of each file; the record of the file in the ledger, up to the ledger's root;
in the file for auditors the lottery of the visits, and from where each branch stands, what the review passed and what
people decided exactly the names on the list; in the file for everybody the sums of the names. The points themselves
follow from the snapshot by the whole method: `baolei verify FILE.zip` recomputes them too, and calls this first.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

try:
    from baolei.programme import proof
except ImportError:  # taken out of the file, where it lies beside this script
    import proof  # type: ignore[import-not-found,no-redef]

FORMAT = "baolei year 1"
WHOLE, PUBLIC = "whole", "public"
MANIFEST, LEDGER, YEAR = "manifest.json", "ledger.json", "year.json"
UNSEALED = (MANIFEST, LEDGER)
"""What the record in the ledger cannot cover: the list of all files, and the record itself."""
SHOWN = 50
"""So many differences are printed."""
NEVER = ("gates", "no_veto", "floors", "evidence")
"""Conditions that nobody can set aside by adding a name."""

Files = Mapping[str, bytes]
Row = dict[str, str]


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it must be: where (a file, a branch), what of it, what would be right, what stands."""

    where: str
    what: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: expected {self.expected}, found {self.found}"


def check(path: Path) -> list[Difference]:
    """Every difference that can be found without the method itself; [] where there is none."""
    try:
        files = read(path)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        return [Difference(path.name, "the file", "a year that Baolei wrote", error)]
    found = list(container(path, files))
    try:
        found += digests(files)
        year = json.loads(files[YEAR])
        found += recorded(files, year)
        for part in PARTS[year["variant"]]:
            found += part(files, year)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, csv.Error) as error:
        found.append(Difference(path.name, "what is in it", "as Baolei wrote it", repr(error)))
    return found


# ---- the container ----


def write(files: Mapping[str, bytes | Path], out: IO[bytes]) -> None:
    """The files as one ZIP, stored as they are, in the order of their names, at one time: the same files, the same
    bytes, on any machine.
    """
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            held = files[name]
            archive.writestr(entry, held if isinstance(held, bytes) else held.read_bytes())


def read(path: Path) -> dict[str, bytes]:
    """Every file of a year by its name. Raises ValueError or what zipfile raises where it cannot be read."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
            raise ValueError("it was packed by another program")
        if sum(entry.file_size for entry in entries) > path.stat().st_size:
            raise ValueError("it says that it holds more than it is long")
        return {entry.filename: archive.read(entry) for entry in entries}


def container(path: Path, files: Files) -> Iterator[Difference]:
    """The first byte that is another than in the file written again from its parts."""
    with tempfile.TemporaryFile() as again, path.open("rb") as given:
        write(files, again)
        again.seek(0)
        place = 0
        while True:
            right, stands = again.read(1 << 20), given.read(1 << 20)
            if right != stands:
                at = next((n for n, pair in enumerate(zip(right, stands, strict=False)) if pair[0] != pair[1]),
                          min(len(right), len(stands)))  # fmt: skip
                yield Difference(path.name, f"byte {place + at}", right[at : at + 1].hex(), stands[at : at + 1].hex())
                return
            if not right:
                return
            place += len(right)


def sha256(data: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(data).hexdigest()


def core(digest_of: Mapping[str, str]) -> str:
    """The digest by which the ledger knows a year: SHA-256 over digest and name of each file, in order of the names."""
    lines = [f"{digest_of[name]}  {name}\n" for name in sorted(digest_of) if name not in UNSEALED]
    return sha256("".join(lines).encode())


def digests(files: Files) -> Iterator[Difference]:
    """Each file against the manifest."""
    manifest = json.loads(files[MANIFEST])
    if manifest["format"] != FORMAT:
        yield Difference(MANIFEST, "format", FORMAT, manifest["format"])
    said, own = manifest["files"], {name: sha256(data) for name, data in files.items() if name != MANIFEST}
    for name in sorted({*said, *own}):
        if name not in said or name not in own:
            yield Difference(name, "the file", "in the manifest and in the file", "in one of them only")
        elif said[name] != {"bytes": len(files[name]), "sha256": own[name]}:
            yield Difference(name, "SHA-256", said[name]["sha256"], own[name])
    if manifest["core"] != core(own):
        yield Difference(MANIFEST, "core", manifest["core"], core(own))


# ---- the ledger ----


def recorded(files: Files, year: Mapping[str, Any]) -> Iterator[Difference]:
    """Whether the ledger's root proves that exactly this file was put on record."""
    said = json.loads(files[LEDGER])
    entry, particulars = said["entry"], said["particulars"]
    own = core({name: sha256(data) for name, data in files.items()})
    if particulars["after"][year["variant"]] != own:
        yield Difference(LEDGER, "the file on record", particulars["after"][year["variant"]], own)
    if year["variant"] == PUBLIC and particulars["after"][WHOLE] != year["whole"]:
        yield Difference(YEAR, "the auditors' file", particulars["after"][WHOLE], year["whole"])
    sealed = proof.sealed(particulars, said["salt"])
    if entry["sealed"] != sealed:
        yield Difference(LEDGER, "sealed", sealed, entry["sealed"])
    leaf = proof.leaf(proof.canonical(entry))
    if entry["number"] != said["size"] or not proof.proves(
        leaf, entry["number"] - 1, said["size"], said["path"], said["root"]
    ):
        yield Difference(LEDGER, "root", "one that the entry and its path lead to", said["root"])


# ---- the file for auditors ----


def rows(files: Files, name: str) -> list[Row]:
    """The rows of a table, by the heads of its columns."""
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"), newline="")))


def standing(line: Row) -> str:
    """Where a branch stands by its results."""
    if line["held"] == "yes":
        return "held"
    if line["sure"] == "1":
        return "visit"
    return "confirmed" if line["named"] == "yes" else "unnamed"


def listed(line: Row) -> str:
    """Whether a branch is on the list: the review passed it, and it stands confirmed or people added it."""
    stands = line["act"] == "added" or (line["standing"] == "confirmed" and line["act"] != "struck")
    return "yes" if stands and line["passed"] == "yes" else "no"


def lines(files: Files, year: Mapping[str, Any]) -> Iterator[Difference]:
    """Every line of the list."""
    found = rows(files, "list.csv")
    for code, number in Counter(line["code"] for line in found).items():
        if number > 1:
            yield Difference(code, "lines on the list", 1, number)
    for line in found:
        if line["standing"] != standing(line):
            yield Difference(line["code"], "standing", standing(line), line["standing"])
        if line["listed"] != listed(line):
            yield Difference(line["code"], "listed", listed(line), line["listed"])
        yield from decided(line)
    own = {"lines": len(found), "listed": sum(line["listed"] == "yes" for line in found)}
    own |= {act: sum(line["act"] == act for line in found) for act in ("struck", "added", "ended")}
    if own != year["counts"]:
        yield Difference(YEAR, "counts", own, year["counts"])


def decided(line: Row) -> Iterator[Difference]:
    """What people decided about a name: with a reason, on a day, and never against what nobody can set aside."""
    if line["act"] not in ("", "struck", "added", "ended"):
        yield Difference(line["code"], "act", "struck, added, ended or none", line["act"])
    if line["act"] in ("struck", "added") and not (line["reason"] and line["decided"]):
        yield Difference(line["code"], line["act"], "a reason and a day", "none")
    barred = [code for code in line["against"].split(" ") if code in NEVER]
    if line["act"] == "added" and barred:
        yield Difference(line["code"], "added", "nothing that nobody can set aside", ", ".join(barred))


def lottery(seed: str, code: str) -> float:
    """u of a branch: the first 8 hex digits of SHA-256(public number|code), of 16 to the power of 8."""
    return int.from_bytes(hashlib.sha256(f"{seed}|{code}".encode()).digest()[:4], "big") / 2**32


def draws(files: Files, year: Mapping[str, Any]) -> Iterator[Difference]:
    """Who was drawn to be visited: u < π, and in every county at least so many in the order of u/π."""
    table, visits = rows(files, "draw.csv"), rows(files, "visits.csv")
    chosen: dict[tuple[str, str], str] = {}
    for place, draw in enumerate(year["draws"]):
        mine = [row for row in table if row["draw"] == str(place)]
        yield from _drawn(mine, draw["seed"], draw["at_least"])
        for row in mine:
            wave = "random" if row["drawn"] == "yes" else "borderline" if row["borderline"] == "yes" else ""
            chosen[str(place), row["code"]] = wave
    for visit in visits:
        drawn = chosen.get((visit["draw"], visit["code"]), "")
        if visit["wave"] != "double" and visit["wave"] != drawn:
            yield Difference(visit["code"], "visit", drawn or "not drawn", visit["wave"])


def _drawn(mine: list[Row], seed: str, least: int) -> Iterator[Difference]:
    counties: dict[str, list[tuple[float, int]]] = {}
    turns = []
    for place, row in enumerate(mine):
        u = lottery(seed, row["code"])
        if abs(u - float(row["number"])) > 1e-9:
            yield Difference(row["code"], "number drawn", f"{u:.9f}", row["number"])
        turns.append(u / max(float(row["probability"]), 1e-9))
        counties.setdefault(row["county"], []).append((turns[-1], place))
    filled = {place for turn in counties.values() for _turn, place in sorted(turn)[:least]}
    for place, row in enumerate(mine):
        right = "yes" if turns[place] < 1 or place in filled else "no"
        if row["drawn"] != right:
            yield Difference(row["code"], "drawn", right, row["drawn"])


# ---- the file for everybody ----


def sums(files: Files, year: Mapping[str, Any]) -> Iterator[Difference]:
    """The names, against their sums by field and by unit."""
    names, table = rows(files, "names.csv"), rows(files, "sums.csv")
    if len(names) != year["counts"]["listed"]:
        yield Difference("names.csv", "names", year["counts"]["listed"], len(names))
    for code, number in Counter(name["code"] for name in names).items():
        if number > 1:
            yield Difference(code, "times among the names", 1, number)
    for kind in ("field", "part"):
        own = Counter(name[kind] for name in names)
        said = {row["code"]: int(row["names"]) for row in table if row["by"] == kind}
        for code in sorted({*own, *said}):
            if own[code] != said.get(code):
                yield Difference("sums.csv", f"names of {code}", own[code], said.get(code))


PARTS: dict[str, tuple[Callable[[Files, Mapping[str, Any]], Iterator[Difference]], ...]] = {
    WHOLE: (lines, draws),
    PUBLIC: (sums,),
}


def main() -> int:
    """Check the file that is named, or the one that this script lies in; 0 where nothing differs, else 1."""
    own = Path(sys.argv[0])
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else own if zipfile.is_zipfile(own) else None
    if path is None:
        print(__doc__)
        return 2
    found = check(path)
    for difference in found[:SHOWN]:
        print(difference)
    if found:
        print(f"{len(found)} differences / {len(found)} 处不符")
        return 1
    ledger = json.loads(read(path)[LEDGER])
    print("nothing differs; the points themselves are recomputed by `baolei verify` / 无一不符")
    print(f"ledger: {ledger['size']} {ledger['root']}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
