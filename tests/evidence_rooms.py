"""What the rooms beside gatherings put on record in the mixed cast: each by chance, by what its database lets stand."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any

import stage
from baolei.centres.models import Centre, Look
from baolei.dues.models import Collection, Payment, Waiver
from baolei.life.affairs_models import (
    Announcement,
    BranchTask,
    Listed,
    Matter,
    MatterStep,
    Resolution,
    SetTask,
)
from baolei.life.models import Appraisal, Gathering, Grade, Quarter
from baolei.matters import models as grids
from baolei.organisations.models import (
    Finding,
    Member,
    Membership,
    OrganisationState,
    Post,
    QuarterNumbers,
    Transfer,
)
from baolei.programme.dues import last_day, number_of
from baolei.programme.life import APPRAISAL, MEMBERS
from baolei.rectification.models import Case, Problem
from baolei.training.models import Attendance, Missed, TrainingClass
from baolei.warehouse.rulebook import affairs as affairs_rules
from baolei.wishes.models import Claim, Deed, Wish
from evidence_cast import DAY, FIRST, LAST, YEAR, Cast, gathering

BEFORE, AFTER = date(YEAR - 1, 10, 1), date(YEAR + 1, 1, 31)
FIRST_HOUR = datetime(YEAR, 1, 1, tzinfo=UTC)


# ---- organisations ----


def organisations(made: Cast) -> None:
    """Numbers of quarters entered twice or not at all, findings, transfers among the branches and to outside."""
    for branch in made.branches:
        for quarter in range(1, 5):
            for struck in ((LAST, None), (None,), (None,), ())[made.random.randrange(4)]:
                _numbers(made, branch, quarter, struck)
        for flag in made.random.sample(("term_overdue", "oversized_branch", "empty_shell"), made.random.randint(0, 3)):
            since = made.day(BEFORE)
            until = made.day(since, AFTER) if made.chance(0.6) else None
            how = made.random.choice((Finding.CURED, Finding.EXCUSED, Finding.ENDED)) if until else ""
            Finding.objects.create(organisation=branch.organisation, flag=flag, since=since, due=since, until=until,
                                   how=how)  # fmt: skip
        for member in made.members[branch.organisation_id][:3]:
            _transfer(made, branch, member)


def _numbers(made: Cast, branch: OrganisationState, quarter: int, struck: date | None) -> None:
    whole = {name: made.random.choice((0, 1, 4, 9)) for name in ("members", "steps_due", "migrants", "reserve")}
    parts = {"linked": "members", "steps_done": "steps_due", "reached": "migrants", "trained": "reserve"}
    QuarterNumbers.objects.create(
        organisation=branch.organisation, year=YEAR, quarter=quarter, entered=made.day(), by=made.by, struck_on=struck,
        probationary=0, applicants=2, activists=made.random.randint(0, 3), prospects=1, **whole,
        **{part: made.random.randint(0, whole[of]) for part, of in parts.items()},
    )  # fmt: skip


def _transfer(made: Cast, branch: OrganisationState, member: Member) -> None:
    state = made.random.choice([one for one, _name in Transfer.STATES])
    outside, sent = made.chance(0.3), made.day(BEFORE)
    others = [one.organisation for one in made.branches if one is not branch]
    there = state in (Transfer.RECEIVED, Transfer.CLOSED)
    received = made.day(sent, AFTER) if there else None
    Transfer.objects.create(
        member=member, source=branch.organisation, state=state, requested=sent, outside="外省" if outside else "",
        to=None if outside else made.random.choice(others), letter="1", sent=sent,
        valid_to=None if state == Transfer.REQUESTED else made.day(sent, AFTER), received=received,
        receipt=made.day(received, AFTER) if received and state == Transfer.CLOSED else None,
    )  # fmt: skip


# ---- life ----


def life(made: Cast) -> None:
    """Appraisals with members told at different times, and counts of quarters of which some say nothing."""
    for branch in made.branches:
        if made.chance(0.8):
            _appraisal(made, branch)
        for quarter in range(1, 5):
            if made.chance(0.7):
                _quarter(made, branch, quarter)


def _appraisal(made: Cast, branch: OrganisationState) -> None:
    held = gathering(made, branch, made.day(), (APPRAISAL,))
    people = made.members[branch.organisation_id]
    due = len(people) + made.random.randint(0, 2)
    one = Appraisal.objects.create(organisation=branch.organisation, year=YEAR, gathering=held, decided=held.on,
                                   by=made.by, due=due)  # fmt: skip
    Grade.objects.bulk_create(
        Grade(appraisal=one, member=member, grade="qualified", took_part=made.chance(0.8),
              told=made.day(held.on, AFTER) if made.chance(0.8) else None)
        for member in people
    )  # fmt: skip


def _quarter(made: Cast, branch: OrganisationState, quarter: int) -> None:
    excused = made.random.choice((None, 0, 2, 5))
    said: dict[str, Any] = {name: made.random.choice((None, 0, 1, 3)) for name in ("within", "across", "briefings")}
    Quarter.objects.create(
        organisation=branch.organisation, year=YEAR, quarter=quarter, excused=excused, entered=LAST, by=made.by,
        brought=None if excused is None else made.random.randint(0, excused), **said,
    )  # fmt: skip


# ---- decisions and affairs ----


def affairs(made: Cast) -> None:
    """Resolutions, matters of which some steps were passed over, what was made public, tasks set from above."""
    tasks = [
        SetTask.objects.create(unit=stage.unit("150422103").unit, words="任务", document="文", on=BEFORE,
                               due=made.day(BEFORE, AFTER), by=made.by, withdrawn_on=made.struck())
        for _ in range(5)
    ]  # fmt: skip
    for branch in made.branches:
        meetings = [gathering(made, branch, made.day(BEFORE), (MEMBERS,)) for _ in range(3)]
        entry = {"organisation": branch.organisation, "by": made.by}
        for number in range(made.random.randint(0, 5)):
            _resolution(made, entry, number, meetings)
        for number in range(made.random.randint(0, 4)):
            _matter(made, entry, number)
        if made.chance(0.85):
            _announced(made, entry, meetings[0])
        for task in made.random.sample(tasks, made.random.randint(0, 5)):
            done = made.day(task.on, AFTER) if made.chance(0.7) else None
            said = {"done_on": done, "reported": made.entered(done), "report": "已办"} if done else {}
            BranchTask.objects.create(task=task, organisation=branch.organisation, **said)


def _resolution(made: Cast, entry: dict[str, Any], number: int, meetings: list[Gathering]) -> None:
    meeting = made.random.choice(meetings)
    done = made.day(meeting.on, AFTER) if made.chance(0.7) else None
    Resolution.objects.create(
        meeting=meeting, words=f"决议{number}", on=meeting.on, due=made.day(meeting.on, AFTER), who="branch",
        done_on=done, done_entered=done, told=made.random.choice((None, *meetings)) if done else None,
        entered=made.entered(meeting.on), struck_on=made.struck(), **entry,
    )  # fmt: skip


def _matter(made: Cast, entry: dict[str, Any], number: int) -> None:
    on = made.day(BEFORE)
    matter = Matter.objects.create(title=f"事项{number}", entered=on, struck_on=made.struck(), **entry)
    steps, skipped = list(affairs_rules().steps), made.chance(0.3)
    for step in steps[: made.random.choice((3, 4, 6, 7, 7))]:
        kept = not (skipped and made.chance(0.3))
        MatterStep.objects.create(matter=matter, step=step, on=on, kept=kept, entered=made.entered(on), by=made.by)
        on += made.random.choice((0, 1, 20, 60)) * DAY


def _announced(made: Cast, entry: dict[str, Any], meeting: Gathering) -> None:
    days: set[tuple[str, date]] = set()
    for kind in affairs_rules().kinds:
        days |= {(kind, made.day(BEFORE, AFTER)) for _ in range(made.random.choice((1, 2, 6)))}
    for kind, on in sorted(days):
        Announcement.objects.create(kind=kind, on=on, place="board", entered=made.entered(on), struck_on=made.struck(),
                                    **entry)  # fmt: skip
    for number in range(made.random.randint(0, 4)):
        due = made.day(BEFORE, AFTER)
        matter = Listed.objects.create(meeting=meeting, words=f"目录{number}", due=due, entered=BEFORE,
                                       struck_on=made.struck(), **entry)  # fmt: skip
        for struck in ((LAST, None), (None,), (LAST,), ())[made.random.randrange(4)]:
            on = made.day(BEFORE, AFTER)
            Announcement.objects.create(kind="party", on=on, place="board", entered=made.entered(on), listed=matter,
                                        struck_on=struck, **entry)  # fmt: skip


# ---- dues ----


def dues(made: Cast) -> None:
    """Dues paid for months that follow each other, none twice: in time or late or ahead, some struck, some waived."""
    for member in Member.objects.order_by("pk"):
        at = list(Membership.objects.filter(member=member).order_by("since").values_list("organisation", flat=True))
        if made.chance(0.1):
            first = number_of(FIRST) + made.random.randint(-2, 11)
            state = made.random.choice((Waiver.APPROVED, Waiver.APPROVED, Waiver.STUDIED))
            said = {"decided": LAST, "decided_by": made.by, "document": "文"} if state == Waiver.APPROVED else {}
            Waiver.objects.create(member=member, organisation_id=at[0], first=first, applied=FIRST, studied=FIRST,
                                  last=first + made.random.randint(0, 5), by=made.by, state=state, **said)  # fmt: skip
        _pays(made, member, at)
    _together(made)


def _pays(made: Cast, member: Member, at: list[int]) -> None:
    """One member's payments, month after month."""
    month = number_of(FIRST) + made.random.randint(-4, 3)
    while month < number_of(LAST) + made.random.randint(0, 4) and made.chance(0.95):
        first, last = month, month + made.random.choice((0, 0, 2, 5))
        month = last + 1
        if made.chance(0.15):
            continue
        day = last_day(first) + made.random.choice((-40, -3, 0, 0, 1, 20, 70)) * DAY
        if made.chance(0.1):  # recorded in error, and again
            _collected(made, at[0], day, first, last, [member], made.random.choice(("whole", "one")))
        _collected(made, made.random.choice(at), day, first, last, [member], "")


def _together(made: Cast) -> None:
    """What the members of a branch paid on one day for the same months, as a branch records it."""
    alone = defaultdict[tuple[int, date, int, int], list[Collection]](list)
    struck = Payment.objects.filter(struck_on__isnull=False).values("collection")
    for one in Collection.objects.filter(struck_on=None).exclude(pk__in=struck).order_by("pk"):
        alone[one.organisation_id, one.day, one.first, one.last].append(one)
    for first, *others in alone.values():
        Payment.objects.filter(collection__in=others).update(collection=first)
        Collection.objects.filter(pk__in=[one.pk for one in others]).delete()
        Collection.objects.filter(pk=first.pk).update(people=first.payments.count())


def _collected(made: Cast, at: int, day: date, first: int, last: int, paid: list[Member], struck: str) -> None:
    one = Collection.objects.create(
        organisation_id=at, key=f"{made.random.getrandbits(128):032x}", day=day, first=first, last=last,
        in_time=max(first, number_of(day)), people=len(paid), entered=made.entered(day), by=made.by,
        struck_on=LAST if struck == "whole" else None,
    )  # fmt: skip
    Payment.objects.bulk_create(Payment(collection=one, member=member, struck_on=LAST if struck == "one" else None)
                                for member in paid)  # fmt: skip


# ---- centres ----


def centres(made: Cast) -> None:
    """Centres and points where branches are at home, and looks that found them open or not."""
    for number, unit in enumerate(sorted({branch.unit_id for branch in made.branches})):
        for kind in (Centre.CENTRE, Centre.POINT):
            one = Centre.objects.create(unit_id=unit, level=5, kind=kind, key=f"{2 * number + (kind == 'point'):032x}",
                                        name=kind, entered=FIRST, by=made.by)  # fmt: skip
            for on in {made.day(BEFORE, AFTER) for _look in range(6)}:
                Look.objects.create(centre=one, day=on, open=made.chance(0.7), by=made.by)


# ---- training ----


def training(made: Cast) -> None:
    """Classes of a county with rosters, and what branches studied with all their members but some."""
    county, people = stage.unit("150422").unit, list(Membership.objects.order_by("pk"))
    heads = list(Post.objects.order_by("pk"))
    for number in range(8):
        on = made.day(BEFORE, AFTER)
        held = _class(made, f"班{number}", on, made.random.choice((8, 16, 40)), unit=county, level="banner")
        some = {(one.member_id, one.organisation_id): "member" for one in made.random.sample(people, len(people) // 3)}
        some |= {
            (one.holder_id, one.organisation_id): "secretary" for one in made.random.sample(heads, len(heads) // 2)
        }
        seated: set[int] = set()
        for (member, branch), role in some.items():
            if member not in seated:
                seated.add(member)
                Attendance.objects.create(held=held, member_id=member, organisation_id=branch, role=role,
                                          struck_on=made.struck())  # fmt: skip
    for branch in made.branches:
        for number in range(made.random.choice((0, 1, 4))):
            held = _class(made, f"学{number}", made.day(BEFORE, AFTER), made.random.choice((2, 4, 12)), whole=True,
                          organisation=branch.organisation, level="branch", should_attend=9)  # fmt: skip
            for member in made.members[branch.organisation_id]:
                if made.chance(0.2):
                    Missed.objects.create(held=held, member=member)


def _class(made: Cast, title: str, on: date, hours: int, **more: Any) -> TrainingClass:
    held: TrainingClass = TrainingClass.objects.create(
        key=f"{made.random.getrandbits(128):032x}", title=title, first=on, last=on, hours=hours, audience="mixed",
        entered=made.entered(on), by=made.by, struck_on=made.struck(), **more,
    )  # fmt: skip
    return held


# ---- wishes ----


def wishes(made: Cast) -> None:
    """Wishes of the village and of the one beside it, taken up once, twice or not at all; deeds of all kinds."""
    homes = [stage.unit(code).unit for code in ("150422103216", "150422103217")]
    for number in range(40):
        lit = made.day(BEFORE, AFTER)
        wish: Wish = Wish.objects.create(
            unit=made.random.choice(homes), key=f"{number:032x}", words="心愿", consent=1, consented=lit, lit=lit,
            until=AFTER, due=AFTER, by=made.by,
        )  # fmt: skip
        for state in made.random.sample((Claim.MISSED, Claim.GIVEN_BACK, Claim.ENDED), made.random.randint(0, 2)):
            _claim(made, wish, state)
        if made.chance(0.7):
            _claim(made, wish, made.random.choice(Claim.STANDING))
    for number in range(36):
        planned, state = made.day(BEFORE), made.random.choice(("begun", "reported", "confirmed", "confirmed"))
        confirmed = made.day(planned, AFTER) if state == "confirmed" else None
        Deed.objects.create(
            organisation=made.random.choice(made.branches).organisation, unit=homes[0], key=f"{number:032x}",
            kind=made.random.choice(("service", "benefit", "advice", "care")), title="实事", plan="计划", by=made.by,
            planned=planned, until=AFTER, state=state, reported=None if state == "begun" else planned,
            confirmed=confirmed, confirmed_by=made.by if confirmed else None,
        )  # fmt: skip


def _claim(made: Cast, wish: Wish, state: str) -> None:
    day = made.day(wish.lit, AFTER)
    Claim.objects.create(
        wish=wish, organisation=made.random.choice(made.branches).organisation, state=state, day=day,
        confirmed=made.day(day, AFTER) if state == Claim.CONFIRMED else None,
    )  # fmt: skip


# ---- rectification ----


def rectification(made: Cast) -> None:
    """Problems by themselves and in cases, of all kinds, due and settled at different times."""
    for branch in made.branches:
        cases = [None, *(_case(made, branch, state) for state in ("plan", "dismissed", "lapsed"))]
        for _ in range(made.random.randint(0, 8)):
            entered = made.day(BEFORE)
            found = made.random.choice(("inspection", "audit", "figures", "campaign", "campaign"))
            settled = made.day(entered, AFTER) if made.chance(0.6) else None
            Problem.objects.create(
                organisation=branch.organisation, case=made.random.choice(cases), found=found, words="问题",
                campaign=made.random.choice(("agencies", "schools")) if found == "campaign" else "", measure="措施",
                answers="书记", by=made.day(BEFORE, AFTER), document="文", entered=entered, settled=settled,
                proof="已改" if settled else "", confirmed="文" if settled else "",
            )  # fmt: skip


def _case(made: Cast, branch: OrganisationState, state: str) -> Case:
    living = state not in ("dismissed", "lapsed")
    made_one: Case = Case.objects.create(
        organisation=branch.organisation, campaign=f"{state}", origin="decision", document="文", reason="理由",
        path=branch.path, opened_on=BEFORE, begun=BEFORE, ends=LAST, by=made.by, state="opened" if living else state,
        due=LAST if living else None,
    )  # fmt: skip
    return made_one


# ---- matters ----


def matters(made: Cast) -> None:
    """Grids with a branch and without, and matters that ended in every way, in time and late, or are open."""
    for branch in made.branches:
        for number in range(made.random.randint(0, 4)):
            since = made.day(BEFORE)
            grid = grids.Grid.objects.create(
                unit_id=branch.unit_id, code=f"{branch.pk}-{number}", name="网格", since=since,
                organisation=branch.organisation if made.chance(0.5) else None,
                until=made.day(since, AFTER) if made.chance(0.3) else None,
            )  # fmt: skip
            for _matter in range(made.random.randint(0, 6)):
                _asked(made, grid)


def _asked(made: Cast, grid: grids.Grid) -> None:
    on = made.day(BEFORE)
    ending = made.random.choice(("", "confirmed", "handed", "called", "unconfirmed", "not_fixed"))
    closed = made.day(on, AFTER) if ending else None
    one = grids.Matter.objects.create(
        unit_id=grid.unit_id, grid=grid, kind="request", channel="resident", words="路灯", at=FIRST_HOUR, on=on,
        holder_id=grid.unit_id, level=5, state=ending or "lying", ending=ending, closed_on=closed, due=AFTER,
        ends=made.day(on, AFTER), unfixed="means" if ending == "not_fixed" else "",
    )  # fmt: skip
    if made.chance(0.4):
        grids.Step.objects.create(matter=one, act="escalate", before="lying", after="lying", at=FIRST_HOUR,
                                  unit_id=grid.unit_id, ends=one.ends)  # fmt: skip
