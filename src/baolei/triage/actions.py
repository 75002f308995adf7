"""What is done with a round that is scored: sorted by the criteria; then people decide, and the branch may answer.

No class and no candidate stands by itself: what the criteria propose is a proposal until somebody has decided it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.organisations.pouring import pour
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import triage as programme
from baolei.programme.decided import Decided
from baolei.programme.triage import CLASSES, Figures
from baolei.rectification import actions as cases
from baolei.rectification.models import Case
from baolei.rounds.models import Round
from baolei.scores.models import Run
from baolei.scores.running import must_be_whole
from baolei.triage.models import LONGEST_WORDS, Candidate, Sorted, Sorting
from baolei.triage.sorting import Before, Known, before, known, proposal, situations, was
from baolei.warehouse.rulebook import rectification, triage

SORTED = ("sorting_id", "declaration_id", "proposed", "why", "score", "was", "was_score", "asked", "decided",
          "reason", "answer", "answered_on")  # fmt: skip
RAISED = ("sorting_id", "declaration_id", "situation", "figures", "state", "reason", "answer", "answered_on")

Answers = dict[tuple[Any, ...], tuple[str, date | None]]
"""What branches have answered, by declaration, or by declaration and situation."""
NONE: tuple[str, None] = ("", None)


@transaction.atomic
def sort(
    *, actor: Account | None, now: datetime, round: Round, run: Run, why: str, also: Mapping[int, Figures] | None = None
) -> Sorting:
    """Sort a round by the criteria on the figures of a run and the findings of the day.

    `also`: further figures by organisation (columns of the rules), such as who is on the list of rectification. Once
    more, from the same run or a later one, it replaces what nobody has decided yet; answers of branches are kept.
    Raises NotPossible.
    """
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    old: Sorting | None = Sorting.objects.filter(round=this).first()
    _may_sort(this, run, old)
    branches, situations_ = _answers(old)
    if old is not None:
        old.delete()
    day, rules = localdate(now), triage()
    found, last = known(run, day, also), before(this, rules)
    made: Sorting = Sorting.objects.create(
        round=this, run=run, day=day, made_at=now, by=actor, expects=dict(last.expects), gone=_gone(last, found)
    )
    rows = list(_branches(made, found, last, branches))
    pour(Sorted, SORTED, rows)
    raised = [(made.pk, one.declaration, code, json.dumps(figures), Candidate.RAISED, "",
               *situations_.get((one.declaration, code), NONE))
              for one in found for code, figures in situations(one, rules)]  # fmt: skip
    pour(Candidate, RAISED, raised)
    record(actor=actor, act="triage.sort", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           after={"sha256": run.results, "organisations": len(rows), "candidates": len(raised),
                  "classes": dict(Counter(row[2] for row in rows))})  # fmt: skip
    return made


def _may_sort(this: Round, run: Run, old: Sorting | None) -> None:
    if this.ended_at:
        raise NotPossible(_("the round has ended: nothing is sorted in it any more"))
    must_be_whole(run, this)
    if old is None:
        return
    if run.pk < old.run_id:
        raise NotPossible(_("it was sorted from a later run already: choose that one or one after it"))
    undecided = old.candidates.filter(state=Candidate.RAISED).count() == old.candidates.count()
    if not undecided or old.branches.exclude(asked="").exists():
        raise NotPossible(_("people have decided on it already: decide single branches anew"))


def _answers(old: Sorting | None) -> tuple[Answers, Answers]:
    if old is None:
        return {}, {}
    said = ("answer", "answered_on")
    branches = old.branches.exclude(answer="").values_list("declaration_id", *said)
    raised = old.candidates.exclude(answer="").values_list("declaration_id", "situation", *said)
    return {row[:1]: row[1:] for row in branches}, {row[:2]: row[2:] for row in raised}


def _gone(last: Before, found: Sequence[Known]) -> list[list[str]]:
    here = {one.organisation for one in found}
    return sorted([last.paths[pk], year.code] for pk, year in last.years.items() if pk not in here)


def _branches(made: Sorting, found: Sequence[Known], last: Before, answers: Answers) -> Iterator[tuple[Any, ...]]:
    rules = triage()
    for one in found:
        code, why = proposal(one.figures, rules)
        yield (made.pk, one.declaration, code, json.dumps(why), one.figures["score"], *was(last, one.organisation),
               "", "", "", *answers.get((one.declaration,), NONE))  # fmt: skip


# ---- people decide ----


@transaction.atomic
def decide(*, actor: Account, now: datetime, sorted: Sorted, code: str, reason: str) -> Sorted:
    """Put a class forward for a branch, with a reason. It is decided where it follows what the criteria propose; where
    it departs, once another person agrees. Raises Refusal.
    """
    mine = _held(sorted)
    if code not in CLASSES:
        raise NotPossible(_("choose advanced, middle or lagging"))
    raised = Candidate.objects.filter(sorting=mine.sorting, declaration=mine.declaration, state=Candidate.RAISED)
    if raised.exists():
        raise NotPossible(_("situations were raised of this branch: confirm or dismiss each of them first"))
    before_ = {"class": mine.decided} if mine.decided else None
    mine.asked, mine.reason, mine.decided_by, mine.second = code, _said(reason, _("write why")), actor, None
    mine.decided, mine.decided_on = ("", None) if mine.departs else (code, localdate(now))
    mine.save()
    _recorded("propose" if mine.departs else "decide", mine, actor, now, why=mine.reason, before=before_,
              after={"proposed": mine.proposed, "class": code})  # fmt: skip
    return mine


@transaction.atomic
def agree(*, actor: Account, now: datetime, sorted: Sorted, why: str) -> Sorted:
    """Agree, as the second person, to a class that departs from what the criteria propose. Raises Refusal."""
    mine = _waiting(sorted)
    day = localdate(now)
    proposed = programme.Proposal(mine.proposed, mine.why["figures"])
    two = Decided(str(mine.decided_by_id), str(actor.pk), mine.reason, day)
    mine.decided, mine.second, mine.decided_on = programme.decide(proposed, mine.asked, two).code, actor, day
    mine.save()
    _recorded("decide", mine, actor, now, why=why, after={"proposed": mine.proposed, "class": mine.decided})
    return mine


@transaction.atomic
def decline(*, actor: Account, now: datetime, sorted: Sorted, why: str) -> Sorted:
    """Do not agree to a class that departs from what the criteria propose: the branch is undecided again."""
    mine = _waiting(sorted)
    asked, mine.asked, mine.reason, mine.decided_by = mine.asked, "", "", None
    mine.save()
    _recorded("decline", mine, actor, now, why=why, before={"class": asked})
    return mine


@transaction.atomic
def decide_candidate(*, actor: Account, now: datetime, candidate: Candidate, confirm: bool, reason: str) -> Candidate:
    """Confirm that a situation is so, or dismiss it, with a reason. Raises Refusal.

    A branch of which one is confirmed is on the list of weak and lax organisations: the criteria now propose that it is
    lagging, and people decide that too.
    """
    one: Candidate = Candidate.objects.select_for_update().get(pk=candidate.pk)
    _still_open(one.declaration.round)
    if one.state != Candidate.RAISED:
        raise NotPossible(_("this situation is decided already: it is raised anew when the round is next sorted"))
    one.reason, one.decided_by, one.decided_at = _said(reason, _("write why")), actor, now
    one.state = Candidate.CONFIRMED if confirm else Candidate.DISMISSED
    one.save()
    mine: Sorted = Sorted.objects.select_for_update().get(sorting=one.sorting, declaration=one.declaration)
    if confirm and not mine.asked:
        mine.proposed, mine.why = proposal({**mine.why["figures"], "on_the_list": True}, triage())
        mine.save(update_fields=["proposed", "why"])
    _recorded("confirm" if confirm else "dismiss", mine, actor, now, why=one.reason,
              after={"situation": one.situation, "proposed": mine.proposed})  # fmt: skip
    return one


@transaction.atomic
def open_case(*, actor: Account, now: datetime, candidate: Candidate, campaign: str, reason: str) -> Case:
    """Open a case of rectification for a candidate that people confirmed; the other confirmed situations of the branch
    that the campaign is about go into the same case. Raises Refusal.
    """
    one: Candidate = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if one.state != Candidate.CONFIRMED:
        raise NotPossible(_("a case is opened for a situation that was confirmed: decide it first"))
    rule = rectification().campaigns.get(campaign)
    others = Candidate.objects.filter(sorting=one.sorting, declaration=one.declaration, state=Candidate.CONFIRMED)
    codes = [code for code in others.order_by("situation").values_list("situation", flat=True)
             if rule is None or not rule.situations or code in rule.situations]  # fmt: skip
    return cases.open_case(
        actor=actor, now=now, organisation=one.declaration.organisation, campaign=campaign, situations=codes,
        origin=cases.Origin(Case.CANDIDATE, one.pk), reason=reason,
    )  # fmt: skip


# ---- the branch answers ----


@transaction.atomic
def answer(*, actor: Account | None, now: datetime, about: Sorted | Candidate, words: str) -> Sorted | Candidate:
    """What the branch says to its class, or to a situation that was raised; the later word holds. Raises Refusal."""
    one: Any = type(about).objects.select_for_update().get(pk=about.pk)
    _still_open(one.declaration.round)
    one.answer, one.answered_on = _said(words, _("write what the branch says")), localdate(now)
    one.save(update_fields=["answer", "answered_on"])
    _recorded("answer", one, actor, now,
              after={"situation": getattr(one, "situation", ""), "answer": one.answer})  # fmt: skip
    return about.__class__.objects.get(pk=about.pk)


def _held(one: Sorted) -> Sorted:
    found: Sorted = Sorted.objects.select_for_update().get(pk=one.pk)
    _still_open(found.declaration.round)
    return found


def _waiting(one: Sorted) -> Sorted:
    mine = _held(one)
    if not mine.waits:
        raise NotPossible(_("nothing waits for a second person here: look at what was decided"))
    return mine


def _still_open(this: Round) -> None:
    if this.ended_at:
        raise NotPossible(_("the round has ended: what was decided in it stands"))


def _said(words: str, otherwise: str) -> str:
    if not words.strip() or len(words) > LONGEST_WORDS:
        raise NotPossible(f"{otherwise} ({LONGEST_WORDS})" if words.strip() else otherwise)
    return words.strip()


def _recorded(
    what: str, one: Sorted | Candidate, actor: Account | None, now: datetime, *, why: str = "", before: Any = None,
    after: Any = None,
) -> None:  # fmt: skip
    mine = one.declaration
    record(actor=actor, act=f"triage.{what}", subject=f"organisation:{mine.organisation_id}", path=mine.path, now=now,
           why=why, before=before, after=after)  # fmt: skip
