"""Who sees what of decisions and affairs, and who sets tasks: one guarded door for each kind of record."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from baolei.life.affairs_models import Announcement, BranchTask, Listed, Matter, Resolution, SetTask
from baolei.organisations import doors
from baolei.organisations.doors import Scope


def resolutions(scope: Scope) -> Any:
    """The resolutions of the organisations of a scope, those struck among them."""
    return doors.of_organisations(Resolution.objects.select_related("meeting", "told"), scope)


def matters(scope: Scope) -> Any:
    """The major matters of the organisations of a scope, those struck among them."""
    return doors.of_organisations(Matter.objects.prefetch_related("steps"), scope)


def listed(scope: Scope) -> Any:
    """The matters on the own lists of the organisations of a scope."""
    return doors.of_organisations(Listed.objects.select_related("meeting"), scope)


def announcements(scope: Scope) -> Any:
    """What the organisations of a scope made public."""
    return doors.of_organisations(Announcement.objects.select_related("listed"), scope)


def branch_tasks(scope: Scope) -> Any:
    """The tasks set to the organisations of a scope, as each stands with its branch."""
    return doors.of_organisations(BranchTask.objects.select_related("task"), scope)


def set_tasks(scope: Scope) -> Any:
    """The tasks that a scope's units and Party organisations have set, or those below them."""
    found = SetTask.objects.select_related("by")
    if scope.whole:
        return found
    mine = Q(organisation__in=doors.organisations(scope).values("organisation"))
    if scope.units:
        mine |= Q(unit__in=doors.units(scope).values("unit"))
    return found.filter(mine)


def sets_tasks(writing: Scope) -> bool:
    """Whether a scope has branches below it to set tasks to."""
    if writing.units:
        return True
    own = doors.organisations(writing).exclude(path__in=writing.organisations) if writing.organisations else None
    return own is not None and own.exists()


def branches(writing: Scope, below: str = "", field: str = "") -> Any:
    """The branches to which a scope may set tasks: those below it; with `below` (a unit's path) those of that unit,
    with `field` those of that field.
    """
    found = doors.organisations(writing, below).exclude(field="")
    if field:
        found = found.filter(field=field)
    return found if writing.units else found.exclude(path__in=writing.organisations)
