"""What is done with classes: one is recorded, once; its roster grows; what was entered in error is struck."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.organisations.doors import writing_scope
from baolei.organisations.models import Membership, OrganisationState, Post, UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.training import BRANCH, MEMBER, OFFICER, SECRETARY, Class, check, levels_of
from baolei.training import doors
from baolei.training.models import LONGEST_TITLE, Attendance, Missed, TrainingClass
from baolei.warehouse.rulebook import setup_rules
from baolei.warehouse.rulebook import training as training_rules

Host = UnitState | OrganisationState


@dataclass(frozen=True, slots=True)
class Held:
    """A class as it is entered; `absent` are members (pk) who missed a branch's own study."""

    title: str
    first: date
    last: date
    hours: int
    level: str
    audience: str
    concentrated: bool = False
    rotation: bool = False
    absent: Collection[int] = ()


@transaction.atomic
def record_class(*, actor: Account, now: datetime, host: Host, key: str, held: Held) -> TrainingClass:
    """Record a class of a unit or an organisation; sent a second time under the same key it is the first record. Of a
    branch it is the study of all its members but those absent. Raises NotPossible and TrainingRefused.
    """
    today = localdate(now)
    _mine(actor, host, today)
    there: TrainingClass | None = TrainingClass.objects.filter(key=key).first()
    if there is not None and belongs(there, host):
        return there
    _sayable(host, held, today)
    whole = tier(host) == BRANCH
    should = _absent_among(host, held) if isinstance(host, OrganisationState) and whole else 0
    made: TrainingClass = TrainingClass.objects.create(
        unit_id=host.unit_id if isinstance(host, UnitState) else None,
        organisation_id=host.organisation_id if isinstance(host, OrganisationState) else None,
        key=key, level=held.level, title=held.title.strip(), first=held.first, last=held.last, hours=held.hours,
        concentrated=held.concentrated, rotation=held.rotation, audience=held.audience, whole=whole,
        should_attend=should, absent=len(held.absent) if whole else 0, entered=today, by=actor,
    )  # fmt: skip
    if whole:
        Missed.objects.bulk_create(Missed(held=made, member_id=member) for member in sorted(held.absent))
    note("record", made, actor, now, host, after={"title": made.title, "day": made.last.isoformat(),
                                                     "class_hours": made.hours})  # fmt: skip
    return made


@transaction.atomic
def strike_class(*, actor: Account, now: datetime, held: TrainingClass, why: str) -> TrainingClass:
    """Strike a class that was recorded in error: it counts for nothing and stays to be seen. Raises NotPossible."""
    this, host = mine(actor, held, localdate(now))
    this.struck_on = localdate(now)
    this.save(update_fields=["struck_on"])
    note("strike", this, actor, now, host, why=why, before={"title": this.title, "day": this.last.isoformat()})
    return this


@transaction.atomic
def strike_attendance(*, actor: Account, now: datetime, attendance: Attendance, why: str) -> Attendance:
    """Strike somebody from a roster who did not attend. Raises NotPossible."""
    this, host = mine(actor, attendance.held, localdate(now))
    seat: Attendance = Attendance.objects.select_for_update(of=("self",)).get(pk=attendance.pk)
    if seat.struck_on:
        raise NotPossible(_("this entry was struck on %(day)s") % {"day": seat.struck_on})
    seat.struck_on = localdate(now)
    seat.save(update_fields=["struck_on"])
    note("strike_attendance", this, actor, now, host, why=why, before={"member": seat.member_id})
    return seat


def enter(held: TrainingClass, people: Mapping[int, int]) -> int:
    """Put people (by member the branch, both pk) on the roster of a class, each as what they were on its last day; who
    is there already stays. How many are new. Within the transaction of whoever decided so.
    """
    there = set(Attendance.objects.filter(held=held, struck_on=None).values_list("member", flat=True))
    new = {member: branch for member, branch in people.items() if member not in there}
    as_what = roles(new, held.last)
    Attendance.objects.bulk_create(
        Attendance(held=held, member_id=member, organisation_id=branch, role=as_what.get(member, MEMBER))
        for member, branch in sorted(new.items())
    )
    return len(new)


def roles(members: Iterable[int], day: date) -> dict[int, str]:
    """As what those of these members who held a post on a day attend: as secretary, or as one of a committee."""
    posts = Post.objects.on(day).filter(holder__in=list(members))
    found: dict[int, str] = {}
    for holder, kind, committee in posts.values_list("holder", "kind", "committee"):
        if kind == Post.SECRETARY:
            found[holder] = SECRETARY
        elif committee:
            found.setdefault(holder, OFFICER)
    return found


# ---- who, and what can be ----


def tier(host: Host) -> str:
    """What a host is to the rules: '' a unit, else the tier of the organisation's kind (`branch`, …)."""
    return "" if isinstance(host, UnitState) else setup_rules(date.max).kinds[host.kind].tier


def levels(host: Host) -> tuple[str, ...]:
    """The levels at which a host may hold a class, its own first; none for a village."""
    unit = host if isinstance(host, UnitState) else UnitState.objects.open().filter(unit=host.unit_id).first()
    return levels_of(unit.level if unit else len(training_rules().levels), tier(host), training_rules())


def invited(organisation: int, day: date) -> list[tuple[int, str]]:
    """The members of a branch on a day, by name."""
    found = Membership.objects.on(day).filter(organisation=organisation).order_by("member__name", "member")
    return [(pk, name) for pk, name in found.values_list("member", "member__name")]


def may_record(actor: Account, host: Host, today: date) -> bool:
    """Whether somebody records the classes of a host today."""
    writing = writing_scope(actor, today)
    if isinstance(host, UnitState):
        return writing.holds(host.path)
    return doors.records_for(writing, host, tier(host) == BRANCH)


def to_record(account: Account | AnonymousUser, number: int, today: date) -> tuple[TrainingClass, Host] | None:
    """A class that stands, and its host, if this account records for it; None for any other, as if it were not."""
    held = doors.classes(writing_scope(account, today)).filter(pk=number, struck_on=None).first()
    host = doors.host_of(held, today) if held else None
    if held is None or host is None or not isinstance(account, Account) or not may_record(account, host, today):
        return None
    return held, host


def belongs(held: TrainingClass, host: Host) -> bool:
    """Whether a class is of this host."""
    if isinstance(host, UnitState):
        return bool(held.unit_id == host.unit_id)
    return bool(held.organisation_id == host.organisation_id)


def mine(actor: Account, held: TrainingClass, today: date) -> tuple[TrainingClass, Host]:
    """A class that is not struck, locked, and its host, for which the actor records. Raises NotPossible."""
    this: TrainingClass = TrainingClass.objects.select_for_update(of=("self",)).get(pk=held.pk)
    host = doors.host_of(this, today)
    if host is None:
        raise NotPossible(_("whoever held this class is no more"))
    _mine(actor, host, today)
    if this.struck_on:
        raise NotPossible(_("this class was struck on %(day)s") % {"day": this.struck_on})
    return this, host


def _mine(actor: Account, host: Host, today: date) -> None:
    if not may_record(actor, host, today):
        raise NotPossible(_("a class is recorded by whoever held it, or by the committee above it"))


def note(
    step: str, held: TrainingClass, actor: Account, now: datetime, host: Host, why: str = "", before: Any = None,
    after: Any = None,
) -> None:  # fmt: skip
    """Put on record what was done with a class, as the last statement of its transaction."""
    about = f"organisation:{held.organisation_id}" if held.organisation_id else f"unit:{held.unit_id}"
    record(actor=actor, act=f"training.{step}", subject=about, path=doors.unit_path(host), now=now, why=why,
           before=before, after=after)  # fmt: skip


def _sayable(host: Host, held: Held, today: date) -> None:
    """Refuse what cannot have been, naming what would be right."""
    rules, language = training_rules(), get_language() or ""
    if held.last > today:
        raise NotPossible(_("%(day)s has not come yet: a class is recorded once it is over") % {"day": held.last})
    if not held.title.strip() or len(held.title.strip()) > LONGEST_TITLE:
        raise NotPossible(_("enter what the class was called, %(most)d characters at most") % {"most": LONGEST_TITLE})
    if held.level not in levels(host):
        raise NotPossible(_("this host does not hold classes of that level: choose one that is offered"))
    if held.audience not in rules.audiences:
        raise NotPossible(
            _("a class is held for one of: %(audiences)s")
            % {"audiences": ", ".join(one.say(language) for one in rules.audiences.values())}
        )
    check(held.first, Class(held.last, held.level, held.hours, held.concentrated, held.rotation), rules)


def _absent_among(host: OrganisationState, held: Held) -> int:
    """How many should have studied with a branch. Raises NotPossible for somebody absent who should not have come."""
    should = {member for member, _name in invited(host.organisation_id, held.last)}
    if not should:
        raise NotPossible(_("nobody should have attended on %(day)s: enter the members first") % {"day": held.last})
    if strange := set(held.absent) - should:
        raise NotPossible(
            _("%(number)d of those noted as absent should not have attended on %(day)s: choose among the members")
            % {"number": len(strange), "day": held.last}
        )
    return len(should)
