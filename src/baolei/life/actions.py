"""What is done with gatherings: one is recorded, once; one recorded in error is struck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.life import doors
from baolei.life.models import Absence, Gathering, Session
from baolei.organisations.doors import home_path
from baolei.organisations.models import Group, HubHousehold, Membership, Organisation, OrganisationState, Post
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import life as rules
from baolei.programme.organisation.decisions import quorum
from baolei.warehouse.rulebook import life as life_rules
from baolei.warehouse.rulebook import setup_rules

PARTS: dict[str, Any] = {rules.GROUP: Group, rules.HUB: HubHousehold}
"""Forms that a part of a branch holds, and what such a part is."""


@dataclass(frozen=True, slots=True)
class Held:
    """A gathering as it is entered. `forms` it counts for; `part` the group or hub household that held it; `absent` by
    member (pk) the class of the reason; `present` how many came, where nobody's list is kept (groups, hub households).
    """

    on: date
    forms: Sequence[str]
    part: int = 0
    absent: Mapping[int, str] = field(default_factory=dict)
    present: int | None = None
    agenda: Sequence[Mapping[str, str]] = ()
    decisions: Sequence[str] = ()
    arising: Sequence[str] = ()
    minutes: str = ""


@transaction.atomic
def record_gathering(*, actor: Account, now: datetime, organisation: Organisation, key: str, held: Held) -> Gathering:
    """Record a gathering of a branch; sent a second time under the same key it is the first record. Raises NotPossible,
    and PollRefused where more are absent than should attend.
    """
    today = localdate(now)
    state = _mine(actor, organisation, today)
    there: Gathering | None = Gathering.objects.filter(key=key, organisation=organisation).first()
    if there is not None:
        return there
    _sayable(held, today)
    should, absent = attendance(organisation, held)
    made: Gathering = Gathering.objects.create(
        organisation=organisation, key=key, on=held.on, entered=today, by=actor, should_attend=should, absent=absent,
        study=rules.opens_with_study([one["topic"] for one in held.agenda]), agenda=list(held.agenda),
        decisions=list(held.decisions), arising=list(held.arising), minutes=held.minutes,
    )  # fmt: skip
    Session.objects.bulk_create(
        Session(
            gathering=made, form=form, part=held.part if form in PARTS else 0, quorate=quorate(organisation, form, held)
        )
        for form in dict.fromkeys(held.forms)
    )  # fmt: skip
    Absence.objects.bulk_create(
        Absence(gathering=made, member_id=member, reason=reason) for member, reason in sorted(held.absent.items())
    )
    record(actor=actor, act="life.record", subject=f"organisation:{organisation.pk}", path=home_path(state), now=now,
           after={"held_on": held.on.isoformat(), "forms": sorted(set(held.forms)), "present": made.present,
                  "should_attend": should})  # fmt: skip
    return made


@transaction.atomic
def strike(*, actor: Account, now: datetime, gathering: Gathering, why: str) -> Gathering:
    """Strike a record that was made in error: it counts for nothing and stays to be seen. Raises NotPossible."""
    this: Gathering = Gathering.objects.select_for_update(of=("self",)).get(pk=gathering.pk)
    state = _mine(actor, this.organisation, localdate(now))
    if this.struck_on:
        raise NotPossible(_("this record was struck on %(day)s") % {"day": this.struck_on})
    this.struck_on = localdate(now)
    this.save(update_fields=["struck_on"])
    record(actor=actor, act="life.strike", subject=f"organisation:{this.organisation_id}", path=home_path(state),
           now=now, why=why, before={"held_on": this.on.isoformat()})  # fmt: skip
    return this


# ---- who should attend ----


def invited(organisation: Organisation, on: date, forms: Sequence[str]) -> list[tuple[int, str, bool]]:
    """Who should attend on a day, by name: (pk of the member, name, votes). For meetings of the committee alone its
    members, else all members; those on probation attend and do not vote.
    """
    if set(forms) == {rules.COMMITTEE}:
        held = Post.objects.on(on).filter(organisation=organisation, committee=True).order_by("holder__name", "holder")
        return [(pk, name, True) for pk, name in held.values_list("holder", "holder__name").distinct()]
    found = Membership.objects.on(on).filter(organisation=organisation).order_by("member__name", "member")
    return [(pk, name, kind == Membership.FULL)
            for pk, name, kind in found.values_list("member", "member__name", "kind")]  # fmt: skip


def attendance(organisation: Organisation, held: Held) -> tuple[int, int]:
    """How many should attend, and how many were absent. Raises NotPossible for somebody who should not have come."""
    if set(held.forms) & PARTS.keys():
        return max(held.present or 0, 1), 0
    should = {member for member, _name, _votes in invited(organisation, held.on, held.forms)}
    if not should:
        raise NotPossible(_("nobody should have attended on %(day)s: enter the members first") % {"day": held.on})
    if strange := held.absent.keys() - should:
        raise NotPossible(
            _("%(number)d of those noted as absent should not have attended on %(day)s: choose among the members")
            % {"number": len(strange), "day": held.on}
        )
    return len(should), len(held.absent)


def quorate(organisation: Organisation, form: str, held: Held) -> bool:
    """Whether enough of those who vote attended for a form to count; forms that decide nothing take no quorum."""
    act = setup_rules(held.on).acts.get(form)
    if act is None:
        return True
    voters = [member for member, _name, votes in invited(organisation, held.on, [form]) if votes]
    return bool(voters) and quorum(act, len(voters), len(set(voters) - held.absent.keys())).met


def _mine(actor: Account, organisation: Organisation, today: date) -> OrganisationState:
    """The branch as it stands today, which the actor records for."""
    return doors.branch_of(
        actor, organisation, today, _("a gathering is recorded by its branch, or by the committee above it")
    )


def _sayable(held: Held, today: date) -> None:
    """Refuse what cannot be, naming what would be right."""
    said, language = life_rules(), get_language() or ""
    if held.on > today:
        raise NotPossible(_("%(day)s has not come yet: enter the day on which it was held") % {"day": held.on})
    if not held.forms or set(held.forms) - set(rules.FORMS):
        raise NotPossible(_("choose what kind of gathering it was, one at least"))
    parts = set(held.forms) & PARTS.keys()
    if parts and len(set(held.forms)) > 1:
        raise NotPossible(_("what a group or a hub household held counts for itself alone: record the rest apart"))
    if parts and (not held.present or held.present < 1):
        raise NotPossible(_("enter how many came, one at least"))
    _parts_there(held, parts)
    if set(held.absent.values()) - said.absences.keys():
        raise NotPossible(
            _("the reason of an absence is one of: %(reasons)s")
            % {"reasons": ", ".join(one.name.say(language) for one in said.absences.values())}
        )
    if {one["topic"] for one in held.agenda} - said.topics.keys():
        raise NotPossible(
            _("an item of the agenda is one of: %(topics)s")
            % {"topics": ", ".join(one.say(language) for one in said.topics.values())}
        )


def _parts_there(held: Held, parts: set[str]) -> None:
    for form in parts:
        if not PARTS[form].objects.on(held.on).filter(pk=held.part).exists():
            raise NotPossible(_("choose which group or hub household held it"))
