"""What is done with Party organisations and those who belong to them: established, renamed, put under another, merged,
dissolved; exempted; members transferred; committees elected.

Every act holds from a day on, leaves the days before as they were, and looks at what it touched anew, so that a finding
closes by the change that cures it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr

from baolei.ledger.actions import record
from baolei.organisations.findings import look_again
from baolei.organisations.models import (
    Election,
    Exemption,
    Member,
    Membership,
    Organisation,
    OrganisationState,
    Post,
    Term,
    Transfer,
    Unit,
    UnitState,
    segment_of,
)
from baolei.organisations.spelling import initials
from baolei.organisations.units import NotPossible
from baolei.people.models import Account, InTree, Mandate
from baolei.people.paths import at_or_below
from baolei.programme.organisation import decisions
from baolei.programme.organisation.rules import SetupRules

DAY = timedelta(days=1)
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, when, from which day on, why, and under which rules: what every act has in common."""

    actor: Account | None
    now: datetime
    on: date
    why: str
    rules: SetupRules


# ---- organisations ----


@transaction.atomic
def establish(
    *, act: Act, code: str, name: str, kind: str, above: Organisation | None, unit: Unit, document: str, field: str = ""
) -> OrganisationState:
    """Establish an organisation from a day on, under the approval of `document`. Raises NotPossible."""
    top = _open(above) if above else None
    _may_stand(kind, top, act.rules)
    if not document.strip():
        raise NotPossible(f"{name} needs the approval it is established by: enter the number of the document")
    holder = OrganisationState.objects.open().filter(code=code).first()
    if holder:
        raise NotPossible(f"code {code} is held by {holder.name}: give another code")
    if not UnitState.objects.on(act.on).filter(unit=unit).exists():
        raise NotPossible(f"the unit does not stand on {act.on}: choose one that does")
    new = Organisation.objects.create()
    state: OrganisationState = OrganisationState.objects.create(
        organisation=new, code=code, name=name, initials=initials(name), kind=kind, field=field, above=above, unit=unit,
        path=(top.path if top else "") + segment_of(new.pk), since=act.on,
    )  # fmt: skip
    after = {"code": code, "name": name, "kind": kind, "document": document}
    _done(act, "establish", state, after=after)
    return state


@transaction.atomic
def rename(*, act: Act, organisation: Organisation, name: str) -> OrganisationState:
    """Give an organisation another name from a day on. Raises NotPossible."""
    state = _open(organisation)
    _restate(OrganisationState.objects.open().filter(organisation=organisation), act.on,
             name=Value(name), initials=Value(initials(name)))  # fmt: skip
    _done(act, "rename", state, before={"name": state.name}, after={"name": name})
    return _open(organisation)


@transaction.atomic
def put_under(*, act: Act, organisation: Organisation, above: Organisation) -> OrganisationState:
    """Affiliate an organisation, with all below it, with another from a day on. Raises NotPossible.

    Mandates at it or below it move with it at once.
    """
    state, top = _open(organisation), _open(above)
    if top.path.startswith(state.path):
        raise NotPossible(f"{top.name} stands below {state.name}: an organisation cannot be put under itself")
    _may_stand(state.kind, top, act.rules)
    if act.on > act.now.date():
        raise NotPossible(f"a move from {act.on} on is entered on that day, since it takes away access at once")
    old, new = state.path, top.path + segment_of(organisation.pk)
    moved = Concat(Value(new), Substr("path", len(old) + 1))
    _restate(OrganisationState.objects.open().under(old), act.on, path=moved)
    OrganisationState.objects.open().filter(organisation=organisation).update(above=above)
    Mandate.objects.filter(at_or_below(old), tree=InTree.PARTY).update(path=moved)
    _done(act, "put_under", state, before={"path": old}, after={"path": new})
    return _open(organisation)


@transaction.atomic
def merge(*, act: Act, organisations: Sequence[Organisation], into: Organisation) -> OrganisationState:
    """End organisations from a day on; their members belong to `into`, their posts end. Raises NotPossible."""
    target = _open(into)
    if not act.rules.kinds[target.kind].holds_members:
        raise NotPossible(f"{target.name} holds no members of its own: merge into an organisation that does")
    for organisation in organisations:
        state = _open(organisation)
        if organisation.pk == into.pk:
            raise NotPossible(f"{state.name} cannot be merged into itself")
        _nothing_below(state)
        _move_members(Membership.objects.open().filter(organisation=organisation), into, act.on)
        _end(state, act.on)
        _done(act, "merge", state, after={"into": into.pk})
    look_again(organisation=into, day=act.on, rules=act.rules)
    return target


@transaction.atomic
def dissolve(*, act: Act, organisation: Organisation, document: str) -> None:
    """End an organisation from a day on, under the approval of `document`. Raises NotPossible while anybody belongs."""
    state = _open(organisation)
    _nothing_below(state)
    members = Membership.objects.open().filter(organisation=organisation).count()
    if members:
        raise NotPossible(f"{members} members belong to {state.name}: transfer each of them first")
    if not document.strip():
        raise NotPossible(f"{state.name} is dissolved by an approval: enter the number of the document")
    _end(state, act.on)
    _done(act, "dissolve", state, after={"document": document})


@transaction.atomic
def exempt(*, act: Act, organisation: Organisation, flag: str, document: str, until: date | None = None) -> Exemption:
    """File the approval that lets an organisation stay as it is. Raises NotPossible for what nobody can excuse."""
    state, rule = _open(organisation), act.rules.flags.get(flag)
    if rule is None or rule.hard:
        raise NotPossible(f"nobody can approve an exception from {rule.name.en if rule else flag!r}: cure it")
    if not document.strip():
        raise NotPossible("an exception stands on a document: enter its number")
    if until is not None and until < act.on:
        raise NotPossible(f"the approval ends on {until}, before {act.on}: enter one that holds")
    made = Exemption.objects.create(organisation=organisation, flag=flag, document=document, since=act.on, until=until)
    _done(act, "exempt", state, after={"flag": flag, "document": document})
    return made


# ---- members ----


@transaction.atomic
def request_transfer(*, act: Act, member: Member, to: Organisation | None = None, outside: str = "") -> Transfer:
    """Ask for a member's affiliation to go to another organisation, here or outside. Raises NotPossible."""
    belongs = Membership.objects.open().filter(member=member).first()
    if belongs is None:
        raise NotPossible("this member belongs to no organisation here: admit the member instead")
    source = _open(belongs.organisation)
    if bool(to) == bool(outside.strip()):
        raise NotPossible("name one goal: an organisation here, or the one outside in words")
    if to is not None:
        goal = _open(to)
        if to.pk == source.organisation_id:
            raise NotPossible(f"this member belongs to {goal.name} already")
        if not act.rules.kinds[goal.kind].holds_members:
            raise NotPossible(f"{goal.name} ({act.rules.kinds[goal.kind].name.en}) holds no members of its own")
    under_way = Transfer.objects.filter(member=member, state__in=[Transfer.REQUESTED, Transfer.SENT]).first()
    if under_way:
        raise NotPossible(
            f"a transfer of this member is under way since {under_way.requested}: finish or end that first"
        )
    made: Transfer = Transfer.objects.create(
        member=member, source=source.organisation, to=to, outside=outside.strip(), requested=act.on
    )
    _done(act, "request_transfer", source, about=made)
    return made


@transaction.atomic
def send_transfer(*, act: Act, transfer: Transfer, letter: str, days: int) -> Transfer:
    """Send the letter of a transfer, good for so many days. Raises NotPossible beyond what the rules allow."""
    _must_be(transfer, Transfer.REQUESTED)
    most = act.rules.number("transfer_letter_days.max")
    if not letter.strip():
        raise NotPossible("a transfer goes by a letter: enter its number")
    if not 1 <= days <= most:
        raise NotPossible(f"a letter is good for 1 to {most} days, not {days}")
    return _step(act, transfer, "send_transfer", state=Transfer.SENT, letter=letter.strip(), sent=act.on,
                 valid_to=act.on + timedelta(days=days))  # fmt: skip


@transaction.atomic
def receive_transfer(*, act: Act, transfer: Transfer) -> Transfer:
    """Receive the member: from that day on the member belongs to the new organisation. Raises NotPossible.

    A letter that is out of date does not stop this, since the member must not be lost; it stays on record that it was.
    """
    _must_be(transfer, Transfer.SENT)
    belongs = Membership.objects.open().filter(member=transfer.member)
    if transfer.to is None:
        belongs.update(until=act.on - DAY)
    else:
        _open(transfer.to)
        _move_members(belongs, transfer.to, act.on)
        look_again(organisation=transfer.to, day=act.on, rules=act.rules)
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


# ---- elections ----


@transaction.atomic
def elect(
    *,
    act: Act,
    organisation: Organisation,
    poll: decisions.Poll,
    posts: Mapping[int, str],
    document: str,
    village: bool = False,
) -> Election:
    """Record an election on paper; where it stands and fills every seat, the new term begins and posts change hands.

    `poll.votes` by the number of each candidate as text; `posts` the post of each who is elected (Post.kind).
    Raises NotPossible, PollRefused.
    """
    state = _open(organisation)
    kind = act.rules.kinds[state.kind]
    if not kind.may("hold_term_elections"):
        raise NotPossible(f"a {kind.name.en} holds no term elections: its secretary is appointed")
    _eligible(organisation, [int(candidate) for candidate in poll.votes], act.on)
    decided = decisions.elected(poll, act.rules.acts["election"])
    made = Election.objects.create(
        organisation=organisation, on=act.on, should_attend=poll.should_attend, present=poll.present,
        issued=poll.issued, returned=poll.returned, void=poll.void, seats=poll.seats, votes=dict(poll.votes),
        elected=list(decided.elected), needed=decided.votes_needed, valid=decided.valid, document=document,
    )  # fmt: skip
    if decided.valid and not decided.open_seats:
        _take_office(act, state, [int(one) for one in decided.elected], posts, village)
    _done(act, "elect", state, after={"election": made.pk, "valid": decided.valid, "open_seats": decided.open_seats})
    return made


def _take_office(
    act: Act, state: OrganisationState, elected: list[int], posts: Mapping[int, str], village: bool
) -> None:
    secretaries = [one for one in elected if posts.get(one) == Post.SECRETARY]
    if len(secretaries) != 1:
        raise NotPossible(f"{len(secretaries)} of those elected are to be secretary: exactly one is")
    Post.objects.open().filter(organisation=state.organisation, since__lt=act.on).update(until=act.on - DAY)
    committee = len(elected) >= act.rules.number("branch_committee_size.min")
    Post.objects.bulk_create([
        Post(organisation=state.organisation, kind=posts.get(one, "member"), holder_id=one, committee=committee,
             since=act.on)
        for one in elected
    ])  # fmt: skip
    ends = act.rules.term_end(state.kind, act.on, village=village)
    if ends is not None:
        Term.objects.create(organisation=state.organisation, elected=act.on, ends=ends)


def _eligible(organisation: Organisation, candidates: list[int], on: date) -> None:
    belong = Membership.objects.on(on).filter(organisation=organisation, kind=Membership.FULL, member__in=candidates)
    strange = set(candidates) - set(belong.values_list("member", flat=True))
    if strange:
        raise NotPossible(f"{len(strange)} of the candidates are no full members of this organisation on {on}")


# ---- what these have in common ----


def _open(organisation: Organisation) -> OrganisationState:
    state: OrganisationState | None = OrganisationState.objects.open().filter(organisation=organisation).first()
    if state is None:
        raise NotPossible(f"organisation {organisation.pk} has ended: name one that goes on")
    return state


def _may_stand(kind: str, top: OrganisationState | None, rules: SetupRules) -> None:
    described = rules.kinds.get(kind)
    if described is None:
        raise NotPossible(f"no kind {kind!r}: one of {', '.join(rules.kinds)}")
    if top is None and not described.top:
        raise NotPossible(f"a {described.name.en} stands under a {' or '.join(described.under)}")
    if top is not None and top.kind not in described.under:
        raise NotPossible(f"a {described.name.en} cannot stand under {top.name}, a {rules.kinds[top.kind].name.en}")


def _nothing_below(state: OrganisationState) -> None:
    below = OrganisationState.objects.open().filter(above=state.organisation).count()
    if below:
        raise NotPossible(f"{below} organisations are affiliated with {state.name}: put them under another first")


def _move_members(belongs: Any, into: Organisation, on: date) -> None:
    moving = [(one.member_id, one.kind) for one in belongs.filter(since__lt=on)]
    belongs.filter(since=on).update(organisation=into)
    belongs.filter(since__lt=on).exclude(organisation=into).update(until=on - DAY)
    Membership.objects.bulk_create(
        [Membership(member_id=member, organisation=into, kind=kind, since=on) for member, kind in moving],
        batch_size=BATCH,
    )


def _end(state: OrganisationState, on: date) -> None:
    if state.since >= on:
        raise NotPossible(f"{state.name} was changed on {state.since}: it cannot end on {on - DAY}")
    OrganisationState.objects.filter(pk=state.pk).update(until=on - DAY)
    Post.objects.open().filter(organisation=state.organisation, since__lt=on).update(until=on - DAY)


def _restate(states: Any, on: date, **new: Any) -> None:
    """End these open states the day before and open new ones that differ in `new`; those begun that day are changed."""
    late = states.filter(since__gt=on).first()
    if late:
        raise NotPossible(f"{late.name} was changed on {late.since}, after {on}: enter changes in the order of days")
    states.filter(since=on).update(**new)
    older = states.filter(since__lt=on)
    columns = (
        "organisation_id",
        "code",
        "name",
        "initials",
        "kind",
        "field",
        "above_id",
        "unit_id",
        "unit_active",
        "path",
    )
    rows = list(older.annotate(**{f"new_{name}": value for name, value in new.items()}).values(
        *columns, *(f"new_{name}" for name in new)))  # fmt: skip
    older.update(until=on - DAY)
    OrganisationState.objects.bulk_create(
        [OrganisationState(since=on, **{name: row.get(f"new_{name}", row[name]) for name in columns}) for row in rows],
        batch_size=BATCH,
    )


def _must_be(transfer: Transfer, *states: str) -> None:
    if transfer.state not in states:
        raise NotPossible(f"this transfer is {transfer.get_state_display()}: that step was taken, or comes later")


def _step(act: Act, transfer: Transfer, done: str, **new: Any) -> Transfer:
    for name, value in new.items():
        setattr(transfer, name, value)
    transfer.save()
    source = OrganisationState.objects.filter(organisation=transfer.source).order_by("-since")[0]
    _done(act, done, source, about=transfer)
    return transfer


def _done(
    act: Act, done: str, state: OrganisationState, *, before: Any = None, after: Any = None, about: Any = None
) -> None:
    """Look at the organisation anew and record the act."""
    look_again(organisation=state.organisation, day=act.on, rules=act.rules)
    subject = f"transfer:{about.pk}" if about else f"organisation:{state.organisation_id}"
    told = {**(after or {}), "on": act.on.isoformat()}
    home = UnitState.objects.on(act.on).filter(unit=state.unit_id).values_list("path", flat=True).first()
    record(actor=act.actor, act=f"organisations.{done}", subject=subject, path=home or "", now=act.now, why=act.why,
           before=before, after=told)  # fmt: skip
