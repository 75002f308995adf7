"""A hundred thousand members by spreadsheet, from the upload to the last row written, and beside it a peer.

The whole way that a clerk's file goes: the action of the upload page, the queue, the worker in a process of its own
with its reader, the page that shows what would happen, the button that has it written. Each store in a process of its
own: SQLite always, PostgreSQL as well where BAOLEI_DATABASE_URL names one (`tools/postgres.py baolei bench imports`).
The peer, django-import-export over openpyxl, does less: looks at the rows and writes them, as its admin does, names and
days into one table, nothing judged against the house, nothing kept to be taken back; then the same by hand, openpyxl
and bulk_create.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import measure

BRANCHES, VILLAGES, TOWNSHIPS = 2_000, 500, 25
BEGUN, DAY, JOINED = date(2013, 1, 1), date(2023, 12, 31), date(1970, 7, 1)
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华文辉玲红建国志春梅海燕永生林东方晨阳雪松青山云峰"
SECONDS, MEMORY = 60.0, 400.0
"""What the whole way may take, in seconds, and the worker with its reader at their largest, in MiB."""
PATIENCE = 900


def main() -> int:
    """Print the tables; 1 where the way took longer than SECONDS or more than MEMORY."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=1, help="times each store is measured; the median counts")
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--no-peer", action="store_true")
    options.add_argument("--json", action="store_true")
    options.add_argument("--part", choices=sorted(PARTS), help=argparse.SUPPRESS)
    options.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    said = options.parse_args()
    if said.part:
        json.dump(PARTS[said.part](said.rows), said.out.open("w", encoding="utf-8"))
        return 0
    fine = [_store(name, address, said) for name, address in _stores()]
    return 0 if all(fine) else 1


def _stores() -> Iterator[tuple[str, str]]:
    yield "sqlite", ""
    given = os.environ.get("BAOLEI_DATABASE_URL", "")
    if given.startswith("postgres"):
        yield "postgresql", given


def _store(name: str, address: str, said: argparse.Namespace) -> bool:
    """Measure one store and print it; whether it kept within the bars."""
    rounds = [_apart("imports", address, said.rows) for _ in range(said.rounds)]
    found = {key: measure.median([one[key] for one in rounds]) for key in rounds[0]}
    rows = [{"what": key, "value": value} for key, value in found.items()]
    notes = {"bar, s": SECONDS, "bar, MiB": MEMORY}
    measure.show(f"{said.rows:,} members by xlsx, {name}", rows, notes, said.json)
    if not said.no_peer and name == "sqlite":
        _peers(found, said)
    return bool(found["the whole way, s"] <= SECONDS and found["worker and reader, peak MiB"] <= MEMORY)


def _peers(ours: dict[str, float], said: argparse.Namespace) -> None:
    base = ours["the whole way, s"]
    rows: list[dict[str, object]] = [{"what": "baolei: judged, previewed, written, can be taken back", "s": base,
                                      "times ours": 1.0, "peak MiB": ours["worker and reader, peak MiB"]}]  # fmt: skip
    for what, part in (
        ("django-import-export 4.4: looked at, one table", "peer"),
        ("openpyxl and bulk_create: one table", "hand"),
    ):
        try:
            found = _apart(part, "", said.rows)
        except subprocess.CalledProcessError:
            print(f"{what}: not installed; pip install '.[bench]'", file=sys.stderr)
            continue
        rows.append({"what": what, "s": found["s"], "times ours": found["s"] / base, "peak MiB": found["MiB"]})
    measure.show("beside peers", rows, {}, said.json)


def _apart(part: str, address: str, rows: int) -> dict[str, float]:
    """One part in a process and a house of its own; a database that was given is emptied before."""
    print(f"{part} …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="baolei-bench-") as home:
        environment = {**os.environ, "BAOLEI_HOME": home, "BAOLEI_DEMO": "1",
                       "BAOLEI_DATABASE_URL": address or f"sqlite:///{home}/baolei.sqlite3"}  # fmt: skip
        out = Path(home, "found.json")
        subprocess.run([sys.executable, __file__, "--part", part, "--rows", str(rows), "--out", str(out)],
                       env=environment, check=True)  # fmt: skip
        found: dict[str, float] = json.loads(out.read_text(encoding="utf-8"))
        return found


# ---- the house ----


def _house() -> Any:
    """A banner of 25 townships, 500 villages, 2,000 branches; its clerk."""
    from baolei.cli.serve import prepare

    prepare()
    from django.db import connection

    if connection.vendor == "postgresql":
        _empty(connection)
    from baolei.people.models import Account, Mandate

    banner, homes = _units()
    _organisations(banner, homes)
    clerk = Account.objects.create(username="bench", name="bench")
    Mandate.objects.create(account=clerk, role="organiser", path=banner.path, title="bench", since=BEGUN,
                           approved_at=datetime.now(UTC))  # fmt: skip
    return banner, clerk


def _empty(connection: Any) -> None:
    """Nothing left of an earlier round."""
    from django.core.management import call_command

    from baolei.ledger import guards

    guards.remove(connection)
    call_command("flush", interactive=False, verbosity=0)
    guards.install(connection)


def _units() -> tuple[Any, list[Any]]:
    from baolei.organisations.models import UnitState
    from baolei.organisations.units import enter
    from baolei.programme.organisation.tree import tree

    rows = [("15", "区", "", 1), ("1504", "市", "15", 2), ("150422", "旗", "1504", 3)]
    towns = [(f"150422{place:03d}", f"镇{place}", "150422", 4) for place in range(100, 100 + TOWNSHIPS)]
    each = VILLAGES // TOWNSHIPS
    villages = [(f"{town[0]}{200 + place}", f"村{place}", town[0], 5) for town in towns for place in range(each)]
    codes, names, above, levels = (list(column) for column in zip(*rows, *towns, *villages, strict=True))
    enter(units=tree(codes, names, above, levels), since=BEGUN, actor=None, now=datetime.now(UTC), why="bench")
    states = UnitState.objects.open()
    return states.get(code="150422"), list(states.filter(level=5).order_by("code"))


def _organisations(banner: Any, homes: list[Any]) -> None:
    from baolei.organisations.models import Organisation, OrganisationState, segment_of

    made = Organisation.objects.bulk_create([Organisation() for _ in range(BRANCHES + 1)], batch_size=1_000)
    root, *branches = Organisation.objects.order_by("pk")[: len(made)]
    common = {"since": BEGUN, "initials": "dzb"}
    top = segment_of(root.pk)
    states = [OrganisationState(organisation=root, code="W", name="旗直属机关党委", kind="grassroots_committee",
                                unit=banner.unit, path=top, **common)]  # fmt: skip
    states += [
        OrganisationState(organisation=one, code=f"B{place:04d}", name=f"第{place}党支部", kind="branch",
                          field="village", unit=homes[place % len(homes)].unit, above=root,
                          path=top + segment_of(one.pk), **common)
        for place, one in enumerate(branches)
    ]  # fmt: skip
    OrganisationState.objects.bulk_create(states, batch_size=1_000)


def _sheet(path: Path, rows: int) -> None:
    """The list as an office would send it: names, days and words, 50 to a branch."""
    import xlsxwriter

    from baolei.sheets.kinds import kinds

    kind = kinds(DAY)["members"]
    heads = [column.name.zh for column in kind.columns]
    bits = random.Random(2023)
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("党员")
        page.write_row(0, 0, heads)
        for number in range(rows):
            name = bits.choice(FAMILY) + "".join(bits.choices(GIVEN, k=2))
            said = {"organisation": f"B{number % BRANCHES:04d}", "name": name,
                    "joined": (JOINED + timedelta(days=number % 17_989)).isoformat(), "kind": "正式党员"}  # fmt: skip
            page.write_row(number + 1, 0, [said.get(column.code, "") for column in kind.columns])


# ---- our way ----


def imports(rows: int) -> dict[str, float]:
    """Every step of the way, in seconds, and how large the worker and its reader became."""
    banner, clerk = _house()
    home = Path(os.environ["BAOLEI_HOME"])
    sheet = home / "members.xlsx"
    _sheet(sheet, rows)
    found = {"file, MiB": sheet.stat().st_size / 2**20, **_reader(sheet, home)}
    from baolei.sheets import actions
    from baolei.sheets.actions import Sent
    from baolei.sheets.models import Batch

    watch = _Watch()
    with watch:
        begun = time.perf_counter()
        with sheet.open("rb") as file:
            batch, _new = actions.send(actor=clerk, unit=banner, kind="members", day=DAY, why="bench",
                                       sent=Sent(sheet.name, iter(lambda: file.read(2**16), b"")),
                                       now=datetime.now(UTC))  # fmt: skip
        found["send, s"] = time.perf_counter() - begun
        found["read and judge, s"] = _until(batch, Batch.READY)
        if batch.counts["new"] != rows:
            raise RuntimeError(f"{batch.counts} {batch.notes}")
        found["page of what it would do, s"] = _visit(clerk, f"/sheets/{batch.pk}/")
        begun = time.perf_counter()
        actions.apply(actor=clerk, batch=batch, only_right=False, now=datetime.now(UTC))
        found["press the button, s"] = time.perf_counter() - begun
        found["write, s"] = _until(batch, Batch.APPLIED)
    steps = ("send, s", "read and judge, s", "page of what it would do, s", "press the button, s", "write, s")
    found["the whole way, s"] = sum(found[one] for one in steps)
    found["rows a second"] = rows / found["the whole way, s"]
    found["worker, peak MiB"], found["reader, peak MiB"] = watch.own, watch.child
    found["worker and reader, peak MiB"] = watch.both
    return found


def _reader(sheet: Path, home: Path) -> dict[str, float]:
    """The scan and the reading by themselves, in the reader's process, for knowing where the time goes."""
    from baolei.sheets import child

    scan = [sys.executable, "-X", "utf8", "-c", "import sys; from baolei.sheets.scan import scan; scan(sys.argv[1])",
            str(sheet)]  # fmt: skip
    scanning, _ = measure.run(scan)
    reading, _ = measure.run(child.command(sheet, home / "rows"))
    (home / "rows").unlink()
    return {"of this the scan, s": scanning, "of this scan and reading, s": reading}


def _until(batch: Any, state: str) -> float:
    begun = time.perf_counter()
    while time.perf_counter() - begun < PATIENCE:
        batch.refresh_from_db()
        if batch.state == state:
            return time.perf_counter() - begun
        if batch.state not in batch.UNDER_WAY:
            raise RuntimeError(f"{batch.state}: {batch.notes}")
        time.sleep(0.05)
    raise RuntimeError(f"not {state} after {PATIENCE} s")


def _visit(account: Any, address: str) -> float:
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(account)
    begun = time.perf_counter()
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return time.perf_counter() - begun


class _Watch:
    """The worker, as `baolei work` is, and how large it and what it starts become; looked at fifty times a second."""

    def __enter__(self) -> _Watch:
        self.worker = subprocess.Popen([sys.executable, "-m", "baolei.cli.main", "work"], stdout=subprocess.DEVNULL)
        self.own = self.child = self.both = 0.0
        self.over = threading.Event()
        self.eyes = threading.Thread(target=self._look, daemon=True)
        self.eyes.start()
        time.sleep(3)  # a worker stands ready before anybody sends: its start is no part of the way
        return self

    def _look(self) -> None:
        while not self.over.wait(0.02):
            sizes = [measure._resident(one) for one in measure._family(self.worker.pid)]
            self.own = max(self.own, sizes[0] if sizes else 0.0)
            self.child, self.both = max(self.child, *sizes[1:], 0.0), max(self.both, sum(sizes))

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.eyes.join()
        self.worker.send_signal(signal.SIGTERM)
        self.worker.wait(30)


# ---- the peers ----


def peer(rows: int) -> dict[str, float]:
    """django-import-export: a resource over the same table, in bulk, without history."""
    _house()
    import tablib
    from import_export import resources

    from baolei.organisations.models import Member

    class Members(resources.ModelResource):  # type: ignore[misc]
        """Names and days of joining."""

        class Meta:
            model = Member
            fields = ("name", "joined")
            import_id_fields = ()
            use_bulk, batch_size, skip_diff, force_init_instance = True, 5_000, True, True

    sheet = Path(os.environ["BAOLEI_HOME"], "members.xlsx")
    _sheet(sheet, rows)
    _renamed(sheet)
    begun = time.perf_counter()
    read = tablib.Dataset().load(sheet.read_bytes(), format="xlsx")
    Members().import_data(read, dry_run=True, raise_errors=True, use_transactions=True)  # what its admin shows first
    result = Members().import_data(read, dry_run=False, raise_errors=True, use_transactions=True)
    taken = time.perf_counter() - begun
    if result.totals["new"] != rows or Member.objects.count() != rows:
        raise RuntimeError(f"{result.totals}")
    return {"s": taken, "MiB": measure.peak()}


def hand(rows: int) -> dict[str, float]:
    """openpyxl in its reading mode and bulk_create: what one would write in an hour."""
    _house()
    import openpyxl
    from django.db import transaction

    from baolei.organisations.models import Member

    sheet = Path(os.environ["BAOLEI_HOME"], "members.xlsx")
    _sheet(sheet, rows)
    begun = time.perf_counter()
    page = openpyxl.load_workbook(sheet, read_only=True).worksheets[0]
    each = page.iter_rows(values_only=True)
    heads = next(each)
    name, joined = heads.index("姓名"), heads.index("入党日期")
    with transaction.atomic():
        Member.objects.bulk_create(
            (Member(name=row[name], joined=date.fromisoformat(row[joined])) for row in each), batch_size=5_000
        )
    taken = time.perf_counter() - begun
    if Member.objects.count() != rows:
        raise RuntimeError("rows are missing")
    return {"s": taken, "MiB": measure.peak()}


def _renamed(sheet: Path) -> None:
    """The peer finds its columns by the names of the fields: its file gets them, before the clock runs."""
    import openpyxl

    book = openpyxl.load_workbook(sheet)
    for cell in book.worksheets[0][1]:
        cell.value = {"姓名": "name", "入党日期": "joined"}.get(cell.value, cell.value)
    book.save(sheet)


PARTS: dict[str, Any] = {"imports": imports, "peer": peer, "hand": hand}

if __name__ == "__main__":
    sys.exit(main())
