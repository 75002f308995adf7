"""Take a batch back as a whole: what it made goes, what it changed becomes what it was; as long as nothing was built on
it since. Chunk by chunk, from the last to the first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import models, transaction

from baolei.ledger.actions import record
from baolei.organisations.models import Finding, Organisation, OrganisationState, Unit, UnitCount, UnitState
from baolei.paths import at_or_below
from baolei.people.models import InTree, Mandate
from baolei.sheets.errand import errand
from baolei.sheets.journal import TABLES, plain
from baolei.sheets.lease import still_mine
from baolei.sheets.models import Batch, Change, Row
from baolei.sheets.touched import look_again

SHOWN = 10
DERIVED = (Finding, UnitCount)
"""What the audit counted of a node goes with the node."""


def blockers(batch: Batch) -> list[str]:
    """What was built on a batch since, and so keeps it from being taken back; at most so many."""
    found: list[str] = []
    for one in (*_changed_since(batch), *_leaning_on(batch), *_mandates(batch)):
        if one not in found:
            found.append(one)
        if len(found) == SHOWN:
            break
    return found


def take_back(batch: Batch, now: datetime) -> None:
    """Take back what is there of a batch, and look at what it touched anew. Raises Lost."""
    being = batch.state
    while batch.chunk > 0:
        if not _undo_chunk(batch, being, now):
            return
    _finish(batch, being, now)


@transaction.atomic
def _finish(batch: Batch, being: str, now: datetime) -> None:
    look_again(batch, now)
    end = {Batch.STOPPING: Batch.STOPPED, Batch.REVERTING: Batch.REVERTED}[being]
    still_mine(batch, now, being=being, state=end, closed=now, done=0, worker="", tries=0)
    Change.objects.filter(batch=batch).delete()
    record(actor=None, act=f"sheets.{end}", subject=f"batch:{batch.pk}", path=errand(batch, now).path, now=now,
           why=batch.why, after={"file": batch.name, "sha256": batch.digest, "kind": batch.kind})  # fmt: skip


@transaction.atomic
def _undo_chunk(batch: Batch, being: str, now: datetime) -> bool:
    """Take the last chunk that is there back; False when something was built on it while we were at it."""
    here = batch.chunk - 1
    changes = list(Change.objects.filter(batch=batch, chunk=here).order_by("-pk"))
    blocked = next(_differing(changes, set()), None)
    if blocked:
        notes = [
            *batch.notes,
            ["blocked", f"{blocked}已有新的变更，先处理它，再点“撤销”", f"{blocked} was changed since"],
        ]
        still_mine(batch, now, being=being, state=Batch.APPLIED, notes=notes, worker="")
        return False
    rows = Row.objects.filter(batch=batch, place__range=(here * batch.step, (here + 1) * batch.step - 1)).count()
    still_mine(batch, now, being=being, chunk=here, done=max(0, batch.done - rows), tries=0)
    for (table, made), group in groupby(changes, key=lambda one: (one.table, one.before is None)):
        _undo(TABLES[table], list(group), made)
    return True


def _undo(model: type[models.Model], changes: Sequence[Change], made: bool) -> None:
    if made:
        numbers = [one.row for one in changes]
        if model is Organisation:
            Finding.objects.filter(organisation__in=numbers).delete()
        if model is Unit:
            UnitCount.objects.filter(unit__in=numbers).delete()
        model._default_manager.filter(pk__in=numbers).delete()
        return
    for before, group in groupby(changes, key=lambda one: json.dumps(one.before, sort_keys=True)):
        model._default_manager.filter(pk__in=[one.row for one in group]).update(**json.loads(before))


# ---- what was built on it ----


def _changed_since(batch: Batch) -> Iterator[str]:
    """Rows that are no longer as the batch left them."""
    again = set(
        Change.objects.filter(batch=batch).order_by().values_list("table", "row")
        .annotate(times=models.Count("pk")).filter(times__gt=1).values_list("table", "row")
    )  # fmt: skip
    for chunk in range(batch.chunk):
        yield from _differing(list(Change.objects.filter(batch=batch, chunk=chunk)), again)


def _differing(changes: Sequence[Change], leave: set[tuple[str, int]]) -> Iterator[str]:
    """What is no longer as these changes left it: the last word on each row counts. Rows of `leave` are not asked."""
    should: dict[tuple[str, int], dict[str, Any]] = {}
    for one in sorted(changes, key=lambda one: one.pk):
        if (one.table, one.row) not in leave:
            should.setdefault((one.table, one.row), {}).update(one.after)
    for table in {table for table, _ in should}:
        numbers = [row for name, row in should if name == table]
        rows = TABLES[table]._default_manager.in_bulk(numbers)
        for number in numbers:
            row = rows.get(number)
            if row is None:
                yield f"{TABLES[table]._meta.verbose_name} {number}"
            elif _differs(row, should[table, number]):
                yield called(row)


def _differs(row: models.Model, should: dict[str, Any]) -> bool:
    ended = getattr(row, "until", None) is not None and "until" not in should
    return ended or any(plain(getattr(row, name)) != value for name, value in should.items())


def _leaning_on(batch: Batch) -> Iterator[str]:
    """Rows of others that point at rows which the batch made."""
    for table, model in TABLES.items():
        made = _made(batch, table)
        if not made.exists():
            continue
        for relation in model._meta.get_fields(include_hidden=True):
            other = relation.related_model
            if not (relation.auto_created and not relation.concrete) or other in DERIVED or not isinstance(other, type):
                continue
            found = other._default_manager.filter(**{f"{relation.field.name}__in": made.values("row")})  # type: ignore[union-attr]
            if str(other._meta.model_name) in TABLES:
                found = found.exclude(pk__in=_made(batch, str(other._meta.model_name)).values("row"))
            yield from (called(one) for one in found[:SHOWN])


def _mandates(batch: Batch) -> Iterator[str]:
    """Mandates at nodes which the batch made: they name a path, not a row."""
    for states, tree in ((UnitState, InTree.UNIT), (OrganisationState, InTree.PARTY)):
        made = states.objects.filter(pk__in=_made(batch, str(states._meta.model_name)).values("row"))
        nodes = _made(batch, "unit" if states is UnitState else "organisation").values("row")
        node = "unit__in" if states is UnitState else "organisation__in"
        for path in made.filter(**{node: nodes}).values_list("path", flat=True):
            yield from (called(one) for one in Mandate.objects.filter(at_or_below(path), tree=tree)[:1])


def _made(batch: Batch, table: str) -> Any:
    return Change.objects.filter(batch=batch, table=table, before__isnull=True)


def called(row: models.Model) -> str:
    """What a row is called when it stands in the way."""
    kind = str(row._meta.verbose_name)
    if isinstance(row, (UnitState, OrganisationState, Batch, Mandate)):
        return f"{kind}“{getattr(row, 'name', None) or row}”"
    parts = [str(person) for name in ("member", "holder") if (person := getattr(row, name, None))]
    organisation = getattr(row, "organisation_id", None)
    if organisation:
        state = OrganisationState.objects.filter(organisation=organisation).order_by("-since").first()
        parts.append(state.name if state else "")
    return f"{kind}“{' '.join(parts) or row}”"
