"""Which households get an envelope: drawn by lot with the public number of the round; numbers only, never names.

Nothing of it is kept but how many were drawn: whoever knows the public number draws the same ones again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ballots.models import Poll, Printing
from baolei.ballots.printing import seed_of
from baolei.organisations.models import OrganisationState
from baolei.programme.ballot.slips import Envelope, drawn, envelopes, unlisted
from baolei.programme.scoring.visits import lottery
from baolei.programme.standard.edition import Source
from baolei.rounds.models import Round
from baolei.standards.at_hand import at_hand
from baolei.warehouse.papers.slips import EnvelopeList, envelopes_pdf
from baolei.warehouse.spreadsheets import Column, Grid


@dataclass(frozen=True, slots=True)
class Drawn:
    """A household in the order of the lot: its place there, its number on the list, its lot in [0, 1)."""

    place: int
    household: int
    lot: float


def code_of(poll: Poll) -> str:
    """The code of a branch as it takes part in the lot."""
    states = OrganisationState.objects.filter(organisation=poll.declaration.organisation_id).order_by("-since")
    return str(states.values_list("code", flat=True)[0])


def households(poll: Poll, seed: str) -> list[Drawn]:
    """The households of a branch drawn so far, in the order of the lot; none where there is no list or no number."""
    if not poll.households or not seed:
        return []
    code = code_of(poll)
    numbers = drawn(seed, code, poll.households, min(poll.people, poll.households))
    lots = lottery(f"{seed}|{code}", numbers)
    return [Drawn(place, number, float(lot)) for place, (number, lot) in enumerate(zip(numbers, lots, strict=True), 1)]


def grid(listed: Sequence[Drawn]) -> Grid:
    """The same as a file."""
    columns = (
        Column(_("In the order of the lot"), "whole"),
        Column(_("Number of the household"), "whole"),
        Column("u"),
    )
    return Grid(
        _("Households drawn by lot"), columns, ((one.place, one.household, f"{one.lot:.10f}") for one in listed)
    )


def public_sources(this: Round) -> list[Source]:
    """The sources of a round whose slips go to households in envelopes."""
    return [one for one in at_hand(this.edition).asked() if one.public]


def polls_by_lot(printing: Printing) -> list[Poll]:
    """The polls of the public whose slips stand in a printing, as their branches are handed the envelopes."""
    found = Poll.objects.filter(pk=printing.poll_id) if printing.poll_id else Poll.objects.filter(printing=printing)
    listed = found.select_related("declaration__round").order_by("declaration__path", "pk")
    public = {one.code for one in public_sources(printing.round)}
    return [one for one in listed if one.source in public]


def envelopes_of(printing: Printing, polls: Sequence[Poll], unit: str, names: dict[int, str], now: datetime) -> bytes:
    """The list of envelopes that goes with a printing, as a PDF. Raises PaperRefused."""
    seed = seed_of(printing.round)
    lists = [
        EnvelopeList(names[one.declaration.organisation_id], code_of(one), one.households,
                     _envelopes(printing, one, seed))
        for one in polls
    ]  # fmt: skip
    fonts = Path(settings.BAOLEI_HOME) / "fonts"
    return envelopes_pdf(unit, printing.round.name, seed, lists, localdate(now), fonts)


def _envelopes(printing: Printing, poll: Poll, seed: str) -> tuple[Envelope, ...]:
    """The envelopes of one poll: of the first printing all, of a later one those that it added, numbered on."""
    before = _before(printing, poll) if printing.more else 0
    wanted = printing.more or poll.people - sum(_later(poll))
    if not poll.households:
        return unlisted(wanted, first=before + 1)
    return envelopes(drawn(seed, code_of(poll), poll.households, wanted, before=before), first=before + 1)


def _later(poll: Poll) -> list[int]:
    """How many households each later printing has added to a poll, in their order."""
    done = Printing.objects.filter(poll=poll, made_at__isnull=False).order_by("pk")
    return list(done.values_list("more", flat=True))


def _before(printing: Printing, poll: Poll) -> int:
    """How many were drawn before a later printing."""
    after = Printing.objects.filter(poll=poll, made_at__isnull=False, pk__gte=printing.pk)
    return int(poll.people - sum(after.values_list("more", flat=True)))
