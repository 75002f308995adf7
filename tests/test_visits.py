"""Visits: who makes them, once however often they are sent; two looks that do not know of one another; the list that
anybody can check.
"""

from __future__ import annotations

import csv
import hashlib
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.ledger.models import Entry
from baolei.organisations.models import Member, Membership, OrganisationState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.visit import agreement, second_look, visit_rules
from baolei.rounds.models import Round
from baolei.scores import actions, looks
from baolei.scores.actions import WrittenSince
from baolei.scores.freezing import freeze
from baolei.scores.models import Run, Visit
from baolei.scores.visit_tasks import tasks
from baolei.standards.at_hand import at_hand, files_at_hand
from baolei.warehouse.snapshot import open_snapshot
from review_stage import person
from round_stage import declaration_of
from visit_stage import DAY, FAR, LEAGUE, NEXT, NOW, OWN, SEED, inspector, looked, made, twice, visited

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def as_who(account: Account) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    client.force_login(account)
    return client


def entered(visit: Visit, **other: Any) -> dict[str, Any]:
    """What a browser sends."""
    return {"on": DAY.isoformat(), "words": "看了会议记录本", "num-first_agenda": "75", "den-first_agenda": "100",
            "seen": str(visit.version), "key": "k1", **other}  # fmt: skip


def frozen(this: Round, folder: Path) -> list[dict[str, Any]]:
    """The visits as the engine is handed them."""
    this.refresh_from_db()
    freeze(this, folder, day=DAY, seed=SEED, edition=at_hand(this.edition), files=files_at_hand(this.edition),
           ballots=[])  # fmt: skip
    snapshot = open_snapshot(folder)
    return list(snapshot.read("visits").to_pylist()) if snapshot.has("visits") else []


# ---- the rules ----


def test_the_second_look_goes_by_the_same_number_and_can_be_worked_out_by_hand() -> None:
    digits = hashlib.sha256(f"{SEED}|second|{OWN}".encode()).hexdigest()[:8]
    assert second_look(SEED, [OWN, NEXT])[OWN] == int(digits, 16) / 16**8


@pytest.mark.parametrize(("changes", "says"), [
    ({"numbers": {"second_look_percent": {"value": 101}}}, "100 at most"), ({"roles": []}, "name one at least"),
    ({"roles": None}, "visits"),
])  # fmt: skip
def test_rules_that_cannot_be_are_refused(changes: Any, says: str) -> None:
    import yaml

    from baolei.warehouse.rulebook import text

    assert visit_rules(yaml.safe_load(text("visits.yaml"))).share == 0.1
    with pytest.raises(ValueError, match=says):
        visit_rules({**yaml.safe_load(text("visits.yaml")), **changes})


def test_agreement_is_what_two_looks_differ_by() -> None:
    found = agreement([(80, 84), (90, 86)])
    assert found is not None
    assert (found.pairs, found.mean, found.size) == (2, 0, 4)
    assert found.spread == pytest.approx(8**0.5)
    assert agreement([]) is None


# ---- who makes them ----


def test_nobody_visits_the_own_branch_or_one_they_declared_for() -> None:
    visit = looked(visited())
    home = OrganisationState.objects.open().get(code=OWN).organisation
    member = Member.objects.create(name="巴雅尔")
    Membership.objects.create(member=member, organisation=home, kind="full", since=date(2020, 1, 1),
                              until=NOW.date() - timedelta(days=300))  # fmt: skip
    with pytest.raises(NotPossible, match="was a member of the branch within three years"):
        made(visit, inspector("巴雅尔"))
    helper = inspector("其木格")
    type(visit.declaration).objects.filter(pk=visit.declaration_id).update(submitted_by=helper)
    with pytest.raises(NotPossible, match="took part in the declaration"):
        made(visit, helper)
    assert made(visit, inspector("朝鲁")).version == 1


def test_a_sheet_that_cannot_be_is_refused_and_nothing_is_saved() -> None:
    visit, who = looked(visited()), inspector("朝鲁")
    for wrong, says in (
        ({"words": " "}, "in a sentence"),
        ({"team": 1000}, "from 1 to 999"),
        ({"found": {"first_agenda": (7, 0)}}, "nothing was due"),
        ({"overall": -1}, "0 to 100"),
    ):
        with pytest.raises(Exception, match=says):
            made(visit, who, **wrong)
    visit.refresh_from_db()
    assert (visit.on, visit.version, Entry.objects.filter(act="scores.visit").count()) == (None, 0, 0)
    Round.objects.update(ended_at=NOW, phase="cancelled")
    with pytest.raises(NotPossible, match="ended"):
        made(visit, who)


def test_a_sheet_is_one_person_s_who_may_amend_what_they_saw() -> None:
    visit, who = looked(visited()), inspector("朝鲁")
    made(visit, who, seen=0)
    with pytest.raises(NotPossible, match="朝鲁 has handed in"):
        made(visit, inspector("苏和"))
    with pytest.raises(WrittenSince, match="since you opened it"):
        made(visit, who, seen=0, words="另一部手机")
    assert made(visit, who, seen=1, words="补记一句").words == "补记一句"


def test_what_is_sent_twice_is_written_once() -> None:
    visit, who = looked(visited()), inspector("朝鲁")
    for _again in range(3):
        made(visit, who, key="k1", seen=0)
    made(visit, who, key="k2", seen=1, words="第二次")
    late = made(visit, who, key="k1", seen=0)  # the first one was still under way
    assert (late.version, late.words, Entry.objects.filter(act="scores.visit").count()) == (2, "第二次", 2)


# ---- two looks ----


def test_the_second_look_is_another_person_s_and_another_team_s() -> None:
    first, second = twice(visited())
    who = inspector("朝鲁")
    made(first, who, team=3)
    with pytest.raises(NotPossible, match="another person's"):
        made(second, who, team=4)
    with pytest.raises(NotPossible, match="another team's"):
        made(second, inspector("苏和"), team=3)
    other = inspector("乌日娜")
    made(second, other, team=4)
    with pytest.raises(NotPossible, match="neither is changed"):
        made(second, other, team=4)


def test_when_the_visits_are_over_the_other_look_stands_alone(tmp_path: Path) -> None:
    this = visited()
    first, second = twice(this)
    made(first, inspector("朝鲁"))
    assert frozen(this, tmp_path / "before") == []
    Round.objects.update(phase="review")
    with pytest.raises(NotPossible, match="stands alone"):
        made(second, inspector("苏和"))
    assert [row["wave"] for row in frozen(this, tmp_path / "after")] == ["random"]


def test_both_looks_reach_the_engine_as_two_teams(tmp_path: Path) -> None:
    this = visited(OWN, NEXT)
    first, second = twice(this)
    made(first, inspector("朝鲁"), overall=90)
    made(looked(this, NEXT), inspector("朝鲁", "150422"), overall=None)
    assert [row["branch"] for row in frozen(this, tmp_path / "one")] == [1]
    made(second, inspector("苏和"), overall=84)
    rows = frozen(this, tmp_path / "both")
    assert [(row["branch"], row["wave"], row["team"], row["probability"], row["overall"]) for row in rows] == [
        (0, "double", 1, 1.0, 8400), (0, "random", 0, 0.5, 9000), (1, "random", 0, 0.5, -1)
    ]  # fmt: skip
    told = looks.agreed(Visit.objects.all())
    assert told is not None
    assert (told.pairs, told.mean) == (1, -6)


def test_a_look_is_told_nowhere_before_the_other_is_in() -> None:
    first, second = twice(visited())
    one, other, lead = inspector("朝鲁"), inspector("苏和"), person("哈斯", "region_clerk", "15")
    made(first, one, words="第一眼所见", found={"first_agenda": (61, 100)})
    pages = [reverse("visit", args=[first.pk]), reverse("visit", args=[first.pk]) + "?format=csv",
             reverse("visits", args=[first.declaration.round_id]) + "?format=csv", reverse("today"),
             reverse("ledger"), reverse("organisation", args=[first.declaration.organisation_id])]  # fmt: skip
    for who in (other, lead):
        for page in pages:
            answer = as_who(who).get(page)
            assert answer.status_code == 200, page
            assert "第一眼所见" not in answer.content.decode(), page
            assert "61" not in csv_cells(answer.content.decode()), page
    assert "第一眼所见" in as_who(one).get(pages[0]).content.decode()  # their own
    kept = Entry.objects.get(act="scores.visit").particulars["after"]
    assert set(kept) == {"day", "version", "sha256"}
    made(second, other)
    for who in (other, lead):
        assert "第一眼所见" in as_who(who).get(pages[0]).content.decode()


def csv_cells(text: str) -> set[str]:
    """The numbers that stand in the cells of a file."""
    return {cell.split(" / ")[0].strip() for row in csv.reader(StringIO(text.lstrip("\ufeff"))) for cell in row}


# ---- the pages ----


def test_the_list_is_open_to_who_leads_and_who_inspects_and_says_how_it_was_drawn() -> None:
    this = visited(OWN, FAR)
    page = reverse("visits", args=[this.pk])
    lead, mine, far = person("哈斯", "region_clerk", "15"), inspector("朝鲁"), inspector("那仁", "1505")
    assert {name: as_who(who).get(page).content.decode().count("-00") for name, who in
            (("lead", lead), ("mine", mine), ("far", far))} == {"lead": 4, "mine": 2, "far": 2}  # fmt: skip
    for role, code in (("banner_clerk", "150422"), ("reviewer", LEAGUE), ("viewer", "15")):
        who = person(role, role, code)
        assert as_who(who).get(page).status_code == 404, role
        assert as_who(who).get(reverse("visit", args=[looked(this).pk])).status_code == 404, role
    assert as_who(far).get(reverse("visit", args=[looked(this).pk])).status_code == 404
    rows = list(csv.reader(StringIO(as_who(lead).get(page + "?format=csv").content.decode().lstrip("\ufeff"))))
    u = int(hashlib.sha256(f"{SEED}|{OWN}".encode()).hexdigest()[:8], 16) / 16**8
    assert rows[1][:2] + rows[1][4:8] == [OWN, OWN, SEED, f"{u:.6f}", "0.500000", "to be visited"]
    made(looked(this), mine)
    assert OWN not in as_who(lead).get(page + "?which=open").content.decode()
    unit = stage.unit("1505").unit_id
    assert OWN not in as_who(lead).get(f"{page}?unit={unit}").content.decode()


def test_a_kept_sheet_is_taken_once_and_says_what_is_wrong() -> None:
    visit, who = looked(visited()), inspector("朝鲁")
    client, save = as_who(who), reverse("save_visit", args=[visit.pk])
    wrong = client.post(save, entered(visit, on="2999-01-01", words="", overall="101", **{"num-first_agenda": "101"}))
    assert set(wrong.json()["faults"]) == {"on", "words", "overall", "first_agenda"}
    for _again in range(2):
        assert client.post(save, entered(visit)).json() == {"version": 1, "points": 38.0}
    assert client.post(save, entered(visit, key="k2")).json()["version"] == 1  # what stands there, to choose
    assert "clash" in client.post(save, entered(visit, key="k2")).json()
    assert "handed in" in as_who(inspector("苏和")).post(save, entered(visit, key="k3")).json()["refused"]
    assert as_who(person("哈斯", "region_clerk", "15")).post(save, entered(visit)).status_code == 404
    visit.refresh_from_db()
    assert (visit.version, visit.by) == (1, who)


def test_without_the_script_the_form_keeps_what_was_entered() -> None:
    visit, who = looked(visited()), inspector("朝鲁")
    client, page = as_who(who), reverse("visit", args=[visit.pk])
    refused = client.post(page, entered(visit, **{"num-first_agenda": "101", "words": "记得住"}))
    assert refused.status_code == 422
    assert 'value="101"' in refused.content.decode()
    assert "记得住" in refused.content.decode()
    assert client.post(page, entered(visit)).status_code == 302
    again = client.post(page, entered(visit))
    assert (again.status_code, "since you opened it" in again.content.decode()) == (422, True)


def test_today_tells_inspectors_what_waits_and_nobody_else() -> None:
    this = visited(OWN, NEXT)
    _first, _second = twice(this)
    who, far = inspector("朝鲁"), inspector("那仁", "1505")
    assert [task.count for task in tasks(who, DAY)] == [3]
    assert tasks(far, DAY) == tasks(person("哈斯", "region_clerk", "15"), DAY) == []
    made(looked(this), who)
    assert [task.count for task in tasks(who, DAY)] == [1]  # the second look is another's
    assert "branches to visit" in as_who(who).get(reverse("today")).content.decode()


def test_who_was_drawn_is_not_drawn_again_and_a_tenth_is_looked_at_twice(tmp_path: Path, monkeypatch: Any) -> None:
    this = visited()
    rows = [{"code": code, "drawn": True, "borderline": False, "draw_probability": 0.5} for code in (OWN, NEXT)]
    run = Run.objects.create(round=this, why="再算", seed="1", asked_at=NOW, state=Run.FAILED)
    mine = declaration_of(this, NEXT)
    for seed, doubles in ((_seed(below=True), 1), (_seed(below=False), 0)):
        run.seed = seed
        drawn = actions._drawn(run, {row["code"]: row for row in rows}, [(mine.pk, NEXT)])
        assert [one.wave for one in drawn] == ["random", *["double"] * doubles]


def _seed(*, below: bool) -> str:
    return next(str(seed) for seed in range(999) if (second_look(str(seed), [NEXT])[NEXT] < 0.1) == below)
