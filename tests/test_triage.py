"""A round is sorted by published criteria: proposals with their figures, decided by people; the branch may answer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

import stage
from baolei.ledger.models import Entry
from baolei.organisations.doors import Scope
from baolei.organisations.models import Finding, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.decided import SecondMissing
from baolei.programme.triage import GONE, NEW
from baolei.rounds.actions import open_round
from baolei.rounds.models import Round
from baolei.scores.actions import ask_for_run
from baolei.scores.models import Run
from baolei.triage import actions, doors, tables
from baolei.triage.models import Candidate, Sorted, Sorting
from baolei.warehouse.opened import opened
from round_stage import BRANCHES, EDITION, NOW, begun, declaration_of, filled, passed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
GOOD, WEAK, FAR = BRANCHES
NEXT_YEAR = datetime(2027, 3, 2, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> None:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")


@pytest.fixture
def this() -> Round:
    """A round in two leagues: one branch does everything, one a third of it, one little less than all."""
    made = begun()
    for code, share in zip(BRANCHES, (1.0, 0.3, 0.9), strict=True):
        filled(declaration_of(made, code), share=share)
    return passed(made, 2)


@pytest.fixture
def run(this: Round, django_capture_on_commit_callbacks: Any) -> Run:
    return scored(this, django_capture_on_commit_callbacks)


def scored(this: Round, capture: Any, now: datetime = NOW) -> Run:
    with capture(execute=True):
        run = ask_for_run(actor=None, now=now, round=this, seed="26051", why="计分")
    run.refresh_from_db()
    assert run.state == Run.DONE
    return run


def found(code: str, flag: str, **figures: Any) -> Finding:
    """The structural audit has found something in a branch."""
    organisation = OrganisationState.objects.open().get(code=code).organisation
    made: Finding = Finding.objects.create(organisation=organisation, flag=flag, figures=figures,
                                           since=date(2026, 1, 1), due=date(2026, 3, 1))  # fmt: skip
    return made


def sorted_by(run: Run, **other: Any) -> Sorting:
    return actions.sort(actor=None, now=NOW, round=run.round, run=run, why="年度分类", **other)


def of(code: str) -> Sorted:
    organisation = OrganisationState.objects.open().get(code=code).organisation_id
    made: Sorted = Sorted.objects.select_related("declaration__round").get(declaration__organisation=organisation)
    return made


def known_as(code: str, **figures: Any) -> dict[int, dict[str, Any]]:
    return {OrganisationState.objects.open().get(code=code).organisation_id: figures}


def asked(account: Account, address: str, **said: Any) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.post(address, said) if said else client.get(address)


# ---- what the criteria propose ----


def test_the_figures_of_the_run_and_the_findings_of_the_day_raise_what_is_proposed(run: Run) -> None:
    found(WEAK, "secretary_vacant", secretary_vacant_since="2025-10-01")
    found(WEAK, "term_overdue", term_end="2026-03-01")
    made = sorted_by(run)
    assert made.branches.count() == 3
    raised = Candidate.objects.filter(sorting=made)
    assert list(raised.values_list("situation", "state")) == [("W01", "raised"), ("W09", "raised")]
    assert raised.get(situation="W01").figures == [["secretary_vacant_days", "more_than", 90, 152]]
    assert raised.get(situation="W09").figures == [["term_overdue_days", "more_than", 0, 1]]
    assert tables.reasons(raised.get(situation="W01").figures) == "days without a secretary: 152 (> 90)"
    told = Entry.objects.get(act="triage.sort").particulars["after"]
    assert (told["sha256"], told["organisations"], told["candidates"]) == (run.results, 3, 2)


def test_a_low_score_alone_puts_nobody_among_the_lagging(run: Run) -> None:
    sorted_by(run)
    mine = of(WEAK)
    assert mine.score < 6000
    assert mine.why["figures"]["visited"] is False
    assert (mine.proposed, mine.why["criteria"]) == ("middle", [])


def test_below_the_line_and_seen_by_a_visit_is_lagging_with_the_figures_that_say_so(run: Run) -> None:
    sorted_by(run, also=known_as(WEAK, candidate=True, visited=True))
    mine = of(WEAK)
    assert mine.proposed == "lagging"
    assert mine.why["criteria"] == [["candidate", "is", True, True], ["visited", "is", True, True]]
    sorted_by(run, also=known_as(GOOD, named=True, confirmation=2))
    assert (of(GOOD).proposed, of(WEAK).proposed) == ("advanced", "middle")


def test_the_last_place_raises_nothing_and_what_is_excused_is_no_finding(run: Run) -> None:
    gone = found(WEAK, "secretary_vacant", secretary_vacant_since="2025-01-01")
    gone.until, gone.how = date(2026, 2, 1), Finding.EXCUSED
    gone.save()
    made = sorted_by(run, also=known_as(WEAK, last_place=True))
    assert not Candidate.objects.filter(sorting=made).exists()


def test_no_class_has_a_share_to_fill(run: Run) -> None:
    organisations = OrganisationState.objects.open().filter(code__in=BRANCHES)
    everybody = {one.organisation_id: {"named": True, "confirmation": 2} for one in organisations}
    sorted_by(run, also=everybody)
    assert set(Sorted.objects.values_list("proposed", flat=True)) == {"advanced"}


# ---- once more ----


def test_it_is_sorted_anew_until_somebody_has_decided_and_answers_are_kept(
    this: Round, run: Run, django_capture_on_commit_callbacks: Any
) -> None:
    found(WEAK, "committee_incomplete")
    sorted_by(run)
    actions.answer(actor=None, now=NOW, about=of(WEAK), words="新支委已报批")
    actions.answer(actor=None, now=NOW, about=Candidate.objects.get(), words="补选已定")
    later = scored(this, django_capture_on_commit_callbacks)
    again = sorted_by(later)
    assert (Sorting.objects.get(), again.run_id) == (again, later.pk)
    assert (of(WEAK).answer, Candidate.objects.get().answer) == ("新支委已报批", "补选已定")
    with pytest.raises(NotPossible, match="a later run already"):
        sorted_by(run)
    actions.decide(actor=stage.mandated("15"), now=NOW, sorted=of(GOOD), code=of(GOOD).proposed, reason="核实")
    with pytest.raises(NotPossible, match="decided on it already"):
        sorted_by(later)


def test_a_run_that_is_not_whole_or_of_another_round_or_a_round_that_has_ended(this: Round, run: Run) -> None:
    other = Round.objects.get(pk=this.pk)
    other.pk, other.year, other.name = None, 2030, "别的"
    other.save()
    with pytest.raises(NotPossible, match="not done"):
        actions.sort(actor=None, now=NOW, round=other, run=run, why="x")
    (run.results_folder / "manifest.json").write_text("{}")
    with pytest.raises(NotPossible, match="not what they were"):
        sorted_by(run)
    Round.objects.filter(pk=this.pk).update(phase="closed", ended_at=NOW)
    with pytest.raises(NotPossible, match="has ended"):
        sorted_by(run)


# ---- people decide ----


def test_what_follows_the_proposal_one_person_decides_with_a_reason(run: Run) -> None:
    sorted_by(run)
    clerk = stage.mandated("1504")
    with pytest.raises(NotPossible, match="write why"):
        actions.decide(actor=clerk, now=NOW, sorted=of(GOOD), code="middle", reason=" ")
    with pytest.raises(NotPossible, match="choose advanced"):
        actions.decide(actor=clerk, now=NOW, sorted=of(GOOD), code="worst", reason="x")
    before = of(GOOD)
    made = actions.decide(actor=clerk, now=NOW, sorted=before, code=before.proposed, reason="走访核实")
    assert (made.decided, made.second, made.departs, made.decided_on) == (
        before.proposed,
        None,
        False,
        date(2026, 3, 2),
    )


def test_what_departs_from_it_counts_once_another_person_agrees(run: Run) -> None:
    sorted_by(run)
    first, other = stage.mandated("1504"), stage.mandated("15", "region_clerk")
    made = actions.decide(actor=first, now=NOW, sorted=of(WEAK), code="lagging", reason="班子不力")
    assert (made.waits, made.decided) == (True, "")
    assert doors.branches(Scope(date(2026, 3, 2), whole=True)).get(pk=made.pk).stands == "middle"
    with pytest.raises(SecondMissing, match="two persons"):
        actions.agree(actor=first, now=NOW, sorted=made, why="同意")
    actions.decline(actor=other, now=NOW, sorted=made, why="证据不足")
    assert (of(WEAK).asked, of(WEAK).reason) == ("", "")
    with pytest.raises(NotPossible, match="nothing waits"):
        actions.agree(actor=other, now=NOW, sorted=of(WEAK), why="同意")
    actions.decide(actor=first, now=NOW, sorted=of(WEAK), code="lagging", reason="复查仍不力")
    actions.agree(actor=other, now=NOW, sorted=of(WEAK), why="同意")
    mine = of(WEAK)
    assert (mine.decided, mine.decided_by, mine.second, mine.departs) == ("lagging", first, other, True)
    acts = Entry.objects.filter(act__startswith="triage.").exclude(act="triage.sort").order_by("number")
    assert [one.act.partition(".")[2] for one in acts] == ["propose", "decline", "propose", "decide"]


def test_the_store_itself_keeps_a_departure_of_one_person_out(run: Run) -> None:
    sorted_by(run)
    mine, clerk = of(WEAK), stage.mandated("15")
    said = {
        "asked": "lagging",
        "decided": "lagging",
        "decided_by": clerk,
        "reason": "x",
        "decided_on": date(2026, 3, 2),
    }
    for second in (None, clerk):
        with pytest.raises(IntegrityError), transaction.atomic():
            Sorted.objects.filter(pk=mine.pk).update(**said, second=second)
    with pytest.raises(IntegrityError), transaction.atomic():
        Sorted.objects.filter(pk=mine.pk).update(decided="middle")
    found(WEAK, "committee_incomplete")
    sorted_by(run)
    with pytest.raises(IntegrityError), transaction.atomic():
        Candidate.objects.update(state="confirmed")


def test_candidates_are_decided_first_and_one_confirmed_is_on_the_list(run: Run) -> None:
    found(WEAK, "secretary_vacant", secretary_vacant_since="2025-10-01")
    found(WEAK, "term_overdue", term_end="2026-03-01")
    sorted_by(run)
    clerk = stage.mandated("1504")
    vacant, overdue = Candidate.objects.order_by("situation")
    with pytest.raises(NotPossible, match="confirm or dismiss each"):
        actions.decide(actor=clerk, now=NOW, sorted=of(WEAK), code="middle", reason="x")
    actions.decide_candidate(actor=clerk, now=NOW, candidate=overdue, confirm=False, reason="已批准延期")
    assert of(WEAK).proposed == "middle"
    actions.decide_candidate(actor=clerk, now=NOW, candidate=vacant, confirm=True, reason="属实")
    mine = of(WEAK)
    assert (mine.proposed, mine.decided) == ("lagging", "")  # people decide that too
    assert mine.why["criteria"] == [["on_the_list", "is", True, True]]
    with pytest.raises(NotPossible, match="decided already"):
        actions.decide_candidate(actor=clerk, now=NOW, candidate=vacant, confirm=False, reason="x")
    actions.decide(actor=clerk, now=NOW, sorted=mine, code="lagging", reason="县委常委会研究")
    assert of(WEAK).decided == "lagging"


def test_the_branch_answers_until_the_round_has_ended(this: Round, run: Run) -> None:
    sorted_by(run)
    with pytest.raises(NotPossible, match="write what the branch says"):
        actions.answer(actor=None, now=NOW, about=of(WEAK), words="")
    actions.answer(actor=None, now=NOW, about=of(WEAK), words="数据有误，请核对")
    assert (of(WEAK).answer, of(WEAK).answered_on) == ("数据有误，请核对", date(2026, 3, 2))
    Round.objects.filter(pk=this.pk).update(phase="closed", ended_at=NOW)
    for act, said in ((actions.answer, {"about": of(WEAK), "words": "x"}),
                      (actions.decide, {"sorted": of(WEAK), "code": "middle", "reason": "x"})):  # fmt: skip
        with pytest.raises(NotPossible, match="has ended"):
            act(actor=stage.mandated("15") if "code" in said else None, now=NOW, **said)


# ---- against last year ----


def test_what_moved_since_last_year_with_what_chance_alone_would_move(
    this: Round, run: Run, django_capture_on_commit_callbacks: Any
) -> None:
    sorted_by(run, also=known_as(WEAK, candidate=True, visited=True))
    Round.objects.filter(pk=this.pk).update(phase="closed", ended_at=NOW)
    new = "150422103216-009"
    stage.branch(new, home=new[:12])
    opened_ = open_round(
        actor=None, now=NEXT_YEAR, unit=stage.unit("15").unit, name="2027年度评定", year=2027, edition=EDITION,
        begins=date(2027, 3, 2), basis="approved", document="组通字〔2027〕8号", why="年度",
    )  # fmt: skip
    next_ = passed(opened_, now=NEXT_YEAR)
    for code, share in ((GOOD, 1.0), (WEAK, 0.5), (new, 0.9)):
        filled(declaration_of(next_, code), share=share)
    later = scored(passed(next_, 2, now=NEXT_YEAR), django_capture_on_commit_callbacks, now=NEXT_YEAR)
    made = actions.sort(actor=None, now=NEXT_YEAR, round=next_, run=later, why="分类")
    assert made.gone == [[declaration_of(this, FAR).path, "middle"]]
    moved = tables.movement(Scope(date(2027, 3, 2), whole=True), made)
    assert moved
    assert moved.cells == {("lagging", "middle"): 1, ("middle", "middle"): 1, (NEW, "middle"): 1, ("middle", GONE): 1}
    mine = Sorted.objects.get(sorting=made, was="lagging")
    frozen = opened(run.results_folder).manifest["frozen"]["field"]["village"]  # type: ignore[union-attr]
    due = 100 * frozen["center"] + frozen["reliability"] * (mine.was_score - 100 * frozen["center"]) - mine.was_score
    lagging = next(one for one in moved.moves if one.code == "lagging")
    assert lagging.observed == mine.score - mine.was_score
    assert lagging.expected == pytest.approx(due)
    assert lagging.effect == pytest.approx(lagging.observed - due)
    assert tables.moves(moved)[2].effect == "—"  # one branch: no mean is shown
    away = stage.mandated("1505")
    page = asked(away, reverse("triage", args=[next_.pk])).text
    assert "From last year to this year" in page


def test_where_last_year_was_only_scored_the_same_criteria_are_asked_of_its_run(
    this: Round, run: Run, django_capture_on_commit_callbacks: Any
) -> None:
    Round.objects.filter(pk=this.pk).update(year=2025, phase="closed", ended_at=NOW)
    other = passed(open_round(
        actor=None, now=NOW, unit=stage.unit("15").unit, name="又一年", year=2026, edition=EDITION,
        begins=date(2026, 3, 2), basis="approved", document="8号", why="年度",
    ))  # fmt: skip
    filled(declaration_of(other, WEAK), share=0.4)
    later = scored(passed(other, 2), django_capture_on_commit_callbacks)
    made = actions.sort(actor=None, now=NOW, round=other, run=later, why="分类")
    assert [one.was for one in made.branches.all()] == ["middle"]
    assert [code for _path, code in made.gone] == ["middle", "middle"]


# ---- on the pages ----


def test_each_does_what_is_theirs(this: Round, run: Run) -> None:
    region, banner = stage.mandated("15"), stage.mandated("150422")
    secretary, away = stage.mandated(WEAK, "branch_secretary"), stage.mandated("1505")
    found(WEAK, "committee_incomplete")
    sort_at, page = reverse("sort_round", args=[this.pk]), reverse("triage", args=[this.pk])
    assert "Not sorted yet" in asked(region, page).text
    assert asked(banner, sort_at).status_code == 404
    assert asked(region, sort_at, run=run.pk, why="年度").status_code == 302
    mine, one = of(WEAK), Candidate.objects.get()
    at = reverse("sorted", args=[mine.pk])
    for account, status in ((region, 200), (banner, 200), (secretary, 200), (away, 404)):
        assert asked(account, at).status_code == status
    assert asked(secretary, reverse("on_sorted", args=[mine.pk, "decide"])).status_code == 404
    assert asked(banner, reverse("on_sorted", args=[mine.pk, "answer"])).status_code == 404
    assert asked(away, reverse("on_candidate", args=[one.pk, "confirm"]), why="x").status_code == 404
    assert asked(secretary, reverse("on_candidate", args=[one.pk, "answer"]), why="补选中").status_code == 302
    assert asked(banner, reverse("on_candidate", args=[one.pk, "confirm"]), why="属实").status_code == 302
    assert (
        asked(banner, reverse("on_sorted", args=[mine.pk, "decide"]), code="middle", why="整改已见效").status_code
        == 302
    )
    alone = asked(banner, reverse("on_sorted", args=[mine.pk, "agree"]), why="同意")
    assert (alone.status_code, "another person has to agree" in alone.text) == (422, True)
    assert asked(region, reverse("on_sorted", args=[mine.pk, "agree"]), why="同意").status_code == 302
    text = asked(secretary, at).text
    for said in ("otherwise than proposed", "整改已见效", "补选中", "committee incomplete: yes"):
        assert said in text


def test_a_small_cell_is_open_inside_the_scope_and_closed_to_others(this: Round, run: Run) -> None:
    made = sorted_by(run)
    banner = stage.mandated("150422")
    text = asked(banner, reverse("triage", args=[this.pk])).text
    assert "Where the branches stand" in text
    assert "The whole round" not in text  # three branches: nobody outside is told where they stand
    pks = iter(range(100, 200))
    for code, number in (("advanced", 7), ("middle", 30), ("lagging", 2)):
        for _ in range(number):
            pk = next(pks)
            branch = stage.branch(f"15050210321{pk}", home="150502103216")
            declaration = declaration_of(this, FAR)
            declaration.pk, declaration.organisation_id = None, branch.organisation_id
            declaration.save()
            Sorted.objects.create(sorting=made, declaration=declaration, proposed=code, score=1,
                                  why={"criteria": [], "figures": {}})  # fmt: skip
    (cells,) = doors.counts_for_all(made).values()
    assert cells == {"advanced": None, "middle": 31, "lagging": None}
    text = asked(banner, reverse("triage", args=[this.pk])).text
    assert "The whole round" in text
    assert asked(banner, reverse("triage", args=[this.pk]) + f"?unit={stage.unit('1505').unit_id}").status_code == 404
    league = stage.mandated("1505")
    assert doors.counts(doors.branches(Scope(NOW.date(), (stage.unit("1505").path,))), stage.unit("15").path)
    assert ">2<" in asked(league, reverse("triage", args=[this.pk])).text


def test_every_table_leaves_as_a_file_with_what_raised_it(this: Round, run: Run) -> None:
    found(WEAK, "secretary_vacant", secretary_vacant_since="2025-10-01")
    sorted_by(run)
    region, page = stage.mandated("15"), reverse("triage", args=[this.pk])
    text = asked(region, f"{page}?format=csv&table=candidates").content.decode("utf-8-sig")
    assert "days without a secretary: 152 (> 90)" in text
    assert len(asked(region, f"{page}?format=csv&table=counts").content.decode().splitlines()) == 3
    assert asked(region, f"{page}?format=csv&table=movement").status_code == 200
    at = reverse("sorted_branches", args=[this.pk])
    assert len(asked(region, f"{at}?format=csv").content.decode().splitlines()) == 4
    assert len(asked(region, f"{at}?format=csv&class=lagging").content.decode().splitlines()) == 1
    assert len(asked(stage.mandated("1505"), f"{at}?format=csv").content.decode().splitlines()) == 2
    assert "chance to deserve it" in asked(region, reverse("sorted", args=[of(WEAK).pk]) + "?format=csv").text
    for standing, number in (("undecided", 3), ("waits", 0), ("decided", 0), ("departs", 0)):
        assert len(asked(region, f"{at}?format=csv&standing={standing}").content.decode().splitlines()) == 1 + number
    assert asked(region, f"{page}?situation=W09&state=raised").text.count("No situation was raised here") == 1
