"""A run as a job: freeze, score, and say so. A run whose process died is begun again, and comes out the same."""

from __future__ import annotations

import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from baolei.ballots.counted import settled_ballots
from baolei.jobs import Work
from baolei.ledger.actions import record
from baolei.organisations.units import NotPossible
from baolei.rounds.models import Round
from baolei.scores.freezing import freeze
from baolei.scores.models import Run
from baolei.standards.at_hand import at_hand, files_at_hand
from baolei.warehouse.evaluate import STAGES, evaluate, results_digest
from baolei.warehouse.snapshot import read_table

SILENCE = timedelta(minutes=2)
"""A run that has not been heard of for so long is begun again."""


def enqueue(run: Run) -> None:
    """Have a run done, once the transaction is through."""
    RUNS.enqueue(run.pk)


def _do(number: int) -> None:
    run: Run = Run.objects.select_related("round").get(pk=number)
    _done(run, *_scored(run), timezone.now())


def _scored(run: Run) -> tuple[str, str, int]:
    """Digest of the snapshot, digest of the results, number of branches."""
    this, folder = run.round, run.folder
    shutil.rmtree(folder, ignore_errors=True)  # left by a process that died
    _told(run, "freezing", 0, STAGES)
    snapshot = freeze(
        this, folder / "snapshot", day=timezone.localdate(run.asked_at), seed=run.seed, edition=at_hand(this.edition),
        files=files_at_hand(this.edition), ballots=settled_ballots(this), last=last_year(this),
    )  # fmt: skip
    heard = [0.0]

    def told(step: str, done: int, total: int) -> None:
        if time.monotonic() - heard[0] > 1:
            heard[0] = time.monotonic()
            _told(run, step, done, total)

    results = evaluate(folder / "snapshot", folder / "results", told=told)
    return snapshot, results, read_table(folder / "results" / "branches.parquet", ["code"]).num_rows


def _told(run: Run, step: str, done: int, total: int) -> None:
    Run.objects.filter(pk=run.pk).update(step=step[:100], done=done, total=total, beat=timezone.now())


def _failed(number: int, words: str) -> None:
    Run.objects.filter(pk=number).update(state=Run.FAILED, said=words, ended_at=timezone.now())


RUNS = Work("scores", lambda: Run.objects.filter(state__in=Run.OPEN), SILENCE, _do, _failed, {"state": Run.RUNNING})


@transaction.atomic
def _done(run: Run, snapshot: str, results: str, branches: int, now: datetime) -> None:
    Run.objects.filter(pk=run.pk).update(
        state=Run.DONE, snapshot=snapshot, results=results, branches=branches, ended_at=now, done=STAGES, total=STAGES
    )
    record(actor=None, act="scores.run", subject=f"round:{run.round_id}", path=run.round.path, now=now, why=run.why,
           after={"snapshot": snapshot, "sha256": results, "organisations": branches, "seed": run.seed})  # fmt: skip


def last_year(this: Round) -> pa.Table | None:
    """The scores of the year before, of the same unit, as the next snapshot keeps them; None where there were none."""
    before = (
        Run.objects.filter(round__unit=this.unit_id, round__year=this.year - 1, state=Run.DONE).order_by("-pk").first()
    )
    if before is None or not (before.results_folder / "branches.parquet").exists():
        return None
    rows = read_table(before.results_folder / "branches.parquet", ["code", "score", "se", "named", "over_line"])
    old = before.folder / "snapshot"
    years = years_below(old)
    listed = rows.to_pylist()
    return pa.table({
        "code": [one["code"] for one in listed], "score": [one["score"] for one in listed],
        "se": [round(100 * (one["se"] or 0)) for one in listed], "named": [one["named"] for one in listed],
        "years_below": [0 if one["over_line"] else 1 + years.get(one["code"], 0) for one in listed],
    })  # fmt: skip


def years_below(snapshot: Path) -> dict[str, int]:
    """For each branch of a snapshot, by its code, how many successive years up to the last it stood below the line."""
    if not (snapshot / "last_year.parquet").exists():
        return {}
    codes = pq.read_table(snapshot / "branches.parquet", columns=["code"])["code"].to_pylist()
    last = pq.read_table(snapshot / "last_year.parquet", columns=["branch", "years_below"]).to_pylist()
    return {codes[one["branch"]]: one["years_below"] for one in last}


def is_whole(run: Run) -> bool:
    """Whether the results of a run still lie there as they were written: their digest is the run's."""
    folder = run.results_folder
    return (folder / "manifest.json").exists() and results_digest(folder) == run.results


def must_be_whole(run: Run, of: Round) -> None:
    """Raises NotPossible unless the run is of this round, is done, and its results still lie there as written."""
    if run.round_id != of.pk or run.state != Run.DONE or not is_whole(run):
        raise NotPossible(_("the run is not done, or its files are not what they were: run it again"))
