"""What is done with members: admitted, made full members, transferred by letter and receipt, and their leaving."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from baolei.organisations.acts import DAY, Act, done, holding_members, move_members, standing, vacate
from baolei.organisations.findings import look_again
from baolei.organisations.models import Member, Membership, Organisation, OrganisationState, Post, Transfer
from baolei.organisations.units import NotPossible


@transaction.atomic
def admit(*, act: Act, organisation: Organisation, name: str) -> Membership:
    """Admit somebody as a probationary member of an organisation from a day on. Raises NotPossible."""
    state = holding_members(organisation, act)
    member = Member.objects.create(name=name, joined=act.on)
    made: Membership = Membership.objects.create(
        member=member, organisation=organisation, kind=Membership.PROBATIONARY, since=act.on
    )
    done(act, "admit", state, after={"member": member.pk})
    return made


@transaction.atomic
def confirm(*, act: Act, member: Member) -> Membership:
    """Let a probationary member be a full one from a day on. Raises NotPossible."""
    belongs = _belonging(member)
    if belongs.kind == Membership.FULL:
        raise NotPossible(_("%(name)s is a full member since %(since)s") % {"name": member, "since": belongs.since})
    _after(belongs, act)
    belongs.until = act.on - DAY
    belongs.save()
    made: Membership = Membership.objects.create(
        member=member, organisation=belongs.organisation, kind=Membership.FULL, since=act.on
    )
    done(act, "confirm", standing(belongs.organisation), after={"member": member.pk})
    return made


@transaction.atomic
def leave(*, act: Act, member: Member, how: str) -> None:
    """Let a member's membership end on the day before: by death, by leaving the Party, by a decision.

    `how` is one of Membership.WAYS; the posts the member holds end as well. Raises NotPossible.
    """
    belongs = _belonging(member)
    _after(belongs, act)
    _no_transfer(member)
    belongs.until, belongs.how = act.on - DAY, how
    belongs.save()
    vacate(Post.objects.open().filter(holder=member), act.on)
    done(act, "leave", standing(belongs.organisation), after={"member": member.pk, "how": how})


@transaction.atomic
def request_transfer(*, act: Act, member: Member, to: Organisation | None = None, outside: str = "") -> Transfer:
    """Ask for a member's affiliation to go to another organisation, here or outside. Raises NotPossible."""
    source = standing(_belonging(member).organisation)
    if bool(to) == bool(outside.strip()):
        raise NotPossible(_("name one goal: an organisation here, or the one outside in words"))
    if to is not None:
        goal = holding_members(to, act)
        if to.pk == source.organisation_id:
            raise NotPossible(_("%(member)s belongs to %(name)s already") % {"member": member, "name": goal.name})
    _no_transfer(member)
    made: Transfer = Transfer.objects.create(
        member=member, source=source.organisation, to=to, outside=outside.strip(), requested=act.on
    )
    done(act, "request_transfer", source, subject=f"transfer:{made.pk}")
    return made


@transaction.atomic
def send_transfer(*, act: Act, transfer: Transfer, letter: str, days: int) -> Transfer:
    """Send the letter of a transfer, good for so many days. Raises NotPossible beyond what the rules allow."""
    _must_be(transfer, Transfer.REQUESTED)
    most = act.rules.number("transfer_letter_days.max")
    if not letter.strip():
        raise NotPossible(_("a transfer goes by a letter: enter its number"))
    if not 1 <= days <= most:
        raise NotPossible(_("a letter is good for 1 to %(most)d days, not %(days)d") % {"most": most, "days": days})
    return _step(act, transfer, "send_transfer", state=Transfer.SENT, letter=letter.strip(), sent=act.on,
                 valid_to=act.on + timedelta(days=days))  # fmt: skip


@transaction.atomic
def receive_transfer(*, act: Act, transfer: Transfer) -> Transfer:
    """Receive the member: from that day on the member belongs to the new organisation. Raises NotPossible.

    A letter that is out of date does not stop this, since the member must not be lost; it stays on record that it was.
    Posts the member held where the member comes from end.
    """
    _must_be(transfer, Transfer.SENT)
    belongs = Membership.objects.open().filter(member=transfer.member)
    if transfer.to is None:
        _after(_belonging(transfer.member), act)
        belongs.update(until=act.on - DAY, how=Membership.MOVED)
    else:
        standing(transfer.to)
        move_members(belongs, transfer.to, act.on)
        look_again(organisation=transfer.to, day=act.on, rules=act.rules)
    vacate(Post.objects.open().filter(holder=transfer.member, organisation=transfer.source), act.on)
    return _step(act, transfer, "receive_transfer", state=Transfer.RECEIVED, received=act.on)


@transaction.atomic
def return_receipt(*, act: Act, transfer: Transfer) -> Transfer:
    """Note that the receipt slip is back at the sending side: the transfer is closed. Raises NotPossible."""
    _must_be(transfer, Transfer.RECEIVED)
    return _step(act, transfer, "return_receipt", state=Transfer.CLOSED, receipt=act.on)


@transaction.atomic
def end_transfer(*, act: Act, transfer: Transfer) -> Transfer:
    """End a transfer that is not carried out: the member stays where the member is. Raises NotPossible."""
    _must_be(transfer, Transfer.REQUESTED, Transfer.SENT)
    return _step(act, transfer, "end_transfer", state=Transfer.ENDED)


def _belonging(member: Member) -> Membership:
    belongs: Membership | None = (
        Membership.objects.open().filter(member=member).select_related("organisation", "member").first()
    )
    if belongs is None:
        raise NotPossible(
            _("%(member)s belongs to no organisation here: admit the member instead") % {"member": member}
        )
    return belongs


def _after(belongs: Membership, act: Act) -> None:
    if belongs.since >= act.on:
        raise NotPossible(
            _("%(member)s belongs there since %(since)s: enter a later day")
            % {"member": belongs.member, "since": belongs.since}
        )


def _no_transfer(member: Member) -> None:
    under_way = Transfer.objects.filter(member=member, state__in=Transfer.UNDER_WAY).first()
    if under_way:
        raise NotPossible(
            _("a transfer of %(member)s is under way since %(since)s: finish or end that first")
            % {"member": member, "since": under_way.requested}
        )


def _must_be(transfer: Transfer, *states: str) -> None:
    if transfer.state not in states:
        raise NotPossible(
            _("this transfer stands at “%(state)s”: that step was taken, or comes later")
            % {"state": transfer.get_state_display()}
        )


def _step(act: Act, transfer: Transfer, what: str, **new: object) -> Transfer:
    for name, value in new.items():
        setattr(transfer, name, value)
    transfer.save()
    source = OrganisationState.objects.filter(organisation=transfer.source).order_by("-since")[0]
    done(act, what, source, subject=f"transfer:{transfer.pk}")
    return transfer
