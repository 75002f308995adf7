"""The ballots of a round as they are counted, of every pile on which two looks agree. A snapshot takes them here."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from baolei.ballots.models import Pile
from baolei.programme import declaration as rules
from baolei.programme import piles
from baolei.rounds.models import Round

OUT = (rules.WITHDRAWN, rules.LAPSED)


def settled_ballots(round: Round) -> Iterator[tuple[int, str, str]]:
    """Every ballot of the settled piles of a round: organisation, code of the source, answers; sorted by all three, so
    that they come in no order of papers. Those about branches that have left the round are left out.

    What is settled is found anew from the looks themselves, with nothing taken on trust. Spoiled papers are no ballots.
    """
    found = Pile.objects.filter(declaration__round=round).exclude(declaration__state__in=OUT)
    rows = found.order_by("declaration__organisation", "source", "look").values_list(
        "declaration__organisation", "source", "ballots", "spoiled"
    )
    for (organisation, source), looks in groupby(rows.iterator(), itemgetter(0, 1)):
        for paper in piles.settled([piles.papers(*look[2:]) for look in looks]) or ():
            if paper != piles.SPOILED:
                yield organisation, source, paper


def unsettled(round: Round) -> int:
    """How many piles of a round are begun and not settled: their ballots are not counted as they stand."""
    begun = Pile.objects.filter(declaration__round=round).exclude(declaration__state__in=OUT)
    return int(begun.filter(look=1).count() - begun.filter(agrees=True).count())
