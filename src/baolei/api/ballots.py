"""Paper ballots to programs: how the piles of a round stand. What is on a ballot is told to nobody, but to the third
person, of those in which two looks differ.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_noop as noop
from ninja import Query, Router, Schema

from baolei.api import shapes
from baolei.api.asking import Paged
from baolei.api.reading import Reading, getting, listed, one_row, reading
from baolei.api.rounds import seen as round_seen
from baolei.api.shapes import Pages, means
from baolei.ballots import actions, doors, listing
from baolei.ballots.counted import OUT
from baolei.ballots.views import differing, may_look, signs
from baolei.declarations.models import Declaration
from baolei.standards.at_hand import at_hand

router = Router()
get = getting(router)


class Pile(Schema):
    """The ballots of one source about a branch: how many looks, how they stand."""

    source: str
    source_name: str
    looks: int
    standing: str = means(noop("none, one, differs or settled."))
    ballots: int | None = means(noop("How many, once it is settled; null before."))


class Piles(Schema):
    """The piles of a branch."""

    declaration: int
    organisation: shapes.Named
    unit: str
    piles: list[Pile]


class PilesOfRound(Pages):
    """The piles of a round, branch by branch."""

    items: list[Piles]


class Paper(Schema):
    """A ballot that only one of two looks has."""

    paper: str
    times: int


class PileWhole(Pile):
    """A pile, with what whoever looks at it next needs to know."""

    questions: list[str] = means(noop("A sign for each of these, in this order, makes a line."))
    signs: list[shapes.Choice]
    open: bool = means(noop("Whether the next look may be yours."))
    differing: list[list[Paper]] = means(
        noop("For the third look: what only the first has, and what only the second. Empty for everybody else.")
    )


class PilesWhole(Schema):
    """The piles of a branch, each with what the next look needs."""

    declaration: int
    organisation: shapes.Named
    piles: list[PileWhole]


@get("/rounds/{int:round}/piles", "piles", PilesOfRound, "ballots", noop("Paper ballots of a round"), noop("Of the "
     "branches whose ballots the mandate enters: how many looks, and whether they agree."))  # fmt: skip
def piles(request: HttpRequest, round: int, ask: Query[Paged]) -> PilesOfRound:
    """Piles."""
    read = reading(request)
    this = round_seen(read, round)
    found = doors.counted_by(read.changed).filter(round=this, submitted_at__isnull=False).exclude(state__in=OUT)
    got = listed(request, ask, read, found, "pk", path=this.path)
    of: dict[int, list[listing.Row]] = {}
    for row in listing.rows(got.rows):
        of.setdefault(row.branch.declaration.pk, []).append(row)
    return PilesOfRound(items=[
        Piles(declaration=pk, organisation=_organisation(mine[0]), unit=mine[0].branch.unit,
              piles=[Pile(**_filled(one)) for one in mine])
        for pk, mine in of.items()
    ], next=got.next)  # fmt: skip


@get("/declarations/{int:declaration}/piles", "piles_of_declaration", PilesWhole, "ballots",
     noop("Paper ballots about a branch"), noop("What is asked, how an answer is written, and whether the next look "
     "may be yours."))  # fmt: skip
def piles_of_declaration(request: HttpRequest, declaration: int) -> PilesWhole:
    """The piles of one branch."""
    read = reading(request)
    mine: Declaration = one_row(doors.counted_by(read.changed).filter(pk=declaration))
    found = listing.rows([mine])
    return PilesWhole(declaration=mine.pk, organisation=_organisation(found[0]),
                      piles=[_whole(read, mine, row) for row in found])  # fmt: skip


def _whole(read: Reading, mine: Declaration, row: listing.Row) -> PileWhole:
    edition, language, source = at_hand(mine.round.edition), get_language() or "", row.source.code
    looks = actions.looks_at(mine, source)
    mine_next = read.caller.token.writes and may_look(read.caller.account, mine, looks)
    third = mine_next and row.standing == listing.DIFFERS
    return PileWhole(
        **_filled(row), questions=[one.text.say(language) for one in edition.questions[source]],
        signs=[shapes.Choice(value=sign, label=label) for sign, label in signs(edition)], open=mine_next,
        differing=[[Paper(paper=paper, times=times) for paper, times in papers]
                   for _title, papers in differing(looks)] if third else [],
    )  # fmt: skip


def _filled(row: listing.Row) -> dict[str, Any]:
    return {"source": row.source.code, "source_name": row.name, "looks": row.looks, "standing": row.standing,
            "ballots": row.entered}  # fmt: skip


def _organisation(row: listing.Row) -> shapes.Named:
    return shapes.Named(id=row.branch.declaration.organisation_id, name=row.branch.name)
