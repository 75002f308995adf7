"""Whatever right and wrong people do to a round, in whatever order, as time goes by: every declaration stands somewhere
and is somebody's, with a day by which, and can be brought to its end; what is refused has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

import stage
from baolei.declarations import actions as declaring
from baolei.declarations import doors as declaration_doors
from baolei.declarations.models import Declaration
from baolei.front.conductor import pass_on
from baolei.naming import life
from baolei.notices import actions as notices
from baolei.organisations.doors import writing_scope
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.programme.phases import CANCELLED, CLOSED, PLANNED
from baolei.programme.refusals import Refusal
from baolei.reviews import actions as reviewing
from baolei.reviews import clock, doors
from baolei.reviews.models import Step
from baolei.rounds import doors as round_doors
from baolei.rounds.actions import calendar, cancel_round
from baolei.rounds.models import Round
from contents import digest
from review_stage import LEVELS, cast, opine, person
from round_stage import BRANCHES, NOW, declaration_of, filled, opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

VERDICTS = st.sampled_from(["pass", "return", "reject"])
OURS = (*BRANCHES[:2], "150422104001-004")
"""Two branches of a township that reviews, and one of a township in which nobody does."""
ENDED = (rules.CONCLUDED, rules.WITHDRAWN, rules.LAPSED)


class World:
    """A league's round to come, those who run it, and a secretary for each branch."""

    def __init__(self) -> None:
        for code in OURS:
            stage.branch(code, home=code[:12])
        self.people = cast()
        self.secretaries = {code: stage.mandated(code, "branch_secretary") for code in OURS}
        self.others = [person("旁人", "banner_clerk", "150423"), person("查看", "viewer", LEVELS["region"])]
        self.round = opened(LEVELS["league"])

    @property
    def everybody(self) -> list[Account]:
        """All of them."""
        return [*(one for level in self.people.values() for one in level), *self.secretaries.values(), *self.others]


class Walk(RuleBasedStateMachine):
    """Acts upon a round by anybody, right or wrong, at any time."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.block = transaction.atomic()
        self.block.__enter__()
        self.begun: set[int] = set()

    def teardown(self) -> None:
        """From wherever the walk has led the round comes to its end, and all of it is undone."""
        try:
            self.comes_to_its_end()
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    # -- what is done --

    @property
    def this(self) -> Round:
        return Round.objects.get(pk=self.world.round.pk)

    def declared(self, place: int) -> Declaration | None:
        if self.this.phase in (PLANNED, CANCELLED) and not self.this.declarations.exists():
            return None
        return declaration_of(self.this, OURS[place])

    def tried(self, act: Callable[[], object]) -> None:
        """Do it; where it is refused, nothing has changed."""
        before = digest()
        try:
            with transaction.atomic():
                act()
        except Refusal:
            assert digest() == before, "it was refused, and yet something has changed"

    @rule(place=st.integers(0, 2), act=st.sampled_from(["fill", "fill", "take_back", "withdraw", "send_back", "mark"]))
    def of_a_declaration(self, place: int, act: str) -> None:
        """An act of the branch or of its superior, whether the time for it is right or not."""
        mine = self.declared(place)
        if mine is None:
            return
        given: dict[str, Any] = {"actor": None, "now": self.now, "declaration": mine, "why": "情况如此"}
        if act == "fill":
            self.tried(lambda: filled(mine))
        elif act == "mark":
            self.tried(lambda: declaring.mark(**given, code="political_discipline", met=False, document="意见"))
        elif act == "send_back":
            if mine.state != rules.FROZEN:  # once it is frozen its review returns it: nobody else is offered that
                self.tried(lambda: declaring.send_back(**given, items={"first_agenda": "请核对"}))
        else:
            self.tried(lambda: getattr(declaring, act)(**given))

    @rule(place=st.integers(0, 2), who=st.integers(0, 30), verdict=VERDICTS,
          act=st.sampled_from(["opine", "opine", "opine", "conclude", "conclude", "reassign", "assign"]))  # fmt: skip
    def of_a_review(self, place: int, who: int, verdict: str, act: str) -> None:
        """An act upon the step at which a declaration stands, by anybody."""
        mine = self.declared(place)
        step = mine.steps.order_by("-number").first() if mine else None
        if step is None:
            return
        everybody = self.world.everybody
        by = everybody[who % len(everybody)]
        if act == "opine":
            self.tried(lambda: opine(step, by, verdict, self.now))
        elif act == "conclude":
            self.tried(lambda: reviewing.conclude(actor=by, now=self.now, step=step, verdict=verdict, why="如此"))
        elif act == "reassign":
            self.tried(lambda: reviewing.reassign(actor=by, now=self.now, step=step, why="接手"))
        else:
            self.tried(lambda: reviewing.assign(actor=None, now=self.now, step=step, person=by))

    @rule(place=st.integers(0, 2), who=st.integers(0, 30), act=st.sampled_from(["withdraw", "take-back", "return", ""]))
    def through_the_page_by_somebody_else(self, place: int, who: int, act: str) -> None:
        """The same acts through the pages, by those whose they are not: to them it is as if they were not there."""
        mine = self.declared(place)
        if mine is None:
            return
        wrong = [*self.world.others, *(one for code, one in self.world.secretaries.items() if code != OURS[place])]
        client = Client()
        client.force_login(wrong[who % len(wrong)])
        before = digest()
        address = reverse("on_declaration", args=[mine.pk, act]) if act else reverse("declaration", args=[mine.pk])
        answer = client.post(address, {"why": "x", "hand_in": "1", "item-first_agenda": "x"})
        led = client.post(reverse("pass_round", args=[mine.round_id]), {"why": "x"})
        assert (answer.status_code, led.status_code) == (404, 404)
        assert digest() == before

    @rule(stale=st.sampled_from([False, False, False, True]), anyway=st.sampled_from(["", "确有原因"]))
    def passed_on(self, stale: bool, anyway: str) -> None:
        """The round goes on to its next phase; asked for a phase that it has left, nothing happens."""
        this, before = self.this, digest()
        phase = "self_assessment" if stale else this.phase
        self.tried(lambda: pass_on(actor=None, now=self.now, round=this, expected=phase, why="提前完成", anyway=anyway))
        if stale and this.phase != "self_assessment":
            assert digest() == before

    @precondition(lambda self: self.now - NOW > timedelta(days=40))
    @rule(sure=st.integers(0, 9))
    def cancelled(self, sure: int) -> None:
        """Now and then a round is cancelled."""
        if sure == 0:
            self.tried(lambda: cancel_round(actor=None, now=self.now, round=self.this, why="上级决定"))

    @rule(days=st.sampled_from([0, 1, 3, 9, 30]))
    def time_goes_by(self, days: int) -> None:
        """Days pass; the clock does what is due, and asked again nothing more."""
        self.now += timedelta(days=days)
        self.clock()
        before = digest()
        self.clock()
        assert digest() == before

    def clock(self) -> None:
        clock.run_clock(self.now)
        notices.run_clock(now=self.now)
        life.lapse_and_expire(now=self.now)

    # -- what holds all the time --

    @invariant()
    def nothing_is_lost(self) -> None:
        """What was opened is there, in a state of the table; the branch's answers with it."""
        found = set(self.this.declarations.values_list("pk", flat=True))
        assert self.begun <= found
        self.begun = found
        assert len(found) in (0, len(OURS))

    @invariant()
    def everything_is_somebody_s(self) -> None:
        """What has not ended has an owner, who finds it, and a day by which."""
        this = self.this
        if this.ended_at is not None:
            return
        days = {one.phase: one.ends for one in calendar(this)}
        assert this.phase == PLANNED or days[this.phase]
        assert any(round_doors.leads(writing_scope(one, self.day), this) for one in self.world.people["league"])
        for mine in this.declarations.exclude(state__in=ENDED):
            state = rules.STATES.state(mine.state)
            assert state.owner
            assert state.within
            assert self.found_by(mine, state.owner), f"{mine.state} in {this.phase}: nobody finds it"

    @property
    def day(self) -> Any:
        return localdate(self.now)

    def found_by(self, mine: Declaration, owner: str) -> bool:
        """Whether its owner is told of it: the branch on its declaration, a reviewer among what waits; while it stands
        between two phases whoever leads the round and passes it on.
        """
        step = Step.objects.filter(declaration=mine, due__isnull=False).order_by("-number").first()
        if owner == rules.BRANCH:
            code = next(code for code in OURS if declaration_of(self.this, code) == mine)
            scope = writing_scope(self.world.secretaries[code], self.day)
            before = self.this.phase in declaring.BEFORE_THE_FREEZE
            return declaration_doors.fills_in(scope, mine) and (
                before or (step is not None and step.state == "returned")
            )
        if step is None:
            return self.this.phase in ("ballots", "self_assessment", "scoring", "visits")
        waits = any(doors.waiting(one, self.day).filter(pk=step.pk).exists() for one in self.world.everybody)
        return waits or step.escalates_on >= self.day - timedelta(days=30)  # where nobody reviews it goes upward

    # -- the end --

    def comes_to_its_end(self) -> None:
        """With the clock, those whom things wait for and whoever leads the round, it ends with all that is in it."""
        for _turn in range(40):
            if self.this.ended_at is not None:
                break
            self.now += timedelta(days=30)
            self.clock()
            for mine in self.this.declarations.filter(state=rules.FROZEN):
                self.judged(mine)
            this = self.this
            if this.phase != "review" or not this.declarations.filter(state=rules.FROZEN).exists():
                with suppress(Refusal), transaction.atomic():
                    pass_on(actor=None, now=self.now, round=this, expected=this.phase, why="到期", anyway="到期")
        assert self.this.phase in (CLOSED, CANCELLED), f"stuck in {self.this.phase}"
        if self.this.phase == CLOSED:
            assert set(self.this.declarations.values_list("state", flat=True)) <= set(ENDED)
            assert not doors.unfinished(self.this).exists()

    def judged(self, mine: Declaration) -> None:
        """Those whom the step waits for do what they can."""
        step = mine.steps.order_by("-number").first()
        if step is None:
            return
        every = doors.reviewers(step, self.day, doors.either)
        acts = [lambda by=by: reviewing.reassign(actor=by, now=self.now, step=step, why="接手") for by in every]
        acts += [lambda by=by: opine(step, by, "pass", self.now) for by in every]
        given: dict[str, Any] = {"now": self.now, "step": step, "why": "如此"}
        acts += [lambda by=by, said=said: reviewing.conclude(actor=by, verdict=said, **given)
                 for by in every for said in ("pass", "return", "reject")]  # fmt: skip
        for act in acts:
            with suppress(Refusal), transaction.atomic():
                act()


def walk(examples: int, steps: int) -> None:
    world = World()
    machine = type("Walked", (Walk,), {"world": world})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None)
    )


@pytest.mark.one_store
def test_no_walk_of_legal_and_illegal_acts_loses_a_declaration_or_leaves_it_stuck() -> None:
    walk(5, 25)


@pytest.mark.long
@pytest.mark.one_store
@pytest.mark.release
def test_nor_do_many_long_walks() -> None:
    walk(20, 60)
