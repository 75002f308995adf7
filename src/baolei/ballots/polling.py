"""Polls 评议投票 of a round: set up for every branch at once, printed township by township, begun, ended.

The urn and the house are two databases. The urn is told first, and takes the same twice; so an act that was cut off
between the two is simply done again.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Greatest
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ballots import taking
from baolei.ballots.counted import OUT, panel_source
from baolei.ballots.models import MeetingPoll, Poll, Polling, Printing, Rating, Sealing, UrnPoll
from baolei.ballots.sealing import SEALINGS
from baolei.ballots.urns import opened
from baolei.declarations.actions import BEFORE_THE_FREEZE
from baolei.ledger.actions import record
from baolei.organisations.directory import names_of
from baolei.organisations.models import Membership, UnitState
from baolei.organisations.pouring import pour
from baolei.organisations.units import NotPossible
from baolei.paths import at_or_below
from baolei.people.models import Account
from baolei.programme.ballot import slips
from baolei.programme.ballot.ballot import POLL_BYTES, SECRET_BYTES
from baolei.programme.ballot.tally import least_answers
from baolei.programme.piles import PHASE
from baolei.programme.proof import canonical
from baolei.programme.standard.edition import Edition, Source
from baolei.programme.visibility import least as least_shown
from baolei.rounds.models import Round
from baolei.standards.at_hand import at_hand
from baolei.urn.store import CAST, CLOSED, ISSUE, SET_UP
from baolei.urn.store import Poll as InTheUrn
from baolei.warehouse.papers.slips import BranchSlips, Sheaf, TownshipSlips, slips_pdf
from baolei.warehouse.rulebook import ballots as slip_rules
from baolei.warehouse.rulebook import visibility

COLUMNS = (
    "number", "short", "declaration_id", "source", "form", "phase", "people", "least", "households", "slips", "ballots",
    "root", "signature", "roll_day", "tokens", "taken", "token_key",
)  # fmt: skip
MOST_AT_ONCE = 10_000
"""So many rows are named in one statement."""
HOUSE = "BAOLEI_ORIGIN"
"""The environment says under which origin members reach these pages."""
Wanted = tuple[Poll, int, int]
"""A poll, how many people its slips are for, how many slips are printed."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Slips as they were made: the file with their codes, and the hashes of each poll (by its number) for the urn."""

    pdf: bytes = field(repr=False)
    hashes: Mapping[str, Sequence[bytes]] = field(repr=False)


@transaction.atomic
def set_up(
    *, actor: Account | None, now: datetime, round: Round, sources: Sequence[str], revote: bool, why: str,
    seed: str = "", listed: bool = True, words: bool = False, tokens: bool = False, house: str = "",
) -> int:  # fmt: skip
    """Set a poll up for every branch that takes part and each of these sources, with the questions of the edition.
    `words`: whether a ballot may say something beside its answers. With `tokens`, members with an account may take a
    token by phone; `house` is the origin under which they reach these pages, which the ballot page is told.

    Once more it adds what is missing. `seed`: the public number by which households are drawn, drawn itself after their
    lists were closed; `listed`: there is a numbered list of the households served. How many are new.

    Raises NotPossible.
    """
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    edition = at_hand(this.edition)
    chosen = [source for source in edition.asked() if source.code in sources]
    if this.phase not in BEFORE_THE_FREEZE:
        raise NotPossible(_("polls are set up while declarations are filled in or ballots are collected"))
    if not chosen:
        raise NotPossible(_("no source is chosen: choose who is asked by slips"))
    if tokens and not house:
        raise NotPossible(_("tokens need the address of these pages: set BAOLEI_ORIGIN where the server runs"))
    _seeded(this, seed.strip())
    forms = {source.code: form_of(edition, source, words=words) for source in chosen}
    with opened() as urn:
        digests = dict(zip(forms, urn.put_forms(forms.values()), strict=True))
        made = list(_new(this, edition, chosen, digests, localdate(now), listed, tokens))
        urn.put_polls(_as_the_urn_keeps(this, chosen, made, revote, house))
    pour(Poll, COLUMNS, (
        (one.number, one.short, one.declaration_id, one.source, one.form, SET_UP, one.people, one.least,
         one.households, 0, "[]", "", "", one.roll_day, one.tokens, 0, "") for one in made
    ))  # fmt: skip
    record(actor=actor, act="ballots.set_up", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           after={"polls": len(made), "sources": sorted(forms), "revote": revote, "seed": seed.strip(),
                  "words": words, "tokens": any(one.tokens for one in made)})  # fmt: skip
    return len(made)


def _seeded(this: Round, seed: str) -> None:
    """Keep the public number of a round's polls. Raises NotPossible where households were drawn by another."""
    mine: Polling = Polling.objects.get_or_create(round=this, defaults={"closes": last_day(this)})[0]
    if seed and mine.seed not in ("", seed):
        raise NotPossible(
            _("the households of this round are drawn by %(seed)s, which stays: leave the number empty")
            % {"seed": mine.seed}
        )
    if seed and not mine.seed:
        Polling.objects.filter(pk=mine.pk).update(seed=seed)


def last_day(this: Round) -> date | None:
    """The last day of the phase in which ballots are collected, as the calendar of the round says."""
    found: date | None = this.spans.filter(phase=PHASE).values_list("ends", flat=True).first()
    return found


def house_origin() -> str:
    """The origin under which members reach these pages, where the environment says it; else ''."""
    return os.environ.get(HOUSE, "").rstrip("/")


def form_of(edition: Edition, source: Source, *, words: bool = False) -> bytes:
    """What a source is asked, as the urn keeps it and the ballot page shows it: canonical JSON. `least` answers make a
    ballot valid, by the share of the edition, so that what is sealed is counted as the score counts it.
    """
    questions = edition.questions[source.code]
    return canonical({
        "questions": [{"zh": one.text.zh, "en": one.text.en} for one in questions],
        "grades": [{"zh": one.name.zh, "en": one.name.en} for one in edition.grades], "comments": words,
        "least": least_answers(len(questions), edition.valid_share),
    })  # fmt: skip


def _new(
    this: Round, edition: Edition, chosen: Sequence[Source], digests: dict[str, str], day: date, listed: bool,
    tokens: bool,
) -> Iterator[Poll]:  # fmt: skip
    """The polls that are not there yet, but for branches that a panel rates in the name of society; tokens only where
    members are asked, and enough of them.
    """
    there = set(Poll.objects.filter(declaration__round=this).values_list("declaration_id", "source"))
    if named := panel_source(edition):
        rated = Rating.objects.filter(declaration__round=this).values_list("declaration_id", flat=True)
        there |= {(declaration, named.code) for declaration in rated}
    shorts = {short for kind in (Poll, MeetingPoll) for short in kind.objects.values_list("short", flat=True)}
    enough = least_shown(visibility())
    declared = this.declarations.exclude(state__in=OUT).order_by("path", "pk")
    full = dict(
        Membership.objects.on(day).filter(kind=Membership.FULL, organisation__in=declared.values("organisation"))
        .order_by().values_list("organisation").annotate(Count("pk"))
    )  # fmt: skip
    for pk, organisation, served in declared.values_list("pk", "organisation_id", "served"):
        for source in chosen:
            if (pk, source.code) not in there:
                people, least = asked_of(source, full.get(organisation, 0), served)
                number = new_number(shorts)
                yield Poll(number=number.hex(), short=slips.short(number), declaration_id=pk, source=source.code,
                           form=digests[source.code], people=people, least=least, roll_day=day,
                           tokens=tokens and of_members(source) and people >= enough,
                           households=served if source.public and listed else 0)  # fmt: skip


def new_number(taken: set[str]) -> bytes:
    """A number of a poll whose digits no other has; these are then taken."""
    while True:
        number = slips.poll_number(secrets.token_bytes(POLL_BYTES))
        if slips.short(number) not in taken:
            taken.add(slips.short(number))
            return number


def asked_of(source: Source, full: int, served: int) -> tuple[int, int]:
    """How many are asked about a branch with so many full members who serves so many households, and how many ballots
    are needed: all members; of households enough that so many answer; a panel of just as many as are needed.
    """
    needed = slips.least(source.minimum, full, served)
    if source.public:
        return slips.asked(needed, served, slip_rules()), needed
    return (full if of_members(source) else needed), needed


def of_members(source: Source) -> bool:
    """Whether those asked are the members of the branch."""
    return source.minimum is not None and source.minimum.of == "entitled"


def _as_the_urn_keeps(
    this: Round, chosen: Sequence[Source], made: Sequence[Poll], revote: bool, house: str
) -> Iterator[InTheUrn]:
    """Polls with what the ballot page calls them, so that whoever votes sees about whom; and where tokens are taken."""
    names = {source.code: {"zh": source.name.zh, "en": source.name.en} for source in chosen}
    whose = dict(this.declarations.values_list("pk", "organisation_id"))
    called = names_of(whose.values())
    closes = last_day(this)
    for one in made:
        shown = {"name": {"zh": this.name, "en": this.name}, "branch": called[whose[one.declaration_id]],
                 "source": names[one.source], **({"house": house} if one.tokens else {})}  # fmt: skip
        yield InTheUrn(one.key, one.form, rev_allowed=revote, closes=closes, shown=shown)


# ---- on paper ----


def waiting(this: Round, path: str) -> Any:
    """The polls at or below a unit whose slips are to be printed: none are yet, and somebody is asked. Where tokens are
    given out already, slips are for those who take none.
    """
    found = Poll.objects.filter(at_or_below(path, "declaration__path"), declaration__round=this)
    without = Q(phase=SET_UP) | Q(phase=ISSUE, tokens=True, slips=0)
    return found.filter(without, people__gt=0).exclude(declaration__state__in=OUT)


@transaction.atomic
def give_out(*, actor: Account | None, now: datetime, round: Round, why: str) -> int:
    """Let members take tokens in all polls of a round that have them, before slips are printed or instead of them. How
    many. Raises NotPossible.
    """
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    if this.phase not in BEFORE_THE_FREEZE:
        raise NotPossible(_("tokens are taken while declarations are filled in or ballots are collected"))
    number = _moved(Poll.objects.filter(declaration__round=this, tokens=True, people__gt=0), SET_UP, ISSUE)
    if not number:
        raise NotPossible(_("no poll of this round waits to give its tokens out: set polls with tokens up first"))
    record(actor=actor, act="ballots.give_out", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           after={"polls": number})  # fmt: skip
    return number


def print_slips(
    *, actor: Account | None, now: datetime, round: Round, unit: UnitState, origin: str, why: str,
    wanted: Sequence[Wanted] = (), keep: Callable[[Batch], None] = lambda _made: None, printing: Printing | None = None,
) -> bytes:  # fmt: skip
    """Print slips: those that are `wanted`, or of all branches that serve a unit or one below it, of polls that have
    none yet. The PDF: its codes are on paper and nowhere else. `keep` is given it before the urn is told, so that no
    slip can be cast whose code was never kept. Nothing is locked while the file is set. Raises NotPossible.
    """
    still_prints(round)
    asked = wanted or [first_time(one) for one in waiting(round, unit.path).select_related("declaration")
                       .order_by("declaration__path", "pk")]  # fmt: skip
    if not asked:
        raise NotPossible(_("there is nothing to print here: the slips of this unit are printed, or nobody is asked"))
    made = {one.pk: new_slips(one, number) for one, _people, number in asked}
    pdf = slips_pdf(_township(round, unit, asked, made, origin), localdate(now), Path(settings.BAOLEI_HOME) / "fonts")
    batch = Batch(pdf, {one.number: made[one.pk].hashes for one, _people, _number in asked})
    keep(batch)
    issue(actor=actor, now=now, round=round, unit=unit, hashes=batch.hashes, why=why, printing=printing)
    return pdf


def first_time(poll: Poll) -> Wanted:
    """What a poll is given when its slips are printed for the first time: one for each person, and spares."""
    return poll, poll.people, slips.printed(poll.people, slip_rules())


@transaction.atomic
def issue(
    *, actor: Account | None, now: datetime, round: Round, unit: UnitState, hashes: Mapping[str, Sequence[bytes]],
    why: str, printing: Printing | None = None,
) -> int:  # fmt: skip
    """Tell the urn of slips that were printed, and count them as issued: how many. `printing`: the job, whose file is
    ready by then. To be called again with the same hashes where it was cut off. Raises NotPossible, UrnRefused.
    """
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    still_prints(this)
    polls = list(Poll.objects.filter(number__in=hashes))
    fresh, without = [one for one in polls if one.phase == SET_UP], [one for one in polls if not one.slips]
    if (without and len(without) < len(polls)) or (printing is None and not without):
        raise NotPossible(_("some of these slips were printed meanwhile: print anew what is missing"))
    with opened() as urn:
        urn.put_slips((one.key, each) for one in polls for each in hashes[one.number])
        urn.set_phase([one.key for one in fresh], ISSUE)
    added = _issued(polls, hashes, printing)
    what: dict[str, Any] = {"polls": len(polls), "slips": added}
    if printing:
        Printing.objects.filter(pk=printing.pk).update(state=Printing.READY, made_at=now, **what)
        what["how"] = printing.kind
    record(actor=actor, act="ballots.print", subject=f"unit:{unit.unit_id}", path=unit.path, now=now, why=why,
           after=what)  # fmt: skip
    return added


def _issued(polls: Sequence[Poll], hashes: Mapping[str, Sequence[bytes]], printing: Printing | None) -> int:
    """Count slips as issued: how many. Of the public more are asked, of members the same ones once more."""
    for one in polls:
        one.slips += len(hashes[one.number])
        one.printing = printing or one.printing
        if one.phase == SET_UP:
            one.phase = ISSUE
        elif printing and printing.more and asks_more(one):
            one.people += printing.more
    Poll.objects.bulk_update(polls, ["slips", "phase", "people", "printing"], batch_size=500)
    return sum(len(hashes[one.number]) for one in polls)


def asks_more(poll: Poll) -> bool:
    """Whether slips printed later are for people not asked before, and not for those whose slip was spoiled."""
    return any(one.public for one in at_hand(poll.declaration.round.edition).asked() if one.code == poll.source)


def still_prints(this: Round) -> None:
    """Raise NotPossible in a phase in which no slips are printed any more."""
    if this.phase not in BEFORE_THE_FREEZE:
        raise NotPossible(_("slips are printed while declarations are filled in or ballots are collected"))


def new_slips(poll: UrnPoll, number: int) -> slips.Slips:
    """So many slips of a poll, with fresh secrets."""
    return slips.made(poll.key, number, secrets.token_bytes(SECRET_BYTES * number))


def _township(
    this: Round, unit: UnitState, wanted: Sequence[Wanted], made: dict[int, slips.Slips], origin: str
) -> TownshipSlips:
    sources = {one.code: one for one in at_hand(this.edition).asked()}
    called = names_of(one.declaration.organisation_id for one, _people, _number in wanted)
    branches: dict[int, list[Sheaf]] = {}
    for one, people, _number in wanted:
        source = sources[one.source]
        sheaf = Sheaf(one.key, source.name, people, made[one.pk].codes, public=source.public,
                      named=source.minimum is not None and source.minimum.of not in ("entitled", "served"))  # fmt: skip
        branches.setdefault(one.declaration.organisation_id, []).append(sheaf)
    last = this.spans.get(phase=PHASE).ends
    return TownshipSlips(
        unit.name, this.name, origin, last, [BranchSlips(called[pk], sheaves) for pk, sheaves in branches.items()]
    )


# ---- begin and end ----


@transaction.atomic
def begin(*, actor: Account | None, now: datetime, round: Round, why: str) -> int:
    """Begin the casting of all polls of a round whose slips are printed. How many. Raises NotPossible."""
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    if this.phase != PHASE:
        raise NotPossible(_("ballots are cast in the phase in which they are collected: pass the round on to it first"))
    number = _cast(can_begin(Poll.objects.filter(declaration__round=this)))
    if not number:
        raise NotPossible(
            _("there are no slips or tokens that wait for the casting to begin: print slips first; where there are "
              "none, enough members take a token before it begins")
        )  # fmt: skip
    record(actor=actor, act="ballots.begin", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           after={"polls": number})  # fmt: skip
    return number


@transaction.atomic
def end(*, actor: Account | None, now: datetime, round: Round, why: str) -> int:
    """End the casting of a round and have what was cast sealed and counted. How many polls. Raises NotPossible."""
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    stop(Poll.objects.filter(declaration__round=this))
    number = Poll.objects.filter(declaration__round=this, phase=CLOSED).count()
    if not number or _being_sealed(this):
        raise NotPossible(_("no poll of this round is open: there is nothing to end"))
    sealing = Sealing.objects.update_or_create(
        round=this, defaults={"state": Sealing.WAITING, "beat": None, "said": "", "done": 0, "total": number}
    )[0]
    SEALINGS.enqueue(sealing.pk)
    record(actor=actor, act="ballots.end", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           after={"polls": number})  # fmt: skip
    return number


def stop(polls: Any) -> int:
    """End the casting of polls, those given out and never begun too: they are sealed with what is in them."""
    _cast(polls.filter(phase=ISSUE))
    return _moved(polls, CAST, CLOSED)


def _being_sealed(this: Round) -> bool:
    return bool(Sealing.objects.filter(round=this, state__in=Sealing.OPEN).exists())


def can_begin(polls: Any) -> Any:
    """Of polls those whose casting can begin: slips are printed, or as many tokens taken as are needed at least."""
    enough = Greatest(F("least"), least_shown(visibility()))
    return polls.filter(phase=ISSUE).exclude(slips=0, taken__lt=enough)


def _cast(found: Any) -> int:
    """Move polls from giving out to casting. First nobody takes a token any more: whoever is taking one is waited for,
    and then the keys go. So issuing and casting never interleave, whatever is cut off here and done again.
    """
    locked = found.select_for_update(of=("self",)).order_by("pk")
    polls = list(locked.values_list("pk", "number", "taken", "token_key"))
    if not polls:
        return 0
    taking.forget_requests(found)
    with opened() as urn:
        taking.stop(urn, polls, least_shown(visibility()))
        urn.set_phase([bytes.fromhex(number) for _pk, number, _taken, _key in polls], CAST)
    return sum(Poll.objects.filter(pk__in=some).update(phase=CAST) for some in _pieces([pk for pk, *_rest in polls]))


def _moved(polls: Any, before: str, phase: str) -> int:
    """Move polls from one phase to the next, in the urn and here."""
    found = polls.filter(phase=before)
    rows = dict(found.values_list("pk", "number"))
    if rows:
        with opened() as urn:
            urn.set_phase([bytes.fromhex(number) for number in rows.values()], phase)
    return int(found.update(phase=phase))


def _pieces(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), MOST_AT_ONCE):
        yield keys[start : start + MOST_AT_ONCE]
