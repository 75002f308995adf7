"""Long lists, page by page: each page goes on after the last row of the one before, whatever came or moved meanwhile.

Rows stand in the order of their own numbers, which never change. So whatever was there all the while is met exactly
once, and nothing is counted or skipped over on the way: a page far down costs what the first one does.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext as _

from baolei.api.problems import Problem

SALT = "baolei.api.cursor"


@dataclass(frozen=True, slots=True)
class Piece:
    """The rows of a page, and the address of the next one; None at the end."""

    rows: list[Any]
    next: str | None


def piece(
    request: HttpRequest, found: Any, key: str, limit: int, asked: dict[str, str], *, down: bool = False
) -> Piece:
    """The page of `found` that the request's cursor leads to, the first without one.

    `key` is the attribute that numbers a row, ascending (`down`: descending); `asked` what else the list was asked for,
    which the address of the next page repeats. Raises Problem for a cursor of another list.
    """
    last = _read(request.GET.get("cursor", ""), _bound(request.path, asked))
    if last is not None:
        found = found.filter(**{f"{key}__{'lt' if down else 'gt'}": last})
    rows = list(found.order_by(f"-{key}" if down else key)[: limit + 1])
    return _cut(request, rows, limit, asked, lambda row: int(getattr(row, key)))


def piece_of_numbers(request: HttpRequest, numbers: Sequence[int], limit: int, asked: dict[str, str]) -> Piece:
    """The same of a list that is no table but numbers themselves, ascending, such as rows of a result."""
    last = _read(request.GET.get("cursor", ""), _bound(request.path, asked))
    begin = 0 if last is None else bisect_right(numbers, last)
    return _cut(request, list(numbers[begin : begin + limit + 1]), limit, asked, int)


def _cut(
    request: HttpRequest, rows: list[Any], limit: int, asked: dict[str, str], number: Callable[[Any], int]
) -> Piece:
    """So many rows, and where those go on that are more."""
    if len(rows) <= limit:
        return Piece(rows, None)
    rows = rows[:limit]
    cursor = signing.dumps([number(rows[-1]), _bound(request.path, asked)], salt=SALT)
    return Piece(rows, f"{request.path}?{urlencode({**asked, 'limit': limit, 'cursor': cursor})}")


def _bound(path: str, asked: dict[str, str]) -> str:
    """A cursor is good for this list alone, asked for in this way."""
    return hashlib.sha256(f"{path}?{urlencode(sorted(asked.items()))}".encode()).hexdigest()[:16]


def _read(cursor: str, bound: str) -> int | None:
    if not cursor:
        return None
    try:
        last, of = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        last, of = None, ""
    if of != bound or not isinstance(last, int):
        raise Problem(
            "cursor", _("Follow “next” as it stands, with the same filters; or begin again without a cursor.")
        )
    return last
