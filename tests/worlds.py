"""Two worlds that differ only in what lies elsewhere: the same banner, without and with a league beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np

import sheets_stage
import stage
from baolei.api.models import Token
from baolei.ballots.models import (
    Elector,
    Issued,
    MeetingPoll,
    Panel,
    Panellist,
    Pile,
    Poll,
    Polling,
    Printing,
    Publication,
    Rating,
    Remark,
    Total,
    Turnout,
)
from baolei.burden.models import Box, Complaint, DuplicateRefused, RegisteredForm
from baolei.centres import circle, roads
from baolei.centres.models import Centre, CircleRun, Look, Offer, RoadMap, Spot, Standing
from baolei.declarations import papers
from baolei.declarations.models import Answer, Declaration, Dispute, Mark, Paper
from baolei.dues.models import Agreement, Collection, Payment, Waiver
from baolei.ledger.actions import record
from baolei.life.affairs_models import (
    Announcement,
    BranchTask,
    Listed,
    Matter,
    MatterStep,
    Resolution,
    SetTask,
)
from baolei.life.models import Absence, Appraisal, Gathering, Grade, PlanRow, Quarter, Session
from baolei.matters import models as matters
from baolei.naming.effect_models import Effect, Support
from baolei.naming.models import Demonstration, Line, NamingList, Title, TitleReview
from baolei.notices.models import Objection, Posting
from baolei.organisations.findings import look_through
from baolei.organisations.models import (
    Election,
    Finding,
    Member,
    Membership,
    Notice,
    Organisation,
    OrganisationState,
    Post,
    QuarterNumbers,
    Term,
    Transfer,
    Unit,
    UnitState,
    VillageHead,
    lineage,
)
from baolei.people.mandates import WHOLE_HOUSE
from baolei.people.models import Account, InTree, Mandate
from baolei.people.roles import roles
from baolei.programme.dues import number_of
from baolei.programme.register import FIGURES
from baolei.rectification.models import Case, Linked, Passage, Problem, Report
from baolei.reviews.content import digest_of
from baolei.reviews.models import Assignment, Gap, Opinion, Step
from baolei.rounds.models import Round, Span
from baolei.scores.models import Run, Visit
from baolei.sheets.models import Batch, Row
from baolei.standards.at_hand import at_hand
from baolei.standards.models import OwnEdition, Trial
from baolei.training.models import Attendance, Coverage, Roster, RosterLine, TrainingClass
from baolei.triage.models import Candidate, Sorted, Sorting
from baolei.warehouse import made_roads
from baolei.warehouse.editions import texts_of
from baolei.warehouse.rulebook import setup_rules
from baolei.wishes.models import Claim, Deed, DeedLine, Pairing, Registration, Suggestion, Wish
from kept import kept

HERE, AWAY = "150422", "150521"
FAR = 9_000_001
"""The number of everything in the other league, so that the first world can be asked for it too."""
POLL = f"{FAR:032x}"
"""The number of the poll in the other league whose tokens are given out."""
GRID, FAR_GRID = "kmc3k5ry6aw5", "w7buwzw9vvgj"
"""The codes of a grid here, and of one in the other league."""
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
BEGUN = date(2020, 1, 1)


@kept
def here() -> dict[str, int]:
    """The banner with one of everything; the number of each."""
    made = sheets_stage.town()
    branch = made["B1"]
    look_through(day=date(2026, 11, 1), rules=setup_rules(date(2026, 11, 1)), actor=None, now=NOW)
    members = list(Membership.objects.filter(organisation=branch).order_by("pk").values_list("member", flat=True))
    holder = Account.objects.create(username="holder", name="乌云")
    mandate = _mandate(holder, "viewer", stage.unit(HERE).path, approved=False)
    batch = _batch(stage.unit(HERE).unit, 0)
    return {
        "unit": stage.unit(sheets_stage.TOWNSHIP).unit_id, "organisation": branch.pk, "member": members[0],
        "transfer": _transfer(branch, members[1], 0).pk, "election": _election(branch, members[:3], 0).pk,
        "account": holder.pk, "mandate": mandate.pk, "batch": batch.pk, "token": _token(mandate, 0).pk,
        "notice": _notice(stage.unit(HERE).unit, 0).pk, "round": (this := _round(stage.unit("15"), 0)).pk,
        "declaration": (mine := _declaration(this, branch, stage.unit(sheets_stage.TOWNSHIP), 0)).pk,
        "paper": mine.papers.get().pk,
        "printing": Printing.objects.get(round=this).pk,
        "run": (run := _run(this, 0)).pk, "visit": _visit(mine, run, 0).pk,
        "meeting": _meeting(branch, 0).pk,
        "panellist": _panellist(mine, stage.unit(sheets_stage.TOWNSHIP), 0).pk,
        **_named(this, mine, 0), "draft": _draft(0).pk, **_polled(this, mine, stage.unit(HERE), 0),
        "step": _step(_declaration(this, made["B2"], stage.unit(sheets_stage.VILLAGE), 0), stage.unit(HERE).unit, 0).pk,
        "gathering": (met := _gathering(branch, members[0], 0)).pk, "dispute": _dispute(met, 0).pk,
        "numbers": _numbers(branch, members[0], 0).pk,
        "training_class": (held := _class(stage.unit(HERE).unit, branch, members[0], 0)).pk,
        "attendance": held.attendances.get().pk,
        **_affairs(branch, stage.unit(HERE).unit, 0),
        **_rectified(branch, stage.unit(sheets_stage.TOWNSHIP), 0), **_dues(branch, members, 0),
        **_served(branch, stage.unit(sheets_stage.VILLAGE), stage.unit(sheets_stage.TOWNSHIP), members[:2], 0),
        "form": (form := _form(stage.unit(HERE), 0)).pk, "complaint": _complaint(form, branch, 0).pk,
        "sorted": (made := _sorted(_sorting(run, 0), mine, 0)).pk, "candidate": _candidate(made, 0).pk,
    }  # fmt: skip


def elsewhere() -> None:
    """A league beside it with one of everything, each of number FAR."""
    top = UnitState.objects.open().get(code="15")
    league = Unit.objects.create(pk=FAR + 1)
    path = top.path + stage.segment_of(league.pk)
    UnitState.objects.create(unit=league, code=AWAY[:4], name="远盟", initials="ym", level=2, above=top.unit, path=path,
                             since=stage.LONG_AGO)  # fmt: skip
    unit = Unit.objects.create(pk=FAR)
    banner = path + stage.segment_of(FAR)
    UnitState.objects.create(unit=unit, code=AWAY, name="远旗", initials="yq", level=3, above=league, path=banner,
                             since=stage.LONG_AGO)  # fmt: skip
    branch = Organisation.objects.create(pk=FAR)
    OrganisationState.objects.create(
        organisation=branch, code="FAR", name="远方党支部", initials="yfdzb", kind="branch", field="village", unit=unit,
        path=stage.segment_of(FAR), since=stage.LONG_AGO,
    )  # fmt: skip
    for offset in range(3):
        member = Member.objects.create(pk=FAR + offset, name=f"远方党员{offset}")
        Membership.objects.create(member=member, organisation=branch, kind="full", since=BEGUN)
    Post.objects.create(organisation=branch, kind="secretary", holder_id=FAR, since=BEGUN)
    Term.objects.create(organisation=branch, elected=date(2023, 12, 1), ends=date(2026, 12, 1))
    Finding.objects.create(organisation=branch, flag="empty_shell", since=BEGUN, due=BEGUN)
    _transfer(branch, FAR + 1, FAR)
    _election(branch, [FAR, FAR + 1, FAR + 2], FAR)
    _meeting(branch, FAR)
    holder = Account.objects.create(pk=FAR, username="far", name="远方的人")
    _token(_mandate(holder, "viewer", banner, approved=False, pk=FAR), FAR)
    _batch(unit, FAR)
    _notice(unit, FAR)
    _draft(FAR)
    _notice(league, FAR + 1)
    home = UnitState.objects.get(unit=unit)
    theirs = _round(UnitState.objects.get(unit=league), FAR)
    far = _declaration(theirs, branch, home, FAR)
    _dispute(_gathering(branch, FAR, FAR), FAR)
    _numbers(branch, FAR, FAR)
    _class(unit, branch, FAR, FAR)
    _affairs(branch, unit, FAR)
    _rectified(branch, home, FAR)
    _dues(branch, [FAR, FAR + 1], FAR)
    _served(branch, home, home, [FAR, FAR + 1], FAR)
    _complaint(_form(home, FAR), branch, FAR)
    _step(far, unit, FAR)
    _candidate(_sorted(_sorting(ran := _run(theirs, FAR), FAR), far, FAR), FAR)
    _visit(far, ran, FAR)
    _panellist(far, home, FAR)
    _named(theirs, far, FAR)
    _polled(theirs, far, home, FAR)
    for held in TrainingClass.objects.filter(whole=False).exclude(pk=FAR):
        Attendance.objects.create(pk=FAR + 1, held=held, member_id=FAR, organisation=branch)
    for shared in Round.objects.exclude(pk=FAR):
        mine = _declaration(shared, branch, home, FAR + 1)
        _step(mine, unit, FAR + 1)
        _visit(mine, shared.runs.first(), FAR + 1)
        _panellist(mine, home, FAR + 1)
        _named(shared, mine, FAR + 1)
        _polled(shared, mine, home, FAR + 1)
        _candidate(_sorted(shared.sorting, mine, FAR + 1), FAR + 1)
    record(
        actor=holder, act="organisations.rename", subject=f"organisation:{FAR}", path=banner, now=NOW, why="远方的事"
    )


def somebody(role: str) -> Account | None:
    """Somebody who holds a role at the banner, or in it; 'stranger' holds none, 'nobody' has not logged in."""
    if role == "nobody":
        return None
    account = Account.objects.create(username=f"the-{role}", name="方知远")
    if role == "disabled":
        _mandate(account, "banner_clerk", stage.unit(HERE).path)
        Account.objects.filter(pk=account.pk).update(is_active=False)
    elif role != "stranger":
        tree = roles()[role].tree
        code = {"branch_secretary": "B1", "committee_clerk": "W1"}.get(role, "")
        path = {"unit": stage.unit(HERE).path, "none": WHOLE_HOUSE.path}.get(tree, "")
        _mandate(account, role, path or (stage.branch(code).path if code else ""))
    return account


def everybody() -> tuple[str, ...]:
    """Every role there is, and three who hold none."""
    return (*roles(), "stranger", "disabled", "nobody")


def few() -> tuple[str, ...]:
    """Those whom each change is asked about: who reads, writes and gives mandates; and who may do nothing."""
    return ("banner_clerk", "nobody")


def _mandate(account: Account, role: str, path: str, *, approved: bool = True, pk: int | None = None) -> Mandate:
    return Mandate.objects.create(pk=pk, account=account, role=role, tree=InTree(roles()[role].tree), path=path,
                                  title="任职", since=BEGUN, approved_at=NOW if approved else None)  # fmt: skip


def _token(mandate: Mandate, pk: int) -> Token:
    made: Token = Token.objects.create(pk=pk or None, mandate=mandate, label=f"程序{pk}", digest=f"{pk}", made_at=NOW,
                                       expires=date(2027, 1, 1))  # fmt: skip
    return made


def _transfer(branch: Organisation, member: int, pk: int) -> Transfer:
    made: Transfer = Transfer.objects.create(
        pk=pk or None, member_id=member, source=branch, outside="远方的组织", state=Transfer.SENT, letter="7",
        requested=date(2026, 1, 1), sent=date(2026, 1, 2), valid_to=date(2026, 1, 12),
    )  # fmt: skip
    return made


def _election(branch: Organisation, members: list[int], pk: int) -> Election:
    made: Election = Election.objects.create(
        pk=pk or None, organisation=branch, on=date(2026, 1, 1), should_attend=9, present=8, issued=8, returned=8,
        void=0, seats=3, votes={str(one): 6 for one in members}, elected=[], needed=5, valid=True, document="批",
    )  # fmt: skip
    return made


def _gathering(branch: Organisation, member: int, pk: int) -> Gathering:
    """A theme day of last month that held the appraisal of members, from which somebody was absent; talks that were
    counted, a plan.
    """
    by = Account.objects.get_or_create(username="far" if pk else "secretary", defaults={"name": "书记"})[0]
    made: Gathering = Gathering.objects.create(
        pk=pk or None, organisation=branch, key=f"{pk:032x}", on=date(2026, 10, 20), entered=date(2026, 10, 21), by=by,
        should_attend=9, absent=1, decisions=["远方的决定" if pk else "修路"],
    )  # fmt: skip
    Session.objects.bulk_create(Session(gathering=made, form=form)
                                for form in ("theme_party_day", "democratic_appraisal"))  # fmt: skip
    appraised: Appraisal = Appraisal.objects.create(
        pk=pk or None, organisation=branch, year=2026, gathering=made, decided=date(2026, 10, 21), by=by, due=9,
        counts={"qualified": 1}, beyond="远方的理由" if pk else "",
    )  # fmt: skip
    Grade.objects.create(appraisal=appraised, member_id=member, grade="qualified", took_part=False)
    Quarter.objects.create(organisation=branch, year=2026, quarter=3, within=1, across=2, mutual=pk % 100,
                           entered=date(2026, 10, 1), by=by)  # fmt: skip
    PlanRow.objects.create(organisation=branch, year=2026, form="theme_party_day", month=12, day=5)
    Absence.objects.create(gathering=made, member_id=member, reason="away")
    return made


def _dispute(met: Gathering, pk: int) -> Dispute:
    """That a fact which this gathering is behind is called not right."""
    made: Dispute = Dispute.objects.create(
        pk=pk or None, organisation=met.organisation, item="theme_days", year=met.on.year, num=1, den=9,
        words="漏了一次", by=met.by, said_on=met.entered,
    )  # fmt: skip
    return made


def _numbers(branch: Organisation, member: int, pk: int) -> QuarterNumbers:
    """The numbers of a quarter that is over, a term that ends soon, and who heads the villagers' committee."""
    by = Account.objects.get_or_create(username="far" if pk else "secretary", defaults={"name": "书记"})[0]
    Term.objects.get_or_create(organisation=branch, elected=date(2023, 12, 1), ends=date(2026, 12, 1))
    VillageHead.objects.create(pk=pk or None, organisation=branch, holder_id=member, since=BEGUN)
    figures = dict.fromkeys(FIGURES, 1)
    made: QuarterNumbers = QuarterNumbers.objects.create(
        pk=pk or None, organisation=branch, year=2026, quarter=3, entered=date(2026, 10, 20), by=by, members=9,
        probationary=0, **figures,
    )  # fmt: skip
    return made


def _centres(unit: UnitState, pk: int) -> dict[str, int]:
    """A centre that somebody looked in at, and the circle reckoned of the villages of its unit, if there are any."""
    by = Account.objects.get_or_create(username="far" if pk else "secretary", defaults={"name": "书记"})[0]
    made = Centre.objects.create(pk=pk or None, unit=unit.unit, level=unit.level, key=f"{pk + 71:032x}", kind="centre",
                                 name="远方服务中心" if pk else "服务中心", entered=BEGUN, by=by)  # fmt: skip
    Offer.objects.create(pk=pk or None, centre=made, service="party")
    Standing.objects.create(pk=pk or None, centre=made, state="open", since=BEGUN)
    Look.objects.create(pk=pk or None, centre=made, day=date(2026, 10, 1), open=True, by=by)
    spots = list(UnitState.objects.open().under(unit.path).filter(level=5).order_by("code"))
    lon = 111 + np.arange(len(spots)) / 100
    network = RoadMap.objects.first() or roads.keep(
        made_roads.made([one.name for one in spots], lon, lon * 0 + 44, 1), name="roads.osm", synthetic=False, now=NOW,
        why="x",
    )  # fmt: skip
    for at, one in enumerate(spots):
        Spot.objects.create(unit=one.unit, lon=lon[at], lat=44.0, how="file", day=BEGUN)
    run = CircleRun.objects.create(pk=pk or None, unit=unit.unit, roads=network, day=NOW.date(), asked_at=NOW)
    circle._do(run.pk)
    return {"centre": made.pk}


def _class(unit: Unit, branch: Organisation, member: int, pk: int) -> TrainingClass:
    """A class that somebody attended, with a roster that waits; what the branch studied; what was counted."""
    by = Account.objects.get_or_create(username="far" if pk else "secretary", defaults={"name": "书记"})[0]
    held, _study = (
        TrainingClass.objects.create(
            pk=pk + more if pk else None, key=f"{pk + 31 + more:032x}", title="远方班" if pk else "轮训班", hours=8,
            first=date(2026, 10, 16), last=date(2026, 10, 16), entered=date(2026, 10, 17), by=by, audience="members",
            level="branch" if more else "banner", whole=bool(more), should_attend=9 * more,
            **({"organisation": branch} if more else {"unit": unit}),
        )
        for more in (0, 1)
    )  # fmt: skip
    Attendance.objects.create(pk=pk or None, held=held, member_id=member, organisation=branch, role="secretary")
    roster = Roster.objects.create(held=held, name="远方名单" if pk else "名单", digest="0" * 64, sent=BEGUN, by=by)
    RosterLine.objects.create(roster=roster, number=2, name="远方" if pk else "乌云", branch="B1")
    Coverage.objects.create(organisation=branch, year=2026, what="member", reached=3, people=9, counted=BEGUN)
    return held


def _affairs(branch: Organisation, unit: Unit, pk: int) -> dict[str, int]:
    """What the branch decided at a members' meeting, makes public, goes through by steps, and was asked for."""
    by, day = Account.objects.get(username="far" if pk else "secretary"), date(2026, 10, 20)
    meeting: Gathering = Gathering.objects.create(
        pk=pk + 1 if pk else None, organisation=branch, key=f"{pk + 1:032x}", on=day, entered=day, by=by,
        should_attend=9, decisions=["远方的决议" if pk else "修桥", "远方的另一件" if pk else "植树"],
    )  # fmt: skip
    Session.objects.create(gathering=meeting, form="members_meeting")
    told = {"organisation": branch, "entered": day, "by": by}
    due, far = date(2026, 11, 1), "远方的" if pk else ""
    one = Resolution.objects.create(pk=pk or None, meeting=meeting, words=meeting.decisions[0], on=day, due=due,
                                    who="branch", **told)  # fmt: skip
    matter = Matter.objects.create(pk=pk or None, title=f"{far}饮水工程", **told)
    MatterStep.objects.create(matter=matter, step="proposed", on=day, gathering=meeting, entered=day, by=by)
    listed = Listed.objects.create(pk=pk or None, meeting=meeting, words=f"{far}党费收缴", due=due, **told)
    public = Announcement.objects.create(pk=pk or None, kind="party", on=day, place="board", **told)
    task = SetTask.objects.create(pk=pk or None, unit=unit, words=f"{far}走访", document=f"{far}文件", on=day, due=due,
                                  by=by)  # fmt: skip
    asked = BranchTask.objects.create(pk=pk or None, task=task, organisation=branch, done_on=day, reported=day,
                                      report=f"{far}已办")  # fmt: skip
    return {"resolution": one.pk, "matter": matter.pk, "listed": listed.pk, "announcement": public.pk,
            "task": task.pk, "branch_task": asked.pk}  # fmt: skip


def _rectified(branch: Organisation, home: UnitState, pk: int) -> dict[str, int]:
    """A case accepted and opened again, one of its problems open; a problem that an inspection passed on."""
    by = Account.objects.get_or_create(username="far" if pk else "county", defaults={"name": "旗委组织部"})[0]
    day, by_day = date(2026, 3, 2), date(2026, 6, 30)
    case: Case = Case.objects.create(
        pk=pk or None, organisation=branch, campaign="weak", situations=["W01"], origin="decision",
        reason="远方的事由" if pk else "书记空缺", document="旗组发〔2026〕3号", path=home.path, field="village",
        opened_on=day, by=by, begun=date(2026, 8, 8), ends=date(2027, 2, 8), state="under_way", due=date(2027, 2, 8),
        answer="远方的话" if pk else "人选已报批", answered_on=day,
    )  # fmt: skip
    said = {"organisation": branch, "words": "远方的问题" if pk else "会议不按期", "measure": "按月召开",
            "answers": "副书记李国强", "by": by_day, "entered": day}  # fmt: skip
    Problem.objects.create(pk=pk + 1 if pk else None, case=case, found="campaign", campaign="weak", **said)
    one = Problem.objects.create(pk=pk or None, found="inspection", document="巡察反馈", **said)
    Linked.objects.create(case=case, role="paired_unit", who="远方的单位" if pk else "旗税务局")
    line = "远方的进展" if pk else "已选人"
    Report.objects.create(case=case, month=date(2026, 4, 1), line=line, changed=True, on=day, by=by)
    walked = (("plan", "opened", "under_way"), ("apply", "under_way", "applied"), ("check", "applied", "checked"),
              ("accept", "checked", "accepted"), ("reopen", "accepted", "under_way"))  # fmt: skip
    for place, (act, before, after) in enumerate(walked):
        Passage.objects.create(pk=pk + place if pk else None, case=case, act=act, before=before, after=after, by=by,
                               on=date(2026, 4 + place, 8), reason="复发" if act == "reopen" else "")  # fmt: skip
    return {"case": case.pk, "problem": one.pk}


def _wished(branch: Organisation, unit: Unit, members: list[int], pk: int) -> dict[str, int]:
    """Two members registered; a wish that was done and is to be confirmed, one that is suggested; a pairing, a deed."""
    by = Account.objects.get_or_create(username="far" if pk else "desk", defaults={"name": "社区"})[0]
    day, until = date(2026, 10, 20), date(2027, 10, 19)
    given = {"unit": unit, "consent": 1, "consented": day, "until": until, "by": by}
    held, other = (
        Registration.objects.create(pk=pk + place if pk else None, member_id=member, since=day,
                                    document="远方的同意书" if pk else "同意书", skills=["driving"], **given)
        for place, member in enumerate(members)
    )  # fmt: skip
    words = ("远方的心愿", "远方的另一个") if pk else ("修水龙头", "想学手机")
    wish, lit = (
        Wish.objects.create(pk=pk + place if pk else None, key=f"{pk + 40 + place:032x}", words=said, called="奶奶",
                            lit=day, due=until, state=state, **given)
        for place, (said, state) in enumerate(zip(words, ("fulfilled", "lit"), strict=True))
    )  # fmt: skip
    Claim.objects.create(pk=pk or None, wish=wish, registration=held, organisation=branch, state="fulfilled", day=day,
                         fulfilled=day)  # fmt: skip
    Suggestion.objects.create(pk=pk or None, wish=lit, registration=other, ring="community")
    pairing: Pairing = Pairing.objects.create(pk=pk or None, organisation=branch, unit=unit, proposed=day, by=by)
    deed: Deed = Deed.objects.create(
        pk=pk or None, organisation=branch, unit=unit, key=f"{pk + 50:032x}", kind="service", planned=day, until=until,
        title="远方的实事" if pk else "义诊", plan="远方的计划" if pk else "三名医生", by=by,
    )  # fmt: skip
    DeedLine.objects.create(deed=deed, act="progress", words="远方的进展" if pk else "医生已定", on=day, by=by)
    return {"wish": wish.pk, "pairing": pairing.pk, "deed": deed.pk}


def _served(
    branch: Organisation, home: UnitState, town: UnitState, members: list[int], pk: int
) -> dict[str, int]:  # fmt: skip
    """What residents ask and wish for, and the centre that is there for them."""
    return {**_asked(home, town, pk), **_wished(branch, home.unit, members, pk), **_centres(town, pk)}


def _asked(home: UnitState, town: UnitState, pk: int) -> dict[str, int]:
    """A grid with its code, a worker and a landmark; a matter that lies with the township, and one to call back."""
    day, at, far = date(2026, 3, 2), datetime(2026, 3, 2, 3, tzinfo=UTC), "远方" if pk else ""
    due, ends = date(2026, 4, 1), date(2026, 3, 30)
    grid = matters.Grid.objects.create(
        pk=pk or None, unit=home.unit, code=f"{far}W03", name=f"{far}第三网格", since=day
    )
    matters.GridCode.objects.create(grid=grid, code=FAR_GRID if pk else GRID, since=day)
    worker = matters.Worker.objects.create(number=f"{far}N1", name=f"{far}网格员")
    matters.Holding.objects.create(grid=grid, worker=worker, full_time=True, since=day)
    place = matters.Landmark.objects.create(unit=home.unit, name=f"{far}东门")
    said = {"unit": home.unit, "grid": grid, "kind": "request", "at": at, "on": day, "holder": town.unit, "level": 4,
            "due": due, "ends": ends, "landmark": place}  # fmt: skip
    one = matters.Matter.objects.create(pk=pk or None, **said, channel="resident", words=f"{far}路灯不亮")
    called = matters.Matter.objects.create(
        pk=pk + 1 if pk else None, **said, channel="resident", words=f"{far}路面破损", state="unconfirmed",
        ending="unconfirmed", closed_on=day,
    )  # fmt: skip
    matters.Step.objects.create(matter=called, act="leave", before="fixed", after="unconfirmed", at=at, unit=town.unit,
                                ends=ends)  # fmt: skip
    draw = matters.Draw.objects.create(unit=town.unit, week=day, seed="5eed", numbers=[called.pk], digest="0" * 64,
                                       without=0, on=day)  # fmt: skip
    call = matters.Call.objects.create(pk=pk or None, draw=draw, matter=called)
    told = {"unit": home.unit, "path": home.path}
    matters.Tally.objects.create(**told, month=date(2026, 3, 1), reported=7 if pk else 2)
    matters.GridTally.objects.create(**told, grids=7 if pk else 1, full_time=1)
    return {"grid": grid.pk, "asked": one.pk, "call": call.pk}


def _dues(branch: Organisation, members: list[int], pk: int) -> dict[str, int]:
    """What all but the last paid for a month, what the first agreed on, and a waiver that waits for the second."""
    by = Account.objects.get_or_create(username="far" if pk else "secretary", defaults={"name": "书记"})[0]
    month = number_of(date(2026, 5, 1))
    made: Collection = Collection.objects.create(
        pk=pk or None, organisation=branch, key=f"{pk:032x}", day=date(2026, 5, 9), first=month, last=month,
        in_time=month, people=len(members) - 1, entered=date(2026, 5, 9), by=by,
    )  # fmt: skip
    Payment.objects.bulk_create(Payment(collection=made, member_id=member) for member in members[:-1])
    Agreement.objects.create(member_id=members[0], organisation=branch, fen=20, since=month, entered=NOW.date(), by=by)
    waiver: Waiver = Waiver.objects.create(
        pk=pk or None, member_id=members[1], organisation=branch, first=month + 1, last=month + 2,
        applied=date(2026, 5, 20), studied=date(2026, 5, 28), by=by,
    )  # fmt: skip
    return {"collection": made.pk, "waiver": waiver.pk}


def _form(unit: UnitState, pk: int) -> RegisteredForm:
    """A form that is proposed and asks what is on record, after another such box was refused."""
    by = Account.objects.get_or_create(username="far" if pk else "asker", defaults={"name": "提表的人"})[0]
    DuplicateRefused.objects.create(unit=unit.unit, path=unit.path, on=NOW.date(), title="表", asks="党员人数",
                                    plain="党员", found="党员人数", by=by)  # fmt: skip
    made: RegisteredForm = RegisteredForm.objects.create(
        pk=pk or None, unit=unit.unit, path=unit.path, title="远方的表" if pk else "产业发展表",
        basis="组发〔2026〕9号", often="month", minutes=5, begins=BEGUN, ends=date(2099, 12, 31), branches=3,
        insists="核对", proposed_by=by, proposed_on=BEGUN,
    )  # fmt: skip
    Box.objects.create(form=made, place=1, asks="远方的党员数" if pk else "党员总数", duplicate=True, found=[
        {"name": "党员人数", "percent": 100, "where": "kept", "code": "members", "read": "tree"}])  # fmt: skip
    return made


def _complaint(form: RegisteredForm, branch: Organisation, pk: int) -> Complaint:
    """A branch that says of a form, and of one of the house, that it is too much."""
    said = {"organisation": branch, "kind": "twice", "words": "远方的话" if pk else "乡里也要", "on": NOW.date(),
            "due": NOW.date()}  # fmt: skip
    Complaint.objects.create(house="dues", owner=lineage(form.path)[0], **said)
    made: Complaint = Complaint.objects.create(pk=pk or None, form=form, owner=form.path, **said)
    return made


def _meeting(branch: Organisation, pk: int) -> MeetingPoll:
    """A vote whose slips are still to be printed."""
    made: MeetingPoll = MeetingPoll.objects.create(
        pk=pk or None, organisation=branch, kind="democratic_appraisal", held_on=date(2099, 12, 1),
        number=f"{pk + 7:032x}", short=f"{(pk + 7) % 10**9:09}", form="0" * 64, people=9, least=5,
    )  # fmt: skip
    return made


def _panellist(mine: Declaration, home: UnitState, pk: int) -> Panellist:
    """Somebody of a panel who has rated one branch, on paper."""
    panel = Panel.objects.create(pk=pk or None, round=mine.round, unit=home.unit, path=home.path)
    made: Panellist = Panellist.objects.create(
        pk=pk or None, panel=panel, name="远方的代表" if pk else "人大代表", stands_for="代表", day=date(2026, 11, 20),
        handed_in=date(2026, 11, 21),
    )  # fmt: skip
    Rating.objects.create(panellist=made, declaration=mine, answers="1121")
    return made


def _notice(unit: Unit, pk: int) -> Notice:
    """An urgent notice, in force as long as anybody tests."""
    made: Notice = Notice.objects.create(
        pk=pk or None, unit=unit, title=f"远方的通知{pk}" if pk else "本旗的通知", text="正文", urgent=True,
        since=BEGUN, until=date(2099, 12, 31), posted_at=NOW,
    )  # fmt: skip
    return made


def _draft(pk: int) -> OwnEdition:
    """A draft of the region, tried on a round."""
    by = Account.objects.get_or_create(username="drafter" if not pk else "far", defaults={"name": "起草人"})[0]
    code = f"far-{pk}" if pk else "region-2027"
    files = texts_of("wuqiang-2020-2023")
    files["edition.yaml"] = files["edition.yaml"].replace("code: wuqiang-2020-2023", f"code: {code}")
    made: OwnEdition = OwnEdition.objects.create(
        pk=pk or None, code=code, based_on="wuqiang-2020-2023", files=files, drafted_by=by, drafted_at=NOW,
        changed_by=by, changed_at=NOW,
    )  # fmt: skip
    Trial.objects.create(pk=pk or None, edition=made, version=1, state=Trial.DONE, asked_by=by, at=NOW)
    return made


def _batch(unit: Unit, pk: int) -> Batch:
    sender = Account.objects.get_or_create(username="sender" if not pk else "far", defaults={"name": "寄表人"})[0]
    made: Batch = Batch.objects.create(
        pk=pk or None, kind="units", unit=unit, day=date(2026, 11, 1), why="依据", name=f"表{pk}.xlsx", digest=f"{pk}",
        size=1, sender=sender, at=NOW, state=Batch.READY, counts={"new": 0, "changed": 0, "same": 0, "wrong": 1},
    )  # fmt: skip
    Row.objects.create(batch=made, number=2, place=0, state="wrong", cells=["x"], values={}, faults=[])
    return made


def _round(top: UnitState, pk: int) -> Round:
    """A round in its self-assessment, with one phase on its calendar."""
    edition = at_hand("wuqiang-2020-2023")
    made: Round = Round.objects.create(
        pk=pk or None, name="远方的评定" if pk else "全区评定", year=2026, unit=top.unit, path=top.path,
        edition=edition.code, digest=edition.digest, basis="approved", document="组通字〔2026〕8号",
        phase="self_assessment", opened_at=NOW,
    )  # fmt: skip
    Span.objects.create(round=made, phase="self_assessment", begins=date(2026, 11, 2), ends=date(2099, 12, 31))
    return made


def _declaration(this: Round, branch: Organisation, home: UnitState, pk: int) -> Declaration:
    """A branch that has answered one item, and was asked back about it."""
    made: Declaration = Declaration.objects.create(
        pk=pk or None, round=this, organisation=branch, field="village", unit=home.unit, path=home.path,
        state="returned", said="远方的原因" if pk else "口径不符", submitted_at=NOW,
    )  # fmt: skip
    Answer.objects.create(declaration=made, item="first_agenda", num=11, den=12, asked_back="少开一次")
    Mark.objects.create(declaration=made, code="honour", value=1, matter="远方的表彰" if pk else "表彰", level="banner",
                        document="表彰决定")  # fmt: skip
    kept = papers.home() / f"{made.pk:032}"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("远方的附件" if pk else "会议记录")
    Paper.objects.create(pk=pk or None, declaration=made, item="first_agenda", name="远方.txt" if pk else "记录.txt",
                         kind="txt", size=12, digest=f"{pk:064}", kept_as=kept.name, at=NOW)  # fmt: skip
    counter = Account.objects.get_or_create(username="far" if pk else "counter", defaults={"name": "录票人"})[0]
    Pile.objects.create(declaration=made, source="mem", look=1, by=counter, day=date(2026, 11, 20), ballots=["11111"],
                        entered=1, issued=1)  # fmt: skip
    Poll.objects.create(pk=pk or None, declaration=made, source="mas", number=f"{made.pk + 500:032x}",
                        short=f"{(made.pk + 500) % 10**9:09}", form="0" * 64, people=6, least=3,
                        households=40)  # fmt: skip
    tokens = Poll.objects.create(
        pk=pk + 500 if pk else None, declaration=made, source="mem", number=f"{made.pk:032x}",
        short=f"{made.pk % 10**9:09}", form="0" * 64, people=6, least=3, phase="issue", tokens=True, taken=1,
        token_key="0" * 64, roll_day=date(2026, 11, 20),
    )  # fmt: skip
    _elector(branch, tokens, pk)
    Polling.objects.get_or_create(round=this, defaults={"seed": "26051"})
    Printing.objects.create(pk=pk or None, round=this, unit=home.unit, path=home.path, state=Printing.READY,
                            why="远方的票" if pk else "打印", asked_at=NOW, made_at=NOW, polls=1, slips=8)  # fmt: skip
    for path in lineage(home.path):
        Turnout.objects.get_or_create(round=this, path=path, source="mas",
                                      defaults={"polls": 1, "people": 6, "slips": 8, "cast": 5, "low": 0})  # fmt: skip
    return made


def _polled(this: Round, mine: Declaration, unit: UnitState, pk: int) -> dict[str, int]:
    """Totals that were published, of a unit and of its branch, and words on a ballot that wait for somebody."""
    made = Publication.objects.get_or_create(
        round=this, defaults={"day": date(2026, 11, 20), "state": Publication.DONE, "digest": "0" * 64}
    )[0]
    said = [[3, 1, 1, 0, 1, 0]] * len(at_hand(this.edition).questions["mem"])
    for place, name in ((unit.unit, unit.name), (None, "远方党支部" if pk else "本旗党支部")):
        Total.objects.create(publication=made, source="mem", kind="slips", path=unit.path if place else mine.path,
                             unit=place, declaration=None if place else mine, name=name, valid=6,
                             said=said)  # fmt: skip
    poll: Poll = mine.polls.get(source="mas")
    remark = Remark.objects.create(pk=pk or None, poll=poll, digest=f"{pk:064}")
    return {"poll": poll.pk, "remark": remark.pk}


def _elector(branch: Organisation, poll: Poll, pk: int) -> None:
    """A full member of a branch with an account, who has taken a token."""
    member = Membership.objects.filter(organisation=branch, kind="full", until=None).order_by("pk")[0].member
    account = Account.objects.get_or_create(username="far-member" if pk else f"member-{poll.pk}",
                                            defaults={"name": member.name})[0]  # fmt: skip
    Elector.objects.get_or_create(member=member, defaults={"account": account, "day": date(2026, 11, 20)})
    Issued.objects.create(poll=poll, member=member, account=account)


def _step(mine: Declaration, body: Unit, pk: int) -> Step:
    """A step at the banner with two opinions that agree; a step below it had no body."""
    Declaration.objects.filter(pk=mine.pk).update(state="frozen", submitted_at=NOW)
    made: Step = Step.objects.create(
        pk=pk or None, declaration=mine, number=1, code="banner", seat="banner", unit=body, state="decision",
        entered=date(2026, 11, 2), due=date(2099, 12, 31), decision_due=date(2099, 12, 31),
        escalates_on=date(2099, 12, 31),
    )  # fmt: skip
    Gap.objects.create(pk=pk or None, declaration=mine, code="township", to="banner")
    for place in range(2):
        number = pk + 10 * (1 + place) if pk else 0
        person = Account.objects.create(pk=number or None, username=f"reviewer-{pk}-{place}", name=f"审核员{pk}{place}")
        Assignment.objects.create(step=made, person=person, proof={"found": ""}, at=NOW)
        Opinion.objects.create(step=made, person=person, verdict="return", reasons={"first_agenda": f"理由{pk}"},
                               digest=digest_of(mine), on=date(2026, 11, 3), opened=True)  # fmt: skip
    return made


def _run(this: Round, pk: int) -> Run:
    """A run that could not be done."""
    made: Run = Run.objects.create(
        pk=pk or None, round=this, why="远方的计分" if pk else "首次计分", seed="26051", state=Run.FAILED,
        said="没有数据", asked_at=NOW, ended_at=NOW,
    )  # fmt: skip
    return made


def _visit(mine: Declaration, run: Run, pk: int) -> Visit:
    """A branch that was drawn to be visited."""
    made: Visit = Visit.objects.create(pk=pk or None, declaration=mine, run=run, wave=Visit.RANDOM, probability=0.2)
    return made


def _sorting(run: Run, pk: int) -> Sorting:
    """A round sorted in a year that had one before it."""
    made: Sorting = Sorting.objects.create(
        pk=pk or None, round=run.round, run=run, day=date(2026, 11, 1), made_at=NOW, expects={"village": [8000, 0.8]},
    )  # fmt: skip
    return made


def _sorted(sorting: Sorting, mine: Declaration, pk: int) -> Sorted:
    """A branch that has moved from the middle to the front, and has answered."""
    made: Sorted = Sorted.objects.create(
        pk=pk or None, sorting=sorting, declaration=mine, proposed="advanced", score=9000, was="middle",
        was_score=8500, why={"criteria": [["named", "is", True, True]], "figures": {"named": True, "score": 9000}},
        answer="远方的话" if pk else "没有意见", answered_on=date(2026, 11, 3),
    )  # fmt: skip
    return made


def _candidate(one: Sorted, pk: int) -> Candidate:
    """A branch without a secretary."""
    made: Candidate = Candidate.objects.create(
        pk=pk or None, sorting=one.sorting, declaration=one.declaration, situation="W01",
        figures=[["secretary_vacant_days", "more_than", 90, 152]],
    )  # fmt: skip
    return made


def _named(this: Round, mine: Declaration, pk: int) -> dict[str, int]:
    """A branch on the list of its round, proposed to be struck off, and its title, to be withdrawn."""
    made = NamingList.objects.get_or_create(round=this, defaults={"run": this.runs.first(), "drawn_at": NOW})[0]
    clerk = Account.objects.get_or_create(username="proposer", defaults={"name": "提议的人"})[0]
    line = Line.objects.create(
        pk=pk or None, list=made, declaration=mine, field="village", score=8712, tier="strongest", standing="confirmed",
        passed=True, listed=True, proposed="struck", proposed_why="远方的理由" if pk else "待核实", proposed_by=clerk,
        reasons=[{"code": "sure", "met": True, "figures": {"chance": "91%"}, "names": []}],
    )  # fmt: skip
    title = Title.objects.create(
        pk=pk or None, organisation=mine.organisation, code="strongest", name="远方的称号" if pk else "最强党支部",
        level="region", round=this, document="组通字〔2026〕30号", since=date(2026, 7, 1), until=date(2029, 6, 30),
        state="withdrawing",
    )  # fmt: skip
    TitleReview.objects.create(
        title=title, run=made.run, asks="keep", figures={"counted": 9000, "line": 8500, "below": 0, "veto": False}
    )
    return {"line": line.pk, "title": title.pk, "objection": _objected(line, pk).pk,
            "demonstration": _shown(mine, clerk, pk).pk, **_told(mine, clerk, pk)}  # fmt: skip


def _shown(mine: Declaration, by: Account, pk: int) -> Demonstration:
    """A base of one branch, proposed and not given yet."""
    made: Demonstration = Demonstration.objects.create(
        pk=pk or None, kind="base", name="远方的基地" if pk else "连片示范基地", level="township", unit=mine.unit,
        path=mine.path, lead=mine.organisation, document="组通字〔2026〕31号", since=date(2026, 7, 1),
        until=date(2029, 6, 30), reason="连片带动", by=by,
    )  # fmt: skip
    made.branches.add(mine.organisation)
    return made


def _told(mine: Declaration, by: Account, pk: int) -> dict[str, int]:
    """What a branch told it brought about, which nobody has looked into, and money it was given."""
    effect: Effect = Effect.objects.create(
        pk=pk or None, organisation=mine.organisation, path=mine.path, kind="income",
        year=2025 if pk > FAR else 2026, part=41,
        words="远方的成效" if pk else "合作社分红", told_on=date(2026, 11, 2), told_by=by,
    )  # fmt: skip
    support: Support = Support.objects.create(
        pk=pk or None, unit=mine.unit, level="village", path=mine.path, organisation=mine.organisation, kind="funds",
        yuan=20_000, words="远方的经费" if pk else "阵地维修", on=date(2026, 6, 1), entered=date(2026, 6, 2), by=by,
    )  # fmt: skip
    return {"effect": effect.pk, "support": support.pk}


def _objected(line: Line, pk: int) -> Objection:
    """An objection that has been received, on a list laid open."""
    day = date(2026, 11, 25)
    posting = Posting.objects.get_or_create(
        list=line.list, defaults={"first": BEGUN, "last": date(2099, 12, 31), "posted_at": NOW}
    )[0]
    made: Objection = Objection.objects.create(
        pk=pk or None, posting=posting, line=line, kind="facts", words="远方的异议" if pk else "与事实不符",
        code=f"{pk:064}", lodged=NOW.date(), due=day, acknowledge_by=day, answer_by=day, appeal_by=day,
    )  # fmt: skip
    return made
