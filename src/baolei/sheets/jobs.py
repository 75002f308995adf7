"""Sheets as jobs: reading, writing, taking back. A batch is held by a lease, since its parts are written one by one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from baolei.jobs import queue
from baolei.sheets import lease, limits
from baolei.sheets.applying import apply
from baolei.sheets.models import Batch, Row
from baolei.sheets.reverting import take_back
from baolei.sheets.staging import stage

PATIENCE = 3
"""So often is work begun again that ends in an error of ours; then somebody has to look."""
WORK: dict[str, Callable[..., None]] = {
    Batch.WAITING: stage, Batch.APPLYING: apply, Batch.STOPPING: take_back, Batch.REVERTING: take_back,
}  # fmt: skip

log = logging.getLogger(__name__)


@cache
def _task() -> Any:
    return queue().task(name="sheets")(run)


def enqueue(batch: Batch) -> None:
    """Have a batch worked on, once the transaction is through."""
    transaction.on_commit(lambda: _task()(batch.pk))


def run(number: int) -> None:
    """Do what a batch waits for, unless another process is at it."""
    batch = Batch.objects.filter(pk=number, state__in=Batch.UNDER_WAY).first()
    if batch is None:
        return
    now = timezone.now()
    try:
        lease.claim(batch, now)
        WORK[batch.state](batch, now)
    except lease.Lost as lost:
        log.info("batch %s: %s", number, lost)
    except Exception:
        log.exception("batch %s", number)
        _give_up(batch)
        if settings.BAOLEI_JOBS_AT_ONCE:
            raise


def _give_up(batch: Batch) -> None:
    """After an error of ours: let go, and where reading failed again and again, say so and end it."""
    Batch.objects.filter(pk=batch.pk, worker=lease.me()).update(worker="")
    failed = Batch.objects.filter(pk=batch.pk, state=Batch.WAITING, tries__gte=PATIENCE)
    words = [
        "refused",
        "系统处理这个文件时出错，请联系管理员",
        "The system failed on this file: tell your administrator.",
    ]
    failed.update(state=Batch.REFUSED, closed=timezone.now(), notes=[words])


def pick_up() -> None:
    """Queue again what is under way and has nobody at it, and forget what was kept long enough."""
    now, task = timezone.now(), _task()
    for batch in Batch.objects.filter(state__in=Batch.UNDER_WAY):
        quiet = not batch.worker or batch.beat is None or not lease.alive(batch, now)
        if quiet and (batch.tries < PATIENCE or now - (batch.beat or now) > timedelta(hours=1)):
            task(batch.pk)
    forget(now)


def forget(now: datetime) -> int:
    """Delete the rows of sheets that ended some days ago: they may be personal. How many."""
    ended = Batch.objects.filter(state__in=Batch.CLOSED, closed__lt=now - timedelta(days=limits.KEEP))
    return int(Row.objects.filter(batch__in=ended).delete()[0])
