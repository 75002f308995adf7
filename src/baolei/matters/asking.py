"""What the asker does, who alone holds the receipt: says that it is fixed or not, opens it again, says how content."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.matters import doors
from baolei.matters.actions import of_receipt
from baolei.matters.models import LONGEST_NOTE, Matter
from baolei.matters.walk import Doing, locked, step
from baolei.organisations.units import NotPossible
from baolei.programme import matters as rules
from baolei.programme.matters import ASKER, CLOSED, STATES
from baolei.warehouse.rulebook import matters as matter_rules

MOST, LEAST = 5, 1
"""The grades of satisfaction, 5 the best."""


@transaction.atomic
def say(*, now: datetime, receipt: str, act: str, words: str = "") -> Matter:
    """One of the asker's acts: confirm, deny, reopen, hold; with words where they like. A yes on a receipt that was
    first in the hands of a worker or the desk is kept as that. Raises Refusal.
    """
    mine = locked(of_receipt(receipt))
    if act not in rules.WORD_OF_THE_ASKER - {rules.CONFIRM_HELD}:
        STATES.next_state(mine.state, act, ASKER)
        raise NotPossible(_("this is not for the asker to do"))
    note = rules.screened(words, LONGEST_NOTE) if words.strip() else ""
    done = matter_rules().yes(mine.channel) if act == rules.CONFIRM else act
    return step(mine, done, Doing(None, now, ASKER, note))


@transaction.atomic
def rate(*, now: datetime, receipt: str, satisfaction: int) -> Matter:
    """Say how content one is, once. Raises NotPossible the second time, and before it was closed."""
    mine = locked(of_receipt(receipt))
    if mine.ending not in CLOSED:
        raise NotPossible(_("this is asked when the matter has been closed"))
    if mine.satisfaction is not None:
        raise NotPossible(_("this is asked once, and you have said it"))
    if not LEAST <= satisfaction <= MOST:
        raise NotPossible(_("from %(least)d to %(most)d") % {"least": LEAST, "most": MOST})
    mine.satisfaction = satisfaction
    mine.save(update_fields=["satisfaction"])
    record(actor=None, act="matters.rate", subject=f"matter:{mine.pk}", path=doors.path_of(mine.unit_id), now=now)
    return mine


def ways(matter: Matter) -> list[str]:
    """What the asker may do upon a matter as it stands. Which yes it is, is not theirs to choose."""
    return [row.act for row in STATES.ways(matter.state) if row.who == ASKER and row.act != rules.CONFIRM_HELD]
