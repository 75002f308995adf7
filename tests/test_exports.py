"""What leaves the house as a file: every table of every page, on record, within one's mandate, harmless, row by row."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import stage
import worlds
from baolei.ledger.models import Entry
from baolei.ledger.verify import verify
from baolei.organisations import directory, downloads, records
from baolei.organisations.models import Group, HubHousehold, Member, Membership, OrganisationState, UnitState
from baolei.people.models import Account
from baolei.sheets.models import Batch
from baolei.warehouse import spreadsheets
from baolei.warehouse.spreadsheets import Column, Grid, as_workbook, write_csv, write_workbook
from test_access_matrix import ADMINISTRATORS, addresses, filled, in_few_words

pytestmark = pytest.mark.django_db

HOUSE = {
    "tree", "tree_unit", "tree_search", "unit_organisations", "organisation", "holders", "member", "terms", "transfers",
    "transfer", "election", "accounts", "account", "waiting", "ledger", "audit", "sheets", "sheet_batch",
    "sheet_marked", "health", "notices", "tokens", "rounds", "round", "declarations", "runs", "naming_list",
    "naming_line", "naming_seats", "title_looks", "demonstrations", "demonstration", "effects",
    "effect", "branch_effects", "supports", "property_branches", "objections", "titles", "title",
    "declaration", "piles", "polls", "printings", "turnout", "lot", "conditions", "life", "gathering", "evidence",
    "evidence_item", "electors", "panels", "all_meetings", "meetings", "meeting", "poll_results", "poll", "audit_polls",
    "posts", "posts_rows", "branch_numbers", "training", "training_of_unit", "training_class", "life_plan",
    "life_talks", "affairs", "matter", "set_tasks", "task_of_branches", "triage", "sorted_branches", "sorted",
    "reviews", "review", "round_reviews", "rectified", "rectification_ledger", "turned_round", "rectification", "case",
    "dues", "unit_dues", "waivers", "waiver", "forms", "asked_form", "house_form", "form_complaints", "burden",
    "branch_burden", "roster", "wishes_of_unit", "wishes_of_branch", "deed",
    "matters", "asked", "grid", "grids", "matters_of_unit",
    "unit_centres", "centre", "circle", "next_points",
}  # fmt: skip
ROUND = {"home", "unit", "article", "find", "branch", "branches", "standard", "field", "editions", "edition",
         "edition_field", "edition_files", "compare_editions", "evidence_catalogue"}  # fmt: skip
NO_TABLE_TO_TAKE = {
    "public_notice": "laid open to everybody: tests/test_public_notice.py takes it",
    "appraisal": "grades leave the house with the branch alone: tests/test_life_more_pages.py takes them",
    "objection": "the same row as `objections`: tests/test_public_notice.py takes it",
    "styleguide": "shows how tables look, with invented rows",
    "method": "words",
    "disputes": "a queue of a hundred at most: each stands with its item, which is taken",
    "go": "leads on",
    "new_election": "a form",
    "sheet_progress": "a bar",
    "run": "a table once it is done: tests/test_scores_runs.py takes it",
    "bulk_review": "a table once a run is done: tests/test_reviews_bulk.py takes it",
    "run_sheet": "the same sheet as `branch`",
    "paper": "a file: tests/test_papers.py takes it",
    "matter_calls": "a queue of what was drawn: each stands with its matter, which is taken",
    "dues_calculator": "the rates of the rules, which are a file of the house",
    "dues_collection": "open to the branch alone: tests/test_dues_pages.py takes it",
    "how_ballots_work": "words, and the digests of what the ballot page is made of",
}
FORMULA = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture(autouse=True)
def plainly_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    in_few_words(monkeypatch)


@pytest.fixture
def town() -> dict[str, int]:
    """A banner with one of everything."""
    numbers = worlds.here()
    Batch.objects.update(head={"row": 1, "places": {"name": 0}, "sheet": "表"})
    return numbers


def taker(client: Client, role: str) -> Account:
    account = worlds.somebody(role)
    assert account
    client.force_login(account)
    return account


def body(answer: Any) -> bytes:
    return b"".join(answer)


def exports() -> list[Entry]:
    return list(Entry.objects.filter(act=downloads.EXPORT).order_by("number"))


def files(client: Client, names: set[str], numbers: dict[str, int]) -> Iterator[tuple[str, str, Any]]:
    """Every address of these names that answers with a file, in either format."""
    for name, route in addresses():
        if name not in names:
            continue
        address = next(filled(name, route, numbers)).partition("?")[0]
        for form in ("csv", "xlsx"):
            answer = client.get(address, {"format": form, "q": "党"})
            if answer.has_header("Content-Disposition"):
                yield name, address, answer


@pytest.mark.parametrize("role", [
    "banner_clerk", *(pytest.param(one, marks=pytest.mark.one_store) for one in ADMINISTRATORS)
])  # fmt: skip
def test_each_file_leaves_one_entry_that_proves_it(client: Client, town: dict[str, int], role: str) -> None:
    account = taker(client, role)
    seen = set[str]()
    for name, address, answer in files(client, HOUSE, town):
        sent, entry = body(answer), exports()[-1]
        told = entry.particulars["after"]
        assert (entry.actor_id, entry.subject) == (account.pk, f"page:{address}"), address
        assert told["sha256"] == hashlib.sha256(sent).hexdigest(), address
        assert told["bytes"] == len(sent) == int(answer["Content-Length"])
        if "text/csv" in answer["Content-Type"]:
            assert told["rows"] == len(list(csv.reader(io.StringIO(sent.decode("utf-8-sig"))))) - 1, address
        seen.add(name)
        assert len(exports()) == len(set(exports()))
    wanted = {"banner_clerk": HOUSE - {"accounts", "account", "waiting", "health", "audit_polls"},
              "system_admin": {"health", "tokens"}, "security_admin": {"waiting"},
              "audit_admin": {"ledger", "tokens", "audit_polls"}}  # fmt: skip
    assert wanted[role] <= seen, wanted[role] - seen
    assert verify().faults == ()


def test_the_files_of_a_round_leave_an_entry_each(client: Client, shown_round: Path) -> None:
    client.force_login(stage.mandated("15"))
    found = {"code": "1501", "edition": ""}
    seen, number = set[str](), 0
    for name, route in addresses():
        if name not in ROUND:
            continue
        code = {"branch": "Z0003", "field": "village", "edition_field": "village"}.get(name, found["code"])
        address = route.replace("<slug:edition>", "wuqiang-2020-2023")
        address = re.sub(r"<(?:str|slug):code>", code, address)
        answer = client.get(address, {"format": "xlsx", "q": "党"})
        assert answer.status_code == 200, address
        number += 1
        assert len(exports()) == number, address
        assert exports()[-1].particulars["after"]["sha256"] == hashlib.sha256(body(answer)).hexdigest()
        assert exports()[-1].path == stage.unit("15").path
        seen.add(name)
    assert seen == ROUND


def test_what_is_only_looked_at_or_open_to_everybody_leaves_none(client: Client, shown_round: Path) -> None:
    assert client.get("/unit/1501/?format=csv").has_header("Content-Disposition")
    client.force_login(stage.mandated("15"))
    client.get("/unit/1501/")
    client.head("/unit/1501/?format=csv")
    assert client.get("/unit/1501/?format=csv&table=nothing").status_code == 404
    assert client.get("/sheets/template/members/").has_header("Content-Disposition")  # blank: nothing of the house
    assert exports() == []


def test_a_file_that_cannot_be_put_on_record_does_not_leave(
    client: Client, town: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    taker(client, "banner_clerk")

    def full(**_told: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(downloads, "record", full)
    with pytest.raises(OSError, match="full"):
        client.get("/terms/?format=csv")


def test_the_ledger_says_it_in_words_to_those_above(client: Client, town: dict[str, int]) -> None:
    taker(client, "township_clerk")
    client.get(f"/organisation/{town['organisation']}/?format=csv&table=members")
    told = exports()[-1]
    assert told.particulars["after"]["rows"] == 9
    assert told.path == stage.unit("150422103216").path
    taker(client, "banner_clerk")
    page = client.get(f"/ledger/?act={downloads.EXPORT}")
    assert "导出了列表文件" in page.text
    assert f">/organisation/{town['organisation']}/<" in page.text
    client.cookies["django_language"] = "en"
    assert "took a list as a file" in client.get("/ledger/").text
    assert downloads.EXPORT in records.acts()


def test_a_secretary_s_file_stands_with_the_unit_the_branch_serves(client: Client, town: dict[str, int]) -> None:
    taker(client, "branch_secretary")
    client.get("/transfers/?format=csv")
    assert exports()[-1].path == stage.unit("150422103216").path


# ---- within one's mandate ----


@pytest.mark.one_store
def test_a_file_holds_nothing_from_beyond_the_mandate(client: Client, town: dict[str, int]) -> None:
    worlds.elsewhere()
    for role in ("banner_clerk", "township_clerk", "branch_secretary"):
        taker(client, role)
        for _name, address, answer in files(client, HOUSE, town):
            text = body(answer)
            if text[:2] == b"PK":
                with zipfile.ZipFile(io.BytesIO(text)) as book:
                    text = b"".join(book.read(part) for part in book.namelist())
            assert not re.search("远旗|远盟|远方党|FAR", text.decode("utf-8", "replace")), (role, address)


# ---- every table ----


@pytest.mark.one_store
@pytest.mark.parametrize("role", ["banner_clerk", *ADMINISTRATORS])
def test_every_page_with_a_table_offers_it_as_a_file(client: Client, town: dict[str, int], role: str) -> None:
    taker(client, role)
    branch, member = town["organisation"], Member.objects.get(pk=town["member"])
    Group.objects.create(organisation_id=branch, name="一组", leader=member, since=worlds.BEGUN)
    HubHousehold.objects.create(
        organisation_id=branch, grid="一", host=member, members=3, households=9, since=worlds.BEGUN
    )
    for name, route in addresses():
        if name in NO_TABLE_TO_TAKE:
            continue
        address = next(filled(name, route, town)).partition("?")[0]
        page = client.get(address)
        if page.status_code != 200 or b"<table" not in page.content:
            continue
        tables = re.sub(r'<section[^>]*"sample-.*?</section>', "", page.text, flags=re.DOTALL).count("<table")
        offered = re.findall(r'href="(\?[^"]*)" download', page.text)
        named = {one for link in offered for one in re.findall(r"table=(\w+)", link)}
        assert offered, address
        assert len(named) >= tables or tables == 1, (address, tables, named)
        for link in offered:
            assert client.get(address + link.replace("&amp;", "&")).has_header("Content-Disposition"), link


# ---- harmless ----


@pytest.mark.one_store
def test_what_somebody_typed_runs_in_no_file(client: Client, town: dict[str, int]) -> None:
    taker(client, "banner_clerk")
    Member.objects.update(name=FORMULA)
    OrganisationState.objects.update(name=FORMULA)
    UnitState.objects.exclude(code=worlds.HERE).update(name=FORMULA)
    met = 0
    for _name, address, answer in files(client, HOUSE, town):
        sent = body(answer)
        if sent[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(sent)) as book:
                sheets = [book.read(part).decode() for part in book.namelist() if "worksheets/sheet" in part]
            assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets), address
        else:
            cells = [cell for row in csv.reader(io.StringIO(sent.decode("utf-8-sig"))) for cell in row]
            met += sum(cell == "'" + FORMULA for cell in cells)
            assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "@"))], address
    assert met > 10


# ---- row by row ----


def test_a_large_file_is_sent_from_the_disk_piece_by_piece(
    client: Client, town: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "SMALL", 100)
    taker(client, "banner_clerk")
    answer = client.get(f"/organisation/{town['organisation']}/?format=csv")
    assert answer.streaming
    sent = body(answer)
    told = exports()[-1].particulars["after"]
    assert (told["rows"], told["bytes"]) == (9, len(sent))
    assert told["sha256"] == hashlib.sha256(sent).hexdigest()


def test_a_list_is_asked_for_in_pieces(
    town: dict[str, int], django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = OrganisationState.objects.open().order_by("path")
    with django_assert_num_queries(1):
        assert [len(some) for some in directory.pieces(found, 2)] == [2, 2]
    grid = directory.organisation_grid(directory.each_row(found, worlds.BEGUN), records_rules(), "zh")
    with django_assert_num_queries(0):
        assert isinstance(grid.rows, Iterator)  # nothing was asked for yet
    with django_assert_num_queries(4):
        assert len(list(grid.rows)) == 4


def records_rules() -> Any:
    from baolei.warehouse.rulebook import setup_rules

    return setup_rules(worlds.BEGUN)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_list(tmp_path: Path, form: str) -> None:
    def peak(number: int) -> int:
        rows = ((f"党员{place}", "东方红村党支部", place) for place in range(number))
        grid = Grid("表", (Column("姓名"), Column("组织"), Column("数", "whole")), rows)
        with (tmp_path / "file").open("wb") as out:
            tracemalloc.start()
            written = write_csv(grid, out) if form == "csv" else write_workbook([grid], ["注"], out)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert written == number
        return most

    peak(10)
    assert peak(20_000) < peak(500) + 2**19


def test_a_list_longer_than_a_tab_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    import python_calamine

    monkeypatch.setattr(spreadsheets, "MOST", 3)
    for number, tabs in ((0, 1), (3, 1), (4, 2), (7, 3)):
        out = as_workbook([Grid("表", (Column("n", "whole"),), iter([(one,) for one in range(number)]))])
        book = python_calamine.load_workbook(io.BytesIO(out))
        assert len(book.sheet_names) == tabs
        told = [row[0] for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()[1:]]
        assert told == list(range(number))


def test_members_of_a_branch_are_all_in_its_file(client: Client, town: dict[str, int]) -> None:
    taker(client, "banner_clerk")
    many = Member.objects.bulk_create([Member(name=f"党员{place:04d}") for place in range(120)])
    Membership.objects.bulk_create([
        Membership(member=one, organisation_id=town["organisation"], kind="full", since=worlds.BEGUN) for one in many
    ])  # fmt: skip
    rows = client.get(f"/organisation/{town['organisation']}/?format=csv&table=members").content.decode().splitlines()
    assert len(rows) == 1 + 9 + 120
