"""What is done with paper ballots: a pile is entered, by another person each time.

The second person learns nothing of the first look; where the two differ, a third one is shown the ballots in which they
do and counts again, until two looks agree.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.ballots import doors
from baolei.ballots.models import Pile
from baolei.ballots.panels import refuse_beside_a_panel
from baolei.declarations.actions import standard
from baolei.declarations.models import Declaration
from baolei.ledger.actions import record
from baolei.organisations.doors import writing_scope
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import declaration as rules
from baolei.programme import piles
from baolei.programme.standard.edition import Source
from baolei.warehouse.rulebook import round_rules

LAST = 3
"""A third look that agrees with neither is taken again, in its place."""


@transaction.atomic
def enter_pile(
    *, actor: Account, now: datetime, declaration: Declaration, source: str, text: str, issued: int, spoiled: int
) -> Pile:
    """Enter the ballots of a source about a branch, one in each line of `text`: the first look, the second, or the one
    that settles. The ledger is told how many there are once that is settled, never what stands on them: before, the
    number would tell the second person what the first one found. Raises Refusal.
    """
    mine = Declaration.objects.select_for_update(of=("self",)).select_related("round").get(pk=declaration.pk)
    asked = asked_source(mine, source)
    _may_enter(actor, now, mine)
    refuse_beside_a_panel(mine, source)
    edition, _field = standard(mine)
    ballots = piles.read(text, len(edition.questions[source]), len(edition.grades))
    _adds_up(len(ballots) + spoiled, issued)
    looks = looks_at(mine, source)
    _another(actor, looks, asked)
    made = Pile(
        declaration=mine, source=source, look=min(len(looks) + 1, LAST), by=actor, day=localdate(now),
        ballots=list(ballots), entered=len(ballots), spoiled=spoiled, issued=issued, salt=secrets.token_hex(16),
    )  # fmt: skip
    made.agrees = made.papers in [one.papers for one in looks if one.look < made.look]
    Pile.objects.filter(declaration=mine, source=source, look=made.look).delete()  # a third that settled nothing
    made.save(force_insert=True)
    numbers = {"issued": issued, "returned": made.returned, "spoiled": spoiled} if made.agrees else {}
    record(actor=actor, act="ballots.enter", subject=f"organisation:{mine.organisation_id}", path=mine.path, now=now,
           after={"source": source, "look": made.look, **numbers, "sha256": digest(made)})  # fmt: skip
    return made


def asked_source(declaration: Declaration, source: str) -> Source:
    """A source that is asked by ballot. Raises NotPossible for any other."""
    edition, _field = standard(declaration)
    language = get_language() or ""
    found = next((one for one in edition.asked() if one.code == source), None)
    if found is None:
        raise NotPossible(
            _("%(source)s is not asked by ballot: choose among %(sources)s")
            % {"source": source, "sources": ", ".join(one.name.say(language) for one in edition.asked())}
        )
    return found


def looks_at(declaration: Declaration, source: str) -> list[Pile]:
    """The looks at the ballots of a source so far, the first one first."""
    return list(Pile.objects.filter(declaration=declaration, source=source).select_related("by").order_by("look"))


def takes_ballots(declaration: Declaration) -> bool:
    """Whether ballots about a branch are entered now: while they are collected, about those that have handed in."""
    return declaration.round.phase == piles.PHASE and declaration.state == rules.SUBMITTED


def digest(pile: Pile) -> str:
    """SHA-256 over the salt of a pile and its papers in their order, by which it is known to be the one entered."""
    return hashlib.sha256("\n".join([pile.salt, *pile.papers]).encode()).hexdigest()


def _may_enter(actor: Account, now: datetime, mine: Declaration) -> None:
    """Refuse whoever fills the declaration in or does not answer for the branch, and any other time."""
    if not doors.counts(writing_scope(actor, localdate(now)), mine) or mine.submitted_by_id == actor.pk:
        raise NotPossible(
            _("ballots are entered by people of a level above, not by those who fill in the branch's declaration")
        )
    if not takes_ballots(mine):
        phase = round_rules().phase(piles.PHASE).name.say(get_language() or "")
        raise NotPossible(
            _("ballots are entered in the phase “%(phase)s”, about branches that have handed in") % {"phase": phase}
        )


def _adds_up(returned: int, issued: int) -> None:
    if not returned:
        raise NotPossible(_("there is no paper in this pile: enter one line for each ballot, or the spoiled papers"))
    if returned > issued:
        raise NotPossible(
            _("%(returned)d papers came back, but %(issued)d were handed out: count both again")
            % {"returned": returned, "issued": issued}
        )


def _another(actor: Account, looks: list[Pile], source: Source) -> None:
    """Refuse a look at what is settled, and one by somebody who has looked already."""
    name = source.name.say(get_language() or "")
    if any(one.agrees for one in looks):
        raise NotPossible(_("%(source)s: two looks agree, nothing is to be entered any more") % {"source": name})
    if actor.pk in {one.by_id for one in looks}:
        raise NotPossible(
            _("%(source)s: you have entered these ballots already; let another person do it") % {"source": name}
        )
