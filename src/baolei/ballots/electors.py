"""Members with an account: who says that this account is this member, and in which polls they may take a token."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ballots import doors
from baolei.ballots.counted import OUT
from baolei.ballots.models import Elector, Poll
from baolei.ledger.actions import record
from baolei.organisations.doors import writing_scope
from baolei.organisations.models import Member, Membership
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.urn.store import CAST, ISSUE


@transaction.atomic
def link(*, actor: Account, now: datetime, organisation: int, member: Member, username: str, why: str) -> Elector:
    """Say that an account is a full member of a branch. Raises NotPossible."""
    place = _place(actor, now, organisation)
    member = Member.objects.select_for_update().get(pk=member.pk)
    _belongs(member, organisation, now)
    account = Account.objects.filter(username=username, is_active=True).first()
    if account is None or _plain(account.name) != _plain(member.name):
        # The same words for both: nobody learns here which user names there are.
        raise NotPossible(
            _("no account of this user name bears the name %(name)s: compare the user name with the list of accounts")
            % {"name": member}
        )
    if account.pk == actor.pk:
        raise NotPossible(_("this is your own account: another person links it"))
    taken = Elector.objects.filter(Q(member=member) | Q(account=account)).select_related("account").first()
    if taken is not None:
        raise NotPossible(
            _("%(name)s is linked already, to the user name %(username)s: undo that link first")
            % {"name": member, "username": taken.account.username}
        )
    made: Elector = Elector.objects.create(account=account, member=member, by=actor, day=localdate(now))
    record(actor=actor, act="ballots.link", subject=f"account:{account.pk}", path=place.path, now=now, why=why,
           after={"member": member.pk, "username": account.username})  # fmt: skip
    return made


@transaction.atomic
def unlink(*, actor: Account, now: datetime, organisation: int, member: Member, why: str) -> None:
    """Take the link away. A token that was taken stays taken: by this member and with this account. Raises
    NotPossible.
    """
    place = _place(actor, now, organisation)
    found = Elector.objects.select_for_update(of=("self",)).filter(member=member).select_related("account").first()
    if found is None:
        raise NotPossible(_("%(name)s has no account here: there is nothing to undo") % {"name": member})
    found.delete()
    record(actor=actor, act="ballots.unlink", subject=f"account:{found.account_id}", path=place.path, now=now, why=why,
           after={"member": member.pk, "username": found.account.username})  # fmt: skip


def _place(actor: Account, now: datetime, organisation: int) -> Any:
    """The branch as it stands today, for those who answer for it from above and never fill its declaration in."""
    place = doors.branches_from_above(writing_scope(actor, localdate(now))).filter(organisation=organisation).first()
    if place is None:
        raise NotPossible(_("accounts are linked by people of a level above the branch, never by the branch itself"))
    return place


def _belongs(member: Member, organisation: int, now: datetime) -> None:
    full = Membership.objects.on(localdate(now)).filter(
        member=member, organisation=organisation, kind=Membership.FULL
    )  # fmt: skip
    if not full.exists():
        raise NotPossible(_("%(name)s is no full member of this branch: only full members vote") % {"name": member})


def _plain(name: str) -> str:
    """A name without its spaces: 乌云 其其格 is 乌云其其格."""
    return "".join(name.split())


# ---- what they may take ----


def polls_of(account: Account) -> Any:
    """The polls, while tokens are given out or ballots cast, in which this account may take a token: those about the
    branch of which its member was a full member on the day of the roll.
    """
    elector = getattr(account, "elector", None) if account.is_active else None
    if elector is None:
        return Poll.objects.none()
    found = Poll.objects.filter(tokens=True, phase__in=(ISSUE, CAST)).exclude(declaration__state__in=OUT)
    belonged = Membership.objects.filter(member=elector.member_id, kind=Membership.FULL).values_list(
        "organisation", "since", "until"
    )
    mine = Q(pk__in=[])
    for organisation, since, until in belonged:
        then = Q(declaration__organisation=organisation, roll_day__gte=since)
        mine |= then & Q(roll_day__lte=until) if until else then
    return found.filter(mine)


def votes_by_phone(account: Account) -> bool:
    """Whether an account is linked to a member."""
    return Elector.objects.filter(account=account).exists()
