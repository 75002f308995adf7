"""Who sees which visits, and who makes them.

The list is for those who lead the round, and for the inspectors of a unit at or above the branch. A visit is made by an
inspector whom nothing ties to the branch; a second look by another person than the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.declarations.models import Declaration
from baolei.declarations.part import took_part
from baolei.organisations.doors import Scope, nodes_of, ranges, writing_scope
from baolei.organisations.ties import ties
from baolei.people.models import Account, InTree
from baolei.programme.review import Conflict, excluded
from baolei.rounds.models import Round
from baolei.scores.looks import apart, awaits_second, other_look, other_looks
from baolei.scores.models import Visit
from baolei.warehouse.rulebook import review
from baolei.warehouse.rulebook import visits as rules


def inspects(account: Any, day: date) -> tuple[str, ...]:
    """The paths of the units whose branches an account visits on a day."""
    return tuple(path for role, tree, path in nodes_of(account, day) if role in rules().roles and tree == InTree.UNIT)


def visits(account: Any, day: date) -> Any:
    """The visits an account may see: of the rounds it leads, and at or below the units where it inspects."""
    found = ranges(writing_scope(account, day).units, "declaration__round__path")
    return Visit.objects.filter(found | mine(account, day)).select_related("declaration__round", "run", "by")


def mine(account: Any, day: date) -> Q:
    """The condition that a visit lies where an account inspects."""
    return ranges(inspects(account, day), "declaration__path")


def sees_list(account: Any, writing: Scope, this: Round, day: date) -> bool:
    """Whether the list of a round is open: to those who lead it, and to inspectors of a unit in it or above it."""
    if writing.holds(this.path):
        return True
    return any(path.startswith(this.path) or this.path.startswith(path) for path in inspects(account, day))


def visits_here(account: Any, visit: Visit, day: date) -> bool:
    """Whether an account inspects where a visit lies."""
    return any(visit.declaration.path.startswith(path) for path in inspects(account, day))


def conflicts(person: Account, declarations: Iterable[Declaration], day: date) -> dict[int, Conflict]:
    """What keeps a person from visiting, by declaration (pk); those without a conflict are left out."""
    listed, rule = list(declarations), review()
    held, part = ties(person, [one.organisation_id for one in listed]), took_part(person, listed)
    found = {
        one.pk: excluded(held[one.organisation_id].posts, held[one.organisation_id].memberships,
                         str(one.organisation_id), day, rule, took_part=one.pk in part)
        for one in listed
    }  # fmt: skip
    return {pk: conflict for pk, conflict in found.items() if conflict}


def hindrance(account: Any, visit: Visit, day: date) -> str:
    """What keeps an inspector of the place from this visit, in words; empty where nothing does."""
    if not isinstance(account, Account) or not visits_here(account, visit, day):
        return ""
    found = conflicts(account, [visit.declaration], day).get(visit.declaration_id)
    if found:
        return found.reason.say(get_language() or "")
    other = other_look(visit)
    return _("you have made the other look at this branch") if other and other.by_id == account.pk else ""


def writes(account: Any, visit: Visit, day: date) -> bool:
    """Whether the sheet of a visit is this account's to fill in, or to amend: as the act itself will ask."""
    return visit.pk in writable(account, [visit], day)


def writable(account: Any, found: Iterable[Visit], day: date) -> set[int]:
    """Those of some visits (pks) whose sheets are this account's to fill in or amend; six questions to the database
    whatever their number.
    """
    paths = inspects(account, day)
    here = [one for one in found if not one.declaration.round.ended_at and one.declaration.path.startswith(paths)]
    if not here:
        return set()
    tied, others = conflicts(account, [one.declaration for one in here], day), other_looks(here)
    return {
        one.pk for one in here
        if not against(account, one, others.get(one.pk), tied.get(one.declaration_id))
    }  # fmt: skip


def against(account: Any, visit: Visit, other: Visit | None, tied: Conflict | None) -> str:
    """What stands against this account's filling in or amending a sheet, in words; '' where nothing does.

    `other` is the other look at the same branch, `tied` what ties the account to that.
    """
    if visit.declaration.round.ended_at:
        return _("the round has ended: its visits are over")
    if visit.on is not None and visit.by_id != account.pk:
        return _("%(name)s has handed in the sheet of this visit") % {"name": visit.by}
    if tied:
        return _("you do not visit this branch: %(why)s") % {"why": tied.reason.say(get_language() or "")}
    if other is not None:
        return _against_two(account, visit, other)
    return _("there is no first look at this branch") if visit.wave == Visit.DOUBLE else ""


def _against_two(account: Any, visit: Visit, other: Visit) -> str:
    """The same of a branch that is looked at twice: by two people, each blind to the other until both are in."""
    if other.by_id == account.pk:
        return _("you have made the other look at this branch: this one is another person's")
    if visit.on is not None and other.on is not None:
        return _("both looks are in and open: neither is changed any more")
    if not awaits_second(visit) and (visit.wave == Visit.DOUBLE or other.on is not None):
        return _("the phase of the visits is over: the other look stands alone")
    return ""


def told(account: Any, visit: Visit) -> bool:
    """Whether what was found may be told: to who found it at once, to others when no other look is awaited."""
    return visit.pk in tellable(account, [visit])


def tellable(account: Any, found: Iterable[Visit]) -> set[int]:
    """Those of some visits (pks) of which may be told what was found there; one question whatever their number."""
    mine = list(found)
    closed = set(Visit.objects.filter(apart(), pk__in=[one.pk for one in mine]).values_list("pk", flat=True))
    return {one.pk for one in mine if one.on is None or one.by_id == account.pk or one.pk not in closed}
