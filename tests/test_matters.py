"""Matters are reported once, go where they belong, and end by the asker's word, a sampled call-back, or unconfirmed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

import matters_stage as matters
import stage
from baolei.ledger.models import Entry
from baolei.ledger.verify import verify
from baolei.matters import actions, asking, calling, contacts, doors, grids, handling, nightly
from baolei.matters.grids import Laid
from baolei.matters.models import Call, Draw, GridCode, Holding, Matter, Night, Step, Tally, Worker
from baolei.matters.walk import Doing, step
from baolei.organisations.units import NotPossible
from baolei.programme.refusals import Refusal
from baolei.warehouse.rulebook import matters as matter_rules
from matters_stage import DAY, MONDAY, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.stores]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def of() -> Cast:
    return matters.cast()


def fixed(of: Cast, now: Any = MONDAY, **more: Any) -> tuple[Matter, str]:
    """A matter that the community says is done."""
    matter, receipt = matters.reported(of, now=now, **more)
    handling.take(actor=of.worker, now=now, matter=matter)
    return handling.fix(actor=of.worker, now=now, matter=matter, note="换了灯泡"), receipt


# ---- reported ----


def test_a_report_sent_twice_is_one_matter_with_one_receipt_and_the_store_leads_to_neither(of: Cast) -> None:
    matter, receipt = matters.reported(of, name="王秀英", contact="13912345678")
    again, same = matters.reported(of, name="王秀英", contact="13912345678")
    assert (again.pk, same) == (matter.pk, receipt)
    assert Matter.objects.count() == 1
    kept = Matter.objects.values().get().values()
    assert not any(receipt in str(one) or "王秀英" in str(one) or "13912345678" in str(one) for one in kept)
    assert actions.of_receipt(receipt.upper().replace("-", " ")).pk == matter.pk
    other, code = matters.reported(of, key="b", name="王秀英", contact="13912345678")
    assert other.contact != matter.contact, "the same contact is never sealed alike"
    assert code != receipt
    with pytest.raises(NotPossible, match="no matter has this code"):
        actions.of_receipt(receipt[:-1])


def test_it_lies_first_where_its_kind_says(of: Cast) -> None:
    request, _receipt = matters.reported(of)
    hazard, _receipt = matters.reported(of, key="b", kind="hazard")
    assert (request.holder_id, request.level, request.due) == (of.unit.unit_id, 5, date(2026, 3, 4))
    assert (hazard.holder_id, hazard.level, hazard.due) == (stage.unit(matters.TOWN).unit_id, 4, date(2026, 3, 3))


@pytest.mark.parametrize(("more", "says"), [
    ({"words": "请打13912345678"}, "a mobile number"),
    ({"words": " "}, "nothing is said"),
    ({"kind": "gossip"}, "choose a kind"), ({"landmark": 77}, "choose a landmark"),
    ({"contact": "11010519491231002X"}, "an identity number is not asked for"),
    ({"name": "长" * 101}, "100 characters"),
])  # fmt: skip
def test_what_may_not_be_kept_is_refused(of: Cast, more: dict[str, Any], says: str) -> None:
    with pytest.raises(Refusal, match=says):
        matters.reported(of, **more)
    assert not Matter.objects.exists()


def test_who_reports_a_grid_and_how_many_an_hour(of: Cast) -> None:
    given: dict[str, Any] = {"now": MONDAY, "grid": of.grid, "said": matters.said()}
    assert actions.report(**given, channel=Matter.WORKER, key="1", actor=of.worker)[0].by == of.worker
    assert actions.report(**given, channel=Matter.DESK, key="2", actor=of.township)[0].by == of.township
    for channel, actor in ((Matter.WORKER, of.far), (Matter.DESK, None), (Matter.RESIDENT, of.worker)):
        with pytest.raises(NotPossible):
            actions.report(**given, channel=channel, key="3", actor=actor)
    for number in range(matter_rules().number("per_hour")):
        matters.reported(of, key=f"many {number}")
    with pytest.raises(NotPossible, match="try again in an hour"):
        matters.reported(of, key="one more")
    assert actions.report(**given, channel=Matter.WORKER, key="4", actor=of.worker)
    matters.reported(of, key="later", now=MONDAY + timedelta(hours=1))


def test_what_may_be_the_same_is_suggested_of_the_same_grid_and_kind_only(of: Cast) -> None:
    first, _receipt = matters.reported(of)
    second, _receipt = matters.reported(of, key="b", words="三号楼前路灯不亮，看不清路")
    matters.reported(of, key="c", kind="dispute", words="三号楼前路灯不亮，看不清路")
    assert [one.pk for one, _percent in actions.alike(second)] == [first.pk]


# ---- handled ----


def test_who_does_not_hold_it_does_nothing_with_it(of: Cast) -> None:
    matter, _receipt = matters.reported(of)
    for actor in (of.township, of.far):
        with pytest.raises(Refusal):
            handling.take(actor=actor, now=MONDAY, matter=matter)
    assert doors.matters(doors.scope(of.far, MONDAY.date())).count() == 0
    assert doors.matters(doors.scope(of.township, MONDAY.date())).count() == 1


def test_a_note_that_names_the_asker_is_refused(of: Cast) -> None:
    matter, _receipt = matters.reported(of, name="王秀英", contact="三号楼")
    handling.take(actor=of.worker, now=MONDAY, matter=matter)
    for words in ("找王秀英问过", "去了三号楼", "13912345678"):
        with pytest.raises(Refusal):
            handling.fix(actor=of.worker, now=MONDAY, matter=matter, note=words)
    assert contacts.look_up(actor=of.worker, now=MONDAY, matter=matter) == ("王秀英", "三号楼")
    assert Entry.objects.order_by("-number")[0].act == "matters.look_up"
    with pytest.raises(NotPossible):
        contacts.look_up(actor=of.township, now=MONDAY, matter=matter)


def test_what_nobody_takes_in_hand_is_passed_on_by_the_clock_as_a_person_would(of: Cast) -> None:
    matters.reported(of)
    by_hand, _receipt = matters.reported(of, key="b")
    handling.escalate(actor=of.worker, now=MONDAY + 3 * DAY, matter=by_hand, note="社区办不了")
    assert nightly.pass_due(now=MONDAY + 2 * DAY) == 0, "its last day is not over"
    assert nightly.pass_due(now=MONDAY + 3 * DAY) == 1
    rows = Matter.objects.order_by("pk").values_list("state", "holder", "level", "due", "ends", "handler")
    assert rows[0] == rows[1]
    steps = list(Step.objects.order_by("matter").values_list("act", "before", "after", "unit", "due", "by"))
    assert steps[0][:-1] == steps[1][:-1]
    assert [one[-1] for one in steps] == [None, of.worker.pk]
    nightly.pass_due(now=MONDAY + 10 * DAY)
    assert nightly.pass_due(now=MONDAY + 30 * DAY) == 0, "at the top of its kind it stays, and is late"
    assert set(Matter.objects.values_list("level", flat=True)) == {3}
    assert all(one.late(date(2026, 4, 1)) for one in Matter.objects.all())


def test_many_are_led_at_once_as_one_after_the_other(of: Cast) -> None:
    matters.reported(of)
    waits, _receipt = matters.reported(of, key="b")
    handling.take(actor=of.worker, now=MONDAY, matter=waits)
    handling.pause(actor=of.worker, now=MONDAY, matter=waits, waits="season", note="等开春")
    fixed(of, key="c")
    asking.say(now=MONDAY, receipt=fixed(of, key="d")[1], act="confirm")
    later = MONDAY + 60 * DAY
    told = []
    for size in (nightly.AT_ONCE, 1):
        with transaction.atomic(), pytest.MonkeyPatch.context() as here:
            here.setattr(nightly, "AT_ONCE", size)
            assert nightly.pass_due(now=later) == 4
            assert verify().faults == ()
            told.append(
                (
                    list(Matter.objects.order_by("pk").values()),
                    list(Step.objects.order_by("matter", "pk").values_list("matter", "act", "after", "due", "ends")),
                    sorted(Entry.objects.values_list("act", "subject", "path", "particulars__after__standing")),
                )
            )
            transaction.set_rollback(True)
    assert told[0] == told[1]
    assert {one["state"] for one in told[0][0]} == {"lying", "taken", "unconfirmed", "asked"}
    for one in Matter.objects.order_by("pk"):
        by_one = nightly._move(one, doors.places(one.unit_id, later.date()))
        assert by_one
        step(one, by_one.act, Doing(None, later, by_one.who), to=by_one.to)
    assert list(Matter.objects.order_by("pk").values()) == told[0][0]


def test_both_clocks_stand_while_it_is_paused(of: Cast) -> None:
    matter, _receipt = matters.reported(of)
    handling.take(actor=of.worker, now=MONDAY, matter=matter)
    due, ends = Matter.objects.values_list("due", "ends").get()
    handling.pause(actor=of.worker, now=MONDAY + DAY, matter=matter, waits="season", note="等开春")
    handling.resume(actor=of.worker, now=MONDAY + 8 * DAY, matter=matter)
    after = Matter.objects.values_list("due", "ends").get()
    assert after == (due + 7 * DAY, ends + 8 * DAY), "a week later in working days: the last of it falls on a holiday"
    handling.pause(actor=of.worker, now=MONDAY + 8 * DAY, matter=matter, waits="season", note="等开春")
    assert nightly.pass_due(now=MONDAY + 60 * DAY) == 1, "a pause ends of itself"
    assert Matter.objects.get().state == "taken"


def test_a_merged_matter_keeps_no_contact_and_a_part_never_had_an_asker(of: Cast) -> None:
    first, _receipt = matters.reported(of)
    second, receipt = matters.reported(of, key="b", name="王秀英")
    merged = handling.merge(actor=of.worker, now=MONDAY, matter=second, into=first)
    assert (merged.state, merged.contact, merged.merged_into_id) == ("merged", "", first.pk)
    assert actions.of_receipt(receipt).pk == second.pk
    part = handling.split(actor=of.worker, now=MONDAY, matter=first, words="路面也要补", kind="hazard")
    assert (part.part_of_id, part.code, part.contact, part.by_id, part.holder_id) == (
        first.pk, None, "", None, first.holder_id,
    )  # fmt: skip
    with transaction.atomic(), pytest.raises(IntegrityError):
        Matter.objects.filter(pk=part.pk).update(contact="x")
    third, _receipt = matters.reported(of, key="c", kind="dispute")
    with pytest.raises(NotPossible, match="same grid and kind"):
        handling.merge(actor=of.worker, now=MONDAY, matter=third, into=first)


# ---- ended ----


def test_the_asker_says_that_it_is_fixed_and_how_content_once(of: Cast) -> None:
    matter, receipt = fixed(of)
    with pytest.raises(NotPossible, match="when the matter has been closed"):
        asking.rate(now=MONDAY, receipt=receipt, satisfaction=5)
    mine = asking.say(now=MONDAY, receipt=receipt, act="confirm")
    assert (mine.state, mine.ending, mine.closed_on, mine.due) == (
        "confirmed", "confirmed", MONDAY.date(), date(2026, 3, 30),
    )  # fmt: skip
    assert asking.rate(now=MONDAY, receipt=receipt, satisfaction=4).satisfaction == 4
    with pytest.raises(NotPossible, match="asked once"):
        asking.rate(now=MONDAY, receipt=receipt, satisfaction=1)
    with pytest.raises(Refusal):
        asking.say(now=MONDAY, receipt=receipt, act="fix")
    nightly.pass_due(now=MONDAY + 29 * DAY)
    assert asking.say(now=MONDAY + 29 * DAY, receipt=receipt, act="reopen", words="又坏了").state == "lying"
    mine = Matter.objects.get(pk=matter.pk)
    assert (mine.ending, mine.closed_on, mine.reopened, mine.satisfaction) == ("", None, 1, 4)


def test_closed_though_not_fixed_says_why_and_is_a_state_of_its_own(of: Cast) -> None:
    matter, receipt = matters.reported(of)
    mine = handling.leave_unfixed(actor=of.worker, now=MONDAY, matter=matter, why="means", note="要等管网改造")
    assert (mine.state, mine.ending, mine.unfixed) == ("not_fixed", "not_fixed", "means")
    assert asking.ways(mine) == ["reopen"]
    nightly.pass_due(now=MONDAY + 29 * DAY)
    nightly.pass_due(now=MONDAY + 60 * DAY)
    mine.refresh_from_db()
    assert (mine.state, mine.ending) == ("over", "not_fixed")
    assert actions.of_receipt(receipt).unfixed == "means"


def test_of_what_nobody_confirmed_a_sample_is_called_back_by_somebody_else(of: Cast) -> None:
    many = [fixed(of, key=str(number), name="王秀英")[0] for number in range(12)]
    fixed(of, key="no contact")
    nightly.pass_due(now=MONDAY + 8 * DAY)
    assert set(Matter.objects.values_list("state", flat=True)) == {"unconfirmed"}
    assert calling.draw_all(now=MONDAY + 14 * DAY) == 2
    assert calling.draw_all(now=MONDAY + 15 * DAY) == 0, "once a week"
    draw = Draw.objects.get()
    assert (len(draw.numbers), draw.without, draw.unit_id) == (12, 1, stage.unit(matters.TOWN).unit_id)
    assert set(draw.numbers) == {one.pk for one in many}
    assert calling.proved(draw)
    first, second = Call.objects.order_by("pk")
    with pytest.raises(Refusal):
        calling.call(actor=of.worker, now=MONDAY + 15 * DAY, call=first, outcome="yes")
    assert calling.call(actor=of.township, now=MONDAY + 15 * DAY, call=first, outcome="yes").state == "called"
    mine = calling.call(actor=of.second, now=MONDAY + 15 * DAY, call=second, outcome="no")
    assert (mine.state, mine.reopened) == ("lying", 1)
    with pytest.raises(NotPossible, match="was entered on"):
        calling.call(actor=of.second, now=MONDAY + 15 * DAY, call=second, outcome="yes")
    draw.numbers = draw.numbers[:-1]
    assert not calling.proved(draw)


# ---- by night ----


def test_the_night_counts_each_ending_apart_and_does_its_work_once_a_day(of: Cast) -> None:
    _matter, receipt = fixed(of)
    asking.say(now=MONDAY, receipt=receipt, act="confirm")
    asking.rate(now=MONDAY, receipt=receipt, satisfaction=5)
    fixed(of, key="b")
    third, _receipt = matters.reported(of, key="c")
    handling.leave_unfixed(actor=of.worker, now=MONDAY, matter=third, why="means", note="条件不具备")
    nightly.run_clock(now=MONDAY + 9 * DAY)
    counted = Tally.objects.order_by("path")
    assert {one.reported for one in counted} == {3}, "counted for every unit above as well"
    assert [len(one.path) for one in counted] == [5, 10, 15, 20, 25]
    one = counted[4]
    assert (one.reported, one.confirmed, one.called, one.unconfirmed, one.not_fixed) == (3, 1, 0, 1, 1)
    assert (one.month, one.in_time, one.rated, one.rating, one.path) == (date(2026, 3, 1), 1, 1, 5, of.unit.path)
    entries = Entry.objects.count()
    nightly.run_clock(now=MONDAY + 9 * DAY)
    assert (Night.objects.count(), Entry.objects.count()) == (1, entries)


# ---- grids ----


def test_a_worker_is_one_person_in_however_many_grids_full_time_or_part_time_over_time(of: Cast) -> None:
    given: dict[str, Any] = {"actor": of.township, "number": "N1", "name": "陈小雨"}
    grids.put_to_work(**given, now=MONDAY, grid=of.grid, full_time=True)
    grids.put_to_work(**given, now=MONDAY, grid=of.grid, full_time=True)
    other = grids.lay(actor=of.township, now=MONDAY, unit=of.unit, laid=Laid("W04", "第四网格"))
    grids.put_to_work(**given, now=MONDAY, grid=other, full_time=False)
    grids.put_to_work(**given, now=MONDAY + 30 * DAY, grid=of.grid, full_time=False)
    assert Worker.objects.count() == 1
    rows = list(Holding.objects.filter(grid=of.grid).order_by("since").values_list("full_time", "since", "until"))
    assert rows == [(True, date(2026, 3, 2), date(2026, 3, 31)), (False, date(2026, 4, 1), None)]
    with pytest.raises(NotPossible, match="somebody else"):
        grids.put_to_work(**(given | {"name": "别人"}), now=MONDAY, grid=of.grid, full_time=True)
    with pytest.raises(NotPossible, match="whoever answers"):
        grids.put_to_work(**(given | {"actor": of.worker}), now=MONDAY, grid=of.grid, full_time=True)


def test_a_revoked_code_leads_nowhere(of: Cast) -> None:
    today = MONDAY.date()
    old = GridCode.objects.get().code
    assert doors.grid_of_code(old, today) == of.grid
    new = grids.renew_code(actor=of.township, now=MONDAY, grid=of.grid).code
    assert doors.grid_of_code(old, today) is None
    assert doors.grid_of_code(new, today) == of.grid
    grids.end_grid(actor=of.township, now=MONDAY, grid=of.grid)
    assert doors.grid_of_code(new, today) is None
    with pytest.raises(NotPossible):
        matters.reported(of, now=MONDAY + DAY)


def test_the_list_of_landmarks_stays_short(of: Cast) -> None:
    place = grids.list_landmark(actor=of.township, now=MONDAY, unit=of.unit, name="东门")
    assert grids.list_landmark(actor=of.township, now=MONDAY, unit=of.unit, name="东门") == place
    assert matters.reported(of, landmark=place.pk)[0].landmark == place
    for number in range(matter_rules().number("landmarks") - 1):
        grids.list_landmark(actor=of.township, now=MONDAY, unit=of.unit, name=f"门{number}")
    with pytest.raises(NotPossible, match="at most"):
        grids.list_landmark(actor=of.township, now=MONDAY, unit=of.unit, name="又一个")
    grids.drop_landmark(actor=of.township, now=MONDAY, landmark=place)
    with pytest.raises(NotPossible, match="choose a landmark"):
        matters.reported(of, key="b", landmark=place.pk)
