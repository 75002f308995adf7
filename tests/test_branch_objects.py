"""A branch that is not on the list objects by its own page, in days of its own; who had a part in it looks away."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

import stage
from api_stage import program
from baolei.declarations.models import Declaration
from baolei.front.passages import lacks
from baolei.naming import actions as naming_actions
from baolei.naming.models import Line
from baolei.notices import actions, choosing, own, tasks
from baolei.notices.models import Objection, Posting
from baolei.organisations.doors import writing_scope
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme import naming
from baolei.programme.naming import NamingRefused
from baolei.programme.notice import ObjectionRefused
from baolei.programme.states import NotHere
from baolei.reviews.models import Opinion, Step
from baolei.rounds.models import Round
from round_stage import BRANCHES, NOW, declaration_of
from test_public_notice import clerk, line_of, made, own_home, posting, reviewers

__all__ = ["clerk", "made", "own_home", "posting", "reviewers"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
DAY = timedelta(days=1)
WORDS = "党课应为4次，计成了2次，签到簿第7页可查"


@pytest.fixture
def secretary(posting: Posting) -> Account:
    """Of the branch that is not on the list."""
    return stage.mandated(BRANCHES[1], "branch_secretary")


def objected(posting: Posting, secretary: Account, kind: str = "figures", **other: Any) -> Objection:
    said: dict[str, Any] = {"now": NOW, "line": line_of(posting, BRANCHES[1]), "words": WORDS}
    return own.object_as_branch(actor=secretary, **{**said, "kind": kind, **other})


def answered(posting: Posting, clerk: Account, secretary: Account, outcome: str, *corrections: str) -> Objection:
    found = actions.acknowledge(actor=clerk, now=NOW, objection=objected(posting, secretary))
    assert found.handler
    return actions.answer(actor=found.handler, now=NOW, objection=found, outcome=outcome, reason="查过签到簿",
                          corrections=corrections, document="组通字〔2026〕9号")  # fmt: skip


def asked(account: Account, address: str, **said: Any) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.post(address, said) if said else client.get(address)


def rejected(posting: Posting, reviewer: Account) -> None:
    """The review turned the second branch down, on the word of a reviewer among others."""
    mine = declaration_of(posting.list.round, BRANCHES[1])
    step = Step.objects.create(
        declaration=mine, number=1, code="banner", seat="banner", unit=stage.unit("150422").unit, state="rejected",
        entered=NOW.date(), due=NOW.date(), decision_due=NOW.date(), escalates_on=NOW.date(),
    )  # fmt: skip
    Opinion.objects.create(step=step, person=reviewer, verdict="reject", reasons={"first_agenda": "x"}, digest="x",
                           on=NOW.date())  # fmt: skip
    Line.objects.filter(declaration=mine).update(passed=False)


def test_a_branch_that_is_not_listed_objects_and_is_answered_by_who_had_no_part(
    posting: Posting, clerk: Account, secretary: Account, reviewers: dict[str, Account]
) -> None:
    found = answered(posting, clerk, secretary, "upheld", "add")
    assert (found.own, found.by, found.handler) == (True, "", reviewers["beside"])
    assert found.handler != reviewers["under"]
    mine = line_of(posting, BRANCHES[1])
    assert (mine.proposed, mine.sets_aside) == (naming.ADDED, False)
    naming_actions.agree(actor=clerk, now=NOW, line=mine, why="同意")
    assert line_of(posting, BRANCHES[1]).listed
    with pytest.raises(NotPossible, match="nothing to appeal"):
        own.appeal(actor=secretary, now=NOW, objection=found, words="x")


def test_a_rejection_by_the_review_is_set_aside_by_the_reviewer_and_the_office_together(
    posting: Posting, clerk: Account, secretary: Account, reviewers: dict[str, Account]
) -> None:
    rejected(posting, reviewers["beside"])
    mine = line_of(posting, BRANCHES[1])
    with pytest.raises(NotPossible, match="nobody can add it"):
        naming_actions.propose(actor=clerk, now=NOW, line=mine, act=naming.ADDED, reason="x", document="1号")
    found = answered(posting, clerk, secretary, "upheld", "add")
    assert found.handler == reviewers["far"], "whoever gave an opinion in the review looks into nothing"
    mine = line_of(posting, BRANCHES[1])
    assert (mine.passed, mine.sets_aside) == (False, True)
    naming_actions.agree(actor=clerk, now=NOW, line=mine, why="同意")
    mine = line_of(posting, BRANCHES[1])
    assert (mine.passed, mine.sets_aside, mine.listed) == (True, False, True)


def test_a_veto_and_an_unfinished_review_are_set_aside_by_nobody(
    posting: Posting, clerk: Account, secretary: Account, reviewers: dict[str, Account]
) -> None:
    every = [{**one, "met": one["code"] != "no_veto"} for one in line_of(posting, BRANCHES[1]).reasons]
    Line.objects.filter(pk=line_of(posting, BRANCHES[1]).pk).update(reasons=every)
    with transaction.atomic(), pytest.raises(NamingRefused):
        answered(posting, clerk, secretary, "upheld", "add")
    Objection.objects.all().delete()
    mine = line_of(posting, BRANCHES[1])
    Line.objects.filter(pk=mine.pk).update(passed=False, reasons=[{**one, "met": True} for one in mine.reasons])
    Declaration.objects.filter(pk=mine.declaration_id).update(state="frozen")
    with pytest.raises(NotPossible, match="nobody can add it"):
        answered(posting, clerk, secretary, "upheld", "add")


def test_it_has_days_of_its_own_and_the_round_waits_for_them(posting: Posting, secretary: Account) -> None:
    mine = line_of(posting, BRANCHES[1])
    assert own.days_for(mine, posting).last == date(2026, 3, 11)  # seven working days after the second
    assert own.open_until(posting.list.round) == date(2026, 3, 11) > posting.last
    over = [one.need.code for one in lacks(posting.list.round, "naming", NOW + 8 * DAY)]
    assert over == ["over"]
    assert lacks(posting.list.round, "naming", NOW + 10 * DAY) == []
    with pytest.raises(ObjectionRefused, match="outside the notice"):
        objected(posting, secretary, now=NOW + 10 * DAY)
    Line.objects.filter(pk=mine.pk).update(act=naming.STRUCK, reason="x", by=secretary, decided_on=date(2026, 3, 9),
                                           second=stage.mandated("15"))  # fmt: skip
    assert own.open_until(posting.list.round) == date(2026, 3, 18), "struck later, it has its days from then"
    assert objected(posting, secretary, now=NOW + 10 * DAY).pk


def test_what_a_branch_cannot_do(posting: Posting, secretary: Account) -> None:
    with pytest.raises(NotPossible, match="is on the list"):
        objected(posting, secretary, line=line_of(posting))
    with pytest.raises(NotPossible, match="not answered here"):
        objected(posting, secretary, "conduct")
    first = objected(posting, secretary)
    with pytest.raises(NotPossible, match="objected already"):
        objected(posting, secretary)
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.create(posting=posting, line=first.line, kind="facts", words="x", own=True, code="x",
                                 lodged=NOW, due=NOW, acknowledge_by=NOW, answer_by=NOW, appeal_by=NOW)  # fmt: skip
    assert own.withdraw(actor=secretary, now=NOW, objection=first).state == "withdrawn"
    assert objected(posting, secretary).state == "received"
    with pytest.raises(NotHere):
        own.withdraw(actor=secretary, now=NOW, objection=first)
    posting.objections.all().delete()
    posting.delete()
    with pytest.raises(NotPossible, match="has not been laid open"):
        own.object_as_branch(actor=secretary, now=NOW, line=first.line, kind="facts", words="x")


def test_an_appeal_finds_another_at_the_top_where_nobody_stands_higher(
    posting: Posting, clerk: Account, secretary: Account
) -> None:
    first, second = stage.mandated("1502", "reviewer"), stage.mandated("1505", "reviewer")
    found = answered(posting, clerk, secretary, "not_upheld")
    assert found.handler in {first, second}
    assert choosing.chosen(found, NOW.date(), found.up + 1) is None
    appealed = own.appeal(actor=secretary, now=NOW, objection=found, words="没有看签到簿")
    assert {found.handler, appealed.appeal_handler} == {first, second}


def test_on_the_pages_only_its_own_branch_objects_reads_and_appeals(
    posting: Posting, clerk: Account, secretary: Account, reviewers: dict[str, Account],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    mine, queue = line_of(posting, BRANCHES[1]), reverse("objections", args=[posting.list.round_id])
    form = reverse("object_as_branch", args=[mine.pk])
    other = stage.mandated(BRANCHES[0], "branch_secretary")
    assert form in asked(secretary, queue).text
    assert form not in asked(other, queue).text
    assert "Your branches that are not on the list" in asked(secretary, reverse("today")).text
    for stranger in (other, clerk, reviewers["beside"]):
        assert asked(stranger, form).status_code == 404
    assert asked(secretary, form, kind="figures", words=" ").status_code == 422
    assert asked(secretary, form, kind="figures", words=WORDS).status_code == 302
    assert asked(secretary, form).status_code == 404
    found = Objection.objects.get()
    page = reverse("objection", args=[found.pk])
    assert WORDS in asked(secretary, page).text
    assert asked(other, page).status_code == 404
    found = actions.acknowledge(actor=clerk, now=NOW, objection=found)
    assert found.handler
    assert found.handler.name + "</p>" not in asked(secretary, page).text
    writing = writing_scope(found.handler, NOW.date())
    waiting = {one.title for one in tasks.tasks(found.handler, writing, NOW.date()) if one.count}
    assert "Objections you look into" in waiting
    actions.answer(actor=found.handler, now=NOW, objection=found, outcome="not_upheld", reason="签到簿为4次会议2次党课")
    assert "签到簿为4次会议2次党课" in asked(secretary, page).text
    appeal = reverse("on_objection", args=[found.pk, "appeal"])
    assert asked(other, appeal).status_code == 404
    assert asked(secretary, appeal, words="第7页没有看").status_code == 302
    found.refresh_from_db()
    assert (found.state, found.appeal_words) == ("appealed", "第7页没有看")
    assert Round.objects.get().phase == "notice"


def test_the_same_through_the_api_and_one_upheld_is_only_to_be_closed(
    posting: Posting, clerk: Account, secretary: Account, reviewers: dict[str, Account],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    line = f"/lines/{line_of(posting, BRANCHES[1]).pk}/acts"
    mine, other = program(secretary), program(stage.mandated(BRANCHES[0], "branch_secretary"))
    assert [one["act"] for one in mine.read(line)["acts"]] == ["object"]
    assert other.get(line).status_code == 404
    assert "object" not in [one["act"] for one in program(clerk).read(line)["acts"]]
    assert mine.post(f"{line}/object", {"kind": "figures", "words": ""}).status_code == 422
    assert mine.post(f"{line}/object", {"kind": "figures", "words": WORDS}).status_code == 200
    assert mine.read(line)["acts"] == []
    found = actions.acknowledge(actor=clerk, now=NOW, objection=Objection.objects.get())
    assert found.handler
    page = f"/objections/{found.pk}"
    assert other.get(page).status_code == 404
    told = mine.read(page)
    assert (told["words"], told["handler"], told["state"]) == (WORDS, None, "handling")
    assert program(clerk).read(page)["handler"] == found.handler.name
    actions.answer(actor=found.handler, now=NOW, objection=found, outcome="upheld", reason="党课确为4次",
                   corrections=("correct",))  # fmt: skip
    told = mine.read(page)
    assert (told["state_name"], told["due"], told["late"]) == ("answered, to be closed", None, False)
    assert mine.read(f"{page}/acts")["acts"] == []
    assert "open to appeal" not in asked(secretary, reverse("objection", args=[found.pk])).text
