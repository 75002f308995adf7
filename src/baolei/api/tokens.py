"""Tokens: made and ended by the person whose mandate they carry, and looked up when a program shows one."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.api.models import Token
from baolei.ledger.actions import record
from baolei.organisations.appointing import home_of
from baolei.people.models import Account, Mandate
from baolei.people.roles import allowing, reading, writing
from baolei.programme.refusals import Refusal

PREFIX = "blt_"
"""So that a secret that got somewhere it should not be is found by those who search for such things."""
LONGEST = timedelta(days=366)
MOST = 20
"""So many live tokens of one account."""


class NotGiven(Refusal):
    """A token that cannot be made or ended; says what would be right."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a token that is live today, its mandate and the account that made it."""

    token: Token
    mandate: Mandate
    account: Account
    today: date


def opens(mandate: Mandate) -> bool:
    """Whether a mandate of this role opens anything that a program can read."""
    return mandate.role in (*reading("records"), *allowing("read_ledger"))


def mine(account: Account, on: date) -> list[Mandate]:
    """The mandates somebody can make tokens for."""
    return [one for one in account.standing(on) if opens(one)]


@transaction.atomic
def make_token(
    *, actor: Account, now: datetime, mandate: Mandate, label: str, writes: bool, expires: date
) -> tuple[Token, str]:
    """Make a token for one of one's own mandates; the token, and its secret.

    Nobody sees the secret again. Raises NotGiven.
    """
    today = localdate(now)
    account = Account.objects.select_for_update().get(pk=actor.pk)
    held = account.standing(today).filter(pk=mandate.pk).first()
    if held is None or not opens(held):
        raise NotGiven(_("this is none of your mandates that open records: choose one of them"))
    if writes and held.role not in writing():
        raise NotGiven(_("%(role)s changes no records: make a token that only reads") % {"role": held.role_name})
    last = min(today + LONGEST, held.until or date.max)
    if not today <= expires <= last:
        raise NotGiven(
            _("its last day is from %(first)s to %(last)s: enter one of these") % {"first": today, "last": last}
        )
    if Token.objects.of(account).live(today).count() >= MOST:
        raise NotGiven(_("you have %(number)d tokens: end one that nobody uses") % {"number": MOST})
    secret = PREFIX + secrets.token_urlsafe(32)
    made = Token.objects.create(mandate=held, label=label, writes=writes, digest=_digest(secret), expires=expires,
                                made_at=now)  # fmt: skip
    _recorded("make_token", actor, now, made)
    return made, secret


@transaction.atomic
def end_token(*, actor: Account, now: datetime, token: Token) -> None:
    """End one of one's own tokens: it opens nothing from this moment on. Raises NotGiven."""
    found = Token.objects.of(actor).select_for_update(of=("self",)).filter(pk=token.pk, ended_at=None).first()
    if found is None:
        raise NotGiven(_("this token has ended already"))
    found.ended_at = now
    found.save()
    _recorded("end_token", actor, now, found)


def shown(secret: str, today: date) -> Caller | None:
    """Who shows this secret; None for one that opens nothing today. Notes the day.

    Of the account's mandates only the token's own counts, to whoever asks it.
    """
    token = Token.objects.live(today).filter(digest=_digest(secret)).select_related("mandate__account").first()
    if token is None:
        return None
    if token.last_used != today:
        Token.objects.filter(pk=token.pk).update(last_used=today)
    account = token.mandate.account
    account.only = token.mandate
    return Caller(token, token.mandate, account, today)


def _digest(secret: str) -> str:
    """256 random bits need no slow hash: nobody guesses them."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _recorded(act: str, actor: Account, now: datetime, token: Token) -> None:
    after = {"token": token.pk, "used by": token.label, "writes": token.writes, "expires": token.expires.isoformat(),
             "title": token.mandate.title}  # fmt: skip
    record(actor=actor, act=f"api.{act}", subject=f"account:{actor.pk}",
           path=home_of(token.mandate, localdate(now)), now=now, after=after)  # fmt: skip
