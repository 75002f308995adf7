"""Polls of meetings 会议评议: set up for one branch and one day, slips printed, begun in the room, ended and sealed at
once.

As in `polling` the urn is told first and takes the same twice; an act that was cut off between the two is done again.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.ballots.models import MeetingPoll, Poll, UrnPoll
from baolei.ballots.polling import new_number, new_slips
from baolei.ballots.sealing import sealed_in, take_over
from baolei.ballots.urns import opened, sealing_key
from baolei.ledger.actions import record
from baolei.organisations.models import Membership, Organisation, OrganisationState, UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.ballot import slips
from baolei.programme.ballot.meetings import MEMBERS, Kind
from baolei.programme.papers import in_full
from baolei.programme.proof import canonical
from baolei.programme.visibility import least
from baolei.urn.sealing import signing
from baolei.urn.store import CAST, CLOSED, ISSUE, PHASES, SEALED, SET_UP, Sealed
from baolei.urn.store import Poll as InUrn
from baolei.warehouse.papers.slips import BranchSlips, Sheaf, TownshipSlips, slips_pdf
from baolei.warehouse.rulebook import ballots as slip_rules
from baolei.warehouse.rulebook import meetings as rules
from baolei.warehouse.rulebook import visibility

AHEAD = timedelta(days=60)
"""So long before its day a meeting is set up at most."""
MOST = 500
"""So many may vote at a meeting at most."""


def fewest() -> int:
    """So many ballots must be in before anything of them is told."""
    return least(visibility())


@transaction.atomic
def set_up(
    *, actor: Account | None, now: datetime, branch: OrganisationState, kind: str, held_on: date, people: int,
    revote: bool, why: str,
) -> MeetingPoll:  # fmt: skip
    """Set up the poll of one kind for a meeting of a branch on a day, at which so many may vote. Raises NotPossible."""
    organisation = Organisation.objects.select_for_update().get(pk=branch.organisation_id)
    asked = rules().kinds[kind]
    _may_be_held(branch, asked, held_on, people, localdate(now))
    number = _free_number()
    with opened() as urn:
        (form,) = urn.put_forms([canonical(asked.form)])
        shown = {"name": {"zh": f"{in_full(held_on)}会议", "en": f"Meeting of {held_on.isoformat()}"},
                 "branch": branch.name, "source": {"zh": asked.name.zh, "en": asked.name.en}}  # fmt: skip
        urn.put_polls([InUrn(number, form, rev_allowed=revote, closes=held_on, shown=shown)])
    made: MeetingPoll = MeetingPoll.objects.create(
        organisation=organisation, kind=kind, held_on=held_on, number=number.hex(), short=slips.short(number),
        form=form, people=people, least=max(slips.least(slip_rules().meeting, people, 0), fewest()),
    )  # fmt: skip
    _record("meeting_set_up", actor, now, made, why, people=people, revote=revote)
    return made


def _may_be_held(branch: OrganisationState, asked: Kind, held_on: date, people: int, today: date) -> None:
    """Refuse a poll that cannot be, or whose ballots could be shown to nobody."""
    if not branch.field:
        raise NotPossible(_("%(name)s is no Party branch: meetings are polled in branches") % {"name": branch.name})
    if not today <= held_on <= today + AHEAD:
        raise NotPossible(
            _("the meeting is on %(day)s: enter a day from today to %(last)s") % {"day": held_on, "last": today + AHEAD}
        )
    if people < fewest():
        raise NotPossible(
            _("%(people)d may vote, and of fewer than %(least)d ballots nothing may be shown: vote on paper, outside")
            % {"people": people, "least": fewest()}
        )
    full = full_members(branch, today)
    if asked.entitled == MEMBERS and people > full:
        raise NotPossible(
            _("%(people)d may vote, but the branch has %(full)d full members: correct the number, or the members first")
            % {"people": people, "full": full}
        )
    same = MeetingPoll.objects.filter(organisation=branch.organisation_id, kind=asked.code)
    if same.filter(cast=None).exists():
        raise NotPossible(_("a poll of this kind is not ended yet: end it first"))
    if same.filter(held_on=held_on, cast__gt=0).exists():
        raise NotPossible(_("this was voted on that day: a second vote would tell what whoever came late has said"))


def full_members(branch: OrganisationState, day: date) -> int:
    """How many full members a branch has on a day."""
    found = Membership.objects.on(day).filter(organisation=branch.organisation_id, kind=Membership.FULL)
    return int(found.count())


def _free_number() -> bytes:
    """A number of a poll whose digits no other has, of a round or of a meeting."""
    kinds: tuple[type[UrnPoll], ...] = (Poll, MeetingPoll)
    while True:
        number = new_number(set())
        if not any(kind.objects.filter(short=slips.short(number)).exists() for kind in kinds):
            return number


# ---- on paper ----


@transaction.atomic
def print_slips(*, actor: Account | None, now: datetime, meeting: MeetingPoll, origin: str, why: str) -> bytes:
    """Print the slips of a meeting: the PDF. The secrets are on the paper and nowhere else. Raises NotPossible."""
    this = _locked(meeting)
    if this.phase != SET_UP:
        raise NotPossible(_("the slips are printed: where they are lost, call the vote off and set up another"))
    if this.held_on < localdate(now):
        raise NotPossible(_("the day of this meeting has passed: call it off, and set it up for another day"))
    made = new_slips(this, slips.printed(this.people, slip_rules()))
    pdf = slips_pdf(_paper(this, made.codes, origin), localdate(now), Path(settings.BAOLEI_HOME) / "fonts")
    with opened() as urn:
        urn.put_slips((this.key, one) for one in made.hashes)
        urn.set_phase([this.key], ISSUE)
    this.slips, this.phase = len(made.codes), ISSUE
    this.save(update_fields=["slips", "phase"])
    _record("meeting_print", actor, now, this, why, slips=this.slips)
    return pdf


def _paper(this: MeetingPoll, codes: tuple[str, ...], origin: str) -> TownshipSlips:
    state = state_of(this)
    unit = UnitState.objects.filter(unit=state.unit_id).order_by("-since").values_list("name", flat=True)[0]
    sheaf = Sheaf(this.key, rules().kinds[this.kind].name, this.people, codes)
    occasion = f"{in_full(this.held_on)}会议"
    return TownshipSlips(unit, occasion, origin, this.held_on, [BranchSlips(state.name, [sheaf])])


# ---- begin and end ----


@transaction.atomic
def begin(*, actor: Account | None, now: datetime, meeting: MeetingPoll, handed: int, why: str) -> None:
    """Begin the casting, when so many have drawn a slip. Raises NotPossible before its day, and for too few slips."""
    this = _locked(meeting)
    if this.phase != ISSUE:
        raise NotPossible(_("casting begins once, after the slips are printed"))
    if localdate(now) < this.held_on:
        raise NotPossible(
            _("the meeting is on %(day)s: casting begins in the room, on that day") % {"day": this.held_on}
        )
    if not this.least <= handed <= this.slips:
        raise NotPossible(
            _("%(handed)d slips are out: from %(least)d, the ballots that are needed, to %(slips)d, those printed")
            % {"handed": handed, "least": this.least, "slips": this.slips}
        )
    with opened() as urn:
        urn.set_phase([this.key], CAST)
    this.handed, this.phase = handed, CAST
    this.save(update_fields=["handed", "phase"])
    _record("meeting_begin", actor, now, this, why, handed=handed)


@transaction.atomic
def end(*, actor: Account | None, now: datetime, meeting: MeetingPoll, why: str) -> MeetingPoll:
    """End the casting of a meeting, seal what was cast and count it; one that was never begun is called off so, with no
    ballot. Raises NotPossible where it is ended.
    """
    this = _locked(meeting)
    if this.cast is not None:
        raise NotPossible(_("this poll is ended and sealed"))
    take_over(this, _sealed(this))
    this.save()
    told = {} if 0 < (this.cast or 0) < fewest() else {"ballots": this.cast}
    _record("meeting_end", actor, now, this, why, **told, root=this.root)
    return this


def _sealed(this: MeetingPoll) -> Sealed:
    """The poll as the urn sealed it, now or when this was cut off before; moved there from wherever it stands."""
    order = list(PHASES)
    with opened() as urn:
        there = urn.poll(this.key)
        at = order.index(there.phase) if there else 0
        for phase in order[at + 1 : order.index(SEALED)]:
            urn.set_phase([this.key], phase)
        (found,) = sealed_in(urn, [this.key], signing(sealing_key()))
        urn.give_back()
    return found


# ---- of one meeting ----


def state_of(meeting: MeetingPoll) -> OrganisationState:
    """What the branch of a meeting is called and where it stands: today, or last where it has ended."""
    found: OrganisationState = OrganisationState.objects.filter(organisation=meeting.organisation_id).order_by(
        "-since"
    )[0]
    return found


def inside(meeting: MeetingPoll) -> int | None:
    """How many ballots are in: of an open poll by the urn; None where so few are closed."""
    number = meeting.cast
    if meeting.phase in (CAST, CLOSED):
        with opened() as urn:
            number = urn.counts([meeting.key])[meeting.key].cast
    return None if number is not None and 0 < number < fewest() else number or 0


def sealed_of(meeting: MeetingPoll) -> Sealed | None:
    """A meeting's poll as the urn sealed it; None before."""
    with opened() as urn:
        return urn.sealed(meeting.key)


def _locked(meeting: MeetingPoll) -> MeetingPoll:
    found: MeetingPoll = MeetingPoll.objects.select_for_update().get(pk=meeting.pk)
    return found


def _record(act: str, actor: Account | None, now: datetime, this: MeetingPoll, why: str, **told: object) -> None:
    home = UnitState.objects.on(localdate(now)).filter(unit=state_of(this).unit_id).values_list("path", flat=True)
    after = {"kind": this.kind, "day": this.held_on.isoformat(), **told}
    record(actor=actor, act=f"ballots.{act}", subject=f"organisation:{this.organisation_id}",
           path=home.first() or "", now=now, why=why, after=after)  # fmt: skip


def kind_of(meeting: MeetingPoll) -> Kind:
    """What kind of poll it is, by the rules."""
    return rules().kinds[meeting.kind]


def called(meeting: MeetingPoll) -> str:
    """What the kind is called in the language of the page."""
    return kind_of(meeting).name.say(get_language() or "")
