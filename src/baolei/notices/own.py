"""What a branch does about its own name 党支部申诉: not on the list, struck off it or turned down by the review, it
objects by its own page, within days of its own, and it is looked into as every objection is.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.naming.models import Line
from baolei.notices import actions
from baolei.notices.models import Objection, Posting
from baolei.organisations.directory import names_of
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.people.receipts import digest
from baolei.programme import notice
from baolei.programme.naming import STRUCK
from baolei.rounds.models import Round
from baolei.warehouse.rulebook import notice as notice_rules
from baolei.warehouse.rulebook import workdays


def days_of(since: date) -> notice.Notice:
    """The days in which a branch objects, from the day on which it could read that it is not on the list."""
    rules = notice_rules()
    return notice.period(rules, since, workdays(), days=rules.numbers["sheet_days"].value)


def days_for(line: Line, posting: Posting) -> notice.Notice:
    """The same for one line: from the notice on, or from the day on which it was struck since."""
    struck = line.decided_on if line.act == STRUCK else None
    return days_of(max(posting.first, struck or posting.first))


def open_until(this: Round) -> date | None:
    """The last day on which a branch of a round may object; None before its list is laid open."""
    posting = Posting.objects.filter(list__round=this).first()
    if posting is None:
        return None
    first: date = posting.first
    last: date = posting.last
    off = posting.list.lines.filter(listed=False)
    if not off.exists():
        return last
    struck: date | None = off.filter(act=STRUCK).aggregate(last=Max("decided_on"))["last"]
    return max(last, days_of(max(first, struck or first)).last)


def may_object(line: Line, posting: Posting, day: date) -> bool:
    """Whether the branch of a line may object now: it is not listed, in its days, and no objection of its own is open
    or was answered.
    """
    spoken = Objection.objects.filter(line=line, own=True).exclude(state="withdrawn")
    return not line.listed and not line.proposed and days_for(line, posting).open(day) and not spoken.exists()


@transaction.atomic
def object_as_branch(*, actor: Account, now: datetime, line: Line, kind: str, words: str) -> Objection:
    """Take in what a branch holds against its own name being missing. Raises ObjectionRefused, NotPossible."""
    mine = Line.objects.select_for_update().select_related("list", "declaration").get(pk=line.pk)
    posting = Posting.objects.select_related("list__round").filter(list=mine.list_id).first()
    day = localdate(now)
    if posting is None:
        raise NotPossible(_("the list has not been laid open: look again when it is"))
    if mine.listed:
        raise NotPossible(_("the branch is on the list: there is nothing to object to"))
    if not may_object(mine, posting, day) and days_for(mine, posting).open(day):
        raise NotPossible(_("the branch has objected already, or a change of its name waits: follow that first"))
    name = names_of([mine.declaration.organisation_id]).get(mine.declaration.organisation_id, "")
    said = notice.Objection(kind, str(mine.declaration_id), words, day, name)
    asked = notice.lodge(said, days_for(mine, posting), notice_rules())
    if asked.passed_to is not None:
        raise NotPossible(_("this is not answered here: hand it to the body that looks into such matters"))
    until = notice.clocks(asked, day, workdays())
    made: Objection = Objection.objects.create(
        posting=posting, line=mine, kind=kind, words=words.strip(), own=True, lodged=day, due=until.acknowledge,
        code=digest(secrets.token_hex(32)), acknowledge_by=until.acknowledge, answer_by=until.answer,
        appeal_by=until.appeal,
    )  # fmt: skip
    Posting.objects.filter(pk=posting.pk).update(closed_at=None)
    actions.recorded("object", made, actor, now)
    return made


def withdraw(*, actor: Account, now: datetime, objection: Objection) -> Objection:
    """Take the own branch's objection back. Raises Refusal."""
    return actions.taken_back(objection, actor, now)


def appeal(*, actor: Account, now: datetime, objection: Objection, words: str) -> Objection:
    """Appeal against the answer to the own branch's objection: somebody one level up looks into it. Raises Refusal."""
    return actions.appealed(objection, actor, now, words)


def lines_of(organisations: Any, this: Round) -> Any:
    """The lines of some organisations on the list of a round that are not on it."""
    return Line.objects.filter(
        list__round=this, listed=False, declaration__organisation__in=organisations
    ).select_related("list__posting", "declaration")  # fmt: skip
