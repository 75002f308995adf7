"""What posts, findings, transfers and numbers of quarters tell of a year; the rows of a branch add up to its fact."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sheets_stage
import stage
from baolei.ledger.models import Entry
from baolei.organisations import facts, numbers, records
from baolei.organisations.models import (
    Finding,
    Member,
    Membership,
    Organisation,
    OrganisationState,
    Post,
    QuarterNumbers,
    Transfer,
)
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.evidence import added_up
from baolei.programme.register import FIGURES, Quarter

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
YEAR, END = 2026, date(2026, 12, 31)
BEGUN = date(2020, 1, 1)
ITEMS = sorted(facts.SOURCES)


@pytest.fixture
def town() -> dict[str, Organisation]:
    return sheets_stage.town()


@pytest.fixture
def secretary(town: dict[str, Organisation]) -> Account:
    return stage.mandated("B1", "branch_secretary")


def fact(item: str, branch: Organisation, until: date = END) -> tuple[int, int] | None:
    return facts.SOURCES[item].facts([branch.pk], YEAR, until).get(branch.pk)


def agree(item: str, branch: Organisation, until: date = END) -> tuple[int, int]:
    """The fact, which the rows come to."""
    told = added_up(facts.SOURCES[item].rows(branch.pk, YEAR, until))
    assert told == (fact(item, branch, until) or (0, 0))
    return told


def holds(branch: Organisation, place: int, since: date, until: date | None = None, kind: str = "member") -> None:
    member = Membership.objects.filter(organisation=branch).order_by("pk")[place].member
    Post.objects.create(organisation=branch, kind=kind, holder=member, committee=True, since=since, until=until)


def kept(actor: Account, branch: Organisation, quarter: int, on: date | None = None, **said: int) -> QuarterNumbers:
    which = Quarter(YEAR, quarter)
    now = datetime.combine(on or which.last, datetime.min.time(), tzinfo=UTC) + timedelta(hours=3)
    return numbers.keep_numbers(actor=actor, now=now, organisation=branch, quarter=which,
                                figures={**dict.fromkeys(FIGURES, 0), **said})  # fmt: skip


# ---- posts ----


def test_a_post_handed_over_within_a_month_fills_that_month_once(town: dict[str, Organisation]) -> None:
    """Nine full members: three posts, 36 months. One is vacant in May and June; a handover in March mends nothing."""
    branch = town["B1"]
    holds(branch, 0, BEGUN, date(2026, 3, 15), "secretary")
    holds(branch, 1, date(2026, 3, 16), kind="secretary")
    holds(branch, 2, BEGUN)
    holds(branch, 3, BEGUN, date(2026, 4, 30))
    holds(branch, 4, date(2026, 7, 1))
    assert agree("committee_complete", branch) == (34, 36)


def test_of_a_year_in_progress_the_months_that_have_begun_count(town: dict[str, Organisation]) -> None:
    branch = town["B2"]
    holds(branch, 0, date(2026, 2, 10), date(2026, 3, 4), "secretary")
    assert agree("committee_complete", branch, date(2026, 1, 5)) == (0, 1)
    assert agree("committee_complete", branch, date(2026, 2, 9)) == (0, 2)
    assert agree("committee_complete", branch, date(2026, 2, 10)) == (1, 2), "the month that runs: as on the day itself"
    assert agree("committee_complete", branch, date(2026, 3, 4)) == (2, 3)
    assert agree("committee_complete", branch, date(2026, 3, 31)) == (1, 3), "vacant again when the month ended"
    assert agree("committee_complete", branch) == (1, 12)


def test_a_branch_founded_within_the_year_owes_its_months_alone(town: dict[str, Organisation]) -> None:
    branch = town["B2"]
    OrganisationState.objects.filter(organisation=branch).update(since=date(2026, 9, 10))
    holds(branch, 0, date(2026, 9, 10), kind="secretary")
    assert agree("committee_complete", branch) == (4, 4)


# ---- findings and transfers ----


def test_faults_of_set_up_count_while_open_in_the_year_and_none_is_not_applicable(
    town: dict[str, Organisation],
) -> None:
    branch = town["B1"]
    Finding.objects.all().delete()
    assert fact("structure_mended", branch) is None
    for flag, since, until, how in (
        ("oversized_branch", date(2025, 3, 1), date(2025, 12, 31), "cured"),  # last year's
        ("committee_missing", date(2025, 3, 1), date(2026, 1, 1), "cured"),
        ("term_overdue", date(2026, 2, 1), date(2026, 6, 1), "excused"),
        ("dormant_unit", date(2026, 2, 1), date(2026, 6, 1), "ended"),
        ("secretary_vacant", date(2026, 12, 31), None, ""),
        ("empty_shell", date(2026, 5, 1), date(2027, 1, 1), "cured"),
    ):
        Finding.objects.create(organisation=branch, flag=flag, since=since, due=since, until=until, how=how)
    assert agree("structure_mended", branch) == (2, 4)
    assert agree("structure_mended", branch, date(2026, 5, 31)) == (1, 4)
    words = [row.words for row in facts.finding_rows(branch.pk, YEAR, END)]
    assert "term overdue, found 2026-02-01: approved exception on 2026-06-01" in words


def test_a_transfer_is_in_time_on_the_last_day_of_its_letter_and_each_side_answers_for_its_part(
    town: dict[str, Organisation],
) -> None:
    sends, receives = town["B1"], town["B2"]
    members = [one.member for one in Membership.objects.filter(organisation=sends).order_by("pk")]
    assert fact("transfers_closed", sends) is None
    last = date(2026, 6, 30)
    for place, (received, receipt, valid_to, state) in enumerate((
        (last, last, last, "closed"),
        (last, last + timedelta(1), last, "closed"),
        (last + timedelta(1), None, last, "received"),
        (None, None, date(2027, 1, 5), "sent"),  # next year's
        (None, None, last, "ended"),
    )):  # fmt: skip
        Transfer.objects.create(
            member=members[place], source=sends, to=receives, state=state, requested=date(2026, 6, 1),
            sent=date(2026, 6, 2), valid_to=valid_to, received=received, receipt=receipt,
        )  # fmt: skip
    assert agree("transfers_closed", sends) == (1, 3)
    assert agree("transfers_closed", receives) == (2, 3)
    assert agree("transfers_closed", sends, date(2026, 6, 29)) == (0, 0)


# ---- numbers of quarters ----


def test_what_is_not_entered_is_not_known(town: dict[str, Organisation], secretary: Account) -> None:
    branch = town["B1"]
    told = ("recruits_procedure", "members_contactable", "everyone_linked", "reserve_pool", "new_members")
    assert [fact(item, branch) for item in told] == [None] * 5
    kept(secretary, branch, 1)
    assert [fact(item, branch) for item in told] == [None, None, (0, 9), (0, 2), (0, 1)], "none due is not applicable"


def test_quarters_add_up_and_a_quarter_that_runs_waits(town: dict[str, Organisation], secretary: Account) -> None:
    branch = town["B1"]
    kept(secretary, branch, 1, steps_due=4, steps_done=3, migrants=2, reached=2, linked=9)
    late = kept(secretary, branch, 2, on=date(2026, 7, 16), steps_due=2, steps_done=2, migrants=2, reached=1, linked=8)
    assert agree("recruits_procedure", branch) == (5, 6)
    assert agree("members_contactable", branch) == (3, 4)
    assert agree("everyone_linked", branch) == (17, 18)
    assert agree("everyone_linked", branch, date(2026, 6, 29)) == (9, 9)
    rows = facts.SOURCES["recruits_procedure"].rows(branch.pk, YEAR, END)
    assert [row.late for row in rows] == [False, True], "late, and counted all the same"
    assert (late.members, late.probationary) == (9, 0)


def test_the_reserve_and_the_activists_are_those_of_the_last_quarter(
    town: dict[str, Organisation], secretary: Account
) -> None:
    branch = town["B1"]
    kept(secretary, branch, 1, reserve=3, trained=1, activists=4)
    kept(secretary, branch, 2, reserve=3, trained=3, activists=1)
    assert agree("reserve_pool", branch, date(2026, 3, 31)) == (1, 2)
    assert agree("reserve_pool", branch) == (2, 2), "two are due in a village; a third counts for no more"
    first, second = (Member.objects.create(name=name) for name in ("新党员甲", "新党员乙"))
    for member, since, kind in (
        (first, date(2023, 12, 31), "probationary"), (second, date(2024, 1, 1), "probationary"),
    ):  # fmt: skip
        Membership.objects.create(member=member, organisation=branch, since=since, kind=kind)
    assert agree("new_members", branch) == (2, 1), "one admitted within three years, and an activist"
    assert all("新党员" not in row.words for row in facts.SOURCES["new_members"].rows(branch.pk, YEAR, END))


def test_who_came_from_another_branch_on_probation_was_admitted_there(
    town: dict[str, Organisation], secretary: Account
) -> None:
    member = Member.objects.create(name="转来的")
    Membership.objects.create(member=member, organisation=town["B2"], kind="probationary", since=date(2025, 5, 1),
                              until=date(2025, 8, 31))  # fmt: skip
    Membership.objects.create(member=member, organisation=town["B1"], kind="probationary", since=date(2025, 9, 1))
    kept(secretary, town["B1"], 1)
    assert agree("new_members", town["B1"]) == (0, 1)


def test_a_branch_of_no_village_has_no_village_reserve(town: dict[str, Organisation], secretary: Account) -> None:
    OrganisationState.objects.filter(organisation=town["B1"]).update(unit=stage.unit("150422103").unit)
    kept(secretary, town["B1"], 1, reserve=2, trained=2)
    assert fact("reserve_pool", town["B1"]) is None
    assert facts.SOURCES["reserve_pool"].rows(town["B1"].pk, YEAR, END) == []


def test_entered_again_the_numbers_before_are_struck_and_stay(
    town: dict[str, Organisation], secretary: Account
) -> None:
    branch = town["B1"]
    kept(secretary, branch, 1, steps_due=4, steps_done=3)
    kept(secretary, branch, 1, steps_due=4, steps_done=4)
    assert agree("recruits_procedure", branch) == (4, 4)
    assert QuarterNumbers.objects.filter(struck_on=None).count() == 1
    assert QuarterNumbers.objects.count() == 2
    assert Entry.objects.filter(act="organisations.keep_numbers").count() == 2
    assert "organisations.keep_numbers" in records.acts()


def test_the_next_quarter_is_proposed_its_stocks_and_none_of_its_steps(
    town: dict[str, Organisation], secretary: Account
) -> None:
    branch = town["B1"]
    assert numbers.proposed(branch.pk, Quarter(YEAR, 1)) == {}
    kept(secretary, branch, 1, applicants=3, steps_due=4, steps_done=3, reserve=2, trained=1)
    found = numbers.proposed(branch.pk, Quarter(YEAR, 2))
    assert found == {"applicants": 3, "activists": 0, "prospects": 0, "migrants": 0, "reserve": 2, "trained": 1}
    assert numbers.proposed(branch.pk, Quarter(YEAR, 1))["steps_done"] == 3, "what stands there is proposed whole"
    assert numbers.proposed(branch.pk, Quarter(2025, 4)) == {}


def test_what_cannot_be_is_refused_with_what_would_be_right(town: dict[str, Organisation], secretary: Account) -> None:
    branch = town["B1"]
    with pytest.raises(
        NotPossible, match="“of these done by their date” is 3, more than the 2 of “steps that fell due"
    ):
        kept(secretary, branch, 1, steps_due=2, steps_done=3)
    with pytest.raises(NotPossible, match="is 10, more than the 9 of “members”"):
        kept(secretary, branch, 1, linked=10)
    with pytest.raises(NotPossible, match="the numbers of 2026-2 are entered from 2026-06-01 on"):
        kept(secretary, branch, 2, on=date(2026, 5, 31))
    OrganisationState.objects.filter(organisation=branch).update(since=date(2026, 4, 1))
    with pytest.raises(NotPossible, match="did not exist in 2026-1"):
        kept(secretary, branch, 1, on=date(2026, 4, 2))
    assert not QuarterNumbers.objects.exists()


def test_only_the_branch_and_the_committee_above_it_keep_them(town: dict[str, Organisation]) -> None:
    kept(stage.mandated("W1", "branch_secretary"), town["B1"], 1)
    for actor in (stage.mandated("B2", "branch_secretary"), stage.mandated("150422103", "township_clerk")):
        with pytest.raises(NotPossible, match="kept by the branch"):
            kept(actor, town["B1"], 1)


# ---- whatever there is ----


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spans=st.lists(st.tuples(st.integers(0, 8), st.integers(-40, 400), st.integers(0, 300)), max_size=6),
    quarters=st.dictionaries(st.integers(1, 4), st.integers(0, 9), max_size=4),
    until=st.integers(0, 400),
)
def test_rows_add_up_to_the_fact_whatever_there_is(
    town: dict[str, Organisation], secretary: Account, spans: list[tuple[int, int, int]], quarters: dict[int, int],
    until: int,
) -> None:  # fmt: skip
    branch, first = town["B1"], date(2026, 1, 1)
    Post.objects.all().delete()
    QuarterNumbers.objects.all().delete()
    for place, begins, days in spans:
        since = first + timedelta(begins)
        holds(branch, place, since, since + timedelta(days))
    for quarter, number in quarters.items():
        kept(secretary, branch, quarter, steps_due=9, steps_done=number, linked=number, reserve=9, trained=number)
    for item in ITEMS:
        for one in (town["B1"], town["B2"]):
            agree(item, one, first + timedelta(until))


def test_facts_are_asked_of_all_branches_at_once(
    town: dict[str, Organisation], secretary: Account, django_assert_max_num_queries: object
) -> None:
    kept(secretary, town["B1"], 1)
    for item in ITEMS:
        with django_assert_max_num_queries(4):  # type: ignore[operator]
            facts.SOURCES[item].facts({one.pk for one in town.values()}, YEAR, END)
