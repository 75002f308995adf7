"""The rows of a round as the parts of its year in one file: lines, draws, calendar, notice, and the ledger's proof.

Nobody's name leaves: who declared, reviewed, decided or objected is not asked for, and where somebody's name stands in
the words of a decision it is taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from baolei.figures.models import YearFile
from baolei.ledger.actions import record
from baolei.ledger.models import Entry
from baolei.naming.actions import reasons_of
from baolei.naming.models import Line, NamingList
from baolei.notices.listing import numbers
from baolei.notices.models import Posting
from baolei.organisations.models import Member, OrganisationState, UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import proof, review
from baolei.programme.visibility import least
from baolei.reviews.models import Decision
from baolei.rounds.models import Round
from baolei.scores.models import Run, Visit
from baolei.scores.running import is_whole
from baolei.standards.at_hand import at_hand
from baolei.warehouse import rulebook, year
from baolei.warehouse.check_year import PUBLIC, WHOLE, rows
from baolei.warehouse.snapshot import read_manifest

ACT = "figures.year"
TAKEN_OUT = "〔姓名〕"
"""In the place of somebody's name."""


def parts(made: NamingList) -> tuple[year.Files, year.Files]:
    """The parts of the auditors' file and of everybody's, but for their record. The list's run must be whole."""
    run, edition, drawn = made.run, at_hand(made.round.edition), _draws(made.round)
    files = year.whole(
        run.folder, edition, _says(made), list(_lines(made)),
        [year.Draw(one.seed, one.results, one.results_folder) for one in drawn], _visits(made.round, drawn),
    )  # fmt: skip
    told = {**year.json_of(files), "whole": year.core_of(files)}
    listed = [row["code"] for row in rows(_bytes(files, "list.csv"), "list.csv") if row["listed"] == "yes"]
    waves = year.waves(rows(_bytes(files, "visits.csv"), "visits.csv"))
    return files, year.public(run.folder, edition, told, listed, waves)


def _bytes(files: year.Files, name: str) -> dict[str, bytes]:
    held = files[name]
    return {name: held if isinstance(held, bytes) else held.read_bytes()}


# ---- what the year says ----


def _says(made: NamingList) -> dict[str, Any]:
    this, run = made.round, made.run
    home = UnitState.objects.on(day_of(run)).get(unit=this.unit_id)
    as_of = read_manifest(run.folder / "snapshot")["round"]["as_of"]
    return {
        "round": {"name": this.name, "year": this.year, "unit": home.code, "unit_name": home.name, "level": home.level,
                  "edition": this.edition, "digest": this.digest, "basis": this.basis, "document": this.document},
        "calendar": [{"phase": one.phase, "from": one.begins.isoformat(), "to": one.ends.isoformat()}
                     for one in this.spans.all()],
        "run": {"seed": run.seed, "snapshot": run.snapshot, "results": run.results, "branches": run.branches,
                "as_of": as_of},
        "list": {"drawn_up": timezone.localdate(made.drawn_at).isoformat(), "document": made.document,
                 "adopted_on": made.adopted_on.isoformat() if made.adopted_on else ""},
        "notice": _notice(Posting.objects.filter(list=made).first()),
    }  # fmt: skip


def _notice(posting: Posting | None) -> dict[str, Any] | None:
    """The days of the public notice, and how many objections came to what; few are not counted out."""
    if posting is None:
        return None
    counted = year.few(numbers(posting), least(rulebook.visibility()))
    return {"first": posting.first.isoformat(), "last": posting.last.isoformat(), "objections": counted}


def day_of(run: Run) -> date:
    """The day as of which a run was frozen: the codes in its files are of that day."""
    return timezone.localdate(run.asked_at)


def _codes(this: Round, run: Run) -> dict[int, str]:
    """The code of each organisation that takes part, as the files of a run have it."""
    mine = this.declarations.values("organisation")
    found = OrganisationState.objects.on(day_of(run)).filter(organisation__in=mine)
    return dict(found.values_list("organisation_id", "code"))


# ---- the list ----


def _lines(made: NamingList) -> Iterator[year.Named]:
    codes, reviewed = _codes(made.round, made.run), _reviewed(made.round)
    people = set(Account.objects.values_list("name", flat=True))
    for line in made.lines.select_related("declaration").iterator(chunk_size=5_000):
        code = codes.get(line.declaration.organisation_id)
        if code is None:
            raise NotPossible(_("a branch on the list is not in the run it was drawn up from: draw it up again"))
        yield year.Named(
            code, line.field, line.score, line.tier, line.standing,
            reasons_of(line), line.visited, line.passed, line.listed, reviewed.get(line.declaration_id, ""), line.act,
            cleared(line, people) if line.act else "", line.document,
            line.decided_on.isoformat() if line.decided_on else "",
        )  # fmt: skip


def _reviewed(this: Round) -> dict[int, str]:
    """By declaration the digest of what its last review passed."""
    found = Decision.objects.filter(step__declaration__round=this, verdict=review.PASS).order_by("pk")
    return dict(found.values_list("step__declaration_id", "digest"))


def cleared(line: Line, people: Iterable[str]) -> str:
    """Why a name was struck or added, without the names of people: accounts, and the members of the branch itself."""
    of = line.declaration.organisation_id
    members = Member.objects.filter(memberships__organisation=of).values_list("name", flat=True)
    words = line.reason
    for name in sorted({*people, *members}, key=len, reverse=True):
        if len(name) > 1:
            words = words.replace(name, TAKEN_OUT)
    return words


# ---- the visits ----


def _draws(this: Round) -> list[Run]:
    """The runs by which visits of a round were drawn, as far as their files are what they were."""
    found = Run.objects.filter(visits__declaration__round=this).distinct().order_by("pk")
    return [run for run in found if is_whole(run)]


def _visits(this: Round, drawn: list[Run]) -> list[tuple[str, int, str, bool]]:
    """Each visit: the branch, the place of its draw, why it was visited, whether it was made."""
    place = {run.pk: number for number, run in enumerate(drawn)}
    codes = {run.pk: _codes(this, run) for run in drawn}
    found = Visit.objects.filter(run__in=drawn, declaration__round=this)
    return sorted(
        (codes[run].get(organisation, ""), place[run], wave, on is not None)
        for run, organisation, wave, on in found.values_list("run_id", "declaration__organisation_id", "wave", "on")
    )


# ---- the ledger ----


@transaction.atomic
def recorded(mine: YearFile, cores: Mapping[str, str]) -> Entry:
    """The entry that records both files by their digests: the one there is, or a new one where they are others now."""
    old = Entry.objects.filter(pk=mine.entry or 0).first()
    if old is not None and (old.particulars or {}).get("after") == dict(cores):
        return old
    this = mine.list.round
    made = record(actor=None, act=ACT, subject=f"round:{this.pk}", path=this.path, now=timezone.now(),
                  after=dict(cores))  # fmt: skip
    mine.entry = made.number
    mine.save(update_fields=["entry"])
    return made


def proved(entry: Entry) -> dict[str, Any]:
    """What `ledger.json` says: the entry, and the path from it to the root of the ledger as it stood with it."""
    peaks: proof.Peaks = ()
    before = Entry.objects.filter(number__lt=entry.number).order_by("number")
    for one in before.values_list("hash", flat=True).iterator(chunk_size=10_000):
        peaks = proof.grow(peaks, one)
    root = proof.root(proof.grow(peaks, entry.hash))
    return year.in_ledger(entry.proved(), entry.particulars, entry.salt or "", year.path_of_last(peaks), root)


def cores(whole: year.Files, public: year.Files) -> dict[str, str]:
    """The digests by which the ledger knows both files."""
    return {WHOLE: year.core_of(whole), PUBLIC: year.core_of(public)}
