"""The facts of rectification: what was due and what is mended, row by row; and the figures of cases turned round."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

import rectification_stage as cases
import stage
from baolei.programme.evidence import added_up
from baolei.rectification import actions, lists
from baolei.rectification.facts import SOURCES
from baolei.rectification.models import Case, Problem
from rectification_stage import OPENED, Cast, problem

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
END = date(2026, 12, 31)
MAY = datetime(2026, 5, 12, 3, tzinfo=UTC)


@pytest.fixture
def of() -> Cast:
    return cases.cast("school")


def passed_on(
    of: Cast, found: str, by: date, code: str = cases.OWN, campaign: str = "", now: datetime = OPENED
) -> Problem:
    organisation = stage.branch(code).organisation
    listed = problem(found=found, by=by, document="反馈意见", campaign=campaign)
    return lists.pass_on(actor=of.township, now=now, organisation=organisation, listed=listed)


def mended(of: Cast, one: Problem, now: datetime = MAY) -> None:
    actions.settle(actor=of.township, now=now, problem=one, proof="已改", confirmed="复函")


@pytest.fixture
def mixed(of: Cast) -> Cast:
    """Problems of all kinds, in two cases and by themselves, of two branches, due in three years."""
    case = cases.opened(of, "schools")
    for found in ("campaign", "campaign", "inspection", "audit", "figures"):
        lists.list_problem(actor=of.township, now=OPENED, case=case, listed=problem(found=found))
    dismissed = cases.opened(of, "weak")
    lists.list_problem(actor=of.township, now=OPENED, case=dismissed, listed=problem(found="inspection"))
    actions.dismiss(actor=of.county, now=MAY, case=dismissed, reason="查无此事")
    for found in ("inspection", "audit"):
        for code in (cases.OWN, cases.SIBLING):
            mended(of, passed_on(of, found, date(2026, 4, 30), code))
            passed_on(of, found, date(2026, 11, 30), code)
            passed_on(of, found, date(2027, 1, 31), code)
            passed_on(of, found, date(2025, 10, 31), code)
    passed_on(of, "campaign", date(2026, 9, 1), campaign="agencies")
    return of


def test_what_is_due_and_what_is_mended(mixed: Cast) -> None:
    own = mixed.branch.organisation_id
    both = {own, stage.branch(cases.SIBLING).organisation_id}
    found = {code: source.facts(both, 2026, END) for code, source in SOURCES.items()}
    assert found["findings_mended"] == {own: (1, 4), max(both): (1, 3)}
    assert found["audit_mended"] == {own: (1, 4), max(both): (1, 3)}
    assert found["weak_points_mended"] == found["lagging_mended"] == {own: (0, 2)}
    assert found["blind_spots_mended"] == {own: (0, 1)}
    assert SOURCES["findings_mended"].facts(both, 2026, date(2026, 5, 31)) == {own: (1, 2), max(both): (1, 2)}
    assert SOURCES["findings_mended"].facts(both, 2026, date(2026, 5, 1)) == {own: (0, 2), max(both): (0, 2)}
    assert SOURCES["findings_mended"].facts([own], 2026, END) == {own: (1, 4)}
    assert SOURCES["findings_mended"].facts([stage.branch(cases.FAR).organisation_id], 2026, END) == {}


def test_what_was_due_does_not_vanish_with_its_year(mixed: Cast) -> None:
    own = mixed.branch.organisation_id
    source = SOURCES["findings_mended"]
    assert source.facts([own], 2027, date(2027, 12, 31)) == {own: (0, 4)}, "three are still open, one comes due"
    for one in Problem.objects.filter(organisation=own, found="inspection", settled=None, case=None):
        mended(mixed, one, datetime(2027, 2, 1, 3, tzinfo=UTC))
    assert source.facts([own], 2027, date(2027, 12, 31)) == {own: (3, 4)}
    assert source.facts([own], 2026, END) == {own: (1, 4)}, "a later year does not change an earlier one"


@pytest.mark.parametrize("code", sorted(SOURCES))
def test_the_rows_of_a_branch_add_up_to_its_fact(mixed: Cast, code: str) -> None:
    source = SOURCES[code]
    for organisation in (mixed.branch.organisation_id, stage.branch(cases.SIBLING).organisation_id):
        for year, until in ((2025, END), (2026, date(2026, 5, 31)), (2026, END), (2027, date(2027, 12, 31))):
            fact = source.facts([organisation], year, until).get(organisation, (0, 0))
            assert added_up(source.rows(organisation, year, until)) == fact, (code, year, until)


def test_all_branches_are_counted_in_one_question(mixed: Cast, django_assert_num_queries: object) -> None:
    everybody = range(1, 80_000)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert SOURCES["findings_mended"].facts(everybody, 2026, END)
    assert Case.objects.count() == 2
