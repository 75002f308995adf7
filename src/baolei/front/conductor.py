"""The conductor: what happens when a round passes into a phase, one step for each, in the order of the programme.

A passage is one transaction: the round stands in one phase or in the next, and what the phase begins with is done or is
not. Doing a passage twice changes nothing. The rooms know nothing of one another; here they are called in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from baolei.ballots import clock as polling
from baolei.declarations import actions as declarations
from baolei.declarations import papers
from baolei.figures import readings
from baolei.front import passages
from baolei.matters import nightly
from baolei.naming import life
from baolei.notices import actions as notices
from baolei.people.models import Account
from baolei.programme.phases import CLOSED
from baolei.rectification import actions as rectification
from baolei.reviews import clock as reviewing
from baolei.reviews import entering as reviews
from baolei.rounds.actions import pass_phase
from baolei.rounds.models import Round
from baolei.training import coverage, rosters
from baolei.wishes import clock as wishing

Step = Callable[[Account | None, datetime, Round], None]


def _open_declarations(actor: Account | None, now: datetime, this: Round) -> None:
    declarations.open_all(actor=actor, now=now, round=this)


def _freeze(actor: Account | None, now: datetime, this: Round) -> None:
    declarations.freeze(actor=actor, now=now, round=this)


def _begin_reviews(actor: Account | None, now: datetime, this: Round) -> None:
    reviews.begin_all(actor=actor, now=now, round=this)


def _all_concluded(actor: Account | None, now: datetime, this: Round) -> None:
    declarations.all_concluded(this)


STEPS: tuple[tuple[str, Step], ...] = (
    ("self_assessment", _open_declarations),
    ("scoring", _freeze),
    ("review", _begin_reviews),
    (CLOSED, _all_concluded),
)
"""What is done as a phase begins, by the phase."""


@transaction.atomic
def pass_on(*, actor: Account | None, now: datetime, round: Round, expected: str, why: str, anyway: str = "") -> Round:
    """Pass a round on from the phase that was expected, and do what the next one begins with. Raises Refusal.

    Where it has left that phase already nothing is done: what a phase begins with is done once. `anyway` is the reason
    to go on without what the next phase needs, where the rules let it be waived.
    """
    before = Round.objects.select_for_update().get(pk=round.pk).phase
    this = pass_phase(actor=actor, now=now, round=round, expected=expected, why=why)
    if this.phase != before:
        reviewing.catch_up(now)  # what branches took back or mended meanwhile is not counted as waiting
        passages.ready(actor=actor, now=now, round=this, anyway=anyway)
        for phase, step in STEPS:
            if phase == this.phase:
                step(actor, now, this)
    return this


def tick() -> None:
    """What happens of itself as time goes by; the worker asks every minute, and asking twice changes nothing."""
    now = timezone.now()
    polling.run_clock(now=now)
    reviewing.run_clock(now)
    notices.run_clock(now=now)
    life.lapse_and_expire(now=now)
    rectification.run_clock(now=now)
    papers.run_clock(now=now)
    nightly.run_clock(now=now)
    rosters.forget(now)
    coverage.run_clock(now)
    readings.run_clock(now)
    wishing.run_clock(now)
