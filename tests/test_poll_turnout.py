"""Turnout by unit, without results: counted at once, small numbers closed, few reminded, what waits on the page of the
day.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import stage
from baolei.ballots import clock, printing, reminding, tasks, turnout
from baolei.ballots.models import Polling, Printing, Sealing, Turnout
from baolei.ballots.urns import opened
from baolei.declarations.models import Declaration
from baolei.organisations.doors import writing_scope
from baolei.organisations.models import Notice
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.rounds.models import Round, Span
from poll_stage import (
    BANNER,
    FIRST,
    LAST,
    NEXT,
    OWN,
    TOWNSHIP,
    asked,
    asked_to_print,
    collected,
    on,
    own,
    poll_of,
    set_up,
)
from round_stage import NOW, declaration_of
from test_polls import cast, read_off
from urns import an_urn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
OTHER = "150422201"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> Path:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")
    return tmp_path


@pytest.fixture
def open_round(django_capture_on_commit_callbacks: Any) -> Round:
    """The same while ballots are cast, of two townships: six in one branch, two in the other."""
    this = collected()
    set_up(this)
    asked_to_print(this, django_capture_on_commit_callbacks)
    village = stage.unit(f"{OTHER}203")
    Declaration.objects.filter(pk=declaration_of(this, NEXT).pk).update(unit=village.unit, path=village.path)
    clock.run_clock(now=on(FIRST))
    secrets = read_off(printing.file_of(Printing.objects.get()).read_bytes())
    for code, number in ((OWN, 6), (NEXT, 2)):
        poll = poll_of(this, code)
        cast(poll, own(poll, secrets)[:number], ["11111"] * number)
    return this


def at(this: Round, code: str) -> Turnout:
    found: Turnout = Turnout.objects.get(round=this, path=stage.unit(code).path, source="mem")
    return found


@pytest.mark.stores
def test_every_unit_down_to_the_townships_is_counted_with_one_question_to_the_urn(
    open_round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks = []

    class Watched:
        def __init__(self, urn: Any) -> None:
            self.urn = urn

        def ballots_in(self, polls: Any) -> Any:
            asks.append(listed := list(polls))
            return self.urn.ballots_in(listed)

    @contextmanager
    def watched() -> Any:
        with opened() as urn:
            yield Watched(urn)

    monkeypatch.setattr(turnout, "opened", watched)
    turnout.count(open_round, on(FIRST))
    assert [len(one) for one in asks] == [2]
    assert {code: at(open_round, code).cast for code in ("15", "1504", BANNER, TOWNSHIP, OTHER)} == {
        "15": 8, "1504": 8, BANNER: 8, TOWNSHIP: 6, OTHER: 2,
    }  # fmt: skip
    assert (at(open_round, "15").people, at(open_round, "15").polls, at(open_round, "15").low) == (12, 2, 1)
    assert not Turnout.objects.filter(path=stage.unit(f"{OTHER}203").path).exists()


@pytest.mark.stores
def test_it_is_counted_every_ten_minutes_and_the_count_before_is_not_kept(open_round: Round) -> None:
    now = on(FIRST)
    before = set(Turnout.objects.values_list("pk", flat=True))
    turnout.run_clock(now + timedelta(minutes=9))
    assert set(Turnout.objects.values_list("pk", flat=True)) == before
    turnout.run_clock(now + timedelta(minutes=10))
    assert before
    assert not before & set(Turnout.objects.values_list("pk", flat=True))


@pytest.mark.stores
def test_days_and_counts_of_many_polls_are_told_by_both_stores(tmp_path: Path) -> None:
    with an_urn(tmp_path) as urn:
        polls = [urn.polled(slips=3) for _ in range(5)]
        urn.store.cast([polls[0].cast(slip) for slip in range(3)] + [polls[3].cast(0)])
        ids = [one.id for one in polls]
        assert urn.store.ballots_in(ids[:4]) == {ids[0]: 3, ids[3]: 1}
        assert urn.store.ballots_in([]) == {}
        assert {key: (one.slips, one.cast) for key, one in urn.store.counts([*ids, bytes(16)]).items()} == {
            ids[0]: (3, 3), ids[1]: (3, 0), ids[2]: (3, 0), ids[3]: (3, 1), ids[4]: (3, 0), bytes(16): (0, 0),
        }  # fmt: skip
        many = [bytes([1, *number.to_bytes(2, "big"), *bytes(13)]) for number in range(2_000)]
        assert urn.store.ballots_in([*many, ids[3]]) == {ids[3]: 1}, "more than SQLite takes in one question"
        urn.store.set_days(ids[:2], FIRST, LAST)
        told = [urn.store.poll(one) for one in ids[:3]]
        assert [(one.opens, one.closes, one.phase) for one in told if one] == [
            (FIRST, LAST, "cast"), (FIRST, LAST, "cast"), (None, None, "cast"),
        ]  # fmt: skip
        urn.store.set_days(ids[:1], None, None)
        assert (first := urn.store.poll(ids[0]))
        assert first.closes is None


def test_few_ballots_are_closed_with_others_so_that_none_can_be_worked_out(open_round: Round) -> None:
    units = [stage.unit(TOWNSHIP), stage.unit(OTHER)]
    turnout.count(open_round, on(FIRST))
    assert [one.cast for one in turnout.rows(open_round, units, "mem")] == [None, None]
    assert [one.low for one in turnout.rows(open_round, units, "mem")] == [None, None]
    assert [one.cast for one in turnout.rows(open_round, [stage.unit(BANNER)], "mem")] == [8]
    Turnout.objects.filter(path=stage.unit(OTHER).path).update(cast=5)
    assert [one.cast for one in turnout.rows(open_round, units, "mem")] == [6, 5]
    Turnout.objects.filter(path=stage.unit(OTHER).path).update(cast=0)
    assert [one.cast for one in turnout.rows(open_round, units, "mem")] == [6, 0]


def test_below_a_unit_whose_number_is_closed_nothing_is_shown(open_round: Round) -> None:
    turnout.count(open_round, on(FIRST))
    assert turnout.closed_above(open_round, stage.unit(OTHER), "mem", FIRST)
    assert turnout.closed_above(open_round, stage.unit(f"{OTHER}203"), "mem", FIRST)
    assert not turnout.closed_above(open_round, stage.unit(BANNER), "mem", FIRST)


def test_the_page_goes_down_the_tree_sorts_exports_and_stays_in_the_mandate(open_round: Round) -> None:
    turnout.count(open_round, on(FIRST))
    page = reverse("turnout", args=[open_round.pk])
    clerk, township = stage.mandated("15", "region_clerk"), stage.mandated(TOWNSHIP, "township_clerk")
    secretary = stage.mandated(OWN, "branch_secretary")
    assert asked(secretary, page).status_code == 404
    top = asked(clerk, page).text
    assert f"unit={stage.unit('1504').unit_id}" in top
    assert 'aria-sort="descending"' in asked(clerk, page + "?sort=-cast").text
    banner = asked(clerk, f"{page}?unit={stage.unit(BANNER).unit_id}").text
    assert f"{reverse('polls', args=[open_round.pk])}?unit={stage.unit(TOWNSHIP).unit_id}" in banner
    own = asked(township, page)
    assert own.status_code == 200
    assert ">6<" not in own.text, "closed beside a township of two"
    assert asked(township, f"{page}?unit={stage.unit(BANNER).unit_id}").status_code == 404
    told = asked(clerk, f"{page}?unit={stage.unit('1504').unit_id}&format=csv").content.decode("utf-8-sig")
    assert f"{BANNER},{BANNER},2,12" in told
    assert ",8," in told


def test_lists_are_ordered_by_a_number_with_what_is_closed_last() -> None:
    unit = stage.unit(TOWNSHIP)
    rows = [turnout.Row(unit, "mem", 1, 10, 12, cast, 0) for cast in (5, None, 9)]
    assert [one.cast for one in turnout.ordered(rows, "-cast")] == [9, 5, None]
    assert [one.cast for one in turnout.ordered(rows, "share")] == [5, 9, None]
    assert [one.cast for one in turnout.ordered(rows, "slips; DROP")] == [5, None, 9]


@pytest.mark.stores
def test_the_page_of_a_region_asks_as_little_as_that_of_a_township(open_round: Round) -> None:
    turnout.count(open_round, on(FIRST))
    page, numbers = reverse("turnout", args=[open_round.pk]), []
    for account in (stage.mandated("15", "region_clerk"), stage.mandated(TOWNSHIP, "township_clerk")):
        with CaptureQueriesContext(
            connection,
        ) as asks:
            assert asked(account, page).status_code == 200
        numbers.append(len(asks))
        assert not any("ballots_poll" in one["sql"] and "ballots_polling" not in one["sql"] for one in asks)
    assert max(numbers) < 40


# ---- reminders ----


@pytest.mark.stores
def test_units_are_reminded_and_no_person_and_not_again_before_two_days(open_round: Round) -> None:
    turnout.count(open_round, on(FIRST))
    said = {"actor": None, "round": open_round, "why": "催报"}
    assert reminding.remind(**said, now=on(FIRST)) == 1
    (notice,) = Notice.objects.all()
    assert (notice.unit_id, notice.until) == (stage.unit(OTHER).unit_id, LAST)
    assert [one.role for one in notice.roles.all()] == ["township_clerk"]
    assert "党员" not in notice.text
    with pytest.raises(NotPossible, match="remind them again from"):
        reminding.remind(**said, now=on(FIRST + timedelta(days=1)))
    assert reminding.remind(**said, now=on(FIRST + timedelta(days=2))) == 1
    with pytest.raises(NotPossible, match="while ballots are cast"):
        reminding.remind(**said, now=on(LAST + timedelta(days=1)))


def test_whoever_leads_reminds_and_nobody_else(open_round: Round) -> None:
    Span.objects.filter(round=open_round, phase="ballots").update(begins=date(2020, 1, 1), ends=date(2099, 12, 31))
    turnout.count(open_round, on(FIRST))
    act, page = (reverse("on_polls", args=[open_round.pk, "remind"]), reverse("turnout", args=[open_round.pk]))
    clerk, township = stage.mandated("15", "region_clerk"), stage.mandated(TOWNSHIP, "township_clerk")
    assert act in asked(clerk, page).text
    assert act not in asked(township, page).text
    assert asked(township, act, why="催报").status_code == 404
    assert asked(clerk, act, why="催报").status_code == 422, "a notice stands for ninety days at most"
    Span.objects.filter(round=open_round, phase="ballots").update(ends=date.today() + timedelta(days=5))  # noqa: DTZ011
    assert asked(clerk, act, why="催报").status_code == 302


# ---- what waits ----


def waits(account: Account, day: date) -> dict[str, int]:
    return {one.title: one.count for one in tasks.tasks(account, writing_scope(account, day), day) if one.count}


def test_what_waits_for_a_township_and_for_whoever_leads(
    open_round: Round, django_capture_on_commit_callbacks: Any
) -> None:
    turnout.count(open_round, on(FIRST))
    town, other, clerk = (
        stage.mandated(TOWNSHIP, "township_clerk"), stage.mandated(OTHER, "township_clerk"),
        stage.mandated("15", "region_clerk"),
    )  # fmt: skip
    Printing.objects.update(state=Printing.TAKEN)
    assert waits(town, LAST) == {}
    assert waits(other, LAST) == {"Polls that end soon with too few ballots": 1}
    assert waits(other, LAST - timedelta(days=4)) == {}
    assert waits(clerk, LAST) == {"Polls that end soon with too few ballots": 1}
    set_up(open_round, "mas", listed=False)
    assert waits(town, FIRST) == {"Polls whose slips are to be printed": 1}
    assert waits(clerk, FIRST) == {}
    with django_capture_on_commit_callbacks(execute=True):
        printing.ask_to_print(actor=clerk, now=NOW, round=open_round, unit=stage.unit(TOWNSHIP), origin="https://b.cn",
                              why="打印")  # fmt: skip
    assert waits(town, FIRST) == {"Files of slips to be taken": 1}
    assert waits(clerk, FIRST) == {"Files of slips to be taken": 1, "Rounds whose casting can begin": 1}
    Sealing.objects.create(round=open_round, state=Sealing.FAILED, said="没有空间")
    assert waits(clerk, FIRST)["Rounds whose polls could not be sealed"] == 1


def test_nothing_of_it_is_told_while_nothing_is_counted(open_round: Round) -> None:
    Turnout.objects.all().delete()
    Polling.objects.update(counted_at=None)
    clerk = stage.mandated("15", "region_clerk")
    assert "Nothing is counted yet" in asked(clerk, reverse("turnout", args=[open_round.pk])).text
    with pytest.raises(NotPossible, match="no unit has polls"):
        reminding.remind(actor=None, now=on(FIRST), round=open_round, why="催报")
