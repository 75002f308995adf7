"""What is done with forms: proposed, agreed to or refused by another person, withdrawn, said to be of use; what
branches say of one, and what its owner answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.burden import doors, existing
from baolei.burden.models import LONGEST_BOX, LONGEST_WORDS, Box, Complaint, DuplicateRefused, RegisteredForm
from baolei.burden.register import addressed
from baolei.ledger.actions import record
from baolei.organisations import doors as tree_doors
from baolei.organisations.doors import writing_scope
from baolei.organisations.models import OrganisationState, UnitState, lineage
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import asked
from baolei.programme.alike import Match, plain
from baolei.programme.asked import Asking
from baolei.programme.personal import personal
from baolei.warehouse.rulebook import forms as form_rules
from baolei.warehouse.rulebook import workdays


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it is proposed; `asks` are its boxes. `insists`: why boxes are asked that are on record."""

    title: str
    basis: str
    often: str
    minutes: int
    begins: date
    ends: date
    asks: Sequence[str]
    fields: Sequence[str] = ()
    kinds: Sequence[str] = ()
    insists: str = ""

    def asking(self, path: str) -> Asking:
        """It as it would ask the branches below a place."""
        return Asking("", path, form_rules().often[self.often].months, self.begins, self.ends, len(self.asks),
                      self.minutes, frozenset(self.fields), frozenset(self.kinds))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a proposal: the form, or the boxes for which it was refused, with what each is on record as."""

    form: RegisteredForm | None
    refused: tuple[tuple[str, Match], ...] = ()


def must_be_possible(draft: Draft, unit: UnitState) -> None:
    """Refuse what no form may be. Raises FormRefused and NotPossible."""
    rules = form_rules()
    asked.must_be_lawful([draft.title, *draft.asks], rules)
    asked.must_be_sound(draft.asking(unit.path), draft.asks, rules)
    if any(len(one) > LONGEST_BOX for one in draft.asks):
        raise NotPossible(_("a box asks in %(most)d characters at most: shorten it") % {"most": LONGEST_BOX})


@transaction.atomic
def propose(*, actor: Account, now: datetime, unit: UnitState, draft: Draft, why: str) -> Outcome:
    """Propose a form of one's own unit. Boxes that are on record refuse it, which is kept and counted; unless the draft
    insists, with a reason: then the second person decides on that too. Raises FormRefused and NotPossible.
    """
    today = localdate(now)
    if not doors.own_units(actor, today).filter(pk=unit.pk).exists():
        raise NotPossible(_("a form is proposed by the organisation department of the unit that asks"))
    must_be_possible(draft, unit)
    if draft.begins < today:
        raise NotPossible(_("%(day)s is past: a form begins today at the earliest") % {"day": draft.begins})
    found = existing.looked_up(draft.asks, unit.path, today)
    doubled = tuple((asks, on[0]) for asks, on in found if existing.same(on))
    if doubled and not draft.insists.strip():
        _refused(doubled, unit, draft.title, actor, now)
        return Outcome(None, doubled)
    made: RegisteredForm = RegisteredForm.objects.create(
        unit=unit.unit, path=unit.path, title=draft.title, basis=draft.basis, fields=list(draft.fields),
        kinds=list(draft.kinds), often=draft.often, minutes=draft.minutes, begins=draft.begins, ends=draft.ends,
        branches=addressed(draft.asking(unit.path), today), insists=draft.insists.strip() if doubled else "",
        proposed_by=actor, proposed_on=today,
    )  # fmt: skip
    Box.objects.bulk_create(
        Box(form=made, place=place, asks=asks, found=[existing.told(one) for one in on], duplicate=existing.same(on))
        for place, (asks, on) in enumerate(found, 1)
    )
    _recorded("propose", made, actor, now, why=why, after={"title": made.title, "branches": made.branches})
    return Outcome(made)


@transaction.atomic
def agree(*, actor: Account, now: datetime, form: RegisteredForm, why: str, override: bool = False) -> RegisteredForm:
    """Agree to a form, as the second person; where it asks what is on record only with `override`, and the reason.

    Raises NotPossible.
    """
    this = _waiting(form, actor, now)
    if this.boxes.filter(duplicate=True).exists() and not override:
        raise NotPossible(_("it asks what is on record: refuse it, or say that it is asked all the same, and why"))
    if this.ends < localdate(now):
        raise NotPossible(_("it would have expired on %(day)s: have it proposed anew") % {"day": this.ends})
    return _decided(this, RegisteredForm.AGREED, actor, now, why)


@transaction.atomic
def refuse(*, actor: Account, now: datetime, form: RegisteredForm, why: str) -> RegisteredForm:
    """Refuse a form, with a reason; its boxes that are on record count as duplicates refused. Raises NotPossible."""
    this = _waiting(form, actor, now)
    home = UnitState.objects.filter(unit=this.unit_id).order_by("-since")[0]
    doubled = [(one.asks, one.found[0]["name"]) for one in this.boxes.filter(duplicate=True)]
    _kept_as_refused(doubled, home, this.title, this.proposed_by, localdate(now))
    return _decided(this, RegisteredForm.REFUSED, actor, now, why)


@transaction.atomic
def withdraw(*, actor: Account, now: datetime, form: RegisteredForm, why: str) -> RegisteredForm:
    """Withdraw a form of one's own unit, proposed or in force: from now on nobody is asked. Raises NotPossible."""
    this = _kept_by(form, actor, now)
    this.state, this.ended_on = RegisteredForm.WITHDRAWN, localdate(now)
    this.save(update_fields=["state", "ended_on"])
    _recorded("withdraw", this, actor, now, why=why)
    return this


@transaction.atomic
def note_use(*, actor: Account, now: datetime, form: RegisteredForm, why: str) -> RegisteredForm:
    """Say what a form was used for; one of which nobody does is on the list to be pruned. Raises NotPossible."""
    this = _kept_by(form, actor, now)
    if this.state != RegisteredForm.AGREED:
        raise NotPossible(_("it is not in force: only what is asked can be of use"))
    this.used_on, this.used_for = localdate(now), why
    this.save(update_fields=["used_on", "used_for"])
    _recorded("use", this, actor, now, why=why)
    return this


# ---- what branches say ----


@transaction.atomic
def complain(
    *, actor: Account, now: datetime, state: OrganisationState, about: RegisteredForm | str, kind: str, words: str = ""
) -> Complaint:
    """Say, for a branch, of a form (or by its code of one of the house's own) that it is asked twice, or not needed.

    In the ledger it stands with the form and without whoever said it: a complaint is not used against the complainer.
    Raises NotPossible.
    """
    today = localdate(now)
    if not tree_doors.itself(writing_scope(actor, today), state):
        raise NotPossible(_("only the branch itself says what it thinks of a form"))
    if kind not in dict(Complaint.KINDS):
        raise NotPossible(_("choose: asked twice, or not needed"))
    registered = None if isinstance(about, str) else about
    house = about if isinstance(about, str) else ""
    there: Complaint | None = Complaint.objects.filter(
        organisation=state.organisation_id, form=registered, house=house, kind=kind, answered_on=None
    ).first()
    if there is not None:
        return there
    home = UnitState.objects.on(today).get(unit=state.unit_id)
    made: Complaint = Complaint.objects.create(
        form=registered, house=house, organisation=state.organisation, kind=kind, words=_clean(words), on=today,
        owner=registered.path if registered else lineage(home.path)[0],
        due=workdays().after(today, form_rules().number("answer_days")),
    )  # fmt: skip
    record(actor=None, act="burden.complain", subject=_subject(made), path=made.owner, now=now)
    return made


@transaction.atomic
def answer(*, actor: Account, now: datetime, complaint: Complaint, words: str) -> Complaint:
    """Answer a complaint, for the owner of the form; once. Raises NotPossible."""
    this: Complaint = Complaint.objects.select_for_update(of=("self",)).get(pk=complaint.pk)
    if not doors.keeps(actor, localdate(now), this.owner):
        raise NotPossible(_("the owner of the form answers"))
    if this.answered_on:
        raise NotPossible(_("it was answered on %(day)s") % {"day": this.answered_on})
    if not (said := _clean(words)):
        raise NotPossible(_("write what is done about it, or why not"))
    this.answer, this.answered_on, this.answered_by = said, localdate(now), actor
    this.save(update_fields=["answer", "answered_on", "answered_by"])
    record(actor=actor, act="burden.answer", subject=_subject(this), path=this.owner, now=now)
    return this


def _clean(words: str) -> str:
    """Some words, without what never belongs there. Raises NotPossible."""
    if found := personal(words):
        raise NotPossible(_("%(what)s stands in it: leave it out") % {"what": found.say(get_language() or "")})
    if len(words.strip()) > LONGEST_WORDS:
        raise NotPossible(_("%(most)d characters at most") % {"most": LONGEST_WORDS})
    return words.strip()


def _subject(one: Complaint) -> str:
    return f"form:{one.form_id or one.house}"


# ---- parts ----


def _held(form: RegisteredForm) -> RegisteredForm:
    found: RegisteredForm = RegisteredForm.objects.select_for_update(of=("self",)).get(pk=form.pk)
    return found


def _waiting(form: RegisteredForm, actor: Account, now: datetime) -> RegisteredForm:
    this = _held(form)
    if this.state != RegisteredForm.PROPOSED:
        raise NotPossible(_("it is decided already: %(state)s") % {"state": this.get_state_display()})
    if not doors.may_agree(actor, localdate(now), this):
        raise NotPossible(_("another person decides, of the organisation department of a banner or above"))
    return this


def _kept_by(form: RegisteredForm, actor: Account, now: datetime) -> RegisteredForm:
    this = _held(form)
    if not doors.keeps(actor, localdate(now), this.path):
        raise NotPossible(_("only the unit that asks does that, or one above it"))
    if this.state not in (RegisteredForm.PROPOSED, RegisteredForm.AGREED):
        raise NotPossible(_("it is over already: %(state)s") % {"state": this.get_state_display()})
    return this


def _decided(this: RegisteredForm, state: str, actor: Account, now: datetime, why: str) -> RegisteredForm:
    if not why.strip():
        raise NotPossible(_("write why"))
    this.state, this.reason, this.decided_by, this.decided_on = state, why.strip(), actor, localdate(now)
    this.save(update_fields=["state", "reason", "decided_by", "decided_on"])
    _recorded("agree" if state == RegisteredForm.AGREED else "refuse", this, actor, now, why=this.reason,
              after={"duplicates": this.boxes.filter(duplicate=True).count()})  # fmt: skip
    return this


def _refused(
    doubled: Sequence[tuple[str, Match]], unit: UnitState, title: str, actor: Account, now: datetime
) -> None:  # fmt: skip
    _kept_as_refused([(asks, one.known.name) for asks, one in doubled], unit, title, actor, localdate(now))
    record(actor=actor, act="burden.duplicate", subject=f"unit:{unit.unit_id}", path=unit.path, now=now,
           after={"title": title, "duplicates": len(doubled)})  # fmt: skip


def _kept_as_refused(
    doubled: Sequence[tuple[str, str]], unit: UnitState, title: str, by: Any, today: date
) -> None:  # fmt: skip
    fillers = form_rules().fillers
    DuplicateRefused.objects.bulk_create(
        (
            DuplicateRefused(unit_id=unit.unit_id, path=unit.path, on=today, title=title, asks=asks, found=name[:200],
                             plain=plain(asks, fillers)[:LONGEST_BOX], by=by)
            for asks, name in doubled
        ),
        ignore_conflicts=True,
    )  # fmt: skip


def _recorded(
    what: str, this: RegisteredForm, actor: Account, now: datetime, *, why: str = "", after: Any = None
) -> None:
    record(actor=actor, act=f"burden.{what}", subject=f"form:{this.pk}", path=this.path, now=now, why=why, after=after)
