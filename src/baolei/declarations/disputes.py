"""What is done where a branch calls a fact of the records not right: it says why, and is answered in place.

Nothing is put right by a dispute itself. Where the branch is right, the record is mended in the room that keeps it (a
gathering recorded late, one struck), and the fact is counted anew.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.declarations.models import LONGEST_WORDS, Dispute
from baolei.declarations.sources import fact_of, rows_of
from baolei.ledger.actions import record
from baolei.organisations import doors
from baolei.organisations.doors import writing_scope
from baolei.organisations.models import Organisation, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.personal import personal


@transaction.atomic
def dispute(
    *, actor: Account, now: datetime, organisation: Organisation, item: str, year: int, until: date, words: str
) -> Dispute:
    """Call the fact of an item not right, as the records tell it of a year until a day. Raises NotPossible."""
    state = _standing(organisation, localdate(now))
    if not doors.held_by(writing_scope(actor, localdate(now)), organisation):
        raise NotPossible(_("only the branch itself, or the committee above it, calls its records not right"))
    fact = fact_of(rows_of(item, organisation.pk, year, until))
    if fact is None:
        raise NotPossible(_("nothing is on record here yet: record what was done, and it counts"))
    if Dispute.objects.filter(organisation=organisation, item=item, year=year, answered_on=None).exists():
        raise NotPossible(_("this was said already and waits for its answer"))
    made: Dispute = Dispute.objects.create(
        organisation=organisation, item=item, year=year, num=fact[0], den=fact[1], by=actor, said_on=localdate(now),
        words=_said(words, _("write what is not right, and what would be")),
    )  # fmt: skip
    _recorded("dispute", made, state, actor, now)
    return made


@transaction.atomic
def answer_dispute(*, actor: Account, now: datetime, dispute: Dispute, upheld: bool, words: str) -> Dispute:
    """Answer a branch that calls a fact not right: whether it is right, and why. Raises NotPossible."""
    mine: Dispute = Dispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)
    state = _standing(mine.organisation, localdate(now))
    if not doors.from_above(writing_scope(actor, localdate(now)), state):
        raise NotPossible(_("it is answered by whoever answers for the branch from above it"))
    if mine.answered_on:
        raise NotPossible(_("it was answered on %(day)s") % {"day": mine.answered_on})
    mine.upheld, mine.answer = upheld, _said(words, _("write why"))
    mine.answered_by, mine.answered_on = actor, localdate(now)
    mine.save()
    _recorded("answer_dispute", mine, state, actor, now)
    return mine


def _standing(organisation: Organisation, today: date) -> OrganisationState:
    found: OrganisationState | None = OrganisationState.objects.on(today).filter(organisation=organisation).first()
    if found is None:
        raise NotPossible(_("this organisation is no more: its records stay as they are"))
    return found


def _said(words: str, otherwise: str) -> str:
    said = words.strip()
    if not said or len(said) > LONGEST_WORDS:
        raise NotPossible(f"{otherwise} ({LONGEST_WORDS})" if said else otherwise)
    found = personal(said)
    if found is not None:
        raise NotPossible(
            _("%(what)s stands in it: take it out and save again") % {"what": found.say(get_language() or "")}
        )
    return said


def _recorded(what: str, mine: Dispute, state: OrganisationState, actor: Account, now: datetime) -> None:
    record(actor=actor, act=f"declarations.{what}", subject=f"organisation:{mine.organisation_id}",
           path=doors.home_path(state), now=now, why=mine.answer or mine.words,
           after={"item": mine.item, "year": mine.year, "records": [mine.num, mine.den],
                  "upheld": mine.upheld})  # fmt: skip
