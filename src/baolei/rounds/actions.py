"""What is done with a round: opened, its calendar changed, passed from phase to phase, cancelled.

Passing on leaves nothing half-done: what a phase begins with is done in the same transaction by the conductor, who
calls `pass_phase` first.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.organisations.models import Unit
from baolei.organisations.units import NotPossible, standing_on
from baolei.people.models import Account
from baolei.programme import phases
from baolei.programme.phases import CANCELLED, CLOSED, PLANNED
from baolei.rounds.models import Round, Span
from baolei.standards.at_hand import at_hand
from baolei.warehouse.rulebook import round_rules, workdays


@transaction.atomic
def open_round(
    *, actor: Account | None, now: datetime, unit: Unit, name: str, year: int, edition: str, begins: date, basis: str,
    document: str, why: str,
) -> Round:  # fmt: skip
    """Open a round for a unit and everything below it, planned to begin on a day. Raises NotPossible."""
    rules, today = round_rules(), localdate(now)
    state = standing_on(unit, today)
    if state.level not in rules.levels:
        raise NotPossible(
            _("%(unit)s opens no round: a title needs the approval of a county or a level above it")
            % {"unit": state.name}
        )
    if not document.strip():
        raise NotPossible(_("a round stands on something: enter the number of the approval, or why it needs none"))
    if Round.objects.exclude(phase=CANCELLED).filter(unit=unit, year=year).exists():
        raise NotPossible(
            _("%(unit)s has a round for %(year)s already: go on with it, or cancel it first")
            % {"unit": state.name, "year": year}
        )
    standard = at_hand(edition)
    this = Round.objects.create(
        name=name, year=year, unit=unit, path=state.path, edition=edition, digest=standard.digest, basis=basis,
        document=document.strip(), opened_by=actor, opened_at=now,
    )  # fmt: skip
    _put(this, phases.planned(rules, begins, workdays()))
    record(actor=actor, act="rounds.open", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           after={"title": name, "year": year, "edition": edition, "sha256": standard.digest, "basis": basis,
                  "document": this.document, "from": begins.isoformat()})  # fmt: skip
    return this


@transaction.atomic
def extend_phase(
    *, actor: Account | None, now: datetime, round: Round, phase: str, ends: date, why: str
) -> tuple[phases.Span, ...]:
    """Let a phase that has not ended yet end on another day; those after it move along. Raises Refusal."""
    this = _held(round)
    spans = calendar(this)
    old = next(one for one in spans if one.phase == phase)
    if this.phase in (CLOSED, CANCELLED) or phase in _passed(this):
        raise NotPossible(_("this phase is over: extend the present one, or one to come"))
    if ends < localdate(now):
        raise NotPossible(_("%(day)s is past: enter a day to come") % {"day": ends})
    new = phases.extended(spans, phase, ends, round_rules(), workdays())
    _put(this, new)
    record(actor=actor, act="rounds.extend", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           before={"phase": phase, "until": old.ends.isoformat()},
           after={"phase": phase, "until": ends.isoformat()})  # fmt: skip
    return new


@transaction.atomic
def pass_phase(*, actor: Account | None, now: datetime, round: Round, expected: str, why: str) -> Round:
    """Pass a round on to its next phase, from the one that was `expected`; twice is once. Raises Refusal.

    Before a phase's last day only with a reason; the ledger keeps it.
    """
    this = _held(round)
    if this.phase != expected:
        return this
    rules = round_rules()
    act = phases.BEGIN if this.phase == PLANNED else phases.PASS
    after = phases.table(rules).next_state(this.phase, act, phases.OFFICE)
    ends = {one.phase: one.ends for one in calendar(this)}
    if this.phase in ends and localdate(now) <= ends[this.phase] and not why.strip():
        raise NotPossible(
            _("%(phase)s lasts until %(day)s: wait, or say why it ends early")
            % {"phase": rules.phase(this.phase).name.say(get_language() or ""), "day": ends[this.phase]}
        )
    before, this.phase = this.phase, after
    this.ended_at = now if after == CLOSED else None
    this.save()
    record(actor=actor, act="rounds.pass", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           before={"phase": before}, after={"phase": after})  # fmt: skip
    return this


@transaction.atomic
def cancel_round(*, actor: Account | None, now: datetime, round: Round, why: str) -> Round:
    """Cancel a round: nobody is named by it. What was declared stays on record. Raises Refusal."""
    this = _held(round)
    after = phases.table(round_rules()).next_state(this.phase, phases.CANCEL, phases.OFFICE)
    before, this.phase, this.ended_at = this.phase, after, now
    this.save()
    record(actor=actor, act="rounds.cancel", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           before={"phase": before}, after={"phase": after})  # fmt: skip
    return this


def calendar(this: Round) -> tuple[phases.Span, ...]:
    """The phases of a round with their days, in order."""
    return tuple(phases.Span(one.phase, one.begins, one.ends) for one in this.spans.order_by("begins"))


def _passed(this: Round) -> set[str]:
    """The phases that are over."""
    codes = [one.code for one in round_rules().phases]
    return set(codes[: codes.index(this.phase)]) if this.phase in codes else set()


def _put(this: Round, spans: tuple[phases.Span, ...]) -> None:
    this.spans.all().delete()
    Span.objects.bulk_create([Span(round=this, phase=one.phase, begins=one.begins, ends=one.ends) for one in spans])


def _held(this: Round) -> Round:
    """The round as it stands now, held until the act is through."""
    found: Round = Round.objects.select_for_update().get(pk=this.pk)
    return found
