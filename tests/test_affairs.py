"""Resolutions reported back, matters step by step, what is made public, tasks: recorded once, counted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import affairs_stage as place
from affairs_stage import END, NOW, OTHER, TODAY, YEAR, met
from baolei.ledger.models import Entry
from baolei.life import affairs, set_tasks
from baolei.life.affairs import Taken
from baolei.life.affairs_facts import AFFAIRS
from baolei.life.affairs_models import Announcement, BranchTask, Listed, Matter, Resolution
from baolei.life.models import Gathering
from baolei.organisations import records
from baolei.organisations.models import OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.affairs import StepRefused
from baolei.programme.evidence import added_up

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
MARCH, MAY = date(2026, 3, 10), date(2026, 5, 20)


@pytest.fixture
def branch() -> OrganisationState:
    return place.branch()


@pytest.fixture
def secretary(branch: OrganisationState) -> Account:
    return place.secretary()


def resolved(branch: OrganisationState, words: str = "修路", *, on: date = MARCH, **said: Any) -> Resolution:
    meeting = met(branch, on, words)
    return affairs.resolve(**{"actor": place.secretary(branch.code), "now": NOW, "meeting": meeting, "words": words,
                              "due": on + timedelta(days=60), "who": "secretary", **said})  # fmt: skip


def fact(item: str, branch: OrganisationState, until: date = END) -> tuple[int, int] | None:
    """The fact of a branch, to which its rows add up."""
    one = branch.organisation_id
    found = AFFAIRS[item].facts({one}, YEAR, until).get(one)
    rows = AFFAIRS[item].rows(one, YEAR, until)
    assert added_up(rows) == (found or (0, 0))
    assert all(row.words and row.url for row in rows)
    return found


# ---- resolutions ----


def test_a_line_of_a_members_meeting_is_carried_out_and_reported_back(
    secretary: Account, branch: OrganisationState
) -> None:
    one = resolved(branch)
    assert (one.on, one.due, one.who) == (MARCH, date(2026, 5, 9), "secretary")
    assert [one.standing(day) for day in (date(2026, 5, 9), TODAY)] == ["open", "none"]
    assert fact("resolutions_done", branch) == (0, 1)
    assert fact("resolutions_done", branch, date(2026, 5, 8)) is None
    one = affairs.carry_out(actor=secretary, now=NOW, resolution=one, on=date(2026, 5, 2))
    assert one.standing(TODAY) == "done"
    assert fact("resolutions_done", branch) == (0, 1), "not reported to the meeting yet"
    one = affairs.report_back(actor=secretary, now=NOW, resolution=one, told=met(branch, MAY))
    assert one.standing(TODAY) == "told"
    assert fact("resolutions_done", branch) == (1, 1)
    row = AFFAIRS["resolutions_done"].rows(branch.organisation_id, YEAR, END)[0]
    assert row.late, "entered in November, carried out in May: allowed, and marked"
    assert {"affairs.resolve", "affairs.carry_out", "affairs.report_back"} <= set(
        Entry.objects.values_list("act", flat=True)
    ) & records.acts().keys()


def test_carried_out_and_reported_in_one_go(secretary: Account, branch: OrganisationState) -> None:
    one, told = resolved(branch), met(branch, MAY)
    one = affairs.carry_out(actor=secretary, now=NOW, resolution=one, on=MAY, told=told)
    assert (one.done_on, one.told) == (MAY, told)
    with pytest.raises(NotPossible, match="carried out on 2026-05-20 already"):
        affairs.carry_out(actor=secretary, now=NOW, resolution=one, on=MAY)
    with pytest.raises(NotPossible, match="once, after it was carried out"):
        affairs.report_back(actor=secretary, now=NOW, resolution=one, told=told)


def test_kept_twice_it_is_kept_once(branch: OrganisationState) -> None:
    one = resolved(branch)
    again = affairs.resolve(
        actor=place.secretary(), now=NOW, meeting=one.meeting, words="修路", due=TODAY, who="branch"
    )
    assert again == one
    assert Resolution.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [({"words": "别的"}, "no such line"), ({"due": date(2026, 3, 9)}, "enter 2026-03-10 or a later day"),
     ({"who": "deputy"}, "choose who answers"), ({"who": "王秀英"}, "choose who answers")],
)  # fmt: skip
def test_what_is_no_resolution_is_refused(branch: OrganisationState, said: dict[str, Any], words: str) -> None:
    meeting = met(branch, MARCH, "修路")
    with pytest.raises(NotPossible, match=words):
        affairs.resolve(**{"actor": place.secretary(), "now": NOW, "meeting": meeting, "words": "修路", "due": TODAY,
                           "who": "branch", **said})  # fmt: skip
    assert not Resolution.objects.exists()


def test_only_a_members_meeting_that_enough_attended_decides(branch: OrganisationState) -> None:
    for meeting in (met(branch, MARCH, "修路", form="committee_meeting"), met(branch, MAY, "修路", quorate=False)):
        with pytest.raises(NotPossible, match="only a members' meeting"):
            affairs.resolve(actor=place.secretary(), now=NOW, meeting=meeting, words="修路", due=TODAY, who="branch")


def test_it_is_reported_to_a_meeting_held_after_it_was_done(secretary: Account, branch: OrganisationState) -> None:
    one = resolved(branch)
    for told in (met(branch, date(2026, 4, 30)), met(branch, MAY, form="theme_party_day")):
        with pytest.raises(NotPossible, match="held on 2026-05-02 or later"):
            affairs.carry_out(actor=secretary, now=NOW, resolution=one, on=date(2026, 5, 2), told=told)
    for on in (date(2026, 3, 9), TODAY + timedelta(days=1)):
        with pytest.raises(NotPossible, match="enter a day from 2026-03-10 to 2026-11-20"):
            affairs.carry_out(actor=secretary, now=NOW, resolution=one, on=on)


# ---- major matters ----


def opened(branch: OrganisationState, title: str = "修建饮水工程", on: date = MARCH) -> Matter:
    first = Taken("proposed", gathering=met(branch, on, form="committee_meeting"))
    return affairs.open_matter(actor=place.secretary(branch.code), now=NOW, organisation=branch.organisation,
                               title=title, first=first)  # fmt: skip


def through(branch: OrganisationState, matter: Matter, *steps: str, kept: bool = True) -> None:
    for step in steps:
        on = MARCH + timedelta(days=7 * matter.steps.count())
        gathering = met(branch, on) if step == "reviewed" and kept else None
        affairs.take_step(actor=place.secretary(branch.code), now=NOW, matter=matter,
                          taken=Taken(step, on, gathering, kept))  # fmt: skip


STEPS = ("conferred", "reviewed", "decided", "decision_public", "result_public")


def test_a_matter_counts_when_it_is_decided_and_is_whole_with_its_last_step(branch: OrganisationState) -> None:
    matter = opened(branch)
    through(branch, matter, *STEPS[:2])
    assert fact("four_discussions", branch) is None, "nothing was decided"
    through(branch, matter, *STEPS[2:4])
    assert fact("four_discussions", branch) == (0, 1)
    through(branch, matter, STEPS[4])
    assert fact("four_discussions", branch) == (1, 1)
    assert fact("four_discussions", branch, date(2026, 4, 6)) == (0, 1), "as it stood on that day"
    assert matter.steps.get(step="reviewed").gathering is not None


def test_on_the_pasture_the_hubs_are_told_as_well() -> None:
    gacha = place.branch(field="pastoral_gacha")
    matter = opened(gacha)
    through(gacha, matter, *STEPS)
    assert (fact("four_discussions", gacha), fact("gacha_decisions", gacha)) == ((1, 1), (0, 1))
    through(gacha, matter, "hubs_told")
    assert fact("gacha_decisions", gacha) == (1, 1)


def test_a_step_that_was_passed_over_is_said_and_the_matter_does_not_count(branch: OrganisationState) -> None:
    matter = opened(branch)
    through(branch, matter, "conferred")
    through(branch, matter, "reviewed", kept=False)
    through(branch, matter, *STEPS[2:])
    assert fact("four_discussions", branch) == (0, 1)


def test_steps_go_in_their_order_and_meetings_are_those_on_record(
    secretary: Account, branch: OrganisationState
) -> None:
    matter = opened(branch)
    mine: dict[str, Any] = {"actor": secretary, "now": NOW, "matter": matter}
    with pytest.raises(StepRefused, match="record 'conferred on by the two committees' first"):
        affairs.take_step(**mine, taken=Taken("reviewed", MAY, met(branch, MAY)))
    with pytest.raises(StepRefused, match="enter 2026-03-10 or a later day"):
        affairs.take_step(**mine, taken=Taken("conferred", date(2026, 3, 9)))
    for on in (None, TODAY + timedelta(days=1)):
        with pytest.raises(NotPossible, match="today or earlier"):
            affairs.take_step(**mine, taken=Taken("conferred", on))
    affairs.take_step(**mine, taken=Taken("conferred", MAY))
    with pytest.raises(NotPossible, match="record the gathering, then choose it"):
        affairs.take_step(**mine, taken=Taken("reviewed", MAY))
    elsewhere = met(place.branch(OTHER), MAY)
    for gathering in (met(branch, MAY, form="theme_party_day"), elsewhere):
        with pytest.raises(NotPossible, match="a gathering on record that can be this step"):
            affairs.take_step(**mine, taken=Taken("reviewed", gathering=gathering))
    with pytest.raises(NotPossible, match="a gathering on record that can be this step"):
        affairs.take_step(**mine, taken=Taken("reviewed", gathering=met(branch, MAY), kept=False))
    assert matter.steps.count() == 2


def test_matters_are_of_villages_and_communities_and_of_one_name(branch: OrganisationState) -> None:
    opened(branch)
    with pytest.raises(NotPossible, match="of this name is on record"):
        opened(branch)
    school = place.branch(OTHER, "school")
    with pytest.raises(NotPossible, match="kept by villages and communities"):
        opened(school)


# ---- what is made public ----


def announced(branch: OrganisationState, kind: str, on: date, **said: Any) -> Announcement:
    return affairs.announce(**{"actor": place.secretary(branch.code), "now": NOW, "organisation": branch.organisation,
                               "kind": kind, "on": on, "place": "board", **said})  # fmt: skip


def test_what_is_made_public_counts_once_a_quarter(branch: OrganisationState) -> None:
    assert fact("affairs_published", branch) is None, "nothing on record is not nothing done"
    for kind, on in (("party", MARCH), ("party", date(2026, 3, 30)), ("village", MAY), ("money", MAY),
                     ("money", date(2026, 10, 1))):  # fmt: skip
        announced(branch, kind, on)
    assert fact("affairs_published", branch) == (4, 12)
    assert fact("affairs_published", branch, date(2026, 9, 30)) == (3, 9)
    assert fact("village_accounts_open", branch) == (3, 8)
    assert fact("accounts_published", branch) is None
    assert announced(branch, "party", MARCH, place="meeting").place == "board", "noted a second time it is the first"


def test_property_firms_make_their_accounts_public_and_report_to_the_community() -> None:
    firm = place.branch(field="property_service")
    announced(firm, "property", MAY)
    announced(firm, "report", MARCH, place="meeting")
    assert (fact("accounts_published", firm), fact("reports_to_community", firm)) == ((1, 4), (1, 4))
    with pytest.raises(NotPossible, match="choose what was made public, and where"):
        announced(firm, "village", MAY)


@pytest.mark.parametrize(
    ("said", "words"),
    [({"kind": "gossip"}, "choose what was made public"), ({"place": "moon"}, "choose what was made public"),
     ({"on": TODAY + timedelta(days=1)}, "has not come yet")],
)  # fmt: skip
def test_what_was_not_made_public_is_refused(branch: OrganisationState, said: dict[str, Any], words: str) -> None:
    with pytest.raises(NotPossible, match=words):
        announced(branch, **{"kind": "party", "on": MAY, **said})


def test_the_own_list_is_set_by_the_members_meeting_and_each_matter_has_its_day(
    secretary: Account, branch: OrganisationState
) -> None:
    meeting = met(branch, MARCH)
    quarters = [date(2026, 3, 31), date(2026, 6, 30)]
    mine: dict[str, Any] = {"actor": secretary, "now": NOW, "meeting": meeting}
    assert len(affairs.set_list(**mine, words=["党费收缴", "发展党员"], due=quarters)) == 4
    assert affairs.set_list(**mine, words=["党费收缴"], due=quarters) == []
    first, second, third, _fourth = Listed.objects.order_by("due", "pk")
    made = announced(branch, "party", date(2026, 3, 31), listed=first)
    announced(branch, "party", date(2026, 4, 1), listed=second)
    assert announced(branch, "party", MAY, listed=first) == made
    assert fact("party_affairs_open", branch) == (1, 4), "a day late is not in time"
    assert fact("party_affairs_open", branch, MAY) == (1, 2)
    assert fact("affairs_published", branch) == (2, 12), "recorded once, it counts for the quarter too"
    with pytest.raises(NotPossible, match="strike the announcement first"):
        affairs.strike(actor=secretary, now=NOW, what=first, why="录错")
    affairs.strike(actor=secretary, now=NOW, what=third, why="录错")
    assert fact("party_affairs_open", branch) == (1, 3)
    affairs.strike(actor=secretary, now=NOW, what=made, why="录错")
    assert fact("party_affairs_open", branch) == (0, 3)
    for days in ([], [date(2026, 3, 9)]):
        with pytest.raises(NotPossible, match="enter 2026-03-10 or a later day"):
            affairs.set_list(**mine, words=["党费收缴"], due=days)


# ---- all of them ----


def test_what_is_struck_counts_for_nothing_and_may_be_recorded_anew(
    secretary: Account, branch: OrganisationState
) -> None:
    one, matter, made = resolved(branch), opened(branch), announced(branch, "party", MAY)
    through(branch, matter, *STEPS)
    for what in (one, matter, made):
        affairs.strike(actor=secretary, now=NOW, what=what, why="录错")
        with pytest.raises(NotPossible, match="was struck on 2026-11-20"):
            affairs.strike(actor=secretary, now=NOW, what=what, why="再来")
    assert [fact(item, branch) for item in ("resolutions_done", "four_discussions", "affairs_published")] == [None] * 3
    with pytest.raises(NotPossible, match="was struck"):
        affairs.carry_out(actor=secretary, now=NOW, resolution=one, on=MAY)
    assert affairs.resolve(actor=secretary, now=NOW, meeting=one.meeting, words="修路", due=TODAY, who="branch") != one
    opened(branch)
    assert announced(branch, "party", MAY) != made
    assert Entry.objects.filter(act="affairs.strike").first().particulars["why"] == "录错"


def test_only_the_branch_and_the_committee_above_it_record(branch: OrganisationState) -> None:
    meeting = met(branch, MARCH, "修路")
    place.branch(OTHER)
    for actor in (place.clerk(), place.secretary(OTHER)):
        mine: dict[str, Any] = {"actor": actor, "now": NOW}
        with pytest.raises(NotPossible, match="recorded by the branch itself"):
            affairs.resolve(**mine, meeting=meeting, words="修路", due=TODAY, who="branch")
        with pytest.raises(NotPossible, match="recorded by the branch itself"):
            affairs.announce(**mine, organisation=branch.organisation, kind="party", on=MAY, place="board")
        with pytest.raises(NotPossible, match="recorded by the branch itself"):
            affairs.open_matter(**mine, organisation=branch.organisation, title="x", first=Taken("proposed", MAY))
        with pytest.raises(NotPossible, match="recorded by the branch itself"):
            affairs.set_list(**mine, meeting=meeting, words=["x"], due=[TODAY])


# ---- tasks set from above ----


def task(*branches: OrganisationState, due: date = date(2026, 11, 25), by: Account | None = None) -> BranchTask:
    made = set_tasks.set_task(actor=by or place.clerk(), now=NOW, branches=[one.organisation_id for one in branches],
                              words="报送冬季走访情况", document="碧党发〔2026〕9号", due=due)  # fmt: skip
    first: BranchTask = made.branches.order_by("pk").first()
    return first


def test_a_task_is_set_once_to_many_and_each_reports_for_itself(secretary: Account, branch: OrganisationState) -> None:
    other = place.branch(OTHER)
    mine = task(branch, other)
    assert set_tasks.burden([branch.organisation_id, other.organisation_id], TODAY) == {
        branch.organisation_id: 1, other.organisation_id: 1,
    }  # fmt: skip
    assert fact("tasks_done", branch) == (0, 1)
    assert fact("tasks_done", branch, TODAY) is None
    mine = set_tasks.report(actor=secretary, now=NOW, task=mine, on=TODAY, words="走访32户，解决5件")
    assert (mine.standing, mine.in_time) == ("reported", True)
    assert (fact("tasks_done", branch), fact("tasks_done", other)) == ((1, 1), (0, 1))
    both = [branch.organisation_id, other.organisation_id]
    assert set_tasks.burden(both, TODAY) == dict.fromkeys(both, 1), "of this month, or still open"
    assert set_tasks.burden(both, date(2026, 12, 1)) == {other.organisation_id: 1}
    mine = set_tasks.confirm(actor=place.clerk(), now=NOW, task=mine)
    assert mine.standing == "confirmed"
    with pytest.raises(NotPossible, match="nothing waits here"):
        set_tasks.send_back(actor=place.clerk(), now=NOW, task=mine, why="迟了")


def test_what_is_sent_back_counts_no_more_until_it_is_reported_anew(
    secretary: Account, branch: OrganisationState
) -> None:
    mine = task(branch)
    set_tasks.report(actor=secretary, now=NOW, task=mine, on=TODAY, words="已办")
    mine = set_tasks.send_back(actor=place.clerk(), now=NOW, task=mine, why="没有写户数")
    assert (mine.standing, mine.back_why, mine.report) == ("set", "没有写户数", "")
    assert fact("tasks_done", branch) == (0, 1)
    late = NOW + timedelta(days=8)
    mine = set_tasks.report(actor=secretary, now=late, task=mine, on=date(2026, 11, 26), words="走访32户")
    assert fact("tasks_done", branch) == (0, 1), "done a day after it was due"
    assert set_tasks.confirm(actor=place.clerk(), now=late, task=mine).confirmed == date(2026, 11, 28)


def test_a_task_that_is_withdrawn_is_asked_of_nobody(secretary: Account, branch: OrganisationState) -> None:
    mine = task(branch)
    set_tasks.withdraw(actor=place.clerk(), now=NOW, task=mine.task, why="上级取消")
    assert fact("tasks_done", branch) is None
    assert set_tasks.burden([branch.organisation_id], TODAY) == {}
    with pytest.raises(NotPossible, match="was withdrawn on 2026-11-20"):
        set_tasks.report(actor=secretary, now=NOW, task=mine, on=TODAY, words="已办")
    with pytest.raises(NotPossible, match="was withdrawn on 2026-11-20"):
        set_tasks.withdraw(actor=place.clerk(), now=NOW, task=mine.task, why="再取消")
    acts = set(Entry.objects.values_list("act", flat=True))
    assert acts <= records.acts().keys()


def test_tasks_are_set_by_those_above_and_reported_by_the_branch(secretary: Account, branch: OrganisationState) -> None:
    other = place.branch(OTHER)
    elsewhere = place.clerk("150422104")
    for actor, to in ((secretary, branch), (secretary, other), (elsewhere, branch)):
        with pytest.raises(NotPossible, match="choose branches below you"):
            task(to, by=actor)
    with pytest.raises(NotPossible, match="choose branches below you"):
        task()
    with pytest.raises(NotPossible, match="is over"):
        task(branch, due=TODAY - timedelta(days=1))
    mine = task(branch)
    with pytest.raises(NotPossible, match="recorded by the branch itself"):
        set_tasks.report(actor=place.clerk(), now=NOW, task=mine, on=TODAY, words="已办")
    for on in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(NotPossible, match="enter a day from"):
            set_tasks.report(actor=secretary, now=NOW, task=mine, on=on, words="已办")
    set_tasks.report(actor=secretary, now=NOW, task=mine, on=TODAY, words="已办")
    with pytest.raises(NotPossible, match="was reported on"):
        set_tasks.report(actor=secretary, now=NOW, task=mine, on=TODAY, words="已办")
    for actor in (secretary, elsewhere):
        with pytest.raises(NotPossible, match="for whoever set the task"):
            set_tasks.confirm(actor=actor, now=NOW, task=mine)
        with pytest.raises(NotPossible, match="for whoever set the task"):
            set_tasks.withdraw(actor=actor, now=NOW, task=mine.task, why="x")


# ---- facts of many ----


def test_the_facts_of_many_branches_are_those_of_each_and_cost_the_same(branch: OrganisationState) -> None:
    def cost() -> dict[str, int]:
        everybody, found = set(OrganisationState.objects.values_list("organisation", flat=True)), {}
        for item, source in AFFAIRS.items():
            with CaptureQueriesContext(connection) as asked:
                facts = source.facts(everybody, YEAR, END)
            found[item] = len(asked)
            for one in everybody:
                assert added_up(source.rows(one, YEAR, END)) == facts.get(one, (0, 0))
        return found

    def cast(state: OrganisationState, number: int) -> None:
        affairs.carry_out(actor=place.secretary(state.code), now=NOW, resolution=resolved(state), on=MAY,
                          told=met(state, MAY) if number % 2 else None)  # fmt: skip
        matter = opened(state)
        through(state, matter, *STEPS[: 3 + number % 3])
        announced(state, "party", MARCH)
        announced(state, "village", MAY)
        listed = affairs.set_list(actor=place.secretary(state.code), now=NOW, meeting=met(state, MARCH),
                                  words=["党费收缴"], due=[date(2026, 6, 30)])  # fmt: skip
        announced(state, "party", MAY + timedelta(days=60 * (number % 2)), listed=listed[0])
        done = task(state)
        if number % 2:
            set_tasks.report(actor=place.secretary(state.code), now=NOW, task=done, on=TODAY, words="已办")

    cast(branch, 1)
    place.branch(OTHER)
    few = cost()
    for number in range(2, 5):
        cast(place.branch(f"150422103216-10{number}", ("village", "pastoral_gacha", "community")[number % 3]), number)
    assert cost() == few
    assert max(few.values()) <= 2
    assert Gathering.objects.count() == 18
