"""Who judges what, and who sees how far a review is.

A step is judged by whoever holds a mandate of one of its roles at the body where it stands, and concluded by whoever
decides there. Those who answer for the branch from a unit above it see the steps and their standing; what was said is
another question (`reads_opinions`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from baolei.declarations.doors import declarations
from baolei.declarations.models import Declaration
from baolei.organisations.doors import Scope, nodes_of, scope_of
from baolei.organisations.models import OrganisationState, UnitState
from baolei.people.models import Account, InTree, Mandate
from baolei.programme import declaration as rules
from baolei.programme.review import Step as Rule
from baolei.reviews.models import Assignment, Opinion, Step
from baolei.rounds.models import Round
from baolei.warehouse.rulebook import review

Roles = Callable[[Rule], tuple[str, ...]]


def judging(rule: Rule) -> tuple[str, ...]:
    """The roles that give opinions at a step."""
    return rule.roles


def deciding(rule: Rule) -> tuple[str, ...]:
    """The roles that conclude a step."""
    return rule.decides


def either(rule: Rule) -> tuple[str, ...]:
    """Both."""
    return tuple(dict.fromkeys((*rule.roles, *rule.decides)))


def rule_of(seat: str) -> Rule:
    """The rule of a step by its code. Raises KeyError for a code that the rules do not know."""
    return _rules()[seat]


def _rules() -> dict[str, Rule]:
    return {step.code: step for route in review().routes.values() for step in route.steps}


def at_seats(account: Any, day: date, roles: Roles) -> Q:
    """The steps at whose body this account holds one of the roles on a day."""
    found = Q(pk__in=[])
    paths: dict[tuple[str, str], list[str]] = {}
    for role, tree, path in nodes_of(account, day):
        paths.setdefault((role, tree), []).append(path)
    for (role, tree), here in paths.items():
        seats = [code for code, rule in _rules().items() if role in roles(rule)]
        if seats and tree == InTree.UNIT:
            units = UnitState.objects.on(day).filter(path__in=here).values("unit")
            homes = OrganisationState.objects.on(day).filter(unit__in=units, field="").values("organisation")
            found |= Q(seat__in=seats) & (Q(unit__in=units) | Q(organisation__in=homes))
        elif seats and tree == InTree.PARTY:
            own = OrganisationState.objects.on(day).filter(path__in=here).values("organisation")
            found |= Q(seat__in=seats, organisation__in=own)
    return found


def steps(account: Any, day: date) -> Any:
    """The steps that somebody judges or concludes, and those of the branches below the units one answers for."""
    found = Step.objects.select_related("declaration__round")
    scope = scope_of(account, day)
    if scope.whole:
        return found
    seen = at_seats(account, day, either)
    if scope.units:
        below = declarations(Scope(day, scope.units)).values("pk")
        seen |= Q(declaration__in=below)
    return found.filter(seen)


def holds(account: Any, step: Step, day: date, roles: Roles) -> bool:
    """Whether somebody holds one of these roles at the body of a step."""
    found: bool = Step.objects.filter(at_seats(account, day, roles), pk=step.pk).exists()
    return found


def reads_opinions(account: Any, step: Step, day: date) -> bool:
    """Whether somebody reads the opinions of a step once they are open: those who judge it, and those who answer for
    its body from the same unit or from above. The bodies below see where a step stands, never what was said.
    """
    if holds(account, step, day, either):
        return True
    scope = scope_of(account, day)
    return scope.whole or scope.holds(_home(step, day))


def _home(step: Step, day: date) -> str:
    """The path of the unit at which the body of a step stands; one that nobody holds where it has gone."""
    units = UnitState.objects.on(day)
    if step.organisation_id:
        homes = OrganisationState.objects.on(day).filter(organisation=step.organisation_id).values("unit")
        units = units.filter(unit__in=homes)
    else:
        units = units.filter(unit=step.unit_id)
    return units.values_list("path", flat=True).first() or "?"


def at_work(found: Any) -> Any:
    """Those of some steps at which a review goes on: the declaration is frozen, its round has not ended."""
    return found.filter(declaration__state=rules.FROZEN, declaration__round__ended_at=None)


def to_opine(account: Any, day: date) -> Any:
    """The steps that wait for this person's opinion: named for it, or as long as somebody is still wanted."""
    numbers = review()
    given = Opinion.objects.filter(step=OuterRef("pk"), person=account.pk, lapsed=False)
    named = Assignment.objects.filter(step=OuterRef("pk"), person=account.pk)
    held = Assignment.objects.filter(step=OuterRef("pk")).order_by().values("step").annotate(n=Count("pk")).values("n")
    free = Q(state="opinions", held__lt=numbers.number("opinions"))
    free |= Q(state="third", held__lt=numbers.number("opinions_most"))
    asked = Step.objects.filter(at_seats(account, day, judging), state__in=("opinions", "third"))
    asked = asked.annotate(held=Coalesce(Subquery(held), 0), named=Exists(named), given=Exists(given))
    return at_work(asked.filter(Q(named=True) | free, given=False))


def to_decide(account: Any, day: date) -> Any:
    """The steps that wait for this person's conclusion, or have been passed upward to where this person decides."""
    return at_work(Step.objects.filter(at_seats(account, day, deciding), state__in=("decision", "escalated")))


def waiting(account: Any, day: date) -> Any:
    """Everything that waits for this person, the late first."""
    if not isinstance(account, Account):
        return Step.objects.none()
    mine = Q(pk__in=to_opine(account, day).values("pk")) | Q(pk__in=to_decide(account, day).values("pk"))
    return Step.objects.select_related("declaration__round").filter(mine).order_by("due", "pk")


def reviewers(step: Step, day: date, roles: Roles = judging) -> list[Account]:
    """Whoever holds one of the roles at the body of a step, in the order of their names."""
    wanted, place = roles(rule_of(step.seat)), Q(pk__in=[])
    if step.unit_id:
        paths = UnitState.objects.on(day).filter(unit=step.unit_id).values("path")
        place = Q(tree=InTree.UNIT, path__in=paths)
    else:
        state = OrganisationState.objects.on(day).filter(organisation=step.organisation_id)
        homes = UnitState.objects.on(day).filter(unit__in=state.values("unit")).values("path")
        place = Q(tree=InTree.PARTY, path__in=state.values("path")) | Q(tree=InTree.UNIT, path__in=homes)
    held = Mandate.objects.standing(day).filter(place, role__in=wanted, account__is_active=True)
    return list(Account.objects.filter(pk__in=held.values("account")).order_by("name", "pk"))


# ---- for the rooms above ----


def passed(this: Round) -> Any:
    """The declarations of a round that have passed every step: those that may be named."""
    turned_down = Step.objects.filter(declaration=OuterRef("pk"), state="rejected")
    return Declaration.objects.filter(~Exists(turned_down), round=this, state=rules.CONCLUDED)


def rejected(this: Round) -> Any:
    """The declarations of a round that were turned down; the reasons stand with the conclusion of their last step."""
    return Declaration.objects.filter(round=this, state=rules.CONCLUDED, steps__state="rejected")


def unfinished(this: Round) -> Any:
    """The steps of a round at which something is still to be done."""
    return Step.objects.filter(declaration__round=this).exclude(state__in=("passed", "rejected", "withdrawn"))
