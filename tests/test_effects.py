"""Effects: told by a branch, looked into by somebody above it, never ranked; support: entered by whoever gave it."""

from __future__ import annotations

import copy
from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest
import yaml
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

import stage
from baolei.ledger.models import Entry
from baolei.naming import effects
from baolei.naming.effect_models import Effect, Support
from baolei.naming.effects import Given, Told
from baolei.organisations.models import OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import effects as rules
from baolei.programme.effects import EffectRefused
from baolei.warehouse.rulebook import effects as shipped
from baolei.warehouse.rulebook import fields, text
from round_stage import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
CODE = "150422103216-001"
INCOME = Told("income", 2026, 130, None, "合作社分红")


@pytest.fixture
def branch() -> OrganisationState:
    return stage.branch(CODE, home=CODE[:12])


@pytest.fixture
def secretary(branch: OrganisationState) -> Account:
    return stage.mandated(CODE, "branch_secretary")


@pytest.fixture
def clerk() -> Account:
    return stage.mandated("150422", "banner_clerk")


def told(actor: Account, branch: OrganisationState, what: Told = INCOME) -> Effect:
    return effects.tell(actor=actor, now=NOW, organisation=branch, told=what, why="年底汇总")


def test_an_effect_counts_once_somebody_above_has_looked_into_it(
    branch: OrganisationState, secretary: Account, clerk: Account
) -> None:
    mine = told(secretary, branch)
    assert (mine.state, mine.part, mine.path) == (Effect.TOLD, 130, stage.unit(CODE[:12]).path)
    with pytest.raises(NotPossible, match="somebody above the branch"):
        effects.check(actor=secretary, now=NOW, effect=mine, confirmed=True, how="自查", why="x")
    with pytest.raises(NotPossible, match="say how it was looked into"):
        effects.check(actor=clerk, now=NOW, effect=mine, confirmed=True, how=" ", why="x")
    done = effects.check(actor=clerk, now=NOW, effect=mine, confirmed=True, how="查合作社分红表", why="年底核实")
    assert (done.state, done.checked_by, done.checked_on) == (Effect.CONFIRMED, clerk, NOW.date())
    with pytest.raises(NotPossible, match="in the meantime"):
        effects.take_back(actor=secretary, now=NOW, effect=mine, why="x")
    acts = list(Entry.objects.order_by("number").values_list("act", flat=True))
    assert acts[-2:] == ["naming.tell_effect", "naming.check_effect"]


def test_what_was_not_confirmed_can_be_told_anew_and_what_stands_cannot(
    branch: OrganisationState, secretary: Account, clerk: Account
) -> None:
    first = told(secretary, branch)
    with pytest.raises(NotPossible, match="told already"):
        told(secretary, branch)
    effects.check(actor=clerk, now=NOW, effect=first, confirmed=False, how="分红表上只有 90 人", why="核实")
    second = told(secretary, branch, Told("income", 2026, 90, None, "合作社分红"))
    assert effects.take_back(actor=secretary, now=NOW, effect=second, why="再核").state == Effect.WITHDRAWN
    assert told(secretary, branch).state == Effect.TOLD


@pytest.mark.parametrize(("what", "wrong"), [
    (Told("property_fees", 2026, 7, 10, "催缴"), "branches of this field do not tell"),
    (Told("income", 2026, -1, None, "x"), "below 0 or too large"),
    (Told("income", 2027, 1, None, "x"), "2027 is not over yet"),
    (Told("income", 2026, 1, None, " "), "how it came about"),
])  # fmt: skip
def test_what_cannot_be_told_is_refused_in_words(
    branch: OrganisationState, secretary: Account, what: Told, wrong: str
) -> None:
    with pytest.raises((EffectRefused, NotPossible), match=wrong):
        told(secretary, branch, what)
    assert not Effect.objects.exists()


def test_nobody_tells_for_a_branch_that_is_not_the_own(branch: OrganisationState, clerk: Account) -> None:
    with pytest.raises(NotPossible, match="told by the branch itself"):
        told(clerk, branch)


@given(part=st.integers(-5, 200), whole=st.none() | st.integers(-5, 200))
def test_a_share_is_a_part_of_a_whole_that_is_there(part: int, whole: int | None) -> None:
    kind = shipped().effects["property_fees"]
    good = whole is not None and 0 <= part <= whole and whole > 0
    with nullcontext() if good else pytest.raises(EffectRefused):
        rules.may_be_told(kind, "property_service", part, whole)


def test_support_is_entered_by_the_unit_that_gave_it_and_struck_where_it_was_wrong(
    branch: OrganisationState, clerk: Account, secretary: Account
) -> None:
    banner, funds = stage.unit("150422").unit, Given("funds", 20_000, "阵地维修", "左组〔9〕号", date(2026, 2, 1))
    made = effects.give_support(actor=clerk, now=NOW, unit=banner, organisation=branch, given=funds, why="下拨")
    assert (made.level, made.yuan, made.struck_on) == ("banner", 20_000, None)
    with pytest.raises(NotPossible, match="You do not answer"):
        effects.give_support(actor=secretary, now=NOW, unit=banner, organisation=branch, given=funds, why="x")
    for wrong, says in ((Given("funds", None, "x", "", date(2026, 2, 1)), "takes a sum in yuan"),
                        (Given("policy", 5, "x", "", date(2026, 2, 1)), "takes no sum"),
                        (Given("funds", 5, "x", "", date(2099, 6, 1)), "the day lies ahead")):  # fmt: skip
        with pytest.raises((EffectRefused, NotPossible), match=says):
            effects.give_support(actor=clerk, now=NOW, unit=banner, organisation=branch, given=wrong, why="x")
    elsewhere = stage.branch("150502103216-004", home="150502103216")
    with pytest.raises(NotPossible, match="is not below"):
        effects.give_support(actor=clerk, now=NOW, unit=banner, organisation=elsewhere, given=funds, why="x")
    assert effects.strike_support(actor=clerk, now=NOW, support=made, why="记错").struck_on == NOW.date()
    with pytest.raises(NotPossible, match="struck already"):
        effects.strike_support(actor=clerk, now=NOW, support=made, why="x")


def test_the_database_keeps_that_nobody_confirms_the_own_word(
    branch: OrganisationState, secretary: Account, clerk: Account
) -> None:
    mine = told(secretary, branch)
    own = {"state": "confirmed", "checked_by": secretary, "checked_on": NOW.date(), "checked_how": "x"}
    for wrong in ({"state": "confirmed"}, {"part": -1}, {"whole": 5}, own):
        with pytest.raises(IntegrityError), transaction.atomic():
            Effect.objects.filter(pk=mine.pk).update(**wrong)


def asked(account: Account, name: str, *args: Any, said: Any = None, query: str = "") -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    address = reverse(name, args=args) + query
    return client.post(address, {"why": "核实", **said}) if said is not None else client.get(address)


def test_the_pages_tell_confirm_and_enter(branch: OrganisationState, secretary: Account, clerk: Account) -> None:
    said = {"kind": "income", "year": "2026", "part": "130", "words": "合作社分红"}
    assert asked(secretary, "tell_effect", branch.organisation_id, said={**said, "part": "x"}).status_code == 422
    assert asked(secretary, "tell_effect", branch.organisation_id, said=said).status_code == 302
    mine = Effect.objects.get()
    assert "130" in asked(clerk, "effects", query="?which=told").text
    assert "Take it back" in asked(secretary, "effect", mine.pk).text
    assert asked(secretary, "on_effect", mine.pk, "confirm").status_code == 404
    assert asked(clerk, "on_effect", mine.pk, "confirm", said={"how": "查分红表"}).status_code == 302
    given_ = {"unit": "150422", "organisation": CODE, "kind": "funds", "yuan": "20000", "words": "阵地维修",
              "on": "2026-02-01"}  # fmt: skip
    assert asked(clerk, "give_support", said={**given_, "yuan": ""}).status_code == 422
    assert asked(clerk, "give_support", said=given_).status_code == 302
    assert "20,000" in asked(secretary, "branch_effects", branch.organisation_id).text
    assert asked(secretary, "strike_support", Support.objects.get().pk).status_code == 404
    assert asked(clerk, "strike_support", Support.objects.get().pk, said={}).status_code == 302
    stranger = stage.mandated("150502", "banner_clerk")
    for name, number in (("effect", mine.pk), ("branch_effects", branch.organisation_id)):
        assert asked(stranger, name, number).status_code == 404
    assert "阵地维修" not in asked(stranger, "supports").text


@pytest.mark.parametrize(("path", "to", "says"), [
    (("effects", 0, "measure"), "points", "income: measure 'points' is none of number, share"),
    (("effects", 0, "fields"), ["moon"], "income: no field moon"),
    (("supports", 0, "name"), {"zh": "只有中文"}, "'en' is missing"),
])  # fmt: skip
def test_rules_that_name_what_is_not_there_are_refused(path: Any, to: Any, says: str) -> None:
    rows = copy.deepcopy(yaml.safe_load(text("effects.yaml")))
    rows[path[0]][path[1]][path[2]] = to
    with pytest.raises(ValueError, match=says):
        rules.effect_rules(rows, fields())
