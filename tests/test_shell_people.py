"""Who may do what, where, from when to when."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connections
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

import stage
from baolei.paths import PathField, at_or_below, outermost
from baolei.people.actions import DemoPost, NotADemo, demo_accounts, open_demo_accounts
from baolei.people.models import Account, Mandate, Role

NEW_YEAR = date(2026, 1, 1)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
paths = st.text(alphabet="0123456789", min_size=1, max_size=12)


def give(account: Account, path: str, **more: Any) -> Mandate:
    fields = {"role": Role.ORGANISER, "title": "旗委组织部", "since": NEW_YEAR, "approved_at": NOW} | more
    return Mandate.objects.create(account=account, path=path, **fields)


@pytest.fixture
def zhou(db: None) -> Account:
    return Account.objects.create_user("zhou", "correct horse", name="周青禾")


def test_an_account_without_a_mandate_answers_for_nothing(zhou: Account) -> None:
    assert zhou.scope(NEW_YEAR) == ()


def test_a_mandate_holds_from_its_first_day_to_its_last(zhou: Account) -> None:
    give(zhou, "150422", since=date(2026, 3, 1), until=date(2026, 3, 31))
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [zhou.scope(day) for day in days] == [(), ("150422",), ("150422",), ()]


def test_a_scope_names_outermost_nodes_only_and_may_be_asked_by_role(zhou: Account) -> None:
    give(zhou, "1504")
    give(zhou, "150422")
    give(zhou, "152921103005", role=Role.SECRETARY)
    assert zhou.scope(NEW_YEAR) == ("1504", "152921103005")
    assert zhou.scope(NEW_YEAR, Role.SECRETARY) == ("152921103005",)


def test_a_disabled_account_answers_for_nothing(zhou: Account) -> None:
    give(zhou, "15")
    zhou.is_active = False
    assert zhou.scope(NEW_YEAR) == ()


def test_a_role_the_rules_do_not_know_opens_nothing(zhou: Account) -> None:
    give(zhou, "15", role="emperor")
    assert zhou.scope(NEW_YEAR) == ()


@pytest.mark.parametrize(
    "fault",
    [{"path": ""}, {"role": ""}, {"until": date(2025, 12, 31)}],
    ids=["no node", "no role", "ends before it begins"],
)
def test_the_database_refuses_a_mandate_that_makes_no_sense(zhou: Account, fault: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        give(zhou, **({"path": "1504"} | fault))


def test_the_database_refuses_the_same_mandate_twice(zhou: Account) -> None:
    give(zhou, "1504")
    with pytest.raises(IntegrityError):
        give(zhou, "1504")


def test_everything_below_a_node_is_a_range(zhou: Account) -> None:
    for path in ["15", "1503", "1504", "150422", "150422103", "1505", "16"]:
        give(zhou, path)
    below = Mandate.objects.filter(at_or_below("1504")).values_list("path", flat=True)
    assert list(below) == ["1504", "150422", "150422103"]
    assert Mandate.objects.filter(at_or_below("")).count() == 7


@given(st.lists(paths))
def test_outermost_covers_the_same_and_nothing_twice(given_paths: list[str]) -> None:
    kept = outermost(given_paths)
    assert all(any(path.startswith(one) for one in kept) for path in given_paths)
    assert not any(one != other and one.startswith(other) for one in kept for other in kept)
    assert set(kept) <= set(given_paths)


def test_a_path_is_compared_byte_by_byte_on_every_database(monkeypatch: pytest.MonkeyPatch) -> None:
    field = PathField(max_length=64)
    database = connections["default"]
    for vendor, collation in (("sqlite", None), ("postgresql", "C")):
        monkeypatch.setattr(database, "vendor", vendor)
        assert field.db_parameters(database)["collation"] == collation


# ---- demo accounts ----


def test_the_cast_stands_from_the_region_down_to_a_branch(cast: dict[str, Account]) -> None:
    units = [stage.unit(code).path for code in ("15", "1504", "150422", "150422103")]
    assert [account.scope(NEW_YEAR) for account in cast.values()] == [*((path,) for path in units), ()]
    assert cast["branch"].scopes(NEW_YEAR)["party"] == (stage.branch("150422103216-001").path,)
    assert cast["branch"].mandates.get().role == Role.SECRETARY
    assert [one.title for one in demo_accounts() if one.main] == [
        "内蒙古自治区党委组织部", "赤峰市委组织部", "巴林左旗委组织部", "碧流台镇党委", "东方红村党支部书记",
    ]  # fmt: skip


def test_opening_again_renews_and_doubles_nothing(cast: dict[str, Account]) -> None:
    before = Account.objects.count()
    open_demo_accounts(posts=[DemoPost("league", "1507", "呼伦贝尔市")], password="new words here", on=NEW_YEAR)
    assert Account.objects.count() == before
    league = Account.objects.get(username=cast["league"].username)
    assert league.scope(NEW_YEAR) == ("1507",)
    assert league.check_password("new words here")


def test_demo_accounts_exist_in_a_demo_only(cast: dict[str, Account]) -> None:
    with override_settings(BAOLEI_DEMO=False):
        assert demo_accounts() == ()
        with pytest.raises(NotADemo):
            open_demo_accounts(posts=[], password="x", on=NEW_YEAR)
