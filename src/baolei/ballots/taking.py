"""Tokens 电子票: taken before casting begins, signed without being seen (docs/decisions/0009-one-urn.md).

The house learns who took one, and neither when nor which: nothing here goes into the ledger, which keeps times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from baolei.ballots import electors, token_keys
from baolei.ballots.models import Issued, Poll
from baolei.ballots.urns import opened
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.ballot import blind
from baolei.urn.store import ISSUE, Store


class TakenAlready(NotPossible):
    """Somebody has a token and asks for another one."""


def key_of(poll: Poll) -> str:
    """The digest (hex) of the key of a poll; at the first need the key is made and put into the urn.

    Raises NotPossible where tokens are not given out now, UrnRefused where the urn has another key.
    """
    if poll.token_key:
        return str(poll.token_key)
    with transaction.atomic():
        mine = _locked(poll.number)
        if not mine.token_key:
            spki = token_keys.spki(token_keys.made(mine.number))
            with opened() as urn:
                urn.put_key(mine.key, spki)
            mine.token_key = blind.key_hash(spki).hex()
            mine.save(update_fields=["token_key"])
    return str(mine.token_key)


def take(*, actor: Account, number: str, blinded: bytes) -> bytes:
    """The blind signature of a blinded message (256 bytes each), for whoever may vote in a poll: once. The same message
    again has the same signature, so that an answer that was lost can be asked for. Raises NotPossible, TakenAlready,
    BallotRefused.
    """
    poll = Poll.objects.filter(number=number).first()
    elector = getattr(actor, "elector", None)
    if poll is None or elector is None or not electors.polls_of(actor).filter(pk=poll.pk).exists():
        raise NotPossible(
            _("you were no full member of this branch on the day of the roll, or your account is linked to no member")
        )
    # Signed first, and shown to nobody before it is written down: so others are not kept waiting for it.
    signature = _signed(poll, blinded)
    with transaction.atomic():
        poll = _locked(number)
        request = hashlib.sha256(blinded).hexdigest()
        before = Issued.objects.filter(Q(member=elector.member_id) | Q(account=actor), poll=poll).first()
        if before is None:
            Issued.objects.create(poll=poll, member_id=elector.member_id, account=actor, request=request)
            poll.taken += 1
            poll.save(update_fields=["taken"])
        elif (before.request, before.account_id) != (request, actor.pk):
            raise TakenAlready(
                _("you have taken a token in this vote: open the ballot page on the phone with which you took it")
            )
    return signature


def _signed(poll: Poll, blinded: bytes) -> bytes:
    if poll.phase != ISSUE:
        raise _too_late()
    key = token_keys.kept(poll.number)
    if key is None or blind.key_hash(token_keys.spki(key)).hex() != poll.token_key:
        raise NotPossible(_("the key of this vote is not here any more: take a slip instead"))
    return token_keys.signed(key, blinded)


def _locked(number: str) -> Poll:
    """A poll while its tokens are given out. The lock keeps the beginning of the casting waiting, and waits for it."""
    found: Poll | None = Poll.objects.select_for_update().filter(number=number, tokens=True).first()
    if found is None or found.phase != ISSUE:
        raise _too_late()
    return found


def _too_late() -> NotPossible:
    return NotPossible(_("tokens are taken before the casting begins: now take a slip"))


# ---- the end of it ----


def stop(urn: Store, polls: Sequence[tuple[int, str, int, str]], fewest: int) -> None:
    """No more tokens are given out in these polls (pk, number, taken, key), locked by the caller: their keys are
    destroyed, what the phones asked for is blanked. Where fewer than `fewest` took one, these tokens are good for
    nothing, since the urn tells them from slips: it drops the key.
    """
    few = [(pk, number) for pk, number, taken, _key in polls if 0 < taken < fewest]
    for _pk, number, _taken, key in polls:
        if key:
            token_keys.destroy(number)
    urn.drop_keys(bytes.fromhex(number) for _pk, number in few)
    Poll.objects.filter(pk__in=[pk for pk, _number in few]).update(taken=0, token_key="")


def forget_requests(polls: Any) -> None:
    """Blank what the phones asked for, in one statement: nothing of its order is left but that of the taking."""
    Issued.objects.filter(poll__in=polls.values("pk")).exclude(request="").update(request="")
