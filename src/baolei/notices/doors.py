"""Who sees objections: whoever leads the round and whoever looks into one read its words, only the latter who raised
it; a branch reads its own. Whoever answers for the branch learns that there is one, and its outcome.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from baolei.declarations.doors import fills_in
from baolei.naming.models import Line
from baolei.notices.models import FINAL, Objection
from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.people.models import Account
from baolei.programme.notice import UPHELD
from baolei.rounds.models import Round


def objections(account: Account, writing: Scope) -> Any:
    """The objections somebody may read: of the rounds they lead, those they look into now, those of their branch."""
    mine = Q(handler=account, appeal_handler=None) | Q(appeal_handler=account)
    if writing.organisations:
        mine |= Q(own=True, line__declaration__organisation__in=held(writing))
    return _all().filter(mine | Q(posting__list__round__in=_led(writing)))


def of_branches(writing: Scope) -> Any:
    """What the branches that a scope speaks for have raised themselves."""
    return _all().filter(own=True, line__declaration__organisation__in=held(writing))


def of_rounds_led(writing: Scope) -> Any:
    """The objections of the rounds that a scope leads."""
    return _all().filter(posting__list__round__in=_led(writing))


def _led(writing: Scope) -> list[int]:
    return [pk for pk, path in Round.objects.values_list("pk", "path") if writing.holds(path)]


def concerning(scope: Scope) -> Any:
    """The objections about the branches of a scope: to be told that there are, and what each came to; no more."""
    if scope.whole:
        return _all()
    return _all().filter(line__declaration__organisation__in=doors.organisations(scope).values("organisation"))


def of_round(this: Round) -> Any:
    """The objections to the list of a round."""
    return Objection.objects.filter(posting__list__round=this)


def not_ended(this: Round) -> Any:
    """Those that can still change the list: neither closed, passed on nor withdrawn, nor upheld in full."""
    return of_round(this).exclude(state__in=FINAL).exclude(state="answered", outcome=UPHELD)


def held(writing: Scope) -> Any:
    """The organisations that a scope holds by affiliation: it speaks for them."""
    return doors.organisations(Scope(writing.day, (), writing.organisations)).values("organisation")


def speaks_for(writing: Scope, line: Line) -> bool:
    """Whether this scope speaks for the branch of a line: as it fills in its declaration."""
    return fills_in(writing, line.declaration)


def looks_into(account: Any, objection: Objection) -> bool:
    """Whether this account looks into an objection now: then, and only then, who raised it is open to it."""
    now = objection.appeal_handler_id or objection.handler_id
    return now is not None and account.pk == now and objection.state not in FINAL


def _all() -> Any:
    return Objection.objects.select_related("line__declaration", "posting__list__round", "handler", "appeal_handler")
