"""What a request may read: the doors of its token's mandate, on a day; and a note of the lists that are taken."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router

from baolei.api import shapes
from baolei.api.asking import Paged, known, repeated
from baolei.api.models import Taken
from baolei.api.paging import Piece, piece, piece_of_numbers
from baolei.api.problems import not_valid
from baolei.api.tokens import Caller
from baolei.ledger.actions import record
from baolei.organisations import doors
from baolei.organisations.doors import Scope
from baolei.organisations.downloads import home_of
from baolei.organisations.models import UnitState
from baolei.programme.organisation.rules import SetupRules
from baolei.programme.refusals import Refusal
from baolei.warehouse.rulebook import setup_rules

EXPORT = "api.export"
GOING_ON = "after"
"""Where a program goes on in the same list: else each look at the ledger would leave an entry for the next to find."""
View = TypeVar("View", bound=Callable[..., Any])
FAILURES = frozenset({400, 401, 404, 422})
Get = Callable[[str, str, Any, str, str, str], Callable[[Any], Any]]


def getting(router: Router, **more: Any) -> Get:
    """The addresses of a router that are read: what each answers with, and what the description says of it."""

    def get(path: str, name: str, shape: Any, tag: str, summary: str, about: str) -> Callable[[View], View]:
        answers = {200: shape, FAILURES: shapes.Problem}
        return router.get(path, url_name=f"api_{name}", response=answers, tags=[tag], summary=summary,
                          description=about, **more)  # fmt: skip

    return get


@dataclass(frozen=True)
class Reading:
    """Who reads, as of which day, and what the mandate opens: to be read, and to be changed today."""

    caller: Caller
    day: date
    scope: Scope
    changed: Scope

    @property
    def written(self) -> Scope:
        """What this token may change today: nothing where it only reads."""
        return self.changed if self.caller.token.writes else Scope(self.caller.today)

    @cached_property
    def rules(self) -> SetupRules:
        """The set-up rules of the day. Raises Problem where none were in force."""
        try:
            return setup_rules(self.day)
        except Refusal as refusal:
            raise not_valid([("day", _("no rules were in force on it: enter a later day"))]) from refusal

    @property
    def language(self) -> str:
        """The language to answer in."""
        return get_language() or ""


def caller_of(request: HttpRequest) -> Caller:
    """Who asks, as found out at the door."""
    caller = request.auth  # type: ignore[attr-defined]  # put there by the door
    assert isinstance(caller, Caller)
    return caller


def reading(request: HttpRequest, day: date | None = None) -> Reading:
    """What this request may read, as it stood on a day (today without one)."""
    caller = caller_of(request)
    asked = day or caller.today
    return Reading(caller, asked, *doors.scopes_of_mandate(caller.mandate, caller.today, asked))


def below(read: Reading, code: str | None) -> str:
    """The path of the unit of a code, '' without one. Raises Problem for one that the mandate does not open."""
    if code is None:
        return ""
    state: UnitState | None = doors.units(read.scope).filter(code=code).first()
    if state is None:
        raise not_valid([("below", _("no unit of this code is open here: enter the code of one that is"))])
    return str(state.path)


def one_of(field: str, value: str | None, among: Any) -> None:
    """Refuse a word that is none of those known. Raises Problem naming them."""
    if value is not None and value not in among:
        raise not_valid([(field, _("not known: enter one of %(known)s") % {"known": ", ".join(map(str, among))})])


def listed(
    request: HttpRequest, ask: Paged, read: Reading, found: Any, key: str, *, path: str = "", down: bool = False
) -> Piece:
    """The page of a list that is asked for; the first one is put on record. `path`: the unit that it is about."""
    known(request, ask)
    asked = repeated(ask, **({"day": read.day} if "day" in type(ask).model_fields else {}))
    got = piece(request, found, key, ask.limit, asked, down=down)
    return _noted(request, ask, read, asked, got, path)


def listed_numbers(request: HttpRequest, ask: Paged, read: Reading, numbers: Sequence[int], *, path: str) -> Piece:
    """The same of numbers, ascending, that are no table."""
    known(request, ask)
    asked = repeated(ask)
    return _noted(request, ask, read, asked, piece_of_numbers(request, numbers, ask.limit, asked), path)


def _noted(request: HttpRequest, ask: Paged, read: Reading, asked: dict[str, str], got: Piece, path: str) -> Piece:
    """The page, put on record where it is the first one and holds anything."""
    if got.rows and not ask.cursor:
        put_on_record(read, request.path, asked, len(got.rows), more=got.next is not None, path=path)
    return got


@transaction.atomic
def put_on_record(read: Reading, address: str, asked: dict[str, str], rows: int, *, more: bool, path: str) -> None:
    """Who took which list, once for each token, list and day: a program that comes back every minute would fill a
    ledger that only grows with what it says already.
    """
    caller, query = read.caller, urlencode({name: said for name, said in asked.items() if name != GOING_ON})
    digest = hashlib.sha256(f"{address}?{query}".encode()).hexdigest()
    kept: dict[str, Any] = {"token": caller.token, "asked": digest, "day": caller.today}
    if Taken.objects.filter(**kept).exists():
        return
    _taken, new = Taken.objects.get_or_create(**kept)
    if new:
        after = {
            "token": caller.token.pk,
            "used by": caller.token.label,
            "asked": query[:500],
            "rows": rows,
            "more": more,
        }
        record(actor=caller.account, act=EXPORT, subject=f"page:{address}"[:120], path=path or home_of(read.scope),
               now=timezone.now(), after=after)  # fmt: skip


def only(found: Any, **wanted: Any) -> Any:
    """Those that have these values; None asks for nothing."""
    return found.filter(**{name: value for name, value in wanted.items() if value is not None})


def one_row(found: Any) -> Any:
    """The one that there is. Raises Http404 for what does not lie within the mandate."""
    row = found.first()
    if row is None:
        raise Http404
    return row
