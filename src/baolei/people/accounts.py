"""What is done with accounts: opened, disabled, enabled, given a new first password. Every act is on record."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import erase, record
from baolei.ledger.models import Entry
from baolei.people.models import ERASED, Account, InTree, LogInFailure, Mandate, SecondFactor
from baolei.people.passwords import remember
from baolei.people.roles import May, roles
from baolei.programme.refusals import Refusal

LETTERS = "abcdefghjkmnpqrstuvwxyz"
DIGITS, SIGNS = "23456789", "-+=#"
"""A first password is read aloud and typed once: no letter in it looks like another."""


class NotAllowed(Refusal):
    """Something with accounts or mandates that this person may not do, or that the rules do not allow."""


@transaction.atomic
def open_account(*, actor: Account | None, now: datetime, username: str, name: str, why: str) -> tuple[Account, str]:
    """Open an account without any mandate; the account, and the password for its first log-in. Raises NotAllowed."""
    _may(actor, "open_accounts", now)
    username = Account.normalize_username(username.strip())
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as error:
        raise NotAllowed(_("a user name consists of letters, digits and @ . + - _")) from error
    if Account.objects.filter(username=username).exists():
        raise NotAllowed(_("the user name %(name)s is taken: choose another") % {"name": username})
    account = Account(username=username, name=name.strip(), opened_by=actor)
    password = _first_password(account)
    _recorded("open_account", actor, now, account, why)
    return account, password


@transaction.atomic
def disable_account(*, actor: Account | None, now: datetime, account: Account, why: str) -> None:
    """Let nobody log in to an account, from this moment on, in open pages too. Raises NotAllowed."""
    _may(actor, "disable_accounts", now)
    _not_oneself(actor, account)
    if not account.is_active:
        raise NotAllowed(_("the account of %(name)s is disabled already") % {"name": account})
    account.is_active = False
    account.save()
    _recorded("disable_account", actor, now, account, why)


@transaction.atomic
def enable_account(*, actor: Account | None, now: datetime, account: Account, why: str) -> None:
    """Let somebody log in again. Raises NotAllowed."""
    _may(actor, "disable_accounts", now)
    _not_oneself(actor, account)
    if account.is_active:
        raise NotAllowed(_("the account of %(name)s is not disabled") % {"name": account})
    account.is_active = True
    account.save()
    _recorded("enable_account", actor, now, account, why)


@transaction.atomic
def reset_password(*, actor: Account | None, now: datetime, account: Account, why: str) -> str:
    """A new first password for somebody who has lost the own one; it is to be changed at once. Raises NotAllowed.

    Whoever opens accounts may do it for accounts without the right to do anything with accounts, an administrator for
    all others but the own one.
    """
    _may(actor, "open_accounts", now)
    _not_oneself(actor, account)
    password = _first_password(account)
    _recorded("reset_password", actor, now, account, why)
    return password


@transaction.atomic
def change_password(*, account: Account, now: datetime) -> None:
    """Note that somebody sets a new password of the own, before it is set: a first password has then been changed."""
    remember(account)
    account.must_change_password, account.password_since = False, localdate(now)
    account.save(update_fields=["must_change_password", "password_since"])
    _recorded("change_password", account, now, account, "")


@transaction.atomic
def erase_account(*, actor: Account | None, now: datetime, account: Account, why: str) -> None:
    """Take away the name and the user name of an account that is disabled: its number stays, with what it did.

    In the ledger the particulars of what was done with the account go, and the chain still proves itself. Raises
    NotAllowed.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.is_active:
        raise NotAllowed(_("the account of %(name)s is in use: disable it first") % {"name": account})
    about = Entry.objects.filter(subject=f"account:{account.pk}", salt__isnull=False).order_by("pk")
    for number in list(about.values_list("pk", flat=True)):
        erase(actor=actor, number=number, why=why, now=now)
    for kept in (account.former_passwords, account.recovery_codes):
        kept.all().delete()
    SecondFactor.objects.filter(account=account).delete()
    LogInFailure.objects.filter(username=account.username.casefold()).delete()
    account.name, account.username = ERASED, f"erased-{account.pk}"
    account.set_unusable_password()
    account.save()
    record(actor=actor, act="people.erase_account", subject=f"account:{account.pk}", now=now, why=why)


def may_disable(actor: Account, now: datetime) -> bool:
    """Whether somebody disables and enables accounts."""
    return actor.may("disable_accounts", localdate(now))


def _may(actor: Account | None, what: May, now: datetime) -> None:
    """None is the operator at the command line."""
    if actor is not None and not actor.may(what, localdate(now)):
        raise NotAllowed(_("your mandates do not allow this: ask an administrator"))


def _not_oneself(actor: Account | None, account: Account) -> None:
    if actor is not None and actor.pk == account.pk:
        raise NotAllowed(_("nobody does this to the own account: ask another administrator"))


def _first_password(account: Account) -> str:
    """Set and return a password of 78 bits that satisfies every profile; it has to be changed at the first log-in."""
    groups = ["".join(secrets.choice(LETTERS + DIGITS) for _place in range(4)) for _group in range(4)]
    password = secrets.choice(LETTERS).upper() + secrets.choice(DIGITS) + secrets.choice(SIGNS).join(groups)
    account.set_password(password)
    account.must_change_password = True
    account.save()
    return password


def _recorded(act: str, actor: Account | None, now: datetime, account: Account, why: str) -> None:
    record(actor=actor, act=f"people.{act}", subject=f"account:{account.pk}", now=now, why=why,
           after={"username": account.username})  # fmt: skip


FIRST = (("system_admin", "xitong"), ("security_admin", "anquan"), ("audit_admin", "shenji"))
"""The administrators an installation begins with, and their user names."""


@transaction.atomic
def open_first_accounts(*, now: datetime) -> list[tuple[str, str, str]]:
    """Open the three administrators of an empty house: user name, role, first password. Raises NotAllowed.

    Nobody in the house could approve their mandates yet, so the operator does; every other one needs two persons.
    """
    if Account.objects.exists():
        raise NotAllowed(_("there are accounts already: an administrator opens further ones"))
    opened = []
    for role, username in FIRST:
        account = Account(username=username, name=roles()[role].zh)
        password = _first_password(account)
        Mandate.objects.create(account=account, role=role, tree=InTree.NONE, title=roles()[role].zh,
                               since=localdate(now), approved_at=now)  # fmt: skip
        _recorded("open_account", None, now, account, "")
        opened.append((username, role, password))
    return opened
