"""What is done with a list laid open: posted; objected to, with a receipt; acknowledged, answered, appealed; closed.

The ledger keeps of an objection its kind, the branch and the outcome: never its words, never who raised it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.naming import actions as naming_actions
from baolei.naming.models import Line, NamingList
from baolei.notices.choosing import chosen
from baolei.notices.models import FINAL, Objection, Posting
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.people.receipts import digest, draw
from baolei.people.sealing import seal, unseal
from baolei.programme import notice
from baolei.programme.naming import ADDED, STRUCK
from baolei.rounds.models import Round
from baolei.warehouse.rulebook import notice as notice_rules
from baolei.warehouse.rulebook import workdays

PHASE, PURPOSE = "notice", "objection"
STRIKE, ADD, CORRECT = CORRECTIONS = ("strike", "add", "correct")
"""What puts right what an objection found: the name goes, a name comes, something else that is said in the answer."""
OMISSION = "omission"
PER_HOUR = 60
"""So many objections a notice takes in an hour; more is a flood."""


@transaction.atomic
def post(*, actor: Account | None, now: datetime, round: Round, why: str) -> Posting:
    """Lay the list of a round open to everybody, for as many days as the rules say. Raises NotPossible."""
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    made = NamingList.objects.filter(round=this).first()
    if this.phase != PHASE:
        raise NotPossible(_("a list is laid open in the phase of the public notice: pass the round on first"))
    if made is None or not made.lines.filter(listed=True).exists():
        raise NotPossible(_("there is no name on the list: draw it up first"))
    if Posting.objects.filter(list=made).exists():
        raise NotPossible(_("the list of this round is laid open already"))
    days = notice.period(notice_rules(), localdate(now), workdays())
    posting: Posting = Posting.objects.create(
        list=made, first=days.first, last=days.last, posted_by=actor, posted_at=now
    )
    record(actor=actor, act="notices.post", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           after={"from": days.first.isoformat(), "to": days.last.isoformat(),
                  "listed": made.lines.filter(listed=True).count()})  # fmt: skip
    return posting


@transaction.atomic
def object_to(
    *, now: datetime, posting: Posting, line: Line, kind: str, words: str, name: str = "", contact: str = ""
) -> tuple[Objection, str]:
    """Take an objection in, from whoever it is; the objection, and the receipt that only the objector gets.

    Raises ObjectionRefused, NotPossible for a line that is not of this notice, or where too many come in at once.
    """
    here: Posting = Posting.objects.select_for_update().select_related("list").get(pk=posting.pk)
    if line.list_id != here.list_id or line.listed == (kind == OMISSION):
        raise NotPossible(_("no such name is on the list: take the full name from the page"))
    day, rules = localdate(now), notice_rules()
    said = notice.Objection(kind, str(line.declaration_id), words, day, name.strip())
    asked = notice.lodge(said, notice.Notice(here.first, here.last), rules)
    _counted(here, now)
    until, receipt = notice.clocks(asked, day, workdays()), draw()
    by = seal(json.dumps([name.strip(), contact.strip()]), PURPOSE) if name.strip() else ""
    made: Objection = Objection.objects.create(
        posting=here, line=line, kind=kind, words=words.strip(), by=by, code=digest(receipt), lodged=day,
        due=until.acknowledge, acknowledge_by=until.acknowledge, answer_by=until.answer, appeal_by=until.appeal,
    )  # fmt: skip
    recorded("object", made, None, now)
    return made, receipt


def _counted(here: Posting, now: datetime) -> None:
    if here.hour is None or now - here.hour >= timedelta(hours=1):
        here.hour, here.taken = now, 0
    if here.taken >= PER_HOUR:
        raise NotPossible(_("very many objections come in just now: try again in an hour"))
    here.taken += 1
    here.save()


def of_receipt(receipt: str) -> Objection:
    """The objection of a receipt. Raises NotPossible for one that is none."""
    found: Objection | None = _whole().filter(code=digest(receipt)).first()
    if found is None:
        raise NotPossible(_("no objection has this code: see that every sign is as on the receipt"))
    return found


def raised_by(objection: Objection) -> tuple[str, str]:
    """Name and contact of whoever raised it, for the eyes of who looks into it; empty words where none was given."""
    if not objection.by:
        return "", ""
    name, contact = json.loads(unseal(objection.by, PURPOSE))
    return str(name), str(contact)


# ---- by the office ----


@transaction.atomic
def acknowledge(*, actor: Account | None, now: datetime, objection: Objection) -> Objection:
    """Acknowledge an objection: an independent reviewer looks into it from now on. Raises Refusal."""
    mine = _held(objection)
    if kind_of(mine).passed_to is not None:
        raise NotPossible(_("this is not answered here: pass it on to the body that looks into it"))
    mine.state = notice.next_state(mine.state, "acknowledge", "office")
    _assign(mine, localdate(now), 1)
    mine.due = mine.answer_by
    return _kept("acknowledge", mine, actor, now)


@transaction.atomic
def pass_on(*, actor: Account | None, now: datetime, objection: Objection) -> Objection:
    """Note that an objection was passed on to the body that looks into such matters. Raises Refusal."""
    mine = _held(objection)
    if kind_of(mine).passed_to is None:
        raise NotPossible(_("objections of this kind are answered here"))
    mine.state, mine.due = notice.next_state(mine.state, "pass_on"), None
    return _kept("pass_on", mine, actor, now)


@transaction.atomic
def reassign(*, actor: Account | None, now: datetime, objection: Objection) -> Objection:
    """Have somebody else, one level higher, look into what was not answered in time; or find somebody for an appeal
    that nobody looks into yet. Raises Refusal.
    """
    mine, day = _held(objection), localdate(now)
    if mine.state == "appealed" and mine.appeal_handler_id is None:
        if not _assign_appeal(mine, day):
            raise _nobody()
        return _kept("reassign", mine, actor, now)
    mine.state = notice.next_state(mine.state, "reassign", "above")
    _assign(mine, day, mine.up + 1)
    mine.due = mine.answer_by = workdays().after(day, kind_of(mine).answer)
    return _kept("reassign", mine, actor, now)


def _assign(mine: Objection, day: date, up: int) -> None:
    found = chosen(mine, day, up)
    if found is None:
        raise _nobody()
    mine.handler_id, mine.up = int(found.person), found.up


def _assign_appeal(mine: Objection, day: date) -> bool:
    """Somebody one level up; where the first look was at the top already, another independent person there."""
    found = chosen(mine, day, mine.up + 1) or chosen(mine, day, max(mine.up, 1))
    mine.appeal_handler_id = int(found.person) if found else None
    return found is not None


def _nobody() -> NotPossible:
    return NotPossible(
        _("no independent reviewer is left: give a reviewer's mandate to somebody outside the direct superior")
    )


# ---- by who looks into it ----


@transaction.atomic
def answer(
    *, actor: Account, now: datetime, objection: Objection, outcome: str, reason: str,
    corrections: Sequence[str] = (), document: str = "",
) -> Objection:  # fmt: skip
    """Answer an objection one looks into; what is to be struck or added is proposed at once, and the office agrees as
    the second person. Raises Refusal.
    """
    mine, day = _held(objection), localdate(now)
    if mine.handler_id != actor.pk:
        raise NotPossible(_("it is answered by who looks into it"))
    said = notice.Answer(outcome, reason, tuple(corrections))
    mine.state = notice.next_state(mine.state, "answer", "handler")
    mine.outcome, mine.reason, mine.corrections, mine.answered_on = outcome, reason.strip(), list(corrections), day
    mine.appeal_by = notice.clocks(kind_of(mine), mine.lodged, workdays(), answered=day).appeal
    mine.due = mine.appeal_by
    _put_right(mine, actor, now, said, document)
    return _kept("answer", mine, actor, now)


@transaction.atomic
def answer_appeal(
    *, actor: Account, now: datetime, objection: Objection, outcome: str, reason: str,
    corrections: Sequence[str] = (), document: str = "",
) -> Objection:  # fmt: skip
    """Answer the appeal one looks into: with it the objection ends. Raises Refusal."""
    mine = _held(objection)
    if mine.appeal_handler_id != actor.pk:
        raise NotPossible(_("it is answered by who looks into it"))
    said = notice.Answer(outcome, reason, tuple(corrections))
    mine.state, mine.due = notice.next_state(mine.state, "answer", "above"), None
    mine.appeal_outcome, mine.appeal_reason = outcome, reason.strip()
    mine.corrections = [*mine.corrections, *corrections]
    _put_right(mine, actor, now, said, document)
    return _kept("answer_appeal", mine, actor, now)


def _put_right(mine: Objection, actor: Account, now: datetime, said: notice.Answer, document: str) -> None:
    for correction, act in ((STRIKE, STRUCK), (ADD, ADDED)):
        if correction not in said.corrections:
            continue
        line = Line.objects.select_for_update().get(pk=mine.line_id)
        if line.proposed and line.proposed != act:
            raise NotPossible(_("something else is proposed for this name: it has to be decided first"))
        if not line.proposed:
            naming_actions.propose(actor=actor, now=now, line=line, act=act, reason=said.reason[:500],
                                   document=document, sets_aside=mine.own)  # fmt: skip


# ---- by whoever raised it ----


def withdraw(*, now: datetime, receipt: str) -> Objection:
    """Take one's own objection back. Raises Refusal."""
    return taken_back(of_receipt(receipt), None, now)


def appeal(*, now: datetime, receipt: str, words: str) -> Objection:
    """Appeal against an answer: somebody one level up looks into it. Raises Refusal.

    Where nobody independent is there at once, it is taken up all the same, and the clock looks for somebody each day.
    """
    return appealed(of_receipt(receipt), None, now, words)


@transaction.atomic
def taken_back(objection: Objection, actor: Account | None, now: datetime) -> Objection:
    """An objection taken back by whoever raised it; `actor` where that is a branch. Raises Refusal."""
    mine = _held(objection)
    mine.state, mine.due = notice.next_state(mine.state, "withdraw", "objector"), None
    return _kept("withdraw", mine, actor, now)


@transaction.atomic
def appealed(objection: Objection, actor: Account | None, now: datetime, words: str) -> Objection:
    """An objection appealed by whoever raised it; `actor` where that is a branch. Raises Refusal."""
    mine, day = _held(objection), localdate(now)
    state = notice.next_state(mine.state, "appeal", "party")
    if day > mine.appeal_by:
        raise NotPossible(
            _("the days of the appeal are over: it could be made until %(day)s") % {"day": mine.appeal_by}
        )
    if mine.outcome == notice.UPHELD:
        raise NotPossible(_("it was upheld: there is nothing to appeal against"))
    if not words.strip():
        raise NotPossible(_("say why the answer is wrong"))
    mine.state, mine.appeal_words = state, words.strip()
    mine.due = workdays().after(day, kind_of(mine).appeal_answer)
    _assign_appeal(mine, day)
    return _kept("appeal", mine, actor, now)


# ---- by the clock ----


@transaction.atomic
def run_clock(*, now: datetime) -> dict[str, int]:
    """By the clock: assign what nobody acknowledged, pass upward what nobody answered, settle what nobody appealed,
    close notices whose days are over. How many of each. Done again it changes nothing.
    """
    day, done = localdate(now), {"assigned": 0, "escalated": 0, "settled": 0}
    for mine in _whole().select_for_update(of=("self",)).filter(due__lt=day):
        what = _moved(mine, day)
        if what:
            done[what] += 1
            mine.save()
    for mine in _whole().select_for_update(of=("self",)).filter(state="appealed", appeal_handler=None):
        if _assign_appeal(mine, day):
            done["assigned"] += 1
            mine.save()
    open_ones = Objection.objects.exclude(state__in=FINAL).values("posting")
    over = Posting.objects.filter(closed_at=None, last__lt=day).exclude(pk__in=open_ones).update(closed_at=now)
    told = {**done, "notices": over}
    if any(told.values()):
        record(actor=None, act="notices.clock", now=now, after=told)
    return told


def _moved(mine: Objection, day: date) -> str:
    """What the clock does with one whose day has passed; '' for nothing."""
    late, kind = notice.OBJECTION.state(mine.state).late, kind_of(mine)
    if late == "assign" and kind.passed_to is None:
        found = chosen(mine, day, 1)
        if found is None:
            return ""
        mine.handler_id, mine.up, mine.due = int(found.person), found.up, max(mine.answer_by, day)
        mine.state = notice.next_state(mine.state, late, "clock")
        return "assigned"
    if late == "escalate":
        mine.state, mine.due = notice.next_state(mine.state, late, "clock"), workdays().after(day, kind.acknowledge)
        return "escalated"
    if late == "settle":
        mine.state, mine.due = notice.next_state(mine.state, late, "clock"), None
        return "settled"
    return ""


# ---- what they have in common ----


def kind_of(objection: Objection) -> notice.ObjectionKind:
    """Its kind, with its clocks."""
    return notice_rules().kinds[objection.kind]


def _whole() -> Any:
    return Objection.objects.select_related("posting__list__round", "line__declaration")


def _held(objection: Objection) -> Objection:
    mine: Objection = _whole().select_for_update(of=("self",)).get(pk=objection.pk)
    return mine


def _kept(what: str, mine: Objection, actor: Account | None, now: datetime) -> Objection:
    mine.save()
    recorded(what, mine, actor, now)
    return mine


def recorded(what: str, mine: Objection, actor: Account | None, now: datetime) -> None:
    """Put it on record: kind, branch and outcome. Of whoever raised it nothing, so nothing can be found out."""
    after = {"kind": mine.kind} | ({"outcome": mine.came_to} if mine.came_to else {})
    declared = mine.line.declaration
    record(actor=actor, act=f"notices.{what}", subject=f"organisation:{declared.organisation_id}", path=declared.path,
           now=now, after=after)  # fmt: skip
