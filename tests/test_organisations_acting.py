"""Doing something on a page: with an organisation, a unit, a member, a transfer; and who may."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

import stage
from baolei.ledger.models import Entry
from baolei.organisations.models import (
    Election,
    Group,
    HubHousehold,
    Member,
    Membership,
    Organisation,
    OrganisationState,
    Post,
    Transfer,
    UnitState,
)
from baolei.people.models import Account, Role

pytestmark = pytest.mark.django_db
BEGUN = date(2020, 1, 1)


def organisation(code: str, name: str, kind: str, above: OrganisationState | None, home: str) -> OrganisationState:
    new = Organisation.objects.create()
    return OrganisationState.objects.create(
        organisation=new, code=code, name=name, kind=kind, above=above.organisation if above else None,
        unit=stage.unit(home).unit, path=(above.path if above else "") + stage.segment_of(new.pk), since=BEGUN,
        field="village" if kind == "branch" else "",
    )  # fmt: skip


@pytest.fixture
def town() -> dict[str, OrganisationState]:
    """碧流台镇党委 with 东方红村党支部 (nine members) and 碧流台村党支部 (three); and one far away."""
    committee = organisation("C1", "碧流台镇党委", "grassroots_committee", None, "150422103")
    red = organisation("B1", "东方红村党支部", "branch", committee, "150422103216")
    stream = organisation("B2", "碧流台村党支部", "branch", committee, "150422103217")
    away = organisation("C9", "保康镇党委", "grassroots_committee", None, "150521100")
    far = organisation("B9", "北街社区党支部", "branch", away, "150521100001")
    for state, number in ((red, 9), (stream, 3), (far, 3)):
        for place in range(number):
            member = Member.objects.create(name=f"{state.name[:2]}{place}")
            Membership.objects.create(member=member, organisation=state.organisation, kind="full", since=BEGUN)
    return {"committee": committee, "red": red, "stream": stream, "away": away, "far": far}


def form(**said: Any) -> dict[str, Any]:
    return {"on": timezone.localdate().isoformat(), "why": "上级批复", **said}


def name_of(state: OrganisationState) -> str:
    return str(OrganisationState.objects.open().get(organisation=state.organisation).name)


def of(state: OrganisationState, act: str) -> str:
    return f"/organisation/{state.organisation_id}/do/{act}/"


def first_member(state: OrganisationState) -> int:
    return int(Membership.objects.open().filter(organisation=state.organisation).order_by("pk")[0].member_id)


@pytest.fixture
def clerk(client: Any) -> Any:
    client.force_login(stage.mandated("150422"))
    return client


def test_a_clerk_renames_a_branch_and_the_page_and_the_ledger_say_so(clerk: Any, town: Any) -> None:
    page = clerk.get(of(town["red"], "rename")).text
    assert "以往日期仍用原名称" in page
    answer = clerk.post(of(town["red"], "rename"), form(name="红旗村党支部"), follow=True)
    assert "已更名为红旗村党支部" in answer.text
    assert name_of(town["red"]) == "红旗村党支部"
    assert Entry.objects.last().particulars["why"] == "上级批复"


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(clerk: Any, town: Any) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = clerk.post(of(town["red"], "rename"), {"on": tomorrow.isoformat(), "why": "", "name": "红旗村党支部"})
    assert answer.status_code == 422
    assert "须在当日或之后登记" in answer.text
    assert name_of(town["red"]) == "东方红村党支部"
    answer = clerk.post(of(town["red"], "dissolve"), form(document="批6"))
    assert "东方红村党支部还有党员 9 名，请先逐一转出" in answer.text
    assert 'name="document" value="批6"' in answer.text, "what was typed is kept"


def test_establishing_offers_only_what_may_stand_there(clerk: Any, town: Any) -> None:
    page = clerk.get(of(town["committee"], "establish")).text
    assert '<option value="branch">' in page
    assert '<option value="local_committee">' not in page
    said = form(name="新村党支部", code="B3", kind="branch", field="village", unit="150422103216", document="批4")
    assert "新村党支部已成立" in clerk.post(of(town["committee"], "establish"), said, follow=True).text
    made = OrganisationState.objects.get(name="新村党支部")
    assert (made.above_id, made.unit_id) == (town["committee"].organisation_id, town["red"].unit_id)


def test_a_node_is_meant_by_code_or_by_name_and_only_within_the_mandate(clerk: Any, town: Any) -> None:
    address = of(town["stream"], "merge")
    assert "对应多个" in clerk.post(address, form(into="党支部")).text
    assert "没有“北街社区党支部”" in clerk.post(address, form(into="北街社区党支部")).text
    assert "没有“B9”" in clerk.post(address, form(into="B9")).text
    assert "已并入东方红村党支部" in clerk.post(address, form(into="B1 东方红村党支部"), follow=True).text
    assert Membership.objects.open().filter(organisation=town["red"].organisation).count() == 12


def test_what_is_offered_while_typing_lies_within_the_mandate(clerk: Any, town: Any) -> None:
    text = clerk.get("/tree/offered/organisations/?into=党支部").text
    assert "B1 东方红村党支部" in text
    assert "北街社区" not in text
    assert clerk.get("/tree/offered/units/?above=").text.strip() == ""


def test_groups_and_hub_households_come_and_go(clerk: Any, town: Any) -> None:
    belongs = Membership.objects.open().filter(organisation=town["red"].organisation)[0]
    group = {"name": "第一党小组", "leader": belongs.pk, "place": "北组"}
    hub = {"host": belongs.pk, "members": 6, "households": 23}
    clerk.post(of(town["red"], "form-group"), form(**group, on="2026-01-01"))
    clerk.post(of(town["red"], "name-hub"), form(**hub, grid="北片网格", on="2026-01-01"))
    page = clerk.get(f"/organisation/{town['red'].organisation_id}/").text
    assert "第一党小组" in page
    assert "北片网格" in page
    again = clerk.post(of(town["red"], "name-hub"), form(**hub, grid="南片"))
    assert "已是党员中心户" in again.text
    clerk.post(of(town["red"], "end-group"), form(group=Group.objects.get().pk))
    clerk.post(of(town["red"], "end-hub"), form(hub=HubHousehold.objects.get().pk))
    assert not Group.objects.open().exists()
    assert not HubHousehold.objects.open().exists()
    clerk.get("/tree/")  # which says what was done
    assert "第一党小组" not in clerk.get(f"/organisation/{town['red'].organisation_id}/").text


def test_a_member_is_admitted_made_a_full_one_and_leaves(clerk: Any, town: Any) -> None:
    clerk.post(of(town["red"], "admit"), form(name="乌云其其格", on="2025-10-01"))
    belongs = Membership.objects.get(member__name="乌云其其格")
    assert (belongs.kind, belongs.since) == (Membership.PROBATIONARY, date(2025, 10, 1))
    member = belongs.member_id
    assert "乌云其其格" in clerk.get(f"/member/{member}/").text
    clerk.post(f"/member/{member}/do/confirm/", form(on="2026-10-01"))
    assert Membership.objects.open().get(member=member).kind == Membership.FULL
    clerk.post(f"/member/{member}/do/leave/", form(how="died"))
    last = Membership.objects.filter(member=member).order_by("-since")[0]
    assert (last.how, last.until) == ("died", timezone.localdate() - timedelta(days=1))
    assert clerk.get(f"/member/{member}/").status_code == 404


def test_a_transfer_across_leagues_each_side_its_own_steps(clerk: Any, client: Any, town: Any) -> None:
    member = first_member(town["red"])
    assert "转接已申请" in clerk.post(f"/member/{member}/do/transfer/", form(to="B9"), follow=True).text
    way = Transfer.objects.get()
    assert "91 天" in clerk.post(f"/transfer/{way.pk}/do/send/", form(letter="001", days=91)).text
    clerk.post(f"/transfer/{way.pk}/do/send/", form(letter="内组转〔2026〕001", days=10))
    assert clerk.get(f"/transfer/{way.pk}/do/receive/").status_code == 404, "the other side receives"
    assert "北街社区党支部" in clerk.get("/transfers/").text
    client.force_login(stage.mandated("150521"))
    page = client.get(f"/transfer/{way.pk}/").text
    assert "接收党员" in page
    assert "终止转接" not in page
    client.post(f"/transfer/{way.pk}/do/receive/", form())
    assert Membership.objects.open().get(member=member).organisation == town["far"].organisation
    client.force_login(Account.objects.get(username="organiser-150422"))
    client.post(f"/transfer/{way.pk}/do/receipt/", form())
    way.refresh_from_db()
    assert way.state == Transfer.CLOSED
    assert "北街社区党支部" in client.get("/transfers/?which=closed&format=csv").content.decode("utf-8-sig")


def test_a_letter_out_of_date_is_marked(clerk: Any, town: Any) -> None:
    Transfer.objects.create(
        member_id=first_member(town["red"]), source=town["red"].organisation, outside="北京市某支部",
        state=Transfer.SENT, requested=date(2026, 1, 1), sent=date(2026, 1, 2), valid_to=date(2026, 1, 12), letter="7",
    )  # fmt: skip
    assert "介绍信已过期" in clerk.get("/transfers/?which=late").text
    assert "有效期至 2026-01-12" in clerk.get(f"/transfer/{Transfer.objects.get().pk}/").text


def counts(candidates: list[int], votes: list[int], **said: Any) -> dict[str, Any]:
    posts = ["secretary", "organisation", "publicity", "member"]
    held = {"should_attend": 9, "present": 8, "issued": 8, "returned": 8, "void": 0, "seats": 3, "document": "同意换届"}
    told = {f"votes-{one}": number for one, number in zip(candidates, votes, strict=True)}
    told |= {f"post-{one}": post for one, post in zip(candidates, posts, strict=True)}
    return form(**{**held, **told, **said})


def test_an_election_in_two_steps_and_its_arithmetic(clerk: Any, town: Any) -> None:
    address = f"/organisation/{town['red'].organisation_id}/election/"
    assert "东方0" in clerk.get(address).text
    candidates = list(
        Membership.objects.filter(organisation=town["red"].organisation)[:4].values_list("member", flat=True)
    )
    stood = "?" + "&".join(f"candidate={one}" for one in candidates)
    assert 'value="9"' in clerk.get(address + stood).text, "all full members should attend"
    wrong = clerk.post(address + stood, counts(candidates, [8, 7, 6, 9]))
    assert "东方3得 9 票：不能多于有效票 8 张" in wrong.text
    page = clerk.post(address + stood, counts(candidates, [8, 7, 6, 3], village="on"), follow=True).text
    assert "选举有效并已选满" in page
    assert "≥ 5" in page, "more than half of eight"
    assert "≥ 8" in page, "four fifths of nine"
    assert Post.objects.open().get(organisation=town["red"].organisation, kind="secretary").holder_id == candidates[0]
    page = clerk.post(address + stood, counts(candidates, [6, 5, 4, 2], present=7, issued=7, returned=7), follow=True)
    assert "选举无效：无人当选" in page.text
    page = clerk.post(address + stood, counts(candidates, [8, 7, 4, 3]), follow=True).text
    assert "还缺 1 名" in page
    assert Election.objects.count() == 3
    assert "有效" in clerk.get(f"/organisation/{town['red'].organisation_id}/").text


def test_a_secretary_changes_what_is_the_branch_s_own_and_no_more(client: Any, town: Any) -> None:
    client.force_login(stage.mandated("B1", Role.SECRETARY))
    page = client.get(f"/organisation/{town['red'].organisation_id}/").text
    assert of(town["red"], "admit") in page
    for act in ("rename", "put-under", "merge", "dissolve", "exempt"):
        assert of(town["red"], act) not in page
        assert client.get(of(town["red"], act)).status_code == 404
        assert client.post(of(town["red"], act), form(name="x")).status_code == 404
    assert client.get(of(town["stream"], "admit")).status_code == 404


def test_nobody_acts_outside_the_mandate(clerk: Any, town: Any) -> None:
    member = first_member(town["far"])
    for address in (of(town["far"], "rename"), f"/member/{member}/", f"/member/{member}/do/leave/",
                    f"/organisation/{town['far'].organisation_id}/election/",
                    f"/tree/{town['far'].unit_id}/do/rename/"):  # fmt: skip
        assert clerk.get(address).status_code == 404
        assert clerk.post(address, form(name="x", how="died")).status_code in (404, 405)
    assert clerk.get("/organisation/99999999/do/rename/").status_code == 404
    assert clerk.get(of(town["red"], "abolish")).status_code == 404


def test_the_yearly_change_of_a_unit_is_entered_from_above_it(clerk: Any, town: Any) -> None:
    banner, township = stage.unit("150422"), stage.unit("150422103")
    assert clerk.get(f"/tree/{banner.unit_id}/do/rename/").status_code == 404, "not the own unit"
    other = stage.unit("150422104")
    do = f"/tree/{township.unit_id}/do"
    clerk.post(f"{do}/rename/", form(name="碧流台新镇", on="2026-03-01"))
    assert UnitState.objects.open().get(unit=township.unit).name == "碧流台新镇"
    assert "只填数字" in clerk.get(f"{do}/recode/").text
    clerk.post(f"{do}/recode/", form(code="150422199", on="2026-04-01"))
    assert UnitState.objects.open().get(unit=township.unit).code == "150422199"
    village = stage.unit("150422103216")
    answer = clerk.post(f"/tree/{village.unit_id}/do/move/", form(above="150422104", on="2026-05-01"), follow=True)
    assert "现隶属于150422104" in answer.text
    assert UnitState.objects.open().get(unit=village.unit).path.startswith(other.path)
    clerk.post(f"{do}/divide/", form(name="新设镇", code="150422198", on="2026-06-01"))
    assert UnitState.objects.open().get(code="150422198").level == 4
    clerk.post(f"{do}/merge/", form(into="150422104"))
    assert not UnitState.objects.open().filter(unit=township.unit).exists()
