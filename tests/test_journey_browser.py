"""A whole round in a real browser by a cast of named people: every level, in Chinese and in English.

Opened for two leagues, declared on a phone, voted on paper, scored, visited, reviewed at four levels with a return and
a disagreement; named with a veto, a tie and a candidate who withdrew; laid open, objected to, adopted and sorted.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from baolei.declarations import actions as declaring
from baolei.front.conductor import tick
from baolei.naming.models import Title
from baolei.notices.models import Objection
from baolei.programme import declaration as rules
from baolei.reviews.models import Opinion
from baolei.rounds.models import Round
from baolei.scores import actions as scoring
from baolei.scores.models import Visit
from baolei.standards.at_hand import at_hand
from conftest import Visitor
from journey_stage import (
    ALIKE,
    BRANCHES,
    EQUAL,
    GONE,
    OWN,
    VETOED,
    WEAK,
    Clock,
    Person,
    declares,
    furnish,
    of,
    through,
    votes,
    who,
)
from round_stage import best

pytestmark = [pytest.mark.browser, pytest.mark.long]
ROUND = "二〇二六年度最强党支部评定"
BALLOTS = {"mem": ["11111"] * 8 + ["11211"], "mas": ["11111"] * 10 + ["12111"], "soc": ["1111"] * 4}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("django.utils.timezone.now", made.now)
    return made


@pytest.fixture
def edition(transactional_db: None, tmp_path: Path, settings: Any) -> str:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")
    return furnish()


@pytest.mark.parametrize("language", ["zh-hans", pytest.param("en", marks=pytest.mark.release)])
def test_a_round_from_its_opening_to_its_triage(visitor: Visitor, edition: str, clock: Clock, language: str) -> None:
    visitor.speak(language)
    me = Person(visitor, language)
    opened(me, edition)
    declared(me)
    passed_on(me, "哈斯")
    voted(me, clock)
    passed_on(me, "哈斯")
    scored(me)
    passed_on(me, "哈斯")
    visited(me, clock)
    passed_on(me, "哈斯")
    reviewed(me)
    withdrawn(me, clock)
    named(me)
    laid_open(me)
    objected(me)
    branch_objected(me)
    adopted(me, clock)
    sorted_out(me)
    assert me.wrong == []


def opened(me: Person, edition: str) -> None:
    """The region opens a round for itself and begins it; what the passage brings is said before."""
    me.enters("哈斯")
    me.goes("Rounds")
    me.looks("no-round-yet")
    me.follows("Open a round")
    me.looks("open-a-round")
    me.main.get_by_label(me.say("Standard")).select_option(edition)
    me.does("Open a round", told=ROUND, **{
        "Name of the round": ROUND, "First day of the self-assessment": "2026-03-02", "Why": "年度工作",
        "Number of the approval, or the reason why none is needed": "组通字〔2026〕8号",
    })  # fmt: skip
    me.follows(ROUND)
    me.looks("planned")
    me.follows("Pass to the next phase")
    expect(me.main.locator(".task-line")).to_contain_text([me.say("Party branches are asked to declare")])
    expect(me.main.locator(".task-count")).to_have_text(["6"])
    me.looks("begin")
    me.does("Pass to the next phase", told="", Why="按期启动")
    expect(me.page).to_have_url(re.compile(r"/rounds/\d+/$"))
    me.looks("begun")


def declared(me: Person) -> None:
    """A secretary declares on a phone; the others are not followed."""
    me.enters("王秀英", width=360)
    me.looks("today-of-a-secretary")
    me.goes("Rounds", ROUND, "All declarations", OWN[1])
    me.looks("form")
    edition = at_hand(Round.objects.get().edition)
    asked = rules.asked(edition, edition.field("village"))
    me.main.locator("#served").fill("40")
    for item in asked:
        num, den = best(item)
        if me.main.locator(f"#choice-{item.code}").count():
            me.main.locator(f"#choice-{item.code}").select_option(str(num))
        else:
            me.main.locator(f"#num-{item.code}").fill(str(num))
            me.main.locator(f"#den-{item.code}").fill(str(den))
    expect(me.main.get_by_role("status").first).to_have_text(me.say("Everything is saved."))
    me.looks("form-filled")
    me.does("Hand in", told=me.say("The declaration is handed in"))
    me.looks("handed-in")
    for branch, share in ((EQUAL, 0.85), (ALIKE, 0.85), (WEAK, 0.6), (VETOED, 0.95), (GONE, 0.9)):
        declares(branch, share)
    assert of(OWN).state == rules.SUBMITTED


def passed_on(me: Person, name: str, anyway: str = "") -> None:
    """Whoever leads the round passes it on, early for a reason."""
    me.enters(name)
    me.goes("Rounds", ROUND)
    me.follows("Pass to the next phase")
    fields = {"Why": "各项都已办完"} | ({"Why the round goes on without what is missing": anyway} if anyway else {})
    me.does("Pass to the next phase", **fields)
    expect(me.page).to_have_url(re.compile(r"/rounds/\d+/$"))


def voted(me: Person, clock: Clock) -> None:
    """Paper ballots about the members' part of one branch are entered by two people, who differ, and by a third."""
    papers = BALLOTS["mem"]
    for name, lines, told in (
        ("孟和", papers, "The first look is entered; another person counts next"),
        ("萨仁", [*papers[:-1], "11221"], "The looks differ: a third person counts again"),
        ("哈斯", papers, "Two looks agree: the pile is settled"),
    ):
        me.enters(name)
        me.goes("Rounds", ROUND)
        me.follows("Paper ballots")
        me.looks(f"piles-{name}")
        me.main.get_by_role("link", name=re.compile(OWN[1])).first.click()
        me.looks(f"pile-{name}")
        me.does("Enter the pile", told=me.say(told), **{
            "Papers handed out": "9", "The ballots, one in each line": "\n".join(lines)})  # fmt: skip
    votes(OWN, {source: lines for source, lines in BALLOTS.items() if source != "mem"}, clock.now())
    for branch in BRANCHES[1:]:
        vote = "33333" if branch == WEAK else "22222"
        votes(branch, {"mem": [vote] * 9, "mas": [vote] * 11, "soc": [vote[:4]] * 4}, clock.now())
    gates(me)


def gates(me: Person) -> None:
    """Whoever stands above a branch says of its gates that they are met; a veto is entered upon another one."""
    edition = at_hand(Round.objects.get().edition)
    me.enters("孟和")
    me.goes("Rounds", ROUND, "All declarations", OWN[1], "Conditions")
    me.looks("conditions")
    form = me.main.locator("form").first
    for gate in edition.gates:
        form.get_by_label(me.text(gate.name), exact=True).select_option("1")
    form.get_by_label(me.say("On what it stands")).fill("核实记录1号")
    form.get_by_label(me.say("Why"), exact=True).fill("逐项核实")
    form.get_by_role("button").click()
    expect(me.main.get_by_role("status").first).to_have_text(me.say("Saved"))
    for branch in BRANCHES[1:]:
        for gate in edition.gates:
            declaring.mark(actor=who("哈斯"), now=timezone.now(), declaration=of(branch), code=gate.code, met=True,
                           document="核实记录", why="核实")  # fmt: skip
    me.enters("哈斯")
    me.goes("Rounds", ROUND, "All declarations", VETOED[1], "Conditions")
    veto = next(one for one in edition.vetoes if one.code == "faked_material")
    form = me.main.locator("form").nth(1)
    condition = form.get_by_label(me.say("Condition"))
    meant = condition.get_by_role("option").filter(has_text=me.text(veto.name)).first.get_attribute("value")
    condition.select_option(meant)
    form.get_by_label(me.say("Which honour or event")).fill("台账造假，2025年")
    form.get_by_label(me.say("On what it stands")).fill("核查通报3号")
    form.get_by_label(me.say("Why"), exact=True).fill("查实")
    form.get_by_role("button").click()
    expect(me.main.get_by_role("status").first).to_have_text(me.say("It is entered"))
    me.looks("vetoed")


def scored(me: Person) -> None:
    """The round is frozen and scored; the visits are drawn."""
    me.enters("哈斯")
    me.goes("Rounds", ROUND)
    me.follows("Pass to the next phase")
    me.looks("not-scored-yet")
    me.does("Pass to the next phase", Why="各项都已办完")
    missing = "The round is not scored, so there is nothing to draw the visits from: freeze and score it first."
    expect(me.page.get_by_role("alert").first).to_contain_text(me.say(missing))
    me.looks("refused")
    me.visitor.forgive("422")
    run(me, "计分")
    me.main.locator("details.acts summary").click()
    me.follows("Draw the visits")
    me.does("Draw the visits", Why="按公开号码抽取")
    me.looks("visits-drawn")


def run(me: Person, why: str) -> None:
    """Freeze and score; the page of the run that came of it."""
    me.goes("Rounds", ROUND, "Runs", "Freeze and score")
    me.does("Freeze and score", **{"Public number": "26052", "Why": why})
    me.looks(f"runs-{why}")
    me.main.get_by_role("row").nth(1).get_by_role("link").first.click()
    me.looks(f"run-{why}")


def visited(me: Person, clock: Clock) -> None:
    """With a phone: one branch once, another twice by two people; the rest is not followed."""
    waits = me.say("%(round)s: branches to visit", round=ROUND)
    me.enters("那顺", width=360)
    me.goes("Today")
    me.looks("today-of-an-inspector")
    me.takes(waits)
    me.looks("visits-to-be-made")
    me.follows(OWN[1])
    visit(me, OWN, "与记录一致", overall=98)
    me.goes("Today")
    me.takes(waits, WEAK[1])
    visit(me, WEAK, "8月的会议没有记录", overall=60)
    me.enters("哈达", width=360)
    me.goes("Rounds", ROUND, "Visits", WEAK[1])
    expect(me.main).not_to_contain_text("8月的会议没有记录")
    expect(me.main.locator("form")).to_have_count(0)
    me.looks("first-look-still-closed")
    me.goes("Today")
    me.takes(waits, WEAK[1])
    expect(me.main).not_to_contain_text("8月的会议没有记录")
    visit(me, WEAK, "8月、9月的会议没有记录", overall=62)
    me.goes("Rounds", ROUND, "Visits", WEAK[1])
    expect(me.main).to_contain_text("8月的会议没有记录")
    expect(me.main).not_to_contain_text(me.say("You do not visit this branch"))
    me.looks("both-looks-open")
    there = {"1504": "那顺", "1505": "胡日查"}
    for one in Visit.objects.filter(on=None):
        branch = next(branch for branch in BRANCHES if of(branch).pk == one.declaration_id)
        sheet = scoring.Sheet(clock.now().date(), {}, "与记录一致", 80 if branch == VETOED else 84)
        scoring.visit(actor=who(there[branch[0][:4]]), now=clock.now(), visit=one, sheet=sheet)


def visit(me: Person, branch: tuple[str, str], words: str, overall: int) -> None:
    """The sheet on the page: one item as declared, the rest not looked at."""
    me.looks(f"visit-{branch[1]}-{overall}")
    me.main.get_by_role("button", name=me.say("Same as declared")).first.click()
    me.fills("What was seen and heard", words)
    me.does("Hand in the sheet", told=me.say("The sheet has arrived."),
            **{"Your judgement of the whole, 0 to 100": str(overall)})  # fmt: skip
    expect(me.main.locator("h1")).to_contain_text(me.say("visited", "visit"))
    made = Visit.objects.filter(declaration=of(branch), overall__isnull=False).order_by("-on", "-pk")[0]
    assert (made.words, len(made.found)) == (words, 1)
    me.looks(f"visit-made-{branch[1]}-{overall}")


def opines(me: Person, name: str, verdict: str, **reasons: str) -> None:
    """Somebody opens what waits for them and gives an opinion that nobody sees before the others are in."""
    me.enters(name)
    me.goes("Reviews")
    me.main.get_by_role("link", name=OWN[1]).click()
    me.follows("Give my opinion")
    me.does("Give my opinion", told=me.say("Your opinion is given. It is opened together with the others."),
            **{"Opinion": me.say(verdict), **reasons})  # fmt: skip


def concludes(me: Person, name: str, verdict: str, told: str) -> None:
    """The clerk of the body puts in force what the opinions come to."""
    me.enters(name)
    me.goes("Reviews")
    me.main.get_by_role("link", name=OWN[1]).click()
    me.looks(f"review-{name}")
    me.follows("Conclude the step")
    me.does("Conclude the step", told=me.say(told), Conclusion=me.say(verdict), Why="意见一致")


def reviewed(me: Person) -> None:
    """Four levels: the township returns, the branch mends; at the banner two differ and a third settles."""
    item = at_hand(Round.objects.get().edition).items["first_agenda"]
    me.enters("苏日娜")
    me.goes("Today")
    me.looks("today-of-a-reviewer")
    for name in ("苏日娜", "乌兰"):
        opines(me, name, "return to the branch", **{me.text(item.name): "8月的会没有开，应有记录12次"})
    me.looks("opinions-open")
    concludes(me, "其其格", "return to the branch", "The conclusion is put in force")
    me.enters("王秀英", width=360)
    me.goes("Today")
    me.looks("today-returned")
    me.takes("Declarations returned to be mended")
    me.looks("returned")
    me.main.locator("#num-first_agenda").fill("12")
    me.main.locator("#den-first_agenda").fill("12")
    me.does("Hand in")
    for name in ("苏日娜", "乌兰"):
        opines(me, name, "pass")
    concludes(me, "其其格", "pass", "The declaration has passed this step")
    opines(me, "娜仁", "pass")
    opines(me, "巴图", "reject", **{me.text(item.name): "记录与签到不一致"})
    me.looks("they-differ")
    opines(me, "斯琴", "pass")
    concludes(me, "孟和", "pass", "The declaration has passed this step")
    for names, clerk in ((("白音", "海日"), "萨仁"), (("托娅", "青格勒"), "哈斯")):
        for name in names:
            opines(me, name, "pass")
        concludes(me, clerk, "pass", "The declaration has passed this step")
    assert of(OWN).state == rules.CONCLUDED


def withdrawn(me: Person, clock: Clock) -> None:
    """One branch withdraws while it is under review; the reviews of the others are not followed."""
    me.enters("包玉兰", width=360)
    me.goes("Rounds", ROUND, "All declarations", GONE[1])
    me.main.locator("details.acts summary").click()
    me.follows("Withdraw from the round")
    me.does("Withdraw from the round", Why="今年换届，明年再报")
    assert of(GONE).state == rules.WITHDRAWN
    me.enters("哈斯")
    me.goes("Rounds", ROUND)
    me.follows("Pass to the next phase")
    expect(me.main.locator("#lacks")).to_be_visible()
    me.looks("reviews-unfinished")
    me.does("Pass to the next phase", Why="审核期满")
    expect(me.page.get_by_role("alert").first).to_contain_text("4")
    me.visitor.forgive("422")
    for branch in (EQUAL, ALIKE, WEAK, VETOED):
        through(branch, clock.now())
    me.goes("Rounds", ROUND, "Reviews")
    me.looks("reviews-done")


def named(me: Person) -> None:
    """The list: one name for sure, two alike share the last seat, a veto keeps one off whatever anybody says."""
    run(me, "审核后重算")
    me.goes("Rounds", ROUND, "List")
    me.looks("no-list-yet")
    me.follows("Draw up the list")
    me.does("Draw up the list", Why="按结果拟定")
    me.looks("list")
    rows = me.main.locator("tbody tr")
    for branch, listed in ((OWN, True), (EQUAL, True), (ALIKE, True), (VETOED, False), (WEAK, False)):
        word = me.say("on the list" if listed else "not on it")
        expect(rows.filter(has_text=branch[1])).to_contain_text(word)
    expect(rows.filter(has_text=GONE[1])).to_have_count(0)
    me.follows(EQUAL[1])
    me.looks("line-alike")
    me.goes("Rounds", ROUND, "List", VETOED[1])
    me.looks("line-vetoed")
    me.follows("Propose to add it")
    me.does("Propose to add it", Why="成绩好")
    edition = at_hand(Round.objects.get().edition)
    veto = next(one for one in edition.vetoes if one.code == "faked_material")
    expect(me.page.get_by_role("alert").first).to_contain_text(me.text(veto.name))
    me.visitor.forgive("422")


def agrees(me: Person, branch: tuple[str, str]) -> None:
    """The second person."""
    me.goes("Rounds", ROUND, "List", branch[1], "Agree")
    me.does("Agree", told=me.say("It is decided"), Why="同意")


def laid_open(me: Person) -> None:
    """The list is laid open, and everybody reads it without logging in."""
    passed_on(me, "哈斯")
    me.goes("Today")
    me.takes("Lists to be laid open", "Lay the list open")
    me.does("Lay the list open", Why="公示")
    me.looks("objections-none")
    me.leaves()
    me.goes("Public notices", ROUND)
    for branch in (OWN, EQUAL, ALIKE):
        expect(me.main).to_contain_text(branch[1])
    for branch in (WEAK, VETOED, GONE):
        expect(me.main).not_to_contain_text(branch[1])
    me.looks("notice")


def objected(me: Person) -> None:
    """Somebody objects without a name; a reviewer of the other league upholds it, and the name is struck."""
    me.goes("Public notices", ROUND)
    me.follows("Object")
    me.looks("object")
    me.does("Send the objection", **{
        "What is it about?": me.kind("facts"), "Full name of the Party branch": ALIKE[1],
        "What is wrong?": "三会一课台账是后补的，8月没有开会",
    })  # fmt: skip
    me.looks("receipt")
    receipt = me.main.locator("code").first.inner_text()
    me.enters("哈斯")
    me.goes("Today")
    me.looks("today-objection")
    me.takes("Objections received", "Acknowledge it")
    me.does("Acknowledge it", told=me.say("It is acknowledged, a reviewer looks into it"))
    handler = Objection.objects.get().handler
    assert handler
    assert not Opinion.objects.filter(person=handler, step__declaration=of(ALIKE)).exists()
    me.enters(handler.name)
    me.goes("Today")
    me.takes("Objections you look into")
    me.looks("objection")
    me.follows("Answer it")
    me.main.get_by_label(me.say("the name is struck off")).check()
    me.does("Answer it", told=me.say("It is answered"), **{
        "What does it come to?": me.outcome("upheld"), "What was found, and why": "8月没有会议记录，系后补",
    })  # fmt: skip
    me.enters("布和")
    me.goes("Today")
    me.looks("today-to-agree")
    agrees(me, ALIKE)
    me.leaves()
    me.goes("Public notices", ROUND)
    expect(me.main).to_contain_text(me.say("struck off after an objection"))
    me.looks("notice-changed")
    me.follows("What became of my objection?")
    me.does("Look it up", **{"Code of your receipt": receipt})
    expect(me.main).to_contain_text("8月没有会议记录")
    expect(me.main.get_by_role("button")).to_have_count(0)
    me.looks("followed")


def branch_objected(me: Person) -> None:
    """The branch that was struck objects by its own page, reads the answer, and may appeal."""
    me.enters("李国强", width=360)
    me.goes("Today")
    me.looks("today-not-on-the-list")
    me.takes("Your branches that are not on the list", f"{me.say('Object for the branch')} {ALIKE[1]}")
    me.looks("object-as-branch")
    me.does(
        "Object for the branch", **{"What is it about?": me.kind("facts"), "What is wrong?": "8月因牧区抗旱改在9月补开"}
    )
    me.looks("objected-as-branch")
    me.enters("布和")
    me.goes("Today")
    me.takes("Objections received", "Acknowledge it")
    me.does("Acknowledge it")
    mine = Objection.objects.get(own=True)
    assert mine.handler
    me.enters(mine.handler.name)
    me.goes("Today")
    me.takes("Objections you look into", "Answer it")
    me.does("Answer it", told=me.say("It is answered"), **{
        "What does it come to?": me.outcome("not_upheld"), "What was found, and why": "9月的会也没有签到",
    })  # fmt: skip
    me.enters("李国强", width=360)
    me.goes("Today")
    me.takes("Answers to objections of your branches")
    expect(me.main).to_contain_text("9月的会也没有签到")
    expect(me.main.get_by_role("link", name=me.say("Appeal"))).to_be_visible()
    me.looks("answer-for-the-branch")


def adopted(me: Person, clock: Clock) -> None:
    """Once the days are over the list is adopted under its document, and the branch holds its title."""
    me.enters("哈斯")
    me.goes("Rounds", ROUND)
    me.follows("Pass to the next phase")
    me.looks("notice-runs")
    clock.jump(days=20)
    tick()
    passed_on(me, "哈斯")
    me.goes("Rounds", ROUND, "List", "Adopt the list")
    me.looks("adopt")
    me.does("Adopt the list", Why="部务会议定", **{"Number of the naming document": "组通字〔2026〕30号"})
    me.looks("list-adopted")
    assert Title.objects.count() == 2
    me.enters("王秀英", width=360)
    me.goes("Titles", OWN[1])
    expect(me.main).to_contain_text("组通字〔2026〕30号")
    me.looks("title")


def sorted_out(me: Person) -> None:
    """After the naming the branches are sorted, and the round ends."""
    me.enters("哈斯")
    me.goes("Rounds", ROUND, "Triage", "Sort by the criteria")
    me.does("Sort by the criteria", Why="抓两头带中间")
    me.looks("triage")
    passed_on(me, "哈斯")
    me.looks("closed")
    assert Round.objects.get().phase == "closed"
