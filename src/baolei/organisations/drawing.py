"""Counts of all branches out of the tables, as fast as the database gives them: the counterpart of `pouring`.

Asked in one go, never by a cursor of the server (`iterator()`): PostgreSQL plans such a one for its first rows, and on
one processor. What comes back are whole numbers, a row for each branch or so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Count, IntegerField, When

from baolei.organisations.models import holds_on
from baolei.programme.evidence import Facts

Ints = npt.NDArray[np.int64]
CHUNK = 20_000


def table(question: Any) -> Ints:
    """The rows of a question for whole numbers, none of them missing; its columns are those of `values_list`."""
    try:
        sql, values = question.query.sql_with_params()
    except EmptyResultSet:  # nothing can be so, and the database is not asked
        return np.zeros((0, len(question.query.values_select) + len(question.query.annotation_select)), np.int64)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        parts = iter(lambda: cursor.fetchmany(CHUNK), [])
        told = np.fromiter(chain.from_iterable(chain.from_iterable(parts)), np.int64)
        return told.reshape(-1, len(cursor.description))


def so_many(question: Any, organisations: Collection[int]) -> Facts:
    """What a question for organisation, done and due says of these organisations; those with nothing due left out."""
    mine = set(organisations)
    return {organisation: (done, due) for organisation, done, due in table(question).tolist()
            if due and organisation in mine}  # fmt: skip


def as_facts(pks: Ints, done: Ints, due: Ints) -> Facts:
    """Columns of organisations (pk), done and due as facts; those with nothing due left out."""
    return {pk: (one, of) for pk, one, of in zip(pks.tolist(), done.tolist(), due.tolist(), strict=True) if of}


def on_each(days: Iterable[date]) -> dict[str, Count]:
    """How many rows with a first and a last day held on each of some days, to annotate."""
    return {f"day_{place}": Count("pk", filter=holds_on(day)) for place, day in enumerate(days)}


def place_in(column: str, codes: Iterable[str]) -> Case:
    """The place of a column's code among some codes, as a whole number."""
    whens = (When(**{column: code}, then=place) for place, code in enumerate(codes))
    return Case(*whens, output_field=IntegerField())
