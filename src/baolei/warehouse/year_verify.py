"""Check a programme year by the method itself (`baolei verify FILE.zip`): no Django, no database.

First what `check_year` finds with Python alone; then the edition and the rules are read, and in the auditors' file the
snapshot is scored anew, the list drawn up from it and what people decided applied: it must come to exactly the names
that are listed.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from baolei.programme import naming, phases, review, titles, triage, visibility
from baolei.programme import notice as notices
from baolei.programme import workdays as worked
from baolei.programme.decided import Decided
from baolei.programme.refusals import Refusal, Refused
from baolei.programme.standard.edition import Edition
from baolei.warehouse import check_year, year
from baolei.warehouse.cells import Engine, on_duckdb
from baolei.warehouse.check_year import LEDGER, WHOLE, YEAR, Difference
from baolei.warehouse.differences import first_difference
from baolei.warehouse.editions import edition as read_edition
from baolei.warehouse.evaluate import Told, evaluate, open_results, silent
from baolei.warehouse.snapshot import open_snapshot, read_table

BROKEN = (
    Refusal,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    yaml.YAMLError,
    pa.ArrowException,
)
"""What reading a part raises that is not as Baolei wrote it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check: the differences, which of the two files it is, how many branches and names it holds, and
    the head of the ledger that it stands on.
    """

    differences: tuple[Difference, ...]
    variant: str = ""
    branches: int = 0
    names: int = 0
    head: str = ""


class Taken:
    """A year taken out of its file into a folder."""

    def __init__(self, files: Mapping[str, bytes], folder: Path) -> None:
        self.files, self.folder = files, folder
        for name, data in files.items():
            place = folder / name
            if not place.resolve().is_relative_to(folder.resolve()):
                raise ValueError(f"{name} leads out of the file")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        self.says: dict[str, Any] = json.loads(files[YEAR])

    @cached_property
    def edition(self) -> Edition:
        """The edition in it. Raises EditionRefused with every fault of a bad one."""
        return read_edition(self.folder / "edition")

    def rule(self, name: str) -> Any:
        """A rule file in it, as written."""
        return yaml.safe_load(self.files[f"rulebook/{name}.yaml"])


def verify(path: Path, engine: Engine = on_duckdb, told: Told = silent, beside: Path | None = None) -> Checked:
    """Check a year; `beside` is the auditors' file, against which one for everybody is made anew.

    Raises OSError where there is no such file.
    """
    told("bytes, digests, ledger, list", 0, 4)
    found = check_year.check(path)
    try:
        files = check_year.read(path)
    except Exception:  # said already, whatever it was
        if not found:
            raise
        return Checked(tuple(found))
    with tempfile.TemporaryDirectory(prefix="baolei-year-") as aside:
        try:
            taken = Taken(files, Path(aside) / "year")
            for part in _parts(taken, engine, told, beside):
                found += _met(part, path.name)
            return _checked(taken, found)
        except BROKEN as error:
            return Checked((*found, _broken(path.name, error)))


def _parts(
    taken: Taken, engine: Engine, told: Told, beside: Path | None
) -> Iterator[Callable[[], Iterator[Difference]]]:
    yield lambda: _standard(taken)
    yield lambda: _rules(taken)
    if taken.says["variant"] == WHOLE:
        yield lambda: _scored(taken, engine, told)
        return
    yield lambda: _names(taken)
    if beside is not None:
        yield lambda: _follows(taken, beside)


def _met(part: Callable[[], Iterator[Difference]], name: str) -> list[Difference]:
    """The differences of a part; one that cannot be read is one."""
    found: list[Difference] = []
    try:
        for one in part():
            found.append(one)
    except Refused as refused:
        found += [Difference(fault.place, fault.wrong, fault.right or "as Baolei wrote it", f"line {fault.line}")
                  for fault in refused.faults]  # fmt: skip
    except BROKEN as error:
        found.append(_broken(name, error))
    return found


def _broken(name: str, error: Exception) -> Difference:
    return Difference(name, "what is in it", "as Baolei wrote it", f"{type(error).__name__}: {error}")


def _checked(taken: Taken, found: list[Difference]) -> Checked:
    says, ledger = taken.says, json.loads(taken.files[LEDGER])
    once = tuple({str(one): one for one in found}.values())
    return Checked(once, says["variant"], says["run"]["branches"], says["counts"]["listed"],
                   f"{ledger['size']} {ledger['root']}")  # fmt: skip


# ---- the standard and the rules ----


def _standard(taken: Taken) -> Iterator[Difference]:
    """The edition is valid, and the one that the round was opened with."""
    own, said = taken.edition, taken.says["round"]
    for what, right, stands in (("code", own.code, said["edition"]), ("digest", own.digest, said["digest"])):
        if right != stands:
            yield Difference("edition", what, right, stands)


def _rules(taken: Taken) -> Iterator[Difference]:
    """Every rule file can be read, and the public notice lasted as long as they say."""
    days = worked.workdays(taken.rule("workdays"))
    rules = notices.notice_rules(taken.rule("notice"))
    for name, read in (("review", review.review_rules), ("titles", titles.title_rules), ("rounds", phases.round_rules),
                       ("triage", triage.triage_rules), ("visibility", visibility.visibility)):  # fmt: skip
        read(taken.rule(name))
    said = taken.says["notice"]
    if said:
        last = notices.period(rules, dt.date.fromisoformat(said["first"]), days).last.isoformat()
        if said["last"] != last:
            yield Difference(YEAR, "last day of the notice", last, said["last"])


# ---- the auditors' file ----


def _scored(taken: Taken, engine: Engine, told: Told) -> Iterator[Difference]:
    """The snapshot scored anew gives the results to the byte, and the list drawn up from them is the list."""
    for name, data in taken.files.items():
        if name.startswith("edition/") and taken.files.get(f"snapshot/{name}") != data:
            yield Difference(name, "the file", "that of the snapshot", "another one")
    snapshot, given, run = (
        open_snapshot(taken.folder / "snapshot"),
        open_results(taken.folder / "results"),
        taken.says["run"],
    )
    again = taken.folder.parent / "results"
    digest = evaluate(snapshot.folder, again, engine, told)
    for what, right, stands in (("snapshot", snapshot.digest, run["snapshot"]), ("results", digest, run["results"]),
                                ("seed", snapshot.manifest["seed"], run["seed"])):  # fmt: skip
        if right != stands:
            yield Difference(YEAR, f"{what} of the run", right, stands)
    if given.digest != digest:
        yield from _results(given.folder, again)
    told("drawing up the list", 3, 4)
    yield from _lines(taken, year.judged(again))
    yield from _draws(taken, digest, again)


def _results(given: Path, again: Path) -> Iterator[Difference]:
    """Where results depart from those recomputed: branch by branch, else the first difference there is."""
    left, right = (read_table(folder / "branches.parquet") for folder in (given, again))
    if left.schema == right.schema and left.num_rows == right.num_rows:
        for name in left.schema.names:
            if not left[name].equals(right[name]):
                pairs = zip(right["code"].to_pylist(), right[name].to_pylist(), left[name].to_pylist(), strict=True)
                yield from (Difference(code, name, one, other) for code, one, other in pairs if one != other)
    yield Difference("results", "recomputed", "the same bytes", first_difference(given, again))


def _lines(taken: Taken, table: Mapping[str, naming.Row]) -> Iterator[Difference]:
    """Every line of the list, against the one that follows from the results and from what people decided."""
    said = {row["code"]: row for row in check_year.rows(taken.files, "list.csv")}
    drawn_up = {line.branch: line for line in naming.draw_up(taken.edition, table)}
    yield from (Difference(code, "a line of the list", "one", "none") for code in table if code not in said)
    yield from (
        Difference(code, "a line of the list", "none: it was not scored", "one") for code in said if code not in table
    )
    rows = []
    for code in (code for code in table if code in said):
        line, wrong = _decided(drawn_up[code], said[code])
        yield from wrong
        rows.append(_row(taken.edition, line, said[code], table[code]))
    right = year.csv_of(year.LIST, rows)
    for row in check_year.rows({"list.csv": right}, "list.csv"):
        stands = said[row["code"]]
        yield from (Difference(row["code"], column, value, stands.get(column)) for column, value in row.items()
                    if stands.get(column) != value)  # fmt: skip
    if right != taken.files["list.csv"]:
        yield Difference("list.csv", "the file", "the same bytes, drawn up anew", "another file")


def _row(edition: Edition, line: naming.Line, said: check_year.Row, row: naming.Row) -> tuple[Any, ...]:
    """The row of the list that follows: what people decided is taken from it, all else from the results."""
    passed = said["passed"] == "yes"
    named = year.Named(
        line.branch, line.field, line.score, edition.tiers[row["tier"]].code, line.standing, line.reasons, line.visited,
        passed, passed and line.listed, *(said[one] for one in ("reviewed", "act", "reason", "document", "decided")),
    )  # fmt: skip
    return year.line_row(named, row)


def _decided(line: naming.Line, said: check_year.Row) -> tuple[naming.Line, list[Difference]]:
    """The line after what people decided; the line as it was, and why, where the rules do not allow it."""
    try:
        return _after(line, said), []
    except Refusal as refused:
        return line, [Difference(line.branch, said["act"], "what the rules allow", refused)]


def _after(line: naming.Line, said: check_year.Row) -> naming.Line:
    """The line after what people decided. Raises Refusal for what the rules do not allow."""
    if said["act"] not in (naming.STRUCK, naming.ADDED):
        return line
    decided = Decided("one", "another", said["reason"], dt.date.fromisoformat(said["decided"]), said["document"])
    if said["act"] == naming.STRUCK:
        return naming.strike(line if line.listed else replace(line, act=naming.ADDED), decided)
    return naming.add(replace(line, act=naming.STRUCK) if line.listed else line, decided)


def _draws(taken: Taken, digest: str, again: Path) -> Iterator[Difference]:
    """A draw made by this very run, against the one that follows; of an earlier run only its lottery can be redone."""
    for place, draw in enumerate(taken.says["draws"]):
        if draw["at_least"] != taken.edition.policy.visit_at_least:
            yield Difference(YEAR, "visits of a county", taken.edition.policy.visit_at_least, draw["at_least"])
        if draw["results"] != digest:
            continue
        right = {"draw.csv": year.csv_of(year.DRAW, year.draw_rows(place, again))}
        said = {row["code"]: row for row in check_year.rows(taken.files, "draw.csv") if row["draw"] == str(place)}
        for row in check_year.rows(right, "draw.csv"):
            stands = said.pop(row["code"], {})
            yield from (Difference(row["code"], f"draw: {column}", value, stands.get(column))
                        for column, value in row.items() if stands.get(column) != value)  # fmt: skip
        yield from (Difference(code, "draw", "none: it was not scored", "a row") for code in said)


# ---- the file for everybody ----


def _names(taken: Taken) -> Iterator[Difference]:
    """Each name has a tier, a field and strengths of the edition."""
    edition, found = taken.edition, check_year.rows(taken.files, "names.csv")
    fields, tiers = {one.code for one in edition.fields}, {one.code for one in edition.tiers}
    for row in found:
        for what, known in (("field", fields), ("tier", tiers)):
            if row[what] not in known:
                yield Difference(row["code"], what, "one of the edition", row[what])
        for one in edition.strengths:
            share = row[f"{one.code} %"]
            if share and not 0 <= int(share) <= 100:
                yield Difference(row["code"], one.code, "0 to 100", share)


def _follows(taken: Taken, beside: Path) -> Iterator[Difference]:
    """The file for everybody is made anew from the auditors', part by part."""
    files = check_year.read(beside)
    with tempfile.TemporaryDirectory(prefix="baolei-year-") as aside:
        whole = Taken(files, Path(aside))
        right = remade(whole)
        for name in sorted({*right, *taken.files}):
            held = right.get(name)
            made = held.read_bytes() if isinstance(held, Path) else held
            if name not in check_year.UNSEALED and made != taken.files.get(name):
                yield Difference(name, "made from the auditors' file", "the same bytes", "another file")


def remade(whole: Taken) -> year.Files:
    """The parts of the file for everybody that follow from the auditors'."""
    listed = [row["code"] for row in check_year.rows(whole.files, "list.csv") if row["listed"] == "yes"]
    core = year.core_of(whole.files)
    waves = year.waves(check_year.rows(whole.files, "visits.csv"))
    return year.public(whole.folder, whole.edition, {**whole.says, "whole": core}, listed, waves)
