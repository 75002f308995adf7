"""Who heads the villagers' or residents' committee of a village: the secretary as well (一肩挑), another, or nobody."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from baolei.organisations.acts import Act, done, standing, vacate
from baolei.organisations.models import Member, Organisation, OrganisationState, UnitState, VillageHead
from baolei.organisations.units import NotPossible
from baolei.organisations.villages import VILLAGE, leading


@transaction.atomic
def note_head(*, act: Act, organisation: Organisation, holder: Member | None = None, vacant: bool = False) -> None:
    """Note who heads the committee of the village that an organisation serves from a day on: one of its members,
    somebody else (neither `holder` nor `vacant`), or nobody. Raises NotPossible.
    """
    state = standing(organisation)
    village = UnitState.objects.on(act.on).filter(unit=state.unit_id, level=VILLAGE)
    if not village.exists() or not OrganisationState.objects.filter(leading(), pk=state.pk).exists():
        raise NotPossible(_("%(name)s leads no village or community") % {"name": state.name})
    if holder is not None and vacant:
        raise NotPossible(_("either somebody heads it or the post is vacant: choose one"))
    open_ones = VillageHead.objects.open().filter(organisation=organisation)
    if late := open_ones.filter(since__gt=act.on).first():
        raise NotPossible(_("it was noted for %(since)s already: enter a later day") % {"since": late.since})
    vacate(open_ones, act.on)
    VillageHead.objects.create(organisation=organisation, holder=holder, vacant=vacant, since=act.on)
    done(act, "note_head", state, after={"member": holder.pk if holder else None, "vacant": vacant})
