"""The second factor 动态口令: a code of six digits that the phone makes anew every half minute (TOTP, RFC 6238).

Asked after the password. A code counts once; ten recovery codes, each good once, help whoever has lost the phone.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime

import pyotp
import segno
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.people.accounts import LETTERS, NotAllowed
from baolei.people.models import Account, RecoveryCode, SecondFactor
from baolei.people.roles import needing_second_factor
from baolei.people.sealing import seal, unseal

ISSUER, PURPOSE = "Baolei", "second factor"
SLACK = 1
"""So many half minutes a phone's clock may be wrong, either way."""
CODES = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """A key to be put into a phone: as words in groups of four, and as a picture to be photographed (SVG)."""

    words: str
    picture: str


def needed(account: Account, on: date) -> bool:
    """Whether somebody holds a mandate that nobody uses without a second factor."""
    asked = needing_second_factor() if settings.BAOLEI_SECOND_FACTOR else ()
    return bool(asked) and any(one.role in asked for one in account.in_force(on))


def has_one(account: Account) -> bool:
    """Whether an account is asked for a code after the password."""
    return SecondFactor.objects.filter(account=account, confirmed_at__isnull=False).exists()


@transaction.atomic
def offer(*, account: Account) -> Offer:
    """A key for a phone; it counts when a first code confirms it, and until then the old one goes on.

    The key on offer stays the same until it is confirmed, so that a page may be loaded again.
    """
    factor, _made = SecondFactor.objects.select_for_update().get_or_create(account=account)
    secret = _opened(factor.offered)
    if not secret:
        secret = pyotp.random_base32()
        factor.offered = seal(secret, PURPOSE)
        factor.save()
    address = pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=ISSUER)
    picture = segno.make(address, error="m").svg_inline(scale=4, border=4, dark="#000", light="#fff")
    return Offer(" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)), picture)


@transaction.atomic
def confirm(*, account: Account, now: datetime, code: str) -> list[str]:
    """Let the key on offer count, since a phone has made a code with it; the recovery codes. Raises NotAllowed."""
    factor = SecondFactor.objects.select_for_update().filter(account=account).first()
    if factor is None or not factor.offered:
        raise NotAllowed(_("no key was put into a phone yet: begin anew"))
    step = _step(_opened(factor.offered), code, now)
    if step is None:
        raise NotAllowed(_("this code is not the one: see that the phone's clock is right, and enter the next one"))
    factor.secret, factor.offered, factor.last_step, factor.confirmed_at = factor.offered, "", step, now
    factor.save()
    codes = _new_codes(account)
    _recorded("second_factor", account, account, now, "")
    return codes


@transaction.atomic
def renew_codes(*, account: Account, now: datetime) -> list[str]:
    """Ten new recovery codes; the old ones count no more. Raises NotAllowed without a second factor."""
    if not has_one(account):
        raise NotAllowed(_("set up the second factor first"))
    codes = _new_codes(account)
    _recorded("recovery_codes", account, account, now, "")
    return codes


@transaction.atomic
def accepted(*, account: Account, now: datetime, code: str) -> bool:
    """Whether a code is the phone's, or a recovery code that nobody has used; it is then used up."""
    factor = SecondFactor.objects.select_for_update().filter(account=account, confirmed_at__isnull=False).first()
    if factor is None:
        return False
    step = _step(_opened(factor.secret), code, now)
    if step is not None and step > factor.last_step:
        factor.last_step = step
        factor.save()
        return True
    return _recovered(account, now, code)


@transaction.atomic
def forget(*, actor: Account | None, now: datetime, account: Account, why: str) -> None:
    """Take the second factor away from somebody who has lost phone and recovery codes. Raises NotAllowed.

    Whoever opened the account, and so may know its password, does not: nobody gets into another's account alone.
    """
    if actor is not None and not may_forget(actor, account, localdate(now)):
        raise NotAllowed(_("another administrator, who did not open this account, takes its second factor away"))
    if not SecondFactor.objects.filter(account=account).exists():
        raise NotAllowed(_("%(name)s has no second factor") % {"name": account})
    SecondFactor.objects.filter(account=account).delete()
    RecoveryCode.objects.filter(account=account).delete()
    _recorded("forget_factor", actor, account, now, why)


def may_forget(actor: Account, account: Account, on: date) -> bool:
    """Whether somebody takes away the second factor of an account."""
    return actor.may("forget_factors", on) and actor.pk not in (account.pk, account.opened_by_id)


def codes_left(account: Account) -> int:
    """How many recovery codes nobody has used yet."""
    return RecoveryCode.objects.filter(account=account, used_at=None).count()


def _opened(sealed: str) -> str:
    """A sealed key; '' where the installation has another key than when it was sealed: then no code is right."""
    try:
        return unseal(sealed, PURPOSE)
    except InvalidToken:
        return ""


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The half minute in which a phone with this key shows this code, among those near now."""
    if not secret:
        return None
    digits = "".join(code.split()).encode()
    phone = pyotp.TOTP(secret)
    here = phone.timecode(now)
    for step in range(here - SLACK, here + SLACK + 1):
        if hmac.compare_digest(phone.generate_otp(step).encode(), digits):
            return step
    return None


def _new_codes(account: Account) -> list[str]:
    """Replace the recovery codes; only their digests are kept. 45 bits each, and guessing is locked out."""
    RecoveryCode.objects.filter(account=account).delete()
    codes = ["-".join("".join(secrets.choice(LETTERS) for _place in range(5)) for _half in range(2))
             for _code in range(CODES)]  # fmt: skip
    RecoveryCode.objects.bulk_create([RecoveryCode(account=account, digest=_digest(code)) for code in codes])
    return codes


def _recovered(account: Account, now: datetime, code: str) -> bool:
    """Use a recovery code up; two at once use it once."""
    unused = RecoveryCode.objects.filter(account=account, digest=_digest(code), used_at=None)
    if not unused.update(used_at=now):
        return False
    _recorded("recovery_code_used", account, account, now, "")
    return True


def _digest(code: str) -> str:
    plain = "".join(code.lower().split()).replace("-", "")
    return hmac.new(settings.SECRET_KEY.encode(), f"recovery:{plain}".encode(), hashlib.sha256).hexdigest()


def _recorded(act: str, actor: Account | None, account: Account, now: datetime, why: str) -> None:
    record(actor=actor, act=f"people.{act}", subject=f"account:{account.pk}", now=now, why=why)
