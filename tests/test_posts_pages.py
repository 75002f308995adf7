"""Posts and terms of a unit: each figure with both numbers and its rows; warnings half a year before a term ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import sheets_stage
import stage
from baolei.organisations import heads
from baolei.organisations.doors import Scope
from baolei.organisations.findings import look_through
from baolei.organisations.models import (
    Member,
    Membership,
    Organisation,
    OrganisationState,
    Post,
    Term,
    UnitCount,
    VillageHead,
)
from baolei.organisations.tasks import left, terms_ending
from baolei.organisations.units import NotPossible
from baolei.programme.organisation.periods import months_later
from baolei.warehouse.rulebook import setup_rules

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def in_english(client: Client) -> None:
    """Pages are asked for in English."""
    client.cookies["django_language"] = "en"


BANNER, BEGUN = "150422", date(2022, 1, 1)


def village(place: int, *, secretary: bool = True, both: bool = False, field: str = "village") -> Organisation:
    """A village of its own with its branch, nine full members and, where there is one, a secretary."""
    made = Organisation.objects.create()
    OrganisationState.objects.create(
        organisation=made, code=f"V{place}{field[:3]}", name=f"第{place}村党支部", kind="branch", field=field,
        unit=stage.unit(f"150422103{place:03d}").unit, path=stage.segment_of(made.pk), since=BEGUN,
    )  # fmt: skip
    people = [
        Member.objects.create(name=f"村{place}党员{one}", birth_year=1970, education="college") for one in range(9)
    ]
    Membership.objects.bulk_create(
        Membership(member=one, organisation=made, kind="full", since=BEGUN) for one in people
    )
    if secretary:
        Post.objects.create(organisation=made, kind="secretary", holder=people[0], village_head=both, since=BEGUN)
    return made


def counted(day: date | None = None) -> dict[str, int]:
    on = day or timezone.localdate()
    run = look_through(day=on, rules=setup_rules(on), actor=None, now=timezone.now())
    return dict(UnitCount.objects.get(run=run, unit=stage.unit(BANNER).unit).posts)


def page_of(client: Client, name: str, *args: Any) -> str:
    return client.get(reverse(name, args=[stage.unit(BANNER).unit_id, *args])).text


# ---- the one-hand ratio ----


def test_one_hand_is_of_villages_with_both_posts_filled_and_vacancies_stand_apart(client: Client) -> None:
    made = [village(place, secretary=place > 0, both=place > 2) for place in range(6)]
    stage.unit("150422103900")  # a village without any Party organisation
    village(1, both=True, field="nonpublic_enterprise")  # an enterprise in a village leads no village
    act = sheets_stage.act(date(2024, 1, 1))
    heads.note_head(act=act, organisation=made[5], vacant=True)
    heads.note_head(act=act, organisation=made[2], holder=Post.objects.get(organisation=made[2]).holder)
    found = counted()
    assert {key: found[key] for key in ("villages", "filled", "one_hand", "no_secretary", "no_head")} == {
        "villages": 7, "filled": 4, "one_hand": 3, "no_secretary": 2, "no_head": 1,
    }  # fmt: skip
    client.force_login(stage.mandated(BANNER))
    page = page_of(client, "posts")
    assert "75.0%" in page
    assert "3 of 4 villages and communities with both posts filled" in page
    for which, names in (("one_hand", (2, 3, 4)), ("two_hands", (1,)), ("no_head", (5,)), ("no_secretary", (0, 900))):
        listed = page_of(client, "posts_rows", which)
        assert [code for code in (0, 1, 2, 3, 4, 5, 900) if f">150422103{code:03d}<" in listed] == list(names), which
    assert "村3党员0" not in page_of(client, "posts_rows", "one_hand")


def test_who_heads_a_village_is_noted_with_its_days(client: Client) -> None:
    made = village(1, both=True)
    other = Membership.objects.filter(organisation=made)[1].member
    heads.note_head(act=sheets_stage.act(date(2024, 1, 1)), organisation=made, holder=other)
    assert counted(date(2023, 12, 31))["one_hand"] == 1
    assert "one_hand" not in counted(date(2024, 1, 1))
    with pytest.raises(NotPossible, match="enter a later day"):
        heads.note_head(act=sheets_stage.act(date(2023, 6, 1)), organisation=made, vacant=True)
    with pytest.raises(NotPossible, match="choose one"):
        heads.note_head(act=sheets_stage.act(date(2024, 6, 1)), organisation=made, vacant=True, holder=other)
    town = sheets_stage.town()
    with pytest.raises(NotPossible, match="leads no village"):
        heads.note_head(act=sheets_stage.act(date(2024, 6, 1)), organisation=town["W1"], vacant=True)
    client.force_login(stage.mandated("V1vil", "branch_secretary"))
    address = f"/organisation/{made.pk}/do/note-head/"
    said = client.post(address, {"who": "vacant", "on": "2025-01-01", "why": "辞职"}, follow=True).text
    assert "It is noted" in said
    assert VillageHead.objects.open().get().vacant
    assert VillageHead.objects.get(holder=other).until == date(2024, 12, 31)


# ---- terms ----


@pytest.mark.parametrize(("ends", "warned"), [
    (date(2027, 5, 24), True), (date(2027, 5, 25), False), (date(2026, 11, 24), True), (date(2026, 11, 23), False),
])  # fmt: skip
def test_a_term_is_warned_of_from_six_months_before_to_its_last_day(ends: date, warned: bool) -> None:
    made, today = village(1), date(2026, 11, 24)
    Term.objects.create(organisation=made, elected=BEGUN, ends=ends)
    assert terms_ending(Scope(today, whole=True), today).exists() is warned
    assert counted(today).get("ending", 0) == int(warned)


def test_a_term_that_a_newer_one_followed_is_not_warned_of() -> None:
    made, today = village(1), date(2026, 11, 24)
    Term.objects.create(organisation=made, elected=BEGUN, ends=date(2027, 1, 1))
    Term.objects.create(organisation=made, elected=date(2026, 11, 1), ends=date(2031, 11, 1))
    found = counted(today)
    assert (found["terms"], found.get("ending", 0)) == (1, 0)


def test_how_long_a_term_still_runs_is_said_in_whole_months() -> None:
    day = date(2026, 11, 24)
    assert left(day, date(2027, 4, 30)) == "5 months left"
    assert left(day, date(2026, 12, 24)) == "1 month left"
    assert left(day, date(2026, 12, 23)) == "less than a month left"


def test_the_branch_and_the_committee_above_it_are_told(client: Client) -> None:
    town, today = sheets_stage.town(), timezone.localdate()
    ends = months_later(today, 5)
    Term.objects.create(organisation=town["B1"], elected=BEGUN, ends=ends)
    for code in ("B1", "W1"):
        client.force_login(stage.mandated(code, "branch_secretary"))
        assert "Terms of office that end within 6 months" in client.get(reverse("today")).text, code
    committee = client.get(f"/organisation/{town['W1'].pk}/").text
    assert "The term of 1 affiliated organisation ends within 6 months" in committee
    listed = client.get(f"/terms/?organisation={town['W1'].pk}").text
    assert "东方红村党支部" in listed
    assert "5 months left" in listed
    branch = client.get(f"/organisation/{town['B1'].pk}/").text
    assert f"The term ends on {ends}, 5 months left" in branch


# ---- the page ----


def test_every_figure_has_both_numbers_a_day_and_its_rows(client: Client) -> None:
    made = [village(place) for place in range(3)]
    today = timezone.localdate()
    Term.objects.create(organisation=made[0], elected=BEGUN, ends=months_later(today, 1))
    Term.objects.create(organisation=made[1], elected=BEGUN, ends=months_later(today, -1))
    counted()
    client.force_login(stage.mandated(BANNER))
    file = client.get(reverse("posts", args=[stage.unit(BANNER).unit_id]) + "?format=csv").content.decode("utf-8-sig")
    assert f"Terms that end within 6 months,1,2,terms on record,{today}" in file
    assert f"Terms overdue,1,2,terms on record,{today}" in file
    assert f"Secretary vacant,0,3,organisations that must have one,{today}" in file
    assert f"Committee missing,3,3,branches that must have a committee,{today}" in file
    page = page_of(client, "posts")
    assert "第0村党支部" in page_of(client, "posts_rows", "ending")
    assert "flag=committee_missing#list" in page
    assert "practice" in page.lower() or "local schemes" in page


def test_before_the_first_look_through_the_page_says_what_will_stand_there(client: Client) -> None:
    client.force_login(stage.mandated(BANNER))
    assert "Nobody has looked yet" in page_of(client, "posts")


def test_of_one_to_four_persons_neither_age_nor_education_is_told(client: Client) -> None:
    for place in range(7):
        village(place)
    Member.objects.filter(posts__isnull=False).update(birth_year=2000)
    one = Post.objects.first()
    assert one is not None
    Member.objects.filter(pk=one.holder_id).update(birth_year=1960, education="junior")
    found = counted()
    assert (found["holders"], found["education:college"], found["education:junior"]) == (7, 6, 1)
    client.force_login(stage.mandated(BANNER))
    for table in ("ages", "education"):
        file = client.get(
            reverse("posts", args=[stage.unit(BANNER).unit_id]) + f"?format=csv&table={table}"
        ).content.decode("utf-8-sig")  # fmt: skip
        assert not [line for line in file.splitlines()[1:] if line.endswith((",1", ",6"))], "the other would tell it"


def test_somebody_with_two_posts_is_one_person(client: Client) -> None:
    made = village(1)
    holder = Post.objects.get(organisation=made).holder
    Post.objects.create(organisation=made, kind="organisation", holder=holder, since=BEGUN)
    assert counted()["holders"] == 1


def test_the_page_asks_as_little_for_many_villages_as_for_few(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for place in range(12):
        village(place, both=place % 2 == 0)
    counted()
    client.force_login(stage.mandated(BANNER))
    client.get(reverse("today"))  # once a minute a request also notes that the log-in is in use
    unit = stage.unit(BANNER).unit_id
    for address in (reverse("posts", args=[unit]), *(reverse("posts_rows", args=[unit, which])
                                                     for which in ("ending", "one_hand", "no_secretary"))):  # fmt: skip
        with django_assert_max_num_queries(14, info=address):
            assert client.get(address).status_code == 200


# ---- numbers of quarters ----


def test_a_secretary_enters_a_quarter_and_the_next_is_filled_in(client: Client) -> None:
    made = village(1)
    client.force_login(stage.mandated("V1vil", "branch_secretary"))
    page = client.get(reverse("branch_numbers", args=[made.pk]) + "?year=2025").text
    assert "No quarter of this year is on record" in page
    address = reverse("keep_numbers", args=[made.pk])
    figures = dict.fromkeys(("applicants", "activists", "prospects", "steps_due", "migrants", "reserve", "linked"), 2)
    wrong = client.post(f"{address}?quarter=2025-1", {**figures, "steps_done": 3, "reached": 1, "trained": 1})
    assert wrong.status_code == 422
    assert "more than the 2 of" in wrong.text
    told = client.post(f"{address}?quarter=2025-1", {**figures, "steps_done": 1, "reached": 1, "trained": 1},
                       follow=True).text  # fmt: skip
    assert "The numbers are on record" in told
    assert "later than usual" in told
    assert "Recorded once, used for: Admission of members by procedure" in told
    second = client.get(f"{address}?quarter=2025-2").text
    assert 'name="applicants" value="2"' in second
    assert 'name="steps_due" value' not in second
    for nothing in ("", "?quarter=2025-9", "?quarter=2099-1", "?quarter=2019-4"):
        assert client.get(address + nothing).status_code == 404
    assert reverse("branch_numbers", args=[made.pk]) in client.get(f"/organisation/{made.pk}/").text


@pytest.mark.parametrize(
    ("day", "shown"), [((2027, 1, 4), "2026-4"), ((2027, 2, 28), "2026-4"), ((2027, 3, 1), "2027-1")]
)
def test_the_page_opens_at_the_quarter_that_is_asked_for_now(
    client: Client, noon: Callable[[int, int, int], None], day: tuple[int, int, int], shown: str
) -> None:
    made = village(1)
    noon(*day)
    client.force_login(stage.mandated("V1vil", "branch_secretary"))
    offered = re.findall(r"\?quarter=(\d{4}-\d)", client.get(reverse("branch_numbers", args=[made.pk])).text)
    assert offered[-1] == shown


def test_the_numbers_of_a_committee_are_nobody_s(client: Client) -> None:
    town = sheets_stage.town()
    client.force_login(stage.mandated(sheets_stage.TOWNSHIP))
    assert client.get(reverse("branch_numbers", args=[town["W1"].pk])).status_code == 404
    assert client.get(reverse("branch_numbers", args=[town["B1"].pk])).status_code == 200
    assert client.get(reverse("keep_numbers", args=[town["B1"].pk]) + "?quarter=2026-1").status_code == 404


# ---- the record of an election ----


def test_the_record_shows_quorum_majority_half_and_open_seats_and_leads_on(client: Client) -> None:
    made = village(1)
    people = list(Membership.objects.filter(organisation=made).order_by("pk").values_list("member", flat=True))
    client.force_login(stage.mandated(BANNER))
    address = f"/organisation/{made.pk}/election/"

    def put(candidates: list[int], votes: list[int], query: str, **said: Any) -> str:
        told: dict[str, Any] = {"should_attend": 10, "present": 8, "issued": 8, "returned": 8, "void": 0, "seats": 3,
                                "document": "同意", "on": timezone.localdate(), "why": "x", **said}  # fmt: skip
        for one, number in zip(candidates, votes, strict=True):
            told |= {f"votes-{one}": number, f"post-{one}": "secretary" if one == people[0] else "member"}
        stood = "&".join(f"candidate={one}" for one in candidates)
        return client.post(f"{address}?{stood}{query}", told, follow=True).text

    page = put(people[:4], [8, 5, 4, 4], "")
    assert "≥ 8" in page, "four fifths of ten"
    assert "≥ 5" in page, "more than half of eight"
    assert "exactly half of those present is not enough" in page
    first = made.elections.get()
    again = f"{address}?first={first.pk}"
    assert again in page
    assert f'id="candidate-{people[0]}"' not in client.get(again).text, "who is elected stands no more"
    assert "1 seat is open." in client.get(again).text
    page = put(people[2:4], [6, 2], f"&first={first.pk}", seats=1)
    assert "every seat is filled" in page
    assert Post.objects.on(timezone.localdate()).filter(organisation=made).count() == 3
    assert client.get(again).status_code == 404
    assert client.get(f"{address}?kind=by").status_code == 404, "no seat is open"
    Post.objects.filter(holder=people[1]).update(until=date(2025, 1, 1), since=BEGUN)
    page = put(people[4:5], [7], "&kind=by", seats=1)
    assert "The by-election stands" in page
    assert f"The term still ends on {Term.objects.get().ends}" in page
