"""The invented year of matters keeps what the room promises: states and clocks by the table, draws that come out again,
nothing of an asker once the time is over.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

import stage
from baolei.cli.demo_courses import Courses
from baolei.cli.demo_matters import make_matters
from baolei.matters import calling, contacts, facts, nightly, tables
from baolei.matters.models import Call, Draw, Grid, GridCode, Holding, Matter, Step, Worker
from baolei.programme import matters as rules
from baolei.programme.matters import CLOSED, GOOD, LYING, OPEN, PAUSED, REASONED, RUNNING, STATES, WORD_OF_THE_ASKER
from baolei.warehouse.rulebook import matters as matter_rules
from baolei.warehouse.rulebook import workdays

pytestmark = [pytest.mark.django_db, pytest.mark.stores]
TODAY, SEED = date(2026, 11, 20), 7
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
COUNTY = "150422"


@pytest.fixture
def lived() -> dict[str, int]:
    """A county of a dozen villages in three townships, and one village elsewhere."""
    stage.branch("150422101200-001", home="150422101200")
    for place in range(11):
        stage.unit(f"{COUNTY}10{place % 3}2{place:02}")
    stage.unit("150521100200")
    return make_matters(stage.unit(COUNTY).path, TODAY, SEED).rows


def test_it_holds_matters_of_all_kinds_reported_and_ended_in_every_way(lived: dict[str, int]) -> None:
    assert lived["grids"] == Grid.objects.count() > 70
    assert lived["grid workers"] == Worker.objects.count() > 180
    assert lived["matters"] == Matter.objects.count() > 1_500
    for name, known in (("kind", matter_rules().kinds), ("channel", dict(Matter.CHANNELS)),
                        ("ending", ["", *nightly.ENDINGS])):  # fmt: skip
        assert set(Matter.objects.values_list(name, flat=True)) == set(known)
    assert set(Step.objects.values_list("after", flat=True)) == {state.code for state in STATES.states}
    assert Matter.objects.filter(state__in=OPEN).count() > 5
    acts = {row.act for row in STATES.rows}
    assert set(Step.objects.values_list("act", flat=True)) == acts
    endings = Counter(Matter.objects.exclude(closed_on=None).values_list("ending", flat=True))
    assert endings["confirmed"] > endings.total() / 2, "most are closed by the asker's word"
    grades = Matter.objects.exclude(satisfaction=None)
    assert grades.filter(satisfaction__gte=4).count() > grades.count() / 2
    assert not grades.exclude(ending__in=CLOSED).exists()
    assert not Grid.objects.filter(unit=stage.unit("150521100200").unit).exists()


def test_each_matter_went_by_the_table_and_its_clocks_are_those_of_the_rules(lived: dict[str, int]) -> None:
    rule, calendar, steps = matter_rules(), workdays(), dict[int, list[Step]]()
    for step in Step.objects.order_by("pk"):
        steps.setdefault(step.matter_id, []).append(step)
    for matter in Matter.objects.all():
        kind = rule.kinds[matter.kind]
        state, at, due = LYING, matter.at, rules.due(LYING, matter.on, kind, rule, calendar)
        ends, here, whole = rules.ends(matter.on, kind, calendar), 0, 0
        for step in steps.get(matter.pk, []):
            day = localdate(step.at)
            assert step.before == state
            assert step.at > at
            assert step.by is not None or due is None or step.act in WORD_OF_THE_ASKER or due < day, "the clock waits"
            before, state, at = state, STATES.next_state(state, step.act), step.at
            if state == PAUSED and before != PAUSED:
                assert due is not None
                here, whole = rules.left(due, day, calendar), rules.left(ends, day, calendar)
            moved = step.act in ("escalate", "send_back")
            if before == PAUSED and step.act == "resume":
                due, ends = rules.goes_on(here, day, calendar), rules.goes_on(whole, day, calendar)
            elif state != before or moved:
                due = rules.due(state, day, kind, rule, calendar)
                ends = rules.ends(day, kind, calendar) if state == LYING and before not in OPEN else ends
            assert (step.due, step.ends) == (due, ends)
            assert step.note or step.removed or step.by is None or step.act not in REASONED
            assert (step.act == rules.CONFIRM) <= (matter.channel not in rule.held)
            assert (step.act == rules.CONFIRM_HELD) <= (matter.channel in rule.held)
        assert (matter.state, matter.due, matter.ends) == (state, due, ends)
        assert matter.holder_id == (steps[matter.pk][-1].unit_id if matter.pk in steps else matter.holder_id)
        assert matter.closed_on is None or matter.closed_on <= TODAY


def test_the_night_finds_nothing_that_it_should_have_done(lived: dict[str, int]) -> None:
    assert not nightly.overdue(TODAY).exists()
    assert nightly.remove(now=NOW) == 0
    assert calling.draw_all(now=NOW) == 0
    standing = {one.state for one in Matter.objects.filter(state__in=RUNNING, due__lt=TODAY)}
    assert standing <= set(RUNNING), "what is late lies at the top of its kind"
    months = tables.months(stage.unit("15").path, date(2024, 1, 1), TODAY).values()
    assert sum(one.reported for one in months) == Matter.objects.count()


def test_nothing_is_left_of_an_asker_once_the_time_is_over(lived: dict[str, int]) -> None:
    last = TODAY - timedelta(days=matter_rules().number("remove_days"))
    over = Matter.objects.filter(closed_on__lte=last).exclude(state__in=OPEN)
    assert over.count() > 800
    assert not over.exclude(contact="", words="", code=None, key=None).exists()
    assert not over.filter(removed_on=None).exists()
    assert not Step.objects.filter(matter__in=over).exclude(note="").exists()
    assert not Matter.objects.filter(removed_on__gt=TODAY).exists()
    assert not Matter.objects.filter(closed_on__gt=last).exclude(removed_on=None).exists()
    mine = Matter.objects.exclude(contact="")[0]
    assert all(contacts.opened(mine))


def test_call_backs_were_drawn_as_the_room_draws_them(lived: dict[str, int]) -> None:
    draws = list(Draw.objects.order_by("pk"))
    assert len(draws) > 50
    assert all(calling.proved(draw) for draw in draws)
    assert set(Call.objects.values_list("outcome", flat=True)) >= {Call.YES, Call.NO, Call.NOBODY}
    for call in Call.objects.filter(outcome=Call.YES).select_related("matter"):
        acts = call.matter.steps.filter(act="call_yes")
        assert acts.exclude(by=call.matter.handler_id).exists()
    assert not Matter.objects.filter(ending="called").exclude(calls__outcome=Call.YES).exists()


def test_grids_hold_their_workers_and_figures_add_up(lived: dict[str, int]) -> None:
    path = stage.unit(COUNTY).path
    full, part, every = (facts.workers(path, TODAY, full_time=one).numerator for one in (True, False, None))
    assert full + part == every == lived["grid workers"]
    assert 0 < full < part
    assert GridCode.objects.count() == Grid.objects.count()
    assert facts.grids_with_party(path, TODAY).numerator > 0
    assert Holding.objects.exclude(until=None).exists()
    solved = facts.solved(path, TODAY - timedelta(days=365), TODAY)
    assert 0.5 < solved.numerator / (solved.denominator or 1) < 0.8, "a yes with a code that staff held solves nothing"
    assert Matter.objects.filter(ending__in=GOOD).exists()


def test_a_second_time_nothing_is_made_and_the_same_seed_makes_the_same(lived: dict[str, int]) -> None:
    assert make_matters(stage.unit(COUNTY).path, TODAY, SEED).rows == {}


def test_courses_of_one_seed_are_the_same() -> None:
    made: Any = [Courses(TODAY).of("request", date(2026, 9, 1), (("take", 0), ("fix", 1)), 0, (1, 2, 3, 4, 5))
                 for _time in range(2)]  # fmt: skip
    assert made[0].steps == made[1].steps
    assert [one.act for one in made[0].steps] == ["take", "fix", "leave", "ask_again", "end"]
