"""What is done with decisions: a resolution is kept, carried out, reported back; a matter goes step by step; something
is made public. Each is recorded once; one recorded in error is struck.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.life import doors
from baolei.life.affairs_models import Announcement, Listed, Matter, MatterStep, Resolution
from baolei.life.models import Gathering
from baolei.organisations.doors import home_path
from baolei.organisations.models import Organisation, OrganisationState, Post
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import affairs as rules
from baolei.programme.life import MEMBERS
from baolei.warehouse.rulebook import affairs as affairs_rules

MINE = tuple[OrganisationState, date]


# ---- resolutions ----


@transaction.atomic
def resolve(*, actor: Account, now: datetime, meeting: Gathering, words: str, due: date, who: str) -> Resolution:
    """Keep a line of a members' meeting as a resolution with a day by which it is due, and who answers for it. Kept a
    second time it is the first one. Raises NotPossible.
    """
    state, today = mine(actor, meeting.organisation, now)
    _decides(meeting)
    there: Resolution | None = Resolution.objects.filter(meeting=meeting, words=words, struck_on=None).first()
    if there is not None:
        return there
    if words not in (*meeting.decisions, *meeting.arising):
        raise NotPossible(_("the meeting has no such line: choose one of its decisions or matters arising"))
    if due < meeting.on:
        raise NotPossible(_("it cannot be due before it was decided: enter %(day)s or a later day")
                          % {"day": meeting.on})  # fmt: skip
    if who not in {code for code, _name in answering(meeting.organisation, today)}:
        raise NotPossible(_("choose who answers for it: a post or a body of the branch"))
    made: Resolution = Resolution.objects.create(
        organisation=meeting.organisation, entered=today, by=actor, meeting=meeting, words=words, on=meeting.on,
        due=due, who=who,
    )  # fmt: skip
    _told(actor, now, state, "resolve", after={"resolution": made.pk, "due": due.isoformat()})
    return made


@transaction.atomic
def carry_out(
    *, actor: Account, now: datetime, resolution: Resolution, on: date, told: Gathering | None = None
) -> Resolution:
    """Note the day on which a resolution was carried out; and the members' meeting it was reported to, if it was.
    Raises NotPossible.
    """
    this: Resolution = Resolution.objects.select_for_update(of=("self",)).get(pk=resolution.pk)
    state, today = mine(actor, this.organisation, now)
    _stands(this)
    if this.done_on:
        raise NotPossible(_("it was carried out on %(day)s already") % {"day": this.done_on})
    if not this.on <= on <= today:
        raise NotPossible(_("enter a day from %(first)s to %(last)s") % {"first": this.on, "last": today})
    this.done_on, this.done_entered = on, today
    if told is not None:
        this.told = _hears(this, told)
    this.save(update_fields=["done_on", "done_entered", "told"])
    _told(actor, now, state, "carry_out", after={"resolution": this.pk, "day": on.isoformat()})
    return this


@transaction.atomic
def report_back(*, actor: Account, now: datetime, resolution: Resolution, told: Gathering) -> Resolution:
    """Note the members' meeting to which a resolution, carried out, was reported. Raises NotPossible."""
    this: Resolution = Resolution.objects.select_for_update(of=("self",)).get(pk=resolution.pk)
    state, _today = mine(actor, this.organisation, now)
    _stands(this)
    if not this.done_on or this.told_id:
        raise NotPossible(_("a resolution is reported to the members' meeting once, after it was carried out"))
    this.told = _hears(this, told)
    this.save(update_fields=["told"])
    _told(actor, now, state, "report_back", after={"resolution": this.pk, "held_on": told.on.isoformat()})
    return this


def answering(organisation: Organisation, on: date) -> list[tuple[str, str]]:
    """Who can answer for a resolution: the posts that are filled, by their names and holders, and the bodies of the
    rules; as code and words.
    """
    language = get_language() or ""
    posts = Post.objects.on(on).filter(organisation=organisation).select_related("holder").order_by("pk")
    found = {one.kind: f"{one.get_kind_display()} {one.holder.name}" for one in posts}
    order = [kind for kind, _name in Post.KINDS]
    return [*sorted(found.items(), key=lambda pair: order.index(pair[0])),
            *((code, name.say(language)) for code, name in affairs_rules().who.items())]  # fmt: skip


def meetings(organisation: int, forms: Sequence[str] = (MEMBERS,), *, first: date | None = None) -> Any:
    """The gatherings on record that count as one of these forms, the latest first; `first` the earliest day."""
    found = Gathering.objects.filter(
        organisation=organisation, struck_on=None, sessions__form__in=forms, sessions__quorate=True
    )
    if first is not None:
        found = found.filter(on__gte=first)
    return found.distinct().order_by("-on", "-pk")


def _decides(meeting: Gathering) -> None:
    if meeting.struck_on or not meeting.sessions.filter(form=MEMBERS, quorate=True).exists():
        raise NotPossible(_("only a members' meeting that enough attended passes resolutions: record it as one"))


def _hears(this: Resolution, told: Gathering) -> Gathering:
    """The members' meeting, where it can have heard of it."""
    if not meetings(this.organisation_id).filter(pk=told.pk).exists() or told.on < (this.done_on or this.on):
        raise NotPossible(_("choose a members' meeting on record, held on %(day)s or later")
                          % {"day": this.done_on or this.on})  # fmt: skip
    return told


# ---- major matters ----


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it is entered: its code, its day, or the gathering that it was; not `kept` where it was passed over."""

    step: str
    on: date | None = None
    gathering: Gathering | None = None
    kept: bool = True


@transaction.atomic
def open_matter(*, actor: Account, now: datetime, organisation: Organisation, title: str, first: Taken) -> Matter:
    """Open a major matter with its first step. Raises NotPossible, and StepRefused for a step that is not the first."""
    state, today = mine(actor, organisation, now)
    if not affairs_rules().steps_in(state.field):
        raise NotPossible(_("matters by four discussions and two announcements are kept by villages and communities"))
    if Matter.objects.filter(organisation=organisation, title=title, struck_on=None).exists():
        raise NotPossible(_("a matter of this name is on record: give it another name, with its year"))
    made: Matter = Matter.objects.create(organisation=organisation, entered=today, by=actor, title=title)
    _take(actor, made, first, state.field, today)
    _told(actor, now, state, "open_matter", after={"matter": made.pk, "step": first.step})
    return made


@transaction.atomic
def take_step(*, actor: Account, now: datetime, matter: Matter, taken: Taken) -> MatterStep:
    """Note the next step of a matter, on its day. Raises NotPossible; StepRefused for a step before its turn."""
    this: Matter = Matter.objects.select_for_update(of=("self",)).get(pk=matter.pk)
    state, today = mine(actor, this.organisation, now)
    _stands(this)
    made = _take(actor, this, taken, state.field, today)
    _told(actor, now, state, "take_step",
          after={"matter": this.pk, "step": made.step, "day": made.on.isoformat(), "valid": made.kept})  # fmt: skip
    return made


def _take(actor: Account, matter: Matter, taken: Taken, field: str, today: date) -> MatterStep:
    steps = affairs_rules().steps_in(field)
    on = taken.gathering.on if taken.gathering else taken.on
    if on is None or on > today:
        raise NotPossible(_("choose the gathering, or enter the day: today or earlier"))
    step = rules.check_step(steps, dict(matter.steps.values_list("step", "on")), taken.step, on, field)
    if taken.gathering and (not taken.kept or not _was(matter, step, taken.gathering)):
        raise NotPossible(_("choose a gathering on record that can be this step"))
    if step.must and taken.kept and not taken.gathering:
        raise NotPossible(_("this step is a gathering: record the gathering, then choose it here"))
    made: MatterStep = MatterStep.objects.create(
        matter=matter, step=step.code, on=on, kept=taken.kept, gathering=taken.gathering, entered=today, by=actor
    )
    return made


def _was(matter: Matter, step: rules.Step, gathering: Gathering) -> bool:
    return bool(step.meetings) and meetings(matter.organisation_id, step.meetings).filter(pk=gathering.pk).exists()


# ---- what is made public ----


@transaction.atomic
def set_list(
    *, actor: Account, now: datetime, meeting: Gathering, words: Iterable[str], due: Iterable[date]
) -> list[Listed]:
    """Put matters on the branch's own list of what is made public, each due on each of these days, as a members'
    meeting set it. What is on the list already stays. Raises NotPossible.
    """
    state, today = mine(actor, meeting.organisation, now)
    _decides(meeting)
    days = sorted(set(due))
    if not days or days[0] < meeting.on:
        raise NotPossible(_("what is listed is due after the meeting that set it: enter %(day)s or a later day")
                          % {"day": meeting.on})  # fmt: skip
    wanted = [(line, day) for line in dict.fromkeys(words) for day in days]
    there = set(
        Listed.objects.filter(organisation=meeting.organisation, struck_on=None, due__in=days)
        .values_list("words", "due")
    )  # fmt: skip
    made = [Listed(organisation=meeting.organisation, entered=today, by=actor, meeting=meeting, words=line, due=day)
            for line, day in wanted if (line, day) not in there]  # fmt: skip
    Listed.objects.bulk_create(made)
    _told(actor, now, state, "set_list", after={"rows": len(made), "held_on": meeting.on.isoformat()})
    return made


@transaction.atomic
def announce(
    *, actor: Account, now: datetime, organisation: Organisation, kind: str, on: date, place: str,
    listed: Listed | None = None,
) -> Announcement:  # fmt: skip
    """Note that something was made public on a day; of the own list a matter, if `listed`. Noted a second time it is
    the first note. Raises NotPossible.
    """
    state, today = mine(actor, organisation, now)
    said = affairs_rules()
    if kind not in {one.code for one in said.kinds_in(state.field)} or place not in said.places:
        raise NotPossible(_("choose what was made public, and where"))
    if on > today:
        raise NotPossible(_("%(day)s has not come yet: enter the day on which it was made public") % {"day": on})
    if listed is not None:
        _stands(listed)
        there = listed.announcements.filter(struck_on=None)
    else:
        there = Announcement.objects.filter(organisation=organisation, kind=kind, on=on, listed=None, struck_on=None)
    first: Announcement | None = there.first()
    if first is not None:
        return first
    made: Announcement = Announcement.objects.create(
        organisation=organisation, entered=today, by=actor, kind=kind, on=on, place=place, listed=listed
    )
    _told(actor, now, state, "announce", after={"announcement": kind, "day": on.isoformat()})
    return made


# ---- what all of them have in common ----


@transaction.atomic
def strike(*, actor: Account, now: datetime, what: Any, why: str) -> None:
    """Strike a resolution, a matter, a listed matter or an announcement that was recorded in error: it counts for
    nothing and stays to be seen. Raises NotPossible.
    """
    this: Any = type(what).objects.select_for_update(of=("self",)).get(pk=what.pk)
    state, today = mine(actor, this.organisation, now)
    _stands(this)
    if isinstance(this, Listed) and this.announcements.filter(struck_on=None).exists():
        raise NotPossible(_("it was made public: strike the announcement first"))
    this.struck_on = today
    this.save(update_fields=["struck_on"])
    _told(actor, now, state, "strike", why=why, before={this._meta.model_name: this.pk})


def mine(actor: Account, organisation: Organisation, now: datetime) -> MINE:
    """The branch as it stands today, for which the actor records, and the day. Raises NotPossible for any other."""
    today = localdate(now)
    otherwise = _("this is recorded by the branch itself, or by the committee above it")
    return doors.branch_of(actor, organisation, today, otherwise), today


def _stands(this: Any) -> None:
    if this.struck_on:
        raise NotPossible(_("this record was struck on %(day)s") % {"day": this.struck_on})


def _told(actor: Account, now: datetime, state: OrganisationState, act: str, **particulars: Any) -> None:
    """Put an act in the ledger."""
    record(actor=actor, act=f"affairs.{act}", subject=f"organisation:{state.organisation_id}",
           path=home_path(state), now=now, **particulars)  # fmt: skip
