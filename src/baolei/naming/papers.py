"""Official papers about a list: worded by whoever leads the round, set as PDF and Word by a job.

A paper whose process died is set again: the files can be made anew from the words at any time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from baolei.jobs import Work
from baolei.ledger.actions import record
from baolei.naming import content
from baolei.naming.models import NamingList, Paper
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import papers
from baolei.warehouse.papers.paper import Paper as Sheet
from baolei.warehouse.papers.pdf import as_pdf
from baolei.warehouse.papers.word import DOCX, as_word

SILENCE = timedelta(minutes=6)
"""A paper that has not been heard of for so long is set again; longer than the setter may take."""
STEPS = 3
FILES = {"pdf": ("pdf", "application/pdf"), "word": ("docx", DOCX)}
"""The files of a paper by their name in the address: ending, kind."""


@transaction.atomic
def put_in_words(
    *, actor: Account | None, now: datetime, naming_list: NamingList, kind: str, said: Mapping[str, str], why: str,
    days: tuple[date, date] | None = None,
) -> Paper:  # fmt: skip
    """Word a paper about a list and have its files made; worded again it takes the place of the one before.

    `said`: issuer, title, recipients, body, attachment, signature. A document that names has the number and the day of
    the adoption; a notice has its `days`, and is dated by the first. Raises Refusal.
    """
    made: NamingList = NamingList.objects.select_for_update().select_related("round").get(pk=naming_list.pk)
    if kind == papers.NAMING and made.adopted_on is None:
        raise NotPossible(_("the list is not adopted yet: adopt it first, the paper takes number and day from that"))
    if kind == papers.NOTICE and days is None:
        raise NotPossible(_("the list is not laid open: there is nothing to give notice of"))
    if not made.lines.filter(listed=True).exists():
        raise NotPossible(_("there is no name on the list: draw it up first"))
    papers.check(kind, papers.Wording(said["title"], said["recipients"], said["body"], said["attachment"]))
    day = days[0] if days else made.adopted_on
    fresh: dict[str, Any] = {
        **{name: said[name].strip() for name in ("issuer", "title", "recipients", "body", "attachment", "signature")},
        "number": made.document if kind == papers.NAMING else "", "day": day, "first": days[0] if days else None,
        "last": days[1] if days else None, "worded_by": actor, "worded_at": now, "state": Paper.WAITING, "done": 0,
        "beat": None, "said": "", "digests": {},
    }  # fmt: skip
    mine: Paper = Paper.objects.update_or_create(list=made, kind=kind, defaults=fresh)[0]
    record(actor=actor, act="naming.word", subject=f"round:{made.round_id}", path=made.round.path, now=now, why=why,
           after={"kind": kind, "title": mine.title})  # fmt: skip
    PAPERS.enqueue(mine.pk)
    return mine


def _do(number: int) -> None:
    mine: Paper = Paper.objects.select_related("list__round", "list__run").get(pk=number)
    of = content.state_of(mine.list)
    made = content.sheet(mine)
    _done(mine, of, made, _set(mine, made), timezone.now())


def _set(mine: Paper, made: Sheet) -> dict[str, str]:
    """Make both files; the digest of each."""
    home, digests = Path(settings.BAOLEI_HOME), dict[str, str]()
    setters: dict[str, Callable[[], bytes]] = {
        "pdf": lambda: as_pdf(made, home / "fonts"), "word": lambda: as_word(made, own_template(mine.kind)),
    }  # fmt: skip
    for step, (file, make) in enumerate(setters.items(), 1):
        _told(mine, step)
        body, path = make(), file_of(mine, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(body)
        unfinished.replace(path)
        digests[file] = hashlib.sha256(body).hexdigest()
    return digests


def own_template(kind: str) -> Path:
    """Where a unit drops its own Word template of a kind of paper."""
    return Path(settings.BAOLEI_HOME) / "templates" / f"{kind}.docx"


def file_of(mine: Paper, file: str) -> Path:
    """Where a file of a paper lies."""
    return Path(settings.BAOLEI_HOME) / "rounds" / str(mine.list.round_id) / "papers" / f"{mine.kind}.{FILES[file][0]}"


def _told(mine: Paper, step: int) -> None:
    Paper.objects.filter(pk=mine.pk).update(done=step, beat=timezone.now())


def _failed(number: int, words: str) -> None:
    Paper.objects.filter(pk=number).update(state=Paper.FAILED, said=words)


PAPERS = Work(
    "papers", lambda: Paper.objects.filter(state__in=Paper.OPEN), SILENCE, _do, _failed,
    {"state": Paper.SETTING, "done": 0},
)  # fmt: skip


@transaction.atomic
def _done(mine: Paper, of: str, made: Sheet, digests: dict[str, str], now: datetime) -> None:
    """On record, unless the paper was worded anew meanwhile: that one waits for its own turn."""
    worded = Paper.objects.filter(pk=mine.pk, worded_at=mine.worded_at)
    if not worded.update(state=Paper.DONE, done=STEPS, of=of, names=made.names, digests=digests):
        return
    record(actor=None, act="naming.set", subject=f"round:{mine.list.round_id}", path=mine.list.round.path, now=now,
           after={"kind": mine.kind, "listed": made.names, **digests})  # fmt: skip
