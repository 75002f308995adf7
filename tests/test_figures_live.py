"""The figures of the article from the live records: counted each night, with numerator, denominator, scope and day;
nothing is shown of a few people, and a league's figures only to whoever answers for it.
"""

from __future__ import annotations

import copy
import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

import rectification_stage as cases
import stage
from baolei.figures import live, readings
from baolei.figures.live import At
from baolei.figures.models import Reading
from baolei.naming.effect_models import Effect
from baolei.naming.models import Demonstration, Title
from baolei.organisations.models import Member, OrganisationState, Post, VillageHead
from baolei.people.models import Account
from baolei.programme import published
from baolei.rectification import actions
from baolei.training.models import Coverage
from baolei.warehouse import rulebook
from round_stage import opened

pytestmark = [pytest.mark.django_db, pytest.mark.stores]
NOW = datetime(2026, 11, 29, 3, tzinfo=UTC)
TODAY = date(2026, 11, 29)


@pytest.fixture
def of() -> cases.Cast:
    """A village branch and its line; two more branches stand in the region."""
    return cases.cast()


def figure(code: str, path: str = "") -> tuple[int, int | None]:
    one = rulebook.figures().figures[code]
    return live.COUNTERS[code](one, At(path or stage.unit("15").path, TODAY))


def test_every_figure_of_the_catalogue_is_counted_and_leads_to_its_rows() -> None:
    codes = set(rulebook.figures().figures)
    assert codes == set(live.COUNTERS) == set(live.BEHIND)
    for name in set(live.BEHIND.values()):
        assert reverse(name, args=[1] if name in live.OF_A_UNIT else [])


def test_a_branch_counts_once_whatever_titles_it_holds_and_lapsed_ones_do_not(of: cases.Cast) -> None:
    this = opened(year=2025)
    said = {
        "code": "strongest",
        "name": "最强党支部",
        "document": "文",
        "since": date(2025, 7, 1),
        "until": date(2028, 6, 30),
    }
    for level, round_ in (("region", this), ("banner", opened(year=2024))):
        Title.objects.create(organisation=of.branch.organisation, level=level, round=round_, **said)
    sibling = OrganisationState.objects.get(code=cases.SIBLING)
    Title.objects.create(organisation=sibling.organisation, level="banner", round=this, **said, state="withdrawn",
                         ended=date(2026, 1, 5))  # fmt: skip
    assert figure("titled") == (1, 3)
    assert figure("titled", stage.unit("1505").path) == (0, 1)


def test_honours_are_counted_by_kind_where_their_branch_is_at_home(of: cases.Cast) -> None:
    for kind, state in (("village", "in_force"), ("pioneer", "in_force"), ("pioneer", "watched"), ("base", "proposed")):
        Demonstration.objects.create(
            kind=kind, name=kind, level="region", unit=stage.unit("15").unit, path=stage.unit("15").path,
            lead=of.branch.organisation, document="文", since=date(2026, 1, 1), until=date(2028, 12, 31), state=state,
            reason="x", second=None if state == "proposed" else of.second,
        )  # fmt: skip
    assert [figure(code) for code in ("demo_villages", "pioneers", "bases")] == [(1, None), (2, None), (0, None)]
    assert figure("pioneers", stage.unit("1505").path) == (0, None)


def test_only_effects_that_were_looked_into_count_and_only_those_of_the_year(of: cases.Cast) -> None:
    common: dict[str, Any] = {"organisation": of.branch.organisation, "path": stage.unit("150422103216").path,
                              "words": "分红", "told_on": TODAY, "told_by": of.secretary}  # fmt: skip
    seen = {"state": "confirmed", "checked_on": TODAY, "checked_by": of.county, "checked_how": "查表"}
    Effect.objects.create(kind="income", year=2026, part=1300, **common, **seen)
    Effect.objects.create(kind="income", year=2025, part=999, **common, **seen)
    Effect.objects.create(kind="jobs", year=2026, part=5, **common)
    Effect.objects.create(kind="property_fees", year=2026, part=72, whole=100, **common, **seen)
    assert figure("income") == (1300, None)
    assert figure("property_fees") == (72, 100)


def test_one_hand_is_of_villages_with_both_posts_filled_and_apart_from_communities(of: cases.Cast) -> None:
    stand = OrganisationState.objects.get(code=cases.FAR)
    OrganisationState.objects.filter(pk=stand.pk).update(field="community")
    for state, head in ((of.branch, "same"), (stand, "vacant")):
        one = Member.objects.create(name="书记", birth_year=1980)
        Post.objects.create(organisation=state.organisation, kind="secretary", holder=one, since=date(2024, 1, 1))
        VillageHead.objects.create(organisation=state.organisation, holder=one if head == "same" else None,
                                   vacant=head == "vacant", since=date(2024, 1, 1))  # fmt: skip
    assert figure("one_hand_villages") == (1, 1)
    assert figure("one_hand_communities") == (0, 0)


def test_training_counts_people_as_they_were_counted_for_the_year(of: cases.Cast) -> None:
    for code, reached, people in ((cases.OWN, 20, 30), (cases.FAR, 10, 30)):
        organisation = OrganisationState.objects.get(code=code).organisation
        Coverage.objects.create(organisation=organisation, year=2026, what="member", reached=reached, people=people,
                                counted=TODAY)  # fmt: skip
    assert figure("members_trained") == (30, 60)
    assert figure("members_trained", stage.unit("1505").path) == (10, 30)
    assert figure("secretaries_trained") == (0, 0)


def test_turned_round_is_what_was_accepted_less_what_was_opened_again(of: cases.Cast) -> None:
    case = cases.accepted(of)
    assert figure("turned_villages") == (1, None)
    assert figure("turned_schools") == (0, None)
    actions.reopen(actor=of.county, now=cases.OPENED + timedelta(days=40), case=case, reason="复发",
                   unmended=[case.problems.order_by("pk").values_list("pk", flat=True)[0]])  # fmt: skip
    assert figure("turned_villages") == (0, None)


# ---- readings ----


def test_one_reading_a_month_is_kept_and_a_unit_is_compared_with_itself(of: cases.Cast) -> None:
    cases.accepted(of)
    for day in (NOW - timedelta(days=31), NOW - timedelta(days=1), NOW):
        readings.run_clock(day)
    units = 3  # the region and two leagues
    assert Reading.objects.count() == 2 * units * len(rulebook.figures().figures)
    before = Reading.objects.count()
    readings.run_clock(NOW + timedelta(hours=2))
    assert Reading.objects.count() == before
    found = {one.code: one for one in readings.shown(stage.unit("15"), inside=False)}
    assert [value for _day, value in found["turned_villages"].before] == ["1"]
    assert found["turned_villages"].day == TODAY


def pages(account: Account | None, query: str = "") -> Any:
    client = Client()
    if account:
        client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.get(reverse("article") + query)


def test_everybody_sees_the_region_and_a_league_only_who_answers_for_it(of: cases.Cast) -> None:
    assert pages(None).status_code == 404  # nothing counted, no round on show
    readings.count_all(now=NOW)
    region, far = stage.mandated("15", "region_clerk"), stage.unit("1505").unit_id
    assert "Branches that hold a title" in pages(None).text
    assert "/titles/" not in pages(None).text.partition("<main")[2]
    assert reverse("posts", args=[stage.unit("15").unit_id]) in pages(region).text
    assert pages(region, f"?unit={far}").status_code == 200
    for asked in (f"?unit={far}", "?unit=x", "?unit=999999999999999999"):
        assert pages(of.county, asked).status_code == 404
        assert pages(None, asked).status_code == 404
    answer = pages(None, "?format=csv&table=live").content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(answer)))
    assert any(row[:4] == ["Branches that hold a title", "0.0%", "0", "3"] for row in lines)


def test_nothing_is_shown_of_a_few_people(of: cases.Cast) -> None:
    Coverage.objects.create(organisation=of.branch.organisation, year=2026, what="member", reached=4, people=90,
                            counted=TODAY)  # fmt: skip
    readings.count_all(now=NOW)
    found = {one.code: one for one in readings.shown(stage.unit("15"), inside=True)}["members_trained"]
    assert (found.value, found.numerator, found.denominator) == ("", None, None)
    assert "too few to be shown" in pages(None).text


SHARE = rulebook.figures().figures["members_trained"]


@given(st.integers(0, 30), st.integers(0, 30))
def test_what_is_shown_of_people_leaves_no_group_of_one_to_four(part: int, rest: int) -> None:
    if published.may_be_shown(SHARE, part, part + rest, 5):
        assert part == rest == 0 or (part in {0, *range(5, 31)} and rest in {0, *range(5, 31)})
    assert published.value(SHARE, 0, 0) == "—"


@pytest.mark.parametrize(("key", "to", "says"), [
    ("kind", "guess", "titled: kind 'guess' is none of count, share, ratio"),
    ("group", "moon", "titled: no group moon"),
    ("fields", ["moon"], "titled: no field moon"),
    ("code", "bases", "a code stands twice"),
    ("name", {"zh": "只有中文"}, "'en' is missing"),
])  # fmt: skip
def test_a_catalogue_that_contradicts_itself_is_refused(key: str, to: Any, says: str) -> None:
    rows = copy.deepcopy(yaml.safe_load(rulebook.text("figures.yaml")))
    rows["figures"][0][key] = to
    with pytest.raises(ValueError, match=says):
        published.catalogue(rows, rulebook.fields())
