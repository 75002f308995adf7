"""What happens of itself: wishes end with their term, what was not done in time is open again, registrations end, the
words of wishes that ended are removed, places are counted. Asking twice on a day changes nothing.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate

from baolei.ledger.actions import record
from baolei.organisations.models import Membership
from baolei.programme import wishes as rules
from baolei.programme.wishes import CLOCK, ENDED
from baolei.warehouse.rulebook import wishes as wish_rules
from baolei.wishes import counting, suggesting
from baolei.wishes.ending import end, open_again
from baolei.wishes.models import Claim, Matched, Registration, Wish
from baolei.wishes.walk import locked, step


def run_clock(now: datetime) -> None:
    """Do what is due, once a day; the matching is its last step, and the mark that it is done."""
    today = localdate(now)
    if Matched.objects.filter(day=today).exists() or not (Wish.objects.exists() or Registration.objects.exists()):
        return
    _end_registrations(now, today)
    for one in Wish.objects.filter(state=rules.CLAIMED, due__lt=today).order_by("pk"):
        _return(one, now)
    for one in Wish.objects.filter(state=rules.LIT, due__lt=today).order_by("pk"):
        _lapse(one, now)
    clear(now)
    counting.count(today)
    suggesting.match(today)


@transaction.atomic
def _return(wish: Wish, now: datetime) -> None:
    mine = locked(wish)
    if mine.state != rules.CLAIMED or mine.due is None or mine.due >= localdate(now):
        return
    for claim in mine.claims.filter(state=Claim.OPEN).select_related("wish"):
        open_again(claim, now, Claim.MISSED)


@transaction.atomic
def _lapse(wish: Wish, now: datetime) -> None:
    mine = locked(wish)
    if mine.state == rules.LIT and mine.due is not None and mine.due < localdate(now):
        step(mine, "lapse", CLOCK, None, now)


def _end_registrations(now: datetime, today: date) -> None:
    """Those whose last day is over, and those of members who belong nowhere any more."""
    there = Membership.objects.on(today).filter(member=OuterRef("member"))
    over = Q(until__lt=today) | ~Exists(there)
    for one in Registration.objects.filter(over, ended=None).order_by("pk"):
        with transaction.atomic():
            end(one, None, now, Registration.EXPIRED if one.until < today else Registration.LEFT)


# ---- removal ----


@transaction.atomic
def clear(now: datetime) -> int:
    """Remove the words of wishes that ended so many days ago, and whose they and their claims were. How many.

    Looked through once more before it stands in the ledger: how many, the digest of their numbers, and that none is
    left.
    """
    today = localdate(now)
    last = today - timedelta(days=wish_rules().number("keep_days"))
    due = Wish.objects.filter(state__in=ENDED, ended__lte=last, cleared=None)
    numbers = list(due.order_by("pk").values_list("pk", flat=True))
    if not numbers:
        return 0
    Claim.objects.filter(wish__in=due.values("pk")).update(registration=None)
    due.update(words="", called="", receipt="", cleared=today)
    record(actor=None, act="wishes.clear", now=now, after={
        "wishes_removed": len(numbers), "wishes_left": left(last),
        "sha256": hashlib.sha256(",".join(map(str, numbers)).encode()).hexdigest(),
    })  # fmt: skip
    return len(numbers)


def left(last: date) -> int:
    """How many wishes that ended by a day still say something, or whose claims are still somebody's."""
    ended: Any = Wish.objects.filter(state__in=ENDED, ended__lte=last)
    said = ~Q(words="") | ~Q(called="") | ~Q(receipt="")
    somebody = Exists(Claim.objects.filter(wish=OuterRef("pk"), registration__isnull=False))
    return int(ended.filter(said | somebody).count())
