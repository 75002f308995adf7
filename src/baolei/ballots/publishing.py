"""The totals of a round published 公布投票结果: once, after every poll is sealed, by the tree of the round itself.

Worked out as a job: which units are shown is decided for a whole source at a time. Nothing is shown before all of it is
there; a job that was cut off has shown nothing, and comes out the same when it is done again.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ballots.counted import OUT, of_piles, of_polls, unsealed
from baolei.ballots.doors import TOWNSHIP
from baolei.ballots.models import Pile, Poll, Publication, Total
from baolei.ballots.urns import opened
from baolei.declarations.actions import is_frozen
from baolei.jobs import Work
from baolei.ledger.actions import record
from baolei.organisations.directory import names_of, names_of_units
from baolei.organisations.models import WIDTH, Unit, segment_of
from baolei.organisations.pouring import pour
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.ballot.publication import apart, publication
from baolei.programme.ballot.tally import Asked, Totals, least_answers, totals
from baolei.programme.proof import canonical
from baolei.programme.standard.edition import Edition, Source
from baolei.programme.visibility import least_of
from baolei.rounds.models import Round
from baolei.standards.at_hand import at_hand
from baolei.urn.store import PUBLISHED, SEALED
from baolei.warehouse.rulebook import visibility

SILENCE = timedelta(minutes=5)
"""A publication that has not been heard of for so long is begun again."""
AT_ONCE = 1_000
COLUMNS = ("publication_id", "source", "kind", "path", "unit_id", "declaration_id", "name", "valid", "said", "why")
KEY = ("source", "kind", "path", "unit", "declaration", "valid", "said", "why")
"""What of a total goes into the digest, in this order; the names do not."""


@transaction.atomic
def publish(*, actor: Account | None, now: datetime, round: Round, why: str) -> Publication:
    """Have the totals of a round published. Once, and after the freeze: what is counted later could be told from the
    sheets and these totals. Raises NotPossible.
    """
    this: Round = Round.objects.select_for_update().get(pk=round.pk)
    if Publication.objects.filter(round=this).exclude(state=Publication.FAILED).exists():
        raise NotPossible(_("the totals of this round are published already, and once is all"))
    if not is_frozen(this) or unsealed(this):
        raise NotPossible(
            _("totals are published when every poll is sealed and the declarations are frozen: end the casting, and "
              "pass the round on to the scoring first")
        )  # fmt: skip
    if not _anything(this):
        raise NotPossible(_("nobody has voted in this round: there is nothing to publish"))
    made: Publication = Publication.objects.update_or_create(
        round=this, defaults={"day": localdate(now), "by": actor, "why": why, "state": Publication.WAITING,
                              "beat": None, "said": "", "done": 0, "total": len(at_hand(this.edition).asked()) + 1},
    )[0]  # fmt: skip
    PUBLICATIONS.enqueue(made.pk)
    record(actor=actor, act="ballots.publish", subject=f"round:{this.pk}", path=this.path, now=now, why=why)
    return made


def may_publish(this: Round) -> bool:
    """Whether whoever leads a round may publish its totals now."""
    begun = Publication.objects.filter(round=this).exclude(state=Publication.FAILED).exists()
    return not begun and is_frozen(this) and not unsealed(this) and _anything(this)


def _anything(this: Round) -> bool:
    voted = Poll.objects.filter(declaration__round=this, cast__gt=0).exclude(declaration__state__in=OUT)
    counted = Pile.objects.filter(declaration__round=this, agrees=True, entered__gt=0).exclude(
        declaration__state__in=OUT
    )
    return bool(voted.exists() or counted.exists())


def of_round(this: Round) -> Publication | None:
    """The publication of a round, where it is done."""
    return Publication.objects.filter(round=this, state=Publication.DONE).first()


# ---- the job ----


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree of a round as it was begun: by path each unit's parent and its number; by organisation the declaration
    and the path of each branch.
    """

    parents: dict[str, str | None]
    units: dict[str, int]
    branches: dict[int, tuple[int, str]]


def _do(number: int) -> None:
    mine = Publication.objects.select_related("round").get(pk=number)
    this = mine.round
    edition, tree = at_hand(this.edition), _tree(this)
    made: list[Row] = []
    for place, source in enumerate(edition.asked(), 1):
        made += rows(edition, source, tree, _own(this, edition, source))
        Publication.objects.filter(pk=number).update(done=place, beat=timezone.now())
    with opened() as urn:
        polls: Any = Poll.objects.filter(declaration__round=this, phase=SEALED).order_by("pk")
        keys = [bytes.fromhex(one) for one in polls.values_list("number", flat=True)]
        for first in range(0, len(keys), AT_ONCE):
            urn.set_phase(keys[first : first + AT_ONCE], PUBLISHED)
    _done(mine, made)


Row = tuple[str, str, str, int | None, int | None, int | None, list[Any], str]
"""A total: source, kind, path, unit, declaration, valid ballots, what is told of each question, why nothing is."""


def rows(
    edition: Edition, source: Source, tree: Tree, own: Mapping[str, Mapping[int, Totals]]
) -> Iterator[Row]:  # fmt: skip
    """The totals of one source. `own`: by kind, and by organisation, what was counted."""
    least = least_of(visibility(), source)
    units = {path: UNIT + path for path in tree.parents}
    for kind, counted in sorted(own.items()):
        leaves = {f"{organisation}": tree.branches[organisation] for organisation in counted}
        parents = {units[path]: above and units[above] for path, above in tree.parents.items()}
        parents |= {leaf: units[path[:TOWNSHIP]] for leaf, (_pk, path) in leaves.items()}
        shown = publication(parents, {f"{organisation}": one for organisation, one in counted.items()}, least)
        for code, one in sorted(shown.items()):
            said = [list(each) if isinstance(each, tuple) else each for each in one.said]
            if code.startswith(UNIT):
                path = code.removeprefix(UNIT)
                yield source.code, kind, path, tree.units[path], None, one.valid, said, one.why
            else:
                declaration, path = leaves[code]
                yield source.code, kind, path, None, declaration, one.valid, said, one.why


UNIT = "unit "
"""Begins what the pure rule calls a unit; a branch it knows by its number."""


def _tree(this: Round) -> Tree:
    """The units at or below that of the round, down to townships, by the paths on which the round began."""
    found = this.declarations.exclude(state__in=OUT).values_list("organisation", "pk", "path")
    branches = {organisation: (pk, path) for organisation, pk, path in found.iterator()}
    parents: dict[str, str | None] = {this.path: None}
    for _pk, path in branches.values():
        for end in range(len(this.path) + WIDTH, min(len(path), TOWNSHIP) + 1, WIDTH):
            parents[path[:end]] = path[: end - WIDTH]
    numbers = {segment_of(pk): pk for pk in Unit.objects.values_list("pk", flat=True)}
    return Tree(parents, {path: numbers[path[-WIDTH:]] for path in parents}, branches)


def _own(this: Round, edition: Edition, source: Source) -> dict[str, dict[int, Totals]]:
    """By kind the totals of each branch, by its organisation."""
    questions = len(edition.questions[source.code])
    shape = Asked(questions, len(edition.grades), least_answers(questions, edition.valid_share), comments=False)
    slips, paper = (_counted(found, shape) for found in (of_polls(this, source.code), of_piles(this, source.code)))
    least, kinds = least_of(visibility(), source), defaultdict[str, dict[int, Totals]](dict)
    for organisation in slips.keys() | paper.keys():
        for kind, one in apart(slips.get(organisation), paper.get(organisation), least).items():
            kinds[kind][organisation] = one
    return kinds


def _counted(found: Iterable[tuple[int, str, str]], shape: Asked) -> dict[int, Totals]:
    return {
        organisation: totals((paper for _organisation, _source, paper in ballots), shape)
        for organisation, ballots in groupby(found, itemgetter(0))
    }


@transaction.atomic
def _done(mine: Publication, made: Sequence[Row]) -> None:
    this, now = mine.round, timezone.now()
    names = _names(made, this)
    pour(Total, COLUMNS, (
        (mine.pk, source, kind, path, unit, declaration, names[unit, declaration], valid, json.dumps(said), why)
        for source, kind, path, unit, declaration, valid, said, why in made
    ))  # fmt: skip
    polls = Poll.objects.filter(declaration__round=this, phase=SEALED).update(phase=PUBLISHED)
    Publication.objects.filter(pk=mine.pk).update(
        state=Publication.DONE, ended_at=now, done=mine.total, digest=(digest := digest_of(made))
    )
    record(actor=None, act="ballots.published", subject=f"round:{this.pk}", path=this.path, now=now,
           after={"polls": polls, "rows": len(made), "sha256": digest})  # fmt: skip


def digest_of(made: Iterable[Row]) -> str:
    """SHA-256 over everything that is shown, a line of canonical JSON for each total, the lines in their order."""
    lines = sorted(canonical(dict(zip(KEY, one, strict=True))) for one in made)
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def as_published(mine: Publication) -> Iterator[Row]:
    """The totals as they are kept."""
    yield from mine.totals.order_by().values_list(*KEY).iterator()


def _names(made: Iterable[Row], this: Round) -> dict[tuple[int | None, int | None], str]:
    """What the units and branches of totals are called."""
    places = {(one[3], one[4]) for one in made}
    units = {unit for unit, _declaration in places if unit}
    called = names_of_units(units)
    whose = dict(this.declarations.values_list("pk", "organisation"))
    branches = names_of(whose[declaration] for _unit, declaration in places if declaration)
    return {
        (unit, declaration): called.get(unit, "") if unit else branches[whose[declaration or 0]]
        for unit, declaration in places
    }


def _failed(number: int, words: str) -> None:
    Publication.objects.filter(pk=number).update(state=Publication.FAILED, said=words)


PUBLICATIONS = Work(
    "ballots.publish", lambda: Publication.objects.filter(state__in=Publication.OPEN), SILENCE, _do, _failed,
    {"state": Publication.RUNNING},
)  # fmt: skip
