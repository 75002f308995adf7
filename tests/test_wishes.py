"""Members register of their own will, communities write wishes, and whoever has a wish says when it is done."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

import stage
import wishes_stage as on
from baolei.ledger.models import Entry
from baolei.ledger.verify import verify
from baolei.organisations.models import Membership
from baolei.organisations.units import NotPossible
from baolei.programme.refusals import Refusal
from baolei.programme.states import NotHere
from baolei.programme.wishes import WishRefused
from baolei.wishes import actions, clock, deeds, facts, pairing, registering, suggesting
from baolei.wishes.deeds import Planned
from baolei.wishes.models import Claim, Deed, Matched, Pairing, Registration, Suggestion, Wish
from baolei.wishes.registering import Asked
from wishes_stage import NOW, TODAY, UNTIL, Cast, cast, later, registered, written

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]


@pytest.fixture
def made() -> Cast:
    return cast()


# ---- registration ----


def test_a_member_registers_once_of_the_own_will_and_withdraws_any_time(made: Cast) -> None:
    with pytest.raises(NotPossible, match="consent"):
        registered(made, agreed=False)
    held = registered(made, skills=("driving",))
    assert (held.member, held.skills, held.consent, held.document) == (made.members["王"], ["driving"], 1, "")
    with pytest.raises(NotPossible, match="one community at a time"):
        registered(made, unit=stage.unit(on.NEXT).unit_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.create(
            member=held.member, unit=held.unit, since=TODAY, until=UNTIL, consent=1, consented=TODAY
        )
    registering.withdraw(actor=made.accounts["王"], now=later(1))
    held.refresh_from_db()
    assert (held.how, held.ended, held.skills) == ("withdrawn", date(2026, 3, 3), [])
    registered(made, unit=stage.unit(on.NEXT).unit_id, now=later(2))
    with pytest.raises(NotPossible, match="no community"):
        registering.withdraw(actor=made.accounts["李"], now=NOW)


def test_who_registers_where(made: Cast) -> None:
    with pytest.raises(NotPossible, match="banner"):
        registered(made, unit=stage.unit(on.FAR).unit_id)
    with pytest.raises(NotPossible, match="leads this community"):
        registered(made, "何")
    with pytest.raises(WishRefused):
        registered(made, until=date(2029, 1, 1))
    with pytest.raises(NotPossible, match="linked to no member"):
        registering.register(actor=made.desk, now=NOW, asked=Asked(made.community.unit_id, (), UNTIL), agreed=True)


def test_a_secretary_registers_a_member_of_the_own_branch_with_written_consent_only(made: Cast) -> None:
    def on_paper(actor: Any, name: str = "赵", document: str = "2026年3月1日同意书", day: date = TODAY) -> Registration:
        return registering.register_on_paper(
            actor=actor, now=NOW, member=made.members[name], asked=Asked(made.community.unit_id, (), UNTIL),
            consented=day, document=document,
        )  # fmt: skip

    for wrong in (lambda: on_paper(made.desk), lambda: on_paper(made.secretary, "何"),
                  lambda: on_paper(made.secretary, document=" "),
                  lambda: on_paper(made.secretary, day=date(2026, 3, 3))):  # fmt: skip
        with pytest.raises(Refusal):
            wrong()
    held = on_paper(made.secretary)
    assert held.document == "2026年3月1日同意书"
    own = registered(made)
    with pytest.raises(NotPossible, match="own account"):
        registering.withdraw_on_paper(actor=made.secretary, now=NOW, registration=own)
    registering.withdraw_on_paper(actor=made.secretary, now=NOW, registration=held)
    assert Registration.objects.get(pk=held.pk).how == "withdrawn"


def test_no_code_that_grades_or_appraises_anybody_can_read_who_is_registered() -> None:
    """Nothing but the shell, the catalogue of facts (of branches), the count of forms filled in (deeds of branches) and
    the demo imports this room, and no table of any other room points at its tables.
    """
    import re
    from pathlib import Path

    source = Path(clock.__file__).resolve().parent.parent
    using = {file.relative_to(source).as_posix() for file in source.rglob("*.py")
             if re.search(r"(from|import) baolei\.wishes|from baolei import .*\bwishes\b", file.read_text())
             and "wishes" not in file.relative_to(source).parts[:1]}  # fmt: skip
    assert using <= {"declarations/sources.py", "front/conductor.py", "front/today.py", "front/keeping/erasing.py",
                     "front/navigation.py", "figures/live.py", "cli/demo_wishes.py", "burden/counted.py"}  # fmt: skip
    mine = set(apps.get_app_config("wishes").get_models())
    for model in set(apps.get_models()) - mine:
        for field in model._meta.get_fields():
            if not field.auto_created:
                assert getattr(field, "related_model", None) not in mine, f"{model} points at {field}"
    personal = {Registration, Claim, Suggestion}
    for model in mine - personal:
        assert not any(getattr(one, "related_model", None) in {Registration, Membership} for one in model._meta.fields)
    counting = {"points", "score", "rank", "grade", "total", "count", "likes"}
    for model in personal:
        assert not counting & {one.name for one in model._meta.get_fields()}, model


# ---- a wish ----


def test_a_wish_is_written_at_the_desk_with_consent_and_without_identity(made: Cast) -> None:
    wish, code = written(made)
    assert (wish.state, wish.called, len(code)) == ("lit", "王奶奶", actions.CODE_LENGTH)
    assert code not in wish.receipt
    assert written(made, key=wish.key) == (wish, "")
    for wrong in ({"words": "打13812345678"}, {"called": "王小花"}, {"minor": True}, {"skill": "magic"},
                  {"consented": date(2026, 3, 3)}, {"actor": made.accounts["王"]},
                  {"unit": stage.unit(on.FAR).unit_id}):  # fmt: skip
        with pytest.raises(Refusal):
            written(made, **{"words": "想学手机", **wrong})
    child, none = written(made, "想要一个书包", called="", minor=True)
    assert (child.receipt, none, child.called) == ("", "", "")
    with pytest.raises(IntegrityError), transaction.atomic():
        Wish.objects.filter(pk=child.pk).update(called="小花")
    assert not [one for one in Entry.objects.all() if "奶奶" in str(one.particulars) or "手机" in str(one.particulars)]


def test_a_member_takes_a_wish_up_does_it_and_the_community_confirms(made: Cast) -> None:
    wish, _code = written(made)
    member = made.accounts["王"]
    with pytest.raises(NotPossible, match="register"):
        actions.claim(actor=member, now=NOW, wish=wish)
    registered(made)
    claim = actions.claim(actor=member, now=NOW, wish=wish)
    assert claim.organisation_id == made.agency.organisation_id
    registered(made, "李")
    with pytest.raises(NotHere):
        actions.claim(actor=made.accounts["李"], now=NOW, wish=wish)
    with pytest.raises(NotPossible, match="not taken up by you"):
        actions.fulfil(actor=made.accounts["李"], now=NOW, wish=wish)
    actions.fulfil(actor=member, now=later(1), wish=wish)
    with pytest.raises(NotPossible, match="desk"):
        actions.confirm(actor=member, now=later(1), wish=wish)
    actions.not_done(actor=made.desk, now=later(1), wish=wish)
    actions.fulfil(actor=member, now=later(2), wish=wish)
    actions.confirm(actor=made.desk, now=later(3), wish=wish)
    wish.refresh_from_db()
    claim.refresh_from_db()
    assert (wish.state, wish.ended, claim.state, claim.by_code) == ("done", date(2026, 3, 5), "done", False)
    by_member = Entry.objects.filter(act__in=["wishes.claim", "wishes.fulfil"])
    assert by_member.count() == 3
    assert set(by_member.values_list("actor_id", flat=True)) == {None}
    assert verify().faults == ()


def test_the_receipt_code_confirms_and_is_not_guessed(made: Cast) -> None:
    wish, code = written(made)
    registered(made)
    member = made.accounts["王"]
    actions.claim(actor=member, now=NOW, wish=wish)
    for _try in range(5):
        with pytest.raises(NotPossible, match="not the code"):
            actions.enter_code(actor=member, now=NOW, wish=wish, code="ZZZZZZ")
    with pytest.raises(NotPossible, match="too often"):
        actions.enter_code(actor=member, now=NOW, wish=wish, code=code)
    other, code = written(made, "修水龙头")
    actions.claim(actor=member, now=NOW, wish=other)
    actions.enter_code(actor=member, now=NOW, wish=other, code=f" {code[:3].lower()} {code[3:]}")
    assert Claim.objects.get(wish=other).by_code
    child, _none = written(made, "书包", called="", minor=True)
    actions.give_back(actor=member, now=NOW, wish=wish)
    actions.claim(actor=member, now=NOW, wish=child)
    with pytest.raises(NotPossible, match="no code"):
        actions.enter_code(actor=member, now=NOW, wish=child, code="")


def test_nobody_has_more_in_hand_than_the_rules_say_nor_takes_what_lies_far_away(made: Cast) -> None:
    registered(made)
    mine = [written(made, f"心愿{one}")[0] for one in range(3)]
    for one in mine[:2]:
        actions.claim(actor=made.accounts["王"], now=NOW, wish=one)
    with pytest.raises(WishRefused, match="not done yet"):
        actions.claim(actor=made.accounts["王"], now=NOW, wish=mine[2])
    far = Wish.objects.create(unit=stage.unit(on.FAR).unit, key="f" * 32, words="远", consent=1, consented=TODAY,
                              lit=TODAY, until=UNTIL, due=UNTIL, by=made.desk)  # fmt: skip
    registered(made, "李")
    with pytest.raises(NotPossible, match="outside"):
        actions.claim(actor=made.accounts["李"], now=NOW, wish=far)


def test_whoever_took_a_wish_up_does_not_confirm_it_at_the_desk(made: Cast) -> None:
    from baolei.ballots.models import Elector

    Elector.objects.filter(account=made.accounts["王"]).update(account=made.desk)
    made.desk.refresh_from_db()
    registering.register(actor=made.desk, now=NOW, asked=Asked(made.community.unit_id, (), UNTIL), agreed=True)
    wish, _code = written(made)
    actions.claim(actor=made.desk, now=NOW, wish=wish)
    actions.fulfil(actor=made.desk, now=NOW, wish=wish)
    with pytest.raises(WishRefused):
        actions.confirm(actor=made.desk, now=NOW, wish=wish)


def test_a_wish_is_shown_for_longer_with_new_consent_or_taken_down_with_a_reason(made: Cast) -> None:
    wish, _code = written(made)
    with pytest.raises(NotPossible, match="older"):
        actions.renew(actor=made.desk, now=later(50), wish=wish, consented=date(2026, 1, 1))
    actions.renew(actor=made.desk, now=later(50), wish=wish, consented=date(2026, 4, 20))
    wish.refresh_from_db()
    assert (wish.lit, wish.until, wish.due) == (TODAY, date(2026, 6, 20), date(2026, 6, 20))
    registered(made)
    actions.claim(actor=made.accounts["王"], now=later(51), wish=wish)
    with pytest.raises(NotPossible, match="reason"):
        actions.withdraw(actor=made.desk, now=later(52), wish=wish, reason="because")
    actions.withdraw(actor=made.desk, now=later(52), wish=wish, reason="met")
    assert Claim.objects.get().state == Claim.ENDED


# ---- the clock ----


def test_what_is_not_done_in_time_is_open_again_and_what_nobody_takes_ends(made: Cast) -> None:
    taken, left = written(made, "修灯")[0], written(made, "换锁")[0]
    registered(made)
    actions.claim(actor=made.accounts["王"], now=NOW, wish=taken)
    clock.run_clock(later(30))
    taken.refresh_from_db()
    assert (taken.state, Claim.objects.get().state) == ("lit", "missed")
    clock.run_clock(later(61))
    left.refresh_from_db()
    assert (left.state, left.ended) == ("lapsed", date(2026, 5, 2))
    before = Entry.objects.count()
    clock.run_clock(later(61))
    assert Entry.objects.count() == before


def test_registrations_end_with_their_day_or_with_the_membership_and_give_back_what_is_in_hand(made: Cast) -> None:
    first, second = registered(made, until=date(2026, 4, 1)), registered(made, "李")
    wish, _code = written(made)
    actions.claim(actor=made.accounts["李"], now=later(28), wish=wish)
    Membership.objects.filter(member=made.members["李"]).update(until=date(2026, 3, 31))
    clock.run_clock(later(31))
    for one in (first, second):
        one.refresh_from_db()
    wish.refresh_from_db()
    assert (first.how, second.how, wish.state) == ("expired", "left", "lit")


def test_suggestions_are_made_once_a_day_and_go_when_a_wish_is_taken_up(made: Cast) -> None:
    held = registered(made, skills=("driving",))
    driving, lessons = written(made, "去医院", skill="driving")[0], written(made, "补课", skill="teaching")[0]
    written(made, "说说话")
    clock.run_clock(NOW)
    told = dict(Suggestion.objects.values_list("wish", "ring"))
    assert lessons.pk not in told
    assert told[driving.pk] == "community"
    assert len(told) == 2
    actions.claim(actor=made.accounts["王"], now=NOW, wish=driving)
    assert Suggestion.objects.filter(registration=held).count() == 1
    assert Matched.objects.get().suggestions == 2
    registering.withdraw(actor=made.accounts["王"], now=NOW)
    assert not Suggestion.objects.exists()
    assert suggesting.match(TODAY) == 0


# ---- pairing ----


def test_a_branch_pairs_and_the_community_agrees(made: Cast) -> None:
    at = {"organisation": made.agency.organisation_id, "unit": made.community.unit_id}
    with pytest.raises(NotPossible):
        pairing.propose(actor=made.desk, now=NOW, **at)
    one = pairing.propose(actor=made.secretary, now=NOW, **at)
    with pytest.raises(NotPossible, match="already"):
        pairing.propose(actor=made.secretary, now=NOW, **at)
    with pytest.raises(NotPossible, match="desk"):
        pairing.answer(actor=made.secretary, now=NOW, pairing=one, act="agree")
    one = pairing.answer(actor=made.desk, now=NOW, pairing=one, act="agree")
    assert (one.state, one.decided_by) == ("paired", made.desk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pairing.objects.create(**{f"{key}_id": value for key, value in at.items()}, proposed=TODAY, by=made.secretary)
    pairing.part(actor=made.secretary, now=NOW, pairing=one)
    again = pairing.propose(actor=made.secretary, now=NOW, **at)
    assert pairing.answer(actor=made.desk, now=NOW, pairing=again, act="refuse").ended == TODAY
    third = pairing.propose(actor=made.secretary, now=NOW, **at)
    pairing.answer(actor=made.desk, now=NOW, pairing=third, act="agree")
    assert pairing.end(actor=made.desk, now=NOW, pairing=third).state == "parted"


# ---- deeds ----


def planned(made: Cast, **said: Any) -> Deed:
    asked = {"unit": made.community.unit_id, "kind": "service", "title": "义诊", "plan": "四月中旬，三名医生",
             "until": date(2026, 5, 1), **said}  # fmt: skip
    return deeds.plan(actor=made.secretary, now=NOW, organisation=made.agency.organisation_id,
                      key=f"{Deed.objects.count():032x}", planned=Planned(**asked))  # fmt: skip


def test_a_deed_is_planned_reported_and_confirmed_by_those_it_is_for(made: Cast) -> None:
    for wrong in ({"kind": "x"}, {"until": date(2028, 1, 1)}, {"title": "打13812345678"},
                  {"unit": stage.unit(on.BANNER).unit_id}):  # fmt: skip
        with pytest.raises(Refusal):
            planned(made, **wrong)
    deed = planned(made)
    deeds.progress(actor=made.secretary, now=later(9), deed=deed, words="医生已定")
    deeds.report(actor=made.secretary, now=later(30), deed=deed, words="到场四十人")
    with pytest.raises(NotPossible, match="desk"):
        deeds.confirm(actor=made.secretary, now=later(31), deed=deed)
    deeds.send_back(actor=made.desk, now=later(31), deed=deed, words="还有一场")
    deeds.report(actor=made.secretary, now=later(40), deed=deed, words="第二场办完")
    deeds.confirm(actor=made.desk, now=later(41), deed=deed)
    deed.refresh_from_db()
    assert (deed.state, deed.confirmed_by, deed.lines.count()) == ("confirmed", made.desk, 5)
    other = planned(made, title="讲法")
    deeds.drop(actor=made.secretary, now=NOW, deed=other, words="律师调走")
    with pytest.raises(NotHere):
        deeds.report(actor=made.secretary, now=NOW, deed=other, words="办了")


# ---- facts and figures ----


def test_facts_tell_of_branches_and_figures_of_places(made: Cast) -> None:
    registered(made)
    done, open_one = written(made)[0], written(made, "修灯")[0]
    for one in (done, open_one):
        actions.claim(actor=made.accounts["王"], now=NOW, wish=one)
    written(made, "陪伴")
    actions.fulfil(actor=made.accounts["王"], now=NOW, wish=done)
    actions.confirm(actor=made.desk, now=later(1), wish=done)
    deed = planned(made)
    deeds.report(actor=made.secretary, now=later(1), deed=deed, words="办了")
    deeds.confirm(actor=made.desk, now=later(2), deed=deed)
    end, every = date(2026, 12, 31), {made.own.organisation_id, made.agency.organisation_id}
    assert facts.SOURCES["small_wishes"].facts(every, 2026, end) == {made.own.organisation_id: (1, 2)}
    assert facts.SOURCES["registered_service"].facts(every, 2026, end) == dict.fromkeys(every, (1, 2))
    assert facts.SOURCES["registered_service"].facts(every, 2026, TODAY) == dict.fromkeys(every, (0, 2))
    assert facts.SOURCES["help_to_base"].facts(every, 2026, end) == {made.agency.organisation_id: (1, 1)}
    assert facts.SOURCES["public_benefit"].facts(every, 2026, end) == {}
    told = facts.figures(stage.unit(on.BANNER).path, date(2026, 1, 1), end, 20)
    assert {code: (one.num, one.den) for code, one in told.items()} == {
        "registered": (1, None), "lit": (3, None), "taken": (2, 3), "done": (1, 2), "deeds": (1, 1),
    }  # fmt: skip
    assert told["taken"].rows == ((made.community.path[:20], 2, 3),)
    assert facts.figures(stage.unit("150423").path, date(2026, 1, 1), end, 20)["lit"].num == 0


# ---- a year that is invented ----


def test_an_invented_year_keeps_what_the_room_promises(made: Cast) -> None:
    from baolei.cli.demo_life import live

    for number in range(40):
        on.joined(made.agency, f"党员{number}", account=False)
    for code in range(3, 30):
        stage.unit(f"{on.TOWNSHIP}{code:03d}")
    live(2026, date(2026, 11, 20), 7, below=stage.unit("15").path)
    told = facts.figures(stage.unit("15").path, date(2026, 1, 1), date(2026, 11, 20), 15)
    assert 5 <= told["registered"].num <= 40
    assert told["lit"].num >= told["taken"].num >= told["done"].num > 0
    gone = date(2026, 11, 20) - (later(30) - NOW)
    assert clock.left(gone) == 0
    assert not Claim.objects.filter(wish__cleared=None, registration=None).exists()
    clock.run_clock(datetime(2026, 11, 21, 4, tzinfo=UTC))
    assert Matched.objects.get().members == told["registered"].num
