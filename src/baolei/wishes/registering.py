"""A member registers with a community, once, of the own will; and withdraws whenever that pleases.

By the own account; without one, by the branch, which holds the member's written consent. No appraisal asks whether
somebody has registered, and no page shows who has not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.organisations.doors import held_by, writing_scope
from baolei.organisations.models import Member, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.organisations.villages import leading
from baolei.people.models import Account
from baolei.programme import wishes as rules
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import wishes as wish_rules
from baolei.wishes import doors
from baolei.wishes.ending import end
from baolei.wishes.models import LONGEST_DOCUMENT, Registration


@dataclass(frozen=True, slots=True)
class Asked:
    """A registration as it is entered: the community, skills by code, the last day."""

    unit: int
    skills: Sequence[str]
    until: date


@transaction.atomic
def register(*, actor: Account, now: datetime, asked: Asked, agreed: bool) -> Registration:
    """Register oneself. Raises Refusal."""
    member = doors.member_of(actor)
    if member is None:
        raise NotPossible(_("your account is linked to no member: ask whoever answers for your branch from above"))
    if not agreed:
        raise NotPossible(_("without your consent nothing is registered"))
    return _made(actor, now, member, asked, localdate(now), "")


@transaction.atomic
def register_on_paper(
    *, actor: Account, now: datetime, member: Member, asked: Asked, consented: date, document: str
) -> Registration:  # fmt: skip
    """Register a member of one's branch who has agreed in writing. Raises Refusal."""
    today, belongs = localdate(now), doors.branch_of(member.pk, localdate(now))
    if belongs is None or not held_by(writing_scope(actor, today), belongs.organisation_id):
        raise NotPossible(_("a member is registered by the own branch, or by the own account"))
    if consented > today:
        raise NotPossible(_("%(day)s has not come yet: enter the day on which it was signed") % {"day": consented})
    return _made(actor, now, member.pk, asked, consented, rules.screened(document, LONGEST_DOCUMENT))


def _made(
    actor: Account, now: datetime, member: int, asked: Asked, consented: date, document: str
) -> Registration:  # fmt: skip
    today, rule = localdate(now), wish_rules()
    Member.objects.select_for_update(no_key=True).get(pk=member)
    if Registration.objects.filter(member=member, ended=None).exists():
        raise NotPossible(_("somebody registers with one community at a time: withdraw there first"))
    home = doors.around(member, today).filter(unit=asked.unit).first()
    if home is None:
        raise NotPossible(_("choose a community of the banner in which the branch is at home"))
    if _own_branch_leads(member, asked.unit, today):
        raise NotPossible(_("your branch leads this community: whoever works there already does not register with it"))
    rules.registrable(today, asked.until, asked.skills, rule)
    made: Registration = Registration.objects.create(
        member_id=member, unit_id=asked.unit, skills=list(asked.skills), since=today, until=asked.until,
        consent=rule.consent(rules.REGISTRATION, consented).version, consented=consented, document=document, by=actor,
    )  # fmt: skip
    record(actor=actor, act="wishes.register", subject=f"registration:{made.pk}", path=home.path, now=now,
           after={"until": asked.until.isoformat()})  # fmt: skip
    return made


def _own_branch_leads(member: int, unit: int, today: date) -> bool:
    belongs = doors.branch_of(member, today)
    mine = OrganisationState.objects.on(today).filter(leading(), unit=unit)
    return belongs is not None and bool(mine.filter(organisation=belongs.organisation_id).exists())


def longest(today: date) -> date:
    """The last day that a registration may have."""
    return months_later(today, wish_rules().number("longest_months"))


# ---- the end ----


@transaction.atomic
def withdraw(*, actor: Account, now: datetime) -> Registration:
    """Withdraw; what was taken up and not done is open to others again. Raises NotPossible."""
    held = doors.registration_of(actor)
    if held is None:
        raise NotPossible(_("you are registered with no community"))
    return end(held, actor, now, Registration.WITHDRAWN)


@transaction.atomic
def withdraw_on_paper(*, actor: Account, now: datetime, registration: Registration) -> Registration:
    """Withdraw for a member of one's branch who asks for it, of those entered on paper. Raises NotPossible."""
    today = localdate(now)
    belongs = doors.branch_of(registration.member_id, today) if registration.member_id else None
    if belongs is None or not registration.document:
        raise NotPossible(_("whoever registered by the own account withdraws there"))
    if not held_by(writing_scope(actor, today), belongs.organisation_id):
        raise NotPossible(_("a member is registered by the own branch, or by the own account"))
    return end(registration, actor, now, Registration.WITHDRAWN)
