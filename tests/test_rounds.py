"""A round from its opening to its end: who may open one, its calendar in working days, its passages."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

import stage
from baolei.declarations.models import Declaration
from baolei.front.conductor import STEPS
from baolei.ledger.models import Entry
from baolei.organisations.units import NotPossible
from baolei.programme import phases
from baolei.programme.phases import CalendarRefused, RoundRules
from baolei.programme.states import NotHere
from baolei.programme.workdays import DAY
from baolei.rounds.actions import calendar, cancel_round, extend_phase
from baolei.rounds.models import Round
from baolei.warehouse.rulebook import round_rules, workdays
from round_stage import BEGINS, NOW, begun, opened, passed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@given(st.dates(date(2023, 1, 1), date(2026, 12, 31)))
def test_every_phase_has_its_working_days_and_begins_after_the_last(begins: date) -> None:
    rules, worked = round_rules(), workdays()
    spans = phases.planned(rules, begins, worked)
    phases.checked(spans, rules, worked)
    for one in spans:
        assert worked.worked(one.begins)
        assert worked.worked(one.ends)
        assert worked.between(one.begins - DAY, one.ends) == rules.phase(one.phase).days


@given(st.dates(date(2025, 1, 1), date(2025, 12, 31)), st.integers(0, 6), st.integers(0, 30))
def test_a_phase_that_is_extended_moves_the_others_and_keeps_their_working_days(
    begins: date, place: int, more: int
) -> None:
    rules, worked = round_rules(), workdays()
    spans = phases.planned(rules, begins, worked)
    ends = worked.after(spans[place].ends, more)
    moved = phases.extended(spans, spans[place].phase, ends, rules, worked)
    assert moved[:place] == spans[:place]
    assert moved[place].ends == ends
    for old, new in zip(spans[place + 1 :], moved[place + 1 :], strict=True):
        assert worked.between(old.begins - DAY, old.ends) == worked.between(new.begins - DAY, new.ends)


def test_the_calendar_of_spring_2026_leaves_out_the_holidays() -> None:
    spans = {one.phase: one for one in phases.planned(round_rules(), date(2026, 3, 2), workdays())}
    assert (spans["self_assessment"].begins, spans["self_assessment"].ends) == (date(2026, 3, 2), date(2026, 3, 27))
    assert spans["ballots"].ends == date(2026, 4, 20)  # Qingming on the 6th is not counted


def test_a_calendar_that_cannot_be_says_what_would_be() -> None:
    rules, worked = round_rules(), workdays()
    spans = list(phases.planned(rules, BEGINS, worked))
    with pytest.raises(CalendarRefused, match="no working day"):
        phases.extended(spans, "ballots", date(2026, 4, 18), rules, worked)
    with pytest.raises(CalendarRefused, match="at least 10"):
        phases.extended(spans, "self_assessment", date(2026, 3, 6), rules, worked)
    with pytest.raises(CalendarRefused, match="in this order"):
        phases.checked(spans[1:], rules, worked)
    overlapping = [spans[0], phases.Span("ballots", spans[0].ends, spans[1].ends), *spans[2:]]
    with pytest.raises(CalendarRefused, match="begin it after"):
        phases.checked(overlapping, rules, worked)
    with pytest.raises(KeyError):
        phases.extended(spans, "nothing", date(2026, 4, 20), rules, worked)


def test_rules_that_contradict_themselves_are_refused() -> None:
    rows = {"phases": [{"code": "a", "name": {"zh": "甲", "en": "a"}, "does": {"zh": "甲", "en": "a"}, "owner": "clerk",
                        "working_days": 2, "least": 3}],
            "eligible": {"tiers": ["branch"], "established_months": 6}, "opened_by_levels": [1],
            "minutes_by_effort": {1: 2}}  # fmt: skip
    with pytest.raises(ValueError, match="below least 3"):
        phases.round_rules(rows)
    rows["phases"][0]["code"] = "closed"
    with pytest.raises(ValueError, match="stands twice"):
        phases.round_rules(rows)
    with pytest.raises(KeyError):
        round_rules().phase("nothing")


def test_who_takes_part_is_a_branch_of_a_field_that_stood_long_enough() -> None:
    rules: RoundRules = round_rules()
    said = {"tier": "branch", "field": "village", "standing_since": date(2025, 8, 31), "begins": date(2026, 2, 28),
            "fields": frozenset({"village"}), "rules": rules}  # fmt: skip
    assert phases.not_taking_part(**{**said, "standing_since": date(2025, 8, 28)}) == ""
    assert phases.not_taking_part(**said) == "young"
    assert phases.not_taking_part(**{**said, "tier": "committee"}) == "tier"
    assert phases.not_taking_part(**{**said, "field": "moon"}) == "field"
    assert phases.youngest(date(2026, 8, 31), rules) == date(2026, 2, 28)


def test_a_round_walks_from_plan_to_end_and_is_on_record() -> None:
    this = opened()
    walked = [this.phase]
    while not this.ended_at:
        this = passed(this)
        walked.append(this.phase)
    assert walked == ["planned", *(one.code for one in round_rules().phases), "closed"]
    acts = list(Entry.objects.filter(subject=f"round:{this.pk}").order_by("number").values_list("act", flat=True))
    assert acts.count("rounds.pass") == len(walked) - 1
    with pytest.raises(NotHere):
        cancel_round(actor=None, now=NOW, round=this, why="x")


def test_a_passage_done_twice_is_done_once() -> None:
    this = begun()
    opened_ones = Declaration.objects.filter(round=this).count()
    from baolei.front.conductor import pass_on

    again = pass_on(actor=None, now=NOW, round=this, expected="planned", why="再点一次")
    assert again.phase == "self_assessment"
    assert Declaration.objects.filter(round=this).count() == opened_ones == 3
    assert {phase for phase, _step in STEPS} <= {*(one.code for one in round_rules().phases), phases.CLOSED}


def test_a_phase_ends_early_only_for_a_reason() -> None:
    from baolei.front.conductor import pass_on

    this = begun()
    with pytest.raises(NotPossible, match="lasts until 2026-03-27"):
        pass_on(actor=None, now=NOW, round=this, expected=this.phase, why="")


def test_a_round_needs_a_document_a_level_and_a_year_of_its_own() -> None:
    with pytest.raises(NotPossible, match="stands on something"):
        opened(document=" ")
    with pytest.raises(NotPossible, match="opens no round"):
        opened("150422103")
    opened()
    with pytest.raises(NotPossible, match="has a round for 2026 already"):
        opened()
    cancel_round(actor=None, now=NOW, round=Round.objects.get(), why="改期")
    assert opened().phase == "planned"


def test_extending_is_for_what_is_to_come() -> None:
    this = passed(begun())
    extend_phase(actor=None, now=NOW, round=this, phase="ballots", ends=date(2026, 4, 30), why="牧区转场")
    spans = {one.phase: one for one in calendar(this)}
    assert spans["ballots"].ends == date(2026, 4, 30)
    assert spans["scoring"].begins == date(2026, 5, 6)
    with pytest.raises(NotPossible, match="is over"):
        extend_phase(actor=None, now=NOW, round=this, phase="self_assessment", ends=date(2026, 5, 29), why="x")
    with pytest.raises(NotPossible, match="is past"):
        extend_phase(actor=None, now=NOW, round=this, phase="ballots", ends=date(2026, 1, 5), why="x")


def test_the_pages_open_lead_and_show_a_round_to_those_it_concerns() -> None:
    region, league, other = (stage.mandated(code) for code in ("15", "1504", "1505"))
    this = begun("1504")

    def asked(account, address, **said):
        client = Client()
        client.force_login(account)
        client.cookies["django_language"] = "en"
        return client.post(address, said) if said else client.get(address)

    page = reverse("round", args=[this.pk])
    assert this.name in asked(league, page).text
    assert "Pass to the next phase" in asked(region, page).text
    assert asked(other, page).status_code == 404
    assert asked(other, reverse("pass_round", args=[this.pk])).status_code == 404
    assert "pass_round" not in asked(stage.mandated("150422", "leader"), page).text
    said = {"unit": "15", "name": "全区评定", "year": 2026, "edition": this.edition, "begins": "2026-12-01",
            "basis": "exempt", "document": "年度考核，不设创建称号", "why": "部署"}  # fmt: skip
    assert asked(region, reverse("open_round"), **said).status_code == 302
    assert Round.objects.filter(unit=stage.unit("15").unit).exists()
    assert asked(stage.mandated("150422103"), reverse("open_round")).status_code == 404
    assert asked(league, reverse("pass_round", args=[this.pk]), why="都报完了").status_code == 302
    this.refresh_from_db()
    assert this.phase == "ballots"
