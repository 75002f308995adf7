"""What is done with dues: amounts are agreed on, dues are collected, a waiver is applied for and decided; what was
recorded in error is struck.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection as Many
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.dues import book, doors
from baolei.dues.models import Agreement, Collection, Payment, Waiver
from baolei.ledger.actions import record
from baolei.organisations import doors as tree_doors
from baolei.organisations.doors import writing_scope
from baolei.organisations.models import Member, Membership, Organisation, OrganisationState, UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import dues as rules
from baolei.programme.dues import FEN, month_of, number_of
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import dues as dues_rules


@transaction.atomic
def agree(*, actor: Account, now: datetime, organisation: Organisation, since: date, amounts: Mapping[int, int]) -> int:
    """Enter the amounts in fen that members (pk) agreed on, from the month of a day on; how many are new.

    An amount that was entered for the same month is struck. Raises NotPossible.
    """
    today = localdate(now)
    state = _mine(actor, organisation, today)
    _of_the_branch(amounts, organisation, today)
    _payable(amounts.values())
    month = number_of(since)
    there = Agreement.objects.filter(member__in=amounts, since=month, struck_on=None)
    same = {member for member, fen in there.values_list("member", "fen") if amounts[member] == fen}
    new = {member: fen for member, fen in amounts.items() if member not in same}
    there.filter(member__in=new).update(struck_on=today)
    Agreement.objects.bulk_create(
        Agreement(member_id=member, organisation=organisation, fen=fen, since=month, entered=today, by=actor)
        for member, fen in sorted(new.items())
    )
    if new:
        _told(actor, now, "dues.agree", state, after={"members": len(new), "from": _said(month)})
    return len(new)


@transaction.atomic
def collect(
    *, actor: Account, now: datetime, organisation: Organisation, key: str, day: date, through: date,
    members: Many[int],
) -> list[Collection]:  # fmt: skip
    """Record that these members (pk) paid on a day what they owed up to the month of `through`, that month included;
    one collection for each span of months. Sent a second time under the same key they are the first ones.

    Who owes nothing up to then is passed over. Raises NotPossible.
    """
    today = localdate(now)
    state = _mine(actor, organisation, today)
    if there := list(Collection.objects.filter(organisation=organisation, key=key).order_by("first")):
        return there
    _payable_then(day, through, today)
    # Whoever else records a payment of the same member waits, so that no month is paid twice.
    list(Member.objects.select_for_update().filter(pk__in=members).order_by("pk").values_list("pk", flat=True))
    _of_the_branch(members, organisation, today)
    lines = [one for one in book.book(organisation.pk, rules.first_of(through), today) if one.member in set(members)]
    spans: dict[tuple[date, date], list[int]] = defaultdict(list)
    for line in lines:
        for span in rules.spans(line.owed):
            spans[span].append(line.member)
    if not spans:
        raise NotPossible(
            _("nothing is owed up to %(month)s by those chosen: choose a later month, or other members")
            % {"month": _said(number_of(through))}
        )
    made = [_collected(actor, today, organisation, key, day, span, paid) for span, paid in sorted(spans.items())]
    _told(actor, now, "dues.collect", state, after={
        "received_on": day.isoformat(), "through": _said(number_of(through)), "members": len(lines),
    })  # fmt: skip
    return made


@transaction.atomic
def strike(*, actor: Account, now: datetime, collection: Collection, member: int | None = None, why: str) -> Collection:
    """Strike a collection that was recorded in error, or one member's payment of it. Raises NotPossible."""
    this: Collection = Collection.objects.select_for_update(of=("self",)).get(pk=collection.pk)
    today = localdate(now)
    state = _mine(actor, this.organisation, today)
    if this.struck_on:
        raise NotPossible(_("this record was struck on %(day)s") % {"day": this.struck_on})
    if member is not None and not this.payments.filter(member=member, struck_on=None).update(struck_on=today):
        raise NotPossible(_("no payment of this member stands here: choose one that does"))
    if member is None or not this.payments.filter(struck_on=None).exists():
        this.struck_on = today
        this.save(update_fields=["struck_on"])
    _told(actor, now, "dues.strike", state, why=why, after={
        "collection": this.pk, "members": this.people if member is None else 1,
    })  # fmt: skip
    return this


# ---- waivers ----


@transaction.atomic
def ask_waiver(
    *, actor: Account, now: datetime, organisation: Organisation, member: int, months: tuple[date, date],
    applied: date, studied: date,
) -> Waiver:  # fmt: skip
    """Send up a member's application to pay nothing from one month to another, which the branch has studied.

    Raises NotPossible.
    """
    today = localdate(now)
    state = _mine(actor, organisation, today)
    _of_the_branch([member], organisation, today)
    first, last = (number_of(one) for one in months)
    if last < first:
        raise NotPossible(_("the last month lies before the first: enter them in their order"))
    if not applied <= studied <= today:
        raise NotPossible(_("the member applies, then the branch studies it, then it is sent up: check the days"))
    standing = (Waiver.STUDIED, Waiver.APPROVED)
    if Waiver.objects.filter(member=member, state__in=standing, first__lte=last, last__gte=first).exists():
        raise NotPossible(_("a waiver for some of these months is there already: enter other months"))
    made: Waiver = Waiver.objects.create(member_id=member, organisation=organisation, first=first, last=last,
                                         applied=applied, studied=studied, by=actor)  # fmt: skip
    _told(actor, now, "dues.ask_waiver", state, after={"waiver": made.pk})
    return made


@transaction.atomic
def approve_waiver(*, actor: Account, now: datetime, waiver: Waiver, document: str) -> Waiver:
    """Approve a waiver from above the branch, by a document. Raises NotPossible."""
    if not document.strip():
        raise NotPossible(_("a waiver stands on a document: enter its number"))
    return _decided(actor, now, waiver, Waiver.APPROVED, document=document.strip())


@transaction.atomic
def refuse_waiver(*, actor: Account, now: datetime, waiver: Waiver, answer: str) -> Waiver:
    """Refuse a waiver from above the branch, with one of the answers of the rules. Raises NotPossible."""
    answers = dues_rules().answers
    if answer not in answers:
        told = "; ".join(one.say(get_language() or "") for one in answers.values())
        raise NotPossible(_("the branch is given an answer, one of: %(answers)s") % {"answers": told})
    return _decided(actor, now, waiver, Waiver.REFUSED, answer=answer)


@transaction.atomic
def withdraw_waiver(*, actor: Account, now: datetime, waiver: Waiver) -> Waiver:
    """Withdraw a waiver: the branch one that waits, the organisation above it one that it approved.

    Raises NotPossible.
    """
    if waiver.state == Waiver.STUDIED:
        _mine(actor, waiver.organisation, localdate(now))
        return _moved(actor, now, waiver, Waiver.STUDIED, Waiver.WITHDRAWN)
    _from_above(actor, waiver, localdate(now))
    return _moved(actor, now, waiver, Waiver.APPROVED, Waiver.WITHDRAWN)


def _decided(actor: Account, now: datetime, waiver: Waiver, state: str, **said: str) -> Waiver:
    _from_above(actor, waiver, localdate(now))
    return _moved(actor, now, waiver, Waiver.STUDIED, state, **said)


def _moved(actor: Account, now: datetime, waiver: Waiver, before: str, after: str, **said: str) -> Waiver:
    this: Waiver = Waiver.objects.select_for_update(of=("self",)).get(pk=waiver.pk)
    if this.state != before:
        raise NotPossible(
            _("this waiver stands at “%(state)s”: nothing is left to decide") % {"state": this.get_state_display()}
        )
    this.state, this.decided, this.decided_by = after, localdate(now), actor
    for name, value in said.items():
        setattr(this, name, value)
    this.save()
    acts = {Waiver.APPROVED: "dues.approve_waiver", Waiver.REFUSED: "dues.refuse_waiver",
            Waiver.WITHDRAWN: "dues.withdraw_waiver"}  # fmt: skip
    state = OrganisationState.objects.filter(organisation=this.organisation_id).order_by("-since")[0]
    _told(actor, now, acts[after], state, before={"state": before}, after={"waiver": this.pk, **said})
    return this


def _from_above(actor: Account, waiver: Waiver, today: date) -> None:
    state = OrganisationState.objects.on(today).filter(organisation=waiver.organisation_id).first()
    if state is None or not tree_doors.from_above(writing_scope(actor, today), state):
        raise NotPossible(_("a waiver is decided by the organisation above the branch"))


# ---- what is refused ----


def _mine(actor: Account, organisation: Organisation, today: date) -> OrganisationState:
    """The branch as it stands today, whose dues the actor keeps."""
    state: OrganisationState | None = doors.kept_by(actor, today).filter(organisation=organisation).first()
    if state is None:
        raise NotPossible(_("dues are entered by the branch itself, to which its members belong"))
    return state


def _of_the_branch(members: Many[int], organisation: Organisation, today: date) -> None:
    here = Membership.objects.on(today).filter(organisation=organisation, member__in=members).values_list("member")
    if not members or len(set(members)) > len({member for (member,) in here}):
        raise NotPossible(_("choose among the members of the branch"))


def _payable(amounts: Iterable[int]) -> None:
    least, most = dues_rules().number("relief_fen"), dues_rules().number("agreed_most_fen")
    if any(not least <= fen <= most for fen in amounts):
        raise NotPossible(
            _("an amount a month is %(least)s yuan at least and %(most)s at most: check what you typed")
            % {"least": least / FEN, "most": f"{most // FEN:,}"}
        )


def _payable_then(day: date, through: date, today: date) -> None:
    ahead = dues_rules().number("ahead_months")
    if day > today:
        raise NotPossible(_("%(day)s has not come yet: enter the day on which it was received") % {"day": day})
    latest = months_later(rules.first_of(day), ahead)
    if rules.first_of(through) > latest:
        raise NotPossible(
            _("dues are paid %(months)d months ahead at most: choose %(latest)s or earlier")
            % {"months": ahead, "latest": _said(number_of(latest))}
        )


# ---- what is written ----


def _collected(
    actor: Account, today: date, organisation: Organisation, key: str, day: date, span: tuple[date, date],
    paid: list[int],
) -> Collection:  # fmt: skip
    first, last = number_of(span[0]), number_of(span[1])
    made: Collection = Collection.objects.create(
        organisation=organisation, key=key, day=day, first=first, last=last, in_time=max(first, number_of(day)),
        people=len(paid), entered=today, by=actor,
    )  # fmt: skip
    Payment.objects.bulk_create(Payment(collection=made, member_id=member) for member in paid)
    return made


def _said(month: int) -> str:
    """A month as it stands in tables: 2026-11."""
    return month_of(month).strftime("%Y-%m")


def _told(actor: Account, now: datetime, act: str, state: OrganisationState, **more: object) -> None:
    home = UnitState.objects.filter(unit=state.unit_id, until=None).values_list("path", flat=True).first() or ""
    record(actor=actor, act=act, subject=f"organisation:{state.organisation_id}", path=home, now=now,
           **more)  # type: ignore[arg-type]  # why, before, after  # fmt: skip
