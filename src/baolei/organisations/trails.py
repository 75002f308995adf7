"""The way down the tree, for the line above every page."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from baolei.organisations import directory, doors
from baolei.organisations.doors import Scope
from baolei.organisations.models import OrganisationState, UnitState
from baolei.organisations.places import Place


def steps(places: Iterable[Place]) -> list[dict[str, str]]:
    """Units as steps of the breadcrumb, each with its name and its address."""
    return [{"label": place.name, "url": reverse("unit", args=[place.code])} for place in places]


def within(places: Iterable[Place]) -> str:
    """The same way as words: 赤峰市 › 巴林左旗."""
    return " › ".join(place.name for place in places)


def down_to_unit(state: UnitState, scope: Scope, page: str = "tree") -> list[dict[str, str]]:
    """The way down to a unit, to its page of the tree or the audit; what lies above the scope is named, not linked."""
    found = []
    for one in directory.trail(state, scope.day):
        tree = reverse("tree_unit", args=[one.unit_id])
        url = f"{reverse('audit')}?unit={one.unit_id}" if page == "audit" else tree
        found.append({"label": one.name, "url": url if scope.holds(one.path) else ""})
    return found


def down_to_organisation(state: OrganisationState, scope: Scope) -> list[dict[str, str]]:
    """The way down the Party tree; what is not open is named, not linked."""
    way = directory.trail(state, scope.day)
    mine = doors.organisations(scope).filter(pk__in=[one.pk for one in way])
    seen = set(mine.values_list("pk", flat=True))
    return [{"label": one.name, "url": reverse("organisation", args=[one.organisation_id]) if one.pk in seen else ""}
            for one in way]  # fmt: skip
