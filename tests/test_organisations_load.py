"""A whole region through one door: loaded from a folder, and audited as a plain count in SQL would have it."""

import csv
from datetime import UTC, date, datetime

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction

from baolei.ledger.models import Entry
from baolei.organisations.audit import audit
from baolei.organisations.load import FILES, FolderRefused, load
from baolei.organisations.models import Member, Membership, OrganisationState, Post, UnitState
from baolei.warehouse.rulebook import setup_rules

DAY = date(2023, 12, 31)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
RULES = setup_rules(DAY)


@pytest.fixture
def folder(household):
    return household


@pytest.fixture
def copy(folder, tmp_path):
    for name in FILES:
        (tmp_path / f"{name}.csv").write_bytes((folder / f"{name}.csv").read_bytes())
    return tmp_path


def bring(folder):
    return load(folder=folder, since=date(2013, 1, 1), rules=RULES, actor=None, now=NOW, why="演示数据")


def rewrite(file, change):
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    change(rows)
    with file.open("w", encoding="utf-8", newline="") as stream:
        out = csv.DictWriter(stream, rows[0])
        out.writeheader()
        out.writerows(rows)


def test_all_rows_come_in_and_the_ledger_says_so(folder, db):
    loaded = bring(folder).rows
    assert loaded["members"] == Member.objects.count() == Membership.objects.on(DAY).count() > 1000
    assert loaded["organisations"] == OrganisationState.objects.count()
    assert loaded["units"] == UnitState.objects.count()
    assert Entry.objects.last().particulars["after"] == loaded


def test_everything_below_an_organisation_is_one_range(folder, db):
    bring(folder)
    top = OrganisationState.objects.filter(above=None).get()
    assert OrganisationState.objects.under(top.path).count() == OrganisationState.objects.count()
    below = OrganisationState.objects.filter(above=top.organisation).first()
    inside = OrganisationState.objects.under(below.path)
    assert 0 < inside.count() < OrganisationState.objects.count()
    assert all(state.path.startswith(below.path) for state in inside)


COUNTS = {
    "oversized_branch": """
        SELECT count(*) FROM organisations_organisationstate s
        WHERE s.kind IN ('branch', 'joint_branch', 'project_branch')
        AND (SELECT count(*) FROM organisations_membership m WHERE m.organisation_id = s.organisation_id) > 50
        AND NOT EXISTS (SELECT 1 FROM organisations_exemption e WHERE e.organisation_id = s.organisation_id)""",
    "below_minimum": """
        SELECT count(*) FROM organisations_organisationstate s
        WHERE s.kind IN ('branch', 'joint_branch', 'project_branch')
        AND (SELECT count(*) FROM organisations_membership m
             WHERE m.organisation_id = s.organisation_id AND m.kind = 'full') < 3""",
    "empty_shell": """
        SELECT count(*) FROM organisations_organisationstate s WHERE s.kind IN
        ('branch', 'joint_branch', 'project_branch', 'temporary_branch', 'functional_branch')
        AND NOT EXISTS (SELECT 1 FROM organisations_membership m WHERE m.organisation_id = s.organisation_id)""",
    "committee_missing": """
        SELECT count(*) FROM organisations_organisationstate s
        WHERE s.kind IN ('branch', 'joint_branch', 'project_branch')
        AND (SELECT count(*) FROM organisations_membership m
             WHERE m.organisation_id = s.organisation_id AND m.kind = 'full') >= 7
        AND NOT EXISTS (SELECT 1 FROM organisations_post p
                        WHERE p.organisation_id = s.organisation_id AND p.committee AND p.until IS NULL)""",
    "term_overdue": """
        SELECT count(*) FROM organisations_organisationstate s WHERE s.kind IN
        ('branch', 'joint_branch', 'project_branch', 'general_branch', 'grassroots_committee')
        AND (SELECT max(t.ends) FROM organisations_term t WHERE t.organisation_id = s.organisation_id) < '2023-12-31'
        AND NOT EXISTS (SELECT 1 FROM organisations_exemption e WHERE e.organisation_id = s.organisation_id)""",
}


@pytest.mark.parametrize("flag", COUNTS)
def test_the_audit_finds_what_a_plain_count_finds(folder, db, flag):
    bring(folder)
    with connection.cursor() as cursor:
        cursor.execute(COUNTS[flag])
        counted = cursor.fetchone()[0]
    assert counted > 0
    assert audit("", DAY, RULES).flags[flag].sum() == counted


def test_an_audit_of_a_part_says_of_it_what_the_audit_of_the_whole_says(folder, db):
    bring(folder)
    whole = audit("", DAY, RULES)
    part = OrganisationState.objects.filter(kind="local_committee").order_by("-path").first()
    own = audit(part.path, DAY, RULES)
    row = {pk: number for number, pk in enumerate(whole.organisation)}
    rows = [row[pk] for pk in own.organisation]
    assert 0 < len(rows) < len(whole.organisation)
    for flag, raised in own.flags.items():
        assert (whole.flags[flag][rows] == raised).all(), flag


def test_the_day_of_the_audit_decides(folder, db):
    bring(folder)
    secretary = Post.objects.filter(kind="secretary", until=None, committee=True).first()
    state = OrganisationState.objects.get(organisation=secretary.organisation)
    Post.objects.filter(pk=secretary.pk).update(until=date(2023, 6, 30))
    before, after = (
        audit(state.path, day, RULES).figures["secretary_vacant_since"][0] for day in (date(2023, 6, 30), DAY)
    )
    assert np.isnat(before)
    assert after == np.datetime64("2023-07-01")


@pytest.mark.parametrize(
    ("file", "row", "column", "value", "says"),
    [
        ("organisations", 3, "unit", "999999", "organisations.csv:5: unit '999999' is unknown"),
        ("organisations", 3, "kind", "club", "organisations.csv:5: kind 'club' is unknown"),
        ("members", 2, "organisation", "nowhere", "members.csv:4: organisation 'nowhere' is unknown"),
        ("members", 2, "kind", "friend", "members.csv:4: kind 'friend' is unknown"),
        ("posts", 0, "post", "treasurer", "posts.csv:2: post 'treasurer' is unknown"),
        ("posts", 0, "holder", "99999999", "posts.csv:2: holder 99999999 is unknown"),
        ("terms", 1, "elected", "yesterday", "terms.csv"),
        ("units", 5, "parent", "88", "units.csv:6"),
    ],
)
def test_a_row_that_cannot_be_is_named_and_nothing_comes_in(copy, db, file, row, column, value, says):
    rewrite(copy / f"{file}.csv", lambda rows: rows[row].update({column: value}))
    with pytest.raises(Exception, match=says.replace("(", r"\(")):
        bring(copy)
    assert not UnitState.objects.exists()
    assert not Entry.objects.exists()


def test_a_missing_file_or_column_is_named(copy, db):
    (copy / "terms.csv").unlink()
    with pytest.raises(FolderRefused, match=r"terms\.csv: missing"):
        bring(copy)
    (copy / "terms.csv").write_text("organisation,elected\n1,2020-01-01\n")
    with pytest.raises(FolderRefused, match="ends"):
        bring(copy)


def test_the_database_keeps_one_secretary_and_one_branch_for_each(folder, db):
    bring(folder)
    post = Post.objects.filter(kind="secretary", until=None).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(organisation=post.organisation, kind="secretary", holder=post.holder, since=DAY)
    membership = Membership.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(member=membership.member, organisation=post.organisation, kind="full", since=DAY)


def test_a_member_is_a_name_and_nothing_a_branch_does_not_need():
    own = {"id", "name", "joined", "birth_year", "education"}
    # What other records say of a member: where, as what, from which gathering absent, with which account; dues agreed
    # on and paid, the committee's grade, classes attended and missed, the community where one is registered.
    allowed = own | {"memberships", "posts", "transfers", "absences", "elector",
                     "dues_agreed", "dues_paid", "dues_waived", "grades", "attendances", "missed",
                     "registrations"}  # fmt: skip
    assert {field.name for field in Member._meta.get_fields()} == allowed
