"""Forms and burden: what exists is shown first, two decide on a form, branches say what is too much, counts agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import stage
from baolei.burden import actions, counted, doors, existing, register, report
from baolei.burden.actions import Draft
from baolei.burden.models import Box, Complaint, DuplicateRefused, RegisteredForm
from baolei.declarations.models import Answer, Declaration
from baolei.ledger.models import Entry
from baolei.life.models import Gathering
from baolei.organisations import records
from baolei.organisations.doors import itself, scope_of, writing_scope
from baolei.organisations.models import OrganisationState, UnitState
from baolei.organisations.units import NotPossible
from baolei.people.models import Account
from baolei.programme.asked import Burden, FormRefused
from baolei.rounds.models import Round
from baolei.standards.at_hand import at_hand
from baolei.warehouse.rulebook import forms as form_rules
from baolei.warehouse.rulebook import round_rules
from baolei.wishes.models import Deed

pytestmark = [pytest.mark.django_db, pytest.mark.stores, pytest.mark.usefixtures("english")]
NOW, TODAY = datetime(2026, 11, 20, 4, tzinfo=UTC), date(2026, 11, 20)
BANNER, TOWNSHIP, VILLAGE, OTHER = "150422", "150422103", "150422103216", "150423"
MONTH = (2026, 11)


@pytest.fixture
def cast() -> dict[str, Any]:
    """A banner with a township and six branches in its villages, one of a school, one more beyond the banner."""
    for place in range(1, 6):
        stage.branch(f"{VILLAGE}-00{place}", home=VILLAGE)
    school = stage.branch(f"{VILLAGE}-900", home="150422104201")
    OrganisationState.objects.filter(pk=school.pk).update(field="school")
    stage.branch(f"{OTHER}-001", home="150423103201")
    return {
        "township": stage.mandated(TOWNSHIP, "township_clerk"), "banner": stage.mandated(BANNER, "banner_clerk"),
        "league": stage.mandated("1504", "league_clerk"), "region": stage.mandated("15", "region_clerk"),
        "other": stage.mandated(OTHER, "banner_clerk"),
        "secretary": stage.mandated(f"{VILLAGE}-001", "branch_secretary"),
    }  # fmt: skip


def draft(*asks: str, **said: Any) -> Draft:
    return Draft(**{"title": "产业发展情况表", "basis": "旗组发〔2026〕9号", "often": "month", "minutes": 20,
                    "begins": TODAY, "ends": date(2027, 10, 31),
                    "asks": asks or ("集体经济经营收益", "特色产业带动户数"), **said})  # fmt: skip


def proposed(actor: Account, *asks: str, code: str = BANNER, **said: Any) -> actions.Outcome:
    return actions.propose(actor=actor, now=NOW, unit=stage.unit(code), draft=draft(*asks, **said), why="摸底")


def in_force(cast: dict[str, Any], *asks: str, **said: Any) -> RegisteredForm:
    form = proposed(cast["banner"], *asks, **said).form
    assert form
    return actions.agree(actor=cast["league"], now=NOW, form=form, why="同意")


# ---- proposing ----


def test_a_form_takes_two_persons(cast: dict[str, Any]) -> None:
    form = proposed(cast["banner"]).form
    assert form
    assert (form.state, form.branches) == ("proposed", 6)
    assert [one.asks for one in form.boxes.all()] == ["集体经济经营收益", "特色产业带动户数"]
    for nobody in ("banner", "township", "other", "secretary"):
        with pytest.raises(NotPossible, match="another person decides"):
            actions.agree(actor=cast[nobody], now=NOW, form=form, why="同意")
    agreed = actions.agree(actor=cast["league"], now=NOW, form=form, why="确有需要")
    assert (agreed.state, agreed.decided_by, agreed.reason) == ("agreed", cast["league"], "确有需要")
    assert agreed.standing(date(2027, 10, 31)) == "agreed"
    assert agreed.standing(date(2027, 11, 1)) == "expired", "by itself"
    with pytest.raises(NotPossible, match="decided already"):
        actions.refuse(actor=cast["region"], now=NOW, form=form, why="晚了")
    assert {"burden.propose", "burden.agree"} <= set(Entry.objects.values_list("act", flat=True)) <= set(records.acts())


def test_what_is_on_record_refuses_the_form_and_is_counted(cast: dict[str, Any]) -> None:
    for _again in range(2):
        outcome = proposed(cast["banner"], "本支部党员总数", "集体经济经营收益", "党小组个数")
        assert outcome.form is None
        assert [(asks, one.known.code) for asks, one in outcome.refused] == [
            ("本支部党员总数", "members"), ("党小组个数", "groups"),
        ]  # fmt: skip
    assert not RegisteredForm.objects.exists()
    rows = DuplicateRefused.objects.values_list("asks", "on", "unit")
    assert sorted(rows) == [(asks, TODAY, stage.unit(BANNER).unit_id) for asks in ("党小组个数", "本支部党员总数")]
    assert report.of_unit(scope_of(cast["banner"], TODAY), stage.unit(BANNER), MONTH).duplicates == 2
    assert report.of_unit(scope_of(cast["banner"], TODAY), stage.unit(BANNER), (2026, 10)).duplicates == 0
    assert proposed(cast["banner"], "集体经济经营收益").form, "taken out, it may be proposed"


def test_whoever_insists_needs_the_second_person_s_reason(cast: dict[str, Any]) -> None:
    form = proposed(cast["banner"], "党员总数", insists="要与公安数据核对").form
    assert form
    assert form.boxes.get().duplicate
    with pytest.raises(NotPossible, match="it asks what is on record"):
        actions.agree(actor=cast["league"], now=NOW, form=form, why="同意")
    assert actions.agree(actor=cast["league"], now=NOW, form=form, why="只此一次", override=True).state == "agreed"
    assert not DuplicateRefused.objects.exists()


def test_insisted_and_refused_counts_as_refused(cast: dict[str, Any]) -> None:
    form = proposed(cast["banner"], "党员总数", "产业", insists="领导要").form
    assert form
    refused = actions.refuse(actor=cast["region"], now=NOW, form=form, why="台账里有")
    assert refused.state == "refused"
    one = DuplicateRefused.objects.get()
    assert (one.asks, one.path, one.by) == ("党员总数", stage.unit(BANNER).path, cast["banner"])


def test_what_another_form_asks_is_on_record_where_it_asks_the_same_branches(cast: dict[str, Any]) -> None:
    form = in_force(cast)
    refused = proposed(cast["township"], "集体经济经营收益", code=TOWNSHIP).refused
    assert [(one.known.where, one.known.code) for _asks, one in refused] == [("form", str(form.pk))]
    assert proposed(cast["other"], "集体经济经营收益", code=OTHER).form, "the other banner asks other branches"
    actions.withdraw(actor=cast["banner"], now=NOW, form=form, why="不用了")
    assert proposed(cast["township"], "集体经济经营收益", code=TOWNSHIP).form, "nobody asks it any more"


def test_items_of_the_editions_are_known(cast: dict[str, Any]) -> None:
    found = existing.looked_up(["按期换届", "第一议题"], stage.unit(BANNER).path, TODAY)
    assert all(existing.same(on) for _asks, on in found)
    assert {on[0].known.where for _asks, on in found} <= {"fact", "kept"}
    assert existing.doubled(found) == ["按期换届", "第一议题"]
    for _asks, on in found:
        words, url = existing.where(existing.told(on[0]))
        assert words
        assert url.startswith("/")


@pytest.mark.parametrize(("said", "words"), [
    ({"asks": ("身份证号",)}, "identity number|身份证"), ({"title": "党员积分表"}, "积分"),
    ({"asks": ()}, "0 boxes"), ({"minutes": 1}, "in 1 minutes"), ({"ends": date(2028, 1, 1)}, "12 months at most"),
    ({"begins": date(2026, 11, 1)}, "is past"), ({"asks": ("产" * 101,)}, "100 characters"),
])  # fmt: skip
def test_what_no_form_may_be(cast: dict[str, Any], said: dict[str, Any], words: str) -> None:
    unit = stage.unit(BANNER)
    form = Draft(**{**{name: getattr(draft(), name) for name in Draft.__slots__}, **said})
    with pytest.raises((FormRefused, NotPossible), match=words):
        actions.propose(actor=cast["banner"], now=NOW, unit=unit, draft=form, why="摸底")
    assert not RegisteredForm.objects.exists()


def test_only_the_own_unit_is_proposed_for(cast: dict[str, Any]) -> None:
    for actor, code in (("township", BANNER), ("banner", TOWNSHIP), ("secretary", VILLAGE)):
        with pytest.raises(NotPossible, match="organisation department"):
            proposed(cast[actor], code=code)


def test_a_form_is_withdrawn_and_said_to_be_of_use_by_its_unit(cast: dict[str, Any]) -> None:
    form = in_force(cast)
    with pytest.raises(NotPossible, match="only the unit that asks"):
        actions.note_use(actor=cast["township"], now=NOW, form=form, why="用了")
    used = actions.note_use(actor=cast["banner"], now=NOW, form=form, why="定了三个产业村")
    assert (used.used_on, used.used_for) == (TODAY, "定了三个产业村")
    gone = actions.withdraw(actor=cast["league"], now=NOW, form=form, why="合并了")
    assert (gone.state, gone.ended_on) == ("withdrawn", TODAY)
    with pytest.raises(NotPossible, match="over already"):
        actions.withdraw(actor=cast["banner"], now=NOW, form=form, why="再一次")
    other = proposed(cast["banner"]).form
    assert other
    with pytest.raises(NotPossible, match="not in force"):
        actions.note_use(actor=cast["banner"], now=NOW, form=other, why="用了")


# ---- who sees ----


def test_who_sees_a_form(cast: dict[str, Any]) -> None:
    waits = proposed(cast["banner"], "村集体分红金额", title="分红").form
    agreed = in_force(cast)
    seen = {name: set(doors.forms(scope_of(one, TODAY)).values_list("pk", flat=True)) for name, one in cast.items()}
    assert waits
    both = {waits.pk, agreed.pk}
    assert seen == {"region": both, "league": both, "banner": both, "township": {agreed.pk},
                    "secretary": {agreed.pk}, "other": set()}  # fmt: skip


# ---- complaints ----


def complained(cast: dict[str, Any], about: RegisteredForm | str, **said: Any) -> Complaint:
    state = OrganisationState.objects.get(code=f"{VILLAGE}-001")
    return actions.complain(actor=cast["secretary"], now=NOW, state=state, about=about,
                            **{"kind": "twice", "words": "乡里也要", **said})  # fmt: skip


def test_the_owner_answers_and_every_level_above_sees(cast: dict[str, Any]) -> None:
    form = in_force(cast)
    made = complained(cast, form)
    assert made == complained(cast, form), "said once"
    assert (made.due, made.owner) == (date(2026, 11, 27), form.path)
    seen = {name: doors.complaints(scope_of(one, TODAY)).exists() for name, one in cast.items()}
    assert seen == {"region": True, "league": True, "banner": True, "township": False, "secretary": True,
                    "other": False}  # fmt: skip
    with pytest.raises(NotPossible, match="the owner"):
        actions.answer(actor=cast["township"], now=NOW, complaint=made, words="知道了")
    with pytest.raises(NotPossible, match="what is done"):
        actions.answer(actor=cast["banner"], now=NOW, complaint=made, words=" ")
    assert not made.late(date(2026, 11, 27))
    assert made.late(date(2026, 11, 28))
    done = actions.answer(actor=cast["banner"], now=NOW, complaint=made, words="下月起不报")
    assert (done.answer, done.answered_by, done.late(date(2027, 1, 1))) == ("下月起不报", cast["banner"], False)
    with pytest.raises(NotPossible, match="was answered"):
        actions.answer(actor=cast["banner"], now=NOW, complaint=made, words="再答")


def test_a_complaint_about_the_house_goes_to_the_region(cast: dict[str, Any]) -> None:
    made = complained(cast, "dues", kind="needless")
    assert doors.complaints(scope_of(cast["region"], TODAY)).get() == made
    assert not doors.complaints(scope_of(cast["banner"], TODAY)).exists()
    assert actions.answer(actor=cast["region"], now=NOW, complaint=made, words="合并").answer == "合并"


def test_the_ledger_does_not_say_who_complained(cast: dict[str, Any]) -> None:
    complained(cast, in_force(cast))
    entry = Entry.objects.get(act="burden.complain")
    branch = OrganisationState.objects.get(code=f"{VILLAGE}-001")
    assert entry.actor_id is None
    assert str(branch.organisation_id) not in (entry.subject, entry.path)
    assert entry.particulars == {"why": "", "before": None, "after": None}


@pytest.mark.parametrize(("said", "words"), [
    ({"kind": "bad"}, "choose"), ({"words": "找13800138000"}, "mobile number"), ({"words": "长" * 501}, "characters"),
])  # fmt: skip
def test_what_is_no_complaint(cast: dict[str, Any], said: dict[str, Any], words: str) -> None:
    with pytest.raises(NotPossible, match=words):
        complained(cast, "dues", **said)


def test_nobody_else_speaks_for_a_branch(cast: dict[str, Any]) -> None:
    state = OrganisationState.objects.get(code=f"{VILLAGE}-002")
    for actor in (cast["secretary"], cast["township"]):
        with pytest.raises(NotPossible, match="only the branch"):
            actions.complain(actor=actor, now=NOW, state=state, about="dues", kind="twice")
        assert not itself(writing_scope(actor, TODAY), state)


# ---- the report ----


def happened(code: str, *days: date) -> None:
    branch = OrganisationState.objects.get(code=code).organisation
    by = Account.objects.get_or_create(username="by", defaults={"name": "书记"})[0]
    for day in days:
        Gathering.objects.create(organisation=branch, key=f"{Gathering.objects.count():032x}", on=day, entered=day,
                                 by=by, should_attend=5)  # fmt: skip


def handed_in(code: str, *answers: tuple[str, str]) -> None:
    state = OrganisationState.objects.get(code=code)
    top, edition = stage.unit("15"), at_hand("wuqiang-2020-2023")
    this = Round.objects.get_or_create(
        year=2026, unit=top.unit, defaults={"name": "评定", "path": top.path, "edition": edition.code,
                                            "digest": edition.digest, "basis": "approved", "document": "1号",
                                            "opened_at": NOW, "phase": "self_assessment"})[0]  # fmt: skip
    made = Declaration.objects.create(round=this, organisation=state.organisation, field="village", unit=state.unit,
                                      path=stage.unit(VILLAGE).path, state="submitted", submitted_at=NOW)  # fmt: skip
    for item, origin in answers:
        Answer.objects.create(declaration=made, item=item, num=1, den=1, origin=origin)


def lines(found: report.Report) -> dict[str, tuple[int, int, int, int, bool]]:
    return {one.listed.asking.code: (one.branches, one.burden.requests, one.burden.boxes, one.burden.minutes,
                                     one.counted) for one in found.lines}  # fmt: skip


def test_the_report_counts_what_is_on_record_and_estimates_the_rest(cast: dict[str, Any]) -> None:
    form = in_force(cast, "集体经济经营收益", fields=("village",))
    happened(f"{VILLAGE}-001", date(2026, 11, 3), date(2026, 11, 5), date(2026, 10, 5), date(2025, 11, 5))
    happened(f"{OTHER}-001", date(2026, 11, 3))
    Gathering.objects.create(
        organisation=OrganisationState.objects.get(code=f"{VILLAGE}-002").organisation, key="f" * 32, on=TODAY,
        entered=TODAY, by=cast["secretary"], should_attend=3, struck_on=TODAY,
    )  # fmt: skip
    items = at_hand("wuqiang-2020-2023").items
    two, one = (next(code for code, item in items.items() if (item.kind in counted.CHOSEN) == chosen)
                for chosen in (False, True))  # fmt: skip
    handed_in(f"{VILLAGE}-001", (one, "branch"), (two, "branch"), ("first_agenda", "record"))
    handed_in(f"{VILLAGE}-002")
    found = report.of_unit(scope_of(cast["banner"], TODAY), stage.unit(BANNER), MONTH)
    minutes = round_rules().minutes[items[one].effort] + round_rules().minutes[items[two].effort]
    assert lines(found) == {
        "gathering": (1, 2, 10, 10, True), "declaration": (2, 2, 3, minutes, True),
        f"form:{form.pk}": (5, 5, 5, 100, False),
    }  # fmt: skip
    assert (found.branches, found.spared) == (6, 1)
    together = sum((line.burden for line in found.lines), Burden())
    assert found.total == together == sum((one.burden for one in found.units), Burden())
    month = dict(found.months)
    assert len(month) == 24
    assert month[2025, 11] == Burden(1, 5, 5), "before the rules held nothing else was asked"
    assert month[2026, 9] == Burden(), "of the house's own forms none was filled in"
    by = {one.level: (one.now.minutes, one.before.minutes, one.year_ago.minutes) for one in found.by}
    assert by == {0: (10 + minutes, 5, 5), 3: (100, 0, 0)}
    assert found.spread == report.Spread(20, 20 + 10 + minutes)


def test_a_deed_that_was_planned_costs_what_its_form_costs(cast: dict[str, Any]) -> None:
    state = OrganisationState.objects.get(code=f"{VILLAGE}-001")
    for place, day in enumerate((date(2026, 11, 3), date(2026, 10, 3))):
        Deed.objects.create(organisation=state.organisation, unit=state.unit, key=f"{place:032x}", kind="service",
                            title="义诊", plan="三名医生", planned=day, until=TODAY, by=cast["secretary"])  # fmt: skip
    form = form_rules().forms["deed"].asking
    found = lines(report.of_unit(scope_of(cast["banner"], TODAY), stage.unit(BANNER), MONTH))
    assert found["deed"] == (1, 1, form.boxes, form.minutes, True)


def test_a_branch_sees_the_same_as_the_unit_counts(cast: dict[str, Any]) -> None:
    in_force(cast, "集体经济经营收益", often="quarter")
    happened(f"{VILLAGE}-001", date(2026, 9, 3), date(2026, 11, 5))
    states = OrganisationState.objects.filter(code__startswith=VILLAGE)
    homes = dict(UnitState.objects.values_list("unit", "path"))
    for month in (MONTH, (2026, 9), (2026, 12)):
        whole = report.of_unit(scope_of(cast["banner"], TODAY), stage.unit(BANNER), month)
        each = [report.of_branch(state, homes[state.unit_id], month)[month] for state in states]
        assert sum((line.burden for lines in each for line in lines), Burden()) == whole.total


def test_the_counts_are_those_of_a_plain_question_to_the_database(cast: dict[str, Any]) -> None:
    form = in_force(cast, "集体经济经营收益")
    for place, days in enumerate(((3,), (3, 9), (), (8, 8, 20)), 1):
        happened(f"{VILLAGE}-00{place}", *(date(2026, 11, day) for day in days))
    found = report.of_unit(scope_of(cast["banner"], TODAY), stage.unit(BANNER), MONTH)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*), COUNT(DISTINCT g.organisation_id) FROM life_gathering g"
            " JOIN organisations_organisationstate s ON s.organisation_id = g.organisation_id"
            " JOIN organisations_unitstate u ON u.unit_id = s.unit_id"
            " WHERE g.struck_on IS NULL AND g.entered BETWEEN '2026-11-01' AND '2026-11-30' AND u.path LIKE %s",
            [stage.unit(BANNER).path + "%"],
        )
        number, branches = cursor.fetchone()
        cursor.execute(
            "SELECT COUNT(*) FROM organisations_organisationstate s JOIN organisations_unitstate u"
            " ON u.unit_id = s.unit_id WHERE s.kind = 'branch' AND u.path LIKE %s", [stage.unit(BANNER).path + "%"],
        )  # fmt: skip
        asked = cursor.fetchone()[0]
    assert (number, branches, asked) == (6, 3, 6)
    assert lines(found)["gathering"][:2] == (branches, number)
    assert lines(found)[f"form:{form.pk}"][:2] == (asked, asked)


def test_a_form_withdrawn_asks_up_to_its_end(cast: dict[str, Any]) -> None:
    form = in_force(cast, "集体经济经营收益")
    RegisteredForm.objects.filter(pk=form.pk).update(begins=date(2026, 8, 1))
    assert [one.asking.ends for one in register.listed(form.path) if one.pk] == [date(2027, 10, 31)]
    actions.withdraw(actor=cast["banner"], now=NOW, form=form, why="不用了")
    month = dict(report.of_unit(scope_of(cast["banner"], TODAY), stage.unit(BANNER), (2026, 12)).months)
    assert [month[2026, one].minutes for one in (7, 8, 11, 12)] == [0, 120, 120, 0], "the house's own are counted"


def test_too_few_branches_tell_no_spread(cast: dict[str, Any]) -> None:
    found = report.of_unit(scope_of(cast["other"], TODAY), stage.unit(OTHER), MONTH)
    assert (found.branches, found.spread) == (1, None)


def test_the_report_asks_the_database_as_often_however_much_there_is(
    cast: dict[str, Any], django_assert_num_queries: Callable[[int], Any]
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            report.of_unit(scope, stage_unit, MONTH)
        return len(queries)

    scope, stage_unit = scope_of(cast["banner"], TODAY), stage.unit(BANNER)
    handed_in(f"{VILLAGE}-001", ("first_agenda", "branch"))
    in_force(cast, "集体经济经营收益")
    few = asked()
    for number in range(4):
        in_force(cast, f"第{number}项特色产业{'甲乙丙丁'[number] * 6}")
        stage.branch(f"{VILLAGE}-1{number}", home=f"15042210322{number}")
    with django_assert_num_queries(few):
        report.of_unit(scope, stage_unit, MONTH)


def test_boxes_are_kept_in_their_place(cast: dict[str, Any]) -> None:
    form = in_force(cast)
    assert list(Box.objects.filter(form=form).values_list("place", flat=True)) == [1, 2]
    assert register.whom([], [], TODAY) == "all branches"
    assert "village" in register.whom(["village"], [], TODAY).lower()
