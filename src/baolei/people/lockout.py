"""Who guesses passwords waits: after some failures a user name is locked for some minutes, known or not.

Our own, in one small file: a library would count by address as well, and behind one office's proxy that locks out
everybody at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.people.models import Account, LogInFailure

LOG_IN = "people.log_in"


def locked_until(username: str, now: datetime) -> datetime | None:
    """Until when a user name is locked; None where it is not."""
    pause = timedelta(minutes=settings.BAOLEI_LOCK_MINUTES)
    since = LogInFailure.objects.filter(username=_key(username), at__gt=now - pause).order_by("-at")
    failures = list(since.values_list("at", flat=True)[: settings.BAOLEI_LOCK_AFTER])
    return failures[0] + pause if len(failures) >= settings.BAOLEI_LOCK_AFTER else None


def still_locked(until: datetime) -> str:
    """What whoever tries a locked name is told."""
    at = timezone.localtime(until).strftime("%H:%M")
    return _("Too many failures: this name is locked until %(until)s. Wait, or ask an administrator.") % {"until": at}


@transaction.atomic
def failed(*, username: str, now: datetime) -> None:
    """Note a failure, and forget those that count no more."""
    pause = timedelta(minutes=settings.BAOLEI_LOCK_MINUTES)
    LogInFailure.objects.filter(at__lte=now - pause).delete()
    LogInFailure.objects.create(username=_key(username), at=now)
    account = Account.objects.filter(username=username).first()
    act = "people.locked" if locked_until(username, now) else "people.log_in_failed"
    subject = f"account:{account.pk}" if account else ""  # a name that is none may be a password typed in its place
    record(actor=account, act=act, subject=subject, now=now)


@transaction.atomic
def came_in(*, account: Account, now: datetime) -> None:
    """Note that somebody has logged in: the failures before count no more."""
    LogInFailure.objects.filter(username=_key(account.username)).delete()
    record(actor=account, act=LOG_IN, subject=f"account:{account.pk}", now=now)


@transaction.atomic
def unlock(*, username: str, now: datetime) -> bool:
    """Let a user name be tried again at once, at the operator's word; whether it was locked."""
    locked = locked_until(username, now) is not None
    LogInFailure.objects.filter(username=_key(username)).delete()
    if locked:
        account = Account.objects.filter(username=username).first()
        record(actor=None, act="people.unlock", subject=f"account:{account.pk}" if account else "", now=now)
    return locked


def _key(username: str) -> str:
    return Account.normalize_username(username)[:150].casefold()
