"""Somebody's right to be erased: through all rooms, in one transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from baolei.declarations.models import Paper
from baolei.declarations.papers import erase as erase_paper
from baolei.life.erasure import erase_member as erase_from_life
from baolei.organisations.erasure import erase_member as erase_from_organisations
from baolei.organisations.models import Member
from baolei.people.accounts import erase_account
from baolei.people.models import Account
from baolei.programme.refusals import Refusal
from baolei.sheets.erasure import erase_member as erase_from_spreadsheets
from baolei.training.erasure import erase_member as erase_from_rosters
from baolei.wishes.erasure import erase_member as erase_from_wishes

__all__ = ["NobodyThere", "account", "erase_account", "erase_member", "erase_paper", "member", "paper"]


class NobodyThere(Refusal):
    """The house has no member, account or file of that number or name."""


def member(number: str) -> Member:
    """A member by number, as the address of the member's page has it. Raises NobodyThere."""
    found = Member.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    if found is None:
        raise NobodyThere(f"there is no member {number}: write the number in the address of the member's page")
    return found


def account(username: str) -> Account:
    """An account by user name. Raises NobodyThere."""
    found = Account.objects.filter(username=username).first()
    if found is None:
        raise NobodyThere(f"there is no account {username}")
    return found


def paper(number: str) -> Paper:
    """A file beside an answer by number, as its address has it. Raises NobodyThere."""
    found: Paper | None = Paper.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    if found is None:
        raise NobodyThere(f"there is no file {number}: write the last number in the address of the file")
    return found


@transaction.atomic
def erase_member(*, actor: Account | None, now: datetime, member: Member, why: str) -> None:
    """Erase a member everywhere in the house. Raises NotPossible while the member belongs to an organisation."""
    name = erase_from_organisations(actor=actor, now=now, member=member, why=why)
    erase_from_spreadsheets(member=member, name=name)
    erase_from_rosters(member=member, name=name)
    erase_from_life(member=member, name=name)
    erase_from_wishes(member=member)
