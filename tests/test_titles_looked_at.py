"""Every year the results ask something of each title; people decide. A title lapses with its branch."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.naming import actions, life
from baolei.naming.models import NamingList, Title, TitleReview
from baolei.organisations import actions as organisations
from baolei.organisations.acts import Act
from baolei.organisations.models import Organisation, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.programme import titles
from baolei.rounds.models import Round
from baolei.scores.models import Run
from baolei.warehouse.evaluate import results_digest
from baolei.warehouse.rulebook import setup_rules
from round_stage import BRANCHES, NOW, declaration_of, listed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NAMED = date(2025, 7, 1)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> None:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")


@pytest.fixture
def made(django_capture_on_commit_callbacks: Any) -> NamingList:
    return listed(django_capture_on_commit_callbacks)


def given_before(made: NamingList, code: str, **other: Any) -> Title:
    """A title the region gave a branch the year before."""
    year = made.round.year - 1
    last = Round.objects.filter(unit=made.round.unit, year=year).first() or Round.objects.create(
        name="上年度评定", year=year, unit=made.round.unit, path=made.round.path, edition=made.round.edition,
        digest="x", basis="exempt", document="年度考核", phase="closed", opened_at=NOW, ended_at=NOW,
    )  # fmt: skip
    said = {"level": "region", "since": NAMED, "until": NAMED + timedelta(days=1094), "document": "组通字〔2025〕9号"}
    return Title.objects.create(
        organisation_id=declaration_of(made.round, code).organisation_id, code="strongest", name="最强党支部",
        round=last, **{**said, **other},
    )  # fmt: skip


def scored(run: Run, **columns: Any) -> Run:
    """The run as if its branches, in their order, had come out so."""
    file = run.results_folder / "branches.parquet"
    table = pq.read_table(file)
    for name, values in columns.items():
        place = table.column_names.index(name)
        table = table.set_column(place, name, pa.array(values, table.schema.field(name).type))
    pq.write_table(table, file)
    run.results = results_digest(run.results_folder)
    run.save()
    return run


def below_before(run: Run, years: int) -> None:
    """As if the first branch had stood below the line for so many years up to the last."""
    pq.write_table(
        pa.table({"branch": pa.array([0], pa.uint32()), "years_below": pa.array([years], pa.uint8())}),
        run.folder / "snapshot" / "last_year.parquet",
    )


def looked(made: NamingList, run: Run) -> dict[str, int]:
    return life.look_through(actor=None, now=NOW, round=made.round, run=run, why="年度复核")


@pytest.mark.parametrize(("standing", "years", "asks"), [
    (90.0, 1, "keep"), (84.0, 0, "watch"), (84.0, 1, "propose"), (60.0, 0, "propose"),
])  # fmt: skip
def test_a_clear_fall_or_a_second_year_asks_for_a_withdrawal_a_first_miss_for_a_watch(
    made: NamingList, standing: float, years: int, asks: str
) -> None:
    title = given_before(made, BRANCHES[0])
    run = scored(made.run, standing=[standing, 90.0], standing_se=[2.0, 2.0])  # the line of villages is 85
    below_before(run, years)
    looked(made, run)
    look = TitleReview.objects.get()
    assert (look.title, look.asks, look.done) == (title, asks, "")
    assert look.figures == {"counted": standing * 100, "line": 8500, "below": years, "veto": False}
    assert Title.objects.get().state == titles.IN_FORCE  # nothing was done with it


def test_a_veto_asks_at_once_and_who_was_not_scored_is_left_to_people(made: NamingList) -> None:
    first, third = given_before(made, BRANCHES[0]), given_before(made, BRANCHES[2])
    counts = looked(made, scored(made.run, standing=[95.0, 95.0], vetoes=[1, 0]))
    assert counts == {"keep": 0, "watch": 0, "propose": 1, "": 1}
    assert TitleReview.objects.get(title=first).figures["veto"]
    assert TitleReview.objects.get(title=third).figures == {}


def test_what_was_decided_stays_when_it_is_looked_through_again(made: NamingList) -> None:
    title = given_before(made, BRANCHES[0])
    looked(made, scored(made.run, standing=[84.0, 95.0]))
    life.carry(actor=None, now=NOW, title=title, act="watch", who="committee", reason="首年低于标准线")
    look = TitleReview.objects.get()
    assert (look.done, look.done_on) == ("watch", date(2026, 3, 2))
    looked(made, scored(made.run, standing=[95.0, 95.0]))
    assert TitleReview.objects.get() == look


def test_only_titles_given_before_by_this_unit_and_still_held_are_looked_at(made: NamingList) -> None:
    with pytest.raises(NotPossible, match="no title before this round"):
        looked(made, made.run)
    given_before(made, BRANCHES[0], state=titles.WITHDRAWN, ended=date(2026, 1, 1))
    actions.adopt(actor=None, now=NOW, naming_list=made, document="30号", on=date(2026, 3, 1), why="命名")
    with pytest.raises(NotPossible, match="no title before this round"):
        looked(made, made.run)


def test_one_person_keeps_together_what_nothing_else_is_asked_of(made: NamingList) -> None:
    one, two = given_before(made, BRANCHES[0]), given_before(made, BRANCHES[1], state=titles.WATCHED)
    looked(made, scored(made.run, standing=[84.0, 95.0], vetoes=[0, 0]))
    assert life.keep_all(actor=None, now=NOW, round=made.round, why="复核合格") == 1
    assert Title.objects.get(pk=two.pk).state == titles.IN_FORCE
    assert TitleReview.objects.get(title=one).done == ""
    with pytest.raises(NotPossible, match="nobody has decided"):
        life.keep_all(actor=None, now=NOW, round=made.round, why="复核合格")


def test_the_page_tells_what_the_results_ask_and_who_leads_decides(made: NamingList) -> None:
    lead, other = stage.mandated("15"), stage.mandated(BRANCHES[0], "branch_secretary")
    title = given_before(made, BRANCHES[0])
    given_before(made, BRANCHES[1])
    run = scored(made.run, standing=[84.0, 95.0], vetoes=[0, 0])

    def asked(account: Any, address: str, **body: Any) -> Any:
        client = Client()
        client.force_login(account)
        client.cookies["django_language"] = "en"
        return client.post(address, body) if body else client.get(address)

    page = reverse("title_looks", args=[made.round_id])
    look, keep = (reverse("on_looks", args=[made.round_id, act]) for act in ("look", "keep-all"))
    assert asked(other, look).status_code == 404
    assert asked(lead, keep).status_code == 404  # nothing is asked yet
    assert asked(lead, look, run=run.pk, why="年度复核").status_code == 302
    shown = asked(lead, page).text
    assert "84.00 counts, the line is 85.00" in shown
    assert shown.count("<td>to watch it</td>") == shown.count("<td>to keep it</td>") == 1
    assert asked(lead, f"{page}?which=watch").text.count("/title/") == 1
    assert asked(other, page).text.count("/title/") == 1  # the own one
    assert asked(lead, keep, why="复核合格").status_code == 302
    assert "to watch it" in asked(other, reverse("title", args=[title.pk])).text
    assert "84.00 counts" in asked(lead, f"{page}?format=csv").content.decode()


# ---- a title lapses with its branch ----


ON = date(2026, 3, 1)
LATER = datetime(2026, 3, 3, tzinfo=UTC)


def merge(code: str) -> None:
    """The branch goes into another one."""
    by_code = dict(OrganisationState.objects.open().filter(code__in=BRANCHES).values_list("code", "organisation_id"))
    gone, into = (Organisation.objects.get(pk=by_code[one]) for one in (code, BRANCHES[1]))
    act = Act(actor=None, now=NOW, on=ON, why="上级批复", rules=setup_rules(ON))
    organisations.merge(act=act, organisations=[gone], into=into)


def dissolve(code: str) -> None:
    """The branch ends."""
    gone = Organisation.objects.get(states__code=code)
    act = Act(actor=None, now=NOW, on=ON, why="上级批复", rules=setup_rules(ON))
    organisations.dissolve(act=act, organisation=gone, document="批6")


@pytest.mark.parametrize("ended", [merge, dissolve])
def test_a_title_lapses_when_its_branch_is_merged_or_dissolved(made: NamingList, ended: Any) -> None:
    title, other = given_before(made, BRANCHES[0]), given_before(made, BRANCHES[1])
    assert life.lapse_and_expire(now=LATER) == {"lapsed": 0, "expired": 0}
    ended(BRANCHES[0])
    assert life.lapse_and_expire(now=LATER) == {"lapsed": 1, "expired": 0}
    assert life.lapse_and_expire(now=LATER) == {"lapsed": 0, "expired": 0}
    title.refresh_from_db()
    other.refresh_from_db()
    assert (title.state, title.ended, other.state) == (titles.LAPSED, date(2026, 3, 3), titles.IN_FORCE)
