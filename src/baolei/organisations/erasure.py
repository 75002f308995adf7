"""The erasure of a member who belongs here no more: what is personal goes, what was counted stays.

Personal Information Protection Law (个人信息保护法), article 47.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from baolei.ledger.actions import erase, record
from baolei.ledger.models import Entry
from baolei.organisations.models import Member, Transfer
from baolei.organisations.units import NotPossible
from baolei.people.models import ERASED, Account


@transaction.atomic
def erase_member(*, actor: Account | None, now: datetime, member: Member, why: str) -> str:
    """Take away the name, and what else is personal, of somebody who belongs to no organisation of the house any more.

    Days, kinds and places stay, so that no past figure changes; in the ledger the particulars of every entry about the
    member go, and the chain still proves itself. The name that was there. Raises NotPossible.
    """
    member = Member.objects.select_for_update().get(pk=member.pk)
    if member.memberships.filter(until=None).exists():
        raise NotPossible(_("%(name)s still belongs here: the membership ends first") % {"name": member})
    if member.name == ERASED:
        raise NotPossible(_("this member was erased already"))
    name = member.name
    for number in _entries(member):
        erase(actor=actor, number=number, why=why, now=now)
    account = getattr(member, "elector", None)  # that an account is this member: a room above this one keeps it
    if account is not None:
        account.delete()
    member.name, member.joined, member.birth_year, member.education = ERASED, None, None, ""
    member.save()
    record(actor=actor, act="organisations.erase_member", subject=f"member:{member.pk}", now=now, why=why)
    return name


def _entries(member: Member) -> list[int]:
    """The entries of the ledger whose particulars tell something of a member, as far as they are still there."""
    moves = [f"transfer:{number}" for number in Transfer.objects.filter(member=member).values_list("pk", flat=True)]
    about: Any = Q(subject__in=[*moves, f"page:/member/{member.pk}/"]) | Q(particulars__after__member=member.pk)
    # What was searched for stands there as the address wrote it.
    asked = Q(act="house.export", particulars__after__asked__icontains=quote(member.name))
    return list(Entry.objects.filter(about | asked, salt__isnull=False).order_by("pk").values_list("pk", flat=True))
