"""The pages of dues: the branch enters a month in one go and alone sees who paid; a calculator that keeps nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import stage
from baolei.dues import facts, overview
from baolei.dues.models import Agreement, Collection, Payment, Waiver
from baolei.ledger.models import Entry
from baolei.organisations.models import Member, Membership, OrganisationState
from baolei.people.models import Account
from baolei.programme.dues import number_of

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english", "autumn")]
OWN, OTHER, VILLAGE = "150422103216-001", "150422103216-002", "150422103216"
NAMES = ("王秀英", "李国强", "包玉兰", "赵青山", "陈小雨", "吴天明")


def peopled(code: str, names: tuple[str, ...]) -> OrganisationState:
    state = stage.branch(code, home=VILLAGE)
    for name in names:
        member = Member.objects.create(name=name)
        Membership.objects.create(member=member, organisation=state.organisation, kind="full", since=stage.LONG_AGO)
    return state


@pytest.fixture
def branch() -> OrganisationState:
    return peopled(OWN, NAMES)


@pytest.fixture
def secretary(branch: OrganisationState) -> Account:
    return stage.mandated(branch.code, "branch_secretary")


@pytest.fixture
def clerk(branch: OrganisationState) -> Account:
    return stage.mandated("150422103", "township_clerk")


def asked(account: Account | None, name: str, *args: Any, said: dict[str, Any] | None = None, query: str = "") -> Any:
    client = Client()
    if account:
        client.force_login(account)
    client.cookies["django_language"] = "en"
    address = reverse(name, args=args) + query
    return client.get(address) if said is None else client.post(address, said)


def one(name: str) -> int:
    return int(Member.objects.get(name=name).pk)


def this_month() -> str:
    return localdate().strftime("%Y-%m")


def sent(*names: str, **more: Any) -> dict[str, Any]:
    return {"key": "b" * 32, "through": this_month(), "day": localdate().isoformat(),
            "member": [one(name) for name in names], **more}  # fmt: skip


def january(branch: OrganisationState, secretary: Account, *names: str, key: str = "a" * 32) -> Collection:
    """What was paid in time for the January of this year."""
    day = date(localdate().year, 1, 9)
    made: Collection = Collection.objects.create(
        organisation=branch.organisation, key=key, day=day, first=number_of(day), last=number_of(day),
        in_time=number_of(day), people=len(names), entered=day, by=secretary,
    )  # fmt: skip
    Payment.objects.bulk_create(Payment(collection=made, member_id=one(name)) for name in names)
    return made


# ---- the branch ----


def test_a_whole_branch_is_entered_with_one_tap_and_stands_in_the_book(
    secretary: Account, branch: OrganisationState
) -> None:
    organisation = branch.organisation_id
    form = asked(secretary, "collect_dues", organisation).text
    assert form.count(" checked") == 6, "everybody is ticked"
    assert asked(secretary, "collect_dues", organisation, said=sent(*NAMES[:5])).status_code == 302
    assert (Collection.objects.get().people, Payment.objects.count()) == (5, 5)
    assert asked(secretary, "collect_dues", organisation, said=sent(*NAMES)).status_code == 302
    assert Collection.objects.count() == 1, "sent again under the same key"
    book = asked(secretary, "dues", organisation).text
    for words in ("Not yet paid through this month", "of 6 members", "1 month owed", "吴天明"):
        assert words in book
    later = asked(secretary, "collect_dues", organisation)
    assert later.text.count('name="member"') == 1
    assert "5 members owe nothing" in later.text


@pytest.mark.parametrize(("month", "ticked"), [(1, 1), (2, 6), (3, 6), (4, 5), (5, 0), (11, 0)])
def test_whoever_owes_more_than_is_usual_is_not_ticked_beforehand(
    secretary: Account, branch: OrganisationState, noon: Callable[[int, int, int], None], month: int, ticked: int
) -> None:
    noon(2026, month, 20)
    january(branch, secretary, *NAMES[:5])
    form = asked(secretary, "collect_dues", branch.organisation_id).text
    assert form.count(" checked") == ticked, "up to three months are usual"
    earlier = asked(secretary, "collect_dues", branch.organisation_id, query=f"?through={localdate().year}-01").text
    assert earlier.count('name="member"') == 1
    assert asked(secretary, "collect_dues", branch.organisation_id, query="?through=1999-01").status_code == 404


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"day": "昨天"}, "Enter the day as 2026-11-20"), ({"member": []}, "Tick whoever paid"),
        ({"day": "2099-01-01"}, "has not come yet"), ({"key": "7"}, "out of date"),
    ],
)  # fmt: skip
def test_what_cannot_be_comes_back_with_the_ticks(
    secretary: Account, branch: OrganisationState, more: dict[str, Any], words: str
) -> None:
    answer = asked(secretary, "collect_dues", branch.organisation_id, said=sent("王秀英", **more))
    assert answer.status_code == 422
    assert words in answer.text
    assert answer.text.count(" checked") == (0 if "member" in more else 1)
    assert not Collection.objects.exists()


def test_amounts_are_typed_for_all_and_only_what_changed_is_entered(
    secretary: Account, branch: OrganisationState
) -> None:
    organisation = branch.organisation_id
    said = {"since": this_month(), f"yuan-{one('王秀英')}": "0.2", f"yuan-{one('李国强')}": "15.50"}
    assert asked(secretary, "agree_dues", organisation, said=said).status_code == 302
    assert asked(secretary, "agree_dues", organisation, said=said).status_code == 302
    assert sorted(Agreement.objects.values_list("fen", flat=True)) == [20, 1550]
    assert "15.50" in asked(secretary, "dues", organisation).text
    wrong = {"since": "soon", f"yuan-{one('王秀英')}": "0.1", f"yuan-{one('李国强')}": "many"}
    answer = asked(secretary, "agree_dues", organisation, said=wrong)
    assert answer.status_code == 422
    for words in ("0.2 yuan a month is the least", "this is no amount", "Enter the month as 2026-11"):
        assert words in answer.text
    assert Agreement.objects.count() == 2


def test_a_collection_shows_who_is_on_it_and_one_of_them_is_struck(
    secretary: Account, branch: OrganisationState
) -> None:
    made = january(branch, secretary, *NAMES)
    assert "吴天明" in asked(secretary, "dues_collection", made.pk).text
    table = asked(secretary, "dues_collection", made.pk, query="?format=csv").content.decode("utf-8-sig")
    assert table.count("\r\n") == 7
    assert asked(secretary, "strike_dues", made.pk, said={"whose": one("吴天明"), "why": ""}).status_code == 422
    assert asked(secretary, "strike_dues", made.pk, said={"whose": one("吴天明"), "why": "点错了"}).status_code == 302
    assert Payment.objects.filter(struck_on=None).count() == 5
    assert "struck on" in asked(secretary, "dues_collection", made.pk).text
    assert asked(secretary, "strike_dues", made.pk, said={"whose": "", "why": "日期录错"}).status_code == 302
    assert "counts for nothing" in asked(secretary, "dues_collection", made.pk).text
    assert asked(secretary, "strike_dues", made.pk).status_code == 404


def test_the_book_is_taken_as_a_file_by_the_branch(secretary: Account, branch: OrganisationState) -> None:
    january(branch, secretary, *NAMES)
    for table, words in (("members", f"吴天明,{localdate().year}-01"), ("months", ",6,6"), ("collections", "-01,")):
        file = asked(secretary, "dues", branch.organisation_id, query=f"?format=csv&table={table}")
        assert words in file.content.decode("utf-8-sig"), table
    assert Entry.objects.filter(act="house.export").count() == 3


def test_a_book_of_any_size_takes_as_many_questions(secretary: Account, branch: OrganisationState) -> None:
    january(branch, secretary, *NAMES)
    numbers = []
    for more in ((), tuple("子丑寅卯辰巳午未申酉")):
        peopled(OWN, more)
        if more:
            january(branch, secretary, *more, key="c" * 32)
        for name in ("dues", "collect_dues", "agree_dues"):
            with CaptureQueriesContext(connection) as asked_of_it:
                assert asked(secretary, name, branch.organisation_id).status_code == 200
            numbers.append(len(asked_of_it))
    assert numbers[:3] == numbers[3:]


# ---- from above ----


def test_above_the_branch_nobody_sees_who_paid(secretary: Account, clerk: Account, branch: OrganisationState) -> None:
    made = january(branch, secretary, *NAMES[:5])
    page = asked(clerk, "dues", branch.organisation_id).text
    assert not any(name in page for name in NAMES)
    assert "never who paid what" in page
    file = asked(clerk, "dues", branch.organisation_id, query="?format=csv").content.decode("utf-8-sig")
    assert not any(name in file for name in NAMES)
    assert asked(clerk, "dues", branch.organisation_id, query="?format=csv&table=members").status_code == 404
    for name, number in (("collect_dues", branch.organisation_id), ("agree_dues", branch.organisation_id),
                         ("ask_waiver", branch.organisation_id), ("dues_collection", made.pk),
                         ("strike_dues", made.pk)):  # fmt: skip
        assert asked(clerk, name, number).status_code == 404, name
    stranger = stage.mandated(OTHER, "branch_secretary")
    for name, number in (("dues", branch.organisation_id), ("dues_collection", made.pk)):
        assert asked(stranger, name, number).status_code == 404


def test_places_of_fewer_than_five_are_not_shown_nor_one_they_follow_from(
    secretary: Account, clerk: Account, branch: OrganisationState
) -> None:
    small = peopled(OTHER, ("甲", "乙", "丙"))
    third = peopled("150422103216-003", tuple("子丑寅卯辰巳午"))
    january(branch, secretary, *NAMES[:5])
    for state, names in ((small, ("甲", "乙", "丙")), (third, tuple("子丑寅卯辰巳午"))):
        january(state, secretary, *names)
    village, township = stage.unit(VILLAGE).unit_id, stage.unit("150422103").unit_id
    rows = asked(clerk, "unit_dues", village, query="?format=csv").content.decode("utf-8-sig").splitlines()
    months = len(facts.over(localdate().year, localdate()).each)
    assert f"{third.name},1,1,7,{7 * months},7," in rows[3]
    assert f"{branch.name},1,1,6,{6 * months},5," in rows[1]
    assert rows[2].startswith(f"{small.name},1,1,,,,")
    assert f"Together,3,3,13,{13 * months},12," in rows[4], "the small one is in no sum it follows from"
    above = asked(clerk, "unit_dues", township, query="?format=csv").content.decode("utf-8-sig")
    assert f",13,{13 * months},12," in above
    assert "under five" in asked(clerk, "unit_dues", village).text
    alone = asked(clerk, "dues", small.organisation_id).text
    assert "nothing to show" in alone
    assert asked(clerk, "unit_dues", stage.unit("150521").unit_id).status_code == 404


sizes = st.lists(st.tuples(st.sampled_from(["A" * 5, "AAAAABBBBB", "AAAAACCCCC", "AAAAABBBBBDDDDD"]),
                           st.integers(0, 8)), max_size=9)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sizes)
def test_what_nodes_show_never_differs_by_fewer_than_five(branches: list[tuple[str, int]]) -> None:
    nodes = overview.pooled("AAAAA", [(path, [1, 1, people, people, people]) for path, people in branches])
    shown, waits = nodes["AAAAA"]
    assert shown[0] + waits[0] == len(branches), "no branch is lost"
    for path, (shown, waits) in nodes.items():
        below = sum(one[0][4] for other, one in nodes.items() if len(other) == len(path) + 5 and other.startswith(path))
        own = sum(people for place, people in branches if place == path and people >= 5)
        differs = shown[4] - below - own
        assert waits[4] < 5
        assert differs == 0 or differs >= 5


def test_a_committee_sees_its_branches_side_by_side(secretary: Account, branch: OrganisationState) -> None:
    committee = stage.branch("W1", home="150422103")
    OrganisationState.objects.filter(pk=committee.pk).update(kind="grassroots_committee", field="", name="机关党委")
    OrganisationState.objects.filter(pk=branch.pk).update(
        above=committee.organisation_id, path=committee.path + branch.path
    )
    january(branch, secretary, *NAMES)
    page = asked(stage.mandated("150422103", "township_clerk"), "dues", committee.organisation_id).text
    assert branch.name in page
    assert "with dues on record" in page


# ---- waivers ----


def test_a_waiver_goes_up_and_comes_back_decided(secretary: Account, clerk: Account, branch: OrganisationState) -> None:
    said = {"member": Membership.objects.get(member__name="陈小雨").pk, "first": this_month(), "last": this_month(),
            "applied": "2026-01-05", "studied": "2026-01-09"}  # fmt: skip
    assert asked(secretary, "ask_waiver", branch.organisation_id, said={**said, "first": "x"}).status_code == 422
    assert asked(secretary, "ask_waiver", branch.organisation_id, said=said).status_code == 302
    waiver = Waiver.objects.get()
    assert "陈小雨" in asked(clerk, "waivers").text
    assert "Withdraw" in asked(secretary, "waiver", waiver.pk).text
    assert "Approve" not in asked(secretary, "waiver", waiver.pk).text
    assert asked(secretary, "on_waiver", waiver.pk, "approve").status_code == 404
    assert asked(clerk, "on_waiver", waiver.pk, "refuse", said={"answer": "poor"}).status_code == 422
    assert asked(clerk, "on_waiver", waiver.pk, "approve", said={"document": "碧党〔2026〕3号"}).status_code == 302
    assert "No application waits" in asked(clerk, "waivers").text
    assert "碧党" in asked(clerk, "waivers", query="?which=all&format=csv").content.decode("utf-8-sig")
    assert "waived" in asked(secretary, "dues", branch.organisation_id).text
    stranger = stage.mandated("150422104", "township_clerk")
    assert asked(stranger, "waiver", waiver.pk).status_code == 404


# ---- the calculator ----


@pytest.mark.parametrize(
    ("kind", "base", "told"),
    [
        ("employed", "3000", "15.00"), ("employed", "3000.01", "30.00"), ("employed", "5,000", "50.00"),
        ("employed", "10000", "150.00"), ("retired", "5000.01", "50.00"), ("farmer", "", "0.20 – 1.00"),
        ("relief", "", "0.20"), ("relief", "anything", "0.20"),
    ],
)  # fmt: skip
def test_the_calculator_reckons_by_the_rules(kind: str, base: str, told: str) -> None:
    answer = asked(None, "dues_calculator", said={"kind": kind, "base": base})
    assert answer.status_code == 200
    assert f"{told} yuan" in answer.text


@pytest.mark.parametrize(
    ("kind", "base", "words"),
    [
        ("employed", "", "at most two places"), ("employed", "-5", "at most two places"),
        ("retired", "三千", "at most two places"), ("employed", "10000000", "a digit is too many"),
        ("king", "5", "king is not one of the available choices"),
    ],
)  # fmt: skip
def test_the_calculator_refuses_nonsense_in_clear_words(kind: str, base: str, words: str) -> None:
    answer = asked(None, "dues_calculator", said={"kind": kind, "base": base})
    assert answer.status_code == 422
    assert words in answer.text


def test_the_calculator_keeps_nothing(secretary: Account, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    before = Entry.objects.count()
    client = Client()
    client.force_login(secretary)
    answer = client.post(reverse("dues_calculator"), {"kind": "employed", "base": "7654.32"})
    assert "114.81" in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert Entry.objects.count() == before
    kept = Session.objects.get().get_decoded()
    assert {name for name in kept if not name.startswith("_auth")} == {"began", "seen"}
    assert "7654" not in str(kept)
    assert "7654" not in caplog.text
    assert "7654" not in str(answer.cookies)
    assert not {Agreement.objects.exists(), Collection.objects.exists()} - {False}
    asked_in_address = client.get(reverse("dues_calculator"), {"kind": "employed", "base": "7654.32"})
    assert "114.81" not in asked_in_address.text, "nothing is reckoned from an address, which would be kept"
