"""What is done with organisations and their members: every act by its rules, from its day on, on record, or refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import stage
from baolei.ledger.actions import erase
from baolei.ledger.models import Entry
from baolei.ledger.verify import verify
from baolei.organisations import actions, elections
from baolei.organisations import members as movements
from baolei.organisations.acts import Act
from baolei.organisations.findings import look_through
from baolei.organisations.models import (
    Election,
    Finding,
    Member,
    Membership,
    OrganisationState,
    Post,
    Term,
    Transfer,
)
from baolei.organisations.units import NotPossible
from baolei.people.models import Account, InTree, Mandate, Role
from baolei.programme.organisation.decisions import Poll, PollRefused
from baolei.warehouse.rulebook import setup_rules

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
BEGUN, JULY, TODAY = date(2020, 1, 1), date(2026, 7, 1), date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


def act(on=TODAY, why="上级批复", actor=None):
    return Act(actor=actor, now=NOW, on=on, why=why, rules=setup_rules(on))


@pytest.fixture
def town():
    """A township's Party committee with two branches: 东方红村 of nine full members, 碧流台村 of two."""
    home = stage.unit("150422103")
    with_committee = actions.establish(
        act=act(BEGUN),
        code="C1",
        name="碧流台镇党委",
        kind="local_committee",
        above=None,
        unit=home.unit,
        document="批1",
    ).organisation
    works = actions.establish(act=act(BEGUN), code="W1", name="碧流台镇机关党委", kind="grassroots_committee",
                              above=with_committee, unit=home.unit, document="批2").organisation  # fmt: skip
    red, stream = (
        actions.establish(act=act(BEGUN), code=code, name=name, kind="branch", above=works,
                          unit=stage.unit("150422103216").unit, document="批3", field="village").organisation
        for code, name in (("B1", "东方红村党支部"), ("B2", "碧流台村党支部"))
    )  # fmt: skip
    for organisation, number in ((red, 9), (stream, 2)):
        for place in range(number):
            member = Member.objects.create(name=f"党员{organisation.pk}-{place}")
            Membership.objects.create(member=member, organisation=organisation, kind="full", since=BEGUN)
    return {"committee": with_committee, "works": works, "red": red, "stream": stream}


def members(organisation, on=TODAY):
    return Membership.objects.on(on).filter(organisation=organisation).count()


def name(organisation, on=TODAY):
    return OrganisationState.objects.on(on).get(organisation=organisation).name


def refused(words):
    return pytest.raises(NotPossible, match=words)


# ---- organisations ----


def test_a_branch_stands_where_its_kind_may_and_on_an_approval(town):
    unit = stage.unit("150422103216").unit
    given = {"act": act(), "code": "B3", "name": "新村党支部", "kind": "branch", "unit": unit, "document": "批4"}
    with refused("stands under one of"):
        actions.establish(**{**given, "above": None})
    with refused("cannot stand under 东方红村党支部"):
        actions.establish(**{**given, "above": town["red"]})
    with refused("stands on an approval"):
        actions.establish(**{**given, "above": town["works"], "document": " "})
    with refused("code B1 is taken"):
        actions.establish(**{**given, "above": town["works"], "code": "B1"})
    with refused("no kind 'club'"):
        actions.establish(**{**given, "above": town["works"], "kind": "club"})
    assert not OrganisationState.objects.filter(name="新村党支部").exists()
    made = actions.establish(**{**given, "above": town["works"]})
    assert made.path.startswith(OrganisationState.objects.get(organisation=town["works"]).path)
    assert Finding.objects.open().filter(organisation=made.organisation, flag="empty_shell").exists(), "seen at once"


def test_a_new_name_leaves_the_old_days_alone(town):
    actions.rename(act=act(JULY), organisation=town["red"], name="红旗村党支部")
    assert [name(town["red"], day) for day in (JULY - timedelta(1), JULY)] == ["东方红村党支部", "红旗村党支部"]
    with refused("in the order of their days"):
        actions.rename(act=act(date(2026, 6, 1)), organisation=town["red"], name="别名")


def test_a_move_takes_what_is_below_and_its_mandates_along(town):
    other = actions.establish(act=act(BEGUN), code="W2", name="乌兰镇机关党委", kind="grassroots_committee",
                              above=town["committee"], unit=stage.unit("150422100").unit,
                              document="批5").organisation  # fmt: skip
    clerk = Account.objects.create(username="clerk", name="程小满")
    state = OrganisationState.objects.open().get(organisation=town["red"])
    Mandate.objects.create(
        account=clerk,
        role="branch_secretary",
        tree=InTree.PARTY,
        path=state.path,
        title="书记",
        since=BEGUN,
        approved_at=NOW,
    )
    actions.put_under(act=act(JULY), organisation=town["red"], above=other)
    now = OrganisationState.objects.open().get(organisation=town["red"])
    assert now.path.startswith(OrganisationState.objects.open().get(organisation=other).path)
    assert clerk.scopes(TODAY)[InTree.PARTY] == (now.path,)
    assert OrganisationState.objects.on(JULY - timedelta(1)).get(organisation=town["red"]).path == state.path
    with refused("cannot be put under itself"):
        actions.put_under(act=act(), organisation=town["committee"], above=other)


def test_merging_moves_the_members_and_ends_the_rest(town):
    Finding.objects.all().delete()
    look_through(day=JULY, rules=setup_rules(JULY), actor=None, now=NOW)
    small = Finding.objects.get(organisation=town["stream"], flag="below_minimum")
    actions.merge(act=act(), organisations=[town["stream"]], into=town["red"])
    assert members(town["red"]) == 11
    assert members(town["stream"], TODAY - timedelta(1)) == 2
    assert not OrganisationState.objects.open().filter(organisation=town["stream"]).exists()
    small.refresh_from_db()
    assert small.how == Finding.ENDED
    with refused("has ended"):
        actions.rename(act=act(), organisation=town["stream"], name="x")


def test_nothing_is_dissolved_over_the_heads_of_its_members(town):
    with refused("9 members belong to 东方红村党支部"):
        actions.dissolve(act=act(), organisation=town["red"], document="批6")
    with refused("2 organisations are affiliated with 碧流台镇机关党委"):
        actions.dissolve(act=act(), organisation=town["works"], document="批6")
    Membership.objects.filter(organisation=town["stream"]).update(until=date(2026, 1, 1))
    with refused("stands on an approval"):
        actions.dissolve(act=act(), organisation=town["stream"], document="")
    actions.dissolve(act=act(), organisation=town["stream"], document="批6")
    assert name(town["stream"], TODAY - timedelta(1)) == "碧流台村党支部"
    assert not OrganisationState.objects.on(TODAY).filter(organisation=town["stream"]).exists()


def test_an_exception_needs_a_document_and_a_rule_that_allows_one(town):
    with refused("nobody can approve"):
        actions.exempt(act=act(), organisation=town["stream"], flag="below_minimum", document="批7")
    with refused("stands on an approval"):
        actions.exempt(act=act(), organisation=town["works"], flag="undersized_committee", document=" ")
    found = Finding.objects.open().get(organisation=town["works"], flag="undersized_committee")
    actions.exempt(act=act(), organisation=town["works"], flag="undersized_committee", document="组通字〔2026〕8号")
    found.refresh_from_db()
    assert found.how == Finding.EXCUSED


# ---- members ----


def test_a_member_goes_by_letter_and_receipt_and_is_never_in_two_places(town):
    member = Membership.objects.filter(organisation=town["red"]).first().member
    way = movements.request_transfer(act=act(JULY), member=member, to=town["stream"])
    assert members(town["red"], JULY) == 9
    with refused("under way since 2026-07-01"):
        movements.request_transfer(act=act(), member=member, outside="赤峰市某支部")
    with refused("goes by a letter"):
        movements.send_transfer(act=act(JULY), transfer=way, letter=" ", days=10)
    with refused("1 to 90 days, not 91"):
        movements.send_transfer(act=act(JULY), transfer=way, letter="001", days=91)
    movements.send_transfer(act=act(JULY), transfer=way, letter="内组转〔2026〕001", days=10)
    assert way.valid_to == date(2026, 7, 11)
    movements.receive_transfer(act=act(date(2026, 7, 5)), transfer=way)
    assert (members(town["red"], date(2026, 7, 5)), members(town["stream"], date(2026, 7, 5))) == (8, 3)
    assert not Finding.objects.open().filter(organisation=town["stream"], flag="below_minimum").exists(), "cured"
    movements.return_receipt(act=act(date(2026, 7, 9)), transfer=way)
    assert way.state == Transfer.CLOSED
    with refused("that step was taken"):
        movements.receive_transfer(act=act(), transfer=way)


def test_a_member_who_leaves_the_house_and_one_who_stays_after_all(town):
    first, second = (one.member for one in Membership.objects.filter(organisation=town["red"])[:2])
    way = movements.request_transfer(act=act(), member=first, outside="北京市某支部")
    movements.send_transfer(act=act(), transfer=way, letter="002", days=30)
    movements.receive_transfer(act=act(), transfer=way)
    assert not Membership.objects.open().filter(member=first).exists()
    with refused("belongs to no organisation here"):
        movements.request_transfer(act=act(), member=first, to=town["stream"])
    stays = movements.request_transfer(act=act(), member=second, to=town["stream"])
    movements.end_transfer(act=act(), transfer=stays)
    assert Membership.objects.open().get(member=second).organisation == town["red"]
    for wrong in ({}, {"to": town["stream"], "outside": "x"}):
        with refused("name one goal"):
            movements.request_transfer(act=act(), member=second, **wrong)
    with refused("belongs to 东方红村党支部 already"):
        movements.request_transfer(act=act(), member=second, to=town["red"])


# ---- elections ----


def poll(town, votes, **changes):
    candidates = list(Membership.objects.filter(organisation=town["red"]).values_list("member", flat=True))
    counted = {str(one): number for one, number in zip(candidates, votes, strict=False)}
    said = {"should_attend": 9, "present": 8, "issued": 8, "returned": 8, "void": 0, "seats": 3, **changes}
    return Poll(**said, votes=counted), candidates


def test_an_election_fills_the_posts_and_begins_a_term(town):
    held, candidates = poll(town, [8, 7, 6, 3])
    posts = {candidates[0]: "secretary", candidates[1]: "organisation", candidates[2]: "publicity"}
    made = elections.elect(act=act(JULY), organisation=town["red"], poll=held, posts=posts, document="同意换届")
    assert (made.valid, made.needed, made.elected) == (True, 5, [str(one) for one in candidates[:3]])
    assert dict(Post.objects.on(TODAY).filter(organisation=town["red"]).values_list("holder", "kind")) == posts
    assert Term.objects.get(organisation=town["red"]).ends == setup_rules(JULY).term_end("branch", JULY)
    assert not Finding.objects.open().filter(organisation=town["red"]).exists()
    again, _ = poll(town, [3, 8, 7, 6])
    posts = {candidates[1]: "secretary", candidates[2]: "organisation", candidates[3]: "publicity"}
    elections.elect(act=act(), organisation=town["red"], poll=again, posts=posts, document="补选")
    assert Post.objects.on(TODAY).get(organisation=town["red"], kind="secretary").holder_id == candidates[1]
    assert (
        Post.objects.on(TODAY - timedelta(1)).get(organisation=town["red"], kind="secretary").holder_id == candidates[0]
    )


@pytest.mark.parametrize(
    ("changes", "votes"),
    [({"present": 7, "issued": 7, "returned": 7}, [7, 6, 5, 1]), ({"issued": 7}, [7, 6, 5, 1]), ({}, [8, 7, 4, 4])],
    ids=["too few present", "more slips than handed out", "exactly half is not elected"],
)
def test_an_election_that_does_not_stand_or_leaves_a_seat_changes_no_post(town, changes, votes):
    held, candidates = poll(town, votes, **changes)
    made = elections.elect(
        act=act(), organisation=town["red"], poll=held, posts={candidates[0]: "secretary"}, document="x"
    )
    assert Election.objects.get() == made
    assert not Post.objects.filter(organisation=town["red"]).exists()
    assert not Term.objects.filter(organisation=town["red"]).exists()


def test_counts_that_cannot_be_and_strange_candidates_are_refused(town):
    with pytest.raises(PollRefused):
        poll(town, [8], present=10)
    held, _ = poll(town, [8, 7, 6])
    with refused("are no full members"):
        elections.elect(act=act(), organisation=town["stream"], poll=held, posts={}, document="x")
    held = poll(town, [8, 7, 6])[0]
    with refused("0 of those elected are to be secretary"):
        elections.elect(act=act(), organisation=town["red"], poll=held, posts={}, document="x")
    assert not Election.objects.exists()


# ---- on record ----


def test_every_act_is_on_record_and_no_record_without_its_act(town):
    before = Entry.objects.count()
    actions.rename(act=act(why="更名批复"), organisation=town["red"], name="红旗村党支部")
    entry = Entry.objects.last()
    assert Entry.objects.count() == before + 1
    assert (entry.act, entry.subject) == ("organisations.rename", f"organisation:{town['red'].pk}")
    assert entry.particulars == {"why": "更名批复", "before": {"name": "东方红村党支部"},
                                 "after": {"name": "红旗村党支部", "on": "2026-11-24"}}  # fmt: skip
    with refused("code"):
        actions.establish(act=act(), code="B1", name="x", kind="branch", above=town["works"],
                          unit=stage.unit("150422103216").unit, document="批")  # fmt: skip
    assert Entry.objects.count() == before + 1
    assert not verify(()).faults


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 10), st.booleans()), max_size=6))
def test_whoever_goes_where_every_member_belongs_to_one_place_on_every_day(town, steps):
    people = list(Member.objects.order_by("pk"))
    for number, (who, finish) in enumerate(steps):
        day = JULY + timedelta(days=3 * number)
        person = people[who % len(people)]
        here = Membership.objects.open().filter(member=person).first()
        if here is None or Transfer.objects.filter(member=person, state__in=["requested", "sent"]).exists():
            continue
        goal = town["stream"] if here.organisation == town["red"] else town["red"]
        way = movements.request_transfer(act=act(day), member=person, to=goal)
        movements.send_transfer(act=act(day), transfer=way, letter="1", days=5)
        if finish:
            movements.receive_transfer(act=act(day + timedelta(days=1)), transfer=way)
    for offset in range(0, 30, 3):
        day = JULY + timedelta(days=offset)
        assert (
            Membership.objects.on(day).count()
            == len(people)
            == members(town["red"], day) + members(town["stream"], day)
        )


def test_the_ledger_is_read_by_those_who_answer_for_the_unit(town, client):
    actions.rename(act=act(why="更名批复"), organisation=town["red"], name="红旗村党支部")
    other = actions.establish(act=act(), code="X1", name="别处党委", kind="local_committee", above=None,
                              unit=stage.unit("150521100").unit, document="批9").organisation  # fmt: skip
    client.force_login(stage.mandated("150422"))
    page = client.get("/ledger/").text
    assert "更名批复" in page
    assert "红旗村党支部" in page
    assert "别处党委" not in page
    file = client.get("/ledger/?format=csv&act=organisations.rename").content.decode("utf-8-sig")
    assert len(file.splitlines()) == 2
    client.force_login(stage.mandated("X1", Role.SECRETARY))
    page = client.get("/ledger/").text
    assert "别处党委" in page
    assert "更名批复" not in page
    assert other.pk


def test_the_ledger_needs_a_mandate_and_says_what_was_erased(town, client):
    assert client.get("/ledger/").status_code == 302
    client.force_login(Account.objects.create(username="nobody", name="无"))
    assert "还没有记录" in client.get("/ledger/").text
    entry = Entry.objects.filter(act="organisations.establish").last()
    erase(actor=None, number=entry.number, why="本人申请", now=NOW)
    client.force_login(stage.mandated("15"))
    assert "已删除" in client.get("/ledger/").text
