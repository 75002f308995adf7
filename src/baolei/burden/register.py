"""The register as it asks: every form there is or was at a place, with its owner, and whom it asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.burden import doors
from baolei.burden.models import RegisteredForm
from baolei.organisations import doors as tree_doors
from baolei.organisations.doors import Scope
from baolei.organisations.models import OrganisationState, UnitState
from baolei.programme.asked import Asking, HouseForm
from baolei.programme.organisation.levels import level
from baolei.warehouse.rulebook import fields as field_names
from baolei.warehouse.rulebook import forms as form_rules
from baolei.warehouse.rulebook import setup_rules

Branch = tuple[int, str, str, str]
"""A branch as forms see it: its number, the path of the unit it serves, its field, its kind."""
HOUSE = 0
"""The level that stands for the house itself."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A form of the register: what it asks, what it is called, its owner and the level of that (0 the house), its
    number where it is registered, the code of its own where it is the house's.
    """

    asking: Asking
    name: str
    owner: str
    level: int
    pk: int | None = None

    @property
    def house(self) -> str:
        """The code of a form of the house, '' for a registered one."""
        return "" if self.pk else self.asking.code


def branches(scope: Scope, below: str) -> Any:
    """The branches of a scope that serve a unit at or below a path, as rows of `Branch` (and to be asked among)."""
    return tree_doors.organisations(scope, below).filter(kind__in=setup_rules(scope.day).branches)


def rows_of(found: Any, day: date, below: str) -> list[Branch]:
    """Branches that serve units at or below a path, as rows of `Branch`."""
    paths = dict(UnitState.objects.on(day).under(below).order_by().values_list("unit", "path").iterator())
    rows = found.order_by().values_list("organisation", "unit", "field", "kind").iterator()
    return [(pk, paths[unit], field, kind) for pk, unit, field, kind in rows]


def addressed(asking: Asking, day: date) -> int:
    """How many branches a form asks, as they stand on a day."""
    units = UnitState.objects.on(day).under(asking.path).values("unit")
    found = OrganisationState.objects.on(day).filter(kind__in=setup_rules(day).branches, unit__in=units)
    if asking.fields:
        found = found.filter(field__in=asking.fields)
    return int((found.filter(kind__in=asking.kinds) if asking.kinds else found).count())


def asking_of(form: RegisteredForm, boxes: int) -> Asking:
    """A registered form as it asks; one withdrawn up to the day on which it was."""
    ends = min(form.ends, form.ended_on) if form.ended_on else form.ends
    return Asking(f"form:{form.pk}", str(form.path), form_rules().often[form.often].months, form.begins, ends, boxes,
                  form.minutes, frozenset(form.fields), frozenset(form.kinds))  # fmt: skip


def house_listed(one: HouseForm) -> Listed:
    """A form of the house as it stands in the register."""
    return Listed(one.asking, one.name.say(get_language() or ""), _("the house itself"), HOUSE)


def listed(path: str) -> list[Listed]:
    """Every form that asks, or asked, branches at or below a unit: the house's own, then by owner from the top."""
    found = [house_listed(one) for one in form_rules().forms.values()]
    registered = doors.asking(path).annotate(number=Count("boxes")).order_by("path", "pk")
    forms = [one for one in registered if not one.ended_on or one.ended_on >= one.begins]
    owners = owners_of(forms)
    found += [Listed(asking_of(one, one.number), one.title, owners[one.unit_id][0], owners[one.unit_id][1], one.pk)
              for one in forms]  # fmt: skip
    return found


def owners_of(forms: Iterable[RegisteredForm]) -> dict[int, tuple[str, int]]:
    """Of the units that own forms the name and the level, as they are called last."""
    states = UnitState.objects.filter(unit__in={one.unit_id for one in forms}).order_by("since")
    return {unit: (name, number) for unit, name, number in states.values_list("unit", "name", "level")}


def level_name(number: int) -> str:
    """What the level of an owner is called."""
    return _("the house itself") if number == HOUSE else level(number).name.say(get_language() or "")


def often_name(code: str) -> str:
    """How often, in words."""
    return form_rules().often[code].name.say(get_language() or "")


def whom(fields: Iterable[str], kinds: Iterable[str], day: date) -> str:
    """Whom a form asks, in words."""
    language, called = get_language() or "", field_names()
    of_kinds = setup_rules(day).kinds
    said = [called[one].say(language) if one in called else one for one in fields]
    said += [of_kinds[one].name.say(language) if one in of_kinds else one for one in kinds]
    return "、".join(said) if said else _("all branches")


def own_branch(scope: Scope) -> OrganisationState | None:
    """The branch that somebody is secretary of."""
    if not scope.organisations:
        return None
    found: OrganisationState | None = OrganisationState.objects.on(scope.day).filter(
        path__in=scope.organisations, kind__in=setup_rules(scope.day).branches
    ).first()  # fmt: skip
    return found
