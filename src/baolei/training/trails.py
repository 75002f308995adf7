"""The way down to a class, for the line above its pages."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from baolei.organisations.doors import Scope
from baolei.organisations.models import OrganisationState, UnitState
from baolei.organisations.trails import down_to_organisation, down_to_unit
from baolei.training.models import TrainingClass


def way_to(
    held: TrainingClass, host: UnitState | OrganisationState | None, scope: Scope, *further: str
) -> list[dict[str, str]]:  # fmt: skip
    """Down the host's tree to a class, and to what is `further`; what is not open is named, not linked."""
    here = {"label": held.title, "url": reverse("training_class", args=[held.pk]) if further else ""}
    steps = [here, *({"label": one, "url": ""} for one in further)]
    if host is None:
        return steps
    if isinstance(host, UnitState):
        page, way = reverse("training_of_unit", args=[host.unit_id]), down_to_unit(host, scope)
    else:
        page, way = reverse("training", args=[host.organisation_id]), down_to_organisation(host, scope)
    return [*way, {"label": _("Training"), "url": page if way[-1]["url"] else ""}, *steps]
