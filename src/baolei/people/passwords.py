"""What a password must be, by the profile of the installation (`rulebook/passwords.yaml`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from baolei.people.models import Account, FormerPassword
from baolei.warehouse.rulebook import text

FILE = "passwords.yaml"
KINDS = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]"), re.compile("[^a-zA-Z0-9]"))


@dataclass(frozen=True, slots=True)
class Profile:
    """What is asked of a password: characters, kinds of signs, days until it is changed, former ones remembered."""

    min_length: int
    kinds: int
    days: int | None
    remembered: int


@lru_cache(maxsize=1)
def profiles() -> dict[str, Profile]:
    """The profiles by their names."""
    rows = yaml.safe_load(text(FILE))["profiles"]
    return {name: Profile(row["min_length"], row["kinds"], row["days"], row["remembered"])
            for name, row in rows.items()}  # fmt: skip


def profile() -> Profile:
    """The profile of this installation."""
    return profiles()[settings.BAOLEI_PASSWORD_PROFILE]


class OfTheProfile:
    """A validator of Django's: length, kinds of signs, and none of the last ones."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError with everything that is missing."""
        asked, missing = profile(), []
        if len(password) < asked.min_length:
            missing.append(_("It has %(count)d characters: use %(least)d or more.")
                           % {"count": len(password), "least": asked.min_length})  # fmt: skip
        if sum(bool(kind.search(password)) for kind in KINDS) < asked.kinds:
            missing.append(_("Use at least %(kinds)d of these: small letters, capitals, digits, other signs.")
                           % {"kinds": asked.kinds})  # fmt: skip
        if isinstance(user, Account) and user.pk and _used_before(user, password, asked.remembered):
            missing.append(_("You have used it before: choose another one."))
        if missing:
            raise ValidationError(missing)

    def get_help_text(self) -> str:
        """What is asked, before anything is typed."""
        asked = profile()
        says = [_("At least %(least)d characters.") % {"least": asked.min_length}]
        if asked.kinds > 1:
            says.append(_("Use at least %(kinds)d of these: small letters, capitals, digits, other signs.")
                        % {"kinds": asked.kinds})  # fmt: skip
        if asked.days:
            says.append(_("It is changed every %(days)d days.") % {"days": asked.days})
        return " ".join(says)


def due(account: Account) -> date | None:
    """The last day of an account's password; None where the profile sets none."""
    days = profile().days
    return account.password_since + timedelta(days=days) if days and account.password_since else None


def is_over(account: Account, on: date) -> bool:
    """Whether an account's password has to be changed on that day. In a demo none has: everybody knows it."""
    last = None if settings.BAOLEI_DEMO else due(account)
    return last is not None and on > last


def remember(account: Account) -> None:
    """Keep the hash of the password that is about to be replaced, and forget those too old to matter."""
    kept = profile().remembered
    if kept:
        FormerPassword.objects.create(account=account, password=account.password)
    newest = FormerPassword.objects.filter(account=account).order_by("-pk").values_list("pk", flat=True)[:kept]
    FormerPassword.objects.filter(account=account).exclude(pk__in=list(newest)).delete()


def _used_before(account: Account, password: str, remembered: int) -> bool:
    if not remembered:
        return False
    former = account.former_passwords.order_by("-pk").values_list("password", flat=True)[:remembered]
    return any(check_password(password, one) for one in [account.password, *former])
