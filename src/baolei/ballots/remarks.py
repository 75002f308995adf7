"""Words on ballots 票上留言: a person looks through those that are held; they are shown once totals are published.

The words stay in the urn with the sealed ballots and are read from there each time; the house keeps what was decided.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.ballots import doors
from baolei.ballots.models import Poll, Remark
from baolei.ballots.urns import opened
from baolei.ledger.actions import record
from baolei.organisations.doors import Scope, writing_scope
from baolei.organisations.models import WIDTH
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.ballot.comments import Comments, Held, comments
from baolei.programme.visibility import VIEWERS, sees
from baolei.rounds.models import Round
from baolei.standards.at_hand import at_hand
from baolei.urn.store import PUBLISHED, SEALED, Sealed
from baolei.warehouse.rulebook import visibility

BANNER = 3 * WIDTH
"""The path of a banner: whoever answers for one, or for more, looks words through; townships never see them."""


def digest_of(poll: bytes, words: str) -> str:
    """By which a decision finds the words again in the urn."""
    return hashlib.sha256(b"baolei remark 1" + poll + words.encode()).hexdigest()


def note(sealed: Iterable[tuple[Poll, Sealed]]) -> None:
    """Keep of polls that were just sealed which words wait for a person."""
    Remark.objects.bulk_create(
        (Remark(poll=poll, digest=digest)
         for poll, one in sealed for digest in sorted({digest_of(poll.key, held.comment) for held in _of(one).held})),
        ignore_conflicts=True, batch_size=500,
    )  # fmt: skip


def waiting(writing: Scope, this: Round | None = None) -> Any:
    """The words that this scope is to look through; of a round, or of all."""
    return looked_through(writing, this).filter(passed=None)


def looked_through(writing: Scope, this: Round | None = None) -> Any:
    """Those that it looks through or has: of branches in the banners, or larger units, that it answers for."""
    high = Scope(writing.day, tuple(path for path in writing.units if len(path) <= BANNER), whole=writing.whole)
    if not high.units:
        return Remark.objects.none()
    branches = doors.counted_by(high)
    if this is not None:
        branches = branches.filter(round=this)
    return Remark.objects.select_related("poll__declaration__round").filter(
        poll__declaration__in=branches.values("pk")
    ).order_by("digest")  # fmt: skip


def words_of(remarks: Iterable[Remark]) -> list[tuple[Remark, Held | None]]:
    """Words that wait, each with what the screen found; None where the urn does not hold them any more."""
    listed, known = list(remarks), dict[str, Held]()
    for poll in {one.poll_id: one.poll for one in listed}.values():
        known |= {digest_of(poll.key, held.comment): held for held in _read(poll).held}
    return [(one, known.get(one.digest)) for one in listed]


@transaction.atomic
def decide(*, actor: Account, now: datetime, remark: Remark, passed: bool, why: str) -> Remark:
    """Let words through, or keep them back, for a reason. Once: what is published stays. Raises NotPossible."""
    mine: Remark = Remark.objects.select_for_update(of=("self",)).select_related("poll__declaration").get(pk=remark.pk)
    if not waiting(writing_scope(actor, localdate(now))).filter(pk=mine.pk).exists():
        raise NotPossible(
            _("these words are decided, or another unit looks them through: choose among those that wait for you")
        )
    mine.passed, mine.why, mine.by = passed, why, actor
    mine.save(update_fields=["passed", "why", "by"])
    record(actor=actor, act="ballots.screen", subject=f"remark:{mine.pk}", path=mine.poll.declaration.path, now=now,
           why=why, after={"passed": passed})  # fmt: skip
    return mine


def shown(poll: Poll, scope: Scope) -> tuple[str, ...]:
    """The words on the ballots of a poll as this scope sees them: once it is published, in the order of a lot."""
    declaration = poll.declaration
    above = sorted((path for path in scope.units if declaration.path.startswith(path)), key=len)
    if poll.phase != PUBLISHED or not above:
        return ()
    source = next(one for one in at_hand(declaration.round.edition).asked() if one.code == poll.source)
    viewer = VIEWERS[max(1, len(VIEWERS) - 1 - len(above[0]) // WIDTH)]
    if not sees(visibility(), viewer, "remarks", poll.cast or 0, public=source.public, edition=source.shown_from):
        return ()
    passed = frozenset(poll.remarks.filter(passed=True).values_list("digest", flat=True))
    return _read(poll, passed).shown


def said(held: Held | None) -> str:
    """What the screen found in words, for whoever looks them through."""
    language = get_language() or ""
    return "; ".join(one.say(language) for one in held.found) if held else ""


def _read(poll: Poll, passed: frozenset[str] = frozenset()) -> Comments:
    if poll.phase not in (SEALED, PUBLISHED):
        return Comments()
    with opened() as urn:
        sealed = urn.sealed(poll.key)
    return _of(sealed, passed) if sealed else Comments()


def _of(sealed: Sealed, passed: frozenset[str] = frozenset()) -> Comments:
    words = [one.ballot.comment for one in sealed.ballots if one.ballot.comment]
    through = {one for one in words if digest_of(sealed.poll.id, one) in passed}
    return comments(words, len(sealed.ballots), sealed.signature, through)
