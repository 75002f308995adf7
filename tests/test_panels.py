"""The panel of society: named by the superior, identified by design, counted once it is closed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import stage
from baolei.ballots import actions, panels, polling
from baolei.ballots.counted import panel_source, settled_ballots, unclosed
from baolei.ballots.models import Panel, Panellist, Poll, Rating
from baolei.declarations.models import Declaration
from baolei.front.passages import lacks
from baolei.front.today import tasks
from baolei.ledger.models import Entry
from baolei.organisations import records
from baolei.organisations.doors import writing_scope
from baolei.organisations.models import Member, Membership, Post
from baolei.organisations.units import NotPossible
from baolei.people.models import Account, Role
from baolei.rounds.models import Round
from baolei.standards.at_hand import at_hand
from round_stage import BRANCHES, EDITION, NOW, begun, declaration_of, filled, passed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
OWN, NEXT, FAR = BRANCHES
BANNER, TOWNSHIP = "150422", "150422103"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Any, settings: Any) -> None:
    settings.BAOLEI_HOME, settings.BAOLEI_RESULTS = str(tmp_path), str(tmp_path / "results")


@pytest.fixture
def this() -> Round:
    """A round in which ballots are collected, with two branches of a banner that have handed in."""
    made = begun()
    for code in (OWN, NEXT):
        filled(declaration_of(made, code))
    return passed(made)


@pytest.fixture
def clerk() -> Account:
    return stage.mandated(BANNER, "banner_clerk")


def told(**more: Any) -> dict[str, Any]:
    return {"actor": None, "now": NOW, **more}


def named(this: Round, name: str, account: Account | None = None, codes: tuple[str, ...] = (OWN, NEXT)) -> Panellist:
    branches = [declaration_of(this, code) for code in codes]
    return panels.name_panellist(**told(
        round=this, unit=stage.unit(BANNER), name=name, stands_for="两代表一委员", account=account, branches=branches,
        why="社会评价",
    ))  # fmt: skip


def says(this: Round, one: Panellist, *answers: str, hand_in: bool = True) -> None:
    said = {declaration_of(this, code).pk: line for code, line in zip((OWN, NEXT), answers, strict=False)}
    panels.rate(**told(panellist=one, said=said, hand_in=hand_in))


def society(this: Round) -> list[tuple[int, str]]:
    return [(organisation, line) for organisation, source, line in settled_ballots(this) if source == "soc"]


def asked(account: Account, address: str, **said: Any) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.post(address, said) if said else client.get(address)


def test_the_source_of_the_panel_is_the_one_whose_raters_are_named() -> None:
    source = panel_source(at_hand(EDITION))
    assert source
    assert source.code == "soc"
    assert source.minimum
    assert source.minimum.at_least == 3


def test_ratings_count_once_the_panel_is_closed_and_only_those_handed_in(this: Round) -> None:
    people = [named(this, name) for name in ("周代表", "吴委员", "郑经理", "冯会长")]
    for one, lines in zip(people, (("1111", "22-0"), ("1211", "2230"), ("1121", "----")), strict=False):
        says(this, one, *lines, hand_in=False)
    assert (society(this), unclosed(this)) == ([], 1)
    with pytest.raises(NotPossible, match="has no answer"):
        says(this, people[2], "1121", "----")
    says(this, people[2], "1121", "0000")
    for one, lines in zip(people, (("1111", "22-0"), ("1211", "2230")), strict=False):
        says(this, one, *lines)
    with pytest.raises(NotPossible, match="handed in"):
        says(this, people[0], "4444")
    assert [one.need.code for one in lacks(this, "scoring", NOW)] == ["closed"]
    with pytest.raises(NotPossible, match="not closed"):
        passed(this)
    panels.close(**told(panel=Panel.objects.get(), why="办结"))
    own, beside = (declaration_of(this, code).organisation_id for code in (OWN, NEXT))
    assert sorted(society(this)) == sorted(
        [(own, "1111"), (own, "1121"), (own, "1211"), (beside, "0000"), (beside, "22-0"), (beside, "2230")]
    )
    with pytest.raises(NotPossible, match="takes nothing any more"):
        says(this, people[3], "1111", "1111")
    with pytest.raises(NotPossible, match="takes nothing any more"):
        named(this, "后来的人")
    acts = set(Entry.objects.filter(act__startswith="ballots.panel_").values_list("act", flat=True))
    assert acts == {f"ballots.panel_{one}" for one in ("name", "rate", "hand_in", "close")}
    assert acts <= records.acts().keys()
    Declaration.objects.filter(pk=declaration_of(this, OWN).pk).update(state="withdrawn")
    assert {organisation for organisation, _line in society(this)} == {beside}


def test_whoever_is_tied_to_a_branch_does_not_rate_it(this: Round) -> None:
    mine = declaration_of(this, OWN).organisation
    member = Member.objects.create(name="周代表")
    Membership.objects.create(member=member, organisation=mine, kind="full", since=date(2020, 1, 2))
    former = Member.objects.create(name="吴委员")
    Post.objects.create(organisation=mine, kind="secretary", holder=former, since=date(2020, 1, 1),
                        until=date(2025, 12, 1))  # fmt: skip
    secretary = stage.mandated(OWN, Role.SECRETARY)
    for name, account in (("周代表", None), ("吴委员", None), (secretary.name, secretary)):
        with pytest.raises(NotPossible, match="does not rate"):
            named(this, name, account)
    assert not Panellist.objects.exists()
    named(this, "周代表", codes=(NEXT,))


def test_society_is_asked_one_way_about_a_branch(this: Round) -> None:
    counter = stage.mandated(TOWNSHIP)
    actions.enter_pile(actor=counter, now=NOW, declaration=declaration_of(this, NEXT), source="soc", text="1111",
                       issued=1, spoiled=0)  # fmt: skip
    with pytest.raises(NotPossible, match="by papers that are counted already"):
        named(this, "周代表")
    named(this, "周代表", codes=(OWN,))
    with pytest.raises(NotPossible, match="a panel rates this branch"):
        actions.enter_pile(actor=counter, now=NOW, declaration=declaration_of(this, OWN), source="soc", text="1111",
                           issued=1, spoiled=0)  # fmt: skip
    polling.set_up(**told(round=this, sources=("soc", "mem"), revote=True, why="年度"))
    about = set(Poll.objects.filter(source="soc").values_list("declaration", flat=True))
    assert declaration_of(this, OWN).pk not in about
    assert Poll.objects.filter(source="mem", declaration=declaration_of(this, OWN)).exists()
    with pytest.raises(NotPossible, match="by slips already"):
        named(this, "吴委员", codes=(FAR,))


def test_a_panellist_rates_on_the_page_and_the_superior_sees_it_by_name(this: Round, clerk: Account) -> None:
    delegate = Account.objects.create(username="delegate", name="周代表")
    page, act = reverse("panels", args=[this.pk]), reverse("on_panel", args=[this.pk, "name"])
    mine = {code: declaration_of(this, code) for code in (OWN, NEXT)}
    said = {"name": "周代表", "stands_for": "企业", "branches": [one.pk for one in mine.values()], "why": "社会评价"}
    assert asked(clerk, act, **said, username="nobody").status_code == 422
    assert asked(clerk, act, **said, username="delegate").status_code == 302
    one = Panellist.objects.get()
    assert [(task.count, task.url) for task in tasks(delegate, writing_scope(delegate, date(2026, 3, 2)),
                                                     date(2026, 3, 2)) if task.count] == [
        (2, reverse("rate", args=[one.pk]))
    ]  # fmt: skip
    form = reverse("rate", args=[one.pk])
    assert asked(clerk, form).status_code == 404, "a panellist with an account fills the form in alone"
    text = asked(delegate, form).text
    assert "These ratings are not secret" in text
    assert text.count("<select") == 8
    given = {f"b{mine[OWN].pk}-{place}": "1" for place in range(4)}
    assert asked(delegate, form, **given, keep="1").status_code == 302
    assert Rating.objects.get(declaration=mine[OWN]).answers == "1111"
    assert "good" not in asked(clerk, page + "?format=csv&table=ratings").text.lower()
    assert asked(delegate, form, **given, hand_in="1").status_code == 422
    given |= {f"b{mine[NEXT].pk}-{place}": "0" for place in range(4)}
    assert asked(delegate, form, **given, hand_in="1").status_code == 302
    rows = asked(clerk, page + "?format=csv&table=ratings").content.decode("utf-8-sig").splitlines()
    assert rows[2].endswith(",".join(["周代表", "企业", *["don't know"] * 4]))
    assert asked(stage.mandated(OWN, Role.SECRETARY), page).status_code == 404
    assert "周代表" not in asked(stage.mandated("150502", "banner_clerk"), page).text
    assert asked(clerk, reverse("on_panel", args=[this.pk, "close"]), why="办结").status_code == 302
    assert len(society(this)) == 2


def test_a_paper_form_is_entered_by_who_answers_for_the_unit(this: Round, clerk: Account) -> None:
    one = named(this, "郑经理", codes=(OWN,))
    form, township = reverse("rate", args=[one.pk]), stage.mandated(TOWNSHIP, "township_clerk")
    given = {f"b{declaration_of(this, OWN).pk}-{place}": "2" for place in range(4)}
    assert asked(township, form).status_code == 404
    assert asked(clerk, form, **given, hand_in="1").status_code == 302
    entry = Entry.objects.get(act="ballots.panel_hand_in")
    assert entry.actor_id == clerk.pk
    assert "2222" not in repr(entry.particulars)
