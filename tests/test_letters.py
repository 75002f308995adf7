"""The letters after a round: a branch's figures are those of its sheet, a level's are sums that agree all the way up;
nobody reads a letter who is neither the branch nor above it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.declarations.models import Declaration
from baolei.figures import summary as levels
from baolei.figures.letter import basis, letter_grid, letter_to
from baolei.figures.summary import Summary, failing, told
from baolei.naming.actions import not_passed, words_of
from baolei.naming.models import Line, NamingList
from baolei.notices.models import Posting
from baolei.organisations.doors import Scope
from baolei.organisations.models import Organisation, OrganisationState, UnitState, segment_of
from baolei.people.models import Account, Role
from baolei.programme import declaration as rules
from baolei.programme.scoring.sheet import Sheet
from baolei.programme.visibility import least
from baolei.reviews.models import Decision, Step
from baolei.rounds.models import Round
from baolei.scores.models import Run
from baolei.scores.results import NotOpen, Seen, results
from baolei.warehouse.opened import opened
from baolei.warehouse.rulebook import visibility
from baolei.warehouse.snapshot import read_table
from round_stage import NOW
from round_stage import opened as planned

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
TODAY = date(2026, 11, 23)
SHOWN = datetime(2026, 4, 20, 2, tzinfo=UTC)
INSIDE, OUTSIDE = "Z0000", "Z0001"
"""Branches of 150101001 and of 150102001."""


@pytest.fixture
def run(evaluated_round: Path, tmp_path: Path, settings: Any) -> Run:
    """A round of ninety branches of three townships, concluded and scored."""
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")
    this = planned()
    rows = read_table(evaluated_round / "branches.parquet", ["code", "unit", "field"]).to_pylist()
    units = {code: stage.unit(code) for code in {row["unit"] for row in rows}}
    made = Organisation.objects.bulk_create(Organisation() for _row in rows)
    OrganisationState.objects.bulk_create(
        OrganisationState(organisation=one, code=row["code"], name=row["code"], kind="branch", field=row["field"],
                          unit=units[row["unit"]].unit, path=segment_of(one.pk), since=stage.LONG_AGO)
        for one, row in zip(made, rows, strict=True)
    )  # fmt: skip
    Declaration.objects.bulk_create(
        Declaration(round=this, organisation=one, field=row["field"], unit=units[row["unit"]].unit,
                    path=units[row["unit"]].path, state=rules.CONCLUDED, submitted_at=NOW)
        for one, row in zip(made, rows, strict=True)
    )  # fmt: skip
    Round.objects.filter(pk=this.pk).update(phase="notice")
    done: Run = Run.objects.create(round=this, why="x", seed="26051", state=Run.DONE, snapshot="a" * 64,
                                   results="b" * 64, asked_at=NOW, ended_at=NOW, shown_at=SHOWN)  # fmt: skip
    done.folder.mkdir(parents=True)
    done.results_folder.symlink_to(evaluated_round, target_is_directory=True)
    return Run.objects.select_related("round").get(pk=done.pk)


@pytest.fixture
def region(run: Run) -> Account:
    return stage.mandated("15", "region_clerk")


def seen_by(account: Account, run: Run) -> Seen:
    found = opened(run.results_folder)
    assert found
    return results(found).visible_to(account, TODAY)


def mine_of(code: str) -> Declaration:
    organisation = OrganisationState.objects.open().get(code=code).organisation_id
    found: Declaration = Declaration.objects.select_related("round").get(organisation=organisation)
    return found


def sheets(run: Run, account: Account) -> dict[str, Sheet]:
    seen = seen_by(account, run)
    return {code: seen.sheet(code) for code in (f"Z{number:04d}" for number in range(90))}


def asked(account: Account | None, address: str, **query: str) -> Any:
    client = Client()
    if account:
        client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.get(address, query)


def listed(run: Run, *, posted: bool = True, **changes: Any) -> Line:
    """A list with the first branch on it, laid open."""
    made = NamingList.objects.create(round=run.round, run=run, drawn_at=NOW)
    if posted:
        Posting.objects.create(list=made, first=date(2026, 5, 1), last=date(2099, 12, 31), posted_at=NOW)
    said = {"code": "gates", "met": False, "figures": {}, "names": [["规范设置", "set up as the rules ask"]]}
    line: Line = Line.objects.create(**{
        "list": made, "declaration": mine_of(INSIDE), "field": "village", "score": 8000, "tier": "strong",
        "standing": "unnamed", "passed": False, "listed": False, "reasons": [said], **changes,
    })  # fmt: skip
    return line


# ---- to a branch ----


def test_the_figures_of_every_letter_are_those_of_its_sheet(run: Run, region: Account) -> None:
    on = basis(run.round)
    assert on
    assert on.run == run
    closed = 0
    for code, sheet in sheets(run, region).items():
        letter = letter_to(mine_of(code), region, TODAY, on)
        assert letter
        assert letter.sheet.row["score"] == sheet.row["score"]
        assert letter.sheet.tier == sheet.tier
        assert [(one.earned, one.available) for one in letter.strengths] == [row[2:] for row in sheet.strengths]
        assert letter.levers == sheet.levers[: len(letter.levers)]
        assert letter.conditions == sheet.conditions
        closed += sheet.hidden
        assert all((one.earned is None) == sheet.hidden for one in letter.strengths)
    assert 0 < closed < 90


@pytest.mark.parametrize("closed", [False, True], ids=["open", "with a source of few ballots"])
def test_what_is_closed_on_the_sheet_is_closed_in_the_letter_and_in_its_file(
    run: Run, region: Account, closed: bool
) -> None:
    code, sheet = next((code, one) for code, one in sheets(run, region).items() if one.hidden == closed)
    address = reverse("letter", args=[mine_of(code).pk])
    page = asked(stage.mandated(code, Role.SECRETARY), address)
    earned = [int(cents) for cents in re.findall(r'data-strength="(\d+)"', page.text)]
    assert earned == ([] if closed else [row[2] for row in sheet.strengths])
    assert [int(one) for one in re.findall(r'data-gain="(\d+)"', page.text)] == [one.gain for one in sheet.levers[:5]]
    assert ("too few ballots to be shown" in page.text) == closed
    file = asked(region, address, format="csv").content.decode("utf-8-sig")
    strengths = [line for line in file.splitlines() if line.startswith("The strengths")]
    assert len(strengths) == 5
    assert all(line.endswith(",·") == closed for line in strengths)
    assert f"{sheet.row['score'] / 100:.2f}" in file


def test_a_branch_reads_its_own_superiors_those_below_nobody_else(run: Run) -> None:
    mine, other = (reverse("letter", args=[mine_of(code).pk]) for code in (INSIDE, OUTSIDE))
    for account, own, others in (
        (stage.mandated(INSIDE, Role.SECRETARY), 200, 404), (stage.mandated("150101001", "township_clerk"), 200, 404),
        (stage.mandated("150101", "reviewer"), 200, 404), (stage.mandated("150102", "banner_clerk"), 404, 200),
        (stage.mandated("1501", "leader"), 200, 200), (stage.mandated("1502", "league_clerk"), 404, 404),
        (stage.mandated("15", "viewer"), 404, 404), (stage.mandated("150101", "grid_worker"), 404, 404),
    ):  # fmt: skip
        for query in ({}, {"format": "csv"}):
            answers = asked(account, mine, **query).status_code, asked(account, other, **query).status_code
            assert answers == (own, others), account.username
    assert asked(None, mine).status_code == 302


def test_the_sheet_s_own_door_is_asked_too(run: Run) -> None:
    on = basis(run.round)
    assert on
    with pytest.raises(NotOpen):
        letter_to(mine_of(OUTSIDE), stage.mandated("150101", "banner_clerk"), TODAY, on)


def test_before_anything_is_shown_it_says_what_will_stand_there(run: Run, region: Account) -> None:
    Run.objects.update(shown_at=None)
    address = reverse("letter", args=[mine_of(INSIDE).pk])
    assert "The letter is not written yet" in asked(region, address).text
    assert asked(region, address, format="csv").status_code == 404
    listed(run, posted=False)  # a list that nobody has laid open tells nothing
    assert basis(run.round) is None
    assert "The summary is not written yet" in asked(region, reverse("summary", args=[run.round_id])).text
    secretary = stage.mandated(INSIDE, Role.SECRETARY)
    assert asked(secretary, reverse("summary", args=[run.round_id])).status_code == 404
    Run.objects.update(shown_at=SHOWN)
    run.results_folder.unlink()  # shown once, and its files are gone
    assert basis(run.round) is None


def test_who_was_not_scored_is_told_so(run: Run, region: Account) -> None:
    home = stage.unit("150101001")
    late = Declaration.objects.create(round=run.round, organisation=stage.branch("NEW", home="150101001").organisation,
                                      field="village", unit=home.unit, path=home.path, state="withdrawn")  # fmt: skip
    page = asked(region, reverse("letter", args=[late.pk])).text
    assert "This branch was not scored" in page
    assert "withdrawn" in page


def test_the_reasons_are_the_words_of_the_list_once_it_is_open_to_all(run: Run, region: Account) -> None:
    address = reverse("letter", args=[mine_of(INSIDE).pk])
    on = basis(run.round)
    assert on
    before = letter_to(mine_of(INSIDE), region, TODAY, on)
    assert before
    assert before.line is None
    line = listed(run)
    on = basis(run.round)
    assert on
    after = letter_to(mine_of(INSIDE), region, TODAY, on)
    assert after
    assert "; ".join(words for _met, words in after.reasons) == words_of(line)
    assert after.reasons[0] == (False, not_passed(line))
    page = asked(region, address).text
    for _met, words in after.reasons:
        assert words in page
    Line.objects.update(act="struck", reason="查实材料不实", by=region, second=stage.mandated("15", "leader"),
                        decided_on=TODAY, document="3号")  # fmt: skip
    assert "查实材料不实" in asked(region, address).text


def test_until_when_and_where_the_branch_can_object(run: Run, region: Account) -> None:
    address = reverse("letter", args=[mine_of(INSIDE).pk])
    on = basis(run.round)
    assert on
    early = letter_to(mine_of(INSIDE), region, date(2026, 4, 22), on)
    assert early
    assert (early.objecting.sheet_until, early.objecting.open) == (date(2026, 4, 29), True)
    assert "Until 29 April 2026 the branch could object to its own sheet" in asked(region, address).text
    listed(run)
    page = asked(region, address).text
    assert f"{reverse('object_to', args=[run.round_id])}?branch={INSIDE}" in page
    assert "Until 31 December 2099" in page
    Posting.objects.update(last=date(2026, 5, 8))
    page = asked(region, address).text
    assert "from 1 May 2026 to 8 May 2026" in page
    assert reverse("object_to", args=[run.round_id]) not in page


def test_what_came_back_is_told_with_its_reasons_what_passed_without_and_nobody_by_name(run: Run) -> None:
    mine, clerk = mine_of(INSIDE), stage.mandated("150101", "banner_clerk")
    Account.objects.filter(pk=clerk.pk).update(name="某审核人")
    decided(mine, "return", clerk, "两人认为应补正", first_agenda="8月的会没有开")
    decided(mine, "pass", clerk, "内部的话")
    page = asked(stage.mandated(INSIDE, Role.SECRETARY), reverse("letter", args=[mine.pk])).text
    assert "两人认为应补正" in page
    assert "8月的会没有开" in page
    assert "内部的话" not in page
    assert "某审核人" not in page


def decided(mine: Declaration, verdict: str, by: Account, why: str, seat: str = "banner", **items: str) -> None:
    """A step of a declaration that came to an end."""
    number = Step.objects.filter(declaration=mine).count() + 1
    day = date(2026, 5, 11)
    step = Step.objects.create(
        declaration=mine, number=number, code=f"{seat}{number}", seat=seat, unit=stage.unit("150101").unit,
        state="passed", entered=day, due=day, decision_due=day, escalates_on=day,
    )  # fmt: skip
    Decision.objects.create(step=step, verdict=verdict, by=by, at=NOW, why=why, items=items, digest="c" * 64,
                            judged={} if verdict == "return" else None)  # fmt: skip


def test_the_file_holds_the_whole_letter(run: Run, region: Account) -> None:
    on = basis(run.round)
    assert on
    letter = letter_to(mine_of(INSIDE), region, TODAY, on)
    assert letter
    rows = list(letter_grid(letter, "x").rows)
    parts = [row[0] for row in rows]
    assert parts.count("What would lift it most") == len(letter.sheet.levers)
    assert parts.count("Why") == len(letter.reasons)


# ---- to a level ----


def summed(run: Run, account: Account, code: str) -> Summary:
    on, seen = basis(run.round), seen_by(account, run)
    assert on
    return levels.summary(seen, seen.results.places.place(code), Scope(TODAY, whole=True), run.round, on, TODAY)


def test_the_totals_of_every_level_are_the_sums_of_the_one_below(run: Run, region: Account) -> None:
    line = listed(run, listed=True, passed=True, standing="confirmed")
    others = [mine_of(code) for code in ("Z0001", "Z0002", "Z0003")]
    Line.objects.bulk_create(Line(list=line.list, declaration=one, field="village", score=1, tier="strong", reasons=[],
                                  standing="confirmed", passed=True, listed=True) for one in others)  # fmt: skip
    for one in others:
        decided(one, "return", region, "x")
    seen = seen_by(region, run)
    tree = seen.results.places
    for code in ("15", "1501", "150101", "1502"):
        whole, below = summed(run, region, code), [summed(run, region, one.code) for one in tree.below(code)]
        total = whole.sums
        for part in whole.parts:
            total -= part.sums
        assert (total.branches, total.named, total.score, sum(total.tiers), sum(total.earned)) == (0,) * 5, code
        assert whole.listed == sum(part.listed or 0 for part in whole.parts) == sum(one.listed or 0 for one in below)
        assert whole.burden.items == sum(one.burden.items for one in below)
        assert whole.burden.known == sum(one.burden.known for one in below)
        assert _returned(whole) == sum(map(_returned, below))
    assert summed(run, region, "15").listed == 4
    assert _returned(summed(run, region, "15")) == 3


def _returned(one: Summary) -> int:
    return sum(level.returned for level in one.returns)


def test_the_reasons_of_a_unit_are_those_of_its_branches_counted_once_each(run: Run, region: Account) -> None:
    seen = seen_by(region, run)
    tree, found = seen.results.places, seen.results
    whole = failing(found, seen.rows_of("15"))
    below = [failing(found, seen.rows_of(one.code)) for one in tree.below("15")]
    assert whole
    assert whole == {words: sum(one[words] for one in below) for words in whole}
    assert sum(whole.values()) > 0
    every = sheets(run, region)
    row = [one.row for one in every.values()]
    short = sum(not one["over_line"] and (not one["named"] or one["confirmation"] == 1) for one in row)
    assert whole["short of the line of its field"] == short
    for place, gate in enumerate(found.edition.gates):
        lacks = sum(one["gates_open"] >> place & 1 and not one["named"] for one in row)
        assert whole[f"gate not met: {gate.name.en}"] == lacks


def test_few_are_not_told_out(run: Run, region: Account) -> None:
    fewest = least(visibility())
    assert [one.number for one in told({"a": 9, "b": 4, "c": 0}, fewest)] == [9, None]
    for code in ("15", "1501", "150101", "150101001"):
        found = summed(run, region, code)
        closed = [number for (_name, number), real in zip(found.tiers, found.sums.tiers, strict=True)
                  if number is None for number in [real]]  # fmt: skip
        assert all(number is None or number == 0 or number >= fewest for _name, number in found.tiers)
        assert not closed or (len(closed) > 1 and sum(closed) >= fewest) or sum(closed) == found.sums.branches
        assert all(part.sums.enough for part in found.parts) or found.sums.branches < fewest


def test_units_of_few_branches_stand_together(run: Run, region: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("baolei.scores.sums.LEAST_CELL", 31)
    found = summed(run, region, "1501")
    assert [part.code for part in found.parts] == [""]
    assert found.parts[0].sums == found.sums
    assert {one.code for one in found.together} == {"150101", "150102"}


def test_a_summary_is_for_who_answers_for_the_unit(run: Run, region: Account) -> None:
    address = reverse("summary", args=[run.round_id])
    assert asked(region, address).context["place"].code == "15"
    township = stage.mandated("150101001", "township_clerk")
    page = asked(township, address)
    assert page.context["place"].code == "150101001"
    assert reverse("letter", args=[mine_of(INSIDE).pk]) in page.text
    assert [row[0].code for row in page.context["rows"]] == [
        code for code in page.context["summary"] and sorted(_codes("150101001"))
    ]
    for code in ("15", "1501", "150101", "150102001", "nonsense"):
        assert asked(township, address, unit=code).status_code == 404, code
    assert asked(stage.mandated("1501", "leader"), address, unit="150101").status_code == 200
    for other in (stage.mandated(INSIDE, Role.SECRETARY), stage.mandated("15", "grid_worker")):
        assert asked(other, address).status_code == 404


def _codes(unit: str) -> list[str]:
    homes = UnitState.objects.open().filter(code__startswith=unit).values("unit")
    return list(OrganisationState.objects.open().filter(unit__in=homes).values_list("code", flat=True))


@pytest.mark.parametrize("table", ["units", "tiers", "reasons", "strengths", "returns", "burden"])
def test_every_table_of_a_summary_is_a_file(run: Run, region: Account, table: str) -> None:
    answer = asked(region, reverse("summary", args=[run.round_id]), format="csv", table=table)
    assert answer.status_code == 200
    assert len(answer.content.decode("utf-8-sig").splitlines()) > 1


def test_letter_and_summary_ask_a_bounded_number_of_questions(
    run: Run, region: Account, django_assert_max_num_queries: Any
) -> None:
    listed(run)
    client = Client()
    client.force_login(region)
    pages = (reverse("letter", args=[mine_of(INSIDE).pk]), reverse("summary", args=[run.round_id]),
             f"{reverse('summary', args=[run.round_id])}?unit=150101001")  # fmt: skip
    client.get(pages[0])
    for address in pages:
        with django_assert_max_num_queries(24, info=address):
            assert client.get(address).status_code == 200
