"""What a passage of a round needs and brings: refused with what to do, or gone on for a stated reason on record."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.ballots.actions import enter_pile
from baolei.declarations.models import Declaration
from baolei.front import passages
from baolei.front.conductor import pass_on
from baolei.ledger.models import Entry
from baolei.naming import actions as naming
from baolei.naming.models import Line, NamingList
from baolei.notices.actions import post
from baolei.notices.models import Posting
from baolei.organisations.units import NotPossible
from baolei.programme import phases
from baolei.reviews import doors as reviews
from baolei.reviews.models import Step
from baolei.rounds.models import Round
from baolei.scores import actions as scoring
from baolei.scores.models import Visit
from baolei.warehouse.rulebook import round_rules
from review_stage import OWN, agreed, cast, step_of, under_review
from round_stage import BRANCHES, NOW, begun, declaration_of, filled, passed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
HOUR = timedelta(hours=1)
REASON = "核查组分批进行，未办结的不参加命名"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> None:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")


def on(this: Round, anyway: str = "", days: int = 0) -> Round:
    """Passed on once, early for a reason."""
    now = NOW + timedelta(days=days)
    return pass_on(actor=None, now=now, round=this, expected=this.phase, why="提前完成", anyway=anyway)


def left_out() -> dict[str, int]:
    """What was left out the last time, as the ledger has it."""
    entry = Entry.objects.filter(act="rounds.go_without").latest("number")
    assert (entry.particulars or {})["why"] == REASON
    found: dict[str, int] = (entry.particulars or {})["after"]
    return found


def stays(this: Round, words: str, anyway: str = "") -> None:
    """The passage is refused in these words, and the round is where it was."""
    with pytest.raises(NotPossible, match=words):
        on(this, anyway)
    assert Round.objects.get(pk=this.pk).phase == this.phase


def test_every_need_of_the_rules_is_asked_and_every_phase_says_what_it_brings() -> None:
    needs = [one.code for needs in phases.NEEDS.values() for one in needs]
    assert sorted(needs) == sorted(passages.CHECKS)
    assert all(phases.need(code).code == code for code in needs)
    assert set(passages.BRINGS) == {*(one.code for one in round_rules().phases), phases.CLOSED}


def test_nothing_passes_to_the_notice_over_unfinished_reviews_but_for_a_reason_and_none_of_them_is_named(
    django_capture_on_commit_callbacks: Any,
) -> None:
    people = cast()
    this = under_review(*BRANCHES[:2])
    agreed(step_of(this, OWN), people["township"])
    stays(this, r"2 reviews are not finished \(.*banner 1.*\)|2 reviews are not finished \(.*township 1.*\)")
    with django_capture_on_commit_callbacks(execute=True):
        run = scoring.ask_for_run(actor=None, now=NOW, round=this, seed="26051", why="计分")
    assert on(this, REASON).phase == "notice"
    assert left_out() == {"reviewed": 2}
    this.refresh_from_db()
    run.refresh_from_db()
    made = naming.draw_up(actor=None, now=NOW, round=this, run=run, why="拟名单")
    assert not made.lines.filter(listed=True).exists()
    one = stage.mandated("15")
    for line in made.lines.all():
        with pytest.raises(NotPossible, match="review has not passed it"):
            naming.propose(actor=one, now=NOW, line=line, act="added", reason="x", document="1号")
    assert reviews.unfinished(this).count() == 2  # they go on, and their clock with them


def test_piles_are_settled_before_they_are_counted() -> None:
    this = begun()
    mine = filled(declaration_of(this, OWN))
    this = on(this)
    enter_pile(actor=stage.mandated("15"), now=NOW, declaration=mine, source="mem", text="11111", issued=1, spoiled=0)
    stays(this, "1 pile of ballots is not settled")
    assert on(this, REASON).phase == "scoring"
    assert left_out() == {"settled": 1}
    stays(Round.objects.get(), "not scored")


def test_visits_are_made_before_the_reviews_and_the_run_is_the_last_word(
    django_capture_on_commit_callbacks: Any,
) -> None:
    this = begun()
    filled(declaration_of(this, OWN))
    this = passed(this, 2)
    with django_capture_on_commit_callbacks(execute=True):
        run = scoring.ask_for_run(actor=None, now=NOW, round=this, seed="26051", why="计分")
    this = on(this)
    made: Visit = Visit.objects.create(declaration=declaration_of(this, OWN), run=run, wave=Visit.RANDOM)
    stays(this, "1 visit that was drawn is not made")
    sheet = scoring.Sheet(date(2026, 3, 2), {}, "属实")
    scoring.visit(actor=stage.mandated("1504"), now=NOW + HOUR, visit=made, sheet=sheet)
    this = on(this)
    Step.objects.update(state="passed")
    stays(this, "0 declarations and 1 visits have changed")
    with django_capture_on_commit_callbacks(execute=True):
        scoring.ask_for_run(actor=None, now=NOW + 2 * HOUR, round=this, seed="26051", why="走访后重算")
    assert on(this).phase == "notice"


@pytest.fixture
def listed(django_capture_on_commit_callbacks: Any) -> NamingList:
    """A round in its public notice with one name on its list, not laid open yet."""
    this = begun()
    filled(declaration_of(this, OWN))
    this = passed(this, 2)
    with django_capture_on_commit_callbacks(execute=True):
        run = scoring.ask_for_run(actor=None, now=NOW, round=this, seed="26051", why="计分")
    Declaration.objects.filter(state="frozen").update(state="concluded")
    run.refresh_from_db()
    made = naming.draw_up(actor=None, now=NOW, round=this, run=run, why="拟名单")
    Line.objects.update(standing="confirmed", listed=True)
    Round.objects.update(phase="notice")
    made.round.refresh_from_db()
    return made


def test_a_list_is_laid_open_whatever_anybody_says_and_named_under_its_document(listed: NamingList) -> None:
    this = listed.round
    stays(this, "has not been laid open", REASON)
    post(actor=None, now=NOW, round=this, why="公示")
    stays(this, "until 2026-03-09: wait until then", REASON)
    this = on(this, days=10)
    stays(this, "not adopted")
    naming.adopt(actor=None, now=NOW, naming_list=listed, document="组通字30号", on=date(2026, 7, 1), why="命名")
    assert on(this, days=10).phase == "closed"


def test_a_round_that_names_nobody_ends_for_a_reason(listed: NamingList) -> None:
    Line.objects.update(listed=False)
    stays(listed.round, "nobody would be named")
    this = on(listed.round, REASON)
    assert (this.phase, left_out(), Posting.objects.count()) == ("naming", {"listed": 1}, 0)
    assert on(this, REASON).phase == "closed"


def test_the_page_says_what_happens_and_what_is_missing_before_anybody_confirms() -> None:
    this = begun()
    filled(declaration_of(this, OWN))
    passed(this)
    client = Client()
    client.force_login(stage.mandated("15"))
    client.cookies["django_language"] = "en"
    page = reverse("pass_round", args=[this.pk])
    shown = client.get(page)
    told = {one.words.partition(",")[0]: one.number for one in shown.context["form"].brought}
    assert told == {"declarations are frozen; nobody changes them any more": 1, "declarations lapse": 2}
    assert "goes on without" not in shown.text
    assert client.post(page, {"why": "收齐", "from_phase": "self_assessment"}).status_code == 422  # an old page
    assert client.post(page, {"why": "收齐", "from_phase": "ballots"}).status_code == 302
    shown = client.get(page)
    assert "goes on without" in shown.text
    refused = client.post(page, {"why": "收齐", "from_phase": "scoring"})
    assert refused.status_code == 422
    assert "freeze and score it first" in refused.text
    assert client.post(page, {"why": "收齐", "from_phase": "scoring", "anyway": REASON}).status_code == 302
    assert left_out() == {"scored": 1}
