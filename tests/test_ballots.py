"""Paper ballots: counted blind by two people, settled by a third where they differ, kept without order or person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import stage
from baolei.ballots import actions, doors, listing
from baolei.ballots.counted import settled_ballots, unsettled
from baolei.ballots.models import Pile
from baolei.declarations import actions as declaring
from baolei.declarations.models import Declaration
from baolei.ledger.models import Entry
from baolei.organisations.doors import writing_scope
from baolei.organisations.units import NotPossible
from baolei.people.models import Account, InTree, Mandate
from baolei.programme.piles import PHASE, PileRefused
from baolei.rounds.models import Round
from baolei.warehouse.rulebook import round_rules
from round_stage import BRANCHES, NOW, begun, declaration_of, filled, passed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
OWN, NEXT, FAR = BRANCHES
PILE, SORTED = "11111\n40-23\n11121", ["11111", "11121", "40-23"]
OTHER = "11111\n40-23\n11131"


@pytest.fixture
def mine() -> Declaration:
    """A branch that has handed in, while ballots are collected."""
    this = begun()
    filled(declaration_of(this, OWN))
    passed(this)
    return declaration_of(this, OWN)


@pytest.fixture
def people() -> list[Account]:
    """Five people of the levels above."""
    where = ("150422103", "150422", "1504", "15")
    return [*(stage.mandated(code) for code in where), stage.mandated("150422", "banner_clerk")]


def enter(who: Account, mine: Declaration, text: str = PILE, source: str = "mem", **other: Any) -> Pile:
    said = {"issued": 10, "spoiled": 0, **other}
    return actions.enter_pile(actor=who, now=NOW, declaration=mine, source=source, text=text, **said)


def asked(account: Account, address: str, **said: Any) -> Any:
    client = Client()
    client.force_login(account)
    client.cookies["django_language"] = "en"
    return client.post(address, said, follow=True) if said else client.get(address)


def page(mine: Declaration, source: str = "mem") -> str:
    return reverse("pile", args=[mine.pk, source])


def listed(mine: Declaration) -> str:
    return reverse("piles", args=[mine.round_id])


def counted(mine: Declaration) -> list[tuple[int, str, str]]:
    return list(settled_ballots(Round.objects.get(pk=mine.round_id)))


# ---- two looks, a third ----


def test_two_people_who_find_the_same_settle_a_pile(mine: Declaration, people: list[Account]) -> None:
    enter(people[0], mine)
    assert counted(mine) == []
    second = enter(people[1], mine, "40-23\n\n１１１２１\n1,1,1,1,1")
    assert second.agrees
    assert counted(mine) == [(mine.organisation_id, "mem", one) for one in SORTED]
    with pytest.raises(NotPossible, match="two looks agree"):
        enter(people[2], mine)


def test_nobody_enters_the_same_ballots_twice(mine: Declaration, people: list[Account]) -> None:
    enter(people[0], mine)
    with pytest.raises(NotPossible, match="entered these ballots already"):
        enter(people[0], mine)
    enter(people[0], mine, source="mas")  # another source is another pile
    made = Pile.objects.get(source="mem")
    made.pk, made.look = None, 2
    with pytest.raises(IntegrityError), transaction.atomic():  # nor past the action
        made.save(force_insert=True)


def test_a_third_look_settles_what_two_differ_in(mine: Declaration, people: list[Account]) -> None:
    enter(people[0], mine)
    assert not enter(people[1], mine, OTHER).agrees
    assert counted(mine) == []
    third = enter(people[2], mine, OTHER)
    assert (third.look, third.agrees) == (3, True)
    assert [one for _whose, _source, one in counted(mine)] == sorted(OTHER.split())


def test_a_third_that_agrees_with_neither_is_taken_again_by_yet_another(
    mine: Declaration, people: list[Account]
) -> None:
    enter(people[0], mine)
    enter(people[1], mine, OTHER)
    enter(people[2], mine, "11111")
    with pytest.raises(NotPossible, match="entered these ballots already"):
        enter(people[2], mine)
    assert enter(people[3], mine).agrees
    assert [(one.look, one.by_id) for one in actions.looks_at(mine, "mem")] == [
        (1, people[0].pk), (2, people[1].pk), (3, people[3].pk)
    ]  # fmt: skip
    assert [one for _whose, _source, one in counted(mine)] == SORTED


def test_spoiled_papers_that_differ_are_a_difference(mine: Declaration, people: list[Account]) -> None:
    enter(people[0], mine, spoiled=1)
    assert not enter(people[1], mine, spoiled=0).agrees
    assert enter(people[2], mine, spoiled=1).agrees
    assert [one for _whose, _source, one in counted(mine)] == SORTED  # a spoiled paper is no ballot


LOOKS = st.lists(st.sampled_from([PILE, OTHER, "11111", "22222\n22222"]), min_size=1, max_size=5)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LOOKS)
def test_what_the_row_says_is_what_the_looks_say(mine: Declaration, people: list[Account], looks: list[str]) -> None:
    Pile.objects.all().delete()
    for who, text in zip(people, looks, strict=False):
        try:
            enter(who, mine, text)
        except NotPossible:
            break
    held = list(Pile.objects.order_by("look"))
    assert (listing.standing(held) == listing.SETTLED) == bool(counted(mine))
    assert unsettled(mine.round) == int(not counted(mine))
    assert [one.look for one in held] == list(range(1, len(held) + 1))
    assert len({one.by_id for one in held}) == len(held)
    for which in (listing.ONE, listing.DIFFERS, listing.SETTLED):
        assert listing.standing_so(which).count() == int(listing.standing(held) == which)


# ---- when, about whom, by whom ----


def test_the_phase_of_ballots_is_one_of_the_rules() -> None:
    assert round_rules().phase(PHASE).owner == "clerk"


def test_ballots_are_entered_while_they_are_collected_about_those_that_handed_in(people: list[Account]) -> None:
    this = begun()
    early = filled(declaration_of(this, OWN))
    with pytest.raises(NotPossible, match="in the phase"):
        enter(people[0], early)
    this = passed(this)
    with pytest.raises(NotPossible, match="have handed in"):
        enter(people[0], declaration_of(this, NEXT))
    enter(people[0], declaration_of(this, OWN))
    enter(people[1], declaration_of(this, OWN))
    passed(this)
    with pytest.raises(NotPossible, match="in the phase"):
        enter(people[0], declaration_of(this, OWN), source="mas")
    assert len(counted(declaration_of(this, OWN))) == 3  # frozen, and still counted


def test_those_who_fill_in_the_declaration_enter_no_ballots(mine: Declaration, people: list[Account]) -> None:
    secretary = stage.mandated(OWN, "branch_secretary")
    for who in (secretary, stage.mandated("150502"), stage.mandated("150422", "leader")):
        with pytest.raises(NotPossible, match="a level above"):
            enter(who, mine)
        assert asked(who, page(mine)).status_code == 404
    both = people[0]
    Mandate.objects.create(account=both, role="branch_secretary", tree=InTree.PARTY, path=stage.branch(OWN).path,
                           title="书记", since=date(2023, 1, 1), approved_at=NOW)  # fmt: skip
    with pytest.raises(NotPossible, match="a level above"):
        enter(both, mine)
    assert asked(both, page(mine)).status_code == 404
    assert asked(secretary, listed(mine)).status_code == 404
    mine.submitted_by = people[1]
    mine.save()
    with pytest.raises(NotPossible, match="not by those who fill in"):
        enter(people[1], mine)
    for who in (*people, secretary):
        scope = writing_scope(who, NOW.date())
        assert doors.counts(scope, mine) == doors.counted_by(scope).filter(pk=mine.pk).exists()


def test_ballots_about_a_branch_that_withdraws_are_not_counted(mine: Declaration, people: list[Account]) -> None:
    enter(people[0], mine)
    enter(people[1], mine)
    declaring.withdraw(actor=None, now=NOW, declaration=mine, why="不参加了")
    assert counted(mine) == []
    assert OWN not in asked(people[0], listed(mine)).text


def test_a_pile_that_cannot_be_is_refused_and_nothing_is_kept(mine: Declaration, people: list[Account]) -> None:
    with pytest.raises(PileRefused, match="line 2 has 4 answers: 5 in each line"):
        enter(people[0], mine, "11111\n1111")
    with pytest.raises(PileRefused, match="4 in each line"):
        enter(people[0], mine, source="soc")
    with pytest.raises(NotPossible, match="3 papers came back, but 2"):
        enter(people[0], mine, issued=2)
    with pytest.raises(NotPossible, match="no paper in this pile"):
        enter(people[0], mine, " \n")
    with pytest.raises(NotPossible, match="choose among Assessment by members"):
        enter(people[0], mine, source="org")
    answer = asked(people[0], page(mine), issued=9, spoiled=0, papers="11111\n71111")
    assert answer.status_code == 422
    assert "line 2 has &#x27;7&#x27;" in answer.text
    assert not Pile.objects.exists()
    assert not Entry.objects.filter(act="ballots.enter").exists()


# ---- nobody can be found in it ----


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text("01234-", min_size=5, max_size=5), min_size=1, max_size=9), st.randoms())
def test_no_order_of_papers_is_kept(mine: Declaration, people: list[Account], ballots: list[str], chance: Any) -> None:
    Pile.objects.all().delete()
    enter(people[0], mine, "\n".join(ballots))
    chance.shuffle(ballots)
    enter(people[1], mine, "\n".join(ballots))
    first, second = Pile.objects.order_by("look")
    assert first.ballots == second.ballots == sorted(ballots)
    assert [one for _whose, _source, one in counted(mine)] == sorted(ballots)


def test_no_column_tells_one_ballot_from_another() -> None:
    """Whoever adds a column here says why it leads to nobody."""
    columns = {one.name: one.get_internal_type() for one in Pile._meta.get_fields() if one.concrete}
    assert columns == {
        "id": "BigAutoField", "declaration": "ForeignKey", "source": "CharField", "look": "PositiveSmallIntegerField",
        "by": "ForeignKey", "day": "DateField", "ballots": "JSONField", "entered": "PositiveIntegerField",
        "spoiled": "PositiveIntegerField", "issued": "PositiveIntegerField", "agrees": "BooleanField",
        "salt": "CharField",
    }  # fmt: skip
    assert [one.related_model for one in Pile._meta.get_fields() if one.is_relation] == [Declaration, Account]


def test_the_ledger_has_counts_and_a_digest_nobody_can_guess_from(mine: Declaration, people: list[Account]) -> None:
    one, other = enter(people[0], mine, spoiled=2), enter(people[1], mine, spoiled=2)
    first, second = Entry.objects.filter(act="ballots.enter").order_by("number")
    assert first.particulars["after"] == {"source": "mem", "look": 1, "sha256": actions.digest(one)}
    assert second.particulars["after"] == {
        "source": "mem", "look": 2, "issued": 10, "returned": 5, "spoiled": 2, "sha256": actions.digest(other)
    }  # fmt: skip
    assert (first.actor_id, first.subject) == (people[0].pk, f"organisation:{mine.organisation_id}")
    # The same papers, and yet another digest: the second person cannot compare, and a small pile cannot be tried out.
    assert actions.digest(one) != actions.digest(other) == second.particulars["after"]["sha256"]


def everything_shown(who: Account, mine: Declaration, *but: str) -> str:
    """All that the pages, their files and the ledger tell somebody about a branch."""
    at = [listed(mine), listed(mine) + "?which=differs", reverse("declaration", args=[mine.pk]), "/ledger/",
          reverse("round", args=[mine.round_id]), reverse("declarations", args=[mine.round_id])]  # fmt: skip
    files = [f"{address}{'&' if '?' in address else '?'}format=csv" for address in at]
    every = {page(mine), *at, *files} - set(but)
    return "".join(asked(who, address).content.decode() for address in every)


def test_the_second_look_is_blind_and_only_the_third_sees_where_two_differ(
    mine: Declaration, people: list[Account]
) -> None:
    telling = "41-03"  # a ballot that stands nowhere else
    enter(people[0], mine, f"11111\n{telling}\n22222\n22222")
    for who in people:
        shown = everything_shown(who, mine)
        assert telling not in shown
        assert not {"11111", "22222"} & set(shown.split())
    enter(people[1], mine, "11111\n22222\n41-04")
    for who in people[:2]:
        assert not any(one in everything_shown(who, mine) for one in (telling, "41-04", "22222"))
    third = asked(people[2], page(mine)).text
    assert f"<code>{telling}</code> × 1" in third
    assert "<code>22222</code> × 1" in third
    assert "<code>41-04</code>" in third
    assert "11111" not in third  # where they agree nothing is shown
    assert telling not in everything_shown(people[2], mine, page(mine))
    assert asked(people[2], page(mine), issued=9, spoiled=0, papers="22222\n41-04\n11111").status_code == 200
    for who in people:
        assert "41-04" not in everything_shown(who, mine)


def test_the_list_tells_how_piles_stand_and_numbers_only_when_settled(
    mine: Declaration, people: list[Account], django_assert_num_queries: Any
) -> None:
    enter(people[0], mine)
    row = {one.source.code: one for one in listing.rows([mine])}
    assert (row["mem"].standing, row["mem"].looks, row["mem"].entered) == (listing.ONE, 1, None)
    assert (row["mas"].standing, row["soc"].looks) == (listing.NONE, 0)
    enter(people[1], mine, OTHER)
    enter(people[0], mine, source="mas")
    enter(people[1], mine, source="mas")
    text = asked(people[2], listed(mine) + "?which=differs").text
    assert text.count(page(mine)) == 1
    assert page(mine, "mas") not in text
    rows = asked(people[2], listed(mine) + "?format=csv").content.decode().splitlines()
    assert [row.rpartition(",")[2] for row in rows] == ["Ballots", "", "3", ""]
    with django_assert_num_queries(3):
        assert len(listing.rows([mine])) == 3
    far = stage.mandated("1505")
    assert OWN not in asked(far, listed(mine)).text
    assert asked(far, page(mine)).status_code == 404
    assert asked(people[0], page(mine, "org")).status_code == 404


def test_the_page_leads_from_look_to_look(mine: Declaration, people: list[Account]) -> None:
    assert "2 Fairly good" in asked(people[0], page(mine)).text.replace("<code>2</code>", "2")
    said = {"issued": 9, "spoiled": 1, "papers": PILE}
    assert "another person counts next" in asked(people[0], page(mine), **said).text
    assert "You have entered these ballots" in asked(people[0], page(mine)).text
    assert "entered these ballots already" in asked(people[0], page(mine), **said).text
    assert "Two looks agree" in asked(people[1], page(mine), **said).text
    assert "3 ballots, 1 spoiled" in asked(people[2], page(mine)).text
