"""Demonstration sites and bases: given by two people, with a term, counted once, looked at and ended as titles are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.naming import demonstrations, honours, life
from baolei.naming.models import Demonstration, Title
from baolei.organisations.models import OrganisationState
from baolei.organisations.units import NotPossible
from baolei.programme import titles
from baolei.programme.decided import SecondMissing
from baolei.programme.standard.edition import Text
from baolei.programme.titles import TitleRefused
from baolei.rounds.models import Round
from round_stage import NOW, opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
DAY = date(2026, 3, 1)
CODES = ("150422103216-001", "150422103216-002", "150422104201-003", "150502103216-004")


@pytest.fixture
def branches() -> list[OrganisationState]:
    """Three of one banner, one of another league."""
    return [stage.branch(code, home=code[:12]) for code in CODES]


@pytest.fixture
def clerk() -> Any:
    return stage.mandated("150422", "banner_clerk")


def proposed(actor: Any, branches: list[OrganisationState], **other: Any) -> Demonstration:
    said = {
        "kind": "base", "name": "“煤电网铝”示范基地", "unit": stage.unit("150422").unit, "branches": branches,
        "lead": branches[0], "document": "左组发〔2026〕3号", "on": DAY, "why": "连片带动",
    }  # fmt: skip
    return demonstrations.propose(actor=actor, now=NOW, **{**said, **other})


def titled(branch: OrganisationState, level: str = "region", year: int = 2025, **other: Any) -> Title:
    this = Round.objects.filter(year=year).first() or opened(year=year)
    said = {"since": date(2025, 7, 1), "until": date(2028, 6, 30), "document": f"{level}文", **other}
    return Title.objects.create(
        organisation_id=branch.organisation_id, code="strongest", name="最强党支部", level=level, round=this, **said
    )


def test_a_base_is_given_when_another_agrees_for_as_long_as_the_rules_say(branches: Any, clerk: Any) -> None:
    mine = proposed(clerk, branches[:3])
    assert (mine.state, mine.level) == (Demonstration.PROPOSED, "banner")
    with pytest.raises(SecondMissing):
        demonstrations.agree(actor=clerk, now=NOW, demonstration=mine, why="同意")
    given = demonstrations.agree(actor=stage.mandated("150422"), now=NOW, demonstration=mine, why="同意")
    assert (given.state, given.since, given.until) == (titles.IN_FORCE, DAY, date(2029, 2, 28))
    with pytest.raises(NotPossible, match="nothing is proposed"):
        demonstrations.decline(actor=clerk, now=NOW, demonstration=mine, why="x")


@pytest.mark.parametrize(("said", "wrong"), [
    ({"branches": slice(0, 2)}, "a demonstration base takes 3 branches"),
    ({"branches": slice(0, 3), "kind": "site"}, "a demonstration site is one branch"),
    ({"branches": slice(1, 4)}, "named twice, or the lead is none of them"),
    ({"branches": slice(0, 4)}, "150502103216-004: not below 150422"),
    ({"branches": slice(0, 3), "document": " "}, "enter its number"),
])  # fmt: skip
def test_what_cannot_be_given_is_refused_by_name(branches: Any, clerk: Any, said: Any, wrong: str) -> None:
    with pytest.raises((TitleRefused, NotPossible), match=wrong):
        proposed(clerk, branches[said.pop("branches")], lead=branches[0], **said)
    assert not Demonstration.objects.exists()


def test_a_village_gives_none(branches: Any, clerk: Any) -> None:
    with pytest.raises(NotPossible, match="gives no such title"):
        proposed(clerk, branches[:1], kind="site", unit=stage.unit("150422103216").unit)


def test_a_base_stands_while_each_of_its_branches_holds_a_title(branches: Any, clerk: Any) -> None:
    mine = proposed(clerk, branches[:3])
    held = [titled(branch) for branch in branches[:3]]
    assert honours.standing_of(mine, DAY).stands
    Title.objects.filter(pk=held[2].pk).update(state=titles.WITHDRAWN, ended=DAY)
    found = honours.standing_of(mine, DAY)
    assert (found.stands, found.without) == (False, (str(branches[2].organisation_id),))


def test_honours_are_counted_once_at_their_highest_level(branches: Any) -> None:
    for branch, level, year in ((branches[0], "region", 2024), (branches[0], "banner", 2025),
                                (branches[1], "banner", 2025), (branches[2], "league", 2025)):  # fmt: skip
        mine = titled(branch, level, year)
    titled(branches[2], "region", 2024, state=titles.WITHDRAWN, ended=date(2026, 2, 1))
    found = Title.objects.all()
    counted = dict(honours.by_level(found, "organisation", DAY))
    assert [counted[name] for name in counted] == [1, 1, 1, 0]
    held = [titles.Title(str(one.organisation_id), one.code, one.level, "", one.since, one.until, one.state, one.ended)
            for one in found]  # fmt: skip
    best = titles.highest(held, DAY, honours.title_rules())
    for level, name in honours.NAMES.items():
        if level in honours.title_rules().levels:
            assert counted[name] == sum(one.level == level for one in best.values())
    low = Title.objects.get(organisation=branches[0].organisation_id, level="banner")
    assert honours.counts_with(low, DAY).level == "region"  # type: ignore[union-attr]
    assert honours.counts_with(mine, DAY) == mine
    assert isinstance(next(iter(counted)), Text)


def test_it_is_watched_withdrawn_by_two_and_lapses_with_its_lead_branch(branches: Any, clerk: Any) -> None:
    two = stage.mandated("150422")
    mine = demonstrations.agree(actor=two, now=NOW, demonstration=proposed(clerk, branches[:3]), why="同意")
    said = {"actor": clerk, "now": NOW, "title": mine, "who": "committee", "reason": "两个支部失去称号"}
    assert life.carry(**said, act="watch").state == titles.WATCHED
    with pytest.raises(SecondMissing):
        life.carry(**said, act="propose")
    life.carry(**said, act="propose", second=two)
    assert life.answer(actor=None, now=NOW, title=mine, words="正在整改").answer == "正在整改"
    assert life.carry(**said, act="retain", second=two).state == titles.WATCHED
    OrganisationState.objects.filter(organisation=mine.lead_id).update(until=date(2026, 4, 1))
    assert life.lapse_and_expire(now=datetime(2026, 5, 1, tzinfo=UTC)) == {"lapsed": 1, "expired": 0}
    other = demonstrations.agree(actor=two, now=NOW, why="同意", demonstration=proposed(
        clerk, branches[1:2], kind="site", lead=branches[1], name="示范点"))  # fmt: skip
    assert life.lapse_and_expire(now=datetime(2030, 1, 1, tzinfo=UTC)) == {"lapsed": 0, "expired": 1}
    other.refresh_from_db()
    assert other.state == titles.EXPIRED


def test_the_pages_take_two_people_and_say_which_line_is_wrong(branches: Any, clerk: Any) -> None:
    two, far = stage.mandated("150422"), stage.mandated("1505")
    secretary = stage.mandated(CODES[1], "branch_secretary")

    def asked(account: Any, address: str, **body: Any) -> Any:
        client = Client()
        client.force_login(account)
        client.cookies["django_language"] = "en"
        return client.post(address, body) if body else client.get(address)

    new = reverse("new_demonstration")
    said = {"kind": "base", "name": "连片基地", "unit": "150422", "lead": CODES[0], "document": "3号",
            "on": "2026-03-01", "why": "连片带动"}  # fmt: skip
    assert asked(secretary, new).status_code == 404
    refused = asked(clerk, new, **said, others=f"{CODES[1]}\n没有这个")
    assert refused.status_code == 422
    assert "Line 2: Nothing is called “没有这个”" in refused.text
    refused = asked(clerk, new, **{**said, "unit": "1504"}, others="")
    assert refused.status_code == 422
    assert asked(clerk, new, **said, others=f"{CODES[1]}\n{CODES[2]}").status_code == 302
    mine = Demonstration.objects.get()
    page, agree = (reverse("demonstration", args=[mine.pk]), reverse("on_demonstration", args=[mine.pk, "agree"]))
    assert asked(far, page).status_code == asked(secretary, agree).status_code == 404
    assert asked(clerk, agree, why="同意").status_code == 422
    assert asked(two, agree, why="同意").status_code == 302
    assert "The base does not stand" in asked(secretary, page).text  # a member sees it, the lead's banner too
    assert CODES[2] in asked(two, f"{page}?format=csv").content.decode()
    assert "连片基地" in asked(secretary, reverse("demonstrations")).text
    assert "连片基地" not in asked(far, reverse("demonstrations")).text
    propose = reverse("on_demonstration", args=[mine.pk, "propose"])
    assert asked(clerk, propose, why="失去称号", second=two.username).status_code == 302
    answer = reverse("on_demonstration", args=[mine.pk, "answer"])
    assert asked(secretary, answer).status_code == 404  # the lead answers
    lead = stage.mandated(CODES[0], "branch_secretary")
    assert asked(lead, answer, words="正在整改", why="申辩").status_code == 302
    assert "正在整改" in asked(clerk, page).text
