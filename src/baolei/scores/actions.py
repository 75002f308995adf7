"""What is done with scores: a run asked for, visits drawn and made, results put on the public pages."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.declarations.actions import answers_of, standard
from baolei.ledger.actions import record
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.programme.refusals import Refusal
from baolei.programme.standard.edition import Edition
from baolei.programme.visit import second_look
from baolei.rounds.models import Round
from baolei.scores.doors import against, conflicts
from baolei.scores.looks import other_look
from baolei.scores.models import Run, Visit
from baolei.scores.running import enqueue, must_be_whole
from baolei.warehouse.rulebook import visits as visit_rules
from baolei.warehouse.snapshot import read_table

NOT_YET = ("planned", "self_assessment", "ballots")
"""Phases in which a round cannot be scored yet."""
MOST_TEAMS = 999


class WrittenSince(Refusal):
    """The sheet of a visit was written since it was seen; holds what stands there now."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        super().__init__(_("this sheet was handed in since you opened it: look at both, and choose"))


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
    """Draw whom to visit from a run: by lot with its public number, and those nearest the line; of these, by the same
    number, whom to visit twice. How many visits are new.

    Whoever was drawn before stays drawn, and is not drawn again. Raises NotPossible for a run that is not done.
    """
    must_be_whole(run, run.round)
    rows = read_table(run.results_folder / "branches.parquet",
                      ["code", "drawn", "borderline", "draw_probability"]).to_pylist()  # fmt: skip
    row = {one["code"]: one for one in rows if one["drawn"] or one["borderline"]}
    mine = run.round.declarations.filter(
        state=rules.FROZEN, visits=None, organisation__states__until=None, organisation__states__code__in=row
    ).values_list("pk", "organisation__states__code")
    made = _drawn(run, row, list(mine))
    Visit.objects.bulk_create(made, batch_size=5_000, ignore_conflicts=True)
    record(actor=actor, act="scores.draw_visits", subject=f"round:{run.round_id}", path=run.round.path, now=now,
           why=why, after={"seed": run.seed, "sha256": run.results, "organisations": len(made)})  # fmt: skip
    return len(made)


def _drawn(run: Run, row: Mapping[str, Mapping[str, Any]], mine: list[tuple[int, str]]) -> list[Visit]:
    """The visits to the declarations (pk and code of the branch) whose rows of the results were drawn."""
    share = visit_rules().share
    again = second_look(run.seed, [code for _pk, code in mine])
    firsts = [
        Visit(declaration_id=pk, run=run, wave=Visit.RANDOM if row[code]["drawn"] else Visit.BORDERLINE,
              probability=row[code]["draw_probability"] if row[code]["drawn"] else 1.0)
        for pk, code in mine
    ]  # fmt: skip
    return firsts + [Visit(declaration_id=pk, run=run, wave=Visit.DOUBLE) for pk, code in mine if again[code] < share]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was found on a visit: when, the facts as verified by item (so many of so many), in words what was seen and
    heard, the judgement of the whole (0-100, None for none), the number of the team (0 where teams have none).
    """

    on: date
    found: Mapping[str, tuple[int, int]]
    words: str
    overall: int | None = None
    team: int = 0


@transaction.atomic
def visit(
    *, actor: Account, now: datetime, visit: Visit, sheet: Sheet, key: str = "", seen: int | None = None
) -> Visit:
    """Record a visit: the facts as verified on the spot; what is not looked at stays as declared.

    The organisation's points follow from the facts by the same arithmetic. `key`: a delivery that has arrived under it
    before is not written again. `seen`: the version that was on the page. Raises Refusal: for what cannot be, for whom
    something ties to the branch, for the person or team of the other look, for another's sheet, and where the visit was
    written since it was seen.
    """
    looks = Visit.objects.filter(declaration=visit.declaration_id)
    list(looks.select_for_update().order_by("pk"))  # both looks are held: neither is written while the other is asked
    mine: Visit = looks.select_related("declaration__round", "by").get(pk=visit.pk)
    if key and mine.deliveries.filter(key=key).exists():
        return mine
    _may_be_made(mine, actor, sheet, now)
    if seen is not None and seen != mine.version:
        raise WrittenSince(mine)
    edition, table = standard(mine.declaration)
    declared = answers_of(mine.declaration)
    leaves = rules.leaves(edition, table, {**declared, **_checked(edition, declared, sheet)})
    mine.found = {item: list(pair) for item, pair in sheet.found.items()}
    mine.organisation = sum(leaf.points or 0 for leaf in leaves)
    mine.overall = None if sheet.overall is None else sheet.overall * edition.total // 100
    mine.words, mine.on, mine.by, mine.team = sheet.words.strip(), sheet.on, actor, sheet.team
    mine.version += 1
    mine.save()
    if key:
        mine.deliveries.create(key=key, at=now)
    record(actor=actor, act="scores.visit", subject=f"organisation:{mine.declaration.organisation_id}",
           path=mine.declaration.path, now=now, after=_told(mine))  # fmt: skip
    return mine


def _told(mine: Visit) -> dict[str, Any]:
    """What the ledger keeps of a visit: of one that is made twice the digest alone, so that the other look stays
    blind.
    """
    said = {"found": mine.found, "points": mine.organisation, "overall": mine.overall, "words": mine.words}
    day = mine.on.isoformat() if mine.on else ""
    if other_look(mine) is not None:
        text = json.dumps(said, ensure_ascii=False, sort_keys=True)
        return {"day": day, "version": mine.version, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    return {"day": day, "version": mine.version, "found": mine.found, "points": mine.organisation}


def _may_be_made(mine: Visit, actor: Account, sheet: Sheet, now: datetime) -> None:
    """Raises NotPossible where this person may not write this visit now."""
    other, tied = other_look(mine), conflicts(actor, [mine.declaration], localdate(now)).get(mine.declaration_id)
    if why := against(actor, mine, other, tied):
        raise NotPossible(why)
    if other is not None and sheet.team and other.team == sheet.team and other.on is not None:
        raise NotPossible(_("your team has made the other look at this branch: this one is another team's"))


def _checked(edition: Edition, declared: Mapping[str, Any], sheet: Sheet) -> Mapping[str, tuple[int, int]]:
    """The facts of a sheet. Raises Refusal naming the item, or what else cannot be."""
    for item, (num, den) in sheet.found.items():
        if item not in declared:
            raise NotPossible(_("there is no item %(item)s in this field's table") % {"item": item})
        rules.checked(edition.items[item], num, den)
    if sheet.overall is not None and not 0 <= sheet.overall <= 100:
        raise NotPossible(_("the judgement of the whole is a number from 0 to 100"))
    if not 0 <= sheet.team <= MOST_TEAMS:
        raise NotPossible(_("the number of a team is from 1 to %(most)d") % {"most": MOST_TEAMS})
    if not sheet.words.strip():
        raise NotPossible(_("say in a sentence what was seen and heard"))
    return sheet.found


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
