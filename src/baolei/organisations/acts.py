"""What every act upon an organisation has in common: who acts, from which day on, why; and its way into the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.organisations.findings import look_again
from baolei.organisations.models import Membership, Organisation, OrganisationState, Post, UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.organisation.rules import SetupRules

DAY = timedelta(days=1)
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, when, from which day on, why, and under which rules."""

    actor: Account | None
    now: datetime
    on: date
    why: str
    rules: SetupRules

    def kind(self, code: str) -> str:
        """The name of a kind of organisation in the language spoken."""
        return self.rules.kinds[code].name.say(get_language() or "")


def standing(organisation: Organisation) -> OrganisationState:
    """The state an organisation is in. Raises NotPossible where it has ended."""
    state: OrganisationState | None = OrganisationState.objects.open().filter(organisation=organisation).first()
    if state is None:
        last = OrganisationState.objects.filter(organisation=organisation).order_by("-since").first()
        raise NotPossible(_("%(name)s has ended: name one that goes on") % {"name": last.name if last else "?"})
    return state


def holding_members(organisation: Organisation, act: Act) -> OrganisationState:
    """The state of an organisation that members can belong to. Raises NotPossible for any other."""
    state = standing(organisation)
    if not act.rules.kinds[state.kind].holds_members:
        raise NotPossible(
            _("%(name)s is a %(kind)s and holds no members of its own: choose an organisation that does")
            % {"name": state.name, "kind": act.kind(state.kind)}
        )
    return state


def documented(document: str, name: str) -> str:
    """The number of the document an act stands on. Raises NotPossible without one."""
    if not document.strip():
        raise NotPossible(_("%(name)s: this stands on an approval; enter the number of the document") % {"name": name})
    return document.strip()


def restate(states: Any, on: date, **new: Any) -> None:
    """End these open states the day before and open new ones that differ in `new`; those begun that day are changed."""
    late = states.filter(since__gt=on).first()
    if late:
        raise NotPossible(
            _("%(name)s was changed on %(since)s, after %(on)s: enter changes in the order of their days")
            % {"name": late.name, "since": late.since, "on": on}
        )
    states.filter(since=on).update(**new)
    older = states.filter(since__lt=on)
    columns = (
        "organisation_id", "code", "name", "initials", "kind", "field", "above_id", "unit_id", "unit_active", "path"
    )  # fmt: skip
    rows = list(older.annotate(**{f"new_{name}": value for name, value in new.items()}).values(
        *columns, *(f"new_{name}" for name in new)))  # fmt: skip
    older.update(until=on - DAY)
    OrganisationState.objects.bulk_create(
        [OrganisationState(since=on, **{name: row.get(f"new_{name}", row[name]) for name in columns}) for row in rows],
        batch_size=BATCH,
    )


def end(state: OrganisationState, on: date) -> None:
    """End a state, and the posts of its organisation, the day before. Raises NotPossible where it began that day."""
    if state.since >= on:
        raise NotPossible(
            _("%(name)s was changed on %(since)s: it cannot end on %(day)s")
            % {"name": state.name, "since": state.since, "day": on - DAY}
        )
    OrganisationState.objects.filter(pk=state.pk).update(until=on - DAY)
    vacate(Post.objects.open().filter(organisation=state.organisation), on)


def vacate(posts: Any, on: date) -> None:
    """End these posts the day before; those that would begin on that very day were never held."""
    posts.filter(since__gte=on).delete()
    posts.filter(since__lt=on).update(until=on - DAY)


def move_members(belongs: Any, into: Organisation, on: date) -> None:
    """Let those of these open memberships belong to another organisation from a day on."""
    moving = [(one.member_id, one.kind) for one in belongs.filter(since__lt=on)]
    belongs.filter(since=on).update(organisation=into)
    belongs.filter(since__lt=on).exclude(organisation=into).update(until=on - DAY)
    Membership.objects.bulk_create(
        [Membership(member_id=member, organisation=into, kind=kind, since=on) for member, kind in moving],
        batch_size=BATCH,
    )


def done(
    act: Act, what: str, state: OrganisationState, *, before: Any = None, after: Any = None, subject: str = ""
) -> None:
    """Look at the organisation anew and record the act: on the organisation itself, or on `subject`."""
    look_again(organisation=state.organisation, day=act.on, rules=act.rules)
    told = {**(after or {}), "on": act.on.isoformat()}
    home = UnitState.objects.on(act.on).filter(unit=state.unit_id).values_list("path", flat=True).first()
    record(actor=act.actor, act=f"organisations.{what}", subject=subject or f"organisation:{state.organisation_id}",
           path=home or "", now=act.now, why=act.why, before=before, after=told)  # fmt: skip
