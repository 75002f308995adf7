"""Party groups and hub households of a branch: named from a day on, ended from a day on."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from baolei.organisations.acts import DAY, Act, done, holding_members, standing
from baolei.organisations.models import Group, HubHousehold, Member, Membership, Organisation
from baolei.organisations.units import NotPossible


@transaction.atomic
def form_group(*, act: Act, organisation: Organisation, name: str, leader: Member, place: str = "") -> Group:
    """Form a Party group under a leader who belongs to the branch. Raises NotPossible."""
    state = holding_members(organisation, act)
    _belongs(leader, organisation, act)
    if Group.objects.open().filter(organisation=organisation, name=name).exists():
        raise NotPossible(_("there is a group called %(name)s already: give another name") % {"name": name})
    made: Group = Group.objects.create(organisation=organisation, name=name, place=place, leader=leader, since=act.on)
    done(act, "form_group", state, after={"group": made.pk, "name": name})
    return made


@transaction.atomic
def end_group(*, act: Act, group: Group) -> None:
    """End a Party group from a day on. Raises NotPossible."""
    _ended(group, act)
    done(act, "end_group", standing(group.organisation), after={"group": group.pk})


@transaction.atomic
def name_hub(
    *, act: Act, organisation: Organisation, host: Member, grid: str, members: int, households: int
) -> HubHousehold:
    """Make a member's home a hub household of a grid from a day on. Raises NotPossible."""
    state = holding_members(organisation, act)
    _belongs(host, organisation, act)
    if HubHousehold.objects.open().filter(host=host).exists():
        raise NotPossible(_("%(member)s keeps a hub household already") % {"member": host})
    made: HubHousehold = HubHousehold.objects.create(
        organisation=organisation, host=host, grid=grid, members=members, households=households, since=act.on
    )
    done(act, "name_hub", state, after={"hub": made.pk, "grid": grid})
    return made


@transaction.atomic
def end_hub(*, act: Act, hub: HubHousehold) -> None:
    """Let a home be a hub household no longer, from a day on. Raises NotPossible."""
    _ended(hub, act)
    done(act, "end_hub", standing(hub.organisation), after={"hub": hub.pk})


def _belongs(member: Member, organisation: Organisation, act: Act) -> None:
    if not Membership.objects.on(act.on).filter(member=member, organisation=organisation).exists():
        raise NotPossible(
            _("%(member)s does not belong to this organisation on %(day)s") % {"member": member, "day": act.on}
        )


def _ended(kept: Group | HubHousehold, act: Act) -> None:
    if kept.until is not None:
        raise NotPossible(_("%(name)s ended on %(day)s already") % {"name": kept, "day": kept.until})
    if kept.since >= act.on:
        raise NotPossible(_("%(name)s began on %(day)s: enter a later day") % {"name": kept, "day": kept.since})
    kept.until = act.on - DAY
    kept.save()
