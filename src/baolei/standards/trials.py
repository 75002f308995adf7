"""A draft tried on the round that is on show: asked for, worked off beside the pages, and told in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from baolei.jobs import Work
from baolei.ledger.actions import record
from baolei.organisations.current import current
from baolei.people.models import Account
from baolei.programme.refusals import EditionRefused, SnapshotRefused
from baolei.standards import doors
from baolei.standards.actions import NotPossible
from baolei.standards.book import book
from baolei.standards.faults import summary
from baolei.standards.models import OtherVerdict, OwnEdition, Trial
from baolei.warehouse.trial import TrialRefused, snapshot_beside, tried

SILENCE = timedelta(minutes=10)
"""A trial of which nothing was heard for so long is begun again."""
PATIENCE = 3
"""So often; then somebody has to look."""
MOST_NAMED = 10
"""So many items or gates are named; of more, the number."""
LEAST = 5
"""Fields of fewer branches are not counted by themselves."""


def hindrance(draft: OwnEdition) -> str:
    """Why a draft cannot be tried here and now, in words; '' where it can."""
    if book(draft.files).edition is None:
        return _("The draft has faults: put them right first.")
    opened = current()
    if opened is None:
        return _("No round is on show here: there is nothing to try the draft on.")
    if snapshot_beside(opened) is None:
        return _("The records of the round on show are not on this machine. Put the folder of its snapshot beside the "
                 "folder of its results.")  # fmt: skip
    return ""


@transaction.atomic
def try_out(*, actor: Account, now: datetime, draft: OwnEdition) -> Trial:
    """Have a draft tried; what was found by the last trial goes. Raises NotPossible."""
    tops = doors.tops(actor, timezone.localdate(now))
    if not tops:
        raise NotPossible(_("The standard is set at the top of the tree, by the organisation department there."))
    if why := hindrance(draft):
        raise NotPossible(why)
    OwnEdition.objects.select_for_update().get(pk=draft.pk)
    last = Trial.objects.filter(edition=draft).first()
    if last and last.state == Trial.WAITING and now - (last.beat or last.at) < SILENCE:
        raise NotPossible(_("It is being tried already: wait for what comes of it."))
    Trial.objects.filter(edition=draft).delete()
    made: Trial = Trial.objects.create(edition=draft, version=draft.version, asked_by=actor, at=now)
    TRIALS.enqueue(made.pk)
    record(actor=actor, act="standards.try", subject=f"edition:{draft.pk}", path=tops[0], now=now,
           after={"code": draft.code})  # fmt: skip
    return made


def _do(number: int) -> None:
    _work(Trial.objects.select_related("edition").get(pk=number))


def _failed(number: int, _words: str) -> None:
    """It is tried again, until it has failed too often."""
    trial = Trial.objects.get(pk=number)
    Trial.objects.filter(pk=number).update(beat=None)
    if trial.tries >= PATIENCE:
        _refused(trial, [["failed", ""]])


TRIALS = Work(
    "standards.trial", lambda: Trial.objects.filter(state=Trial.WAITING), SILENCE, _do, _failed,
    {"tries": F("tries") + 1},
)  # fmt: skip


def _work(trial: Trial) -> None:
    """Judge the round by the draft and keep what was found, as a whole."""
    opened = current()
    folder = snapshot_beside(opened) if opened else None
    if opened is None or folder is None:
        _refused(trial, [["snapshot", ""]])
        return

    def told(_stage: str, done: int, total: int) -> None:
        Trial.objects.filter(pk=trial.pk).update(done=done, total=total, beat=timezone.now())

    try:
        found = tried(opened, folder, trial.edition.files, told)
    except TrialRefused as refused:
        _refused(trial, [list(note) for note in refused.why])
        return
    except (EditionRefused, SnapshotRefused) as refused:
        _refused(trial, [["records", summary(refused.faults)]])
        return
    with transaction.atomic():
        OtherVerdict.objects.bulk_create(
            [OtherVerdict(trial=trial, **asdict(one)) for one in found.verdicts], batch_size=500
        )
        Trial.objects.filter(pk=trial.pk).update(
            state=Trial.DONE, figures=[asdict(one) for one in found.fields], notes=[list(one) for one in found.notes],
            snapshot=found.snapshot, round_edition=opened.edition.code,
        )  # fmt: skip


def _refused(trial: Trial, why: list[list[str]]) -> None:
    Trial.objects.filter(pk=trial.pk).update(state=Trial.REFUSED, refused=why)


def words(notes: Sequence[Sequence[str]], names: Mapping[str, str] | None = None) -> list[str]:
    """What a trial could not say, or why it could not be made, in words; `names`: what the codes in them are called."""
    said = {
        "total": _("The whole table has other points (%(about)s): scores and lines of both cannot be held together."),
        "sources": _("It has other sources (%(about)s): the round was asked by others."),
        "grades": _("The ballot has other grades (%(about)s): the round was answered in others."),
        "questions": _("The questions to %(about)s are about other strengths than those that were answered."),
        "fields": _("It has no table for fields that have branches: %(about)s."),
        "records": _("The records of the round cannot be read by it. %(about)s"),
        "snapshot": _("The records of the round on show are not on this machine any more."),
        "failed": _("The system failed on this trial: tell your administrator."),
        "items": _("Nothing is on record of these items, so they count as absent and the others of their cell carry "
                   "their points: %(about)s."),
        "gates": _("Nothing is on record of these gates, so they count as met: %(about)s."),
        "visits": _("%(about)s visits were given points by the old table of items and are left out."),
    }  # fmt: skip
    return [said[code] % {"about": _listed(about, names or {})} for code, about in notes]


def _listed(about: str, names: Mapping[str, str]) -> str:
    """Codes by their names, the first ones of many."""
    called = [names.get(code, code) for code in about.split(", ")]
    if len(called) <= MOST_NAMED:
        return pgettext("between names", ", ").join(called)
    first = pgettext("between names", ", ").join(called[:MOST_NAMED])
    return _("%(first)s and %(more)s more") % {"first": first, "more": len(called) - MOST_NAMED}


def figures(trial: Trial) -> list[dict[str, Any]]:
    """The counts of the fields that may be shown: of five branches and more."""
    return [row for row in trial.figures if row["branches"] >= LEAST]
