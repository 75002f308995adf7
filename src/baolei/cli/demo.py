"""`baolei demo`: one command builds the demo round, evaluates it and serves it; the second time it starts at once."""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console

from baolei.warehouse.snapshot import read_manifest, read_table

if TYPE_CHECKING:
    from baolei.people.actions import DemoPost

SNAPSHOT, RESULTS, HOUSEHOLD, DATABASE = "snapshot", "results", "household", "baolei.sqlite3"

VILLAGES = ("village", "pastoral_gacha")
BEGUN = date(2013, 1, 1)
"""The demo's units and organisations have stood since then."""


def demo(host: str, port: int, *, scope: str, scale: float, seed: int, fresh: bool, serving: bool = True) -> int:
    """Build what is missing, then serve until Ctrl-C. `fresh` builds everything anew."""
    from baolei.cli.serve import prepare, refuse_taken_address, serve
    from baolei.front.environment import home_folder

    if serving:
        refuse_taken_address(host, port)
    console = Console(stderr=True)
    home = home_folder(os.environ) / "demo" / f"{scope}-{scale:g}-{seed}"
    build(home, scope=scope, scale=scale, seed=seed, fresh=fresh, console=console)
    os.environ["BAOLEI_DEMO"] = "1"
    os.environ["BAOLEI_HOME"] = str(home)  # the files of its rounds are its own, not those of a house beside it
    os.environ["BAOLEI_RESULTS"] = str(home / RESULTS)
    os.environ.setdefault("BAOLEI_DATABASE_URL", f"sqlite:///{(home / DATABASE).resolve()}")
    prepare()
    settle(home, seed, console)
    lines = list(_accounts(home / RESULTS))
    hold(seed, console)
    if not serving:
        console.print(f"built in {home}; 'baolei demo' serves it", soft_wrap=True)
        return 0
    serve(host, port, ready=lambda address: _say(address, lines))
    return 0


def build(home: Path, *, scope: str, scale: float, seed: int, fresh: bool, console: Console) -> None:
    """Make the snapshot and the results in `home` unless they are there and belong together."""
    from baolei.cli.demo_region import demo_region
    from baolei.cli.evaluate import evaluate

    snapshot, results = home / SNAPSHOT, home / RESULTS
    if fresh:
        for file in home.glob(f"{DATABASE}*"):
            file.unlink()
        for folder in ("rounds", "papers"):
            shutil.rmtree(home / folder, ignore_errors=True)
    if fresh or not (snapshot / "manifest.json").exists():
        console.print("[1/5] inventing the round over the real tree …")
        started = time.monotonic()
        demo_region(snapshot, scale, seed, scope=scope)
        console.print(f"      {time.monotonic() - started:.1f} s")
    if fresh or not belongs(results, snapshot):
        console.print("[2/5] evaluating it …")
        evaluate(snapshot, results, "duckdb", as_json=False)


def settle(home: Path, seed: int, console: Console) -> None:
    """Load the demo's units, organisations and members into the database and look through them, unless done."""
    import numpy as np
    from django.utils import timezone

    from baolei.organisations.findings import look_through
    from baolei.organisations.load import load
    from baolei.organisations.models import AuditRun
    from baolei.warehouse.demo.household import write_household
    from baolei.warehouse.rulebook import setup_rules

    if AuditRun.objects.exists():
        return
    started = time.monotonic()
    console.print("[3/5] moving its members into the house …")
    day = date.fromisoformat(read_manifest(home / SNAPSHOT)["round"]["as_of"])
    rules, now = setup_rules(day), timezone.now()
    write_household(home / SNAPSHOT, home / HOUSEHOLD, seed, np.datetime64(day))
    rows = load(folder=home / HOUSEHOLD, since=BEGUN, rules=rules, actor=None, now=now, why="演示 demo").rows
    for past in (date(day.year, 3, 31), date(day.year, 6, 30), date(day.year, 9, 30), day):  # so that there is a trend
        look_through(day=past, rules=setup_rules(past), actor=None, now=now)
    console.print(f"      {rows['organisations']:,} organisations, {rows['members']:,} members, "
                  f"{time.monotonic() - started:.1f} s")  # fmt: skip


def hold(seed: int, console: Console) -> None:
    """Let the branches of the demo's banner live last year and this one, and hold the rounds of its people, unless they
    were held already.
    """
    from django.utils.timezone import localdate

    from baolei.cli.demo_centres import make_centres
    from baolei.cli.demo_life import live, recorder
    from baolei.cli.demo_matters import make_matters
    from baolei.cli.demo_rounds import hold_rounds
    from baolei.people.models import Account
    from baolei.rounds.models import Round

    if Round.objects.exists():
        return
    started, day = time.monotonic(), localdate()
    console.print("[4/5] living its last two years …")
    banner = Account.objects.filter(username="qi").values_list("mandates__path", flat=True).first()
    met = sum(live(year, day, seed, banner).met for year in (day.year - 1, day.year)) if banner else 0
    made = make_centres(banner, day, seed, recorder()) if banner else 0
    asked = make_matters(banner, day, seed).rows.get("matters", 0) if banner else 0
    console.print(f"      {met:,} gatherings, {made:,} service centres and points, {asked:,} matters, "
                  f"{time.monotonic() - started:.1f} s")  # fmt: skip
    started = time.monotonic()
    console.print("[5/5] holding its rounds …")
    held = hold_rounds(day, seed)
    console.print(f"      {held} rounds, {time.monotonic() - started:.1f} s")


def belongs(results: Path, snapshot: Path) -> bool:
    """Whether the results are there and come from this very snapshot."""
    from baolei.warehouse.snapshot import sha256

    if not (results / "manifest.json").exists():
        return False
    return bool(read_manifest(results).get("snapshot") == sha256(snapshot / "manifest.json"))


def _accounts(results: Path) -> Iterator[str]:
    """Open the demo accounts, one on each level, and say how to log in."""
    from django.conf import settings

    from baolei.people.actions import open_demo_accounts

    posts = [_post(level, code, place) for level, code, place in demo_posts(results)]
    posts += _committee_and_house(posts[-1].path)
    password = settings.BAOLEI_DEMO_PASSWORD
    for account in open_demo_accounts(posts=posts, password=password, on=date(2023, 1, 1)):
        yield f"  {account.username:<8} {password}   {account.title} {account.name}"


def _post(level: Any, code: str, place: str) -> DemoPost:
    """Where a demo account answers: the branch's secretary in the Party tree, all others at a unit."""
    from baolei.organisations.models import OrganisationState, UnitState
    from baolei.people.actions import DemoPost
    from baolei.people.models import InTree

    if level == "branch":
        return DemoPost(level, OrganisationState.objects.open().get(code=code).path, place, InTree.PARTY)
    return DemoPost(level, UnitState.objects.open().get(code=code).path, place)


def _committee_and_house(branch: str) -> Iterator[DemoPost]:
    """A committee with branches under it (that of the demo's branch, by its path, where it has one), and the whole
    house, where the administrators stand.
    """
    from baolei.organisations.models import OrganisationState, lineage
    from baolei.people.actions import DemoPost
    from baolei.people.models import InTree

    committees = OrganisationState.objects.open().filter(kind="grassroots_committee").order_by("path")
    found = committees.filter(path__in=lineage(branch)).first() or committees.first()
    if found:
        yield DemoPost("committee", found.path, found.name, InTree.PARTY)
    yield DemoPost("house", "", "", InTree.NONE)


def demo_posts(results: Path) -> list[tuple[str, str, str]]:
    """One node on each level, each above the next, ending at a branch that was evaluated: (level, path, place)."""
    branches = read_table(results / "branches.parquet", ["code", "name", "field", "unit_2", "unit_3", "unit_4"])
    deep = branches.filter(pc.and_(pc.not_equal(branches["unit_3"], branches["unit_2"]),
                                   pc.not_equal(branches["unit_4"], branches["unit_3"])))  # fmt: skip
    row = _own(deep if deep.num_rows else branches)
    units = read_table(results / "units.parquet", ["code", "name"]).to_pylist()
    name = {unit["code"]: unit["name"] for unit in units}
    region = units[0]["code"]
    posts = [("region", region), ("league", row["unit_2"]), ("banner", row["unit_3"]), ("township", row["unit_4"])]
    return [*((level, code, name[code]) for level, code in posts), ("branch", row["code"], row["name"])]


def _own(branches: pa.Table) -> dict[str, Any]:
    """The branch of the demo secretary: of the first banner, the first village of the township that has most of them;
    else the first branch there is. Of villages the demo's own rounds are held.
    """
    first: dict[str, Any] = branches.slice(0, 1).to_pylist()[0]
    here = [one for one in branches.filter(pc.equal(branches["unit_3"], first["unit_3"])).to_pylist()
            if one["field"] in VILLAGES]  # fmt: skip
    if not here:
        return first
    most = Counter(one["unit_4"] for one in here).most_common(1)[0][0]
    return min((one for one in here if one["unit_4"] == most), key=lambda one: one["code"])


def _say(address: str, accounts: list[str]) -> None:
    console = Console(highlight=False)
    console.print(
        f"\n堡垒 Baolei 演示 demo:  [bold]{address}[/]\n演示账号 demo accounts (用户 user, 密码 password):",
        soft_wrap=True,
    )
    for line in accounts:
        console.print(line, soft_wrap=True)
    console.print("数据均为虚构 all data are invented · Ctrl-C 停止 stops\n", soft_wrap=True)
