"""Who is at work on a batch: one process at a time, and another where that one has died."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Max
from django.db.models.functions import Coalesce

from baolei.sheets.models import Batch

HOST = socket.gethostname()
SILENCE = timedelta(minutes=2)
"""A process that has not been heard of for so long is taken for dead, wherever it ran."""

MISSED = timedelta(minutes=10)
"""Where work waits for so long and no process was heard of, somebody has to look."""


class Lost(Exception):
    """Somebody else is at work on this batch, or it is no longer in this state."""


def me() -> str:
    """This process, told apart from one that had its number before."""
    return f"{HOST}:{os.getpid()}:{_TOKEN}"


_TOKEN = secrets.token_hex(4)


def claim(batch: Batch, now: datetime) -> None:
    """Take a batch that waits for work. Raises Lost while another living process has it."""
    if batch.worker and batch.worker != me() and alive(batch, now):
        raise Lost(f"{batch.worker} is at work on it")
    taken = Batch.objects.filter(pk=batch.pk, worker=batch.worker, state__in=Batch.UNDER_WAY)
    if not taken.update(worker=me(), beat=now, tries=F("tries") + 1):
        raise Lost("another was quicker")
    batch.worker = me()


def still_mine(batch: Batch, now: datetime, *, being: str, **new: Any) -> None:
    """Say that this process lives, and write what has changed. Raises Lost when the batch is another's by now."""
    if not Batch.objects.filter(pk=batch.pk, worker=me(), state=being).update(beat=now, **new):
        raise Lost("it was taken over, or changed its state")
    for name, value in new.items():
        setattr(batch, name, value)


def alive(batch: Batch, now: datetime) -> bool:
    """Whether the process that has a batch lives."""
    host, number, _token = batch.worker.rsplit(":", 2)
    if batch.beat is None or now - batch.beat > SILENCE:
        return False
    if host != HOST:
        return True
    return int(number) != os.getpid() and _runs(int(number))


def waiting(now: datetime) -> tuple[int, bool]:
    """How many batches are under way, and whether anybody has been heard of at any of them lately."""
    under_way = Batch.objects.filter(state__in=Batch.UNDER_WAY)
    heard = under_way.aggregate(last=Max(Coalesce("beat", "at")))["last"]
    return under_way.count(), heard is None or now - heard <= MISSED


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True
