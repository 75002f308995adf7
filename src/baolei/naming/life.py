"""The life of what was given, a title or a demonstration site or base: looked at every year, watched, withdrawn, given
up; lapsed with its branch. The results of a year only ask; people decide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.naming.models import Demonstration, Title, TitleReview
from baolei.organisations.models import OrganisationState, UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import titles
from baolei.programme.decided import Decided
from baolei.programme.scoring.change import verdicts
from baolei.programme.standard.edition import Edition
from baolei.rounds.models import Round
from baolei.scores.models import Run
from baolei.scores.running import must_be_whole, years_below
from baolei.standards.at_hand import at_hand
from baolei.warehouse.snapshot import read_table

BATCH = 2_000
LIVING = (titles.IN_FORCE, titles.WATCHED)
"""Where a title stands when a year's results may ask something of it; one to be withdrawn is being decided already."""
Held = Title | Demonstration
"""What has the life of a title."""


@transaction.atomic
def carry(
    *, actor: Account | None, now: datetime, title: Held, act: str, who: str, reason: str,
    second: Account | None = None,
) -> Any:  # fmt: skip
    """Do with a title, a site or a base what its table allows: watch it, propose its withdrawal, withdraw, retain it.

    What takes two people names both. Raises Refusal.
    """
    mine = type(title).objects.select_for_update().get(pk=title.pk)
    day = localdate(now)
    decided = Decided(str(actor.pk if actor else ""), str(second.pk if second else ""), reason, day) \
        if act in titles.BY_TWO else None  # fmt: skip
    here = titles.Title(str(mine.organisation_id), mine.code, mine.level, str(mine.round_id), mine.since, mine.until,
                        mine.state, mine.ended)  # fmt: skip
    after = titles.carry(here, act, who, day, decided)
    before, mine.state, mine.ended = mine.state, after.state, after.ended
    mine.reason, mine.by, mine.second = reason, actor, second
    mine.save()
    if isinstance(mine, Title):
        TitleReview.objects.filter(title=mine, done="").update(done=act, done_on=day)
    record(actor=actor, act=f"naming.{act}", subject=f"organisation:{mine.organisation_id}", path=home_of(mine, day),
           now=now, why=reason, before={"standing": before}, after={"standing": mine.state})  # fmt: skip
    return mine


@transaction.atomic
def answer(*, actor: Account | None, now: datetime, title: Held, words: str) -> Any:
    """What a branch answers before its title is withdrawn. Raises NotPossible where nothing is proposed."""
    mine = type(title).objects.select_for_update().get(pk=title.pk)
    if mine.state != titles.WITHDRAWING:
        raise NotPossible(_("nobody proposes to withdraw this title: there is nothing to answer"))
    mine.answer = words.strip()
    mine.save()
    record(actor=actor, act="naming.answer", subject=f"organisation:{mine.organisation_id}",
           path=home_of(mine, localdate(now)), now=now, after={"sha256": _digest(mine.answer)})  # fmt: skip
    return mine


@transaction.atomic
def lapse_and_expire(*, now: datetime) -> dict[str, int]:
    """By the clock: titles whose branch has ended lapse, those whose days are over expire; sites and bases as well, by
    their lead branch. How many of each. Done again it changes nothing.
    """
    day = localdate(now)
    open_ones = [state.code for state in titles.STATES.states if not state.final]
    living = OrganisationState.objects.on(day).values("organisation")
    ended = {"lapsed": 0, "expired": 0}
    for held, branch in ((Title.objects, "organisation__in"), (Demonstration.objects, "lead__in")):
        found: Any = held.filter(state__in=open_ones)
        ended["lapsed"] += found.exclude(**{branch: living}).update(state=titles.LAPSED, ended=day)
        ended["expired"] += found.filter(until__lt=day).update(state=titles.EXPIRED, ended=day)
    if any(ended.values()):
        record(actor=None, act="naming.clock", now=now, after=ended)
    return ended


# ---- the yearly look ----


@transaction.atomic
def look_through(*, actor: Account | None, now: datetime, round: Round, run: Run, why: str) -> dict[str, int]:
    """Hold the titles that the unit of a round gave before against this year's run: what the results ask of each.

    Nothing is done with a title here. Looked through again, what was decided stays. How many titles are asked what.
    Raises NotPossible.
    """
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    must_be_whole(run, this)
    held = list(titles_before(this, localdate(now)).filter(state__in=LIVING).values_list("pk", "organisation_id"))
    if not held:
        raise NotPossible(_("this unit has given no title before this round: there is nothing to look at"))
    TitleReview.objects.filter(run__round=this, done="").delete()
    decided = set(TitleReview.objects.filter(run__round=this).values_list("title_id", flat=True))
    asked = _asked(at_hand(this.edition), run)
    codes = dict(OrganisationState.objects.open().values_list("organisation_id", "code"))
    looks = [
        TitleReview(title_id=pk, run=run, asks=act, figures=figures)
        for pk, organisation in held if pk not in decided
        for act, figures in [asked.get(codes.get(organisation, ""), ("", {}))]
    ]  # fmt: skip
    TitleReview.objects.bulk_create(looks, batch_size=BATCH)
    counts = {act: sum(look.asks == act for look in looks) for act in ("keep", "watch", "propose", "")}
    record(actor=actor, act="naming.look", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           after={"sha256": run.results, **{act or "none": number for act, number in counts.items()}})  # fmt: skip
    return counts


def titles_before(this: Round, day: date) -> Any:
    """The titles that the unit of a round has given in other rounds, in force from before this day."""
    return Title.objects.filter(round__unit=this.unit_id, since__lte=day).exclude(round=this)


def _asked(edition: Edition, run: Run) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """For each branch of a run, by its code, the act its results ask for if it holds a title, and the figures."""
    columns = ["code", "field", "standing", "standing_se", "vetoes"]
    rows = read_table(run.results_folder / "branches.parquet", columns)
    line = {table.code: table.line for table in edition.fields}
    lines = np.array([line[code] for code in rows["field"].to_pylist()], dtype=np.int64)
    before = years_below(run.folder / "snapshot")
    below = np.array([before.get(code, 0) for code in rows["code"].to_pylist()], dtype=np.int64)
    standing, se, vetoes = (rows[name].to_numpy() for name in columns[2:])
    found = verdicts(edition.policy, standing, se, lines, below, vetoes)
    return dict(_each(rows["code"].to_pylist(), found, standing, lines, below, vetoes))


def _each(codes: list[str], *columns: Any) -> Iterator[tuple[str, tuple[str, Mapping[str, Any]]]]:
    for code, verdict, standing, line, below, vetoes in zip(codes, *(one.tolist() for one in columns), strict=True):
        yield code, (titles.yearly(verdict), {"counted": round(standing * 100), "line": line, "below": below,
                                              "veto": bool(vetoes)})  # fmt: skip


@transaction.atomic
def keep_all(*, actor: Account | None, now: datetime, round: Round, why: str) -> int:
    """Keep every title of which the results ask just that and nobody has decided. How many. Raises NotPossible."""
    day = localdate(now)
    waiting = TitleReview.objects.filter(run__round=round, done="", asks="keep", title__state__in=LIVING)
    kept = list(waiting.select_for_update(of=("self",)).values_list("pk", "title_id"))
    if not kept:
        raise NotPossible(_("there is no title that the results ask to keep and nobody has decided"))
    Title.objects.filter(pk__in=waiting.values("title")).update(
        state=titles.IN_FORCE, reason=why, by=actor, second=None
    )
    waiting.update(done="keep", done_on=day)
    record(actor=actor, act="naming.keep_all", subject=f"round:{round.pk}", path=round.path, now=now, why=why,
           after={"titles": len(kept)})  # fmt: skip
    return len(kept)


def home_of(mine: Held, day: date) -> str:
    """The path of the unit that the branch of a title serves, or served last."""
    state = (
        OrganisationState.objects.filter(organisation=mine.organisation_id, since__lte=day).order_by("-since").first()
    )
    unit = UnitState.objects.filter(unit=state.unit_id, since__lte=day).order_by("-since").first() if state else None
    return unit.path if unit else ""


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
