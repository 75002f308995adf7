"""A list is laid open to everybody; whoever objects gets a receipt, an independent reviewer and an answer; no name of
an objector is seen by anybody but that reviewer.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

import stage
from baolei.ledger.models import Entry
from baolei.naming import actions as naming_actions
from baolei.naming.models import Line, NamingList
from baolei.notices import actions, choosing, doors
from baolei.notices.models import Objection, Posting
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import naming
from baolei.programme.notice import AnswerRefused, ObjectionRefused
from baolei.programme.states import NotHere
from baolei.rounds.models import Round
from round_stage import BRANCHES, NOW, declaration_of, listed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

WHO, WORDS = "举报人甲", "台账与实际不符，三次会没有开"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, settings: Any) -> None:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")


@pytest.fixture
def made(django_capture_on_commit_callbacks: Any) -> NamingList:
    """A scored round in its public notice, with one name on its list and one not on it."""
    return listed(django_capture_on_commit_callbacks, "notice")


@pytest.fixture
def clerk() -> Account:
    return stage.mandated("15", "region_clerk")


@pytest.fixture
def posting(made: NamingList, clerk: Account) -> Posting:
    return actions.post(actor=clerk, now=NOW, round=made.round, why="公示")


@pytest.fixture
def reviewers() -> dict[str, Account]:
    """One under the direct superior, one beside it, one in another league."""
    return {name: stage.mandated(code, "reviewer")
            for name, code in (("under", "150422103"), ("beside", "150422"), ("far", "1505"))}  # fmt: skip


def line_of(posting: Posting, code: str = BRANCHES[0]) -> Line:
    found: Line = posting.list.lines.get(declaration=declaration_of(posting.list.round, code))
    return found


def raised(posting: Posting, kind: str = "facts", name: str = "", **other: Any) -> tuple[Objection, str]:
    said: dict[str, Any] = {
        "now": NOW,
        "posting": posting,
        "line": line_of(posting),
        "words": WORDS,
        "contact": "13800000000",
    }
    return actions.object_to(**{**said, "kind": kind, "name": name, **other})


def handled(posting: Posting, clerk: Account, **other: Any) -> tuple[Objection, str]:
    objection, receipt = raised(posting, **other)
    return actions.acknowledge(actor=clerk, now=NOW, objection=objection), receipt


def asked(account: Account | None, address: str, **said: Any) -> Any:
    client = Client()
    if account:
        client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.post(address, said) if said else client.get(address)


def test_a_list_is_laid_open_for_the_days_of_the_rules_and_stays(made: NamingList, clerk: Account) -> None:
    Round.objects.update(phase="review")
    with pytest.raises(NotPossible, match="phase of the public notice"):
        actions.post(actor=clerk, now=NOW, round=made.round, why="公示")
    Round.objects.update(phase="notice")
    posting = actions.post(actor=clerk, now=NOW, round=made.round, why="公示")
    assert (posting.first, posting.last) == (date(2026, 3, 2), date(2026, 3, 9))
    with pytest.raises(NotPossible, match="open already"):
        actions.post(actor=clerk, now=NOW, round=made.round, why="公示")
    with pytest.raises(NotPossible, match="laid open"):
        naming_actions.draw_up(actor=clerk, now=NOW, round=made.round, run=made.run, why="重拟")
    with pytest.raises(NotPossible, match="after its public notice"):
        naming_actions.adopt(actor=clerk, now=NOW, naming_list=made, document="1号", on=date(2026, 7, 1), why="命名")


def test_an_objection_without_a_name_strikes_a_name_and_the_page_says_so(
    posting: Posting, clerk: Account, reviewers: dict[str, Account]
) -> None:
    objection, receipt = raised(posting)
    assert (objection.state, objection.by) == ("received", "")
    assert receipt not in objection.code
    objection = actions.acknowledge(actor=clerk, now=NOW, objection=objection)
    assert objection.handler == reviewers["beside"]
    said: dict[str, Any] = {"now": NOW, "objection": objection, "outcome": "upheld", "reason": "查实三次会未开"}
    with pytest.raises(NotPossible, match="who looks into it"):
        actions.answer(actor=clerk, corrections=["strike"], **said)
    with pytest.raises(AnswerRefused):
        actions.answer(actor=reviewers["beside"], **said)
    answered = actions.answer(actor=reviewers["beside"], corrections=["strike"], **said)
    mine = line_of(posting)
    assert (mine.listed, mine.proposed, mine.proposed_by) == (True, naming.STRUCK, reviewers["beside"])
    naming_actions.agree(actor=clerk, now=NOW, line=mine, why="同意")
    page = asked(None, reverse("public_notice", args=[posting.list.round_id])).text
    assert "struck off after an objection" in page
    assert WORDS not in page
    with pytest.raises(NotPossible, match="nothing to appeal"):
        actions.appeal(now=NOW, receipt=receipt, words="x")
    assert actions.of_receipt(receipt.upper()).pk == answered.pk


def test_what_is_not_upheld_changes_nothing_and_may_be_appealed_one_level_up(
    posting: Posting, clerk: Account, reviewers: dict[str, Account]
) -> None:
    objection, receipt = handled(posting, clerk)
    first = reviewers["beside"]
    actions.answer(actor=first, now=NOW, objection=objection, outcome="not_upheld", reason="记录齐全")
    assert line_of(posting).listed
    with pytest.raises(NotPossible, match="say why"):
        actions.appeal(now=NOW, receipt=receipt, words=" ")
    with pytest.raises(NotPossible, match="are over"):
        actions.appeal(now=NOW + 20 * DAY, receipt=receipt, words="x")
    appealed = actions.appeal(now=NOW, receipt=receipt, words="没有看原件")
    assert appealed.appeal_handler == reviewers["far"]
    with pytest.raises(NotPossible):
        actions.answer_appeal(actor=first, now=NOW, objection=appealed, outcome="not_upheld", reason="x")
    ended = actions.answer_appeal(actor=reviewers["far"], now=NOW, objection=appealed, outcome="upheld",
                                  reason="原件缺失", corrections=["strike"])  # fmt: skip
    assert (ended.state, ended.came_to, ended.due) == ("closed", "upheld", None)
    assert line_of(posting).proposed_by == reviewers["far"]
    with pytest.raises(NotHere):
        actions.appeal(now=NOW, receipt=receipt, words="x")


def test_whoever_had_a_part_in_it_does_not_look_into_it(posting: Posting, reviewers: dict[str, Account]) -> None:
    objection, _receipt = raised(posting)
    Line.objects.filter(pk=objection.line_id).update(proposed="struck", proposed_why="x",
                                                     proposed_by=reviewers["beside"])  # fmt: skip
    objection = Objection.objects.get()
    found = choosing.chosen(objection, NOW.date(), 1)
    assert found is not None
    assert found.person == str(reviewers["far"].pk)
    reviewers["far"].mandates.update(ended_at=NOW)
    assert choosing.chosen(objection, NOW.date(), 1) is None
    with pytest.raises(NotPossible, match="no independent reviewer"):
        actions.acknowledge(actor=None, now=NOW, objection=objection)


def test_what_cannot_be_taken_in(posting: Posting) -> None:
    other = line_of(posting, BRANCHES[1])
    with pytest.raises(ObjectionRefused, match="needs a name"):
        raised(posting, "omission", line=other)
    assert raised(posting, "omission", "乌云", line=other)[0].by
    with pytest.raises(NotPossible, match="no such name"):
        raised(posting, line=other)
    with pytest.raises(ObjectionRefused, match="outside the notice"):
        raised(posting, now=NOW + 30 * DAY)
    with pytest.raises(ObjectionRefused, match="nothing is objected to"):
        raised(posting, words=" ")
    Posting.objects.update(hour=NOW, taken=actions.PER_HOUR)
    with pytest.raises(NotPossible, match="in an hour"):
        raised(posting)
    assert raised(posting, now=NOW + timedelta(hours=1))[0].pk


def test_a_breach_of_discipline_comes_any_time_and_is_passed_on(posting: Posting, clerk: Account) -> None:
    objection, _receipt = raised(posting, "conduct", now=NOW + 90 * DAY)
    with pytest.raises(NotPossible, match="pass it on"):
        actions.acknowledge(actor=clerk, now=NOW, objection=objection)
    assert actions.pass_on(actor=clerk, now=NOW, objection=objection).state == "passed_on"
    with pytest.raises(NotPossible, match="answered here"):
        actions.pass_on(actor=clerk, now=NOW, objection=raised(posting)[0])


def test_it_may_be_taken_back(posting: Posting) -> None:
    _objection, receipt = raised(posting)
    assert actions.withdraw(now=NOW, receipt=receipt).state == "withdrawn"
    with pytest.raises(NotHere):
        actions.withdraw(now=NOW, receipt=receipt)
    with pytest.raises(NotPossible, match="no objection has this code"):
        actions.withdraw(now=NOW, receipt="x")


def test_the_clock_assigns_passes_upward_settles_and_closes(
    posting: Posting, clerk: Account, reviewers: dict[str, Account]
) -> None:
    objection, _receipt = raised(posting)

    def after(days: int) -> tuple[dict[str, int], Objection]:
        told = actions.run_clock(now=NOW + days * DAY)
        again = actions.run_clock(now=NOW + days * DAY)
        assert not any(again.values())
        return told, Objection.objects.get(pk=objection.pk)

    assert not any(after(1)[0].values())
    told, mine = after(4)
    assert (told["assigned"], mine.state, mine.handler) == (1, "handling", reviewers["beside"])
    told, mine = after(20)
    assert (told["escalated"], mine.state) == (1, "overdue")
    later = NOW + 20 * DAY
    mine = actions.reassign(actor=clerk, now=later, objection=mine)
    assert (mine.state, mine.handler) == ("handling", reviewers["far"])
    assert doors.not_ended(posting.list.round).get() == mine
    actions.answer(actor=reviewers["far"], now=later, objection=mine, outcome="not_upheld", reason="记录齐全")
    assert doors.not_ended(posting.list.round).get() == mine, "it may be appealed"
    told, mine = after(60)
    assert (told["settled"], told["notices"], mine.state) == (1, 1, "closed")
    assert not doors.not_ended(posting.list.round).exists()


def test_an_appeal_waits_for_somebody_independent(
    posting: Posting, clerk: Account, reviewers: dict[str, Account]
) -> None:
    reviewers["far"].mandates.update(ended_at=NOW)
    objection, receipt = handled(posting, clerk)
    actions.answer(actor=reviewers["beside"], now=NOW, objection=objection, outcome="partly", reason="更正一处",
                   corrections=["correct"])  # fmt: skip
    mine = actions.appeal(now=NOW, receipt=receipt, words="没有看原件")
    assert mine.appeal_handler is None
    with pytest.raises(NotPossible, match="no independent reviewer"):
        actions.reassign(actor=clerk, now=NOW, objection=mine)
    another = stage.mandated("1502", "reviewer")
    assert actions.run_clock(now=NOW)["assigned"] == 1
    mine.refresh_from_db()
    assert mine.appeal_handler == another


def test_a_name_that_is_missing_is_added_by_two(
    posting: Posting, clerk: Account, reviewers: dict[str, Account]
) -> None:
    other = line_of(posting, BRANCHES[1])
    objection, _receipt = handled(posting, clerk, kind="omission", name=WHO, line=other)
    actions.answer(actor=reviewers["beside"], now=NOW, objection=objection, outcome="upheld", reason="应当列入",
                   corrections=["add"])  # fmt: skip
    assert line_of(posting, BRANCHES[1]).proposed == naming.ADDED


def test_the_database_keeps_the_promises(posting: Posting) -> None:
    objection, _receipt = raised(posting)
    for broken in ({"state": "x"}, {"words": ""}, {"due": None}, {"state": "handling"}, {"outcome": "upheld"},
                   {"appeal_outcome": "upheld"}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Objection.objects.filter(pk=objection.pk).update(**broken)


def test_nobody_but_who_looks_into_it_sees_who_raised_it(
    posting: Posting, clerk: Account, reviewers: dict[str, Account]
) -> None:
    objection, _receipt = handled(posting, clerk, name=WHO)
    secretary, page = stage.mandated(BRANCHES[0], "branch_secretary"), reverse("objection", args=[objection.pk])
    queue = reverse("objections", args=[posting.list.round_id])
    assert WHO in asked(reviewers["beside"], page).text
    assert WORDS in asked(clerk, page).text
    assert WHO not in asked(clerk, page).text
    for other in (secretary, reviewers["under"], reviewers["far"]):
        assert asked(other, page).status_code == 404
    told = asked(secretary, queue).text
    assert "an objection is being looked into" in told
    assert WORDS not in told
    assert WHO not in told
    for words in (WHO, WORDS, "13800000000"):
        assert not any(words in str(one.particulars) for one in Entry.objects.all())
        assert words not in asked(None, reverse("public_notice", args=[posting.list.round_id])).text
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notices_objection")
        assert WHO not in str(cursor.fetchall())
    entries = Entry.objects.filter(act__startswith="notices.").exclude(act="notices.post")
    assert {frozenset((one.particulars or {})["after"]) for one in entries} == {frozenset({"kind"})}


def test_the_page_needs_no_log_in_and_shows_no_score(posting: Posting) -> None:
    mine = line_of(posting)
    page = reverse("public_notice", args=[posting.list.round_id])
    answer = asked(None, page)
    assert answer.status_code == 200
    branch = stage.branch(BRANCHES[0])
    assert branch.name in answer.text
    assert stage.branch(BRANCHES[1]).name not in answer.text or branch.name == stage.branch(BRANCHES[1]).name
    assert f"{mine.score / 100:.2f}" not in answer.text
    assert re.search(r'<td class="number"><span class="cell-label">[^<]+ %</span>\d+</td>', answer.text)
    assert "fewer than five" in answer.text
    assert asked(None, page + "?q=没有这个").text.count("<tbody>") == 0
    assert "attachment" in asked(None, page + "?format=csv")["Content-Disposition"]
    assert reverse("public_notice", args=[posting.list.round_id]) in asked(None, reverse("public_notices")).text
    assert asked(None, reverse("public_notice", args=[999])).status_code == 404


def test_somebody_objects_follows_and_takes_back_on_the_pages(
    posting: Posting, clerk: Account, reviewers: dict[str, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    page, follow = reverse("object_to", args=[posting.list.round_id]), reverse("follow_objection")
    name = stage.branch(BRANCHES[0]).name
    assert asked(None, page + f"?branch={name}").status_code == 200
    said = {"kind": "facts", "branch": name, "words": WORDS}
    assert "take the full name" in asked(None, page, **{**said, "branch": "没有"}).text
    answer = asked(None, page, **said)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    receipt = re.search(r"<code>([^<]+)</code>", answer.text)
    assert receipt is not None
    code = receipt[1]
    assert asked(None, follow, code="x").status_code == 422
    assert "received" in asked(None, follow, code=code).text
    objection = Objection.objects.get()
    do = reverse("on_objection", args=[objection.pk, "acknowledge"])
    assert asked(clerk, do).status_code == 200
    assert asked(clerk, do, x="").status_code == 302
    answering = reverse("on_objection", args=[objection.pk, "answer"])
    assert asked(clerk, answering).status_code == 404
    sent = asked(reviewers["beside"], answering, outcome="not_upheld", reason="记录齐全")
    assert sent.status_code == 302
    assert "记录齐全" in asked(None, follow, code=code).text
    assert "one level up" in asked(None, follow, code=code, act="appeal", words="没有看原件").text
    assert asked(clerk, reverse("objections", args=[posting.list.round_id]) + "?format=csv").status_code == 200


def test_whoever_leads_lays_it_open_on_the_page(
    made: NamingList, clerk: Account, reviewers: dict[str, Account]
) -> None:
    post = reverse("post_list", args=[made.round_id])
    assert asked(reviewers["far"], post).status_code == 404
    assert asked(clerk, post, why="公示").status_code == 302
    assert Posting.objects.get().posted_by == clerk
    assert asked(clerk, post).status_code == 404
