"""A list is drawn up from a run, a reason for every line; two people strike or add; adopted, it gives titles."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.declarations import actions as declaring
from baolei.declarations.models import Declaration
from baolei.naming import actions, life
from baolei.naming.models import Line, NamingList, Title
from baolei.organisations.units import NotPossible
from baolei.programme import declaration as rules
from baolei.programme import naming, titles
from baolei.programme.decided import ReasonMissing, SecondMissing
from baolei.programme.naming import NamingRefused
from baolei.programme.states import NotHere
from baolei.rounds.models import Round
from baolei.scores import actions as scoring
from baolei.scores.models import Run
from baolei.standards.at_hand import at_hand
from round_stage import BRANCHES, EDITION, NOW, begun, declaration_of, filled, passed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> None:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")


@pytest.fixture
def run(django_capture_on_commit_callbacks: Any) -> Run:
    """A scored round: all gates met by one, a veto against the second, the third not handed in; reviews concluded."""
    this = begun()
    for code in BRANCHES[:2]:
        mine = filled(declaration_of(this, code))
        for gate in at_hand(EDITION).gates:
            declaring.mark(actor=None, now=NOW, declaration=mine, code=gate.code, met=True, document="核实", why="核实")
    declaring.mark(actor=None, now=NOW, declaration=declaration_of(this, BRANCHES[1]), code="faked_material", met=True,
                   document="核实记录", why="查实")  # fmt: skip
    this = passed(this, 2)
    with django_capture_on_commit_callbacks(execute=True):
        made = scoring.ask_for_run(actor=None, now=NOW, round=this, seed="26051", why="计分")
    Declaration.objects.filter(state=rules.FROZEN).update(state=rules.CONCLUDED)
    made.refresh_from_db()
    return made


def drawn(run: Run) -> NamingList:
    return actions.draw_up(actor=None, now=NOW, round=run.round, run=run, why="拟名单")


def line_of(made: NamingList, code: str) -> Line:
    found: Line = made.lines.get(declaration=declaration_of(made.round, code))
    return found


def confirmed(made: NamingList, code: str) -> Line:
    """A line that stands confirmed by its results, as those of a field with many branches do."""
    mine = line_of(made, code)
    every = [{**one, "met": True} for one in mine.reasons]
    Line.objects.filter(pk=mine.pk).update(standing=naming.CONFIRMED, listed=True, reasons=every)
    return line_of(made, code)


def at_its_naming(made: NamingList) -> None:
    """The round of a list in the phase in which lists are adopted."""
    Round.objects.filter(pk=made.round_id).update(phase=actions.PHASE)


def test_every_branch_that_was_scored_has_a_line_with_its_reason(run: Run) -> None:
    made = drawn(run)
    assert made.lines.count() == 2
    assert "vetoes: Records, ballots or figures were made up" in actions.words_of(line_of(made, BRANCHES[1]))
    assert "vetoes" not in actions.words_of(line_of(made, BRANCHES[0]))
    assert all(actions.words_of(one) for one in made.lines.all())


def test_nobody_is_listed_whom_the_review_has_not_passed(run: Run) -> None:
    Declaration.objects.filter(state=rules.CONCLUDED).update(state=rules.FROZEN)
    made = drawn(run)
    assert not made.lines.filter(listed=True).exists()
    assert "its review is not finished" in actions.words_of(made.lines.first())
    with pytest.raises(NotPossible, match="nobody can add it"):
        actions.propose(actor=stage.mandated("15"), now=NOW, line=made.lines.first(), act=naming.ADDED, reason="x")


def test_a_name_is_struck_by_two_people_with_a_reason(run: Run) -> None:
    one, two = stage.mandated("15"), stage.mandated("15", "region_clerk")
    mine = confirmed(drawn(run), BRANCHES[0])
    with pytest.raises(ReasonMissing):
        actions.propose(actor=one, now=NOW, line=mine, act=naming.STRUCK, reason=" ")
    actions.propose(actor=one, now=NOW, line=mine, act=naming.STRUCK, reason="公示期间查实问题")
    assert Line.objects.get(pk=mine.pk).listed  # one person changes nothing
    with pytest.raises(SecondMissing):
        actions.agree(actor=one, now=NOW, line=mine, why="同意")
    struck = actions.agree(actor=two, now=NOW, line=mine, why="同意")
    assert (struck.listed, struck.act, struck.second) == (False, naming.STRUCK, two)
    assert actions.words_of(struck).startswith("公示期间查实问题")
    back = actions.propose(actor=one, now=NOW, line=struck, act=naming.ADDED, reason="复核后恢复")
    assert actions.agree(actor=two, now=NOW, line=back, why="同意").listed


def test_what_nobody_can_set_aside_stays(run: Run) -> None:
    one = stage.mandated("15")
    mine = line_of(drawn(run), BRANCHES[1])
    with pytest.raises(NamingRefused, match="made up"):
        actions.propose(actor=one, now=NOW, line=mine, act=naming.ADDED, reason="有特殊贡献", document="特批")
    with pytest.raises(NotPossible, match="nothing to strike"):
        actions.propose(actor=one, now=NOW, line=mine, act=naming.STRUCK, reason="x")
    with pytest.raises(NotPossible, match="nothing is proposed"):
        actions.agree(actor=one, now=NOW, line=mine, why="x")


def test_what_was_proposed_may_be_left(run: Run) -> None:
    one, two = stage.mandated("15"), stage.mandated("15", "region_clerk")
    mine = confirmed(drawn(run), BRANCHES[0])
    actions.propose(actor=one, now=NOW, line=mine, act=naming.STRUCK, reason="待核实")
    left = actions.leave(actor=two, now=NOW, line=mine, why="查无实据")
    assert (left.listed, left.proposed, left.proposed_by) == (True, "", None)


def test_an_adopted_list_gives_titles_and_stays_as_it_is(run: Run) -> None:
    one = stage.mandated("15")
    made = drawn(run)
    mine = confirmed(made, BRANCHES[0])
    actions.propose(actor=one, now=NOW, line=mine, act=naming.STRUCK, reason="待核实")
    adopted = {"actor": one, "now": NOW, "naming_list": made, "on": date(2026, 7, 1), "why": "命名"}
    with pytest.raises(NotPossible, match="after its public notice"):
        actions.adopt(**adopted, document="组通字〔2026〕30号")
    at_its_naming(made)
    with pytest.raises(NotPossible, match="1 proposals wait"):
        actions.adopt(**adopted, document="组通字〔2026〕30号")
    actions.leave(actor=one, now=NOW, line=mine, why="查无实据")
    with pytest.raises(NotPossible, match="under a document"):
        actions.adopt(**adopted, document=" ")
    assert actions.adopt(**adopted, document="组通字〔2026〕30号") == 1
    title = Title.objects.get()
    assert (title.level, title.since, title.until, title.name) == (
        "region", date(2026, 7, 1), date(2029, 6, 30), "最强党支部"
    )  # fmt: skip
    with pytest.raises(NotPossible, match="stays as it is"):
        actions.propose(actor=one, now=NOW, line=mine, act=naming.STRUCK, reason="x")
    with pytest.raises(NotPossible, match="not drawn up in this phase"):
        drawn(run)


def given(run: Run) -> Title:
    made = drawn(run)
    confirmed(made, BRANCHES[0])
    at_its_naming(made)
    actions.adopt(actor=None, now=NOW, naming_list=made, document="组通字〔2026〕30号", on=date(2026, 7, 1), why="命名")
    return Title.objects.get()


def test_a_title_is_withdrawn_by_two_after_the_branch_could_answer(run: Run) -> None:
    one, two = stage.mandated("15"), stage.mandated("15", "region_clerk")
    title = given(run)
    said = {"actor": one, "now": NOW, "title": title, "who": "committee", "reason": "连续两年低于标准线"}
    with pytest.raises(NotPossible, match="nothing to answer"):
        life.answer(actor=None, now=NOW, title=title, words="x")
    with pytest.raises(SecondMissing):
        life.carry(**said, act="propose")
    life.carry(**said, act="propose", second=two)
    assert life.answer(actor=None, now=NOW, title=title, words="数据口径有变").answer == "数据口径有变"
    ended = life.carry(**said, act="withdraw", second=two)
    assert (ended.state, ended.ended) == (titles.WITHDRAWN, date(2026, 3, 2))
    with pytest.raises(NotHere):
        life.carry(**said, act="keep")


def test_a_title_lapses_with_its_branch_and_expires_with_its_days(run: Run) -> None:
    from datetime import UTC, datetime

    from baolei.organisations.models import OrganisationState

    title = given(run)
    assert life.lapse_and_expire(now=NOW) == {"lapsed": 0, "expired": 0}
    OrganisationState.objects.filter(organisation=title.organisation).update(until=date(2027, 1, 1))
    later = datetime(2027, 5, 1, tzinfo=UTC)
    assert life.lapse_and_expire(now=later) == {"lapsed": 1, "expired": 0}
    assert life.lapse_and_expire(now=later) == {"lapsed": 0, "expired": 0}
    Title.objects.update(state=titles.IN_FORCE, ended=None)
    OrganisationState.objects.filter(organisation=title.organisation).update(until=None)
    assert life.lapse_and_expire(now=datetime(2030, 1, 1, tzinfo=UTC)) == {"lapsed": 0, "expired": 1}


def test_a_list_needs_a_whole_run_of_its_own_round(run: Run) -> None:
    other = Round.objects.create(name="别的", year=2025, unit=run.round.unit, path=run.round.path, edition=EDITION,
                                 digest="x", basis="exempt", document="x", opened_at=NOW)  # fmt: skip
    with pytest.raises(NotPossible):
        actions.draw_up(actor=None, now=NOW, round=other, run=run, why="x")
    (run.results_folder / "manifest.json").write_text("{}")
    with pytest.raises(NotPossible, match="not what they were"):
        drawn(run)


def test_the_pages_show_a_reason_for_every_line_and_let_two_people_decide(run: Run) -> None:
    one, two = stage.mandated("15"), stage.mandated("15", "region_clerk")
    far, secretary = stage.mandated("1505"), stage.mandated(BRANCHES[0], "branch_secretary")

    def asked(account: Any, address: str, **said: Any) -> Any:
        client = Client()
        client.force_login(account)
        client.cookies["django_language"] = "en"
        return client.post(address, said) if said else client.get(address)

    listed, draw = (reverse(name, args=[run.round_id, *rest]) for name, rest in
                    (("naming_list", ()), ("on_list", ("draw-up",))))  # fmt: skip
    assert "No list yet" in asked(one, listed).text
    assert asked(far, draw).status_code == 404
    assert asked(one, draw, run=run.pk, why="拟名单").status_code == 302
    made = NamingList.objects.get()
    mine = confirmed(made, BRANCHES[0])
    assert "made up" in asked(one, listed).text
    assert "/line/" not in asked(far, listed).text
    assert asked(secretary, listed).text.count("/line/") == 1
    page, strike = reverse("naming_line", args=[mine.pk]), reverse("on_line", args=[mine.pk, "strike"])
    assert asked(secretary, strike).status_code == asked(far, page).status_code == 404
    assert asked(one, strike, why="公示期间查实问题").status_code == 302
    agree = reverse("on_line", args=[mine.pk, "agree"])
    refused = asked(one, agree, why="同意")
    assert refused.status_code == 422
    assert "another person has to agree" in refused.text
    assert asked(two, agree, why="同意").status_code == 302
    assert not Line.objects.get(pk=mine.pk).listed
    adopt = reverse("on_list", args=[run.round_id, "adopt"])
    back = reverse("on_line", args=[mine.pk, "add"])
    assert asked(one, back, why="复核后恢复").status_code == 302
    assert asked(two, agree, why="同意").status_code == 302
    assert asked(one, adopt).status_code == 404
    at_its_naming(made)
    assert asked(one, adopt, document="组通字〔2026〕30号", on="2026-07-01", why="命名").status_code == 302
    title = Title.objects.get()
    held = reverse("title", args=[title.pk])
    assert "组通字〔2026〕30号" in asked(secretary, held).text
    propose = reverse("on_title", args=[title.pk, "propose"])
    assert "another person" in asked(one, propose, why="x", second=one.username).text
    assert asked(one, propose, why="连续两年低于标准线", second=two.username).status_code == 302
    assert (
        asked(secretary, reverse("on_title", args=[title.pk, "answer"]), words="口径有变", why="申辩").status_code
        == 302
    )
    assert "口径有变" in asked(one, held).text
