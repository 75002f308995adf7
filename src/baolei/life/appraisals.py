"""The democratic appraisal of members 民主评议党员: the committee's opinion is entered, each member is told.

How many voted for which grade of a member is nobody's record here: it stays in the branch, on paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baolei.ledger.actions import record
from baolei.life import doors
from baolei.life.models import Appraisal, Gathering, Grade
from baolei.organisations.doors import home_path, writing_scope
from baolei.organisations.models import Membership, Organisation, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import life as rules
from baolei.warehouse.rulebook import life as life_rules


@dataclass(frozen=True, slots=True)
class Roll:
    """Who is appraised on a day, by pk and name: full members have a grade, those on probation take part without."""

    full: dict[int, str]
    probationary: dict[int, str]


def roll(organisation: Organisation, on: date) -> Roll:
    """The members of a branch on a day, by name."""
    found = Membership.objects.on(on).filter(organisation=organisation).order_by("member__name", "member")
    made = Roll({}, {})
    for pk, name, kind in found.values_list("member", "member__name", "kind"):
        (made.full if kind == Membership.FULL else made.probationary)[pk] = name
    return made


@transaction.atomic
def opine(
    *, actor: Account, now: datetime, gathering: Gathering, grades: Mapping[int, str], beyond: str = "", why: str = ""
) -> Appraisal:
    """Enter the committee's opinion: by member (pk) a grade. `beyond` is why more are excellent than in general.

    Entered again it takes the place of the first one, with the reason `why`; whoever has another grade then is to be
    told anew. Raises NotPossible and AppraisalRefused.
    """
    Organisation.objects.select_for_update().get(pk=gathering.organisation_id)
    gathering = Gathering.objects.select_related("organisation").get(pk=gathering.pk)
    state = _grading(actor, gathering, localdate(now))
    mine = roll(gathering.organisation, gathering.on)
    _sound(mine, grades)
    more = rules.excellent_beyond(grades.values(), life_rules())
    if more and not beyond.strip():
        most = rules.excellent_most(len(grades), life_rules())
        raise NotPossible(
            _("of %(graded)d in general %(most)d may be excellent, here are %(number)d more: say why, or name fewer")
            % {"most": most, "graded": len(grades), "number": more}
        )
    there = Appraisal.objects.filter(organisation=gathering.organisation, year=gathering.on.year).first()
    if there is not None and not why.strip():
        raise NotPossible(_("the grades of %(year)d are on record: say why they change") % {"year": there.year})
    made = _written(actor, now, gathering, mine, grades, beyond.strip() if more else "", there)
    record(actor=actor, act="life.appraise", subject=f"organisation:{gathering.organisation_id}",
           path=home_path(state), now=now, why=why,
           after={"year": made.year, "held_on": gathering.on.isoformat(), "graded": made.graded})  # fmt: skip
    return made


@transaction.atomic
def tell(*, actor: Account, now: datetime, appraisal: Appraisal, members: Collection[int], on: date) -> int:
    """Note that members were told their grade on a day (反馈); how many. Raises NotPossible."""
    this: Appraisal = Appraisal.objects.select_for_update(of=("self",)).get(pk=appraisal.pk)
    state = _grading(actor, this.gathering, localdate(now))
    if not this.gathering.on <= on <= localdate(now):
        raise NotPossible(
            _("enter a day from %(first)s to today, on which they were told") % {"first": this.gathering.on}
        )
    number = int(this.grades.filter(member__in=members, told=None).update(told=on))
    if not number:
        raise NotPossible(_("choose whom was told, among those who were not yet"))
    record(actor=actor, act="life.tell", subject=f"organisation:{this.organisation_id}", path=home_path(state),
           now=now, after={"year": this.year, "told": number})  # fmt: skip
    return number


def of_gathering(gathering: Gathering) -> Appraisal | None:
    """What was entered after a gathering; None where nothing is yet."""
    found: Appraisal | None = Appraisal.objects.filter(gathering=gathering).first()
    return found


def is_appraisal(gathering: Gathering) -> bool:
    """Whether a gathering held the democratic appraisal."""
    return bool(gathering.sessions.filter(form=rules.APPRAISAL).exists())


def _grading(actor: Account, gathering: Gathering, today: date) -> OrganisationState:
    """The branch for which the actor may enter grades after a gathering."""
    state = doors.branch_of(actor, gathering.organisation, today)
    if not doors.sees_grades(writing_scope(actor, today), state):
        raise NotPossible(_("grades are entered by the branch itself, or by the committee directly above it"))
    if gathering.struck_on or not is_appraisal(gathering):
        raise NotPossible(_("grades belong to a gathering that held the democratic appraisal: record that first"))
    return state


def _sound(mine: Roll, grades: Mapping[int, str]) -> None:
    """Refuse grades that cannot stand."""
    if not grades:
        raise NotPossible(_("choose a grade for one member at least"))
    called = _called(mine)
    rules.graded(
        [called[pk] for pk in mine.full], [called[pk] for pk in mine.probationary],
        {called.get(pk, str(pk)): grade for pk, grade in grades.items()}, life_rules(),
    )  # fmt: skip


def _called(mine: Roll) -> dict[int, str]:
    """What each member is called, apart from others of the same name."""
    found: dict[int, str] = {}
    for pk, name in (mine.full | mine.probationary).items():
        same = sum(other == name or other.startswith(f"{name} (") for other in found.values())
        found[pk] = f"{name} ({same + 1})" if same else name
    return found


def _written(
    actor: Account, now: datetime, gathering: Gathering, mine: Roll, grades: Mapping[int, str], beyond: str,
    there: Appraisal | None,
) -> Appraisal:  # fmt: skip
    before = {} if there is None else {one.member_id: one for one in there.grades.exclude(member=None)}
    gone = Counter(there.counts if there else {}) - Counter(one.grade for one in before.values())
    made = there or Appraisal(organisation=gathering.organisation, year=gathering.on.year)
    made.gathering, made.by, made.decided, made.beyond = gathering, actor, localdate(now), beyond
    made.due, made.probationary = len(mine.full), len(mine.probationary)
    made.counts = dict(gone + Counter(grades.values()))
    made.save()
    made.grades.exclude(member=None).delete()
    absent = set(gathering.absences.values_list("member", flat=True))
    Grade.objects.bulk_create(
        Grade(appraisal=made, member_id=member, grade=grade, took_part=member not in absent,
              told=before[member].told if member in before and before[member].grade == grade else None)
        for member, grade in grades.items()
    )  # fmt: skip
    return made
