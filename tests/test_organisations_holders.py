"""The structure of office holders: counted, never a person's, and no small cell from which one could be worked out."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stage
from baolei.organisations.doors import scope_of
from baolei.organisations.holders import LEAST, holders, withheld
from baolei.organisations.models import Member, Organisation, OrganisationState, Post

DAY = date(2023, 12, 31)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_no_small_number_is_shown_nor_one_that_follows_from_the_sum(numbers: list[int]) -> None:
    shown = withheld(numbers)
    gone = [number for number, said in zip(numbers, shown, strict=True) if said is None]
    assert all(said is None or said == 0 or said >= LEAST for said in shown)
    assert all(said in (None, number) for number, said in zip(numbers, shown, strict=True))
    assert len(gone) != 1 or sum(number > 0 for number in numbers) == 1, "with one hidden, the sum would tell it"


@pytest.mark.django_db
def test_villages_ages_and_education_are_counted_below_a_unit(client: Any) -> None:
    years = [1995] * 6 + [1970] * 8 + [1960] * 2
    for place, born in enumerate(years):
        village = stage.unit(f"150422103{place:03d}")
        new = Organisation.objects.create()
        OrganisationState.objects.create(
            organisation=new, code=f"B{place}", name=f"第{place}村党支部", kind="branch", field="village",
            unit=village.unit, path=stage.segment_of(new.pk), since=stage.LONG_AGO,
        )  # fmt: skip
        person = Member.objects.create(name=f"书记{place}", birth_year=born, education="college")
        Post.objects.create(organisation=new, kind="secretary", holder=person, village_head=place < 9,
                            since=date(2022, 1, 1))  # fmt: skip
    stage.unit("150422103900")
    account = stage.mandated("150422")
    found = holders(scope_of(account, DAY), stage.unit("150422"))
    assert (found.secretaries, found.villages, found.vacant, found.both) == (16, 16, 1, 9)
    assert [cell.number for cell in found.ages] == [None, 0, 8, None], "two over 55, so the six youngest go as well"
    assert found.education[2].number == 16
    client.force_login(account)
    page = client.get(f"/tree/{stage.unit('150422').unit_id}/holders/?day=2023-12-31").text
    assert "少于五人或不予显示" in page
    assert "56.3" in page, "nine of sixteen villages"
    assert "书记0" not in page
    ages = client.get(f"/tree/{stage.unit('150422').unit_id}/holders/?day=2023-12-31&format=csv&table=ages")
    file = ages.content.decode("utf-8-sig")
    assert "46至55岁,8" in file.replace('"', "")


@pytest.mark.django_db
def test_nobody_counts_outside_the_mandate(client: Any) -> None:
    client.force_login(stage.mandated("150521"))
    assert client.get(f"/tree/{stage.unit('150422').unit_id}/holders/").status_code == 404
