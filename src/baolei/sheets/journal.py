"""What a batch does to the house, written down change by change, so that all of it can be taken back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models

from baolei.matters.models import Grid, GridCode, Holding, Worker
from baolei.organisations.models import Member, Membership, Organisation, OrganisationState, Post, Unit, UnitState
from baolei.organisations.pouring import pour, reserve
from baolei.people.models import Mandate
from baolei.sheets.models import Batch, Change

TABLES: dict[str, type[models.Model]] = {
    str(model._meta.model_name): model
    for model in (
        Unit,
        UnitState,
        Organisation,
        OrganisationState,
        Member,
        Membership,
        Post,
        Mandate,
        Grid,
        GridCode,
        Worker,
        Holding,
    )
}
"""The tables that spreadsheets write, by name."""


class Journal:
    """The changes of one chunk, kept in its transaction."""

    def __init__(self, batch: Batch, chunk: int) -> None:
        self.batch, self.chunk = batch, chunk
        self.kept: list[tuple[Any, ...]] = []

    def make(self, model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[int]:
        """Write new rows (columns of the database, without the number) and return their numbers."""
        held = list(rows)
        numbers = list(reserve(model, len(held)))
        pour(model, ("id", *columns), ((number, *row) for number, row in zip(numbers, held, strict=True)))
        for number, row in zip(numbers, held, strict=True):
            self._keep(model, number, None, dict(zip(columns, row, strict=True)))
        return numbers

    def change(self, rows: Sequence[models.Model], **new: Any) -> None:
        """Give all these rows of one table the same new values."""
        if not rows:
            return
        model = type(rows[0])
        for row in rows:
            self._keep(model, row.pk, {name: getattr(row, name) for name in new}, new)
        model._default_manager.filter(pk__in=[row.pk for row in rows]).update(**new)

    def write(self) -> None:
        """Keep it, in the transaction of the chunk."""
        pour(Change, ("batch_id", "chunk", "table", "row", "before", "after"), self.kept)
        self.kept = []

    def _keep(self, model: type[models.Model], row: int, before: Mapping[str, Any] | None, after: Any) -> None:
        was = None if before is None else _json(before)
        self.kept.append((self.batch.pk, self.chunk, str(model._meta.model_name), row, was, _json(after)))


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value.isoformat() if isinstance(value, dt.date) else value


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps({name: plain(value) for name, value in values.items()}, ensure_ascii=False)
