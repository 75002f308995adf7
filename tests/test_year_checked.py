"""A programme year in one file is checked without Django: whatever is changed in it is found, and named."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import year_stage
from baolei.cli.main import main
from baolei.warehouse import check_year, year
from baolei.warehouse.check_year import Difference, check
from baolei.warehouse.snapshot import sha256
from baolei.warehouse.year_verify import verify
from year_stage import Year

BLOCKED = """
import sys
class NoDjango:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "django":
            raise ImportError("Django is not here")
sys.meta_path.insert(0, NoDjango())
from baolei.cli.main import main
status = main(["verify", *sys.argv[1:]])
assert not any(name.partition(".")[0] == "django" for name in sys.modules)
raise SystemExit(status)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Year:
    folder = tmp_path_factory.mktemp("year")
    return year_stage.made(folder, year_stage.run_of(folder / "run"))


def lines(made: Year, file: str = "list.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made.text(file), newline="")))


def one(made: Year, **like: str) -> str:
    """The code of a branch whose line says so."""
    return next(row["code"] for row in lines(made) if all(row[name] == value for name, value in like.items()))


def table(made: Year, code: str, file: str = "list.csv", **changed: str) -> year.Files:
    """A table with the row of a branch changed."""
    return with_rows(made, file, {code: changed})


def with_rows(made: Year, file: str, changed: dict[str, dict[str, str]]) -> year.Files:
    """A table with the rows of some branches changed."""
    rows = [{**row, **changed.get(row["code"], {})} for row in lines(made, file)]
    return {file: year.csv_of(list(rows[0]), [list(row.values()) for row in rows])}


def sealed_folder(made: Year, folder: str, name: str, data: bytes) -> year.Files:
    """A file of snapshot or results changed, and their own manifest as if it had been so from the beginning."""
    manifest = json.loads(made.text(f"{folder}/manifest.json"))
    manifest["files"][name] |= {"bytes": len(data), "sha256": check_year.sha256(data)}
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return {f"{folder}/{name}": data, f"{folder}/manifest.json": text.encode()}


def parquet(made: Year, place: str, column: str, row: int, value: object) -> bytes:
    """A Parquet file with one value changed."""
    held = made.parts[place]
    assert isinstance(held, Path)
    found = pq.read_table(held)
    values = found[column].to_pylist()
    values[row] = value
    at = found.schema.get_field_index(column)
    out = io.BytesIO()
    pq.write_table(found.set_column(at, found.schema.field(at), pa.array(values, found[column].type)), out)
    return out.getvalue()


def says(made: Year, **changed: object) -> year.Files:
    """What the year says, changed."""
    text = json.dumps({**json.loads(made.text("year.json")), **changed}, ensure_ascii=False, indent=1, sort_keys=True)
    return {"year.json": (text + "\n").encode()}


def found(made: Year, tmp_path: Path, changed: year.Files) -> list[Difference]:
    return list(verify(made.resealed(tmp_path / "forged.zip", changed)).differences)


def test_nothing_differs_in_what_was_made(made: Year, tmp_path: Path) -> None:
    checked = verify(made.whole)
    assert checked.differences == ()
    assert (checked.variant, checked.branches) == ("whole", 72)
    assert checked.names == sum(row["listed"] == "yes" for row in lines(made)) > 5
    assert verify(made.public).differences == ()
    assert verify(made.public, beside=made.whole).differences == ()


def test_the_same_round_is_the_same_file_to_the_byte(made: Year, tmp_path: Path) -> None:
    again = year_stage.made(tmp_path, made.run)
    assert (sha256(again.whole), sha256(again.public)) == (sha256(made.whole), sha256(made.public))
    with zipfile.ZipFile(made.whole) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("which", ["whole", "public"])
def test_a_changed_byte_anywhere_is_found(made: Year, which: str, tmp_path: Path) -> None:
    data = bytearray(getattr(made, which).read_bytes())
    with zipfile.ZipFile(getattr(made, which)) as archive:
        heads = [entry.header_offset + place for entry in archive.infolist() for place in (0, 10, 30)]
    draw = random.Random(7)
    places = [*draw.sample(heads, 12), len(data) - 1, len(data) - 30, *(draw.randrange(len(data)) for _ in range(25))]
    for place in places:
        changed = bytes(data[:place]) + bytes([data[place] ^ 1]) + bytes(data[place + 1 :])
        (tmp_path / "x.zip").write_bytes(changed)
        assert check(tmp_path / "x.zip"), place
    (tmp_path / "x.zip").write_bytes(bytes(data) + b"\0")
    assert check(tmp_path / "x.zip")


def test_a_part_that_was_changed_lost_or_added_is_named(made: Year, tmp_path: Path) -> None:
    files = check_year.read(made.whole)
    for name in ("list.csv", "snapshot/facts.parquet", "edition/edition.yaml", "rulebook/notice.yaml", "ledger.json"):
        with (tmp_path / "x.zip").open("wb") as out:
            check_year.write({**files, name: files[name] + b" "}, out)
        assert name in {difference.where for difference in check(tmp_path / "x.zip")}
        with (tmp_path / "x.zip").open("wb") as out:
            check_year.write({at: data for at, data in files.items() if at != name}, out)
        assert name in {difference.where for difference in check(tmp_path / "x.zip")}
    with (tmp_path / "x.zip").open("wb") as out:
        check_year.write({**files, "more.txt": b"more"}, out)
    assert "more.txt" in {difference.where for difference in check(tmp_path / "x.zip")}


# Forgers who seal everything again, manifests and record included: the branch is named, and what of it.
LINES: tuple[tuple[str, dict[str, str], dict[str, str]], ...] = (
    ("score", {"listed": "yes"}, {"score": "9999"}),
    ("listed", {"listed": "yes"}, {"listed": "no"}),
    ("standing", {"standing": "unnamed"}, {"standing": "confirmed", "named": "yes", "sure": "2", "listed": "yes"}),
    ("name", {"listed": "yes"}, {"name": "另一个支部"}),
    ("field", {"field": "village"}, {"field": "school"}),
    ("tier", {"tier": "standard"}, {"tier": "strongest"}),
    ("why", {"listed": "yes"}, {"why": "成绩突出"}),
    ("against", {"listed": "no", "act": ""}, {"against": ""}),
)


def test_a_line_of_the_list_that_does_not_follow_is_named(made: Year, tmp_path: Path) -> None:
    chosen: dict[str, dict[str, str]] = {}
    wanted = set()
    for what, like, changed in LINES:
        code = next(row["code"] for row in lines(made) if row["code"] not in chosen
                    and all(row[name] == value for name, value in like.items()))  # fmt: skip
        chosen[code] = changed
        wanted.add((code, what))
    assert wanted <= {(each.where, each.what) for each in found(made, tmp_path, with_rows(made, "list.csv", chosen))}


def test_what_people_may_not_decide_is_named(made: Year, tmp_path: Path) -> None:
    added = {"act": "added", "reason": "贡献突出", "decided": "2024-03-01", "document": "特批", "listed": "yes"}
    barred = next(row["code"] for row in lines(made) if "evidence" in row["against"].split(" "))
    assert barred in {each.where for each in found(made, tmp_path, table(made, barred, **added))}
    short = one(made, standing="unnamed", against="line sure")
    allowed = {(each.where, each.what) for each in found(made, tmp_path, table(made, short, **added))}
    assert allowed == {("year.json", "counts"), ("list.csv", "the file"), (short, "why")}
    without = found(made, tmp_path, table(made, short, **{**added, "document": ""}))
    assert (short, "added") in {(each.where, each.what) for each in without}
    bare = found(made, tmp_path, table(made, short, **{**added, "reason": ""}))
    assert (short, "added") in {(each.where, each.what) for each in bare}
    unpassed = one(made, passed="no")
    assert (unpassed, "listed") in {(each.where, each.what)
                                    for each in found(made, tmp_path, table(made, unpassed, listed="yes"))}  # fmt: skip


def test_results_that_do_not_follow_from_the_snapshot_are_named(made: Year, tmp_path: Path) -> None:
    row = [each["code"] for each in lines(made)].index(one(made, listed="yes"))
    code = lines(made)[row]["code"]
    better = parquet(made, "results/branches.parquet", "score", row, 9999)
    assert Difference(code, "score", int(lines(made)[row]["score"]), 9999) in found(
        made, tmp_path, sealed_folder(made, "results", "branches.parquet", better)
    )
    more = parquet(made, "snapshot/facts.parquet", "num", 0, 0)
    differences = found(made, tmp_path, sealed_folder(made, "snapshot", "facts.parquet", more))
    assert {"snapshot of the run", "results of the run"} <= {each.what for each in differences}
    assert lines(made)[0]["code"] in {each.where for each in differences}


def test_another_standard_or_other_rules_are_named(made: Year, tmp_path: Path) -> None:
    table_of = next(name for name in sorted(made.parts) if name.startswith("edition/fields/"))
    line = next(row for row in made.text(table_of).splitlines() if row.lstrip().startswith("line:"))
    softer = made.text(table_of).replace(line, line.partition("line:")[0] + "line: 60", 1).encode()
    both = {table_of: softer, **sealed_folder(made, "snapshot", table_of, softer)}
    assert ("edition", "digest") in {(each.where, each.what) for each in found(made, tmp_path, both)}
    assert table_of in {each.where for each in found(made, tmp_path, {table_of: softer})}
    broken = made.text(table_of).replace(line, line.partition("line:")[0] + "line: many", 1).encode()
    assert any(table_of.removeprefix("edition/") in str(each) for each in found(made, tmp_path, {table_of: broken}))
    days = made.text("rulebook/notice.yaml").replace("notice_days: {value: 5", "notice_days: {value: 9", 1)
    assert days != made.text("rulebook/notice.yaml")
    differences = found(made, tmp_path, {"rulebook/notice.yaml": days.encode()})
    assert ("year.json", "last day of the notice") in {(each.where, each.what) for each in differences}
    assert found(made, tmp_path, {"rulebook/review.yaml": b"steps: 1"})


def test_another_number_or_another_draw_is_named(made: Year, tmp_path: Path) -> None:
    draws = json.loads(made.text("year.json"))["draws"]
    run = json.loads(made.text("year.json"))["run"]
    other = found(made, tmp_path, says(made, draws=[{**draws[0], "seed": "777"}]))
    assert "number drawn" in {each.what for each in other}
    assert "seed of the run" in {each.what for each in found(made, tmp_path, says(made, run={**run, "seed": "777"}))}
    out = next(row["code"] for row in lines(made, "draw.csv") if row["drawn"] == "yes")
    assert (out, "drawn") in {(each.where, each.what)
                              for each in found(made, tmp_path, table(made, out, "draw.csv", drawn="no"))}  # fmt: skip
    likelier = found(made, tmp_path, table(made, out, "draw.csv", probability="1.000000"))
    assert (out, "draw: probability") in {(each.where, each.what) for each in likelier}
    visit = lines(made, "visits.csv")[0]
    wave = {"random": "borderline", "borderline": "random"}[visit["wave"]]
    assert visit["code"] in {
        each.where for each in found(made, tmp_path, table(made, visit["code"], "visits.csv", wave=wave))
    }


def test_what_only_the_ledger_can_tell_shows_in_its_root(made: Year, tmp_path: Path) -> None:
    """Another document number breaks no arithmetic: the record does, and where that is forged too, the root."""
    paper = says(made, list={"document": "另一份", "adopted_on": "2024-04-01"})
    files = {**check_year.read(made.whole), **paper}
    ledger = files.pop("ledger.json")
    files.pop("manifest.json")
    year.seal(files, json.loads(ledger), tmp_path / "x.zip")  # type: ignore[arg-type]
    assert ("ledger.json", "the file on record") in {(each.where, each.what) for each in check(tmp_path / "x.zip")}
    forged = verify(made.resealed(tmp_path / "y.zip", paper))
    assert forged.differences == ()
    assert forged.head != verify(made.whole).head
    for key, value in (("root", "0" * 64), ("size", 6), ("salt", "00"), ("path", [])):
        year.seal(made.parts, {**json.loads(ledger), key: value}, tmp_path / "z.zip")
        assert "ledger.json" in {each.where for each in check(tmp_path / "z.zip")}, key


def test_a_name_more_or_less_in_the_file_for_everybody_is_found(made: Year, tmp_path: Path) -> None:
    head, first, *rest = made.open_parts["names.csv"].decode("utf-8-sig").splitlines(keepends=True)  # type: ignore[union-attr]
    fewer = {"names.csv": "".join([head, *rest]).encode("utf-8-sig")}
    twice = {"names.csv": "".join([head, first, first, *rest]).encode("utf-8-sig")}
    for changed in (fewer, twice):
        assert {"names.csv", "sums.csv"} <= {
            each.where for each in check(made.resealed_public(tmp_path / "y.zip", changed))
        }
    stronger = {"names.csv": "".join([head, first.replace(first.split(",")[6], "99", 1), *rest]).encode("utf-8-sig")}
    forged = made.resealed_public(tmp_path / "x.zip", stronger)
    assert verify(forged).differences == ()  # its own figures do not tell: only the auditors' file does
    assert "names.csv" in {each.where for each in verify(forged, beside=made.whole).differences}


def test_it_is_checked_by_python_alone(made: Year, tmp_path: Path) -> None:
    """By the file itself, in an interpreter without any package; and by its script on one that was changed."""
    (tmp_path / "x.zip").write_bytes(made.whole.read_bytes().replace(b"village", b"villagE", 1))
    for file, status in ((made.whole, 0), (made.public, 0), (tmp_path / "x.zip", 1)):
        ran = subprocess.run([sys.executable, "-I", "-S", str(made.whole), str(file)], check=False, capture_output=True)
        assert ran.returncode == status, ran.stdout + ran.stderr
        assert (b"nothing differs" in ran.stdout) == (status == 0)
    ran = subprocess.run([sys.executable, "-I", "-S", str(made.public)], check=False, capture_output=True)
    assert b"nothing differs" in ran.stdout


def test_it_is_checked_without_django(made: Year, tmp_path: Path) -> None:
    forged = made.resealed(tmp_path / "x.zip", table(made, code := one(made, listed="yes"), score="9999"))
    for file, status, said in ((made.whole, 0, "nothing differs"), (forged, 1, f"{code}: score: expected")):
        ran = subprocess.run([sys.executable, "-c", BLOCKED, str(file)], check=False, capture_output=True, text=True)
        assert ran.returncode == status, ran.stdout + ran.stderr
        assert said in ran.stdout


def test_the_command_says_what_differs(made: Year, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(made.public), "--whole", str(made.whole), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["variant"], said["differences"]) == ("public", [])
    forged = made.resealed(tmp_path / "x.zip", table(made, code := one(made, listed="yes"), listed="no"))
    assert main(["verify", str(forged), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert {"where": code, "what": "listed", "expected": "yes", "found": "no"} in said["differences"]


@pytest.mark.long
def test_the_guide_is_as_it_says(made: Year, tmp_path: Path) -> None:
    guide = (Path(__file__).resolve().parent.parent / "docs" / "how-to" / "check-a-year.md").read_text(encoding="utf-8")
    for name in ("whole", "public"):
        (tmp_path / f"{name}.zip").write_bytes(getattr(made, name).read_bytes())
    made.resealed(tmp_path / "forged.zip", table(made, one(made, listed="yes"), score="9999"))
    blocks = re.findall(
        r"<!-- with a year(?:: (\d))? -->\n```bash\n(.*?)```\n<!-- it says -->\n```text\n(.*?)```", guide, re.DOTALL
    )
    assert len(blocks) == 4
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "200"}
    for status, commands, shows in blocks:
        ran = subprocess.run(["bash", "-ec", commands], cwd=tmp_path, env=environ, check=False, capture_output=True,
                             text=True)  # fmt: skip
        assert ran.returncode == int(status or 0), f"{commands}\n{ran.stdout}\n{ran.stderr}"
        for line in shows.splitlines():
            pattern = ".*".join(map(re.escape, line.strip().split("…")))
            assert re.search(pattern, ran.stdout), f"{commands}\nnowhere: {line}\n{ran.stdout}"


def test_what_is_no_year_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.zip").write_text("no file of ours")
    with zipfile.ZipFile(tmp_path / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("year.json", "0" * 1_000_000)
    with (tmp_path / "out.zip").open("wb") as out:
        check_year.write({"../out.txt": b"x", "year.json": b"{}"}, out)
    with (tmp_path / "bare.zip").open("wb") as out:
        check_year.write({"year.json": b"[]", "manifest.json": b"[]"}, out)
    for name in ("text", "packed", "out", "bare"):
        assert main(["verify", str(tmp_path / f"{name}.zip")]) == 1
        assert f"{name}.zip" in capsys.readouterr().out
    assert not (tmp_path.parent / "out.txt").exists()
