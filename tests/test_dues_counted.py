"""All branches counted at once come to what the rules say of each member: on a mixed cast, and on any cast there is."""

from __future__ import annotations

from collections.abc import Collection as Many
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import stage
from baolei.dues import facts
from baolei.dues.models import Collection, Payment, Waiver
from baolei.organisations.models import Member, Membership, OrganisationState
from baolei.people.models import Account
from baolei.programme import dues as rules
from baolei.programme.dues import month_of, number_of
from baolei.programme.evidence import added_up

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
CODES = ("150422103216-001", "150422103216-002", "150422103216-003")
YEAR, OLD = 2026, date(2015, 1, 1)
UNTILS = (date(2026, 1, 31), date(2026, 6, 29), date(2026, 10, 31), date(2026, 12, 31))
NOW = datetime(2026, 12, 31, 4, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def branches() -> list[OrganisationState]:
    return [stage.branch(code, home="150422103216") for code in CODES]


@pytest.fixture
def by() -> Account:
    return Account.objects.create(username="secretary", name="书记")


def lived(branch: OrganisationState, since: date, until: date | None = None, member: Member | None = None) -> Member:
    member = member or Member.objects.create(name="党员")
    Membership.objects.create(member=member, organisation=branch.organisation, kind="full", since=since, until=until)
    return member


def paid(
    by: Account, branch: OrganisationState, members: list[Member], first: int, last: int, day: date,
    struck: date | None = None,
) -> Collection:  # fmt: skip
    made: Collection = Collection.objects.create(
        organisation=branch.organisation, key=f"{Collection.objects.count():032x}", day=day, first=first, last=last,
        in_time=max(first, number_of(day)), people=len(members), entered=max(day, NOW.date()), by=by, struck_on=struck,
    )  # fmt: skip
    Payment.objects.bulk_create(Payment(collection=made, member=member) for member in members)
    return made


def waived(by: Account, branch: OrganisationState, member: Member, first: int, last: int, state: str) -> None:
    Waiver.objects.create(organisation=branch.organisation, member=member, first=first, last=last, applied=OLD,
                          studied=OLD, by=by, state=state, document="3号",
                          **({} if state == "studied" else {"decided": OLD, "decided_by": by}))  # fmt: skip


def by_the_rules(branch: OrganisationState, until: date) -> tuple[int, int]:
    """The rules, asked of each membership of a branch; (0, 0) where nothing is on record of the year."""
    standing = Collection.objects.filter(organisation=branch.organisation, struck_on=None)
    months = range(number_of(date(YEAR, 1, 1)), number_of(date(YEAR, 12, 1)) + 1)
    if not any(one.first <= months[-1] and one.last >= months[0] for one in standing):
        return 0, 0
    begun = min(month_of(one.first) for one in standing)
    done = due = 0
    for one in Membership.objects.filter(organisation=branch.organisation):
        free = [month_of(number) for row in Waiver.objects.filter(member=one.member, state="approved")
                for number in range(row.first, row.last + 1)]  # fmt: skip
        payments = [
            rules.Payment(row.collection.day, row.collection.first_month, row.collection.last_month)
            for row in Payment.objects.filter(member=one.member, struck_on=None, collection__struck_on=None)
        ]
        left = one.until + DAY if one.until else None
        owed = rules.months_due(max(one.since, begun), YEAR, until, left=left, waived=free)
        due += len(owed)
        done += rules.on_time(owed, payments)
    return done, due


def agrees(branches: list[OrganisationState], few: int) -> None:
    """What is counted at once, as of few branches (one by one) or as of many (by collections), and row by row."""
    mine: Many[int] = {one.organisation_id for one in branches}
    for until in UNTILS:
        wanted = {one.organisation_id: by_the_rules(one, until) for one in branches}
        found = facts.dues_on_time(mine, YEAR, until)
        assert found == {organisation: said for organisation, said in wanted.items() if said[1]}, (until, few)
        for organisation, said in wanted.items():
            assert added_up(facts.dues_rows(organisation, YEAR, until)) == said


def counted_both_ways(branches: list[OrganisationState], monkeypatch: pytest.MonkeyPatch) -> None:
    for few in (500, 0):
        monkeypatch.setattr(facts, "FEW", few)
        agrees(branches, few)


J = number_of(date(YEAR, 1, 1))


def test_a_mixed_cast_is_counted_alike(
    branches: list[OrganisationState], by: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = branches
    steady = [lived(first, OLD) for _one in range(6)]
    there = [lived(second, OLD) for _one in range(2)]
    lived(third, OLD)
    moved, full, new = (
        lived(first, OLD, date(2026, 4, 14)), lived(first, OLD, date(2026, 3, 31)), lived(first, date(2026, 5, 31)),
    )  # fmt: skip
    gone = lived(first, OLD, date(2026, 8, 30))
    lived(second, date(2026, 4, 15), member=moved)
    lived(first, date(2026, 4, 1), member=full)
    paid(by, first, [*steady, moved], J - 1, J + 1, date(2025, 12, 20))
    paid(by, first, [gone], J, J + 11, date(2026, 1, 3))
    paid(by, first, [*steady[:5], full], J + 2, J + 4, date(2026, 4, 1))
    paid(by, first, [moved], J + 2, J + 8, date(2026, 3, 9))
    paid(by, second, there, J + 5, J + 6, date(2026, 6, 30))
    once = paid(by, first, [*steady, new], J + 5, J + 5, date(2026, 6, 9))
    once.payments.filter(member=steady[0]).update(struck_on=NOW.date())
    paid(by, first, steady, J + 6, J + 6, date(2026, 7, 9), struck=NOW.date())
    waived(by, first, steady[1], J + 3, J + 7, "approved")
    waived(by, first, steady[2], J + 3, J + 7, "studied")
    counted_both_ways(branches, monkeypatch)
    everything = facts.dues_on_time({one.organisation_id for one in branches}, YEAR, UNTILS[-1])
    assert third.organisation_id not in everything, "nothing on record is not nothing done"
    people = {organisation: one.people for organisation, one in
              facts.counted({one.organisation_id for one in branches}, YEAR, UNTILS[-1]).items()}  # fmt: skip
    assert people == {first.organisation_id: 8, second.organisation_id: 3}


days = st.dates(date(2023, 6, 1), date(2026, 12, 31))
received = st.dates(date(2025, 9, 1), date(2026, 12, 31))
spans = st.tuples(st.integers(J - 4, J + 11), st.integers(0, 5))


@st.composite
def casts(draw: Any) -> dict[str, Any]:
    """Lives of members (the days on which they moved on, and to which of three branches or none), what was paid, which
    of it is struck, what was waived.
    """
    lives = draw(st.lists(st.lists(st.tuples(days, st.integers(0, 3)), max_size=3), min_size=1, max_size=7))
    payments = draw(st.lists(st.tuples(
        st.integers(0, 2), st.sets(st.integers(0, len(lives) - 1), min_size=1), spans, received, st.booleans(),
        st.integers(0, 9),
    ), max_size=8))  # fmt: skip
    waivers = draw(st.lists(st.tuples(st.integers(0, len(lives) - 1), spans, st.sampled_from(["approved", "studied"])),
                            max_size=2))  # fmt: skip
    return {"lives": lives, "payments": payments, "waivers": waivers}


def live(moves: list[tuple[date, int]], branches: list[OrganisationState]) -> Member:
    """A member of the first branch who moved on some days, the last of four places lies outside the house."""
    member, since, here = Member.objects.create(name="党员"), OLD, 0
    for day, to in sorted(moves):
        if day <= since:
            continue
        if here < len(branches):
            lived(branches[here], since, day - DAY, member)
        since, here = day, to
    if here < len(branches):
        lived(branches[here], since, None, member)
    return member


def put(cast: dict[str, Any], branches: list[OrganisationState], by: Account) -> None:
    """Write a cast down: nobody in two branches on one day, no month of a member paid twice; a branch records what
    those pay who belong to it then, or when it is entered.
    """
    covered = set[tuple[int, int]]()
    members = [live(moves, branches) for moves in cast["lives"]]
    for place, who, (first, more), day, struck, single in cast["payments"]:
        months = range(first, first + more + 1)
        here = Membership.objects.filter(organisation=branches[place].organisation)
        theirs = {one.member_id for when in (day, NOW.date())
                  for one in here.filter(pk__in=Membership.objects.on(when))}  # fmt: skip
        free = [one for one in sorted(who) if members[one].pk in theirs
                and not any((one, number) in covered for number in months)]  # fmt: skip
        if not free:
            continue
        made = paid(by, branches[place], [members[one] for one in free], first, first + more, day,
                    struck=NOW.date() if struck and single < 3 else None)  # fmt: skip
        if single > 7:
            made.payments.filter(member=members[free[0]]).update(struck_on=NOW.date())
        covered |= {(one, number) for one in free for number in months}
    for one, (first, more), state in cast["waivers"]:
        waived(by, branches[0], members[one], first, first + more, state)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(cast=casts())
def test_any_cast_is_counted_alike(
    branches: list[OrganisationState], by: Account, monkeypatch: pytest.MonkeyPatch, cast: dict[str, Any]
) -> None:
    with transaction.atomic():
        put(cast, branches, by)
        counted_both_ways(branches, monkeypatch)
        transaction.set_rollback(True)
