"""What is done with spreadsheets: sent, written, discarded, reverted. The work itself is a job (`jobs`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.organisations.models import UnitState
from baolei.people.models import Account
from baolei.programme.refusals import Refusal
from baolei.sheets import limits
from baolei.sheets.jobs import enqueue
from baolei.sheets.kept import Kept, TooLarge, keep
from baolei.sheets.models import Batch, Row
from baolei.sheets.reverting import blockers
from baolei.sheets.staging import upload


class NotNow(Refusal):
    """A step that cannot be taken with this spreadsheet as it stands."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent: what it is called, its bytes piece by piece."""

    name: str
    pieces: Iterable[bytes]


def send(
    *, actor: Account, unit: UnitState, kind: str, day: date, why: str, sent: Sent, now: datetime
) -> tuple[Batch, bool]:
    """Take a file in; the batch, and whether it is a new one. The same file sent twice is one batch while it is open.

    Raises NotNow for a file that is too large, and for a day that has not come.
    """
    if day > timezone.localdate(now):
        raise NotNow(_("A list that holds from %(day)s on is sent on that day.") % {"day": day})
    kept = _keep(sent.pieces)
    try:
        with transaction.atomic():
            batch: Batch = Batch.objects.create(
                kind=kind, unit_id=unit.unit_id, day=day, why=why.strip(), name=sent.name[:255], digest=kept.digest,
                size=kept.size, kept_as=kept.name, sender=actor, at=now,
            )  # fmt: skip
            _record(batch, "upload", actor, now, unit.path)
            enqueue(batch)
    except IntegrityError:
        Path(settings.BAOLEI_UPLOADS, kept.name).unlink()
        same = Batch.objects.filter(digest=kept.digest, kind=kind, unit=unit.unit_id, state__in=Batch.OPEN).first()
        if same is None:
            raise
        return same, False
    return batch, True


def _keep(pieces: Iterable[bytes]) -> Kept:
    try:
        return keep(Path(settings.BAOLEI_UPLOADS), pieces, limits.UPLOAD)
    except TooLarge:
        raise NotNow(
            _("The file is larger than %(most)s MB: send it in several parts.") % {"most": limits.UPLOAD >> 20}
        ) from None


@transaction.atomic
def apply(*, actor: Account, batch: Batch, only_right: bool, now: datetime) -> None:
    """Let a batch be written: all its rows, or with `only_right` those that are right. Raises NotNow."""
    wrong, meant = batch.counts.get("wrong", 0), batch.counts.get("new", 0) + batch.counts.get("changed", 0)
    if wrong and not only_right:
        raise NotNow(
            _("%(wrong)s rows are wrong: put them right and send the file again, or take only the right rows.")
            % {"wrong": wrong}
        )
    if not meant:
        raise NotNow(_("No row of it is new or changed: there is nothing to write."))
    _step(batch, (Batch.READY,), state=Batch.APPLYING, only_right=only_right, done=0, total=meant, chunk=0, tries=0,
          beat=now)  # fmt: skip
    _record(batch, "apply", actor, now, after={"counts": batch.counts, "only_right": only_right})
    enqueue(batch)


@transaction.atomic
def discard(*, actor: Account, batch: Batch, now: datetime) -> None:
    """Put a batch away of which nothing was written. Raises NotNow."""
    _step(batch, (Batch.READY, Batch.WAITING), state=Batch.DISCARDED, closed=now, worker="")
    Row.objects.filter(batch=batch).delete()
    _record(batch, "discard", actor, now)
    transaction.on_commit(lambda: upload(batch).unlink(missing_ok=True))


@transaction.atomic
def revert(*, actor: Account, batch: Batch, why: str, now: datetime) -> None:
    """Let a batch be taken back as a whole. Raises NotNow, naming what was built on it since."""
    if batch.state != Batch.APPLIED:
        raise NotNow(_("Only what was written can be reverted."))
    if not why.strip():
        raise NotNow(_("Say why it is reverted."))
    found = blockers(batch)
    if found:
        raise NotNow(_("Something was built on it since: %(what)s. Undo that first.") % {"what": "; ".join(found)})
    _step(batch, (Batch.APPLIED,), state=Batch.REVERTING, tries=0, closed=None, beat=now)
    _record(batch, "revert", actor, now, why=why)
    enqueue(batch)


def _step(batch: Batch, states: tuple[str, ...], **new: object) -> None:
    """Change a batch that is still in one of these states."""
    try:
        with transaction.atomic():
            changed = Batch.objects.filter(pk=batch.pk, state__in=states).update(**new)
    except IntegrityError:
        raise NotNow(_("The same file was sent again and is open: finish that first.")) from None
    if not changed:
        raise NotNow(_("Somebody has taken the next step with this file already: look at it again."))
    for name, value in new.items():
        setattr(batch, name, value)


def _record(
    batch: Batch, step: str, actor: Account, now: datetime, path: str = "", why: str = "",
    after: dict[str, object] | None = None,
) -> None:  # fmt: skip
    where = path or UnitState.objects.filter(unit=batch.unit_id).order_by("-since").values_list("path", flat=True)[0]
    told = {
        "file": batch.name,
        "sha256": batch.digest,
        "kind": batch.kind,
        "day": batch.day.isoformat(),
        **(after or {}),
    }
    record(actor=actor, act=f"sheets.{step}", subject=f"batch:{batch.pk}", path=where, now=now, why=why or batch.why,
           after=told)  # fmt: skip
