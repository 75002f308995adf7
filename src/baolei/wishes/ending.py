"""A registration ends, and what was taken up and not done is open to others again."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate

from baolei.ledger.actions import record
from baolei.people.models import Account
from baolei.programme.wishes import CLOCK
from baolei.wishes.models import Claim, Registration
from baolei.wishes.walk import locked, path_of, step


def end(registration: Registration, actor: Account | None, now: datetime, how: str) -> Registration:
    """End a registration, within the transaction of whoever decided so. One that has ended stays as it is."""
    one: Registration = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    if one.ended:
        return one
    for claim in one.claims.filter(state=Claim.OPEN).select_related("wish"):
        open_again(claim, now, Claim.GIVEN_BACK)
    one.ended, one.how, one.skills = localdate(now), how, []
    one.save()
    one.suggestions.all().delete()
    record(actor=actor, act="wishes.end_registration", subject=f"registration:{one.pk}",
           path=path_of(one.unit_id, now), now=now, after={"how": how})  # fmt: skip
    return one


def open_again(claim: Claim, now: datetime, how: str) -> None:
    """A wish is open again that somebody took up and did not do, within the transaction of whoever decided so."""
    step(locked(claim.wish), "return", CLOCK, None, now)
    claim.state = how
    claim.save(update_fields=["state"])
