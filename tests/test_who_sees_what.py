"""Who sees what, cell by cell of the method's table (3.8): each level opens the real pages and files of a scored round,
meets what it may see, and never what it may not.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.template import Template
from django.test import Client, TestCase, override_settings
from django.test.utils import _TestState
from django.urls import reverse

import stage
from api_stage import token_of
from baolei.ballots.models import Pile
from baolei.people.models import Account
from baolei.programme.scoring.sheet import Sheet
from baolei.programme.visibility import VIEWERS
from baolei.rounds.models import Round
from baolei.scores.models import Run
from baolei.triage.models import Sorted
from baolei.warehouse.sheets import sheet
from baolei.warehouse.snapshot import read_table
from scored_stage import FAR, FULL, MIDDLE, SILENT, SMALL, collected, scored, sorted_and_posted

pytestmark = [pytest.mark.django_db, pytest.mark.one_store, pytest.mark.usefixtures("english")]

AT = {"township": "150422103", "banner": "150422", "league": "1504", "region": "15"}
ELSEWHERE = {"branch": FAR, "township": "150502103", "banner": "150502", "league": "1505"}
BRANCHES = (FULL, SMALL, MIDDLE, SILENT, FAR)
INSIDE = [one for one in VIEWERS if one != "public"]
SPREAD, RANK, LENIENCY = "How the ballots fell", "Rank in the field", "County leniency"
LOOKED_AT = "It is to be looked at for rectification"


class World:
    """The scored round, and what each viewer is told on its pages and in its files."""

    def __init__(self) -> None:
        self.run: Run = scored(collected(), TestCase.captureOnCommitCallbacks)
        self.round: Round = sorted_and_posted(self.run, Account.objects.get(username="region_clerk-15"))
        rows = read_table(self.run.results_folder / "branches.parquet").to_pylist()
        self.row: dict[str, dict[str, Any]] = {one["code"]: one for one in rows}
        self.people: dict[str, Account | None] = {"public": None}
        self.people |= {one: stage.mandated(code, "leader") for one, code in AT.items()}
        self.people |= {code: stage.mandated(code, "branch_secretary") for code in BRANCHES}
        self.people |= {
            f"far {one}": stage.mandated(code, "leader") for one, code in ELSEWHERE.items() if one != "branch"
        }
        self._told: dict[tuple[str, str], str] = {}

    def sheet(self, code: str) -> Sheet:
        return sheet(self.run.results_folder, code)

    def who(self, viewer: str, code: str) -> str:
        """The viewer of a level who answers for a branch; of the level of branches its own secretary."""
        if viewer == "branch":
            return code
        return f"far {viewer}" if code == FAR and viewer in ELSEWHERE else viewer

    def told(self, who: str, address: str) -> str:
        """What somebody is told at an address: the page, its first table, all of its tables; '' where nothing is."""
        if (who, address) not in self._told:
            client, account = Client(), self.people[who]
            if account:
                client.force_login(account)
            client.cookies["django_language"] = "en"
            with transaction.atomic():
                answers = [client.get(address), client.get(address, {"format": "csv"}),
                           client.get(address, {"format": "xlsx"})]  # fmt: skip
                self._told[who, address] = "".join(words(one) for one in answers if one.status_code == 200)
                transaction.set_rollback(True)
        return self._told[who, address]

    def sheets(self, who: str, code: str) -> str:
        """The sheet of a branch, on the public pages and before they show it."""
        return self.told(who, reverse("branch", args=[code])) + self.told(who, self.of_run(code))

    def of_run(self, code: str) -> str:
        return reverse("run_sheet", args=[self.run.pk, code])

    def unit(self, who: str, code: str) -> str:
        return self.told(who, reverse("unit", args=[code]))

    def notice(self, who: str) -> str:
        return self.told(who, reverse("public_notice", args=[self.round.pk]))


def words(answer: Any) -> str:
    """The text of a page, or of all tabs of a workbook."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"".join(book.read(one) for one in book.namelist() if one.startswith("xl/"))
    return body.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Made once for all cells, and undone after the last."""
    home = tmp_path_factory.mktemp("seen")
    kept, Template._render = Template._render, _TestState.saved_data.template_render
    with (
        override_settings(BAOLEI_HOME=str(home), BAOLEI_RESULTS=str(home / "results")),
        django_db_blocker.unblock(), transaction.atomic(),
    ):  # fmt: skip
        yield World()
        transaction.set_rollback(True)
    Template._render = kept


# ---- own score lines ----


def lines(world: World, viewer: str) -> None:
    """All of them at every level; to the public tier, strengths and the number of ballots of each source."""
    every = [leaf.formula for leaf in world.sheet(FULL).leaves if leaf.formula]
    shown = world.sheets(world.who(viewer, FULL), FULL)
    if viewer == "public":
        assert shown == ""
        notice = world.notice("public")
        assert world.sheet(FULL).tier.en in notice
        row = csv_row(notice, FULL)
        assert row[4:9] == strengths(world, FULL)
        assert row[9:] == ["12", "14", "6"]
        assert points(world.row[FULL]["score"]) not in notice
    else:
        assert all(formula in shown for formula in every)
        assert points(world.row[FULL]["score"]) in shown


def uncertainty(world: World, viewer: str) -> None:
    """Standard error and chance at every level; to the public the line of each field and the share that is named."""
    row, shown = world.row[FULL], world.sheets(world.who(viewer, FULL), FULL)
    if viewer == "public":
        assert shown == ""
        assert "Share named" in world.unit("public", "15")
        edition = world.run.round.edition
        assert points(world.sheet(FULL).line) in world.told(
            "public", reverse("edition_field", args=[edition, "village"])
        )
    else:
        assert f"standard error {row['se']:.2f}" in shown
        assert f"{row['probability']:.2f}" in shown


def ranks(world: World, viewer: str) -> None:
    """From the league up an interval; below it the tier, or the list of names; to the public none."""
    who = world.who(viewer, FULL)
    shown, named = world.sheets(who, FULL), world.told(who, reverse("branches", args=["150422103"]))
    interval = f"{world.row[FULL]['rank_low']}–{world.row[FULL]['rank_high']}"
    assert (RANK in shown) == (viewer in ("league", "region"))
    assert (interval in shown) == (viewer in ("league", "region"))
    assert RANK not in world.notice(who) + world.unit(who, "150422103") + named
    if viewer in ("township", "banner"):
        assert FULL in named
    if viewer in ("branch", "public"):
        assert named == ""
    if viewer == "branch":
        assert world.sheet(FULL).tier.en in shown


def ballots(world: World, viewer: str) -> None:
    """Means of five (of the public ten) and more, grade by grade from the league up; of fewer nothing but the total."""
    for code, closed in ((FULL, ""), (SMALL, "mem"), (MIDDLE, "mas")):
        leaves = [leaf for leaf in world.sheet(code).leaves if leaf.n and leaf.source in ("mem", "mas", "soc")]
        shown = world.sheets(world.who(viewer, code), code)
        for leaf in leaves:
            assert (leaf.formula in shown and bool(leaf.formula)) == (viewer != "public" and leaf.source != closed)
            assert (leaf.formula == "") == (leaf.source == closed)
        assert (SPREAD in shown) == (viewer in ("league", "region"))
        if SPREAD in shown:
            fell = table(shown, "Question")
            names = {"mem": "Assessment by members", "mas": "Assessment by the public"}
            assert {name for name in names if any(names[name] == row[0] for row in fell)} == set(names) - {closed}
            assert not {"1", "2", "3", "4"} & {cell for row in fell for cell in row[2:]}  # no small cell


def leniency(world: World, viewer: str) -> None:
    """Of the own county up to the county, of all below from the league up; none of a county to those outside it."""
    who = world.who(viewer, FULL)
    page, outside = world.unit(who, "150422"), world.unit(world.who(viewer, FAR), "150422")
    assert (LENIENCY in page) == (viewer != "public")
    if viewer in ELSEWHERE:
        assert LENIENCY not in outside
    assert (LENIENCY in world.unit(who, "1504")) == (viewer in ("league", "region", "branch", "township", "banner"))
    if viewer == "branch":
        assert "The county's figures stand" in world.sheets(who, FULL)


def flags(world: World, viewer: str) -> None:
    """The own ones, with the right to answer; of all below to those above; to the public only how many there are."""
    who = world.who(viewer, SILENT)
    shown, listed = world.sheets(who, SILENT), world.told(who, reverse("branches", args=["150422103"]))
    assert (LOOKED_AT in shown) == (viewer != "public")
    assert ("to be looked at" in listed) == (viewer not in ("branch", "public"))
    mine = Sorted.objects.get(declaration__organisation__states__code=SILENT)
    answers = world.told(who, reverse("on_sorted", args=[mine.pk, "answer"]))
    assert bool(answers) == (viewer == "branch")
    if viewer == "public":
        figures = world.told("public", reverse("article"))
        assert "Candidates for rectification" in figures
        assert SILENT not in figures


CELLS: dict[str, Callable[[World, str], None]] = {
    "own score lines": lines, "SE, P": uncertainty, "ranks": ranks, "ballots": ballots, "leniency": leniency,
    "flags": flags,
}  # fmt: skip


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("column", CELLS)
def test_a_cell_of_the_table_is_what_its_pages_and_files_show(world: World, column: str, viewer: str) -> None:
    CELLS[column](world, viewer)


# ---- the sentences below it ----


@pytest.mark.parametrize("viewer", INSIDE)
def test_of_three_members_nothing_is_seen_but_one_number_inside_the_total(world: World, viewer: str) -> None:
    mine = world.sheet(SMALL)
    shown = world.sheets(world.who(viewer, SMALL), SMALL)
    assert points(mine.row["score"]) in shown
    assert "its points are in the total and nowhere else" in shown
    assert all(earned is None for _code, _name, earned, _of in mine.strengths)
    assert 'data-source="mem"' not in shown
    for leaf in mine.leaves:
        if leaf.source == "mem":
            assert leaf.formula == ""
            assert f"({leaf.n}×{leaf.mean / 100:.2f}" not in shown


def test_nor_can_it_be_worked_out_from_the_strengths_that_are_laid_open(world: World) -> None:
    assert csv_row(world.notice("public"), SMALL)[4:] == ["", "", "", "", "", "", "14", "6"]
    assert csv_row(world.notice("public"), MIDDLE)[4:] == ["", "", "", "", "", "12", "7", "6"]
    assert "" not in csv_row(world.notice("public"), FAR)[4:]


@pytest.mark.parametrize("viewer", VIEWERS)
def test_a_sheet_is_open_to_those_who_answer_for_its_branch_and_to_nobody_else(world: World, viewer: str) -> None:
    for code in BRANCHES:
        for who in world.people:
            answers = who == code or (who in AT and code.startswith(AT[who]))
            answers |= who.startswith("far ") and code.startswith(ELSEWHERE[who.removeprefix("far ")])
            assert bool(world.told(who, reverse("branch", args=[code]))) == answers, (who, code)


def test_ballots_carry_no_member_no_hour_and_no_words(world: World) -> None:
    columns = {one.name: one.get_internal_type() for one in Pile._meta.concrete_fields}
    assert not {"DateTimeField", "TimeField", "TextField"} & set(columns.values())
    assert {one.related_model.__name__ for one in Pile._meta.get_fields() if one.is_relation} == {
        "Declaration",
        "Account",
    }
    assert set(
        Pile.objects.filter(declaration__organisation__states__code=FULL).values_list("by__name", flat=True)
    ) == {Account.objects.get(username="region_clerk-15").name}


@pytest.mark.parametrize("level", ["township", "banner", "league", "region", "far league"])
def test_programs_are_told_the_scores_that_pages_tell(world: World, level: str) -> None:
    """By a token one is told of the branches whose sheets one reads on the pages, with the same points."""
    account = world.people[level]
    assert account
    client, secret = Client(), token_of(account)[1]
    client.force_login(account)
    run = f"/api/v1/runs/{world.run.pk}/branches"
    told = client.get(run, {"limit": 500}, headers={"Authorization": f"Bearer {secret}"}).json()["items"]
    pages = {code: client.get(reverse("run_sheet", args=[world.run.pk, code])).status_code for code in world.row}
    assert {one["code"] for one in told} == {code for code, status in pages.items() if status == 200}
    assert all(points(round(100 * one["score"])) == points(world.row[one["code"]]["score"]) for one in told)
    assert level == "far league" or told


def points(cents: int) -> str:
    return f"{cents / 100:.2f}"


def strengths(world: World, code: str) -> list[str]:
    """Whole percent of what could be earned, as they are laid open."""
    row = world.row[code]
    return [
        str((200 * row[f"earned_{one}"] + row[f"available_{one}"]) // (2 * row[f"available_{one}"]))
        for one, *_rest in world.sheet(code).strengths
    ]


def csv_row(shown: str, name: str) -> list[str]:
    """The row of a branch in the first table of a page as a file."""
    return next(line for line in shown.splitlines() if line.startswith(f"{name},")).split(",")


def table(shown: str, head: str) -> list[list[str]]:
    """The rows of a table on a page, in words; `head` is one of its heads."""
    part = shown.partition(f'<th scope="col">{head}</th>')[2].partition("</table>")[0]
    rows = [re.sub(r"<[^>]+>", "|", row).split("|") for row in part.split("<tr>")[1:]]
    return [[cell.strip() for cell in row if cell.strip()] for row in rows]
