"""The ballots of a round as they are counted, of sealed polls, of every pile on which two looks agree, and of panels
that are closed. A snapshot takes them here.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from baolei.ballots.models import Panel, Pile, Poll, Rating
from baolei.programme import declaration as rules
from baolei.programme import piles
from baolei.programme.standard.edition import Edition, Source
from baolei.rounds.models import Round
from baolei.standards.at_hand import at_hand
from baolei.urn.store import PUBLISHED, SEALED, SET_UP

OUT = (rules.WITHDRAWN, rules.LAPSED)


Counted = Iterator[tuple[int, str, str]]
"""Ballots: organisation, code of the source, answers."""


def settled_ballots(round: Round) -> Counted:
    """Every ballot of a round that counts, of sealed polls, of settled piles and of closed panels, sorted by
    organisation, source and answers, so that they come in no order of papers. Those about branches that have left the
    round are left out.
    """
    return merge(of_polls(round), of_piles(round), _of_panels(round))


def of_polls(round: Round, asked: str = "") -> Counted:
    """Those of sealed polls; of one source, or of all."""
    sealed = Poll.objects.filter(declaration__round=round, cast__gt=0).exclude(declaration__state__in=OUT)
    rows = (
        _of(sealed, asked)
        .order_by("declaration__organisation", "source")
        .values_list("declaration__organisation", "source", "ballots")
    )
    for organisation, source, ballots in rows.iterator():
        for paper in ballots:
            yield organisation, source, paper


def of_piles(round: Round, asked: str = "") -> Counted:
    """Those of settled piles; of one source, or of all. What is settled is found anew from the looks themselves, with
    nothing taken on trust; spoiled papers are none.
    """
    found = Pile.objects.filter(declaration__round=round).exclude(declaration__state__in=OUT)
    rows = (
        _of(found, asked)
        .order_by("declaration__organisation", "source", "look")
        .values_list("declaration__organisation", "source", "ballots", "spoiled")
    )
    for (organisation, source), looks in groupby(rows.iterator(), itemgetter(0, 1)):
        for paper in piles.settled([piles.papers(*look[2:]) for look in looks]) or ():
            if paper != piles.SPOILED:
                yield organisation, source, paper


def _of_panels(round: Round) -> Counted:
    """What the panellists of closed panels have handed in; a rating without any answer is none."""
    source = panel_source(at_hand(round.edition))
    if source is None:
        return
    found = Rating.objects.filter(
        panellist__panel__round=round, panellist__panel__closed_on__isnull=False, panellist__handed_in__isnull=False
    ).exclude(declaration__state__in=OUT)  # fmt: skip
    rows = found.order_by("declaration__organisation").values_list("declaration__organisation", "answers")
    for organisation, rated in groupby(rows.iterator(), itemgetter(0)):
        for _organisation, answers in sorted(rated):  # a database may sort signs in another order
            if answers.strip(piles.BLANK):
                yield organisation, source.code, answers


def panel_source(edition: Edition) -> Source | None:
    """The source whose raters the superior names: of a least number that hangs on nobody's roll. None without one."""
    return next(
        (one for one in edition.asked() if not one.public and one.minimum is not None and not one.minimum.of), None
    )


def unclosed(round: Round) -> int:
    """How many panels of a round are named and not closed: their ratings are not counted yet."""
    return int(Panel.objects.filter(round=round, closed_on=None, panellists__isnull=False).distinct().count())


def _of(found: Any, source: str) -> Any:
    return found.filter(source=source) if source else found


def unsettled(round: Round) -> int:
    """How many piles of a round are begun and not settled: their ballots are not counted as they stand."""
    begun = Pile.objects.filter(declaration__round=round).exclude(declaration__state__in=OUT)
    return int(begun.filter(look=1).count() - begun.filter(agrees=True).count())


def unsealed(round: Round) -> int:
    """How many polls of a round have slips out and are not sealed: their ballots are not counted yet."""
    out = Poll.objects.filter(declaration__round=round).exclude(declaration__state__in=OUT)
    return int(out.exclude(phase__in=(SET_UP, SEALED, PUBLISHED)).count())
