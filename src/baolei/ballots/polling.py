"""Polls 评议投票 of a round: set up for every branch at once, printed township by township, begun, ended.

The urn and the house are two databases. The urn is told first, and takes the same twice; so an act that was cut off
between the two is simply done again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
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
from baolei.ballots.counted import OUT
from baolei.ballots.models import Poll, Sealing
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

MOST_AT_ONCE = 10_000
"""So many rows are named in one statement."""
COLUMNS = (
    "number", "short", "declaration_id", "source", "form", "phase", "people", "least", "slips", "ballots", "root",
    "signature", "roll_day", "tokens", "taken", "token_key",
)  # fmt: skip


@transaction.atomic
def set_up(
    *, actor: Account | None, now: datetime, round: Round, sources: Sequence[str], revote: bool, why: str,
    tokens: bool = False, house: str = "",
) -> int:  # fmt: skip
    """Set a poll up for every branch that takes part and each of these sources, with the questions of the edition.
    With `tokens`, members with an account may take a token by phone; `house` is the origin under which they reach these
    pages, which the ballot page is told.

    Once more it adds what is missing. How many are new. Raises NotPossible.
    """
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    edition = at_hand(this.edition)
    chosen = [source for source in edition.asked() if source.code in sources]
    if this.phase not in BEFORE_THE_FREEZE:
        raise NotPossible(_("polls are set up while declarations are filled in or ballots are collected"))
    if not chosen:
        raise NotPossible(_("no source is chosen: choose who is asked by slips"))
    forms = {source.code: form_of(edition, source) for source in chosen}
    with opened() as urn:
        digests = dict(zip(forms, urn.put_forms(forms.values()), strict=True))
        made = list(_new(this, edition, chosen, digests, localdate(now), tokens))
        urn.put_polls(_as_the_urn_keeps(this, chosen, made, revote, house))
    pour(Poll, COLUMNS, (
        (one.number, one.short, one.declaration_id, one.source, one.form, SET_UP, one.people, one.least, 0, "[]", "",
         "", one.roll_day, one.tokens, 0, "") for one in made
    ))  # fmt: skip
    record(actor=actor, act="ballots.set_up", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           after={"polls": len(made), "sources": sorted(forms), "revote": revote,
                  "tokens": any(one.tokens for one in made)})  # fmt: skip
    return len(made)


def form_of(edition: Edition, source: Source) -> bytes:
    """What a source is asked, as the urn keeps it and the ballot page shows it: canonical JSON."""
    return canonical({
        "questions": [{"zh": one.text.zh, "en": one.text.en} for one in edition.questions[source.code]],
        "grades": [{"zh": one.name.zh, "en": one.name.en} for one in edition.grades], "comments": False,
    })  # fmt: skip


def _new(
    this: Round, edition: Edition, chosen: Sequence[Source], digests: dict[str, str], day: date, tokens: bool
) -> Iterator[Poll]:
    """The polls that are not there yet; tokens only where members are asked, and enough of them."""
    there = set(Poll.objects.filter(declaration__round=this).values_list("declaration_id", "source"))
    shorts = set(Poll.objects.values_list("short", flat=True))
    declared = this.declarations.exclude(state__in=OUT).order_by("path", "pk")
    full = dict(
        Membership.objects.on(day).filter(kind=Membership.FULL, organisation__in=declared.values("organisation"))
        .order_by().values_list("organisation").annotate(Count("pk"))
    )  # fmt: skip
    enough = least_shown(visibility())
    for pk, organisation, served in declared.values_list("pk", "organisation_id", "served"):
        for source in chosen:
            if (pk, source.code) not in there:
                people, least = asked_of(source, full.get(organisation, 0), served)
                number = _number(shorts)
                yield Poll(number=number.hex(), short=slips.short(number), declaration_id=pk, source=source.code,
                           form=digests[source.code], people=people, least=least, roll_day=day,
                           tokens=tokens and of_members(source) and people >= enough)  # fmt: skip


def _number(taken: set[str]) -> bytes:
    """A number of a poll whose digits no other has."""
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
    closes = this.spans.filter(phase=PHASE).values_list("ends", flat=True).first()
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
    number = _moved(Poll.objects.filter(declaration__round=this, phase=SET_UP, tokens=True, people__gt=0), ISSUE)
    if not number:
        raise NotPossible(_("no poll of this round waits to give its tokens out: set polls with tokens up first"))
    record(actor=actor, act="ballots.give_out", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           after={"polls": number})  # fmt: skip
    return number


@transaction.atomic
def print_slips(*, actor: Account | None, now: datetime, round: Round, unit: UnitState, origin: str, why: str) -> bytes:
    """Print the slips of all branches that serve a unit or one below it, of polls that have none yet: the PDF. The
    secrets are on the paper and nowhere else: a PDF that is lost cannot be made again. Raises NotPossible.
    """
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    if this.phase not in BEFORE_THE_FREEZE:
        raise NotPossible(_("slips are printed while declarations are filled in or ballots are collected"))
    polls = list(waiting(this, unit.path).select_related("declaration").order_by("declaration__path", "pk"))
    if not polls:
        raise NotPossible(_("there is nothing to print here: the slips of this unit are printed, or nobody is asked"))
    made = {one.pk: _slips(one) for one in polls}
    pdf = slips_pdf(_township(this, unit, polls, made, origin), localdate(now), Path(settings.BAOLEI_HOME) / "fonts")
    with opened() as urn:
        urn.put_slips((one.key, each) for one in polls for each in made[one.pk].hashes)
        urn.set_phase([one.key for one in polls], ISSUE)
    for one in polls:
        one.slips, one.phase = len(made[one.pk].codes), ISSUE
    Poll.objects.bulk_update(polls, ["slips", "phase"], batch_size=500)
    record(actor=actor, act="ballots.print", subject=f"unit:{unit.unit_id}", path=unit.path, now=now, why=why,
           after={"polls": len(polls), "slips": sum(one.slips for one in polls)})  # fmt: skip
    return pdf


def _slips(poll: Poll) -> slips.Slips:
    number = slips.printed(poll.people, slip_rules())
    return slips.made(poll.key, number, secrets.token_bytes(SECRET_BYTES * number))


def _township(
    this: Round, unit: UnitState, polls: Sequence[Poll], made: dict[int, slips.Slips], origin: str
) -> TownshipSlips:
    sources = {one.code: one for one in at_hand(this.edition).asked()}
    called = names_of(one.declaration.organisation_id for one in polls)
    branches: dict[int, list[Sheaf]] = {}
    for one in polls:
        source = sources[one.source]
        sheaf = Sheaf(one.key, source.name, one.people, made[one.pk].codes, public=source.public,
                      named=source.minimum is not None and source.minimum.of not in ("entitled", "served"))  # fmt: skip
        branches.setdefault(one.declaration.organisation_id, []).append(sheaf)
    last = this.spans.get(phase=PHASE).ends
    return TownshipSlips(
        unit.name, this.name, origin, last, [BranchSlips(called[pk], sheaves) for pk, sheaves in branches.items()]
    )


# ---- begin and end ----


@transaction.atomic
def begin(*, actor: Account | None, now: datetime, round: Round, why: str) -> int:
    """Begin the casting of all polls of a round of which enough is given out: slips, or where none are printed as many
    tokens as ballots are needed, and no fewer than can be shown. How many. Raises NotPossible.
    """
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    if this.phase != PHASE:
        raise NotPossible(_("ballots are cast in the phase in which they are collected: pass the round on to it first"))
    found = Poll.objects.filter(declaration__round=this, phase=ISSUE)
    number = _cast(found.exclude(slips=0, taken__lt=Greatest(F("least"), least_shown(visibility()))))
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
    mine = Poll.objects.filter(declaration__round=this)
    _cast(mine.filter(phase=ISSUE))  # given out, and never begun: they are sealed with nothing in them
    number = _moved(mine.filter(phase=CAST), CLOSED)
    if not number:
        raise NotPossible(_("no poll of this round is open: there is nothing to end"))
    sealing = Sealing.objects.update_or_create(
        round=this, defaults={"state": Sealing.WAITING, "beat": None, "said": "", "done": 0, "total": number}
    )[0]
    SEALINGS.enqueue(sealing.pk)
    record(actor=actor, act="ballots.end", subject=f"round:{this.pk}", path=this.path, now=now, why=why,
           after={"polls": number})  # fmt: skip
    return number


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


def _moved(found: Any, phase: str) -> int:
    """Move polls from one phase to the next, in the urn and here."""
    keys = [bytes.fromhex(number) for number in found.values_list("number", flat=True)]
    if keys:
        with opened() as urn:
            urn.set_phase(keys, phase)
    return int(found.update(phase=phase))


def _pieces(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), MOST_AT_ONCE):
        yield keys[start : start + MOST_AT_ONCE]
