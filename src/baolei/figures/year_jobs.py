"""The year in one file is made as a job, once of each adopted list, whether anybody asks for it or not.

What is to be done stands in the row; the queue only says that there is something. A job whose process died is begun
again, and so is one whose files are lost: the same rows and the same entry of the ledger give the same bytes.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from baolei.figures import years
from baolei.figures.models import YearFile
from baolei.ledger.actions import record
from baolei.naming.models import NamingList
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.refusals import Refusal
from baolei.scores.running import must_be_whole
from baolei.sheets.jobs import queue
from baolei.warehouse import year
from baolei.warehouse.check_year import PUBLIC, WHOLE

SILENCE = timedelta(minutes=5)
"""A job that has not been heard of for so long is begun again."""
STEPS = 4

log = logging.getLogger(__name__)


@cache
def _task() -> Any:
    return queue().task(name="figures.year")(perform)


@transaction.atomic
def ask_for_year(*, actor: Account | None, now: datetime, naming_list: NamingList, why: str) -> YearFile:
    """Have the year of an adopted list made, or made again after it failed. Raises NotPossible."""
    if naming_list.adopted_on is None:
        raise NotPossible(_("the list is not adopted yet: the year is made of what stands"))
    mine: YearFile
    mine, new = YearFile.objects.select_for_update().get_or_create(
        list=naming_list, defaults={"asked_by": actor, "asked_at": now}
    )
    if not new and mine.state != YearFile.FAILED:
        raise NotPossible(_("it is made already, or under way"))
    YearFile.objects.filter(pk=mine.pk).update(state=YearFile.WAITING, said="", beat=None)
    record(actor=actor, act="figures.ask_for_year", subject=f"round:{naming_list.round_id}",
           path=naming_list.round.path, now=now, why=why)  # fmt: skip
    transaction.on_commit(lambda: _task()(mine.pk))
    return mine


def pick_up() -> None:
    """Begin the year of every adopted list that has none, and queue again what nobody is at or what is lost."""
    task, now = _task(), timezone.now()
    for made in NamingList.objects.filter(adopted_on__isnull=False, year_file=None):
        YearFile.objects.get_or_create(list=made, defaults={"asked_at": now})
    for mine in YearFile.objects.filter(state=YearFile.DONE).select_related("list"):
        if not all(mine.file(variant).exists() for variant in (WHOLE, PUBLIC)):
            YearFile.objects.filter(pk=mine.pk).update(state=YearFile.WAITING, beat=None)
    for mine in YearFile.objects.filter(state__in=YearFile.OPEN):
        if mine.beat is None or mine.beat < now - SILENCE:
            task(mine.pk)


def perform(number: int) -> None:
    """Make both files, unless another process is at it."""
    now = timezone.now()
    waiting = YearFile.objects.filter(pk=number, state__in=YearFile.OPEN).exclude(beat__gt=now - SILENCE)
    if not waiting.update(state=YearFile.RUNNING, beat=now, done=0, total=STEPS):
        return
    mine = YearFile.objects.select_related("list__round", "list__run").get(pk=number)
    try:
        _make(mine)
    except (Refusal, OSError) as refused:
        _failed(mine, str(refused))
    except Exception:
        log.exception("year %s", number)
        _failed(mine, "系统出错，请联系管理员 / the system failed: tell your administrator")
        if settings.BAOLEI_JOBS_AT_ONCE:
            raise


def _make(mine: YearFile) -> None:
    must_be_whole(mine.list.run, mine.list.round)
    whole, public = years.parts(mine.list)
    _told(mine, 1)
    entry = years.recorded(mine, years.cores(whole, public))
    ledger = years.proved(entry)
    _told(mine, 2)
    found = {}
    for step, (variant, files) in enumerate(((WHOLE, whole), (PUBLIC, public)), 3):
        found[variant] = year.seal(files, ledger, mine.file(variant))
        _told(mine, step)
    YearFile.objects.filter(pk=mine.pk).update(
        state=YearFile.DONE, root=ledger["root"], ended_at=timezone.now(), said="",
        whole=found[WHOLE], whole_bytes=mine.file(WHOLE).stat().st_size,
        public=found[PUBLIC], public_bytes=mine.file(PUBLIC).stat().st_size,
    )  # fmt: skip


def _told(mine: YearFile, done: int) -> None:
    YearFile.objects.filter(pk=mine.pk).update(done=done, beat=timezone.now())


def _failed(mine: YearFile, words: str) -> None:
    YearFile.objects.filter(pk=mine.pk).update(state=YearFile.FAILED, said=words, ended_at=timezone.now())
