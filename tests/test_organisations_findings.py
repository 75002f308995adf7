"""A finding opens when the audit sees it and closes by what cures it, by an approval, or with its organisation."""

from datetime import UTC, date, datetime

import pytest

from baolei.ledger.models import Entry
from baolei.organisations.audit import audit
from baolei.organisations.findings import look_again, look_through, say
from baolei.organisations.models import (
    AuditRun,
    Exemption,
    Finding,
    Membership,
    OrganisationState,
    Post,
    UnitCount,
    UnitState,
)
from baolei.warehouse.rulebook import setup_rules

DAY, NEXT = date(2023, 12, 31), date(2024, 1, 31)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
RULES = setup_rules(DAY)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("house")]


def again(organisation, day=NEXT):
    look_again(organisation=organisation, day=day, rules=setup_rules(day))


def one(flag):
    return Finding.objects.open().filter(flag=flag).order_by("pk").first()


def test_what_is_open_is_what_the_audit_raises():
    raised = audit("", DAY, RULES).flags
    for flag, where in raised.items():
        assert Finding.objects.open().filter(flag=flag).count() == where.sum(), flag
    assert Finding.objects.open().count() > 20


def test_counts_of_the_units_add_up_to_the_region_and_to_the_findings():
    run = AuditRun.objects.first()
    root = UnitState.objects.get(level=1)
    whole = UnitCount.objects.get(run=run, unit=root.unit)
    below = UnitCount.objects.filter(run=run, unit__in=UnitState.objects.filter(above=root.unit).values("unit"))
    here = OrganisationState.objects.filter(unit=root.unit).count()
    assert whole.organisations == OrganisationState.objects.count() == here + sum(one.organisations for one in below)
    assert whole.members == Membership.objects.on(DAY).count()
    assert sum(whole.findings.values()) == Finding.objects.open().count()
    assert whole.flagged == Finding.objects.open().values("organisation").distinct().count()


def test_a_finding_says_what_raised_it_and_when_it_is_due():
    found = one("oversized_branch")
    members = Membership.objects.on(DAY).filter(organisation=found.organisation).count()
    assert f"{members} members, more than 50" in say(found, RULES).en
    assert (found.due - found.since).days == RULES.flags["oversized_branch"].due_days


def test_the_change_that_cures_it_closes_it():
    found = one("secretary_vacant")
    member = Membership.objects.filter(organisation=found.organisation).first() or Membership.objects.first()
    Post.objects.create(
        organisation=found.organisation, kind="secretary", holder=member.member, since=date(2024, 1, 15)
    )
    again(found.organisation)
    found.refresh_from_db()
    assert (found.until, found.how) == (NEXT, Finding.CURED)


def test_an_approval_on_file_closes_it_and_is_counted_apart():
    found = one("oversized_branch")
    Exemption.objects.create(
        organisation=found.organisation, flag="oversized_branch", document="组通字〔2024〕1号", since=NEXT
    )
    again(found.organisation)
    found.refresh_from_db()
    assert found.how == Finding.EXCUSED
    run = look_through(day=NEXT, rules=setup_rules(NEXT), actor=None, now=NOW)
    root = UnitState.objects.get(level=1)
    assert UnitCount.objects.get(run=run, unit=root.unit).excused["oversized_branch"] >= 1


def test_no_approval_excuses_what_the_rules_say_nobody_can_excuse():
    found = one("below_minimum")
    Exemption.objects.create(organisation=found.organisation, flag="below_minimum", document="同意", since=NEXT)
    again(found.organisation)
    found.refresh_from_db()
    assert found.until is None


def test_an_organisation_that_ended_takes_its_findings_with_it():
    found = one("empty_shell")
    OrganisationState.objects.filter(organisation=found.organisation).update(until=date(2024, 1, 15))
    again(found.organisation)
    found.refresh_from_db()
    assert found.how == Finding.ENDED


def test_a_finding_that_comes_back_is_a_new_one():
    found = one("secretary_vacant")
    member = Membership.objects.first()
    post = Post.objects.create(
        organisation=found.organisation, kind="secretary", holder=member.member, since=date(2024, 1, 1)
    )
    again(found.organisation)
    Post.objects.filter(pk=post.pk).update(until=date(2024, 2, 1))
    again(found.organisation, date(2024, 3, 1))
    history = Finding.objects.filter(organisation=found.organisation, flag="secretary_vacant").order_by("pk")
    assert [(row.since, row.how) for row in history][-2:] == [(found.since, "cured"), (date(2024, 3, 1), "")]


def test_every_look_through_is_on_record_and_forgets_the_small_counts_of_earlier_ones():
    assert Entry.objects.filter(act="organisations.look_through").count() == 2
    first, last = AuditRun.objects.order_by("pk")
    levels = dict(UnitState.objects.values_list("unit_id", "level"))
    assert {levels[one.unit_id] for one in first.counts.all()} == {1, 2, 3}
    assert {levels[one.unit_id] for one in last.counts.all()} == {1, 2, 3, 4, 5}
