"""A whole round by programs: a cast of named people over two leagues, each with a token of their one mandate. When
the stage is set, everything goes over HTTP, from the opening to the branch that is decided to lag.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import stage
from api_stage import Program, program
from baolei.front.conductor import tick
from baolei.ledger.verify import verify
from baolei.organisations.models import Finding
from baolei.people.models import InTree
from baolei.standards.at_hand import at_hand
from review_stage import person
from round_stage import BRANCHES, EDITION, best

pytestmark = [pytest.mark.django_db]

FIRST, SECOND, THIRD = BRANCHES
FOURTH = "150502103216-004"
ALL = (FIRST, SECOND, THIRD, FOURTH)
SECRETARIES = dict(zip(ALL, ("巴雅尔", "斯琴", "格日勒", "朝鲁"), strict=True))
CLERK, OTHER = "哈斯", "那顺"
REGION = (CLERK, "托娅", "青格勒")
BODIES = {
    "1504": {"township": ("其其格", "苏日娜", "乌兰"), "banner": ("孟和", "娜仁", "巴图", "图雅"),
             "league": ("萨仁", "白音", "海日"), "region": REGION},
    "1505": {"township": ("阿古拉", "高娃", "敖登"), "banner": ("宝音", "珊丹", "特木尔"),
             "league": ("呼和", "牧仁", "毕力格", "额尔德尼"), "region": REGION},
}  # fmt: skip
"""At each level of each league who decides, and who reviews."""
PLACES = {"1504": ("150422103", "150422", "1504", "15"), "1505": ("150502103", "150502", "1505", "15")}
INSPECTORS = {"1504": "苏和", "1505": "阿木尔"}
SECOND_LOOK = "查干"
"""Inspects in the whole region: looks at what is to be visited twice."""
WRONG = "8月的会没有开，应有记录12次"
PAPERS = {"mem": "11111\n" * 20, "mas": "11111\n" * 30, "soc": "1111\n" * 10}


class Clock:
    """What the house takes for now."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 2, tzinfo=UTC)

    def on(self, days: int) -> None:
        """So many days later; the worker has done what was due."""
        self.now += timedelta(days=days)
        tick()


class House:
    """The house as programs see it: who asks, by name."""

    def __init__(self, programs: dict[str, Program]) -> None:
        self.programs = programs
        self.round = 0
        self.declared: dict[str, int] = {}

    def __getitem__(self, name: str) -> Program:
        return self.programs[name]

    def does(self, who: str, place: str, act: str, /, **said: Any) -> str:
        """Somebody does something; what they are told."""
        answer = self[who].post(f"{place}/acts/{act}", {"why": "按规定办理", **said} if "why" not in said else said)
        assert answer.status_code == 200, (who, place, act, answer.text)
        return str(answer.json()["said"])

    def without_a_reason(self, who: str, place: str, act: str, /, **said: Any) -> str:
        """The same where the ledger is told no sentence."""
        answer = self[who].post(f"{place}/acts/{act}", said)
        assert answer.status_code == 200, (who, place, act, answer.text)
        return str(answer.json()["said"])

    def refused(self, who: str, place: str, act: str, /, **said: Any) -> list[tuple[str | None, str]]:
        """Somebody is refused; what is wrong, by field."""
        answer = self[who].post(f"{place}/acts/{act}", said)
        assert answer.status_code == 422, (who, place, act, answer.text)
        return [(one["field"], one["detail"]) for one in answer.json()["errors"]]

    def acts(self, name: str, place: str) -> list[str]:
        return [one["act"] for one in self[name].read(f"{place}/acts")["acts"]]

    @property
    def here(self) -> str:
        return f"/rounds/{self.round}"

    def passed(self, phase: str) -> None:
        """The round is passed on, early, for a reason."""
        self.does(CLERK, self.here, "pass", why="提前完成")
        assert self[CLERK].read(self.here)["phase"] == phase

    def step(self, code: str) -> dict[str, Any]:
        """The step at which a branch stands."""
        found = self[CLERK].walk(f"{self.here}/reviews", declaration=self.declared[code])
        return dict(found[-1])

    def line(self, code: str) -> dict[str, Any]:
        found = self[CLERK].walk(f"{self.here}/lines", declaration=self.declared[code])
        return dict(found[0])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> Clock:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")
    made = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: made.now)
    return made


@pytest.fixture
def house(clock: Clock) -> House:
    """Two leagues, four branches, and the people."""
    for code in ALL:
        stage.branch(code, home=code[:12])
    made = {}
    for league, bodies in BODIES.items():
        for place, (level, names) in zip(PLACES[league], bodies.items(), strict=True):
            for number, name in enumerate(names):
                if name not in made:
                    made[name] = person(name, f"{level}_clerk" if number == 0 else "reviewer", place)
        made[INSPECTORS[league]] = person(INSPECTORS[league], "inspector", league)
    made[SECOND_LOOK] = person(SECOND_LOOK, "inspector", "15")
    made[OTHER] = person(OTHER, "region_clerk", "15")
    for code, name in SECRETARIES.items():
        made[name] = person(name, "branch_secretary", "", InTree.PARTY, stage.branch(code).path)
    vacant = stage.branch(THIRD).organisation
    Finding.objects.create(organisation=vacant, flag="secretary_vacant", since=date(2026, 1, 1), due=date(2026, 4, 1),
                           figures={"secretary_vacant_since": "2025-10-01"})  # fmt: skip
    return House({name: program(account) for name, account in made.items()})


def league_of(code: str) -> str:
    return code[:4]


def body(code: str, level: str) -> tuple[str, ...]:
    return BODIES[league_of(code)][level]


# ---- the phases ----


def opened(house: House) -> None:
    said = {"unit": "15", "name": "2026年度评定", "year": 2026, "edition": EDITION, "begins": "2026-03-02",
            "basis": "approved", "why": "年度工作"}  # fmt: skip
    assert house.refused(CLERK, "/rounds", "open", **said, document="") == [("document", "This field is required.")]
    assert house.acts(SECRETARIES[FIRST], "/rounds") == []
    house.does(CLERK, "/rounds", "open", **said, document="组通字〔2026〕8号")
    (made,) = house[SECRETARIES[FIRST]].walk("/rounds", year=2026)
    house.round = made["id"]
    assert (made["phase"], made["unit"]["code"]) == ("planned", "15")
    assert "pass" not in house.acts("萨仁", house.here), "a league does not lead the region's round"
    assert house["萨仁"].post(f"{house.here}/acts/pass", {"why": "x"}).status_code == 404
    house.passed("self_assessment")
    assert house[CLERK].read(house.here)["declarations"] == {"open": 4}
    for code, name in SECRETARIES.items():
        (mine,) = house[name].walk(f"{house.here}/declarations")
        assert mine["organisation"]["name"] == code
        house.declared[code] = mine["id"]


def answers(items: Iterable[dict[str, Any]], **words: str) -> list[dict[str, Any]]:
    """Every item answered as well as can be."""
    known = at_hand(EDITION).items
    found = []
    for one in items:
        done, due = best(known[one["item"]])
        seen = one["answer"]["version"] if one["answer"] else 0
        found.append({"item": one["item"], "done": done, "due": due, "seen": seen,
                      "words": words.get(one["item"], "台账")})  # fmt: skip
    return found


def declared(house: House, code: str, **words: str) -> Any:
    place = f"/declarations/{house.declared[code]}"
    asks = house[SECRETARIES[code]]
    said = {"answers": answers(asks.read(place)["items"], **words), "served": 120}
    return asks.post(f"{place}/answers", said)


def filled_in(house: House) -> None:
    mine = f"/declarations/{house.declared[FIRST]}"
    first = house[SECRETARIES[FIRST]]
    wrong = {"answers": [{"item": "moon", "done": 1, "due": 1}, {"item": "first_agenda", "done": 3, "due": 0}]}
    told = first.post(f"{mine}/answers", wrong)
    assert told.status_code == 422
    assert {one["field"] for one in told.json()["errors"]} == {"moon", "first_agenda"}
    assert "not answered" in house.refused(SECRETARIES[FIRST], mine, "hand-in")[0][1]
    for code in ALL:
        assert declared(house, code).status_code == 200
    old = {"answers": [{"item": "first_agenda", "done": 11, "due": 12, "seen": 0}]}
    clash = first.post(f"{mine}/answers", old)
    assert (clash.status_code, clash.json()["type"]) == (409, "urn:baolei:problem:changed")
    assert clash.json()["errors"][0]["field"] == "first_agenda"
    assert "version 1" in clash.json()["errors"][0]["detail"]
    assert house["白音"].post(f"{mine}/answers", old).status_code == 404, "the superior looks, the branch answers"
    for code in ALL:
        marked(house, code)
        assert house.without_a_reason(SECRETARIES[code], f"/declarations/{house.declared[code]}", "hand-in")
    whole = first.read(mine)
    assert (whole["state"], whole["unanswered"], whole["score"]) == ("submitted", 0, whole["of"])
    assert first.get(f"/declarations/{house.declared[SECOND]}").status_code == 404


def marked(house: House, code: str) -> None:
    """The superior states the gates; of the third branch something was made up."""
    superior, place = body(code, "township")[0], f"/declarations/{house.declared[code]}"
    gates = {f"gate-{gate.code}": "1" for gate in at_hand(EDITION).gates}
    house.does(superior, place, "gates", **gates, document="核实记录")
    if code == THIRD:
        house.does(superior, place, "event", condition="faked_material", matter="2026年台账", document="两人核实")


def counted(house: House) -> None:
    for code in ALL:
        clerks = [body(code, level)[0] for level in ("banner", "league")]
        place = f"/declarations/{house.declared[code]}"
        for source, papers in PAPERS.items():
            for name in clerks:
                pile = {"source": source, "issued": 40, "spoiled": 0, "papers": papers}
                if (code, source, name) == (FIRST, "mem", clerks[1]):
                    pile["papers"] = papers.replace("11111", "11112", 1)
                told = house.without_a_reason(name, place, "enter-ballots", **pile)
                assert told.startswith("The first look" if name == clerks[0] else ("Two looks", "The looks"))
    first = f"/declarations/{house.declared[FIRST]}"
    pile = next(one for one in house["萨仁"].read(f"{first}/piles")["piles"] if one["source"] == "mem")
    assert (pile["standing"], pile["ballots"], pile["open"], pile["differing"]) == ("differs", None, False, [])
    pile = next(one for one in house[CLERK].read(f"{first}/piles")["piles"] if one["source"] == "mem")
    assert pile["differing"] == [[{"paper": "11111", "times": 1}], [{"paper": "11112", "times": 1}]]
    assert house[SECRETARIES[FIRST]].get(f"{first}/piles").status_code == 404
    house.without_a_reason(CLERK, first, "enter-ballots", source="mem", issued=40, spoiled=0, papers=PAPERS["mem"])
    standing = {one["standing"] for row in house[CLERK].walk(f"{house.here}/piles") for one in row["piles"]}
    assert standing == {"settled"}


def scored(house: House, capture: Any, why: str) -> int:
    with capture(execute=True):
        house.does(CLERK, house.here, "ask-for-run", seed="体彩排列五 26051 期 81734", why=why)
    made = house[CLERK].walk(f"{house.here}/runs")[-1]
    assert (made["state"], made["said"]) == ("done", "")
    return int(made["id"])


def visited(house: House, run: int) -> None:
    assert house.acts("萨仁", f"/runs/{run}") == []
    house.does(CLERK, f"/runs/{run}", "draw-visits", why="按公开号码抽取")
    drawn = house[CLERK].walk(f"{house.here}/visits")
    assert drawn
    assert house[SECRETARIES[FIRST]].walk(f"{house.here}/visits") == [], "nobody is told beforehand"
    house.passed("visits")
    for one in drawn:
        inspector = SECOND_LOOK if one["wave"] == "double" else INSPECTORS[league_of(one["organisation"]["name"])]
        found = {"on": "2026-03-02", "words": "看了会议记录，问了六个人", "found": [], "overall": 98}
        place = f"/visits/{one['id']}/findings"
        assert house[inspector].post(place, {**found, "on": "2026-03-03"}).json()["errors"][0]["field"] == "on"
        assert house[inspector].post(place, found).status_code == 200
    assert house[CLERK].walk(f"{house.here}/visits", made="false") == []
    other = INSPECTORS["1505"]
    theirs = [one["id"] for one in drawn if league_of(one["organisation"]["name"]) == "1504"]
    assert all(house[other].get(f"/visits/{pk}").status_code == 404 for pk in theirs)


def opined(house: House, step: int, name: str, verdict: str = "pass") -> None:
    said = {} if verdict == "pass" else {"item-first_agenda": WRONG}
    house.without_a_reason(name, f"/reviews/{step}", "opine", verdict=verdict, **said)


def agreed(house: House, code: str, level: str, verdict: str = "pass") -> None:
    """Two give the same opinion, the third person concludes."""
    decides, *reviewers = body(code, level)
    step = house.step(code)
    assert step["step"] == level
    for name in reviewers[:2]:
        opined(house, step["id"], name, verdict)
    house.does(decides, f"/reviews/{step['id']}", "conclude", verdict=verdict, why="意见一致")


def disagreed(house: House) -> None:
    """At the banner two differ about the first branch; a third one settles it. Nobody reads what is not open."""
    decides, one, two, three = body(FIRST, "banner")
    step = house.step(FIRST)["id"]
    opined(house, step, one)
    for name in (two, three, decides, CLERK, "萨仁"):
        (said,) = house[name].read(f"/reviews/{step}")["opinions"]
        assert (said["closed"], said["verdict"], said["reasons"]) == (True, "", {}), name
    (said,) = house[one].read(f"/reviews/{step}")["opinions"]
    assert said["verdict"] == "pass", "the own one is one's own"
    assert house[decides].post(f"/reviews/{step}/acts/conclude", {"verdict": "pass", "why": "x"}).status_code == 404
    assert house.refused(two, f"/reviews/{step}", "opine", verdict="return")[0][1]
    opined(house, step, two, "return")
    assert house[CLERK].read(f"/reviews/{step}")["state"] == "third"
    opened = house[decides].read(f"/reviews/{step}")["opinions"]
    assert all(said["closed"] for said in opened), "the third is blind as well"
    opined(house, step, three)
    opened = house[decides].read(f"/reviews/{step}")["opinions"]
    assert sorted(said["verdict"] for said in opened) == ["pass", "pass", "return"]
    assert {"first_agenda": WRONG} in [said["reasons"] for said in opened]
    township = house[body(FIRST, "township")[0]].read(f"/reviews/{step}")["opinions"]
    assert all(said["closed"] for said in township), "the body below sees where it stands, never what was said"
    house.does(decides, f"/reviews/{step}", "conclude", verdict="pass", why="两人同意")


def returned(house: House, clock: Clock) -> None:
    """The second branch is returned with a reason at the item, mends it, and is judged anew."""
    agreed(house, SECOND, "township", "return")
    asks, place = house[SECRETARIES[SECOND]], f"/declarations/{house.declared[SECOND]}"
    mine = asks.read(place)
    item = next(one for one in mine["items"] if one["item"] == "first_agenda")
    assert (mine["state"], item["answer"]["asked_back"]) == ("returned", WRONG)
    clock.on(1)
    assert declared(house, SECOND, first_agenda="8月的会补开，见记录第12号").status_code == 200
    house.without_a_reason(SECRETARIES[SECOND], place, "hand-in")
    clock.on(0)
    step = house[CLERK].read(f"/reviews/{house.step(SECOND)['id']}")
    assert (step["state"], step["turn"]) == ("opinions", 2)
    assert [one["what"] for one in step["changes"]] == ["first_agenda"]
    agreed(house, SECOND, "township")


def tied(house: House) -> None:
    """Of the third branch each says something else; somebody who gave no opinion settles it, with a reason."""
    decides, *three = body(THIRD, "league")
    step = house.step(THIRD)["id"]
    for name, verdict in zip(three, ("pass", "return", "reject"), strict=True):
        opined(house, step, name, verdict)
    assert house[decides].read(f"/reviews/{step}")["state"] == "decision"
    assert house.refused(decides, f"/reviews/{step}", "conclude", verdict="pass", why="")[0][0] == "why"
    house.does(decides, f"/reviews/{step}", "conclude", verdict="pass", why="原始记录在，予以通过")


def reviewed(house: House, clock: Clock) -> None:
    assert {one["organisation"]["name"] for one in house["苏日娜"].walk("/reviews")} == {FIRST, SECOND}
    assert house["白音"].walk("/reviews") == [], "nothing waits at the league yet"
    agreed(house, FIRST, "township")
    disagreed(house)
    agreed(house, FIRST, "league")
    agreed(house, FIRST, "region")
    returned(house, clock)
    for level in ("banner", "league", "region"):
        agreed(house, SECOND, level)
    agreed(house, THIRD, "township")
    agreed(house, THIRD, "banner")
    tied(house)
    agreed(house, THIRD, "region")
    agreed(house, FOURTH, "township")
    house.does(SECRETARIES[FOURTH], f"/declarations/{house.declared[FOURTH]}", "withdraw", why="明年再报")
    clock.on(0)
    states = house[CLERK].read(house.here)["declarations"]
    assert states == {"concluded": 3, "withdrawn": 1}


def drawn_up(house: House, run: int) -> None:
    told = house.does(CLERK, house.here, "draw-up", run=run, why="拟名单")
    rows = {one["organisation"]["name"]: one for one in house[CLERK].walk(f"{house.here}/lines")}
    assert told == "2 branches are on the list"
    assert set(rows) == {FIRST, SECOND, THIRD}, "who has withdrawn is on no list"
    assert rows[FIRST]["score"] == rows[SECOND]["score"], "a tie"
    assert rows[FIRST]["listed"] == rows[SECOND]["listed"]
    assert not rows[THIRD]["listed"]
    reasons = house[CLERK].read(f"/lines/{rows[THIRD]['id']}")["reasons"]
    assert "no_veto" in [one["code"] for one in reasons if not one["met"]]
    wrong = house.refused(CLERK, f"/lines/{rows[THIRD]['id']}", "add", why="有特殊贡献", document="特批")
    assert "made up" in wrong[0][1], "nobody sets a veto aside"
    (mine,) = house[SECRETARIES[THIRD]].walk(f"{house.here}/lines")
    assert mine["organisation"]["name"] == THIRD


def laid_open(house: House, clock: Clock) -> None:
    anybody = Program()
    assert anybody.get(f"/public/notices/{house.round}").status_code == 404
    house.does(CLERK, house.here, "post", why="公示五个工作日")
    assert {one["name"] for one in anybody.walk(f"/public/notices/{house.round}/names")} == {FIRST, SECOND}
    upheld, dismissed = (objected(house, anybody, code) for code in (SECOND, FIRST))
    answered(house, upheld[0], "upheld", "查实三次会没有开", ["strike"])
    line = house.line(SECOND)
    assert (line["listed"], line["proposed"]) == (True, "struck"), "one person changes nothing"
    house.does(OTHER, f"/lines/{line['id']}", "agree", why="同意除名")
    assert {one["name"] for one in anybody.walk(f"/public/notices/{house.round}/names")} == {FIRST}
    told = anybody.read(f"/public/notices/{house.round}")
    assert [(one["name"], one["what"]) for one in told["changed"]] == [(SECOND, "struck off after an objection")]
    answered(house, dismissed[0], "not_upheld", "会议记录齐全")
    appealed(house, anybody, *dismissed)
    (mine,) = house[SECRETARIES[SECOND]].walk(f"{house.here}/objections/told")
    assert set(mine) == {"organisation", "told"}, "that there was one and its outcome; no words"
    clock.on(15)


def objected(house: House, anybody: Program, code: str) -> tuple[int, str]:
    """Somebody objects without a name; the number the office gives it, and the receipt."""
    place = f"/public/notices/{house.round}/objections"
    wrong = anybody.post(place, {"kind": "facts", "branch": code}, key="")
    assert [one["field"] for one in wrong.json()["errors"]] == ["words"]
    made = anybody.post(place, {"kind": "facts", "branch": code, "words": "三次会没有开"}, key="")
    assert made.status_code == 200, made.text
    found = house[CLERK].walk(f"{house.here}/objections", state="received")
    return found[-1]["id"], made.json()["receipt"]


def answered(house: House, objection: int, outcome: str, reason: str, corrections: Iterable[str] = ()) -> None:
    place = f"/objections/{objection}"
    house.without_a_reason(CLERK, place, "acknowledge")
    handler = house[CLERK].read(place)["handler"]
    assert handler not in (CLERK, OTHER), "never who decided"
    assert house[CLERK].post(f"{place}/acts/answer", {"outcome": outcome, "reason": "x"}).status_code == 404
    said = {"outcome": outcome, "reason": reason, "corrections": list(corrections)}
    house.without_a_reason(handler, place, "answer", **said)


def appealed(house: House, anybody: Program, objection: int, receipt: str) -> None:
    told = anybody.post("/public/objections", {"code": receipt}, key="").json()
    assert (told["state"], told["appeals"]) == ("answered", True)
    told = anybody.post(
        "/public/objections", {"code": receipt, "act": "appeal", "words": "没有看原始记录"}, key=""
    ).json()
    assert told["state"] == "appealed"
    place = f"/objections/{objection}"
    handlers = [name for name, asks in house.programs.items() if "answer-appeal" in _open(asks, place)]
    assert len(handlers) == 1
    house.without_a_reason(handlers[0], place, "answer-appeal", outcome="not_upheld", reason="原始记录齐全")
    told = anybody.post("/public/objections", {"code": receipt}, key="").json()
    assert told["appeal_reason"] == "原始记录齐全"


def _open(asks: Program, place: str) -> list[str]:
    found = asks.get(f"{place}/acts")
    return [one["act"] for one in found.json()["acts"]] if found.status_code == 200 else []


def named(house: House) -> None:
    told = house.does(CLERK, house.here, "adopt", document="组通字〔2026〕30号", on="2026-03-02", why="命名")
    assert told == "1 branch is named"
    (title,) = house[SECRETARIES[FIRST]].walk("/titles")
    assert (title["organisation"]["name"], title["document"], title["state"]) == (
        FIRST,
        "组通字〔2026〕30号",
        "in_force",
    )
    assert house[SECRETARIES[SECOND]].walk("/titles") == []
    assert house.acts(CLERK, f"/lines/{house.line(THIRD)['id']}") == [], "it stays as it is"


def sorted_out(house: House, run: int) -> None:
    house.does(CLERK, house.here, "sort", run=run, why="年度分类")
    rows = {one["organisation"]["name"]: one for one in house[CLERK].walk(f"{house.here}/sorted")}
    assert set(rows) >= {FIRST, SECOND, THIRD}
    (raised,) = house["呼和"].walk(f"{house.here}/candidates")
    assert (raised["organisation"]["name"], raised["situation"], raised["state"]) == (THIRD, "W01", "raised")
    place = f"/candidates/{raised['id']}"
    assert house["萨仁"].get(place).status_code == 404, "another league's"
    house.does(SECRETARIES[THIRD], place, "answer", why="人选已报，待批")
    assert house.acts(SECRETARIES[THIRD], place) == ["answer"]
    assert house["呼和"].read(place)["answer"] == "人选已报，待批"
    house.does("呼和", place, "confirm", why="书记空缺五个月，属实")
    mine = house["呼和"].read(f"/sorted/{rows[THIRD]['id']}")
    assert (mine["proposed"], mine["decided"]) == ("lagging", "")
    house.does("呼和", f"/sorted/{mine['id']}", "decide", code="lagging", why="列入整顿")
    assert house[SECRETARIES[THIRD]].read(f"/sorted/{mine['id']}")["decided"] == "lagging"
    assert house[CLERK].read(f"{house.here}/triage")["run"] == run


def test_a_round_from_its_opening_to_the_branch_that_lags(
    house: House, clock: Clock, django_capture_on_commit_callbacks: Any
) -> None:
    opened(house)
    filled_in(house)
    house.passed("ballots")
    counted(house)
    house.passed("scoring")
    assert house[CLERK].read(house.here)["declarations"] == {"frozen": 4}
    run = scored(house, django_capture_on_commit_callbacks, "首次计分")
    assert house[CLERK].read(f"/runs/{run}")["branches"] == 4
    assert house[SECRETARIES[FIRST]].read(f"/runs/{run}/sheets/{FIRST}")["score"] > 80
    assert house[SECRETARIES[FIRST]].get(f"/runs/{run}/sheets/{SECOND}").status_code == 404
    assert [one["code"] for one in house[SECRETARIES[FIRST]].walk(f"/runs/{run}/branches")] == [FIRST]
    visited(house, run)
    house.passed("review")
    reviewed(house, clock)
    last = scored(house, django_capture_on_commit_callbacks, "审核之后")
    drawn_up(house, last)
    house.passed("notice")
    laid_open(house, clock)
    house.passed("naming")
    named(house)
    sorted_out(house, last)
    house.passed("closed")
    assert house.acts(CLERK, house.here) == []
    assert verify().faults == ()
