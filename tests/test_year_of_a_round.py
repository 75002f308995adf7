"""The rows of a round become its year in one file: made once, kept, given to who leads the round and to everybody."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.ballots.models import Pile
from baolei.declarations import actions as declaring
from baolei.declarations.models import Declaration
from baolei.figures import year_jobs, years
from baolei.figures.models import YearFile
from baolei.ledger.models import Entry
from baolei.ledger.verify import Kept
from baolei.ledger.verify import verify as verify_ledger
from baolei.naming import actions as naming_actions
from baolei.naming.models import NamingList
from baolei.notices import actions as notices
from baolei.organisations.models import Member, Membership, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.programme import naming
from baolei.rounds.models import Round
from baolei.scores import actions as scoring
from baolei.standards.at_hand import at_hand
from baolei.warehouse import year as packing
from baolei.warehouse.check_year import PUBLIC, WHOLE, read
from baolei.warehouse.snapshot import TABLES
from baolei.warehouse.year_verify import verify
from round_stage import BRANCHES, EDITION, NOW, begun, declaration_of, filled, passed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

CLERK, SECOND, SECRETARY, OBJECTOR = "唐古拉", "苏日勒", "巴特尔", "举报人甲"
ADOPTED = date(2026, 7, 1)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> None:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")


def counted(mine: Declaration, by: list[Account], ballots: int = 40) -> None:
    """Two people have counted the same ballots of every source that is asked."""
    for source in at_hand(EDITION).asked():
        answers = ["1" * len(at_hand(EDITION).questions[source.code])] * ballots
        for look, who in enumerate(by, 1):
            Pile.objects.create(declaration=mine, source=source.code, look=look, by=who, day=NOW.date(), issued=ballots,
                                ballots=answers, entered=ballots, agrees=look > 1, salt="00")  # fmt: skip


@pytest.fixture
def clerk() -> Account:
    found = stage.mandated("15", "region_clerk")
    Account.objects.filter(pk=found.pk).update(name=CLERK)
    return found


@pytest.fixture
def adopted(clerk: Account, django_capture_on_commit_callbacks: Any) -> NamingList:
    """A round of three: visits drawn from a first run, one branch ended before the list of the second, one name struck
    by two people; the list laid open and adopted.
    """
    other = stage.mandated("15")
    Account.objects.filter(pk=other.pk).update(name=SECOND)
    this = begun()
    for code in BRANCHES:
        mine = filled(declaration_of(this, code))
        for gate in at_hand(EDITION).gates:
            declaring.mark(
                actor=clerk, now=NOW, declaration=mine, code=gate.code, met=True, document="核实", why="核实"
            )
        counted(mine, [clerk, other])
    this = passed(this, 2)
    for seed in ("26051", "26077"):
        with django_capture_on_commit_callbacks(execute=True):
            run = scoring.ask_for_run(actor=clerk, now=NOW, round=this, seed=seed, why="计分")
        run.refresh_from_db()
        if seed == "26051":
            scoring.draw_visits(actor=clerk, now=NOW, run=run, why="抽查")
    OrganisationState.objects.filter(code=BRANCHES[2]).update(until=NOW.date())
    Declaration.objects.filter(state=rules.FROZEN).update(state=rules.CONCLUDED)
    made = naming_actions.draw_up(actor=clerk, now=NOW, round=this, run=run, why="拟名单")
    struck, by = made.lines.get(declaration=declaration_of(this, BRANCHES[1])), f"{SECRETARY}、{CLERK}反映，查实"
    secretary = Member.objects.create(name=SECRETARY)
    Membership.objects.create(member=secretary, organisation=struck.declaration.organisation, kind="full",
                              since=date(2020, 1, 1))  # fmt: skip
    naming_actions.propose(actor=clerk, now=NOW, line=struck, act=naming.STRUCK, reason=by, document="记录3号")
    naming_actions.agree(actor=other, now=NOW, line=struck, why="同意")
    Round.objects.filter(pk=this.pk).update(phase="notice")
    this.refresh_from_db()
    posting = notices.post(actor=clerk, now=NOW, round=this, why="公示")
    for _one in range(2):
        notices.object_to(now=NOW, posting=posting, line=made.lines.get(listed=True), kind="facts", words="不符",
                          name=OBJECTOR, contact="13800000000")  # fmt: skip
    Round.objects.filter(pk=this.pk).update(phase="naming")
    made.refresh_from_db()
    naming_actions.adopt(actor=clerk, now=NOW, naming_list=made, document="组通字〔2026〕30号", on=ADOPTED, why="命名")
    return NamingList.objects.get()


@pytest.fixture
def year(adopted: NamingList) -> YearFile:
    """Its year, made by the clock."""
    year_jobs.begin()
    return YearFile.objects.select_related("list").get()


def tables(file: Path) -> dict[str, list[dict[str, str]]]:
    """The tables of a year, row by row."""
    return {name: list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")))) for name, data in read(file).items()
            if name.endswith(".csv")}  # fmt: skip


def asked(account: Account | None, name: str, this: NamingList, **said: Any) -> Any:
    client = Client()
    if account:
        client.force_login(account)
    client.cookies["django_language"] = "en"
    address = reverse(name, args=[this.round_id])
    return client.post(address, said) if said else client.get(address)


def test_every_naming_of_a_round_is_recomputed_from_its_file(year: YearFile) -> None:
    assert (year.state, year.said) == (YearFile.DONE, "")
    whole = verify(year.file(WHOLE))
    assert whole.differences == ()
    assert (whole.branches, whole.names, whole.head) == (3, 1, f"{year.entry} {year.root}")
    assert verify(year.file(PUBLIC), beside=year.file(WHOLE)).differences == ()
    lines = {row["code"]: row for row in tables(year.file(WHOLE))["list.csv"]}
    first, second = (lines[code] for code in BRANCHES[:2])
    assert (first["standing"], first["listed"], first["score"]) == ("confirmed", "yes", "10000")
    assert (second["act"], second["listed"], second["document"]) == ("struck", "no", "记录3号")
    assert (lines[BRANCHES[2]]["act"], lines[BRANCHES[2]]["listed"]) == ("ended", "no")
    assert {row["draw"] for row in tables(year.file(WHOLE))["visits.csv"]} == {"0"}
    assert [one["seed"] for one in json.loads(read(year.file(WHOLE))["year.json"])["draws"]] == ["26051"]
    assert [row["code"] for row in tables(year.file(PUBLIC))["names.csv"]] == [BRANCHES[0]]


def test_no_person_is_in_either_file(year: YearFile) -> None:
    people = {CLERK, SECOND, SECRETARY, OBJECTOR, "13800000000", *Account.objects.values_list("username", flat=True)}
    for variant in (WHOLE, PUBLIC):
        for name, data in read(year.file(variant)).items():
            text = str(pq.read_table(io.BytesIO(data)).to_pydict()) if name.endswith(".parquet") else data.decode()
            assert {who for who in people if who in text} == set(), name
    struck = next(row for row in tables(year.file(WHOLE))["list.csv"] if row["act"])
    assert struck["reason"] == f"{years.TAKEN_OUT}、{years.TAKEN_OUT}反映，查实"
    entry = json.loads(read(year.file(WHOLE))["ledger.json"])["entry"]
    assert entry["actor"] is None


def test_what_is_in_the_files_is_what_may_be(year: YearFile) -> None:
    """Columns by name: whoever adds one says here that it is of no person."""
    whole, public = tables(year.file(WHOLE)), tables(year.file(PUBLIC))
    assert {name: tuple(rows[0]) for name, rows in whole.items()} == {
        "list.csv": packing.LIST, "draw.csv": packing.DRAW, "visits.csv": packing.VISITS}  # fmt: skip
    strengths, sources = (f"S{number} %" for number in range(1, 6)), ("n mem", "n mas", "n soc")
    assert tuple(public["names.csv"][0]) == ("code", "name", "unit", "part", "field", "tier", *strengths, *sources)
    assert {name.partition("/")[0] for name in read(year.file(PUBLIC))}.isdisjoint({"snapshot", "results", "list.csv"})
    for name, data in read(year.file(WHOLE)).items():
        if name.startswith("snapshot/") and name.endswith(".parquet"):
            table = name.removeprefix("snapshot/").removesuffix(".parquet")
            columns = [one for one in pq.read_schema(io.BytesIO(data)).names if not re.fullmatch(r"q\d+", one)]
            assert columns == [column for column, _kind in TABLES[table]], name


def test_few_are_not_counted_out(year: YearFile) -> None:
    for variant in (WHOLE, PUBLIC):
        assert json.loads(read(year.file(variant))["year.json"])["notice"]["objections"] == {"open": None}
    assert {row["branches"] for row in tables(year.file(PUBLIC))["sums.csv"]} == {""}


def test_it_is_made_once_and_made_again_the_same_where_it_is_lost(year: YearFile) -> None:
    before, entries = {one: year.file(one).read_bytes() for one in (WHOLE, PUBLIC)}, Entry.objects.count()
    year_jobs.begin()
    assert Entry.objects.count() == entries
    year.file(PUBLIC).unlink()
    year_jobs.begin()
    assert {one: year.file(one).read_bytes() for one in (WHOLE, PUBLIC)} == before
    assert Entry.objects.count() == entries
    assert verify_ledger((Kept(year.entry or 0, year.root),)).faults == ()


def test_what_cannot_be_made_says_why_and_is_made_once_it_can(adopted: NamingList, clerk: Account) -> None:
    broken = adopted.run.results_folder / "manifest.json"
    kept = broken.read_bytes()
    broken.write_bytes(kept + b" ")
    year_jobs.begin()
    assert YearFile.objects.get().state == YearFile.FAILED
    assert "run it again" in asked(clerk, "year", adopted).text
    broken.write_bytes(kept)
    assert asked(clerk, "make_year", adopted).status_code == 200
    assert asked(clerk, "make_year", adopted, why="文件已找回").status_code == 302
    year_jobs.begin()
    assert YearFile.objects.get().state == YearFile.DONE
    assert asked(clerk, "make_year", adopted).status_code == 404
    with pytest.raises(NotPossible, match="made already"):
        year_jobs.ask_for_year(actor=clerk, now=NOW, naming_list=adopted, why="x")
    NamingList.objects.update(adopted_on=None, document="")
    with pytest.raises(NotPossible, match="not adopted"):
        year_jobs.ask_for_year(actor=clerk, now=NOW, naming_list=NamingList.objects.get(), why="x")


def test_who_leads_the_round_takes_the_auditors_file_and_that_is_on_record(year: YearFile, clerk: Account) -> None:
    page = asked(clerk, "year", year.list).text
    assert year.whole in page
    assert f"{year.entry} {year.root}" in page
    taken = asked(clerk, "year_file", year.list)
    assert b"".join(taken.streaming_content if taken.streaming else [taken.content]) == year.file(WHOLE).read_bytes()
    told = Entry.objects.filter(act="house.export").latest("number")
    assert (told.actor_id, (told.particulars or {})["after"]["sha256"]) == (clerk.pk, year.whole)
    for other in (stage.mandated(BRANCHES[0], "branch_secretary"), stage.mandated("1504", "league_clerk")):
        assert year.whole not in asked(other, "year", year.list).text
        assert asked(other, "year_file", year.list).status_code == 404
        assert asked(other, "make_year", year.list).status_code == 404


def test_everybody_takes_theirs_once_the_list_is_adopted(year: YearFile) -> None:
    page = asked(None, "public_year", year.list)
    assert page.status_code == 200
    assert year.public in page.text
    assert year.whole not in page.text
    taken = asked(None, "public_year_file", year.list)
    assert b"".join(taken.streaming_content if taken.streaming else [taken.content]) == year.file(PUBLIC).read_bytes()
    assert asked(None, "year_file", year.list).status_code == 302
    assert reverse("public_year", args=[year.list.round_id]) in asked(None, "public_notice", year.list).text
    YearFile.objects.all().delete()
    NamingList.objects.update(adopted_on=None, document="")
    assert "made by itself" in asked(None, "public_year", year.list).text
    assert asked(None, "public_year_file", year.list).status_code == 404
