"""Rosters on their way in: matched by name and branch, settled by somebody, entered whole or not at all."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

import stage
from baolei.ledger.models import Entry
from baolei.organisations.models import Member, Membership, OrganisationState, Post
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.training import actions, coverage, rosters
from baolei.training.actions import Held
from baolei.training.models import Attendance, Roster, RosterLine, TrainingClass
from baolei.training.rosters import Said
from sheets_stage import workbook

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english", "autumn")]
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
BANNER, VILLAGE, AWAY = "150422", "150422103216", "150521100200"
DAY, OLD = date(2026, 10, 16), date(2015, 1, 1)
HEADS = ["姓名", "所在党支部", "入党日期"]


def branch(code: str, name: str, home: str = VILLAGE) -> OrganisationState:
    state = stage.branch(code, home=home)
    OrganisationState.objects.filter(pk=state.pk).update(name=name)
    state.refresh_from_db()
    return state


def joined(state: OrganisationState, name: str, on: date | None = None) -> Member:
    member = Member.objects.create(name=name, joined=on)
    Membership.objects.create(member=member, organisation=state.organisation, kind="full", since=OLD)
    return member


@pytest.fixture
def town() -> dict[str, Member]:
    """Two branches in the banner, with two 王芳 in the first; one far away, with a 包玉兰 of its own."""
    east, west = branch("E-1", "东方红村党支部"), branch("W-1", "北沟村党支部")
    far = branch("F-1", "远方党支部", AWAY)
    found = {
        "包": joined(east, "包玉兰"), "王大": joined(east, "王芳", date(1999, 7, 1)),
        "王小": joined(east, "王芳", date(2019, 7, 1)), "赵": joined(west, "赵青山"), "远": joined(far, "包玉兰"),
    }  # fmt: skip
    Post.objects.create(organisation=west.organisation, kind="secretary", holder=found["赵"], since=OLD)
    return found


@pytest.fixture
def clerk() -> Account:
    return stage.mandated(BANNER, "banner_clerk")


@pytest.fixture
def held(clerk: Account) -> TrainingClass:
    said = Held("党组织书记轮训班", DAY - timedelta(days=2), DAY, 24, "banner", "secretaries", True, True)
    return actions.record_class(actor=clerk, now=NOW, host=stage.unit(BANNER), key="a" * 32, held=said)


def send(clerk: Account, held: TrainingClass, *rows: tuple[Any, ...]) -> Roster:
    said = [Said(number, *row) for number, row in enumerate(rows, 2)]
    return rosters.send(actor=clerk, now=NOW, held=held, name="名单.xlsx", digest="0" * 64, rows=said)


def stands(roster: Roster) -> dict[int, tuple[int | None, str]]:
    return {one.number: (one.member_id, one.left_out) for one in roster.lines.all()}


def test_who_is_sure_is_found_by_name_and_branch_or_its_code(
    clerk: Account, held: TrainingClass, town: dict[str, Member]
) -> None:
    roster = send(clerk, held, ("包玉兰", "东方红村党支部"), ("赵青山", "W-1"), ("王芳", "E-1", date(2019, 7, 1)))
    assert stands(roster) == {2: (town["包"].pk, ""), 3: (town["赵"].pk, ""), 4: (town["王小"].pk, "")}
    assert not Attendance.objects.exists(), "nothing is entered before somebody says so"
    assert rosters.enter(actor=clerk, now=NOW, roster=roster) == 3
    assert dict(Attendance.objects.values_list("member__name", "role")) == {
        "包玉兰": "member", "赵青山": "secretary", "王芳": "member"}  # fmt: skip
    assert not Roster.objects.exists()
    assert not RosterLine.objects.exists()
    told = Entry.objects.get(act="training.enter_roster").particulars["after"]
    assert (told["people_entered"], told["rows_left_out"]) == (3, 0)


def test_doubles_and_strangers_are_settled_by_somebody(
    clerk: Account, held: TrainingClass, town: dict[str, Member]
) -> None:
    roster = send(clerk, held, ("王芳", "E-1"), ("包玉兰", "北沟村党支部"), ("李四", "E-1"), ("包玉兰", "F-1"))
    assert stands(roster) == dict.fromkeys((2, 3, 4, 5), (None, ""))
    scope = actions.writing_scope(clerk, date(2026, 11, 20))
    named = rosters.candidates(roster.lines.all(), DAY, scope)
    assert {number: (why, [one.member for one in who]) for number, (why, who) in named.items()} == {
        2: ("several", [town["王大"].pk, town["王小"].pk]), 3: ("nobody", [town["包"].pk]), 4: ("nobody", []),
        5: ("nobody", [town["包"].pk]),
    }, "whoever is out of reach is as if not there"  # fmt: skip
    with pytest.raises(NotPossible, match="rows that nobody has settled yet: 2, 3, 4, 5"):
        rosters.enter(actor=clerk, now=NOW, roster=roster)
    said = {2: (town["王大"].pk, ""), 3: (town["包"].pk, ""), 4: (None, "unknown")}
    assert rosters.settle(actor=clerk, now=NOW, roster=roster, said=said) == 1
    for wrong in ((town["远"].pk, ""), (None, "gossip")):
        with pytest.raises(NotPossible, match="row 5: choose one of those offered"):
            rosters.settle(actor=clerk, now=NOW, roster=roster, said={5: wrong})
    with pytest.raises(NotPossible, match="row 5: row 3 means the same person"):
        rosters.settle(actor=clerk, now=NOW, roster=roster, said={5: (town["包"].pk, "")})
    rosters.settle(actor=clerk, now=NOW, roster=roster, said={5: (None, "elsewhere")})
    assert rosters.enter(actor=clerk, now=NOW, roster=roster) == 2


def test_one_who_stands_there_twice_is_left_out_by_itself(
    clerk: Account, held: TrainingClass, town: dict[str, Member]
) -> None:
    rosters.enter(actor=clerk, now=NOW, roster=send(clerk, held, ("赵青山", "W-1")))
    again = send(clerk, held, ("赵青山", "W-1"), ("包玉兰", "E-1"), ("包玉兰", "E-1"))
    assert stands(again) == {2: (None, "twice"), 3: (town["包"].pk, ""), 4: (None, "twice")}
    assert rosters.enter(actor=clerk, now=NOW, roster=again) == 1
    assert Attendance.objects.count() == 2


def test_a_day_of_joining_that_differs_is_nobody_known(
    clerk: Account, held: TrainingClass, town: dict[str, Member]
) -> None:
    roster = send(clerk, held, ("王芳", "E-1", date(2005, 7, 1)), ("包玉兰", "E-1", date(2005, 7, 1)))
    assert stands(roster) == {2: (None, ""), 3: (town["包"].pk, "")}, "whose day is not on record may be the one"


def test_one_roster_waits_at_a_time_and_may_be_put_away(
    clerk: Account, held: TrainingClass, town: dict[str, Member]
) -> None:
    roster = send(clerk, held, ("赵青山", "W-1"))
    with pytest.raises(NotPossible, match="waits already"):
        send(clerk, held, ("包玉兰", "E-1"))
    rosters.put_away(actor=clerk, now=NOW, roster=roster)
    assert not RosterLine.objects.exists()
    with pytest.raises(NotPossible, match="1 to 5000 rows"):
        send(clerk, held)


def test_what_nobody_settles_is_forgotten_after_thirty_days(
    clerk: Account, held: TrainingClass, town: dict[str, Member]
) -> None:
    send(clerk, held, ("赵青山", "W-1"))
    assert rosters.forget(NOW + timedelta(days=30)) == 0
    assert rosters.forget(NOW + timedelta(days=31)) == 1
    assert not RosterLine.objects.exists()


def test_matching_takes_few_questions_however_long_the_roster(
    clerk: Account, held: TrainingClass, town: dict[str, Member], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(22):
        send(clerk, held, *(("包玉兰", "E-1"), ("王芳", "E-1"), ("李四", "X")) * 40)


# ---- by the pages ----


def asked(account: Account, address: str, sent: dict[str, Any] | None = None) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.get(address) if sent is None else client.post(address, sent)


def posted(body: bytes) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("名单.xlsx", body)}


def test_a_workbook_is_sent_settled_and_entered(clerk: Account, held: TrainingClass, town: dict[str, Member]) -> None:
    address = {name: reverse(name, args=[held.pk]) for name in (
        "training_class", "upload_roster", "roster", "enter_roster", "put_roster_away")}  # fmt: skip
    assert "Nobody is on the roster yet" in asked(clerk, address["training_class"]).text
    title = ["2026年轮训班名单", None, None]
    body = workbook([title, HEADS, ["赵 青山", "北沟村党支部", None], ["王芳", "E-1", None], ["李四", "E-1", None]])
    assert asked(clerk, address["upload_roster"], posted(body))["Location"] == address["roster"]
    page = asked(clerk, address["roster"]).text
    for words in ("several of this name", "nobody of this name in that branch", "joined in 1999", "leave out: did not"):
        assert words in page
    assert "Enter the roster" not in page
    assert "5,李四,E-1,,To be settled" in asked(clerk, address["roster"] + "?format=csv").content.decode("utf-8-sig")
    assert "waits: nothing of it is entered" in asked(clerk, address["training_class"]).text
    wrong = asked(clerk, address["roster"], {"row-4": f"member:{town['远'].pk}"})
    assert (wrong.status_code, "row 4: choose one of those offered" in wrong.text) == (422, True)
    asked(clerk, address["roster"], {"row-4": f"member:{town['王小'].pk}", "row-5": "out:no_member", "row-3": ""})
    assert "Enter the roster" in asked(clerk, address["roster"]).text
    assert "赵青山" in asked(clerk, address["roster"] + "?which=all").text
    assert asked(clerk, address["enter_roster"], {}).status_code == 302
    page = asked(clerk, address["training_class"]).text
    assert "赵青山" in page
    assert "secretary" in page
    csv = asked(clerk, address["training_class"] + "?format=csv").content.decode("utf-8-sig")
    assert "王芳,东方红村党支部,member" in csv
    for gone in ("roster", "enter_roster", "put_roster_away"):
        sent = None if gone == "roster" else {}
        assert asked(clerk, address[gone], sent).status_code == 404


def test_a_wrong_cell_is_named_and_nothing_is_kept(
    clerk: Account, held: TrainingClass, town: dict[str, Member]
) -> None:
    address = reverse("upload_roster", args=[held.pk])
    body = workbook([HEADS, ["赵青山", "W-1", None], ["", "E-1", None], ["王芳", "E-1", "九九年"]])
    answer = asked(clerk, address, posted(body))
    assert answer.status_code == 422
    assert "2 cells are wrong" in answer.text
    for words in ("Name is missing", "Joined the Party", "is no day"):
        assert words in answer.text
    assert not Roster.objects.exists()
    assert "Branch" in asked(clerk, address, posted(workbook([["姓名", "年龄"], ["王芳", 4]]))).text
    for bad in (b"PK\x03\x04 not a workbook", b"", b"\x00\x01\x02"):
        assert asked(clerk, address, posted(bad)).status_code == 422
    assert not Roster.objects.exists()


def test_the_template_is_filled_and_taken(clerk: Account, held: TrainingClass, town: dict[str, Member]) -> None:
    file = asked(clerk, reverse("roster_template")).content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
    assert rows[0][:3] == ["姓名*", "所在党支部*", "入党日期"]
    answer = asked(clerk, reverse("upload_roster", args=[held.pk]), posted(file))
    assert "a roster has 1 to 5000 rows" in answer.text


def test_names_are_pasted_as_lines(clerk: Account, held: TrainingClass, town: dict[str, Member]) -> None:
    address = reverse("paste_roster", args=[held.pk])
    wrong = asked(clerk, address, {"lines": "包玉兰\n赵青山 W-1"})
    assert (wrong.status_code, "Line 1: write a name" in wrong.text) == (422, True)
    assert asked(clerk, address, {"lines": "包玉兰\t东方红村党支部\n\n赵青山 W-1\n"}).status_code == 302
    assert {one for one, _why in stands(Roster.objects.get()).values()} == {town["包"].pk, town["赵"].pk}
    assert asked(clerk, reverse("put_roster_away", args=[held.pk]), {}).status_code == 302
    assert not Roster.objects.exists()


def test_a_class_is_recorded_seen_and_struck_on_its_pages(clerk: Account, town: dict[str, Member]) -> None:
    unit = stage.unit(BANNER).unit_id
    form, year = reverse("record_class_of_unit", args=[unit]), reverse("training_of_unit", args=[unit])
    assert "No class is on record" in asked(clerk, year).text
    sent = {"title": "书记轮训班", "first": "2026-03-02", "last": "2026-03-04", "hours": "24", "level": "banner",
            "audience": "secretaries", "rotation": "on", "concentrated": "on", "key": "b" * 32}  # fmt: skip
    assert asked(clerk, form).status_code == 200
    assert "its days hold 24 at most" in asked(clerk, form, sent | {"hours": "25"}).text
    answer = asked(clerk, form, sent)
    assert asked(clerk, form, sent)["Location"] == answer["Location"]
    made = TrainingClass.objects.get()
    assert (made.hours, made.rotation, made.whole) == (24, True, False)
    actions.enter(made, {town["赵"].pk: Membership.objects.get(member=town["赵"]).organisation_id})
    coverage.count(year=2026, today=date(2026, 11, 20))
    page = asked(clerk, year).text
    assert "书记轮训班" in page
    assert "too few to show" in page
    assert "书记轮训班" in asked(clerk, f"{year}?format=csv&table=classes").content.decode("utf-8-sig")
    seat = reverse("strike_attendance", args=[Attendance.objects.get().pk])
    assert "赵青山" in asked(clerk, seat).text
    assert asked(clerk, seat, {"why": "没有参加"}).status_code == 302
    strike = reverse("strike_class", args=[made.pk])
    assert asked(clerk, strike, {"why": "录错"}).status_code == 302
    assert "it counts for nothing" in asked(clerk, reverse("training_class", args=[made.pk])).text
    assert asked(clerk, strike).status_code == 404


def test_a_branch_sees_its_people_and_who_stands_above_it_does_not(clerk: Account, town: dict[str, Member]) -> None:
    state = OrganisationState.objects.get(code="E-1")
    secretary = stage.mandated("E-1", "branch_secretary")
    page, form = (
        reverse("training", args=[state.organisation_id]),
        reverse("record_class", args=[state.organisation_id]),
    )
    sent = {"title": "学习全会精神", "first": "2026-03-02", "last": "2026-03-02", "hours": "4", "key": "c" * 32,
            "absent": [town["包"].pk]}  # fmt: skip
    assert "Tap whoever was not there" in asked(secretary, form).text
    assert asked(secretary, form, sent).status_code == 302
    made = TrainingClass.objects.get()
    assert (made.level, made.audience, made.present) == ("branch", "members", 2)
    coverage.count(year=2026, today=date(2026, 11, 20))
    own, above = asked(secretary, page).text, asked(clerk, page).text
    for words in ("Our own people", "包玉兰", "not yet"):
        assert words in own
        assert words not in above
    assert "too few to show" in above
    assert "0 / 3" in own
    csv = asked(secretary, f"{page}?format=csv&table=people").content.decode("utf-8-sig")
    assert "包玉兰,member,0," in csv
    assert asked(clerk, f"{page}?format=csv&table=people").status_code == 404
    seen = reverse("training_class", args=[made.pk])
    assert "包玉兰" in asked(secretary, seen).text
    assert "包玉兰" not in asked(clerk, seen).text
    assert asked(clerk, form).status_code == 404
    assert asked(secretary, reverse("upload_roster", args=[made.pk])).status_code == 404, "it takes no roster"


def test_of_a_class_above_a_branch_sees_its_own_people(
    clerk: Account, held: TrainingClass, town: dict[str, Member]
) -> None:
    rosters.enter(actor=clerk, now=NOW, roster=send(clerk, held, ("赵青山", "W-1"), ("包玉兰", "E-1")))
    secretary = stage.mandated("W-1", "branch_secretary")
    state = OrganisationState.objects.get(code="W-1")
    assert held.title in asked(secretary, reverse("training", args=[state.organisation_id])).text
    page = asked(secretary, reverse("training_class", args=[held.pk])).text
    assert "赵青山" in page
    assert "包玉兰" not in page
    assert "Strike" not in page
    for name in ("strike_class", "upload_roster"):
        assert asked(secretary, reverse(name, args=[held.pk])).status_code == 404
    far = stage.mandated("F-1", "branch_secretary")
    assert asked(far, reverse("training_class", args=[held.pk])).status_code == 404


def test_a_list_of_classes_takes_as_many_questions_for_many(
    clerk: Account, town: dict[str, Member], django_assert_max_num_queries: Any
) -> None:
    unit = stage.unit(BANNER)
    said = Held("班", DAY, DAY, 8, "banner", "members")
    for number in range(15):
        actions.record_class(actor=clerk, now=NOW, host=unit, key=f"{number:032x}", held=said)
    client = Client()
    client.force_login(clerk)
    with django_assert_max_num_queries(22):
        client.get(reverse("training_of_unit", args=[unit.unit_id]))
