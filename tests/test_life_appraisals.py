"""The democratic appraisal of members: the committee's opinion, a third excellent in general, each told, no votes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

import stage
from baolei.ledger.models import Entry
from baolei.life import actions, appraisals, facts
from baolei.life.erasure import erase_member
from baolei.life.models import Appraisal, Gathering, Grade
from baolei.organisations.models import Member, Membership, OrganisationState, Post
from baolei.organisations.units import NotPossible
from baolei.people.models import ERASED, Account
from baolei.programme.evidence import added_up
from baolei.programme.life import AppraisalRefused
from test_life import OLD, OTHER, OWN, absent, joined, recorded

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
TODAY, HELD, YEAR, END = date(2026, 11, 20), date(2026, 11, 18), 2026, date(2026, 12, 31)
NAMES = tuple(f"党员{place}" for place in range(1, 10))


@pytest.fixture
def branch() -> OrganisationState:
    """Nine full members, one on probation."""
    state = stage.branch(OWN, home="150422103216")
    for name in NAMES:
        joined(state, name)
    joined(state, "周新", "probationary")
    Post.objects.create(organisation=state.organisation, kind="secretary", since=OLD,
                        holder=Member.objects.get(name=NAMES[0]))  # fmt: skip
    return state


@pytest.fixture
def secretary(branch: OrganisationState) -> Account:
    return stage.mandated(branch.code, "branch_secretary")


@pytest.fixture
def held(secretary: Account, branch: OrganisationState) -> Gathering:
    """The gathering that held it; one was away."""
    return recorded(secretary, branch, "democratic_appraisal", "organisation_life_meeting", absent=absent(NAMES[8]))


def pk(name: str) -> int:
    return int(Member.objects.get(name=name).pk)


def grades(excellent: int, graded: int = 9) -> dict[int, str]:
    return {pk(name): "excellent" if place < excellent else "qualified" for place, name in enumerate(NAMES[:graded])}


def opined(secretary: Account, held: Gathering, given: dict[int, str], **more: str) -> Appraisal:
    return appraisals.opine(actor=secretary, now=NOW, gathering=held, grades=given, **more)


@pytest.mark.parametrize(("graded", "most"), [(9, 3), (8, 2), (3, 1), (2, 0)])
def test_more_than_a_third_excellent_takes_a_reason_which_is_kept(
    secretary: Account, held: Gathering, graded: int, most: int
) -> None:
    """In general a third at most: of nine three, of eight two, rounded down to whole persons."""
    assert opined(secretary, held, grades(most, graded)).beyond == ""
    with pytest.raises(NotPossible, match=f"of {graded} in general {most} may be excellent, here are 1 more: say why"):
        opined(secretary, held, grades(most + 1, graded), why="重新研究")
    kept = opined(secretary, held, grades(most + 1, graded), why="重新研究", beyond="全员参加抗灾")
    assert (kept.beyond, kept.counts["excellent"], kept.graded) == ("全员参加抗灾", most + 1, graded)
    assert opined(secretary, held, grades(most, graded), why="再次研究", beyond="用不着").beyond == ""


def test_who_is_on_probation_takes_part_and_has_no_grade(secretary: Account, held: Gathering) -> None:
    with pytest.raises(AppraisalRefused, match="周新 is on probation"):
        opined(secretary, held, {pk("周新"): "qualified"})
    assert not Appraisal.objects.exists()
    made = opined(secretary, held, grades(3))
    assert (made.due, made.probationary) == (9, 1)


def test_strangers_and_unknown_grades_are_refused(secretary: Account, held: Gathering) -> None:
    other = joined(stage.branch(OTHER, home="150422103216"), "外人")
    for wrong in ({other.pk: "qualified"}, {pk(NAMES[0]): "good"}):
        with pytest.raises(AppraisalRefused, match="for a full member of this branch"):
            opined(secretary, held, wrong)
    with pytest.raises(NotPossible, match="choose a grade"):
        opined(secretary, held, {})


def test_two_of_one_name_are_told_apart(secretary: Account, branch: OrganisationState, held: Gathering) -> None:
    one = joined(branch, "周新")
    assert opined(secretary, held, {one.pk: "qualified"}).graded == 1


def test_grades_belong_to_a_gathering_that_held_the_appraisal(secretary: Account, branch: OrganisationState) -> None:
    theme = recorded(secretary, branch, "theme_party_day")
    with pytest.raises(NotPossible, match="record that first"):
        opined(secretary, theme, grades(3))


def test_only_the_branch_and_the_committee_directly_above_enter_grades(
    secretary: Account, branch: OrganisationState, held: Gathering
) -> None:
    above, top = (stage.branch(code, home="150422103") for code in ("W1", "W0"))
    OrganisationState.objects.filter(pk=above.pk).update(kind="grassroots_committee", path=top.path + above.path)
    OrganisationState.objects.filter(pk=branch.pk).update(path=top.path + above.path + branch.path)
    for actor in (stage.mandated("W1", "branch_secretary"),):
        assert opined(actor, held, grades(3)).graded == 9
    for actor in (stage.mandated("W0", "branch_secretary"), stage.mandated("150422103", "township_clerk"),
                  stage.mandated(OTHER, "branch_secretary")):  # fmt: skip
        with pytest.raises(NotPossible, match=r"committee (directly )?above it"):
            opined(actor, held, grades(2), why="改")


def test_entered_again_it_takes_a_reason_and_whoever_has_another_grade_is_told_anew(
    secretary: Account, held: Gathering
) -> None:
    made = opined(secretary, held, grades(3))
    everybody = [pk(name) for name in NAMES]
    assert appraisals.tell(actor=secretary, now=NOW, appraisal=made, members=everybody, on=TODAY) == 9
    with pytest.raises(NotPossible, match="say why they change"):
        opined(secretary, held, grades(2))
    again = opined(secretary, held, grades(2), why="上级党委审核意见")
    assert again.pk == made.pk
    assert [one.member.name for one in again.grades.filter(told=None)] == [NAMES[2]]
    told = Entry.objects.filter(act="life.appraise").order_by("-number").first()
    assert told is not None
    assert told.particulars["after"] == {"year": 2026, "held_on": "2026-11-18", "graded": 9}, "no grade, no name"


def test_members_are_told_on_a_day_between_the_gathering_and_today(secretary: Account, held: Gathering) -> None:
    made = opined(secretary, held, grades(3))
    for day in (date(2026, 11, 17), date(2026, 11, 21)):
        with pytest.raises(NotPossible, match="enter a day from 2026-11-18 to today"):
            appraisals.tell(actor=secretary, now=NOW, appraisal=made, members=[pk(NAMES[0])], on=day)
    for day in (HELD, TODAY):
        assert appraisals.tell(actor=secretary, now=NOW, appraisal=made, members=[pk(NAMES[TODAY.day - day.day])],
                               on=day) == 1  # fmt: skip
    with pytest.raises(NotPossible, match="choose whom was told"):
        appraisals.tell(actor=secretary, now=NOW, appraisal=made, members=[pk(NAMES[0])], on=TODAY)


def test_the_fact_is_of_those_who_took_part_and_were_told(
    secretary: Account, branch: OrganisationState, held: Gathering
) -> None:
    source, mine = facts.SOURCES["democratic_appraisal"], {branch.organisation_id}
    assert source.facts(mine, YEAR, END) == {}, "nothing entered is not known, not nothing"
    made = opined(secretary, held, grades(3, 8) | {pk(NAMES[8]): "qualified"}, beyond="有两人受表彰")
    assert source.facts(mine, YEAR, END) == {branch.organisation_id: (0, 9)}
    told = [pk(name) for name in (*NAMES[:4], NAMES[8])]  # the last was noted as absent
    appraisals.tell(actor=secretary, now=NOW, appraisal=made, members=told, on=TODAY)
    for until, number in ((date(2026, 11, 17), None), (date(2026, 11, 19), 0), (TODAY, 4), (END, 4)):
        said = source.facts(mine, YEAR, until)
        assert said == ({} if number is None else {branch.organisation_id: (number, 9)})
        rows = source.rows(branch.organisation_id, YEAR, until)
        assert added_up(rows) == said.get(branch.organisation_id, (0, 0))
        assert not any(name in row.words for row in rows for name in NAMES)
    actions.strike(actor=secretary, now=NOW, gathering=held, why="录错")
    assert source.facts(mine, YEAR, END) == {}
    assert source.rows(branch.organisation_id, YEAR, END) == []


def test_after_a_struck_record_the_appraisal_goes_with_the_right_one(
    secretary: Account, branch: OrganisationState, held: Gathering
) -> None:
    opined(secretary, held, grades(3))
    actions.strike(actor=secretary, now=NOW, gathering=held, why="日期录错")
    with pytest.raises(NotPossible, match="record that first"):
        opined(secretary, held, grades(3), why="x")
    right = recorded(secretary, branch, "democratic_appraisal", on=date(2026, 11, 19))
    made = opined(secretary, right, grades(3), why="会议日期更正")
    assert (made.gathering, Appraisal.objects.count(), made.grades.count()) == (right, 1, 9)


def test_somebody_erased_leaves_no_grade_and_the_counts_stand(
    secretary: Account, branch: OrganisationState, held: Gathering
) -> None:
    made = opined(secretary, held, grades(4), beyond="党员1等四人受灾后重建表彰，党员10不在其列")
    gone = Member.objects.get(name=NAMES[0])
    appraisals.tell(actor=secretary, now=NOW, appraisal=made, members=[gone.pk], on=TODAY)
    joined(branch, "党员10")
    Gathering.objects.filter(pk=held.pk).update(minutes="党员1发言，党员10发言", decisions=["由党员1牵头"],
                                                agenda=[{"topic": "study", "words": "党员1领学"}])  # fmt: skip
    source, mine = facts.SOURCES["democratic_appraisal"], {branch.organisation_id}
    before = source.facts(mine, YEAR, END)
    erase_member(member=gone, name=gone.name)
    made.refresh_from_db()
    held.refresh_from_db()
    assert made.counts == {"excellent": 4, "qualified": 5}
    assert made.beyond == f"{ERASED}等四人受灾后重建表彰，党员10不在其列"
    assert (held.minutes, held.decisions) == (f"{ERASED}发言，党员10发言", [f"由{ERASED}牵头"])
    assert held.agenda[0]["words"] == f"{ERASED}领学"
    assert not Grade.objects.filter(member=gone).exists()
    assert source.facts(mine, YEAR, END) == before
    Membership.objects.filter(member=gone).update(until=date(2026, 11, 19), how="left")
    others = {member: grade for member, grade in grades(2).items() if member != gone.pk}
    held = recorded(secretary, branch, "democratic_appraisal", on=date(2026, 11, 20))
    with pytest.raises(NotPossible, match="say why they change"):
        opined(secretary, held, others)


@pytest.mark.parametrize("wrong", [{"member": None, "grade": "qualified"}, {"grade": ""}])
def test_the_database_keeps_a_grade_with_its_member(secretary: Account, held: Gathering, wrong: dict[str, Any]) -> None:
    one = opined(secretary, held, grades(3)).grades.first()
    assert one is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Grade.objects.filter(pk=one.pk).update(**wrong)


def test_no_table_of_this_room_counts_votes_about_members() -> None:
    with connection.cursor() as cursor:
        tables = [connection.introspection.get_table_description(cursor, model._meta.db_table)
                  for model in (Appraisal, Grade)]  # fmt: skip
    columns = {column.name for table in tables for column in table}
    assert columns == {"id", "organisation_id", "year", "gathering_id", "decided", "by_id", "due", "probationary",
                       "counts", "beyond", "appraisal_id", "member_id", "grade", "took_part", "told"}  # fmt: skip
