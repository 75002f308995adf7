"""The work that a page does not wait for: one queue, and one process that works it off.

What is to be done stands in a row of its room; the queue only says that there is something. So a job that was lost with
its process is found again, when the next one starts and every minute after.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from huey import Huey, MemoryHuey, PostgresHuey, SqliteHuey, crontab

from baolei.programme.refusals import ActRefused, Refusal

SYSTEM_FAILED = "系统出错，请联系管理员 / the system failed: tell your administrator"

log = logging.getLogger(__name__)


@cache
def queue() -> Huey:
    """The queue: beside the database, of the same kind. Where jobs run at once (tests), in memory."""
    database = settings.DATABASES["default"]
    if settings.BAOLEI_JOBS_AT_ONCE:
        return MemoryHuey("baolei", immediate=True)
    if "postgresql" in database["ENGINE"]:
        names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        return PostgresHuey("baolei", **{to: database[name] for name, to in names.items() if database.get(name)})
    return SqliteHuey("baolei", filename=str(Path(database["NAME"]).parent / "jobs.sqlite3"), timeout=20)


@dataclass(eq=False)
class Work:
    """One kind of work, each piece of which stands in a row with a `beat`, when it was last heard of.

    `rows`: those that wait or are under way; one silent for `silence` is begun again. `do` does one from its beginning
    to its end, by its number; `failed` keeps why it could not be done; `begun` is noted when one is taken up.
    """

    name: str
    rows: Callable[[], Any]
    silence: timedelta
    do: Callable[[int], None]
    failed: Callable[[int, str], None]
    begun: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def task(self) -> Any:
        """What is queued; a process that has asked for it can work it off."""
        return queue().task(name=self.name)(self.perform)

    def enqueue(self, number: int) -> None:
        """Have a row worked off, once the transaction is through."""
        transaction.on_commit(lambda: self.task(number))

    def pick_up(self) -> None:
        """Queue again what waits, and what is under way with nobody at it."""
        task, quiet = self.task, timezone.now() - self.silence
        for number, beat in self.rows().order_by("pk").values_list("pk", "beat"):
            if beat is None or beat < quiet:
                task(number)

    def perform(self, number: int) -> None:
        """Do one, unless another process is at it."""
        now = timezone.now()
        free = self.rows().filter(pk=number).exclude(beat__gt=now - self.silence)
        if not free.update(beat=now, **self.begun):
            return
        try:
            self.do(number)
        except Refusal as refused:
            self.failed(number, refused.say("zh") if isinstance(refused, ActRefused) else str(refused))
        except Exception as error:
            log.exception("%s %s", self.name, number)
            self.failed(number, str(error) if isinstance(error, OSError) else SYSTEM_FAILED)
            if settings.BAOLEI_JOBS_AT_ONCE:
                raise


def consume(works: Sequence[Work], others: Sequence[Callable[[], None]]) -> None:
    """Work off the queue until told to end, looking every minute for what is under way; `others` run by the clock."""
    working = queue()
    working.flush()  # what was queued before is found by looking at the rows
    finders = [
        *((one.name, one.pick_up) for one in works),
        *((f"{one.__module__}.{one.__name__}", one) for one in others),
    ]
    for name, find in finders:
        working.periodic_task(crontab(minute="*"), name=f"{name}, each minute")(find)
        find()
    connection.close()
    working.create_consumer(workers=1, worker_type="thread", check_worker_health=True).run()
