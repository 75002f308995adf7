"""What is done with scores: a run asked for, visits drawn and made, results put on the public pages."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from baolei.declarations.actions import standard
from baolei.ledger.actions import record
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.rounds.models import Round
from baolei.scores.models import Run, Visit
from baolei.scores.running import enqueue, must_be_whole
from baolei.warehouse.snapshot import read_table

NOT_YET = ("planned", "self_assessment", "ballots")
"""Phases in which a round cannot be scored yet."""


@transaction.atomic
def ask_for_run(*, actor: Account | None, now: datetime, round: Round, seed: str, why: str) -> Run:
    """Have a round frozen and scored. `seed`: a public number fixed after the records, by which visits are drawn.

    Raises NotPossible while declarations are still open, or another run of the round is under way.
    """
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    if this.phase in NOT_YET or this.ended_at:
        raise NotPossible(_("it is scored once the declarations are frozen: pass the round to scoring first"))
    if not seed.strip():
        raise NotPossible(_("enter the public number, such as the lottery's of a day after the freeze"))
    try:
        with transaction.atomic():
            run: Run = Run.objects.create(round=this, why=why, seed=seed.strip(), asked_by=actor, asked_at=now)
    except IntegrityError as error:
        raise NotPossible(_("a run of this round is under way: wait until it is done")) from error
    record(actor=actor, act="scores.ask", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           after={"seed": run.seed})  # fmt: skip
    enqueue(run)
    return run


@transaction.atomic
def draw_visits(*, actor: Account | None, now: datetime, run: Run, why: str) -> int:
    """Draw whom to visit from a run: by lot with its public number, and those nearest the line. How many are new.

    Whoever was drawn before stays drawn. Raises NotPossible for a run that is not done.
    """
    must_be_whole(run, run.round)
    rows = read_table(run.results_folder / "branches.parquet",
                      ["code", "drawn", "borderline", "draw_probability"]).to_pylist()  # fmt: skip
    row = {one["code"]: one for one in rows if one["drawn"] or one["borderline"]}
    mine = run.round.declarations.filter(
        state=rules.FROZEN, organisation__states__until=None, organisation__states__code__in=row
    ).values_list("pk", "organisation__states__code")
    visits = [
        Visit(declaration_id=pk, run=run, wave=Visit.RANDOM if row[code]["drawn"] else Visit.BORDERLINE,
              probability=row[code]["draw_probability"] if row[code]["drawn"] else 1.0)
        for pk, code in mine
    ]  # fmt: skip
    before = Visit.objects.filter(declaration__round=run.round).count()
    Visit.objects.bulk_create(visits, batch_size=5_000, ignore_conflicts=True)
    new = Visit.objects.filter(declaration__round=run.round).count() - before
    record(actor=actor, act="scores.draw_visits", subject=f"round:{run.round_id}", path=run.round.path, now=now,
           why=why, after={"seed": run.seed, "sha256": run.results, "organisations": new})  # fmt: skip
    return new


@transaction.atomic
def visit(
    *, actor: Account, now: datetime, visit: Visit, on: date, found: Mapping[str, tuple[int, int]], words: str,
    overall: int | None = None,
) -> Visit:  # fmt: skip
    """Record a visit: the facts as verified on the spot, by item; what is not looked at stays as declared.

    The organisation's points follow from the facts by the same arithmetic. `overall`: the visitors' own judgement of
    the whole, 0-100. Raises Refusal.
    """
    mine: Visit = Visit.objects.select_for_update().select_related("declaration__round").get(pk=visit.pk)
    declaration = mine.declaration
    edition, table = standard(declaration)
    declared = {one.item: (one.num, one.den) for one in declaration.answers.all()}
    for item, (num, den) in found.items():
        if item not in declared:
            raise NotPossible(_("there is no item %(item)s in this field's table") % {"item": item})
        rules.checked(edition.items[item], num, den)
    if overall is not None and not 0 <= overall <= 100:
        raise NotPossible(_("the judgement of the whole is a number from 0 to 100"))
    leaves = rules.leaves(edition, table, {**declared, **found})
    mine.found = {item: list(pair) for item, pair in found.items() if pair != declared[item]}
    mine.organisation = sum(leaf.points or 0 for leaf in leaves)
    mine.overall = None if overall is None else overall * 100
    mine.words, mine.on, mine.by = words, on, actor
    mine.save()
    record(actor=actor, act="scores.visit", subject=f"organisation:{declaration.organisation_id}",
           path=declaration.path, now=now,
           after={"found": mine.found, "points": mine.organisation, "on": on.isoformat()})  # fmt: skip
    return mine


@transaction.atomic
def show(*, actor: Account | None, now: datetime, run: Run, why: str) -> Run:
    """Put the results of a run on the public pages. Raises NotPossible where they are not whole."""
    must_be_whole(run, run.round)
    run.shown_at = now
    run.save(update_fields=["shown_at"])
    record(actor=actor, act="scores.show", subject=f"round:{run.round_id}", path=run.round.path, now=now, why=why,
           after={"sha256": run.results})  # fmt: skip
    transaction.on_commit(lambda: point_to(run.results_folder))
    return run


def point_to(results: Path) -> None:
    """Let the public pages show this folder: a link at the place where they look, changed at once.

    A folder that lies there itself (of a demo, or evaluated by hand) is put aside, never deleted.
    """
    place = Path(settings.BAOLEI_RESULTS)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists() and not place.is_symlink():
        aside = place.with_name(f"{place.name}-before")
        number = 1
        while aside.exists():
            number += 1
            aside = place.with_name(f"{place.name}-before-{number}")
        place.rename(aside)
    new = place.with_name(f".{place.name}-{os.getpid()}")
    new.unlink(missing_ok=True)
    new.symlink_to(results.resolve(), target_is_directory=True)
    new.replace(place)
