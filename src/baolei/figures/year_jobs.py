"""The year in one file is made as a job, once of each adopted list, whether anybody asks for it or not.

A job whose process died is begun again, and so is one whose files are lost: the same rows and the same entry of the
ledger give the same bytes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from baolei.figures import years
from baolei.figures.models import YearFile
from baolei.jobs import Work
from baolei.ledger.actions import record
from baolei.naming.models import NamingList
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.scores.running import must_be_whole
from baolei.warehouse import year
from baolei.warehouse.check_year import PUBLIC, WHOLE

SILENCE = timedelta(minutes=5)
"""A job that has not been heard of for so long is begun again."""
STEPS = 4


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
    YEARS.enqueue(mine.pk)
    return mine


def begin() -> None:
    """Begin the year of every adopted list that has none, and again what was made and is lost."""
    now = timezone.now()
    for made in NamingList.objects.filter(adopted_on__isnull=False, year_file=None):
        YearFile.objects.get_or_create(list=made, defaults={"asked_at": now})
    for mine in YearFile.objects.filter(state=YearFile.DONE).select_related("list"):
        if not all(mine.file(variant).exists() for variant in (WHOLE, PUBLIC)):
            YearFile.objects.filter(pk=mine.pk).update(state=YearFile.WAITING, beat=None)
    YEARS.pick_up()


def _do(number: int) -> None:
    _make(YearFile.objects.select_related("list__round", "list__run").get(pk=number))


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


def _failed(number: int, words: str) -> None:
    YearFile.objects.filter(pk=number).update(state=YearFile.FAILED, said=words, ended_at=timezone.now())


YEARS = Work(
    "figures.year", lambda: YearFile.objects.filter(state__in=YearFile.OPEN), SILENCE, _do, _failed,
    {"state": YearFile.RUNNING, "done": 0, "total": STEPS},
)  # fmt: skip
